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
