"""How long tickets take, from those like them that were resolved of late."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from itdesk.desk.session import Session
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.estimates import LEAST, estimate
from itdesk.models.fields import from_microseconds, to_microseconds

DAYS = 90
"""So far back comparable tickets were resolved."""

MOST = 500
"""So many of them, the newest, are looked at."""

Measure = Callable[[datetime, datetime], timedelta]
"""How much time passed between two moments: elapsed, or business time of a calendar."""


def elapsed(start: datetime, end: datetime) -> timedelta:
    """All the time between, nights and weekends included."""
    return end - start


def estimate_of(
    session: Session,
    category: str,
    priority: int,
    at: datetime,
    *,
    due_at: datetime | None = None,
    measure: Measure = elapsed,
) -> tuple[Decision, ...]:
    """When a ticket opened at `at` will be resolved, as a decision; none where too few were like it.

    Comparable are tickets of the same priority and category, else of the branch that the category stands in, resolved
    within DAYS. `due_at` is when the service agreement wants it resolved. Whoever asks learns the figures and nothing
    of the tickets, so all of them count, whatever he may see.
    """
    since = at - timedelta(days=DAYS)
    spans: Sequence[timedelta] = ()
    for branch, categories in _circles(session, category):
        spans = [
            measure(from_microseconds(opened), from_microseconds(resolved))
            for resolved, opened in _newest(session, categories, priority, since)
        ]
        if len(spans) >= LEAST:
            found = estimate(spans, None if due_at is None else measure(at, due_at))
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
