"""Choose several of many, or none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.text import content, join
from itdesk.ui.theme import roles
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.status_bar import Hint

_MOST_LINES = 14


class MarkDialog(Dialog[tuple[Any, ...]]):
    """Entries of one line with a box each; hands back the values of the marked ones, in their order."""

    AUTO_FOCUS = "ChoiceList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,ctrl+d", "turn(1)", show=False),
        Binding("pageup,ctrl+u", "turn(-1)", show=False),
        Binding("space", "mark", show=False),
        Binding("enter", "done", show=False),
    ]
    HINTS = (Hint("esc", "close"), Hint("space", "mark"), Hint("enter", "go on"), Hint("j k", "move"))

    def __init__(self, title: str, choices: Sequence[Choice], *, said: str = "") -> None:
        super().__init__(title, said=said)
        self._choices = tuple(choices)
        self._marked: set[int] = set()

    def body(self) -> ComposeResult:
        """The list."""
        yield ChoiceList()

    def on_mount(self) -> None:
        """The cursor begins on the first."""
        self._show(0)

    def fit_box(self) -> None:
        """As tall as the list is, if the screen has room for it."""
        self.fit_list(self.query_one(ChoiceList), len(self._choices), _MOST_LINES)

    def _show(self, at: int) -> None:
        palette = roles(self)
        self.query_one(ChoiceList).show(
            [
                replace(
                    choice,
                    value=index,
                    left=join(content("[x] " if index in self._marked else "[ ] ", palette.accent), choice.left),
                )
                for index, choice in enumerate(self._choices)
            ],
            at=at,
        )

    @on(ChoiceList.Chosen)
    def _clicked(self) -> None:
        self.action_mark()

    def action_mark(self) -> None:
        """Mark the entry under the cursor, or no longer."""
        choice = self.query_one(ChoiceList).choice
        if choice is not None:
            self._marked ^= {choice.value}
            self._show(choice.value)

    def action_done(self) -> None:
        """Hand the marked ones back."""
        self.dismiss(tuple(self._choices[index].value for index in sorted(self._marked)))

    def action_move(self, by: int) -> None:
        """Another entry."""
        self.query_one(ChoiceList).move(by)

    def action_turn(self, pages: int) -> None:
        """Another page."""
        self.query_one(ChoiceList).turn(pages)
