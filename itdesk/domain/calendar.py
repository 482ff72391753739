"""Business time: how much of it lies between two moments, and which moment comes after so much of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from itdesk.domain.wall_time import at_minute

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
"""Microseconds."""

DAY_MINUTES = 24 * 60
YEARS = range(1970, 2200)
"""No business time passes in other years, and what is due later is due at their end."""

LONGEST_FRAME = 2 * DAY_MINUTES
"""A frame ends at the end of the next day at the latest."""

Frame = tuple[int, int]
"""Minutes of a day's wall clock; an end beyond 24:00 lies on the next day: (1320, 1800) is 22:00 to 06:00."""


@dataclass(frozen=True)
class Calendar:
    """When a service is there. `frames` by weekday (0 is Monday) in the zone's wall clock; `always` is round the clock.

    A frame belongs to the day on which it begins: on a holiday none begins, and one of the day before goes on to its
    end. Wall times are those of `at_minute`.
    """

    name: str
    time_zone: str
    frames: Mapping[int, tuple[Frame, ...]] = field(default_factory=dict)
    holidays: Mapping[date, str] = field(default_factory=dict)
    """The days on which no frame begins, with what they are called."""
    always: bool = False
    place: str = ""
    _table: "_Table | None" = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        """Refuse a calendar in which no time ever passes."""
        if not self.always and not any(self.frames.values()):
            raise ValueError(f"The calendar {self.name} has no working hour.")

    @cached_property
    def working_day(self) -> int:
        """The minutes of its longest day of the week: what people call a day."""
        if self.always:
            return DAY_MINUTES
        return max(sum(end - start for start, end in frames) for frames in self.frames.values())

    def to_data(self) -> dict[str, Any]:
        """The calendar as plain data for JSON, the same for the same content; `from_data` reads it back."""
        return {
            "name": self.name,
            "time_zone": self.time_zone,
            "frames": [[day, *frame] for day, frames in sorted(self.frames.items()) for frame in frames],
            "holidays": {day.isoformat(): name for day, name in sorted(self.holidays.items())},
            "always": self.always,
            "place": self.place,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Calendar":
        """The calendar that `to_data` wrote."""
        frames: dict[int, tuple[Frame, ...]] = {}
        for day, start, end in data["frames"]:
            frames[day] = (*frames.get(day, ()), (start, end))
        holidays = {date.fromisoformat(day): name for day, name in data["holidays"].items()}
        return cls(data["name"], data["time_zone"], frames, holidays, data["always"], data["place"])

    def add(self, start: datetime, minutes: float) -> datetime:
        """The moment at which so many minutes of business time have passed since `start` (aware); UTC.

        What is used up at the end of a frame ends there, not at the begin of the next one.
        """
        return EPOCH + timedelta(microseconds=self.due(_microseconds(start), round(minutes * MINUTE)))

    def between(self, start: datetime, end: datetime) -> float:
        """The minutes of business time from `start` to `end` (aware); negative where the end comes first."""
        return self.elapsed(_microseconds(start), _microseconds(end)) / MINUTE

    def frames_between(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The frames between two moments (aware), cut there, in order; UTC. One that is always open has one."""
        first, last = _microseconds(start), _microseconds(end)
        if self.always:
            frames = [(first, last)] if first < last else []
        else:
            frames = self._reaching(first, last).frames(first, last)
        return [(EPOCH + begin * MICROSECOND, EPOCH + until * MICROSECOND) for begin, until in frames]

    def elapsed(self, start: int, end: int) -> int:
        """As `between`, exact: microseconds of UTC in, microseconds of business time out."""
        if self.always:
            return end - start
        table = self._table
        if table is None or not (table.first <= start <= table.last and table.first <= end <= table.last):
            table = self._reaching(start, end)
        return table.position(end) - table.position(start)

    def due(self, start: int, amount: int) -> int:
        """As `add`, exact and in microseconds: the first moment at which `amount` lies between it and `start`.

        An amount below zero leads back; none leads nowhere, also outside the frames.
        """
        if self.always or amount == 0:
            return start + amount
        table = self._table
        if table is None or not table.first <= start <= table.last:
            table = self._reaching(start, start)
        wanted = table.position(start) + amount
        while not table.knows(wanted):
            longer = table.grown(forward=amount > 0)
            if longer is None:
                return table.last if amount > 0 else table.first
            table = self._keep(longer)
            wanted = table.position(start) + amount
        return table.moment(wanted)

    def used_up(self, at: int, *, later: bool) -> int:
        """When time is used up of which none is left at a moment (microseconds): never in closed time.

        In a frame or at its end it is the moment itself; else the next one's begin (`later`), or the last one's end.
        """
        ended = self.due(at, -1) + 1
        return self.due(at, 1) - 1 if later and ended != at else ended

    def _reaching(self, *moments: int) -> "_Table":
        table = self._table
        if table is None:
            year = (EPOCH + timedelta(microseconds=moments[0])).year
            table = _Table.of_year(self, min(max(year, YEARS.start), YEARS.stop - 1))
        while table.last < max(moments) and (longer := table.grown(forward=True)):
            table = longer
        while table.first > min(moments) and (longer := table.grown(forward=False)):
            table = longer
        return self._keep(table)

    def _keep(self, table: "_Table") -> "_Table":
        object.__setattr__(self, "_table", table)
        return table


class _Table:
    """The frames of some years one after the other, in UTC microseconds, with the business time before each.

    It never changes, so that threads can share it; a longer one takes its place when somebody asks beyond it.
    """

    __slots__ = ("_before", "_calendar", "_ends", "_starts", "_years", "first", "last")

    def __init__(self, calendar: Calendar, years: range, frames: Iterable[tuple[int, int]]) -> None:
        self._calendar, self._years = calendar, years
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        position = reached = 0
        for begin, end in frames:
            start = max(begin, reached) if self._starts else begin
            if start < end:
                self._starts.append(start)
                self._ends.append(end)
                self._before.append(position)
                position, reached = position + end - start, end
        opens = _Opening(calendar)
        # A frame of the year before may go on into the first one.
        self.first = opens.instant(date(years.start, 1, 1 + LONGEST_FRAME // DAY_MINUTES), 0)
        self.last = opens.instant(date(years.stop, 1, 1), 0)

    @classmethod
    def of_year(cls, calendar: Calendar, year: int) -> "_Table":
        """The table of one year."""
        return cls(calendar, range(year, year + 1), _Opening(calendar).frames(year))

    def grown(self, *, forward: bool) -> "_Table | None":
        """The table with as many years again after its last or before its first; None where YEARS end."""
        first, stop, count = self._years.start, self._years.stop, len(self._years)
        known = zip(self._starts, self._ends, strict=True)
        opening = _Opening(self._calendar)
        if forward:
            more = range(stop, min(stop + count, YEARS.stop))
            parts, years = chain(known, *map(opening.frames, more)), range(first, more.stop)
        else:
            more = range(max(first - count, YEARS.start), first)
            parts, years = chain(*map(opening.frames, more), known), range(more.start, stop)
        return _Table(self._calendar, years, parts) if more else None

    def position(self, at: int) -> int:
        """Business time passed at a moment between `first` and `last`, counted from the begin of the table."""
        place = bisect_right(self._starts, at) - 1
        if place < 0:
            return 0
        end = self._ends[place]
        return self._before[place] + (at if at < end else end) - self._starts[place]

    def frames(self, start: int, end: int) -> list[tuple[int, int]]:
        """The frames between two moments that it knows, cut there."""
        if start >= end:
            return []
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        spans = zip(self._starts[first:last], self._ends[first:last], strict=True)
        return [(max(begin, start), min(until, end)) for begin, until in spans]

    def knows(self, position: int) -> bool:
        """Whether the table reaches so far."""
        return bool(self._starts) and 0 < position <= self._before[-1] + self._ends[-1] - self._starts[-1]

    def moment(self, position: int) -> int:
        """The first moment of a position that the table knows."""
        place = bisect_left(self._before, position) - 1
        return self._starts[place] + position - self._before[place]


class _Opening:
    """A calendar's frames as moments."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._zone = ZoneInfo(calendar.time_zone)

    def frames(self, year: int) -> Iterator[tuple[int, int]]:
        """The frames that begin in a year, in order."""
        calendar = self._calendar
        first = date(year, 1, 1)
        count = (date(year, 12, 31) - first).days + 1
        days = [first + timedelta(days=number) for number in range(count + LONGEST_FRAME // DAY_MINUTES)]
        midnights = [datetime(day.year, day.month, day.day, tzinfo=self._zone) for day in days]
        offsets = [midnight.utcoffset() for midnight in midnights]
        for number, day in enumerate(days[:count]):
            frames = calendar.frames.get(day.weekday(), ())
            if not frames or day in calendar.holidays:
                continue
            offset, *following = offsets[number : number + 1 + LONGEST_FRAME // DAY_MINUTES]
            if all(one == offset for one in following):  # as nearly always, and quick
                begin = _microseconds(midnights[number])
                for start, end in frames:
                    yield begin + start * MINUTE, begin + end * MINUTE
            else:
                for start, end in frames:
                    yield self.instant(day, start), self.instant(day, end)

    def instant(self, day: date, minute: int) -> int:
        """The moment of a wall time."""
        return _microseconds(at_minute(day, minute, self._zone))


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND
