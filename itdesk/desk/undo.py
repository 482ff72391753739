"""Undo: a compensating entry that puts the old values back, as long as nobody has changed them since."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from itdesk.desk import watchers, worklog
from itdesk.desk.approvals import undo_approval
from itdesk.desk.change import Change
from itdesk.desk.checklist import undo_checklist, undo_tick
from itdesk.desk.communication import reindex
from itdesk.desk.errors import DeskError, NotFound, Refused
from itdesk.desk.links import hanging_on, link_exists, originals_of, remove_link, unresolved_duplicates
from itdesk.desk.merging import answered_while_merged, hand_back, take_apart
from itdesk.desk.notices import drop, notify
from itdesk.desk.people import find_person, person_of_login
from itdesk.desk.queries.meanwhile import ASIDE, deed_of
from itdesk.desk.queries.visits import planned_visits
from itdesk.desk.reverted import reverted
from itdesk.desk.schedule_rows import touched_rows
from itdesk.desk.session import SYSTEM, Session
from itdesk.desk.testing import undo_test
from itdesk.desk.transaction import Changes, Transaction, action, number, plain, some, told
from itdesk.desk.triage import set_tags, tags_of
from itdesk.desk.visit_to_come import back_to_work
from itdesk.desk.visits import end_planned, undo_visit
from itdesk.domain.milestones import Milestones, milestones
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import EVERYBODY, STAFF, SUPERVISORS
from itdesk.domain.ticket import SETTLED, ClosureCode, LinkType, Status, WaitingReason
from itdesk.models.attachments import Attachment
from itdesk.models.base import objects, tuples
from itdesk.models.fields import from_microseconds
from itdesk.models.journal import JournalEntry, JournalPayload
from itdesk.models.people import Person
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
    "merged": "merge",
    "merged_from": "merge",
    "split_off": "split",
    "split_from": "split",
    "attached": "attachment",
    "attached_for_staff": "attachment",
    "detached": "removal of files",
    "detached_for_staff": "removal of files",
    "declared_major": "declaration as major",
    "withdrew_major": "withdrawal of major",
    "replied": "reply",
    "noted": "note",
    "logged": "logging of time",
    "watched": "watching",
    "unwatched": "end of watching",
    "status_changed": "status",
    "resolved": "resolution",
    "closed": "closure",
    "cancelled": "cancellation",
    "reopened": "reopening",
    "visit_planned": "planning of a visit",
    "visit_moved": "move of a visit",
    "visit_begun": "begin of a visit",
    "visit_done": "end of a visit",
    "visit_cancelled": "cancellation of a visit",
    "diagnosed": "diagnosis",
    "step_ticked": "ticking of a step",
    "step_unticked": "unticking of a step",
    "step_added": "added step",
    "checklist_applied": "checklist",
    "approval_asked": "request for approval",
    "approved": "approval",
    "rejected": "rejection",
    "approval_withdrawn": "withdrawal of the approval",
    "tested": "test",
    "test_asked": "request to test",
}
_TELLS = {
    "escalated": NoticeKind.ESCALATION,
    "reopened": NoticeKind.ASSIGNMENT,
    "tested": NoticeKind.TEST,
    "test_asked": NoticeKind.TEST,
    "resolved": NoticeKind.LINKED,
    "cancelled": NoticeKind.LINKED,
    "rejected": NoticeKind.LINKED,
    "merged_from": NoticeKind.LINKED,
}
"""Of what notices tell that an entry brings and undo takes back; whoever got or lost a ticket is told in `telling`."""
_OF_FILES = frozenset({"attached", "attached_for_staff", "detached", "detached_for_staff"})
_OF_LINKS = frozenset({"linked", "unlinked"})
"""What the ticket tells from which a link leads; a ticket has one original."""
_OF_STEPS = frozenset({"step_ticked", "step_unticked"})
_OF_WATCHERS = frozenset({"watched", "unwatched"})
_VOTES = frozenset({"approved", "rejected"})
_VOTING = _VOTES | {"approval_asked"}
"""What a vote records: after one that was asked for by hand, what a rule wants besides is asked for."""
_OF_TWO = frozenset({"linked", "unlinked", "merged", "split_off"})
"""Acts on a ticket of which another one tells, too."""
_KNOWN_TO_OTHERS = "Others know of it already; ask the desk to take it back."
_MOMENTS = {"resolved_at", "closed_at"}
_FOREIGN_KEYS = {"team", "assignee"}


@dataclass(frozen=True, slots=True)
class _Done:
    """A journal entry that is to be undone."""

    seq: int
    at: datetime
    verb: str
    actor: int
    ticket_id: int
    facts: dict[str, Any]
    payload: dict[str, Any]
    changes: Changes


@dataclass(frozen=True, slots=True)
class _Undoable:
    """An entry that can be undone, if not by everybody; `actor` is who wrote it.

    `is_theirs`: whoever did it takes it back, and nobody else.
    """

    seq: int
    verb: str
    actor: int
    is_theirs: bool


def _undoables(session: Session, ticket_id: int) -> Iterator[_Undoable]:
    """What this person, or for staff only whoever did it, can undo on a ticket, the newest first."""
    me = session.actor
    undone: set[int] = set()
    requester = _requester(ticket_id)
    entries = (
        JournalEntry.select(JournalEntry.seq, JournalEntry.verb, JournalEntry.actor, JournalEntry.facts)
        .where(JournalEntry.object == f"ticket:{ticket_id}")
        .order_by(JournalEntry.seq.desc())
    )
    for entry in list(entries):
        if entry.verb == "undone":
            undone.add(json.loads(entry.facts)["reverts"])
            continue
        own = entry.actor == me.id
        if (own or me.role in STAFF) and entry.verb in _UNDOABLE and entry.seq not in undone:
            is_theirs = not own and _is_their_own(entry.verb, entry.actor, requester)
            yield _Undoable(entry.seq, entry.verb, entry.actor, is_theirs)


@action(EVERYBODY, "undo")
def undo_last(tx: Transaction, ticket_id: int, *, of: str | None = None) -> Change:
    """Undo what the actor, or the desk by itself, changed last on a ticket, with everything that the command did.

    With `of` what that colleague (login or name) did last; he is told. Raises Refused where there is nothing.
    """
    [ticket] = tx.tickets([ticket_id], of_others=True)
    colleague = (person_of_login(of) or find_person(of)) if of else None
    whose = {colleague.id} if colleague else {tx.session.actor.id, SYSTEM.id}
    possible = list(_undoables(tx.session, ticket_id))
    last = next((one for one in possible if one.actor in whose), None)
    if last is None:
        theirs = "yours" if colleague is None else f"{colleague.login}'s"
        more = _of_a_colleague(tx, possible, ticket) if colleague is None else ""
        raise Refused(f"There is nothing of {theirs} to undo on {number(ticket)}.{more}")
    if last.is_theirs and colleague is not None:
        what = f"The last act of {colleague.login} on {number(ticket)} is the {_UNDOABLE[last.verb]}"
        raise Refused(f"{what}, which only {colleague.login} can take back.")
    return _undo(tx, last.seq)


def _of_a_colleague(tx: Transaction, possible: Sequence[_Undoable], ticket: Ticket) -> str:
    """How to take back a colleague's act, or why that cannot be, as a sentence; for a transaction that is refused.

    The newest of those that are the last of their colleague, and that others may take back; nothing if there is none.
    """
    last_of = {one.actor: one for one in reversed(possible)}.values()
    newest = max((one for one in last_of if not one.is_theirs), key=lambda one: one.seq, default=None)
    if newest is None:
        return ""
    login = Person.get_by_id(newest.actor).login
    what, this = _UNDOABLE[newest.verb], number(ticket)
    try:
        _undo(tx, newest.seq)
    except DeskError as refusal:
        return f" Nor can the {what} of {login} be taken back: {refusal}"
    return f" Last was the {what} of {login}: `itdesk undo {this} --of {login}` takes it back and tells {login}."


@action(EVERYBODY, "undo")
def undo(tx: Transaction, seq: int) -> Change:
    """Undo what the command did that wrote journal entry `seq`: on one ticket, or on all that it changed.

    Raises Refused, and changes nothing, when it was undone before, cannot be undone, or the values have changed since.
    """
    return _undo(tx, seq)


def _undo(tx: Transaction, seq: int) -> Change:
    of_person = JournalEntry.get_or_none((JournalEntry.seq == seq) & JournalEntry.object.startswith("person:"))
    if of_person is not None:
        return _undo_of_person(tx, of_person)
    done = _entries(tx.session, seq)
    # What the desk itself did to the tickets of others when a requester acted, it takes back itself.
    desk = tx if tx.session.actor.role in STAFF else tx.by_desk()
    ids = sorted({entry.ticket_id for entry in done if desk is tx or entry.actor})
    others = sorted({entry.ticket_id for entry in done} - set(ids))
    own_votes = all(entry.verb in _VOTING and entry.actor == tx.session.actor.id for entry in done)
    try:
        tickets = {ticket.id: ticket for ticket in tx.tickets(ids, of_others=own_votes)}
    except NotFound as missing:
        if tx.session.actor.role in STAFF:
            raise Refused(f"{missing} Somebody who sees it can take this back.") from None
        raise Refused(_KNOWN_TO_OTHERS) from None
    tickets |= {ticket.id: ticket for ticket in (desk.tickets(others) if others else ())}
    undone = reverted(tx.session, [f"ticket:{ticket_id}" for ticket_id in (*ids, *others)])
    since = _since(tx.session, done, undone)
    # Words that were passed on to a ticket which their writer may not see: the desk takes them back, as he cannot.
    passed_on = any(entry.verb == "noted" and "from" in entry.facts for entry in done)
    clashes: list[str] = []
    for entry in reversed(done):
        ticket, by = tickets[entry.ticket_id], tx if entry.actor else desk
        if entry.seq in undone:
            raise Refused(f"The {_UNDOABLE[entry.verb]} of {number(ticket)} was undone before.")
        if not passed_on:
            _refuse_others(tx.session, entry, ticket)
        if entry.verb == "declared_major" and entry.actor != tx.session.actor.id:
            tx.session.require(SUPERVISORS, "withdraw somebody else's major incident")
        try:
            _refuse_over_later(by, ticket, entry, since.get(ticket.id, ()))
            clashes.extend(_undo_one(by, entry, ticket))
        except Refused:
            if ticket.id in others:
                raise Refused(_KNOWN_TO_OTHERS) from None
            raise
    for ticket in tickets.values():
        _restore_milestones(tx, ticket, done, undone)
    for entry in done:
        if entry.verb == "unlinked":
            _refuse_left_behind(tickets[entry.ticket_id], entry)
        if entry.verb.startswith("visit_"):
            _refuse_visit_after_end(tickets[entry.ticket_id])
    answered = "".join(_answered(tx, tickets[entry.ticket_id], entry) for entry in done if entry.verb == "merged")
    main = next((entry for entry in done if entry.verb in ("merged", "split_off")), done[0])
    same = list(dict.fromkeys(entry.ticket_id for entry in done if entry.verb == main.verb))
    whose = number(tickets[main.ticket_id]) if len(same) == 1 else f"{len(same)} tickets"
    beside = [] if main.verb in _OF_TWO else [number(tickets[one]) for one in ids if one not in same]
    _tell_whose(tx, done, tickets, whose)
    remark = f", with what it did to {some(beside, ', ')}" if beside else ""
    against = f" {some(list(dict.fromkeys(clashes)), ' ')}" if clashes and tx.session.actor.role in STAFF else ""
    sentence = f"Undid the {_UNDOABLE[main.verb]} of {whose}{remark}.{answered}{against}"
    return Change(sentence, tickets=tuple(ids), undoable=False)


def _answered(tx: Transaction, ticket: Ticket, merge: _Done) -> str:
    """A ticket that waits for its requester goes on, where he answered while it was merged: that, as a sentence."""
    if ticket.waiting_reason != WaitingReason.REQUESTER or not answered_while_merged(
        ticket, merge.facts["into"], merge.seq
    ):
        return ""
    changes = tx.update(ticket, **back_to_work(tx, ticket))
    tx.record("status_changed", ticket, changes, payload=told("it was answered while it was merged"))
    text = f"{number(ticket)} was answered while it was merged."
    notify(tx, [ticket.assignee_id], NoticeKind.ANSWER, text, ticket)
    return f" {text[:-1]}: it is {Status(ticket.status).title}."


def _tell_whose(tx: Transaction, done: Sequence[_Done], tickets: Mapping[int, Ticket], which: str) -> None:
    """Tell those who did it, where that was not the actor, that it was taken back."""
    for actor in {entry.actor for entry in done if entry.actor != SYSTEM.id}:
        first = next(entry for entry in done if entry.actor == actor)
        text = f"{tx.session.actor.login} took back your {_UNDOABLE[first.verb]} of {which}."
        notify(tx, [actor], NoticeKind.UNDONE, text, tickets[first.ticket_id])


def _refuse_others(session: Session, entry: _Done, ticket: Ticket) -> None:
    """A vote is taken back by whoever cast it, and what the requester did by himself."""
    if entry.actor == session.actor.id:
        return
    if _is_their_own(entry.verb, entry.actor, _requester(ticket.id)):
        who = Person.get_or_none(Person.id == entry.actor)
        what = _UNDOABLE[entry.verb]
        raise Refused(f"The {what} of {number(ticket)} is {who.login if who else 'somebody else'}'s to take back.")


def _is_their_own(verb: str, actor: int, requester: int | None) -> bool:
    """Whether an act is a vote, or what the requester said or did: the desk answers that, and does not take it back."""
    return verb in _VOTES or actor == requester


def _requester(ticket_id: int) -> int | None:
    """A ticket's requester; None for one who is staff himself."""
    rows = tuples(
        Ticket.select(Person.id)
        .join(Person, on=(Ticket.requester == Person.id))
        .where((Ticket.id == ticket_id) & Person.role.not_in(sorted(STAFF)))
    )
    return rows[0][0] if rows else None


