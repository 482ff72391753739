"""calendars.yaml as a pydantic model: the business time in which clocks run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from itdesk.domain.calendar import DAY_MINUTES, Calendar, Frame
from itdesk.domain.search_language import WEEKDAYS
from itdesk.settings.errors import ConfigError, did_you_mean
from itdesk.settings.fields import Name, Strict, TimeZone, Value, fault, one_or_many
from itdesk.settings.names import Named, declares
from itdesk.settings.strict_yaml import Document, Steps

_ABSENT: Any = None
_FRAME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9]) ?- ?([01]?[0-9]|2[0-4]):([0-5][0-9])")
_DAYS = re.compile(r"([a-z]+)(?:-([a-z]+))?")
_DAY = "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$"
_BY_HAND = "closed"
"""What a day is called that the settings add."""

_YEARS_BACK, _YEARS_ON = 10, 10
"""For so many years before and after the present a rulebook knows its holidays."""


def _a_frame(text: str) -> str:
    found = _FRAME.fullmatch(text)
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise fault("a frame is two times of day: '08:00-17:00'; '22:00-06:00' ends on the next day")
    if _frame(text)[0] == _frame(text)[1]:
        raise fault("the frame {text!r} is empty; a whole day is '00:00-24:00'", text=text)
    return text


def _frame(text: str) -> Frame:
    found = _FRAME.fullmatch(text)
    assert found is not None  # it was checked
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return start, end if end >= start else end + DAY_MINUTES


def _days(text: str) -> str:
    found = _DAYS.fullmatch(text)
    for name in (found[1], found[2]) if found else (text,):
        if name is not None and name not in WEEKDAYS:
            near = did_you_mean(name, WEEKDAYS) or "; possible: " + ", ".join(WEEKDAYS)
            raise fault("days are 'mon', or 'mon-fri' for several, not {text!r}{near}", text=text, near=near)
    return text


def _weekdays(text: str) -> tuple[int, ...]:
    """The days of `mon-fri`, or of `sat-mon` over the week's end."""
    first, _, last = text.partition("-")
    start = WEEKDAYS.index(first)
    span = (WEEKDAYS.index(last or first) - start) % 7
    return tuple((start + days) % 7 for days in range(span + 1))


def _a_day(text: str) -> str:
    if not re.fullmatch(_DAY, text):
        raise fault("days are '2026-12-24', or '12-24' for every year, not {day!r}", day=text)
    try:
        date.fromisoformat(text if len(text) > 5 else f"2024-{text}")
    except ValueError:
        raise fault("there is no day {day!r}; write '2026-12-24', or '12-24' for every year", day=text) from None
    return text


def _dates(text: str, years: Sequence[int]) -> Iterator[date]:
    """A day, or the same day of every year that has it."""
    if len(text) > 5:
        yield date.fromisoformat(text)
        return
    month, day = map(int, text.split("-"))
    for year in years:
        if (month, day) != (2, 29) or year % 4 == 0:
            yield date(year, month, day)


FrameText = Annotated[str, AfterValidator(_a_frame)]
Frames = Annotated[
    list[FrameText],
    Field(min_length=1),
    BeforeValidator(one_or_many, json_schema_input_type=FrameText | list[FrameText]),
]
Days = Annotated[str, AfterValidator(_days)]
Day = Annotated[str, AfterValidator(_a_day), Field(json_schema_extra={"pattern": _DAY})]


class HolidaysEntry(Strict):
    """On which days nobody works."""

    country: Value = Field(_ABSENT, description="Its public holidays, by ISO code: DE, US.")
    subdivision: Value = Field(_ABSENT, description="A part of the country, by its code: BY, CA.")
    add: list[Day] = Field(_ABSENT, description="Further days: 2026-12-24, or 12-24 for every year.")
    remove: list[Day] = Field(_ABSENT, description="Holidays of the country on which you work all the same.")


class CalendarEntry(Strict):
    """When a service is there."""

    time_zone: TimeZone = Field(_ABSENT, description="An IANA name; the desk's own if left out.")
    always: bool = Field(_ABSENT, description="true: round the clock, every day, holidays too.")
    frames: dict[Days, Frames] = Field(_ABSENT, min_length=1, description="By day, or days: mon, mon-fri.")
    holidays: HolidaysEntry = _ABSENT


class CalendarsFile(Strict):
    """calendars.yaml: the business time in which clocks run."""

    calendars: dict[Annotated[Name, declares(Named.CALENDAR)], CalendarEntry] = Field(min_length=1)


def part_of(path: Steps) -> Steps:
    """What of the file a fault at a path spoils: a day's frames, or another key of a calendar."""
    if path[:1] != ("calendars",):
        return ()
    return path[:4] if path[2:3] == ("frames",) else path[:3]


