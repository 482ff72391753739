"""The schedule: weekly shifts, what differs on a day, absences, duty on call.

Team leads and above plan for everybody; whoever works at the desk enters his own absences.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from itdesk.desk.change import Change
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.notices import notify
from itdesk.desk.people import find_person
from itdesk.desk.queries.hours import desk_zone, holidays
from itdesk.desk.queries.plans import plans, weekly_shifts
from itdesk.desk.reverted import last_of_mine, reverted
from itdesk.desk.schedule_rows import PLANNING, Edit, Touched, put_back, stored_row, touched_rows, when_text
from itdesk.desk.session import Session
from itdesk.desk.teams import team_id
from itdesk.desk.transaction import Transaction, action, some
from itdesk.domain import schedule
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import LEADS, STAFF, Role
from itdesk.domain.schedule import Shift
from itdesk.domain.schedule_words import day_text, span_text, times_text, weekdays_text
from itdesk.domain.text import fold, storable
from itdesk.domain.wall_time import at_minute
from itdesk.models.base import objects, tuples
from itdesk.models.journal import JournalEntry, JournalPayload
from itdesk.models.people import Membership, Person, Team
from itdesk.models.schedule import Absence, OnCall, ShiftChange, WeeklyShift

UNDOABLE = {
    "weekly_shift_added": "weekly shift",
    "weekly_shift_changed": "change of a weekly shift",
    "weekly_shift_removed": "removal of a weekly shift",
    "shift_added": "shift",
    "shift_moved": "move of a shift",
    "shift_swapped": "swap of shifts",
    "shift_dropped": "removal of a shift",
    "absence_added": "absence",
    "absence_changed": "change of an absence",
    "absence_removed": "removal of an absence",
    "on_call_added": "duty on call",
    "on_call_changed": "change of duty on call",
    "on_call_removed": "removal of duty on call",
}
"""Every verb of the schedule: all of them can be undone."""

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
AHEAD = timedelta(days=60)
"""So far one looks for what clashes with an absence whose end nobody knows, or with the shifts of every week."""


# --- weekly shifts ----------------------------------------------------------------------------------------------------


@action(LEADS, "plan shifts", in_turn=PLANNING)
def add_weekly_shifts(
    tx: Transaction,
    who: Sequence[str],
    weekdays: Sequence[int],
    starts: int,
    ends: int,
    *,
    first_day: date,
    last_day: date | None = None,
    on_holidays: bool = False,
) -> Change:
    """Give people (logins or names) a shift on each of these weekdays; see `domain.schedule.WeeklyShift`."""
    days = tuple(sorted(set(weekdays)))
    if not who or not days:
        raise Refused("Name at least one person and one weekday.")
    _check_days(first_day, last_day)
    told = f"on shift {weekdays_text(days)} {times_text(starts, ends)} {_period(first_day, last_day)}"
    people = [_member(name) for name in who]
    away = ""
    for person in people:
        edit, rows = Edit(tx), []
        for weekday in days:
            row = edit.add(
                WeeklyShift,
                person=person.id,
                weekday=weekday,
                starts=starts,
                ends=ends,
                first_day=first_day,
                last_day=last_day,
                on_holidays=on_holidays,
            )
            rows.append(row)
        _check_weekly(tx.session, person, rows)
        away += _away_in_weeks(tx, person, rows)
        _record(tx, "weekly_shift_added", person, edit, f"You are {told}.")
    return Change(f"{_names(people)} {'is' if len(people) == 1 else 'are'} {told}.{away}{_with_rota(tx)}")


@action(LEADS, "plan shifts", in_turn=PLANNING)
def change_weekly_shift(tx: Transaction, shift: schedule.WeeklyShift) -> Change:
    """Make the weekly shift of that id what is given here; its person stays."""
    row = stored_row(WeeklyShift, shift.id, "weekly shift")
    person = _person(row.person_id)
    _check_days(shift.first_day, shift.last_day)
    edit = Edit(tx)
    values = ("weekday", "starts", "ends", "first_day", "last_day", "on_holidays")
    if not edit.change(row, **{name: getattr(shift, name) for name in values}):
        raise Refused(f"The weekly shift {shift.id} of {person.login} is like this already.")
    _check_weekly(tx.session, person, [row])
    told = (
        f"on shift {weekdays_text((shift.weekday,))} {times_text(shift.starts, shift.ends)} "
        f"{_period(shift.first_day, shift.last_day)}"
    )
    _record(tx, "weekly_shift_changed", person, edit, f"You are now {told}.")
    return Change(f"{person.login} is now {told}.{_away_in_weeks(tx, person, [row])}")


@action(LEADS, "plan shifts", in_turn=PLANNING)
def move_weekly_shift(
    tx: Transaction,
    shift: int,
    day: date,
    *,
    to_day: date | None = None,
    times: tuple[int, int] | None = None,
    to_person: str | None = None,
) -> Change:
    """From its `day` on the weekly shift of that id takes place from `to_day` on, at these minutes, for this person.

    What is not given stays. What it was until then stays; a day on which it does not take place is one on which the new
    one does not either.
    """
    row = stored_row(WeeklyShift, shift, "weekly shift")
    person = _person(row.person_id)
    other, times = _member(to_person or person.login), times or (row.starts, row.ends)
    to_day = to_day or day + (row.weekday - day.weekday()) % 7 * _DAY  # another weekday may have been planned meanwhile
    if (other.id, to_day, times) == (person.id, day, (row.starts, row.ends)):
        raise Refused(f"The weekly shift of {person.login} is like this already. Say what differs.")
    _check_days(to_day, row.last_day)
    gone = Edit(tx)
    come = gone if other.id == person.id else Edit(tx)
    new = come.add(
        WeeklyShift,
        person=other.id,
        weekday=to_day.weekday(),
        starts=times[0],
        ends=times[1],
        first_day=to_day,
        last_day=row.last_day,
        on_holidays=row.on_holidays,
    )
    later = (ShiftChange.weekly_shift == row.id) & (ShiftChange.day >= day) & ShiftChange.removed_at.is_null()
    for dropped in objects(ShiftChange.select().where(later)):
        gone.remove(dropped)
        come.add(ShiftChange, person=other.id, day=dropped.day + (to_day - day), weekly_shift=new.id)
    if row.first_day > day - _WEEK:
        gone.remove(row)
    else:
        gone.change(row, last_day=min(day, to_day) - _DAY)
    _check_weekly(tx.session, other, [new])
    was = f"{weekdays_text((row.weekday,))} {times_text(row.starts, row.ends)}"
    told = f"on shift {weekdays_text((new.weekday,))} {times_text(*times)} {_period(to_day, new.last_day)}"
    away = _away_in_weeks(tx, other, [new])
    if other.id == person.id:
        _record(tx, "weekly_shift_changed", person, gone, f"You are now {told}, not {was}.")
        return Change(f"{person.login} is now {told}, not {was}.{away}{_with_rota(tx)}")
    _record(
        tx,
        "weekly_shift_changed",
        person,
        gone,
        f"Your shift {was} is {other.login}'s {_period(to_day, None)}.",
        together=[other.id],
    )
    _record(tx, "weekly_shift_changed", other, come, f"You are {told}, for {person.login}.", together=[person.id])
    return Change(f"{other.login} is {told}, for {person.login}.{away}{_with_rota(tx)}")


@action(LEADS, "plan shifts", in_turn=PLANNING)
def remove_weekly_shifts(tx: Transaction, ids: Sequence[int]) -> Change:
    """Remove weekly shifts, as if they had never been. (One that ends gets a `last_day` instead.)"""
    rows = [stored_row(WeeklyShift, row_id, "weekly shift") for row_id in sorted(set(ids))]
    if not rows:
        raise Refused("Name at least one weekly shift.")
    people = {row.person_id: _person(row.person_id) for row in rows}
    for person in people.values():
        edit, gone = Edit(tx), [row for row in rows if row.person_id == person.id]
        for row in gone:
            edit.remove(row)
        told = ", ".join(f"{weekdays_text((row.weekday,))} {times_text(row.starts, row.ends)}" for row in gone)
        _record(tx, "weekly_shift_removed", person, edit, f"You are no longer on shift {told}.")
    removed = f"Removed {_counted(len(rows), 'weekly shift')} of {_names(list(people.values()))}."
    return Change(removed + _with_rota(tx))


# --- what differs on a day --------------------------------------------------------------------------------------------


@action(LEADS, "plan shifts", in_turn=PLANNING)
def add_shift(tx: Transaction, who: str, day: date, starts: int, ends: int) -> Change:
    """One more shift for somebody on a day; it takes place on a holiday as well."""
    person, edit = _member(who), Edit(tx)
    edit.add(ShiftChange, person=person.id, day=day, starts=starts, ends=ends)
    _check_day(tx.session, person, day, (starts, ends))
    told = f"on shift {day_text(day)} {times_text(starts, ends)}"
    _record(tx, "shift_added", person, edit, f"You are {told}.")
    return Change(f"{person.login} is {told}.{_away_on(tx.session, person, day, (starts, ends))}{_with_rota(tx)}")


@action(LEADS, "plan shifts", in_turn=PLANNING)
def drop_shift(tx: Transaction, who: str, day: date, starts: int | None = None) -> Change:
    """Somebody's shift on a day does not take place; `starts` (minute) says which, where he has several."""
    person, edit = _member(who), Edit(tx)
    shift = _shift_on(tx.session, person, day, starts)
    _take_away(edit, shift)
    told = f"on shift {span_text(shift.start, shift.end, desk_zone(tx.session))}"
    _record(tx, "shift_dropped", person, edit, f"You are not {told}.")
    return Change(f"{person.login} is not {told}.{_with_rota(tx)}")


