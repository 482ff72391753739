"""An article, read without leaving what one is at."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from itdesk.desk.queries.knowledge import ArticleView
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.theme import roles
from itdesk.ui.widgets.article_lines import MOST_WIDTH, article_lines
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint


class ArticleDialog(ReadingDialog[None]):
    """The whole article, as high as the screen lets it be."""

    WIDTH = MOST_WIDTH + 6
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,enter", "leave_it", show=False),
    ]
    HINTS = (Hint("esc", "close"), Hint("j k", "scroll"), Hint("space", "half a page"))

    def __init__(self, desk: DeskContext, article: ArticleView, asked: Sequence[str] = ()) -> None:
        """Words that begin with one of `asked` (folded words) are underlined."""
        super().__init__(article.number)
        self._desk, self._article, self._asked = desk, article, asked

    def text_lines(self, width: int) -> list[TextLine]:
        """The article."""
        now, zone = self._desk.clock(), self._desk.zone
        return article_lines(self._article, width, palette=roles(self), asked=self._asked, now=now, zone=zone)
