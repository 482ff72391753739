"""The clocks of one ticket with their histories, folded from its journal."""

from itdesk.desk import clocks as kept
from itdesk.desk.errors import NotFound
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.agreements import OLA
from itdesk.domain.clock_events import events
from itdesk.domain.clocks import ClockState, History, fold, states
from itdesk.domain.people import READERS
from itdesk.models.tickets import Ticket


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
    find, history = kept.finder(session, row.recomputed), History()
    state = fold({}, events(entries, kept.undone(entries)), find, history)
    told = states(state, find, session.clock(), history)
    if session.actor.role in READERS:
        return told
    return tuple(clock for clock in told if clock.name not in OLA.values())