@action(LEADS, "plan shifts", in_turn=PLANNING)
def move_shift(
    tx: Transaction,
    who: str,
    day: date,
    *,
    to_day: date | None = None,
    times: tuple[int, int] | None = None,
    to_person: str | None = None,
    starts: int | None = None,
) -> Change:
    """Somebody's shift on a day takes place at another time, is somebody else's, or both.

    `times` are the new minutes (else the same), `starts` says which shift is meant, where he has several.
    """
    person = _member(who)
    other = _member(to_person) if to_person else person
    shift = _shift_on(tx.session, person, day, starts)
    new_day, new_times = to_day or day, times or shift.times
    if (other.id, new_day, new_times) == (person.id, day, shift.times):
        raise Refused(f"The shift of {person.login} on {day_text(day)} is there already. Say where it goes.")
    zone = desk_zone(tx.session)
    told = f"{day_text(new_day)} {times_text(*new_times)}"
    was = span_text(shift.start, shift.end, zone)
    gone, come = Edit(tx), Edit(tx)
    _take_away(gone, shift)
    _bring(come if other.id != person.id else gone, other, new_day, new_times)
    _check_day(tx.session, other, new_day, new_times)
    away = _away_on(tx.session, other, new_day, new_times)
    if other.id == person.id:
        _record(tx, "shift_moved", person, gone, f"Your shift of {was} is now {told}.")
        return Change(f"The shift of {person.login} of {was} is now {told}.{away}")
    _record(tx, "shift_moved", person, gone, f"Your shift of {was} is now {other.login}'s.", together=[other.id])
    _record(tx, "shift_moved", other, come, f"You are on shift {told}, for {person.login}.", together=[person.id])
    return Change(f"The shift of {person.login} of {was} is now {other.login}'s: {told}.{away}{_with_rota(tx)}")


