"""People of the desk: staff and requesters."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from peewee import fn

from itdesk.desk.change import Change
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.teams import team_id
from itdesk.desk.transaction import Transaction, action
from itdesk.domain.people import ADMINISTRATORS, Role
from itdesk.domain.text import fold, storable
from itdesk.models.people import Membership, Person

_ADDRESS = re.compile(r"\s*(?P<name>[^<>]*?)\s*<?(?P<mail>[^\s<>@]+@[^\s<>@]+)>?\s*")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to add, or to bring up to date. `login` identifies; `teams` are team names."""

    login: str
    name: str
    role: Role = Role.REQUESTER
    email: str = ""
    level: int | None = None
    teams: tuple[str, ...] = ()
    department: str = ""
    site: str = ""


@action(ADMINISTRATORS, "add people")
def add_people(tx: Transaction, people: Iterable[NewPerson]) -> Change:
    """Add people; somebody known by login is brought up to date. Raises NotFound for an unknown team."""
    added = updated = 0
    logins: list[str] = []
    for new in people:
        login = storable(new.login.strip())
        if not login or any(character.isspace() for character in login):
            raise Refused(f"{new.login!r} is no login: one word is needed.")
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
        }
        person = Person.get_or_none(Person.login == login)
        if person is None:
            person_id = int(Person.insert(login=login, **values).execute())
            added += 1
        else:
            person_id = person.id
            Person.update(values).where(Person.id == person_id).execute()
            updated += 1
        Membership.delete().where(Membership.person == person_id).execute()
        teams = sorted({team_id(tx.session, name) for name in new.teams})
        if teams:
            Membership.insert_many([{"person": person_id, "team": team} for team in teams]).execute()
        tx.record(
            "person_added" if person is None else "person_updated",
            f"person:{person_id}",
            facts={"role": new.role, "level": new.level, "teams": teams},
            payload={"login": login, "name": values["name"], "email": values["email"]},
        )
        logins.append(login)
    sentence = f"Added {added} people, updated {updated}."
    if len(logins) == 1:
        sentence = f"{'Added' if added else 'Updated'} {logins[0]}."
    return Change(sentence, undoable=False)


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
    raise NotFound(
        f"The desk knows nobody called {who!r}. Give a login, a full name, or `Name <mail address>` to add one."
    )


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
