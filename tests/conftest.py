"""Fixtures for all tests: a clean environment, an empty database of each engine, real data where there is some."""

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import psycopg  # noqa: F401  before the models, which otherwise import Peewee without it
import pytest

from itdesk.desk.session import Desk
from tests.support import environment, postgres
from tests.support.desks import SignIn, StillClock, copy_sqlite, furnish, opened, sign_in_at
from tests.support.postgres import NoPostgres, PostgresServer

environment.clean()

hypothesis.settings.register_profile("itdesk", deadline=None, print_blob=True)
hypothesis.settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=2000)
hypothesis.settings.load_profile("itdesk")

ENGINES = [
    pytest.param("sqlite", marks=pytest.mark.sqlite),
    pytest.param("postgres", marks=pytest.mark.postgres),
]

_NO_POSTGRES = "ITDESK_TEST_NO_PG=1"


# The session


@dataclass
class _Controller:
    """What the process that began the test session holds: its folder, its lock, and which server it found."""

    folder: Path
    lock: int
    server: PostgresServer | str | None = None


_controller = pytest.StashKey[_Controller]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite: runs on SQLite")
    config.addinivalue_line("markers", "postgres: runs on PostgreSQL")
    _refuse_used_basetemp(config)


def _refuse_used_basetemp(config: pytest.Config) -> None:
    """pytest empties the folder that --basetemp names, whatever is in it."""
    named = config.option.basetemp
    if named is None or hasattr(config, "workerinput"):
        return
    folder = Path(named).resolve()
    if folder.is_dir() and any(folder.iterdir()) and not postgres.session_lock(folder).exists():
        raise pytest.UsageError(f"--basetemp {folder} is not empty, and pytest would delete what is in it.")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    if not hasattr(config, "workerinput"):
        folder: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        config.stash[_controller] = _Controller(folder, postgres.hold_session(folder))


def pytest_collection_finish() -> None:
    """Look for garbage less often, and never among what was loaded: it took a quarter of the screens' tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    controller = session.config.stash.get(_controller, None)
    if controller is not None:
        controller.server = postgres.described(controller.folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = [report for report in terminalreporter.getreports("skipped") if _NO_POSTGRES in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"PostgreSQL: SKIPPED {len(skipped)} tests, {_NO_POSTGRES} is set", yellow=True)
    elif (controller := config.stash.get(_controller, None)) is not None:
        server = controller.server
        if isinstance(server, PostgresServer):
            terminalreporter.write_line(f"PostgreSQL: {server.version} from {server.source}")
        elif server is not None:
            terminalreporter.write_line(f"PostgreSQL: {server}", red=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    controller = config.stash.get(_controller, None)
    if controller is not None:
        postgres.end_session(controller.lock, controller.server)


# The machine


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all processes of the test session share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if hasattr(request.config, "workerinput") else folder


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home folder of our own: no test reads or writes the user's desk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real incident log; skips where ITDESK_REAL_DATA does not name one."""
    named = os.environ.get("ITDESK_REAL_DATA")
    if not named:
        pytest.skip("ITDESK_REAL_DATA is not set: it names the folder of the real incident log")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"ITDESK_REAL_DATA names {folder}, which is no folder")
    return folder


# Databases


@pytest.fixture(scope="session")
def postgres_server(session_folder: Path) -> PostgresServer:
    """The session's PostgreSQL. Fails, saying what to install, where none is found."""
    if os.environ.get("ITDESK_TEST_NO_PG") == "1":
        pytest.skip(_NO_POSTGRES)
    try:
        return postgres.server_of_session(session_folder)
    except NoPostgres as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """`sqlite` and `postgres`, one after the other."""
    return str(request.param)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The path of a SQLite file that is not there yet."""
    return str(tmp_path / "desk.sqlite3")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The libpq URI of an empty PostgreSQL database."""
    with postgres_server.database(postgres.fresh_name()) as uri:
        yield uri


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest) -> str:
    """An empty database of each engine: a path (SQLite) or a libpq URI (PostgreSQL)."""
    return str(request.getfixturevalue(f"{engine}_url"))


# Desks


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished desk in a file, to be copied."""
    template = tmp_path_factory.mktemp("template") / "desk.sqlite3"
    furnish(str(template))
    return template


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a database with a furnished desk, to be copied."""
    name = postgres.fresh_name()
    with postgres_server.database(name) as uri:
        furnish(uri)
        yield name


@pytest.fixture
def sqlite_desk_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The path of a furnished desk (see `tests.support.desks`)."""
    path = tmp_path / "desk.sqlite3"
    copy_sqlite(sqlite_template, path)
    return str(path)


@pytest.fixture
def postgres_desk_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The libpq URI of a furnished desk."""
    with postgres_server.database(postgres.fresh_name(), postgres_template) as uri:
        yield uri


@pytest.fixture
def desk_url(engine: str, request: pytest.FixtureRequest) -> str:
    """A furnished desk on each engine."""
    return str(request.getfixturevalue(f"{engine}_desk_url"))


@pytest.fixture
def desk(desk_url: str) -> Iterator[Desk]:
    """A furnished desk on each engine, open."""
    with opened(desk_url) as desk:
        yield desk


@pytest.fixture
def clock() -> StillClock:
    """The time of `sign_in_as`; stands at OPENING until moved."""
    return StillClock()


@pytest.fixture
def sign_in_as(desk: Desk, clock: StillClock) -> SignIn:
    """Signs in one of the people of `tests.support.desks`: `sign_in_as("tom")`."""
    return sign_in_at(desk, clock)
