"""Changes of tickets by one writer and by many processes at once, each a full transaction with its journal entry."""

import json
import multiprocessing
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from random import Random
from uuid import uuid4

from itdesk.desk import communication, triage
from itdesk.desk.compliance import verify_journal
from itdesk.desk.errors import Refused
from itdesk.desk.session import SYSTEM, Session, open_desk, sign_in
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.generator import TECHNICIANS, BigDesk

ALONE, TOGETHER = 1_000, 200
WRITERS = 16


def change_figures(desk: BigDesk, writers: int = WRITERS) -> list[Figure]:
    """Changes a second of one writer and of many; the desk is changed, so hand in a copy. The journal is verified."""
    alone = _write_together(desk, 1, ALONE)
    together = _write_together(desk, writers, TOGETHER)
    opened = open_desk(str(desk.database))
    try:
        verified = verify_journal(Session(opened, SYSTEM, lambda: datetime.now(UTC)))
    finally:
        opened.close()
    assert verified.intact, verified.breaks[:3]
    assert verified.entries == desk.entries + ALONE + writers * TOGETHER, "changes are missing in the journal"
    many = f"{writers} processes"
    return [
        Figure("changes, one writer", alone.rate, "/s", 250, 800, more_is_better=True),
        Figure("its slowest hundredth", percentile(alone.milliseconds, 0.99), "ms"),
        Figure(f"changes, {many}", together.rate, "/s", 500, 1_500, more_is_better=True),
        Figure(f"{many}: p99", percentile(together.milliseconds, 0.99), "ms", 250),
        Figure(f"{many}: longest", max(together.milliseconds), "ms", 2_000),
        Figure(f"{many}: errors", together.errors, "", 0, 0, portable=True),
    ]


class _Outcome:
    def __init__(self, told: Sequence[tuple[float, float, list[float], int]]) -> None:
        begun, ended = min(one[0] for one in told), max(one[1] for one in told)
        self.milliseconds = [taken for one in told for taken in one[2]]
        self.errors = sum(one[3] for one in told)
        self.rate = len(self.milliseconds) / (ended - begun)


def _write_together(desk: BigDesk, writers: int, changes: int) -> _Outcome:
    context = multiprocessing.get_context("spawn")  # nothing of this process's connections
    ready = context.Barrier(writers)
    answers: SimpleQueue[str] = context.SimpleQueue()
    processes = [
        context.Process(target=_write, args=(str(desk.database), number, changes, ready, answers))
        for number in range(writers)
    ]
    for process in processes:
        process.start()
    told = [json.loads(answers.get()) for _ in processes]
    for process in processes:
        process.join()
    return _Outcome(told)


def _write(database: str, number: int, changes: int, ready: Barrier, answers: "SimpleQueue[str]") -> None:
    random = Random(number)
    desk = open_desk(database)
    actor = sign_in(desk, f"tech{1 + number % TECHNICIANS:02}")
    live = [row[0] for row in desk.database.execute(_LIVE).fetchall()]
    errors = 0
    taken: list[float] = []
    ready.wait()
    begun = time.monotonic()
    while len(taken) < changes:
        session = Session(desk, actor, lambda: datetime.now(UTC), uuid4().hex)
        ticket = random.choice(live)
        started = time.monotonic()
        try:
            match len(taken) % 4:
                case 0:
                    communication.note(session, [ticket], "Looked at the printer again; the driver is the old one.")
                case 1:
                    communication.reply(session, [ticket], "Please try again and tell us whether it works now.")
                case 2:
                    triage.tag(session, [ticket], add=[uuid4().hex[:8]])
                case _:
                    triage.assign(session, [ticket], f"tech{1 + random.randrange(TECHNICIANS):02}")
        except Refused:
            continue  # it is theirs already: another ticket
        except Exception:
            errors += 1
        taken.append((time.monotonic() - started) * 1000)
    answers.put(json.dumps((begun, time.monotonic(), taken, errors)))
    desk.close()


_LIVE = "SELECT id FROM ticket WHERE closed_at IS NULL AND status IN ('new', 'assigned', 'in_progress') ORDER BY id"


def assign_to_another(desk: BigDesk, ticket: int) -> None:
    """A colleague gives a ticket to somebody who does not have it."""
    opened = open_desk(str(desk.database))
    try:
        session = Session(opened, sign_in(opened, "tech01"), lambda: datetime.now(UTC))
        try:
            triage.assign(session, [ticket], "tech01")
        except Refused:  # it is theirs already
            triage.assign(session, [ticket], "tech02")
    finally:
        opened.close()
