"""A session: who acts, on which desk, at what time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from itdesk.desk.errors import NotFound, Refused, Unavailable
from itdesk.domain.people import Role
from itdesk.domain.rulebook import Rulebook
from itdesk.models.base import bind, tuples
from itdesk.models.database import Database, open_postgres, open_sqlite
from itdesk.models.migrations import runner
from itdesk.models.people import Membership, Person, Team
from itdesk.models.settings import StoredRulebook

T = TypeVar("T")

Clock = Callable[[], datetime]
"""Gives the present as an aware UTC datetime."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The rulebook in force, its version, and that of the one which brought its agreements and calendars (0: none)."""

    version: int
    rulebook: Rulebook
    terms_version: int


TERMS_VERSION = "terms_version"
"""The name under which `meta` keeps `InForce.terms_version`."""

TERMS_DONE = "terms_done"
"""The name under which `meta` keeps the version of the terms by which the clocks of all open tickets run."""

TERMS_TO_BE_DONE = -1
"""What stands there instead while open tickets have to follow their requesters, or came back with older terms."""

_NEWEST = f"SELECT max(version), (SELECT value FROM meta WHERE name = '{TERMS_VERSION}') FROM rulebook"  # noqa: S608


class Desk:
    """An open desk: its database and the rulebook in force. One a process: opening it binds the models."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._in_force: InForce | None = None
        self._known: dict[int, Rulebook] = {}
        self.directory: object = None
        """What `desk.queries.directory` read last."""

    @property
    def name(self) -> str:
        """The database's path, or its URL without the password."""
        return self.database.name

    def rulebook(self) -> tuple[int, Rulebook]:
        """The version and content of the rulebook in force; raises NotFound where none was ever loaded."""
        in_force = self.in_force()
        return in_force.version, in_force.rulebook

    def in_force(self) -> "InForce":
        """The rulebook in force; raises NotFound where none was ever loaded."""
        with self.database.translated():
            newest, terms = self.database.row(_NEWEST)
            if newest is None:
                raise NotFound("This desk has no rulebook yet. Check its config folder with `itdesk config check`.")
            if self._in_force is None or self._in_force.version != newest:
                stored = StoredRulebook.get_by_id(newest)
                self._in_force = InForce(newest, Rulebook.from_json(stored.content), int(terms or 0))
        return self._in_force

    def rulebook_of(self, version: int) -> Rulebook | None:
        """A rulebook that is or was in force; None where there is none of that version."""
        if version not in self._known:
            stored = StoredRulebook.get_or_none(StoredRulebook.version == version)
            if stored is None:
                return None
            self._known[version] = Rulebook.from_json(stored.content)
        return self._known[version]

    def together(self, body: Callable[[], T]) -> T:
        """Do the actions in `body` in one transaction: all of them or none. Undo still takes each back by itself."""
        return self.database.write(body)

    def close(self) -> None:
        """Close this thread's connection to the database."""
        self.database.close()


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts. `id` is 0 for the desk itself."""

    id: int
    login: str
    name: str
    role: Role
    level: int | None = None
    team_ids: frozenset[int] = frozenset()
    team_names: frozenset[str] = frozenset()


SYSTEM = Actor(0, "itdesk", "itdesk", Role.ADMINISTRATOR)
"""The desk itself, for what no person does: setting up, importing a rulebook."""


@dataclass(frozen=True)
class Session:
    """Who acts, the desk, and the clock.

    `key` is an idempotency key: a command done before under the same key is not done again. `skip_refused` lets a
    command on many tickets leave out those that it is refused for.
    """

    desk: Desk
    actor: Actor
    clock: Clock = field(repr=False)
    key: str | None = None
    skip_refused: bool = False

    @cached_property
    def _in_force(self) -> InForce:
        return self.desk.in_force()

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook in force when it was first needed."""
        return self._in_force.rulebook

    @property
    def rulebook_version(self) -> int:
        """The version of `rulebook`."""
        return self._in_force.version

    @property
    def terms_version(self) -> int:
        """The version of the rulebook that brought the agreements and calendars of `rulebook`; 0 without any."""
        return self._in_force.terms_version

    def require(self, roles: frozenset[Role], deed: str) -> None:
        """Raise Refused unless the actor has one of the roles."""
        if self.actor.role not in roles:
            needed = ", ".join(role.title for role in Role if role in roles)
            raise Refused(f"{self.actor.login} is {self.actor.role.title} and may not {deed}; that takes: {needed}.")


def open_desk(location: str, *, create: bool = False) -> Desk:
    """Open the desk at a path or a `postgresql://` URL and bring its schema up to date.

    Raises Unavailable (missing, unreachable), NotADesk, NewerDatabase. `create` makes an empty one; a desk that is
    there already stays as it is.
    """
    postgres = location.startswith(("postgresql://", "postgres://"))
    database = open_postgres(location) if postgres else open_sqlite(Path(location), create=create)
    try:
        if runner.check(database) == 0 and not create:
            raise Unavailable(f"There is no desk in {database.name} yet. Make one with `itdesk init`.")
        runner.migrate(database)
    except BaseException:
        database.close()
        raise
    bind(database.engine)
    return Desk(database)


def sign_in(desk: Desk, login: str) -> Actor:
    """The person of that login; raises NotFound where the desk knows none, Refused for somebody who left."""
    with desk.database.translated():
        person = Person.get_or_none(Person.login == login)
        if person is None:
            raise NotFound(
                f"{login} is not known at this desk. An administrator adds people with `itdesk staff add {login}`."
            )
        if not person.active:
            raise Refused(f"{login} is no longer active at this desk.")
        teams = tuples(Team.select(Team.id, Team.name).join(Membership).where(Membership.person == person.id))
    return Actor(
        id=person.id,
        login=person.login,
        name=person.name,
        role=Role(person.role),
        level=person.level,
        team_ids=frozenset(team_id for team_id, _ in teams),
        team_names=frozenset(name for _, name in teams),
    )
