"""What can go wrong when somebody uses the desk; every text is a sentence for people."""

from itdesk.models.database import Busy, DatabaseProblem, NotADesk, ReadOnly, Unavailable, Uncertain

__all__ = [
    "Busy",
    "Conflict",
    "DatabaseProblem",
    "DeskError",
    "NotADesk",
    "NotFound",
    "ReadOnly",
    "Refused",
    "Unavailable",
    "Uncertain",
]


class DeskError(Exception):
    """The desk says no; nothing was changed."""


class NotFound(DeskError):
    """There is no such ticket, person, team or article, or this person may not see it."""


class Refused(DeskError):
    """This person may not do this, or the ticket's state does not allow it.

    `tickets` holds (number, reason) for each refused ticket of a command on many.
    """

    def __init__(self, message: str, tickets: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.tickets = tickets


class Conflict(DeskError):
    """Somebody changed the ticket after it was shown; `ticket_id` says which."""

    def __init__(self, message: str, ticket_id: int) -> None:
        super().__init__(message)
        self.ticket_id = ticket_id
