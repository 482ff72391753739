"""Days, times and lengths as people type and read them: `tomorrow 13:00`, `1h30`, `mon-fri`, `22:00-06:00`.

Whatever cannot be understood raises ValueError with a sentence.
"""

import re
from datetime import date, datetime, timedelta, tzinfo

from itdesk.domain.calendar import YEARS
from itdesk.domain.wall_time import at_minute

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

OPEN = "open"
"""What stands for an end that nobody knows."""

_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = {name: weekday for names in (WEEKDAYS, _FULL) for weekday, name in enumerate(names)}
_DAY_MINUTES = 24 * 60
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?")
_LENGTH = re.compile(r"(?:(\d{1,3}) ?d)? ?(?:(\d{1,3}) ?h)? ?(?:(\d{1,4}) ?(?:m|min)?)?")
_NAMED = {"today": 0, "tomorrow": 1, "yesterday": -1}


def parse_day(text: str, today: date, *, last: bool = False) -> date:
    """The day that `2026-12-01`, `today`, `tomorrow`, `yesterday` or a weekday means.

    `fri` is the next Friday, today included; with `last`, for what is over, the last one, today included.
    """
    word = text.strip().lower()
    if word in _NAMED:
        return today + timedelta(days=_NAMED[word])
    if word in _WEEKDAY:
        ahead = timedelta(days=(_WEEKDAY[word] - today.weekday()) % 7)
        return today + ahead - timedelta(days=7 if last and ahead else 0)
    try:
        day = date.fromisoformat(word)
    except ValueError:
        near = "yesterday" if last else "tomorrow"
        raise ValueError(f"{text!r} is no day; write 2026-12-01, today, {near} or fri.") from None
    if day.year not in YEARS:
        raise ValueError(f"{text!r} is too far away; write a day from {YEARS[0]} to {YEARS[-1]}.")
    return day


def parse_moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment, aware UTC, that `2026-12-01 13:00`, `tomorrow 13:00` or `13:00` (today) means in a time zone."""
    day, clock = _parts(text)
    today = now.astimezone(zone).date()
    return at_minute(parse_day(day, today) if day else today, parse_time(clock), zone)


def parse_span(start: str, end: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime | None]:
    """From a day or moment until a day (it is within) or moment, aware UTC; `open` is an end that nobody knows.

    With an empty end: the whole day; from a moment on, until the day ends.
    """
    first, _ = _day_or_moment(start, now, zone)
    if end.strip() == OPEN:
        return first, None
    last, is_day = _day_or_moment(end, now, zone) if end.strip() else (first, True)
    if is_day:
        return first, at_minute(last.astimezone(zone).date() + timedelta(days=1), 0, zone)
    return first, last


def _day_or_moment(text: str, now: datetime, zone: tzinfo) -> tuple[datetime, bool]:
    """The moment, and whether a day alone was meant."""
    if _TIME.fullmatch(_parts(text)[1]):
        return parse_moment(text, now, zone), False
    return at_minute(parse_day(text, now.astimezone(zone).date()), 0, zone), True


def _parts(text: str) -> tuple[str, str]:
    """The day, empty where none is given, and the time of day, which is the last word."""
    day, _, clock = re.sub(r"(?<=\d)T(?=\d)", " ", text.strip()).rpartition(" ")
    return day, clock


def parse_time(text: str) -> int:
    """The minute of the day that `13:00`, `8` or `24:00` means: 0 to 1440."""
    found = _TIME.fullmatch(text.strip())
    hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if minutes > 59 or hours * 60 + minutes > _DAY_MINUTES:
        raise ValueError(f"{text!r} is no time of day; write 13:00.")
    return hours * 60 + minutes


def parse_times(text: str) -> tuple[int, int]:
    """The minutes, each 0 to 1439, between which a shift `08:00-16:00` is; `22:00-06:00` goes over midnight."""
    start, dash, end = text.partition("-")
    if not dash:
        raise ValueError(f"{text!r} is no shift; write 08:00-16:00.")
    return parse_time(start) % _DAY_MINUTES, parse_time(end) % _DAY_MINUTES


def parse_length(text: str) -> int:
    """The minutes of `2h`, `1h30`, `90m` or `1d`."""
    found = _LENGTH.fullmatch(text.strip().lower())
    parts = [int(part or 0) for part in found.groups()] if found else [0, 0, 0]
    minutes = parts[0] * _DAY_MINUTES + parts[1] * 60 + parts[2]
    if minutes <= 0:
        raise ValueError(f"{text!r} is no length of time; write 2d, 2h, 1h30 or 90m.")
    return minutes


def parse_weekdays(text: str) -> tuple[int, ...]:
    """The weekdays of `mon-fri`, `mon,wed` or `daily`: 0 is Monday; each once, in the week's order."""
    found: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if part == "daily":
            found |= set(range(7))
        elif first in _WEEKDAY and (last in _WEEKDAY or not dash):
            start = _WEEKDAY[first]
            end = _WEEKDAY[last] if dash else start
            found |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
        else:
            raise ValueError(f"{part!r} is no weekday; write mon-fri, sat or daily.")
    return tuple(sorted(found))


def time_text(minute: int) -> str:
    """`08:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def times_text(starts: int, ends: int) -> str:
    """`08:00-16:00`."""
    return f"{time_text(starts)}-{time_text(ends)}"


def length_text(minutes: int) -> str:
    """`2h`, `1h30`, `45m`."""
    hours, left = divmod(minutes, 60)
    if not hours:
        return f"{left}m"
    return f"{hours}h{left:02}" if left else f"{hours}h"


def weekdays_text(weekdays: tuple[int, ...]) -> str:
    """`mon-fri`, `mon,wed`, `daily`."""
    if len(weekdays) == 7:
        return "daily"
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and weekday == runs[-1][-1] + 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    return ",".join(
        f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}" if len(run) > 2 else ",".join(WEEKDAYS[one] for one in run)
        for run in runs
    )


def day_text(day: date) -> str:
    """`Tue 1 Dec 2026`."""
    return f"{day:%a} {day.day} {day:%b} {day.year}"


def moment_text(at: datetime, zone: tzinfo) -> str:
    """`Tue 1 Dec 2026 13:00`."""
    local = at.astimezone(zone)
    return f"{day_text(local.date())} {local:%H:%M}"


def until_text(end: datetime | None, zone: tzinfo) -> str:
    """When something ends: `until Tue 1 Dec 2026 13:00`; `until Tue 1 Dec 2026` is until that day is over."""
    if end is None:
        return "until an open end"
    last = end.astimezone(zone)
    if last.hour or last.minute:
        return f"until {moment_text(end, zone)}"
    return f"until {day_text(last.date() - timedelta(days=1))}"


def span_text(start: datetime, end: datetime | None, zone: tzinfo) -> str:
    """`Tue 1 Dec 2026 13:00 to 15:00`; whole days are `Tue 1 Dec 2026` and `Tue 1 Dec 2026 to Fri 4 Dec 2026`."""
    first = start.astimezone(zone)
    if end is None:
        return f"from {moment_text(start, zone)} on"
    last = end.astimezone(zone)
    if not (first.hour or first.minute or last.hour or last.minute):
        days = first.date(), last.date() - timedelta(days=1)
        return day_text(days[0]) if days[0] == days[1] else " to ".join(map(day_text, days))
    if first.date() == last.date():
        return f"{moment_text(start, zone)} to {last:%H:%M}"
    return f"{moment_text(start, zone)} to {moment_text(end, zone)}"
