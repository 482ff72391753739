"""Whom a notice reaches: those whom it is meant for, and somebody who is there instead of who is not."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from itdesk.desk.queries.duty import absent
from itdesk.desk.session import Session
from itdesk.desk.transaction import Transaction
from itdesk.domain.assignment import is_of_level
from itdesk.domain.escalation import Whom
from itdesk.domain.people import STAFF, Role
from itdesk.models.base import tuples
from itdesk.models.people import Membership, Person, Team


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom to tell (`people`, ids). The others are those whom somebody else stands in for.

    `gone`: logins that nobody active has. `lacking`: what there is nobody for (`a supervisor (there is none)`). `away`:
    logins of those who are absent, and are told all the same.
    """

    people: frozenset[int] = frozenset()
    gone: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    away: tuple[str, ...] = ()

    @property
    def instead_of(self) -> str:
        """Instead of whom others are told (`anna, tom (away)`); mostly empty."""
        return ", ".join((*self.gone, *self.lacking, *(f"{login} (away)" for login in self.away)))

    @property
    def remark(self) -> str:
        """The same as the end of a sentence."""
        whom = [f"{', '.join(self.gone)}, not among the active staff"] if self.gone else []
        whom += self.lacking
        whom += [f"{', '.join(self.away)}, away"] if self.away else []
        return f"; told instead of {'; and of '.join(whom)}" if whom else ""

    def payload(self) -> dict[str, str]:
        """What a journal entry keeps of it."""
        names = [login for login in logins(self.people) if login not in self.away]
        told = {"told": ", ".join(names)} if names else {}
        return told | ({"instead_of": self.instead_of} if self.instead_of else {})

    def also(self, others: "Recipients") -> "Recipients":
        """These and the others, each once."""
        return Recipients(
            self.people | others.people,
            tuple(dict.fromkeys((*self.gone, *others.gone))),
            tuple(dict.fromkeys((*self.lacking, *others.lacking))),
            tuple(dict.fromkeys((*self.away, *others.away))),
        )


def recipients(tx: Transaction, team: int | None, meant: Mapping[str, Collection[int]]) -> Recipients:
    """Whom to tell about something of a team (an id): `meant` are words of `Whom` and logins, with their people (ids).

    Where there is nobody for one of them, or all who are it are absent, others are told as well, whoever else is: the
    team's lead, else the supervisors, else the administrators, of whom those who are there; instead of supervisors the
    administrators. A ticket that nobody has lacks no assignee; but where `meant` is nobody at all, they are told too.
    Off shift is not absent.
    """
    found = Recipients()
    for word, people in meant.items():
        found = found.also(_told(tx, team, word, people))
    if found.people or not meant:
        return found
    tiers = _stand_ins(tx, team)
    return Recipients(_who_is_there(tx, tiers) or next(filter(None, tiers), frozenset()))


def _told(tx: Transaction, team: int | None, word: str, meant: Collection[int]) -> Recipients:
    """Whom to tell where one word or login, with its people (ids), is meant."""
    people = active_staff(meant)
    if people - _absent(tx, people):
        return Recipients(people)
    gone, lacking = ((), ()) if people else _nobody(tx.session, team, word, meant)
    if not (people or gone or lacking):
        return Recipients()
    tiers = _stand_ins(tx, team, word)
    there = _who_is_there(tx, tiers)
    if there:
        return Recipients(people | there, gone, lacking, tuple(logins(people)))
    return Recipients(people or next(filter(None, tiers), frozenset()), gone, lacking)


def _nobody(
    session: Session, team: int | None, word: str, meant: Collection[int]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What `Recipients` says, as gone and as lacking, of a word or login for which there is nobody."""
    name = None if team is None else str(Team.get_by_id(team).name)
    setting = None if name is None else session.rulebook.team(name)
    match word:
        case Whom.ASSIGNEE:
            return tuple(logins(meant)), ()
        case Whom.TEAM_LEAD if setting is not None and setting.lead is not None:
            return (setting.lead,), ()
        case Whom.TEAM_LEAD:
            return (), ("a team lead (it has no team)" if name is None else f"a team lead ({name} has none)",)
        case Whom.TEAM:
            return (), ("a team (it has none)" if name is None else f"the people of {name} (there are none)",)
        case Whom.SUPERVISOR:
            return (), ("a supervisor (there is none)",)
        case Whom.MANAGEMENT:
            nobody = not management(session, team)
            return (), ("management (no team lead, no supervisor)",) if nobody else ()
        case _:
            return (word,), ()


def lead_of(tx: Transaction, team: int | None) -> Recipients:
    """Whom to tell what a team's (an id) lead has to know."""
    return recipients(tx, team, {Whom.TEAM_LEAD: leads_of(tx.session, team)})


def _stand_ins(tx: Transaction, team: int | None, word: str = "") -> Sequence[frozenset[int]]:
    """Those who stand in for others, the first who should first, without whoever acts."""
    offices = [active_staff(leads_of(tx.session, team)), of_role(Role.SUPERVISOR)] if word != Whom.SUPERVISOR else []
    return [people - {tx.session.actor.id} for people in (*offices, of_role(Role.ADMINISTRATOR))]


def _who_is_there(tx: Transaction, tiers: Iterable[frozenset[int]]) -> frozenset[int]:
    """Those who are there of the first of whom anybody is; nobody if all are absent."""
    return next((there for people in tiers if (there := people - _absent(tx, people))), frozenset())


def _absent(tx: Transaction, people: Iterable[int]) -> frozenset[int]:
    return frozenset(absent(tx.session, sorted(people), tx.now))


def leads_of(session: Session, team: int | None) -> Collection[int]:
    """The lead of a team: whom the settings name, else its members who are team leads."""
    setting = None if team is None else session.rulebook.team(Team.get_by_id(team).name)
    if setting is not None and setting.lead is not None:
        named = Person.select(Person.id).where(Person.active & (Person.login == setting.lead))
        if found := [person for (person,) in tuples(named)]:
            return found
    members = Membership.select(Membership.person).join(Person).where(Membership.team == team)
    return [person for (person,) in tuples(members.where(Person.active & (Person.role == Role.TEAM_LEAD)))]


def members_of(team: int | None, level: int | None = None) -> frozenset[int]:
    """The people (ids) of a team (an id) who are staff, and have not left; with a level, those who may do its work."""
    members = Membership.select(Membership.person, Person.level).join(Person).where(Membership.team == team)
    return active_staff(person for person, own in tuples(members) if level is None or is_of_level(own, level))


def whom_it_lacks(team: int | None, level: int) -> str:
    """That nobody of a team (an id) could ever take what needs a support level, as part of a sentence.

    Empty where somebody could, and for no team.
    """
    if team is None or members_of(team, level):
        return ""
    name = Team.get_by_id(team).name
    of_level = f" of L{level}" if members_of(team) else ""
    return f"nobody{of_level} is in {name} to take it"


def management(session: Session, team: int | None) -> frozenset[int]:
    """The lead of a team and all supervisors."""
    return active_staff(leads_of(session, team)) | of_role(Role.SUPERVISOR)


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
