"""People, as others choose them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from itdesk.desk.assignment import skills_of
from itdesk.desk.errors import DeskError
from itdesk.desk.people import NewPerson, find_person
from itdesk.desk.session import Desk, Session
from itdesk.desk.visible import visible
from itdesk.domain.people import READERS, STAFF, Role
from itdesk.domain.text import fold, storable
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import objects, tuples
from itdesk.models.people import Membership, Person, Team
from itdesk.models.tickets import Ticket

_MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An active member of staff; `teams` are team names."""

    login: str
    name: str
    role: Role
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requester:
    """Somebody who may ask for something, with the numbers of their newest open tickets and how many there are."""

    id: int
    login: str
    name: str
    email: str
    department: str
    site: str
    open_numbers: tuple[str, ...] = ()
    open_count: int = 0


@dataclass(frozen=True, slots=True)
class Colleague(NewPerson):
    """All that is known of a person. `active`: still at this desk."""

    active: bool = True


def people_like(session: Session, typed: str, *, limit: int = 5) -> tuple[Requester, ...]:
    """Active people whose login, name or address has words that begin as those typed, without their tickets.

    Those whose login or address begins so come first, then by name. Case and accents do not matter. Raises Refused.
    """
    session.require(READERS, "see people")
    wanted = fold(storable(typed)).split()
    if not wanted:
        return ()
    database = session.desk.database
    text = "login || ' ' || name || ' ' || email"
    size, find = ("length(CAST({} AS BLOB))", "instr") if database.sqlite else ("octet_length({})", "strpos")
    # Databases fold no accents: they sort out by ASCII alone, and whoever has other letters is looked at here.
    rows = database.execute(
        f"SELECT id, login, name, email, department, site FROM person WHERE active"  # noqa: S608
        f" AND ({find}(lower({text}), {database.param}) > 0 OR {size.format(text)} > length({text}))",
        (wanted[0],),
    ).fetchall()
    found = []
    for row in rows:
        text = "\n".join(row[1:4])
        folded = text.lower() if text.isascii() else fold(text)
        if wanted[0] in folded and (place := _place(folded, wanted)) is not None:
            found.append((place, row[2], row[1], row))
    return tuple(Requester(*row) for *_, row in sorted(found)[:limit])


_BREAKS = str.maketrans(".@-_\n", "     ")


def _place(folded: str, wanted: Sequence[str]) -> int | None:
    """Where a person (login, name and address, one a line) stands among those found; None: not among them."""
    lines = folded.split("\n")
    parts = [*lines, *folded.translate(_BREAKS).split()]
    if not all(any(part.startswith(word) for part in parts) for word in wanted):
        return None
    return 0 if lines[0].startswith(wanted[0]) or lines[-1].startswith(wanted[0]) else 1


def requester(session: Session, who: str) -> Requester | None:
    """The one active person of that login, address or full name; None if there is none, or several. Raises Refused."""
    session.require(READERS, "see people")
    with session.desk.database.translated():
        try:
            person = find_person(who)
        except DeskError:
            return None
        select = (
            visible(session, Ticket.kind, Ticket.id)
            .where((Ticket.requester == person.id) & Ticket.closed_at.is_null())
            .order_by(Ticket.opened_at.desc(), Ticket.id.desc())
            .limit(_MOST_OPEN)
        )
        numbers: Sequence[str] = [format_number(Kind(kind), ticket_id) for kind, ticket_id in tuples(select)]
    return Requester(
        person.id,
        person.login,
        person.name,
        person.email,
        person.department,
        person.site,
        tuple(numbers[:3]),
        len(numbers),
    )


def staff(session: Session) -> tuple[StaffMember, ...]:
    """The active staff, by login. For staff only: raises Refused."""
    session.require(STAFF, "see the staff")
    with session.desk.database.translated():
        rows = tuples(
            Person.select(Person.login, Person.name, Person.role, Team.name)
            .join(Membership, JOIN.LEFT_OUTER, on=(Membership.person == Person.id))
            .join(Team, JOIN.LEFT_OUTER, on=(Membership.team == Team.id))
            .where(Person.active & Person.role.in_(sorted(STAFF)))
            .order_by(Person.login, Team.name)
        )
        found: dict[str, StaffMember] = {}
        for login, name, role, team in rows:
            teams = found[login].teams if login in found else ()
            found[login] = StaffMember(login, name, Role(role), (*teams, team) if team else teams)
    return tuple(found.values())


def staff_logins(session: Session) -> tuple[str, ...]:
    """The logins of the active staff, in order; nobody's for whoever is neither staff nor auditor."""
    from itdesk.desk.queries import directory

    if session.actor.role not in READERS:
        return ()
    with session.desk.database.translated():
        return tuple(one.login for one in directory.everybody(session) if one.active and one.role in STAFF)


def colleagues(session: Session, *, also_left: bool = False, vips: bool = False) -> tuple[Colleague, ...]:
    """Everybody active who is more than a requester, by login, with all that is known of them. Raises Refused.

    `also_left`: and whoever has left. `vips`: whoever is a VIP instead, requesters too.
    """
    session.require(READERS, "see the staff")
    meant = Person.vip if vips else Person.role != Role.REQUESTER
    return _people(session, meant if also_left else meant & Person.active)


def logins(desk: Desk) -> dict[str, tuple[Role, bool]]:
    """Every login that the desk ever knew: the person's role, and whether he is active. For checks of the settings."""
    with desk.database.translated():
        rows = tuples(Person.select(Person.login, Person.role, Person.active))
    return {login: (Role(role), bool(active)) for login, role, active in rows}


def known_person(session: Session, login: str) -> Colleague | None:
    """All that is known of the person of that login, active or not; None for nobody. Raises Refused."""
    session.require(READERS, "see people")
    return next(iter(_people(session, Person.login == login)), None)


def team_names(session: Session) -> tuple[str, ...]:
    """The names of all teams: those of the settings, and those that imports brought."""
    with session.desk.database.translated():
        stored = {name for (name,) in tuples(Team.select(Team.name))}
    return tuple(sorted(stored | {team.name for team in session.rulebook.desk.teams}))


def _people(session: Session, condition: Any) -> tuple[Colleague, ...]:
    with session.desk.database.translated():
        memberships = tuples(
            Membership.select(Membership.person, Team.name)
            .join(Team)
            .join_from(Membership, Person)
            .where(condition)
            .order_by(Team.name)
        )
        teams: dict[int, tuple[str, ...]] = {}
        for person_id, team in memberships:
            teams[person_id] = (*teams.get(person_id, ()), team)
        found = objects(Person.select().where(condition).order_by(Person.login))
        skills = skills_of(session, [person.id for person in found])
        return tuple(
            Colleague(
                login=person.login,
                name=person.name,
                role=Role(person.role),
                email=person.email,
                level=person.level,
                teams=teams.get(person.id, ()),
                department=person.department,
                site=person.site,
                skills=skills.get(person.id, ()),
                languages=tuple(person.languages.split()),
                capacity=person.capacity,
                vip=bool(person.vip),
                active=bool(person.active),
            )
            for person in found
        )
