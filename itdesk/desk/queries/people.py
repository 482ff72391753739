"""People, as others choose them."""

from dataclasses import dataclass

from peewee import JOIN

from itdesk.desk.session import Session
from itdesk.domain.people import STAFF, Role
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
        rows = (
            Person.select(Person.login, Person.name, Person.role, Team.name)
            .join(Membership, JOIN.LEFT_OUTER, on=(Membership.person == Person.id))
            .join(Team, JOIN.LEFT_OUTER, on=(Membership.team == Team.id))
            .where(Person.active & Person.role.in_(sorted(STAFF)))
            .order_by(Person.login, Team.name)
            .tuples()
        )
        found: dict[str, StaffMember] = {}
        for login, name, role, team in rows:
            teams = found[login].teams if login in found else ()
            found[login] = StaffMember(login, name, Role(role), (*teams, team) if team else teams)
    return tuple(found.values())
