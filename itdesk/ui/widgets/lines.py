"""Widgets that paint themselves line by line, and only what changed."""

from collections.abc import Hashable
from itertools import pairwise
from typing import NamedTuple

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from itdesk.ui.text import EMPTY, fit


class _Painted(NamedTuple):
    """A line as it stands on the screen, and what it was made of."""

    state: Hashable
    strip: Strip


class Lines(Widget):
    """A widget made of lines.

    A subclass says what stands in a line (`line`), and calls `repaint` after anything changed: lines that look the same
    are not sent to the terminal again.
    """

    DEFAULT_CSS = "Lines { height: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id, classes=classes, markup=False)
        self._painted: dict[int, _Painted] = {}
        self._painted_size = Size(0, 0)
        self._base: Style | None = None

    def line(self, y: int, width: int) -> Content:
        """The content of line `y` (0 is the uppermost), cut to `width` cells by the caller."""
        raise NotImplementedError

    def line_style(self, y: int) -> Style:
        """What lies over the widget's own style in the whole of line `y`: a cursor, a tint."""
        del y
        return Style()

    def line_state(self, y: int) -> Hashable:
        """All that line `y` is made of, where that is quick to say: an equal state is not painted again. Else None."""
        del y
        return None

    def repaint(self) -> None:
        """Paint the lines that look different from what stands on the screen."""
        if not self.is_mounted or self._painted_size != self.size:
            self.refresh()  # what was painted before it was hidden or resized is old
            return
        for y, before in list(self._painted.items()):
            state = self.line_state(y)
            if state is not None and state == before.state:
                continue
            after = self._paint(y)
            self._painted[y] = _Painted(state, after)
            if after != before.strip:
                self.refresh(Region(0, y, _last_difference(before.strip, after), 1))

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> "Lines":
        """As `Widget.refresh`; without regions every line is painted anew."""
        if repaint and not regions:
            self._painted.clear()
            self._base = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        """A line for the compositor."""
        if self._painted_size != self.size:
            self._painted.clear()
            self._painted_size = self.size
        painted = self._painted.get(y)
        if painted is None:
            painted = self._painted[y] = _Painted(self.line_state(y), self._paint(y))
        return painted.strip

    def _paint(self, y: int) -> Strip:
        if self._base is None:
            self._base = self.visual_style
        return self.paint(y, self.size.width, self._base + self.line_style(y))

    def paint(self, y: int, width: int, base: Style) -> Strip:
        """Line `y` as `width` cells over the style of its ground."""
        return to_strip(fit(self.line(y, width), width), base, width)

    def render(self) -> Content:
        """Unused: lines are asked for one by one."""
        return EMPTY


def to_strip(part: Content, style: Style, width: int) -> Strip:
    """Content over a style as a strip of `width` cells, neighbours of one style joined."""
    segments: list[Segment] = []
    for segment in part.render_segments(style):
        if segments and segments[-1].style == segment.style:
            segments[-1] = Segment(segments[-1].text + segment.text, segment.style)
        else:
            segments.append(segment)
    return Strip(segments, width)


def _last_difference(before: Strip, after: Strip) -> int:
    """The cells up to and with the last one that differs. (Textual repaints a line from the widget's left edge.)"""
    ends = sorted({0, *_ends(before), *_ends(after)})
    for start, end in reversed(list(pairwise(ends))):
        if before.crop(start, end) != after.crop(start, end):
            return end
    return 0


def _ends(strip: Strip) -> list[int]:
    ends, x = [], 0
    for segment in strip:
        x += segment.cell_length
        ends.append(x)
    return ends
