"""A search of the queue as a condition of the database."""

from functools import reduce
from operator import and_, or_
from typing import Any

from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.people import READERS
from itdesk.domain.search_language import ME, MINE, NONE, Key, Query, Term, age, statuses
from itdesk.domain.ticket import Status, parse_number
from itdesk.models import search
from itdesk.models.base import tuples
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Ticket, TicketTag


def matching(session: Session, query: Query, *columns: Any) -> Any:
    """The visible tickets that a search means, without an order."""
    select = visible(session, *columns)
    for condition in _conditions(session, query):
        select = select.where(condition)
    return select


def search_columns(session: Session) -> tuple[str, ...]:
    """The indexed texts that this person may search: work notes are for staff."""
    return ("subject", "body", "notes") if session.actor.role in READERS else ("subject", "body")


def _conditions(session: Session, query: Query) -> list[Any]:
    conditions: list[Any] = []
    if query.live_only:
        # Spelled like the partial indexes, so that they are used.
        conditions.append(Ticket.closed_at.is_null())
    for term in query.terms:
        condition = _condition(session, term)
        if condition is not None:
            conditions.append(~condition if term.negated else condition)
    if query.words:
        ids = search.matching(session.desk.database, "ticket_search", search_columns(session), query.words)
        found = Ticket.id.in_(ids)
        number = parse_number(query.words[0]) if len(query.words) == 1 else None
        if number is not None:
            found = found | (Ticket.id == number)
        conditions.append(found)
    return conditions


def _condition(session: Session, term: Term) -> Any:
    match term.key:
        case Key.STATUS:
            named = statuses(term)
            return None if named == frozenset(Status) else Ticket.status.in_(sorted(named))
        case Key.WAITING:
            return Ticket.waiting_reason.is_null(False) & Ticket.waiting_reason.in_(term.values)
        case Key.PRIORITY:
            return Ticket.priority.in_([int(value) for value in term.values])
        case Key.KIND:
            return Ticket.kind.in_(term.values)
        case Key.LEVEL:
            return Ticket.level.in_([int(value) for value in term.values])
        case Key.CHANNEL:
            return Ticket.channel.in_(term.values)
        case Key.MAJOR:
            return reduce(or_, [Ticket.major == (value == "yes") for value in term.values])
        case Key.CATEGORY:
            return reduce(or_, [_branch(value) for value in term.values])
        case Key.TEAM:
            return reduce(or_, [_team(session, value) for value in term.values])
        case Key.ASSIGNEE:
            return reduce(or_, [_assignee(session, value) for value in term.values])
        case Key.REQUESTER:
            return reduce(or_, [_requester(session, value) for value in term.values])
        case Key.TAG:
            tagged = TicketTag.select(TicketTag.ticket).where(TicketTag.tag.in_(term.values))
            return Ticket.id.in_(tagged)
        case Key.SITE:
            return reduce(or_, [Ticket.site ** f"%{value}%" for value in term.values])
        case Key.OPENED:
            return reduce(and_, [_age(session, value) for value in term.values])
        case Key.NUMBER:
            return reduce(or_, [_number(value) for value in term.values])


def _branch(path: str) -> Any:
    # A range, not LIKE: `.` is followed by `/` in every collation by bytes, and ranges use the index.
    return (Ticket.category == path) | ((Ticket.category >= f"{path}.") & (Ticket.category < f"{path}/"))


def _team(session: Session, value: str) -> Any:
    if value == MINE:
        return Ticket.team.is_null(False) & Ticket.team.in_(sorted(session.actor.team_ids))
    if value == NONE:
        return Ticket.team.is_null()
    ids = [team_id for (team_id,) in tuples(Team.select(Team.id).where(Team.name**value))]
    return Ticket.team.is_null(False) & Ticket.team.in_(ids)


def _assignee(session: Session, value: str) -> Any:
    if value == NONE:
        return Ticket.assignee.is_null()
    if value == ME:
        return Ticket.assignee.is_null(False) & (Ticket.assignee == session.actor.id)
    ids = [person_id for (person_id,) in tuples(Person.select(Person.id).where(Person.login**value))]
    return Ticket.assignee.is_null(False) & Ticket.assignee.in_(ids)


def _requester(session: Session, value: str) -> Any:
    if value == ME:
        return Ticket.requester == session.actor.id
    named = (Person.login**value) | (Person.name ** f"%{value}%") | (Person.email**value)
    return Ticket.requester.in_(Person.select(Person.id).where(named))


def _age(session: Session, value: str) -> Any:
    older, ago = age(value)
    moment = session.clock() - ago
    return Ticket.opened_at < moment if older else Ticket.opened_at >= moment


def _number(value: str) -> Any:
    number = parse_number(value)
    by_old_number = Ticket.external_id.is_null(False) & (Ticket.external_id == value)
    return by_old_number if number is None else by_old_number | (Ticket.id == number)
