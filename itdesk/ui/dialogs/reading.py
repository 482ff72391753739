"""A dialog with a text to read and scroll."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.widgets.scroll_lines import ScrollLines, TextLine

T = TypeVar("T")

_FRAME = 4
"""Cells that a box takes beside its text: border and padding."""


class ReadingDialog(Dialog[T]):
    """Lines that scroll where they are more than the screen has rows for."""

    AUTO_FOCUS = "ScrollLines"
    WIDTH: ClassVar[int] = 76
    """Cells of the box, where the screen has as many."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("ctrl+d,pagedown,space", "page(0.5)", show=False),
        Binding("ctrl+u,pageup", "page(-0.5)", show=False),
        Binding("g,home", "first", show=False),
        Binding("G,end", "last", show=False),
    ]

    def text_lines(self, width: int) -> list[TextLine]:
        """The text, broken for a width in cells."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """The text."""
        yield ScrollLines(self.text_lines)

    def fit_box(self) -> None:
        """As wide and as tall as the text wants to be, if the screen is."""
        width = min(self.WIDTH, self.app.size.width)
        self.query_one(".box").styles.width = width
        lines = self.query_one(ScrollLines)
        lines.styles.height = max(1, min(len(self.text_lines(width - _FRAME)), self.room))

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(ScrollLines).scroll_lines(by)

    def action_page(self, by: float) -> None:
        """Scroll by pages."""
        self.query_one(ScrollLines).scroll_pages(by)

    def action_first(self) -> None:
        """To the top."""
        self.query_one(ScrollLines).scroll_first()

    def action_last(self) -> None:
        """To the end."""
        self.query_one(ScrollLines).scroll_last()
