"""Choose a canned reply, and read it before it is inserted."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from itdesk.desk.canned import FilledReply
from itdesk.domain.ticket import MessageKind
from itdesk.ui.dialogs.choose import ChooseDialog
from itdesk.ui.text import EMPTY, content
from itdesk.ui.theme import roles
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.scroll_lines import ScrollLines, TextLine

_TEXT_ROWS = 9


class CannedDialog(ChooseDialog):
    """Those for the ticket's category first; below stands the text of the one under the cursor. Hands back the text."""

    def __init__(self, kind: MessageKind, replies: Sequence[FilledReply]) -> None:
        choices = [
            Choice(reply.text, content(reply.title), content("for this category" if reply.fits else reply.name))
            for reply in replies
        ]
        super().__init__(f"Insert a canned {kind.value}", choices)

    def body(self) -> ComposeResult:
        """The list, and the text."""
        yield from super().body()
        yield Static("", classes="space", markup=False)
        yield ScrollLines(self._text_lines, id="text")

    def fit_box(self) -> None:
        """The list may take a third of the room, and the text what is left of it."""
        super().fit_box()
        rows = max(1, min(len(self._choices), max(self.room // 3, self.room - _TEXT_ROWS - 1)))
        self.query_one(ChoiceList).styles.height = rows
        self.query_one("#text").styles.height = max(1, min(_TEXT_ROWS, self.room - rows - 1))

    @on(ChoiceList.Moved)
    def _moved(self, event: ChoiceList.Moved) -> None:
        event.stop()
        self.query_one("#text", ScrollLines).show(lambda width: self._text_lines(width), keep=False)

    def _text_lines(self, width: int) -> list[TextLine]:
        palette = roles(self)
        choice = self.query_one(ChoiceList).choice if self.query(ChoiceList) else None
        if choice is None:
            return [TextLine(EMPTY)]
        text = content(choice.value, palette.text, multiline=True)
        return [TextLine(line) for line in text.wrap(max(10, width))]
