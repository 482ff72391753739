"""The schedule: who is on shift, on call, away or at an appointment, what clashes, and which hours nobody covers.

Shifts are wall time of the desk: 22:00 to 06:00 lasts 7 hours in the night in which the clocks go forward and 9 in
that in which they go back (see `at_minute`). Everything that comes out is aware UTC.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from itdesk.domain.wall_time import at_minute

_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60

LONGEST_VISIT = 7 * _DAY_MINUTES
"""Minutes."""

Span = tuple[datetime, datetime]
"""From a moment (within) to another (without), aware UTC, never empty."""

Counted = tuple[datetime, datetime, int]
"""A span, and how many people are there meanwhile."""


class VisitState(StrEnum):
    """What became of an appointment."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class WeeklyShift:
    """A shift of every week: minutes of the local day, over midnight where it does not end after it starts.

    `weekday` is 0 for Monday; it takes place from `first_day` to `last_day` (both within; None: without end), and on a
    holiday only with `on_holidays`. A shift belongs to the day on which it starts.
    """

    id: int
    person_id: int
    weekday: int
    starts: int
    ends: int
    first_day: date
    last_day: date | None = None
    on_holidays: bool = False

    @property
    def minutes(self) -> int:
        """How long it is on a day without a change of the clocks: 1 to 1440."""
        return (self.ends - self.starts - 1) % _DAY_MINUTES + 1

    def falls_on(self, day: date, holidays: Mapping[date, str]) -> bool:
        """Whether the week has it on this day."""
        return (
            day.weekday() == self.weekday
            and self.first_day <= day
            and (self.last_day is None or day <= self.last_day)
            and (self.on_holidays or day not in holidays)
        )

    def overlaps(self, other: "WeeklyShift") -> bool:
        """Whether both would have the same minutes in some week, were there no holidays and no change of the clocks."""
        last, others = self.last_day or date.max, other.last_day or date.max
        for later in (-1, 0, 1):  # a shift ends a day after it starts at the latest
            begins = other.starts + later * _DAY_MINUTES
            if begins >= self.starts + self.minutes or self.starts >= begins + other.minutes:
                continue
            if (self.weekday + later) % 7 != other.weekday:
                continue
            first = max(self.first_day.toordinal(), other.first_day.toordinal() - later, 1)
            first += (self.weekday - date.fromordinal(first).weekday()) % 7
            if first <= min(last.toordinal(), others.toordinal() - later):
                return True
        return False


@dataclass(frozen=True, slots=True)
class ShiftChange:
    """What differs on a day: the weekly shift of that id is dropped, or there is one more from `starts` to `ends`."""

    id: int
    person_id: int
    day: date
    weekly_shift: int | None = None
    starts: int | None = None
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift on a day, from one of every week (`weekly_shift`) or added (`added`): the id of its row.

    `times` are its minutes of the local day, as entered: a change of the clocks moves `start` and `end` alone.
    """

    person_id: int
    day: date
    start: datetime
    end: datetime
    times: tuple[int, int]
    weekly_shift: int | None = None
    added: int | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is not there; `end` is None until it is known."""

    id: int
    person_id: int
    start: datetime
    end: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody can be called for a team (its id), while he is a member of it: nobody else is given its tickets."""

    id: int
    person_id: int
    team_id: int
    start: datetime
    end: datetime
    of_member: bool = True


@dataclass(frozen=True, slots=True)
class Appointment:
    """Somebody is at a place for a ticket."""

    id: int
    person_id: int
    ticket_id: int
    start: datetime
    minutes: int
    place: str = ""

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(minutes=self.minutes)

    def is_the_visit_of(self, other: "Appointment") -> bool:
        """Whether both are one visit, for two tickets."""
        return (self.person_id, self.start, self.minutes, self.place) == (
            other.person_id,
            other.start,
            other.minutes,
            other.place,
        )


# --- wall time -------------------------------------------------------------------------------------------------------


def days_of(start: datetime, end: datetime, zone: tzinfo) -> Iterator[date]:
    """The local days that a span touches."""
    day, last = start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date()
    while day <= last:
        yield day
        day += _DAY


def span_on(day: date, starts: int, ends: int, zone: tzinfo) -> Span | None:
    """When a shift of these minutes that begins on this day is; None where a change of the clocks swallows it."""
    over_midnight = _DAY_MINUTES if ends <= starts else 0
    start, end = at_minute(day, starts, zone), at_minute(day, ends + over_midnight, zone)
    return (start, end) if start < end else None


# --- shifts ----------------------------------------------------------------------------------------------------------


def shifts(
    weekly: Iterable[WeeklyShift],
    changes: Iterable[ShiftChange],
    start: datetime,
    end: datetime,
    zone: tzinfo,
    holidays: Mapping[date, str],
) -> tuple[Shift, ...]:
    """The shifts that have a part between two moments, uncut, by start and person."""
    days = list(days_of(start - _DAY, end, zone))
    within = frozenset(days)
    dropped: set[tuple[int, date]] = set()
    found: list[Shift] = []
    for change in changes:
        if change.weekly_shift is not None:
            dropped.add((change.weekly_shift, change.day))
        elif change.day in within and change.starts is not None and change.ends is not None:
            span = span_on(change.day, change.starts, change.ends, zone)
            if span is not None:
                times = change.starts, change.ends
                found.append(Shift(change.person_id, change.day, *span, times, added=change.id))
    for shift in weekly:
        for day in days:
            if shift.falls_on(day, holidays) and (shift.id, day) not in dropped:
                span = span_on(day, shift.starts, shift.ends, zone)
                if span is not None:
                    times = shift.starts, shift.ends
                    found.append(Shift(shift.person_id, day, *span, times, weekly_shift=shift.id))
    overlapping = (one for one in found if one.start < end and start < one.end)
    return tuple(sorted(overlapping, key=lambda one: (one.start, one.person_id, one.end)))


# --- spans -----------------------------------------------------------------------------------------------------------


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time in the fewest spans, in order."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """The time of the first that is not in the second."""
    left: list[Span] = []
    gone = union(taken)
    for start, end in union(spans):
        begin = start
        for other_start, other_end in gone:
            if other_end <= begin or other_start >= end:
                continue
            if begin < other_start:
                left.append((begin, other_start))
            begin = max(begin, other_end)
        if begin < end:
            left.append((begin, end))
    return tuple(left)


def cut(spans: Iterable[Span], start: datetime, end: datetime) -> tuple[Span, ...]:
    """The parts between two moments."""
    return union((max(start, one), min(end, other)) for one, other in spans)


def overlaps(one: "Lasting", start: datetime, end: datetime) -> bool:
    """Whether something has a part between two moments."""
    return one.start < end and (one.end is None or start < one.end)


class Lasting(Protocol):
    """Something that has a begin and, unless nobody knows it yet, an end."""

    @property
    def start(self) -> datetime:
        """When it begins."""

    @property
    def end(self) -> datetime | None:
        """When it ends."""


def joined(absences: Iterable[Absence]) -> tuple[Absence, ...]:
    """One person's absences, in order; those that overlap are one, with each of their reasons."""
    found: list[Absence] = []
    for one in sorted(absences, key=lambda one: one.start):
        last = found[-1] if found else None
        if last is None or (last.end is not None and last.end <= one.start):
            found.append(one)
            continue
        end = None if last.end is None or one.end is None else max(last.end, one.end)
        reasons = last.reason if one.reason in last.reason.split(", ") else f"{last.reason}, {one.reason}"
        found[-1] = replace(last, end=end, reason=reasons)
    return tuple(found)


