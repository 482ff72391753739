"""What the screens ask of the database: pages, counts, searches. Each answer is checked, then timed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from itdesk.desk.estimates import estimate_of
from itdesk.desk.queries import candidates, metrics, next_ticket, queue, tickets
from itdesk.desk.session import Session, open_desk, sign_in
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from tests.benchmarks.figures import Figure, median, milliseconds, percentile
from tests.benchmarks.generator import LONG_CONVERSATION, VIEWER, BigDesk

RUNS = 15
ROUNDS = 5
COUNT_LIMIT = 1_000
PAGE = 60
"""Rows that the queue reads at once at 80x24."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of the queue that somebody asks for."""

    name: str
    query: str
    order: Order = Order.FAIR


QUEUE = (
    Asked("default view, fair order", "status:active"),
    Asked("default view, newest first", "status:active", Order.NEWEST),
    Asked("default view, oldest first", "status:active", Order.OLDEST),
    Asked("mine", "@me status:unresolved"),
    Asked("a team's unassigned", "team:network @none"),
    Asked("one priority", "p:2"),
    Asked("one category branch", "category:network"),
    Asked("one category branch, newest first", "category:network", Order.NEWEST),
)


@contextmanager
def session_at(desk: BigDesk) -> Iterator[Session]:
    """The viewer's session."""
    opened = open_desk(str(desk.database))
    try:
        yield Session(opened, sign_in(opened, VIEWER), lambda: datetime.now(UTC))
    finally:
        opened.close()


def asked_at(session: Session) -> Sequence[Asked]:
    """Every page that is measured: QUEUE and the shipped views."""
    return (*QUEUE, *(Asked(f"view {view.title}", view.query, view.order) for view in session.rulebook.views))


def page_times(*desks: BigDesk) -> list[dict[str, float]]:
    """The median milliseconds of each page of the queue at each desk, measured in turn; the least of ROUNDS."""
    times: list[dict[str, float]] = [{} for _ in desks]
    for _ in range(ROUNDS):
        for desk, best in zip(desks, times, strict=True):
            with session_at(desk) as session:
                for asked in asked_at(session):
                    best[asked.name] = min(_page_time(session, asked), best.get(asked.name, float("inf")))
    return times


def _page_time(session: Session, asked: Asked) -> float:
    query = parse(asked.query)
    rows = queue.page(session, query, asked.order, limit=PAGE).rows
    keys = [row.key(asked.order) for row in rows]
    assert keys == sorted(keys, reverse=asked.order.descending), f"{asked.name} is out of order"
    assert len(rows) == min(PAGE, queue.count(session, query, limit=PAGE)), f"{asked.name} misses rows"
    return median(milliseconds(lambda: queue.page(session, query, asked.order, limit=PAGE), RUNS))


def page_figures(small: dict[str, float], large: dict[str, float]) -> list[Figure]:
    """How long pages take, and how they grow with the desk."""
    figures = []
    for name, taken in large.items():
        figures.append(Figure(f"page: {name}", taken, "ms", must=5))
        figures.append(Figure(f"page: {name}, against 1,000", taken / small[name], "x", 3, 1.5, portable=True))
    return figures


def closed_figures(desk: BigDesk) -> list[Figure]:
    """Ended tickets by requester, by category and period."""
    asked = (
        ("closed tickets of a requester", f"status:ended requester:{desk.requester}"),
        ("closed tickets of a category, 90 days", "status:ended category:network.vpn opened:<90d"),
        ("closed tickets of a branch, a year", "status:ended category:network opened:<365d"),
    )
    with session_at(desk) as session:
        return [
            Figure(name, _page_time(session, Asked(name, query, Order.NEWEST)), "ms", 60, 10) for name, query in asked
        ]


def count_figures(desk: BigDesk) -> list[Figure]:
    """The counts of all tabs, as the queue asks for them."""
    with session_at(desk) as session:
        queries = [parse(view.query) for view in session.rulebook.views]

        def counts() -> list[int]:
            return [queue.count(session, query, limit=COUNT_LIMIT) for query in queries]

        return [Figure("counts of all tabs", median(milliseconds(counts, RUNS)), "ms", 20, 5)]


def metrics_figures(desk: BigDesk) -> list[Figure]:
    """The figures of a month and of a year, as the metrics screen counts them, off the event loop."""
    with session_at(desk) as session:
        return [
            Figure(
                f"figures of {days} days",
                median(milliseconds(lambda days=days: metrics.overview(session, days=days), ROUNDS)),  # type: ignore[misc]
                "ms",
            )
            for days in (30, 365)
        ]


SEARCHED = ("printer", "vpn connect", "pass", "p", "the", "nb00", "qqqq")
"""Words of a search: frequent, two together, the beginning of many, one letter typed, the most frequent of all, rare,
nowhere."""


def search_figures(desk: BigDesk) -> list[Figure]:
    """Searches among the open tickets and among all, newest and best first; the slowest of SEARCHED counts."""
    figures = []
    with session_at(desk) as session:
        for order, must, aim in ((Order.NEWEST, 50, 20), (Order.BEST, 150, 75)):
            for scope, suffix in (("open tickets", ""), ("all tickets", " status:all")):
                taken = {}
                for searched in SEARCHED:
                    taken[searched] = _page_time(session, Asked(searched, f"{searched}{suffix}", order))
                told = ", ".join(f"{searched} {taken[searched]:.1f}" for searched in SEARCHED)
                name = f"search, {order.title}, {scope}"
                figures.append(Figure(name, max(taken.values()), "ms", must, aim, remark=told))
    return figures


def ticket_figures(desk: BigDesk) -> list[Figure]:
    """Reading a ticket with a long conversation."""
    with session_at(desk) as session:

        def read() -> int:
            tickets.view(session, desk.long_ticket)
            tickets.decisions_in_force(session, desk.long_ticket)
            return len(tickets.timeline(session, desk.long_ticket))

        assert read() >= LONG_CONVERSATION
        taken = milliseconds(read, RUNS)
        return [Figure(f"reading a ticket of {LONG_CONVERSATION} messages, p95", percentile(taken, 0.95), "ms")]


def assignment_figures(desk: BigDesk) -> list[Figure]:
    """What stands behind `N`, the assign dialog and a new ticket's estimate: all before somebody waits for them."""
    with session_at(desk) as session:
        found = next_ticket.next_ticket(session)
        assert found is not None
        assert candidates.candidates(session, found.row.id).ranking is not None
        assert estimate_of(session, "network.vpn", 4, session.clock())
        return [
            Figure(
                "the next ticket for me", median(milliseconds(lambda: next_ticket.next_ticket(session), RUNS)), "ms", 5
            ),
            Figure(
                "who could take a ticket",
                median(milliseconds(lambda: candidates.candidates(session, found.row.id), RUNS)),
                "ms",
            ),
            Figure(
                "estimate of a new ticket",
                median(milliseconds(lambda: estimate_of(session, "network.vpn", 4, session.clock()), RUNS)),
                "ms",
            ),
        ]
