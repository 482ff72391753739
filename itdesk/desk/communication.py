"""Communication: replies, work notes, and the drafts of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from itdesk.desk.change import Change, Targets, ids
from itdesk.desk.errors import Refused
from itdesk.desk.session import Session
from itdesk.desk.transaction import Merged, Transaction, action, for_each, number
from itdesk.desk.visible import visible
from itdesk.desk.visit_to_come import back_to_work, visit_remark
from itdesk.domain.people import EVERYBODY, STAFF
from itdesk.domain.text import storable
from itdesk.domain.ticket import ENDED, Channel, ClosureCode, MessageKind, Status, WaitingReason
from itdesk.models import search
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.journal import JournalEntry
from itdesk.models.tickets import Draft, Message, Ticket

TEXT_LIMIT = 1_000_000


@action(EVERYBODY, "reply")
def reply(
    tx: Transaction, targets: Targets, text: str, *, channel: Channel = Channel.TERMINAL, drafted: str = ""
) -> Change:
    """Write to the requester; from a requester, write to the desk. Always appended, never refused for a version.

    What a requester writes ends waiting for the requester; on a merged ticket it reaches the one that survives. Staff
    who ask for something themselves are requesters there, unless the ticket is theirs to work on. `drafted` is the
    draft that this was, as it was kept last, and goes with it.
    """
    text = checked_text(text)
    me, passed_on = tx.session.actor, list[int]()

    def deed(ticket: Ticket) -> str:
        by_requester = me.role not in STAFF or me.id == ticket.requester_id != ticket.assignee_id
        if ticket.closure_code == ClosureCode.MERGED:
            from itdesk.desk import links, merging

            if me.role in STAFF:
                links.refuse_merged(tx, ticket)
            sentence, survivor = merging.reply_to_merged(tx, ticket, text, channel)
            if survivor is None:
                return sentence
            passed_on.append(survivor)
            [instead] = tx.tickets([survivor])
            return f"{links.merged_away(tx, ticket)} {deed(instead)}"
        if ticket.status in ENDED:
            raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it before you write.")
        kind = MessageKind.REQUESTER if by_requester else MessageKind.REPLY
        values: dict[str, object] = {}
        if by_requester and ticket.waiting_reason == WaitingReason.REQUESTER:
            values = dict(back_to_work(tx, ticket))
        changes = tx.update(ticket, **values)
        message_id = add_message(tx, ticket, kind, text, channel)
        tx.record("replied", ticket, changes, facts={"message": message_id, "kind": kind}, payload={"text": text})
        settled = by_requester and ticket.status == Status.RESOLVED
        remark = f" It is resolved; {_way_to_reopen(ticket)}" if settled else visit_remark(ticket) if values else ""
        return f"Replied on {number(ticket)}.{remark}"

    change = for_each(tx, ids(targets), deed, "Replied on", merged=Merged.AS_IT_IS)
    if drafted:
        _forget_drafts(tx.session, ids(targets), MessageKind.REPLY, drafted)
    return change.also(passed_on)


def _way_to_reopen(ticket: Ticket) -> str:
    return f'if it is not solved, reopen it: `X`, or `itdesk reopen {number(ticket)} --reason "what is still wrong"`.'


@action(STAFF, "write work notes")
def note(tx: Transaction, targets: Targets, text: str, *, drafted: str = "") -> Change:
    """Write a work note, which only staff ever see. Always appended, in any status.

    On a merged ticket it reaches the one that survives. `drafted` as for `reply`.
    """
    text = checked_text(text)

    def deed(ticket: Ticket) -> str:
        tx.update(ticket)
        message_id = add_message(tx, ticket, MessageKind.NOTE, text, Channel.TERMINAL)
        tx.record("noted", ticket, facts={"message": message_id, "kind": MessageKind.NOTE}, payload={"text": text})
        return f"Noted on {number(ticket)}."

    change = for_each(tx, ids(targets), deed, "Noted on", merged=Merged.PASSED_ON)
    if drafted:
        _forget_drafts(tx.session, ids(targets), MessageKind.NOTE, drafted)
    return change


def checked_text(text: str) -> str:
    """A message's text as it is stored; raises Refused for an empty or endless one."""
    text = storable(text).replace("\r\n", "\n").strip()
    if not text:
        raise Refused("There is no text to send.")
    if len(text) > TEXT_LIMIT:
        raise Refused(f"The text has {len(text):,} characters; the desk takes {TEXT_LIMIT:,} at most.")
    return text


