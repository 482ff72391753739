"""Choose one of many, narrowed by typing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from itdesk.domain.text import fold, words
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.text import content, join
from itdesk.ui.theme import roles
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.status_bar import Hint

_WIDTH = 76
_MARGINS = 6
"""Cells that the frame and the list take of the box's width."""


class ChooseDialog(Dialog[Any]):
    """A list with a line above that narrows it; hands back the chosen entry's value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "turn(1)", show=False, priority=True),
        Binding("pageup", "turn(-1)", show=False, priority=True),
    ]
    HINTS = (Hint("esc", "close"), Hint("enter", "choose"), Hint("↑↓", "move"))
    MOST_LINES: ClassVar[int] = 14

    def __init__(self, title: str, choices: Sequence[Choice], *, said: str = "", current: object = None) -> None:
        """`current` is the value on which the cursor begins."""
        super().__init__(title, said=said or "Type to narrow it down")
        self._choices = tuple(choices)
        self._whole = self._choices
        self._current = current

    def body(self) -> ComposeResult:
        """The line to type in, and the list."""
        with Horizontal(classes="row"):
            yield Static("/ ", classes="label slash", markup=False)
            yield Input(compact=True, id="narrow")
            yield Static("", classes="count", markup=False)
        yield Static("", classes="space", markup=False)
        yield ChoiceList()

    def on_mount(self) -> None:
        """Room for the sign alone."""
        self.query_one(".slash").styles.width = 2

    def fit_box(self) -> None:
        """As tall as the list is, if the screen has room for it."""
        listed, width = self.query_one(ChoiceList), min(_WIDTH, self.app.size.width) - _MARGINS
        at = listed.choice.value if listed.choice else self._current
        self._whole = tuple(_in_lines(choice, width) for choice in self._choices)
        lines = sum(1 if choice.below is None else 2 for choice in self._whole)
        self.fit_list(listed, lines, self.MOST_LINES, beside=1)
        self._narrow(self.query_one("#narrow", Input).value)
        listed.select(at)

    @on(Input.Changed, "#narrow")
    def _typed(self, event: Input.Changed) -> None:
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        asked = words(typed)
        kept = [choice for choice in self._whole if _fits(choice, asked)]
        self.query_one(ChoiceList).show(
            kept, empty=content("Nothing fits. Backspace widens the list.", roles(self).dim)
        )
        shown = sum(not choice.heading for choice in kept)
        self.query_one(".count", Static).update(content(f"{shown} of {sum(not c.heading for c in self._choices)}"))

    @on(Input.Submitted, "#narrow")
    def _submitted(self) -> None:
        choice = self.query_one(ChoiceList).choice
        if choice is not None and not choice.heading:
            self.dismiss(choice.value)

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        self.dismiss(event.choice.value)

    def action_move(self, by: int) -> None:
        """Another entry."""
        self.query_one(ChoiceList).move(by)

    def action_turn(self, pages: int) -> None:
        """Another page."""
        self.query_one(ChoiceList).turn(pages)


def _in_lines(choice: Choice, width: int) -> Choice:
    """The entry in two lines where one has no room for all of it."""
    room = width - choice.right.cell_length - 1
    if choice.below is not None or choice.heading or choice.left.cell_length <= room:
        return choice
    first, *others = choice.left.wrap(max(10, room))
    below = Content(" ").join(others).truncate(max(10, width - 2), ellipsis=True)
    return replace(choice, left=first, below=join("  ", below))


def _fits(choice: Choice, asked: Sequence[str]) -> bool:
    """Whether every typed word is in the entry; headings go as soon as something is typed."""
    if choice.heading:
        return not asked
    below = choice.below.plain if choice.below else ""
    text = fold(f"{choice.left.plain} {choice.right.plain} {below}")
    return all(word in text for word in asked)
