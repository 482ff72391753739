"""Notices: told inside the transaction of what they tell about, kept until their person has read them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from itdesk.desk.session import Session
from itdesk.desk.transaction import Transaction
from itdesk.domain.notices import NoticeKind
from itdesk.domain.text import storable
from itdesk.models.base import objects, tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.notices import Notice
from itdesk.models.tickets import Ticket

_LONGEST = 240
"""Characters of a notice."""


def notify(
    tx: Transaction, people: Iterable[int | None], kind: NoticeKind, text: str, ticket: Ticket | None = None
) -> None:
    """Tell these people (ids) something inside a transaction, each once; whoever acts and nobody (None) are left out.

    `text` is one sentence; the journal entry of what it tells about wakes the open screens.
    """
    told = {person for person in people if person} - {tx.session.actor.id}
    put(tx, dict.fromkeys(told, text), kind, ticket.id if ticket else None)


def put(
    tx: Transaction, texts: Mapping[int, str], kind: NoticeKind, ticket_id: int | None = None, *, times: int = 1
) -> None:
    """Tell each of these people (ids) his own sentence; `times` is how many changes it stands for."""
    tx.session.desk.database.insert_rows(
        "notice",
        [
            {
                "person_id": person_id,
                "ticket_id": ticket_id,
                "kind": kind,
                "text": _shortened(storable(text)),
                "told_at": to_microseconds(tx.now),
                "times": times,
            }
            for person_id, text in sorted(texts.items())
        ],
    )


def drop(
    kind: NoticeKind,
    ticket_id: int,
    *,
    among: Iterable[int] | None = None,
    told_at: datetime | None = None,
    besides: Iterable[int | None] = (),
) -> dict[int, int]:
    """Take back unread notices of a kind about a ticket: all, those of these people, or those of a moment.

    Those of people in `besides` stay. Inside a transaction. Returns person (id) -> how many changes they stood for.
    """
    unread = (Notice.kind == kind) & (Notice.ticket == ticket_id) & Notice.read_at.is_null()
    if among is not None:
        unread &= Notice.person.in_(sorted(among))
    if told_at is not None:
        unread &= Notice.told_at == told_at
    if others := [person for person in besides if person]:
        unread &= Notice.person.not_in(others)
    found = tuples(Notice.select(Notice.id, Notice.person, Notice.times).where(unread))
    if found:
        Notice.delete().where(Notice.id.in_([notice for notice, *_ in found])).execute()
    times: dict[int, int] = {}
    for _, person_id, count in found:
        times[person_id] = times.get(person_id, 0) + count
    return times


def hand_on(
    kind: NoticeKind, ticket_id: int, to: Collection[int], *, keep: Collection[int], read_since: datetime | None = None
) -> set[int]:
    """Hand unread notices of a kind about a ticket on to people: of all others the one that stands for most.

    As it is, with its moment and its count; who has one that stands for as much keeps his. The others lose theirs,
    but those in `keep`. With `read_since` also what came before that moment and was read since. Inside a transaction.
    Returns the people (ids) that it came from.
    """
    fresh = Notice.read_at.is_null()
    if read_since is not None:
        fresh |= (Notice.told_at < read_since) & (Notice.read_at >= read_since)
    about = Notice.select().where((Notice.kind == kind) & (Notice.ticket == ticket_id) & fresh)
    found = objects(about.order_by(Notice.times.desc(), Notice.id.desc()))
    taken = [one for one in found if one.person_id not in to]
    if not taken:
        return set()
    newest = {name: getattr(taken[0], name) for name in ("kind", "text", "told_at", "times")}
    for person in to:
        own = [one for one in found if one.person_id == person and one.read_at is None]
        if not own or own[0].times < taken[0].times:
            Notice.delete().where(Notice.id.in_([one.id for one in own])).execute()
            Notice.create(person=person, ticket=ticket_id, **newest)
    lost = [one.id for one in taken if one.read_at is None and one.person_id not in keep]
    Notice.delete().where(Notice.id.in_(lost)).execute()
    return {one.person_id for one in taken}


def _shortened(text: str) -> str:
    """A notice is one line; what it is about stands on the ticket."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def mark_read(session: Session, notices: Iterable[int]) -> None:
    """Note that the actor has read these notices of his; others' are left alone. Own scratch paper: no journal."""
    these, now = session.desk.database.among(list(notices)), session.clock()
    session.desk.database.write(
        lambda: (
            Notice.update(read_at=now)
            .where((Notice.person == session.actor.id) & Notice.id.in_(these) & Notice.read_at.is_null())
            .execute()
        )
    )
