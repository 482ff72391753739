"""Many processes on one desk: what was acknowledged is there, whoever was killed; nobody ever sees "locked"."""

import sqlite3
from collections import Counter
from contextlib import closing
from typing import Any

import pytest

from itdesk.desk.compliance import verify_journal
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.session import Desk, Session, sign_in
from tests.support.desks import live_clock, opened
from tests.support.writers import Report, run_writers

TICKETS = 20


def prepare(url: str) -> None:
    """Twenty tickets to write on."""
    with opened(url) as desk:
        session = Session(desk, sign_in(desk, "desi"), live_clock)
        for number in range(1, TICKETS + 1):
            submit(session, NewTicket(f"Ticket {number}"))


def check(url: str, report: Report) -> None:
    """All that was acknowledged is there once, nothing is there by halves, the chain is whole."""
    with opened(url) as desk:
        verification = verify_journal(Session(desk, sign_in(desk, "otto"), live_clock))
        assert verification.intact, verification.breaks
        check_acknowledged(desk, report)
        check_whole_tickets(desk)
    if not url.startswith("postgres"):
        with closing(sqlite3.connect(url)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def check_acknowledged(desk: Desk, report: Report) -> None:
    objects = dict(rows(desk, "SELECT seq, object FROM journal"))
    subjects = Counter(subject for (subject,) in rows(desk, "SELECT subject FROM ticket"))
    notes = Counter(rows(desk, "SELECT ticket_id, body FROM message"))
    tags = set(rows(desk, "SELECT ticket_id, tag FROM ticket_tag"))
    keys = {key for (key,) in rows(desk, "SELECT key FROM command")}
    assert {one.key for one in report.done} <= keys
    for one in report.done:
        assert one.seqs
        assert {objects[seq] for seq in one.seqs} == {f"ticket:{ticket}" for ticket in one.tickets}
        (ticket,) = one.tickets
        text = f"written under {one.key}"
        if one.kind == "submit":
            assert subjects[f"Ticket {text}"] == 1
        elif one.kind == "note":
            assert notes[ticket, text] == 1
        elif one.kind == "tag":
            assert (ticket, one.key) in tags
    # What no writer lived to tell happened once or not at all.
    assert max(subjects.values()) == 1
    assert max(notes.values(), default=1) == 1


def check_whole_tickets(desk: Desk) -> None:
    tickets = set(rows(desk, "SELECT id FROM ticket"))
    verbs = Counter(verb for (verb,) in rows(desk, "SELECT verb FROM journal"))
    assert verbs["submitted"] == len(tickets)
    assert verbs["noted"] == len(rows(desk, "SELECT id FROM message"))
    assert set(rows(desk, "SELECT DISTINCT ticket_id FROM decision")) == tickets
    assert rows(desk, "SELECT count(*) FROM ticket_search") == [(len(tickets),)]


def rows(desk: Desk, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples."""
    return [tuple(row) for row in desk.database.execute(sql).fetchall()]


def test_what_was_acknowledged_outlives_a_hundred_killed_writers(sqlite_desk_url: str) -> None:
    prepare(sqlite_desk_url)
    report = run_writers(sqlite_desk_url, writers=6, kills=100, tickets=TICKETS)
    assert report.errors == []
    assert report.kills >= 100
    assert len(report.done) > 100
    assert report.unknown, "no writer was killed in the middle of a command"
    check(sqlite_desk_url, report)


@pytest.mark.postgres
def test_what_was_acknowledged_outlives_killed_writers_on_postgresql(postgres_desk_url: str) -> None:
    prepare(postgres_desk_url)
    report = run_writers(postgres_desk_url, writers=6, kills=40, tickets=TICKETS)
    assert report.errors == []
    assert len(report.done) > 40
    check(postgres_desk_url, report)


def test_sixteen_writers_at_once_never_see_a_locked_database(desk_url: str) -> None:
    prepare(desk_url)
    report = run_writers(desk_url, writers=16, commands=15, tickets=TICKETS)
    assert report.errors == []
    assert len(report.done) + report.refused == 16 * 15
    check(desk_url, report)
