"""How much business time is left until a ticket is due, in few letters."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from itdesk.domain.agreements import ClockName
from itdesk.domain.calendar import Calendar
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import Status

_NEARLY = 0.2
"""With less than this share of its target left, a ticket is nearly due."""

_MINUTE = timedelta(minutes=1)
_HOURS_ALONE = 10


class Urgency(StrEnum):
    """How pressing it is. Screens show it by more than a colour: the text says it as well."""

    NONE = "none"
    PAUSED = "paused"
    ENOUGH = "enough"
    NEARLY = "nearly"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """`text` is `3h17m`, `-12m` where it is overdue, `paused`, or empty where nothing is due."""

    text: str
    urgency: Urgency


_NOTHING, _PAUSED = TimeLeft("", Urgency.NONE), TimeLeft("paused", Urgency.PAUSED)


def time_left(due_at: datetime, now: datetime, calendar: Calendar | None, target_minutes: int | None) -> TimeLeft:
    """The time from now to `due_at` in the calendar's business time; by the wall clock where there is no calendar."""
    minutes = (due_at - now) / _MINUTE if calendar is None else calendar.between(now, due_at)
    if now > due_at:
        return TimeLeft(f"-{span(max(1, round(-minutes)))}", Urgency.OVERDUE)
    nearly = target_minutes is not None and minutes < _NEARLY * target_minutes
    return TimeLeft(span(int(minutes)), Urgency.NEARLY if nearly else Urgency.ENOUGH)


def time_left_of(
    rulebook: Rulebook,
    now: datetime,
    *,
    agreement: str | None,
    due_at: datetime | None,
    due_clock: str | None,
    status: Status,
) -> TimeLeft:
    """The same for a ticket as a list has it. By the rulebook in force, also where older terms hold for the ticket."""
    if due_at is None:
        return _PAUSED if agreement is not None and status is Status.WAITING else _NOTHING
    held = rulebook.agreement(agreement)
    if held is None or due_clock is None:
        return time_left(due_at, now, None, None)
    return time_left(due_at, now, rulebook.calendar(held.calendar), held.targets.get(ClockName(due_clock)))


def span(minutes: int) -> str:
    """`42m`, `3h17m`, `4h`, from ten hours on in hours alone: days of business time are of any length."""
    hours, rest = divmod(minutes, 60)
    if hours >= _HOURS_ALONE:
        return f"{hours:,}h"
    if hours:
        return f"{hours}h{rest:02}m" if rest else f"{hours}h"
    return f"{minutes}m"
