"""The knowledge base: views, search as you type, a list, an article."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer

from itdesk.desk.errors import NotFound
from itdesk.desk.queries import knowledge
from itdesk.desk.queries.knowledge import ArticleSet, ArticleView, Fit, TicketFits
from itdesk.desk.session import Session
from itdesk.domain.people import READERS
from itdesk.domain.text import hits, safe, words
from itdesk.ui.actions import Scope
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.screen import DeskScreen
from itdesk.ui.text import EMPTY, content, join, plural, underlined
from itdesk.ui.theme import BOLD, Roles, roles
from itdesk.ui.typeahead import VERB, WINDOW
from itdesk.ui.widgets.article_lines import article_lines, review_mark
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.filter_line import FilterLine, Sentence
from itdesk.ui.widgets.scroll_lines import ScrollLines, TextLine
from itdesk.ui.widgets.status_bar import Hint, StatusBar
from itdesk.ui.widgets.top_bar import TopBar
from itdesk.ui.widgets.view_tabs import ViewTabs

_REST_SECONDS = 0.08
_LIMIT = 200
_NUMBER_WIDTH = 8
_BEFORE_HIT = 24
"""Cells of a snippet before its first hit."""
_MARKUP = re.compile(r"[*`]+|^\s*[-+>]\s+|^[-:|\s]{4,}$")
_COLUMN = re.compile(r"[\s|]+")
_READING = (
    Hint("?", "help"),
    Hint("esc", "to the list"),
    Hint("j k", "scroll"),
    Hint("enter", "see also"),
    Hint("/", "search"),
    Hint("y", "copy number"),
)

_HOW_ARTICLES_COME = (
    "Articles are Markdown. An administrator brings them in with a few",
    "lines of Python: docs/administrators.md, “Articles”, has them.",
)

View = ArticleSet | Literal["fits"]
_TITLES: Mapping[View, str] = {
    ArticleSet.ALL: "All",
    ArticleSet.DRAFTS: "Drafts",
    ArticleSet.REVIEW_DUE: "Review due",
    ArticleSet.RETIRED: "Retired",
}


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search gave: articles, best first; the fits among them; counts; ways out where there are none."""

    articles: tuple[ArticleView, ...] = ()
    fits: Mapping[int, Fit] = field(default_factory=dict)
    counts: Mapping[ArticleSet, int] = field(default_factory=dict)
    ticket: TicketFits | None = None
    ways: tuple[tuple[str, str, int], ...] = ()


