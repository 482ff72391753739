"""A ticket's facts: as a header, and as a preview beside the queue."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

from itdesk.desk.queries.knowledge import Fit
from itdesk.desk.queries.presence import Other
from itdesk.desk.queries.queue import QueueRow
from itdesk.desk.queries.tickets import StoredDecision, TicketView, TimelineEntry, WrittenMessage
from itdesk.domain.decisions import Decision, Source
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import LinkType, MessageKind, Status
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, Roles, roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.timeline import came_by
from itdesk.ui.widgets.top_bar import unread_words

if TYPE_CHECKING:  # not loaded for a ticket to which nothing was promised
    from itdesk.domain.clocks import ClockState
    from itdesk.ui.widgets.clock_lines import ShownClock

_SEPARATOR = "  "
_MOST_OTHERS = 2
"""So many who are there as well are named."""


class TicketHeader(Lines):
    """Number, subject and place in the queue; the facts that decide, as many as fit whole; where it has any, clocks."""

    DEFAULT_CSS = "TicketHeader { height: 2; color: $desk-text; } TicketHeader.-clocks { height: 3; }"

    def __init__(self, me: str) -> None:
        super().__init__()
        self._me = me
        self._ticket: TicketView | QueueRow | None = None
        self._place = ""
        self._more: tuple[str, ...] = ()
        self._others: tuple[Other, ...] = ()
        self._unread = 0
        self._clocks: Sequence[ShownClock] = ()

    def show_clocks(self, clocks: "Sequence[ClockState]", rulebook: Rulebook, now: datetime, zone: tzinfo) -> None:
        """Its clocks at a moment, in a row of their own."""
        self._clocks = ()
        if clocks:
            from itdesk.ui.widgets.clock_lines import shown_clocks

            self._clocks = shown_clocks(clocks, rulebook, now, zone)
        self.repaint()

    def show_others(self, others: Sequence[Other]) -> None:
        """Who else has the ticket open."""
        self._others = tuple(others)
        self.repaint()

    def count_notices(self, unread: int) -> None:
        """So many notices are unread."""
        self._unread = unread
        self.repaint()

    def show(self, ticket: TicketView | QueueRow | None, *, place: str = "", more: Sequence[str] = ()) -> None:
        """Show this ticket; `place` is where it stands in the queue (`4 of 42`), `more` what may follow the facts."""
        if ticket is None or self._ticket is None or ticket.id != self._ticket.id:
            self._clocks = ()
        self._ticket, self._place, self._more = ticket, place, tuple(more)
        self.set_class(ticket is not None and ticket.agreement is not None, "-clocks")
        self.repaint()

    def line_style(self, y: int) -> Style:
        """The first row is a bar."""
        palette = roles(self)
        return palette.bar if y == 0 else palette.ground

    def line_state(self, y: int) -> Hashable:
        """What its line is made of; several things become known one after the other."""
        if y == 0:
            return (self._ticket, self._place, self._unread)
        return (self._ticket, self._more, self._others) if y == 1 else (self._ticket, tuple(self._clocks))

    def line(self, y: int, width: int) -> Content:
        """Subject, then facts."""
        ticket, palette = self._ticket, roles(self)
        if ticket is None:
            return content(" ‹ reading …", palette.dim) if y == 0 else EMPTY
        if y == 2:
            return self._clock_line(width, palette)
        return self._title(ticket, width, palette) if y == 0 else self._facts(ticket, width, palette)

    def _clock_line(self, width: int, palette: Roles) -> Content:
        if not self._clocks:
            return EMPTY
        from itdesk.ui.widgets.clock_lines import in_one_line

        return in_one_line(self._clocks, width, palette)

    def _title(self, ticket: TicketView | QueueRow, width: int, palette: Roles) -> Content:
        left = join(
            content(" ‹ ", palette.dim),
            content(ticket.number, palette.accent + BOLD),
            "  ",
            content("MAJOR ", palette.red + BOLD) if ticket.major else EMPTY,
            content(ticket.subject or "(no subject)", palette.text + BOLD),
        )
        place = f"{self._place}  " if self._place else ""
        unread = content(f"  {unread_words(self._unread)}  ", palette.accent) if self._unread else EMPTY
        return between(left, join(unread, content(f"{place}[ ] ", palette.dim)), width)

    def _facts(self, ticket: TicketView | QueueRow, width: int, palette: Roles) -> Content:
        facts = join(
            " ",
            content(f"P{ticket.priority}", palette.priority(ticket.priority)),
            _SEPARATOR,
            status_words(ticket, palette),
            _SEPARATOR,
            content(ticket.category, palette.text),
            _SEPARATOR,
            content(f"L{ticket.level} {ticket.team or 'no team'}", palette.dim),
            _SEPARATOR,
            assignee_words(ticket, self._me, palette),
        )
        old = content(f"was {ticket.external_id} ", palette.dim) if ticket.external_id else EMPTY
        if self._others:
            old = join(self._also_here(palette), " ")
        for told in self._more:
            longer = join(facts, _SEPARATOR, content(told, palette.dim))
            if longer.cell_length + 1 + old.cell_length <= width:
                facts = longer
        return between(facts, old, width)

    def _also_here(self, palette: Roles) -> Content:
        """`also here jonas, anna writing`."""
        parts = [
            join(content(other.login, palette.text), content(" writing", palette.amber) if other.writing else EMPTY)
            for other in self._others[:_MOST_OTHERS]
        ]
        more = len(self._others) - _MOST_OTHERS
        and_more = content(f" and {more} more", palette.dim) if more > 0 else EMPTY
        return join(content("also here ", palette.dim), content(", ", palette.dim).join(parts), and_more)


def further_facts(ticket: TicketView, rulebook: Rulebook, now: datetime, zone: tzinfo) -> list[str]:
    """What stands behind the facts that decide, where there is room."""
    impact, urgency = rulebook.priorities.impact(ticket.impact), rulebook.priorities.urgency(ticket.urgency)
    told = [f"{link.title} {link.other_number}" for link in ticket.links if link.type is LinkType.MERGED_INTO]
    told += [f"opened {moment(ticket.opened_at, now, zone)} {came_by(ticket.channel)}"]
    if impact and urgency:
        told.append(f"impact {impact.title} × urgency {urgency.title}")
    return told


def status_words(ticket: TicketView | QueueRow, palette: Roles) -> Content:
    """The status with its reason, new in accent, resolved in green."""
    style = {Status.NEW: palette.accent, Status.RESOLVED: palette.green, Status.WAITING: palette.dim}
    words = f"{ticket.status.title}: {ticket.waiting_reason}" if ticket.waiting_reason else ticket.status.title
    return content(words, style.get(ticket.status, palette.text))


def assignee_words(ticket: TicketView | QueueRow, me: str, palette: Roles) -> Content:
    """Who has it: me in bold, nobody as a dash."""
    if ticket.assignee is None:
        return content("nobody", palette.accent)
    return content(ticket.assignee, palette.text + BOLD if ticket.assignee == me else palette.text)


def decided_value(decision: Decision, rulebook: Rulebook) -> str:
    """A decided value as people read it."""
    match decision.thing.value:
        case "priority":
            return f"P{decision.value}"
        case "level":
            return f"L{decision.value}"
        case "impact":
            level = rulebook.priorities.impact(decision.value)
            return level.title if level else decision.value
        case "urgency":
            level = rulebook.priorities.urgency(decision.value)
            return level.title if level else decision.value
        case "assignee":
            return decision.value or "nobody"
        case "estimate" if decision.figures:
            from itdesk.domain.estimates import in_words

            return in_words(dict(decision.figures))
        case _:
            return decision.value or "none"


def in_short(decision: Decision) -> str:
    """Why, in a few words."""
    if decision.evidence:
        from itdesk.domain.conditions import Field

        found = decision.evidence[0]
        return f"VIP: {found.text}" if found.field == Field.VIP else f"“{found.text}”"
    match decision.source:
        case Source.MATRIX:
            return decision.reason or "matrix"
        case Source.PERSON:
            return f"by hand: {decision.reason}" if decision.reason else "by hand"
        case Source.ROUTE:
            return "from the category"
        case Source.IMPORT:
            return "imported"
        case Source.DEFAULT:
            return "default"
        case Source.RANKING:
            return decision.reason
        case Source.HISTORY:
            return "from tickets like it"
        case _:
            return decision.rule


@dataclass(frozen=True, slots=True)
class Previewed:
    """What the preview tells of a ticket."""

    ticket: TicketView
    entries: Sequence[TimelineEntry]
    decided: Sequence[StoredDecision]
    articles: Sequence[Fit]
    clocks: "Sequence[ClockState]" = ()


def preview_lines(
    of: Previewed, width: int, height: int, *, me: str, palette: Roles, rulebook: Rulebook, zone: tzinfo, now: datetime
) -> list[TextLine]:
    """A ticket beside the queue: who, what was said last, why, what may help. Parts come whole or not at all."""
    inner = max(10, width - 2)
    blocks = [
        _preview_head(of.ticket, inner, palette),
        _preview_facts(of.ticket, me, palette, rulebook, zone, now),
        _preview_clocks(of.clocks, inner, palette, rulebook, zone, now),
        _latest(of.ticket, of.entries, inner, palette, zone, now),
        _why(of.decided, inner, palette, rulebook),
        _may_help(of.articles, inner, palette),
    ]
    lines: list[TextLine] = []
    for block in blocks:
        if not block or len(lines) + len(block) + 1 > height:
            continue
        lines += [TextLine()] if lines else []
        lines += [TextLine(join(" ", fit(part.content, inner)), part.style) for part in block]
    return lines


def _preview_head(ticket: TicketView, width: int, palette: Roles) -> list[TextLine]:
    head = join(
        content(f"P{ticket.priority}  ", palette.priority(ticket.priority)),
        content(ticket.number, palette.text + BOLD),
        "  ",
        status_words(ticket, palette),
    )
    opens = content("enter opens", palette.dim)
    subject = content(ticket.subject or "(no subject)", palette.text + BOLD)
    major = content("MAJOR ", palette.red + BOLD) if ticket.major else EMPTY
    return [
        TextLine(between(head, opens, width) if head.cell_length + 2 + opens.cell_length <= width else head),
        *(TextLine(line) for line in join(major, subject).wrap(width)[:3]),
    ]


def _preview_facts(
    ticket: TicketView, me: str, palette: Roles, rulebook: Rulebook, zone: tzinfo, now: datetime
) -> list[TextLine]:
    impact, urgency = rulebook.priorities.impact(ticket.impact), rulebook.priorities.urgency(ticket.urgency)
    asked_by = ", ".join(filter(None, (ticket.requester.name, ticket.requester.department)))
    gives = f"{impact.title}, urgency {urgency.title} → P{ticket.priority}" if impact and urgency else ""
    facts = [
        ("Requester", content(asked_by, palette.text)),
        ("Category", content(ticket.category, palette.text)),
        ("Impact", content(gives, palette.text)),
        (
            "Team",
            join(
                content(f"{ticket.team or '-'} · L{ticket.level} · ", palette.text), assignee_words(ticket, me, palette)
            ),
        ),
        ("Opened", content(f"{moment(ticket.opened_at, now, zone)} {came_by(ticket.channel)}", palette.text)),
    ]
    return [TextLine(join(fit(content(label, palette.dim), 11), value)) for label, value in facts if value]


def _preview_clocks(
    clocks: "Sequence[ClockState]", width: int, palette: Roles, rulebook: Rulebook, zone: tzinfo, now: datetime
) -> list[TextLine]:
    if not clocks:
        return []
    from itdesk.ui.widgets.clock_lines import preview_lines, shown_clocks

    told = preview_lines(shown_clocks(clocks, rulebook, now, zone), width, palette)
    return [TextLine(between(content("Clocks", palette.dim + BOLD), content("C history", palette.dim), width))] + [
        TextLine(line) for line in told
    ]


def _latest(
    ticket: TicketView, entries: Sequence[TimelineEntry], width: int, palette: Roles, zone: tzinfo, now: datetime
) -> list[TextLine]:
    """The newest messages, the newest first, each at most four lines; before anybody wrote, the ticket's own text."""
    lines = [TextLine(content("Latest", palette.dim + BOLD))]
    messages = [entry for entry in entries if isinstance(entry, WrittenMessage)][-3:]
    for message in reversed(messages):
        lines += [TextLine()] if len(lines) > 1 else []
        kind = message.kind
        bar = content(
            "▌ ", {MessageKind.REPLY: palette.accent, MessageKind.NOTE: palette.note}.get(kind, palette.requester)
        )
        tint = palette.note_tint if kind is MessageKind.NOTE else Style()
        writer = "" if kind is MessageKind.REQUESTER else f"{message.login} "
        said = content(f"{writer}{moment(message.at, now, zone)}", palette.dim)
        lines.append(TextLine(between(join(bar, _spoken(message, ticket, palette)), said, width), tint))
        text = content(message.text.strip(), palette.text, multiline=True)
        lines += [TextLine(join(bar, line), tint) for line in text.wrap(width - 2)[:4]]
    if not messages:
        bar = content("▌ ", palette.requester)
        text = content((ticket.body or ticket.subject).strip(), palette.text, multiline=True)
        lines += [TextLine(join(bar, line)) for line in text.wrap(width - 2)[:8]]
    return lines


