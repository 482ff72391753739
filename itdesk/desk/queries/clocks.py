"""The clocks of one ticket with their histories, folded from its journal."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from itdesk.desk import clocks as kept
from itdesk.desk.errors import NotFound
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.agreements import OLA
from itdesk.domain.clock_events import ClockEvent, Event, events, undone
from itdesk.domain.clock_life import Life
from itdesk.domain.clocks import ClockState, History, states
from itdesk.domain.people import READERS
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import tuples
from itdesk.models.tickets import Ticket

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
        find, history = kept.Finder(session, row.recomputed), History()
        told = Life(find.by, history)
        happened = _named(session, events(find.with_adoptions(entries), undone(entries)))
        told.happen(happened)
    found = states(told.state, told.find, session.clock(), history)
    if session.actor.role in READERS:
        return found
    names = {event.value[0] for event in happened if event.event is Event.AGREED and event.value[0]}
    return tuple(_without(names, clock) for clock in found if clock.name not in OLA.values())


def _without(names: Collection[str], clock: ClockState) -> ClockState:
    """A clock whose history names none of these agreements: the name may say who is a VIP."""
    history = (replace(one, why="") if any(name in one.why for name in names) else one for one in clock.history)
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
