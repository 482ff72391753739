"""A search of the queue as a condition of the database."""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any
from zoneinfo import ZoneInfo

from peewee import SQL, NodeList, fn

from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.people import READERS
from itdesk.domain.queue_order import NEVER, Order
from itdesk.domain.search_language import (
    EXACTLY,
    ME,
    MINE,
    NO,
    NONE,
    TWICE,
    YES,
    Key,
    Query,
    Term,
    arrival,
    due_period,
    period,
    statuses,
)
from itdesk.domain.text import fold
from itdesk.domain.ticket import ENDED, Status, normal_tag, parse_number
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.people import Team
from itdesk.models.tickets import Draft, FormDraft, Ticket, TicketTag

SEARCH_COLUMNS = ("subject", "body", "notes")
"""The columns of the search index of tickets, those that everybody may search first."""

_MOMENTS = {
    Key.OPENED: Ticket.opened_at,
    Key.CLOSED: Ticket.closed_at,
    Key.SINCE: Ticket.status_since,
    Key.REOPENED: Ticket.reopened_at,
    Key.ESCALATED: Ticket.escalated_at,
}

_FEW_PEOPLE = 20
_FEW_TICKETS = 5_000
"""So many are collected and sorted rather than looked for along an order."""

_READ_ON_SQLITE, _READ_ON_POSTGRES = 3_000, 1_000
"""So many are read for their words before the index is asked. PostgreSQL needs longer to read one."""

_OFTEN = 0.005
"""The share of tickets with the words from which on it is quicker to go through tickets than to look up the found."""


def matching(session: Session, query: Query, *columns: Any, order: Order | None = None, with_words: bool = True) -> Any:
    """The visible tickets that a search means, not sorted yet; without `with_words`, whatever words they hold.

    SQLite knows nothing of how many tickets have which value, and would collect and sort thousands for a page. So
    the covering index of `order` is walked, unless an index leads straight to a few tickets: `_walked` columns take
    no index.
    """
    select = visible(session, *columns)
    for condition in _conditions(session, query, order, with_words):
        select = select.where(condition)
    return select


def sort_key(order: Order) -> Any:
    """The column by which an order sorts tickets, their ids aside; not of the best first, which `ranking` knows."""
    return {Order.FAIR: Ticket.order_key, Order.DUE: Ticket.due_key}.get(order, Ticket.opened_at)


def search_columns(session: Session) -> tuple[str, ...]:
    """The indexed texts that this person may search: work notes are for staff."""
    return SEARCH_COLUMNS if session.actor.role in READERS else SEARCH_COLUMNS[:2]


def _conditions(session: Session, query: Query, order: Order | None, with_words: bool) -> list[Any]:
    conditions: list[Any] = []
    if query.live_only:
        # Spelled like the partial indexes, so that they are used.
        conditions.append(Ticket.closed_at.is_null())
    for term in query.terms:
        condition = _condition(session, term, order, live_only=query.live_only)
        if condition is not None:
            conditions.append(~condition if term.negated else condition)
    if query.words and with_words:
        conditions.append(_holds_words(session, query, walked=query.live_only or not session.desk.database.sqlite))
    return conditions


def _holds_words(session: Session, query: Query, *, walked: bool) -> Any:
    """That the index finds a ticket; `walked`: tickets are gone through, rather than those of the index looked up."""
    from itdesk.models import search

    database = session.desk.database
    ids = search.matching(database, "ticket_search", search_columns(session), query.words, apart=not walked)
    ticket_id = _walked(session, Ticket.id) if walked else Ticket.id
    number = number_meant(query)
    return ticket_id.in_(ids) if number is None else ticket_id.in_(ids) | (ticket_id == number)


def number_meant(query: Query) -> int | None:
    """The ticket number that a single word may be."""
    return parse_number(query.words[0]) if len(query.words) == 1 and query.words[0].isdecimal() else None


def holding_words(session: Session, query: Query, select: Any, limit: int) -> Any:
    """At most `limit` of the sorted tickets that `matching` selected without words: the first that hold the words.

    The indexes need long for a frequent word, and most tickets have it; a rare one they find at once. So the first
    tickets are read one by one, and where too few of them hold the words, the index is asked: for all that it finds,
    if few did, else while one goes on through the tickets.
    """
    if not query.words:
        return select.limit(limit)
    sqlite = session.desk.database.sqlite
    most = _READ_ON_SQLITE if sqlite else _READ_ON_POSTGRES
    found, read = _first_that_hold(session, query, select.limit(most), limit)
    if len(found) == limit or read < most:
        return Ticket.select(Ticket.id).where(Ticket.id.in_(found))
    walked = len(found) >= _OFTEN * read or (query.live_only and sqlite)
    return select.where(_holds_words(session, query, walked=walked)).limit(limit)


