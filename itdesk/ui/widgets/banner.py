"""Amber lines under the top bar: what everybody at this desk should know before anything else."""

from collections.abc import Sequence

from textual.content import Content

from itdesk.ui.text import EMPTY, between, content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.lines import Lines

_MOST_LINES = 4
_SIGN, _KEY = "▌ ! ", "esc closes "


class Banner(Lines):
    """Notices, whole: each begins a line, and takes more where it is long."""

    DEFAULT_CSS = "Banner { background: $desk-bar; color: $desk-text; }"

    def __init__(self, notices: Sequence[str]) -> None:
        super().__init__()
        self._notices = tuple(notices)
        self.styles.height = len(self._broken(self.app.size.width))

    def on_resize(self) -> None:
        """Notices are broken elsewhere."""
        self.styles.height = len(self._broken(self.app.size.width))

    def _broken(self, width: int) -> Sequence[Content]:
        """The lines; the last that fits tells how many notices are not shown."""
        palette = roles(self)
        sign, room = content(_SIGN, palette.amber + BOLD), max(10, width - len(_SIGN) - len(_KEY) - 1)
        below = content(_SIGN.replace("!", " "), palette.amber + BOLD)
        lines: list[Content] = []
        for at, notice in enumerate(self._notices):
            parts = content(notice, palette.text).wrap(room)[:_MOST_LINES]
            left = len(self._notices) - at
            if len(lines) + len(parts) + (left > 1) > _MOST_LINES and lines:
                return [*lines, join(sign, content(f"and {left} more", palette.text))]
            lines += [join(below if part_at else sign, part) for part_at, part in enumerate(parts)]
        return lines[:_MOST_LINES]

    def line(self, y: int, width: int) -> Content:
        """A line of a notice."""
        lines = self._broken(width)
        return between(lines[y] if y < len(lines) else EMPTY, content(_KEY if y == 0 else "", roles(self).dim), width)
