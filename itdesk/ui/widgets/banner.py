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

    def _broken(self, width: int) -> Sequence[tuple[str, Content]]:
        """Lines with the sign before each; the last that fits tells how many notices are not shown."""
        room = max(10, width - len(_SIGN) - len(_KEY) - 1)
        lines: list[tuple[str, Content]] = []
        for at, notice in enumerate(self._notices):
            parts = content(notice).wrap(room)
            left = len(self._notices) - at
            if len(lines) + len(parts) + (left > 1) > _MOST_LINES and lines:
                return [*lines, (_SIGN, content(f"and {left} more"))]
            lines += [(_SIGN if part is parts[0] else _SIGN.replace("!", " "), part) for part in parts[:_MOST_LINES]]
        return lines

    def line(self, y: int, width: int) -> Content:
        """A line of a notice."""
        palette = roles(self)
        lines = self._broken(width)
        if y >= len(lines):
            return EMPTY
        sign, said = lines[y]
        shown = join(content(sign, palette.amber + BOLD), said.stylize(palette.text))
        return between(shown, content(_KEY if y == 0 else "", palette.dim), width)
