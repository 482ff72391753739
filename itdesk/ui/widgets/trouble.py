"""The bar that says that the database does not answer, what is safe, and what to press."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from textual.content import Content

from itdesk.ui.text import EMPTY, content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.times import clock
from itdesk.ui.widgets.lines import Lines

_CAUSE_SHARE = 2
"""The cause takes at most one of so many parts of the screen: 7 rows of the smallest one, which are 400 cells."""


class Trouble(Lines):
    """There from the first silence on; hidden while all is well again."""

    DEFAULT_CSS = """
    Trouble { display: none; height: auto; background: $desk-bar; color: $desk-text; }
    Trouble.shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._cause = ""
        self._since = ""
        self._key = self._copies = ""

    def show(
        self,
        cause: str | None,
        since: datetime | None,
        zone: tzinfo,
        *,
        key: str = "",
        copies: str = "",
    ) -> None:
        """Show what the database said, and since when the screen is old; None hides the bar.

        `key` tries at once, `copies` copies the cause.
        """
        self._cause = cause or ""
        self._since = clock(since, zone) if since else ""
        self._key, self._copies = key, copies
        self.set_class(cause is not None, "shown")
        self.styles.height = len(self._lines(self.app.size.width))
        self.repaint()

    def on_resize(self) -> None:
        """The cause is broken elsewhere."""
        self.styles.height = len(self._lines(self.app.size.width))

    def line(self, y: int, width: int) -> Content:
        """Sentence, cause, what is safe, what to press."""
        lines = self._lines(width)
        return join(content("▌ ", roles(self).red), lines[y] if y < len(lines) else EMPTY)

    def _lines(self, width: int) -> Sequence[Content]:
        palette, width = roles(self), max(10, width - 3)
        as_of = f"  You see the desk as of {self._since}." if self._since else ""
        keys = join(
            content(self._key, palette.accent + BOLD),
            content(" try now   " if self._key else "", palette.text),
            content(self._copies, palette.accent + BOLD),
            content(" copy this   " if self._copies else "", palette.text),
            content("it is tried every few seconds", palette.dim),
        )
        safety = content("What is shown can be read; what you write is only on this screen.", palette.text)
        return (
            join(content("! The database does not answer.", palette.red + BOLD), content(as_of, palette.text)),
            *content(self._cause, palette.dim).wrap(width)[: self.app.size.height // _CAUSE_SHARE],
            *safety.wrap(width),
            *keys.wrap(width),
        )
