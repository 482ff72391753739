"""Whether somebody lets happen what is due: `itdesk sweep`, or an open screen of staff."""

from datetime import datetime, timedelta

from itdesk.desk.session import Session
from itdesk.models.fields import from_microseconds

SWEEP = "sweep"
"""The name of the lease under which open screens sweep; its row notes when the desk was last swept, by whomever."""

LATE = timedelta(minutes=5)
"""After so long without a sweep, something is wrong."""


def last_swept(session: Session) -> datetime | None:
    """When the desk was last swept; None if it never was."""
    row = session.desk.database.row("SELECT done_at FROM lease WHERE name = ?", (SWEEP,))
    return None if row is None or row[0] is None else from_microseconds(row[0])
