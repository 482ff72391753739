"""Are you sure? The answer is No unless `y` is pressed."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.text import content
from itdesk.ui.widgets.status_bar import Hint

_MOST_LINES = 12


class ConfirmDialog(Dialog[bool]):
    """Says what would happen, and to what. No key that opens this dialog is `y`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "yes", show=False),
        Binding("n,enter,q", "leave_it", "no", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str], *, verb: str) -> None:
        """`lines` tell what is concerned; `verb` says what yes does."""
        super().__init__(title, said="The answer is no unless you press y")
        self._lines = tuple(lines)
        self._verb = verb

    def body(self) -> ComposeResult:
        """What would happen."""
        shown = [content(line) for line in self._lines[:_MOST_LINES]]
        if len(self._lines) > _MOST_LINES:
            shown.append(content(f"and {len(self._lines) - _MOST_LINES} more"))
        yield Static(Content("\n").join(shown), markup=False)
        yield Static("", classes="space", markup=False)

    def hints(self) -> Sequence[Hint]:
        """Yes and no."""
        return (Hint("n", "no"), Hint("y", f"yes, {self._verb}"))

    def action_yes(self) -> None:
        """Do it."""
        self.dismiss(True)


class NoticeDialog(Dialog[None]):
    """Tells something that is too long for the status bar."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q", "leave_it", "close", show=False)]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title)
        self._lines = tuple(lines)

    def body(self) -> ComposeResult:
        """The lines."""
        shown = [content(line) for line in self._lines[:_MOST_LINES]]
        if len(self._lines) > _MOST_LINES:
            shown.append(content(f"and {len(self._lines) - _MOST_LINES} more"))
        yield Static(Content("\n").join(shown), markup=False)
