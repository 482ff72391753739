"""PostgreSQL for tests: one throw-away server a test session, one clean database a test."""

import fcntl
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.support.postgres_keeper import INSTALL_ADVICE

KEEPER = Path(__file__).with_name("postgres_keeper.py")


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server to make databases on.

    `uri` is a libpq URI of an existing database for a role that may create others; `superuser_uri` the same for a
    superuser (None on a server named by ITDESK_TEST_PG); `source` says where the server came from.
    """

    uri: str
    superuser_uri: str | None
    source: str
    version: str
    root: str | None = None

    def database_uri(self, name: str) -> str:
        """The libpq URI of another database on this server."""
        return libpq_uri(conninfo_to_dict(self.uri) | {"dbname": name})

    @contextmanager
    def database(self, name: str, template: str = "template1") -> Iterator[str]:
        """A database of its own, copied from a template; yields its URI and drops it in the end."""
        self.create(name, template)
        try:
            yield self.database_uri(name)
        finally:
            self.drop(name)

    def create(self, name: str, template: str = "template1") -> None:
        """Make a database out of a template to which nobody is connected."""
        # file_copy: without fsync four times as fast as the default for small templates.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        if int(self.version.split(".")[0]) < 15:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        _execute(self.uri, statement.format(sql.Identifier(name), sql.Identifier(template)))

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        # Only a superuser may end a superuser's connection, and one that a test just closed may still be there.
        _execute(self.superuser_uri or self.uri, statement)


def _execute(uri: str, statement: sql.Composed) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)


def libpq_uri(parameters: Mapping[str, object]) -> str:
    """A plain libpq URI. All but the database go into the query, so that a socket folder needs no escapes."""
    options = {name: str(value) for name, value in parameters.items() if name != "dbname" and value is not None}
    return f"postgresql:///{quote(str(parameters['dbname']))}?{urlencode(options, quote_via=quote, safe='/')}"


_numbers = itertools.count(1)


def fresh_name() -> str:
    """A database name that no other test process uses."""
    return f"itdesk_test_{os.getpid()}_{next(_numbers)}"


class NoPostgres(Exception):
    """No server could be found or started; the text says what to install."""


def server_of_session(session_folder: Path) -> PostgresServer:
    """The session's server, started by whichever process of the session asks first. Raises NoPostgres."""
    given = os.environ.get("ITDESK_TEST_PG")
    if given:
        return _given_server(given)
    answer_file = session_folder / "postgres.json"
    with (session_folder / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer_file.exists():
            answer_file.write_text(json.dumps(_start(session_folder)))
    server = described(session_folder)
    if isinstance(server, str):
        raise NoPostgres(server)
    assert server is not None
    return server


def described(session_folder: Path) -> PostgresServer | str | None:
    """The session's server without starting one: None if no test asked for it, a sentence if none could be started."""
    answer_file = session_folder / "postgres.json"
    if not answer_file.exists():
        return None
    answer = json.loads(answer_file.read_text())
    return answer["error"] if "error" in answer else PostgresServer(**answer)


def _start(session_folder: Path) -> dict[str, str | None]:
    keeper = subprocess.Popen(
        [sys.executable, KEEPER, session_lock(session_folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert keeper.stdout is not None
    with keeper.stdout as output:
        line = output.readline()
    if not line:
        return {"error": f"The keeper of the test server ended with status {keeper.wait()}. {INSTALL_ADVICE}"}
    answer = json.loads(line)
    if "error" in answer:
        keeper.wait()
        return {"error": answer["error"]}
    place = {"dbname": "postgres", "host": answer["socket"]}
    server = PostgresServer(
        uri=libpq_uri(place | {"user": "itdesk"}),
        superuser_uri=libpq_uri(place | {"user": "postgres"}),
        source=answer["source"],
        version=answer["version"],
        root=answer["root"],
    )
    return asdict(server)


def _given_server(dsn: str) -> PostgresServer:
    try:
        with psycopg.connect(dsn) as connection:
            version = connection.info.parameter_status("server_version") or "0"
            parameters = conninfo_to_dict(dsn) | {"dbname": connection.info.dbname, "user": connection.info.user}
    except psycopg.Error as error:
        raise NoPostgres(f"The server that ITDESK_TEST_PG names does not answer: {error}") from error
    return PostgresServer(libpq_uri(parameters), None, "ITDESK_TEST_PG", version.split()[0])


# The session's own end


def session_lock(session_folder: Path) -> Path:
    """The file whose lock the session's first process holds for as long as it lives."""
    return session_folder / "session.lock"


def hold_session(session_folder: Path) -> int:
    """Lock the session's file and return its descriptor. The kernel frees the lock however this process ends."""
    descriptor = os.open(session_lock(session_folder), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.lockf(descriptor, fcntl.LOCK_EX)
    return descriptor


def end_session(descriptor: int, server: PostgresServer | str | None) -> None:
    """Let go of the session's lock and wait until the server's files are gone."""
    os.close(descriptor)
    if isinstance(server, PostgresServer) and server.root is not None:
        for _ in range(1000):
            if not Path(server.root).exists():
                return
            time.sleep(0.01)
