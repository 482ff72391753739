"""Every way out of the screens, in a real pseudo-terminal: it is left as it was found, and no text is lost."""

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from itdesk.desk import communication
from itdesk.desk.session import open_desk
from itdesk.domain.ticket import MessageKind
from tests.support.terminal import Terminal
from tests.ui.world import session_of

Start = Callable[..., Terminal]


@pytest.fixture
def place(furnished: Path, tmp_path: Path) -> Path:
    """A furnished desk's file."""
    path = tmp_path / "desk.sqlite3"
    shutil.copyfile(furnished, path)
    path.chmod(0o600)
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where a crash would be told; its folder is not there yet."""
    return tmp_path / "state" / "itdesk.log"


@pytest.fixture
def start(place: Path, log: Path) -> Iterator[Start]:
    """Starts the screens in a terminal and waits for the queue."""
    started: list[Terminal] = []

    def starting(*faults: str, rows: int = 24, columns: int = 80) -> Terminal:
        command = [sys.executable, "-m", "tests.ui.launch", str(place), str(log), "anna", *faults]
        terminal = Terminal(command, rows=rows, columns=columns, cwd=Path(__file__).parent.parent.parent)
        started.append(terminal)
        terminal.wait_for("INC-13")
        return terminal

    yield starting
    for terminal in started:
        terminal.close()


def kept(place: Path) -> list[tuple[MessageKind, str]]:
    """Anna's drafts on the first ticket of the queue."""
    desk = open_desk(str(place))
    try:
        return [(draft.kind, draft.text) for draft in communication.drafts(session_of(desk), 13)]
    finally:
        desk.close()


def write_half(terminal: Terminal) -> None:
    terminal.press("r")
    terminal.wait_for("REPLY to Emil")
    terminal.type("Half a tho")
    terminal.wait_for("Half a tho")


@pytest.mark.parametrize("keys", [("q",), ("ctrl+q",), ("enter", "q", "q")])
def test_leaving_by_key_restores_the_terminal(start: Start, keys: tuple[str, ...]) -> None:
    terminal = start()
    for key in keys:
        terminal.press(key)
        if key == "enter":
            terminal.wait_for("Timeline")
        elif key == "q" and key is not keys[-1]:
            terminal.wait_for("fair order")
    assert terminal.wait_exit() == 0
    terminal.restored()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_keeps_the_draft_and_restores_the_terminal(start: Start, place: Path, number: signal.Signals) -> None:
    terminal = start()
    write_half(terminal)
    terminal.signal(number)
    assert terminal.wait_exit() == 128 + number
    terminal.restored()
    assert kept(place) == [(MessageKind.REPLY, "Half a tho")]


@pytest.mark.parametrize("way", ["signal", "the line is cut"])
def test_what_was_typed_in_one_go_is_in_the_draft_to_the_last_letter(start: Start, place: Path, way: str) -> None:
    terminal = start()
    text = "x" * 20 + " and what came with it in the same moment, to the very end."
    write_half(terminal)
    terminal.send(text)
    terminal.wait_for("Half a thox")
    if way == "signal":
        terminal.signal(signal.SIGHUP)
    else:
        terminal.hang_up()
    assert terminal.wait_exit() == 128 + signal.SIGHUP
    assert kept(place) == [(MessageKind.REPLY, f"Half a tho{text}")]


def test_a_lost_line_keeps_the_draft_and_leaves_no_process(start: Start, place: Path) -> None:
    terminal = start()
    write_half(terminal)
    terminal.hang_up()
    assert terminal.wait_exit() == 128 + signal.SIGHUP
    assert kept(place) == [(MessageKind.REPLY, "Half a tho")]


@pytest.mark.parametrize("way", ["the line is cut", "ctrl+q", "esc and esc"])
def test_a_form_that_was_left_half_filled_in_stands_there_at_the_next_login(start: Start, way: str) -> None:
    terminal = start()
    terminal.press("x")
    terminal.wait_for("what solved it")
    terminal.type("New licence fi")
    terminal.wait_for("New licence fi")
    if way == "the line is cut":
        terminal.hang_up()
    else:
        for key in ("ctrl+q",) if way == "ctrl+q" else ("esc", "esc", "q"):
            terminal.press(key)
    assert terminal.wait_exit() == (128 + signal.SIGHUP if way == "the line is cut" else 0)
    again = start()
    again.wait_for("You have a draft on INC-13")
    again.press("enter")
    again.wait_for("“Resolve INC-13” is half filled in")
    again.press("x")
    again.wait_for("What you wrote before stands there")
    assert "New licence fi" in again.text


def test_a_crash_says_one_line_and_where_the_details_are(start: Start, log: Path) -> None:
    terminal = start("crash")
    terminal.press("t")
    assert terminal.wait_exit() == 1
    terminal.restored()
    said = bytes(terminal.output).decode().rpartition("\x1b[?1049l")[2]
    assert "itdesk stopped: " in said
    assert "a fault of QueueScreen" in said
    assert str(log) in said.replace("\r\n", "")
    assert "Traceback" not in said
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_no_byte_of_a_hostile_text_reaches_the_terminal(start: Start, place: Path) -> None:
    from itdesk.desk import intake

    desk = open_desk(str(place))
    evil = "\x1b]0;owned\x07\x1b[31m\x9b5n[/b] [red]\u202efdp\u200f\U000e0041 e\u0301\u0301\u0301\u0301\u0301 end"
    intake.submit(session_of(desk, "tariq"), intake.NewTicket(evil, evil + "\n" + evil, requester="marta"))
    communication.reply(session_of(desk, "marta"), [16], evil)
    desk.close()
    terminal = start()
    terminal.press("G")
    terminal.wait_for("INC-16")
    terminal.press("enter")
    terminal.wait_for("Timeline")
    terminal.press("w")
    terminal.wait_for("Why")
    terminal.press("esc")
    terminal.wait_gone("Why P4")
    terminal.press(":")
    terminal.wait_for("Act on INC-16")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    terminal.restored()
    assert "owned" not in terminal.title
    for foreign in (b"\x1b]0;", b"owned\x07", b"\xc2\x9b", "\u202e".encode(), "\U000e0041".encode()):
        assert foreign not in terminal.output


def test_one_step_of_the_cursor_stays_thin(start: Start) -> None:
    terminal = start()
    terminal.wait_for("Resolved 1")
    terminal.press("j")
    terminal.wait_for("Emil Sørensen · other.unknown · service-desk L1 · changed 58m")
    before = len(terminal.output)
    for number in (8, 12, 15, 1, 4, 5):
        terminal.press("j")
        terminal.wait_for(partial(_cursor_is_on, number))
    assert (len(terminal.output) - before) / 6 <= 600
    terminal.press("q")
    assert terminal.wait_exit() == 0


def _cursor_is_on(number: int, terminal: Terminal) -> bool:
    return f"INC-{number} " in _cursor_line(terminal)


def _cursor_line(terminal: Terminal) -> str:
    return next((line for line in terminal.screen if line.startswith("▌")), "")


def test_five_hundred_keys_in_one_write_and_a_resize_storm_leave_it_whole(start: Start) -> None:
    terminal = start()
    terminal.send("jk" * 250)
    for size in range(40):
        terminal.resize(*((1, 1) if size % 2 else (24, 80)))
    terminal.resize(24, 80)
    terminal.press("g")
    terminal.wait_for(partial(_cursor_is_on, 13))
    terminal.press("q")
    assert terminal.wait_exit() == 0
    terminal.restored()
