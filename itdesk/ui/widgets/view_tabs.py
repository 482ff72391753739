"""Saved views as tabs with counts."""

from collections.abc import Collection, Sequence

from textual.content import Content

from itdesk.ui.text import between, content, join
from itdesk.ui.theme import BOLD, UNDERLINE, roles
from itdesk.ui.widgets.lines import Lines


class ViewTabs(Lines):
    """One row of views; those that do not fit are left out whole, never the active one."""

    DEFAULT_CSS = "ViewTabs { height: 1; }"

    def __init__(self, titles: Sequence[str], active: int, *, keys: str = "[ ]") -> None:
        super().__init__()
        self._titles = tuple(titles)
        self._counts: tuple[str, ...] = ()
        self._active = active
        self._keys = keys
        self._alarming: frozenset[int] = frozenset()

    def show(
        self,
        titles: Sequence[str],
        active: int,
        counts: Sequence[str],
        *,
        keys: str | None = None,
        alarming: Collection[int] = (),
    ) -> None:
        """The views, which of them is on, and how many each holds (`42`, `999+`; empty while not counted).

        `keys` replaces what stands at the right; `alarming` are those in which there should be nothing.
        """
        self._titles, self._active, self._counts = tuple(titles), active, tuple(counts)
        self._alarming = frozenset(alarming)
        self._keys = self._keys if keys is None else keys
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The one line."""
        del y
        palette = roles(self)
        room = width - len(self._keys) - 5
        tabs = [self._tab(index) for index in range(len(self._titles))]
        gap = 3 if sum(tab.cell_length + 3 for tab in tabs) - 3 <= room else 2
        first = 0
        while first < self._active and sum(tab.cell_length + gap for tab in tabs[first : self._active + 1]) > room:
            first += 1
        kept: list[Content] = []
        for tab in tabs[first:]:
            if sum(other.cell_length + gap for other in kept) + tab.cell_length > room:
                break
            kept.append(tab)
        left = join(content("‹" if first else " ", palette.dim), Content(" " * gap).join(kept))
        return between(left, content(f"{self._keys}  ", palette.dim), width)

    def _tab(self, index: int) -> Content:
        palette = roles(self)
        active = index == self._active
        title = content(self._titles[index], palette.text + BOLD + UNDERLINE if active else palette.dim)
        count = self._counts[index] if index < len(self._counts) else ""
        style = palette.red + BOLD if index in self._alarming and count != "0" else palette.text
        return join(title, content(f" {count}", style)) if count else title
