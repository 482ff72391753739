"""One ticket: its facts, its timeline, its decisions, links and journal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from peewee import JOIN

from itdesk.desk.errors import NotFound
from itdesk.desk.queries.attachments import AttachedFile, attachments
from itdesk.desk.queries.withheld import (
    STAFF_ONLY,
    agreement_for,
    decision_without,
    facts_without,
    is_withheld,
    payload_without,
)
from itdesk.desk.session import SYSTEM, Session
from itdesk.desk.visible import visible
from itdesk.domain import clock_events, work_time
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.people import READERS
from itdesk.domain.ticket import (
    Channel,
    ClosureCode,
    Kind,
    LinkType,
    MessageKind,
    Status,
    WaitingReason,
    format_number,
    parse_number,
)
from itdesk.models import tickets as stored
from itdesk.models.base import objects, tuples
from itdesk.models.journal import JournalEntry, JournalPayload
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Message, Ticket, TicketLink


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person as a ticket shows them. `vip` and `languages` are for staff and auditors: never said to requesters."""

    id: int
    login: str
    name: str
    department: str
    site: str
    vip: bool = False
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link seen from this ticket.

    `title` reads "duplicate of", "parent of"; `type` and `outgoing` say which row it is.
    """

    title: str
    other_id: int
    other_number: str
    other_subject: str
    other_status: Status
    type: LinkType
    outgoing: bool


@dataclass(frozen=True, slots=True)
class TicketView:
    """A whole ticket as it stands. Times are aware UTC. `seq` is its newest journal entry.

    `agreement_told` is the agreement's name for whoever may read it.
    """

    id: int
    number: str
    kind: Kind
    external_id: str | None
    subject: str
    body: str
    requester: PersonCard
    channel: Channel
    site: str
    status: Status
    waiting_reason: WaitingReason | None
    category: str
    impact: str
    urgency: str
    priority: int
    major: bool
    team: str | None
    level: int
    assignee: str | None
    agreement: str | None
    due_at: datetime | None
    due_clock: str | None
    resolution: str
    root_cause: str
    opened_at: datetime
    changed_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    tags: tuple[str, ...]
    links: tuple[Link, ...]
    version: int
    seq: int
    workaround: str = ""
    closure_code: ClosureCode | None = None
    agreement_told: str | None = None
    attachments: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision with when it was made, by whom (login, None for the machine) and under which rulebook version."""

    decision: Decision
    decided_at: datetime
    decided_by: str | None
    rulebook: int | None


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A reply, a note, or what the requester wrote. `author` is a name, `login` the author's login."""

    id: int
    kind: MessageKind
    author: str
    login: str
    text: str
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A journal entry on a ticket.

    `who` is a login; `changes` values are as people read them; `told` is the reason given; `text` is the entry in
    words, without who: `took it, in progress`; `written` is what a reply or a note says.
    """

    seq: int
    at: datetime
    who: str
    verb: str
    text: str
    changes: Mapping[str, tuple[str, str]]
    told: str = ""
    undone: bool = False
    undid: str = ""
    written: str = ""


TimelineEntry = WrittenMessage | Event

_OTHER_ENDS = ("other", "into", "from")
"""Facts that name another ticket: the end of a link, where something went, where it came from."""

WRITTEN = {"replied": "replied", "noted": "wrote a work note", "test_asked": "asked the requester to test"}
"""Verbs of entries that somebody wrote, in words."""

_ONLY_WRITTEN = WRITTEN.keys() - {"test_asked"}
"""Verbs of entries that say nothing beside their message."""

_TOLD_WHEN_UNDONE = WRITTEN.keys() | {"submitted"}
"""Verbs whose undoing a timeline tells: they leave something that others have seen."""


def find_ticket(session: Session, number: str) -> int:
    """The id of the visible ticket of that number, or with that number at its old desk; raises NotFound."""
    wanted = number.strip().lstrip("#")
    with session.desk.database.translated():
        by_old_number = visible(session, Ticket.id).where(Ticket.external_id == wanted.upper()).first()
        if by_old_number is None:
            by_old_number = visible(session, Ticket.id).where(Ticket.external_id == wanted).first()
        if by_old_number is not None:
            return int(by_old_number.id)
        ticket_id = parse_number(wanted)
        stored_id = visible(session, Ticket.id).where(Ticket.id == ticket_id).first() if ticket_id else None
        if stored_id is not None:
            return int(stored_id.id)
    raise NotFound(f"There is no ticket {number} here. `itdesk list` shows what there is.")


def view(session: Session, ticket_id: int) -> TicketView:
    """The whole ticket; raises NotFound for one that is not there or not visible."""
    with session.desk.database.translated():
        requester = Person.alias("requester")
        assignee = Person.alias("assignee")
        row = (
            visible(session, Ticket, requester, Team.name.alias("team_name"), assignee.login.alias("assignee_login"))
            .join_from(Ticket, requester, on=(Ticket.requester == requester.id), attr="asked_by")
            .join_from(Ticket, Team, JOIN.LEFT_OUTER, on=(Ticket.team == Team.id), attr="in_team")
            .join_from(Ticket, assignee, JOIN.LEFT_OUTER, on=(Ticket.assignee == assignee.id), attr="with_person")
            .where(Ticket.id == ticket_id)
            .first()
        )
        if row is None:
            raise NotFound(f"There is no ticket {ticket_id} here.")
        database = session.desk.database
        tags = tuple(
            tag for (tag,) in database.rows("SELECT tag FROM ticket_tag WHERE ticket_id = ? ORDER BY tag", (ticket_id,))
        )
        (newest,) = database.row("SELECT max(seq) FROM journal WHERE object = ?", (f"ticket:{ticket_id}",))
        asked_by = row.asked_by
        return TicketView(
            id=row.id,
            number=format_number(Kind(row.kind), row.id),
            kind=Kind(row.kind),
            external_id=row.external_id,
            subject=row.subject,
            body=row.body,
            requester=PersonCard(
                asked_by.id,
                asked_by.login,
                asked_by.name,
                asked_by.department,
                asked_by.site,
                vip=bool(asked_by.vip) and session.actor.role in READERS,
                languages=tuple(asked_by.languages.split()) if session.actor.role in READERS else (),
            ),
            channel=Channel(row.channel),
            site=row.site,
            status=Status(row.status),
            waiting_reason=WaitingReason(row.waiting_reason) if row.waiting_reason else None,
            category=row.category,
            impact=row.impact,
            urgency=row.urgency,
            priority=row.priority,
            major=bool(row.major),
            team=row.in_team.team_name if row.team_id else None,
            level=row.level,
            assignee=row.with_person.assignee_login if row.assignee_id else None,
            agreement=row.agreement,
            agreement_told=agreement_for(session.actor.role, row.agreement),
            due_at=row.due_at,
            due_clock=row.due_clock,
            resolution=row.resolution,
            root_cause=row.root_cause,
            opened_at=row.opened_at,
            changed_at=row.changed_at,
            resolved_at=row.resolved_at,
            closed_at=row.closed_at,
            tags=tags,
            links=_links(session, ticket_id),
            version=row.version,
            seq=newest or 0,
            workaround=row.workaround,
            closure_code=ClosureCode(row.closure_code) if row.closure_code else None,
            attachments=attachments(session, ticket_id),
        )


def _links(session: Session, ticket_id: int) -> tuple[Link, ...]:
    shown: list[Link] = []
    for outgoing in (True, False):
        mine, theirs = (TicketLink.ticket, TicketLink.other) if outgoing else (TicketLink.other, TicketLink.ticket)
        rows = tuples(
            visible(session, TicketLink.type, Ticket.id, Ticket.kind, Ticket.subject, Ticket.status)
            .join_from(Ticket, TicketLink, on=(theirs == Ticket.id))
            .where(mine == ticket_id)
            .order_by(TicketLink.type, Ticket.id)
        )
        for link_type, other_id, kind, subject, status in rows:
            named = LinkType(link_type)
            shown.append(
                Link(
                    title=named.title if outgoing else named.inverse_title,
                    other_id=other_id,
                    other_number=format_number(Kind(kind), other_id),
                    other_subject=subject,
                    other_status=Status(status),
                    type=named,
                    outgoing=outgoing,
                )
            )
    shown.sort(key=lambda link: link.type is not LinkType.MERGED_INTO)
    return tuple(shown)


def decisions(session: Session, ticket_id: int) -> tuple[StoredDecision, ...]:
    """Every decision about a visible ticket, oldest first, without those undone; `in_force` tells which hold.

    Requesters are told less: see `withheld`.
    """
    _check_visible(session, ticket_id)
    may_see_people = session.actor.role in READERS
    with session.desk.database.translated():
        rows = objects(
            stored.Decision.select(stored.Decision, Person.login.alias("decider"))
            .join(Person, JOIN.LEFT_OUTER, on=(stored.Decision.decided_by == Person.id))
            .where((stored.Decision.ticket == ticket_id) & stored.Decision.retracted_at.is_null())
            .order_by(stored.Decision.id)
        )
        return tuple(
            StoredDecision(
                decision=_restored(row)
                if may_see_people
                else decision_without(_restored(row), own=row.decided_by_id == session.actor.id),
                decided_at=row.decided_at,
                decided_by=row.decider,
                rulebook=row.rulebook,
            )
            for row in rows
            if may_see_people or not is_withheld(Thing(row.thing))
        )


_OF_GATES = (Thing.CHECKLIST, Thing.TEST)


def _restored(row: stored.Decision) -> Decision:
    return Decision.restore(
        json.loads(row.details),
        thing=Thing(row.thing),
        value=row.value,
        source=Source(row.source),
        rule=row.rule,
        place=row.place,
        reason=row.reason,
    )


def decisions_in_force(session: Session, ticket_id: int) -> tuple[StoredDecision, ...]:
    """Those of a visible ticket that hold, as `in_force` orders them."""
    return in_force(decisions(session, ticket_id))


def in_force(decided: Sequence[StoredDecision]) -> tuple[StoredDecision, ...]:
    """Which of a ticket's decisions hold, thing by thing: the newest of each, but every escalation, the oldest first.

    An escalation replaces none before it: each did what it did.
    """
    held: dict[Thing, tuple[StoredDecision, ...]] = {}
    for item in decided:
        thing = item.decision.thing
        held[thing] = (*held.get(thing, ()), item) if thing is Thing.ESCALATION else (item,)
    return tuple(item for thing in Thing for item in held.get(thing, ()))


def messages(session: Session, ticket_id: int) -> tuple[WrittenMessage, ...]:
    """What was written on a visible ticket after it was opened, oldest first; notes only for staff and auditors."""
    _check_visible(session, ticket_id)
    with session.desk.database.translated():
        columns = (Message.id, Message.kind, Person.name, Person.login, Message.body, Message.channel)
        select = (
            Message.select(*columns, Message.written_at)
            .join(Person, on=(Message.author == Person.id))
            .where((Message.ticket == ticket_id) & Message.retracted_at.is_null())
            .order_by(Message.written_at, Message.id)
        )
        if session.actor.role not in READERS:
            select = select.where(Message.kind != MessageKind.NOTE)
        return tuple(
            WrittenMessage(one, MessageKind(kind), author, login, text, Channel(channel), at)
            for one, kind, author, login, text, channel, at in tuples(select)
        )


def events(session: Session, ticket_id: int, *, after: int = 0, messages_too: bool = True) -> tuple[Event, ...]:
    """The journal of a visible ticket in words, oldest first, from after a sequence number.

    Without `messages_too` it leaves out what only says that a message was written.
    """
    _check_visible(session, ticket_id)
    with session.desk.database.translated():
        rows = tuples(
            JournalEntry.select(
                JournalEntry.seq,
                JournalEntry.occurred_at,
                JournalEntry.actor,
                JournalEntry.verb,
                JournalEntry.facts,
                JournalPayload.payload,
            )
            .join(JournalPayload, JOIN.LEFT_OUTER, on=(JournalPayload.seq == JournalEntry.seq))
            .where(_told_to(session, ticket_id) & (JournalEntry.seq > after))
            .order_by(JournalEntry.seq)
        )
        parsed = [
            (seq, at, actor, verb, *_readable(session, actor, verb, facts, payload))
            for seq, at, actor, verb, facts, payload in rows
            if messages_too or not _is_message(verb, facts, payload)
        ]
        names = _Names.of(session, parsed)
        without = _without(parsed) if session.actor.role in READERS else {}
    undone = clock_events.undone([clock_events.Entry(seq, verb, facts, 0, 0) for seq, _, _, verb, facts, _ in parsed])
    return tuple(
        Event(
            seq=seq,
            at=at,
            who=names.person(_doer(verb, facts, actor)),
            verb=verb,
            text=describe(
                verb,
                facts,
                changes := names.readable(facts, payload),
                payload,
                names.other(facts),
                without.get(seq, ""),
            ),
            changes=changes,
            told=str(payload.get("reason", "")),
            undone=seq in undone,
            undid=facts["verb"] if verb == "undone" else "",
            written=str(payload.get("text", "")) if verb in WRITTEN else "",
        )
        for seq, at, actor, verb, facts, payload in parsed
    )


def _is_message(verb: str, facts: str, payload: str | None) -> bool:
    """Whether an entry only says that a message was written: of a long conversation it is not worth parsing."""
    return verb in _ONLY_WRITTEN and '"changes"' not in facts and '"changes"' not in (payload or "")


def _without(parsed: "_Parsed") -> Mapping[int, str]:
    """By the entries that resolved a ticket past required steps or a test: without what, and why. For staff alone."""
    decided = {one: seq for seq, *_, verb, facts, _ in parsed if verb == "resolved" for one in facts.get("decided", ())}
    if not decided:
        return {}
    told: dict[int, str] = {}
    of_gates = stored.Decision.thing.in_(_OF_GATES)
    columns = (stored.Decision.id, stored.Decision.thing, stored.Decision.value, stored.Decision.reason)
    rows = tuples(stored.Decision.select(*columns).where(of_gates & stored.Decision.id.in_(sorted(decided))))
    for one, thing, value, reason in sorted(rows):
        steps = value.replace("without", "without steps" if "," in value else "without step")
        what = steps if thing == Thing.CHECKLIST else "without a passed test"
        told[decided[one]] = f"{told.get(decided[one], '')}, {what}{f' ({reason})' if reason else ''}"
    return told


def _readable(
    session: Session, actor: int, verb: str, facts: str, payload: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What this person may read of an entry's facts and payload."""
    found: tuple[dict[str, Any], dict[str, Any]] = (json.loads(facts), json.loads(payload or "{}"))
    if session.actor.role in READERS:
        return found
    return facts_without(found[0]), payload_without(verb, found[1], own=actor == session.actor.id)


