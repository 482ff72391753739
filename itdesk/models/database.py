"""One desk's database: SQLite or PostgreSQL behind the same few operations."""

import json
import random
import re
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import peewee

from itdesk.models.listener import CHANNEL, Listener

T = TypeVar("T")

APPLICATION_ID = 0x69746473
"""`itds`: what SQLite's application_id says of a desk's file."""

BUSY_SECONDS = 15.0
"""How long a writer waits for its turn before it gives up."""

_PATIENCE_SECONDS = 0.1
_READ_BUSY_SECONDS = 5
_DEADLOCK_TRIES = 8
_ROWS_AT_ONCE = 500
_INSERTIONS_KEPT = 100
# Serialization failure, deadlock, and a unique value (a login, an idempotency key) that another transaction took first.
_RETRY_STATES = {"40001", "40P01", "23505"}
_READ_ONLY_STATE, _NO_PRIVILEGE_STATE = "25006", "42501"
_FULL_STATES = {"53100"}
_PASSWORD_OPTION = re.compile(r"(password)=[^&\s]*")


class DatabaseProblem(Exception):
    """The database cannot do what was asked; the text is a sentence for people."""


class NotADesk(DatabaseProblem):
    """What was opened is no desk's database."""


class Unavailable(DatabaseProblem):
    """The database cannot be reached, opened or written at the moment."""


class Busy(Unavailable):
    """Somebody else kept the database locked for too long."""


class Uncertain(Unavailable):
    """The database fell silent at a moment when nobody can say whether it kept what was written."""


class ReadOnly(Unavailable):
    """The database may be read but not written."""


