"""The schedule of some days: by person and team, with what clashes, what nobody covers, and the load."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from peewee import fn

from itdesk.desk.assignment import loads_of
from itdesk.desk.errors import NotFound
from itdesk.desk.people import find_person
from itdesk.desk.queries.hours import business_frames, desk_zone, holidays, wanted_on_shift
from itdesk.desk.queries.plans import on_call_for, plans, weekly_shifts
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain import schedule
from itdesk.domain.people import READERS, STAFF
from itdesk.domain.schedule import (
    Appointment,
    Clash,
    Conflict,
    Counted,
    Gap,
    Missing,
    Plan,
    Span,
    WeeklyShift,
    cover,
)
from itdesk.domain.ticket import SETTLED, Kind, format_number
from itdesk.domain.wall_time import at_minute
from itdesk.models.base import objects, tuples
from itdesk.models.people import Membership, Person, Team
from itdesk.models.schedule import Appointment as StoredAppointment
from itdesk.models.schedule import WeeklyShift as StoredWeeklyShift
from itdesk.models.tickets import Ticket

_DAY = timedelta(days=1)
_DUTY_KNOWN_BEFORE = timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class ScheduledPerson:
    """An active member of staff with his plan.

    `teams` are team names, `open_tickets` how many he has that are not resolved, `load` what they weigh; from
    the capacity on that he has in a team (an id) he gets nothing more of it.
    """

    id: int
    login: str
    name: str
    teams: tuple[str, ...]
    open_tickets: int
    plan: Plan
    conflicts: tuple[Conflict, ...]
    load: int
    capacities: Mapping[int, int]

    def present(self, start: datetime, end: datetime) -> tuple[Span, ...]:
        """When he is on shift and not away."""
        return self.plan.present(start, end)


@dataclass(frozen=True, slots=True)
class ScheduledTeam:
    """A team with its people's ids; `minimum` is how many it wants on shift in business hours."""

    id: int
    name: str
    title: str
    people: tuple[int, ...]
    minimum: int
    gaps: tuple[Gap, ...]
    cover: tuple[Counted, ...]
    """How many of its people are there, from each change to the next, over all of the time."""


