"""The gate for cells of a list: short texts painted side by side.

`Content` does the same and takes twice as long for a row.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip
from textual.style import Style

from itdesk.domain.text import safe
from itdesk.ui.text import content, fit, join


class Part(NamedTuple):
    """A piece of text behind the gate, and its style over that of the row."""

    text: str
    style: Style


Parts = Sequence[Part]


def cell(text: str, style: Style) -> Parts:
    """Text that people or machines wrote, as a cell may show it."""
    return (Part(safe(text), style),)


def row_strip(cells: Iterable[tuple[Parts, int, bool]], base: Style, width: int) -> Strip:
    """Cells side by side over the style of the row: (parts, width in cells, whether they stand at the right edge).

    A cell is cut with `…` or filled with blanks. The widths make up `width`.
    """
    segments: list[Segment] = []
    for parts, cells_wide, right in cells:
        for text, style in _fitted(parts, cells_wide, right, base):
            if segments and segments[-1].style == style:
                segments[-1] = Segment(segments[-1].text + text, style)
            else:
                segments.append(Segment(text, style))
    return Strip(segments, width)


def _fitted(parts: Parts, width: int, right: bool, base: Style) -> list[tuple[str, RichStyle | None]]:
    if not all(text.isascii() for text, _ in parts):  # letters of two cells, or of none
        fitted = fit(join(*(content(text, style) for text, style in parts)), width, right=right)
        return [(segment.text, segment.style) for segment in fitted.render_segments(base)]
    found: list[tuple[str, RichStyle | None]] = []
    room, too_long = width, sum(len(text) for text, _ in parts) > width
    for text, style in parts:
        if too_long and len(text) >= room:
            return [*found, (f"{text[: room - 1]}…", _painted(base, style))]
        found.append((text, _painted(base, style)))
        room -= len(text)
    if room:
        found.insert(0 if right else len(found), (" " * room, _painted(base, Style())))
    return found


@lru_cache(maxsize=4096)
def _painted(base: Style, style: Style) -> RichStyle:
    return (base + style).rich_style
