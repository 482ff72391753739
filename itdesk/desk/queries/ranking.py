"""Best first: tickets by where the words of a search stand in them.

A word is worth most as a whole word of the subject, less as the beginning of one, and less still elsewhere
(`models.search.score`); among equals the newest comes first. The newest RANKED tickets that a search finds are ranked
like this; the older ones follow, newest first. So a frequent word costs little more than a rare one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peewee import Tuple

from itdesk.desk.queries.filters import SEARCH_COLUMNS, holding_words, matching, number_meant, search_columns
from itdesk.desk.session import Session
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import Query
from itdesk.models import search
from itdesk.models.tickets import Ticket

RANKED = 1_000
"""So many of the newest tickets that a search finds are ranked."""

Key = tuple[int, int]
"""A ticket's `place` and its id. Greater ones are better."""

_OPENED_BITS = 52
_NOT_RANKED = 1 << _OPENED_BITS
"""Places below are of tickets that are not ranked; microseconds stay below until the year 2112."""

_THE_NUMBER = search.SUBJECT_WHOLE + 1
"""The score of the ticket whose number was searched for."""


def place(score: int, opened_at: int) -> int:
    """What a ticket is sorted by: its score (0: not ranked), then its time of opening in microseconds."""
    return (score << _OPENED_BITS) + opened_at


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranked tickets of a search, best first, each with its score.

    `oldest` is the time of opening and the id of the oldest of them where others follow that are not ranked.
    """

    session: Session
    query: Query
    keys: tuple[Key, ...]
    scores: Mapping[int, int]
    oldest: Key | None

    def page(self, key: Key | None, limit: int, *, descending: bool) -> list[int]:
        """The ids of the first tickets beyond a key, at most `limit`, in no order; `descending` is best first."""
        keys = [one for one in self.keys if key is None or (one < key if descending else one > key)]
        if descending:
            return [ticket_id for _, ticket_id in keys[:limit]] + self._others(key, limit - len(keys), descending=True)
        others = self._others(key, limit, descending=False)
        return others + [ticket_id for _, ticket_id in keys[::-1][: limit - len(others)]]

    def count_before(self, key: Key, limit: int, *, descending: bool) -> int:
        """How many tickets stand before a key, at most `limit`."""
        ranked = sum(one > key if descending else one < key for one in self.keys)
        return min(limit, ranked + len(self._others(key, limit - ranked, descending=not descending)))

    def _others(self, key: Key | None, limit: int, *, descending: bool) -> list[int]:
        """Those beyond a key that are not ranked, in no order."""
        ranked = key is not None and key[0] >= _NOT_RANKED
        if self.oldest is None or limit <= 0 or (ranked and not descending):
            return []
        select = _by_opening(self.session, self.query, descending=descending)
        opened = Tuple(Ticket.opened_at, Ticket.id)
        select = select.where(opened < Tuple(*self.oldest))
        if key is not None and not ranked:
            select = select.where(opened < Tuple(*key) if descending else opened > Tuple(*key))
        return _ids(self.session, holding_words(self.session, self.query, select, limit))


def ranked(session: Session, query: Query) -> Ranking:
    """The ranking of what a search finds. Without words nothing is ranked: all of it is newest first."""
    if not query.words:
        return Ranking(session, query, (), {}, (_NOT_RANKED, 0))
    newest = holding_words(session, query, _by_opening(session, query, descending=True), RANKED)
    found = _scored(session, query, newest)
    return Ranking(
        session,
        query,
        keys=tuple(
            sorted(((place(score, opened_at), ticket_id) for ticket_id, opened_at, score in found), reverse=True)
        ),
        scores={ticket_id: score for ticket_id, _, score in found},
        oldest=min((opened_at, ticket_id) for ticket_id, opened_at, _ in found) if len(found) == RANKED else None,
    )


def scores(session: Session, query: Query, select: Any) -> dict[int, int]:
    """The scores of selected ticket ids that a search with words finds."""
    return {ticket_id: score for ticket_id, _, score in _scored(session, query, select)}


def _scored(session: Session, query: Query, select: Any) -> list[tuple[int, int, int]]:
    """Id, time of opening and score of the selected tickets."""
    database = session.desk.database
    tickets, parameters = select.sql()
    score, words = search.score(database, search_columns(session), SEARCH_COLUMNS, query.words)
    rows = database.execute(
        f"SELECT found.id, ticket.opened_at, {score} FROM ({tickets}) AS found JOIN ticket ON ticket.id = found.id"  # noqa: S608
        f" JOIN {search.content_table(database, 'ticket_search')} AS content ON content.id = found.id",
        (*words, *parameters),
    ).fetchall()
    number = number_meant(query)
    return [(row[0], row[1], _THE_NUMBER if row[0] == number else row[2]) for row in rows]


def _by_opening(session: Session, query: Query, *, descending: bool) -> Any:
    select = matching(session, query, Ticket.id, order=Order.NEWEST, with_words=False)
    columns = (Ticket.opened_at, Ticket.id)
    return select.order_by(*(column.desc() if descending else column.asc() for column in columns))


def _ids(session: Session, select: Any) -> list[int]:
    sql, parameters = select.sql()
    return [ticket_id for (ticket_id,) in session.desk.database.execute(sql, parameters)]
