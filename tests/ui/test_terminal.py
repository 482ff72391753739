"""Fewer bytes, the same picture."""

import re
from typing import Any

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itdesk.ui.terminal import CLEAN, lean, pinned

COLUMNS, LINES = 30, 12
FLAG = "\N{WAVING WHITE FLAG}\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}\N{RAINBOW}"
COUNTRY = "\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}"
KEYCAP = "1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"

colours = st.one_of(
    st.sampled_from(["31", "92", "39", "41", "105", "49"]),
    st.builds(
        lambda layer, r, g, b: f"{layer};2;{r};{g};{b}",
        st.sampled_from(["38", "48"]),
        *[st.integers(0, 255)] * 3,
    ),
    st.builds(lambda layer, n: f"{layer};5;{n}", st.sampled_from(["38", "48"]), st.integers(0, 255)),
)
flags = st.sampled_from(["1", "3", "4", "7", "9"])
runs = st.builds(
    lambda codes, text: f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text,
    st.lists(st.one_of(colours, flags), max_size=4),
    st.text(alphabet="ab é│", min_size=1, max_size=6),
)
moves = st.builds(lambda y, x: f"\x1b[{y};{x}H", st.integers(1, 5), st.integers(1, COLUMNS - 7))
frames = st.lists(st.one_of(runs, moves, st.builds(lambda move: "\n" + move, moves)), max_size=12).map("".join)


def picture(*frames: str) -> list[list[tuple[Any, ...]]]:
    """Every cell as a terminal shows it; a blank has no foreground."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    for frame in frames:
        stream.feed(frame)
    return [[_look(screen.buffer[y][x]) for x in range(COLUMNS)] for y in range(LINES)]


def _look(cell: Any) -> tuple[Any, ...]:
    shows_foreground = cell.data != " " or cell.underscore or cell.reverse or cell.strikethrough
    look = (cell.data, cell.bg, cell.underscore, cell.reverse, cell.strikethrough)
    return (*look, cell.fg, cell.bold, cell.italics) if shows_foreground else look


def leaned(*frames: str) -> list[str]:
    """The frames as one after the other goes over the line."""
    pen, sent = CLEAN, []
    for frame in frames:
        data, pen = lean(frame, pen)
        sent.append(data)
    return sent


@given(st.lists(frames, max_size=4))
@example(["\x1b[41ma\x1b[0m", "b"])
@example(["\x1b[41ma\x1b[0m", "\x1b[2J", "\x1b[41mc\x1b[0m"])
@example(["\x1b[41ma\x1b[0m\x1b[?2026l", "\x1b[?2026h\x1b[1;4H\x1b[41mb\x1b[0m"])
def test_lean_frames_paint_what_the_frames_paint(these: list[str]) -> None:
    assert picture(*leaned(*these)) == picture(*these)


@given(frames)
@example("\x1b[1;48;2;0;0;0ma\x1b[0m\x1b[31ma\x1b[0m")
def test_a_lean_frame_is_never_longer_and_lean_already(frame: str) -> None:
    data, _ = lean(frame)
    assert len(data) <= len(frame)
    assert len(lean(data)[0]) == len(data)


def test_a_colour_is_sent_once_for_neighbours_and_for_frames_of_it() -> None:
    red = "\x1b[38;2;255;0;0;48;2;0;0;0m"
    assert leaned(f"{red}P1\x1b[0m{red} INC\x1b[0m", f"\x1b[3;1H{red}P1\x1b[0m") == [f"{red}P1 INC", "\x1b[3;1HP1"]


class Narrow(pyte.Screen):
    """A terminal that takes a joined sign for one cell."""

    def draw(self, data: str) -> None:
        super().draw(re.sub(f"{FLAG}|{KEYCAP}|{COUNTRY}", "x", data))


@pytest.mark.parametrize("sign", [FLAG, KEYCAP, COUNTRY])
def test_what_stands_behind_a_joined_sign_stands_where_it_belongs_and_nothing_is_left_below(sign: str) -> None:
    screen = Narrow(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    stream.feed("\x1b[1;1H" + "#" * COLUMNS)
    stream.feed(lean(pinned(f"\x1b[1;1Hab {sign} c \x1b[41m{sign}d\x1b[0m\x1b[1;20Hend"))[0])
    assert screen.display[0] == "ab x  c x d########end########"


@given(frames)
def test_a_frame_without_joined_signs_stays_as_it_is(frame: str) -> None:
    assert pinned(frame) == frame


def test_what_is_no_text_passes_as_it_is() -> None:
    for sequence in ("\x1b[?1049h", "\x1b[?2026h", "\x1b]52;c;aGk=\x07", "\x1b[>25u"):
        assert leaned("\x1b[41ma\x1b[0m", sequence)[1] == sequence