def _first_that_hold(session: Session, query: Query, select: Any, limit: int) -> tuple[list[int], int]:
    """The ids of the first that hold the words, at most `limit`, and, if they are fewer, how many tickets were read."""
    from itdesk.models import search

    database = session.desk.database
    tickets, parameters = select.sql()
    condition, words = search.in_content(database, search_columns(session), SEARCH_COLUMNS, query.words)
    number, found, read = number_meant(query), [], 0
    if not database.sqlite:
        rows = database.execute(
            f"SELECT found.id FROM (SELECT id, row_number() OVER () AS place FROM ({tickets}) AS first) AS found"  # noqa: S608
            f" JOIN ticket_search AS content ON content.id = found.id WHERE {condition} OR found.id = %s"
            " ORDER BY place LIMIT %s",
            (*parameters, *words, number, limit),
        ).fetchall()
        if len(rows) < limit:
            [read] = database.row(f"SELECT count(*) FROM ({tickets}) AS first", parameters)  # noqa: S608
        return [ticket_id for (ticket_id,) in rows], read
    cursor = database.execute(
        f"SELECT found.id, {condition} FROM ({tickets}) AS found"  # noqa: S608
        " CROSS JOIN ticket_search_content AS content ON content.id = found.id",
        (*words, *parameters),
    )
    for ticket_id, holds in cursor:
        read += 1
        if holds or ticket_id == number:
            found.append(ticket_id)
            if len(found) == limit:
                break
    cursor.close()
    return found, read


def _walked(session: Session, column: Any) -> Any:
    """The column, spelled so that SQLite takes no index for it."""
    return NodeList((SQL("+"), column)) if session.desk.database.sqlite else column


def _condition(session: Session, term: Term, order: Order | None, *, live_only: bool) -> Any:
    match term.key:
        case Key.STATUS:
            return _status(session, statuses(term))
        case Key.WAITING:
            return Ticket.waiting_reason.is_null(False) & Ticket.waiting_reason.in_(term.values)
        case Key.PRIORITY if len(term.values) == 1 and order is Order.FAIR and not term.negated:
            return Ticket.priority == int(term.values[0])
        case Key.PRIORITY:
            return _walked(session, Ticket.priority).in_([int(value) for value in term.values])
        case Key.KIND:
            return Ticket.kind.in_(term.values)
        case Key.LEVEL:
            return Ticket.level.in_([int(value) for value in term.values])
        case Key.CHANNEL:
            return Ticket.channel.in_(term.values)
        case Key.MAJOR:
            few = term.values == ("yes",) and not term.negated
            major = Ticket.major if few else _walked(session, Ticket.major)
            return reduce(or_, [major == (value == "yes") for value in term.values])
        case Key.CATEGORY:
            return reduce(or_, [_branch(session, value, live_only=live_only) for value in term.values])
        case Key.TEAM:
            fair = order is Order.FAIR and len(term.values) == 1 and not term.negated
            team = Ticket.team if fair else _walked(session, Ticket.team)
            return reduce(or_, [_team(session, team, value) for value in term.values])
        case Key.ASSIGNEE:
            few = len(term.values) == 1 and term.values != (NONE,) and not term.negated
            assignee = Ticket.assignee if few else _walked(session, Ticket.assignee)
            return reduce(or_, [_assignee(session, assignee, value) for value in term.values])
        case Key.REQUESTER:
            return reduce(or_, [_requester(session, value) for value in term.values])
        case Key.APPROVER:
            return reduce(or_, [Ticket.id.in_(_to_approve(session, value)) for value in term.values])
        case Key.TAG:
            tags = [normal_tag(value) for value in term.values]
            tagged = TicketTag.select(TicketTag.ticket).where(TicketTag.tag.in_(tags))
            return Ticket.id.in_(tagged)
        case Key.WATCHING:
            return Ticket.id.in_(_watched(session, term.values))
        case Key.DRAFT:
            of_messages = Draft.select(Draft.ticket).where(Draft.person == session.actor.id)
            in_forms = (FormDraft.person == session.actor.id) & FormDraft.ticket.is_null(False)
            return Ticket.id.in_(of_messages | FormDraft.select(FormDraft.ticket).where(in_forms))
        case Key.SITE:
            return reduce(or_, [_site(session, value) for value in term.values])
        case Key.OPENED | Key.CLOSED | Key.SINCE:
            return reduce(or_, [_within(session, _MOMENTS[term.key], value) for value in term.values])
        case Key.RESOLVED:
            # Some desks that tickets were imported from say when a cancelled one was "resolved".
            resolved = reduce(or_, [_within(session, Ticket.resolved_at, value) for value in term.values])
            return Ticket.resolved_at.is_null(False) & resolved & (Ticket.status != Status.CANCELLED)
        case Key.REOPENED | Key.ESCALATED:
            return reduce(or_, [_happened(session, _MOMENTS[term.key], value) for value in term.values])
        case Key.DUE:
            return reduce(or_, [_due(session, value, order) for value in term.values])
        case Key.OVERDUE:
            now = to_microseconds(session.clock())
            key = _due_key(session, order)
            return reduce(or_, [key < now if value == YES else key >= now for value in term.values])
        case Key.ARRIVED:
            return reduce(or_, [_arrived(session, value) for value in term.values])
        case Key.CLOSURE:
            return Ticket.closure_code.is_null(False) & Ticket.closure_code.in_(term.values)
        case Key.NUMBER:
            return reduce(or_, [_number(value) for value in term.values])


