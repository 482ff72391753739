"""The visits of a ticket, and what is against one that is wanted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from itdesk.desk.errors import NotFound
from itdesk.desk.people import find_person
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.queries.plans import plans
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain import schedule
from itdesk.domain.people import STAFF
from itdesk.domain.schedule import VisitState
from itdesk.domain.schedule_words import length_text, moment_text, span_text
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import objects, tuples
from itdesk.models.people import Person
from itdesk.models.schedule import Appointment
from itdesk.models.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment of a ticket. `person` is a login, `name` the person's name; times are aware UTC."""

    id: int
    person: str
    name: str
    starts_at: datetime
    minutes: int
    place: str
    note: str
    state: VisitState

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An appointment that somebody wants to plan; `moved` are the ids of those that would be moved to it."""

    person_id: int
    login: str
    start: datetime
    minutes: int
    place: str = ""
    moved: frozenset[int] = frozenset()

    @property
    def end(self) -> datetime:
        """When it would be over."""
        return self.start + timedelta(minutes=self.minutes)


def visits(session: Session, ticket_id: int) -> tuple[Visit, ...]:
    """All visits of a visible ticket, also those done and cancelled, in order of time. Raises NotFound."""
    with session.desk.database.translated():
        if visible(session, Ticket.id).where(Ticket.id == ticket_id).first() is None:
            raise NotFound(f"There is no ticket {ticket_id} here.")
        rows = tuples(
            Appointment.select(
                Appointment.id,
                Person.login,
                Person.name,
                Appointment.starts_at,
                Appointment.minutes,
                Appointment.place,
                Appointment.note,
                Appointment.state,
            )
            .join(Person)
            .where((Appointment.ticket == ticket_id) & Appointment.removed_at.is_null())
            .order_by(Appointment.starts_at, Appointment.id)
        )
    return tuple(
        Visit(visit_id, login, name, starts_at, minutes, place, note, VisitState(state))
        for visit_id, login, name, starts_at, minutes, place, note, state in rows
    )


def clashes(
    session: Session,
    who: str | None,
    start: datetime,
    minutes: int,
    place: str = "",
    *,
    moved_of: Sequence[int] = (),
    appointment: int | None = None,
) -> tuple[str, ...]:
    """What is against a visit of somebody (login or name; None: the actor), a sentence each; see `obstacles`.

    `moved_of` are the tickets (ids) whose visits would be moved to it; `appointment` as in `meant_visits`. Raises
    Refused, and NotFound for nobody.
    """
    session.require(STAFF, "plan visits")
    with session.desk.database.translated():
        person = find_person(who or session.actor.login)
        moved = meant_visits(moved_of, appointment)
        wanted = Wanted(person.id, person.login, start, minutes, place.strip(), moved)
        return obstacles(session, wanted, session.clock())


def planned_visits(tickets: Sequence[int]) -> list[Appointment]:
    """The rows of the visits to come of tickets (ids), in order of time."""
    return objects(
        Appointment.select()
        .where(Appointment.ticket.in_(list(tickets)) & Appointment.planned())
        .order_by(Appointment.starts_at, Appointment.id)
    )


def meant_visits(tickets: Sequence[int], appointment: int | None) -> frozenset[int]:
    """Which visits (ids) of tickets (ids) are meant: of each the only one that is planned, or the one of that id."""
    rows = [row for row in planned_visits(tickets) if appointment in (None, row.id)]
    found = Counter(row.ticket_id for row in rows)
    return frozenset(row.id for row in rows if found[row.ticket_id] == 1)


def obstacles(session: Session, wanted: Wanted, now: datetime) -> tuple[str, ...]:
    """What is against a visit, a sentence each: its start has passed, the person is away or has another appointment.

    A visit that has begun may be changed otherwise until it is over.
    """
    zone = desk_zone(session)
    plan = plans(session, [wanted.person_id], wanted.start, wanted.end)[wanted.person_id]
    found = []
    stays = any(one.id in wanted.moved and one.start == wanted.start for one in plan.appointments)
    if (wanted.end if stays else wanted.start) < now.replace(second=0, microsecond=0):
        found.append(f"{moment_text(wanted.start, zone)} has passed.")
    found += [
        f"{wanted.login} is away then: {one.reason}, {span_text(one.start, one.end, zone)}." for one in plan.absences
    ]
    same = schedule.Appointment(0, wanted.person_id, 0, wanted.start, wanted.minutes, wanted.place)
    others = [one for one in plan.appointments if one.id not in wanted.moved and not one.is_the_visit_of(same)]
    numbers = _numbers(session, [one.ticket_id for one in others])
    found += [
        f"{wanted.login} is at {numbers.get(one.ticket_id, 'another ticket')} then: "
        f"{span_text(one.start, one.end, zone)}{f', {one.place}' if one.place else ''}."
        for one in others
    ]
    return tuple(found)


def off_shift(session: Session, wanted: Wanted) -> str:
    """What to remark of a visit that is not within the person's shifts; empty where it is."""
    plan = plans(session, [wanted.person_id], wanted.start, wanted.end)[wanted.person_id]
    planned = [(one.start, one.end) for one in plan.shifts]
    outside = plan.has_rota and schedule.without([(wanted.start, wanted.end)], planned)
    return f" It is not within a shift of {wanted.login}." if outside else ""


def appointment_text(start: datetime, minutes: int, login: str, place: str, zone: tzinfo) -> str:
    """`Tue 1 Dec 2026 13:00, 2h, tom, Gdańsk floor 3`."""
    return ", ".join(part for part in (moment_text(start, zone), length_text(minutes), login, place) if part)


def _numbers(session: Session, ticket_ids: list[int]) -> dict[int, str]:
    """The numbers of those tickets that this person may see."""
    if not ticket_ids:
        return {}
    these = session.desk.database.among(ticket_ids)
    rows = tuples(visible(session, Ticket.id, Ticket.kind).where(Ticket.id.in_(these)))
    return {ticket_id: format_number(Kind(kind), ticket_id) for ticket_id, kind in rows}
