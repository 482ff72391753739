"""Undo: a compensating entry that puts the old values back, as long as nobody has changed them since."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from itdesk.desk.change import Change
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.session import Session
from itdesk.desk.transaction import Changes, Transaction, action, number, plain
from itdesk.desk.triage import link_exists, remove_link, set_tags, tags_of
from itdesk.desk.visible import visible
from itdesk.domain.milestones import Milestones, milestones
from itdesk.domain.people import EVERYBODY, STAFF, SUPERVISORS
from itdesk.domain.ticket import LinkType, MessageKind, Status
from itdesk.models import search
from itdesk.models.base import objects, tuples
from itdesk.models.fields import from_microseconds
from itdesk.models.journal import JournalEntry, JournalPayload
from itdesk.models.tickets import Decision, Message, Ticket, TicketLink

_UNDOABLE = {
    "submitted": "opening",
    "categorized": "category",
    "prioritized": "priority",
    "routed": "routing",
    "taken": "taking",
    "assigned": "assignment",
    "escalated": "escalation",
    "tagged": "tags",
    "linked": "link",
    "linked_from": "link",
    "unlinked": "unlinking",
    "unlinked_from": "unlinking",
    "declared_major": "declaration as major",
    "withdrew_major": "withdrawal of major",
    "replied": "reply",
    "noted": "note",
    "status_changed": "status",
    "resolved": "resolution",
    "closed": "closure",
    "cancelled": "cancellation",
    "reopened": "reopening",
}
_MOMENTS = {"resolved_at", "closed_at"}
_FOREIGN_KEYS = {"team", "assignee"}


@dataclass(frozen=True, slots=True)
class _Done:
    """A journal entry that is to be undone."""

    seq: int
    verb: str
    actor: int
    ticket_id: int
    facts: dict[str, Any]
    changes: Changes


def last_undoable(session: Session, ticket_id: int) -> int | None:
    """The journal number of the newest change of a ticket that this person can undo, None if there is none."""
    actor = session.actor
    with session.desk.database.translated():
        if visible(session, Ticket.id).where(Ticket.id == ticket_id).first() is None:
            raise NotFound(f"There is no ticket {ticket_id} here.")
        undone: set[int] = set()
        entries = (
            JournalEntry.select(JournalEntry.seq, JournalEntry.verb, JournalEntry.actor, JournalEntry.facts)
            .where(JournalEntry.object == f"ticket:{ticket_id}")
            .order_by(JournalEntry.seq.desc())
        )
        for entry in list(entries):
            if entry.verb == "undone":
                undone.add(json.loads(entry.facts)["reverts"])
                continue
            may = actor.role in STAFF or entry.actor == actor.id
            if may and entry.verb in _UNDOABLE and entry.seq not in undone:
                return int(entry.seq)
    return None


@action(EVERYBODY, "undo")
def undo_last(tx: Transaction, ticket_id: int) -> Change:
    """Undo the newest undoable change of a ticket, with everything that the same command did."""
    tx.tickets([ticket_id])
    seq = last_undoable(tx.session, ticket_id)
    if seq is None:
        raise Refused("There is nothing to undo on this ticket.")
    return _undo(tx, seq)


@action(EVERYBODY, "undo")
def undo(tx: Transaction, seq: int) -> Change:
    """Undo what the command did that wrote journal entry `seq`: on one ticket, or on all that it changed.

    Raises Refused, and changes nothing, when it was undone before, cannot be undone, or the values have changed since.
    """
    return _undo(tx, seq)


def _undo(tx: Transaction, seq: int) -> Change:
    done = _entries(tx.session, seq)
    ids = sorted({entry.ticket_id for entry in done})
    tickets = {ticket.id: ticket for ticket in tx.tickets(ids)}
    undone = _already_undone(tx.session, ids)
    for entry in reversed(done):
        ticket = tickets[entry.ticket_id]
        if entry.seq in undone:
            raise Refused(f"The {_UNDOABLE[entry.verb]} of {number(ticket)} was undone before.")
        if entry.verb == "declared_major" and entry.actor != tx.session.actor.id:
            tx.session.require(SUPERVISORS, "withdraw somebody else's major incident")
        _undo_one(tx, entry, ticket)
    for ticket in tickets.values():
        _restore_milestones(tx, ticket, done, undone)
    first = tickets[done[0].ticket_id]
    what = _UNDOABLE[done[0].verb]
    linked = done[0].verb in ("linked", "unlinked")
    whose = number(first) if len(ids) == 1 or linked else f"{len(ids)} tickets"
    return Change(f"Undid the {what} of {whose}.", tickets=tuple(ids), undoable=False)


def _entries(session: Session, seq: int) -> list[_Done]:
    entry = JournalEntry.get_or_none(JournalEntry.seq == seq)
    if entry is None:
        raise NotFound(f"The journal has no entry {seq}.")
    if session.actor.role not in STAFF and entry.actor != session.actor.id:
        raise Refused("You can undo only what you did yourself.")
    first, last = json.loads(entry.facts).get("batch", (seq, seq))
    rows = objects(
        JournalEntry.select(JournalEntry, JournalPayload.payload.alias("payload"))
        .join(JournalPayload, JOIN.LEFT_OUTER, on=(JournalPayload.seq == JournalEntry.seq))
        .where(JournalEntry.seq.between(first, last))
        .order_by(JournalEntry.seq)
    )
    done = []
    for row in rows:
        if not row.object.startswith("ticket:"):
            continue
        if row.verb not in _UNDOABLE:
            raise Refused(f"That a ticket was {row.verb.replace('_', ' ')} cannot be undone.")
        facts, payload = json.loads(row.facts), json.loads(row.payload or "{}")
        changes = {**facts.get("changes", {}), **payload.get("changes", {})}
        done.append(
            _Done(
                seq=row.seq,
                verb=row.verb,
                actor=row.actor,
                ticket_id=int(row.object.partition(":")[2]),
                facts=facts,
                changes={name: (old, new) for name, (old, new) in changes.items()},
            )
        )
    if not done:
        raise Refused("This change is not about a ticket and cannot be undone.")
    return done


def _already_undone(session: Session, ticket_ids: Sequence[int]) -> set[int]:
    these = session.desk.database.among([f"ticket:{ticket_id}" for ticket_id in ticket_ids])
    entries = JournalEntry.select(JournalEntry.facts).where(
        JournalEntry.object.in_(these) & (JournalEntry.verb == "undone")
    )
    return {json.loads(entry.facts)["reverts"] for entry in entries}


def _undo_one(tx: Transaction, entry: _Done, ticket: Ticket) -> None:
    columns: dict[str, Any] = {}
    for name, (old, new) in entry.changes.items():
        if name in ("tags", "agreement"):  # the agreement follows from the others
            continue
        column = f"{name}_id" if name in _FOREIGN_KEYS else name
        now = getattr(ticket, column)
        if now != _moment(name, new):
            raise Refused(
                f"{number(ticket)} changed since: its {name.replace('_', ' ')} is no longer what this "
                f"{_UNDOABLE[entry.verb]} made it. Set it by hand."
            )
        columns[column] = _moment(name, old)
    changes: Changes = {}
    if entry.verb == "submitted":
        if ticket.status != Status.NEW or ticket.assignee_id is not None:
            raise Refused(f"Somebody works on {number(ticket)} already; cancel it instead.")
        columns = {"status": Status.CANCELLED, "closed_at": tx.now}
    if "tags" in entry.changes:
        changes |= _undo_tags(tx, ticket, entry)
    if entry.verb in ("replied", "noted"):
        _retract(tx, ticket, entry)
    if entry.verb in ("linked", "unlinked"):
        _undo_link(ticket, entry)
    changes |= tx.update(ticket, **columns)
    if entry.verb != "submitted":
        _retract_decisions(tx, ticket, entry)
    tx.record("undone", ticket, changes, facts={"reverts": entry.seq, "verb": entry.verb})


def _restore_milestones(tx: Transaction, ticket: Ticket, done: Sequence[_Done], undone: set[int]) -> None:
    """What the ticket's milestones are without the entries that are being undone."""
    own = [entry for entry in done if entry.ticket_id == ticket.id]
    if any(entry.verb == "submitted" for entry in own):
        return
    entries = tuples(
        JournalEntry.select(JournalEntry.seq, JournalEntry.verb, JournalEntry.facts, JournalEntry.occurred_at)
        .where(JournalEntry.object == f"ticket:{ticket.id}")
        .order_by(JournalEntry.seq)
    )
    told = ((seq, verb, json.loads(facts), at) for seq, verb, facts, at in entries)
    found = milestones(told, undone | {entry.seq for entry in own})
    columns = {name: plain(getattr(found, name)) for name in Milestones.__slots__}
    tx.session.desk.database.update_row("ticket", ticket.id, columns)


