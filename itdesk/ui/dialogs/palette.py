"""Everything one can do or open, found by typing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from itdesk.desk.errors import DatabaseProblem, DeskError
from itdesk.desk.queries import knowledge, queue
from itdesk.desk.queries.vocabulary import vocabulary
from itdesk.desk.session import Session
from itdesk.desk.views import views
from itdesk.domain.completion import Vocabulary, complete
from itdesk.domain.people import STAFF
from itdesk.domain.queue_order import Order
from itdesk.domain.rulebook import View
from itdesk.domain.search_language import parse
from itdesk.domain.text import safe, words
from itdesk.domain.ticket import ENDED, Kind, format_number, parse_number
from itdesk.ui.actions import Action, Group, Scope, in_scope, keys_of, shown
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.fuzzy import fit_of, slip_of
from itdesk.ui.messages import OpenArticle, OpenPerson, OpenQueue, OpenTicket, OpenView, RunAction, SetTheme, UseReply
from itdesk.ui.text import content, join
from itdesk.ui.theme import BOLD, Roles, roles
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.status_bar import Hint

T = TypeVar("T")

_REST_SECONDS = 0.12
_WHO_IS = ["who", "is"]
_FOUND = 5
"""So many tickets, articles and people are shown."""

_COUNTED = 1000
_LINES = 13


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something to run or open: what it is called, a word aside, and what `tab` makes of the typed text."""

    message: Message = field(compare=False)
    title: str
    aside: str
    is_key: bool = False
    typed: str = ""
    head: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the desk has for a text: entries, and how many more there are."""

    tickets: tuple[_Entry, ...] = ()
    articles: tuple[_Entry, ...] = ()
    people: tuple[_Entry, ...] = ()
    more: int = 0


class PaletteDialog(Dialog[Message]):
    """Acts with their keys, so that it teaches; views, themes, tickets, articles, people. Hands back what to do."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("tab", "complete", show=False, priority=True),
    ]
    HINTS = (Hint("esc", "close"), Hint("enter", "run"), Hint("tab", "complete"), Hint("↑↓", "move"))

    def __init__(self, desk: DeskContext, scope: Scope, subject: str, themes: Sequence[str]) -> None:
        """`subject` is what the verbs act on, in words; `themes` are the names of those to choose from."""
        super().__init__("Commands", said="Everything you can do or open")
        self._desk, self._scope, self._subject, self._themes = desk, scope, subject, tuple(themes)
        self._rest: Timer | None = None
        self._views: tuple[View, ...] = ()
        self._names: Vocabulary | None = None
        self._found = _Found()

    def body(self) -> ComposeResult:
        """The line to type in, and what was found."""
        with Horizontal(classes="row"):
            yield Static(": ", classes="label colon", markup=False)
            yield Input(compact=True)
            yield Static("", classes="count", markup=False)
        yield Static("", classes="space", markup=False)
        yield ChoiceList()

    def on_mount(self) -> None:
        """Show the acts first."""
        self.query_one(".colon").styles.width = 2
        self._show(first=True)
        self._learn()

    def fit_box(self) -> None:
        """The list keeps its height, whatever is found."""
        self.fit_list(self.query_one(ChoiceList), _LINES, _LINES, beside=1)

    @work(exclusive=True, group="names")
    async def _learn(self) -> None:
        """The saved views and the desk's names, as they are now."""
        found = await self._read(lambda session: (views(session), vocabulary(session)))
        if found is not None:
            self._views, self._names = found
            self._show()

    async def _read(self, query: Callable[[Session], T]) -> T | None:
        try:
            found = await self._desk.threads.read(query)
            return found if self.query(ChoiceList) else None  # its widgets go before it does
        except (DeskError, DatabaseProblem) as error:
            self.show_hints(str(error), alarm=True)
            return None

    # --- finding -------------------------------------------------------------------------------------------------

    @property
    def _text(self) -> str:
        return self.query_one(Input).value.strip()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find: acts at once, the desk's things in a moment of rest."""
        event.stop()
        people = self._people(self._text) if self._asks_who else []
        self._found = _Found(people=tuple(entry for person in people[:_FOUND] for entry in person))
        self._show(first=True)
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._look_up)

    @work(exclusive=True, group="palette")
    async def _look_up(self) -> None:
        text = self._text
        if len(text) < 2:
            return
        # Text that is no term of the search language is meant as words.
        query = parse(f"status:all {text}")

        def read(session: Session) -> tuple[Sequence[queue.QueueRow], int, Sequence[knowledge.ArticleView]]:
            rows = queue.page(session, query, Order.NEWEST, limit=_FOUND).rows
            count = queue.count(session, query, limit=_COUNTED) if len(rows) == _FOUND else len(rows)
            return rows, count, knowledge.articles(session, text, limit=_COUNTED)

        found = await self._read(read)
        if found is None or text != self._text:
            return
        rows, count, articles = found
        people = self._people(text)
        self._found = _Found(
            tuple(_ticket(row) for row in rows),
            tuple(
                _Entry(OpenArticle(one.id), one.title, "article", typed=one.number, head=one.number)
                for one in articles[:_FOUND]
            ),
            tuple(entry for person in people[:_FOUND] for entry in person),
            sum(max(0, found - _FOUND) for found in (count, len(articles))) + sum(map(len, people[_FOUND:])),
        )
        self._show(first=self._chosen is not None and self._chosen == self._named)

    def _people(self, text: str) -> list[Sequence[_Entry]]:
        """What there is of each who is called so: what they asked, what staff have, and who it is."""
        asked = words(text)
        if self._asks_who:
            asked = asked[len(_WHO_IS) :]
        if self._names is None or not asked:
            return []
        here = [one for one in self._names.people if _is_called(*one, asked)]
        left = [one for one in self._names.left if _is_called(*one, asked)]
        return [
            *(self._person(self._names, login, name) for login, name in here),
            *([_card(login, name, "left the desk")] for login, name in left),
        ]

    @property
    def _asks_who(self) -> bool:
        return words(self._text)[: len(_WHO_IS)] == _WHO_IS

    def _person(self, names: Vocabulary, login: str, name: str) -> Sequence[_Entry]:
        if apart := names.namesakes.get(login):
            name = f"{name} ({apart})"
        asked = _Entry(OpenQueue(f"from:{login}"), f"Asked by {name}", "from:", typed=f"from:{login}")
        has = _Entry(OpenQueue(f"@{login}"), f"Assigned to {name}", "@", typed=f"@{login}")
        card, others = _card(login, name, login), [asked, *([has] if login in names.logins else [])]
        return [card, *others] if self._asks_who else [*others, card]

    # --- showing -------------------------------------------------------------------------------------------------

    def _show(self, *, first: bool = False) -> None:
        """Show what fits; `first` puts the cursor on the best, else it stays where it is."""
        palette, asked = roles(self), words(self._text)
        choices: list[Choice] = []
        for title, entries in self._sections(asked):
            choices.append(Choice(None, content(title, palette.dim + BOLD), heading=True))
            choices += [_choice(entry, asked, palette) for entry in entries]
        best = next((choice.value for choice in choices if not choice.heading), None)
        listed = self.query_one(ChoiceList)
        listed.show(choices, at=best if first else None)
        count = sum(not choice.heading for choice in choices)
        total = count + self._found.more
        of = f"{_COUNTED - 1}+" if total >= _COUNTED else str(total)
        self.query_one(".count", Static).update(content(f"{count} of {of}"))

    def _sections(self, asked: Sequence[str]) -> list[tuple[str, Sequence[_Entry]]]:
        """What fits, the best first; what is only similar comes last, and only where nothing fits as it was typed."""
        known = self._known(asked)
        ranked = [(title, _ranked(entries, asked)) for title, entries in known]
        fitting = [(title, fits) for title, fits in ranked if fits]
        if asked:
            fitting.sort(key=lambda section: -section[1][0][0])
        own = [(title, [entry for _, entry in fits]) for title, fits in fitting]
        similar = _similar([entry for _, entries in known for entry in entries], asked) if not own else []
        tickets, people = ("Tickets", self._tickets()), ("People", self._found.people)
        sections: list[tuple[str, Sequence[_Entry]]] = [
            *([people] if self._asks_who else []),
            *([tickets, *own] if self._named else [*own, tickets]),
            ("Articles", self._found.articles),
            *([people] if not self._asks_who else []),
            ("Did you mean", similar),
        ]
        return [(title, entries) for title, entries in sections if entries]

    def _known(self, asked: Sequence[str]) -> list[tuple[str, Sequence[_Entry]]]:
        """What can be done or opened without asking the desk."""
        acts = [action for action in in_scope(self._scope) if self._offered(action)]
        work = (Group.WORK, Group.SAY)
        own = [action for action in acts if action.group in work or action.id in ("why", "copy", "copy_all")]
        others = [action for action in acts if action not in own]
        return [
            (f"Act on {self._subject}" if self._subject else "Act", self._acts(own)),
            ("Go and look", self._acts(others)),
            ("Views", [self._view(view) for view in self._views]),
            ("Canned replies", self._replies() if asked else ()),
            ("Themes", [self._theme(name) for name in self._themes]),
        ]

    def _offered(self, action: Action) -> bool:
        """Moving is done by keys; the palette itself is open already."""
        moving = action.group is Group.MOVE and action.scopes != (Scope.APP,)
        return not moving and action.id not in ("palette", "close_one", "drop_word")

    def _acts(self, actions: Iterable[Action]) -> list[_Entry]:
        return [
            _Entry(
                RunAction(action.id),
                action.tooltip,
                shown(keys[0]) if (keys := keys_of(action, self._desk.keymap)) else "",
                is_key=True,
                typed=action.title,
            )
            for action in actions
        ]

    def _tickets(self) -> list[_Entry]:
        """The one with the number that was typed, the queue filtered for the text, and what was found by it."""
        text, named, found = self._text, self._named, self._found.tickets
        if not text:
            return []
        exact = [entry for entry in found if named is not None and parse_number(entry.typed) == parse_number(text)]
        first = exact or ([named] if named is not None else [])
        others = [entry for entry in found if entry not in exact]
        return [*first, _Entry(OpenQueue(text), f"Filter the queue: {text}", "/", is_key=True), *others]

    @property
    def _named(self) -> _Entry | None:
        """The ticket whose number was typed, before it is known whether it is there."""
        number = parse_number(self._text)
        if number is None or self._text.upper() not in (str(number), *(format_number(kind, number) for kind in Kind)):
            return None  # an article's, for one
        return _Entry(OpenTicket(number), f"Open ticket {number}", "")

    def _view(self, view: View) -> _Entry:
        return _Entry(OpenView(view), f"View {view.title}", view.query, typed=view.title)

    def _replies(self) -> list[_Entry]:
        """They open the composer, and send nothing."""
        writes = self._subject and self._scope in (Scope.QUEUE, Scope.TICKET) and self._desk.me.role in STAFF
        return [
            _Entry(UseReply(reply.name), f"Send canned {reply.kind.value}: {reply.title}", reply.name)
            for reply in (self._desk.rulebook.replies if writes else ())
        ]

    def _theme(self, name: str) -> _Entry:
        on = name == self.app.theme
        return _Entry(SetTheme(name), f"Theme {name}", "on" if on else "", typed=f"theme {name}")

    # --- choosing ------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self) -> None:
        entry = self._chosen
        if entry is not None:
            self.dismiss(entry.message)

    @property
    def _chosen(self) -> _Entry | None:
        choice = self.query_one(ChoiceList).choice
        return choice.value if choice is not None and not choice.heading else None

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        self.dismiss(event.choice.value.message)

    def action_move(self, by: int) -> None:
        """Another entry."""
        self.query_one(ChoiceList).move(by)

    def action_complete(self) -> None:
        """A term of the search language, else what the cursor is on."""
        line, entry = self.query_one(Input), self._chosen
        term = complete(line.value, self._names) if self._names and _is_term(line.value) else None
        if term is not None:
            line.value = safe(term.text)
        elif entry is not None and entry.typed:
            line.value = safe(entry.typed)
        line.cursor_position = len(line.value)


