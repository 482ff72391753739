"""Tickets as JSON. These forms are a contract: scripts rely on them."""

from dataclasses import asdict
from typing import Any

from itdesk.desk.queries import tickets as queries
from itdesk.desk.queries.listing import ListedTicket
from itdesk.desk.queries.tickets import StoredDecision, TicketView
from itdesk.desk.session import Session
from itdesk.domain.people import READERS

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
    "version",
)


def listed(ticket: ListedTicket) -> dict[str, Any]:
    """A ticket of a list. People are logins."""
    return {word: getattr(ticket, word) for word in _WORDS}


def whole(session: Session, ticket: TicketView) -> dict[str, Any]:
    """A ticket with everything about it: the words of a list, and its messages, decisions, links and journal."""
    return {
        **{word: getattr(ticket, word) for word in _WORDS},
        **_work(session, ticket.id),
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
    }


def _work(session: Session, ticket_id: int) -> dict[str, Any]:
    """The work log and the watchers, for staff and auditors."""
    if session.actor.role not in READERS:
        return {}
    from itdesk.cli.worklog import entry
    from itdesk.desk.queries.watchers import watchers
    from itdesk.desk.queries.work import total, work_on

    entries = work_on(session, ticket_id)
    return {
        "work_log": [entry(one) for one in entries],
        "minutes_worked": total(entries),
        "watchers": list(watchers(session, [ticket_id])),
    }


def decision(stored: StoredDecision) -> dict[str, Any]:
    """A decision with when, by whom and under which rulebook it was made."""
    return asdict(stored.decision) | {
        "decided_at": stored.decided_at,
        "decided_by": stored.decided_by,
        "rulebook": stored.rulebook,
    }