def _moment(name: str, value: Any) -> Any:
    return from_microseconds(value) if name in _MOMENTS and value is not None else value


def _undo_tags(tx: Transaction, ticket: Ticket, entry: _Done) -> Changes:
    old, new = (set(tags) for tags in entry.changes["tags"])
    now = tags_of(tx, ticket)
    if now != new:
        raise Refused(f"{number(ticket)} changed since: its tags are no longer the same. Set them by hand.")
    set_tags(tx, ticket, new, old)
    return {"tags": (sorted(new), sorted(old))}


def _retract(tx: Transaction, ticket: Ticket, entry: _Done) -> None:
    Message.update(retracted_at=tx.now).where(Message.id == entry.facts["message"]).execute()
    left = tuples(
        Message.select(Message.kind, Message.body).where((Message.ticket == ticket.id) & Message.retracted_at.is_null())
    )
    search.replace(
        tx.session.desk.database,
        "ticket_search",
        ticket.id,
        {
            "body": "\n".join([ticket.body, *(body for kind, body in left if kind != MessageKind.NOTE)]),
            "notes": "\n".join(body for kind, body in left if kind == MessageKind.NOTE),
        },
    )


def _undo_link(ticket: Ticket, entry: _Done) -> None:
    link = LinkType(entry.facts["link"])
    there = link_exists(ticket.id, link, entry.facts["other"])
    if there is not (entry.verb == "linked"):
        raise Refused(f"{number(ticket)} changed since: its links are no longer the same. Set them by hand.")
    if there:
        remove_link(ticket.id, link, entry.facts["other"])
    else:
        TicketLink.create(ticket=ticket.id, type=link, other=entry.facts["other"])


def _retract_decisions(tx: Transaction, ticket: Ticket, entry: _Done) -> None:
    """Take back what the entry decided, so that what was decided before holds again."""
    decided = entry.facts.get("decided", [])
    if decided:
        Decision.update(retracted_at=tx.now).where((Decision.ticket == ticket.id) & Decision.id.in_(decided)).execute()
