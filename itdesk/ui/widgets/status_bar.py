"""The last row: on the left what just happened, on the right what can be done next.

A long sentence lies over the rows above until the next key, so that nothing moves for it; an alarm pushes them up, and
outlasts one key more: that one may have been on its way when it came.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from textual.content import Content

from itdesk.ui.text import EMPTY, content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.lines import Lines

_MOST_HINTS = 9
_MOST_OF_SCREEN = 3
"""A sentence takes at most the third part of the screen."""


class Hint(NamedTuple):
    """A key and what it does, in one or two words."""

    key: str
    word: str


class _RowsAbove(Lines):
    """The first rows of a long sentence, over what stands there."""

    DEFAULT_CSS = "_RowsAbove { overlay: screen; height: 0; background: $desk-bar; color: $desk-text; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Content] = ()

    def show(self, rows: Sequence[Content]) -> None:
        """Show these rows; without any it is gone."""
        if rows or self._rows:
            self._rows = rows
            self.styles.height = len(rows)
            self.styles.offset = (0, -len(rows))
            self.repaint()

    def line(self, y: int, width: int) -> Content:
        """A row."""
        del width
        return join(" ", self._rows[y]) if y < len(self._rows) else EMPTY


class StatusBar(Lines):
    """Hints are shown whole or not at all, by rank; the first of them is dropped last and stands at the right end."""

    DEFAULT_CSS = "StatusBar { height: 1; background: $desk-bar; color: $desk-text; }"

    def __init__(self, hints: Sequence[Hint] = (), *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._hints = tuple(hints)
        self._said = EMPTY
        self._offers: tuple[Hint, ...] = ()
        self._counted = ""
        self._alarm = self._stays = self._short = False
        self._outlasts = 0
        """How many keys what is said outlasts whole."""
        self._height = 1
        self._above: _RowsAbove | None = None

    @property
    def said(self) -> str:
        """What stands on the left, as plain text."""
        return self._said.plain

    def say(
        self,
        sentence: str,
        *,
        alarm: bool = False,
        stays: bool = False,
        offers: Sequence[Hint] = (),
        in_one_row: bool = False,
    ) -> None:
        """Say what happened; `offers` are keys that belong to it, such as the one that takes it back.

        All of it is shown, in several rows if need be, until `shorten`; `in_one_row` cuts it at once, for what comes
        while one reads. `alarm` turns it red; one that `stays` is not cut before something else is said.
        """
        self._said, self._alarm, self._stays, self._offers = content(sentence), alarm, stays, tuple(offers)
        self._outlasts = 1 if alarm else 0
        self._short = in_one_row and not alarm
        self._show()

    @property
    def is_alarm(self) -> bool:
        """Whether that is red."""
        return self._alarm

    def shorten(self, *, at_once: bool = False) -> None:
        """A key was pressed since: what was said takes one row from now on; an alarm from the second, or `at_once`."""
        if self._short or self._stays:
            return
        if self._outlasts and not at_once:
            self._outlasts -= 1
        else:
            self._short = True
            self._show()

    def show_counted(self, counted: str) -> None:
        """Show what the timer counted, `+4m`, at the very left; empty for nothing."""
        self._counted = counted
        self._show()

    def set_hints(self, hints: Sequence[Hint]) -> None:
        """Offer other keys, the most wanted first."""
        self._hints = tuple(hints)
        self._show()

    def on_resize(self) -> None:
        """A long sentence is broken elsewhere."""
        self._show()

    def _show(self) -> None:
        """Make room for what is said, and paint it."""
        *above, _ = self._rows(self.app.size.width - 2)
        height = len(above) + 1 if self._alarm else 1
        if height != self._height:
            self._height = height
            self.styles.height = height
        over = () if self._alarm else above
        if over and self._above is None:
            self._above = _RowsAbove()
            self.screen.mount(self._above, before=self)
        if self._above is not None:
            self._above.show(over)
        self.repaint()

    def line_state(self, y: int) -> Hashable:
        """What all its lines are made of: keys and sentences are often told anew as they are."""
        del y
        told = (self._said.plain, self._alarm, self._short, self._offers, self._counted, self._hints)
        return (told, self._height, self.app.size)

    def line(self, y: int, width: int) -> Content:
        """A row of an alarm; the last row of what is said has the keys as well."""
        inner = width - 2
        *above, said = self._rows(inner)
        if self._alarm and y != len(above):
            return join(" ", above[y]) if y < len(above) else EMPTY
        offers = self._offered()
        left = said.cell_length + offers.cell_length
        # What is to be read is never cut for a hint: rather none at all.
        first = self._first_hint() if self._short or (left > inner and not self._alarm) else 0
        hints = self._fitting(max(first, inner - left - 2) if first <= inner else 0)
        room = inner - offers.cell_length - (hints.cell_length + 2 if hints else 0)
        said = join(said.truncate(max(0, room), ellipsis=True), offers)
        return join(" ", said, " " * max(0, inner - said.cell_length - hints.cell_length), hints, " ")

    def _rows(self, inner: int) -> Sequence[Content]:
        """What is told, broken into rows of so many cells; in the last one there is room for the keys on offer."""
        told, offers = self._told(), self._offered().cell_length
        if self._short or told.cell_length + offers <= inner:
            return (told,)
        rows = told.wrap(max(10, inner))
        if rows[-1].cell_length + offers > inner:
            rows.append(EMPTY)
        most = max(1, self.app.size.height // _MOST_OF_SCREEN)
        return rows if len(rows) <= most else (*rows[: most - 1], Content(" ").join(rows[most - 1 :]))

    def _told(self) -> Content:
        """What the timer counted, and what is said."""
        palette = roles(self)
        said = content(self._said.plain, palette.red + BOLD if self._alarm else palette.text)
        if not self._counted:
            return said
        return join(content(f"{self._counted}{'  ' if said else ' timer runs'}", palette.dim), said)

    def _offered(self) -> Content:
        """The keys that belong to what is said."""
        return join(*(join(" ", self._shown(offer)) for offer in self._offers))

    def _first_hint(self) -> int:
        """The cells of the most wanted hint, which stays beside a sentence that is cut."""
        return self._shown(self._hints[0]).cell_length if self._hints else 0

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
