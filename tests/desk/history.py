"""A ticket's milestones as they are stored, and as its journal tells them."""

import json

from itdesk.domain.milestones import Milestones, milestones
from itdesk.models.base import tuples
from itdesk.models.journal import JournalEntry
from itdesk.models.tickets import Ticket


def stored_milestones(ticket_id: int) -> Milestones:
    columns = [getattr(Ticket, name) for name in Milestones.__slots__]
    (row,) = tuples(Ticket.select(*columns).where(Ticket.id == ticket_id))
    return Milestones(*row)


def told_milestones(ticket_id: int) -> Milestones:
    rows = tuples(
        JournalEntry.select(JournalEntry.seq, JournalEntry.verb, JournalEntry.facts, JournalEntry.occurred_at)
        .where(JournalEntry.object == f"ticket:{ticket_id}")
        .order_by(JournalEntry.seq)
    )
    entries = [(seq, verb, json.loads(facts), at) for seq, verb, facts, at in rows]
    return milestones(entries, {facts["reverts"] for _, verb, facts, _ in entries if verb == "undone"})