def _why(decided: Sequence[StoredDecision], width: int, palette: Roles, rulebook: Rulebook) -> list[TextLine]:
    told = [item.decision for item in decided if item.decision.thing.value in ("category", "priority", "team")]
    if not told:
        return []
    title = between(content("Why", palette.dim + BOLD), content("w all decisions", palette.dim), width)
    return [
        TextLine(title),
        *(
            TextLine(
                join(
                    fit(content(decided_value(decision, rulebook), palette.text), 16),
                    " ",
                    content(in_short(decision), palette.dim),
                )
            )
            for decision in told
        ),
    ]


def _may_help(articles: Sequence[Fit], width: int, palette: Roles) -> list[TextLine]:
    if not articles:
        return []
    return [
        TextLine(content("May solve it", palette.dim + BOLD)),
        *(TextLine(fitting_article(fit, width, palette)) for fit in articles),
    ]


def fitting_article(fit: Fit, width: int, palette: Roles) -> Content:
    """An article that may solve a ticket, and how well it fits."""
    name = join(content(f"{fit.article.number}  ", palette.accent), content(fit.article.title, palette.text))
    return between(name, content(f" {fit.percent} %", palette.dim), width)


def _spoken(message: WrittenMessage, ticket: TicketView, palette: Roles) -> Content:
    """What it is and who sees it."""
    match message.kind:
        case MessageKind.REPLY:
            return content(f"Reply · {ticket.requester.name.partition(' ')[0]} sees it", palette.accent + BOLD)
        case MessageKind.NOTE:
            return content("Work note · staff only", palette.note + BOLD)
        case _:
            return content(message.author, palette.text + BOLD)
