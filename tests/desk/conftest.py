"""A desk that a whole file of tests shares: each test brings its own tickets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from itdesk.desk.session import Desk
from tests.conftest import ENGINES
from tests.support.desks import copy_sqlite, opened
from tests.support.postgres import PostgresServer, fresh_name


@pytest.fixture(scope="module", params=ENGINES)
def shared_desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A furnished desk on each engine, open until the file's tests are done."""
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