@action(LEADS, "plan shifts", in_turn=PLANNING)
def swap_shifts(
    tx: Transaction,
    who: str,
    day: date,
    with_whom: str,
    with_day: date | None = None,
    *,
    starts: int | None = None,
    with_starts: int | None = None,
) -> Change:
    """Two people swap their shifts of a day, or of two days.

    `starts` and `with_starts` (minutes) say which shifts are meant, where somebody has several.
    """
    one, other = _member(who), _member(with_whom)
    if one.id == other.id:
        raise Refused("A swap takes two people.")
    first = _shift_on(tx.session, one, day, starts)
    second = _shift_on(tx.session, other, with_day or day, with_starts)
    if (first.start, first.end) == (second.start, second.end):
        when = span_text(first.start, first.end, desk_zone(tx.session))
        raise Refused(f"{one.login} and {other.login} have the same shift: {when}. There is nothing to swap.")
    edits = {one.id: Edit(tx), other.id: Edit(tx)}
    for person, shift in ((one, first), (other, second)):
        _take_away(edits[person.id], shift)
    for person, shift in ((one, second), (other, first)):
        _bring(edits[person.id], person, shift.day, shift.times)
    for person, shift in ((one, second), (other, first)):
        _check_day(tx.session, person, shift.day, shift.times)
    zone = desk_zone(tx.session)
    for person, shift, whose in ((one, second, other), (other, first, one)):
        told = f"You swapped with {whose.login}: you are on shift {span_text(shift.start, shift.end, zone)}."
        _record(tx, "shift_swapped", person, edits[person.id], told, together=[whose.id])
    away = (_away_then(tx.session, whose, its.start, its.end) for whose, its in ((other, first), (one, second)))
    return Change(
        f"{one.login} and {other.login} swapped: {span_text(first.start, first.end, zone)} is {other.login}'s, "
        f"{span_text(second.start, second.end, zone)} is {one.login}'s.{''.join(away)}"
    )


def _with_rota(tx: Transaction) -> str:
    """Who had no shifts at all before what the transaction did, or has none since: whether they count as always there.

    As sentences after another one; mostly nothing.
    """
    begun, without = list[str](), list[str]()
    for record in tx.records:
        person = int(record.object.partition(":")[2])
        touched = touched_rows(record.facts, record.payload)
        rows = [one for one in touched if one.table in ("weekly_shift", "shift_change")]
        here = _shift_rows(person)
        come = {(one.table, one.row_id) for one in rows if one.added or one.changes.get("removed_at", (None,))[0]}
        gone = [one for one in rows if not one.added and one.changes.get("removed_at", (True,))[0] is None]
        had = bool(here - come) or any(_is_shift(one) for one in gone)
        if had is not bool(here):
            (begun if here else without).append(Person.get_by_id(person).login)
    told = ""
    if without:
        have, count = ("have", "count") if without[1:] else ("has", "counts")
        told += f" {some(without, ', ')} {have} no shifts any more, and {count} as always there."
    if begun:
        told += f" {some(begun, ', ')} had no shifts and counted as always there; from now on only during shifts."
    return told


