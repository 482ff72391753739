"""What a person at a terminal waits for: start, keys, bytes, memory. The screen's content is checked every time.

A key's answer ends with the last byte before 50 ms of silence; keys are 250 ms apart. Bytes are all that came until the
next key. Rows on the screen are compared with what the database says in plain SQL.
"""

import os
import select
import sqlite3
import sys
import textwrap
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.figures import Figure, median, percentile
from tests.benchmarks.generator import VIEWER, BigDesk
from tests.support.terminal import Terminal

SILENCE = 0.05
BETWEEN_KEYS = 0.25
IDLE = 3.2
CHANGE_SEEN = 4.0
MINUTE_SEEN = 2.5
KEY_RUNS = 30
START_RUNS = 40
LINE_BYTES_PER_SECOND = 256_000 / 8
LINE_ROUND_TRIP = 0.15
REPEATS_PER_SECOND = 30
FULL = 0.7
"""The least share of the screen's lines that are tickets when the queue is full."""

_BARE = textwrap.dedent(
    """
    from textual.app import App
    from textual.widgets import Static

    class Bare(App):
        def compose(self):
            yield Static("bare application")

    Bare().run()
    """
)

ACTIVE = "closed_at IS NULL AND status IN ('new', 'assigned', 'in_progress', 'testing')"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program wrote after something was done to it: seconds to the last byte before silence, all bytes."""

    seconds: float
    size: int
    chunks: tuple[tuple[float, bytes], ...]


class Watched(Terminal):
    """A terminal that notes when each byte came; the screen is drawn afterwards, so that drawing costs no time."""

    def answer(self, act: Callable[[], object], *, until: float = BETWEEN_KEYS) -> Answer:
        """Do something and note what comes back within `until` seconds."""
        begun = time.perf_counter()
        act()
        chunks = list(self._chunks(begun, until))
        for _, data in chunks:
            self.output += data
            self._draw(self._undrawn + self._decoder.decode(data))
        last = 0.0
        for at, _ in chunks:
            if last and at - last > SILENCE:
                break
            last = at
        return Answer(last, sum(len(data) for _, data in chunks), tuple(chunks))

    def first(self, shown: Callable[[Terminal], bool], begun: float, patience: float = 60) -> float:
        """Seconds from `begun` until the screen showed something, by the arrival of the bytes."""
        end = time.perf_counter() + patience
        while time.perf_counter() < end:
            seen: float | None = None
            for at, data in list(self._chunks(begun, 0.15)):  # all are drawn: the next look builds upon them
                self.output += data
                self._draw(self._undrawn + self._decoder.decode(data))
                if seen is None and shown(self):
                    seen = at
            if seen is not None:
                return seen
        raise AssertionError(f"{self.command} did not show it:\n{self.text}")

    def _chunks(self, begun: float, until: float) -> Iterator[tuple[float, bytes]]:
        descriptor = self._process.fd
        end = time.perf_counter() + until
        while (left := end - time.perf_counter()) > 0:
            if select.select([descriptor], [], [], left)[0]:
                try:
                    data = os.read(descriptor, 65536)
                except OSError:
                    return
                yield time.perf_counter() - begun, data

    def resident_megabytes(self) -> float:
        """The program's resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


