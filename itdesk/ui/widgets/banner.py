"""Amber lines under the top bar: what everybody at this desk should know before anything else."""

from collections.abc import Sequence

from textual.content import Content

from itdesk.ui.text import between, content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.lines import Lines

_MOST_LINES = 4


class Banner(Lines):
    """Notices, one a line."""

    DEFAULT_CSS = "Banner { background: $desk-bar; color: $desk-text; }"

    def __init__(self, notices: Sequence[str]) -> None:
        super().__init__()
        self._notices = tuple(notices)
        self.styles.height = min(_MOST_LINES, len(self._notices))

    def line(self, y: int, width: int) -> Content:
        """A notice; the last line tells how many more there are."""
        palette = roles(self)
        left = len(self._notices) - _MOST_LINES
        notice = f"and {left + 1} more" if y == _MOST_LINES - 1 and left > 0 else self._notices[y]
        said = join(content("▌ ! ", palette.amber + BOLD), content(notice, palette.text))
        return between(said, content("esc closes " if y == 0 else "", palette.dim), width)
