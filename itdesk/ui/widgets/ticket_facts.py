"""A ticket's facts: as a header, as a panel beside the timeline, and as a preview beside the queue."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from textual.content import Content
from textual.style import Style

from itdesk.desk.queries.knowledge import ArticleView
from itdesk.desk.queries.tickets import StoredDecision, TicketView, TimelineEntry, WrittenMessage
from itdesk.domain.decisions import Decision, Source
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import Channel, MessageKind, Status
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, Roles, roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.scroll_lines import TextLine

_SEPARATOR = "  "


class TicketHeader(Lines):
    """Two rows: number, subject and place in the queue; then the facts that decide."""

    DEFAULT_CSS = "TicketHeader { height: 2; color: $desk-text; }"

    def __init__(self, me: str) -> None:
        super().__init__()
        self._me = me
        self._ticket: TicketView | None = None
        self._title = ""

    def show(self, ticket: TicketView) -> None:
        """Show this ticket."""
        self._ticket = ticket
        self.repaint()

    def line_style(self, y: int) -> Style:
        """The first row is a bar."""
        palette = roles(self)
        return palette.bar if y == 0 else palette.ground

    def line(self, y: int, width: int) -> Content:
        """Subject, then facts."""
        ticket, palette = self._ticket, roles(self)
        if ticket is None:
            return content(" ‹ reading …", palette.dim) if y == 0 else EMPTY
        if y == 0:
            left = join(
                content(" ‹ ", palette.dim),
                content(ticket.number, palette.accent + BOLD),
                "  ",
                content("MAJOR ", palette.red + BOLD) if ticket.major else EMPTY,
                content(ticket.subject or "(no subject)", palette.text + BOLD),
            )
            return between(left, content("[ ] ", palette.dim), width)
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
        return between(facts, old, width)


def status_words(ticket: TicketView, palette: Roles) -> Content:
    """The status with its reason, new in accent, resolved in green."""
    style = {Status.NEW: palette.accent, Status.RESOLVED: palette.green, Status.WAITING: palette.dim}
    words = f"{ticket.status.title}: {ticket.waiting_reason}" if ticket.waiting_reason else ticket.status.title
    return content(words, style.get(ticket.status, palette.text))


def assignee_words(ticket: TicketView, me: str, palette: Roles) -> Content:
    """Who has it: me in bold, nobody as a dash."""
    if ticket.assignee is None:
        return content("nobody", palette.accent)
    return content(ticket.assignee, palette.text + BOLD if ticket.assignee == me else palette.text)


def panel_lines(
    ticket: TicketView,
    decided: Sequence[StoredDecision],
    articles: Sequence[ArticleView],
    width: int,
    *,
    palette: Roles,
    rulebook: Rulebook,
    zone: tzinfo,
    now: datetime,
) -> list[TextLine]:
    """Everything about a ticket but its timeline: people, facts, links, decisions, articles that may help."""
    parts: list[Content] = []

    def section(title: str, right: str = "") -> None:
        if parts:
            parts.append(EMPTY)
        parts.append(between(content(title, palette.dim + BOLD), content(right, palette.dim), width - 2))

    def fact(label: str, value: Content, right: Content = EMPTY) -> None:
        left = join(fit(content(label, palette.dim), 11), value)
        parts.append(between(left, right, width - 2) if right else left.truncate(width - 2, ellipsis=True))

    section("People")
    asked_by = ticket.requester
    fact(
        "Requester",
        content(asked_by.name, palette.text),
        content(", ".join(filter(None, (asked_by.department, asked_by.site))), palette.dim),
    )
    fact(
        "Assigned",
        content(ticket.assignee or "nobody", palette.text),
        content(f"L{ticket.level} {ticket.team or ''}", palette.dim),
    )
    section("Facts")
    fact("Opened", content(f"{moment(ticket.opened_at, now, zone)} {_by(ticket.channel)}", palette.text))
    impact, urgency = rulebook.priorities.impact(ticket.impact), rulebook.priorities.urgency(ticket.urgency)
    fact("Impact", content(impact.title if impact else ticket.impact or "-", palette.text))
    fact("Urgency", content(urgency.title if urgency else ticket.urgency or "-", palette.text))
    if ticket.tags:
        fact("Tags", content(" ".join(f"#{tag}" for tag in ticket.tags), palette.text))
    if ticket.resolved_at:
        fact("Resolved", content(moment(ticket.resolved_at, now, zone), palette.text))
    if ticket.closed_at:
        fact("Ended", content(moment(ticket.closed_at, now, zone), palette.text))
    if ticket.external_id:
        fact("Old number", content(ticket.external_id, palette.text))
    for title, text in (("Root cause", ticket.root_cause), ("Resolution", ticket.resolution)):
        if text:
            section(title)
            parts.extend(content(text, palette.text, multiline=True).wrap(max(10, width - 2)))
    if ticket.links:
        section("Links", str(len(ticket.links)))
        for link in ticket.links:
            parts.append(content(f"{link.title} ({link.other_status.title})", palette.dim))
            parts.append(
                join("  ", content(link.other_number, palette.accent), " ", content(link.other_subject, palette.text))
            )
    section("Decisions", "w why")
    for stored in decided:
        fact(
            stored.decision.thing.value,
            content(decided_value(stored.decision, rulebook), palette.text),
            content(in_short(stored.decision), palette.dim),
        )
    if articles:
        section("May solve it", "2 reads")
        parts.extend(
            join(content(f"{article.number:<8}", palette.accent), content(article.title, palette.text))
            for article in articles
        )
    return [TextLine(join(" ", part.truncate(width - 2, ellipsis=True))) for part in parts]


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
        case _:
            return decision.value


def in_short(decision: Decision) -> str:
    """Why, in a few words."""
    if decision.evidence:
        return f"“{decision.evidence[0].text}”"
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
        case _:
            return decision.rule


def preview_lines(
    ticket: TicketView,
    entries: Sequence[TimelineEntry],
    decided: Sequence[StoredDecision],
    width: int,
    height: int,
    *,
    me: str,
    palette: Roles,
    rulebook: Rulebook,
    zone: tzinfo,
    now: datetime,
) -> list[TextLine]:
    """A ticket beside the queue: who, what was said last, why this priority. Parts come whole or not at all."""
    inner = max(10, width - 2)
    head = [
        between(
            join(
                content(f"P{ticket.priority}  ", palette.priority(ticket.priority)),
                content(ticket.number, palette.text + BOLD),
                "  ",
                status_words(ticket, palette),
            ),
            content("enter opens", palette.dim),
            inner,
        ),
        *content(ticket.subject or "(no subject)", palette.text + BOLD).wrap(inner)[:3],
    ]
    asked_by = ", ".join(filter(None, (ticket.requester.name, ticket.requester.department)))
    facts = [
        ("Requester", content(asked_by, palette.text)),
        ("Category", content(ticket.category, palette.text)),
        (
            "Team",
            join(
                content(f"{ticket.team or '-'} · L{ticket.level} · ", palette.text), assignee_words(ticket, me, palette)
            ),
        ),
        ("Opened", content(f"{moment(ticket.opened_at, now, zone)} {_by(ticket.channel)}", palette.text)),
    ]
    blocks: list[list[Content]] = [head, [join(fit(content(label, palette.dim), 11), value) for label, value in facts]]
    blocks.append(_latest(ticket, entries, inner, palette, zone, now))
    why = [
        join(
            fit(content(decided_value(item.decision, rulebook), palette.text), 16),
            content(in_short(item.decision), palette.dim),
        )
        for item in decided
        if item.decision.thing.value in ("category", "priority", "team")
    ]
    blocks.append([between(content("Why", palette.dim + BOLD), content("w all decisions", palette.dim), inner), *why])
    lines: list[TextLine] = []
    for block in blocks:
        if not block or len(lines) + len(block) + 1 > height:
            continue
        lines += [TextLine()] if lines else []
        lines += [TextLine(join(" ", part.truncate(inner, ellipsis=True))) for part in block]
    return lines


def _latest(
    ticket: TicketView, entries: Sequence[TimelineEntry], width: int, palette: Roles, zone: tzinfo, now: datetime
) -> list[Content]:
    """The newest messages, the newest first, each at most four lines."""
    messages = [entry for entry in entries if isinstance(entry, WrittenMessage)][-2:]
    parts: list[Content] = [content("Latest", palette.dim + BOLD)]
    for message in reversed(messages):
        parts += [EMPTY] if len(parts) > 1 else []
        kind = message.kind
        bar = content(
            "▌ ", {MessageKind.REPLY: palette.accent, MessageKind.NOTE: palette.note}.get(kind, palette.requester)
        )
        writer = "" if kind is MessageKind.REQUESTER else f"{message.login} "
        said = content(f"{writer}{moment(message.at, now, zone)}", palette.dim)
        parts.append(between(join(bar, _spoken(message, ticket, palette)), said, width))
        parts += [
            join(bar, line) for line in content(message.text.strip(), palette.text, multiline=True).wrap(width - 2)[:4]
        ]
    if not messages:
        parts += content((ticket.body or ticket.subject).strip(), palette.text, multiline=True).wrap(width)[:8]
    return parts


def _spoken(message: WrittenMessage, ticket: TicketView, palette: Roles) -> Content:
    """What it is and who sees it."""
    match message.kind:
        case MessageKind.REPLY:
            return content(f"Reply · {ticket.requester.name.partition(' ')[0]} sees it", palette.accent + BOLD)
        case MessageKind.NOTE:
            return content("Work note · staff only", palette.note + BOLD)
        case _:
            return content(message.author, palette.text + BOLD)


def _by(channel: Channel) -> str:
    return f"by {channel.value.replace('_', ' ')}"
