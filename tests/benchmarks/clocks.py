"""Business time, and the clocks of open tickets after a change of a calendar."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from itdesk.desk import recomputing, rulebook
from itdesk.desk.session import SYSTEM, Session, open_desk
from itdesk.domain.calendar import Calendar
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from tests.benchmarks.figures import Figure
from tests.benchmarks.generator import SEED, BigDesk

COMPUTATIONS = 1_000_000
OPEN = 100_000
"""Tickets of the desk whose clocks are brought up to date."""


def business_time_figures() -> Sequence[Figure]:
    """Half of the computations add, half measure, over eleven years; each is checked against the other."""
    office = load_rulebook(shipped_config()).calendar("office")
    assert office is not None
    random, first = Random(SEED), datetime(2016, 1, 1, tzinfo=UTC)
    starts = [first + timedelta(seconds=random.randrange(11 * 365 * 86_400)) for _ in range(COMPUTATIONS // 2)]
    minutes = [random.randrange(1, 6_000) for _ in starts]
    begun = time.perf_counter()
    ends = [office.add(start, span) for start, span in zip(starts, minutes, strict=True)]
    spans = [office.between(start, end) for start, end in zip(starts, ends, strict=True)]
    taken = time.perf_counter() - begun
    assert spans == minutes
    return [Figure(f"{COMPUTATIONS:,} computations of business time", taken, "s", 2)]


def recomputing_figures(desk: BigDesk) -> Sequence[Figure]:
    """All open tickets after a change of the calendar; the desk is changed, so hand in a copy."""
    book = load_rulebook(shipped_config())
    half = Calendar("office", "Europe/Berlin", dict.fromkeys(range(5), ((480, 720),)))
    changed = replace(book, calendars=(half, *(one for one in book.calendars if one.name != "office")))
    opened = open_desk(str(desk.database))
    try:
        session = Session(opened, SYSTEM, lambda: datetime.now(UTC))
        rulebook.adopt(session, changed, "half days")
        told: list[int] = []
        begun = time.perf_counter()
        count = recomputing.recompute(Session(opened, SYSTEM, session.clock), told=lambda done, _: told.append(done))
        taken = time.perf_counter() - begun
        assert count == desk.live == told[-1]
        assert recomputing.is_current(session)
    finally:
        opened.close()
    return [Figure(f"clocks of {count:,} open tickets after a change of the calendar", taken, "s", 60)]
