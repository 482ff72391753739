"""Duplicates that are solved with their original: they are nobody's work."""

from itdesk.desk.session import Session
from itdesk.domain.ticket import SETTLED, LinkType

_SETTLED = ", ".join(f"'{status}'" for status in sorted(SETTLED))

HAS_LIVE_ORIGINAL = (
    "EXISTS (SELECT 1 FROM ticket_link JOIN ticket AS original ON original.id = ticket_link.other_id"  # noqa: S608
    f" WHERE ticket_link.ticket_id = ticket.id AND ticket_link.type = '{LinkType.DUPLICATE_OF}'"
    f" AND original.status NOT IN ({_SETTLED}))"
)
"""A condition on `ticket`: it is a duplicate, and resolving its original will resolve it."""


def has_live_original(session: Session, ticket_id: int) -> bool:
    """The same of one ticket."""
    database = session.desk.database
    sql = f"SELECT 1 FROM ticket WHERE id = {database.param} AND {HAS_LIVE_ORIGINAL}"  # noqa: S608
    return database.execute(sql, (ticket_id,)).fetchone() is not None
