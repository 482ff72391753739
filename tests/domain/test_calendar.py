"""Business time: adding and measuring it are inverse, whatever clocks, holidays and frames do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import Thread
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.calendar import DAY_MINUTES, Calendar, Frame

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran")
WORK = dict.fromkeys(range(5), ((480, 720), (780, 1020)))
"""Monday to Friday 08:00-12:00 and 13:00-17:00."""

BERLIN = Calendar("office", "Europe/Berlin", WORK)


def berlin(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo("Europe/Berlin"))  # type: ignore[arg-type,misc]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Several frames a day, over midnight too, some holidays, in a zone that changes its clocks."""
    frames: dict[int, tuple[Frame, ...]] = {}
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        cuts = sorted(draw(st.sets(st.integers(0, DAY_MINUTES), min_size=2, max_size=6)))
        frames[day] = tuple(pairwise(cuts))[::2]
    if draw(st.booleans()):
        day = draw(st.sampled_from(sorted(frames)))
        if (day + 1) % 7 not in frames:
            frames[day] = (*frames[day], (DAY_MINUTES, DAY_MINUTES + draw(st.integers(1, DAY_MINUTES))))
    holidays = draw(st.sets(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=20))
    return Calendar("any", draw(st.sampled_from(ZONES)), frames, dict.fromkeys(holidays, "off"))


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(calendars(), MOMENTS, st.integers(1, 5_000))
def test_so_much_as_was_added_lies_between(calendar: Calendar, start: datetime, minutes: int) -> None:
    due = calendar.add(start, minutes)
    assert due > start
    assert calendar.between(start, due) == minutes
    assert calendar.between(due, start) == -minutes
    assert calendar.between(start, due - timedelta(microseconds=1)) < minutes, "it is the first such moment"


@given(calendars(), MOMENTS, MOMENTS)
def test_what_lies_between_leads_there_again(calendar: Calendar, start: datetime, end: datetime) -> None:
    start, end = sorted((start, end))
    minutes = calendar.between(start, end)
    assert 0 <= minutes <= (end - start) / timedelta(minutes=1)
    there = calendar.add(start, minutes)
    assert there <= end or minutes == 0
    assert calendar.between(there, end) == 0


@given(calendars(), MOMENTS, MOMENTS, MOMENTS)
def test_no_time_is_lost_where_a_span_is_cut(calendar: Calendar, one: datetime, two: datetime, three: datetime) -> None:
    whole = calendar.elapsed(_us(one), _us(three))
    assert calendar.elapsed(_us(one), _us(two)) + calendar.elapsed(_us(two), _us(three)) == whole


def _us(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@given(calendars(), MOMENTS, st.integers(-5_000, 5_000), st.booleans())
def test_what_is_used_up_is_never_so_in_closed_time(
    calendar: Calendar, start: datetime, minutes: int, later: bool
) -> None:
    for at in (_us(start), _us(calendar.add(start, minutes))):
        used_up = calendar.used_up(at, later=later)
        assert calendar.elapsed(at, used_up) == 0
        if calendar.elapsed(at - 1, at):
            assert used_up == at, "in a frame, or at its end"
        elif later:
            assert used_up >= at
            assert calendar.elapsed(used_up, used_up + 1) == 1, "a frame begins"
        else:
            assert used_up < at
            assert calendar.elapsed(used_up - 1, used_up) == 1, "a frame has ended"


@given(calendars(), st.lists(st.tuples(MOMENTS, st.integers(-5_000, 5_000)), min_size=1, max_size=5))
def test_what_was_asked_before_changes_no_answer(calendar: Calendar, asked: list[tuple[datetime, int]]) -> None:
    def fresh() -> Calendar:
        return Calendar(calendar.name, calendar.time_zone, calendar.frames, calendar.holidays)

    assert [calendar.add(*one) for one in asked] == [fresh().add(*one) for one in asked]


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (berlin(2026, 3, 2, 9), 60, berlin(2026, 3, 2, 10)),
        (berlin(2026, 3, 2, 11), 120, berlin(2026, 3, 2, 14)),  # over lunch
        (berlin(2026, 3, 2, 16), 240, berlin(2026, 3, 3, 11)),  # hours are opening hours
        (berlin(2026, 3, 6, 16), 60, berlin(2026, 3, 6, 17)),  # used up at the end of a frame, not on Monday
        (berlin(2026, 3, 6, 16), 61, berlin(2026, 3, 9, 8, 1)),
        (berlin(2026, 3, 7, 3), 30, berlin(2026, 3, 9, 8, 30)),  # opened at night
        (berlin(2026, 3, 7, 3), 0, berlin(2026, 3, 7, 3)),
        (berlin(2026, 3, 3, 11), -240, berlin(2026, 3, 2, 16)),
        (berlin(2026, 3, 27, 16), 120, berlin(2026, 3, 30, 9)),  # the clocks change on Sunday
        (berlin(2026, 12, 31, 16), 120, berlin(2027, 1, 1, 9)),
        (berlin(2026, 3, 2, 9), 480 * 5 * 2088, berlin(2066, 3, 8, 9)),
    ],
)
def test_office_hours(start: datetime, minutes: int, due: datetime) -> None:
    assert BERLIN.add(start, minutes) == due


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Asia/Tehran", date(2022, 3, 22), 23),
        ("Asia/Tehran", date(2022, 9, 21), 25),
    ],
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(zone: str, day: date, hours: float) -> None:
    calendar = Calendar("days", zone, dict.fromkeys(range(7), ((0, DAY_MINUTES),)))
    begin = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    end = begin + timedelta(hours=hours)
    assert calendar.between(begin, end) == hours * 60
    assert end.astimezone(ZoneInfo(zone)).hour == 0
    assert calendar.between(begin - timedelta(days=2), end + timedelta(days=2)) == (96 + hours) * 60


