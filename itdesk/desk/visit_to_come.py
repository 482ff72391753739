"""A visit that is to come: whoever has its ticket waits for it."""

from collections.abc import Mapping

from itdesk.desk.transaction import Transaction
from itdesk.domain.ticket import Status, WaitingReason
from itdesk.models.schedule import Appointment
from itdesk.models.tickets import Ticket

WAITS: Mapping[str, object] = {"status": Status.WAITING, "waiting_reason": WaitingReason.APPOINTMENT}
"""What changes on a ticket that waits for its visit."""


def status_in_hand(tx: Transaction, ticket: Ticket, status: Status) -> Mapping[str, object]:
    """What changes when somebody gets a new ticket, which would be in `status`: where a visit is to come it waits."""
    to_come = (Appointment.ticket == ticket.id) & Appointment.begun_at.is_null() & (Appointment.starts_at > tx.now)
    return WAITS if Appointment.select().where(to_come & Appointment.planned()).exists() else {"status": status}
