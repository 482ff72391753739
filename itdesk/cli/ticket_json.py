"""Tickets as JSON. These forms are a contract: scripts rely on them."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from itdesk.desk.queries import procedures
from itdesk.desk.queries import tickets as queries
from itdesk.desk.queries.attachments import AttachedFile
from itdesk.desk.queries.listing import ListedTicket
from itdesk.desk.queries.procedures import Progress
from itdesk.desk.queries.tickets import StoredDecision, TicketView
from itdesk.desk.queries.visits import visits
from itdesk.desk.queries.withheld import agreement_for
from itdesk.desk.session import Session
from itdesk.domain.decisions import Thing
from itdesk.domain.people import READERS

if TYPE_CHECKING:
    from itdesk.domain.clocks import ClockState, Happening, Promise

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


def listed(session: Session, ticket: ListedTicket | TicketView) -> dict[str, Any]:
    """A ticket of a list. People are logins; requesters are not told by which agreement it goes."""
    told = {word: getattr(ticket, word) for word in _WORDS}
    return told | {"agreement": agreement_for(session.actor.role, ticket.agreement)}


def whole(session: Session, ticket: TicketView) -> dict[str, Any]:
    """A ticket with everything about it."""
    from itdesk.desk.queries.clocks import clocks

    decided = queries.decisions(session, ticket.id)
    return {
        **listed(session, ticket),
        **_work(session, ticket.id),
        "requester": ticket.requester.login,
        "requester_name": ticket.requester.name,
        **({"requester_vip": ticket.requester.vip} if session.actor.role in READERS else {}),
        "channel": ticket.channel,
        "site": ticket.site,
        "tags": ticket.tags,
        "body": ticket.body,
        "resolution": ticket.resolution,
        "root_cause": ticket.root_cause,
        "workaround": ticket.workaround,
        "closure_code": ticket.closure_code,
        "messages": [
            {
                "id": message.id,
                "kind": message.kind,
                "author": message.login,
                "author_name": message.author,
                "channel": message.channel,
                "written_at": message.at,
                "text": message.text,
            }
            for message in queries.messages(session, ticket.id)
        ],
        "decisions": [decision(stored) for stored in decided],
        "estimate": _estimate(decided),
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
        "visits": [
            {
                "id": visit.id,
                "person": visit.person,
                "starts_at": visit.starts_at,
                "minutes": visit.minutes,
                "place": visit.place,
                "note": visit.note,
                "state": visit.state,
            }
            for visit in visits(session, ticket.id)
        ],
        "checklist": checklist(found := procedures.progress(session, ticket.id)),
        "approvals": [
            {
                "outcome": one.outcome,
                "need": one.need,
                "rule": one.rule or None,
                "reason": one.reason,
                "asked_by": one.asked_by,
                "asked_at": one.asked_at,
                "due_at": one.due_at,
                "decided_at": one.decided_at,
                "people": [asdict(person) for person in one.people],
            }
            for one in found.approvals
        ],
        "tests": [asdict(test) for test in found.tests],
        "attachments": [attached(file) for file in ticket.attachments],
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
        "breached_at": state.breached_at,
        "calendar": state.calendar,
        "cycle": state.cycle,
        "history": [
            asdict(one) | _promise(one) | {"before": None if one.before is None else _promise(one.before)}
            for one in state.history
        ],
    }


def _promise(of: "Happening | Promise") -> dict[str, Any]:
    """What a clock stands at."""
    left = None if of.left_minutes is None else round(of.left_minutes, 2)
    return {"target_minutes": of.target_minutes, "left_minutes": left, "due_at": of.due_at}


def _estimate(decided: Iterable[StoredDecision]) -> dict[str, int] | None:
    """How long tickets like it took, in minutes; None where too few were like it."""
    figures = [dict(one.decision.figures) for one in decided if one.decision.thing is Thing.ESTIMATE]
    return (figures[-1] or None) if figures else None


def checklist(found: Progress) -> list[dict[str, Any]]:
    """The steps of a ticket's checklist."""
    return [
        {
            "step": step.place,
            "text": step.text,
            "sop": step.sop or None,
            "required": step.required,
            "asks": step.asks or None,
            "caption": step.caption,
            "done": step.done_at is not None,
            "done_by": step.done_by,
            "done_at": step.done_at,
            "entered": step.entered,
        }
        for step in found.steps
    ]


def attached(file: AttachedFile) -> dict[str, Any]:
    """A file on a ticket, without its content."""
    return asdict(file)


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
        "figures": dict(stored.decision.figures),
        "decided_at": stored.decided_at,
        "decided_by": stored.decided_by,
        "rulebook": stored.rulebook,
    }
