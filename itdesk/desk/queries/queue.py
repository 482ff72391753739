"""The queue: pages of tickets by key, counts, and single rows for live refresh."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, ModelSelect, Tuple, fn

from itdesk.desk.queries.filters import matching
from itdesk.desk.session import Session
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import Query
from itdesk.domain.ticket import Kind, Status, WaitingReason, format_number
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Ticket

Requester = Person.alias("requester")
Assignee = Person.alias("assignee")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A ticket as the queue shows it. Times are aware UTC; `team` is the team's name, `assignee` a login."""

    id: int
    kind: Kind
    external_id: str | None
    subject: str
    status: Status
    waiting_reason: WaitingReason | None
    priority: int
    major: bool
    category: str
    requester: str
    team: str | None
    level: int
    assignee: str | None
    opened_at: datetime
    changed_at: datetime
    version: int
    order_key: int

    @property
    def number(self) -> str:
        """`INC-1042`."""
        return format_number(self.kind, self.id)

    def key(self, order: Order) -> tuple[int, int]:
        """Where the row stands in an order: pages go on after it or before it."""
        return (self.order_key if order is Order.FAIR else to_microseconds(self.opened_at), self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the queue, in order; whether there is more above and below it."""

    rows: tuple[QueueRow, ...]
    more_before: bool
    more_after: bool


def page(
    session: Session,
    query: Query,
    order: Order = Order.FAIR,
    *,
    reverse: bool = False,
    after: tuple[int, int] | None = None,
    before: tuple[int, int] | None = None,
    limit: int = 50,
) -> Page:
    """`limit` rows from the top, after a key, or before a key (then the nearest ones, still in order).

    A key is `QueueRow.key(order)` of a row, which need not exist any more.
    """
    backwards = before is not None
    key = before if backwards else after
    descending = ((order is Order.NEWEST) != reverse) != backwards
    select = _rows(matching(session, query, *_COLUMNS))
    columns = (Ticket.order_key if order is Order.FAIR else Ticket.opened_at, Ticket.id)
    if key is not None:
        here, there = Tuple(*columns), Tuple(*key)
        select = select.where(here < there if descending else here > there)
    select = select.order_by(*(column.desc() if descending else column.asc() for column in columns))
    rows = _fetch(session, select.limit(limit + 1))
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        return Page(tuple(reversed(rows)), more_before=more, more_after=True)
    return Page(tuple(rows), more_before=after is not None, more_after=more)


def around(
    session: Session, query: Query, order: Order, key: tuple[int, int], *, reverse: bool = False, limit: int = 50
) -> Page:
    """Rows on both sides of a key, about `limit` in all, the row of that key among them if it still matches."""
    half = max(1, limit // 2)
    above = page(session, query, order, reverse=reverse, before=key, limit=half)
    just_before = (key[0], key[1] + 1) if (order is Order.NEWEST) != reverse else (key[0], key[1] - 1)
    below = page(session, query, order, reverse=reverse, after=just_before, limit=limit - len(above.rows))
    return Page(above.rows + below.rows, more_before=above.more_before, more_after=below.more_after)


def rows_by_id(session: Session, ticket_ids: Iterable[int], query: Query) -> tuple[QueueRow, ...]:
    """Those of the tickets that are visible and still match the search, in no order."""
    ids = list(ticket_ids)
    if not ids:
        return ()
    return tuple(_fetch(session, _rows(matching(session, query, *_COLUMNS)).where(Ticket.id.in_(ids))))


def count(session: Session, query: Query, *, limit: int | None = 1000) -> int:
    """How many tickets match; counting stops at `limit`."""
    select = matching(session, query, Ticket.id)
    if limit is not None:
        select = select.limit(limit)
    with session.desk.database.translated():
        return int(select.count())


def count_before(
    session: Session, query: Query, order: Order, key: tuple[int, int], *, reverse: bool = False, limit: int = 1000
) -> int:
    """How many matching tickets stand before a key, at most `limit`: the row's position."""
    descending = (order is Order.NEWEST) != reverse
    here = Tuple(Ticket.order_key if order is Order.FAIR else Ticket.opened_at, Ticket.id)
    there = Tuple(*key)
    select = matching(session, query, Ticket.id).where(here > there if descending else here < there)
    with session.desk.database.translated():
        return int(select.limit(limit).count())


def last_change(session: Session) -> int:
    """The number of the newest journal entry; 0 for an empty journal."""
    from itdesk.models.journal import JournalEntry

    with session.desk.database.translated():
        return int(JournalEntry.select(fn.MAX(JournalEntry.seq)).scalar() or 0)


_COLUMNS: tuple[Any, ...] = (
    Ticket.id,
    Ticket.kind,
    Ticket.external_id,
    Ticket.subject,
    Ticket.status,
    Ticket.waiting_reason,
    Ticket.priority,
    Ticket.major,
    Ticket.category,
    Requester.name,
    Team.name,
    Ticket.level,
    Assignee.login,
    Ticket.opened_at,
    Ticket.changed_at,
    Ticket.version,
    Ticket.order_key,
)


def _rows(select: ModelSelect) -> ModelSelect:
    return (
        select.join_from(Ticket, Requester, on=(Ticket.requester == Requester.id))
        .join_from(Ticket, Team, JOIN.LEFT_OUTER, on=(Ticket.team == Team.id))
        .join_from(Ticket, Assignee, JOIN.LEFT_OUTER, on=(Ticket.assignee == Assignee.id))
    )


def _fetch(session: Session, select: ModelSelect) -> list[QueueRow]:
    with session.desk.database.translated():
        return [_row(*columns) for columns in tuples(select)]


def _row(
    ticket_id: int,
    kind: str,
    external_id: str | None,
    subject: str,
    status: str,
    waiting_reason: str | None,
    priority: int,
    major: bool,
    *rest: Any,
) -> QueueRow:
    return QueueRow(
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
