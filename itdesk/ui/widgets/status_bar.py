"""The last row: on the left what just happened, on the right what can be done next."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from itdesk.ui.text import EMPTY, content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.lines import Lines

_MOST_HINTS = 9
_MOST_ROWS = 4


class Hint(NamedTuple):
    """A key and what it does, in one or two words."""

    key: str
    word: str


class StatusBar(Lines):
    """Hints are shown whole or not at all, by rank; the first of them is dropped last and stands at the right end."""

    DEFAULT_CSS = "StatusBar { height: 1; background: $desk-bar; color: $desk-text; }"

    def __init__(self, hints: Sequence[Hint] = (), *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._hints = tuple(hints)
        self._said = EMPTY
        self._offers: tuple[Hint, ...] = ()
        self._counted = ""
        self._alarm = False
        self._rows = 1

    @property
    def said(self) -> str:
        """What stands on the left, as plain text."""
        return self._said.plain

    def say(self, sentence: str, *, alarm: bool = False, offers: Sequence[Hint] = ()) -> None:
        """Say what happened; `offers` are keys that belong to it, such as the one that takes it back.

        `alarm` turns it red and shows all of it, in several rows if need be.
        """
        self._said, self._alarm, self._offers = content(sentence), alarm, tuple(offers)
        self._grow()
        self.repaint()

    @property
    def has_offers(self) -> bool:
        """Whether keys are offered that belong to what it says."""
        return bool(self._offers)

    def show_counted(self, counted: str) -> None:
        """Show what the timer counted, `+4m`, at the very left; empty for nothing."""
        self._counted = counted
        self.repaint()

    def set_hints(self, hints: Sequence[Hint]) -> None:
        """Offer other keys, the most wanted first."""
        self._hints = tuple(hints)
        self.repaint()

    def on_resize(self) -> None:
        """A long sentence is broken elsewhere."""
        self._grow()

    def _grow(self) -> None:
        rows = len(self._broken(self.app.size.width)) if self._alarm else 1
        if rows != self._rows:
            self._rows = rows
            self.styles.height = rows

    def _broken(self, width: int) -> Sequence[Content]:
        return self._said.wrap(max(10, width - 2))[:_MOST_ROWS]

    def line(self, y: int, width: int) -> Content:
        """The sentence and the hints, or a row of a long sentence."""
        palette = roles(self)
        inner = width - 2
        if self._alarm and self._said.cell_length > inner:
            rows = self._broken(width)
            return join(" ", rows[y].stylize(palette.red + BOLD)) if y < len(rows) else EMPTY
        said = content(self._said.plain, palette.red + BOLD if self._alarm else palette.text)
        if self._counted:
            running = content(f"{self._counted}{'  ' if said else ' timer runs'}", palette.dim)
            said = join(running, said)
        undo = join(*(join(" ", self._shown(offer)) for offer in self._offers))
        # An alarm is never cut: rather no hint at all.
        first = self._shown(self._hints[0]).cell_length if self._hints and not self._alarm else 0
        left = said.cell_length + undo.cell_length
        hints = self._fitting(max(first, inner - left - 2) if first <= inner else 0)
        room = inner - undo.cell_length - (hints.cell_length + 2 if hints else 0)
        said = join(said.truncate(max(0, room), ellipsis=True), undo)
        return join(" ", said, " " * max(0, inner - said.cell_length - hints.cell_length), hints, " ")

    def _shown(self, hint: Hint) -> Content:
        palette = roles(self)
        return join(content(hint.key, palette.accent + BOLD), content(f" {hint.word}", palette.dim))

    def _fitting(self, room: int) -> Content:
        """As many as fit whole, the most wanted first; that one stands at the right end and goes last."""
        kept: list[Content] = []
        for hint in self._hints:
            shown = self._shown(hint)
            taken = sum(other.cell_length + 2 for other in kept)
            if len(kept) < _MOST_HINTS and taken + shown.cell_length <= room:
                kept.append(shown)
        return Content("  ").join([*kept[1:], *kept[:1]])
