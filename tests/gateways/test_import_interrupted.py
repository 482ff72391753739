"""Ctrl-C at any moment of an import, in a process of its own: what is committed stays, and the next run goes on."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from itdesk.desk.compliance import verify_journal
from itdesk.desk.queries import listing
from itdesk.desk.session import Session
from itdesk.domain.search_language import parse
from itdesk.gateways.importing import import_file
from itdesk.settings.locations import shipped_config
from itdesk.settings.mappings import load_mapping
from tests.gateways.logs import FIXTURE, copies
from tests.support.desks import StillClock, copy_sqlite, opened, shipped_rulebook, sign_in_at

COPIES = 40
TICKETS = COPIES * 19
INTERRUPTIONS = 8

IMPORT = """
from itdesk.cli.main import main
print("ready", flush=True)
main()
"""


def content(session: Session) -> dict[str | None, tuple[object, ...]]:
    """What the desk holds of each ticket."""
    return {
        row.external_id: (row.status, row.priority, row.category, row.team, row.resolved_at, row.closed_at)
        for row in listing.tickets(session, parse("status:all"))
    }


@pytest.mark.sqlite
def test_an_import_interrupted_at_random_moments_goes_on_and_ends_as_one_that_was_not(
    sqlite_template: Path, tmp_path: Path
) -> None:
    copies(FIXTURE, COPIES, log := tmp_path / "log.csv")
    interrupted, whole = tmp_path / "interrupted.sqlite3", tmp_path / "whole.sqlite3"
    for database in (interrupted, whole):
        copy_sqlite(sqlite_template, database)
    seed = random.randrange(1 << 32)
    moments = random.Random(seed)
    counts = [0]
    for _ in range(INTERRUPTIONS):
        status, errors = run(interrupted, log, moments.uniform(0, 1.5))
        assert status in (0, 130, -signal.SIGINT), (seed, status, errors)
        assert "Traceback" not in errors, (seed, errors)
        counts.append(tickets_in(interrupted))
        assert counts[-1] >= counts[-2], (seed, counts)
    status, errors = run(interrupted, log, None)
    assert status == 0, (seed, errors)
    assert tickets_in(interrupted) == TICKETS, (seed, counts)
    mapping = load_mapping("servicenow-log", [shipped_config()], shipped_rulebook())
    with opened(str(whole)) as desk:
        session = sign_in_at(desk, StillClock())("sam")
        import_file(session, log, mapping)
        expected = content(session)
    with opened(str(interrupted)) as desk:
        session = sign_in_at(desk, StillClock())("sam")
        assert content(session) == expected, (seed, counts)
        assert verify_journal(session).intact, (seed, counts)


def run(database: Path, log: Path, seconds: float | None) -> tuple[int, str]:
    """Import the log by the command, with Ctrl-C after so many seconds; its status and what it said on errors."""
    arguments = ("--database", str(database), "--as", "sam", "import", str(log), "--mapping", "servicenow-log")
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=os.environ,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    try:
        _, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    return process.returncode, errors


def tickets_in(database: Path) -> int:
    with opened(str(database)) as desk:
        return len(content(sign_in_at(desk, StillClock())("sam")))