def in_words(
    session: Session, verb: str, facts: dict[str, Any], payload: dict[str, Any], *, for_requesters: bool = False
) -> str:
    """What a journal entry to be says, without who did it: `assigned it to anna`.

    `for_requesters`: no more than any requester of the ticket may read, whoever acts.
    """
    if for_requesters:
        facts, payload = facts_without(facts), payload_without(verb, payload, own=False)
    names = _Names.of(session, [(0, session.clock(), 0, verb, facts, payload)])
    if for_requesters:
        names = replace(names, tickets={})
    return describe(verb, facts, names.readable(facts, payload), payload, names.other(facts))


def timeline(session: Session, ticket_id: int) -> tuple[TimelineEntry, ...]:
    """Messages and events of a visible ticket, oldest first, each thing once: a message stands for its journal entry.

    The opening text is the ticket's body, not an entry. What was undone is left out together with its undoing,
    except that the withdrawal of a message or of the whole ticket is told.
    """
    told: list[TimelineEntry] = list(messages(session, ticket_id))
    for event in events(session, ticket_id, messages_too=False):
        if (event.undone and event.verb != "submitted") or (event.undid and event.undid not in _TOLD_WHEN_UNDONE):
            continue
        if event.text:
            told.append(event)
    return tuple(sorted(told, key=lambda entry: (entry.at, entry.seq if isinstance(entry, Event) else 0)))


