"""`itdesk link`, `merge` and `split`."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.parameters import ROW_ID, Word, as_json, ids, number, numbers, read_text, reason
from itdesk.desk import links, merging
from itdesk.desk.queries.tickets import find_ticket
from itdesk.domain.ticket import MADE_BY_HAND, LinkType


@click.command("link")
@numbers
@click.argument("link_type", type=Word(LinkType, MADE_BY_HAND))
@click.argument("other", metavar="OTHER")
@click.option("--remove", is_flag=True, default=False, help="Take this link away.")
@as_json
@click.pass_obj
def link_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    link_type: LinkType,
    other: str,
    remove: bool,
    skip_refused: bool,
    as_json: bool,
) -> None:
    """Link tickets to another one, or take their links away.

    \b
    Examples:
      itdesk link INC-1050 duplicate-of INC-1042
      itdesk link INC-1050 INC-1051 child-of INC-1042
      itdesk link INC-1050 duplicate-of INC-1042 --remove
    """
    act = links.unlink if remove else links.link
    with invocation.session(skip_refused=skip_refused) as session:
        change = act(session, ids(session, numbers), link_type, find_ticket(session, other))
        tell(session, change, as_json)


@click.command("merge")
@numbers
@click.option(
    "--into", metavar="NUMBER", default=None, help="The one that stays; else a major incident, or the oldest."
)
@click.option("--anyway", is_flag=True, default=False, help="Also tickets of other requesters: only work notes move.")
@reason("Why; it goes into the journal.")
@as_json
@click.pass_obj
def merge_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    into: str | None,
    anyway: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Merge tickets that are about one thing: all that was written goes to one of them, the others are closed.

    A major incident stays, else the oldest, unless --into names another. Tickets of another requester are refused,
    unless --anyway: then what he can see stays with his own ticket.

    \b
    Examples:
      itdesk merge INC-1042 INC-1050
      itdesk merge INC-1050 --into INC-1042 --reason "the same outage"
    """
    with invocation.session(skip_refused=skip_refused) as session:
        survivor = None if into is None else find_ticket(session, into)
        tell(session, merging.merge(session, ids(session, numbers), survivor, anyway=anyway, reason=reason), as_json)


@click.command("split")
@number
@click.option("--subject", metavar="TEXT", required=True, help="What the new ticket is about.")
@click.option("--body", metavar="TEXT", default="", help="Its text; - reads it from standard input.")
@click.option(
    "--message", "messages", metavar="ID", type=ROW_ID, multiple=True, help="A message that moves; repeatable."
)
@click.option("--child", is_flag=True, default=False, help="The new ticket is a child of this one, not only related.")
@as_json
@click.pass_obj
def split_command(
    invocation: Invocation,
    number: str,
    subject: str,
    body: str,
    messages: tuple[int, ...],
    child: bool,
    as_json: bool,
) -> None:
    """Make a second concern of a ticket a ticket of its own, of the same requester.

    `itdesk show NUMBER --json` tells the ids of messages.

    \b
    Example:
      itdesk split INC-1042 --subject "Printer is out of toner" --message 311 --message 312
    """
    with invocation.session() as session:
        new = merging.SplitOff(
            subject=subject,
            body=read_text(body),
            messages=messages,
            link=LinkType.CHILD_OF if child else LinkType.RELATED,
        )
        tell(session, merging.split(session, find_ticket(session, number), new), as_json)
