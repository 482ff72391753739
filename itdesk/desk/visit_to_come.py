"""A visit that is to come: whoever has its ticket waits for it."""

from collections.abc import Mapping

from itdesk.desk.transaction import Transaction
from itdesk.domain.ticket import Status, WaitingReason
from itdesk.models.schedule import Appointment
from itdesk.models.tickets import Ticket

WAITS: Mapping[str, object] = {"status": Status.WAITING, "waiting_reason": WaitingReason.APPOINTMENT}
"""What changes on a ticket that waits for its visit."""


def status_in_hand(tx: Transaction, ticket: Ticket, status: Status) -> Mapping[str, object]:
    """What changes when a ticket comes into somebody's hands, or back into them, in `status`.

    Where a visit is to come it waits for that.
    """
    to_come = (Appointment.ticket == ticket.id) & Appointment.begun_at.is_null() & (Appointment.starts_at > tx.now)
    if Appointment.select().where(to_come & Appointment.planned()).exists():
        return WAITS
    return {"status": status, "waiting_reason": None}


def back_to_work(tx: Transaction, ticket: Ticket, status: Status = Status.IN_PROGRESS) -> Mapping[str, object]:
    """What changes when a ticket need not wait any more: whoever has it goes on in `status`, else it is new again."""
    if ticket.assignee_id is None:
        return {"status": Status.NEW, "waiting_reason": None}
    return status_in_hand(tx, ticket, status)


def visit_remark(ticket: Ticket) -> str:
    """That a ticket waits for its visit, as a sentence after another one; mostly nothing."""
    return " It waits for its visit." if ticket.waiting_reason == WaitingReason.APPOINTMENT else ""