def _undo_of_person(tx: Transaction, entry: JournalEntry) -> Change:
    """What is about people has an undo of its own."""
    if "rows" in json.loads(entry.facts):
        from itdesk.desk.schedule import undo_entry as undo_schedule

        return undo_schedule(tx, entry.seq)
    if entry.verb == "abilities_set":
        from itdesk.desk.abilities import undo_entry as undo_abilities

        return undo_abilities(tx, entry.seq)
    raise Refused(f"That a person was {entry.verb.replace('_', ' ')} cannot be undone.")


def _entries(session: Session, seq: int) -> list[_Done]:
    entry = JournalEntry.get_or_none(JournalEntry.seq == seq)
    if entry is None:
        raise NotFound(f"The journal has no entry {seq}.")
    if session.actor.role not in STAFF and entry.actor != session.actor.id:
        raise Refused("You can undo only what you did yourself.")
    first, last = json.loads(entry.facts).get("batch", (seq, seq))
    done = _read(JournalEntry.seq.between(first, last) & JournalEntry.object.startswith("ticket:"))
    for one in done:
        if one.verb not in _UNDOABLE:
            raise Refused(f"That a ticket was {one.verb.replace('_', ' ')} cannot be undone.")
    if not done:
        raise Refused("This change is not about a ticket and cannot be undone.")
    return done


