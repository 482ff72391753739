"""Notices: told inside the transaction of what they tell about, kept until their person has read them."""

from collections.abc import Iterable

from itdesk.desk.session import Session
from itdesk.desk.transaction import Transaction
from itdesk.domain.notices import NoticeKind
from itdesk.domain.text import storable
from itdesk.models.fields import to_microseconds
from itdesk.models.notices import Notice
from itdesk.models.tickets import Ticket


def notify(
    tx: Transaction, people: Iterable[int | None], kind: NoticeKind, text: str, ticket: Ticket | None = None
) -> None:
    """Tell these people (ids) something inside a transaction, each once; whoever acts and nobody (None) are left out.

    `text` is one sentence; the journal entry of what it tells about wakes the open screens.
    """
    tx.session.desk.database.insert_rows(
        "notice",
        [
            {
                "person_id": person_id,
                "ticket_id": ticket.id if ticket else None,
                "kind": kind,
                "text": storable(text),
                "told_at": to_microseconds(tx.now),
            }
            for person_id in sorted({person for person in people if person} - {tx.session.actor.id})
        ],
    )


def mark_read(session: Session, notices: Iterable[int]) -> None:
    """Note that the actor has read these notices of his; others' are left alone. Own scratch paper: no journal."""
    these, now = session.desk.database.among(list(notices)), session.clock()
    session.desk.database.write(
        lambda: (
            Notice.update(read_at=now)
            .where((Notice.person == session.actor.id) & Notice.id.in_(these) & Notice.read_at.is_null())
            .execute()
        )
    )