@dataclass(frozen=True, slots=True)
class Unattended:
    """An appointment of somebody (a login) who has left the desk."""

    login: str
    appointment: Appointment


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The schedule from `first` to `last`, both days within; `start` and `end` are their midnights, aware UTC.

    `tickets` has number and subject of each ticket with an appointment that the reader may see, `team_names` the name
    of every team; `business` is None where the settings name no business hours; `at` is when one looked.
    """

    first: date
    last: date
    start: datetime
    end: datetime
    zone: tzinfo
    people: tuple[ScheduledPerson, ...]
    teams: tuple[ScheduledTeam, ...]
    holidays: Mapping[date, str]
    business: tuple[Span, ...] | None
    tickets: Mapping[int, tuple[str, str]]
    team_names: Mapping[int, str]
    at: datetime
    unattended: tuple[Unattended, ...] = ()
    """Appointments to which nobody goes."""

    @property
    def from_now(self) -> datetime | None:
        """From when on there is something to settle: from now, or, where all of it is over, from its beginning (None).

        For `to_settle`.
        """
        return self.at if self.at < self.end else None

    def person(self, person_id: int) -> ScheduledPerson | None:
        """The person of that id, if he is among those shown."""
        return next((one for one in self.people if one.id == person_id), None)

    def login(self, person_id: int | None) -> str:
        """The login of that person, also of one who left and has an appointment; empty for anybody else."""
        left = {one.appointment.person_id: one.login for one in self.unattended}
        return {**left, **{one.id: one.login for one in self.people}}.get(person_id or 0, "")

    def ticket(self, ticket_id: int) -> tuple[str, str]:
        """Number and subject of a ticket; of one that the reader may not see only that there is one."""
        return self.tickets.get(ticket_id, ("another ticket", ""))


def scheduled(
    session: Session, first: date, last: date, *, team: str | None = None, person: str | None = None
) -> Scheduled:
    """The schedule of some days: of everybody, of a team, or of a person (login or name).

    Without a choice: everybody in a team, and whoever has anything planned. Raises Refused, and NotFound for a team or
    person that there is not.
    """
    session.require(READERS, "see the schedule")
    zone = desk_zone(session)
    start, end = at_minute(first, 0, zone), at_minute(last + _DAY, 0, zone)
    with session.desk.database.translated():
        chosen = _people(session, team, person)
        found = plans(session, [row.id for row in chosen], start, end)
        members = _members()
        has_open = _open_tickets(session)
        loads = loads_of(session, [row.id for row in chosen])
        sharing = session.rulebook.sharing
        if team is None and person is None:
            chosen = [row for row in chosen if row.id in members or _is_planned(found[row.id])]
        people = tuple(
            ScheduledPerson(
                row.id,
                row.login,
                row.name,
                tuple(name for _, name, _ in members.get(row.id, ())),
                has_open.get(row.id, 0),
                found[row.id],
                schedule.conflicts(found[row.id], start, end),
                loads.get(row.id, 0),
                {team: sharing.capacity_of(name, row.capacity) for team, name, _ in members.get(row.id, ())},
            )
            for row in chosen
        )
        business = business_frames(session, start, end)
        teams = _teams(session, people, members, start, end, business) if person is None else ()
        if team is not None:
            teams = tuple(one for one in teams if one.name == team)
        team_names = dict(tuples(Team.select(Team.id, Team.name)))
        unattended = _unattended(session, team, start, end) if person is None else ()
        appointments = [one for plan in found.values() for one in plan.appointments]
        appointments += [one.appointment for one in unattended]
        tickets = _tickets(session, {one.ticket_id for one in appointments})
    return Scheduled(
        first=first,
        last=last,
        start=start,
        end=end,
        zone=zone,
        people=people,
        teams=teams,
        holidays=holidays(session, first, last),
        business=None if business is None else tuple(business),
        tickets=tickets,
        team_names=team_names,
        at=session.clock(),
        unattended=unattended,
    )


@dataclass(frozen=True, slots=True)
class ToSettle:
    """Something that clashes, that nobody covers, or that nobody ended, in words.

    `grave`: somebody waits in vain: for an appointment, a call, or a team of which nobody is there. `spans` are all the
    times that it is about: of what comes on several days, `start` and `end` say the first. `what` is None of a visit
    that nobody ended: it does not pass by itself, and nobody can step in.
    """

    start: datetime
    end: datetime
    text: str
    grave: bool
    what: Clash | Missing | None
    spans: tuple[Span, ...]
    person_id: int | None = None
    team_id: int | None = None


def to_settle(of: Scheduled, after: datetime | None = None, *, apart: bool = False) -> tuple[ToSettle, ...]:
    """What to settle in a schedule, in order of time; without what is over at the moment `after`.

    The shifts during one absence are told as one, and so are gaps at the same hours of several days; not if `apart`.
    """
    found: list[ToSettle] = []
    for person in of.people:
        shifts_missed: dict[tuple[object, ...], list[Conflict]] = {}
        absences = schedule.joined(person.plan.absences)
        for conflict in person.conflicts:
            if after is not None and conflict.end <= after:
                continue
            if conflict.clash is Clash.SHIFT_WHILE_AWAY:
                away = next(one for one in absences if _is_in(conflict, one))
                key = (away.reason, away.end, conflict.start if apart else None)
                shifts_missed.setdefault(key, []).append(conflict)
            else:
                grave = conflict.clash is not Clash.APPOINTMENT_OFF_SHIFT
                text, span = _clash_text(of, person.login, conflict), (conflict.start, conflict.end)
                team_id = conflict.team_id
                found.append(ToSettle(*span, text, grave, conflict.clash, (span,), person.id, team_id))
        for (reason, *_), missed in shifts_missed.items():
            count = f"{len(missed)} shifts" if len(missed) > 1 else "a shift"
            text = f"{person.login} is away ({reason}) and has {count}"
            spans = tuple((one.start, one.end) for one in missed)
            first, last = missed[0].start, missed[-1].end
            found.append(ToSettle(first, last, text, False, Clash.SHIFT_WHILE_AWAY, spans, person.id))
        for visit in person.plan.appointments:
            if visit.end <= of.at:
                text = f"{person.login}'s visit is over and nobody ended it: {of.ticket(visit.ticket_id)[0]}"
                span = visit.start, visit.end
                found.append(ToSettle(*span, text, False, None, (span,), person.id))
    for one in of.unattended:
        visit = one.appointment
        if after is None or visit.end > after:
            text = f"{one.login} has left and has an appointment: {of.ticket(visit.ticket_id)[0]}"
            span = visit.start, visit.end
            found.append(ToSettle(*span, text, True, Clash.APPOINTMENT_WHILE_AWAY, (span,), visit.person_id))
    for team in of.teams:
        found += _gaps_told(of, team, after, apart=apart)
    return tuple(sorted(found, key=lambda one: (one.start, not one.grave, one.text)))


def _gaps_told(of: Scheduled, team: ScheduledTeam, after: datetime | None, *, apart: bool) -> Iterator[ToSettle]:
    """The gaps of a team; one that comes at the same hours of several days is told as one, at the first of them."""
    alike: dict[tuple[object, ...], list[Gap]] = {}
    for gap in team.gaps:
        if after is not None and gap.end <= after:
            continue
        hours = tuple(f"{moment.astimezone(of.zone):%H:%M}" for moment in (gap.start, gap.end))
        key = (gap.missing, gap.there, gap.wanted, gap.start if apart else hours)
        alike.setdefault(key, []).append(gap)
    for gaps in alike.values():
        first = gaps[0]
        if first.missing is Missing.ON_CALL:
            text = f"{team.name}: nobody is on call"
        else:
            text = f"{team.name}: {first.there or 'nobody'} on shift, {first.wanted} wanted"
        days = f", on {len(gaps)} days" if len(gaps) > 1 else ""
        spans = tuple((one.start, one.end) for one in gaps)
        yield ToSettle(
            first.start, first.end, text + days, first.there == 0, first.missing, spans, team_id=first.team_id
        )


def _is_in(conflict: Conflict, absence: schedule.Absence) -> bool:
    return absence.start <= conflict.start and (absence.end is None or conflict.end <= absence.end)


def _clash_text(of: Scheduled, login: str, conflict: Conflict) -> str:
    person = of.person(conflict.person_id)
    plan = person.plan if person else Plan(conflict.person_id, has_rota=False)
    tickets = " and ".join(of.ticket(one.ticket_id)[0] for one in plan.appointments if one.id in conflict.appointments)
    match conflict.clash:
        case Clash.TWO_APPOINTMENTS:
            return f"{login} has two appointments at once: {tickets}"
        case Clash.APPOINTMENT_WHILE_AWAY:
            return f"{login} is away ({conflict.reason}) and has an appointment: {tickets}"
        case Clash.APPOINTMENT_OFF_SHIFT:
            return f"{login} has an appointment outside of any shift: {tickets}"
        case Clash.ON_CALL_WHILE_AWAY:
            return f"{login} is away ({conflict.reason}) and on call"
        case Clash.ON_CALL_OUT_OF_TEAM:
            return f"{login} is on call for {of.team_names.get(conflict.team_id or 0, '')} and not in that team"
        case Clash.SHIFT_WHILE_AWAY:
            return f"{login} is away ({conflict.reason}) and on shift"


def weekly_shifts_of(session: Session, person: str) -> tuple[WeeklyShift, ...]:
    """The weekly shifts of a person (login or name), whenever they take place. Raises Refused, NotFound."""
    session.require(READERS, "see the schedule")
    with session.desk.database.translated():
        return weekly_shifts(session, [find_person(person).id])


def weekly_shift(session: Session, shift: int) -> WeeklyShift:
    """The weekly shift of that id. Raises Refused, NotFound."""
    session.require(READERS, "see the schedule")
    with session.desk.database.translated():
        row = StoredWeeklyShift.get_or_none((StoredWeeklyShift.id == shift) & StoredWeeklyShift.removed_at.is_null())
    if row is None:
        raise NotFound(f"There is no weekly shift {shift}. `itdesk schedule shift list WHO` shows which there are.")
    columns = ("person_id", "weekday", "starts", "ends", "first_day", "last_day", "on_holidays")
    return WeeklyShift(row.id, *(getattr(row, name) for name in columns))


Members = Mapping[int, Sequence[tuple[int, str, str]]]
"""Person -> (id, name, title) of each team."""


def _people(session: Session, team: str | None, person: str | None) -> list[Person]:
    select = Person.select().where(Person.active & Person.role.in_(sorted(STAFF))).order_by(Person.login)
    if person is not None:
        select = select.where(Person.id == find_person(person).id)
    if team is not None:
        stored = Team.get_or_none(Team.name == team)
        if stored is None and session.rulebook.team(team) is None:
            known = ", ".join(item.name for item in session.rulebook.desk.teams)
            raise NotFound(f"There is no team {team!r}; the teams are: {known}.")
        select = select.join(Membership).where(Membership.team == (stored.id if stored else 0))
    return objects(select)


def _unattended(session: Session, team: str | None, start: datetime, end: datetime) -> tuple[Unattended, ...]:
    """The appointments between two moments of those who left: of all of them, or of a team's."""
    select = (
        Person.select(Person.id, Person.login)
        .join(StoredAppointment, on=(StoredAppointment.person == Person.id))
        .where(~Person.active & StoredAppointment.planned() & (StoredAppointment.starts_at < end))
        .order_by(Person.login)
    )
    if team is not None:
        members = Membership.select(Membership.person).join(Team).where(Team.name == team)
        select = select.where(Person.id.in_(members))
    logins: dict[int, str] = dict(tuples(select))
    found = plans(session, list(logins), start, end) if logins else {}
    return tuple(Unattended(logins[person], one) for person, plan in found.items() for one in plan.appointments)


