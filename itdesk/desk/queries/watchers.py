"""Who watches which tickets."""

from collections.abc import Sequence

from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.people import READERS
from itdesk.models.base import tuples
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket
from itdesk.models.work import Watcher


def watchers(session: Session, ticket_ids: Sequence[int]) -> dict[str, int]:
    """Who watches these visible tickets: login -> how many of them; nobody who left. Requesters see only themselves."""
    with session.desk.database.translated():
        query = (
            visible(session, Person.login)
            .join_from(Ticket, Watcher, on=(Watcher.ticket == Ticket.id))
            .join_from(Watcher, Person, on=(Watcher.person == Person.id))
            .where(Ticket.id.in_(session.desk.database.among(list(ticket_ids))) & Person.active)
            .order_by(Person.login)
        )
        if session.actor.role not in READERS:
            query = query.where(Watcher.person == session.actor.id)
        found: dict[str, int] = {}
        for (login,) in tuples(query):
            found[login] = found.get(login, 0) + 1
    return found
