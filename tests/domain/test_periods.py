"""Periods: no day is lost between them, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.periods import LENGTHS, Period, offsets

ZONES = st.sampled_from(["Europe/Warsaw", "UTC", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"]).map(
    ZoneInfo
)
MOMENTS = st.integers(946_684_800, 2_050_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS, ZONES, st.sampled_from(LENGTHS))
def test_the_parts_of_a_period_are_its_days_each_once(now: datetime, zone: ZoneInfo, days: int) -> None:
    period = Period(days, now, zone)
    parts = period.parts()
    told = [part.first + timedelta(days=n) for part in parts for n in range((part.last - part.first).days + 1)]
    assert told == [period.span.first + timedelta(days=n) for n in range(days)]
    assert told[-1] == now.astimezone(zone).date()


@given(MOMENTS, ZONES, st.sampled_from(LENGTHS))
def test_the_period_before_ends_where_as_much_of_it_has_passed(now: datetime, zone: ZoneInfo, days: int) -> None:
    period = Period(days, now, zone)
    first, end = period.before
    assert first < end <= period.start <= now
    assert abs((end - first) - (now - period.start)) <= timedelta(hours=2), "but for a change of the clocks"


@pytest.mark.parametrize(
    ("days", "part", "count", "first"),
    [(7, "day", 7, "2026-11-10"), (30, "day", 30, "2026-10-18"), (90, "week", 14, "2026-08-19..2026-08-23")],
)
def test_a_chart_has_a_column_for_each_part(days: int, part: str, count: int, first: str) -> None:
    period = Period(days, datetime(2026, 11, 16, 8, 14, tzinfo=UTC), ZoneInfo("Europe/Warsaw"))
    assert (period.part, len(period.parts()), period.parts()[0].text) == (part, count, first)


def test_a_year_is_cut_into_months() -> None:
    period = Period(365, datetime(2026, 11, 16, 8, 14, tzinfo=UTC), ZoneInfo("Europe/Warsaw"))
    assert period.part == "month"
    assert [part.first for part in period.parts()][:2] == [date(2025, 11, 17), date(2025, 12, 1)]


@given(MOMENTS, MOMENTS, ZONES)
def test_offsets_hold_from_their_beginning_to_their_end(one: datetime, other: datetime, zone: ZoneInfo) -> None:
    first = min(one, other)
    last = min(max(one, other), first + timedelta(days=900))
    found = offsets(zone, first, last)
    assert found[0].start == first
    assert found[-1].end > last
    assert all(stretch.end == following.start for stretch, following in pairwise(found))
    for stretch in found:
        for moment in (
            stretch.start,
            stretch.start + (stretch.end - stretch.start) / 2,
            stretch.end - timedelta(seconds=1),
        ):
            offset = moment.astimezone(zone).utcoffset()
            assert offset == timedelta(microseconds=stretch.offset)