def _members() -> Members:
    rows = tuples(Membership.select(Membership.person, Team.id, Team.name, Team.title).join(Team).order_by(Team.name))
    found: dict[int, list[tuple[int, str, str]]] = {}
    for person, *team in rows:
        found.setdefault(person, []).append((team[0], team[1], team[2]))
    return found


def _is_planned(plan: Plan) -> bool:
    return plan.has_rota or bool(plan.absences or plan.on_call or plan.appointments)


def _open_tickets(session: Session) -> dict[int, int]:
    select = (
        visible(session, Ticket.assignee, fn.COUNT(Ticket.id))
        .where(Ticket.assignee.is_null(False) & Ticket.closed_at.is_null() & Ticket.status.not_in(sorted(SETTLED)))
        .group_by(Ticket.assignee)
    )
    return dict(tuples(select))


def _teams(
    session: Session,
    people: Sequence[ScheduledPerson],
    members: Members,
    start: datetime,
    end: datetime,
    business: Sequence[Span] | None,
) -> tuple[ScheduledTeam, ...]:
    teams = sorted({team for person in people for team in members.get(person.id, ())}, key=lambda team: team[1])
    on_duty = _on_duty(session, [team_id for team_id, _, _ in teams], start, end)
    found = []
    for team_id, name, title in teams:
        inside = [one for one in people if any(team_id == of for of, _, _ in members.get(one.id, ()))]
        minimum = wanted_on_shift(session, name)
        inside_plans = [one.plan for one in inside]
        found.append(
            ScheduledTeam(
                team_id,
                name,
                title,
                tuple(one.id for one in inside),
                minimum,
                schedule.gaps(
                    team_id,
                    inside_plans,
                    start,
                    end,
                    business=business,
                    minimum=minimum,
                    on_call=on_duty.get(team_id),
                ),
                cover((plan.present(start, end) for plan in inside_plans), start, end),
            )
        )
    return tuple(found)


def _on_duty(session: Session, teams: Sequence[int], start: datetime, end: datetime) -> dict[int, list[Span]]:
    """When somebody can be called for a team; a team for which nobody was on call in the weeks before is left out."""
    duty = on_call_for(session, teams, start - _DUTY_KNOWN_BEFORE, end)
    called_ever = session.desk.database.among(sorted({one.person_id for one in duty}))
    there = Person.select(Person.id).where(Person.active & Person.id.in_(called_ever))
    people = [person for (person,) in tuples(there.order_by(Person.id))]
    found = plans(session, people, start, end)
    spans: dict[int, list[Span]] = {one.team_id: [] for one in duty}
    for team_id, called in spans.items():
        called += [span for person in people for span in found[person].callable(team_id, start, end)]
    return spans


def _tickets(session: Session, ids: set[int]) -> dict[int, tuple[str, str]]:
    if not ids:
        return {}
    these = session.desk.database.among(sorted(ids))
    rows = tuples(visible(session, Ticket.id, Ticket.kind, Ticket.subject).where(Ticket.id.in_(these)))
    return {ticket_id: (format_number(Kind(kind), ticket_id), subject) for ticket_id, kind, subject in rows}
