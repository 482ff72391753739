"""How long tickets take, from those like them that were resolved of late."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from itdesk.desk.session import Session
from itdesk.desk.transaction import Transaction
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.estimates import LEAST, estimate
from itdesk.domain.ticket import SETTLED
from itdesk.models.fields import from_microseconds, to_microseconds
from itdesk.models.tickets import Ticket

_ESTIMATED_BY = frozenset({"category", "priority", "agreement"})
"""Columns that an estimate depends on."""

DAYS = 90
"""So far back comparable tickets were resolved."""

MOST = 500
"""So many of them, the newest, are looked at."""

Measure = Callable[[datetime, datetime], timedelta]
"""How much time passed between two moments: elapsed, or business time of a calendar."""


def elapsed(start: datetime, end: datetime) -> timedelta:
    """All the time between, nights and weekends included."""
    return end - start


def follow(tx: Transaction) -> None:
    """Estimate tickets anew that another category, priority or agreement came to, before the decisions are stored."""
    for record in tx.records:
        ticket = record.ticket
        changes = record.facts.get("changes", {}).keys()
        if ticket is None or record.verb == "undone" or ticket.status in SETTLED or not changes & _ESTIMATED_BY:
            continue
        found = estimate_for(tx.session, ticket, tx.now)
        tx.decide(ticket.id, found or (Decision(Thing.ESTIMATE, "", Source.HISTORY, reason="too few were like it"),))


def estimate_for(session: Session, ticket: Ticket, at: datetime) -> tuple[Decision, ...]:
    """As `estimate_of`, for a ticket as it stands at a moment, aware UTC."""
    due_at = _resolution_due(session, ticket)
    return estimate_of(session, ticket.category, ticket.priority, at, opened_at=ticket.opened_at, due_at=due_at)


def estimate_of(
    session: Session,
    category: str,
    priority: int,
    at: datetime,
    *,
    opened_at: datetime | None = None,
    due_at: datetime | None = None,
    measure: Measure = elapsed,
) -> tuple[Decision, ...]:
    """How long a ticket takes, by what is known at `at`, as a decision; none where too few were like it.

    `opened_at` is when it was opened, where that is not `at`. Comparable are tickets of the same priority and category,
    else of the branch that the category stands in, resolved within DAYS. `due_at` is when the service agreement wants
    it resolved. Whoever asks learns the figures and nothing of the tickets, so all of them count, whatever he may see.
    """
    since = at - timedelta(days=DAYS)
    spans: Sequence[timedelta] = ()
    for branch, categories in _circles(session, category):
        spans = [
            measure(from_microseconds(opened), from_microseconds(resolved))
            for resolved, opened in _newest(session, categories, priority, since)
        ]
        if len(spans) >= LEAST:
            found = estimate(spans, None if due_at is None else measure(opened_at or at, due_at))
            assert found is not None
            figures = (
                ("median_minutes", found.median_minutes),
                ("p90_minutes", found.p90_minutes),
                ("tickets", found.tickets),
            )
            bound = ", at most what the agreement allows" if found.promised else ""
            reason = f"{found.tickets} tickets of {branch}, P{priority}, resolved in the last {DAYS} days{bound}"
            value = str(found.median_minutes)
            return (Decision(Thing.ESTIMATE, value, Source.HISTORY, reason=reason, figures=figures),)
    return ()


def _circles(session: Session, category: str) -> Iterable[tuple[str, list[str]]]:
    """The category alone, then the branch that it stands in with all below it."""
    yield category, [category]
    branch = category.rpartition(".")[0]
    if branch:
        below = [item.path for item in session.rulebook.categories if item.path.startswith(f"{branch}.")]
        yield branch, sorted({branch, category, *below})


def _newest(session: Session, categories: Iterable[str], priority: int, since: datetime) -> list[tuple[int, int]]:
    """When the newest tickets were resolved and opened, in microseconds; each category is read from one index."""
    database = session.desk.database
    mark = database.param
    sql = (
        f"SELECT resolved_at, opened_at FROM ticket WHERE category = {mark} AND priority = {mark}"  # noqa: S608
        f" AND resolved_at >= {mark} ORDER BY resolved_at DESC LIMIT {MOST}"
    )
    found: list[tuple[int, int]] = []
    for category in categories:
        found += database.execute(sql, (category, priority, to_microseconds(since))).fetchall()
    return heapq.nlargest(MOST, found)


def _resolution_due(session: Session, ticket: Ticket) -> datetime | None:
    """When a ticket's agreement wants it resolved; None where it has none, or none for that."""
    from itdesk.domain.agreements import ClockName

    agreement = session.rulebook.agreement(ticket.agreement)
    calendar = session.rulebook.calendar(agreement.calendar) if agreement else None
    target = agreement.targets.get(ClockName.RESOLUTION) if agreement else None
    return calendar.add(ticket.opened_at, target) if calendar and target is not None else None
