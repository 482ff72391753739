"""What a person may see: the start of every read and every change."""

from typing import Any

from itdesk.desk.session import Session
from itdesk.domain.people import READERS
from itdesk.models.tickets import Ticket


def visible(session: Session, *columns: Any) -> Any:
    """A query over the tickets that this session may see: all for staff and auditors.

    A requester sees his own, and those about which his approval was asked.
    """
    query = Ticket.select(*columns)
    if session.actor.role not in READERS:
        own = Ticket.requester == session.actor.id
        asked = _asked(session)
        query = query.where(own | Ticket.id.in_(asked) if asked else own)
    return query


def visible_in_sql(session: Session) -> tuple[str, tuple[int, ...]]:
    """The same rule as a condition on `ticket` with its parameters, for plain SQL."""
    if session.actor.role in READERS:
        return "TRUE", ()
    own = f"ticket.requester_id = {session.desk.database.param}"
    asked = _asked(session)
    if not asked:
        return own, (session.actor.id,)
    among, parameters = session.desk.database.among_in_sql(asked)
    return f"({own} OR ticket.id IN {among})", (session.actor.id, *parameters)


def _asked(session: Session) -> list[int]:
    """The tickets about which this person's approval was asked: read by themselves, so that indexes lead to all."""
    database = session.desk.database
    sql = (
        "SELECT DISTINCT approval.ticket_id FROM approval_voter JOIN approval ON approval.id = approval_voter.approval_id"  # noqa: E501, S608
        f" WHERE approval_voter.person_id = {database.param}"
    )
    return [ticket_id for (ticket_id,) in database.execute(sql, (session.actor.id,)).fetchall()]
