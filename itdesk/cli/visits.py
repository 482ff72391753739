"""`itdesk visit`: appointments at a place and time for a ticket."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.parameters import ROW_ID, as_json, ids, numbers, reason
from itdesk.cli.times import Times, understood
from itdesk.desk import visits
from itdesk.domain.schedule_words import parse_length

_which = click.option("--visit", "visit", type=ROW_ID, metavar="ID", default=None, help="Which, if there are several.")
_anyway = click.option(
    "--anyway", is_flag=True, default=False, help="Although the person is away or elsewhere then; the journal keeps it."
)


class _Visits(click.Group):
    """Without a command of its own, the first word is a ticket's number: a visit is planned."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `plan` where it was left out."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["plan", *args]
        return super().parse_args(ctx, args)


@click.group("visit", cls=_Visits)
def visit_command() -> None:
    """Plan a visit for a ticket, move it, end it, cancel it. A ticket in work waits for its visit.

    \b
    Examples:
      itdesk visit INC-1042 --at "2026-12-01 13:00" --for 2h --place "Gdansk, floor 3"
      itdesk visit done INC-1042
    """


@visit_command.command("plan")
@numbers
@click.option("--at", metavar="WHEN", required=True, help="As 2026-12-01 13:00, tomorrow 13:00, fri 8:30.")
@click.option("--for", "length", metavar="LENGTH", default="1h", show_default=True, help="As 2h, 1h30, 90m.")
@click.option("--place", metavar="TEXT", default="", help="Where.")
@click.option("--person", metavar="WHO", default=None, help="Who goes there: login or name; left out: you.")
@click.option("--note", metavar="TEXT", default="", help="What to bring, whom to ask; the requester sees it.")
@_anyway
@as_json
@click.pass_obj
def plan_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    at: str,
    length: str,
    place: str,
    person: str | None,
    note: str,
    anyway: bool,
    as_json: bool,
) -> None:
    """Plan a visit. Several tickets at once are one visit; `plan` may be left out.

    \b
    Example:
      itdesk visit plan INC-1042 --at "tomorrow 13:00" --for 2h --person anna
    """
    minutes = understood(parse_length, length)
    with invocation.session(skip_refused=skip_refused) as session:
        start = Times.of(session).moment(at)
        change = visits.plan_visit(
            session, ids(session, numbers), start, minutes, person=person, place=place, note=note, anyway=anyway
        )
        tell(session, change, as_json)


@visit_command.command("move")
@numbers
@click.option("--at", metavar="WHEN", default=None, help="Another time.")
@click.option("--for", "length", metavar="LENGTH", default=None, help="Another length.")
@click.option("--place", metavar="TEXT", default=None, help="Another place.")
@click.option("--person", metavar="WHO", default=None, help="Somebody else.")
@click.option("--note", metavar="TEXT", default=None, help="Another note.")
@_which
@_anyway
@as_json
@click.pass_obj
def move_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    at: str | None,
    length: str | None,
    place: str | None,
    person: str | None,
    note: str | None,
    visit: int | None,
    anyway: bool,
    as_json: bool,
) -> None:
    """Move a planned visit; what is not given stays.

    \b
    Example:
      itdesk visit move INC-1042 --at "fri 8:30"
    """
    minutes = understood(parse_length, length) if length is not None else None
    with invocation.session(skip_refused=skip_refused) as session:
        change = visits.move_visit(
            session,
            ids(session, numbers),
            starts_at=Times.of(session).moment(at) if at is not None else None,
            minutes=minutes,
            person=person,
            place=place,
            note=note,
            appointment=visit,
            anyway=anyway,
        )
        tell(session, change, as_json)


@visit_command.command("done")
@numbers
@click.option("--note", metavar="TEXT", default="", help="How it went; it goes into the journal.")
@_which
@as_json
@click.pass_obj
def done_command(
    invocation: Invocation, numbers: tuple[str, ...], skip_refused: bool, note: str, visit: int | None, as_json: bool
) -> None:
    """A planned visit took place; its ticket is in progress again.

    \b
    Example:
      itdesk visit done INC-1042
    """
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, visits.finish_visit(session, ids(session, numbers), appointment=visit, note=note), as_json)


@visit_command.command("cancel")
@numbers
@reason("Why.")
@_which
@as_json
@click.pass_obj
def cancel_command(
    invocation: Invocation, numbers: tuple[str, ...], skip_refused: bool, reason: str, visit: int | None, as_json: bool
) -> None:
    """A planned visit does not take place; its ticket is in progress again.

    \b
    Example:
      itdesk visit cancel INC-1042 --reason "The part is late."
    """
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, visits.cancel_visit(session, ids(session, numbers), appointment=visit, reason=reason), as_json)