def add_message(tx: Transaction, ticket: Ticket, kind: MessageKind, text: str, channel: Channel) -> int:
    """Store a message inside a transaction and make it findable; the message's id."""
    message = {
        "ticket_id": ticket.id,
        "kind": kind,
        "author_id": tx.session.actor.id,
        "body": text,
        "channel": channel,
        "written_at": to_microseconds(tx.now),
    }
    [(message_id,)] = tx.session.desk.database.insert_rows("message", [message], returning=("id",))
    if kind.staff_only:
        tx.index(ticket.id, notes=text)
    else:
        tx.index(ticket.id, body=text)
    return int(message_id)


def reindex(tx: Transaction, ticket: Ticket) -> None:
    """Index a ticket's texts anew inside a transaction, after messages left it or came to it."""
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


# Drafts are a person's own scratch paper: kept at once, without journal or undo.


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A half-written message. `seen_seq` is the last journal entry that its writer had seen on screen."""

    kind: MessageKind
    text: str
    seen_seq: int
    saved_at: datetime


def save_draft(
    session: Session,
    ticket_id: int,
    kind: MessageKind,
    text: str,
    seen_seq: int | None = None,
    *,
    before: str | None = None,
) -> str:
    """Keep a half-written message of this person on a ticket; the draft as it is kept. An empty text forgets it.

    `seen_seq`: see KeptDraft. `before` is the draft as it was when this was written: where another one stands there
    meanwhile, which he wrote in another window, it stays above the new one. None replaces whatever stands there.
    """
    now, text = session.clock(), storable(text)
    if not text.strip():
        discard_draft(session, ticket_id, kind, before)
        return ""

    def save() -> str:
        if visible(session, Ticket.id).where(Ticket.id == ticket_id).first() is None:
            raise Refused("This ticket is not here any more; the draft was not kept.")
        stood = Draft.get_or_none(
            (Draft.person == session.actor.id) & (Draft.ticket == ticket_id) & (Draft.kind == kind)
        )
        is_other = before is not None and stood is not None and stood.body not in (storable(before), text)
        kept = f"{stood.body}\n\n{text}" if stood is not None and is_other else text
        seen = seen_seq if seen_seq is not None else _last_seq(ticket_id)
        Draft.insert(
            person=session.actor.id, ticket=ticket_id, kind=kind, body=kept, seen_seq=seen, saved_at=now
        ).on_conflict(
            conflict_target=[Draft.person, Draft.ticket, Draft.kind],
            update={Draft.body: kept, Draft.seen_seq: seen, Draft.saved_at: now},
        ).execute()
        return kept

    return session.desk.database.write(save)


def take_along(session: Session, source: int, target: int, kind: MessageKind, text: str) -> None:
    """Let what this person writes on one ticket be his draft on another, below what he has begun there."""

    def take() -> None:
        begun = next((draft.text for draft in drafts(session, target) if draft.kind is kind), "")
        save_draft(session, target, kind, f"{begun}\n\n{text}".strip())
        discard_draft(session, source, kind)

    session.desk.database.write(take)


def discard_draft(session: Session, ticket_id: int, kind: MessageKind, text: str | None = None) -> None:
    """Forget a draft, if it is there; where `text` is not None, only this one: he may write another elsewhere."""
    session.desk.database.write(lambda: _forget_drafts(session, [ticket_id], kind, text))


def _forget_drafts(session: Session, ticket_ids: Sequence[int], kind: MessageKind, text: str | None) -> None:
    these = (Draft.person == session.actor.id) & Draft.ticket.in_(session.desk.database.among(ticket_ids))
    same = Draft.body == storable(text) if text is not None else True
    Draft.delete().where(these & (Draft.kind == kind) & same).execute()


def drafts(session: Session, ticket_id: int) -> tuple[KeptDraft, ...]:
    """This person's drafts on a ticket, newest first."""
    with session.desk.database.translated():
        rows = (
            Draft.select()
            .where((Draft.person == session.actor.id) & (Draft.ticket == ticket_id))
            .order_by(Draft.saved_at.desc())
        )
        return tuple(KeptDraft(MessageKind(row.kind), row.body, row.seen_seq, row.saved_at) for row in rows)


def _last_seq(ticket_id: int) -> int:
    newest = (
        JournalEntry.select(JournalEntry.seq)
        .where(JournalEntry.object == f"ticket:{ticket_id}")
        .order_by(JournalEntry.seq.desc())
        .first()
    )
    return newest.seq if newest else 0
