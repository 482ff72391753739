"""Tickets as JSON. These forms are a contract: scripts rely on them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from itdesk.desk.queries import tickets as queries
from itdesk.desk.queries.listing import ListedTicket
from itdesk.desk.queries.tickets import StoredDecision, TicketView
from itdesk.desk.session import Session

if TYPE_CHECKING:
    from itdesk.domain.clocks import ClockState

_WORDS = (
    "number",
    "external_id",
    "kind",
    "status",
    "waiting_reason",
    "priority",
    "major",
    "impact",
    "urgency",
    "category",
    "subject",
    "requester",
    "team",
    "level",
    "assignee",
    "opened_at",
    "changed_at",
    "resolved_at",
    "closed_at",
    "agreement",
    "due_at",
    "due_clock",
    "version",
)


def listed(ticket: ListedTicket) -> dict[str, Any]:
    """A ticket of a list. People are logins."""
    return {word: getattr(ticket, word) for word in _WORDS}


def whole(session: Session, ticket: TicketView) -> dict[str, Any]:
    """A ticket with everything about it: the words of a list, its messages, decisions, links, journal and clocks."""
    from itdesk.desk.queries.clocks import clocks

    return {
        **{word: getattr(ticket, word) for word in _WORDS},
        "requester": ticket.requester.login,
        "requester_name": ticket.requester.name,
        "channel": ticket.channel,
        "site": ticket.site,
        "tags": ticket.tags,
        "body": ticket.body,
        "resolution": ticket.resolution,
        "root_cause": ticket.root_cause,
        "messages": [
            {
                "kind": message.kind,
                "author": message.login,
                "author_name": message.author,
                "channel": message.channel,
                "written_at": message.at,
                "text": message.text,
            }
            for message in queries.messages(session, ticket.id)
        ],
        "decisions": [decision(stored) for stored in queries.decisions(session, ticket.id)],
        "links": [
            {
                "type": link.type,
                "title": link.title,
                "number": link.other_number,
                "subject": link.other_subject,
                "status": link.other_status,
            }
            for link in ticket.links
        ],
        "journal": queries.journal_entries(session, ticket.id),
        "clocks": [clock(state) for state in clocks(session, ticket.id)],
    }


def clock(state: "ClockState") -> dict[str, Any]:
    """A clock with its history; minutes are business time."""
    return {
        "name": state.name,
        "state": state.state,
        "target_minutes": state.target_minutes,
        "elapsed_minutes": round(state.elapsed_minutes, 2),
        "due_at": state.due_at,
        "calendar": state.calendar,
        "cycle": state.cycle,
        "history": [asdict(one) for one in state.history],
    }


def decision(stored: StoredDecision) -> dict[str, Any]:
    """A decision with when, by whom and under which rulebook it was made."""
    return asdict(stored.decision) | {
        "decided_at": stored.decided_at,
        "decided_by": stored.decided_by,
        "rulebook": stored.rulebook,
    }