def _read(condition: Any) -> list[_Done]:
    """The journal entries on tickets for which a condition holds, the oldest first."""
    rows = objects(
        JournalEntry.select(JournalEntry, JournalPayload.payload.alias("payload"))
        .join(JournalPayload, JOIN.LEFT_OUTER, on=(JournalPayload.seq == JournalEntry.seq))
        .where(condition)
        .order_by(JournalEntry.seq)
    )
    found = []
    for row in rows:
        facts, payload = json.loads(row.facts), json.loads(row.payload or "{}")
        changes = {**facts.get("changes", {}), **payload.get("changes", {})}
        found.append(
            _Done(
                seq=row.seq,
                at=row.occurred_at,
                verb=row.verb,
                actor=row.actor,
                ticket_id=int(row.object.partition(":")[2]),
                facts=facts,
                payload=payload,
                changes={name: (old, new) for name, (old, new) in changes.items()},
            )
        )
    return found


def _since(session: Session, done: Sequence[_Done], undone: Collection[int]) -> Mapping[int, Sequence[_Done]]:
    """What was done after these entries on their tickets, by ticket, without what was undone and its undoing."""
    last = done[-1].seq
    these = session.desk.database.among(sorted({f"ticket:{entry.ticket_id}" for entry in done}))
    found: defaultdict[int, list[_Done]] = defaultdict(list)
    for one in _read((JournalEntry.seq > last) & JournalEntry.object.in_(these)):
        if one.seq not in undone and one.facts.get("reverts", 0) <= last:
            found[one.ticket_id].append(one)
    return found


