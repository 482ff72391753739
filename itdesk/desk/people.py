"""People of the desk: staff and requesters."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from peewee import JOIN, fn

from itdesk.desk.change import Change
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.session import Session
from itdesk.desk.teams import team_id
from itdesk.desk.transaction import Transaction, action
from itdesk.domain.assignment import Skill
from itdesk.domain.conditions import Field
from itdesk.domain.people import ADMINISTRATORS, Asker, Role
from itdesk.domain.text import fold, storable
from itdesk.models.base import tuples
from itdesk.models.people import Membership, Person, Team
from itdesk.models.schedule import OnCall

if TYPE_CHECKING:
    from itdesk.desk.recomputing import Told

_ADDRESS = re.compile(r"\s*(?P<name>[^<>]*?)\s*<?(?P<mail>[^\s<>@]+@[^\s<>@]+)>?\s*")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to add, or to bring up to date. `login` identifies; `teams` are team names.

    Of skills, languages (codes as `de`), capacity (weighted load) and the VIP mark None leaves what is known.
    """

    login: str
    name: str
    role: Role = Role.REQUESTER
    email: str = ""
    level: int | None = None
    teams: tuple[str, ...] = ()
    department: str = ""
    site: str = ""
    skills: tuple[Skill, ...] | None = None
    languages: tuple[str, ...] | None = None
    capacity: int | None = None
    vip: bool | None = None


def add_people(session: Session, people: Iterable[NewPerson], *, told: "Told | None" = None) -> Change:
    """Add people; somebody known by login is brought up to date, and active again if he had left.

    Open tickets follow at once what agreements and escalation look at, such as the VIP mark; `told` hears how far they
    are. Raises NotFound for an unknown team; refused where no administrator would be left.
    """
    from itdesk.desk.recomputing import follow_requesters, nobody

    change = _add_people(session, people)
    agreed = follow_requesters(session, told=told or nobody)
    if not agreed:
        return change
    said = "1 open ticket has" if len(agreed) == 1 else f"{len(agreed):,} open tickets have"
    return replace(change, sentence=f"{change.sentence} {said} another agreement now.", tickets=agreed)


@action(ADMINISTRATORS, "add people", alone=True)
def _add_people(tx: Transaction, people: Iterable[NewPerson]) -> Change:
    from itdesk.desk.abilities import store_abilities
    from itdesk.desk.approvals import offices_changed
    from itdesk.desk.recomputing import looked_at, to_follow

    added = updated = 0
    back: list[str] = []
    demoted: list[str] = []
    logins: list[str] = []
    known: set[int] = set()
    others: set[int] = set()
    changed: list[int] = []
    watched = looked_at(tx.session)
    for new in people:
        login = storable(new.login.strip())
        if not login or any(character.isspace() for character in login):
            raise Refused(f"{new.login!r} is no login: one word is needed.")
        if new.role is Role.REQUESTER and (new.teams or new.level or new.skills or new.capacity is not None):
            raise Refused(f"{login}: a requester has no team, level, skills or capacity; these are of staff only.")
        if new.level not in (None, 1, 2, 3):
            raise Refused(f"{login}: the support level is 1, 2 or 3, not {new.level}.")
        values = {
            "name": storable(new.name.strip()) or login,
            "email": storable(new.email),
            "role": new.role,
            "level": new.level,
            "department": storable(new.department),
            "site": storable(new.site),
            "active": True,
            **({} if new.vip is None else {"vip": new.vip}),
        }
        person = Person.get_or_none(Person.login == login)
        if person is None:
            person_id = int(Person.insert(login=login, **values).execute())
            added += 1
        else:
            person_id = person.id
            if not _moved(asker(person), new, values).isdisjoint(watched):
                others.add(person_id)
            Person.update(values).where(Person.id == person_id).execute()
            updated += 1
            if not person.active:
                back.append(login)
            elif person.role == Role.ADMINISTRATOR and new.role != Role.ADMINISTRATOR:
                demoted.append(login)
            if person.active and (person.role != new.role or _leaves_a_team_he_leads(tx, person, new)):
                changed.append(person_id)
        Membership.delete().where(Membership.person == person_id).execute()
        teams = sorted({team_id(tx.session, name) for name in new.teams})
        if teams:
            Membership.insert_many([{"person": person_id, "team": team} for team in teams]).execute()
        able = store_abilities(tx, person_id, skills=new.skills, languages=new.languages, capacity=new.capacity)
        tx.record(
            "person_added" if person is None else "person_updated",
            f"person:{person_id}",
            {"active": (False, True)} if login in back else None,
            facts={"role": new.role, "level": new.level, "teams": teams}
            | ({} if new.vip is None else {"vip": new.vip}),
            payload={"login": login, "name": values["name"], "email": values["email"], **able},
        )
        logins.append(login)
        known.add(person_id)
    if demoted and not has_administrator():
        raise Refused(no_administrator_left(demoted[-1]))
    to_follow(tx, others)
    sentence = f"Added {added} people, updated {updated}."
    if len(logins) == 1:
        sentence = f"{'Added' if added else 'Updated'} {logins[0]}."
    if back:
        sentence += f" Active again: {', '.join(back)}."
    decide = offices_changed(tx, changed)
    return Change(f"{sentence}{decide}{_duty_without_team(tx, known)}", undoable=False)


