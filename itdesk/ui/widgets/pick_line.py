"""One of a few words, in one line: the arrow keys turn, a letter goes to the next word that begins with it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from itdesk.ui.text import EMPTY, content, join
from itdesk.ui.theme import roles
from itdesk.ui.widgets.lines import Lines


class PickLine(Lines, can_focus=True):
    """Shows the word that is picked."""

    DEFAULT_CSS = "PickLine { height: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "turn(1)", show=False),
        Binding("left", "turn(-1)", show=False),
    ]

    class Picked(Message):
        """Another word is picked."""

    class Submitted(Message):
        """`enter`: the person is done here."""

    def __init__(self, words: Sequence[str], picked: str, *, id: str) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._words = tuple(words)
        self._at = self._words.index(picked)

    @property
    def picked(self) -> str:
        """The word that is picked."""
        return self._words[self._at]

    def action_turn(self, by: int) -> None:
        """Another word."""
        self._pick((self._at + by) % len(self._words))

    def _pick(self, at: int) -> None:
        self._at = at
        self.repaint()
        self.post_message(self.Picked())

    def on_key(self, event: events.Key) -> None:
        """A letter picks; all other printable keys do nothing here."""
        if event.key == "enter":
            event.stop()
            self.post_message(self.Submitted())
        elif event.is_printable and event.character and event.key != "space":
            event.stop()
            after = [(self._at + step) % len(self._words) for step in range(1, len(self._words) + 1)]
            for at in after:
                if self._words[at].startswith(event.character.lower()):
                    self._pick(at)
                    break

    def on_focus(self) -> None:
        """Say which keys turn."""
        self.repaint()

    def on_blur(self) -> None:
        """They turn no more."""
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The word, and the keys while it has the focus."""
        del y, width
        palette = roles(self)
        keys = content("   ← → other", palette.dim) if self.has_focus else EMPTY
        return join(content(self.picked.replace("_", " "), palette.text), keys)
