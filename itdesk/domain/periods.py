"""Periods of days in a time zone, what they are compared with, and how they are cut for charts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
"""Microseconds."""

LENGTHS = (7, 30, 90, 365)
"""The days of the periods that figures are counted for."""

WEEKS = 8
"""Weeks of a trend."""

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_DAYS = 31
_MOST_WEEKS = 20


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last, both within."""

    first: date
    last: date

    @property
    def text(self) -> str:
        """As the search language writes it."""
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in `zone` up to today, as far as it has come by `now` (aware UTC)."""

    days: int
    now: datetime
    zone: tzinfo

    @property
    def last(self) -> date:
        """Today."""
        return self.now.astimezone(self.zone).date()

    @property
    def span(self) -> Days:
        """The days of the period."""
        return Days(self.last - (self.days - 1) * _DAY, self.last)

    @property
    def start(self) -> datetime:
        """The midnight with which it begins, aware UTC."""
        return midnight(self.span.first, self.zone)

    @property
    def before(self) -> tuple[datetime, datetime]:
        """The period it is compared with: as many days right before it, up to the same time of day. Aware UTC."""
        return midnight(self.span.first - self.days * _DAY, self.zone), self._ago(self.days)

    def weeks(self) -> tuple[datetime, ...]:
        """The bounds of the last WEEKS weeks, the last one being `now`. Aware UTC."""
        return tuple(self._ago(7 * week) for week in range(WEEKS, -1, -1))

    def _ago(self, days: int) -> datetime:
        """The same time of day so many days ago."""
        local = self.now.astimezone(self.zone)
        return (local - days * _DAY).astimezone(UTC)

    def parts(self) -> tuple[Days, ...]:
        """The period cut for a chart: into days, into weeks from Monday on, or into months."""
        starts = [day for day in self._each_day() if self._begins_part(day)]
        if starts[0] != self.span.first:
            starts.insert(0, self.span.first)
        ends = [*(start - _DAY for start in starts[1:]), self.last]
        return tuple(Days(first, last) for first, last in zip(starts, ends, strict=True))

    @property
    def part(self) -> str:
        """What `parts` are: `day`, `week` or `month`."""
        if self.days <= _MOST_DAYS:
            return "day"
        return "week" if self.days <= 7 * _MOST_WEEKS else "month"

    def _each_day(self) -> Iterator[date]:
        return (self.span.first + index * _DAY for index in range(self.days))

    def _begins_part(self, day: date) -> bool:
        return {"day": True, "week": day.weekday() == 0, "month": day.day == 1}[self.part]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a zone has one offset from UTC, in microseconds; bounds are aware UTC."""

    start: datetime
    end: datetime
    offset: int


def midnight(day: date, zone: tzinfo) -> datetime:
    """The beginning of a day in a time zone, aware UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def offsets(zone: tzinfo, first: datetime, last: datetime) -> tuple[Stretch, ...]:
    """The offsets of a zone between two moments (aware UTC), both within."""
    end = last + _DAY
    starts, at = [first], first
    while at < end:
        until = min(at + _DAY, end)
        if _offset(zone, until) != _offset(zone, at):
            starts.append(_change(zone, at, until))
        at = until
    ends = [*starts[1:], end]
    return tuple(Stretch(start, end, _offset(zone, start)) for start, end in zip(starts, ends, strict=True))


def _change(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The second at which the offset changes, by bisection."""
    low, high = (int((moment - _EPOCH).total_seconds()) for moment in (before, after))
    wanted = _offset(zone, after)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, _EPOCH + timedelta(seconds=middle)) == wanted:
            high = middle
        else:
            low = middle
    return _EPOCH + timedelta(seconds=high)


def _offset(zone: tzinfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)
