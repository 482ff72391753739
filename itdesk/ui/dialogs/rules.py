"""The rules behind a ticket's decisions, as they stand in the settings."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from itdesk.desk.queries.rulebook import Written
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint

_NUMBER = 6
"""Cells of a line's number."""


class RulesDialog(ReadingDialog[None]):
    """An entry of a settings file after the other, each with its lines' numbers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q,w", "leave_it", show=False),
    ]
    HINTS = (Hint("esc", "close"), Hint("j k", "scroll"))

    def __init__(self, written: Sequence[Written], folder: str) -> None:
        super().__init__("The rules as they are written", said=folder)
        self._written = tuple(written)

    def text_lines(self, width: int) -> list[TextLine]:
        """File by file."""
        palette = roles(self)
        lines: list[TextLine] = []
        last = ""
        for entry in self._written:
            file, _, first = entry.place.rpartition(":")
            lines += [TextLine()] if lines else []
            lines += [TextLine(content(file, palette.dim + BOLD))] if file != last else []
            last = file
            for number, line in enumerate(entry.lines, int(first)):
                indent = " " * (len(line) - len(line.lstrip()))
                parts = content(line.strip(), palette.text).wrap(max(10, width - _NUMBER - len(indent)))
                lines += [
                    TextLine(join(content(f"{'' if at else number:>4}  ", palette.dim), indent, part))
                    for at, part in enumerate(parts)
                ]
        return lines
