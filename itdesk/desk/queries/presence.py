"""Who has a ticket open at this moment."""

from dataclasses import dataclass

from itdesk.desk.presence import STALE
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.people import READERS
from itdesk.models.base import tuples
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket
from itdesk.models.work import Presence


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who has the ticket open."""

    login: str
    writing: bool


def others(session: Session, ticket_id: int) -> tuple[Other, ...]:
    """Who else has a visible ticket open, by login; nobody for whoever is neither staff nor auditor."""
    if session.actor.role not in READERS:
        return ()
    with session.desk.database.translated():
        rows = tuples(
            visible(session, Person.login, Presence.writing)
            .join_from(Ticket, Presence, on=(Presence.ticket == Ticket.id))
            .join_from(Presence, Person, on=(Presence.person == Person.id))
            .where(
                (Ticket.id == ticket_id)
                & (Presence.person != session.actor.id)
                & (Presence.seen_at > session.clock() - STALE)
            )
            .order_by(Person.login)
        )
    return tuple(Other(login, bool(writing)) for login, writing in rows)
