"""An article, read without leaving what one is at."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from itdesk.desk.queries.knowledge import ArticleView
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.theme import roles
from itdesk.ui.widgets.article_lines import MOST_WIDTH, article_lines
from itdesk.ui.widgets.scroll_lines import ScrollLines, TextLine
from itdesk.ui.widgets.status_bar import Hint


class ArticleDialog(Dialog[None]):
    """The whole article, as high as the screen lets it be."""

    AUTO_FOCUS = "ScrollLines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("ctrl+d,pagedown,space", "page(0.5)", show=False),
        Binding("ctrl+u,pageup", "page(-0.5)", show=False),
        Binding("q,enter", "leave_it", show=False),
    ]
    HINTS = (Hint("esc", "close"), Hint("j k", "scroll"), Hint("space", "half a page"))

    def __init__(self, desk: DeskContext, article: ArticleView, asked: Sequence[str] = ()) -> None:
        """Words that begin with one of `asked` (folded words) are underlined."""
        super().__init__(article.number)
        self._desk, self._article, self._asked = desk, article, asked

    def body(self) -> ComposeResult:
        """The article."""
        yield ScrollLines(self._build)

    def on_mount(self) -> None:
        """As wide as an article wants to be, and as tall as it is, if the screen is."""
        width = min(MOST_WIDTH + 6, self.app.size.width)
        self.query_one(".box").styles.width = width
        lines = self.query_one(ScrollLines)
        lines.styles.height = max(1, min(len(self._build(width - 4)), self.app.size.height - 4))

    def _build(self, width: int) -> list[TextLine]:
        now, zone = self._desk.clock(), self._desk.zone
        return article_lines(self._article, width, palette=roles(self), asked=self._asked, now=now, zone=zone)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(ScrollLines).scroll_lines(by)

    def action_page(self, by: float) -> None:
        """Scroll by pages."""
        self.query_one(ScrollLines).scroll_pages(by)
