"""Who is known at the desk, folded: `muller` is Müller and `jose` is José, on every database.

The engines fold case and accents differently, and people are few (measured: 5,000 are read and folded in 15 ms). So
they are read whole, folded here, and read anew when the journal went on: no person changes without an entry.
"""

from collections.abc import Callable
from dataclasses import dataclass

from itdesk.desk.session import Session
from itdesk.domain.people import Role
from itdesk.domain.text import fold


@dataclass(frozen=True, slots=True)
class Known:
    """A person. `login`, `name` and `email` as they are written, `folded_…` as they are looked for."""

    id: int
    login: str
    name: str
    email: str
    department: str
    site: str
    role: Role
    active: bool
    folded_login: str
    folded_name: str
    folded_email: str


def everybody(session: Session) -> tuple[Known, ...]:
    """Everybody that the desk ever knew, by login. For conditions and completion: a requester must not see this."""
    desk = session.desk
    seq = desk.database.row("SELECT max(seq) FROM journal")[0]
    kept = desk.directory
    if isinstance(kept, _Directory) and kept.seq == seq:
        return kept.people
    rows = desk.database.execute(
        "SELECT id, login, name, email, department, site, role, active FROM person ORDER BY login"
    ).fetchall()
    people = tuple(_known(*row) for row in rows)
    desk.directory = _Directory(seq, people)
    return people


def ids_of(session: Session, fits: Callable[[Known], bool]) -> list[int]:
    """The ids of the people that fit."""
    return [one.id for one in everybody(session) if fits(one)]


@dataclass(frozen=True, slots=True)
class _Directory:
    """The people as they were at a journal entry."""

    seq: int | None
    people: tuple[Known, ...]


def _known(person: int, login: str, name: str, email: str, department: str, site: str, role: str, active: int) -> Known:
    folded = fold(login), fold(name), fold(email)
    return Known(person, login, name, email, department, site, Role(role), bool(active), *folded)
