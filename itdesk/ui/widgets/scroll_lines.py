"""Prepared lines that scroll: timelines, details, explanations."""

import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.content import Content
from textual.style import Style

from itdesk.ui.text import EMPTY
from itdesk.ui.widgets.lines import Lines


class TextLine(NamedTuple):
    """A line, and what lies over the widget's style in the whole of it."""

    content: Content = EMPTY
    style: Style = Style()


Block = Callable[[], Sequence[TextLine]]
"""Makes some lines that belong together: a message, an event."""


class Blocks(tuple[Block, ...]):
    """A long text in blocks from first to last; a block is made when it comes near."""

    __slots__ = ()


Builder = Callable[[int], Sequence[TextLine] | Blocks]
"""Makes the lines for a width."""


class ScrollLines(Lines, can_focus=True):
    """Lines made anew for every width; what is in view stays in view when lines are added below."""

    def __init__(
        self,
        build: Builder | None = None,
        *,
        follow: bool = False,
        id: str | None = None,  # noqa: A002 Textual's word
        classes: str | None = None,
    ) -> None:
        """`follow`: the last line stays in view, while it is, when the widget gets another size or lines are added."""
        super().__init__(id=id, classes=classes)
        self._build: Builder = build or (lambda _: ())
        self._built_for: tuple[Builder, int] | None = None
        self._text = _Text(Blocks())
        self._top = 0
        self._follow = follow
        self._end_in_view = follow

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view."""
        return self._top + self.size.height >= len(self._text.ready)

    def show(self, build: Builder, *, end: bool = False, keep: bool = True) -> None:
        """Show other lines; `end` scrolls to the last, `keep` stays where one reads."""
        self._build = build
        if self.size.width:
            self._make(to_end=end or self._stays_at_end, keep=keep)
        self.repaint()

    def scroll_lines(self, by: int) -> None:
        """Scroll by so many lines."""
        self._top += by
        self._clamp()
        self.repaint()

    def scroll_pages(self, pages: float) -> None:
        """Scroll by pages, one line of the old page staying in view."""
        self.scroll_lines(round(pages * max(1, self.size.height - 1)))

    def scroll_first(self) -> None:
        """To the first line."""
        self._text.reach_first()
        self._top = 0
        self.scroll_lines(0)

    def scroll_last(self) -> None:
        """To the last line."""
        self.scroll_lines(len(self._text.ready))

    @property
    def _stays_at_end(self) -> bool:
        return self._follow and self._end_in_view

    def _make(self, *, to_end: bool, keep: bool = True) -> None:
        """Make the lines for this width, as many as are looked at."""
        wanted = (self._build, self.size.width)
        if self._built_for != wanted:
            place = self._text.place(self._top)
            self._built_for = wanted
            made = self._build(self.size.width)
            self._text = _Text(made if isinstance(made, Blocks) else Blocks([lambda: made]))
            if keep and not to_end:
                self._top = self._text.line_at(place)
        if to_end:
            self._text.reach(self.size.height)
            self._top = len(self._text.ready)
        elif not keep:
            self._text.reach_first()
            self._top = 0
        self._clamp()

    def _clamp(self) -> None:
        """Bring the first line in view into its bounds; the page above it is made ready."""
        self._top += self._text.reach(len(self._text.ready) - self._top + self.size.height)
        self._top = max(0, min(self._top, len(self._text.ready) - self.size.height))
        self._end_in_view = self.at_end

    def on_resize(self) -> None:
        """Another width breaks lines elsewhere; the end stays in view if it was."""
        self._make(to_end=self._stays_at_end)
        self.refresh()

    def line_style(self, y: int) -> Style:
        """The line's own style."""
        at = self._top + y
        return self._text.ready[at].style if at < len(self._text.ready) else Style()

    def line(self, y: int, width: int) -> Content:
        """The line in view."""
        del width
        at = self._top + y
        return self._text.ready[at].content if at < len(self._text.ready) else EMPTY

    def on_mouse_scroll_down(self) -> None:
        """The wheel scrolls."""
        self.scroll_lines(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel scrolls."""
        self.scroll_lines(-3)


class _Text:
    """The lines of blocks, made from the last block upwards, since a conversation is read at its end."""

    def __init__(self, blocks: Blocks) -> None:
        self._waiting = list(blocks)
        self._sizes: list[int] = []  # of the blocks that are made, the last block first
        self.ready: list[TextLine] = []

    def reach(self, count: int) -> int:
        """Make blocks until there are so many lines, or all; how many lines came above those that were there."""
        before = len(self.ready)
        made: list[Sequence[TextLine]] = []
        while self._waiting and before + sum(map(len, made)) < count:
            made.append(self._waiting.pop()())
        self._sizes += map(len, made)
        self.ready[:0] = [line for lines in reversed(made) for line in lines]
        return len(self.ready) - before

    def reach_first(self) -> None:
        """Make all blocks."""
        self.reach(sys.maxsize)

    def place(self, line: int) -> tuple[int, int]:
        """The block (counted from the first) that holds a line, and the line's place in it."""
        block = len(self._waiting)
        for size in reversed(self._sizes):
            if line < size:
                break
            line -= size
            block += 1
        return block, line

    def line_at(self, place: tuple[int, int]) -> int:
        """The line at a place of `place`, also of a text that goes on further below."""
        block, line = place
        while len(self._waiting) > block:
            self.reach(len(self.ready) + 1)
        made = block - len(self._waiting)
        return sum(self._sizes[max(0, len(self._sizes) - made) :]) + line
