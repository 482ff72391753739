"""A desk that a file of tests shares, or some of its tests: each test brings its own tickets."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from itdesk.desk.session import Desk
from tests.conftest import ENGINES
from tests.support.desks import copy_sqlite, opened
from tests.support.postgres import PostgresServer, fresh_name

_TESTS_OF_A_DESK = 25


@contextmanager
def _furnished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path_factory.mktemp("shared") / "desk.sqlite3"
        copy_sqlite(template, path)
        with opened(str(path)) as desk:
            yield desk
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database(fresh_name(), request.getfixturevalue("postgres_template")) as uri, opened(uri) as desk:
        yield desk


@pytest.fixture(scope="module", params=ENGINES)
def shared_desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A furnished desk on each engine, open until the file's tests are done."""
    with _furnished(request, tmp_path_factory) as desk:
        yield desk


@pytest.fixture(scope="module", params=ENGINES)
def _next_desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Desk]]:
    tests = 0
    desk: Desk | None = None
    with ExitStack() as opened_one:

        def next_desk() -> Desk:
            nonlocal tests, desk
            if tests % _TESTS_OF_A_DESK == 0:
                opened_one.close()
                desk = opened_one.enter_context(_furnished(request, tmp_path_factory))
            tests += 1
            assert desk is not None
            return desk

        yield next_desk


@pytest.fixture
def small_desk(_next_desk: Callable[[], Desk]) -> Desk:
    """A furnished desk on each engine that few tests share: its whole content is soon compared."""
    return _next_desk()
