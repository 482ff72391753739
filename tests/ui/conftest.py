"""A furnished desk for each test of the screens."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from itdesk.desk import rulebook as rulebooks
from itdesk.desk.people import add_people
from itdesk.desk.session import SYSTEM, Desk, Session, open_desk
from itdesk.ui import typeahead
from tests.support.desks import StillClock
from tests.ui import world
from tests.ui.visit import PATIENCE


@pytest.fixture(autouse=True)
def patient_typing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys wait for what the key before began as long as visitors wait for what they look for: this machine is slow."""
    monkeypatch.setattr(typeahead, "_LONGEST_SECONDS", PATIENCE)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished desk's file, to be copied."""
    path = tmp_path_factory.mktemp("world") / "desk.sqlite3"
    world.furnish(path).close()
    return path


@pytest.fixture
def desk(furnished: Path, tmp_path: Path) -> Iterator[Desk]:
    """A furnished desk of one's own, on SQLite."""
    path = tmp_path / "desk.sqlite3"
    shutil.copyfile(furnished, path)
    path.chmod(0o600)
    opened = open_desk(str(path))
    yield opened
    opened.close()


@pytest.fixture
def each_desk(database_url: str) -> Iterator[Desk]:
    """A furnished desk on SQLite, and on PostgreSQL."""
    opened = world.furnish(database_url)
    yield opened
    opened.close()


@pytest.fixture
def furnished_with_keymap(tmp_path: Path) -> Iterator[Desk]:
    """A furnished desk whose keymap moves two keys."""
    opened = world.furnish(tmp_path / "desk.sqlite3", keymap={"take": ("T",), "mark": ("m",)})
    yield opened
    opened.close()


@pytest.fixture
def empty_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk at which nobody has asked for anything yet, and nobody wrote an article."""
    desk = open_desk(str(tmp_path / "empty.sqlite3"), create=True)
    system = Session(desk, SYSTEM, StillClock(world.NOW))
    rulebooks.adopt(system, world.rulebook(), "test")
    add_people(system, world.PEOPLE)
    yield desk
    desk.close()
