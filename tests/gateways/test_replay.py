"""Another desk's incidents, lived through with our clocks and our assignment."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.gateways.logs import FIXTURE, REAL
from tests.support.desks import opened
from tests.support.replay import Replayed, log_of, replay

SOME_DAYS = datetime(2016, 3, 2, tzinfo=UTC)
"""So far the suite goes; the benchmark replays the whole log."""


def replayed(location: str, log: Path, until: datetime | None = None) -> Replayed:
    with opened(location, create=True) as desk:
        return replay(desk, log_of(log, until))


def test_every_ticket_of_the_fixture_gets_an_owner_and_clocks_that_never_run_backwards(database_url: str) -> None:
    found = replayed(database_url, FIXTURE)
    assert found.faults == ()
    assert found.tickets > 10
    assert found.clocks["resolution", "met"] + found.clocks["resolution", "breached"] > 0


def test_the_first_days_of_the_real_log_are_shared_evenly(
    real_data: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = replayed(sqlite_url, real_data / REAL, SOME_DAYS)
    assert found.faults == ()
    assert found.tickets > 100
    with capsys.disabled():
        print(f"\nload spread after {found.tickets} tickets: {found.in_words}")