def _shift_rows(person: int) -> set[tuple[str, int]]:
    """The rows that give somebody (an id) shifts: their tables and ids."""
    weekly = WeeklyShift.select(WeeklyShift.id).where((WeeklyShift.person == person) & WeeklyShift.removed_at.is_null())
    of_day = ShiftChange.select(ShiftChange.id).where(
        (ShiftChange.person == person) & ShiftChange.weekly_shift.is_null() & ShiftChange.removed_at.is_null()
    )
    return {("weekly_shift", one) for (one,) in tuples(weekly)} | {("shift_change", one) for (one,) in tuples(of_day)}


def _is_shift(row: Touched) -> bool:
    """Whether a row gives a shift; else it says that one of the week does not take place."""
    return row.table == "weekly_shift" or ShiftChange.get_by_id(row.row_id).weekly_shift_id is None


def _take_away(edit: Edit, shift: Shift) -> None:
    """The shift does not take place."""
    if shift.weekly_shift is not None:
        edit.add(ShiftChange, person=shift.person_id, day=shift.day, weekly_shift=shift.weekly_shift)
    else:
        edit.remove(stored_row(ShiftChange, shift.added or 0, "shift"))


def _bring(edit: Edit, person: Person, day: date, times: tuple[int, int]) -> None:
    """A shift takes place: a weekly one of that day that is the same and was dropped before; else one of the day."""
    session = edit.tx.session
    free = holidays(session, day, day)
    weekly = [
        one.id
        for one in weekly_shifts(session, [person.id], day, day)
        if (one.starts, one.ends) == times and one.falls_on(day, free)
    ]
    of_day = (ShiftChange.day == day) & ShiftChange.removed_at.is_null()
    dropped = objects(ShiftChange.select().where(of_day & ShiftChange.weekly_shift.in_(weekly)))
    for row in dropped:
        edit.remove(row)
    if not dropped:
        edit.add(ShiftChange, person=person.id, day=day, starts=times[0], ends=times[1])


def _shift_on(session: Session, person: Person, day: date, starts: int | None = None) -> Shift:
    """The person's shift that begins on a day; raises Refused where there is none, or several."""
    zone = desk_zone(session)
    start = at_minute(day, 0, zone)
    plan = plans(session, [person.id], start, start + 2 * _DAY)[person.id]
    found = [one for one in plan.shifts if one.day == day and starts in (None, one.times[0])]
    if not found:
        raise Refused(f"{person.login} has no {'such ' if starts is not None else ''}shift on {day_text(day)}.")
    if len(found) > 1:
        times = ", ".join(times_text(*one.times) for one in found)
        raise Refused(f"{person.login} has several shifts on {day_text(day)}: {times}. Say at what time it starts.")
    return found[0]


# --- absences ---------------------------------------------------------------------------------------------------------


@action(STAFF, "enter absences", in_turn=PLANNING)
def add_absence(tx: Transaction, who: str, start: datetime, end: datetime | None, reason: str) -> Change:
    """Somebody is not there from a moment on, until another (aware UTC) or, with None, until that is known."""
    person, reason = _member(who), storable(reason).strip()
    _require_own(tx, person)
    _check_absence(start, end, reason)
    beside = _away_beside(tx.session, person, start, end, reason)
    edit = Edit(tx)
    edit.add(Absence, person=person.id, starts_at=start, ends_at=end, reason=reason)
    when = span_text(start, end, desk_zone(tx.session))
    _record(tx, "absence_added", person, edit, f"You are away {when}: {reason}.")
    return Change(f"{person.login} is away {when}: {reason}.{beside}{_planned_then(tx.session, person, start, end)}")


@action(STAFF, "enter absences", in_turn=PLANNING)
def change_absence(
    tx: Transaction,
    absence: int,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    open_end: bool = False,
    reason: str | None = None,
) -> Change:
    """An absence is from or until another moment (aware UTC), or for another reason; what is not given stays.

    `open_end`: its end is not known any more.
    """
    row = stored_row(Absence, absence, "absence")
    person = _person(row.person_id)
    _require_own(tx, person)
    start, end = start or row.starts_at, None if open_end else end or row.ends_at
    reason = row.reason if reason is None else storable(reason).strip()
    _check_absence(start, end, reason)
    edit = Edit(tx)
    if not edit.change(row, starts_at=start, ends_at=end, reason=reason):
        raise Refused(f"The absence {absence} of {person.login} is like this already.")
    beside = _away_beside(tx.session, person, start, end, reason, but=absence)
    when = span_text(start, end, desk_zone(tx.session))
    _record(tx, "absence_changed", person, edit, f"You are now away {when}: {reason}.")
    planned = _planned_then(tx.session, person, start, end)
    return Change(f"{person.login} is now away {when}: {reason}.{beside}{planned}")