def _status(session: Session, named: frozenset[Status]) -> Any:
    # Who has ended is who has closed_at: partial indexes know that, and no status needs to be read.
    if named == frozenset(Status):
        return None
    if named == frozenset(Status) - ENDED:
        return Ticket.closed_at.is_null()
    if named == ENDED:
        return _walked(session, Ticket.closed_at).is_null(False)
    return _walked(session, Ticket.status).in_(sorted(named))


def _branch(session: Session, path: str, *, live_only: bool) -> Any:
    def within(category: Any) -> Any:
        if path.startswith(EXACTLY):
            return category == path.removeprefix(EXACTLY)
        # A range, not LIKE: `.` is followed by `/` in every collation by bytes, and ranges use the index.
        return (category == path) | ((category >= f"{path}.") & (category < f"{path}/"))

    if live_only or not session.desk.database.sqlite:
        return within(_walked(session, Ticket.category))
    few = Ticket.select(Ticket.id).where(within(Ticket.category)).limit(_FEW_TICKETS + 1).count() <= _FEW_TICKETS
    return within(Ticket.category if few else _walked(session, Ticket.category))


def _team(session: Session, team: Any, value: str) -> Any:
    if value == MINE:
        ids = sorted(session.actor.team_ids)
    elif value == NONE:
        return team.is_null()
    else:
        ids = [team_id for team_id, name in tuples(Team.select(Team.id, Team.name)) if fold(name) == fold(value)]
    if len(ids) > 1:
        team = _walked(session, Ticket.team)
    return team.is_null(False) & team.in_(ids)


def _assignee(session: Session, assignee: Any, value: str) -> Any:
    from itdesk.desk.queries import directory

    if value == NONE:
        return assignee.is_null()
    if value == ME:
        return assignee.is_null(False) & (assignee == session.actor.id)
    wanted = fold(value)
    ids = directory.ids_of(session, lambda one: one.folded_login == wanted)
    return assignee.is_null(False) & assignee.in_(session.desk.database.among(ids) if len(ids) > 1 else ids)


def _watched(session: Session, values: Sequence[str]) -> Any:
    """The tickets that these people watch; requesters learn only what they watch themselves."""
    from itdesk.desk.queries import directory
    from itdesk.models.work import Watcher

    people = {session.actor.id} if ME in values else set()
    if session.actor.role in READERS:
        wanted = {fold(value) for value in values}
        people |= set(directory.ids_of(session, lambda one: one.folded_login in wanted))
    return Watcher.select(Watcher.ticket).where(Watcher.person.in_(sorted(people)))