def _is_term(text: str) -> bool:
    """Whether the last word is no plain word."""
    last = text.rpartition(" ")[2].lstrip("-")
    return ":" in last or last[:1] in ("@", "#")


def _is_called(login: str, name: str, asked: Sequence[str]) -> bool:
    """Whether each word that is asked for begins one of the login and the name."""
    parts = words(f"{login} {name}")
    return all(any(part.startswith(word) for part in parts) for word in asked)


def _card(login: str, name: str, aside: str) -> _Entry:
    return _Entry(OpenPerson(login), f"Who is {name}", aside, typed=f"who is {name}")


def _ticket(row: queue.QueueRow) -> _Entry:
    aside = row.status.title if row.status in ENDED else f"P{row.priority}"
    return _Entry(OpenTicket(row.id), row.subject, aside, typed=row.number, head=row.number)


def _ranked(entries: Iterable[_Entry], asked: Sequence[str]) -> list[tuple[float, _Entry]]:
    """Those that fit and how well, the best first."""
    fits = [(fit_of(asked, words(entry.typed or entry.title), _told(entry)), entry) for entry in entries]
    return sorted((pair for pair in fits if pair[0] > 0), key=lambda pair: -pair[0])


def _similar(entries: Iterable[_Entry], asked: Sequence[str]) -> list[_Entry]:
    """Those that may be meant, the most similar first."""
    fits = [(slip_of(asked, [*words(entry.typed), *_told(entry)]), entry) for entry in entries]
    return [entry for fit, entry in sorted(fits, key=lambda pair: -pair[0]) if fit > 0]


def _told(entry: _Entry) -> list[str]:
    return words(f"{entry.title} {entry.aside}")


def _choice(entry: _Entry, asked: Sequence[str], palette: Roles) -> Choice:
    head = content(f"{entry.head}  ", palette.text) if entry.head else ""
    aside = content(entry.aside, palette.accent if entry.is_key else palette.dim).truncate(30, ellipsis=True)
    return Choice(entry, join("  ", head, _hits(entry.title, asked, palette)), aside)


def _hits(text: str, asked: Sequence[str], palette: Roles) -> Content:
    """The text with what was typed in it in accent."""
    shown_text = content(text, palette.text)
    lowered = shown_text.plain.lower()
    for word in asked:
        at = lowered.find(word)
        if at >= 0:
            shown_text = shown_text.stylize(palette.accent + BOLD, at, at + len(word))
    return shown_text
