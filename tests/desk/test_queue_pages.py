"""Pages of the queue: in every order, either way, nothing is left out and nothing comes twice."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itdesk.desk import triage
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries import listing, queue
from itdesk.desk.queries.queue import QueueRow
from itdesk.desk.session import Desk, Session, sign_in
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from tests.support.desks import OPENING, sign_in_at

ALL = parse("status:all")
OPENED = [0, 0, 0, 1, 1, 5, 5, 5, 9, 9, 30, 30, 61, 61, 61, 90, 91, 95, 95, 120]
"""Days after the desk's opening; several tickets share a moment, so that ids must break ties."""


@pytest.fixture(scope="module")
def session(shared_desk: Desk) -> Session:
    """Tom's, on a desk with tickets of all priorities, a major, one moment shared by many."""
    for number, days in enumerate(OPENED):
        at = sign_in_at(shared_desk, lambda days=days: OPENING + timedelta(days=days))  # type: ignore[misc]
        impact, urgency = [("company", "high"), ("team", "high"), ("person", "low")][number % 3]
        submit(at("rita"), NewTicket(f"Ticket {number}", impact=impact, urgency=urgency, kind=None))
    triage.declare_major(sign_in_at(shared_desk, lambda: OPENING)("tom"), [17], "all down")
    return Session(shared_desk, sign_in(shared_desk, "tom"), lambda: OPENING + timedelta(days=200))


def expected(session: Session, order: Order, reverse: bool) -> list[int]:
    rows = sorted(queue.page(session, ALL, limit=1000).rows, key=lambda row: row.key(order))
    return [row.id for row in (reversed(rows) if order.descending != reverse else rows)]


def forwards(session: Session, order: Order, reverse: bool, limit: int) -> Iterator[QueueRow]:
    page = queue.page(session, ALL, order, reverse=reverse, limit=limit)
    assert not page.more_before
    while True:
        yield from page.rows
        if not page.more_after:
            return
        assert len(page.rows) == limit
        page = queue.page(session, ALL, order, reverse=reverse, after=page.rows[-1].key(order), limit=limit)
        assert page.more_before


def backwards(session: Session, order: Order, reverse: bool, limit: int) -> Iterator[QueueRow]:
    """From after the last row up."""
    last = queue.page(session, ALL, order, reverse=reverse, limit=1000).rows[-1]
    yield last
    page = queue.page(session, ALL, order, reverse=reverse, before=last.key(order), limit=limit)
    while True:
        yield from reversed(page.rows)
        assert page.more_after
        if not page.more_before:
            return
        page = queue.page(session, ALL, order, reverse=reverse, before=page.rows[0].key(order), limit=limit)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("order", Order)
def test_pages_cover_the_whole_list_both_ways(session: Session, order: Order, reverse: bool) -> None:
    wanted = expected(session, order, reverse)
    assert len(wanted) == len(OPENED)
    for limit in (1, 3, 7, 20, 50):
        assert [row.id for row in forwards(session, order, reverse, limit)] == wanted
        assert [row.id for row in backwards(session, order, reverse, limit)] == wanted[::-1]
    assert [row.id for row in listing.tickets(session, ALL, order, reverse=reverse)] == wanted
    assert [row.id for row in listing.tickets(session, ALL, order, reverse=reverse, limit=4)] == wanted[:4]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("order", Order)
def test_around_a_ticket_it_stands_in_its_place(session: Session, order: Order, reverse: bool) -> None:
    wanted = expected(session, order, reverse)
    rows = {row.id: row for row in queue.page(session, ALL, limit=1000).rows}
    for place, ticket in enumerate(wanted):
        key = rows[ticket].key(order)
        page = queue.around(session, ALL, order, key, reverse=reverse, limit=6)
        ids = [row.id for row in page.rows]
        assert ticket in ids
        start = wanted.index(ids[0])
        assert ids == wanted[start : start + len(ids)]
        assert page.more_before == (start > 0)
        assert page.more_after == (start + len(ids) < len(wanted))
        assert queue.count_before(session, ALL, order, key, reverse=reverse) == place


def test_majors_stand_on_top_and_counting_stops_at_its_limit(session: Session) -> None:
    assert queue.page(session, ALL, limit=1).rows[0].major
    assert queue.count(session, ALL, limit=5) == 5
    assert queue.count(session, ALL, limit=None) == len(OPENED)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.sampled_from(Order),
    reverse=st.booleans(),
    key=st.tuples(st.integers(-(2**62), 2**62), st.integers(-(2**31), 2**31)),
    limit=st.integers(1, 30),
)
def test_a_key_of_a_ticket_that_is_gone_still_parts_the_list(
    session: Session, order: Order, reverse: bool, key: tuple[int, int], limit: int
) -> None:
    wanted = expected(session, order, reverse)
    before = queue.page(session, ALL, order, reverse=reverse, before=key, limit=1000).rows
    after = queue.page(session, ALL, order, reverse=reverse, after=key, limit=1000).rows
    assert [row.id for row in (*before, *after)] == wanted
    around = [row.id for row in queue.around(session, ALL, order, key, reverse=reverse, limit=limit).rows]
    start = wanted.index(around[0]) if around else 0
    assert around == wanted[start : start + len(around)]
