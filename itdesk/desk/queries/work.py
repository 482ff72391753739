"""The work log, read: who worked on what, for how long. For staff and auditors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.people import READERS
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import tuples
from itdesk.models.people import Membership, Person, Team
from itdesk.models.tickets import Ticket
from itdesk.models.work import WorkLog

_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Worked:
    """An entry: minutes on a day of the desk's time zone. `logged_at` is aware UTC."""

    id: int
    ticket_id: int
    number: str
    subject: str
    login: str
    minutes: int
    worked_on: date
    note: str
    logged_at: datetime


def work_on(session: Session, ticket_id: int) -> tuple[Worked, ...]:
    """What was logged on a visible ticket, oldest day first; nothing for whoever is neither staff nor auditor."""
    if session.actor.role not in READERS:
        return ()
    return _entries(session, WorkLog.ticket == ticket_id)


def work_of(
    session: Session,
    *,
    login: str | None = None,
    team: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> tuple[Worked, ...]:
    """What a person, the members of a team, or everybody logged between two days, both included; oldest day first.

    Raises Refused.
    """
    session.require(READERS, "see who worked how long")
    conditions = []
    if login is not None:
        conditions.append(Person.login == login)
    if team is not None:
        members = Membership.select(Membership.person).join(Team).where(Team.name == team)
        conditions.append(WorkLog.person.in_(members))
    if since is not None:
        conditions.append(WorkLog.worked_on >= since.isoformat())
    if until is not None:
        conditions.append(WorkLog.worked_on <= until.isoformat())
    return _entries(session, *conditions)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Work that somebody logged and took back: minutes, note, and the day (None: that on which it was logged)."""

    minutes: int
    note: str
    day: date | None


def taken_back(session: Session, ticket_id: int) -> TakenBack | None:
    """What the actor logged last on a ticket, if he took it back within the last hour: he may log it otherwise."""
    with session.desk.database.translated():
        own = (WorkLog.ticket == ticket_id) & (WorkLog.person == session.actor.id)
        last = WorkLog.select().where(own).order_by(WorkLog.id.desc()).first()
    if last is None or last.retracted_at is None or last.retracted_at < session.clock() - _AGAIN:
        return None
    day, zone = date.fromisoformat(last.worked_on), desk_zone(session)
    return TakenBack(last.minutes, last.note, None if day == last.logged_at.astimezone(zone).date() else day)


def _entries(session: Session, *conditions: object) -> tuple[Worked, ...]:
    columns = (
        WorkLog.id,
        Ticket.id,
        Ticket.kind,
        Ticket.subject,
        Person.login,
        WorkLog.minutes,
        WorkLog.worked_on,
        WorkLog.note,
        WorkLog.logged_at,
    )
    with session.desk.database.translated():
        rows = tuples(
            visible(session, *columns)
            .join_from(Ticket, WorkLog, on=(WorkLog.ticket == Ticket.id))
            .join_from(WorkLog, Person, on=(WorkLog.person == Person.id))
            .where(WorkLog.retracted_at.is_null(), *conditions)
            .order_by(WorkLog.worked_on, WorkLog.id)
        )
    return tuple(
        Worked(
            entry, ticket, format_number(Kind(kind), ticket), subject, login, minutes, date.fromisoformat(day), *rest
        )
        for entry, ticket, kind, subject, login, minutes, day, *rest in rows
    )


def total(entries: Iterable[Worked]) -> int:
    """The minutes of these entries."""
    return sum(entry.minutes for entry in entries)


def by_person(entries: Iterable[Worked]) -> dict[str, int]:
    """Minutes by login, the most first."""
    return _summed((entry.login, entry.minutes) for entry in entries)


def by_ticket(entries: Iterable[Worked]) -> dict[str, int]:
    """Minutes by ticket number, the most first."""
    return _summed((entry.number, entry.minutes) for entry in entries)


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, minutes in pairs:
        sums[name] = sums.get(name, 0) + minutes
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))
