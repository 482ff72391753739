"""Merging tickets that are about one thing, and splitting one that is about two."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from itdesk.desk import links
from itdesk.desk.approvals import Ended, asked_no_longer, end_pending, followed_merge, refuse_merging_away
from itdesk.desk.assignment import away_from_desk
from itdesk.desk.attachments import move_attachments
from itdesk.desk.change import Change, Targets, TicketRef, ids
from itdesk.desk.communication import add_message, checked_text, reindex
from itdesk.desk.errors import Refused
from itdesk.desk.intake import NewTicket, open_ticket
from itdesk.desk.notices import notify
from itdesk.desk.transaction import Changes, Transaction, action, for_each, number, told
from itdesk.desk.triage import require_open, to_holder
from itdesk.desk.watchers import is_watched
from itdesk.domain.decisions import Thing
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import READERS, STAFF, Role
from itdesk.domain.ticket import Channel, ClosureCode, Kind, LinkType, MessageKind, Status, stays_in_merge
from itdesk.models.attachments import Attachment
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.journal import JournalEntry
from itdesk.models.people import Person
from itdesk.models.schedule import Appointment
from itdesk.models.tickets import Decision, Message, Ticket, TicketLink
from itdesk.models.work import Watcher, WorkLog

_FOLLOWING = (LinkType.DUPLICATE_OF, LinkType.CHILD_OF, LinkType.CAUSED_BY)
"""Links to a merged ticket that go on to the one that survives: something is still expected of it."""


_ONE_SITTING = timedelta(minutes=15)
"""So near to each other what somebody wrote and what he attached belong together."""


@action(STAFF, "merge tickets")
def merge(
    tx: Transaction, targets: Targets, into: TicketRef | int | None = None, *, anyway: bool = False, reason: str = ""
) -> Change:
    """Merge tickets into one of them, as `into` says or `stays_in_merge`; the others are closed and point there.

    What was written, attached and logged and who watches goes with them, and the opening text of each becomes a
    message. The graver priority holds, and where nobody has the one that survives, whoever has the gravest of the
    others gets it, of equals the one who has had his longest; who is away gets nothing. An approval that one of the
    others waits for is asked for no longer; where a rule asks for it, only a supervisor may do so. One with a planned
    visit refuses. A ticket of another requester refuses unless `anyway`: then all
    that he can see stays with his own ticket, only work notes move, and his opening text is a work note, so that
    neither requester reads the other.
    """
    every = [*targets, *([into] if into is not None and links.id_of(into) not in ids(targets) else [])]
    if len(set(ids(every))) < 2:
        raise Refused("A merge takes two tickets at least.")
    locked = {ticket.id: ticket for ticket in tx.tickets(every)}
    survivor = stays_in_merge(locked.values()) if into is None else locked[links.id_of(into)]
    require_open(tx, survivor, "merged into")
    before = survivor.priority, survivor.assignee_id
    others: list[int] = []
    ended: list[Ended] = []
    requesters: set[int] = set()
    leaving = [target for target in targets if links.id_of(target) != survivor.id]
    heirs = _heirs(tx, survivor, [locked[ticket_id] for ticket_id in ids(leaving)], anyway)

    def deed(gone: Ticket) -> str:
        _refuse_merge(tx, gone, survivor, anyway)
        ended.append(end_pending(tx, gone))
        requesters.add(gone.requester_id)
        others.extend(_merge_one(tx, gone, survivor, heirs, reason, ended[-1]))
        return f"Merged {number(gone)} into {number(survivor)}."

    change = for_each(tx, leaving, deed, f"Merged into {number(survivor)}:")
    tx.update(survivor)
    reindex(tx, survivor)
    remark = _what_became_of(survivor, *before) + _who_is_away(survivor, heirs)
    remark += followed_merge(tx, survivor, requesters)
    return change.also((survivor.id, *others), remark + asked_no_longer([one.which for one in ended if one.which]))


def _what_became_of(survivor: Ticket, priority: int, holder: int | None) -> str:
    """What the survivor took on from the others, as a sentence; mostly nothing."""
    became = [f"P{survivor.priority}"] if survivor.priority != priority else []
    if survivor.assignee_id != holder:
        became.append(f"assigned to {Person.get_by_id(survivor.assignee_id).login}")
    return f" {number(survivor)} is now {' and '.join(became)}." if became else ""


def _who_is_away(survivor: Ticket, heirs: "_Heirs") -> str:
    """Why nobody has the survivor, though somebody had another, as a sentence; mostly nothing."""
    if survivor.assignee_id is not None or not heirs.away:
        return ""
    return f" Nobody has {number(survivor)}: {'; '.join(heirs.away)}."


@dataclass(frozen=True, slots=True)
class _Heirs:
    """Who gets a survivor that nobody has, and from which ticket (an id); None for nobody, and why nobody does."""

    ticket: int | None = None
    holder: Person | None = None
    away: tuple[str, ...] = ()


def _heirs(tx: Transaction, survivor: Ticket, leaving: Sequence[Ticket], anyway: bool) -> _Heirs:
    """Of the holders who are there, that of the gravest ticket; of equals the one who has had his longest."""
    held = [one for one in leaving if one.assignee_id is not None and _may_merge(tx, one, survivor, anyway)]
    if survivor.assignee_id is not None or not held:
        return _Heirs()
    decided = (Decision.thing == Thing.ASSIGNEE) & Decision.retracted_at.is_null()
    these = tx.session.desk.database.among([one.id for one in held])
    select = Decision.select(Decision.ticket, Decision.decided_at).where(decided & Decision.ticket.in_(these))
    since = dict(tuples(select.order_by(Decision.id)))
    held.sort(key=lambda one: (not one.major, one.priority, since.get(one.id, one.opened_at), one.id))
    reasons = []
    for one in held:
        holder = Person.get_by_id(one.assignee_id)
        why = away_from_desk(tx, holder)
        if not why and Role(holder.role) in STAFF:
            return _Heirs(one.id, holder)
        reasons += [why] if why else []
    return _Heirs(away=tuple(dict.fromkeys(reasons)))


def _may_merge(tx: Transaction, gone: Ticket, survivor: Ticket, anyway: bool) -> bool:
    try:
        _refuse_merge(tx, gone, survivor, anyway)
    except Refused:
        return False
    return True


def _refuse_merge(tx: Transaction, gone: Ticket, survivor: Ticket, anyway: bool) -> None:
    require_open(tx, gone, "merged")
    if gone.requester_id != survivor.requester_id and not anyway:
        raise Refused(
            f"{number(gone)} and {number(survivor)} are of two requesters, who would read each other's words. Make one "
            "a duplicate of the other, or merge them anyway: then only work notes move."
        )
    if (gone.kind == Kind.PROBLEM) != (survivor.kind == Kind.PROBLEM):
        raise Refused(f"{number(gone)} and {number(survivor)}: link a problem and its incidents, do not merge them.")
    if gone.major and not survivor.major:
        raise Refused(f"{number(gone)} is a major incident: merge {number(survivor)} into it instead.")
    refuse_merging_away(tx, gone)
    if Appointment.select().where((Appointment.ticket == gone.id) & Appointment.planned()).exists():
        raise Refused(f"{number(gone)} has a planned visit. End or cancel it, and plan it for {number(survivor)}.")


def _merge_one(tx: Transaction, gone: Ticket, survivor: Ticket, heirs: _Heirs, reason: str, ended: Ended) -> list[int]:
    """Merge one ticket; the ids of others whose links follow."""
    apart = gone.requester_id != survivor.requester_id
    moved = _take_over(tx, gone, survivor, apart=apart)
    others = _links_follow(tx, gone, survivor)
    taken_on = _take_on(tx, gone, survivor, heirs)
    changes = tx.update(
        gone,
        status=Status.CLOSED,
        waiting_reason=None,
        resolved_at=None,
        closed_at=tx.now,
        closure_code=ClosureCode.MERGED,
    )
    TicketLink.create(ticket=gone.id, type=LinkType.MERGED_INTO, other=survivor.id)
    tx.record("merged", gone, changes, facts={"into": survivor.id, **ended.facts}, payload=told(reason))
    facts = {"from": gone.id, "apart": apart, **moved}
    tx.record("merged_from", survivor, taken_on, facts=facts, payload=told(reason))
    text = f"{number(gone)} was merged into {number(survivor)}."
    notify(tx, _holders_to_tell(gone, survivor, taken_on), NoticeKind.LINKED, text, survivor)
    reindex(tx, gone)
    return others


def _holders_to_tell(gone: Ticket, survivor: Ticket, taken_on: Changes) -> set[int]:
    """Who has one of the tickets; not who watches the survivor, and is told as all watchers are.

    Whoever gets it by the merge is told that instead.
    """
    heir = {survivor.assignee_id} if "assignee" in taken_on else set()
    holders = {one for one in (gone.assignee_id, survivor.assignee_id) if one is not None}
    return {one for one in holders if one in heir or not is_watched(survivor.id, one)}


def _take_on(tx: Transaction, gone: Ticket, survivor: Ticket, heirs: _Heirs) -> Changes:
    """The graver priority holds, and nobody's ticket goes to the heir who has the other."""
    values: dict[str, object] = {}
    why = f"that of {number(gone)}, which was merged into it"
    if gone.priority < survivor.priority:
        values["priority"] = gone.priority
        tx.decide_by_person(survivor.id, Thing.PRIORITY, str(gone.priority), why)
    if heirs.holder is not None and gone.id == heirs.ticket:
        values |= to_holder(tx, survivor, heirs.holder.id)
        tx.decide_by_person(survivor.id, Thing.ASSIGNEE, heirs.holder.login, why)
    return tx.update(survivor, **values)


