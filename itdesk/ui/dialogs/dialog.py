"""What all dialogs share: a box over the dimmed screen, keys in the status bar, `esc` to leave."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from itdesk.ui.text import content
from itdesk.ui.widgets.status_bar import Hint, StatusBar

T = TypeVar("T")


class Dialog(ModalScreen[T | None]):
    """A question over the screen below; `None` is the answer of whoever leaves it."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS: ClassVar[str | None] = "Input, TextArea, ChoiceList"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave_it", "close", show=False)]
    HINTS: ClassVar[tuple[Hint, ...]] = (Hint("esc", "close"),)

    def __init__(self, title: str, *, said: str = "") -> None:
        """`said` stands at the left of the status bar."""
        super().__init__()
        self._title = title
        self._said = said

    def compose(self) -> ComposeResult:
        """The box with its body, and the status bar."""
        with Vertical(classes="box") as box:
            box.border_title = content(self._title)
            yield from self.body()
        yield StatusBar()

    def body(self) -> ComposeResult:
        """The widgets in the box."""
        yield from ()

    def hints(self) -> Sequence[Hint]:
        """The keys that work now, the most important first."""
        return self.HINTS

    def on_mount(self) -> None:
        """Say which keys work, and let no cursor blink: every blink goes over the line."""
        for line in self.query(Input):
            line.cursor_blink = False
        for area in self.query(TextArea):
            area.cursor_blink = False
        self.show_hints(self._said)

    def show_hints(self, said: str = "", *, alarm: bool = False) -> None:
        """Refresh the status bar."""
        bar = self.query_one(StatusBar)
        bar.set_hints(self.hints())
        bar.say(said, alarm=alarm)

    def action_leave_it(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
