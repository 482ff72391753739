"""The clocks of one ticket with their histories, folded from its journal."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from itdesk.desk import clocks as kept
from itdesk.desk.errors import NotFound
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.agreements import OLA, Agreement
from itdesk.domain.calendar import Calendar
from itdesk.domain.clock_events import ClockEvent, Event, events
from itdesk.domain.clocks import ClockState, History, fold, states
from itdesk.domain.people import READERS
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.settings import StoredRulebook
from itdesk.models.tickets import Ticket

_T = TypeVar("_T", Agreement, Calendar)

_OF_ANOTHER = frozenset({Event.DUPLICATE, Event.NO_DUPLICATE, Event.MERGED})


def clocks(session: Session, ticket_id: int) -> tuple[ClockState, ...]:
    """The clocks of a visible ticket as they stand now; raises NotFound.

    What the levels of the desk promise each other is for staff and auditors.
    """
    database = session.desk.database
    with database.translated():
        ticket = visible(session, Ticket.id, Ticket.agreement).where(Ticket.id == ticket_id).first()
        if ticket is None:
            raise NotFound(f"There is no ticket {ticket_id} here.")
        row = kept.stored(database, [ticket_id]).get(ticket_id)
        if row is None:
            return ()
        entries = kept.journals(database, [ticket_id]).get(ticket_id, [])
        happened = _named(session, events(entries, kept.undone(entries)))
        if row.recomputed:
            happened = _with_changed_terms(session, happened, row.recomputed)
    find, history = kept.finder(session, row.recomputed), History()
    state = fold({}, happened, find, history)
    told = states(state, find, session.clock(), history)
    if session.actor.role in READERS:
        return told
    return tuple(clock for clock in told if clock.name not in OLA.values())


def _named(session: Session, happened: Sequence[ClockEvent]) -> list[ClockEvent]:
    """Events with the number of the other ticket, if there is one, in place of its id."""
    others = [event.value for event in happened if event.event in _OF_ANOTHER and event.value]
    if not others:
        return list(happened)
    seen = tuples(visible(session, Ticket.id, Ticket.kind).where(Ticket.id.in_(others)))
    numbers = {ticket_id: format_number(Kind(kind), ticket_id) for ticket_id, kind in seen}
    return [
        replace(event, value=numbers.get(event.value, "another ticket"))
        if event.event in _OF_ANOTHER and event.value
        else event
        for event in happened
    ]


def _with_changed_terms(session: Session, happened: list[ClockEvent], recomputed: int) -> list[ClockEvent]:
    """The events, with one where the rulebook came into force by which all of them are folded, and what it changed."""
    loaded = tuples(StoredRulebook.select(StoredRulebook.loaded_at).where(StoredRulebook.version == recomputed))
    if not loaded:
        return happened
    at = to_microseconds(loaded[0][0])
    place = next((place for place, event in enumerate(happened) if event.at > at), len(happened))
    agreed = [event.value for event in happened[:place] if event.event is Event.AGREED]
    name, version = agreed[-1] if agreed else (None, 0)
    before, after = (kept.finder(session, least)(name, version) if name else None for least in (0, recomputed))
    if before is None or after is None:
        return happened
    changed = []
    if _bare(before.calendar) != _bare(after.calendar):
        changed.append(f"calendar {after.calendar.name} changed")
    if _bare(before.agreement) != _bare(replace(after.agreement, when=before.agreement.when)):
        changed.append(f"agreement {name} changed")
    told = [ClockEvent(at, Event.TERMS_CHANGED, ", ".join(changed))] if changed else []
    return [*happened[:place], *told, *happened[place:]]


def _bare(terms: _T) -> _T:
    """Without the line where it stands in the settings."""
    return replace(terms, place="")
