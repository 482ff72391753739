"""The fair order: nobody is left behind."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.queue_order import order_key

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 4 * 10**15).map(lambda microseconds: EPOCH + timedelta(microseconds=microseconds))
HEAD_STARTS = st.lists(st.timedeltas(timedelta(), timedelta(days=400)), min_size=5, max_size=5).map(
    lambda spans: dict(enumerate(sorted(spans, reverse=True), start=1))
)
PRIORITIES = st.integers(1, 5)


@given(MOMENTS, MOMENTS, PRIORITIES, PRIORITIES, HEAD_STARTS)
def test_a_ticket_is_overtaken_only_by_those_opened_within_what_its_head_start_lacks(
    mine: datetime, other: datetime, my_priority: int, other_priority: int, head_starts: dict[int, timedelta]
) -> None:
    my_key = order_key(mine, my_priority, False, head_starts)
    other_key = order_key(other, other_priority, False, head_starts)
    if other_key < my_key:
        assert other - mine < max(head_starts.values()) - head_starts[my_priority] or other < mine


@given(MOMENTS, HEAD_STARTS)
def test_nobody_starves_under_a_stream_of_the_gravest_tickets(
    opened: datetime, head_starts: dict[int, timedelta]
) -> None:
    bound = head_starts[1] - head_starts[5]
    last = order_key(opened, 5, False, head_starts)
    assert order_key(opened + bound, 1, False, head_starts) >= last
    assert order_key(opened + bound + timedelta(microseconds=1), 1, False, head_starts) > last


@given(MOMENTS, MOMENTS, PRIORITIES, HEAD_STARTS)
def test_of_one_priority_the_older_comes_first(
    one: datetime, other: datetime, priority: int, head_starts: dict[int, timedelta]
) -> None:
    keys = [order_key(moment, priority, False, head_starts) for moment in (one, other)]
    assert (keys[0] < keys[1]) == (one < other)


@given(MOMENTS, PRIORITIES, PRIORITIES, HEAD_STARTS)
def test_a_graver_priority_never_moves_a_ticket_down(
    opened: datetime, one: int, other: int, head_starts: dict[int, timedelta]
) -> None:
    graver, lesser = sorted((one, other))
    assert order_key(opened, graver, False, head_starts) <= order_key(opened, lesser, False, head_starts)


@given(MOMENTS, MOMENTS, PRIORITIES, PRIORITIES, HEAD_STARTS)
def test_a_major_stands_before_everything_that_is_none(
    major: datetime, other: datetime, one: int, two: int, head_starts: dict[int, timedelta]
) -> None:
    assert order_key(major, one, True, head_starts) < order_key(other, two, False, head_starts)


def test_the_key_is_exact_microseconds() -> None:
    head_starts = dict.fromkeys(range(1, 6), timedelta())
    opened = EPOCH + timedelta(days=20_000, microseconds=1)
    assert order_key(opened, 3, False, head_starts) == 20_000 * 86_400_000_000 + 1
