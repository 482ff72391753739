"""Pushing: tickets that a team could give to nobody when they arrived get their person as soon as somebody fits."""

from collections.abc import Callable

from itdesk.desk.assignment import arrive
from itdesk.desk.change import Change
from itdesk.desk.duplicates import HAS_LIVE_ORIGINAL
from itdesk.desk.session import Session
from itdesk.desk.transaction import Transaction, action, number
from itdesk.domain.assignment import Mode
from itdesk.domain.decisions import Source
from itdesk.domain.people import ADMINISTRATORS
from itdesk.domain.ticket import Status

_FREE = f"closed_at IS NULL AND assignee_id IS NULL AND status = '{Status.NEW}' AND NOT {HAS_LIVE_ORIGINAL}"


def push_waiting(session: Session, go_on: Callable[[], bool]) -> int:
    """Give what waits in teams that push to whoever fits now, in the fair order; how many tickets found somebody.

    For the sweep. Where nobody fits for a sort of work, the other tickets of that sort are not tried.
    """
    given = 0
    hopeless: set[tuple[object, ...]] = set()
    for ticket_id, *work in _waiting(session):
        if not go_on():
            break
        if tuple(work) in hopeless:
            continue
        if _push(session, ticket_id).tickets:
            given += 1
        else:
            hopeless.add(tuple(work))
    return given


@action(ADMINISTRATORS, "push tickets")
def _push(tx: Transaction, ticket_id: int) -> Change:
    """Give a ticket that nobody has to whoever of its team fits best now; nothing where nobody does."""
    [ticket] = tx.tickets([ticket_id])
    if ticket.status != Status.NEW or ticket.assignee_id is not None:
        return Change("", undoable=False)  # somebody was faster
    arrival = arrive(tx, ticket)
    if not arrival.values:
        return Change("", undoable=False)
    changes = tx.update(ticket, **arrival.values)
    tx.decide(ticket.id, arrival.decisions)
    tx.record("assigned", ticket, changes, payload=arrival.payload)
    return Change(f"Gave {number(ticket)}{arrival.given}.", tickets=(ticket.id,))


def _waiting(session: Session) -> list[tuple[int, int, str, int, int, str]]:
    """Tickets that wait in teams that push, in the fair order: the id; and team, category, priority, level, languages.

    Not those that somebody gave back: whoever did wants a person to look at it.
    """
    names = [name for name, team in session.rulebook.sharing.teams.items() if team.mode is Mode.PUSH]
    if not names:
        return []
    database = session.desk.database
    wanted, these = database.among_in_sql(names)
    by_hand = (
        "SELECT source FROM decision WHERE ticket_id = ticket.id AND thing = 'assignee' AND retracted_at IS NULL"
        " ORDER BY id DESC LIMIT 1"
    )
    found: list[tuple[int, int, str, int, int, str]] = database.execute(
        "SELECT id, team_id, category, priority, level,"  # noqa: S608
        " (SELECT languages FROM person WHERE person.id = ticket.requester_id) FROM ticket"
        f" WHERE {_FREE} AND team_id IN (SELECT id FROM team WHERE name IN {wanted})"
        f" AND coalesce(({by_hand}), '') <> '{Source.PERSON}' ORDER BY order_key, id",
        these,
    ).fetchall()
    return found
