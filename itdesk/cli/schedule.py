"""`itdesk schedule`: shifts, absences, duty on call, and what is planned when."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import remark, say, say_json, say_json_array
from itdesk.cli.parameters import ROW_ID, as_json
from itdesk.cli.table import table
from itdesk.cli.times import Times, understood
from itdesk.desk import schedule as actions
from itdesk.desk.queries import schedule as queries
from itdesk.domain.schedule_words import (
    OPEN,
    day_text,
    parse_time,
    parse_times,
    parse_weekdays,
    times_text,
    weekdays_text,
)

_WEEK = timedelta(days=6)

_team = click.option("--team", metavar="TEAM", default=None, help="Only this team.")
_starting = click.option("--starting", metavar="TIME", default=None, help="Which shift of that day, by its beginning.")
_until = click.option(
    "--until", metavar="DAY|WHEN", default=None, help="The last day, or when it ends; `open` if nobody knows."
)
_holidays = click.option(
    "--on-holidays", type=click.Choice(["yes", "no"]), default=None, help="Whether it takes place on holidays."
)


@click.group("schedule")
def schedule_command() -> None:
    """Who is on shift, on call or away when; what clashes, and which hours nobody covers.

    \b
    Examples:
      itdesk schedule show --week 2026-12-01 --team network
      itdesk schedule shift add tom --days mon-fri --times 08:00-16:00
      itdesk schedule absence add tom --from 2026-12-21 --until 2027-01-03 --reason holiday
    """


@schedule_command.command("show")
@click.option("--week", metavar="DAY", default=None, help="The week of this day; left out: this week.")
@click.option("--day", metavar="DAY", default=None, help="This day alone.")
@_team
@click.option("--person", metavar="WHO", default=None, help="Only this person: login or name.")
@as_json
@click.pass_obj
def show_command(
    invocation: Invocation, week: str | None, day: str | None, team: str | None, person: str | None, as_json: bool
) -> None:
    """Show the schedule of a week or a day, and what is to be settled.

    \b
    Examples:
      itdesk schedule show
      itdesk schedule show --day tomorrow --person anna
    """
    if week and day:
        raise click.UsageError("Give --week or --day, not both.")
    with invocation.session(rules=False) as session:
        times = Times.of(session)
        if day:
            first = last = times.day(day)
        else:
            first = _monday(times.day(week) if week else times.today)
            last = first + _WEEK
        found = queries.scheduled(session, first, last, team=team, person=person)
        if as_json:
            from itdesk.cli.schedule_json import whole

            say_json(whole(found))
            return
        from itdesk.cli.schedule_page import page

        for line in page(found):
            say(line)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# --- shifts -----------------------------------------------------------------------------------------------------------


@schedule_command.group("shift")
def shift_command() -> None:
    """Shifts: of every week, and what differs on a day.

    \b
    Examples:
      itdesk schedule shift add tom tina --days mon-fri --times 08:00-16:00
      itdesk schedule shift move tom 2026-12-01 --to 2026-12-02
    """


@shift_command.command("add")
@click.argument("people", metavar="WHO...", nargs=-1, required=True)
@click.option("--days", metavar="DAYS", default=None, help="Every week: as mon-fri, sat,sun, daily.")
@click.option("--on", "on_day", metavar="DAY", default=None, help="On this day alone.")
@click.option("--times", metavar="TIMES", required=True, help="As 08:00-16:00; 22:00-06:00 goes over midnight.")
@click.option("--from", "from_day", metavar="DAY", default="today", show_default=True, help="The first day.")
@click.option("--until", "until_day", metavar="DAY", default=None, help="The last day; left out: without end.")
@_holidays
@as_json
@click.pass_obj
def add_shift_command(
    invocation: Invocation,
    people: tuple[str, ...],
    days: str | None,
    on_day: str | None,
    times: str,
    from_day: str,
    until_day: str | None,
    on_holidays: str | None,
    as_json: bool,
) -> None:
    """Give people a shift of every week, or one on a day.

    \b
    Examples:
      itdesk schedule shift add tom --days mon-fri --times 08:00-16:00
      itdesk schedule shift add tom --on sat --times 10:00-14:00
    """
    if (days is None) == (on_day is None):
        raise click.UsageError("Say when: --days for every week, or --on for one day.")
    starts, ends = understood(parse_times, times)
    with invocation.session() as session:
        read = Times.of(session)
        if days is not None:
            change = actions.add_weekly_shifts(
                session,
                people,
                understood(parse_weekdays, days),
                starts,
                ends,
                first_day=read.day(from_day),
                last_day=read.day(until_day) if until_day else None,
                on_holidays=on_holidays == "yes",
            )
            tell(session, change, as_json)
            return
        if len(people) != 1:
            raise click.UsageError("A shift on a day is for one person.")
        tell(session, actions.add_shift(session, people[0], read.day(on_day or ""), starts, ends), as_json)


@shift_command.command("list")
@click.argument("person", metavar="WHO")
@as_json
@click.pass_obj
def list_shifts_command(invocation: Invocation, person: str, as_json: bool) -> None:
    """List somebody's weekly shifts, with the ids by which they are changed.

    \b
    Example:
      itdesk schedule shift list tom
    """
    with invocation.session(rules=False) as session:
        shifts = queries.weekly_shifts_of(session, person)
        if as_json:
            from itdesk.cli.schedule_json import weekly

            say_json_array(map(weekly, shifts))
            return
        rows = [
            (
                str(one.id),
                weekdays_text((one.weekday,)),
                times_text(one.starts, one.ends),
                day_text(one.first_day),
                day_text(one.last_day) if one.last_day else "-",
                "yes" if one.on_holidays else "no",
            )
            for one in shifts
        ]
        for line in table(("Id", "Day", "Times", "From", "Until", "Holidays"), rows):
            say(line)
        if not rows:
            remark("None was entered: counts as on shift always, absences aside.")


@shift_command.command("change")
@click.argument("shift", metavar="ID", type=ROW_ID)
@click.option("--days", "weekday", metavar="DAY", default=None, help="Another weekday.")
@click.option("--times", metavar="TIMES", default=None, help="Other times.")
@click.option("--from", "from_day", metavar="DAY", default=None, help="Another first day.")
@click.option("--until", "until_day", metavar="DAY", default=None, help="Another last day; `open`: without end.")
@_holidays
@as_json
@click.pass_obj
def change_shift_command(
    invocation: Invocation,
    shift: int,
    weekday: str | None,
    times: str | None,
    from_day: str | None,
    until_day: str | None,
    on_holidays: str | None,
    as_json: bool,
) -> None:
    """Change a weekly shift; what is not given stays.

    \b
    Example:
      itdesk schedule shift change 12 --until 2026-12-31
    """
    with invocation.session() as session:
        read, new = Times.of(session), queries.weekly_shift(session, shift)
        if weekday is not None:
            days = understood(parse_weekdays, weekday)
            if len(days) != 1:
                raise click.UsageError("A weekly shift is on one weekday. Add the others with `shift add`.")
            new = replace(new, weekday=days[0])
        if times is not None:
            starts, ends = understood(parse_times, times)
            new = replace(new, starts=starts, ends=ends)
        if from_day is not None:
            new = replace(new, first_day=read.day(from_day))
        if until_day is not None:
            new = replace(new, last_day=None if until_day == OPEN else read.day(until_day))
        if on_holidays is not None:
            new = replace(new, on_holidays=on_holidays == "yes")
        tell(session, actions.change_weekly_shift(session, new), as_json)


@shift_command.command("remove")
@click.argument("shifts", metavar="ID...", type=ROW_ID, nargs=-1, required=True)
@as_json
@click.pass_obj
def remove_shift_command(invocation: Invocation, shifts: tuple[int, ...], as_json: bool) -> None:
    """Remove weekly shifts, as if they had never been. One that ends gets a last day instead: `shift change --until`.

    \b
    Example:
      itdesk schedule shift remove 12 13
    """
    with invocation.session() as session:
        tell(session, actions.remove_weekly_shifts(session, shifts), as_json)


@shift_command.command("drop")
@click.argument("person", metavar="WHO")
@click.argument("day", metavar="DAY")
@_starting
@as_json
@click.pass_obj
def drop_shift_command(invocation: Invocation, person: str, day: str, starting: str | None, as_json: bool) -> None:
    """Somebody's shift on a day does not take place.

    \b
    Example:
      itdesk schedule shift drop tom 2026-12-24
    """
    with invocation.session() as session:
        change = actions.drop_shift(session, person, Times.of(session).day(day), _minute(starting))
        tell(session, change, as_json)


@shift_command.command("move")
@click.argument("person", metavar="WHO")
@click.argument("day", metavar="DAY")
@click.option("--to", "to_day", metavar="DAY", default=None, help="To another day.")
@click.option("--times", metavar="TIMES", default=None, help="To other times.")
@click.option("--give", "to_person", metavar="WHO", default=None, help="To somebody else.")
@_starting
@as_json
@click.pass_obj
def move_shift_command(
    invocation: Invocation,
    person: str,
    day: str,
    to_day: str | None,
    times: str | None,
    to_person: str | None,
    starting: str | None,
    as_json: bool,
) -> None:
    """Move somebody's shift of a day: to another day, other times, somebody else.

    \b
    Examples:
      itdesk schedule shift move tom 2026-12-01 --times 10:00-18:00
      itdesk schedule shift move tom 2026-12-01 --give tina
    """
    new_times = understood(parse_times, times) if times is not None else None
    with invocation.session() as session:
        read = Times.of(session)
        change = actions.move_shift(
            session,
            person,
            read.day(day),
            to_day=read.day(to_day) if to_day else None,
            times=new_times,
            to_person=to_person,
            starts=_minute(starting),
        )
        tell(session, change, as_json)


def _minute(text: str | None) -> int | None:
    return understood(parse_time, text) if text is not None else None


@schedule_command.command("swap")
@click.argument("person", metavar="WHO")
@click.argument("day", metavar="DAY")
@click.argument("other", metavar="WHO")
@click.argument("other_day", metavar="[DAY]", required=False, default=None)
@_starting
@click.option("--for", "for_", metavar="TIME", default=None, help="Which shift of the other one, by its beginning.")
@as_json
@click.pass_obj
def swap_command(
    invocation: Invocation,
    person: str,
    day: str,
    other: str,
    other_day: str | None,
    starting: str | None,
    for_: str | None,
    as_json: bool,
) -> None:
    """Let two people swap their shifts of a day, or of two days.

    \b
    Examples:
      itdesk schedule swap tom 2026-12-01 tina 2026-12-03
      itdesk schedule swap bob 2026-12-01 tina --starting 13:00
    """
    with invocation.session() as session:
        read = Times.of(session)
        second = read.day(other_day) if other_day else None
        which = {"starts": _minute(starting), "with_starts": _minute(for_)}
        tell(session, actions.swap_shifts(session, person, read.day(day), other, second, **which), as_json)


# --- absences ---------------------------------------------------------------------------------------------------------


@schedule_command.group("absence")
def absence_command() -> None:
    """Absences: everybody's own, and for team leads those of others.

    \b
    Example:
      itdesk schedule absence add tom --from tomorrow --until fri --reason holiday
    """


@absence_command.command("add")
@click.argument("person", metavar="WHO")
@click.option("--from", "start", metavar="DAY|WHEN", default="today", show_default=True, help="The first day, or when.")
@_until
@click.option("--reason", metavar="TEXT", default="away", show_default=True, help="As holiday, sick, training.")
@as_json
@click.pass_obj
def add_absence_command(
    invocation: Invocation, person: str, start: str, until: str | None, reason: str, as_json: bool
) -> None:
    """Somebody is away: for a day, from one day to another, or from a moment to another.

    \b
    Examples:
      itdesk schedule absence add tom --from 2026-12-21 --until 2027-01-03 --reason holiday
      itdesk schedule absence add tom --until open --reason sick
      itdesk schedule absence add tom --from "fri 12:00" --until "fri 16:00" --reason training
    """
    with invocation.session() as session:
        begins, ends = Times.of(session).span(start, until)
        tell(session, actions.add_absence(session, person, begins, ends, reason), as_json)


@absence_command.command("change")
@click.argument("absence", metavar="ID", type=ROW_ID)
@click.option("--from", "start", metavar="DAY|WHEN", default=None, help="Another first day, or when.")
@_until
@click.option("--reason", metavar="TEXT", default=None, help="Another reason.")
@as_json
@click.pass_obj
def change_absence_command(
    invocation: Invocation, absence: int, start: str | None, until: str | None, reason: str | None, as_json: bool
) -> None:
    """Change an absence; what is not given stays.

    \b
    Example:
      itdesk schedule absence change 7 --until 2026-12-04
    """
    with invocation.session() as session:
        read = Times.of(session)
        begins = read.span(start, OPEN)[0] if start is not None else None
        ends = read.span("today", until)[1] if until is not None else None
        is_open = until is not None and ends is None
        change = actions.change_absence(session, absence, start=begins, end=ends, open_end=is_open, reason=reason)
        tell(session, change, as_json)


@absence_command.command("remove")
@click.argument("absence", metavar="ID", type=ROW_ID)
@as_json
@click.pass_obj
def remove_absence_command(invocation: Invocation, absence: int, as_json: bool) -> None:
    """Remove an absence, as if it had never been.

    \b
    Example:
      itdesk schedule absence remove 7
    """
    with invocation.session() as session:
        tell(session, actions.remove_absence(session, absence), as_json)


# --- on call ----------------------------------------------------------------------------------------------------------


@schedule_command.group("on-call")
def on_call_command() -> None:
    """Who can be called for a team outside of shifts.

    \b
    Example:
      itdesk schedule on-call add tom --from "fri 16:00" --until "mon 08:00"
    """


@on_call_command.command("add")
@click.argument("person", metavar="WHO")
@click.option("--from", "start", metavar="DAY|WHEN", required=True, help="The first day, or when it begins.")
@click.option("--until", metavar="DAY|WHEN", required=True, help="The last day, or when it ends.")
@click.option("--team", metavar="TEAM", default=None, help="For which team; left out: the only one they are in.")
@as_json
@click.pass_obj
def add_on_call_command(
    invocation: Invocation, person: str, start: str, until: str, team: str | None, as_json: bool
) -> None:
    """Somebody can be called for a team.

    \b
    Example:
      itdesk schedule on-call add tom --from "2026-12-04 16:00" --until "2026-12-07 08:00" --team network
    """
    with invocation.session() as session:
        begins, ends = Times.of(session).span(start, until)
        if ends is None:
            raise click.UsageError("Duty on call has an end: give --until a day or a time.")
        tell(session, actions.add_on_call(session, person, begins, ends, team), as_json)


@on_call_command.command("change")
@click.argument("on_call", metavar="ID", type=ROW_ID)
@click.option("--from", "start", metavar="DAY|WHEN", default=None, help="Another first day, or when it begins.")
@click.option("--until", metavar="DAY|WHEN", default=None, help="Another last day, or when it ends.")
@click.option("--give", "to_person", metavar="WHO", default=None, help="To somebody else.")
@click.option("--team", metavar="TEAM", default=None, help="For another team.")
@as_json
@click.pass_obj
def change_on_call_command(
    invocation: Invocation,
    on_call: int,
    start: str | None,
    until: str | None,
    to_person: str | None,
    team: str | None,
    as_json: bool,
) -> None:
    """Change duty on call: when, whose, for which team; what is not given stays. Both people are told.

    \b
    Examples:
      itdesk schedule on-call change 3 --until "mon 08:00"
      itdesk schedule on-call change 3 --give tina
    """
    with invocation.session() as session:
        read = Times.of(session)
        begins = read.span(start, OPEN)[0] if start is not None else None
        ends = read.span("today", until)[1] if until is not None else None
        if until is not None and ends is None:
            raise click.UsageError("Duty on call has an end: give --until a day or a time.")
        change = actions.change_on_call(session, on_call, start=begins, end=ends, to_person=to_person, team=team)
        tell(session, change, as_json)


@on_call_command.command("remove")
@click.argument("on_call", metavar="ID", type=ROW_ID)
@as_json
@click.pass_obj
def remove_on_call_command(invocation: Invocation, on_call: int, as_json: bool) -> None:
    """Remove duty on call.

    \b
    Example:
      itdesk schedule on-call remove 3
    """
    with invocation.session() as session:
        tell(session, actions.remove_on_call(session, on_call), as_json)


# --- cover ------------------------------------------------------------------------------------------------------------


@schedule_command.command("cover")
@click.option("--team", metavar="TEAM", default=None, help="The team that misses somebody.")
@click.option("--person", metavar="WHO", default=None, help="The person who cannot: login or name.")
@click.option("--at", metavar="WHEN", required=True, help="A moment of what is to be settled.")
@click.option("--ask", is_flag=True, default=False, help="Ask them: each gets a notice.")
@as_json
@click.pass_obj
def cover_command(
    invocation: Invocation, team: str | None, person: str | None, at: str, ask: bool, as_json: bool
) -> None:
    """List who could step in where something is to be settled, or ask them.

    \b
    Examples:
      itdesk schedule cover --team network --at "fri 17:00"
      itdesk schedule cover --person anna --at "2026-12-03 09:00" --ask
    """
    from itdesk.desk.cover import ask_for_cover
    from itdesk.desk.queries.cover import could_cover, open_at

    if (team is None) == (person is None):
        raise click.UsageError("Say for whom: --team or --person.")
    with invocation.session() as session:
        one = open_at(session, Times.of(session).moment(at), team=team, person=person)
        people = could_cover(session, one)
        if ask:
            tell(session, ask_for_cover(session, one, [helper.id for helper in people]), as_json)
            return
        if as_json:
            say_json_array({"login": helper.login, "name": helper.name} for helper in people)
            return
        for line in table(("Who", "Name"), [(helper.login, helper.name) for helper in people]):
            say(line)
        if not people:
            remark("Nobody could step in: all of the team are away or on shift then.")


# --- undo, export -----------------------------------------------------------------------------------------------------


@schedule_command.command("undo")
@as_json
@click.pass_obj
def undo_command(invocation: Invocation, as_json: bool) -> None:
    """Take back your own last change of the schedule, as long as nothing has changed since.

    \b
    Example:
      itdesk schedule undo
    """
    with invocation.session() as session:
        tell(session, actions.undo_last_of_schedule(session), as_json)


@schedule_command.command("export")
@click.argument("file", metavar="[FILE.ics|-]", type=click.Path(path_type=Path), required=False, default=None)
@_team
@click.option("--person", metavar="WHO", default=None, help="This person; left out, without --team: you.")
@click.option("--from", "from_day", metavar="DAY", default="today", show_default=True, help="The first day.")
@click.option("--weeks", type=click.IntRange(1, 104), default=8, show_default=True, help="How many weeks.")
@click.pass_obj
def export_command(
    invocation: Invocation, file: Path | None, team: str | None, person: str | None, from_day: str, weeks: int
) -> None:
    """Write a calendar file (.ics) with shifts, duty on call, absences and visits; without FILE or with `-`, print it.

    Exported again, it brings a calendar up to date: what was changed is changed there, what was cancelled goes.

    \b
    Examples:
      itdesk schedule export me.ics
      itdesk schedule export --team network --weeks 4 /srv/www/network.ics
    """
    from itdesk.cli.calendars import calendar

    if team and person:
        raise click.UsageError("Give --team or --person, not both.")
    with invocation.session(rules=False) as session:
        read = Times.of(session)
        whose = person or (None if team else session.actor.login)
        first = read.day(from_day)
        content, count = calendar(session, first, weeks, team=team, person=whose)
        if file is None or str(file) == "-":
            click.echo(content, nl=False)
            return
        file.write_bytes(content)
        remark(f"Wrote {count} entries to {file}.")