def _take_over(tx: Transaction, gone: Ticket, survivor: Ticket, *, apart: bool) -> dict[str, object]:
    """What hangs on a ticket goes to the one that survives, kind by kind; the facts by which undo finds it again.

    `apart`: only what no requester sees.
    """
    moving = (Message.ticket == gone.id) & Message.retracted_at.is_null()
    if apart:
        moving &= Message.kind == MessageKind.NOTE
    columns = (Message.id, Message.kind, Message.written_at)
    written = list(tuples(Message.select(*columns).where(moving).order_by(Message.id)))
    messages = [one for one, _, _ in written]
    answered_at = sorted(to_microseconds(at) for _, kind, at in written if kind == MessageKind.REPLY)
    _move_messages(tx, messages, gone.id, survivor.id)
    files = (Attachment.ticket == gone.id) & Attachment.removed_at.is_null()
    if apart:
        files &= Attachment.staff_only
    attachments = [one for (one,) in tuples(Attachment.select(Attachment.id).where(files).order_by(Attachment.id))]
    move_attachments(tx, attachments, gone.id, survivor.id)
    opening = f"{gone.subject}\n\n{gone.body}".strip()
    kind = MessageKind.REQUESTER
    if apart:
        kind = MessageKind.NOTE
        opening = f"{Person.get_by_id(gone.requester_id).name} opened {number(gone)}:\n\n{opening}"
    row = {
        "ticket_id": survivor.id,
        "kind": kind,
        "author_id": gone.requester_id,
        "body": opening,
        "channel": gone.channel,
        "written_at": gone.opened_at,
    }
    opened = int(Message.insert(row).execute())
    return ({"answered_at": answered_at} if answered_at else {}) | {
        "messages": messages,
        "attachments": attachments,
        "opening": opened,
        "work": _work_follows(gone.id, survivor.id),
        "watchers": _watchers_follow(gone.id, survivor.id, staff_only=apart),
    }


