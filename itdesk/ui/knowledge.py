"""The knowledge base: search as you type, a list, an article."""

from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.timer import Timer
from textual.widgets import Markdown, Static

from itdesk.desk.queries import knowledge
from itdesk.desk.queries.knowledge import ArticleView
from itdesk.domain.knowledge import ArticleState
from itdesk.domain.text import fold, safe, words
from itdesk.ui.actions import Scope
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.screen import DeskScreen
from itdesk.ui.text import EMPTY, content, join, plural
from itdesk.ui.theme import BOLD, UNDERLINE, Roles, roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.filter_line import FilterLine
from itdesk.ui.widgets.status_bar import StatusBar
from itdesk.ui.widgets.too_small import TooSmall
from itdesk.ui.widgets.top_bar import TopBar
from itdesk.ui.widgets.trouble import Trouble

_REST_SECONDS = 0.08
_LIMIT = 200


class KnowledgeScreen(DeskScreen):
    """Search above, articles left, the article right; where it is narrow, list and article alternate."""

    SCOPE = Scope.KNOWLEDGE
    CSS_PATH = "knowledge.tcss"
    BINDINGS = bindings(Scope.KNOWLEDGE)
    AUTO_FOCUS = "ChoiceList"

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self._articles: Sequence[ArticleView] = ()
        self._searched = ""
        self._read_id: int | None = None
        self._wanted: int | None = None
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TopBar("2", self.desk.clock(), self.desk.zone)
        yield FilterLine(placeholder="words of the problem")
        with Horizontal(id="body"):
            yield ChoiceList()
            with VerticalScroll(id="article", can_focus=False):
                yield Static("", id="head", markup=False)
                yield Markdown("", open_links=False)
        yield Trouble()
        yield StatusBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Show all articles."""
        super().on_mount()
        self.reload()

    # --- reading -------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Search anew."""
        self._search(self.query_one(FilterLine).text)

    @work(exclusive=True, group="search")
    async def _search(self, text: str) -> None:
        found = await self.read(lambda session: knowledge.articles(session, text, limit=_LIMIT))
        if found is None:
            return
        wanted, self._wanted = self._wanted, None
        if wanted is not None and all(article.id != wanted for article in found):
            more = await self.read(lambda session: knowledge.article(session, wanted))
            found = (more, *found) if more else found
        self._articles, self._searched = found, text
        palette = roles(self)
        empty = content(
            "No article has these words. Backspace widens the search." if text else "No articles yet.", palette.dim
        )
        self.query_one(ChoiceList).show([self._choice(article, palette) for article in found], at=wanted, empty=empty)
        count = f"{_LIMIT}+ articles" if len(found) >= _LIMIT else plural(len(found), "article")
        order = ", words in the title first" if text.strip() else ", by title"
        self.query_one(FilterLine).explain(content(count + order, palette.dim))

    def _choice(self, article: ArticleView, palette: Roles) -> Choice:
        asked = words(self._searched)
        title = join(
            " ", content(f"{article.number:<7}", palette.accent), _underlined(article.title, asked, palette.text)
        )
        snippet = _underlined(_snippet(article.body, asked), asked, palette.dim)
        state = EMPTY if article.state is ArticleState.PUBLISHED else content(article.state.value, palette.amber)
        return Choice(article.id, title, state, below=join(" " * 8, snippet))

    @on(FilterLine.Changed)
    def _typed(self, event: FilterLine.Changed) -> None:
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self.reload)

    @on(FilterLine.Left)
    def _done_typing(self, event: FilterLine.Left) -> None:
        event.stop()
        self.query_one(ChoiceList).focus()

    @on(ChoiceList.Moved)
    def _moved(self, event: ChoiceList.Moved) -> None:
        event.stop()
        if self.has_class("-wide") or self.has_class("reading"):
            self._show_article(event.choice.value if event.choice else None)

    @on(ChoiceList.Chosen)
    def _chosen(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self.action_open()

    @work(exclusive=True, group="article")
    async def _show_article(self, article_id: int | None) -> None:
        article = next((article for article in self._articles if article.id == article_id), None)
        if article is None or article_id == self._read_id:
            return
        self._read_id = article_id
        self.query_one("#head", Static).update(self._head(article))
        await self.query_one(Markdown).update(safe(article.body, multiline=True))
        self.query_one("#article", VerticalScroll).scroll_home(animate=False)

    def _head(self, article: ArticleView) -> Content:
        palette = roles(self)
        state = palette.green if article.state is ArticleState.PUBLISHED else palette.amber
        facts = [content(article.state.value, state)]
        if article.owner:
            facts.append(content(f"owner {article.owner}", palette.dim))
        if article.category:
            facts.append(content(article.category, palette.dim))
        if article.review_at:
            facts.append(content(f"review {moment(article.review_at, self.desk.clock(), self.desk.zone)}", palette.dim))
        return Content("\n").join(
            [
                join(content(article.title, palette.text + BOLD), "  ", content(article.number, palette.accent)),
                content(" · ", palette.dim).join(facts),
            ]
        )

    def open(self, article_id: int) -> None:
        """Read this article."""
        self._wanted = article_id
        self.query_one(FilterLine).put("")
        self.add_class("reading")
        self.reload()

    # --- keys ----------------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Into the search line."""
        self.remove_class("reading")
        self.query_one(FilterLine).query_one("Input").focus()

    def action_open(self) -> None:
        """Read the article under the cursor."""
        choice = self.query_one(ChoiceList).choice
        if choice is not None:
            self.add_class("reading")
            self._show_article(choice.value)

    def _reading(self) -> bool:
        return self.has_class("reading")

    def action_down(self) -> None:
        """Down in the article, or in the list."""
        self._move(1)

    def action_up(self) -> None:
        """Up."""
        self._move(-1)

    def _move(self, by: int) -> None:
        if self._reading():
            self.query_one("#article").scroll_relative(y=by * 2, animate=False)
        else:
            self.query_one(ChoiceList).move(by)

    def _turn(self, pages: float) -> None:
        article = self.query_one("#article")
        if self._reading():
            article.scroll_relative(y=round(pages * article.size.height), animate=False)
        else:
            self.query_one(ChoiceList).turn(pages)

    def action_half_down(self) -> None:
        """Half a page down."""
        self._turn(0.5)

    def action_half_up(self) -> None:
        """Half a page up."""
        self._turn(-0.5)

    def action_page_down(self) -> None:
        """A page down."""
        self._turn(1)

    def action_page_up(self) -> None:
        """A page up."""
        self._turn(-1)

    def action_first(self) -> None:
        """To the first, or to the top."""
        if self._reading():
            self.query_one("#article").scroll_home(animate=False)
        else:
            self.query_one(ChoiceList).move(-len(self._articles))

    def action_last(self) -> None:
        """To the last, or to the bottom."""
        if self._reading():
            self.query_one("#article").scroll_end(animate=False)
        else:
            self.query_one(ChoiceList).move(len(self._articles))

    def action_refresh(self) -> None:
        """Search anew."""
        self.reload()
        self.say("Read anew.")

    def action_copy(self) -> None:
        """Send the article's number to the clipboard."""
        article = self._current()
        if article is not None:
            self.app.copy_to_clipboard(article.number)
            self.say(f"{article.number} was sent to the terminal's clipboard.")

    def action_copy_all(self) -> None:
        """Send the article to the clipboard."""
        article = self._current()
        if article is not None:
            self.app.copy_to_clipboard(safe(f"# {article.title}\n\n{article.body}", multiline=True))
            self.say(f"All of {article.number} was sent to the terminal's clipboard.")

    def _current(self) -> ArticleView | None:
        choice = self.query_one(ChoiceList).choice
        return next((article for article in self._articles if choice and article.id == choice.value), None)

    def close_one(self) -> None:
        """The article, the search line, the search: one after the other."""
        line = self.query_one(FilterLine)
        if self._reading():
            self.remove_class("reading")
            self.query_one(ChoiceList).focus()
        elif line.has_focus_within:
            self.query_one(ChoiceList).focus()
        elif line.text:
            line.put("")
            self.reload()

    def go_back(self) -> bool:
        """From the article to the list."""
        if self._reading() and not self.has_class("-wide"):
            self.remove_class("reading")
            return True
        return False

    def on_resize(self) -> None:
        """It may be wide enough for the article now."""
        choice = self.query_one(ChoiceList).choice
        if self.has_class("-wide") and choice is not None:
            self._show_article(choice.value)
        if self.focused is None:
            self.query_one(ChoiceList).focus()


def _snippet(body: str, asked: Sequence[str]) -> str:
    """The first line of the text that has one of the words, else the first line that is no title."""
    lines = [line.strip(" #*->`") for line in body.splitlines() if line.strip() and not line.startswith(("#", "```"))]
    for line in lines:
        if any(word.startswith(tuple(asked)) for word in words(line)) and asked:
            return line
    return lines[0] if lines else ""


def _underlined(text: str, asked: Sequence[str], style: Style) -> Content:
    """The text with the words that were searched for underlined."""
    if not asked:
        return content(text, style)
    parts = []
    for index, word in enumerate(text.split(" ")):
        hit = fold(word).strip(".,:;!?()\"'").startswith(tuple(asked))
        parts.append(
            content(word if not index else f" {word}" if not hit else word, style + UNDERLINE if hit else style)
        )
        if hit and index:
            parts.insert(-1, Content(" "))
    return join(*parts)
