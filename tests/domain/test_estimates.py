"""How long it will take: from tickets like it, in minutes, never more than was agreed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.estimates import LEAST, Estimate, estimate, in_words

spans = st.lists(st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)), max_size=40)


def minutes(*values: int) -> list[timedelta]:
    return [timedelta(minutes=value) for value in values]


def test_half_took_at_most_the_median_and_nine_of_ten_the_p90() -> None:
    assert estimate(minutes(*range(10, 110, 10))) == Estimate(50, 90, 10)


def test_from_few_tickets_nothing_is_concluded() -> None:
    assert estimate(minutes(1, 2, 3, 4)) is None
    assert estimate(minutes(1, 2, 3, 4, 5)) == Estimate(3, 5, 5)


def test_nothing_longer_than_agreed_is_expected() -> None:
    assert estimate(minutes(10, 20, 30, 40, 500), timedelta(minutes=60)) == Estimate(30, 60, 5, promised=True)
    assert estimate(minutes(10, 20, 30, 40, 50), timedelta(minutes=60)) == Estimate(30, 50, 5)
    assert estimate(minutes(10, 20, 30, 40, 50), timedelta(minutes=-5)) == Estimate(0, 0, 5, promised=True)


def test_a_part_of_a_minute_is_a_minute() -> None:
    assert estimate([timedelta(seconds=61)] * 5) == Estimate(2, 2, 5)


@given(spans, st.none() | st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)))
def test_an_estimate_lies_among_what_happened_and_within_the_bound(
    known: list[timedelta], bound: timedelta | None
) -> None:
    found = estimate(known, bound)
    if found is None:
        assert len(known) < LEAST
        return
    assert found.tickets == len(known)
    assert 0 <= found.median_minutes <= found.p90_minutes
    assert timedelta(minutes=found.p90_minutes - 1) <= max(known)
    if bound is not None:
        assert timedelta(minutes=found.p90_minutes - 1) < max(bound, timedelta(seconds=1))


@pytest.mark.parametrize(
    ("median", "p90", "words"),
    [
        (0, 7, "0 min, nine of ten within 7 min, as 9 like it"),
        (60, 250, "1 h, nine of ten within 4 h 10 min, as 9 like it"),
        (1440, 3 * 1440 + 65, "1 d, nine of ten within 3 d 1 h, as 9 like it"),
    ],
)
def test_it_is_said_in_the_two_largest_units(median: int, p90: int, words: str) -> None:
    assert in_words({"median_minutes": median, "p90_minutes": p90, "tickets": 9}) == words