def _requester(session: Session, value: str) -> Any:
    from itdesk.desk.queries import directory

    if value == ME:
        return Ticket.requester == session.actor.id
    wanted = fold(value)
    found = directory.ids_of(
        session,
        lambda one: wanted in one.folded_name or wanted in (one.folded_login, one.folded_email),
    )
    if len(found) <= _FEW_PEOPLE:
        return Ticket.requester.in_(found)
    return _walked(session, Ticket.requester).in_(session.desk.database.among(found))


def _to_approve(session: Session, value: str) -> list[int]:
    """The ids of the tickets that wait for this person's vote: few."""
    from itdesk.desk.queries import directory
    from itdesk.desk.queries.procedures import to_approve

    wanted = fold(value)
    people = [session.actor.id] if value == ME else directory.ids_of(session, lambda one: one.folded_login == wanted)
    return to_approve(session, people)


def _site(session: Session, value: str) -> Any:
    """The value stands in the site, whatever its case and accents."""
    from itdesk.desk.queries import directory

    wanted = fold(value)
    if value.isascii():
        # Every site of a person is known here; reading those of all tickets would take a second at a million.
        folded = {one.site for one in directory.everybody(session) if wanted in fold(one.site)}
        return Ticket.site.contains(value) | Ticket.site.in_(sorted(folded))
    stored = tuples(Ticket.select(Ticket.site).distinct())
    return Ticket.site.in_([site for (site,) in stored if wanted in fold(site)])


def _within(session: Session, column: Any, value: str) -> Any:
    """The column's moment lies in the period that the value means."""
    first, end = period(value, session.clock(), _zone(session))
    conditions = [*([column >= first] if first else []), *([column < end] if end else [])]
    if not column.null:
        return reduce(and_, conditions)
    # Not null, so that a negated term finds those that have none; bounded, so that SQLite takes the index.
    if end is None:
        conditions.append(column < NEVER)
    return reduce(and_, conditions, column.is_null(False))


def _happened(session: Session, column: Any, value: str) -> Any:
    if value == YES:
        return column.is_null(False) & (column > 0) & (column < NEVER)
    if value == NO:
        return column.is_null()
    if value == TWICE:
        return column.is_null(False) & (Ticket.reopen_count >= 2)
    return _within(session, column, value)


def _due_key(session: Session, order: Order | None) -> Any:
    """The column, for its index where tickets are sorted by it; the indexes of the other orders cover it."""
    return Ticket.due_key if order is Order.DUE else _walked(session, Ticket.due_key)


def _due(session: Session, value: str, order: Order | None) -> Any:
    key = _due_key(session, order)
    if value in (YES, NO):
        return key < NEVER if value == YES else key == NEVER
    first, end = due_period(value, session.clock(), _zone(session))
    conditions = [key < (NEVER if end is None else to_microseconds(end))]
    if first is not None:
        conditions.append(key >= to_microseconds(first))
    return reduce(and_, conditions)


def _arrived(session: Session, value: str) -> Any:
    """Opened on a weekday, or in an hour of it, by the clocks of the desk's time zone."""
    from itdesk.domain.periods import offsets

    weekday, hour = arrival(value)
    oldest = visible(session, fn.MIN(Ticket.opened_at)).scalar()
    conditions = [
        (Ticket.opened_at >= stretch.start) & (Ticket.opened_at < stretch.end) & _in_hour(stretch.offset, weekday, hour)
        for stretch in (offsets(_zone(session), oldest, session.clock()) if oldest is not None else ())
    ]
    return reduce(or_, conditions, SQL("(1 = 0)"))


def _in_hour(offset: int, weekday: int, hour: int | None) -> Any:
    from itdesk.domain.periods import DAY_US, HOUR_US

    # The first day of the epoch was a Thursday. Without the sign of a remainder, which psycopg would take for its own.
    local = NodeList((SQL("("), Ticket.opened_at, SQL(f"+ {offset + 3 * DAY_US})")))
    size, count, wanted = (DAY_US, 7, weekday) if hour is None else (HOUR_US, 168, weekday * 24 + hour)
    return NodeList((SQL("("), local, SQL(f"/ {size} -"), local, SQL(f"/ {size * count} * {count} = {wanted})")))


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(session.rulebook.desk.time_zone)


def _number(value: str) -> Any:
    number = parse_number(value)
    by_old_number = Ticket.external_id.is_null(False) & (Ticket.external_id == value)
    return by_old_number if number is None else by_old_number | (Ticket.id == number)
