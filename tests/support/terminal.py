"""A real pseudo-terminal for tests: keys go in, the screen comes out as a terminal would show it."""

import codecs
import copy
import os
import pty
import re
import select
import signal
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

import ptyprocess
import pyte
from wcwidth import wcwidth

ROWS, COLUMNS = 24, 80
PATIENCE = 30.0
"""Seconds that `wait_for` waits at most, unless told otherwise: a loaded machine is slow, a pass costs nothing."""

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "insert": "\x1b[2~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
}

ALTERNATE_SCREEN, CURSOR, BRACKETED_PASTE, SGR_MOUSE = 1049, 25, 2004, 1006

# Private modes that a program may switch on, and as a program must leave them.
_MODES_AT_REST = {
    ALTERNATE_SCREEN: ("the alternate screen", False),
    47: ("the alternate screen", False),
    1047: ("the alternate screen", False),
    CURSOR: ("the cursor", True),
    7: ("line wrapping", True),
    1: ("application cursor keys", False),
    9: ("mouse reports", False),
    1000: ("mouse reports", False),
    1002: ("mouse reports", False),
    1003: ("mouse reports", False),
    1004: ("focus reports", False),
    1005: ("mouse reports", False),
    SGR_MOUSE: ("mouse reports", False),
    1015: ("mouse reports", False),
    1016: ("mouse reports", False),
    BRACKETED_PASTE: ("bracketed paste", False),
    2026: ("synchronized output", False),
    2048: ("size reports", False),
}

_PRIVATE_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_KITTY_KEYS = re.compile(rb"\x1b\[([<>])(\d*)(?:;\d+)?u")
# What pyte takes for something else: CSI with a private marker (but ?…h and ?…l), and DCS, APC, PM strings.
_BEYOND_PYTE = re.compile(
    r"\x1b\[(?:[<=>][\d;:]*[@-~]|\?[\d;:$]*[a-gi-km-z@A-Z])|\x1b[PX^_].*?(?:\x1b\\|\x9c)", re.DOTALL
)
_UNFINISHED = re.compile(r"\x1b(?:\[[\d;:<=>?$ ]*|\][^\x07\x1b]*\x1b?|[PX^_](?:(?!\x1b\\|\x9c).)*)?\Z", re.DOTALL)


class Cell(NamedTuple):
    """One cell of the screen, with colours as names or hex digits."""

    text: str
    foreground: str
    background: str
    bold: bool
    italics: bool
    underscore: bool
    reverse: bool


class _Screen(pyte.Screen):
    """pyte's screen with an alternate screen, and with answers for who asks."""

    def __init__(self, columns: int, rows: int, answer: Callable[[str], None]) -> None:
        self._main: tuple[Any, Any] | None = None
        self._answer = answer
        super().__init__(columns, rows)

    def write_process_input(self, data: str) -> None:
        self._answer(data)

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        if kwargs.get("private") and ALTERNATE_SCREEN in modes and self._main is None:
            self._main = (copy.deepcopy(self.buffer), copy.copy(self.cursor))
            self.erase_in_display(2)
            self.cursor_position()
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        super().reset_mode(*modes, **kwargs)
        if kwargs.get("private") and ALTERNATE_SCREEN in modes and self._main is not None:
            hidden = self.cursor.hidden
            self.buffer, self.cursor = self._main
            self.cursor.hidden = hidden
            self._main = None
            self.dirty.update(range(self.lines))


