"""Brings a database to this program's schema version: under a lock, after a verified back-up, a transaction a step."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from itdesk import __version__
from itdesk.models.database import APPLICATION_ID, Database, DatabaseProblem, NotADesk

if TYPE_CHECKING:  # almost no start has a step to run
    from itdesk.models.migrations.dialect import Dialect

Step = Callable[["Dialect"], Sequence[str]]

NEWEST = 17
"""The schema version that this program writes."""


def _step(version: int) -> Step:
    """The step that reaches a version, loaded when it is run."""

    def statements(dialect: "Dialect") -> Sequence[str]:
        made: Step = import_module(f"itdesk.models.migrations.step_{version:04}").statements
        return made(dialect)

    return statements


STEPS: Mapping[int, Step] = {version: _step(version) for version in range(1, NEWEST + 1)}
"""Version reached -> the statements that reach it from the version before."""


class NewerDatabase(DatabaseProblem):
    """The database was written by a newer program."""


def schema_version(database: Database) -> int:
    """The database's schema version; 0 where there is no desk in it yet."""
    return _stored_version(database) if database.table_exists("meta") else 0


def newest(steps: Mapping[int, Step] = STEPS) -> int:
    """The schema version that this program writes."""
    return max(steps)


def check(database: Database, steps: Mapping[int, Step] = STEPS) -> int:
    """The schema version; raises NewerDatabase if this program is too old for it."""
    version = schema_version(database)
    _refuse_newer(database, version, newest(steps))
    return version


def recheck(database: Database) -> None:
    """Raise NewerDatabase if a newer program has upgraded the desk since it was opened. For every transaction."""
    _refuse_newer(database, _stored_version(database), newest())


def _stored_version(database: Database) -> int:
    row = database.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()
    if row is None:
        return 0
    try:
        return int(row[0])
    except ValueError:
        raise NotADesk(
            f"The database {database.name} says that its schema version is {row[0]!r}, which no itdesk has written. "
            "Restore a back-up, or give another database with --database."
        ) from None


def _refuse_newer(database: Database, version: int, known: int) -> None:
    if version > known:
        writer = database.execute("SELECT value FROM meta WHERE name = 'program_version'").fetchone()
        raise NewerDatabase(
            f"The database {database.name} was written by itdesk {writer[0] if writer else 'of a later version'} "
            f"(schema {version}); this program, itdesk {__version__}, knows schema {known}. "
            "Upgrade itdesk on this machine; nothing was changed."
        )


def migrate(database: Database, steps: Mapping[int, Step] = STEPS) -> int:
    """Run the missing steps and return the version before. Several starts at once are safe."""
    before = check(database, steps)
    if before == newest(steps):
        return before
    if before and database.sqlite:
        _back_up(database, before)
    for version in sorted(version for version in steps if version > before):
        database.write(partial(_run, database, version, steps), lock="itdesk migration")
    return before


def _run(database: Database, version: int, steps: Mapping[int, Step]) -> None:
    from itdesk.models.migrations.dialect import Dialect

    if schema_version(database) >= version:  # another start was faster
        return
    for statement in steps[version](Dialect(database.sqlite)):
        database.execute(statement)
    if database.sqlite:
        broken = database.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseProblem(f"Step {version} left rows of {broken[0][0]} that point nowhere; it was rolled back.")
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {version}")
    for name, value in (("schema_version", str(version)), ("program_version", __version__)):
        database.execute(
            f"INSERT INTO meta (name, value) VALUES ({database.param}, {database.param})"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )


def _back_up(database: Database, version: int) -> None:
    """Copy a SQLite desk beside itself and check the copy, before its schema changes."""
    source = Path(database.name)
    target = source.with_name(f"{source.name}.schema-{version}.bak")
    if target.exists():
        return
    with _spare_file(target) as copy:
        database.execute(f"VACUUM INTO {database.param}", (str(copy),))
        with closing(sqlite3.connect(copy)) as look:
            verdict = look.execute("PRAGMA integrity_check").fetchone()[0]
            copied = look.execute("PRAGMA user_version").fetchone()[0]
        if verdict != "ok":
            raise DatabaseProblem(f"The back-up of {source} is damaged ({verdict}); the upgrade was not begun.")
        copy.chmod(source.stat().st_mode & 0o660)
        if copied == version:  # otherwise another start has upgraded the desk meanwhile, after a back-up of its own
            with suppress(FileExistsError):
                target.hardlink_to(copy)


@contextmanager
def _spare_file(target: Path) -> Iterator[Path]:
    """An empty file of our own beside the target, gone afterwards."""
    descriptor, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink()
