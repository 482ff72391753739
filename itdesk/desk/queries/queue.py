"""The queue: pages of tickets by key, counts, and single rows for live refresh."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import Tuple

from itdesk.desk.queries.filters import holding_words, matching, sort_key
from itdesk.desk.session import Session
from itdesk.domain.queue_order import NEVER, Order
from itdesk.domain.search_language import Query
from itdesk.domain.ticket import Kind, Status, WaitingReason, format_number
from itdesk.models.fields import from_microseconds, to_microseconds
from itdesk.models.tickets import Ticket


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
    score: int = 0
    """What the words of the search are worth in it; 0 where nothing was ranked."""
    agreement: str | None = None
    due_at: datetime | None = None
    """The nearest due moment among its clocks that run; `due_clock` is the name of that clock, or of a paused one."""
    due_clock: str | None = None

    @property
    def number(self) -> str:
        """`INC-1042`."""
        return format_number(self.kind, self.id)

    def key(self, order: Order) -> tuple[int, int]:
        """Where the row stands in an order: pages go on after it or before it."""
        if order is Order.FAIR:
            return self.order_key, self.id
        if order is Order.DUE:
            return NEVER if self.due_at is None else to_microseconds(self.due_at), self.id
        opened_at = to_microseconds(self.opened_at)
        if order is not Order.BEST:
            return opened_at, self.id
        from itdesk.desk.queries import ranking

        return ranking.place(self.score, opened_at), self.id


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
    descending = (order.descending != reverse) != backwards
    if order is Order.BEST:
        rows = _best(session, query, key, limit + 1, descending=descending)
    else:
        select = _beyond(matching(session, query, Ticket.id, order=order, with_words=False), order, key, descending)
        rows = _fetch(session, holding_words(session, query, select, limit + 1))
    rows.sort(key=lambda row: row.key(order), reverse=descending)
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        return Page(tuple(reversed(rows)), more_before=more, more_after=True)
    return Page(tuple(rows), more_before=after is not None, more_after=more)


def _beyond(select: Any, order: Order, key: tuple[int, int] | None, descending: bool) -> Any:
    """The selected tickets beyond a key, sorted."""
    columns = (sort_key(order), Ticket.id)
    if key is not None:
        here, there = Tuple(*columns), Tuple(*key)
        select = select.where(here < there if descending else here > there)
    return select.order_by(*(column.desc() if descending else column.asc() for column in columns))


def _best(
    session: Session, query: Query, key: tuple[int, int] | None, limit: int, *, descending: bool
) -> list[QueueRow]:
    """The first rows beyond a key, best first or last, in no order."""
    from itdesk.desk.queries import ranking

    found = ranking.ranked(session, query)
    ids = found.page(key, limit, descending=descending)
    rows = _fetch(session, Ticket.select(Ticket.id).where(Ticket.id.in_(ids)))
    return [replace(row, score=found.scores.get(row.id, 0)) for row in rows]


def around(
    session: Session, query: Query, order: Order, key: tuple[int, int], *, reverse: bool = False, limit: int = 50
) -> Page:
    """Rows on both sides of a key, about `limit` in all, the row of that key among them if it still matches."""
    half = max(1, limit // 2)
    above = page(session, query, order, reverse=reverse, before=key, limit=half)
    just_before = (key[0], key[1] + 1) if order.descending != reverse else (key[0], key[1] - 1)
    below = page(session, query, order, reverse=reverse, after=just_before, limit=limit - len(above.rows))
    return Page(above.rows + below.rows, more_before=above.more_before, more_after=below.more_after)


def rows_by_id(session: Session, ticket_ids: Iterable[int], query: Query) -> tuple[QueueRow, ...]:
    """Those of the tickets that are visible and still match the search, in no order."""
    ids = list(ticket_ids)
    if not ids:
        return ()
    these = session.desk.database.among(ids)
    rows = _fetch(session, matching(session, query, Ticket.id).where(Ticket.id.in_(these)))
    if not query.words or not rows:
        return tuple(rows)
    from itdesk.desk.queries import ranking

    found = ranking.scores(session, query, Ticket.select(Ticket.id).where(Ticket.id.in_([row.id for row in rows])))
    return tuple(replace(row, score=found[row.id]) for row in rows)


def count(session: Session, query: Query, *, limit: int | None = 1000) -> int:
    """How many tickets match; counting stops at `limit`."""
    select = matching(session, query, Ticket.id, order=Order.FAIR, with_words=limit is None)
    if limit is not None:
        select = holding_words(session, query, select, limit)
    with session.desk.database.translated():
        return int(select.count())


def count_before(
    session: Session, query: Query, order: Order, key: tuple[int, int], *, reverse: bool = False, limit: int = 1000
) -> int:
    """How many matching tickets stand before a key, at most `limit`: the row's position."""
    descending = order.descending != reverse
    if order is Order.BEST:
        from itdesk.desk.queries import ranking

        return ranking.ranked(session, query).count_before(key, limit, descending=descending)
    here = Tuple(sort_key(order), Ticket.id)
    there = Tuple(*key)
    select = matching(session, query, Ticket.id, order=order, with_words=False)
    select = select.where(here > there if descending else here < there)
    with session.desk.database.translated():
        return int(holding_words(session, query, select, limit).count())


def last_change(session: Session) -> int:
    """The number of the newest journal entry; 0 for an empty journal."""
    with session.desk.database.translated():
        return int(session.desk.database.row("SELECT max(seq) FROM journal")[0] or 0)


_SELECT = """
SELECT t.id, t.kind, t.external_id, t.subject, t.status, t.waiting_reason, t.priority, t.major, t.category,
  requester.name, team.name, t.level, assignee.login, t.opened_at, t.changed_at, t.version, t.order_key,
  t.agreement, t.due_at, t.due_clock
FROM ({ids}) AS page
JOIN ticket AS t ON t.id = page.id
JOIN person AS requester ON requester.id = t.requester_id
LEFT JOIN team ON team.id = t.team_id
LEFT JOIN person AS assignee ON assignee.id = t.assignee_id
"""


def _fetch(session: Session, select: Any) -> list[QueueRow]:
    """The rows of the tickets whose ids are selected, in no order.

    The ids come from a covering index alone, and only a page of them is looked up. Plain SQL and plain rows: Peewee's
    own take longer than the database (measured).
    """
    ids, parameters = select.sql()
    database = session.desk.database
    return [_row(*columns) for columns in database.execute(_SELECT.format(ids=ids), parameters).fetchall()]


def _row(
    ticket_id: int,
    kind: str,
    external_id: str | None,
    subject: str,
    status: str,
    waiting_reason: str | None,
    priority: int,
    major: bool,
    category: str,
    requester: str,
    team: str | None,
    level: int,
    assignee: str | None,
    opened_at: int,
    changed_at: int,
    version: int,
    order_key: int,
    agreement: str | None,
    due_at: int | None,
    due_clock: str | None,
) -> QueueRow:
    return QueueRow(
        ticket_id,
        _KINDS[kind],
        external_id,
        subject,
        _STATUSES[status],
        None if waiting_reason is None else WaitingReason(waiting_reason),
        priority,
        bool(major),
        category,
        requester,
        team,
        level,
        assignee,
        from_microseconds(opened_at),
        from_microseconds(changed_at),
        version,
        order_key,
        agreement=agreement,
        due_at=None if due_at is None else from_microseconds(due_at),
        due_clock=due_clock,
    )


_KINDS = {kind.value: kind for kind in Kind}
_STATUSES = {status.value: status for status in Status}
