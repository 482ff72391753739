"""The real incident log lived through with our clocks and assignment; left out where ITDESK_REAL_DATA is not set."""

import os
import time
from pathlib import Path
from statistics import mean

from tests.benchmarks.figures import Figure
from tests.benchmarks.imports import LOG
from tests.support.desks import opened
from tests.support.replay import OF_A_TEAM, log_of, replay

ENOUGH = 5
"""From this mean load of its people on, a team's spread tells something: below, a single ticket is the difference."""


def replay_figures(folder: Path) -> list[Figure]:
    """All of the log at an empty desk in `folder`; fails where a ticket has no owner, or a clock loses time."""
    named = os.environ.get("ITDESK_REAL_DATA")
    if not named or not (Path(named) / LOG).exists():
        return []
    database = folder / "replayed.sqlite3"
    database.unlink(missing_ok=True)
    log = log_of(Path(named) / LOG)
    with opened(str(database), create=True) as desk:
        begun = time.perf_counter()
        found = replay(desk, log)
        taken = time.perf_counter() - begun
    assert not found.faults, found.faults[:5]
    clocks = sum(found.clocks.values())
    met, breached = (sum(n for (_, at), n in found.clocks.items() if at == state) for state in ("met", "breached"))
    spread = max(found.spread(team) for team, loads in found.loads.items() if mean(loads) >= ENOUGH)
    return [
        Figure("replay of the incident log", taken, "s", remark=f"{found.tickets:,} tickets, {found.acts:,} acts"),
        Figure("its acts, each", taken / found.acts * 1000, "ms"),
        Figure("its clocks", clocks, "", remark=f"{met:,} met, {breached:,} missed"),
        Figure("first responses missed", found.share_breached("first_response") * 100, "%"),
        Figure("resolutions missed", found.share_breached("resolution") * 100, "%"),
        Figure(f"load between {OF_A_TEAM} equal people, at noon", spread * 100, "%", 15, 5, remark=found.in_words),
    ]
