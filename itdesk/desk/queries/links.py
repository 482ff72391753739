"""Which ticket somebody may mean when he links or merges one."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from itdesk.desk.errors import NotFound
from itdesk.desk.queries import queue
from itdesk.desk.queries.duplicates import likely_duplicates
from itdesk.desk.queries.queue import QueueRow
from itdesk.desk.queries.tickets import find_ticket
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from itdesk.models.base import tuples
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket to choose; `likely`: it is probably about the same thing."""

    row: QueueRow
    likely: bool


def candidates(session: Session, typed: str, *, about: Sequence[int], limit: int = 12) -> tuple[Candidate, ...]:
    """Tickets that `typed` (a number, or a search) may mean; without it, open ones.

    First the one of that number, then what is probably about the same as the first of `about`, then the newest. The
    tickets `about` are left out.
    """
    wanted = typed.strip()
    query = parse(f"status:all {wanted}" if wanted else "status:open")
    numbered: list[int] = []
    if wanted:
        with suppress(NotFound):
            numbered.append(find_ticket(session, wanted))
    alike = _alike(session, about[0]) if about else []
    rows = {row.id: row for row in queue.rows_by_id(session, alike, query)}
    rows |= {row.id: row for row in queue.rows_by_id(session, numbered, parse("status:all"))}
    ordered = [rows[one] for one in dict.fromkeys([*numbered, *alike]) if one in rows]
    page = queue.page(session, query, Order.NEWEST, limit=limit + len(about)).rows
    ordered += [row for row in page if row.id not in rows]
    return tuple(Candidate(row, row.id in alike) for row in ordered if row.id not in about)[:limit]


def _alike(session: Session, ticket_id: int) -> list[int]:
    columns = (Ticket.subject, Ticket.body, Ticket.requester, Ticket.category)
    with session.desk.database.translated():
        found = tuples(visible(session, *columns).where(Ticket.id == ticket_id))
    return [
        alike.id
        for subject, body, requester, category in found
        for alike in likely_duplicates(session, subject, body, requester_id=requester, category=category)
    ]


def requesters(session: Session, ticket_ids: Sequence[int]) -> tuple[str, ...]:
    """The names of those who asked for these tickets, each once."""
    these = Ticket.id.in_(session.desk.database.among(list(ticket_ids)))
    asked = visible(session, Person.name).join_from(Ticket, Person, on=(Ticket.requester == Person.id))
    with session.desk.database.translated():
        return tuple(sorted({name for (name,) in tuples(asked.where(these))}))
