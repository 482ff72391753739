"""What one was told and has not read: open the ticket, or mark notices as read."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from itdesk.desk import notices as acts
from itdesk.desk.queries.notices import UnreadNotice
from itdesk.ui.actions import BY_ID, Scope, keys_of, shown
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.messages import OpenTicket
from itdesk.ui.text import content, fit, join, plural
from itdesk.ui.theme import roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.status_bar import Hint

_MOST_LINES = 18
_TIME = 11
"""Cells of a moment and the margin behind it."""


class NoticesDialog(Dialog[OpenTicket]):
    """The newest first. `enter` opens the ticket that a notice is about, which has then been read."""

    AUTO_FOCUS = "ChoiceList"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.NOTICES),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("g,home", "move(-1000)", show=False),
        Binding("G,end", "move(1000)", show=False),
        Binding("enter", "open_it", show=False),
        Binding("q,i", "leave_it", show=False),
    ]

    def __init__(self, desk: DeskContext, notices: Sequence[UnreadNotice]) -> None:
        super().__init__("Notices", said=plural(len(notices), "notice"))
        self._desk = desk
        self._notices = list(notices)

    def body(self) -> ComposeResult:
        """The list."""
        yield ChoiceList()

    def fit_box(self) -> None:
        """As tall as the notices are, and as wide as the screen lets them be."""
        self.query_one(".box").styles.width = min(120, self.app.size.width)
        self._show()

    def hints(self) -> Sequence[Hint]:
        """What can be done with the notice under the cursor."""
        acts_here = [(BY_ID[one], keys_of(BY_ID[one], self._desk.keymap)) for one in ("read_notice", "read_all")]
        return (
            Hint("esc", "close"),
            Hint("enter", "open"),
            *(Hint(shown(keys[0]), action.title) for action, keys in acts_here if keys),
        )

    def _show(self) -> None:
        listed, palette = self.query_one(ChoiceList), roles(self)
        now, zone = self._desk.clock(), self._desk.zone
        room = min(120, self.app.size.width) - 4 - _TIME - 2
        choices = []
        for notice in self._notices:
            text = [*content(notice.text, palette.text).wrap(max(20, room))]
            choices.append(
                Choice(
                    notice.id,
                    text[0],
                    content(moment(notice.told_at, now, zone), palette.dim),
                    below=fit(join(" ", *text[1:2], "…" if len(text) > 2 else ""), room) if len(text) > 1 else None,
                )
            )
        lines = sum(1 if choice.below is None else 2 for choice in choices)
        self.fit_list(listed, lines, _MOST_LINES)
        listed.show(choices, empty=content("Nothing is left to read.", palette.dim))
        self.show_hints(plural(len(self._notices), "notice") if self._notices else "You have no unread notices")

    @property
    def _chosen(self) -> UnreadNotice | None:
        choice = self.query_one(ChoiceList).choice
        return next((one for one in self._notices if choice is not None and one.id == choice.value), None)

    def _read(self, read: Sequence[UnreadNotice]) -> None:
        ids = [notice.id for notice in read]
        self._desk.threads.write_soon(lambda session: acts.mark_read(session, ids))
        self._notices = [notice for notice in self._notices if notice.id not in ids]

    @on(ChoiceList.Chosen)
    def _clicked(self) -> None:
        self.action_open_it()

    def action_move(self, by: int) -> None:
        """Another notice."""
        self.query_one(ChoiceList).move(by)

    def action_open_it(self) -> None:
        """Open its ticket; it has been read."""
        notice = self._chosen
        if notice is None:
            return
        self._read([notice])
        if notice.ticket_id is not None:
            self.dismiss(OpenTicket(notice.ticket_id))
        else:
            self._show()

    def action_read_notice(self) -> None:
        """It has been read."""
        if self._chosen is not None:
            self._read([self._chosen])
            self._show()

    def action_read_all(self) -> None:
        """All have been read."""
        if self._notices:
            self._read(self._notices)
            self._show()
