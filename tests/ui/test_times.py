"""Moments and durations on the screens."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itdesk.ui.times import age, clock, day, moment, span

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 16, 8, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(seconds=-5), "0m"),
        (timedelta(seconds=59), "0m"),
        (timedelta(minutes=59), "59m"),
        (timedelta(minutes=60), "1h"),
        (timedelta(hours=23, minutes=59), "23h"),
        (timedelta(days=1), "1d"),
        (timedelta(days=999), "999d"),
        (timedelta(days=3 * 365), "3y"),
    ],
)
def test_an_age_has_one_unit_and_four_cells(span: timedelta, shown: str) -> None:
    assert age(span) == shown
    assert len(shown) <= 4


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (NOW, "09:14"),
        (datetime(2026, 11, 15, 23, 30, tzinfo=UTC), "00:30"),
        (datetime(2026, 11, 15, 22, 30, tzinfo=UTC), "Sun 23:30"),
        (datetime(2026, 11, 9, 8, 0, tzinfo=UTC), "9 Nov"),
        (datetime(2025, 11, 9, 8, 0, tzinfo=UTC), "9 Nov 2025"),
        (NOW + timedelta(days=2), "Wed 09:14"),
        (NOW + timedelta(days=7), "23 Nov"),
    ],
)
def test_a_moment_is_as_short_as_it_may_be(at: datetime, shown: str) -> None:
    assert moment(at, NOW, WARSAW) == shown


def test_times_are_those_of_the_desk() -> None:
    assert clock(NOW, WARSAW) == "09:14"
    assert day(datetime(2026, 11, 15, 23, 30, tzinfo=UTC), WARSAW) == "Monday 16 November 2026"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0m"),
        (20, "<1m"),
        (59 * 60, "59m"),
        (3600, "1h"),
        (3600 + 5 * 60, "1h05m"),
        (86_399, "1d"),
        (30 * 3600, "1d6h"),
        (3 * 86_400, "3d"),
        (9 * 86_400 + 23 * 3600, "9d23h"),
        (21.4 * 86_400, "21d"),
    ],
)
def test_a_span_has_two_units_at_most(seconds: float, shown: str) -> None:
    assert span(seconds) == shown
