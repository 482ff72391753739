"""Prepared lines that scroll: timelines, details, explanations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.style import Style

from itdesk.ui.text import EMPTY
from itdesk.ui.widgets.lines import Lines


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line, and what lies over the widget's style in the whole of it."""

    content: Content = EMPTY
    style: Style = Style()  # noqa: RUF009 immutable


Builder = Callable[[int], Sequence[TextLine]]
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
        self._lines: Sequence[TextLine] = ()
        self._built_for: tuple[Builder, int] | None = None
        self._top = 0
        self._follow = follow
        self._end_in_view = follow

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view."""
        return self._top + self.size.height >= len(self._lines)

    def show(self, build: Builder, *, end: bool = False, keep: bool = True) -> None:
        """Show other lines; `end` scrolls to the last, `keep` stays where one reads."""
        self._build = build
        if self.size.width:
            self._lines = self._made()
        if end or (self._follow and self._end_in_view):
            self._top = len(self._lines)
        elif not keep:
            self._top = 0
        self._clamp()
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
        self.scroll_lines(-len(self._lines))

    def scroll_last(self) -> None:
        """To the last line."""
        self.scroll_lines(len(self._lines))

    def _made(self) -> Sequence[TextLine]:
        wanted = (self._build, self.size.width)
        if self._built_for != wanted:
            self._built_for = wanted
            self._lines = self._build(self.size.width)
        return self._lines

    def _clamp(self) -> None:
        self._top = max(0, min(self._top, len(self._lines) - self.size.height))
        self._end_in_view = self.at_end

    def on_resize(self) -> None:
        """Another width breaks lines elsewhere; the end stays in view if it was."""
        self._lines = self._made()
        if self._follow and self._end_in_view:
            self._top = len(self._lines)
        self._clamp()
        self.refresh()

    def line_style(self, y: int) -> Style:
        """The line's own style."""
        at = self._top + y
        return self._lines[at].style if at < len(self._lines) else Style()

    def line(self, y: int, width: int) -> Content:
        """The line in view."""
        del width
        at = self._top + y
        return self._lines[at].content if at < len(self._lines) else EMPTY

    def on_mouse_scroll_down(self) -> None:
        """The wheel scrolls."""
        self.scroll_lines(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel scrolls."""
        self.scroll_lines(-3)
