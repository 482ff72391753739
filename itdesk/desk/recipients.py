"""Whom a notice reaches: those whom it is meant for, and somebody who is there instead of who is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from itdesk.desk.queries.duty import absent
from itdesk.desk.session import Session
from itdesk.desk.transaction import Transaction
from itdesk.domain.escalation import Whom
from itdesk.domain.people import STAFF, Role
from itdesk.models.base import tuples
from itdesk.models.people import Membership, Person, Team


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom to tell (`people`, ids). The others are logins: whom somebody else stands in for.

    `gone`: nobody active has them. `away`: they are absent, and are told all the same.
    """

    people: frozenset[int] = frozenset()
    gone: tuple[str, ...] = ()
    away: tuple[str, ...] = ()

    @property
    def instead_of(self) -> str:
        """Instead of whom others are told (`anna, tom (away)`); mostly empty."""
        return ", ".join((*self.gone, *(f"{login} (away)" for login in self.away)))

    @property
    def remark(self) -> str:
        """The same as the end of a sentence."""
        whom = [f"{', '.join(self.gone)}, not among the active staff"] if self.gone else []
        whom += [f"{', '.join(self.away)}, away"] if self.away else []
        return f"; told instead of {'; and of '.join(whom)}" if whom else ""

    def payload(self) -> dict[str, str]:
        """What a journal entry keeps of it."""
        names = [login for login in logins(self.people) if login not in self.away]
        told = {"told": ", ".join(names)} if names else {}
        return told | ({"instead_of": self.instead_of} if self.instead_of else {})

    def also(self, others: "Recipients") -> "Recipients":
        """These and the others."""
        gone = dict.fromkeys((*self.gone, *others.gone))
        away = dict.fromkeys((*self.away, *others.away))
        return Recipients(self.people | others.people, tuple(gone), tuple(away))


def recipients(tx: Transaction, team: int | None, meant: Mapping[str, Iterable[int]]) -> Recipients:
    """Whom to tell about something of a team (an id): `meant` are words of `Whom` and logins, with their people (ids).

    Where nobody of a word's people is there, as all are absent, and instead of a login that nobody active has: also the
    team's lead, else the supervisors, else the administrators, of whom those who are there. The same where `meant` is
    nobody at all. Off shift is not absent.
    """
    found = {word: active_staff(people) for word, people in meant.items()}
    people = frozenset().union(*found.values())
    away = _absent(tx, people)
    gone = tuple(word for word, those in found.items() if not those and word not in frozenset(Whom))
    left_alone = frozenset().union(*(those for those in found.values() if those <= away))
    if people and not gone and not left_alone:
        return Recipients(people)
    tiers = [those - {tx.session.actor.id} for those in _stand_ins(tx.session, team)] if meant else []
    there = next((here for those in tiers if (here := those - _absent(tx, those))), frozenset[int]())
    if there:
        return Recipients(people | there, gone, tuple(logins(left_alone)))
    if people and not gone:
        return Recipients(people)
    return Recipients(people | next(filter(None, tiers), frozenset[int]()), gone)


def lead_of(tx: Transaction, team: int | None) -> Recipients:
    """Whom to tell what a team's (an id) lead has to know."""
    return recipients(tx, team, {Whom.TEAM_LEAD: leads_of(tx.session, team)})


def _stand_ins(session: Session, team: int | None) -> Iterable[frozenset[int]]:
    yield active_staff(leads_of(session, team))
    yield of_role(Role.SUPERVISOR)
    yield of_role(Role.ADMINISTRATOR)


def _absent(tx: Transaction, people: Iterable[int]) -> frozenset[int]:
    return frozenset(absent(tx.session, sorted(people), tx.now))


def leads_of(session: Session, team: int | None) -> Iterable[int]:
    """The lead of a team: whom the settings name, else its members who are team leads."""
    setting = None if team is None else session.rulebook.team(Team.get_by_id(team).name)
    if setting is not None and setting.lead is not None:
        named = Person.select(Person.id).where(Person.active & (Person.login == setting.lead))
        if found := [person for (person,) in tuples(named)]:
            return found
    members = Membership.select(Membership.person).join(Person).where(Membership.team == team)
    return [person for (person,) in tuples(members.where(Person.active & (Person.role == Role.TEAM_LEAD)))]


def members_of(team: int | None) -> frozenset[int]:
    """The people (ids) of a team (an id) who are staff, and have not left."""
    members = Membership.select(Membership.person).where(Membership.team == team)
    return active_staff(person for (person,) in tuples(members))


def management(session: Session, team: int | None) -> Iterable[int]:
    """The lead of a team and all supervisors; the administrators where there is nobody of these."""
    return {*leads_of(session, team), *of_role(Role.SUPERVISOR)} or of_role(Role.ADMINISTRATOR)


def of_role(role: Role) -> frozenset[int]:
    """The active people (ids) of a role."""
    return frozenset(
        person for (person,) in tuples(Person.select(Person.id).where(Person.active & (Person.role == role)))
    )


def active_staff(people: Iterable[int]) -> frozenset[int]:
    """Those of these people (ids) who are staff, and have not left."""
    wanted = sorted(set(people))
    if not wanted:
        return frozenset()
    there = Person.active & Person.role.in_(sorted(STAFF)) & Person.id.in_(wanted)
    return frozenset(person for (person,) in tuples(Person.select(Person.id).where(there)))


def logins(people: Iterable[int]) -> list[str]:
    """The logins of these people (ids), in alphabetical order."""
    wanted = Person.id.in_(sorted(people))
    return [login for (login,) in tuples(Person.select(Person.login).where(wanted).order_by(Person.login))]