def journal_entries(session: Session, ticket_id: int) -> tuple[dict[str, Any], ...]:
    """The journal of a visible ticket as plain data: seq, times, actor (login), verb, facts, payload; oldest first."""
    _check_visible(session, ticket_id)
    with session.desk.database.translated():
        rows = objects(
            JournalEntry.select(JournalEntry, JournalPayload.payload.alias("payload"))
            .join(JournalPayload, JOIN.LEFT_OUTER, on=(JournalPayload.seq == JournalEntry.seq))
            .where(_told_to(session, ticket_id))
            .order_by(JournalEntry.seq)
        )
        parsed = [
            (
                row.seq,
                row.occurred_at,
                row.actor,
                row.verb,
                *_readable(session, row.actor, row.verb, row.facts, row.payload),
            )
            for row in rows
        ]
        names = _Names.of(session, parsed)
    return tuple(
        {
            "seq": row.seq,
            "recorded_at": row.recorded_at,
            "occurred_at": row.occurred_at,
            "actor": names.person(row.actor),
            "verb": row.verb,
            "facts": names.of_seen_tickets(facts),
            "payload": payload if row.payload is not None else None,
            "hash": bytes(row.hash).hex(),
        }
        for row, (*_, facts, payload) in zip(rows, parsed, strict=True)
    )


