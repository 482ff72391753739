"""Fields whose words a rule matched are underlined while one types."""

import re
from collections.abc import Sequence
from re import Pattern

from rich.highlighter import Highlighter
from rich.text import Text
from textual.widgets import Input, TextArea

from itdesk.domain.text import safe

_UNDERLINE = "underline"


def _pattern(texts: Sequence[str]) -> Pattern[str] | None:
    """Finds the texts as whole words, as they are written; None where there are none."""
    longest_first = sorted(filter(None, texts), key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


class _Marks(Highlighter):
    """Underlines what the pattern finds."""

    def __init__(self) -> None:
        self.pattern: Pattern[str] | None = None

    def highlight(self, text: Text) -> None:
        """Underline in place."""
        if self.pattern is not None:
            for found in self.pattern.finditer(text.plain):
                text.stylize(_UNDERLINE, *found.span())


class MarkedInput(Input):
    """A line of text with marks."""

    def __init__(self, value: str, *, id: str) -> None:  # noqa: A002 Textual's word
        self._marks = _Marks()
        super().__init__(safe(value), id=id, compact=True, select_on_focus=False, highlighter=self._marks)
        self.cursor_blink = False

    def mark(self, texts: Sequence[str]) -> None:
        """Underline these texts."""
        pattern = _pattern(texts)
        if pattern != self._marks.pattern:
            self._marks.pattern = pattern
            self.refresh()


class MarkedArea(TextArea):
    """A text of several lines with marks."""

    def __init__(self, text: str, *, id: str) -> None:  # noqa: A002 Textual's word
        self._marks = _Marks()
        super().__init__(safe(text, multiline=True), id=id, soft_wrap=True, show_line_numbers=False, compact=True)
        self.cursor_blink = False

    def mark(self, texts: Sequence[str]) -> None:
        """Underline these texts."""
        pattern = _pattern(texts)
        if pattern != self._marks.pattern:
            self._marks.pattern = pattern
            self.notify_style_update()  # drops the lines that TextArea keeps
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """The line with its marks."""
        line = super().get_line(line_index)
        self._marks.highlight(line)
        return line
