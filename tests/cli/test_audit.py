"""`itdesk audit verify`: 0 intact, 1 broken and where, 2 cannot tell."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine


def test_an_intact_journal_ends_with_0_and_its_last_hash(cli: CommandLine) -> None:
    cli.done("new", "One")
    told = cli.done("audit", "verify", login="otto")
    assert told.startswith("The journal is intact: ")
    verification = cli.told("audit", "verify", login="otto")
    assert verification["intact"] is True
    assert verification["breaks"] == []
    assert f"Its last hash is {verification['head']}." in told


def test_a_changed_journal_ends_with_1_and_says_where(sqlite_cli: CommandLine) -> None:
    sqlite_cli.done("new", "One")
    with closing(sqlite3.connect(sqlite_cli.database)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE journal SET facts = replace(facts, 'incident', 'request') WHERE verb = 'submitted'")
        (seq,) = connection.execute("SELECT seq FROM journal WHERE verb = 'submitted'").fetchone()
        connection.commit()
    answer = sqlite_cli("audit", "verify", login="otto")
    assert answer.status == 1
    assert f"Entry {seq} was changed" in answer.output
    assert "is broken in 1 place" in answer.output
    assert sqlite_cli("audit", "verify", "--json", login="otto").data["breaks"][0]["seq"] == seq


@pytest.mark.parametrize("content", [None, b"", b"no database at all\n" * 99], ids=["missing", "empty", "text"])
def test_what_is_no_desk_ends_with_2(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "desk.sqlite3"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)
    assert "cannot be told" in CommandLine(str(path)).refused("audit", "verify", status=2)


def test_who_may_not_read_the_journal_cannot_tell(cli: CommandLine) -> None:
    assert "may not verify the journal" in cli.refused("audit", "verify", login="rita", status=2)


def test_a_journal_that_cannot_be_read_ends_with_2(sqlite_cli: CommandLine) -> None:
    with closing(sqlite3.connect(sqlite_cli.database)) as connection:
        connection.execute("DROP TABLE journal_payload")
    assert "cannot be told" in sqlite_cli.refused("audit", "verify", login="otto", status=2)
