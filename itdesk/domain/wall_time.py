"""Moments of a wall clock, where clocks are put forward and back too."""

from datetime import UTC, date, datetime, timedelta, tzinfo

_DAY_MINUTES = 24 * 60
_MICROSECOND = timedelta(microseconds=1)


def at_minute(day: date, minute: int, zone: tzinfo) -> datetime:
    """The moment of a minute of a local day, aware UTC; minute 1440 is the next midnight.

    A wall time that there is not, since the clock is put forward, is the moment of that change; one that comes twice is
    its first.
    """
    days, left = divmod(minute, _DAY_MINUTES)
    day += timedelta(days=days)
    wall = datetime(day.year, day.month, day.day, left // 60, left % 60, tzinfo=zone)
    first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    return first if first <= second else _change(second, first, zone)


def _change(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """The moment between two others at which the clock is put forward."""
    before = low.astimezone(zone).utcoffset()
    while high - low > _MICROSECOND:
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
