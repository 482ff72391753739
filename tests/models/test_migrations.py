"""Schema steps: one after the other, under a lock, after a back-up, whole or not at all."""

import json
import multiprocessing
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from itdesk.models.database import Database, DatabaseProblem, open_postgres, open_sqlite
from itdesk.models.migrations import runner
from itdesk.models.migrations.dialect import Dialect
from itdesk.models.migrations.runner import STEPS, NewerDatabase, migrate, newest, schema_version
from tests.support.desks import opened

NEXT = newest() + 1

OLD_TICKET = {
    "requester_id": 1,
    "kind": "incident",
    "category": "other",
    "impact": "low",
    "urgency": "low",
    "priority": 4,
    "status": "new",
    "subject": "x",
    "body": "",
    "channel": "terminal",
    "site": "",
    "opened_at": 1,
    "changed_at": 1,
    "order_key": 1,
    "level": 1,
    "major": False,
    "resolution": "",
    "root_cause": "",
    "version": 1,
}
"""The columns that a ticket had at first."""


def widen(dialect: Dialect) -> Sequence[str]:
    """A step of a coming version."""
    return [
        dialect.fill("CREATE TABLE site (id {id}, name TEXT NOT NULL) {strict}"),
        "ALTER TABLE team ADD COLUMN phone TEXT NOT NULL DEFAULT ''",
    ]


def fail_late(dialect: Dialect) -> Sequence[str]:
    return [*widen(dialect), "INSERT INTO no_such_table VALUES (1)"]


FUTURE = {**STEPS, NEXT: widen}


def open_database(url: str, *, create: bool = False) -> Database:
    return open_postgres(url) if url.startswith("postgres") else open_sqlite(Path(url), create=create)


def backup(url: str) -> Path:
    return Path(f"{url}.schema-{newest()}.bak")


def tables(database: Database) -> set[str]:
    return set(database.engine.get_tables())


def test_the_steps_are_numbered_without_a_gap_and_each_has_its_module() -> None:
    modules = {int(path.stem.removeprefix("step_")) for path in Path(runner.__file__).parent.glob("step_*.py")}
    assert set(runner.STEPS) == modules == set(range(1, runner.NEWEST + 1))


def test_an_empty_database_becomes_a_desk(database_url: str) -> None:
    database = open_database(database_url, create=True)
    assert schema_version(database) == 0
    assert migrate(database) == 0
    assert schema_version(database) == newest()
    assert migrate(database) == newest(), "nothing is left to do"
    database.close()
    assert not backup(database_url).exists(), "an empty database needs no back-up"


def test_an_older_desk_is_brought_up_to_date_after_a_back_up(desk_url: str, engine: str) -> None:
    database = open_database(desk_url)
    people = database.execute("SELECT count(*) FROM person").fetchone()[0]
    assert migrate(database, FUTURE) == newest()
    assert schema_version(database) == NEXT
    assert "site" in tables(database)
    assert database.execute("SELECT count(*) FROM person").fetchone()[0] == people
    if engine == "sqlite":
        assert database.execute("PRAGMA user_version").fetchone()[0] == NEXT
        check_backup(Path(desk_url), people)
    database.close()


