"""A ticket as plain text, for the clipboard and for $EDITOR."""

from collections.abc import Sequence
from datetime import tzinfo

from itdesk.desk.queries.tickets import Event, TicketView, TimelineEntry
from itdesk.domain.text import safe
from itdesk.domain.ticket import MessageKind


def ticket_as_text(ticket: TicketView, entries: Sequence[TimelineEntry], zone: tzinfo) -> str:
    """Facts, opening text and timeline; work notes are marked as staff only."""
    waits = f": {ticket.waiting_reason}" if ticket.waiting_reason else ""
    lines = [
        f"{ticket.number}  {ticket.subject}",
        f"P{ticket.priority}, {ticket.status.title}{waits}, {ticket.category}, {_with(ticket)}",
        f"Requester: {ticket.requester.name}, opened {ticket.opened_at.astimezone(zone):%Y-%m-%d %H:%M}",
        "",
        ticket.body,
    ]
    for entry in entries:
        at = f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}"
        if isinstance(entry, Event):
            lines.append(f"{at}  {entry.who} {entry.text}")
            continue
        kind = {MessageKind.REPLY: "reply", MessageKind.NOTE: "work note, staff only"}.get(entry.kind, "requester")
        lines += ["", f"{at}  {entry.author} ({kind})", entry.text]
    return safe("\n".join(lines), multiline=True)


def _with(ticket: TicketView) -> str:
    return f"{ticket.team or 'no team'} L{ticket.level}, {ticket.assignee or 'nobody'}"
