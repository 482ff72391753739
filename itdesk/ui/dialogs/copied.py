"""A text to be copied by hand: for terminals that take nothing into their clipboard."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.text import content
from itdesk.ui.widgets.scroll_lines import ScrollLines, TextLine
from itdesk.ui.widgets.status_bar import Hint


class CopiedDialog(Dialog[None]):
    """The text alone, from edge to edge, so that nothing else is selected with it; the mouse is the terminal's."""

    AUTO_FOCUS = "ScrollLines"
    CSS = """
    CopiedDialog > .box {
        width: 100%; height: 1fr; border: none; padding: 0; background: $desk-ground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("ctrl+d,pagedown,space", "page(1)", show=False),
        Binding("ctrl+u,pageup", "page(-1)", show=False),
        Binding("y,Y,q,enter", "leave_it", show=False),
    ]
    HINTS = (Hint("esc", "close"), Hint("j k", "scroll"))

    def __init__(self, text: str) -> None:
        super().__init__("", said="Select it with the terminal's mouse")
        self._text = text

    def body(self) -> ComposeResult:
        """The text."""
        text = content(self._text, multiline=True)
        yield ScrollLines(lambda width: [TextLine(line) for line in text.wrap(max(1, width))])

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(ScrollLines).scroll_lines(by)

    def action_page(self, by: float) -> None:
        """Scroll by pages."""
        self.query_one(ScrollLines).scroll_pages(by)