def _work_follows(source: int, target: int) -> list[int]:
    logged = (WorkLog.ticket == source) & WorkLog.retracted_at.is_null()
    moved = [one for (one,) in tuples(WorkLog.select(WorkLog.id).where(logged).order_by(WorkLog.id))]
    WorkLog.update(ticket=target).where(WorkLog.id.in_(moved)).execute()
    return moved


def _watchers_follow(source: int, target: int, *, staff_only: bool) -> list[int]:
    """Who watches the target already stays where he is."""
    there = Watcher.select(Watcher.person).where(Watcher.ticket == target)
    select = (
        Watcher.select(Watcher.person).join(Person).where((Watcher.ticket == source) & Watcher.person.not_in(there))
    )
    if staff_only:
        select = select.where(Person.role.in_(sorted(READERS)))
    moved = sorted(one for (one,) in tuples(select))
    _move_watchers(moved, source, target)
    return moved


def _move_watchers(people: Sequence[int], source: int, target: int) -> None:
    """Let people watch another ticket in place of this one; those who do not watch it stay."""
    Watcher.update(ticket=target).where(Watcher.person.in_(list(people)) & (Watcher.ticket == source)).execute()


@dataclass(frozen=True, slots=True)
class _PassedOn:
    """What reached a ticket through one that was merged into it: rows by their ids.

    `copies` are the work notes that tell of what a requester wrote on his own ticket.
    """

    messages: tuple[int, ...]
    copies: tuple[int, ...]
    work: tuple[int, ...]


