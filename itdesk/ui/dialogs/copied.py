"""A text to be copied by hand: for terminals that take nothing into their clipboard."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import content
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint


class CopiedDialog(ReadingDialog[None]):
    """The text alone, from edge to edge, so that nothing else is selected with it; the mouse is the terminal's."""

    CSS = """
    CopiedDialog > .box {
        width: 100%; height: 1fr; border: none; padding: 0; background: $desk-ground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y,q,enter", "leave_it", show=False),
    ]
    HINTS = (Hint("esc", "close"), Hint("j k", "scroll"))

    def __init__(self, text: str) -> None:
        super().__init__("", said="Select it with the terminal's mouse")
        self._text = text

    def fit_box(self) -> None:
        """From edge to edge, whatever the text."""

    def text_lines(self, width: int) -> list[TextLine]:
        """The text."""
        return [TextLine(line) for line in content(self._text, multiline=True).wrap(max(1, width))]
