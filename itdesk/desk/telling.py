"""Who is told of what an action did: whoever got or lost a ticket, was mentioned in a text, or watches the ticket."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import fn

from itdesk.desk.notices import drop, put
from itdesk.desk.queries.tickets import in_words
from itdesk.desk.transaction import Record, Transaction
from itdesk.domain.mentions import candidates
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import READERS, STAFF, Role
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import tuples
from itdesk.models.journal import JournalEntry
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket
from itdesk.models.work import Watcher

_WRITTEN = {"replied": "replied", "noted": "wrote a work note"}
_MOVED = frozenset({"status", "assignee", "team"})
"""Columns whose change a watcher is told."""

_EXCERPT = 80
_MOST_MENTIONS = 50


@dataclass(frozen=True, slots=True)
class _Told:
    """A record about a ticket, as notices tell it. `people` have been told of it already, or need not be."""

    record: Record
    ticket_id: int
    number: str
    subject: str
    requester: int
    who: str
    people: set[int]


def tell(tx: Transaction) -> None:
    """Give notice of what a transaction is about to record: at its end, before the journal is written."""
    for told in _of_tickets(tx):
        _tell_assignee(tx, told)
        _tell_mentioned(tx, told)
        _tell_watchers(tx, told)


def _of_tickets(tx: Transaction) -> Iterator[_Told]:
    about = [
        (record, int(record.object.partition(":")[2]))
        for record in tx.records
        if record.object.startswith("ticket:") and _says_something(record)
    ]
    if not about:
        return
    these = Ticket.id.in_(tx.session.desk.database.among(sorted({ticket_id for _, ticket_id in about})))
    tickets = {
        row[0]: row
        for row in tuples(Ticket.select(Ticket.id, Ticket.kind, Ticket.subject, Ticket.requester).where(these))
    }
    actor = tx.session.actor
    for record, ticket_id in about:
        _, kind, subject, requester = tickets[ticket_id]
        who = actor.login if record.actor == actor.id and actor.id else "the desk"
        number = format_number(Kind(kind), ticket_id)
        yield _Told(record, ticket_id, number, subject, requester, who, {record.actor, *record.facts.get("told", ())})


def _says_something(record: Record) -> bool:
    written = record.facts["verb"] if record.verb == "undone" else record.verb
    return written in _WRITTEN or bool(_MOVED & _changes(record).keys()) or "assignee" in record.facts


def _changes(record: Record) -> Mapping[str, Any]:
    changes: Mapping[str, Any] = record.facts.get("changes", {})
    return changes


def _tell_assignee(tx: Transaction, told: _Told) -> None:
    """Whoever got the ticket from somebody else, or whose it was when others moved it to another team or level.

    Whoever lost it need not read any more that he got it, nor whoever gets it back that he lost it.
    """
    record = told.record
    old, new = _changes(record).get("assignee", (None, record.facts.get("assignee")))
    if old:
        drop(NoticeKind.ASSIGNMENT, told.ticket_id, person=old)
        if _changes(record).keys() & {"team", "level"} and old not in told.people:
            said = in_words(tx.session, record.verb, record.facts, record.payload)
            put(
                tx, {old: f"{told.number} is no longer yours: {told.who} {said}"}, NoticeKind.ASSIGNMENT, told.ticket_id
            )
            told.people.add(old)
    if new and record.verb == "undone":
        drop(NoticeKind.ASSIGNMENT, told.ticket_id, person=new)
    if new and new not in told.people:
        gave = "gave back" if record.verb == "undone" else "assigned"
        who = "the desk" if "assignment" in record.payload else told.who
        text = f"{_capital(who)} {gave} {told.number} to you: {told.subject}"
        put(tx, {new: text}, NoticeKind.ASSIGNMENT, told.ticket_id)
        told.people.add(new)


def _tell_mentioned(tx: Transaction, told: _Told) -> None:
    """Staff whose login stands in the text; a text that is withdrawn has mentioned nobody."""
    record = told.record
    if record.verb == "undone" and record.facts["verb"] in _WRITTEN:
        [(at,)] = tuples(
            JournalEntry.select(JournalEntry.occurred_at).where(JournalEntry.seq == record.facts["reverts"])
        )
        drop(NoticeKind.MENTION, told.ticket_id, told_at=at)
    if record.verb not in _WRITTEN:
        return
    text = str(record.payload.get("text", ""))
    named = {login: first for first, _, login in candidates(text)} if "@" in text else {}
    if not named:
        return
    wanted = sorted(named)[:_MOST_MENTIONS]
    found = tuples(
        Person.select(Person.id, Person.login).where(
            Person.active & Person.role.in_(sorted(STAFF)) & fn.LOWER(Person.login).in_(wanted)
        )
    )
    texts = {
        person: f"{_capital(told.who)} mentions you on {told.number}: {_excerpt(text, named[login.lower()])}"
        for person, login in found
        if person not in told.people
    }
    put(tx, texts, NoticeKind.MENTION, told.ticket_id)
    told.people.update(texts)


def _excerpt(text: str, at: int) -> str:
    """What stands around a place in a text, in one line."""
    first = max(0, at - _EXCERPT // 2)
    part = " ".join(text[first : first + _EXCERPT].split())
    return f"“{'…' if first else ''}{part}{'…' if first + _EXCERPT < len(text) else ''}”"


def _tell_watchers(tx: Transaction, told: _Told) -> None:
    record = told.record
    rows = tuples(
        Watcher.select(Person.id, Person.role)
        .join(Person, on=(Watcher.person == Person.id))
        .where((Watcher.ticket == told.ticket_id) & Person.active)
    )
    for_staff = record.verb == "noted" or record.facts.get("verb") == "noted"
    people = {
        person
        for person, role in rows
        if person not in told.people and (Role(role) in READERS or (person == told.requester and not for_staff))
    }
    if not people:
        return
    said = _WRITTEN.get(record.verb) or in_words(tx.session, record.verb, record.facts, record.payload)
    text = f"{told.who} {said}"
    times = drop(NoticeKind.WATCHED, told.ticket_id, among=people)
    for person in people:
        count = times.get(person, 0) + 1
        counted = f"{count} changes, last: " if count > 1 else ""
        put(tx, {person: f"{told.number}: {counted}{text}"}, NoticeKind.WATCHED, told.ticket_id, times=count)


def _capital(text: str) -> str:
    return "The desk" if text == "the desk" else text
