"""Tickets one after the other, with all that a list or an export tells of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, Tuple

from itdesk.desk.queries import ranking
from itdesk.desk.queries.filters import matching, sort_key
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.queue_order import NEVER, Order
from itdesk.domain.search_language import Query
from itdesk.domain.ticket import Kind, Status, WaitingReason, format_number
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Ticket

_PAGE = 1_000

Requester = Person.alias("requester")
Assignee = Person.alias("assignee")


@dataclass(frozen=True, slots=True)
class ListedTicket:
    """A ticket in a list. Times are aware UTC; `requester` and `assignee` are logins, `team` a team's name."""

    id: int
    kind: Kind
    external_id: str | None
    subject: str
    status: Status
    waiting_reason: WaitingReason | None
    priority: int
    major: bool
    impact: str
    urgency: str
    category: str
    requester: str
    requester_name: str
    team: str | None
    level: int
    assignee: str | None
    opened_at: datetime
    changed_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    version: int
    order_key: int
    agreement: str | None
    due_at: datetime | None
    due_clock: str | None

    def key(self, order: Order) -> int:
        """Where the ticket stands in an order that a column sorts, its id aside."""
        if order is Order.FAIR:
            return self.order_key
        if order is Order.DUE:
            return NEVER if self.due_at is None else to_microseconds(self.due_at)
        return to_microseconds(self.opened_at)

    @property
    def number(self) -> str:
        """`INC-1042`."""
        return format_number(self.kind, self.id)


def tickets(
    session: Session, query: Query, order: Order = Order.FAIR, *, reverse: bool = False, limit: int | None = None
) -> Iterator[ListedTicket]:
    """The visible tickets that a search means, in order, at most `limit`.

    They are read a thousand at a time: what changes meanwhile is seen as it stands when its turn comes.
    """
    descending = order.descending != reverse
    read = _best(session, query, descending) if order is Order.BEST else _sorted(session, query, order, descending)
    last: ListedTicket | None = None
    while limit is None or limit > 0:
        size = _PAGE if limit is None else min(limit, _PAGE)
        rows = read(last, size)
        yield from rows
        if len(rows) < size:
            return
        last = rows[-1]
        limit = None if limit is None else limit - size


_Read = Callable[[ListedTicket | None, int], list[ListedTicket]]
"""So many tickets after one, or from the first."""


def _sorted(session: Session, query: Query, order: Order, descending: bool) -> _Read:
    columns = (sort_key(order), Ticket.id)
    here = Tuple(*columns)
    select = _with_names(matching(session, query, *_COLUMNS))
    select = select.order_by(*(column.desc() if descending else column.asc() for column in columns))

    def read(last: ListedTicket | None, size: int) -> list[ListedTicket]:
        page = select
        if last is not None:
            there = Tuple(last.key(order), last.id)
            page = select.where(here < there if descending else here > there)
        return _fetch(session, page.limit(size))

    return read


def _best(session: Session, query: Query, descending: bool) -> _Read:
    with session.desk.database.translated():
        found = ranking.ranked(session, query)

    def key(ticket: ListedTicket) -> ranking.Key:
        return ranking.place(found.scores.get(ticket.id, 0), to_microseconds(ticket.opened_at)), ticket.id

    def read(last: ListedTicket | None, size: int) -> list[ListedTicket]:
        with session.desk.database.translated():
            ids = found.page(None if last is None else key(last), size, descending=descending)
        rows = _fetch(session, _with_names(visible(session, *_COLUMNS)).where(Ticket.id.in_(ids)))
        return sorted(rows, key=key, reverse=descending)

    return read


_COLUMNS = (
    Ticket.id,
    Ticket.kind,
    Ticket.external_id,
    Ticket.subject,
    Ticket.status,
    Ticket.waiting_reason,
    Ticket.priority,
    Ticket.major,
    Ticket.impact,
    Ticket.urgency,
    Ticket.category,
    Requester.login,
    Requester.name,
    Team.name,
    Ticket.level,
    Assignee.login,
    Ticket.opened_at,
    Ticket.changed_at,
    Ticket.resolved_at,
    Ticket.closed_at,
    Ticket.version,
    Ticket.order_key,
    Ticket.agreement,
    Ticket.due_at,
    Ticket.due_clock,
)


def _with_names(select: Any) -> Any:
    """The selected tickets joined with those whose names are among _COLUMNS."""
    return (
        select.join_from(Ticket, Requester, on=(Ticket.requester == Requester.id))
        .join_from(Ticket, Team, JOIN.LEFT_OUTER, on=(Ticket.team == Team.id))
        .join_from(Ticket, Assignee, JOIN.LEFT_OUTER, on=(Ticket.assignee == Assignee.id))
    )


def _fetch(session: Session, select: Any) -> list[ListedTicket]:
    with session.desk.database.translated():
        return [_listed(row) for row in tuples(select)]


def _listed(row: tuple[Any, ...]) -> ListedTicket:
    ticket_id, kind, external_id, subject, status, waiting_reason, priority, major, *rest = row
    return ListedTicket(
        ticket_id,
        Kind(kind),
        external_id,
        subject,
        Status(status),
        WaitingReason(waiting_reason) if waiting_reason else None,
        priority,
        bool(major),
        *rest,
    )
