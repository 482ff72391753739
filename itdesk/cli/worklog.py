"""`itdesk log`: who worked on what, for how long."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import remark, say, say_json, terminal_width
from itdesk.cli.parameters import as_json
from itdesk.cli.table import table
from itdesk.cli.times import Times
from itdesk.desk import worklog
from itdesk.desk.queries import work
from itdesk.desk.queries.tickets import find_ticket
from itdesk.desk.queries.work import Worked
from itdesk.domain.people import READERS
from itdesk.domain.work_time import in_words, parse_minutes


@click.command("log")
@click.argument("number", metavar="[NUMBER]", required=False, default=None)
@click.argument("time", metavar="[TIME]", required=False, default=None)
@click.option("--note", metavar="TEXT", default="", help="What you did, in a few words.")
@click.option("--on", "day", metavar="DAY", default=None, help="The day of the work; today if left out.")
@click.option("--for", "for_whom", metavar="LOGIN", default=None, help="Whose work it was; for leads.")
@click.option("--list", "listed", is_flag=True, default=False, help="Show what was logged on the ticket.")
@click.option("--mine", is_flag=True, default=False, help="Show what you logged.")
@click.option("--person", metavar="LOGIN", default=None, help="Show what somebody logged.")
@click.option("--team", metavar="TEAM", default=None, help="Show what the members of a team logged.")
@click.option("--since", metavar="DAY", default=None, help="From this day on.")
@click.option("--until", metavar="DAY", default=None, help="Up to this day.")
@as_json
@click.pass_obj
def log_command(
    invocation: Invocation,
    number: str | None,
    time: str | None,
    note: str,
    day: str | None,
    for_whom: str | None,
    listed: bool,
    mine: bool,
    person: str | None,
    team: str | None,
    since: str | None,
    until: str | None,
    as_json: bool,
) -> None:
    """Log working time (25m, 1h30, 1.5h) on a ticket; or show who worked on what, for how long.

    Without a ticket: what was logged by you (--mine), a person, a team, or everybody, with totals. A DAY is a date,
    today, yesterday, or a weekday: the last one, today included.

    \b
    Examples:
      itdesk log INC-1042 25m --note "read the gateway's log"
      itdesk log INC-1042 1h30 --on yesterday
      itdesk log INC-1042 --list
      itdesk log --team network --since 2026-11-01 --json
    """
    if number is not None and time is not None:
        _log(invocation, number, time, note, day, for_whom, as_json)
        return
    if number is not None and not listed:
        raise click.UsageError("Say how long: `itdesk log NUMBER 25m`; or --list to see what was logged.")
    if number is None and not (mine or person or team or since or until):
        raise click.UsageError(
            "Name a ticket and a time; or say whose work to show: --mine, --person, --team, --since."
        )
    with invocation.session(rules=False) as session:
        if number is not None:
            ticket_id = find_ticket(session, number)
            session.require(READERS, "see who worked how long")
            entries = work.work_on(session, ticket_id)
        else:
            login = session.actor.login if mine else person
            first, last = map(Times.of(session).past_day, (since, until))
            entries = work.work_of(session, login=login, team=team, since=first, until=last)
        if as_json:
            say_json(report(entries))
            return
        for line in _page(entries, terminal_width()):
            say(line)
        if not entries:
            remark("Nothing was logged.")


def _log(
    invocation: Invocation, number: str, time: str, note: str, day: str | None, for_whom: str | None, as_json: bool
) -> None:
    minutes = parse_minutes(time)
    if minutes is None:
        raise click.UsageError(f"{time!r} is no working time like 25m, 1h30 or 1.5h, at most a day.")
    with invocation.session() as session:
        worked_on = Times.of(session).past_day(day)
        ticket_id = find_ticket(session, number)
        change = worklog.log_time(session, [ticket_id], minutes, note, worked_on=worked_on, for_whom=for_whom)
        tell(session, change, as_json)


def entry(worked: Worked) -> dict[str, Any]:
    """An entry as JSON."""
    return {
        "number": worked.number,
        "person": worked.login,
        "minutes": worked.minutes,
        "worked_on": worked.worked_on.isoformat(),
        "note": worked.note,
        "logged_at": worked.logged_at,
    }


def report(entries: Iterable[Worked]) -> dict[str, Any]:
    """Entries and their totals as JSON."""
    entries = tuple(entries)
    return {
        "entries": [entry(one) for one in entries],
        "minutes": work.total(entries),
        "by_person": work.by_person(entries),
        "by_ticket": work.by_ticket(entries),
    }


def _page(entries: tuple[Worked, ...], width: int | None) -> Iterator[str]:
    head = ("Day", "Time", "Who", "Number", "What")
    rows = (
        (one.worked_on.isoformat(), in_words(one.minutes), one.login, one.number, one.note or one.subject)
        for one in entries
    )
    yield from table(head, rows, width=width)
    sums: tuple[tuple[str, Callable[[Iterable[Worked]], dict[str, int]]], ...]
    sums = (("Who", work.by_person), ("Number", work.by_ticket))
    for name, summed in sums:
        totals = summed(entries)
        if len(totals) > 1:
            yield ""
            yield from table((name, "Time"), ((one, in_words(minutes)) for one, minutes in totals.items()))
    if entries:
        yield ""
        yield f"Together {in_words(work.total(entries))}"
