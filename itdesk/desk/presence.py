"""Presence: who has a ticket open on screen. A heartbeat, apart from the journal, that wakes nobody."""

from datetime import timedelta

from itdesk.desk.session import Session
from itdesk.models.work import Presence

STALE = timedelta(seconds=150)
"""After so long without a heartbeat, which comes each minute, somebody is no longer there."""


def here(session: Session, ticket_id: int, *, writing: bool) -> None:
    """Note that the actor has the ticket open, and whether he writes on it; what he left without a word is forgotten.

    For a ticket that is visible to the actor.
    """
    now, me = session.clock(), session.actor.id

    def save() -> None:
        Presence.delete().where((Presence.person == me) & (Presence.seen_at < now - STALE)).execute()
        Presence.insert(ticket=ticket_id, person=me, writing=writing, seen_at=now).on_conflict(
            conflict_target=[Presence.ticket, Presence.person],
            update={Presence.writing: writing, Presence.seen_at: now},
        ).execute()

    session.desk.database.write(save)


def left(session: Session, ticket_id: int) -> None:
    """Note that the actor has the ticket open no longer."""
    session.desk.database.write(
        lambda: (
            Presence.delete().where((Presence.ticket == ticket_id) & (Presence.person == session.actor.id)).execute()
        )
    )
