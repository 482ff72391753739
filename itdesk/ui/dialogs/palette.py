"""Everything one can do or open, found by typing."""

from collections.abc import Sequence
from typing import ClassVar

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
from itdesk.desk.session import Session
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from itdesk.domain.text import fold, words
from itdesk.ui.actions import Action, Group, Scope, in_scope, keys_of, shown
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.messages import OpenArticle, OpenQueue, OpenTicket, RunAction
from itdesk.ui.text import content, join
from itdesk.ui.theme import BOLD, Roles, roles
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.status_bar import Hint

_REST_SECONDS = 0.12
_FOUND = 5
_LINES = 13


class PaletteDialog(Dialog[Message]):
    """Acts with their keys, so that it teaches; tickets by number or words; articles. Hands back what to do."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
    ]
    HINTS = (Hint("esc", "close"), Hint("enter", "run"), Hint("↑↓", "move"))

    def __init__(self, desk: DeskContext, scope: Scope, subject: str) -> None:
        """`subject` is what the verbs act on, in words."""
        super().__init__("Commands", said="Everything you can do or open")
        self._desk, self._scope, self._subject = desk, scope, subject
        self._rest: Timer | None = None
        self._found: list[Choice] = []

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
        super().on_mount()
        self.query_one(".colon").styles.width = 2
        self.query_one(ChoiceList).styles.height = _LINES
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find."""
        event.stop()
        self._found = []
        self._show(event.value)
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._look_up)

    @work(exclusive=True, group="palette")
    async def _look_up(self) -> None:
        """Tickets and articles, in a moment of rest."""
        text = self.query_one(Input).value
        if len(text.strip()) < 2:
            return
        # Text that is no term of the search language is meant as words.
        query = parse(f"status:all {text}")

        def read(session: Session) -> tuple[Sequence[queue.QueueRow], Sequence[knowledge.ArticleView]]:
            rows = queue.page(session, query, Order.NEWEST, limit=_FOUND).rows
            return rows, knowledge.articles(session, text, limit=_FOUND)

        try:
            rows, articles = await self._desk.threads.read(read)
        except (DeskError, DatabaseProblem) as error:
            self.show_hints(str(error), alarm=True)
            return
        palette, asked = roles(self), words(text)
        found: list[Choice] = []
        if rows:
            found.append(_heading("Tickets", palette))
            found += [
                Choice(
                    OpenTicket(row.id),
                    join(content(f"  {row.number}  ", palette.text), _hits(row.subject, asked, palette)),
                    content(
                        row.status.title if row.status.value in ("closed", "cancelled") else f"P{row.priority}",
                        palette.dim,
                    ),
                )
                for row in rows
            ]
        if articles:
            found.append(_heading("Articles", palette))
            found += [
                Choice(
                    OpenArticle(article.id),
                    join(content(f"  {article.number}  ", palette.text), _hits(article.title, asked, palette)),
                    content("article", palette.dim),
                )
                for article in articles
            ]
        self._found = found
        self._show(text)

    def _show(self, text: str) -> None:
        palette, asked = roles(self), words(text)
        acts = [action for action in in_scope(self._scope) if _fits(action, asked) and self._offered(action)]
        choices: list[Choice] = []
        for title, group in self._sections(acts):
            choices.append(_heading(title, palette))
            choices += [self._act(action, asked, palette) for action in group]
        if text.strip():
            filtered = Choice(
                OpenQueue(text.strip()),
                join("  ", content(f"Filter the queue: {text.strip()}", palette.text)),
                content("/", palette.accent),
            )
            choices.append(filtered)
        choices += self._found
        self.query_one(ChoiceList).show(choices)
        count = sum(not choice.heading for choice in choices)
        self.query_one(".count", Static).update(content(str(count)))

    def _sections(self, acts: Sequence[Action]) -> list[tuple[str, list[Action]]]:
        work = (Group.WORK, Group.SAY)
        own = [action for action in acts if action.group in work or action.id in ("why", "copy", "copy_all")]
        others = [action for action in acts if action not in own]
        title = f"Act on {self._subject}" if self._subject else "Act"
        return [(name, group) for name, group in ((title, own), ("Go and look", others)) if group]

    def _offered(self, action: Action) -> bool:
        """Moving is done by keys; the palette itself is open already."""
        moving = action.group is Group.MOVE and action.scopes != (Scope.APP,)
        return not moving and action.id not in ("palette", "close_one")

    def _act(self, action: Action, asked: Sequence[str], palette: Roles) -> Choice:
        keys = keys_of(action, self._desk.keymap)
        key = content(shown(keys[0]) if keys else "", palette.accent)
        return Choice(RunAction(action.id), join("  ", _hits(action.tooltip, asked, palette)), key)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        choice = self.query_one(ChoiceList).choice
        if choice is not None and not choice.heading:
            self.dismiss(choice.value)

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        self.dismiss(event.choice.value)

    def action_move(self, by: int) -> None:
        """Another entry."""
        self.query_one(ChoiceList).move(by)


def _heading(title: str, palette: Roles) -> Choice:
    return Choice(None, content(title, palette.dim + BOLD), heading=True)


def _fits(action: Action, asked: Sequence[str]) -> bool:
    text = fold(f"{action.title} {action.tooltip}")
    return all(word in text for word in asked)


def _hits(text: str, asked: Sequence[str], palette: Roles) -> Content:
    """The text with what was typed in it in accent."""
    shown_text = content(text, palette.text)
    lowered = shown_text.plain.lower()
    for word in asked:
        at = lowered.find(word)
        if at >= 0:
            shown_text = shown_text.stylize(palette.accent + BOLD, at, at + len(word))
    return shown_text