@action(STAFF, "enter absences", in_turn=PLANNING)
def remove_absence(tx: Transaction, absence: int) -> Change:
    """Remove an absence, as if it had never been."""
    row = stored_row(Absence, absence, "absence")
    person = _person(row.person_id)
    _require_own(tx, person)
    edit = Edit(tx)
    edit.remove(row)
    when = span_text(row.starts_at, row.ends_at, desk_zone(tx.session))
    _record(tx, "absence_removed", person, edit, f"You are not away {when}.")
    return Change(f"{person.login} is not away {when}.")


def _away_beside(
    session: Session, person: Person, start: datetime, end: datetime | None, reason: str, *, but: int = 0
) -> str:
    """What other absences overlap this one, which is legitimate: somebody falls sick on holiday. Empty for none.

    Raises Refused where one of the same reason has all of it already; `but` is the row that changes.
    """
    mine = (Absence.person == person.id) & Absence.removed_at.is_null() & (Absence.id != but)
    mine &= Absence.ends_at.is_null() | (Absence.ends_at > start)
    if end is not None:
        mine &= Absence.starts_at < end
    told = []
    for other in objects(Absence.select().where(mine).order_by(Absence.starts_at, Absence.id)):
        when = f"{span_text(other.starts_at, other.ends_at, desk_zone(session))}: {other.reason}"
        has_all = other.ends_at is None or (end is not None and end <= other.ends_at)
        if has_all and other.starts_at <= start and fold(other.reason) == fold(reason):
            raise Refused(f"{person.login} is away then already, {when} (absence {other.id}).")
        told.append(f"{when} (absence {other.id})")
    return f" Away already {'; '.join(told)}." if told else ""


def _planned_then(session: Session, person: Person, start: datetime, end: datetime | None) -> str:
    """What somebody who is away has to settle; empty for nothing."""
    plan = plans(session, [person.id], start, end or start + AHEAD)[person.id]
    found = [_counted(len(plan.appointments), "visit")] if plan.appointments else []
    found += ["duty on call"] if plan.on_call else []
    return f" To settle: {' and '.join(found)} then." if found else ""


def _away_then(session: Session, person: Person, start: datetime, end: datetime) -> str:
    """Whether somebody who gets a shift or duty is away for some of it, as a sentence; empty where he is not."""
    found = plans(session, [person.id], start, end)[person.id].absences
    reasons = sorted({one.reason for one in found if schedule.overlaps(one, start, end)})
    return f" {person.login} is away then: {', '.join(reasons)}." if reasons else ""


def _away_in_weeks(tx: Transaction, person: Person, rows: Sequence[WeeklyShift]) -> str:
    """As `_away_then`, for weekly shifts that somebody gets: when he is away, from now on and as far as one looks."""
    zone = desk_zone(tx.session)
    start = max(tx.now, at_minute(min(row.first_day for row in rows), 0, zone))
    plan, new = plans(tx.session, [person.id], start, start + AHEAD)[person.id], {row.id for row in rows}
    shifts = [shift for shift in plan.shifts if shift.weekly_shift in new]
    away = [one for one in plan.absences if any(schedule.overlaps(one, shift.start, shift.end) for shift in shifts)]
    told = "; ".join(f"{one.reason}, {span_text(one.start, one.end, zone)}" for one in away)
    return f" {person.login} is away for some of it: {told}." if told else ""


def _away_on(session: Session, person: Person, day: date, times: tuple[int, int]) -> str:
    span = schedule.span_on(day, *times, desk_zone(session))
    return _away_then(session, person, *span) if span else ""


def _require_own(tx: Transaction, person: Person) -> None:
    if person.id != tx.session.actor.id:
        tx.session.require(LEADS, "enter absences of others")


def _check_absence(start: datetime, end: datetime | None, reason: str) -> None:
    if not reason:
        raise Refused("Say why: holiday, sick, training …; whoever plans needs to know.")
    if end is not None and end <= start:
        raise Refused("An absence ends after it begins.")


# --- on call ----------------------------------------------------------------------------------------------------------


@action(LEADS, "plan duty on call", in_turn=PLANNING)
def add_on_call(tx: Transaction, who: str, start: datetime, end: datetime, team: str | None = None) -> Change:
    """Somebody can be called for a team between two moments, aware UTC; for his own team, where he has just one."""
    person = _member(who)
    named, for_team = (team, team_id(tx.session, team)) if team else _only_team(person)
    _check_on_call(tx.session, person, for_team, start, end)
    edit = Edit(tx)
    edit.add(OnCall, person=person.id, team=for_team, starts_at=start, ends_at=end)
    told = f"on call for {named} {span_text(start, end, desk_zone(tx.session))}"
    _record(tx, "on_call_added", person, edit, f"You are {told}.")
    return Change(f"{person.login} is {told}.{_away_then(tx.session, person, start, end)}")


