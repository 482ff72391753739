"""Shifts are wall time, exact over every change of the clocks; clashes and uncovered hours are found, all of them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain import schedule
from itdesk.domain.calendar import Calendar
from itdesk.domain.schedule import (
    Absence,
    Appointment,
    Clash,
    Missing,
    OnCall,
    Plan,
    Shift,
    ShiftChange,
    Span,
    WeeklyShift,
)
from itdesk.domain.wall_time import at_minute

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata"))
STEADY = ZONES[-1]
"""Its clocks are never changed."""
MONDAY = date(2026, 3, 2)
NEVER = date(2020, 1, 1)
HOUR = timedelta(hours=1)

zones = st.sampled_from(ZONES)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
minutes = st.integers(0, 1439)
weekly = st.builds(
    WeeklyShift,
    id=st.integers(1, 5),
    person_id=st.integers(1, 3),
    weekday=st.integers(0, 6),
    starts=minutes,
    ends=minutes,
    first_day=st.dates(date(2025, 12, 1), date(2026, 6, 1)),
    last_day=st.none() | st.dates(date(2026, 6, 1), date(2026, 12, 31)),
    on_holidays=st.booleans(),
)
changes = st.one_of(
    st.builds(ShiftChange, st.integers(1, 9), st.integers(1, 3), days, weekly_shift=st.integers(1, 5)),
    st.builds(ShiftChange, st.integers(1, 9), st.integers(1, 3), days, starts=minutes, ends=minutes),
)
hours = st.integers(0, 60).map(lambda hour: datetime(2026, 3, 2, tzinfo=UTC) + hour * HOUR)
spans = st.lists(st.tuples(hours, hours).map(lambda ends: (min(ends), max(ends))), max_size=6)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def covers(these: tuple[Span, ...], moment: datetime) -> bool:
    return any(start <= moment < end for start, end in these)


def night(weekday: int) -> WeeklyShift:
    return WeeklyShift(1, 1, weekday, 22 * 60, 6 * 60, NEVER)


def shifts_on(day: date, *weekly: WeeklyShift, zone: ZoneInfo = BERLIN, **more: object) -> tuple[Shift, ...]:
    start, end = at_minute(day, 0, zone), at_minute(day, 1440, zone)
    holidays = more.get("holidays", {})
    assert isinstance(holidays, dict)
    return schedule.shifts(weekly, more.get("changes", ()), start, end, zone, holidays)  # type: ignore[arg-type]


# Wall time


@pytest.mark.parametrize(
    ("day", "lasts"),
    [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 7, 4), 8)],
    ids=["clocks-forward", "clocks-back", "summer"],
)
def test_a_night_shift_is_as_long_as_the_night(day: date, lasts: int) -> None:
    (shift,) = [one for one in shifts_on(day, night(day.weekday())) if one.day == day]
    assert (shift.end - shift.start) == lasts * HOUR
    assert f"{shift.start.astimezone(BERLIN):%H:%M} {shift.end.astimezone(BERLIN):%H:%M}" == "22:00 06:00"


def test_a_shift_that_the_clocks_leave_out_does_not_take_place_and_one_that_comes_twice_does_once() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    half_past_two = WeeklyShift(1, 1, 6, 2 * 60 + 30, 3 * 60, NEVER)
    assert shifts_on(spring, half_past_two) == ()
    (shift,) = shifts_on(autumn, half_past_two)
    assert (shift.start, shift.end) == (at("2026-10-25 00:30"), at("2026-10-25 02:00"))


def test_a_shift_over_midnight_is_there_on_both_days_and_belongs_to_the_first() -> None:
    tuesday = MONDAY + timedelta(days=1)
    assert [one.day for one in shifts_on(tuesday, night(0))] == [MONDAY]
    assert shifts_on(tuesday + timedelta(days=1), night(0)) == ()


def test_a_shift_from_midnight_to_midnight_lasts_a_day() -> None:
    (shift,) = shifts_on(MONDAY, WeeklyShift(1, 1, 0, 0, 0, NEVER))
    assert shift.end - shift.start == 24 * HOUR


def test_on_a_holiday_only_shifts_that_say_so_and_those_of_that_day_take_place() -> None:
    day = WeeklyShift(1, 1, 0, 480, 960, NEVER)
    always = WeeklyShift(2, 2, 0, 480, 960, NEVER, on_holidays=True)
    added = ShiftChange(7, 3, MONDAY, starts=540, ends=600)
    found = shifts_on(MONDAY, day, always, changes=[added], holidays={MONDAY: "Women's Day"})
    assert [(one.person_id, one.weekly_shift, one.added) for one in found] == [(2, 2, None), (3, None, 7)]


@given(st.lists(weekly, max_size=4, unique_by=lambda one: one.id), st.lists(changes, max_size=4), days, zones)
def test_shifts_keep_their_wall_times_and_their_days(
    these: list[WeeklyShift], changed: list[ShiftChange], day: date, zone: ZoneInfo
) -> None:
    holiday = {day: "a holiday"}
    found = shifts_on(day, *these, zone=zone, changes=changed, holidays=holiday)
    by_id = {one.id: one for one in these}
    dropped = {(one.weekly_shift, one.day) for one in changed if one.weekly_shift}
    for shift in found:
        assert shift.start < shift.end
        assert shift.day in (day - timedelta(days=1), day)
        if shift.weekly_shift is None:
            continue
        of = by_id[shift.weekly_shift]
        assert (of.id, shift.day) not in dropped
        assert of.weekday == shift.day.weekday()
        assert of.first_day <= shift.day <= (of.last_day or date.max)
        assert of.on_holidays or shift.day != day
        local = shift.end.astimezone(zone)
        if zone is STEADY:
            assert local.hour * 60 + local.minute == of.ends
            assert (shift.end - shift.start) == timedelta(minutes=of.minutes)
    for of in these:
        if of.falls_on(day, holiday) and (of.id, day) not in dropped and of.minutes > 120:
            assert [one for one in found if one.weekly_shift == of.id and one.day == day]


short = st.builds(
    WeeklyShift,
    id=st.integers(1, 5),
    person_id=st.just(1),
    weekday=st.sampled_from([0, 1, 6]),
    starts=minutes,
    ends=minutes,
    first_day=st.dates(MONDAY, MONDAY + timedelta(days=9)),
    last_day=st.dates(MONDAY + timedelta(days=3), MONDAY + timedelta(days=16)),
)


@given(short, short)
def test_two_weekly_shifts_overlap_exactly_if_the_days_of_both_do(one: WeeklyShift, other: WeeklyShift) -> None:
    start, end = (datetime(2026, 2, 20, tzinfo=STEADY), datetime(2026, 3, 30, tzinfo=STEADY))
    mine, theirs = (schedule.shifts([each], [], start, end, STEADY, {}) for each in (one, other))
    both = any(schedule.overlaps(a, b.start, b.end) for a in mine for b in theirs)
    assert one.overlaps(other) == other.overlaps(one) == both


# Spans


@given(spans, spans, hours)
def test_spans_are_sets_of_moments(one: list[Span], other: list[Span], moment: datetime) -> None:
    first, second = schedule.union(one), schedule.union(other)
    assert list(first) == sorted(first)
    assert all(end < start for (_, end), (start, _) in pairwise(first))
    assert covers(first, moment) == any(start <= moment < end for start, end in one)
    assert covers(schedule.without(one, other), moment) == (covers(first, moment) and not covers(second, moment))


@given(st.lists(spans, max_size=4), hours)
def test_cover_counts_the_people_who_are_there(people: list[list[Span]], moment: datetime) -> None:
    start, end = at("2026-03-02"), at("2026-03-04 12:00")
    found = schedule.cover(people, start, end)
    assert [one[0] for one in found] == [start, *(one[1] for one in found[:-1])]
    assert found[-1][1] == end
    for begins, ends, there in found:
        if begins <= moment < ends:
            assert there == sum(covers(schedule.union(spans), moment) for spans in people)


# What clashes


def visit(number: int, start: str, minutes: int = 60, place: str = "") -> Appointment:
    return Appointment(number, 1, number, at(start), minutes, place)


WEEK = (at("2026-03-02"), at("2026-03-09"))
ON_SHIFT = Shift(1, MONDAY, at("2026-03-02 07:00"), at("2026-03-02 15:00"), (420, 900), weekly_shift=1)
SICK = Absence(1, 1, at("2026-03-02 12:00"), None, "sick")


def test_everything_that_clashes_is_told_with_its_time() -> None:
    plan = Plan(
        1,
        True,
        [ON_SHIFT],
        [SICK],
        [OnCall(1, 1, 9, at("2026-03-02 15:00"), at("2026-03-03 06:00"))],
        [visit(1, "2026-03-02 09:00"), visit(2, "2026-03-02 09:30"), visit(3, "2026-03-02 14:30")],
    )
    assert [
        (one.clash, f"{one.start:%H:%M}", f"{one.end:%H:%M}", one.appointments)
        for one in schedule.conflicts(plan, *WEEK)
    ] == [
        (Clash.TWO_APPOINTMENTS, "09:30", "10:00", (1, 2)),
        (Clash.SHIFT_WHILE_AWAY, "12:00", "15:00", ()),
        (Clash.APPOINTMENT_WHILE_AWAY, "14:30", "15:30", (3,)),
        (Clash.APPOINTMENT_OFF_SHIFT, "15:00", "15:30", (3,)),
        (Clash.ON_CALL_WHILE_AWAY, "15:00", "06:00", ()),
    ]
    assert {one.reason for one in schedule.conflicts(plan, *WEEK)} == {"", "sick"}


def test_one_visit_for_two_tickets_is_no_clash_and_without_a_rota_nobody_is_off_shift() -> None:
    together = [visit(1, "2026-03-02 09:00", place="Gdańsk"), visit(2, "2026-03-02 09:00", place="Gdańsk")]
    assert schedule.conflicts(Plan(1, False, appointments=together), *WEEK) == ()


# What nobody covers


def test_hours_with_too_few_people_are_found_within_the_business_hours_only() -> None:
    office = [(at("2026-03-02 08:00"), at("2026-03-02 18:00"))]
    early, late = (
        Plan(1, True, [ON_SHIFT]),
        Plan(2, True, [Shift(2, MONDAY, at("2026-03-02 10:00"), at("2026-03-02 19:00"), (600, 1140))]),
    )
    found = schedule.gaps(9, [early, late], *WEEK, business=office, minimum=2)
    assert [(f"{one.start:%H:%M}", f"{one.end:%H:%M}", one.there, one.wanted) for one in found] == [
        ("08:00", "10:00", 1, 2),
        ("15:00", "18:00", 1, 2),
    ]
    assert schedule.gaps(9, [early, late], *WEEK, business=office) == ()
    assert schedule.gaps(9, [], *WEEK, business=None) == ()


def test_a_team_with_duty_on_call_misses_it_outside_hours_and_shifts() -> None:
    start, end = at("2026-03-02"), at("2026-03-03")
    office = [(at("2026-03-02 06:00"), at("2026-03-02 14:00"))]
    called = [(at("2026-03-02 15:00"), at("2026-03-02 22:00"))]
    found = schedule.gaps(9, [Plan(1, True, [ON_SHIFT])], start, end, business=office, on_call=called)
    assert [(one.missing, f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in found] == [
        (Missing.ON_CALL, "00:00", "06:00"),
        (Missing.ON_SHIFT, "06:00", "07:00"),
        (Missing.ON_CALL, "22:00", "00:00"),
    ]


@given(spans, st.lists(spans, max_size=3), spans, st.integers(1, 3), hours)
def test_a_gap_is_exactly_where_business_hours_have_too_few(
    business: list[Span], people: list[list[Span]], away: list[Span], minimum: int, moment: datetime
) -> None:
    start, end = at("2026-03-02"), at("2026-03-04 12:00")
    absences = [Absence(1, 1, begins, ends, "away") for begins, ends in away if begins < ends]
    plans = [
        Plan(number, True, [Shift(number, MONDAY, *span, (0, 0)) for span in spans], absences if number == 1 else ())
        for number, spans in enumerate(people, start=1)
    ]
    found = schedule.gaps(9, plans, start, end, business=schedule.union(business), minimum=minimum)
    there = sum(covers(plan.present(start, end), moment) for plan in plans)
    in_hours = covers(schedule.union(business), moment) and moment < end
    assert any(one.start <= moment < one.end for one in found) == (in_hours and there < minimum)


@given(
    st.sampled_from(ZONES),
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda times: times[0] != times[1]),
)
def test_a_shift_at_the_hours_of_a_calendar_is_there_while_that_is_open(
    zone: ZoneInfo, day: date, times: tuple[int, int]
) -> None:
    starts, ends = times
    frame = (starts, ends if starts < ends else ends + 1440)
    office = Calendar("office", str(zone), {day.weekday(): (frame,)})
    open_from, open_until = at_minute(day, 0, zone), at_minute(day, 2880, zone)
    span = schedule.span_on(day, starts, ends, zone)
    assert office.frames_between(open_from, open_until) == ([] if span is None else [span])


def test_whoever_has_no_rota_is_there_unless_he_is_away() -> None:
    plan = Plan(1, False, absences=[SICK])
    assert plan.present(*WEEK) == ((WEEK[0], SICK.start),)
