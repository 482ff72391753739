"""What is planned for people, out of the database: for the desk's own decisions and for what others show of it.

No role is checked here: whoever shows a plan to a person does that.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar

from itdesk.desk.queries.hours import desk_zone, holidays
from itdesk.desk.session import Session
from itdesk.domain import schedule
from itdesk.domain.schedule import Plan, VisitState
from itdesk.models.fields import from_microseconds, to_microseconds


class _Somebodys(Protocol):
    @property
    def person_id(self) -> int: ...


T = TypeVar("T", bound=_Somebodys)

_DAY = timedelta(days=1)


def plans(session: Session, people: Sequence[int], start: datetime, end: datetime) -> dict[int, Plan]:
    """The plan of each of these people (ids) between two moments, aware UTC. What overlaps is given uncut."""
    zone = desk_zone(session)
    first, last = start.astimezone(zone).date() - _DAY, end.astimezone(zone).date() + _DAY
    weekly, changes = weekly_shifts(session, people, first, last), _shift_changes(session, people, first, last)
    shifts = schedule.shifts(weekly, changes, start, end, zone, holidays(session, first, last))
    absences = _absences(session, people, start, end)
    on_call = _on_call(session, "person_id", people, start, end)
    appointments = _appointments(session, people, start, end)
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


def weekly_shifts(
    session: Session, people: Sequence[int], first: date = date.min, last: date = date.max
) -> tuple[schedule.WeeklyShift, ...]:
    """The weekly shifts of people (ids) that may take place between two days, both within."""
    rows = _rows(
        session,
        "SELECT id, person_id, weekday, starts, ends, first_day, last_day, on_holidays FROM weekly_shift"
        " WHERE person_id IN {these} AND removed_at IS NULL AND first_day <= ?"
        " AND (last_day IS NULL OR last_day >= ?) ORDER BY id",
        people,
        last.isoformat(),
        first.isoformat(),
    )
    return tuple(
        schedule.WeeklyShift(
            row,
            person,
            weekday,
            starts,
            ends,
            date.fromisoformat(first_day),
            None if last_day is None else date.fromisoformat(last_day),
            bool(on_holidays),
        )
        for row, person, weekday, starts, ends, first_day, last_day, on_holidays in rows
    )


def _shift_changes(
    session: Session, people: Sequence[int], first: date, last: date
) -> tuple[schedule.ShiftChange, ...]:
    """What differs for people from one day to another, both within."""
    rows = _rows(
        session,
        "SELECT id, person_id, day, weekly_shift_id, starts, ends FROM shift_change"
        " WHERE person_id IN {these} AND removed_at IS NULL AND day BETWEEN ? AND ? ORDER BY id",
        people,
        first.isoformat(),
        last.isoformat(),
    )
    return tuple(
        schedule.ShiftChange(row, person, date.fromisoformat(day), weekly_shift, starts, ends)
        for row, person, day, weekly_shift, starts, ends in rows
    )


def _in_rota(session: Session, people: Sequence[int]) -> frozenset[int]:
    """Who of these people ever had a shift entered for him, of every week or of a day."""
    weekly = "SELECT person_id FROM weekly_shift WHERE removed_at IS NULL AND person_id IN {these}"
    daily = (
        "SELECT person_id FROM shift_change"
        " WHERE removed_at IS NULL AND weekly_shift_id IS NULL AND person_id IN {these}"
    )
    return frozenset(person for sql in (weekly, daily) for (person,) in _rows(session, sql, people))


def _absences(session: Session, people: Sequence[int], start: datetime, end: datetime) -> tuple[schedule.Absence, ...]:
    rows = _rows(
        session,
        "SELECT id, person_id, starts_at, ends_at, reason FROM absence"
        " WHERE person_id IN {these} AND removed_at IS NULL AND starts_at < ? AND (ends_at IS NULL OR ends_at > ?)"
        " ORDER BY starts_at, id",
        people,
        to_microseconds(end),
        to_microseconds(start),
    )
    return tuple(
        schedule.Absence(row, person, from_microseconds(starts), None if ends is None else from_microseconds(ends), why)
        for row, person, starts, ends, why in rows
    )


def on_call_for(session: Session, teams: Sequence[int], start: datetime, end: datetime) -> tuple[schedule.OnCall, ...]:
    """Who is on call for these teams (ids) between two moments, aware UTC."""
    return _on_call(session, "team_id", teams, start, end)


def _on_call(
    session: Session, column: str, ids: Sequence[int], start: datetime, end: datetime
) -> tuple[schedule.OnCall, ...]:
    rows = _rows(
        session,
        "SELECT on_call.id, on_call.person_id, on_call.team_id, starts_at, ends_at,"  # noqa: S608
        " membership.person_id IS NOT NULL FROM on_call LEFT JOIN membership"
        " ON membership.person_id = on_call.person_id AND membership.team_id = on_call.team_id"
        f" WHERE on_call.{column} IN {{these}}"
        " AND removed_at IS NULL AND starts_at < ? AND ends_at > ? ORDER BY starts_at, on_call.id",
        ids,
        to_microseconds(end),
        to_microseconds(start),
    )
    return tuple(
        schedule.OnCall(row, person, team, from_microseconds(starts), from_microseconds(ends), bool(of_member))
        for row, person, team, starts, ends, of_member in rows
    )


def _appointments(
    session: Session, people: Sequence[int], start: datetime, end: datetime
) -> tuple[schedule.Appointment, ...]:
    """Nobody need go for a ticket that has ended."""
    rows = _rows(
        session,
        "SELECT appointment.id, person_id, ticket_id, starts_at, minutes, place FROM appointment"
        " JOIN ticket ON ticket.id = ticket_id WHERE person_id IN {these} AND appointment.removed_at IS NULL"
        " AND state = ? AND closed_at IS NULL AND starts_at < ? AND starts_at > ? ORDER BY starts_at, appointment.id",
        people,
        VisitState.PLANNED.value,
        to_microseconds(end),
        to_microseconds(start - timedelta(minutes=schedule.LONGEST_VISIT)),
    )
    found = (
        schedule.Appointment(row, person, ticket, from_microseconds(starts), minutes, place)
        for row, person, ticket, starts, minutes, place in rows
    )
    return tuple(one for one in found if one.end > start)


def _rows(session: Session, sql: str, people: Sequence[int], *parameters: object) -> list[tuple[Any, ...]]:
    """The rows of plain SQL, `{these}` standing for the ids: Peewee takes longer to build it than SQLite to answer."""
    these, ids = session.desk.database.among_in_sql(people)
    return session.desk.database.rows(sql.format(these=these), (*ids, *parameters))


def _of(person: int, rows: Sequence[T]) -> tuple[T, ...]:
    return tuple(row for row in rows if row.person_id == person)