class Database:
    """A connection to one desk for each thread that uses it. Opening it binds the models to it.

    `engine` is Peewee's database (its stubs leave much of it untyped); `name` the file's path or the URL without its
    password. Errors of the engines come out as DatabaseProblem.
    """

    def __init__(self, engine: Any, name: str) -> None:
        self.engine = engine
        self.name = name
        self.sqlite = isinstance(engine, peewee.SqliteDatabase)
        self.param: str = engine.param
        self._opened_file = _file_id(Path(name)) if self.sqlite else None
        self._thread = threading.local()

    # Reading

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Run one statement on this thread's connection and return its cursor."""
        with self.translated():
            return self.engine.execute_sql(sql, tuple(parameters))

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first row of a query as a tuple; None if it has none. Its parameters stand as `?`."""
        return self.execute(sql.replace("?", self.param), parameters).fetchone()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query as tuples. Its parameters stand as `?`."""
        with self.translated():
            return list(self.execute(sql.replace("?", self.param), parameters).fetchall())

    def table_exists(self, table: str) -> bool:
        """Whether the schema has a table of this name."""
        with self.translated():
            return bool(self.engine.table_exists(table))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads that see the database at one moment. Keep it short: it holds back SQLite's checkpoints."""
        with self.translated():
            if self.sqlite:
                self.engine.begin("DEFERRED")
            else:
                self.engine.begin("REPEATABLE READ")
            try:
                yield
            finally:
                self.engine.rollback()

    def state_mark(self) -> int | None:
        """A number that changes when another connection has written (SQLite); None where the engine has none."""
        if not self.sqlite:
            return None
        self._require_file()
        return int(self.execute("PRAGMA data_version").fetchone()[0])

    def listen(self) -> int | None:
        """A file that can be read when somebody announced something since `heard`, for this thread, until `close`.

        None where there is no such: on SQLite, and while the server takes no connection for it.
        """
        if self.sqlite:
            return None
        listener: Listener | None = getattr(self._thread, "listener", None)
        if listener is None:
            listener = self._thread.listener = Listener.connect(self.engine.database)
        return None if listener is None else listener.fileno()

    def heard(self) -> None:
        """Take away what was announced until now; `listen` begins anew where the connection is lost."""
        listener: Listener | None = getattr(self._thread, "listener", None)
        if listener is not None and not listener.clear():
            self._stop_listening()

    def _stop_listening(self) -> None:
        listener: Listener | None = getattr(self._thread, "listener", None)
        if listener is not None:
            self._thread.listener = None
            listener.close()

    # Writing

    def announce(self, what: str) -> None:
        """Wake those who `listen`, once the transaction is committed. SQLite needs it not: see `state_mark`."""
        if not self.sqlite:
            self.execute("SELECT pg_notify(%s, %s)", (CHANNEL, what))

    def write(self, body: Callable[[], T], *, lock: str | None = None) -> T:
        """Run `body` in one transaction and return its result.

        SQLite: BEGIN IMMEDIATE, retried with jitter (measured: more than twice the throughput of busy_timeout and a
        tenth of its worst wait with 16 writers). PostgreSQL: `body` is run again after a deadlock or a lost race for a
        unique value, and `lock` names an advisory lock to hold. Within another `write` of the same thread, `body` is
        part of that one's transaction. Raises Busy when its turn does not come, ReadOnly, Unavailable.
        """
        with self.translated():
            if getattr(self._thread, "writing", False):
                return body()
            self._thread.writing = True
            try:
                return self._write_sqlite(body) if self.sqlite else self._write_postgres(body, lock)
            finally:
                self._thread.writing = False

    def _write_sqlite(self, body: Callable[[], T]) -> T:
        self._require_file()
        self._begin_immediate()
        try:
            result = body()
            self.engine.commit()
        except BaseException:
            if self.engine.connection().in_transaction:  # ctrl+c may come when the commit is through
                self.engine.rollback()
            raise
        return result

    def _require_file(self) -> None:
        """Refuse to go on where the path no longer leads to the opened file: what was written would be lost."""
        found = _file_id(Path(self.name))
        if found != self._opened_file:
            happened = "was moved or deleted" if found is None else "was replaced by another"
            raise Unavailable(
                f"The database {self.name} is gone: the file {happened} while it was open. Nothing was written; "
                "put it back or start again."
            )

    def _begin_immediate(self) -> None:
        # On the connection itself: everybody waits for a turn, and Peewee's way costs more than SQLite's answer.
        connection = self.engine.connection()
        begun = time.monotonic()
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as error:
                    waited = time.monotonic() - begun
                    if not _is_busy(str(error)) or waited > BUSY_SECONDS:
                        raise
                time.sleep(_pause(waited))
        finally:
            connection.execute(f"PRAGMA busy_timeout = {_READ_BUSY_SECONDS * 1000}")

    def _write_postgres(self, body: Callable[[], T], lock: str | None) -> T:
        for tries_left in reversed(range(_DEADLOCK_TRIES)):
            try:
                with self.engine.atomic():
                    if lock:
                        self.advisory_lock(lock)
                    return body()
            except (peewee.PeeweeException, DatabaseProblem) as error:
                if tries_left == 0 or _sqlstate(error) not in _RETRY_STATES:
                    raise
                time.sleep(random.uniform(0.001, 0.02))
        raise AssertionError("unreachable")

    def insert_rows(
        self, table: str, rows: Sequence[Mapping[str, Any]], *, returning: Sequence[str] = (), replacing: str = ""
    ) -> list[tuple[Any, ...]]:
        """Insert rows of the same columns, values as the engine takes them; the columns `returning` of each, unordered.

        With `replacing`, the name of a unique column, a row takes the place of the one with the same value there.
        Plain SQL: Peewee's query builder would take most of an import's time (measured).
        """
        inserted: list[tuple[Any, ...]] = []
        if not rows:
            return inserted
        columns = tuple(rows[0])
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = rows[start : start + _ROWS_AT_ONCE]
            sql = _insertion(table, columns, len(part), tuple(returning), self.param, replacing)
            cursor = self.execute(sql, [row[column] for row in part for column in columns])
            if returning:
                inserted += cursor.fetchall()
        return inserted

    def update_row(self, table: str, row_id: int, values: Mapping[str, Any]) -> None:
        """Store new values of columns, as the engine takes them, in the row of that id."""
        columns = ", ".join(f'"{column}" = {self.param}' for column in values)
        self.execute(f"UPDATE {table} SET {columns} WHERE id = {self.param}", (*values.values(), row_id))

    def advisory_lock(self, name: str, *, shared: bool = False) -> None:
        """PostgreSQL: hold the named lock until the transaction ends. SQLite needs none: one writer at a time."""
        if not self.sqlite:
            kind = "_shared" if shared else ""
            self.engine.execute_sql(f"SELECT pg_advisory_xact_lock{kind}(hashtext(%s))", (name,))

    # Many values

    def among(self, values: Sequence[int] | Sequence[str]) -> peewee.SQL:
        """The right side of `column IN …` for any number of integers, or of texts, as a single parameter.

        A parameter a value would end at 32,766 of them (SQLite) or 65,535 (PostgreSQL).
        """
        return peewee.SQL(*self.among_in_sql(values))

    def among_in_sql(self, values: Sequence[int] | Sequence[str]) -> tuple[str, tuple[Any, ...]]:
        """As `among`, for plain SQL: the subquery and its parameters."""
        if self.sqlite:
            return "(SELECT value FROM json_each(?))", (json.dumps(list(values)),)
        kind = "text" if values and isinstance(values[0], str) else "bigint"
        return f"(SELECT unnest(CAST(%s AS {kind}[])))", (list(values),)

    # Life

    def close(self) -> None:
        """Close this thread's connection, and the one that it listens on."""
        self._stop_listening()
        if not self.engine.is_closed():
            with self.translated():
                self.engine.close()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Errors of the engine as sentences."""
        try:
            yield
        except (peewee.PeeweeException, sqlite3.Error) as error:
            raise self._problem(error) from error

    def _problem(self, error: Exception) -> DatabaseProblem:
        return self._sqlite_problem(str(error)) if self.sqlite else self._postgres_problem(error)

    def _postgres_problem(self, error: Exception) -> DatabaseProblem:
        from itdesk.models.postgres import CommitLost

        said = _first_line(error)
        state = _sqlstate(error)
        if state == _NO_PRIVILEGE_STATE:
            return ReadOnly(f"The database {self.name} does not let this role do that: {said}. Nothing was written.")
        if state == _READ_ONLY_STATE:
            return ReadOnly(f"The database {self.name} may not be written by this role: {said}. Nothing was written.")
        if state in _FULL_STATES:
            return Unavailable(f"No space is left for the database {self.name}: {said}. Nothing was written.")
        if isinstance(error, peewee.OperationalError | peewee.InterfaceError):
            self._drop_broken_connection()
            if isinstance(error, CommitLost):
                return Uncertain(
                    f"The database {self.name} fell silent while it kept this: {said}. It may be done or not; look "
                    "before you do it again."
                )
            return Unavailable(f"The database {self.name} does not answer: {said}. Nothing was written.")
        return DatabaseProblem(f"The database {self.name} refused: {said}.")

    def _sqlite_problem(self, text: str) -> DatabaseProblem:
        if _is_busy(text):
            return Busy(
                f"Another program keeps the database {self.name} locked. Nothing was written; try again, and see who "
                "holds it with `fuser`."
            )
        if "readonly" in text:
            return ReadOnly(
                f"The database {self.name} is read-only for this user; ask an administrator for write access to the "
                "file and its folder. Nothing was written."
            )
        if "file is not a database" in text:
            return NotADesk(f"{self.name} is not a database. Give another path with --database, or run `itdesk init`.")
        if "malformed" in text:
            return DatabaseProblem(f"The database {self.name} is damaged: {text}. Restore a back-up.")
        if "full" in text:
            return Unavailable(f"No space is left for the database {self.name}. Nothing was written; free some space.")
        if "disk I/O error" in text:
            return Unavailable(
                f"The disk refused to read or write the database {self.name} (full, at a limit, or failing). "
                "Nothing was written."
            )
        if "unable to open" in text:
            return Unavailable(f"The database {self.name} cannot be opened: check that it exists and may be read.")
        return DatabaseProblem(f"The database {self.name} refused: {text}.")

    def _drop_broken_connection(self) -> None:
        # Inside a transaction Peewee refuses to close; the error passes here again on its way out.
        engine = self.engine
        if not engine.is_closed() and not engine.in_transaction() and not engine.is_connection_usable():
            engine.close()


@lru_cache(_INSERTIONS_KEPT)
def _insertion(
    table: str, columns: tuple[str, ...], rows: int, returning: tuple[str, ...], param: str, replacing: str
) -> str:
    named = ", ".join(f'"{column}"' for column in columns)
    one = f"({', '.join([param] * len(columns))})"
    sql = f"INSERT INTO {table} ({named}) VALUES {', '.join([one] * rows)}"
    if replacing:
        changed = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column != replacing)
        sql += f" ON CONFLICT ({replacing}) DO UPDATE SET {changed}"
    return f"{sql} RETURNING {', '.join(returning)}" if returning else sql


def open_sqlite(path: Path, *, create: bool = False) -> Database:
    """The desk in a SQLite file; raises Unavailable where there is none, unless it shall be created."""
    if path.is_dir():
        raise NotADesk(f"{path} is a folder, not a database.")
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    elif not path.exists():
        raise Unavailable(f"There is no desk at {path}. Make one with `itdesk init`, or try `itdesk demo`.")
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise NotADesk(f"{path} is not a file that can hold a database.")
    engine = peewee.SqliteDatabase(
        str(path),
        timeout=_READ_BUSY_SECONDS,
        returning_clause=True,
        pragmas={
            "journal_mode": "wal",
            "synchronous": "full",
            "foreign_keys": 1,
            "recursive_triggers": 1,
            "trusted_schema": 0,
            "wal_autocheckpoint": 4_000,  # pages: every change writes the same few again (measured: 7 % more a second)
            "journal_size_limit": 64 * 1024 * 1024,
            "secure_delete": 1,
        },
    )
    database = Database(engine, str(path))
    with database.translated():
        _require_desk(path, create)
        _connect(engine)
    return database


def _connect(engine: Any) -> None:
    """Connect; where others make the same file a WAL database at this moment, SQLite refuses at once: again, then."""
    begun = time.monotonic()
    while True:
        try:
            engine.connect(reuse_if_open=True)
            return
        except peewee.OperationalError as error:
            waited = time.monotonic() - begun
            if not _is_busy(str(error)) or waited > _READ_BUSY_SECONDS:
                raise
        time.sleep(_pause(waited))


def _require_desk(path: Path, create: bool) -> None:
    """Look before anything is changed: connecting as to a desk turns any SQLite file into a WAL database."""
    with closing(sqlite3.connect(path, timeout=_READ_BUSY_SECONDS)) as look:
        used = look.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        application = look.execute("PRAGMA application_id").fetchone()[0]
    if used and application != APPLICATION_ID:
        raise NotADesk(f"{path} is the database of another program. Give another path with --database.")
    if not used and not create:
        raise Unavailable(f"There is no desk in {path} yet. Make one with `itdesk init`.")


def _file_id(path: Path) -> tuple[int, int] | None:
    """Device and inode of a file; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def open_postgres(url: str) -> Database:
    """The desk in a PostgreSQL database, `postgresql://user@host/name`."""
    try:
        from itdesk.models.postgres import Postgres, patient
    except ImportError as error:
        raise Unavailable(
            "PostgreSQL needs the extra `postgres`: install it with `pip install 'itdesk[postgres]'` and start again."
        ) from error
    engine = Postgres(patient(url), prefer_psycopg3=True)
    database = Database(engine, _without_password(url))
    with database.translated():
        engine.connect(reuse_if_open=True)
    return database


def _pause(waited: float) -> float:
    """Seconds until a writer that has waited so long asks for its turn again.

    At first rarely, since handing on is dear: the other process reads anew what this one has at hand. Whoever waits for
    long asks more often than the others, and so is not passed over (measured with 16 writers: a third of the longest
    wait, at the same throughput).
    """
    return random.uniform(0.0005, 0.008) if waited < _PATIENCE_SECONDS else random.uniform(0.0003, 0.002)


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    credentials, at, host = rest.rpartition("@")
    shown = f"{scheme}://{credentials.partition(':')[0]}{at}{host}"
    return _PASSWORD_OPTION.sub(r"\1=…", shown)


def _is_busy(text: str) -> bool:
    return "locked" in text or "busy" in text


def _sqlstate(error: BaseException | None) -> str | None:
    """The SQLSTATE of the error behind an error; Peewee and `translated` wrap the engine's own."""
    while error is not None:
        state = getattr(error, "sqlstate", None)
        if state is not None:
            return str(state)
        error = error.__cause__ or error.__context__
    return None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
