"""What goes over the line: down it the same picture in fewer bytes, up it keys as they were typed.

Textual writes every run of text as `ESC[all its attributes m` text `ESC[0m`. Over a thin line these sequences are most
of a frame. `lean()` writes only what differs from the run before, be it of the frame before.
"""

import re
import sys
from collections.abc import Iterable, Iterator

from rich.cells import cell_len, split_graphemes
from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.driver import Driver
from textual.message import Message

_SGR = re.compile(r"\x1b\[([\d;]*)m")
_MOVES = re.compile(r"(?:\x1b\[\d+;\d+H|\n)*")
_LINE_FEED_BEFORE_MOVE = re.compile(r"\n(?=\x1b\[\d+;\d+H)")

_CARET = re.compile(r"\x1b\[\d+;\d+H(?=(?:\x1b\[m)?\Z)")
"""The move of the hidden cursor at the end of a frame: an input method shows itself there."""

_SILENT = re.compile(r"(?:\x1b\[[?<=>]?[\d;]*[A-HacdfhilnqrsuZ~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\n)*")
"""Sequences that paint and erase nothing."""

_Pen = tuple[str, str, tuple[str, ...]]
"""Foreground, background and flags as SGR parameters (`38;2;1;2;3`); empty is the terminal's default."""

CLEAN: _Pen = ("", "", ())
"""That of a terminal which has no attributes set."""
_SHOWS_ON_BLANKS = frozenset({"4", "7", "9", "21"})
"""Flags that change the look of a blank: underlines, reverse, strike."""


def lean(data: str, has: _Pen = CLEAN) -> tuple[str, _Pen]:
    """`data`, which is meant for the pen `CLEAN` and ends with it, as it paints the same with the pen that it `has`.

    Also the pen that the terminal has then.
    """
    pieces = _SGR.split(_LINE_FEED_BEFORE_MOVE.sub("", data))
    out: list[str] = []
    if not _SILENT.fullmatch(pieces[0]):
        out.append(_change(has, CLEAN))
        has = CLEAN
    if len(pieces) == 1:
        return "".join((*out, data)), has
    out.append(pieces[0])
    needs = CLEAN
    for at in range(1, len(pieces), 2):
        needs = _read(needs, pieces[at])
        text = pieces[at + 1]
        moved = _MOVES.match(text)
        if moved and moved.end():
            out.append(moved[0])
            text = text[moved.end() :]
        if text[:1] == "\x1b" and _SILENT.fullmatch(text):
            out.append(text)
        elif text:
            pen = _for_blanks(has, needs) if text.isspace() else needs
            out.append(_change(has, pen))
            out.append(text)
            has = pen
    return "".join(out), has


def _read(pen: _Pen, parameters: str) -> _Pen:
    """The pen after an SGR sequence with these parameters."""
    foreground, background, flags = pen
    codes = iter(parameters.split(";"))
    for code in codes:
        if code in ("", "0"):
            foreground, background, flags = CLEAN
        elif code in ("38", "48"):
            form = next(codes, "")
            rest = [next(codes, "0") for _ in range(3 if form == "2" else 1)]
            colour = ";".join((code, form, *rest))
            foreground, background = (colour, background) if code == "38" else (foreground, colour)
        elif len(code) > 1 and code[0] in "39" and len(code) == 2:
            foreground = "" if code == "39" else code
        elif code == "49" or (len(code) == 2 and code[0] == "4") or len(code) == 3:
            background = "" if code == "49" else code
        elif code in _OFF.values():
            flags = tuple(flag for flag in flags if _OFF.get(flag) != code)
        elif code not in flags:
            flags = tuple(sorted((*flags, code)))
    return foreground, background, flags


def _for_blanks(has: _Pen, needs: _Pen) -> _Pen:
    """The pen for blanks: their foreground is invisible, so it need not change."""
    if _SHOWS_ON_BLANKS.isdisjoint(has[2]) and _SHOWS_ON_BLANKS.isdisjoint(needs[2]):
        return has[0], needs[1], has[2]
    return needs


_LONG = 4_000
"""A frame that repaints a screen: it trusts nothing that was set before, somebody else may have written there."""