# --- one person now --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned for a person; `has_rota`: whether a weekly shift or a shift on a day was ever entered for him."""

    person_id: int
    has_rota: bool
    shifts: Sequence[Shift] = ()
    absences: Sequence[Absence] = ()
    on_call: Sequence[OnCall] = ()
    appointments: Sequence[Appointment] = ()

    def away(self, end: datetime) -> tuple[Span, ...]:
        """When he is away; an absence whose end nobody knows lasts until `end`."""
        return union((one.start, one.end or max(end, one.start)) for one in self.absences)

    def present(self, start: datetime, end: datetime) -> tuple[Span, ...]:
        """When he is on shift and not away, between two moments. Without a rota: always, unless he is away."""
        planned = [(one.start, one.end) for one in self.shifts] if self.has_rota else [(start, end)]
        return without(cut(planned, start, end), self.away(end))

    def callable(self, team_id: int, start: datetime, end: datetime) -> tuple[Span, ...]:
        """When he can be called for a team, between two moments."""
        planned = [(one.start, one.end) for one in self.on_call if one.team_id == team_id and one.of_member]
        return without(cut(planned, start, end), self.away(end))


# --- what clashes ----------------------------------------------------------------------------------------------------


class Clash(StrEnum):
    """What a person cannot do at once."""

    TWO_APPOINTMENTS = "two_appointments"
    APPOINTMENT_WHILE_AWAY = "appointment_while_away"
    APPOINTMENT_OFF_SHIFT = "appointment_off_shift"
    SHIFT_WHILE_AWAY = "shift_while_away"
    ON_CALL_WHILE_AWAY = "on_call_while_away"
    ON_CALL_OUT_OF_TEAM = "on_call_out_of_team"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A person has two things at once, or duty on call for a team (its id) that he left, from `start` to `end`.

    `appointments` are the ids of those concerned.
    """

    clash: Clash
    person_id: int
    start: datetime
    end: datetime
    appointments: tuple[int, ...] = ()
    reason: str = field(default="")
    """Why he is away, if that is it."""
    team_id: int | None = None


def conflicts(plan: Plan, start: datetime, end: datetime) -> tuple[Conflict, ...]:
    """What clashes for a person between two moments, in order of time."""
    found = [*_while_away(plan, end), *_two_appointments(plan.appointments)]
    found += [
        Conflict(Clash.ON_CALL_OUT_OF_TEAM, plan.person_id, one.start, one.end, team_id=one.team_id)
        for one in plan.on_call
        if not one.of_member
    ]
    if plan.has_rota:
        on_shift = [(one.start, one.end) for one in plan.shifts]
        found += [
            Conflict(Clash.APPOINTMENT_OFF_SHIFT, plan.person_id, *span, (one.id,))
            for one in plan.appointments
            for span in without([(one.start, one.end)], on_shift)
        ]
    within = (one for one in found if one.start < end and start < one.end)
    return tuple(sorted(within, key=lambda one: (one.start, one.clash, one.end)))


def _while_away(plan: Plan, end: datetime) -> Iterator[Conflict]:
    planned: list[tuple[Clash, datetime, datetime, tuple[int, ...]]] = [
        *((Clash.APPOINTMENT_WHILE_AWAY, one.start, one.end, (one.id,)) for one in plan.appointments),
        *((Clash.SHIFT_WHILE_AWAY, one.start, one.end, ()) for one in plan.shifts),
        *((Clash.ON_CALL_WHILE_AWAY, one.start, one.end, ()) for one in plan.on_call if one.of_member),
    ]
    for away in joined(plan.absences):
        until = away.end or max(end, away.start)
        for clash, begins, ends, appointments in planned:
            if begins < until and away.start < ends:
                both = max(begins, away.start), min(ends, until)
                yield Conflict(clash, plan.person_id, *both, appointments, away.reason)


def _two_appointments(appointments: Sequence[Appointment]) -> Iterator[Conflict]:
    ordered = sorted(appointments, key=lambda one: (one.start, one.id))
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.start >= one.end:
                break
            if not one.is_the_visit_of(other):
                both = other.start, min(one.end, other.end)
                yield Conflict(Clash.TWO_APPOINTMENTS, one.person_id, *both, (one.id, other.id))


# --- what nobody covers ----------------------------------------------------------------------------------------------


class Missing(StrEnum):
    """What a team lacks."""

    ON_SHIFT = "on_shift"
    ON_CALL = "on_call"


@dataclass(frozen=True, slots=True)
class Gap:
    """A team has `there` people on shift where it wants `wanted`, or nobody on call (1 wanted)."""

    missing: Missing
    team_id: int
    start: datetime
    end: datetime
    there: int
    wanted: int


def cover(presence: Iterable[Iterable[Span]], start: datetime, end: datetime) -> tuple[Counted, ...]:
    """How many of several people are there, from each change to the next, between two moments."""
    steps: dict[datetime, int] = {start: 0, end: 0}
    for spans in presence:
        for begins, ends in cut(spans, start, end):
            steps[begins] = steps.get(begins, 0) + 1
            steps[ends] = steps.get(ends, 0) - 1
    counted: list[Counted] = []
    there = 0
    for moment, following in pairwise(sorted(steps)):
        there += steps[moment]
        if counted and counted[-1][2] == there:
            counted[-1] = (counted[-1][0], following, there)
        else:
            counted.append((moment, following, there))
    return tuple(counted)


def gaps(
    team_id: int,
    members: Sequence[Plan],
    start: datetime,
    end: datetime,
    *,
    business: Sequence[Span] | None,
    minimum: int = 1,
    on_call: Sequence[Span] | None = None,
) -> tuple[Gap, ...]:
    """What a team lacks between two moments, in order of time.

    `business` are the desk's business hours; None where none are known: then nothing is said of who is on shift.
    `on_call` is when somebody can be called; None for a team without on-call duty. Otherwise somebody is missed
    whenever it is not business time and nobody of the team is on shift either.
    """
    found: list[Gap] = []
    present = [plan.present(start, end) for plan in members]
    if business is not None:
        for begins, ends, there in cover(present, start, end):
            if there < minimum:
                found += [Gap(Missing.ON_SHIFT, team_id, *span, there, minimum) for span in cut(business, begins, ends)]
    if on_call is not None:
        covered = [*(span for spans in present for span in spans), *on_call, *(business or ())]
        found += [Gap(Missing.ON_CALL, team_id, *span, 0, 1) for span in without([(start, end)], covered)]
    return tuple(sorted(found, key=lambda one: (one.start, one.missing)))


def can_cover(plan: Plan, what: Clash | Missing, spans: Iterable[Span]) -> bool:
    """Whether somebody could step in at one of these times, for somebody else or for his team.

    For a shift or a call he is neither away nor on shift then; for duty on call, which goes on beside shifts, neither
    away nor on call; for a visit he is on shift, not away, and has no other one.
    """
    return any(_can_cover(plan, what, start, end) for start, end in spans)


def _can_cover(plan: Plan, what: Clash | Missing, start: datetime, end: datetime) -> bool:
    def has_any(things: Sequence[OnCall] | Sequence[Appointment]) -> bool:
        return any(overlaps(one, start, end) for one in things)

    if cut(plan.away(end), start, end):
        return False
    match what:
        case Clash.ON_CALL_WHILE_AWAY | Clash.ON_CALL_OUT_OF_TEAM:
            return not has_any(plan.on_call)
        case Clash.TWO_APPOINTMENTS | Clash.APPOINTMENT_WHILE_AWAY | Clash.APPOINTMENT_OFF_SHIFT:
            return plan.present(start, end) == ((start, end),) and not has_any(plan.appointments)
        case _:
            return not plan.present(start, end)
