"""What a person may see: the start of every read and every change."""

from typing import Any

from itdesk.desk.session import Session
from itdesk.domain.people import READERS
from itdesk.models.tickets import Ticket


def visible(session: Session, *columns: Any) -> Any:
    """A query over the tickets that this session may see: all for staff and auditors, their own for requesters."""
    query = Ticket.select(*columns)
    if session.actor.role not in READERS:
        query = query.where(Ticket.requester == session.actor.id)
    return query


def visible_in_sql(session: Session) -> tuple[str, tuple[int, ...]]:
    """The same rule as a condition on `ticket` with its parameters, for plain SQL."""
    if session.actor.role in READERS:
        return "TRUE", ()
    return f"ticket.requester_id = {session.desk.database.param}", (session.actor.id,)