@action(LEADS, "plan duty on call", in_turn=PLANNING)
def change_on_call(
    tx: Transaction,
    on_call: int,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    to_person: str | None = None,
    team: str | None = None,
) -> Change:
    """Duty on call is at another time (aware UTC), for another team, somebody else's; what is not given stays."""
    row = stored_row(OnCall, on_call, "duty on call")
    person, zone = _person(row.person_id), desk_zone(tx.session)
    other = _member(to_person) if to_person else person
    for_team = team_id(tx.session, team) if team else int(row.team_id)
    begins, ends = start or row.starts_at, end or row.ends_at
    was = f"on call for {_team_name(row.team_id)} {span_text(row.starts_at, row.ends_at, zone)}"
    told = f"on call for {_team_name(for_team)} {span_text(begins, ends, zone)}"
    _check_on_call(tx.session, other, for_team, begins, ends, but=on_call)
    away = _away_then(tx.session, other, begins, ends)
    gone, come = Edit(tx), Edit(tx)
    if other.id == person.id:
        if not gone.change(row, team=for_team, starts_at=begins, ends_at=ends):
            raise Refused(f"{person.login} is {was} already. Say what differs.")
        _record(tx, "on_call_changed", person, gone, f"You are now {told}.")
        return Change(f"{person.login} is now {told}.{away}")
    gone.remove(row)
    come.add(OnCall, person=other.id, team=for_team, starts_at=begins, ends_at=ends)
    _record(tx, "on_call_changed", person, gone, f"You are no longer {was}; {other.login} is.", together=[other.id])
    _record(tx, "on_call_changed", other, come, f"You are {told}, for {person.login}.", together=[person.id])
    return Change(f"{other.login} is {told}, for {person.login}.{away}")


@action(LEADS, "plan duty on call", in_turn=PLANNING)
def remove_on_call(tx: Transaction, on_call: int) -> Change:
    """Remove duty on call."""
    row = stored_row(OnCall, on_call, "duty on call")
    person, edit = _person(row.person_id), Edit(tx)
    edit.remove(row)
    told = f"on call {span_text(row.starts_at, row.ends_at, desk_zone(tx.session))}"
    _record(tx, "on_call_removed", person, edit, f"You are not {told}.")
    return Change(f"{person.login} is not {told}.")


def _check_on_call(
    session: Session, person: Person, team: int, start: datetime, end: datetime, *, but: int = 0, so: str = ""
) -> None:
    """Duty ends after it begins, and a member of the team has it, once at a time.

    Only members are given a team's tickets: duty of anybody else would cover hours in which nobody is called. `but` is
    the row that changes, `so` what to do, as the end of the sentence.
    """
    if end <= start:
        raise Refused("Duty on call ends after it begins.")
    if not Membership.select().where((Membership.person == person.id) & (Membership.team == team)).exists():
        raise Refused(
            f"{person.login} is not in {_team_name(team)}, whose tickets go to its members alone. Put somebody of it "
            f"on call, or add {person.login} to the team first."
        )
    same = (OnCall.person == person.id) & (OnCall.team == team) & OnCall.removed_at.is_null() & (OnCall.id != but)
    other = OnCall.get_or_none(same & (OnCall.starts_at < end) & (OnCall.ends_at > start))
    if other is not None:
        when = span_text(other.starts_at, other.ends_at, desk_zone(session))
        raise Refused(f"{person.login} is on call for {_team_name(team)} then already: {when}{so}.")


def _team_name(team: int) -> str:
    name: str = Team.get_by_id(team).name
    return name


def _only_team(person: Person) -> tuple[str, int]:
    teams = tuples(Team.select(Team.name, Team.id).join(Membership).where(Membership.person == person.id))
    if len(teams) != 1:
        has = f"is in several teams: {', '.join(sorted(name for name, _ in teams))}" if teams else "is in no team"
        raise Refused(f"{person.login} {has}. Say for which one he is on call.")
    name, of = teams[0]
    return name, of


# --- undo -------------------------------------------------------------------------------------------------------------


@action(STAFF, "undo", in_turn=PLANNING)
def undo_last_of_schedule(tx: Transaction) -> Change:
    """Undo the actor's newest change of the schedule that was not undone."""
    last = last_of_mine(tx.session, sorted(UNDOABLE))
    if last is None:
        raise Refused("There is nothing of yours to undo in the schedule.")
    return undo_entry(tx, last)


