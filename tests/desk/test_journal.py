"""The journal: nobody changes it unseen, and the database itself refuses to."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from itdesk.desk import communication, resolution, triage
from itdesk.desk.compliance import verify_journal
from itdesk.desk.errors import DatabaseProblem, Refused
from itdesk.desk.session import Desk, Session
from itdesk.domain.ticket import Status
from tests.desk.acts import LOGINS, VPN, open_ticket
from tests.support.desks import SignIn

CHAIN = ("journal", "journal_payload")


@pytest.fixture
def worked(desk: Desk, sign_in_as: SignIn) -> Desk:
    """A desk on which a little happened."""
    ticket = open_ticket(sign_in_as, VPN)
    triage.take(sign_in_as("tom"), [ticket])
    communication.reply(sign_in_as("tom"), [ticket], "Grüße 打印")
    resolution.resolve(sign_in_as("tom"), [ticket], "done")
    return desk


def execute(desk: Desk, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    cursor = desk.database.execute(sql.replace("?", desk.database.param), parameters)
    return [tuple(row) for row in cursor.fetchall()] if cursor.description else []


def unguarded(desk: Desk) -> None:
    """Take the triggers and keys away, as somebody with the file or the owner's role could."""
    if desk.database.sqlite:
        execute(desk, "PRAGMA foreign_keys = 0")
        for (name,) in execute(desk, "SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
            execute(desk, f"DROP TRIGGER {name}")
    else:
        for table in CHAIN:
            execute(desk, f"ALTER TABLE {table} DISABLE TRIGGER USER")
        execute(desk, "ALTER TABLE journal_payload DROP CONSTRAINT journal_payload_seq_fkey")


def found(sign_in_as: SignIn) -> list[str]:
    return [item.message for item in verify_journal(sign_in_as("otto")).breaks]


def rows(desk: Desk, table: str) -> list[tuple[Any, ...]]:
    return execute(desk, f"SELECT * FROM {table} ORDER BY seq")


def columns(desk: Desk, table: str) -> list[str]:
    return [column.name for column in desk.database.engine.get_columns(table)]


def altered(value: Any) -> Iterator[Any]:
    """The value with each of its bytes flipped, one at a time; for a number, each of its low bits."""
    if isinstance(value, int):
        yield from (value ^ (1 << bit) for bit in range(20))
    elif isinstance(value, str):
        yield from (value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :] for place in range(len(value)))
    else:
        data = bytes(value)
        yield from (data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :] for place in range(len(data)))


def test_an_untouched_journal_is_whole(worked: Desk, sign_in_as: SignIn) -> None:
    heard: list[int] = []
    verification = verify_journal(sign_in_as("otto"), heard.append)
    assert verification.intact
    assert verification.entries == len(rows(worked, "journal"))
    assert verification.erased == 0
    assert len(verification.head) == 64


@pytest.mark.parametrize("login", LOGINS.values())
def test_who_may_verify(worked: Desk, sign_in_as: SignIn, login: str) -> None:
    if login == "rita":
        with pytest.raises(Refused, match="verify the journal"):
            verify_journal(sign_in_as(login))
    else:
        assert verify_journal(sign_in_as(login)).intact


def test_every_flipped_byte_of_every_column_is_found(worked: Desk, sign_in_as: SignIn) -> None:
    unguarded(worked)
    (last,) = execute(worked, "SELECT max(seq) FROM journal")[0]
    for table, first in (("journal", last - 1), ("journal_payload", last - 1)):
        for row in [row for row in rows(worked, table) if row[0] >= first]:
            for name, value in zip(columns(worked, table), row, strict=True):
                if name == "seq":
                    continue  # moved entries have a test of their own
                for other in altered(value):
                    execute(worked, f"UPDATE {table} SET {name} = ? WHERE seq = ?", (other, row[0]))
                    assert found(sign_in_as), f"{table}.{name} of entry {row[0]}: {value!r} became {other!r}"
                execute(worked, f"UPDATE {table} SET {name} = ? WHERE seq = ?", (value, row[0]))
    assert found(sign_in_as) == []


@pytest.mark.sqlite
def test_bytes_that_are_no_text_any_more_are_found(sqlite_desk_url: str, request: pytest.FixtureRequest) -> None:
    from tests.support.desks import StillClock, opened, sign_in_at

    with opened(sqlite_desk_url) as desk:
        sign_in_as = sign_in_at(desk, StillClock())
        open_ticket(sign_in_as)
        unguarded(desk)
        for table, name in (
            ("journal", "verb"),
            ("journal", "object"),
            ("journal", "facts"),
            ("journal_payload", "payload"),
        ):
            for seq, value in execute(desk, f"SELECT seq, {name} FROM {table} ORDER BY seq DESC LIMIT 1"):
                broken = b"\xff" + value.encode()[1:]
                execute(desk, f"UPDATE {table} SET {name} = CAST(? AS TEXT) WHERE seq = ?", (broken, seq))
                assert found(sign_in_as), name
                execute(desk, f"UPDATE {table} SET {name} = ? WHERE seq = ?", (value, seq))


def test_a_removed_entry_is_found_wherever_it_stood(worked: Desk, sign_in_as: SignIn) -> None:
    unguarded(worked)
    names = ", ".join(columns(worked, "journal"))
    entries = rows(worked, "journal")
    for row in entries[:-1]:
        execute(worked, "DELETE FROM journal WHERE seq = ?", (row[0],))
        assert found(sign_in_as)[0] == f"Entry {row[0]} is missing: the next one is {row[0] + 1}."
        # Those after it moved up: the gap is closed, the chain is not.
        execute(worked, f"INSERT INTO journal ({names}) VALUES ({', '.join('?' * len(row))})", row)
    assert found(sign_in_as) == []


