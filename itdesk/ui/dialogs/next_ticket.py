"""The next ticket for me, named before it is taken."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from itdesk.desk.queries.next_ticket import NextTicket
from itdesk.ui.actions import BY_ID, keys_of, shown
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import EMPTY, content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.times import age
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint

TAKE, SKIP = "take", "skip"


class NextTicketDialog(ReadingDialog[str]):
    """Hands back TAKE, or SKIP for the one after it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", show=False),
        Binding("q", "leave_it", show=False),
    ]

    def __init__(self, desk: DeskContext, found: NextTicket, *, missed: str = "") -> None:
        """`missed` says why the one that was offered before could not be taken."""
        super().__init__("The next for you", said="Nothing is taken yet")
        self._desk, self._found, self._missed = desk, found, missed
        self._keys = keys_of(BY_ID["take_next"], desk.keymap)

    def hints(self) -> Sequence[Hint]:
        """Take it, look at another, leave."""
        another = (Hint(shown(self._keys[0]), "the one after it"),) if self._keys else ()
        return (Hint("esc", "leave"), Hint("enter", "take it"), *another)

    def text_lines(self, width: int) -> list[TextLine]:
        """The ticket, and why it is this one."""
        palette, row = roles(self), self._found.row
        head = join(
            content(f"P{row.priority}  ", palette.priority(row.priority)),
            content(f"{row.number}  ", palette.accent + BOLD),
            content("MAJOR ", palette.red + BOLD) if row.major else EMPTY,
            content(row.subject or "(no subject)", palette.text + BOLD),
        )
        opened = f"opened {age(self._desk.clock() - row.opened_at)} ago"
        facts = " · ".join((row.category, f"L{row.level} {row.team or ''}", row.requester, opened))
        why = f"It is {self._found.reason}."
        missed = content(self._missed, palette.amber)
        return [
            *(TextLine(line) for line in (*missed.wrap(width), EMPTY) if missed),
            *(TextLine(line) for line in head.wrap(width)),
            *(TextLine(line) for line in content(facts, palette.text).wrap(width)),
            TextLine(),
            *(TextLine(line) for line in content(why, palette.dim).wrap(width)),
        ]

    def action_take(self) -> None:
        """Take it."""
        self.dismiss(TAKE)

    def on_key(self, event: events.Key) -> None:
        """The key that opened this shows the next one."""
        if {event.key, event.character} & set(self._keys):
            event.stop()
            self.dismiss(SKIP)