def _leaves_a_team_he_leads(tx: Transaction, person: Person, new: NewPerson) -> bool:
    if person.role != Role.TEAM_LEAD:
        return False
    own = {team for (team,) in tuples(Membership.select(Membership.team).where(Membership.person == person.id))}
    return bool(own - {team_id(tx.session, name) for name in new.teams})


def _duty_without_team(tx: Transaction, people: Collection[int]) -> str:
    """Who of these people (ids) is still to be on call for a team that he is not in, as a sentence; mostly nothing."""
    to_come = OnCall.removed_at.is_null() & (OnCall.ends_at > tx.now)
    member = (Membership.person == OnCall.person) & (Membership.team == OnCall.team)
    rows = tuples(
        OnCall.select(Person.id, Person.login, Team.name)
        .join_from(OnCall, Person)
        .join_from(OnCall, Team)
        .join_from(OnCall, Membership, JOIN.LEFT_OUTER, on=member)
        .where(to_come & Membership.person.is_null())
        .distinct()
        .order_by(Person.login, Team.name)
    )
    found = [f"{login} for {team}" for person_id, login, team in rows if person_id in people]
    if not found:
        return ""
    return f" To settle: duty on call without being in the team, which nobody has now: {', '.join(found)}."


def _moved(before: Asker, new: NewPerson, values: Mapping[str, Any]) -> set[Field]:
    """What conditions say of whoever asks, as far as it is to be another of this person."""
    moved = set()
    if (before.name, before.email) != (values["name"], values["email"]):
        moved.add(Field.REQUESTER)
    if new.vip not in (None, before.vip):
        moved.add(Field.VIP)
    return moved


def has_administrator(besides: int | None = None) -> bool:
    """Whether the desk has an active administrator, besides a person (an id)."""
    active = Person.active & (Person.role == Role.ADMINISTRATOR)
    return bool(Person.select().where(active & (Person.id != besides) if besides else active).exists())


def no_administrator_left(login: str) -> str:
    """Why the last administrator must stay one."""
    return (
        f"{login} is the last administrator of this desk. Make somebody else one first: "
        "`itdesk staff add LOGIN --role administrator`."
    )


def person_of_login(who: str) -> Person | None:
    """The person of that login (`anna`, `@anna`), also one who has left the desk; None for nobody."""
    person: Person | None = Person.get_or_none(Person.login == storable(who).strip().removeprefix("@"))
    return person


def find_person(who: str) -> Person:
    """The active person of that login, mail address or full name; raises NotFound, or Refused for a shared name."""
    who = storable(who).strip().removeprefix("@")
    person = Person.get_or_none((Person.login == who) & Person.active)
    if person is not None:
        return person
    address = _ADDRESS.fullmatch(who)
    wanted = fn.LOWER(Person.email) == address["mail"].lower() if address else Person.name == who
    found = list(Person.select().where(wanted & Person.active).order_by(Person.login).limit(5))
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"Several people are called {who}: {', '.join(one.login for one in found)}. Give the login.")
    if Person.select().where((Person.login == who) & ~Person.active).exists():
        raise NotFound(f"{who} is no longer active at this desk.")
    raise NotFound(f"The desk knows nobody called {who!r}. Give a login, a mail address or a full name.")


def asker(person: Person) -> Asker:
    """A person as rules look at whoever asks."""
    return Asker(person.name, person.login, person.email, bool(person.vip))


def add_requester(tx: Transaction, who: str) -> Person:
    """Add the requester `Name <mail address>` inside a transaction."""
    address = _ADDRESS.fullmatch(storable(who))
    if address is None:
        raise NotFound(f"{who!r} is no `Name <mail address>`.")
    mail = address["mail"]
    name = address["name"] or mail.partition("@")[0]
    person = Person.create(login=free_login(fold(mail.partition("@")[0])), name=name, email=mail, role=Role.REQUESTER)
    tx.record(
        "person_added",
        f"person:{person.id}",
        facts={"role": Role.REQUESTER, "level": None, "teams": []},
        payload={"login": person.login, "name": name, "email": mail},
    )
    return person


def free_login(wanted: str) -> str:
    """The wanted login, or the first of `wanted-2`, `wanted-3` … that nobody has."""
    stem = re.sub(r"[^a-z0-9._-]+", "-", wanted).strip("-") or "requester"
    login, count = stem, 1
    while Person.select().where(Person.login == login).exists():
        count += 1
        login = f"{stem}-{count}"
    return login