def check_backup(path: Path, people: int) -> None:
    kept = backup(str(path))
    assert kept.stat().st_mode & 0o777 == path.stat().st_mode & 0o660
    with closing(sqlite3.connect(kept)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("PRAGMA user_version").fetchone() == (newest(),)
        assert copy.execute("SELECT count(*) FROM person").fetchone() == (people,)
    assert [file for file in path.parent.iterdir() if ".part" in file.name] == []
    with opened(str(kept)) as desk:
        assert desk.rulebook()[0] == 1


def test_an_older_program_refuses_what_a_newer_one_wrote(desk_url: str) -> None:
    database = open_database(desk_url)
    migrate(database, FUTURE)
    for refuse in (migrate, runner.check, runner.recheck):
        with pytest.raises(NewerDatabase, match=rf"schema {NEXT}\); this program.*knows schema {newest()}.*Upgrade"):
            refuse(database)
    database.close()


def test_a_failing_step_is_rolled_back_whole(desk_url: str) -> None:
    database = open_database(desk_url)
    before = tables(database)
    with pytest.raises(DatabaseProblem, match="no_such_table"):
        migrate(database, {**STEPS, NEXT: fail_late})
    assert schema_version(database) == newest()
    assert tables(database) == before
    migrate(database, FUTURE)
    assert schema_version(database) == NEXT
    database.close()


@pytest.mark.sqlite
def test_a_step_that_leaves_rows_pointing_nowhere_is_rolled_back(sqlite_desk_url: str) -> None:
    database = open_database(sqlite_desk_url)

    def orphan(dialect: Dialect) -> Sequence[str]:
        return [
            "CREATE TABLE visit (team_id INTEGER REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED) STRICT",
            "INSERT INTO visit VALUES (4711)",
        ]

    with pytest.raises(DatabaseProblem, match="rows of visit that point nowhere"):
        migrate(database, {**STEPS, NEXT: orphan})
    assert schema_version(database) == newest()
    assert "visit" not in tables(database)
    database.close()


@pytest.mark.sqlite
def test_no_step_is_begun_without_a_good_back_up(sqlite_desk_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = open_database(sqlite_desk_url)
    real = sqlite3.connect

    class Damaged(sqlite3.Connection):
        def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
            return super().execute("SELECT 'row 7 is missing'" if "integrity_check" in sql else sql)

    monkeypatch.setattr(sqlite3, "connect", lambda path: real(path, factory=Damaged))
    with pytest.raises(DatabaseProblem, match=r"damaged.*the upgrade was not begun"):
        migrate(database, FUTURE)
    assert schema_version(database) == newest()
    assert not backup(sqlite_desk_url).exists()
    database.close()


def test_the_forms_draft_comes_to_a_desk_of_the_first_version(database_url: str) -> None:
    database = open_database(database_url, create=True)
    migrate(database, {1: STEPS[1]})
    assert "ticket_draft" not in tables(database)
    migrate(database)
    assert "ticket_draft" in tables(database)
    database.close()


def test_nobody_of_an_older_desk_is_a_vip(database_url: str) -> None:
    database = open_database(database_url, create=True)
    migrate(database, {version: STEPS[version] for version in range(1, 13)})
    with database.engine.atomic():
        database.execute(
            "INSERT INTO person (login, name, email, role, department, site, active)"
            f" VALUES ('anna', 'Anna', '', 'requester', '', '', {'1' if database.sqlite else 'TRUE'})"
        )
    migrate(database)
    assert [bool(vip) for (vip,) in database.execute("SELECT vip FROM person WHERE login = 'anna'")] == [False]
    database.close()


def test_tickets_that_an_older_program_marked_to_follow_their_requester_still_do(database_url: str) -> None:
    database = open_database(database_url, create=True)
    migrate(database, {version: STEPS[version] for version in range(1, 15)})
    yes = "1" if database.sqlite else "TRUE"
    with database.engine.atomic():
        database.execute(
            "INSERT INTO person (id, login, name, email, role, department, site, active)"
            f" VALUES (1, 'anna', 'Anna', '', 'requester', '', '', {yes})"
        )
        database.insert_rows("ticket", [{**OLD_TICKET, "id": number} for number in (1, 2)])
        for number, rulebook in ((1, -3), (2, 3)):
            database.execute(
                "INSERT INTO ticket_clocks (ticket_id, state, recomputed, rulebook)"
                f" VALUES ({number}, '{{}}', 0, {rulebook})"
            )
    migrate(database)
    rows = database.execute("SELECT rulebook, follows_requester FROM ticket_clocks ORDER BY ticket_id").fetchall()
    assert [(rulebook, bool(follows)) for rulebook, follows in rows] == [(3, True), (3, False)]
    database.close()


def test_what_a_substitute_said_early_stands_for_who_left_alone_also_where_an_older_program_kept_it(
    database_url: str,
) -> None:
    database = open_database(database_url, create=True)
    migrate(database, {version: STEPS[version] for version in range(1, 16)})
    yes, no = ("1", "0") if database.sqlite else ("TRUE", "FALSE")
    with database.engine.atomic():
        for number, login, active in ((1, "bob", no), (2, "cat", yes), (3, "sam", yes)):
            database.execute(
                "INSERT INTO person (id, login, name, email, role, department, site, active)"
                f" VALUES ({number}, '{login}', '', '', 'technician', '', '', {active})"
            )
        database.insert_rows("ticket", [{**OLD_TICKET, "id": number} for number in (1, 2, 3)])
        for number, outcome in ((1, "NULL, NULL"), (2, "NULL, NULL"), (3, "'approved', 60")):
            database.execute(
                "INSERT INTO approval (id, ticket_id, rule, need, rejected, reason, asked_at, due_at, status_before,"
                f" outcome, decided_at) VALUES ({number}, {number}, '', 'all', 'cancel', '', 1, 50, 'new', {outcome})"
            )
            votes = {1: "'approved', 'fine', 20", 2: "NULL, '', NULL", 3: "'approved', 'late', 60"}
            for seat, person, vote in ((1, 1, votes[2]), (2, 2, votes[2]), (0, 3, votes[number])):
                database.execute(
                    "INSERT INTO approval_voter (approval_id, seat, person_id, vote, reason, voted_at)"
                    f" VALUES ({number}, {seat}, {person}, {vote})"
                )
    migrate(database)
    rows = database.execute(
        "SELECT approval_id, seat, vote, reason, voted_at, office FROM approval_voter WHERE person_id = 3"
        " ORDER BY approval_id, seat"
    ).fetchall()
    assert [tuple(row) for row in rows] == [
        (1, 0, None, "", None, ""),
        (1, 1, "approved", "fine", 20, ""),
        (2, 0, None, "", None, ""),
        (3, 0, "approved", "late", 60, ""),
    ]
    assert database.execute("SELECT count(*) FROM approval_voter WHERE vote IS NULL").fetchone()[0] == 8
    database.close()


def clock(phase: int, target: int | None = None) -> str:
    """A clock as it is stored."""
    return json.dumps([phase, 1, 0, None, None, None, target, "office", 1])


def test_a_ticket_whose_clocks_are_paused_says_so_also_where_an_older_program_kept_it(database_url: str) -> None:
    database = open_database(database_url, create=True)
    migrate(database, {version: STEPS[version] for version in range(1, 17)})
    clocks = {
        1: f"[{clock(3, 60)}, {clock(2)}, {clock(2, 60)}, {clock(2, 60)}, null, null]",
        2: f"[{clock(4, 60)}, null, {clock(4, 60)}, null, {clock(2)}, null]",
        3: f"[{clock(3, 60)}, {clock(1, 60)}, {clock(2, 60)}, null, null, null]",
        4: f"[null, null, null, null, null, {clock(2, 60)}]",
    }
    due_soon = {3: {"due_at": 60, "due_clock": "update"}}
    with database.engine.atomic():
        yes = "1" if database.sqlite else "TRUE"
        database.execute(
            "INSERT INTO person (id, login, name, email, role, department, site, active)"
            f" VALUES (1, 'anna', 'Anna', '', 'requester', '', '', {yes})"
        )
        ticket = {**OLD_TICKET, "status": "waiting", "waiting_reason": "vendor", "agreement": "standard"}
        ticket |= {"due_at": None, "due_clock": None}
        database.insert_rows("ticket", [{**ticket, "id": number, **due_soon.get(number, {})} for number in clocks])
        for number, told in clocks.items():
            database.execute(
                "INSERT INTO ticket_clocks (ticket_id, state, recomputed, rulebook)"
                f" VALUES ({number}, '{{\"clocks\": {told}}}', 0, 1)"
            )
    migrate(database)
    rows = database.execute("SELECT id, due_clock FROM ticket ORDER BY id").fetchall()
    assert dict(map(tuple, rows)) == {1: "resolution", 2: None, 3: "update", 4: "ola_l3"}
    database.close()


# Several starts at once


def start(
    url: str, steps: dict[int, runner.Step], go: "multiprocessing.synchronize.Event", said: "multiprocessing.Queue[str]"
) -> None:
    go.wait(30)
    try:
        database = open_database(url, create=True)
        migrate(database, steps)
        said.put(f"schema {schema_version(database)}")
        database.close()
    except Exception as error:
        said.put(f"{type(error).__name__}: {error}")


def start_at_once(url: str, steps: dict[int, runner.Step], count: int = 8) -> list[str]:
    context = multiprocessing.get_context("fork")
    go, said = context.Event(), context.Queue()
    processes = [context.Process(target=start, args=(url, steps, go, said)) for _ in range(count)]
    for process in processes:
        process.start()
    go.set()
    answers = [said.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    return answers


def test_eight_starts_at_once_on_an_empty_database(database_url: str) -> None:
    assert start_at_once(database_url, dict(STEPS)) == [f"schema {newest()}"] * 8
    database = open_database(database_url)
    assert database.execute("SELECT count(*) FROM meta WHERE name = 'schema_version'").fetchone()[0] == 1
    database.close()


def test_eight_starts_at_once_on_an_older_desk(desk_url: str, engine: str) -> None:
    assert start_at_once(desk_url, FUTURE) == [f"schema {NEXT}"] * 8
    if engine == "sqlite":
        check_backup(Path(desk_url), 10)


# Killed in the middle

KILLED = """
import os, signal, sys
import psycopg  # before the models
from tests.models.test_migrations import FUTURE, open_database, widen, NEXT
from itdesk.models.migrations.runner import migrate

def step(dialect):
    yield from widen(dialect)
    os.kill(os.getpid(), signal.SIGKILL)

migrate(open_database(sys.argv[1]), {**FUTURE, NEXT: step})
"""


def test_a_start_that_is_killed_in_the_middle_of_a_step_leaves_the_desk_as_it_was(desk_url: str) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, desk_url], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with opened(desk_url) as desk:
        assert schema_version(desk.database) == newest()
        assert "site" not in tables(desk.database)
        assert "phone" not in {column.name for column in desk.database.engine.get_columns("team")}
        migrate(desk.database, FUTURE)
        assert schema_version(desk.database) == NEXT
