"""A ticket as lines of text."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from textwrap import wrap
from zoneinfo import ZoneInfo

from itdesk.desk.queries.tickets import TicketView, WrittenMessage, timeline
from itdesk.desk.session import Session
from itdesk.domain.text import safe
from itdesk.domain.ticket import MessageKind

_WIDEST = 100
_SAID = {
    MessageKind.REPLY: "replied",
    MessageKind.NOTE: "noted (staff only)",
    MessageKind.REQUESTER: "wrote",
}


def page(session: Session, ticket: TicketView, width: int) -> Iterator[str]:
    """The ticket's facts, text and timeline, wrapped to a width in cells; times in the desk's time zone."""
    zone = ZoneInfo(session.rulebook.desk.time_zone)
    width = min(width, _WIDEST)
    yield f"{ticket.number}  {safe(ticket.subject)}"
    yield ""
    for name, value in _facts(ticket, zone):
        yield from _hanging(f"{name:<11}", safe(value), width)
    yield from _clocks(session, ticket, width, zone)
    if ticket.body:
        yield ""
        yield from _text(ticket.body, width, "")
    yield ""
    for entry in timeline(session, ticket.id):
        stamp = _moment(entry.at, zone)
        if isinstance(entry, WrittenMessage):
            yield f"{stamp}  {safe(entry.author)} {_SAID[entry.kind]}:"
            yield from _text(entry.text, width, "    ")
        else:
            yield from _hanging(f"{stamp}  ", safe(f"{entry.who} {entry.text}"), width)


def _facts(ticket: TicketView, zone: tzinfo) -> Iterator[tuple[str, str]]:
    waiting = f": {ticket.waiting_reason}" if ticket.waiting_reason else ""
    major = ", major incident" if ticket.major else ""
    asker = ticket.requester
    yield "Status", f"{ticket.status.title}{waiting}"
    yield "Priority", f"P{ticket.priority} (impact {ticket.impact}, urgency {ticket.urgency}){major}"
    yield "Category", f"{ticket.category} ({ticket.kind})"
    yield "Team", f"{ticket.team or 'none'}, L{ticket.level}"
    yield "Assignee", ticket.assignee or "nobody"
    yield (
        "Requester",
        ", ".join(part for part in (f"{asker.name} ({asker.login})", asker.department, ticket.site) if part),
    )
    yield "Opened", f"{_moment(ticket.opened_at, zone)}, {ticket.channel.replace('_', '-')}"
    if ticket.resolved_at:
        yield "Resolved", _moment(ticket.resolved_at, zone)
    if ticket.closed_at:
        yield "Ended", _moment(ticket.closed_at, zone)
    if ticket.external_id:
        yield "Formerly", ticket.external_id
    if ticket.tags:
        yield "Tags", ", ".join(ticket.tags)
    for link in ticket.links:
        yield "Link", f"{link.title} {link.other_number} ({link.other_status.title}) {link.other_subject}"
    if ticket.resolution:
        yield "Resolution", ticket.resolution
    if ticket.root_cause:
        yield "Root cause", ticket.root_cause


def _clocks(session: Session, ticket: TicketView, width: int, zone: tzinfo) -> Iterator[str]:
    """The clocks, a line each; nothing where the ticket has no agreement."""
    if ticket.agreement is None:
        return
    from itdesk.desk.queries.clocks import clocks
    from itdesk.domain.time_left import span

    yield ""
    yield f"{'Agreement':<11}{safe(ticket.agreement)}"
    for clock in clocks(session, ticket.id):
        used = span(int(clock.elapsed_minutes))
        of = "" if clock.target_minutes is None else f" of {span(clock.target_minutes)}"
        cycle = f", cycle {clock.cycle}" if clock.cycle > 1 else ""
        due = "" if clock.due_at is None else f", due {_moment(clock.due_at, zone)}"
        missed = "" if clock.breached_at is None else f", missed {_moment(clock.breached_at, zone)}"
        text = f"{clock.name.title:<15} {clock.state:<9} {used}{of}{due}{missed}{cycle} ({clock.calendar})"
        yield from _hanging("  ", safe(text), width)


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _hanging(start: str, text: str, width: int) -> list[str]:
    return wrap(f"{start}{text}", width, subsequent_indent=" " * len(start), break_on_hyphens=False) or [start]


def _text(text: str, width: int, indent: str) -> Iterator[str]:
    """Written text: its own lines are kept, long ones wrapped."""
    for line in safe(text, multiline=True).expandtabs(4).split("\n"):
        if len(indent) + len(line) <= width:
            yield f"{indent}{line}".rstrip()
        else:
            yield from wrap(
                line, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False,
                break_long_words=False,
            )  # fmt: skip
