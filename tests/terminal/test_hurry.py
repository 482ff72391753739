"""Hurried and rude use in a real terminal: keys faster than frames, storms of sizes, signals, cut lines."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pytest

from itdesk.desk import communication, intake
from itdesk.desk.departure import leave
from itdesk.desk.queries import queue, tickets
from itdesk.desk.session import SYSTEM, Session
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import MessageKind
from tests.support.desks import opened
from tests.support.terminal import Terminal
from tests.ui import world
from tests.ui.world import session_of

CHECKOUT = Path(__file__).parent.parent.parent
SAP = 13
"""The ticket that stands first in the queue."""
NEWEST = 15
"""The ticket that was opened last."""

Start = Callable[[], Terminal]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished desk's file, to be copied."""
    path = tmp_path_factory.mktemp("world") / "desk.sqlite3"
    world.furnish(path).close()
    return path


@pytest.fixture
def place(furnished: Path, tmp_path: Path) -> str:
    """A furnished desk's file of one's own."""
    path = tmp_path / "desk.sqlite3"
    shutil.copyfile(furnished, path)
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def start(place: str, tmp_path: Path) -> Iterator[Start]:
    """Starts Anna's screens and waits for the queue."""
    started: list[Terminal] = []

    def starting() -> Terminal:
        command = [sys.executable, "-m", "tests.ui.launch", place, str(tmp_path / "log"), "anna"]
        terminal = Terminal(command, cwd=CHECKOUT)
        started.append(terminal)
        terminal.wait_for(f"INC-{SAP}")
        return terminal

    yield starting
    for terminal in started:
        terminal.close()


# --- sizes -----------------------------------------------------------------------------------------------------------


def test_a_storm_of_sizes_while_tickets_arrive_leaves_the_cursor_on_its_ticket(start: Start, place: str) -> None:
    terminal = start()
    terminal.press("j")
    terminal.wait_for(lambda shown: "▌" in shown.text and "INC-10" in _cursor_row(shown))
    arrivals = subprocess.Popen([sys.executable, "-m", "tests.terminal.arrivals", place, "100"], cwd=CHECKOUT)
    for number in range(200):
        terminal.resize(1, 1)
        terminal.resize(24, 80)
        if number % 5 == 0:
            terminal.wait_for("INC-10")  # of which the 1x1 left nothing: it was drawn anew
    assert arrivals.wait() == 0
    terminal.press("ctrl+r")
    terminal.wait_for(lambda shown: "of 115" in shown.text and "INC-10" in _cursor_row(shown))
    terminal.press("q")
    assert terminal.wait_exit() == 0
    terminal.restored()


def _cursor_row(terminal: Terminal) -> str:
    return next((line for line in terminal.screen if line.startswith("▌")), "")


# --- keys ------------------------------------------------------------------------------------------------------------


def test_five_hundred_keys_in_one_write_each_do_what_they_were_typed_for(start: Start, place: str) -> None:
    with opened(place) as desk:
        session = session_of(desk)
        shown = [row.id for row in queue.page(session, parse("status:open")).rows]
    terminal = start()
    keys = "".join(
        "g"
        + "j" * down
        + "jk" * 3 * bool(down < len(shown) - 1)
        + f"+round-{down:02}\r"
        + "lprinter\r"
        + "t"
        + ("r" if down % 2 else "c")
        + f"up and take {down}\x1bsq"
        for down in range(len(shown))
    )
    assert len(keys) >= 500
    terminal.send(f"{keys}?")
    terminal.wait_for("Help · queue", patience=90)
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    with opened(place) as desk:
        found = [tickets.view(session_of(desk), ticket) for ticket in shown]
        written = [tickets.messages(session_of(desk), ticket)[-1] for ticket in shown]
    assert [(message.kind is MessageKind.REPLY, message.text) for message in written] == [
        (bool(down % 2), f"up and take {down}") for down in range(len(shown))
    ]
    assert [(ticket.tags, ticket.category, ticket.assignee) for ticket in found] == [
        ((f"round-{down:02}",), "hardware.printer", "anna") for down in range(len(shown))
    ]


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("rup", ("REPLY to Emil", "up")),
        ("rtake it", ("REPLY to Emil", "take it")),
        ("ccheck this", ("WORK NOTE", "check this")),
        ("\r]cabc", ("INC-10", "WORK NOTE", "abc")),
        ("\r\t", ("People",)),
    ],
)
def test_what_is_typed_right_behind_a_key_that_opens_a_ticket_is_meant_for_it(
    start: Start, keys: str, shown: tuple[str, ...]
) -> None:
    terminal = start()
    terminal.send(keys)
    terminal.wait_for(lambda now: all(part in now.text for part in shown))
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0


@pytest.mark.parametrize("key", [":", "?", "]", "2"])
def test_a_key_that_comes_in_one_piece_with_esc_is_not_text(start: Start, key: str) -> None:
    terminal = start()
    terminal.press("enter")
    terminal.wait_for("Nobody can book")
    terminal.press("r")
    terminal.wait_for("REPLY to Emil")
    terminal.send(f"\x1b{key}")
    terminal.wait_for({":": "Act on", "?": "Help", "]": "INC-10  Core switch", "2": "4 articles"}[key])


def test_why_right_behind_a_bracket_explains_the_next_ticket(start: Start) -> None:
    terminal = start()
    for _ in range(5):
        terminal.send("\r]w")
        terminal.wait_for("Why P1 and other.unknown?")
        terminal.send("qqg")
        terminal.wait_for("fair order")


# --- cut lines -------------------------------------------------------------------------------------------------------


