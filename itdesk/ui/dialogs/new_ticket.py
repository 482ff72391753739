"""A new ticket: who, what, and what the rules would make of it."""

from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, TextArea

from itdesk.desk import intake
from itdesk.desk.errors import DatabaseProblem, DeskError
from itdesk.domain.decisions import Thing
from itdesk.domain.ticket import Channel
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.form import Field, FormDialog
from itdesk.ui.text import EMPTY, content, fit, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.ticket_facts import decided_value, in_short

_REST_SECONDS = 0.2
_SHOWN = (Thing.CATEGORY, Thing.PRIORITY, Thing.TEAM)


class NewTicketDialog(FormDialog):
    """The form, with the decisions that it would get below it while one types."""

    def __init__(self, desk: DeskContext) -> None:
        channels = ", ".join(channel.value for channel in Channel if channel is not Channel.IMPORT)
        super().__init__(
            "New ticket",
            [
                Field("subject", "Subject"),
                Field("requester", "Requester", needed=False, placeholder=f"{desk.me.login}; a login, name or address"),
                Field("channel", "Channel", value=Channel.PHONE.value, placeholder=channels),
                Field("body", "Text", needed=False, tall=True),
            ],
            verb="submit",
        )
        self._desk = desk
        self._rest: Timer | None = None

    def body(self) -> ComposeResult:
        """The fields, then what would be decided."""
        yield from super().body()
        yield WouldBe()

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._preview)

    @work(exclusive=True, group="preview")
    async def _preview(self) -> None:
        values = self.values()
        if not values["subject"]:
            return
        new = intake.NewTicket(
            subject=values["subject"],
            body=values["body"],
            requester=values["requester"] or None,
            channel=self._channel(values["channel"]) or Channel.PHONE,
        )
        try:
            would_be = await self._desk.threads.read(lambda session: intake.preview(session, new))
        except (DeskError, DatabaseProblem):
            return  # the same is said, with its reason, when the ticket is submitted
        palette = roles(self)
        rows = [
            join(
                fit(content(decision.thing.value, palette.dim), 12),
                fit(content(decided_value(decision, self._desk.rulebook), palette.text + BOLD), 18),
                "  ",
                content(in_short(decision), palette.dim),
            )
            for decision in would_be.decisions
            if decision.thing in _SHOWN
        ]
        self.query_one(WouldBe).show(rows)

    def _channel(self, typed: str) -> Channel | None:
        return next((channel for channel in Channel if channel.value == typed.replace("-", "_")), None)

    def action_save(self) -> None:
        """Check the channel, then hand everything back."""
        channel = self._channel(self.values()["channel"])
        if channel is None or channel is Channel.IMPORT:
            self.query_one("#field-channel").focus()
            possible = ", ".join(one.value for one in Channel if one is not Channel.IMPORT)
            self.call_after_refresh(self.show_hints, f"Channels: {possible}.", alarm=True)
            return
        super().action_save()


class WouldBe(Lines):
    """What the rules would decide."""

    DEFAULT_CSS = "WouldBe { height: 4; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Content] = ()

    def show(self, rows: Sequence[Content]) -> None:
        """Show these decisions."""
        self._rows = rows
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """A title, then a decision a line."""
        del width
        if y == 0:
            return content("Would be", roles(self).dim + BOLD)
        return self._rows[y - 1] if y - 1 < len(self._rows) else EMPTY
