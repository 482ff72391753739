"""A list to choose from, in dialogs and on the knowledge screen: a few hundred entries at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style

from itdesk.ui.text import EMPTY, between, content, join
from itdesk.ui.theme import roles
from itdesk.ui.widgets.lines import Lines


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry: `value` is handed back; a second line stands below the first. A `heading` cannot be chosen."""

    value: Any
    left: Content
    right: Content = EMPTY
    below: Content | None = None
    heading: bool = False


class ChoiceList(Lines, can_focus=True):
    """Entries of one or two lines with a cursor."""

    DEFAULT_CSS = "ChoiceList { height: 1fr; }"

    class Chosen(Message):
        """An entry was clicked on."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    class Moved(Message):
        """The cursor stands on another entry."""

        def __init__(self, choice: Choice | None) -> None:
            super().__init__()
            self.choice = choice

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ChoiceList.Moved)

    def __init__(
        self,
        choices: Sequence[Choice] = (),
        *,
        quiet: bool = False,
        id: str | None = None,  # noqa: A002 Textual's word
    ) -> None:
        """`quiet`: the cursor is shown only while the list has the focus."""
        super().__init__(id=id)
        self._quiet = quiet
        self._choices: tuple[Choice, ...] = ()
        self._lines: list[tuple[int, int]] = []
        self._cursor = 0
        self._top = 0
        self._empty = EMPTY
        self._set(choices)

    @property
    def choice(self) -> Choice | None:
        """The entry under the cursor."""
        return self._choices[self._cursor] if self._cursor < len(self._choices) else None

    def show(self, choices: Sequence[Choice], *, at: object = None, empty: Content = EMPTY) -> None:
        """Show other entries; the cursor goes to the value `at`, or stays on its own if that is still there.

        `empty` stands where there are none; it may have several lines.
        """
        self._empty = empty
        kept = at if at is not None else self.choice.value if self.choice else None
        self._set(choices)
        self.select(kept)
        self.post_message(self.Moved(self.choice))

    def _set(self, choices: Sequence[Choice]) -> None:
        self._choices = tuple(choices)
        self._lines = [
            (index, part) for index, choice in enumerate(choices) for part in range(1 if choice.below is None else 2)
        ]
        self._cursor = next((index for index, choice in enumerate(choices) if not choice.heading), 0)
        self._top = 0

    def select(self, value: object) -> None:
        """Put the cursor on the entry with this value, if there is one."""
        for index, choice in enumerate(self._choices):
            if choice.value == value and not choice.heading:
                self._cursor = index
        self._reveal()

    def move(self, by: int) -> None:
        """Move the cursor by so many entries, past headings."""
        step = 1 if by > 0 else -1
        for _ in range(abs(by)):
            target = self._cursor + step
            while 0 <= target < len(self._choices) and self._choices[target].heading:
                target += step
            if not 0 <= target < len(self._choices):
                break
            self._cursor = target
        self._reveal()
        self.post_message(self.Moved(self.choice))

    def turn(self, pages: float) -> None:
        """Move by pages."""
        per_entry = max(1, len(self._lines) // max(1, len(self._choices)))
        self.move(round(pages * max(1, self.size.height // per_entry)))

    def _reveal(self) -> None:
        height = self.size.height
        if not height:
            self.repaint()
            return  # what is in view is known once it is laid out
        at = [line for line, (index, _) in enumerate(self._lines) if index == self._cursor]
        if at:
            above = at[0] - 1 if at[0] and self._choices[self._lines[at[0] - 1][0]].heading else at[0]
            first = min(max(self._top, at[-1] - height + 1), above)
            self._top = max(0, min(first, len(self._lines) - height))  # the height may have been another before
        self.repaint()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._reveal()

    def on_focus(self) -> None:
        """The cursor may be seen now."""
        self.repaint()

    def on_blur(self) -> None:
        """It may not be seen any more."""
        self.repaint()

    def _on_cursor(self, index: int) -> bool:
        return index == self._cursor and (self.has_focus or not self._quiet)

    def line_style(self, y: int) -> Style:
        """The cursor's tint."""
        at = self._top + y
        return roles(self).cursor if at < len(self._lines) and self._on_cursor(self._lines[at][0]) else Style()

    def line(self, y: int, width: int) -> Content:
        """An entry's first or second line."""
        if not self._choices:
            lines = self._empty.split("\n")
            return join(" " if self._quiet else "  ", lines[y]) if y < len(lines) else EMPTY
        if self._top + y >= len(self._lines):
            return EMPTY
        index, part = self._lines[self._top + y]
        choice, palette = self._choices[index], roles(self)
        bar = content("▌", palette.accent) if self._on_cursor(index) and not choice.heading else Content(" ")
        if part:
            return join(bar, choice.below or EMPTY)
        return between(join(bar, choice.left), join(choice.right, " "), width)

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        at = self._top + event.y
        if at < len(self._lines) and not self._choices[self._lines[at][0]].heading:
            self._cursor = self._lines[at][0]
            self.repaint()
            self.post_message(self.Chosen(self._choices[self._cursor]))

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self.move(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self.move(-3)
