"""What all dialogs share: a box over the dimmed screen, keys in the status bar, `esc` to leave."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from itdesk.ui.frames import FramedScreen
from itdesk.ui.text import content
from itdesk.ui.widgets.status_bar import Hint, StatusBar

T = TypeVar("T")

FRAME = 4
"""Rows that the box's border, the one below it and the status bar take."""

_LOW = 20
"""Below so many rows a dialog does without its empty rows."""


class Dialog(FramedScreen[T | None], ModalScreen[T | None]):
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
        self._fit_all()

    def on_descendant_focus(self) -> None:
        """The label beside the field that has the focus stands out."""
        self._mark_row()

    def on_descendant_blur(self) -> None:
        """No other does."""
        self._mark_row()

    def _mark_row(self) -> None:
        for row in self.query(".row"):
            row.set_class(row.has_focus_within, "active")  # :focus-within does not reach a label (Textual 8.2)

    def on_resize(self) -> None:
        """The screen has another size."""
        self._fit_all()

    def _fit_all(self) -> None:
        self.set_class(self.is_low, "low")
        self.fit_box()

    @property
    def is_low(self) -> bool:
        """Whether there is no room for empty rows."""
        return self.app.size.height < _LOW

    def fit_box(self) -> None:
        """Give what can be of several sizes the one that the screen has room for."""

    @property
    def room(self) -> int:
        """Rows that the screen has for what is in the box, its empty rows aside."""
        return self.app.size.height - FRAME - (0 if self.is_low else len(self.query(".space")))

    def fit_list(self, listed: Widget, wanted: int, most: int, *, beside: int = 0) -> None:
        """As tall as it wants to be: at most `most` rows, or half of a tall screen.

        `beside`: rows of what else is in the box, empty ones aside.
        """
        most = max(most, self.app.size.height // 2)
        listed.styles.height = max(1, min(wanted, most, self.room - beside))

    def show_hints(self, said: str = "", *, alarm: bool = False) -> None:
        """Refresh the status bar."""
        bar = self.query_one(StatusBar)
        bar.set_hints(self.hints())
        bar.say(said, alarm=alarm, in_one_row=True)

    def action_leave_it(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