def environment(folder: Path) -> dict[str, str]:
    """What the measured programs see of the world: no configuration of the user's own."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


@contextmanager
def queue_at(desk: BigDesk, rows: int = 24, columns: int = 80) -> Iterator[tuple[Watched, float]]:
    """The queue of a desk on the screen, and the seconds that it took to be there."""
    expected = numbers(desk, ACTIVE, "order_key, id", rows)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "itdesk", "--database", str(desk.database), "--as", VIEWER]
    with Watched(command, rows=rows, columns=columns, environment=environment(desk.database.parent)) as terminal:

        def full(it: Terminal) -> bool:
            found = shown_numbers(it)
            return len(found) >= FULL * rows and found == expected[: len(found)]

        yield terminal, terminal.first(full, begun)


def numbers(desk: BigDesk, where: str, order: str, limit: int) -> list[int]:
    """Ticket ids as plain SQL finds them."""
    with closing(sqlite3.connect(f"file:{desk.database}?mode=ro", uri=True)) as connection:
        sql = f"SELECT id FROM ticket WHERE {where} ORDER BY {order} LIMIT {limit}"
        return [number for (number,) in connection.execute(sql)]


def shown_numbers(terminal: Terminal) -> list[int]:
    """The ticket ids in the list on the screen, from top to bottom."""
    found = []
    for line in terminal.screen:
        words = line.replace("▌", " ").replace("*", " ").replace("•", " ").split()
        if len(words) > 2 and words[0][:1] == "P" and words[1][:4] in ("INC-", "REQ-", "PRB-"):
            found.append(int(words[1][4:]))
    return found


def cursor_number(terminal: Terminal) -> int | None:
    """The ticket id under the cursor."""
    for line in terminal.screen:
        if "▌" in line:
            return int(line.replace("▌", " ").split()[1][4:])
    return None


# Start


def start_figures(small: BigDesk, large: BigDesk) -> list[Figure]:
    """The start to the first full queue at two sizes and of a bare Textual application, in turn."""
    bare: list[float] = []
    at_small: list[float] = []
    at_large: list[float] = []
    for _ in range(START_RUNS):
        bare.append(_bare_start(large.database.parent))
        for desk, taken in ((small, at_small), (large, at_large)):
            with queue_at(desk) as (_, seconds):
                taken.append(seconds)
    # The fastest of each: what disturbs a start only makes it longer.
    ratio = min(at_large) / min(bare)
    growth = max(0.0, min(at_large) / min(at_small) - 1) * 100
    return [
        Figure("bare Textual application on the screen", median(bare) * 1000, "ms"),
        Figure("first full queue", median(at_large) * 1000, "ms"),
        Figure("first full queue against the bare application", ratio, "x", 1.6, 1.25, portable=True),
        Figure(f"first full queue against {small.tickets:,} tickets, longer by", growth, "%", 10, portable=True),
    ]


def _bare_start(folder: Path) -> float:
    begun = time.perf_counter()
    with Watched([sys.executable, "-c", _BARE], environment=environment(folder)) as terminal:
        return terminal.first(lambda it: "bare application" in it.text, begun)


# Keys


def key_figures(desk: BigDesk) -> list[Figure]:
    """Cursor down, page down, what a refresh sends, and memory after 500 keys, at 80x24."""
    expected = numbers(desk, ACTIVE, "order_key, id", 2_000)
    with queue_at(desk) as (terminal, _):
        settle(terminal)
        first_screen = len(terminal.output)
        page = len(shown_numbers(terminal))
        _leave_the_minute(terminal, IDLE)
        idle = terminal.answer(lambda: None, until=IDLE)
        assert cursor_number(terminal) == expected[0]
        downs = []
        for place in range(1, page - 1):
            downs.append(terminal.answer(lambda: terminal.press("j")))
            assert cursor_number(terminal) == expected[place], f"down: wrong row\n{terminal.text}"
        terminal.press("g")
        settle(terminal)
        pages = []
        for turn in range(1, min(KEY_RUNS, len(expected) // page - 2) + 1):
            pages.append(terminal.answer(lambda: terminal.press("pagedown")))
            wanted = expected[turn * page : (turn + 1) * page]
            assert shown_numbers(terminal) == wanted, f"page down {turn}: wrong rows, {wanted}\n{terminal.text}"
        terminal.press("g")
        settle(terminal)
        # Over the edges of pages as well.
        downs += [terminal.answer(lambda: terminal.press("j")) for _ in range(KEY_RUNS + 10)]
        assert cursor_number(terminal) == expected[KEY_RUNS + 10]
        held = _held(terminal, "j")
        memory = _memory(terminal)
    moves = [answer.size for answer in downs[: page - 2]]
    over_edges = percentile([answer.seconds * 1000 for answer in downs], 0.95)
    page_time = percentile([answer.seconds * 1000 for answer in pages], 0.95)
    return [
        Figure("cursor down, p95", over_edges, "ms", 16, 8),
        Figure("page down, p95", page_time, "ms", 16, 8),
        Figure("bytes: first screen", first_screen, "B", 25_000, 12_000, portable=True),
        Figure("bytes: cursor down", median(moves), "B", 500, 300, portable=True),
        Figure("bytes: page down", median([answer.size for answer in pages]), "B", 6_000, 3_000, portable=True),
        Figure("bytes: refresh with nothing changed", idle.size, "B", 0, 0, portable=True),
        *held,
        *memory,
    ]


def _leave_the_minute(terminal: Watched, seconds: float) -> None:
    """Wait where a new minute would come within so many seconds, or came just now: ages and the clock change then."""
    into = time.time() % 60
    if into > 60 - seconds - 1:
        time.sleep(60 - into)
        into = 0
    if into < MINUTE_SEEN:
        time.sleep(MINUTE_SEEN - into)
        settle(terminal)


def settle(terminal: Watched) -> None:
    """Wait until the program has nothing more to say."""
    while terminal.answer(lambda: None, until=0.4).size:
        pass


def _held(terminal: Watched, key: str) -> list[Figure]:
    """How long the screen lags after the key was held for a second over a thin line, computed from the bytes."""
    chunks: list[tuple[float, bytes]] = []
    begun = time.perf_counter()
    for count in range(1, REPEATS_PER_SECOND + 1):
        terminal.press(key)
        until = begun + count / REPEATS_PER_SECOND - time.perf_counter()
        offset = time.perf_counter() - begun
        answer = terminal.answer(lambda: None, until=max(until, 0.001))
        chunks += [(offset + at, data) for at, data in answer.chunks]
    released = (REPEATS_PER_SECOND - 1) / REPEATS_PER_SECOND
    offset = time.perf_counter() - begun
    answer = terminal.answer(lambda: None, until=0.06)
    chunks += [(offset + at, data) for at, data in answer.chunks]
    compressor = zlib.compressobj(6)
    packed = [(at, compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH)) for at, data in chunks]
    plain_lag, packed_lag = (_lag(sent, released) for sent in (chunks, packed))
    return [
        Figure("lag after Down held for 1 s, 150 ms, 256 kbit/s", plain_lag * 1000, "ms", 250),
        Figure("the same with ssh -C", packed_lag * 1000, "ms"),
    ]


def _lag(sent: Sequence[tuple[float, bytes]], released: float) -> float:
    """Seconds from the release of the key to the last byte at the other end of the line."""
    free = 0.0
    for at, data in sent:
        free = max(free, at) + len(data) / LINE_BYTES_PER_SECOND
    return free + LINE_ROUND_TRIP - released


def _memory(terminal: Watched) -> list[Figure]:
    """Resident memory after 500 keys; the first 100 fill what is kept."""
    keys = ["j"] * 7 + ["pagedown", "k", "pageup"]
    for _ in range(10):
        _pressed(terminal, keys)
    early = terminal.resident_megabytes()
    for _ in range(40):
        _pressed(terminal, keys)
    late = terminal.resident_megabytes()
    return [
        Figure("resident memory after 500 keys", late, "MB", 75, 55),
        Figure("its growth from the 100th key on", max(0.0, late - early), "MB", 2),
    ]


def _pressed(terminal: Watched, keys: Sequence[str]) -> None:
    for key in keys:
        terminal.press(key)
        terminal.answer(lambda: None, until=0.03)


# A ticket, and somebody else's change


def ticket_figures(desk: BigDesk) -> list[Figure]:
    """Opening a ticket with a long conversation from the queue."""
    with queue_at(desk) as (terminal, _):
        terminal.press("/")
        terminal.press("ctrl+u")
        terminal.type(f"{desk.long_ticket}")
        terminal.wait_for(lambda it: shown_numbers(it) == [desk.long_ticket])
        terminal.press("enter")
        settle(terminal)
        opened = []
        for _ in range(KEY_RUNS):
            opened.append(terminal.answer(lambda: terminal.press("enter"), until=1.0))
            assert shown_numbers(terminal) == [], f"the ticket is not open:\n{terminal.text}"
            assert str(desk.long_ticket) in terminal.text
            terminal.press("q")
            terminal.wait_for(lambda it: shown_numbers(it) == [desk.long_ticket])
            settle(terminal)
    return [
        Figure(
            "opening a ticket with 200 messages, p95",
            percentile([one.seconds * 1000 for one in opened], 0.95),
            "ms",
            50,
            25,
        ),
        Figure("bytes: opening that ticket", median([one.size for one in opened]), "B"),
    ]


def changed_row_figure(desk: BigDesk, change: Callable[[int], None]) -> Figure:
    """The bytes that another's change of one row in view costs; `change` does it to a ticket.

    Not of the cursor's row, with which the line below it changes as well.
    """
    with queue_at(desk) as (terminal, _):
        settle(terminal)
        shown = ", ".join(map(str, shown_numbers(terminal)[1:]))  # the cursor stands on the first
        held = "status = 'in_progress' AND assignee_id IS NOT NULL"  # no tab's count changes
        ticket = numbers(desk, f"id IN ({shown}) AND {held}", "order_key, id", 1)[0]
        _leave_the_minute(terminal, CHANGE_SEEN)
        answer = terminal.answer(lambda: change(ticket), until=CHANGE_SEEN)
        assert ticket in shown_numbers(terminal)
        assert answer.size, "the change never reached the screen"
    return Figure("bytes: one row changed by somebody else", answer.size, "B", 300, 150, portable=True)
