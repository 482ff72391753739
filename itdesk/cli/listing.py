"""`itdesk list` and `itdesk show`. Neither imports Textual or pydantic: they start quickly."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice

import click
from rich.cells import cell_len, set_cell_size

from itdesk.cli import ticket_json
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import remark, say, say_json, say_json_array, terminal_width
from itdesk.cli.parameters import Word, as_json, number
from itdesk.cli.ticket_page import page
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

_HEAD = ("Number", "Pri", "Status", "Age", "Team", "Assignee", "Requester", "Subject")
_WIDEST = {"Status": 22, "Team": 16, "Assignee": 12, "Requester": 18}
_ONLY_IF_WIDE = {"Team", "Requester"}


@click.command("list", context_settings={"ignore_unknown_options": True})
@click.argument("search", metavar="[SEARCH]...", nargs=-1, type=click.UNPROCESSED)
@click.option("--status", metavar="STATUS", default=None, help="Tickets of this status (or `a,b`); `all` for all.")
@click.option("--order", type=Word(Order), default=Order.FAIR, help="Default: the queue's fair order.")
@click.option("--reverse", is_flag=True, default=False, help="The other way round.")
@click.option("--limit", type=click.IntRange(0), default=None, help="At most so many; 0 for all.")
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

    SEARCH is what you would type after / in the queue: p:1,2 @me team:network -tag:vip "blue screen" opened:>7d.
    A terminal gets the first 50; a pipe, --plain and --json get all.

    \b
    Examples:
      itdesk list p:1,2 @none
      itdesk list vpn --status all --count
      itdesk list team:network --json | jq -r '.[].number'
    """
    query = _query(search, status)
    with invocation.session() as session:
        if count:
            say(str(queue.count(session, query, limit=None)))
            return
        if not as_json and not plain:
            _print_table(session, query, order, reverse, limit)
            return
        tickets = listing.tickets(session, query, order, reverse=reverse, limit=limit or None)
        if as_json:
            say_json_array(map(ticket_json.listed, tickets))
            return
        for ticket in tickets:
            say("\t".join(_fields(ticket, session.clock())))


def _query(search: tuple[str, ...], status: str | None) -> Query:
    """The search; a word of the command line with spaces in it was quoted, and stays together."""
    words = [f'"{word}"' if " " in word and ":" not in word else word for word in search]
    query = parse(" ".join([*words, *([f"status:{status}"] if status else [])]))
    if query.errors:
        raise click.UsageError(" ".join(query.errors))
    return query


def _fields(ticket: ListedTicket, at: datetime) -> list[str]:
    waiting = f": {ticket.waiting_reason}" if ticket.waiting_reason else ""
    fields = (
        ticket.number,
        f"P{ticket.priority}{'!' if ticket.major else ''}",
        f"{ticket.status.title}{waiting}",
        age(at - ticket.opened_at),
        ticket.team or "-",
        ticket.assignee or "-",
        ticket.requester_name,
        ticket.subject,
    )
    return [safe(field) for field in fields]


def _print_table(session: Session, query: Query, order: Order, reverse: bool, limit: int | None) -> None:
    width = terminal_width()
    if limit is None and width is not None:
        limit = _SHOWN_ON_A_TERMINAL
    at = session.clock()
    tickets = listing.tickets(session, query, order, reverse=reverse, limit=limit + 1 if limit else None)
    rows = [_fields(ticket, at) for ticket in islice(tickets, limit)] if limit else (_fields(one, at) for one in tickets)
    empty = True
    for line in _aligned(rows, width):
        say(line)
        empty = False
    if empty:
        remark(f"No ticket: {query.understood()}.")
    elif limit and next(tickets, None) is not None:
        remark(f"{limit} of {queue.count(session, query, limit=None):,} tickets; --limit 0 shows all.")


def _aligned(rows: Iterable[list[str]], width: int | None) -> Iterator[str]:
    """The rows under a head, in columns, cut to the terminal's width where there is one; nothing for no rows."""
    rows = iter(rows)
    sample = list(islice(rows, 1_000))  # enough to know how wide the columns are
    if not sample:
        return
    head = list(_HEAD)
    narrow = width is not None and width < _WIDE
    *columns, subject = (at for at, name in enumerate(head) if not (narrow and name in _ONLY_IF_WIDE))
    widths = {
        at: min(max(cell_len(row[at]) for row in (head, *sample)), _WIDEST.get(head[at], 99)) for at in columns
    }
    left = None if width is None else max(width - sum(widths.values()) - len(widths), 10)
    for row in chain([head], sample, rows):
        cells = [_fitted(row[at], size) for at, size in widths.items()]
        last = row[subject] if left is None else _fitted(row[subject], left).rstrip()
        yield " ".join([*cells, last])


def _fitted(text: str, size: int) -> str:
    """The text in exactly so many cells; `…` stands for what was cut."""
    return set_cell_size(text, size) if cell_len(text) <= size else f"{set_cell_size(text, size - 1)}…"


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
    with invocation.session() as session:
        ticket = view(session, find_ticket(session, number))
        if as_json:
            say_json(ticket_json.whole(session, ticket))
            return
        for line in page(session, ticket, terminal_width() or 100):
            say(line)