def take_apart(tx: Transaction, survivor: Ticket, facts: Mapping[str, Any], seq: int) -> None:
    """Give a ticket that was merged back what the merge took, and what reached the survivor through it since.

    For undo of the entry `seq` (`merged_from`, with its facts), in its transaction. Raises Refused where any of it is
    on another ticket now.
    """
    gone: Ticket = Ticket.get_by_id(facts["from"])
    since = _passed_on(survivor.id, gone.id, seq)
    hand_back(tx, Message, [facts["opening"], *since.copies], survivor, survivor, of=gone)
    hand_back(tx, Message, [*facts["messages"], *since.messages], survivor, gone)
    hand_back(tx, Attachment, facts["attachments"], survivor, gone)
    hand_back(tx, WorkLog, [*facts["work"], *since.work], survivor, gone)
    _move_watchers(facts["watchers"], survivor.id, gone.id)
    Message.update(retracted_at=tx.now).where(Message.id.in_([facts["opening"], *since.copies])).execute()


def hand_back(
    tx: Transaction, model: Any, rows: Sequence[int], holder: Ticket, owner: Ticket, *, of: Ticket | None = None
) -> None:
    """Put messages, files or work (a model and ids) that one ticket has from another back there, in a transaction.

    Raises Refused where any is on a third one now: what moved it there is to be taken back first. `of` is whose it was,
    where that is not the owner.
    """
    these = model.id.in_(tx.session.desk.database.among(list(rows)))
    elsewhere = list(tuples(model.select(model.ticket).where(these & (model.ticket != holder.id)).limit(1)))
    if elsewhere:
        what = f"what came from {number(of or owner)} is on {number(Ticket.get_by_id(elsewhere[0][0]))} now"
        raise Refused(f"{number(holder)} changed since: {what}. Take back first what moved it there.")
    model.update(ticket=owner.id).where(these).execute()


def answered_while_merged(ticket: Ticket, into: int, seq: int) -> bool:
    """Whether its requester wrote on a ticket after the entry `seq`, which merged it, and did not take it back."""
    on_it = JournalEntry.select(JournalEntry.facts).where(
        (JournalEntry.object == f"ticket:{ticket.id}") & (JournalEntry.verb == "replied") & (JournalEntry.seq > seq)
    )
    messages = [json.loads(facts)["message"] for (facts,) in tuples(on_it)] + list(
        _passed_on(into, ticket.id, seq).messages
    )
    answers = (Message.kind == MessageKind.REQUESTER) & Message.retracted_at.is_null() & Message.id.in_(messages)
    return bool(Message.select().where(answers).exists())