@pytest.mark.parametrize(
    ("frame", "day", "minutes"),
    [
        ((150, 240), date(2026, 3, 29), 60),  # 02:30-04:00 where 02:00 is 03:00
        ((120, 180), date(2026, 3, 29), 0),  # 02:00-03:00 is not there
        ((120, 165), date(2026, 3, 29), 0),
        ((60, 150), date(2026, 3, 29), 60),
        ((60, 150), date(2026, 10, 25), 90),  # until 02:30 comes for the first time
        ((150, 240), date(2026, 10, 25), 150),  # from when it comes for the first time
    ],
)
def test_frames_in_the_night_of_a_change(frame: Frame, day: date, minutes: int) -> None:
    calendar = Calendar("night", "Europe/Berlin", {6: (frame,)})
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
    assert calendar.between(begin, begin + timedelta(days=2)) == minutes


@given(st.sampled_from(sorted(available_timezones())), st.integers(1970, 2037))
def test_a_frame_begins_and_ends_at_its_wall_time_in_every_zone_and_year(name: str, year: int) -> None:
    zone = ZoneInfo(name)
    calendar = Calendar("any", name, dict.fromkeys(range(7), ((0, 90), (1320, DAY_MINUTES))))
    start = datetime(year, 1, 10, tzinfo=UTC)
    for begin, until in calendar.frames_between(start, start + timedelta(days=350))[1:-1]:
        for moment, minutes in ((begin, {0, 1320}), (until, {0, 90})):
            wall = moment.astimezone(zone)
            before = (moment - timedelta(microseconds=1)).astimezone(zone)
            forward = (
                before.utcoffset() != wall.utcoffset()
            )  # a wall time that is not there is the moment of the change
            assert wall.hour * 60 + wall.minute in minutes or forward, (name, begin, until)
            assert not wall.fold, "of a wall time that comes twice it is the first"


@given(calendars(), MOMENTS, MOMENTS)
def test_the_frames_between_two_moments_hold_all_the_business_time_there_is(
    calendar: Calendar, one: datetime, other: datetime
) -> None:
    start, end = sorted((one, other))
    frames = calendar.frames_between(start, end)
    assert sum((until - begin).total_seconds() / 60 for begin, until in frames) == pytest.approx(
        calendar.between(start, end)
    )
    assert all(start <= begin < until <= end for begin, until in frames)
    assert frames == sorted(frames)


def test_a_frame_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    nights = Calendar(
        "nights", "Europe/Berlin", {0: ((1320, 1800),)}, {date(2026, 3, 9): "off", date(2026, 3, 17): "off"}
    )
    assert nights.add(berlin(2026, 3, 2, 12), 480) == berlin(2026, 3, 3, 6)
    assert nights.add(berlin(2026, 3, 3, 6), 1) == berlin(2026, 3, 16, 22, 1), "the holiday has no night"
    assert nights.between(berlin(2026, 3, 17, 0), berlin(2026, 3, 17, 12)) == 360, "the night before goes on into it"


def test_a_frame_over_new_year_counts_whichever_year_was_asked_first() -> None:
    for first in (berlin(2026, 1, 1, 2), berlin(2025, 12, 31, 20)):
        nights = Calendar("nights", "Europe/Berlin", {2: ((1320, 1800),)})  # Wednesday, 31 December 2025
        nights.between(first, first)
        assert nights.between(berlin(2026, 1, 1, 0), berlin(2026, 1, 1, 12)) == 360
        assert nights.between(berlin(2025, 12, 31, 0), berlin(2026, 1, 1, 12)) == 480


def test_no_time_passes_on_a_holiday() -> None:
    holidays = {date(2026, 4, 3): "Good Friday", date(2026, 4, 6): "Easter Monday"}
    calendar = Calendar("office", "Europe/Berlin", WORK, holidays)
    assert calendar.add(berlin(2026, 4, 2, 16), 120) == berlin(2026, 4, 7, 9)
    assert calendar.between(berlin(2026, 4, 3), berlin(2026, 4, 7)) == 0


def test_round_the_clock_is_every_minute() -> None:
    calendar = Calendar("always", "Europe/Berlin", always=True, holidays={date(2026, 1, 1): "New Year"})
    assert calendar.add(berlin(2026, 3, 28, 12), 24 * 60) == berlin(2026, 3, 29, 13)
    assert calendar.between(berlin(2026, 1, 1), berlin(2026, 1, 2)) == 1440


def test_a_calendar_in_which_no_time_passes_is_refused() -> None:
    with pytest.raises(ValueError, match="no working hour"):
        Calendar("never", "UTC", {0: ()})


def test_no_wrong_date_takes_for_ever() -> None:
    calendar = Calendar("office", "Europe/Berlin", WORK)
    assert calendar.between(datetime(1, 1, 1, tzinfo=UTC), berlin(1970, 1, 5, 9)) == 60 + 2 * 480
    assert calendar.add(berlin(2026, 1, 1), 10**9) == berlin(2200, 1, 1)
    assert calendar.between(berlin(2026, 1, 1), berlin(9000, 1, 1)) == calendar.between(
        berlin(2026, 1, 1), berlin(2200, 1, 1)
    )


def test_threads_can_share_a_calendar() -> None:
    shared = Calendar("office", "Europe/Berlin", WORK)
    answers: list[list[datetime]] = []

    def ask() -> None:
        answers.append([shared.add(berlin(year, 6, 1), 480) for year in range(1990, 2060)])

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(one == answers[0] for one in answers)
