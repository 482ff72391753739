"""The clocks of one ticket with their histories, folded from its journal."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from itdesk.desk import clocks as kept
from itdesk.desk.errors import NotFound
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.agreements import OLA, Agreement, ClockName, OnCalendarChange
from itdesk.domain.calendar import Calendar
from itdesk.domain.clock_events import ClockEvent, Event, events
from itdesk.domain.clocks import ClockState, History, Terms, fold, states
from itdesk.domain.people import READERS
from itdesk.domain.ticket import Kind, format_number
from itdesk.domain.time_left import span
from itdesk.models.base import tuples
from itdesk.models.fields import from_microseconds, to_microseconds
from itdesk.models.settings import StoredRulebook
from itdesk.models.tickets import Ticket

_T = TypeVar("_T", Agreement, Calendar)

_OF_TERMS = frozenset({"target_changed", "terms_changed", "restarted", "breached"})
"""What happens to a clock by another agreement, among other reasons."""

_OF_ANOTHER = frozenset({Event.DUPLICATE, Event.NO_DUPLICATE, Event.MERGED})


def clocks(session: Session, ticket_id: int) -> tuple[ClockState, ...]:
    """The clocks of a visible ticket as they stand now; raises NotFound.

    What the levels of the desk promise each other, and by which agreement, is for staff and auditors.
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
    return tuple(_without_agreements(clock) for clock in told if clock.name not in OLA.values())


def _without_agreements(clock: ClockState) -> ClockState:
    """A clock whose history names no agreement: its name may say who is a VIP."""
    history = (replace(one, why="") if one.what in _OF_TERMS else one for one in clock.history)
    return replace(clock, history=tuple(history))


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


def _with_changed_terms(session: Session, happened: Sequence[ClockEvent], recomputed: int) -> list[ClockEvent]:
    """The events, with one for each rulebook up to that by which all of them are folded that brought other terms."""
    opened = from_microseconds(happened[0].at)
    loaded = tuples(
        StoredRulebook.select(StoredRulebook.version, StoredRulebook.loaded_at)
        .where((StoredRulebook.version <= recomputed) & (StoredRulebook.loaded_at > opened))
        .order_by(StoredRulebook.version)
    )
    told, applied = list(happened), 0
    for version, loaded_at in loaded:
        at = to_microseconds(loaded_at)
        before = [event for event in happened if event.at <= at]
        name, agreed = next((event.value for event in reversed(before) if event.event is Event.AGREED), (None, 0))
        if name is None or version <= agreed:
            continue
        find, find_new = kept.finder(session, applied), kept.finder(session, version)
        old, new = find(name, agreed), find_new(name, agreed)
        if new is None or new.agreement.on_calendar_change is OnCalendarChange.NEW_ONLY:
            continue
        applied = version
        changed = [] if old is None else _changed(old, new)
        if changed:
            stood, stands = (
                {one.name: one for one in states(fold({}, before, finding), finding, loaded_at)}
                for finding in (find, find_new)
            )
            what = ", ".join(changed)
            words = {name: f"{what}{_from_to(stood.get(name), stands.get(name))}" for name in ClockName}
            place = next((place for place, event in enumerate(told) if event.at > at), len(told))
            told.insert(place, ClockEvent(at, Event.TERMS_CHANGED, words))
    return told


def _changed(old: Terms, new: Terms) -> list[str]:
    """Which of the terms are others, in words."""
    changed = []
    if _bare(old.calendar) != _bare(new.calendar):
        changed.append(f"calendar {new.calendar.name}")
    if _bare(old.agreement) != _bare(replace(new.agreement, when=old.agreement.when)):
        changed.append(f"agreement {new.agreement.name}")
    return changed


def _from_to(old: ClockState | None, new: ClockState | None) -> str:
    """What a clock's target, else what is left of it, was before the terms changed and is since."""
    before, after = (None if one is None else one.target_minutes for one in (old, new))
    if before != after:
        words = ["none" if minutes is None else span(minutes) for minutes in (before, after)]
        return f": {' → '.join(words)}"
    if old is None or new is None or before is None or after is None:
        return " changed"
    left = [int(target - clock.elapsed_minutes) for target, clock in ((before, old), (after, new))]
    if left[0] == left[1]:
        return " changed"
    words = [span(minutes) if minutes >= 0 else f"{span(-minutes)} over" for minutes in left]
    return f": {' → '.join(words)}{' left' if left[1] >= 0 else ''}"


def _bare(terms: _T) -> _T:
    """Without the line where it stands in the settings."""
    return replace(terms, place="")
