"""Days, times and lengths read as people type them, and what is told can be typed again."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain import schedule_words as words

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("today", date(2026, 3, 4)),
        ("Tomorrow", date(2026, 3, 5)),
        ("yesterday", date(2026, 3, 3)),
        ("wed", date(2026, 3, 4)),
        ("tuesday", date(2026, 3, 10)),
    ],
)
def test_days(text: str, day: date) -> None:
    assert words.parse_day(text, date(2026, 3, 4)) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("today", date(2026, 3, 4)),
        ("Yesterday", date(2026, 3, 3)),
        ("wed", date(2026, 3, 4)),
        ("tue", date(2026, 3, 3)),
        ("thursday", date(2026, 2, 26)),
    ],
)
def test_a_weekday_of_what_is_over_is_the_last_one(text: str, day: date) -> None:
    assert words.parse_day(text, date(2026, 3, 4), last=True) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01 13:00", "2026-07-01 11:00"),
        ("2026-07-01T13:00", "2026-07-01 11:00"),
        ("tomorrow 8", "2026-03-05 07:00"),
        ("13:00", "2026-03-04 12:00"),
        ("fri 24:00", "2026-03-06 23:00"),
        ("Thu 13:00", "2026-03-05 12:00"),
        ("Tomorrow 13:00", "2026-03-05 12:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert words.parse_moment(text, NOW, BERLIN) == datetime.fromisoformat(f"{moment}+00:00")


@pytest.mark.parametrize(
    ("start", "end", "spans"),
    [
        ("fri", "", ("2026-03-05 23:00", "2026-03-06 23:00")),
        ("fri", "sun", ("2026-03-05 23:00", "2026-03-08 23:00")),
        ("fri 12:00", "", ("2026-03-06 11:00", "2026-03-06 23:00")),
        ("fri 12:00", "fri 16:00", ("2026-03-06 11:00", "2026-03-06 15:00")),
        ("today", "open", ("2026-03-03 23:00", None)),
    ],
)
def test_spans_of_days_and_moments(start: str, end: str, spans: tuple[str, str | None]) -> None:
    expected = tuple(None if one is None else datetime.fromisoformat(f"{one}+00:00") for one in spans)
    assert words.parse_span(start, end, NOW, BERLIN) == expected


@pytest.mark.parametrize(
    ("parse", "texts"),
    [
        (words.parse_time, ["", "x", "25", "24:01", "8:60", "8:5", "-1"]),
        (words.parse_times, ["8", "8-x", ""]),
        (words.parse_length, ["", "0m", "x", "2h 3x", "-5"]),
        (words.parse_weekdays, ["", "moo", "mon-moo", "mon,,tue"]),
        (lambda text: words.parse_day(text, NOW.date()), ["", "31.12.", "2026-02-30", "monda"]),
        (lambda text: words.parse_moment(text, NOW, BERLIN), ["", "tomorrow", "2026-02-30 8:00"]),
    ],
)
def test_what_is_not_understood_is_named(parse: Callable[[str], object], texts: list[str]) -> None:
    for text in texts:
        with pytest.raises(ValueError, match=r"is no .*; write") as error:
            parse(text)
        assert str(error.value).endswith(".")


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_of_another_age_is_too_far_away(day: str) -> None:
    parses: list[Callable[[], object]] = [
        lambda: words.parse_day(day, NOW.date()),
        lambda: words.parse_moment(f"{day} 23:30", NOW, BERLIN),
        lambda: words.parse_span(day, "", NOW, BERLIN),
        lambda: words.parse_span("today", day, NOW, BERLIN),
    ]
    for parse in parses:
        with pytest.raises(ValueError, match=f"'{day}' is too far away; write a day from 1970 to 2199"):
            parse()


@given(st.integers(1, 1439), st.integers(0, 1439))
def test_what_is_told_reads_as_what_was_meant(minutes: int, start: int) -> None:
    assert words.parse_length(words.length_text(minutes)) == minutes
    assert words.parse_times(words.times_text(start, minutes)) == (start, minutes)


@given(st.sets(st.integers(0, 6), min_size=1))
def test_weekdays_are_told_as_they_are_typed(weekdays: set[int]) -> None:
    assert words.parse_weekdays(words.weekdays_text(tuple(sorted(weekdays)))) == tuple(sorted(weekdays))


def test_a_week_may_go_over_sunday() -> None:
    assert words.parse_weekdays("sat-mon") == (0, 5, 6)


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("03-02 12:00", "03-02 14:00", "Mon 2 Mar 2026 13:00 to 15:00"),
        ("03-02 21:00", "03-03 05:00", "Mon 2 Mar 2026 22:00 to Tue 3 Mar 2026 06:00"),
        ("03-01 23:00", "03-02 23:00", "Mon 2 Mar 2026"),
        ("03-01 23:00", "03-04 23:00", "Mon 2 Mar 2026 to Wed 4 Mar 2026"),
        ("03-01 23:00", None, "from Mon 2 Mar 2026 00:00 on"),
    ],
)
def test_spans(start: str, end: str | None, told: str) -> None:
    begins, ends = (datetime.fromisoformat(f"2026-{one}+00:00") if one else None for one in (start, end))
    assert begins is not None
    assert words.span_text(begins, ends, BERLIN) == told
