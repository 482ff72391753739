"""Find one ticket, by its number or by words."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Input, Static

from itdesk.desk.queries.links import Candidate
from itdesk.desk.queries.queue import QueueRow
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.text import content, join
from itdesk.ui.theme import roles
from itdesk.ui.typeahead import WINDOW
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.status_bar import Hint

_LINES = 12
_LOOK_SECONDS = 0.1

Look = Callable[[str], Awaitable[Sequence[Candidate] | None]]
"""The tickets that a typed text may mean; None if the desk did not answer."""


class FindTicketDialog(Dialog[QueueRow]):
    """A line to type in and the tickets that may be meant; hands back the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "turn(1)", show=False, priority=True),
        Binding("pageup", "turn(-1)", show=False, priority=True),
    ]
    HINTS = (Hint("esc", "close"), Hint("enter", "choose"), Hint("↑↓", "move"))

    def __init__(self, title: str, look: Look) -> None:
        super().__init__(title, said="A number, or words; the newest first")
        self._look_for = look
        self._shown_for: str | None = None
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        """The line to type in, and the tickets."""
        with Horizontal(classes="row"):
            yield Static("/ ", classes="label slash", markup=False)
            yield Input(compact=True, id="find")
        yield Static("", classes="space", markup=False)
        yield ChoiceList()

    def on_mount(self) -> None:
        """Show what is probably meant."""
        self.query_one(".slash").styles.width = 2
        self._look()

    def fit_box(self) -> None:
        """The list keeps its height, whatever is found."""
        self.fit_list(self.query_one(ChoiceList), _LINES, _LINES, beside=1)

    @on(Input.Changed, "#find")
    def _typed(self) -> None:
        self._forget_timer()
        self._timer = self.set_timer(_LOOK_SECONDS, self._look)

    @on(Input.Submitted, "#find")
    def _submitted(self) -> None:
        self._forget_timer()  # its look would take the place of the one that chooses
        self._look(choose=True)

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        self.dismiss(event.choice.value)

    @work(exclusive=True, group=WINDOW)
    async def _look(self, *, choose: bool = False) -> None:
        """Show what may be meant; `choose` takes the one under the cursor, once it is one of those."""
        typed = self.query_one("#find", Input).value
        if typed != self._shown_for:
            found = await self._look_for(typed)
            if found is None or not (self.is_attached and self.display):
                return
            self._shown_for = typed
            said = content("No such ticket. Backspace widens the search.", roles(self).dim)
            self.query_one(ChoiceList).show([self._choice(one) for one in found], empty=said)
        choice = self.query_one(ChoiceList).choice
        if choose and choice is not None:
            self.dismiss(choice.value)

    def _choice(self, found: Candidate) -> Choice:
        palette, row = roles(self), found.row
        who = row.requester.partition(" ")[0]
        return Choice(
            row,
            join(content(f"{row.number:<10}", palette.accent), content(row.subject, palette.text)),
            content(f"  {'alike · ' if found.likely else ''}{row.status.title} · {who}", palette.dim),
        )

    def action_move(self, by: int) -> None:
        """Another ticket."""
        self.query_one(ChoiceList).move(by)

    def action_turn(self, pages: int) -> None:
        """Another page."""
        self.query_one(ChoiceList).turn(pages)
