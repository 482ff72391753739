"""What a person was told and has not read yet."""

from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN

from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.notices import NoticeKind
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import tuples
from itdesk.models.notices import Notice
from itdesk.models.tickets import Ticket


@dataclass(frozen=True, slots=True)
class UnreadNotice:
    """A notice that was not read yet. `told_at` is aware UTC; a notice without a ticket has neither id nor number."""

    id: int
    kind: NoticeKind
    text: str
    told_at: datetime
    ticket_id: int | None
    number: str | None


def unread(session: Session, limit: int = 200) -> tuple[UnreadNotice, ...]:
    """The actor's unread notices, newest first; those about tickets that he may no longer see are left out."""
    may_see = Notice.ticket.is_null() | Notice.ticket.in_(visible(session, Ticket.id))
    with session.desk.database.translated():
        rows = tuples(
            Notice.select(Notice.id, Notice.kind, Notice.text, Notice.told_at, Ticket.id, Ticket.kind)
            .join(Ticket, JOIN.LEFT_OUTER)
            .where((Notice.person == session.actor.id) & Notice.read_at.is_null() & may_see)
            .order_by(Notice.id.desc())
            .limit(limit)
        )
    return tuple(
        UnreadNotice(
            notice_id,
            NoticeKind(kind),
            text,
            told_at,
            ticket_id,
            format_number(Kind(ticket_kind), ticket_id) if ticket_id else None,
        )
        for notice_id, kind, text, told_at, ticket_id, ticket_kind in rows
    )
