"""Many processes that write to one desk at once, some of them killed in the middle of it.

Run as a program it is the parent of the writers: it forks them (so that a new writer is there in milliseconds), kills
them at random moments and replaces them. A replacement first repeats the command whose outcome the killed writer did
not live to tell, under the same idempotency key. `run_writers` starts that program and hands back what was
acknowledged.
"""

import importlib
import json
import math
import os
import random
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

WRITER_LOGINS = ("tom", "tina", "wes", "desi", "lea", "sam")
KINDS = ("submit", "note", "take", "tag")


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a writer: what it does, on which ticket, under which idempotency key."""

    key: str
    kind: str
    ticket: int


@dataclass(frozen=True, slots=True)
class Done:
    """A command that the desk acknowledged: the journal entries and tickets of its Change."""

    key: str
    kind: str
    seqs: tuple[int, ...]
    tickets: tuple[int, ...]


@dataclass(slots=True)
class Report:
    """What the writers lived through. `refused` counts refusals by the rules of the desk; `errors` should be empty."""

    done: list[Done] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    refused: int = 0
    kills: int = 0
    errors: list[str] = field(default_factory=list)


def run_writers(url: str, *, writers: int, commands: int = 0, kills: int = 0, tickets: int, seed: int = 1) -> Report:
    """Let `writers` processes write to the desk at `url`, which holds tickets 1 to `tickets`.

    With `kills` they are killed and replaced until so many have died; otherwise each does `commands` commands.
    """
    settings = {"url": url, "writers": writers, "commands": commands, "kills": kills, "tickets": tickets, "seed": seed}
    finished = subprocess.run(
        [sys.executable, "-m", __name__, json.dumps(settings)], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    answer = json.loads(finished.stdout)
    return Report(
        done=[Done(one["key"], one["kind"], tuple(one["seqs"]), tuple(one["tickets"])) for one in answer["done"]],
        unknown=set(answer["unknown"]),
        refused=answer["refused"],
        kills=answer["kills"],
        errors=answer["errors"],
    )


# A writer


def write(tell: Callable[[str, object], None], url: str, login: str, name: str, plan: "Plan") -> None:
    """Do commands and tell of each before (`will`) and after (`done`, `refused`, `error`) it."""
    from itdesk.desk import communication, intake, triage
    from itdesk.desk.errors import DeskError
    from itdesk.desk.session import Session, open_desk, sign_in
    from tests.support.desks import live_clock

    try:
        desk = open_desk(url)
        actor = sign_in(desk, login)
        for command in plan.commands(name):
            tell("will", asdict(command))
            session = Session(desk, actor, live_clock, command.key)
            text = f"written under {command.key}"
            try:
                match command.kind:
                    case "submit":
                        change = intake.submit(session, intake.NewTicket(f"Ticket {text}", "vpn does not connect"))
                    case "note":
                        change = communication.note(session, [command.ticket], text)
                    case "take":
                        change = triage.take(session, [command.ticket])
                    case _:
                        change = triage.tag(session, [command.ticket], add=[command.key])
            except DeskError as refusal:
                tell("refused", str(refusal))
            else:
                tell("done", asdict(Done(command.key, command.kind, change.seqs, change.tickets)))
    except Exception as error:
        tell("error", f"{type(error).__name__}: {error}")
    else:
        tell("end", None)


@dataclass(slots=True)
class Plan:
    """What a writer does: the command that its killed predecessor left open, then `count` random ones (0: no end)."""

    first: Command | None
    count: int
    tickets: int
    rng: random.Random

    def commands(self, name: str) -> Any:
        """The commands, in order."""
        if self.first is not None:
            yield self.first
        number = 0
        while self.count == 0 or number < self.count:
            number += 1
            kind = self.rng.choices(KINDS, weights=(4, 4, 1, 1))[0]
            yield Command(f"{name}-{number}", kind, self.rng.randint(1, self.tickets))


# Their parent


@dataclass(slots=True)
class _Writer:
    """`dies_in` counts down the commands until it is killed, at a random moment of the last (None: never)."""

    pid: int
    pipe: int
    dies_in: int | None
    dies_at: float = math.inf
    unread: bytes = b""
    open_command: Command | None = None
    ended: bool = False


def _fork(url: str, login: str, name: str, plan: Plan, dies_in: int | None) -> _Writer:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return _Writer(pid, reading, dies_in)
    os.close(reading)
    try:
        # One write a line: what is told before a kill is in the pipe and outlives the writer.
        write(lambda what, data: _tell(writing, what, data), url, login, name, plan)
    finally:
        os._exit(0)


def _tell(pipe: int, what: str, data: object) -> None:
    os.write(pipe, (json.dumps([what, data]) + "\n").encode())


def main(url: str, writers: int, commands: int, kills: int, tickets: int, seed: int) -> Report:
    """Run the writers to their end; see `run_writers`."""
    _import_everything(url)
    rng = random.Random(seed)
    report = Report()
    selector = selectors.DefaultSelector()
    born = 0

    def start(first: Command | None = None) -> None:
        nonlocal born
        born += 1
        plan = Plan(first, commands, tickets, random.Random(seed * 1_000_003 + born))
        dies_in = rng.randint(0, 9) if kills else None
        login = WRITER_LOGINS[born % len(WRITER_LOGINS)]
        writer = _fork(url, login, f"writer-{seed}-{born}", plan, dies_in)
        if dies_in == 0:  # while it opens the desk
            writer.dies_at = time.monotonic() + rng.uniform(0.0, 0.05)
        selector.register(writer.pipe, selectors.EVENT_READ, writer)

    for _ in range(writers):
        start()
    while selector.get_map():
        for key, _ in selector.select(0.001):
            _hear(key.data, report, rng)
        for writer in [key.data for key in selector.get_map().values()]:
            if time.monotonic() > writer.dies_at and not writer.ended:
                os.kill(writer.pid, signal.SIGKILL)
                os.waitpid(writer.pid, 0)
                report.kills += 1
                while not writer.ended:
                    _hear(writer, report, rng)
                if writer.open_command is not None:
                    report.unknown.add(writer.open_command.key)
                if report.kills + len(selector.get_map()) <= kills:
                    start(writer.open_command)
            if writer.ended:
                selector.unregister(writer.pipe)
                os.close(writer.pipe)
    report.unknown -= {one.key for one in report.done}
    return report


def _hear(writer: _Writer, report: Report, rng: random.Random) -> None:
    data = os.read(writer.pipe, 65536)
    if not data:
        writer.ended = True
        return
    *lines, writer.unread = (writer.unread + data).split(b"\n")
    for line in lines:
        what, told = json.loads(line)
        if what == "will":
            writer.open_command = Command(**told)
            if writer.dies_in is not None:
                writer.dies_in -= 1
                if writer.dies_in == 0:
                    writer.dies_at = time.monotonic() + rng.uniform(0.0, 0.02)
            continue
        if what == "done":
            report.done.append(Done(told["key"], told["kind"], tuple(told["seqs"]), tuple(told["tickets"])))
        elif what == "refused":
            report.refused += 1
        elif what == "error":
            report.errors.append(told)
        writer.open_command = None


def _import_everything(url: str) -> None:
    """So that a forked writer can begin at once."""
    postgres = ["psycopg"] if url.startswith("postgres") else []  # before the models
    for name in (
        *postgres,
        "itdesk.desk.communication",
        "itdesk.desk.intake",
        "itdesk.desk.triage",
        "tests.support.desks",
    ):
        importlib.import_module(name)


if __name__ == "__main__":
    answer = asdict(main(**json.loads(sys.argv[1])))
    answer["unknown"] = sorted(answer["unknown"])
    print(json.dumps(answer))