def _refuse_over_later(tx: Transaction, ticket: Ticket, entry: _Done, since: Sequence[_Done]) -> None:
    """Raise Refused where something that stands was done after an entry about the same thing.

    Even where that looks as the entry left it: it is the later one's by now. What brought a ticket back from its end is
    about all of it: the ticket would end over whatever was done since.
    """
    things, end = _things(entry), _end_before(entry)
    later = [one.seq for one in since if things & _things(one) or (end and _is_work(one))]
    if later:
        raise _changed_since(tx, ticket, entry, later)


def _end_before(entry: _Done) -> Status | None:
    """From which end an entry brought its ticket back, if it did."""
    old, new = entry.changes.get("status", (None, None))
    return Status(old) if old in SETTLED and new not in SETTLED else None


def _is_work(entry: _Done) -> bool:
    """Whether somebody did something on a ticket, or undid it."""
    verb = entry.facts["verb"] if entry.verb == "undone" else entry.verb
    return entry.actor != SYSTEM.id and verb in _UNDOABLE.keys() - ASIDE


def _things(entry: _Done) -> set[tuple[object, ...]]:
    """What of a ticket an entry is about: its columns, and links, steps, files, watchers, visits, by their ids."""
    facts = entry.facts
    found: set[tuple[object, ...]] = {("column", name) for name in entry.changes if name != "agreement"}
    found |= {(row.table, row.row_id, column) for row in touched_rows(facts, entry.payload) for column in row.changes}
    if entry.verb in _OF_LINKS:
        found.add(("link", facts["link"], facts["other"] if facts["link"] != LinkType.DUPLICATE_OF else None))
    if entry.verb in _OF_STEPS:
        found.add(("step", facts["place"]))
    if entry.verb in _OF_FILES:
        found |= {("file", one) for one in facts["attachments"]}
    if entry.verb in _OF_WATCHERS:
        found.add(("watcher", facts["person"]))
    return found


