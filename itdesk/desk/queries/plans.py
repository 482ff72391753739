"""What is planned for people, out of the database: for the desk's own decisions and for what others show of it.

No role is checked here: whoever shows a plan to a person does that.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from peewee import SQL

from itdesk.desk.queries.hours import desk_zone, holidays
from itdesk.desk.session import Session
from itdesk.domain import schedule
from itdesk.domain.schedule import Plan
from itdesk.models.base import tuples
from itdesk.models.schedule import Absence, Appointment, OnCall, ShiftChange, WeeklyShift
from itdesk.models.tickets import Ticket


class _Somebodys(Protocol):
    @property
    def person_id(self) -> int: ...


T = TypeVar("T", bound=_Somebodys)

_DAY = timedelta(days=1)


def plans(session: Session, people: Sequence[int], start: datetime, end: datetime) -> dict[int, Plan]:
    """The plan of each of these people (ids) between two moments, aware UTC. What overlaps is given uncut."""
    zone = desk_zone(session)
    first, last = start.astimezone(zone).date() - _DAY, end.astimezone(zone).date() + _DAY
    with session.desk.database.translated():
        these = session.desk.database.among(list(people))
        weekly, changes = weekly_shifts(these), shift_changes(these)
        dated = [change for change in changes if first <= change.day <= last]
        shifts = schedule.shifts(weekly, dated, start, end, zone, holidays(session, first, last))
        absences = _absences(these, start, end)
        on_call = _on_call(OnCall.person.in_(these), start, end)
        appointments = _appointments(these, start, end)
    rota = {one.person_id for one in weekly} | {one.person_id for one in changes if one.weekly_shift is None}
    return {
        person: Plan(
            person,
            person in rota,
            _of(person, shifts),
            _of(person, absences),
            _of(person, on_call),
            _of(person, appointments),
        )
        for person in people
    }


def weekly_shifts(people: SQL) -> tuple[schedule.WeeklyShift, ...]:
    """The weekly shifts of people, whenever they take place."""
    columns = (
        WeeklyShift.id,
        WeeklyShift.person,
        WeeklyShift.weekday,
        WeeklyShift.starts,
        WeeklyShift.ends,
        WeeklyShift.first_day,
        WeeklyShift.last_day,
        WeeklyShift.on_holidays,
    )
    select = WeeklyShift.select(*columns).where(WeeklyShift.person.in_(people) & WeeklyShift.removed_at.is_null())
    return tuple(schedule.WeeklyShift(*row) for row in tuples(select.order_by(WeeklyShift.id)))


def shift_changes(people: SQL) -> tuple[schedule.ShiftChange, ...]:
    """What differs on days for people, on all days."""
    columns = (
        ShiftChange.id,
        ShiftChange.person,
        ShiftChange.day,
        ShiftChange.weekly_shift,
        ShiftChange.starts,
        ShiftChange.ends,
    )
    select = ShiftChange.select(*columns).where(ShiftChange.person.in_(people) & ShiftChange.removed_at.is_null())
    return tuple(schedule.ShiftChange(*row) for row in tuples(select.order_by(ShiftChange.id)))


def on_call_for(session: Session, teams: Sequence[int], start: datetime, end: datetime) -> tuple[schedule.OnCall, ...]:
    """Who is on call for these teams (ids) between two moments, aware UTC."""
    with session.desk.database.translated():
        return _on_call(OnCall.team.in_(session.desk.database.among(list(teams))), start, end)


def _absences(people: SQL, start: datetime, end: datetime) -> tuple[schedule.Absence, ...]:
    select = (
        Absence.select(Absence.id, Absence.person, Absence.starts_at, Absence.ends_at, Absence.reason)
        .where(Absence.person.in_(people) & Absence.removed_at.is_null() & (Absence.starts_at < end))
        .where(Absence.ends_at.is_null() | (Absence.ends_at > start))
        .order_by(Absence.starts_at, Absence.id)
    )
    return tuple(schedule.Absence(*row) for row in tuples(select))


def _on_call(condition: Any, start: datetime, end: datetime) -> tuple[schedule.OnCall, ...]:
    select = (
        OnCall.select(OnCall.id, OnCall.person, OnCall.team, OnCall.starts_at, OnCall.ends_at)
        .where(condition & OnCall.removed_at.is_null() & (OnCall.starts_at < end) & (OnCall.ends_at > start))
        .order_by(OnCall.starts_at, OnCall.id)
    )
    return tuple(schedule.OnCall(*row) for row in tuples(select))


def _appointments(people: SQL, start: datetime, end: datetime) -> tuple[schedule.Appointment, ...]:
    """Nobody need go for a ticket that has ended."""
    select = (
        Appointment.select(
            Appointment.id,
            Appointment.person,
            Appointment.ticket,
            Appointment.starts_at,
            Appointment.minutes,
            Appointment.place,
        )
        .join(Ticket)
        .where(
            Appointment.person.in_(people)
            & Appointment.planned()
            & Ticket.closed_at.is_null()
            & (Appointment.starts_at < end)
            & (Appointment.starts_at > start - timedelta(minutes=schedule.LONGEST_VISIT))
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    found = (schedule.Appointment(*row) for row in tuples(select))
    return tuple(one for one in found if one.end > start)


def _of(person: int, rows: Sequence[T]) -> tuple[T, ...]:
    return tuple(row for row in rows if row.person_id == person)