def undo_entry(tx: Transaction, seq: int) -> Change:
    """Undo what the command did that wrote an entry of the schedule, on all people's schedules, in a transaction."""
    tx.session.require(STAFF, "undo changes of the schedule")
    entry = JournalEntry.get_by_id(seq)
    facts = _facts(entry.facts)
    first, last = facts.get("batch", (seq, seq))
    rows = objects(
        JournalEntry.select(JournalEntry, JournalPayload.payload.alias("payload"))
        .left_outer_join(JournalPayload, on=(JournalPayload.seq == JournalEntry.seq))
        .where(JournalEntry.seq.between(first, last))
        .order_by(JournalEntry.seq.desc())
    )
    if any(row.verb not in UNDOABLE for row in rows):
        raise Refused("What was undone in the schedule is not brought back by undo: do it again.")
    if any(row.actor != tx.session.actor.id for row in rows):
        tx.session.require(LEADS, "undo what others did to the schedule")
    undone = reverted(tx.session, {row.object for row in rows})
    people = [_person(int(row.object.partition(":")[2])) for row in reversed(rows)]
    touched = [touched_rows(_facts(row.facts), _facts(row.payload or "{}")) for row in rows]
    weekly = {one.row_id for those in touched for one in those if one.table == "weekly_shift"}
    given_away = _given_away(weekly)
    of_each = list(zip(reversed(people), touched, strict=True))
    before = [_shifts_beside(tx.session, person, those) for person, those in of_each]
    for row, (person, those) in zip(rows, of_each, strict=True):
        if row.seq in undone:
            raise Refused(f"The {UNDOABLE[row.verb]} of {person.login} was undone before.")
        edit = put_back(tx, those, person.login)
        when = when_text(edit.touched, desk_zone(tx.session))
        told = f"The {UNDOABLE[row.verb]} of {_names(people)} ({when}) was taken back."
        _record(tx, "undone", person, edit, told, facts={"reverts": row.seq, "verb": row.verb})
    _refuse_without_their_shift(weekly, given_away)
    for (person, those), had in zip(of_each, before, strict=True):
        _refuse_twice(tx.session, person, those, had)
    return Change(f"Undid the {UNDOABLE[entry.verb]} of {_names(people)}.{_with_rota(tx)}", undoable=False)


def _given_away(weekly: Collection[int]) -> dict[int, bool]:
    """The days on which these weekly shifts do not take place, and whether they would: by the row that says so."""
    columns = (WeeklyShift.removed_at, WeeklyShift.weekday, WeeklyShift.first_day, WeeklyShift.last_day)
    rows = tuples(
        ShiftChange.select(ShiftChange.id, ShiftChange.day, *columns)
        .join(WeeklyShift)
        .where(ShiftChange.weekly_shift.in_(sorted(weekly)) & ShiftChange.removed_at.is_null())
    )
    return {
        change: removed is None and weekday == day.weekday() and first <= day and (last is None or day <= last)
        for change, day, removed, weekday, first, last in rows
    }


def _refuse_without_their_shift(weekly: Collection[int], before: Mapping[int, bool]) -> None:
    """Raise Refused where a shift that was swapped or dropped on a day would not be there that day any more.

    What somebody got for it would stay, as if it had come from nowhere.
    """
    for change, has_day in _given_away(weekly).items():
        if before.get(change) and not has_day:
            row = ShiftChange.get_by_id(change)
            raise Refused(
                f"The schedule of {_person(row.person_id).login} changed since: the shift of {day_text(row.day)} was "
                "swapped, moved or dropped. Take that back first."
            )


def _shifts_beside(session: Session, person: Person, rows: Sequence[Touched]) -> frozenset[Shift]:
    """The shifts of somebody around each day on which one of these rows may be at once with a shift of that day."""
    concerned = ShiftChange.id.in_([one.row_id for one in rows if one.table == "shift_change"])
    if any(one.table == "weekly_shift" for one in rows):
        concerned |= ShiftChange.weekly_shift.is_null() & ShiftChange.removed_at.is_null()
    days = tuples(ShiftChange.select(ShiftChange.day).where((ShiftChange.person == person.id) & concerned).distinct())
    return frozenset(shift for (day,) in days for shift in _shifts_around(session, person, day))


def _refuse_twice(session: Session, person: Person, rows: Sequence[Touched], had: Collection[Shift]) -> None:
    """Raise Refused where these rows, put back, give somebody a shift or duty when he has one; `had`: those before."""
    for one in rows:
        if one.table == "weekly_shift":
            weekly = WeeklyShift.get_by_id(one.row_id)
            if weekly.removed_at is None:
                _refuse_same_hours(session, person, weekly, "; change or remove it first")
        elif one.table == "on_call":
            duty = OnCall.get_by_id(one.row_id)
            if duty.removed_at is None:
                span, so = (duty.starts_at, duty.ends_at), "; change or remove that first"
                _check_on_call(session, person, duty.team_id, *span, but=duty.id, so=so)
    shifts = _shifts_beside(session, person, rows)
    _refuse_at_once(session, person, shifts - frozenset(had), shifts, _DROP_FIRST)


