"""Whether somebody lets happen what is due: `itdesk sweep`, or an open screen of staff."""

from datetime import datetime, timedelta

from itdesk.desk.session import Session
from itdesk.models.fields import from_microseconds, to_microseconds

SWEEP = "sweep"
"""The name of the lease under which open screens sweep; its row notes when the desk was last swept, by whomever."""

LATE = timedelta(minutes=5)
"""After so long without a sweep, something is wrong."""


_FIRST_DUE = (
    "SELECT escalates_at FROM ticket WHERE escalates_at > 0 AND escalates_at <= ? AND closed_at IS NULL"
    " ORDER BY escalates_at, id LIMIT 1"
)


def last_swept(session: Session) -> datetime | None:
    """When the desk was last swept.

    Of one that never was: when the first step of escalation fell due that is late for want of a sweep; None where there
    is no such step.
    """
    row = session.desk.database.row("SELECT done_at FROM lease WHERE name = ?", (SWEEP,))
    if row is None or row[0] is None:
        row = session.desk.database.row(_FIRST_DUE, (to_microseconds(session.clock() - LATE),))
    return None if row is None else from_microseconds(row[0])
