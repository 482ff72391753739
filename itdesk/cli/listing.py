"""`itdesk list` and `itdesk show`. Neither imports Textual or pydantic: they start quickly."""

from datetime import datetime
from itertools import islice

import click

from itdesk.cli import ticket_json
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import remark, say, say_json, say_json_array, terminal_width
from itdesk.cli.parameters import Word, as_json, no_options_of_ours, number
from itdesk.cli.table import table
from itdesk.desk.queries import listing, queue
from itdesk.desk.queries.listing import ListedTicket
from itdesk.desk.queries.tickets import find_ticket, view
from itdesk.desk.session import Session
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import Query, parse
from itdesk.domain.text import safe
from itdesk.ui.times import age

_SHOWN_ON_A_TERMINAL = 50
_WIDE = 110


@click.command("list", context_settings={"ignore_unknown_options": True})
@click.argument("search", metavar="[SEARCH]...", nargs=-1, type=click.UNPROCESSED)
@click.option("--status", metavar="STATUS", default=None, help="Tickets of this status (or `a,b`); `all` for all.")
@click.option(
    "--order",
    type=Word(Order),
    default=Order.FAIR,
    help=(
        "Default: the queue's fair order. due: what is due next comes first. "
        "best: by where the words of SEARCH stand, in the subject first."
    ),
)
@click.option("--reverse", is_flag=True, default=False, help="The other way round.")
@click.option("--limit", type=click.IntRange(0, 10**9), default=None, help="At most so many; 0 for all.")
@click.option("--count", is_flag=True, default=False, help="Print only how many there are.")
@click.option("--plain", is_flag=True, default=False, help="A ticket a line, fields parted by tabs, nothing cut.")
@as_json
@click.pass_obj
def list_command(
    invocation: Invocation,
    search: tuple[str, ...],
    status: str | None,
    order: Order,
    reverse: bool,
    limit: int | None,
    count: bool,
    plain: bool,
    as_json: bool,
) -> None:
    """List tickets: by default all that are not closed or cancelled.

    SEARCH is what you would type after / in the queue: p:1,2 @me team:network -tag:audit "blue screen" opened:>7d.
    A terminal gets the first 50; a pipe, --plain and --json get all.

    \b
    Examples:
      itdesk list p:1,2 @none
      itdesk list vpn --status all --count
      itdesk list overdue:yes --order due
      itdesk list team:network --json | jq -r '.[].number'
    """
    query = _query(search, status)
    if order is Order.BEST and not query.words:
        raise click.UsageError("--order best needs words to search for, as in `itdesk list vpn drops --order best`.")
    with invocation.session(rules=False) as session:
        if count:
            say(str(queue.count(session, query, limit=None)))
            return
        if not as_json and not plain:
            _print_table(session, query, order, reverse, limit)
            return
        tickets = listing.tickets(session, query, order, reverse=reverse, limit=limit or None)
        if as_json:
            say_json_array(ticket_json.listed(session, ticket) for ticket in tickets)
            return
        at = session.clock()
        for ticket in tickets:
            say("\t".join(safe(field) for field in _fields(session, ticket, at).values()))


def _query(search: tuple[str, ...], status: str | None) -> Query:
    no_options_of_ours(search)
    query = parse(" ".join([*search, *([f"status:{status}"] if status else [])]))
    if query.errors:
        raise click.UsageError(" ".join(query.errors))
    return query


_COLUMNS = ("Number", "Pri", "Status", "Age", "Due", "Team", "Assignee", "Requester", "Subject")
_NARROW = ("Number", "Pri", "Status", "Age", "Due", "Assignee", "Subject")
_WIDEST = {"Status": 22, "Team": 16, "Assignee": 12, "Requester": 18}


def _due(session: Session, ticket: ListedTicket, at: datetime) -> str:
    """The business time that is left; where nothing is due, the rulebook is not even read."""
    if ticket.due_clock is None:
        return "-"
    from itdesk.domain.time_left import time_left_of

    return (
        time_left_of(
            session.rulebook,
            at,
            agreement=ticket.agreement,
            due_at=ticket.due_at,
            due_clock=ticket.due_clock,
        ).text
        or "-"
    )


def _fields(session: Session, ticket: ListedTicket, at: datetime) -> dict[str, str]:
    waiting = f": {ticket.waiting_reason}" if ticket.waiting_reason else ""
    return {
        "Number": ticket.number,
        "Pri": f"P{ticket.priority}{'!' if ticket.major else ''}",
        "Status": f"{ticket.status.title}{waiting}",
        "Age": age(at - ticket.opened_at),
        "Due": _due(session, ticket, at),
        "Team": ticket.team or "-",
        "Assignee": ticket.assignee or "-",
        "Requester": ticket.requester_name,
        "Subject": ticket.subject,
    }


def _print_table(session: Session, query: Query, order: Order, reverse: bool, limit: int | None) -> None:
    width = terminal_width()
    if limit is None and width is not None:
        limit = _SHOWN_ON_A_TERMINAL
    head = _COLUMNS if width is None or width >= _WIDE else _NARROW
    at = session.clock()
    tickets = listing.tickets(session, query, order, reverse=reverse, limit=limit + 1 if limit else None)
    rows = ([_fields(session, ticket, at)[name] for name in head] for ticket in islice(tickets, limit or None))
    empty = True
    for line in table(head, rows, width=width, widest=_WIDEST):
        say(line)
        empty = False
    if empty:
        remark(f"None found: {query.understood()}.")
    elif limit and next(tickets, None) is not None:
        remark(f"{limit} of {queue.count(session, query, limit=None):,} tickets; --limit 0 shows all.")


@click.command("show")
@number
@as_json
@click.pass_obj
def show_command(invocation: Invocation, number: str, as_json: bool) -> None:
    """Show a ticket: its facts, and what was said and done.

    \b
    Examples:
      itdesk show INC-1042
      itdesk show 1042 --json
    """
    with invocation.session(rules=False) as session:
        ticket = view(session, find_ticket(session, number))
        if as_json:
            say_json(ticket_json.whole(session, ticket))
            return
        from itdesk.cli.ticket_page import page

        for line in page(session, ticket, terminal_width() or 100):
            say(line)