class Terminal:
    """A program in a pseudo-terminal of `rows` x `columns`.

    `environment` is all that the program sees beside TERM. `output` holds every byte that it wrote. Nothing sleeps:
    `wait_for` reads until the screen shows what is expected. Leaving the context kills the program.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        rows: int = ROWS,
        columns: int = COLUMNS,
        environment: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        preexec: Callable[[], None] | None = None,
    ) -> None:
        self.output = bytearray()
        self.command = list(command)
        surroundings = dict(os.environ if environment is None else environment)

        def log_in() -> None:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests under nohup does not hear it
            if preexec is not None:
                preexec()

        self._process = ptyprocess.PtyProcess.spawn(
            self.command,
            cwd=None if cwd is None else os.fspath(cwd),
            env={"TERM": "xterm-256color"} | surroundings,
            dimensions=(rows, columns),
            preexec_fn=log_in,
        )
        self._termios_before = _fresh_termios()
        self._ended = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._undrawn = ""
        self._screen = _Screen(columns, rows, self._send_if_alive)
        self._stream = pyte.Stream(self._screen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The program's process id."""
        return int(self._process.pid)

    # Input

    def press(self, *keys: str) -> None:
        """Press keys, one after the other: characters, names of KEYS, or `ctrl+x`."""
        for key in keys:
            self.send(_sequence(key))

    def type(self, text: str) -> None:
        """Type text as a person does, without the protection of a paste."""
        self.send(text)

    def paste(self, text: str) -> None:
        """Paste text; the terminal brackets it if the program asked for that."""
        self.send(f"\x1b[200~{text}\x1b[201~" if self.modes().get(BRACKETED_PASTE) else text)

    def click(self, row: int, column: int) -> None:
        """Press and release the left mouse button on a cell, counted from 0; the program must have asked for it."""
        assert self.modes().get(SGR_MOUSE), "the program did not ask for mouse reports"
        place = f"{column + 1};{row + 1}"
        self.send(f"\x1b[<0;{place}M\x1b[<0;{place}m")

    def send(self, data: str | bytes) -> None:
        """Send bytes as they are."""
        data = data.encode() if isinstance(data, str) else data
        while data:
            # A program that writes while it is written to would block both: read meanwhile.
            readable, writable, _ = select.select([self._process.fd], [self._process.fd], [], PATIENCE)
            assert readable or writable, "the program takes no more input"
            if readable:
                self._read()
                if self._ended:
                    return
            if writable:
                data = data[os.write(self._process.fd, data[:512]) :]

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size; the program gets SIGWINCH."""
        self._screen.resize(rows, columns)
        self._process.setwinsize(rows, columns)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self._process.kill(number)

    def hang_up(self) -> None:
        """Take the terminal away, as a lost connection does; the program gets SIGHUP."""
        self._process.fileobj.close()
        self._process.closed = True
        self._process.fd = -1
        self._ended = True

    # Output

    @property
    def screen(self) -> list[str]:
        """The lines of the screen, each filling its width; a wide character fills two of its columns."""
        return [self._line(self._screen.buffer[row]) for row in range(self._screen.lines)]

    def _line(self, cells: Mapping[int, Any]) -> str:
        """A row's text. The right half of a wide character is empty; alone, its left half drawn over, it is blank."""
        line, wide = "", False
        for column in range(self._screen.columns):
            text = cells[column].data
            line += text or ("" if wide else " ")
            wide = bool(text) and wcwidth(text[0]) == 2
        return line

    @property
    def text(self) -> str:
        """The screen's lines without the blanks at their ends."""
        return "\n".join(line.rstrip() for line in self.screen)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, counted from 0."""
        return self._screen.cursor.y, self._screen.cursor.x

    @property
    def cursor_shown(self) -> bool:
        """Whether the cursor is visible."""
        return not self._screen.cursor.hidden

    @property
    def title(self) -> str:
        """What the program set as the terminal's title."""
        return str(self._screen.title)

    def cell(self, row: int, column: int) -> Cell:
        """One cell, counted from 0. The right half of a wide character has an empty text."""
        found = self._screen.buffer[row][column]
        return Cell(found.data, found.fg, found.bg, found.bold, found.italics, found.underscore, found.reverse)

    def find(self, text: str) -> tuple[int, int] | None:
        """Row and column of the first cell of a text on the screen; None if it is not there."""
        for row, line in enumerate(self.screen):
            at = line.find(text)
            if at >= 0:
                return row, sum(max(wcwidth(character), 0) for character in line[:at])
        return None

    def wait_for(self, expected: str | Callable[["Terminal"], object], patience: float = PATIENCE) -> None:
        """Read until the screen shows a text or a condition on this terminal holds; fails with the screen otherwise."""
        self._read_until(
            lambda: bool(expected in self.text if isinstance(expected, str) else expected(self)),
            patience,
            repr(expected) if isinstance(expected, str) else getattr(expected, "__name__", "the condition"),
        )

    def wait_gone(self, text: str, patience: float = PATIENCE) -> None:
        """Read until the screen no longer shows a text."""
        self._read_until(lambda: text not in self.text, patience, f"the end of {text!r}")

    def wait_exit(self, patience: float = PATIENCE) -> int:
        """Read until the program ends; its exit status, or the negative signal number that ended it."""
        self._read_until(lambda: self._ended, patience, "the program's end")
        return self._status(patience)

    def _status(self, patience: float) -> int:
        deadline = time.monotonic() + patience
        while self._process.isalive():
            assert time.monotonic() < deadline, f"{self.command} closed its terminal but goes on"
            select.select([], [], [], 0.01)
        if self._process.signalstatus is not None:
            return -int(self._process.signalstatus)
        return int(self._process.exitstatus)

    def _read_until(self, holds: Callable[[], bool], patience: float, expected: str) -> None:
        deadline = time.monotonic() + patience
        while not holds():
            left = deadline - time.monotonic()
            if self._ended or left <= 0:
                why = "the program ended" if self._ended else f"not within {patience:.0f} s"
                raise AssertionError(f"Waited for {expected}: {why}. The screen:\n{self._framed()}")
            if select.select([self._process.fd], [], [], left)[0]:
                self._read()

    def _read(self) -> None:
        try:
            data = os.read(self._process.fd, 65536)
        except OSError:  # Linux says EIO when the program has closed its side
            data = b""
        if not data:
            self._ended = True
        self.output += data
        self._draw(self._undrawn + self._decoder.decode(data))

    def _draw(self, text: str) -> None:
        unfinished = _UNFINISHED.search(text)
        complete = text if unfinished is None else text[: unfinished.start()]
        self._undrawn = text[len(complete) :]
        self._stream.feed(_BEYOND_PYTE.sub("", complete))

    def _send_if_alive(self, answer: str) -> None:
        if not self._ended:
            os.write(self._process.fd, answer.encode())

    def _framed(self) -> str:
        edge = "+" + "-" * self._screen.columns + "+"
        return "\n".join([edge, *(f"|{line}|" for line in self.screen), edge])

    # The end

    def modes(self) -> dict[int, bool]:
        """The terminal's private modes as the program last set them."""
        state: dict[int, bool] = {}
        for found in _PRIVATE_MODE.finditer(self.output):
            for number in found[1].split(b";"):
                state[int(number)] = found[2] == b"h"
        return state

    def damage(self) -> list[str]:
        """What the program left otherwise than it found it, as sentences; call it when the program has ended."""
        complaints = set()
        for mode, on in self.modes().items():
            what, at_rest = _MODES_AT_REST.get(mode, (f"mode {mode}", False))
            if on is not at_rest:
                complaints.add(f"{what}: left {'on' if on else 'off'} (mode {mode})")
        pushed = sum(1 if marker == b">" else -int(count or 1) for marker, count in _KITTY_KEYS.findall(self.output))
        # Popping more than was pushed is harmless; terminals say so.
        if pushed > 0:
            complaints.add("kitty keyboard protocol: left on")
        pen = self._screen.cursor.attrs
        if pen._replace(data=" ") != self._screen.default_char._replace(data=" "):
            complaints.add(f"colours or style: left on ({pen})")
        if _comparable(termios.tcgetattr(self._process.fd)) != self._termios_before:
            complaints.add("terminal settings: not as they were (raw mode or no echo)")
        return sorted(complaints)

    def restored(self) -> None:
        """Fail unless the program left the terminal as it found it."""
        assert self.damage() == [], f"{self.command} left the terminal changed"

    def close(self) -> None:
        """Kill the program if it still runs and free the terminal."""
        if self._process.isalive():
            self._process.kill(signal.SIGKILL)
            self._process.wait()
        if not self._process.closed:
            self._process.close(force=True)


def _sequence(key: str) -> str:
    if key in KEYS:
        return KEYS[key]
    modifier, plus, letter = key.partition("+")
    if modifier == "ctrl" and plus and len(letter) == 1:
        return chr(ord(letter.upper()) & 0x1F)
    assert len(key) == 1, f"no key is called {key!r}"
    return key


def _fresh_termios() -> list[Any]:
    """The settings of a new pseudo-terminal: the program may have changed its own by now."""
    ends = pty.openpty()
    try:
        return _comparable(termios.tcgetattr(ends[1]))
    finally:
        for end in ends:
            os.close(end)


def _comparable(attributes: Sequence[Any]) -> list[Any]:
    """Terminal settings without what a driver may report of itself (PENDIN comes and goes with typed-ahead input)."""
    iflag, oflag, cflag, lflag, *rest = attributes
    return [iflag, oflag, cflag, lflag & ~getattr(termios, "PENDIN", 0), *rest]
