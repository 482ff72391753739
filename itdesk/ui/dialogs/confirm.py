"""Are you sure? The answer is no unless a key is pressed that does nothing else."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from itdesk.ui.actions import ACTIONS, Group, Keymap, keys_of
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import content
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint

_MOST_LINES = 12


def sure_key(keymap: Keymap) -> str:
    """The key that says yes: `y`, or another where the person's own keymap has an act on that."""
    acts = (action for action in ACTIONS if action.group in (Group.WORK, Group.SAY, Group.LEAVE))
    taken = {key for action in acts for key in keys_of(action, keymap)}
    return next(key for key in "yzYZ!1234567890" if key not in taken)


class ConfirmDialog(ReadingDialog[bool]):
    """Says what would happen, and to what."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("n,enter,q", "leave_it", "no", show=False)]

    def __init__(
        self, title: str, lines: Sequence[str], *, verb: str, no: str = "no", keymap: Keymap | None = None
    ) -> None:
        """`lines` tell what is concerned; `verb` says what yes does, `no` what else."""
        self._yes = sure_key(keymap or {})
        super().__init__(title, said=f"The answer is no unless you press {self._yes}")
        self._lines = tuple(lines)
        self._verb, self._no = verb, no

    def text_lines(self, width: int) -> list[TextLine]:
        """What would happen."""
        return _in_rows(self._lines, width)

    def hints(self) -> Sequence[Hint]:
        """Yes and no."""
        return (Hint("n", self._no), Hint(self._yes, f"yes, {self._verb}"))

    def on_key(self, event: events.Key) -> None:
        """The one key that does it."""
        if event.character == self._yes:
            event.stop()
            self.dismiss(True)


class NoticeDialog(ReadingDialog[None]):
    """Tells something that is too long for the status bar."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q", "leave_it", "close", show=False)]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title)
        self._lines = tuple(lines)

    def text_lines(self, width: int) -> list[TextLine]:
        """The lines."""
        return _in_rows(self._lines, width)


def _in_rows(lines: Sequence[str], width: int) -> list[TextLine]:
    """As many lines as anybody reads, each broken where it is too long."""
    shown = [content(line) for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        shown.append(content(f"and {len(lines) - _MOST_LINES} more"))
    return [TextLine(part) for line in shown for part in line.wrap(max(10, width))]
