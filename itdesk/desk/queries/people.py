"""People, as others choose them."""

from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from itdesk.desk.people import NewPerson
from itdesk.desk.session import Session
from itdesk.domain.people import READERS, STAFF, Role
from itdesk.models.base import objects, tuples
from itdesk.models.people import Membership, Person, Team


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An active member of staff; `teams` are team names."""

    login: str
    name: str
    role: Role
    teams: tuple[str, ...]


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


def colleagues(session: Session) -> tuple[NewPerson, ...]:
    """Everybody active who is more than a requester, by login, with all that is known of them. Raises Refused."""
    session.require(READERS, "see the staff")
    return _people(session, Person.active & (Person.role != Role.REQUESTER))


def known_person(session: Session, login: str) -> NewPerson | None:
    """All that is known of the person of that login, active or not; None for nobody. Raises Refused."""
    session.require(READERS, "see people")
    return next(iter(_people(session, Person.login == login)), None)


def team_names(session: Session) -> tuple[str, ...]:
    """The names of all teams: those of the settings, and those that imports brought."""
    with session.desk.database.translated():
        stored = {name for (name,) in tuples(Team.select(Team.name))}
    return tuple(sorted(stored | {team.name for team in session.rulebook.desk.teams}))


def _people(session: Session, condition: Any) -> tuple[NewPerson, ...]:
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
        return tuple(
            NewPerson(
                login=person.login,
                name=person.name,
                role=Role(person.role),
                email=person.email,
                level=person.level,
                teams=teams.get(person.id, ()),
                department=person.department,
                site=person.site,
            )
            for person in objects(Person.select().where(condition).order_by(Person.login))
        )
