"""Whose request a ticket is: its requester's, and theirs whose tickets were merged into it."""

from collections.abc import Sequence

from itdesk.desk.session import Session


def all_requesters(session: Session, ticket_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Ticket (an id) -> its requester and those of all tickets that were merged into it, by way of others as well.

    Inside a transaction or a read; of tickets that the session's person may not see too.
    """
    database = session.desk.database
    these, parameters = database.among_in_sql(ticket_ids)
    rows = database.execute(
        "WITH RECURSIVE one(root, id) AS ("  # noqa: S608
        f"  SELECT id, id FROM ticket WHERE id IN {these}"
        "  UNION SELECT one.root, link.ticket_id FROM one JOIN ticket_link AS link ON link.other_id = one.id"
        "  WHERE link.type = 'merged_into'"
        ") SELECT one.root, ticket.requester_id FROM one JOIN ticket ON ticket.id = one.id",
        parameters,
    ).fetchall()
    found: dict[int, set[int]] = {}
    for root, requester in rows:
        found.setdefault(root, set()).add(requester)
    return {root: frozenset(people) for root, people in found.items()}