def _undo_one(tx: Transaction, entry: _Done, ticket: Ticket) -> Sequence[str]:
    """Take back what one entry did to a ticket; what clashes with a visit that is to come again, a sentence each."""
    columns: dict[str, Any] = {}
    for name, (old, new) in entry.changes.items():
        if name in ("tags", "agreement"):  # the agreement follows from the others
            continue
        column = f"{name}_id" if name in _FOREIGN_KEYS else name
        if getattr(ticket, column) != _moment(name, new):
            raise _changed_since(tx, ticket, entry)
        columns[column] = _moment(name, old)
    _refuse_somebody_who_left(ticket, columns)
    changes: Changes = {}
    if entry.verb == "submitted":
        # Its team may have given it to somebody when it came.
        if (ticket.status, ticket.assignee_id) != (entry.facts["status"], entry.facts.get("assignee")):
            raise Refused(f"Somebody works on {number(ticket)} already; cancel it instead.")
        if unresolved_duplicates(tx, ticket.id):
            raise Refused(f"{number(ticket)} is the original of others by now; cancel it instead.")
        _refuse_what_others_did(tx, ticket, entry)
        columns = {"status": Status.CANCELLED, "closed_at": tx.now, "closure_code": ClosureCode.CANCELLED}
    if "tags" in entry.changes:
        changes |= _undo_tags(tx, ticket, entry)
    if "message" in entry.facts:
        _retract(tx, ticket, entry)
    if "checklist" in entry.facts:
        undo_checklist(tx, ticket, entry.facts["checklist"])
    if entry.verb in _OF_STEPS:
        undo_tick(ticket, entry.verb, entry.facts, entry.payload)
    if "approval" in entry.facts:
        undo_approval(tx, ticket, entry.facts, entry.actor, entry.at)
    if "test" in entry.facts:
        undo_test(tx, ticket, entry.facts["test"])
    if entry.verb in _OF_LINKS:
        _undo_link(tx, ticket, entry)
    facts: dict[str, Any] = {"reverts": entry.seq, "verb": entry.verb}
    if entry.actor not in (SYSTEM.id, tx.session.actor.id):
        facts["told"] = [entry.actor]  # by `_tell_whose`
    clashes: Sequence[str] = ()
    if entry.verb.startswith("visit_"):
        of_visit, clashes = undo_visit(tx, ticket, entry.facts, entry.payload)
        facts |= of_visit
    if "attachments" in entry.facts and entry.verb in _OF_FILES:
        _undo_files(tx, ticket, entry)
    if entry.verb == "merged":
        remove_link(ticket.id, LinkType.MERGED_INTO, entry.facts["into"])
    if entry.verb in ("merged_from", "split_off"):
        _move_back(tx, entry, ticket)
    if entry.verb == "merged":
        reindex(tx, ticket)
    if entry.verb == "logged":
        worklog.retract(tx, entry.facts["work"])
    _untell(tx, ticket, entry)
    if entry.verb in _OF_WATCHERS:
        _undo_watching(tx, ticket, entry)
    changes |= tx.update(ticket, **columns)
    if entry.verb != "submitted":
        _retract_decisions(tx, ticket, entry)
    tx.record("undone", ticket, changes, facts=facts)
    if entry.verb == "submitted":
        end_planned(tx, ticket, f"{number(ticket)} is cancelled")
    return clashes


