"""Moments and durations as screens show them. All moments are aware; `zone` is the desk's time zone."""

import datetime as dt
from datetime import datetime, timedelta, tzinfo

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


def age(span: timedelta) -> str:
    """How long, in its largest unit and at most four cells: `9m`, `19h`, `3d`, `2y`. A negative span is `0m`."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h"
    if seconds < 3 * _YEAR:
        return f"{seconds // _DAY}d"
    return f"{seconds // _YEAR}y"


def span(seconds: float) -> str:
    """How long, in its two largest units: `42m`, `3h17m`, `1d6h`, `3d`; from ten days on in days alone."""
    minutes = round(seconds / _MINUTE)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 10:
        return f"{round(minutes / 1440):,}d"
    if days:
        return f"{days}d{f'{hours}h' if hours else ''}"
    if hours:
        return f"{hours}h{f'{rest:02}m' if rest else ''}"
    return f"{minutes}m" if minutes or not seconds else "<1m"


def short_date(day: dt.date) -> str:
    """`16 Nov`."""
    return f"{day.day} {day:%b}"


def clock(at: datetime, zone: tzinfo) -> str:
    """The time of day: `09:14`."""
    return f"{at.astimezone(zone):%H:%M}"


def day(at: datetime, zone: tzinfo) -> str:
    """The day: `Monday 16 November 2026`."""
    local = at.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y}"


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment in few cells: `08:31` today, `Fri 08:31` within six days, `3 Nov` this year, `3 Nov 2025` in another."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    days = (today.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if -7 < days < 7:
        return f"{local:%a %H:%M}"
    return date(at, now, zone)


def date(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A day in few cells: `3 Nov` this year, `3 Nov 2025` in another."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"