def _passed_on(survivor: int, gone: int, seq: int) -> _PassedOn:
    """What reached a survivor through a ticket after the entry `seq`, also while it was merged into others itself."""
    holders = [survivor]
    for one in holders:
        merged = (JournalEntry.object == f"ticket:{one}") & (JournalEntry.verb == "merged")
        into = {json.loads(facts)["into"] for (facts,) in tuples(JournalEntry.select(JournalEntry.facts).where(merged))}
        holders += sorted(into - set(holders))
    entries = JournalEntry.select(JournalEntry.facts).where(
        JournalEntry.object.in_([f"ticket:{one}" for one in holders])
        & JournalEntry.verb.in_(["replied", "noted", "logged"])
        & (JournalEntry.seq > seq)
    )
    found = [facts for (text,) in tuples(entries) if gone in (facts := json.loads(text)).get("via", ())]
    return _PassedOn(
        messages=tuple(one["message"] for one in found if "message" in one and one.get("from") != gone),
        copies=tuple(one["message"] for one in found if one.get("from") == gone),
        work=tuple(one["work"] for one in found if "work" in one),
    )


def _links_follow(tx: Transaction, gone: Ticket, survivor: Ticket) -> list[int]:
    if links.link_exists(survivor.id, LinkType.DUPLICATE_OF, gone.id):  # else nothing would ever resolve it
        links.disconnect(tx, survivor, LinkType.DUPLICATE_OF, gone)
    following = [
        each
        for each in links.hanging_on(tx, gone.id)
        if each.link in _FOLLOWING
        and each.id != survivor.id
        and not links.link_exists(each.id, each.link, survivor.id)
        and each.id not in links.chain(tx, survivor.id, (each.link,))
    ]
    locked = {ticket.id: ticket for ticket in tx.tickets(sorted({each.id for each in following}))} if following else {}
    for each in following:
        links.disconnect(tx, locked[each.id], each.link, gone)
        links.connect(tx, locked[each.id], each.link, survivor)
    return sorted(locked)


def _move_messages(tx: Transaction, messages: Sequence[int], source: int, target: int) -> None:
    """Put messages of one ticket on another; those that are not there stay where they are."""
    these = tx.session.desk.database.among(list(messages))
    Message.update(ticket=target).where(Message.id.in_(these) & (Message.ticket == source)).execute()


@dataclass(frozen=True, slots=True)
class SplitOff:
    """What a ticket is split into: the new one's subject and text, the messages that move, and how they are linked."""

    subject: str
    body: str = ""
    messages: tuple[int, ...] = ()
    link: LinkType = LinkType.RELATED