def _refuse_what_others_did(tx: Transaction, ticket: Ticket, opening: _Done) -> None:
    """Raise Refused where somebody else did something on a ticket since it was opened: nobody loses that by undo."""
    others = JournalEntry.select(JournalEntry.seq, JournalEntry.actor).where(
        (JournalEntry.object == f"ticket:{ticket.id}")
        & (JournalEntry.seq > opening.seq)
        & JournalEntry.actor.not_in([SYSTEM.id, opening.actor])
        & JournalEntry.verb.not_in(sorted(ASIDE | {"undone"}))
    )
    undone = reverted(tx.session, [f"ticket:{ticket.id}"])
    who = [actor for seq, actor in tuples(others) if seq not in undone]
    if who and tx.session.actor.role in STAFF:
        logins = Person.select(Person.login).where(Person.id.in_(who)).order_by(Person.login)
        named = some([login for (login,) in tuples(logins)], ", ")
        raise Refused(f"{named} wrote or did something on {number(ticket)} since it was opened; cancel it instead.")
    if who:
        raise Refused(f"Somebody works on {number(ticket)} already; cancel it instead.")


def _changed_since(tx: Transaction, ticket: Ticket, entry: _Done, later: Collection[int] = ()) -> Refused:
    """That something was done after an entry about the same thing, and by these later ones who did what."""
    deed = deed_of(tx.session, ticket.id, later)
    who = "" if deed is None else f": {'you' if deed.who == tx.session.actor.login else deed.who} {deed.said}"
    what = f"{number(ticket)} changed since this {_UNDOABLE[entry.verb]}{who}".rstrip(".")
    end = _end_before(entry)
    if end is None:
        return Refused(f"{what}. Set by hand what should be different.")
    way = "cancel" if end is Status.CANCELLED else "resolve"
    by_staff = tx.session.actor.role in STAFF
    return Refused(f"{what}. {f'{way.capitalize()} it instead.' if by_staff else f'Ask the desk to {way} it.'}")


def _refuse_somebody_who_left(ticket: Ticket, columns: dict[str, Any]) -> None:
    """No open ticket goes back to somebody who is not there to work on it."""
    holder = columns.get("assignee_id", ticket.assignee_id)
    opens = columns.get("status", ticket.status) not in SETTLED and columns.keys() & {"assignee_id", "status"}
    if not opens or holder is None:
        return
    person = Person.get_by_id(holder)
    if not person.active:
        way = "Reopen it instead." if ticket.status in SETTLED else "Assign it by hand."
        raise Refused(f"{number(ticket)} cannot go back to {person.login}, who is no longer active at this desk. {way}")


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
    parsed = ((seq, verb, json.loads(facts), at) for seq, verb, facts, at in entries)
    found = milestones(parsed, undone | {entry.seq for entry in own})
    columns = {name: plain(getattr(found, name)) for name in Milestones.__slots__}
    tx.session.desk.database.update_row("ticket", ticket.id, columns)


def _moment(name: str, value: Any) -> Any:
    return from_microseconds(value) if name in _MOMENTS and value is not None else value


def _undo_tags(tx: Transaction, ticket: Ticket, entry: _Done) -> Changes:
    old, new = (set(tags) for tags in entry.changes["tags"])
    now = tags_of(tx, ticket)
    if now != new:
        raise _changed_since(tx, ticket, entry)
    set_tags(tx, ticket, new, old)
    return {"tags": (sorted(new), sorted(old))}


