"""The clocks of a ticket: what was promised, what is due when, and what happened to each of them."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from itdesk.desk.queries.tickets import StoredDecision, TicketView
from itdesk.domain.clocks import ClockState, Happening, Promise
from itdesk.domain.decisions import Source
from itdesk.domain.time_left import span
from itdesk.ui.actions import Scope
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, Roles, roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.clock_lines import METER, ShownClock, shown_clocks
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint

_COPIED = 100
"""Cells of a line that is copied."""

_WHEN, _WHAT = 12, 16


@dataclass(frozen=True, slots=True)
class Told:
    """What was read of a ticket; `agreed` is the decision of its agreement."""

    ticket: TicketView
    clocks: tuple[ClockState, ...]
    agreed: StoredDecision | None


class ClocksDialog(ReadingDialog[None]):
    """The agreement, then clock by clock its history, the oldest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.CLOCKS),
        Binding("C,q,enter", "leave_it", show=False),
    ]
    HINTS = (Hint("esc", "close"), Hint("y", "copy"), Hint("j k", "scroll"))

    def __init__(self, desk: DeskContext, told: Told) -> None:
        super().__init__(f"Clocks of {told.ticket.number}", said=f"Times of {desk.zone}")
        self._desk, self._told = desk, told

    def text_lines(self, width: int) -> list[TextLine]:
        """What was promised, and what became of it."""
        palette, told = roles(self), self._told
        shown = shown_clocks(told.clocks, self._desk.rulebook, self._desk.clock(), self._desk.zone)
        parts = self._agreement(shown, width, palette)
        for one in shown:
            parts += [EMPTY, *self._clock(one, width, palette)]
        return [TextLine(part.truncate(width, ellipsis=True)) for part in parts]

    def _agreement(self, shown: list[ShownClock], width: int, palette: Roles) -> list[Content]:
        name, agreed = self._told.ticket.agreement_told, self._told.agreed
        label = fit(content("Agreement", palette.dim), _WHEN)
        value = content(name or "none holds any more", palette.text + BOLD)
        lines = [join(label, value)] if name or self._told.ticket.agreement is None else []
        if lines and agreed is not None and agreed.decision.value == (name or ""):
            decision = agreed.decision
            lines = [between(lines[0], content(decision.place, palette.dim), width)]
            evidence = ", ".join(f"{one.field} {one.text}" for one in decision.evidence)
            why = "by hand" if decision.source is Source.PERSON else evidence or decision.reason
            when = f"since {self._moment_of(agreed)}"
            lines.append(join(" " * _WHEN, content(" · ".join(filter(None, (why, when))), palette.dim)))
        for calendar in {one.calendar.name: one.calendar for one in shown if one.calendar is not None}.values():
            day = f"a day is {span(calendar.working_day)}"
            said = f"in the time of {calendar.name}, {calendar.time_zone}; {day}"
            lines.append(join(" " * _WHEN, content(said, palette.dim)))
        return lines

    def _moment_of(self, agreed: StoredDecision) -> str:
        return moment(agreed.decided_at, self._desk.clock(), self._desk.zone)

    def _clock(self, one: ShownClock, width: int, palette: Roles) -> list[Content]:
        meter = one.meter(METER, palette)
        head = join(content(f"{one.title}  ", palette.text + BOLD), meter, "  " if meter else "", one.words(palette))
        target = one.clock.target_minutes
        promised = f"target {span(target)}" if target is not None and one.is_open else ""
        right = content("  ".join(filter(None, (promised, one.due))), palette.dim)
        lines = [between(head, right, width)]
        for item in one.clock.history:
            lines += self._happening(item, width, palette)
        return lines

    def _happening(self, item: Happening, width: int, palette: Roles) -> list[Content]:
        style = {"breached": palette.red + BOLD, "met": palette.green}.get(item.what, palette.text)
        cycle = f", cycle {item.cycle}" if item.cycle > 1 else ""
        told = join(
            fit(content(moment(item.at, self._desk.clock(), self._desk.zone), palette.dim), _WHEN),
            fit(content(item.what.replace("_", " "), style), _WHAT),
            content(f"{item.why}{cycle}", palette.dim),
        )
        since = self._standing(item)
        if item.before is None or not (before := self._standing(item.before)) or before == since:
            return [between(told, content(since, palette.dim), width)]
        return [told, between(EMPTY, content(f"{before} → {since or 'no target'}", palette.dim), width)]

    def _standing(self, item: Happening | Promise) -> str:
        """Where the clock stood from then on: `due 12:31`; `4h of 8h left` where it stood still; `12m over`."""
        if item.due_at is not None:
            return f"due {moment(item.due_at, self._desk.clock(), self._desk.zone)}"
        if item.left_minutes is None or item.target_minutes is None:
            return ""
        if item.left_minutes < 0:
            return f"{span(int(-item.left_minutes))} over"
        return f"{span(int(item.left_minutes))} of {span(item.target_minutes)} left"

    def action_copy(self) -> None:
        """Send all of it to the clipboard."""
        lines = [self._told.ticket.number, *(line.content.plain.rstrip() for line in self.text_lines(_COPIED))]
        self.app.copy_to_clipboard("\n".join(lines))
        self.show_hints("The clocks were sent to the terminal's clipboard. Again shows them.")
