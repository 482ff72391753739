"""Who is told of what an action did: whoever got or lost a ticket, is answered, was mentioned, or watches it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from itdesk.desk.notices import drop, hand_on, put
from itdesk.desk.queries.duty import absent
from itdesk.desk.queries.tickets import WRITTEN, in_words
from itdesk.desk.recipients import lead_of
from itdesk.desk.transaction import Record, Transaction
from itdesk.domain.mentions import candidates
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import READERS, STAFF, Role
from itdesk.domain.ticket import SETTLED, ClosureCode, Kind, MessageKind, Status, format_number
from itdesk.models.base import tuples
from itdesk.models.journal import JournalEntry
from itdesk.models.people import Person

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
    status: Status
    merged: bool
    assignee: int | None
    team: int | None
    who: str
    people: set[int]


def tell(tx: Transaction) -> None:
    """Give notice of what a transaction is about to record: at its end, before the journal is written."""
    of_tickets = list(_of_tickets(tx))
    answered = _answered(tx, of_tickets)
    for told in of_tickets:
        _tell_assignee(tx, told)
        if told.ticket_id in answered:
            _hand_on_answer(tx, told)
        _tell_answered(tx, told)
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
    database = tx.session.desk.database
    wanted, these = database.among_in_sql(sorted({ticket_id for _, ticket_id in about}))
    rows = database.execute(
        "SELECT id, kind, subject, requester_id, status, closure_code, assignee_id, team_id FROM ticket"  # noqa: S608
        f" WHERE id IN {wanted}",
        these,
    ).fetchall()
    tickets = {ticket_id: row for ticket_id, *row in rows}
    actor = tx.session.actor
    for record, ticket_id in about:
        kind, subject, requester, status, closure_code, assignee, team = tickets[ticket_id]
        yield _Told(
            record,
            ticket_id,
            format_number(Kind(kind), ticket_id),
            subject,
            requester,
            Status(status),
            closure_code == ClosureCode.MERGED,
            assignee,
            team,
            actor.login if record.actor == actor.id and actor.id else "the desk",
            {record.actor, *record.facts.get("told", ())},
        )


def _says_something(record: Record) -> bool:
    written = record.facts["verb"] if record.verb == "undone" else record.verb
    return (
        written in WRITTEN
        or written == "merged_from"
        or bool(_MOVED & _changes(record).keys())
        or "assignee" in record.facts
    )


def _changes(record: Record) -> Mapping[str, Any]:
    changes: Mapping[str, Any] = record.facts.get("changes", {})
    return changes


def _tell_assignee(tx: Transaction, told: _Told) -> None:
    """Whoever got the ticket from somebody else, and whoever lost it to others.

    Whoever lost it need not read any more that he got it, nor whoever gets it back that he lost it. Where it was given
    by mistake and that is taken back, whoever has not read of it is told nothing.
    """
    record, texts = told.record, dict[int, str]()
    old, new = _changes(record).get("assignee", (None, record.facts.get("assignee")))
    taken_back = record.verb == "undone"
    unread = drop(NoticeKind.ASSIGNMENT, told.ticket_id, among={old, new} - {None}) if old or taken_back else {}
    if old and old not in told.people and not (taken_back and old in unread):
        texts[old] = f"{told.number} is no longer yours: {told.who} {_how_it_went(tx, record)}"
    if new and new not in told.people:
        who = "the desk" if "assignment" in record.payload else told.who
        texts[new] = f"{_capital(who)} {'gave back' if taken_back else 'assigned'} {told.number} to you: {told.subject}"
    if texts:
        put(tx, texts, NoticeKind.ASSIGNMENT, told.ticket_id)
        told.people.update(texts)


def _how_it_went(tx: Transaction, record: Record) -> str:
    """How a ticket was taken from somebody, without who did it."""
    match record.verb:
        case "undone":
            return "took that back"
        case "status_changed":
            return f"made it {Status(_changes(record)['status'][1]).title}"
        case _:
            return in_words(tx.session, record.verb, record.facts, record.payload)


def _answered(tx: Transaction, of_tickets: Sequence[_Told]) -> set[int]:
    """The tickets that get or lose their holder and of whose answers somebody was told."""
    given = sorted({told.ticket_id for told in of_tickets if "assignee" in _changes(told.record)})
    if not given:
        return set()
    database = tx.session.desk.database
    wanted, these = database.among_in_sql(given)
    rows = database.execute(
        f"SELECT ticket_id FROM notice WHERE kind = '{NoticeKind.ANSWER}' AND ticket_id IN {wanted}",  # noqa: S608
        these,
    ).fetchall()
    return {ticket_id for (ticket_id,) in rows}


def _hand_on_answer(tx: Transaction, told: _Told) -> None:
    """An unread answer goes along to whoever gets the ticket; of the others only who watches it keeps his.

    Where that is taken back, it goes back to those who had it, though it was read meanwhile.
    """
    record = told.record
    if "assignee" not in _changes(record):
        return
    new = _changes(record)["assignee"][1]
    watching = {person for person, _ in _watching(tx, told.ticket_id)}
    if record.verb != "undone":
        had = hand_on(NoticeKind.ANSWER, told.ticket_id, {new}, keep=watching) if new else set()
        if had:
            record.facts["answer_of"] = sorted(had)
        return
    since, facts = _undone(record)
    if new or "answer_of" in facts:
        back = set(facts.get("answer_of", (new,)))
        hand_on(NoticeKind.ANSWER, told.ticket_id, back - watching, keep=watching, read_since=since)


def _tell_answered(tx: Transaction, told: _Told) -> None:
    """Whoever works on what its requester wrote on, or what the words of a merged ticket's requester were passed on to.

    One notice a ticket, until it was read.
    """
    record = told.record
    if record.verb == "undone" and record.facts["verb"] in WRITTEN:
        for person, count in drop(NoticeKind.ANSWER, told.ticket_id, told_at=_undone(record)[0]).items():
            if count > 1:
                text = f"{told.number} was answered; the last answer was taken back"
                put(tx, {person: text}, NoticeKind.ANSWER, told.ticket_id, times=count - 1)
    answered = record.verb == "replied" and record.facts["kind"] == MessageKind.REQUESTER and not told.merged
    passed_on = record.verb == "noted" and "from" in record.facts
    if not (answered or passed_on):
        return
    people = _concerned(tx, told)
    state = f", which is {told.status.title} and can be reopened" if told.status in SETTLED else ""
    excerpt = _excerpt(str(record.payload["text"]), 0)
    times = drop(NoticeKind.ANSWER, told.ticket_id, among=people)
    for person in people:
        count = times.get(person, 0) + 1
        counted = f" ({count} answers)" if count > 1 else ""
        text = f"{told.who} answered on {told.number}{counted}{state}: {excerpt}"
        put(tx, {person: text}, NoticeKind.ANSWER, told.ticket_id, times=count)
    told.people.update(people)


def _concerned(tx: Transaction, told: _Told) -> set[int]:
    """Whoever has the ticket; where nobody is there who has it, the staff who watch it, else its team's lead.

    Without whoever has been told.
    """
    people: set[int] = set()
    if told.assignee is not None and Person.get_by_id(told.assignee).active:
        people = {told.assignee}
        if not absent(tx.session, [told.assignee], tx.now):
            return people - told.people
    people |= {person for person, role in _watching(tx, told.ticket_id) if role in STAFF} or lead_of(
        tx, told.team
    ).people
    return people - told.people


def _undone(record: Record) -> tuple[datetime, Mapping[str, Any]]:
    """The moment and the facts of what an entry takes back."""
    entry = JournalEntry.select(JournalEntry.occurred_at, JournalEntry.facts)
    [(at, facts)] = tuples(entry.where(JournalEntry.seq == record.facts["reverts"]))
    return at, json.loads(facts)


def _tell_mentioned(tx: Transaction, told: _Told) -> None:
    """Staff whose login stands in the text; a text that is withdrawn has mentioned nobody."""
    record = told.record
    if record.verb == "undone" and record.facts["verb"] in WRITTEN:
        drop(NoticeKind.MENTION, told.ticket_id, told_at=_undone(record)[0])
    if record.verb not in WRITTEN:
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
    for_staff = record.verb == "noted" or record.facts.get("verb") == "noted"
    people = {
        person: role
        for person, role in _watching(tx, told.ticket_id)
        if person not in told.people and (role in READERS or (person == told.requester and not for_staff))
    }
    if record.verb == "merged":  # who watches the ticket that stays learns of it there
        people = {person: people[person] for person in people.keys() - dict(_watching(tx, record.facts["into"]))}
    if not people:
        return
    times = drop(NoticeKind.WATCHED, told.ticket_id, among=people)
    for person, role in people.items():
        said = WRITTEN.get(record.verb) or in_words(
            tx.session, record.verb, record.facts, record.payload, for_requesters=role not in READERS
        )
        count = times.get(person, 0) + 1
        counted = f"{count} changes, last: " if count > 1 else ""
        text = f"{told.number}: {counted}{told.who} {said}"
        put(tx, {person: text}, NoticeKind.WATCHED, told.ticket_id, times=count)


def _watching(tx: Transaction, ticket_id: int) -> list[tuple[int, Role]]:
    """Who watches a ticket, with their roles."""
    database = tx.session.desk.database
    rows = database.execute(
        "SELECT person.id, person.role FROM watcher JOIN person ON person.id = watcher.person_id"  # noqa: S608 its own mark
        f" WHERE watcher.ticket_id = {database.param} AND person.active",
        (ticket_id,),
    ).fetchall()
    return [(person, Role(role)) for person, role in rows]


def _capital(text: str) -> str:
    return "The desk" if text == "the desk" else text