def _write_half(terminal: Terminal) -> None:
    terminal.press("r")
    terminal.wait_for("REPLY to Emil")
    terminal.type("Half a tho")
    terminal.wait_for("Half a tho")


@pytest.mark.parametrize(
    "keys",
    [(), ("esc",), ("esc", "c"), ("esc", "s"), ("esc", "D"), ("esc", "q"), ("esc", ":"), ("esc", "2"), ("esc", "]")],
    ids=lambda keys: "+".join(keys) or "writing",
)
def test_a_line_cut_at_any_moment_of_writing_loses_no_text(start: Start, place: str, keys: tuple[str, ...]) -> None:
    terminal = start()
    _write_half(terminal)
    terminal.press(*keys)
    terminal.hang_up()
    assert terminal.wait_exit() == 128 + signal.SIGHUP
    with opened(place) as desk:
        session = session_of(desk)
        kept = [draft.text for draft in communication.drafts(session, SAP)]
        sent = [message.text for message in tickets.messages(session, SAP) if message.kind is MessageKind.REPLY]
    assert [*kept, *sent] == ["Half a tho"]


def test_a_draft_of_a_cut_line_stands_in_the_composer_at_the_next_login(start: Start) -> None:
    terminal = start()
    _write_half(terminal)
    terminal.hang_up()
    assert terminal.wait_exit() == 128 + signal.SIGHUP
    again = start()
    again.press("r")
    again.wait_for("Half a tho")
    again.press("ctrl+q")
    assert again.wait_exit() == 0
    again.restored()


def test_an_open_screen_of_somebody_who_left_ends_and_says_why(start: Start, place: str) -> None:
    terminal = start()
    with opened(place) as desk:
        leave(Session(desk, SYSTEM, session_of(desk).clock), "anna")
    assert terminal.wait_exit() == 1
    terminal.restored()
    assert "anna is no longer active at this desk." in terminal.text


# --- the form of a new ticket ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "keys", [(), ("esc",), ("esc", "s"), ("esc", "D"), ("esc", "esc"), ("esc", "2")], ids=lambda keys: "+".join(keys)
)
def test_a_line_cut_at_any_moment_of_a_new_ticket_loses_no_text(
    start: Start, place: str, keys: tuple[str, ...]
) -> None:
    terminal = start()
    terminal.send("nmarta\t\tHalf a tho")
    terminal.wait_for("Half a tho")
    terminal.press(*keys)
    terminal.hang_up()
    assert terminal.wait_exit() == 128 + signal.SIGHUP
    with opened(place) as desk:
        session = session_of(desk)
        draft = intake.kept_draft(session)
        newest = queue.page(session, parse("status:open"), Order.NEWEST).rows[0]
    kept = [(draft.new.subject, draft.new.requester)] if draft else []
    opened_now = [(newest.subject, "marta")] if newest.id > NEWEST else []
    assert [*kept, *opened_now] == [("Half a tho", "marta")]


def test_the_form_of_a_cut_line_comes_back_at_the_next_login(start: Start) -> None:
    terminal = start()
    terminal.send("nmarta\t\tVPN down\rHalf a tho")
    terminal.wait_for("Half a tho")
    terminal.hang_up()
    assert terminal.wait_exit() == 128 + signal.SIGHUP
    again = start()
    again.press("n")
    again.wait_for(lambda shown: all(part in shown.text for part in ("Marta Kowalska", "VPN down", "Half a tho")))
    again.send("ught\x1b")
    again.wait_for("s submit")
    again.press("s")
    again.wait_for("Opened INC-16")
    again.press("ctrl+q")
    assert again.wait_exit() == 0
    again.restored()


# --- signals while the program starts --------------------------------------------------------------------------------


def _opening(place: str) -> Terminal:
    return Terminal([sys.executable, "-m", "itdesk", "--database", place, "--as", "anna"], cwd=CHECKOUT)


def _ended_by(number: signal.Signals, status: int) -> bool:
    """By itself with the shell's status for that signal, or by the signal, before there was anything to clean up."""
    return status in (128 + number, -number)


SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_at_any_moment_of_the_start_ends_the_program_and_leaves_the_terminal_as_it_was(
    place: str, number: signal.Signals
) -> None:
    for hundredths in range(15, 75, 10):
        with _opening(place) as terminal:
            Timer(hundredths / 100, terminal.signal, [number]).start()
            status = terminal.wait_exit()
            assert _ended_by(number, status), (hundredths, status, bytes(terminal.output))
            assert b"has a fault" not in terminal.output
            assert b"stopped" not in terminal.output
            terminal.restored()


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("size", [1, 200, 250, 1000, 4000])
def test_a_signal_after_the_first_bytes_ends_the_program_with_its_status(
    place: str, number: signal.Signals, size: int
) -> None:
    with _opening(place) as terminal:
        terminal.wait_for(lambda shown: len(shown.output) >= size)
        terminal.signal(number)
        assert terminal.wait_exit() == 128 + number, bytes(terminal.output)
        assert b"stopped" not in terminal.output
        terminal.restored()


# --- the mouse -------------------------------------------------------------------------------------------------------


def test_the_terminals_own_mouse_selects_a_text_that_is_shown_to_be_copied(start: Start) -> None:
    terminal = start()
    terminal.wait_for(lambda shown: shown.modes().get(1000))
    terminal.press("y", "y")
    terminal.wait_for("Select it with the terminal's mouse")
    terminal.wait_for(lambda shown: not shown.modes().get(1000))
    terminal.press("esc")
    terminal.wait_for(lambda shown: shown.modes().get(1000))
