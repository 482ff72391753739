"""What is planned for people, out of the database: for the desk's own decisions and for what others show of it.

No role is checked here: whoever shows a plan to a person does that.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
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
        weekly, changes = weekly_shifts(these, first, last), _shift_changes(these, first, last)
        shifts = schedule.shifts(weekly, changes, start, end, zone, holidays(session, first, last))
        absences = _absences(these, start, end)
        on_call = _on_call(OnCall.person.in_(these), start, end)
        appointments = _appointments(these, start, end)
        rota = _in_rota(session, people)
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


def weekly_shifts(people: SQL, first: date = date.min, last: date = date.max) -> tuple[schedule.WeeklyShift, ...]:
    """The weekly shifts of people that may take place between two days, both within."""
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
    select = (
        WeeklyShift.select(*columns)
        .where(WeeklyShift.person.in_(people) & WeeklyShift.removed_at.is_null() & (WeeklyShift.first_day <= last))
        .where(WeeklyShift.last_day.is_null() | (WeeklyShift.last_day >= first))
        .order_by(WeeklyShift.id)
    )
    return tuple(schedule.WeeklyShift(*row) for row in tuples(select))


def _shift_changes(people: SQL, first: date, last: date) -> tuple[schedule.ShiftChange, ...]:
    """What differs for people from one day to another, both within."""
    columns = (
        ShiftChange.id,
        ShiftChange.person,
        ShiftChange.day,
        ShiftChange.weekly_shift,
        ShiftChange.starts,
        ShiftChange.ends,
    )
    select = (
        ShiftChange.select(*columns)
        .where(ShiftChange.person.in_(people) & ShiftChange.removed_at.is_null() & ShiftChange.day.between(first, last))
        .order_by(ShiftChange.id)
    )
    return tuple(schedule.ShiftChange(*row) for row in tuples(select))


def _in_rota(session: Session, people: Sequence[int]) -> frozenset[int]:
    """Who of these people ever had a shift entered for him, of every week or of a day."""
    these, parameters = session.desk.database.among_in_sql(people)
    rows = session.desk.database.execute(
        f"SELECT person_id FROM weekly_shift WHERE removed_at IS NULL AND person_id IN {these}"  # noqa: S608
        " UNION SELECT person_id FROM shift_change"
        f" WHERE removed_at IS NULL AND weekly_shift_id IS NULL AND person_id IN {these}",
        (*parameters, *parameters),
    )
    return frozenset(person for (person,) in rows.fetchall())


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