_JOINED = re.compile(
    "[\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
"""What makes one sign of several characters: a flag, a family, a keycap. Terminals disagree about how wide it is."""

_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")

_SEQUENCE = re.compile(r"(\x1b\[[?<=>]?[\d;]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\n)")
_MOVE = re.compile(r"\x1b\[\d+;(\d+)H")


def pinned(data: str) -> str:
    """`data` with each joined sign and what follows it where they are meant to stand, however wide a terminal takes it.

    The cells are blanked first: a terminal that takes it for narrower would leave there what was there.
    """
    out: list[str] = []
    column = 0
    for part in _SEQUENCE.split(data):
        moved = _MOVE.fullmatch(part)
        if moved or part == "\n":
            column = int(moved[1]) if moved else 0
        elif part[:1] != "\x1b" and column:
            for sign, cells in _signs(part):
                if cells and _JOINED.search(sign):
                    sign = f"{' ' * cells}\x1b[{column}G{sign}\x1b[{column + cells}G"
                out.append(sign)
                column += cells
            continue
        out.append(part)
    return "".join(out)


def _signs(text: str) -> Iterator[tuple[str, int]]:
    """The signs of a text with their cells; the two letters of a flag are one sign, which Rich tells apart."""
    letter = ""
    for start, end, cells in split_graphemes(text)[0]:
        sign = text[start:end]
        is_letter = len(sign) == 1 and _FLAG_LETTERS[0] <= sign <= _FLAG_LETTERS[1]
        if letter and is_letter:
            yield letter + sign, cell_len(letter) + cells
            letter = ""
            continue
        if letter:
            yield letter, cell_len(letter)
        letter = sign if is_letter else ""
        if not letter:
            yield sign, cells
    if letter:
        yield letter, cell_len(letter)


_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
"""What takes a flag away; 22 takes bold and dim away together."""


def _change(has: _Pen, needs: _Pen) -> str:
    """The shortest SGR sequence from one pen to another."""
    if has == needs:
        return ""
    if needs == CLEAN:
        return "\x1b[m"
    foreground, background, flags = needs
    anew = _sgr(["0", *flags, *(colour for colour in (foreground, background) if colour)])
    off = {_OFF.get(flag, "0") for flag in has[2] if flag not in flags}
    if "0" in off:
        return anew
    lost = {flag for flag in has[2] if _OFF.get(flag) in off}
    codes = [*sorted(off), *(flag for flag in flags if flag not in has[2] or flag in lost)]
    if foreground != has[0]:
        codes.append(foreground or "39")
    if background != has[1]:
        codes.append(background or "49")
    return min(_sgr(codes), anew, key=len)


def _sgr(codes: Iterable[str]) -> str:
    return f"\x1b[{';'.join(codes)}m"


class TypedKeys(XTermParser):
    """Reads `esc` and a key that came at once as those two keys, and what is pasted as text, whatever is in it.

    A terminal sends `alt+s` and `esc` `s` alike. Textual tells `alt+s` (the app makes two keys of it, unless its keymap
    has keys with alt) if nothing comes behind it; of any other character behind an `esc` it drops the `esc`, or makes a
    letter of a Mac.
    """

    _is_paste = False
    _held = ""
    """The end of what came, where it may be the beginning of a bracket."""

    def feed(self, data: str) -> Iterable[Message]:
        """As Textual, which reads an `esc` within a paste, and what follows it, as keys."""
        plain = self._plain_pastes(data)
        return super().feed(plain) if plain or not data else ()  # nothing at all is the end of the stream

    def _plain_pastes(self, data: str) -> str:
        """The data with a visible mark for each `esc` between the brackets of a paste."""
        plain: list[str] = []
        while data:
            if self._is_paste:
                text, end, data = (self._held + data).partition(BRACKETED_PASTE_END)
                self._is_paste = not end
                self._held = "" if end else _beginning(text, BRACKETED_PASTE_END)
                plain.append(text[: len(text) - len(self._held)].replace("\x1b", _ESCAPE_MARK) + end)
                continue
            # A bracket that begins a paste may come in two parts. The first is handed on: it may be a key as well.
            known = len(self._held)
            before, begin, rest = (self._held + data).partition(BRACKETED_PASTE_START)
            self._is_paste = bool(begin)
            self._held = "" if begin else _beginning(before, BRACKETED_PASTE_START)
            plain.append((before + begin)[known:])
            data = rest
        return "".join(plain)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        behind = sequence[1:] if sequence[:1] == "\x1b" else ""
        alone = len(behind) == 1 and behind not in _INTRODUCERS
        if alone and not behind.isalpha():
            yield from (events.Key("escape", "\x1b"), *super()._sequence_to_key_events(behind))
            return
        keys = list(super()._sequence_to_key_events(sequence, alt))
        if alone and not keys:
            keys, alt = list(super()._sequence_to_key_events(behind, True)), True
        if alt and not any(key.key.startswith("alt+") for key in keys):
            yield events.Key("escape", "\x1b")
        yield from keys


def _beginning(text: str, bracket: str) -> str:
    """The end of a text that may be the beginning of a bracket."""
    return next((bracket[:size] for size in range(len(bracket) - 1, 0, -1) if text.endswith(bracket[:size])), "")


_ESCAPE_MARK = "\N{SYMBOL FOR ESCAPE}"

_INTRODUCERS = "\x1b[]OP"
"""What may begin a longer sequence behind an `esc`."""


def lean_driver(base: type[Driver]) -> type[Driver]:
    """The terminal driver `base`, with every frame made lean, and with the keys as they were typed."""
    # Textual names its parser in the driver's own module, and nowhere else.
    vars(sys.modules[base.__module__])["XTermParser"] = TypedKeys

    class LeanDriver(base):  # type: ignore[valid-type, misc]
        _pen = CLEAN

        def write(self, data: str) -> None:
            if len(data) > _LONG:
                self._put_pen_down()
            frame, self._pen = lean(pinned(data) if _JOINED.search(data) else data, self._pen)
            super().write(frame if self._app.has_caret else _CARET.sub("", frame))

        def _put_pen_down(self) -> None:
            super().write("\x1b[m")
            self._pen = CLEAN

        def stop_application_mode(self) -> None:
            self._put_pen_down()
            super().stop_application_mode()

        def leave_mouse_to_terminal(self, leave: bool) -> None:
            """Let the terminal select text with its mouse, or take the mouse back, where the program had it."""
            name = "_disable_mouse_support" if leave else "_enable_mouse_support"
            getattr(self, name, _nothing)()

    return LeanDriver


def _nothing() -> None:
    pass