def _told_to(session: Session, ticket_id: int) -> Any:
    """The journal entries of a ticket that this person may read: about notes and checklists only staff and auditors."""
    entries = JournalEntry.object == f"ticket:{ticket_id}"
    if session.actor.role in READERS:
        return entries
    inner = (JournalEntry.facts.contains(f'"verb":"{verb}"') for verb in STAFF_ONLY)
    withdrawn = (JournalEntry.verb == "undone") & reduce(or_, inner)
    return entries & JournalEntry.verb.not_in(STAFF_ONLY) & ~withdrawn


def _check_visible(session: Session, ticket_id: int) -> None:
    with session.desk.database.translated():
        if visible(session, Ticket.id).where(Ticket.id == ticket_id).first() is None:
            raise NotFound(f"There is no ticket {ticket_id} here.")


_Parsed = list[tuple[int, datetime, int, str, dict[str, Any], dict[str, Any]]]
"""Journal entries: sequence number, when, who (an id), verb, facts, payload."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Logins, team names and ticket numbers for the ids in journal facts."""

    logins: Mapping[int, str]
    teams: Mapping[int, str]
    tickets: Mapping[int, str]

    @classmethod
    def of(cls, session: Session, parsed: "_Parsed") -> "_Names":
        people = {actor for _, _, actor, *_ in parsed}
        teams: set[int] = set()
        linked = sorted({facts[end] for *_, facts, _payload in parsed for end in _OTHER_ENDS if end in facts})
        for *_, facts, _payload in parsed:
            changes = facts.get("changes", {})
            people.update(one for one in changes.get("assignee", ()) if one)
            teams.update(one for one in changes.get("team", ()) if one)
            if facts.get("team"):
                teams.add(facts["team"])
        found = tuples(Team.select(Team.id, Team.name).where(Team.id.in_(sorted(teams)))) if teams else []
        these = Ticket.id.in_(session.desk.database.among(linked))
        others = tuples(visible(session, Ticket.id, Ticket.kind).where(these)) if linked else []
        numbers = {ticket_id: format_number(Kind(kind), ticket_id) for ticket_id, kind in others}
        return cls(cls.people(people), dict(found), numbers)

    @staticmethod
    def people(ids: set[int]) -> dict[int, str]:
        return dict(tuples(Person.select(Person.id, Person.login).where(Person.id.in_(sorted(ids))))) if ids else {}

    def other(self, facts: dict[str, Any]) -> str:
        """The number of the other ticket, if there is one; nothing of one that this person may not see."""
        return next((self.tickets.get(facts[end], "another ticket") for end in _OTHER_ENDS if end in facts), "")

    def of_seen_tickets(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Facts without the id of a ticket that this person may not see."""
        return {name: value for name, value in facts.items() if name not in _OTHER_ENDS or value in self.tickets}

    def person(self, person_id: int) -> str:
        return self.logins.get(person_id, "itdesk")

    def readable(self, facts: dict[str, Any], payload: dict[str, Any]) -> dict[str, tuple[str, str]]:
        changes = {**facts.get("changes", {}), **payload.get("changes", {})}
        return {name: (self._value(name, old), self._value(name, new)) for name, (old, new) in changes.items()}

    def _value(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        if name == "assignee":
            return self.person(value)
        if name == "team":
            return self.teams.get(value, str(value))
        if name == "status":
            return Status(value).title
        if name == "priority":
            return f"P{value}"
        if name == "level":
            return f"L{value}"
        if name == "tags":
            return ", ".join(value)
        return str(value)


def _told_whom(payload: Mapping[str, Any]) -> str:
    return f" · told {payload['told']}{_instead_of(payload)}" if payload.get("told") else ""


def _instead_of(payload: Mapping[str, Any]) -> str:
    """Whom others stood in for: who left, or is away."""
    return f" instead of {payload['instead_of']}" if payload.get("instead_of") else ""


_WITHDREW = {
    "replied": "withdrew a reply",
    "noted": "withdrew a note",
    "test_asked": "withdrew the request to test",
    "submitted": "withdrew the ticket",
}

_DONE_TO_VISITS = {
    "visit_planned": "planned a visit",
    "visit_moved": "moved the visit",
    "visit_begun": "noted that the visit begins",
    "visit_done": "noted that the visit is done",
    "visit_cancelled": "cancelled the visit",
}


def describe(
    verb: str,
    facts: Mapping[str, Any],
    changes: Mapping[str, tuple[str, str]],
    payload: Mapping[str, Any],
    other: str = "",
    without: str = "",
) -> str:
    """A journal entry on a ticket in words, without who did it; empty for one that says nothing by itself.

    `other` is the number of the other ticket that it is about, if any; `without` is what a resolution went without.
    """
    status = changes["status"][1] if "status" in changes else ""
    told = f": {payload['reason']}" if payload.get("reason") else ""
    given = f" · {payload['assignment']}" if payload.get("assignment") else ""
    match verb:
        case "submitted":
            return f"opened it: {facts['category']} · P{facts['priority']} · L{facts['level']}{given}"
        case "imported":
            return _list_changes(changes) or "imported"
        case "taken":
            return f"took it{f', {status}' if status else ''}"
        case "assigned":
            return f"{_given(changes, pushed=bool(given))}{told}{given}".removeprefix(" · ")
        case "categorized":
            return f"category {' → '.join(changes['category'])}{_moved(changes)}{told}{given}"
        case "prioritized":
            return f"priority {' → '.join(changes.get('priority', ('', 'unchanged')))}{told}"
        case "routed" | "escalated":
            up = " to management" if facts.get("escalation") == "hierarchical" else ""
            return f"{verb}{_moved(changes)}{up}{_rise(changes)}{told}{given}{_told_whom(payload)}"
        case "alerted" if not (payload.get("told") or payload.get("instead_of")):
            return f"found nothing to do by the step {facts['step']}{told}"
        case "alerted":
            return f"alerted {payload.get('told') or 'nobody'}{_instead_of(payload)}{told}"
        case "status_changed":
            waits = changes.get("waiting_reason", ("", ""))[1]
            why = f": {other} is resolved" if other else told
            return f"{' → '.join(changes['status']) if status else 'waiting'}{f': {waits}' if waits else ''}{why}"
        case "resolved":
            text = changes.get("resolution", ("", ""))[1]
            same = f", a duplicate, with {other}" if other else ""
            children = f", its children still open{told}" if facts.get("open_children") else ""
            return f"resolved it{same}{children}{without}{f': {text}' if text else ''}"
        case "closed" | "cancelled" | "reopened":
            agreed = f" · {_agreed(changes)}" if "agreement" in changes else ""
            return f"{verb} it{told}{given}{agreed}"
        case "tagged":
            return f"tags: {changes['tags'][1] or 'none'}"
        case "linked" | "linked_from" | "unlinked" | "unlinked_from":
            link = LinkType(facts["link"])
            title = link.inverse_title if verb.endswith("_from") else link.title
            return f"{'unlinked' if verb.startswith('un') else 'linked'} it: {title} {other}{told}"
        case "attached" | "attached_for_staff" | "detached" | "detached_for_staff":
            names = ", ".join(payload.get("names", ())) or "a file"
            hidden = " (staff only)" if verb.endswith("_for_staff") else ""
            return f"{'attached' if verb.startswith('attached') else 'removed'} {names}{hidden}"
        case "merged":
            return f"merged it into {other}{told}"
        case "merged_from":
            holder = f" · assigned to {changes['assignee'][1]}" if "assignee" in changes else ""
            return f"merged {other} into it{_rise(changes)}{holder}{told}"
        case "split_off":
            return f"split {other} off it"
        case "split_from":
            return f"split it off {other}"
        case "declared_major":
            return f"declared a major incident{told}"
        case "withdrew_major":
            return f"withdrew the major incident{told}"
        case "replied" | "noted":
            return status
        case "visit_planned" | "visit_moved" | "visit_begun" | "visit_done" | "visit_cancelled":
            what = _DONE_TO_VISITS[verb]
            visit = f": {payload['visit']}" if payload.get("visit") else ""
            now = f", {status}" if status else ""
            return f"{what}{visit}{now}{' (in spite of what clashes)' if facts.get('anyway') else ''}{told}"
        case "step_ticked" | "step_unticked" | "step_added":
            entered = f": {payload['entered']}" if payload.get("entered") and verb == "step_ticked" else ""
            return f"{verb.removeprefix('step_')} step {_place(facts)} {payload.get('step', '')}{entered}"
        case "checklist_applied":
            return f"applied the checklist {facts['sop']}"
        case "approval_asked":
            return f"asked for the approval of {payload.get('approvers', 'others')}{_wanted_by(facts)}{told}"
        case "approved" | "rejected":
            more = "" if facts.get("outcome") else ", others must as well"
            whose = " as a substitute" if facts.get("substitute") else ""
            return f"{verb} it{whose}{f', {status}' if status else more}{told}"
        case "approval_withdrawn":
            return f"withdrew the request for approval{told}"
        case "passed_on_for_approval":
            instead = f" instead of {payload['of']}, who {payload.get('why', 'left')}" if payload.get("of") else ""
            return f"passed the approval on to {payload.get('approvers', 'others')}{instead}"
        case "approval_overdue":
            return "reminded the approvers and their substitutes: the deadline has passed"
        case "diagnosed":
            return " · ".join(f"{name.replace('_', ' ')}: {new or 'none'}" for name, (_, new) in changes.items())
        case "tested":
            how = f" ({payload['how']})" if payload.get("how") else ""
            return f"tested {payload.get('what', 'it')}{how}: {facts['outcome']}{f', {status}' if status else ''}"
        case "test_asked":
            return WRITTEN["test_asked"]
        case "logged":
            whose = f" for {payload['who']}" if payload.get("who") else ""
            about = f": {payload['text']}" if payload.get("text") else ""
            return f"logged {work_time.in_words(facts['minutes'])}{whose}{about}"
        case "watched":
            return f"lets {payload['who']} watch it" if payload.get("who") else "watches it"
        case "unwatched":
            return f"took {payload['who']} off the watchers" if payload.get("who") else "stopped watching it"
        case "agreement_changed":
            return _agreed(changes)
        case "breached":
            from itdesk.domain.agreements import ClockName

            return f"{ClockName(facts['clock']).title} missed"
        case "undone":
            undid = facts["verb"].replace("_", " ")
            return _WITHDREW.get(facts["verb"], f"undid: {undid}")
        case _:
            return verb.replace("_", " ")


def _rise(changes: Mapping[str, tuple[str, str]]) -> str:
    return f" · priority {' → '.join(changes['priority'])}" if "priority" in changes else ""


def _agreed(changes: Mapping[str, tuple[str, str]]) -> str:
    return f"agreement {' → '.join(name or 'none' for name in changes['agreement'])}"


def _moved(changes: Mapping[str, tuple[str, str]]) -> str:
    parts = [changes[name][1] for name in ("team", "level") if name in changes and changes[name][1]]
    return f" to {', '.join(parts)}" if parts else ""


def _wanted_by(facts: Mapping[str, Any]) -> str:
    """Which rule wants an approval; a requester reads that it is a rule, and nothing where somebody asked by hand."""
    rule = facts.get("rule")
    return "" if rule == "" else f", as {f'the rule {rule}' if rule else 'a rule'} wants"


def _doer(verb: str, facts: Mapping[str, Any], actor: int) -> int:
    """Who did what an entry tells (an id): what a rule wants approved the desk asks for, whoever was at the ticket."""
    return SYSTEM.id if verb == "approval_asked" and facts.get("rule") != "" else actor


def _place(facts: Mapping[str, Any]) -> int:
    return int(facts["place"] if "place" in facts else facts["checklist"]["added"][0])


def _given(changes: Mapping[str, tuple[str, str]], *, pushed: bool) -> str:
    """What an assignment did, `pushed` where its team then gave the ticket to somebody; nothing if that is all."""
    before, to = changes.get("assignee", ("", ""))
    team = changes["team"][1] if "team" in changes else ""
    if to and not pushed:
        return f"assigned it to {to}{f' in {team}' if team else ''}"
    if before:
        return f"gave it back{f' in {team}' if team else ''}"
    return f"moved it to {team}" if team else ""


def _list_changes(changes: Mapping[str, tuple[str, str]]) -> str:
    silent = {"resolved_at", "closed_at", "level", "impact", "urgency"}
    return ", ".join(
        f"{name.replace('_', ' ')} {new or 'none'}" for name, (_, new) in changes.items() if name not in silent
    )
