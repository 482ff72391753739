"""Time left in business time, in few letters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.agreements import Agreement, ClockName
from itdesk.domain.calendar import Calendar
from itdesk.domain.conditions import AllOf
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.time_left import TimeLeft, Urgency, days_and_hours, span, time_left, time_left_of
from tests.domain.rulebooks import rulebook

OFFICE = Calendar("office", "UTC", dict.fromkeys(range(5), ((540, 1020),)))
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("due", "now", "text", "urgency"),
    [
        (16, 9, "7h", Urgency.ENOUGH),
        (16, 12.5, "3h30m", Urgency.ENOUGH),
        (16, 14.4, "1h36m", Urgency.ENOUGH),
        (16, 14.41, "1h35m", Urgency.NEARLY),
        (16, 15.99, "0m", Urgency.NEARLY),
        (16, 16, "0m", Urgency.NEARLY),
        (16, 16.001, "-1m", Urgency.OVERDUE),
        (16, 16.2, "-12m", Urgency.OVERDUE),
        (16, 24 + 10, "-2h", Urgency.OVERDUE),  # an hour on Monday, one on Tuesday
        (33, 3, "1d", Urgency.ENOUGH),
        (24 * 7 + 10, 9, "5d1h", Urgency.ENOUGH),
    ],
)
def test_time_left_is_business_time(due: float, now: float, text: str, urgency: Urgency) -> None:
    assert time_left(at(due), at(now), OFFICE, 480) == TimeLeft(text, urgency)


def test_of_a_ticket() -> None:
    agreement = Agreement("a", "", AllOf(()), "office", {ClockName.RESOLUTION: 480})
    book = replace(rulebook(), calendars=(OFFICE,), agreements=(agreement,))

    def told(due: datetime | None, clock: str | None = "resolution", agreement: str = "a") -> TimeLeft:
        return time_left_of(book, at(12), agreement=agreement, due_at=due, due_clock=clock)

    assert told(at(13)) == TimeLeft("1h", Urgency.NEARLY)
    assert told(at(24 + 10)) == TimeLeft("6h", Urgency.ENOUGH)
    assert told(None) == TimeLeft("paused", Urgency.PAUSED)
    assert told(None, None) == TimeLeft("", Urgency.NONE)
    assert told(at(24 + 10), agreement="of old") == TimeLeft("22h", Urgency.ENOUGH), "by the wall clock"


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0m"), (59, "59m"), (60, "1h"), (61, "1h01m"), (600, "10h"), (90000, "1,500h")]
)
def test_spans(minutes: int, text: str) -> None:
    assert span(minutes) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0m"), (59, "59m"), (60, "1h"), (197, "3h17m"), (480, "1d"), (601, "1d2h"), (4799, "9d7h"), (4800, "10d")],
)
def test_a_day_is_a_working_day(minutes: int, text: str) -> None:
    assert days_and_hours(minutes, OFFICE.working_day) == text


def test_the_working_day_is_the_longest_of_the_week_and_has_24_hours_round_the_clock() -> None:
    short_friday = Calendar("workshop", "UTC", {0: ((420, 720), (750, 960)), 4: ((420, 720),)})
    assert short_friday.working_day == 510
    assert Calendar("always", "UTC", always=True).working_day == 1440


@given(st.integers(-9_000_000, 9_000_000))
def test_the_time_left_has_at_most_seven_letters_and_a_flag_where_it_has_a_colour(minutes: int) -> None:
    left = time_left(at(0) + timedelta(minutes=minutes), at(0), None, 600)
    assert len(left.text) <= 7
    assert left.flag == {Urgency.OVERDUE: "!", Urgency.NEARLY: "~", Urgency.ENOUGH: ""}[left.urgency]


def test_what_is_promised_is_known_without_reading_the_conditions() -> None:
    agreement = Agreement("a", "", AllOf(()), "office", {ClockName.RESOLUTION: 480})
    book = replace(rulebook(), calendars=(OFFICE,), agreements=(agreement,))
    for known in (book, Rulebook.from_json(book.to_json())):
        assert known.promised("a") == (OFFICE, {"resolution": 480})
        assert known.promised("of old") == known.promised(None) == (None, {})