def test_moved_and_inserted_entries_are_found(worked: Desk, sign_in_as: SignIn) -> None:
    unguarded(worked)
    last = rows(worked, "journal")[-1][0]
    for one, other in ((last - 1, last), (2, last), (1, 2)):
        for _ in range(2):
            for from_seq, to_seq in ((one, -1), (other, one), (-1, other)):
                execute(worked, "UPDATE journal SET seq = ? WHERE seq = ?", (to_seq, from_seq))
            broken = bool(found(sign_in_as))
            if _ == 0:
                assert broken
        assert not broken
    copied = ", ".join(name for name in columns(worked, "journal") if name != "seq")
    execute(
        worked,
        f"INSERT INTO journal (seq, {copied}) SELECT seq + 1, {copied} FROM journal WHERE seq = {last}",
    )
    assert found(sign_in_as)
    execute(worked, f"UPDATE journal SET seq = 0 WHERE seq = {last + 1}")
    assert found(sign_in_as)


def test_an_erased_text_does_not_break_the_chain(worked: Desk, sign_in_as: SignIn) -> None:
    (last,) = execute(worked, "SELECT max(seq) FROM journal")[0]
    execute(worked, "DELETE FROM journal_payload WHERE seq = ?", (last,))
    verification = verify_journal(sign_in_as("otto"))
    assert verification.intact
    assert verification.erased == 1


@pytest.mark.parametrize("table", CHAIN)
def test_the_database_itself_refuses_to_change_the_journal(worked: Desk, sign_in_as: SignIn, table: str) -> None:
    statements = [
        f"UPDATE {table} SET seq = seq",
        f"UPDATE {table} SET seq = seq WHERE seq = 1",
        *([f"DELETE FROM {table}", f"DELETE FROM {table} WHERE seq = 1"] if table == "journal" else []),
    ]
    if worked.database.sqlite:
        names = ", ".join(columns(worked, table))
        statements += [
            f"INSERT OR REPLACE INTO {table} SELECT {names} FROM {table} WHERE seq = 1",
            f"REPLACE INTO {table} SELECT {names} FROM {table} WHERE seq = 1",
            f"UPDATE OR REPLACE {table} SET seq = 1 WHERE seq = 2",
        ]
    else:
        statements += [
            f"TRUNCATE {table} CASCADE",
            f"INSERT INTO {table} SELECT * FROM {table} WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET seq = 1",
        ]
    before = rows(worked, table)
    for statement in statements:
        with pytest.raises(DatabaseProblem, match="append-only"):
            execute(worked, statement)
    assert rows(worked, table) == before


@pytest.mark.sqlite
@pytest.mark.parametrize("table", CHAIN)
def test_another_program_on_the_same_file_replaces_no_entry(sqlite_desk_url: str, table: str) -> None:
    with closing(sqlite3.connect(sqlite_desk_url)) as other:
        for statement in (
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE seq = 1",
            f"UPDATE {table} SET seq = seq WHERE seq = 1",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                other.execute(statement)


def test_entries_of_one_command_name_their_whole_batch(desk: Desk, sign_in_as: SignIn) -> None:
    from itdesk.desk.queries import tickets

    many = [open_ticket(sign_in_as) for _ in range(3)]
    change = triage.take(sign_in_as("tom"), many)
    assert change.seqs == tuple(range(change.seqs[0], change.seqs[0] + 3))
    for ticket in many:
        entry = tickets.journal_entries(sign_in_as("tom"), ticket)[-1]
        assert entry["facts"]["batch"] == [change.seqs[0], change.seqs[-1]]
        assert "VPN" not in str(entry["facts"]), "text belongs into the payload, which can be erased"


Reasoned = Callable[[Session, int, str], object]
REASONED: dict[str, Reasoned] = {
    "categorized": lambda session, ticket, reason: triage.categorize(session, [ticket], "printing.printer", reason),
    "prioritized": lambda session, ticket, reason: triage.prioritize(session, [ticket], priority=1, reason=reason),
    "assigned": lambda session, ticket, reason: triage.assign(session, [ticket], "wes", reason=reason),
    "escalated": lambda session, ticket, reason: triage.escalate(session, [ticket], level=3, reason=reason),
    "declared_major": lambda session, ticket, reason: triage.declare_major(session, [ticket], reason),
    "status_changed": lambda session, ticket, reason: resolution.change_status(
        session, [ticket], Status.TESTING, reason=reason
    ),
    "cancelled": lambda session, ticket, reason: resolution.cancel(session, [ticket], reason),
}


@pytest.mark.parametrize("verb", REASONED)
def test_a_reason_that_no_database_can_keep_is_told_with_visible_marks(
    desk: Desk, sign_in_as: SignIn, verb: str
) -> None:
    ticket = open_ticket(sign_in_as, VPN)
    REASONED[verb](sign_in_as("lea"), ticket, " pasted \0 half \ud83d of it ")
    payload = execute(
        desk,
        "SELECT payload FROM journal_payload JOIN journal ON journal.seq = journal_payload.seq WHERE verb = ?",
        (verb,),
    )
    assert [json.loads(text)["reason"] for (text,) in payload] == ["pasted ␀ half \N{REPLACEMENT CHARACTER} of it"]
    assert found(sign_in_as) == []