def _retract(tx: Transaction, ticket: Ticket, entry: _Done) -> None:
    here = (Message.id == entry.facts["message"]) & (Message.ticket == ticket.id)
    if not Message.update(retracted_at=tx.now).where(here).execute():
        raise Refused(f"{number(ticket)} changed since: what was written is on another ticket now.")
    reindex(tx, ticket)


def _move_back(tx: Transaction, entry: _Done, ticket: Ticket) -> None:
    """What came from another ticket goes back to it, and what went to another comes back."""
    if entry.verb == "merged_from":
        take_apart(tx, ticket, entry.facts, entry.seq)
    else:
        opened = Ticket.get_by_id(entry.facts["into"])
        hand_back(tx, Message, entry.facts["messages"], opened, ticket)
        hand_back(tx, Attachment, entry.facts.get("attachments", ()), opened, ticket)
        reindex(tx, opened)
    reindex(tx, ticket)


def _undo_files(tx: Transaction, ticket: Ticket, entry: _Done) -> None:
    """Remove what was attached, bring back what was removed."""
    attached = entry.verb.startswith("attached")
    here = (Attachment.ticket == ticket.id) & Attachment.id.in_(entry.facts["attachments"])
    as_it_was = here & Attachment.removed_at.is_null(attached)
    if Attachment.update(removed_at=tx.now if attached else None).where(as_it_was).execute() != len(
        entry.facts["attachments"]
    ):
        raise _changed_since(tx, ticket, entry)


def _undo_watching(tx: Transaction, ticket: Ticket, entry: _Done) -> None:
    person = entry.facts["person"]
    there = watchers.is_watched(ticket.id, person)
    if there is not (entry.verb == "watched"):
        raise Refused(f"{number(ticket)} changed since: its watchers are no longer the same. Set them by hand.")
    if there:
        watchers.remove(ticket.id, person)
    else:
        watchers.add(tx, ticket.id, person)


def _untell(tx: Transaction, ticket: Ticket, entry: _Done) -> None:
    """Whoever has not read yet of what an entry did need not any more."""
    kind = _TELLS.get(entry.verb)
    if kind is None:
        return
    about = [ticket.id]
    if kind is NoticeKind.LINKED:
        about += [each.id for each in hanging_on(tx, ticket.id)]
    for one in about:
        drop(kind, one, told_at=entry.at, besides=entry.changes.get("assignee", ()))


def _undo_link(tx: Transaction, ticket: Ticket, entry: _Done) -> None:
    link = LinkType(entry.facts["link"])
    there = link_exists(ticket.id, link, entry.facts["other"])
    another = link is LinkType.DUPLICATE_OF and not there and originals_of(tx, ticket.id)
    if there is not (entry.verb == "linked") or another:
        raise _changed_since(tx, ticket, entry)
    if there:
        remove_link(ticket.id, link, entry.facts["other"])
    else:
        TicketLink.create(ticket=ticket.id, type=link, other=entry.facts["other"])


def _refuse_left_behind(ticket: Ticket, unlinking: _Done) -> None:
    """Raise Refused where a ticket is a duplicate again of what was settled meanwhile: nothing would resolve it."""
    if unlinking.facts["link"] != LinkType.DUPLICATE_OF or ticket.status in SETTLED:
        return
    original: Ticket = Ticket.get_by_id(unlinking.facts["other"])
    if original.status in SETTLED and original.status_since > unlinking.at:
        state = f"{number(original)} is {Status(original.status).title} by now"
        raise Refused(f"{state}, and would not resolve {number(ticket)} any more. Link it by hand, or resolve it.")


def _refuse_visit_after_end(ticket: Ticket) -> None:
    """Raise Refused where a visit is to come for a ticket that has ended: nobody need go there."""
    if ticket.status in SETTLED and planned_visits([ticket.id]):
        raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it first.")


def _retract_decisions(tx: Transaction, ticket: Ticket, entry: _Done) -> None:
    """Take back what the entry decided, so that what was decided before holds again."""
    decided = entry.facts.get("decided", [])
    if decided:
        Decision.update(retracted_at=tx.now).where((Decision.ticket == ticket.id) & Decision.id.in_(decided)).execute()