def calendar_faults(file: CalendarsFile, document: Document, this_year: int) -> Iterator[ConfigError]:
    """Calendars without a working hour, frames that overlap, holidays that nobody knows or that there are not."""
    unsure = {path[:2] for path in document.left_out if path[2:] not in (("time_zone",), ("holidays",))}
    for name, entry in file.calendars.items():
        path = ("calendars", name)
        if entry.always and (entry.frames or entry.holidays):
            message = f"the calendar {name!r} has 'always', and so no frames or holidays"
            yield ConfigError(document.file, *document.key_marks[path], message)
        elif not entry.always and not entry.frames and path not in unsure:
            message = f"the calendar {name!r} has no working hour: it needs 'frames', or 'always: true'"
            yield ConfigError(document.file, *document.key_marks[path], message)
        for other, at in _overlaps(entry.frames or {}):
            message = f"this frame overlaps {other}, so the time would count twice"
            yield ConfigError(document.file, *document.mark((*path, "frames", *at)), message)
        for at_fault, message in _holiday_faults(entry.holidays, _years(this_year)) if entry.holidays else ():
            yield ConfigError(document.file, *document.mark((*path, "holidays", *at_fault)), message)


def _overlaps(frames: Mapping[str, list[str]]) -> Iterator[tuple[str, tuple[str, int]]]:
    """Each frame that begins before another one has ended: which other, and where the frame stands."""
    spans = sorted(
        (day * DAY_MINUTES + _frame(text)[0], day * DAY_MINUTES + _frame(text)[1], days, index, day, text)
        for days, texts in frames.items()
        for index, text in enumerate(texts)
        for day in _weekdays(days)
    )
    told: set[tuple[str, int]] = set()
    week = 7 * DAY_MINUTES
    for place, (_, end, *_, day, text) in enumerate(spans):
        start, _, other_days, other_index, *_ = spans[(place + 1) % len(spans)]
        if len(spans) > 1 and start + (week if place + 1 == len(spans) else 0) < end:
            at = (other_days, other_index)
            if at not in told:
                told.add(at)
                yield f"{WEEKDAYS[day]} {text}", at


def _holiday_faults(entry: HolidaysEntry, years: Sequence[int]) -> Iterator[tuple[Steps, str]]:
    """What is wrong with holidays, by where it stands in them."""
    unknown = list(_unknown_holidays(entry))
    yield from (((key,), message) for key, message in unknown)
    for index, text in enumerate(entry.remove or () if not unknown else ()):
        days = set(_dates(text, years))
        if not days & _days_off(entry, sorted({day.year for day in days})).keys():
            whose = f" of {', '.join(filter(None, (entry.country, entry.subdivision)))}" if entry.country else " here"
            message = (
                f"{text!r} is no holiday{whose}, so there is nothing to remove; a day that is to be one goes to 'add'"
            )
            yield ("remove", index), message


def _unknown_holidays(entry: HolidaysEntry) -> Iterator[tuple[str, str]]:
    """What is wrong with country or subdivision, by its key."""
    if not entry.country:
        if entry.subdivision:
            yield "subdivision", "a subdivision needs its 'country'"
        return
    import holidays

    known = holidays.list_supported_countries()
    if entry.country not in known:
        near = did_you_mean(entry.country.upper(), known)
        yield "country", f"no holidays are known of a country {entry.country!r}{near}; write its ISO code, such as DE"
    elif entry.subdivision and entry.subdivision not in known[entry.country]:
        possible = f"; possible: {', '.join(known[entry.country])}" if known[entry.country] else ""
        yield "subdivision", f"{entry.country} has no subdivision {entry.subdivision!r}{possible}"


def calendars(file: CalendarsFile, document: Document, desk_zone: str, this_year: int) -> tuple[Calendar, ...]:
    """The calendars of a checked file, their holidays as plain dates."""
    years = _years(this_year)
    return tuple(
        Calendar(
            name=name,
            time_zone=entry.time_zone or desk_zone,
            frames=_by_day(entry.frames or {}),
            holidays=_holidays(entry.holidays, years) if entry.holidays else {},
            always=bool(entry.always),
            place=document.place(("calendars", name)),
        )
        for name, entry in file.calendars.items()
    )


def _by_day(frames: Mapping[str, list[str]]) -> dict[int, tuple[Frame, ...]]:
    found: dict[int, list[Frame]] = {}
    for days, texts in frames.items():
        for day in _weekdays(days):
            found.setdefault(day, []).extend(map(_frame, texts))
    return {day: tuple(sorted(found[day])) for day in sorted(found)}


def _years(this_year: int) -> range:
    return range(this_year - _YEARS_BACK, this_year + _YEARS_ON + 1)


def _holidays(entry: HolidaysEntry, years: Sequence[int]) -> dict[date, str]:
    removed = {day for text in entry.remove or () for day in _dates(text, years)}
    return {day: name for day, name in _days_off(entry, years).items() if day not in removed}


def _days_off(entry: HolidaysEntry, years: Sequence[int]) -> dict[date, str]:
    """The holidays of these years, those that are removed among them."""
    days: dict[date, str] = {}
    if entry.country:
        import holidays

        days.update(holidays.country_holidays(entry.country, subdiv=entry.subdivision, years=years))
    for text in entry.add or ():
        days |= {day: days.get(day, _BY_HAND) for day in _dates(text, years)}
    return days
