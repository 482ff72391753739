"""How much business time is left until a ticket is due, in few letters."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from itdesk.domain.calendar import DAY_MINUTES, Calendar
from itdesk.domain.rulebook import Rulebook

NEARLY = 0.2
"""With less than this share of its target left, a ticket is nearly due."""

_MINUTE = timedelta(minutes=1)
_HOURS_ALONE = _DAYS_ALONE = 10


class Urgency(StrEnum):
    """How pressing it is. Screens show it by more than a colour: the text says it as well."""

    NONE = "none"
    PAUSED = "paused"
    ENOUGH = "enough"
    NEARLY = "nearly"
    OVERDUE = "overdue"


FLAGS = {Urgency.OVERDUE: "!", Urgency.NEARLY: "~", Urgency.PAUSED: "="}
"""The signs that double the colours; nothing where there is enough time, or no due moment."""


class TimeLeft(NamedTuple):
    """`text` is `3h17m`, `-12m` where it is overdue, `paused`, or empty where nothing is due; at most seven letters."""

    text: str
    urgency: Urgency

    @property
    def flag(self) -> str:
        """`!` overdue, `~` nearly due, `=` paused; else empty."""
        return FLAGS.get(self.urgency, "")


_NOTHING, _PAUSED = TimeLeft("", Urgency.NONE), TimeLeft("paused", Urgency.PAUSED)


def time_left(due_at: datetime, now: datetime, calendar: Calendar | None, target_minutes: int | None) -> TimeLeft:
    """The time from now to `due_at` in the calendar's business time; by the wall clock where there is no calendar.

    A day is a working day of the calendar.
    """
    minutes = (due_at - now) / _MINUTE if calendar is None else calendar.between(now, due_at)
    day = DAY_MINUTES if calendar is None else calendar.working_day
    if now > due_at:
        return TimeLeft(f"-{days_and_hours(max(1, round(-minutes)), day)}", Urgency.OVERDUE)
    nearly = target_minutes is not None and minutes < NEARLY * target_minutes
    return TimeLeft(days_and_hours(int(minutes), day), Urgency.NEARLY if nearly else Urgency.ENOUGH)


def time_left_of(
    rulebook: Rulebook,
    now: datetime,
    *,
    agreement: str | None,
    due_at: datetime | None,
    due_clock: str | None,
) -> TimeLeft:
    """The same for a ticket as a list has it. By the rulebook in force, also where older terms hold for the ticket."""
    if due_at is None:
        return _NOTHING if due_clock is None else _PAUSED
    calendar, targets = rulebook.promised(agreement)
    return time_left(due_at, now, calendar, targets.get(due_clock or ""))


def span(minutes: int) -> str:
    """`42m`, `3h17m`, `4h`, from ten hours on in hours alone, as agreements promise it."""
    hours, rest = divmod(minutes, 60)
    if hours >= _HOURS_ALONE:
        return f"{hours:,}h"
    if hours:
        return f"{hours}h{rest:02}m" if rest else f"{hours}h"
    return f"{minutes}m"


def days_and_hours(minutes: int, day: int) -> str:
    """In the two largest units, a day being `day` minutes: `42m`, `3h17m`, `1d2h`; from ten days on in days alone."""
    days, rest = divmod(minutes, day)
    if days >= _DAYS_ALONE:
        return f"{days:,}d"
    hours, odd = divmod(rest, 60)
    if days:
        return f"{days}d{hours}h" if hours else f"{days}d"
    if hours:
        return f"{hours}h{odd:02}m" if odd else f"{hours}h"
    return f"{odd}m"
