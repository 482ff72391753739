"""Files on tickets, as somebody may see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from itdesk.desk.errors import NotFound
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.people import READERS
from itdesk.models.attachments import Attachment
from itdesk.models.base import tuples
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file on a ticket: `size` in bytes, `author` a login, `attached_at` aware UTC."""

    id: int
    name: str
    size: int
    staff_only: bool
    author: str
    attached_at: datetime
    sha256: str


def attachments(session: Session, ticket_id: int) -> tuple[AttachedFile, ...]:
    """The files of a visible ticket, in the order in which they came; those for staff only for staff and auditors."""
    return _found(session, Attachment.ticket == ticket_id)


def attachment(session: Session, attachment_id: int) -> AttachedFile:
    """One of them; raises NotFound for one that is not there, was removed or is not visible."""
    for found in _found(session, Attachment.id == attachment_id):
        return found
    raise NotFound(f"There is no attachment {attachment_id} here. `itdesk attach NUMBER --list` shows a ticket's.")


def _found(session: Session, which: Any) -> tuple[AttachedFile, ...]:
    columns = (
        Attachment.id,
        Attachment.name,
        Attachment.size,
        Attachment.staff_only,
        Person.login,
        Attachment.attached_at,
        Attachment.sha256,
    )
    select = (
        visible(session, *columns)
        .join_from(Ticket, Attachment, on=(Attachment.ticket == Ticket.id))
        .join_from(Attachment, Person, on=(Attachment.author == Person.id))
        .where(which & Attachment.removed_at.is_null())
    )
    if session.actor.role not in READERS:
        select = select.where(~Attachment.staff_only)
    with session.desk.database.translated():
        rows = tuples(select.order_by(Attachment.id))
    return tuple(
        AttachedFile(one, name, size, bool(staff_only), author, attached_at, sha256)
        for one, name, size, staff_only, author, attached_at, sha256 in rows
    )