def _facts(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


# --- what they share --------------------------------------------------------------------------------------------------


def _record(
    tx: Transaction,
    verb: str,
    person: Person,
    edit: Edit,
    told: str,
    *,
    together: Sequence[int] = (),
    facts: dict[str, Any] | None = None,
) -> None:
    """Append the entry on a person's schedule, and tell him."""
    more = {"people": list(together)} if together else {}
    tx.record(verb, f"person:{person.id}", facts=edit.facts() | more | (facts or {}), payload=edit.payload())
    notify(tx, [person.id], NoticeKind.SCHEDULE, told)


def _member(who: str) -> Person:
    """The active member of staff of that login or name."""
    person = find_person(who)
    if Role(person.role) not in STAFF:
        raise Refused(f"{person.login} is {Role(person.role).title}; the schedule is for staff only.")
    return person


def _person(person_id: int) -> Person:
    person: Person | None = Person.get_or_none(Person.id == person_id)
    if person is None:
        raise NotFound("This person is no longer known here.")
    return person


def _check_days(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise Refused(f"A shift that begins on {day_text(first)} cannot end on {day_text(last)}.")


_DROP_FIRST = "; drop or move that shift first"


def _check_weekly(session: Session, person: Person, rows: Sequence[WeeklyShift]) -> None:
    """Nobody gets weekly shifts at hours at which he has a shift already: one of the week, or one of some day."""
    for row in rows:
        _refuse_same_hours(session, person, row)
    ids = {row.id for row in rows}
    of_day = ShiftChange.weekly_shift.is_null() & ShiftChange.removed_at.is_null()
    changed = tuples(
        ShiftChange.select(ShiftChange.day)
        .where((ShiftChange.person == person.id) & of_day)
        .where(ShiftChange.day >= min(row.first_day for row in rows) - _DAY)
        .distinct()
        .order_by(ShiftChange.day)
    )
    for (day,) in changed:
        shifts = _shifts_around(session, person, day)
        new = [one for one in shifts if one.weekly_shift in ids]
        _refuse_at_once(session, person, new, shifts, _DROP_FIRST)


def _refuse_same_hours(session: Session, person: Person, row: WeeklyShift, so: str = "") -> None:
    """Nobody has the same hours twice in a week; `so` is what to do, as the end of the sentence."""
    mine = weekly_shifts(session, [person.id])
    new = next(one for one in mine if one.id == row.id)
    other = next((one for one in mine if one.id != row.id and one.overlaps(new)), None)
    if other is not None:
        raise Refused(
            f"{person.login} is on shift then already: weekly shift {other.id}, {weekdays_text((other.weekday,))} "
            f"{times_text(other.starts, other.ends)} {_period(other.first_day, other.last_day)}{so}."
        )


def _check_day(session: Session, person: Person, day: date, times: tuple[int, int]) -> None:
    """Nobody has another shift while that which he was just given on a day, at these minutes, and these there are."""
    span = schedule.span_on(day, *times, desk_zone(session))
    if span is None:
        raise Refused(f"There is no {times_text(*times)} on {day_text(day)}: the clocks are put forward.")
    shifts = _shifts_around(session, person, day)
    new = [one for one in shifts if one.day == day and (one.start, one.end) == span]
    _refuse_at_once(session, person, new, shifts)


def _refuse_at_once(
    session: Session, person: Person, new: Iterable[Shift], shifts: Iterable[Shift], so: str = ""
) -> None:
    """Raise Refused where a new shift is at once with another of somebody's; `so` as in `_refuse_same_hours`."""
    for one in sorted(new, key=lambda shift: shift.start):
        for other in sorted(shifts, key=lambda shift: shift.start):
            if other != one and schedule.overlaps(other, one.start, one.end):
                when = span_text(other.start, other.end, desk_zone(session))
                raise Refused(f"{person.login} is on shift then already: {when}{so}.")


def _shifts_around(session: Session, person: Person, day: date) -> Sequence[Shift]:
    """The shifts of somebody that may be at once with one of that day."""
    start = at_minute(day, 0, desk_zone(session))
    return plans(session, [person.id], start - _DAY, start + 3 * _DAY)[person.id].shifts


def _period(first: date, last: date | None) -> str:
    return f"from {day_text(first)}" + (f" until {day_text(last)}" if last else " on")


def _names(people: Sequence[Person]) -> str:
    return " and ".join(
        [", ".join(one.login for one in people[:-1]), people[-1].login] if people[1:] else [people[0].login]
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