class KnowledgeScreen(DeskScreen):
    """Search above, articles left, the article right; where it is narrow, list and article alternate."""

    SCOPE = Scope.KNOWLEDGE
    CSS_PATH = "knowledge.tcss"
    BINDINGS = bindings(Scope.KNOWLEDGE)
    AUTO_FOCUS = "ChoiceList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-plain"), (100, "-wide")]

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self._view: View = ArticleSet.ALL
        self._ticket_id: int | None = None
        self._found = _Found()
        self._searched = ""
        self._shown: ArticleView | None = None
        self._wanted: int | None = None
        self._came_from: list[int] = []
        """The articles that led to the one that is read, the first first."""
        self._answered: tuple[View, str, int | None] | None = None
        """The question to which the list is the answer."""
        self._rest: Timer | None = None
        self._follow: Timer | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TopBar("2", self.desk.clock(), self.desk.zone)
        yield ViewTabs([_TITLES[ArticleSet.ALL]], 0)
        yield FilterLine(placeholder="words to look for")
        with Horizontal(id="body"):
            yield ChoiceList()
            yield ScrollLines(id="article")
        yield StatusBar()

    def on_mount(self) -> None:
        """The list has the focus, the article is scrolled by the screen's keys."""
        self.query_one("#article").can_focus = False
        self._list.show([], empty=content("Reading the articles …", roles(self).dim))

    def on_screen_resume(self) -> None:
        """Others may have written articles meanwhile."""
        self.reload()

    @property
    def _list(self) -> ChoiceList:
        return self.query_one(ChoiceList)

    @property
    def _article(self) -> ScrollLines:
        return self.query_one("#article", ScrollLines)

    # --- what is asked for ---------------------------------------------------------------------------------------

    def show_for(self, ticket_id: int | None, *, fits: bool = False) -> None:
        """A ticket is open (None: none is), so there is a view of what fits it; `fits` turns to that view."""
        if fits:
            self._view = "fits"
            self.query_one(FilterLine).put("")
            self._leave_article()
            self._list.focus()
        elif ticket_id is None and self._view == "fits":
            self._view = ArticleSet.ALL
        self._ticket_id = ticket_id
        self.reload()

    def open(self, article_id: int) -> None:
        """Read this article."""
        self._came_from = []
        self._turn_to(article_id)

    def _turn_to(self, article_id: int) -> None:
        self._wanted = article_id
        self._view = ArticleSet.ALL
        self.query_one(FilterLine).put("")
        self._read()
        self.reload()

    def _views(self) -> list[View]:
        views: list[View] = [ArticleSet.ALL]
        if self._ticket_id is not None:
            views.append("fits")
        if self.desk.me.role in READERS:
            views += [ArticleSet.DRAFTS, ArticleSet.REVIEW_DUE, ArticleSet.RETIRED]
        return views

    # --- reading -------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Search anew."""
        self._search(self.query_one(FilterLine).text)

    @work(exclusive=True, group=WINDOW)
    async def _search(self, text: str) -> None:
        view, ticket_id, wanted = self._view, self._ticket_id, self._wanted
        steps = self._views().index(view)
        found = await self.read(lambda session: _look(session, text, view, steps, ticket_id, wanted))
        if found is None:
            if not self._found.counts:
                self._list.show([], empty=_unread(roles(self)))
            return
        self._found, self._searched, self._wanted = found, text, None
        other, self._answered = self._answered != (view, text, ticket_id), (view, text, ticket_id)
        self._show(at=wanted or (found.articles[0].id if other and found.articles else None))

    def _show(self, at: int | None = None) -> None:
        palette, found = roles(self), self._found
        self._show_tabs()
        empty = self._nothing(palette)
        self._list.show([self._choice(article, palette) for article in found.articles], at=at, empty=empty)
        self.query_one(FilterLine).explain(Sentence(cut=content(self._explanation(), palette.dim)))
        self._follow_cursor()

    def _show_tabs(self) -> None:
        views, found = self._views(), self._found
        titles, numbers = [], []
        for view in views:
            if view == "fits":
                titles.append(f"Fits {found.ticket.number}" if found.ticket else "Fits")
                numbers.append(str(len(found.ticket.fits)) if found.ticket else "")
            else:
                titles.append(_TITLES[view])
                numbers.append(str(found.counts[view]) if found.counts else "")
        self.query_one(ViewTabs).show(titles, views.index(self._view), numbers)

    def _explanation(self) -> str:
        found = len(self._found.articles)
        if not found:
            return "no article"
        number = f"{_LIMIT}+ articles" if found >= _LIMIT else plural(found, "article")
        if self._view == "fits":
            return f"{number}, % of what the ticket says"
        return f"{number}, best first" if self._searched.strip() else f"{number}, by title"

    def _choice(self, article: ArticleView, palette: Roles) -> Choice:
        asked, fit = self._asked(article), self._found.fits.get(article.id)
        title = join(
            " ",
            content(f"{article.number:<{_NUMBER_WIDTH}}", palette.accent),
            underlined(content(article.title, palette.text), asked),
        )
        now, zone = self.desk.clock(), self.desk.zone
        right = content(f"{fit.percent} %", palette.text) if fit else review_mark(article, palette, now, zone)
        snippet = underlined(content(_snippet(article.body, asked), palette.dim), asked)
        return Choice(article.id, title, right, below=join(" " * (_NUMBER_WIDTH + 1), snippet))

    def _asked(self, article: ArticleView) -> Sequence[str]:
        """The words that are underlined in an article: those typed, else those that it shares with the ticket."""
        fit = self._found.fits.get(article.id)
        return words(self._searched) or (fit.words if fit else ())

    def _nothing(self, palette: Roles) -> Content:
        """What stands in place of the list where it is empty: what was looked for, and the ways out."""
        if self._searched.strip():
            said = f"{self._whole_view()} has “{self._searched.strip()}”."
        elif self._view == "fits":
            said = "No article fits this ticket."
        else:
            said = {
                ArticleSet.ALL: "There are no articles yet.",
                ArticleSet.DRAFTS: "Nobody is drafting an article.",
                ArticleSet.REVIEW_DUE: "No article waits for its review.",
                ArticleSet.RETIRED: "No article was retired.",
            }[self._view]
        lines = [content(said, palette.text + BOLD), EMPTY]
        if self._found.counts and not any(self._found.counts.values()):
            lines += [content(sentence, palette.text) for sentence in _HOW_ARTICLES_COME]
        for key, what, number in self._found.ways:
            lines.append(
                join(
                    content(f"{key:>9}", palette.accent + BOLD),
                    content(f"  {what}", palette.text),
                    content(f"  {plural(number, 'article')}", palette.dim),
                )
            )
        return Content("\n").join(lines)

    def _whole_view(self) -> str:
        """What a search in this view went through in vain."""
        if self._view == "fits":
            return f"No article that fits {self._found.ticket.number if self._found.ticket else 'this ticket'}"
        return "No article" if self._view is ArticleSet.ALL else f"No article in {_TITLES[self._view]}"

    # --- the article ---------------------------------------------------------------------------------------------

    @on(ChoiceList.Moved)
    def _moved(self, event: ChoiceList.Moved) -> None:
        """The article follows the cursor after a moment of rest."""
        event.stop()
        if self._follow is not None:
            self._follow.stop()
        self._follow = self.set_timer(_REST_SECONDS, self._follow_cursor)

    def _follow_cursor(self) -> None:
        if self.has_class("-wide") or self._reading():
            self._show_article(self._current())

    def _show_article(self, article: ArticleView | None) -> None:
        same = self._shown is not None and article is not None and article.id == self._shown.id
        self._shown = article
        asked = self._asked(article) if article else ()

        def build(width: int) -> Sequence[TextLine]:
            if article is None:
                return ()
            now, zone = self.desk.clock(), self.desk.zone
            return article_lines(article, width, palette=roles(self), asked=asked, now=now, zone=zone)

        self._article.show(build, keep=same)

    def _current(self) -> ArticleView | None:
        choice = self._list.choice
        return next((article for article in self._found.articles if choice and article.id == choice.value), None)

    def _reading(self) -> bool:
        return self.has_class("reading")

    def _read(self) -> None:
        self.add_class("reading")
        self.query_one(StatusBar).set_hints(_READING)

    def _leave_article(self) -> None:
        self.remove_class("reading")
        self._came_from = []
        self.query_one(StatusBar).set_hints(self.action_hints(self.SCOPE))

    # --- typing --------------------------------------------------------------------------------------------------

    @on(FilterLine.Changed)
    def _typed(self, event: FilterLine.Changed) -> None:
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._search_typed)

    def _search_typed(self) -> None:
        self._rest = None
        self.reload()

    def _search_at_once(self) -> None:
        """The next key is meant for what was just typed."""
        if self._rest is not None:
            self._rest.stop()
            self._search_typed()

    @on(FilterLine.Left)
    def _done_typing(self, event: FilterLine.Left) -> None:
        event.stop()
        self._search_at_once()
        self._list.focus()

    @on(ChoiceList.Chosen)
    def _chosen(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self.action_open()

    # --- keys ----------------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Into the search line."""
        self._leave_article()
        self.query_one(FilterLine).query_one("Input").focus()

    def action_open(self) -> None:
        """Read the article under the cursor; from one that is read, go on to one that it names."""
        article = self._current()
        if self._reading() and self._shown is not None:
            self._see_also(self._shown)
        elif article is not None:
            self._read()
            self._show_article(article)

    @work(exclusive=True, group=VERB)
    async def _see_also(self, article: ArticleView) -> None:
        named = await self.read(lambda session: knowledge.named_in(session, article))
        if named is None:
            return
        if not named:
            self.say(f"{article.number} names no other article.")
            return
        choices = [self.plain_choice(one.id, one.title, one.number) for one in named]
        chosen = named[0].id if len(named) == 1 else await self.choose(f"{article.number} names", choices)
        if chosen is not None:
            self._came_from.append(article.id)
            self._turn_to(chosen)
            self.say(f"{self._key_of('go_back')} goes back to {article.number}.")

    def action_next_view(self) -> None:
        """The next view."""
        self._step_view(1)

    def action_previous_view(self) -> None:
        """The view before it."""
        self._step_view(-1)

    def _step_view(self, step: int) -> None:
        views = self._views()
        self._leave_article()
        self._view = views[(views.index(self._view) + step) % len(views)]
        self.reload()

    def action_down(self) -> None:
        """Down in the article, or in the list."""
        self._move(1)

    def action_up(self) -> None:
        """Up."""
        self._move(-1)

    def _move(self, by: int) -> None:
        if self._reading():
            self._article.scroll_lines(by)
        else:
            self._list.move(by)

    def turn(self, pages: float) -> None:
        """What is in front, by pages."""
        if self._reading():
            self._article.scroll_pages(pages)
        else:
            self._list.turn(pages)

    def action_first(self) -> None:
        """To the first, or to the top."""
        if self._reading():
            self._article.scroll_first()
        else:
            self._list.move(-len(self._found.articles))

    def action_last(self) -> None:
        """To the last, or to the bottom."""
        if self._reading():
            self._article.scroll_last()
        else:
            self._list.move(len(self._found.articles))

    def action_refresh(self) -> None:
        """Search anew."""
        self.reload()
        self.say("Read anew.")

    def action_copy(self) -> None:
        """Send the article's number to the clipboard."""
        article = self._current()
        if not self.copies_trouble() and article is not None:
            self.copy(article.number, article.number)

    def action_copy_all(self) -> None:
        """Send the article to the clipboard."""
        article = self._current()
        if article is not None:
            whole = safe(f"# {article.title}\n\n{article.body}", multiline=True)
            self.copy(whole, f"all of {article.number}", "copy_all")

    def close_one(self) -> None:
        """The article, the search line, the search: one after the other."""
        line = self.query_one(FilterLine)
        if self._reading():
            self._leave_article()
        elif line.has_focus_within:
            self._search_at_once()
            self._list.focus()
        elif line.text:
            line.put("")
            self.reload()

    def go_back(self) -> bool:
        """From the article to the one that led to it, else to the list."""
        if self._came_from:
            self._turn_to(self._came_from.pop())
            self.say("")
            return True
        if self._reading():
            self._leave_article()
            return True
        return False

    def on_resize(self) -> None:
        """It may be wide enough for the article now."""
        self._follow_cursor()
        if self.focused is None:
            self._list.focus()


def _look(session: Session, text: str, view: View, steps: int, ticket_id: int | None, wanted: int | None) -> _Found:
    """Everything that the screen shows, read in one go.

    `steps` is how many views stand before `view`; `wanted` is an article that has to be among what is found.
    """
    counts = knowledge.counts(session)
    ticket = _fits(session, ticket_id)
    fits: dict[int, Fit] = {}
    found: tuple[ArticleView, ...]
    if view == "fits":
        asked = words(text)
        fits = {fit.article.id: fit for fit in ticket.fits if _has(fit.article, asked)} if ticket else {}
        found = tuple(fit.article for fit in fits.values())
    else:
        category = ticket.category if ticket else ""
        found = knowledge.articles(session, text, within=view, category=category, limit=_LIMIT)
    if wanted is not None and all(article.id != wanted for article in found):
        found = (knowledge.article(session, wanted), *found)
    ways = () if found else _ways_out(session, text, view, steps, ticket, counts)
    return _Found(found, fits, counts, ticket, ways)


def _fits(session: Session, ticket_id: int | None) -> TicketFits | None:
    if ticket_id is None:
        return None
    try:
        return knowledge.fitting_ticket(session, ticket_id)
    except NotFound:
        return None


def _has(article: ArticleView, asked: Sequence[str]) -> bool:
    """Whether each word begins one of the article's."""
    own = words(f"{article.title} {article.body}")
    return all(any(word.startswith(one) for word in own) for one in asked)


def _ways_out(
    session: Session, text: str, view: View, steps: int, ticket: TicketFits | None, counts: Mapping[ArticleSet, int]
) -> tuple[tuple[str, str, int], ...]:
    """Keys that lead out of an empty list, what they do, and how many articles they would show.

    `steps` is how many views stand before this one.
    """
    typed = text.split()
    within = ArticleSet.ALL if view == "fits" else view
    ways = []
    if len(typed) > 1 and view != "fits":
        fewer = knowledge.count(session, " ".join(typed[:-1]), within=within)
        ways.append(("backspace", f"drop the last word “{typed[-1]}”", fewer))
    if typed:
        whole = len(ticket.fits) if view == "fits" and ticket else counts[within]
        ways.append(("esc esc", "clear the search", whole))
    in_all = knowledge.count(session, text) if typed else counts[ArticleSet.ALL]
    if view != ArticleSet.ALL and (in_all or not typed):
        ways.append((" ".join("[" * steps), "view All", in_all))
    return tuple(ways)


def _unread(palette: Roles) -> Content:
    return join(
        content("Nothing could be read yet. ", palette.text + BOLD),
        content("ctrl+r", palette.accent + BOLD),
        content(" tries again.", palette.text),
    )


def _snippet(body: str, asked: Sequence[str]) -> str:
    """The line of the text with the most of the words, from shortly before the first of them; else the first line."""
    lines = [
        plain
        for line in body.splitlines()
        if not line.startswith(("#", "```")) and (plain := _COLUMN.sub(" ", _MARKUP.sub("", line)).strip())
    ]
    if not lines:
        return ""
    best = max(lines, key=lambda line: len({line[first:last].lower() for first, last in hits(line, asked)}))
    first = next((first for first, _ in hits(best, asked)), 0)
    if first <= _BEFORE_HIT:
        return best
    cut = best.find(" ", first - _BEFORE_HIT)
    return f"…{best[min(cut, first) if cut >= 0 else first :].strip()}"
