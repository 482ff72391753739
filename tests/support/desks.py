"""Furnished desks for tests: the shipped settings, a few people with known roles, a clock that stands still."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from itdesk.desk import rulebook as rulebooks
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.session import SYSTEM, Desk, Session, open_desk, sign_in
from itdesk.domain.people import Role
from itdesk.domain.rulebook import Rulebook
from itdesk.settings.config_folder import content_hash
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config

OPENING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When a furnished desk was set up, and where the tests' clock stands: a Monday."""

PEOPLE = (
    NewPerson("ada", "Ada Admin", Role.ADMINISTRATOR),
    NewPerson("sam", "Sam Supervisor", Role.SUPERVISOR),
    NewPerson("lea", "Lea Lead", Role.TEAM_LEAD, level=2, teams=("network",)),
    NewPerson("tom", "Tom Technician", Role.TECHNICIAN, level=2, teams=("network",)),
    NewPerson("tina", "Tina Technician", Role.TECHNICIAN, level=2, teams=("network", "security")),
    NewPerson("wes", "Wes Workplace", Role.TECHNICIAN, level=2, teams=("workplace",)),
    NewPerson("desi", "Desi Desk", Role.TECHNICIAN, level=1, teams=("service-desk",)),
    NewPerson("otto", "Otto Auditor", Role.AUDITOR),
    NewPerson("rita", "Rita Requester", email="rita@example.com", department="Sales", site="Berlin"),
    NewPerson("ron", "Ron Requester", email="ron@example.com", department="Finance", site="Hamburg"),
)


class StillClock:
    """A clock that stands until a test moves it. Aware UTC."""

    def __init__(self, now: datetime = OPENING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        """Move on, by the arguments of a timedelta: `advance(minutes=5)`."""
        self.now += timedelta(**span)


def live_clock() -> datetime:
    """The present, for processes that really run side by side."""
    return datetime.now(UTC)


SignIn = Callable[..., Session]
"""`sign_in_as("tom")`: Tom's session; further arguments are those of Session (`key`, `skip_refused`)."""


def sign_in_at(desk: Desk, clock: Callable[[], datetime]) -> SignIn:
    """A function that signs people in at a desk."""

    def sign_in_as(login: str, *, key: str | None = None, skip_refused: bool = False) -> Session:
        return Session(desk, sign_in(desk, login), clock, key, skip_refused)

    return sign_in_as


@cache
def shipped_rulebook() -> Rulebook:
    """The shipped settings, checked."""
    return load_rulebook(shipped_config())


def furnish(location: str) -> None:
    """Make an empty database a desk with the shipped rulebook and PEOPLE."""
    with opened(location, create=True) as desk:
        session = Session(desk, SYSTEM, StillClock())
        rulebooks.adopt(session, shipped_rulebook(), content_hash(shipped_config()), str(shipped_config()))
        add_people(session, PEOPLE)


@contextmanager
def opened(location: str, *, create: bool = False) -> Iterator[Desk]:
    """An open desk, closed in the end."""
    desk = open_desk(location, create=create)
    try:
        yield desk
    finally:
        desk.close()


def copy_sqlite(template: Path, target: Path) -> None:
    """Copy a closed desk's file."""
    assert not template.with_name(f"{template.name}-wal").exists(), "the template was not closed"
    shutil.copyfile(template, target)
    target.chmod(0o600)
