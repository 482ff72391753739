"""Open tickets that may be about the same thing as one that is being written."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum, log

from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.text import telling_words
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import tuples
from itdesk.models.tickets import Ticket

DAYS = 7
_MOST_READ = 1_000
"""So many of the newest open tickets are compared, however many there are."""
_BODY_LETTERS, _BODY_WORDS = 4_000, 120
_LEAST_ALIKE = 0.5
_SAME_CATEGORY = 0.1


@dataclass(frozen=True, slots=True)
class Alike:
    """An open ticket that may be the same. `opened_at` is aware UTC."""

    id: int
    number: str
    subject: str
    opened_at: datetime
    same_requester: bool


def likely_duplicates(
    session: Session, subject: str, body: str, *, requester_id: int | None, category: str | None, limit: int = 5
) -> tuple[Alike, ...]:
    """Open tickets of the last seven days that share telling words, or requester and category; the likeliest first.

    Words weigh by how rare they are among the subjects of these tickets. Two tickets are alike if they share at least
    two and, on the average, half of each one's weight is in the other; the same category counts a tenth more.
    `category` is None where the rules know none: the desk's default says nothing. Only the newest thousand open tickets
    are compared.
    """
    since = session.clock() - timedelta(days=DAYS)
    recent = (
        visible(session, Ticket.id, Ticket.kind, Ticket.subject, Ticket.category, Ticket.requester, Ticket.opened_at)
        .where(Ticket.closed_at.is_null() & (Ticket.opened_at >= since))
        .order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    )
    with session.desk.database.translated():
        rows = tuples(recent.limit(_MOST_READ))
        if requester_id is not None and category is not None and len(rows) == _MOST_READ:
            own = recent.where((Ticket.requester == requester_id) & (Ticket.category == category))
            rows += [row for row in tuples(own.limit(limit)) if row not in rows]
    found = []
    said = {row[0]: frozenset(telling_words(row[2])) for row in rows}
    weights = _Weights(said.values())
    mine = frozenset(telling_words(subject))
    more = mine | frozenset(telling_words(body[:_BODY_LETTERS])[:_BODY_WORDS])
    for row in rows:
        ticket_id, kind, other_subject, other_category, requester, opened_at = row
        likeness = _likeness(mine, more, said[ticket_id], weights) + _SAME_CATEGORY * (other_category == category)
        same = requester == requester_id
        if likeness >= _LEAST_ALIKE or (same and other_category == category):
            number = format_number(Kind(kind), ticket_id)
            found.append((likeness, Alike(ticket_id, number, other_subject, opened_at, same)))
    found.sort(key=lambda pair: (-pair[0], -pair[1].id))
    return tuple(alike for _, alike in found[:limit])


class _Weights(dict[str, float]):
    """What each word weighs: ln((tickets + 2) / (tickets that have it + 1)), the one that is written counted with them.

    A word that no ticket has weighs as the rarest.
    """

    def __init__(self, subjects: Collection[frozenset[str]]) -> None:
        having = Counter(word for subject in subjects for word in subject)
        super().__init__({word: log((len(subjects) + 2) / (count + 1)) for word, count in having.items()})
        self._rarest = log(len(subjects) + 2)

    def __missing__(self, word: str) -> float:
        return self._rarest


def _likeness(mine: frozenset[str], more: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    """How much of each is in the other, on the average: 0 to 1. `more` is what the text says beside the subject."""
    if len(mine & other) < 2 and mine != other:
        return 0.0

    def weight(chosen: Iterable[str]) -> float:
        return fsum(weights[word] for word in chosen)

    of_other, of_mine = weight(other & more) / (weight(other) or 1), weight(mine & other) / (weight(mine) or 1)
    return (of_other + of_mine) / 2
