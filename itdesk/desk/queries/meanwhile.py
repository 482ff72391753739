"""What others did to tickets meanwhile: what somebody who writes, or decides, has not seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten

from itdesk.desk.change import TicketRef
from itdesk.desk.queries.tickets import WRITTEN, Event, events
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.models.base import tuples
from itdesk.models.journal import JournalEntry
from itdesk.models.tickets import Ticket

ASIDE = frozenset({"logged", "watched", "unwatched"})
"""Verbs of what changes nothing for whoever writes meanwhile."""
_EXCERPT = 200
_MOST_TOLD = 5
"""So many deeds of one ticket are told, the newest."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody else did to a ticket. `who` is a login, `said` reads after it: `took it, in progress`."""

    ticket_id: int
    at: datetime
    who: str
    said: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Tickets as they are now, the newest journal entry of the desk, and what others did, the oldest first."""

    tickets: tuple[TicketRef, ...]
    seq: int
    deeds: tuple[Deed, ...]


def newest_entry(session: Session) -> int:
    """The sequence number of the newest journal entry of the desk."""
    row = session.desk.database.row("SELECT MAX(seq) FROM journal")
    return (row[0] or 0) if row else 0


def meanwhile(session: Session, ticket_ids: Collection[int], *, after: int) -> Meanwhile:
    """What others did to visible tickets after a journal entry, asides (time, watching, what was undone) left out.

    Raises NotFound for one that is not visible any more.
    """
    with session.desk.database.translated():
        these = Ticket.id.in_(session.desk.database.among(sorted(ticket_ids)))
        rows = tuples(visible(session, Ticket.id, Ticket.version).where(these).order_by(Ticket.id))
        seq = newest_entry(session)
        touched = tuples(JournalEntry.select(JournalEntry.object).where(JournalEntry.seq > after).distinct())
    changed = sorted({f"ticket:{one}" for one in ticket_ids} & {name for (name,) in touched}, key=_id_of)
    deeds = [deed for name in changed for deed in _deeds(session, _id_of(name), after)]
    return Meanwhile(tuple(TicketRef(one, version) for one, version in rows), seq, tuple(deeds))


def _id_of(name: str) -> int:
    return int(name.partition(":")[2])


def _deeds(session: Session, ticket_id: int, after: int) -> Sequence[Deed]:
    others = [
        Deed(ticket_id, event.at, event.who, said(event))
        for event in events(session, ticket_id, after=after)
        if event.who != session.actor.login and not _is_aside(event)
    ]
    return others[-_MOST_TOLD:]


def last_deed(session: Session, ticket_id: int, *, of_last: int | None = None) -> Deed | None:
    """The newest deed on a visible ticket, of others if there is one; None where there is none.

    With `of_last` among the last so many that changed a column: those that raised the ticket's version since somebody
    saw it.
    """
    found = [event for event in events(session, ticket_id) if not _is_aside(event)]
    if of_last is not None:
        found = [event for event in found if event.changes][-of_last:]
    return _newest(session, ticket_id, found)


def deed_of(session: Session, ticket_id: int, entries: Collection[int]) -> Deed | None:
    """The newest of journal entries (their numbers) on a visible ticket, of others if there is one, as a deed.

    None where there are none that this person may read.
    """
    if not entries:
        return None
    found = [event for event in events(session, ticket_id, after=min(entries) - 1) if event.seq in entries]
    return _newest(session, ticket_id, found)


def _newest(session: Session, ticket_id: int, found: Sequence[Event]) -> Deed | None:
    others = [event for event in found if event.who != session.actor.login]
    newest = (others or found)[-1:]
    return next((Deed(ticket_id, event.at, event.who, said(event)) for event in newest), None)


def _is_aside(event: Event) -> bool:
    """Whether what somebody did changes nothing for whoever writes meanwhile."""
    return event.undone or event.verb in ASIDE or event.undid in ASIDE


def said(event: Event) -> str:
    """An entry in words that follow who it was, with the beginning of what was written."""
    wrote = WRITTEN.get(event.verb)
    if wrote is None:
        return shorten(event.text or event.verb.replace("_", " "), _EXCERPT, placeholder=" …")
    status = f", {event.text}" if event.text not in ("", wrote) else ""
    excerpt = shorten(event.written, _EXCERPT, placeholder=" …")
    return f"{wrote}{status}{f': “{excerpt}”' if excerpt else ''}"
