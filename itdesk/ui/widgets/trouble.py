"""The bar that says that the database does not answer, what is safe, and what to press."""

from datetime import datetime, tzinfo

from textual.content import Content

from itdesk.ui.text import EMPTY, content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.times import clock
from itdesk.ui.widgets.lines import Lines


class Trouble(Lines):
    """Hidden while all is well."""

    DEFAULT_CSS = """
    Trouble { display: none; height: 5; background: $desk-bar; color: $desk-text; }
    Trouble.shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._sentence = ""
        self._since = ""

    def show(self, sentence: str | None, since: datetime | None, zone: tzinfo) -> None:
        """Show what the database said, and since when the screen is old; None hides the bar."""
        self._sentence = sentence or ""
        self._since = clock(since, zone) if since else ""
        self.set_class(sentence is not None, "shown")
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """Sentence, cause, what is safe, what to press."""
        del width
        palette = roles(self)
        as_of = f"  You see the desk as of {self._since}." if self._since else ""
        lines = (
            join(content("! The database does not answer.", palette.red + BOLD), content(as_of, palette.text)),
            content(self._sentence, palette.dim),
            content("Nothing is lost: what you wrote stays where it is. Reading what is shown still works."),
            EMPTY,
            join(
                content("ctrl+r", palette.accent + BOLD),
                content(" try now", palette.text),
                content("   it is tried again by itself", palette.dim),
            ),
        )
        return join(content("▌", palette.red), " ", lines[y])
