"""A ticket's clocks as they are stored, and as its whole journal tells them."""

from typing import Any

from itdesk.desk import clocks
from itdesk.desk.session import Session
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.tickets import Ticket


def stored_clocks(session: Session, ticket_id: int) -> tuple[Any, ...]:
    """The agreement, what is due, and the state of the index."""
    columns = (Ticket.agreement, Ticket.due_at, Ticket.due_clock, Ticket.due_key)
    [(agreement, due_at, due_clock, due_key)] = tuples(Ticket.select(*columns).where(Ticket.id == ticket_id))
    row = clocks.stored(session.desk.database, [ticket_id]).get(ticket_id)
    due = None if due_at is None else to_microseconds(due_at)
    return agreement, {"due_at": due, "due_clock": due_clock, "due_key": due_key}, row and row.state


def told_clocks(session: Session, ticket_id: int) -> tuple[Any, ...]:
    """The same, folded anew."""
    row = clocks.stored(session.desk.database, [ticket_id]).get(ticket_id)
    entries = clocks.journals(session.desk.database, [ticket_id])[ticket_id]
    state = clocks.whole(entries, clocks.Finder(session, row.recomputed if row else 0))
    agreement = (state["agreement"] or [None])[0]
    return agreement, clocks.due_columns(state), state
