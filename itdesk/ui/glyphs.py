"""Plain ASCII in place of the signs that a terminal may not have: bars, dots, arrows, lines, blocks.

Letters stay as people wrote them. Every twin takes as many cells as its sign, so that nothing moves.
"""

import re
from collections.abc import Iterable

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_PAIRS = {
    "•·∙…→‹›×≥≤↑↓←": "+|..><>x><^v<",
    "■□▪▫●○◆◇▶◀▲▼": "#.*.*o*o><^v",
    "▁▂▃▄▅▆▇█░▒▓": ".:-=+*#@.:#",
    "─━│┃┄┆╌╎": "--||-|-|",
    "“”„‘’‚–—−«»": '"""\'\',---<>',
    "\N{REPLACEMENT CHARACTER}✓✔✗": "?++x",
}


def _table() -> dict[int, str]:
    table = dict.fromkeys(range(0x2190, 0x2200), ">")  # other arrows
    table |= dict.fromkeys(range(0x2400, 0x2427), "?")  # control characters made visible
    table |= dict.fromkeys(range(0x2500, 0x2580), "+")  # corners and crossings
    table |= dict.fromkeys(range(0x2580, 0x25A0), "#")  # parts of blocks
    table |= dict.fromkeys(range(0x25A0, 0x2600), "*")  # other shapes
    table |= dict.fromkeys(range(0x2800, 0x2900), ".")  # braille, in charts
    for signs, twins in _PAIRS.items():
        table |= {ord(sign): twin for sign, twin in zip(signs, twins, strict=True)}
    return table


_TWINS = _table()
_BAR = "▌"
_WIDER = ((re.compile(r"[\x20-\x7e]…"), ".."), (re.compile("≥ "), ">="), (re.compile("≤ "), "<="))
"""Signs whose twin takes two cells, where it can take one of its neighbour's."""


def plain(text: str, *, at_edge: bool = False) -> str:
    """The text without signs, as many cells wide; `at_edge`: it begins at a widget's left edge, where a bar points."""
    if text.isascii():
        return text
    if at_edge and text.startswith(_BAR):
        text = ">" + text[1:]
    text = text.replace(_BAR, "|")
    for sign, twin in _WIDER:
        text = sign.sub(twin, text)
    return text.translate(_TWINS)


class PlainGlyphs(LineFilter):
    """Applied to every line that any widget paints."""

    def apply(self, segments: Iterable[Segment], background: Color) -> list[Segment]:
        """The segments without signs."""
        del background
        return [
            segment if segment.control else Segment(plain(segment.text, at_edge=at == 0), segment.style)
            for at, segment in enumerate(segments)
        ]