@action(STAFF, "split tickets")
def split(tx: Transaction, target: TicketRef | int, new: SplitOff) -> Change:
    """Make some messages of a ticket, or none, a new ticket of the same requester, related to it or its child.

    What was attached with these messages goes with them. The rules decide about the new one, as about any other.
    Raises Refused for messages that are not on the ticket.
    """
    if new.link not in (LinkType.RELATED, LinkType.CHILD_OF):
        raise Refused("What is split off is related to the ticket, or its child.")
    [source] = tx.tickets([target])
    links.refuse_merged(tx, source)
    wanted = tuple(dict.fromkeys(new.messages))
    these = Message.id.in_(tx.session.desk.database.among(list(wanted)))
    on_it = (Message.ticket == source.id) & Message.retracted_at.is_null()
    texts = dict(tuples(Message.select(Message.id, Message.body).where(these & on_it).order_by(Message.id)))
    missing = [str(one) for one in wanted if one not in texts]
    if missing:
        raise Refused(f"{number(source)} has no message {', '.join(missing)}; `itdesk show --json` has their ids.")
    opened, said = open_ticket(
        tx,
        NewTicket(new.subject, new.body, channel=Channel(source.channel), site=source.site),
        Person.get_by_id(source.requester_id),
        about="\n".join(texts.values()),
    )
    links.connect(tx, opened, new.link, source)
    files = _attached_with(source, list(texts))
    _move_messages(tx, list(texts), source.id, opened.id)
    move_attachments(tx, files, source.id, opened.id)
    tx.update(source)
    reindex(tx, source)
    reindex(tx, opened)
    moved = {"messages": list(texts)} | ({"attachments": files} if files else {})
    tx.record("split_from", opened, facts={"from": source.id, **moved})
    tx.record("split_off", source, facts={"into": opened.id, **moved})
    count = f", with {len(texts)} of its messages" if len(texts) > 1 else ", with a message of it" if texts else ""
    count += f" and {len(files)} files" if len(files) > 1 else " and a file" if files else ""
    sentence = f"Split {number(opened)} off {number(source)}{count}: P{opened.priority}, {opened.category}{said}"
    return Change(sentence, tickets=(source.id, opened.id))


def _attached_with(ticket: Ticket, messages: Sequence[int]) -> list[int]:
    """The files that belong to messages of a ticket.

    Files are kept with the ticket. One belongs to the text of its author that was written nearest to when it was
    attached, at most a quarter of an hour before or after. The opening text is that of the requester and of whoever
    opened the ticket for him.
    """
    entries = JournalEntry.select(JournalEntry.actor).where(JournalEntry.object == f"ticket:{ticket.id}")
    openers = {ticket.requester_id, *(actor for (actor,) in tuples(entries.order_by(JournalEntry.seq).limit(1)))}
    written = (Message.ticket == ticket.id) & Message.retracted_at.is_null()
    texts = tuples(Message.select(Message.id, Message.author, Message.written_at).where(written).order_by(Message.id))
    attached = (Attachment.ticket == ticket.id) & Attachment.removed_at.is_null()
    files = tuples(
        Attachment.select(Attachment.id, Attachment.author, Attachment.attached_at)
        .where(attached)
        .order_by(Attachment.id)
    )
    found = []
    for file, author, at in files:
        own = [(abs(at - written_at), message) for message, writer, written_at in texts if writer == author]
        if author in openers:
            own.append((abs(at - ticket.opened_at), 0))
        away, nearest = min(own, default=(_ONE_SITTING, 0))
        if away <= _ONE_SITTING and nearest in messages:
            found.append(file)
    return found


def reply_to_merged(tx: Transaction, ticket: Ticket, text: str, channel: Channel) -> tuple[str, int | None]:
    """What a requester writes on a merged ticket of his reaches the one that survives.

    As a reply of his where he is its requester too; then its id is handed back. Else his words stay on his own ticket,
    and those who work on the other have them as a work note.
    """
    survivor: Ticket = Ticket.get_by_id(links.passed_on_to(tx, ticket))
    me = tx.session.actor
    if survivor.requester_id == me.id:
        return "", survivor.id
    tx.update(ticket)
    written = add_message(tx, ticket, MessageKind.REQUESTER, text, channel)
    tx.record("replied", ticket, facts={"message": written, "kind": MessageKind.REQUESTER}, payload={"text": text})
    passed_on = checked_text(f"{me.name} wrote on {number(ticket)}:\n\n{text}")
    tx.update(survivor)
    noted = add_message(tx, survivor, MessageKind.NOTE, passed_on, channel)
    facts = {"message": noted, "kind": MessageKind.NOTE, "from": ticket.id}
    tx.record("noted", survivor, facts=facts, payload={"text": passed_on})
    return f"Replied on {number(ticket)}; it is passed on to whoever works on it.", None
