"""The desk at a glance: how many, what is on top, who has how much, what came and went, what just happened."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from itdesk.desk.errors import NotFound
from itdesk.desk.queries import queue
from itdesk.desk.queries.people import team_names
from itdesk.desk.queries.queue import QueueRow
from itdesk.desk.queries.swept import last_swept
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.people import READERS
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import YES, Key, Query, Term
from itdesk.domain.ticket import ClosureCode, Kind, Status, format_number
from itdesk.domain.time_left import NEARLY, TimeLeft, Urgency, time_left_of
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.journal import JournalEntry
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Ticket

HOURS = 12
"""Hours of arrivals and departures."""

_HOUR = timedelta(hours=1)
_TOP = 100
_HAPPENINGS = 12
_READ_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """A journal entry about a ticket. `what` is a word or two, `who` a login."""

    at: datetime
    number: str
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Glance:
    """Tickets that have not ended, at one moment.

    `overdue` and `soon` (nearly due) count those that are due by one of their clocks. `late` are overdue, in the fair
    order, and `coming` fall due next, the first first, both with the time `left` by ticket id; `top` is the top of the
    queue, where nothing is due.
    `holders` are logins with how many they have, the busiest first; `arrivals` and `departures` (closed or cancelled)
    are counts for each of the last hours, the newest last; `latest` begins with the newest; `swept_at` is when somebody
    last let happen what was due: see `last_swept`.
    """

    at: datetime
    open: int
    by_priority: Mapping[int, int]
    unassigned: int
    waiting: int
    overdue: int
    soon: int
    late: tuple[QueueRow, ...]
    coming: tuple[QueueRow, ...]
    top: tuple[QueueRow, ...]
    left: Mapping[int, TimeLeft]
    holders: tuple[tuple[str, int], ...]
    arrivals: tuple[int, ...]
    departures: tuple[int, ...]
    latest: tuple[Happening, ...]
    swept_at: datetime | None = None

    @property
    def is_due(self) -> bool:
        """Whether anything is due."""
        return bool(self.late or self.coming)

    def listed(self, count: int) -> Sequence[QueueRow]:
        """So many rows at most, in the order in which they are due; where nothing is due, of the top of the queue.

        What has been overdue for long leaves room for what is coming: half of the rows, if so much is.
        """
        if not self.is_due:
            return self.top[:count]
        late = self.late[: max((count + 1) // 2, count - len(self.coming))]
        return sorted((*late, *self.coming[: count - len(late)]), key=lambda row: row.key(Order.DUE))


def team_named(session: Session, name: str) -> str:
    """The name as it is; raises NotFound for a team that there is not, Refused for requesters."""
    known = teams(session)
    if name not in known:
        raise NotFound(f"There is no team {name!r}; the teams are: {', '.join(known)}.")
    return name


def teams(session: Session) -> tuple[str, ...]:
    """The teams to choose from. For staff and auditors: raises Refused."""
    session.require(READERS, "watch the desk")
    return team_names(session)


def glance(session: Session, team: str | None = None) -> Glance:
    """The whole desk, or a team, at the session's time. For staff and auditors: raises Refused."""
    session.require(READERS, "watch the desk")
    now = session.clock()
    of_team = (Term(Key.TEAM, (team,)),) if team else ()
    with session.desk.database.snapshot():
        counts = _counts(session, team)
        is_late = Query("", (*of_team, Term(Key.OVERDUE, (YES,))))
        late = queue.page(session, is_late, limit=_TOP).rows
        is_due, from_now = Query("", (*of_team, Term(Key.DUE, (YES,)))), (to_microseconds(now), 0)
        coming = queue.page(session, is_due, Order.DUE, after=from_now, limit=_TOP).rows
        due = (*late, *coming)
        return Glance(
            at=now,
            open=sum(counts.values()),
            by_priority=_sums(counts, 0),
            unassigned=_sums(counts, 2)[None],
            waiting=_sums(counts, 1)[Status.WAITING.value],
            overdue=queue.count(session, is_late, limit=None) if late else 0,
            soon=_soon(session, now, team) if due else 0,
            late=late,
            coming=coming,
            top=() if due else queue.page(session, Query("", of_team), limit=_TOP).rows,
            left={row.id: _left(session, now, row.agreement, row.due_at, row.due_clock) for row in due},
            holders=_holders(_sums(counts, 2)),
            arrivals=_by_hour(session, Ticket.opened_at, now, team),
            departures=_by_hour(session, Ticket.closed_at, now, team),
            latest=tuple(_latest(session, team)),
            swept_at=last_swept(session),
        )


def _of_team(select: Any, team: str | None) -> Any:
    return select if team is None else select.where(Ticket.team.in_(Team.select(Team.id).where(Team.name == team)))


def _counts(session: Session, team: str | None) -> Counter[tuple[Any, ...]]:
    """Open tickets by priority, status and assignee, in one walk over an index."""
    columns = (Ticket.priority, Ticket.status, Ticket.assignee)
    select = visible(session, *columns, fn.COUNT(Ticket.id)).where(Ticket.closed_at.is_null()).group_by(*columns)
    return Counter({tuple(key): count for *key, count in tuples(_of_team(select, team))})


def _left(
    session: Session, now: datetime, agreement: str | None, due_at: datetime | None, clock: str | None
) -> TimeLeft:
    return time_left_of(session.rulebook, now, agreement=agreement, due_at=due_at, due_clock=clock)


def _soon(session: Session, now: datetime, team: str | None) -> int:
    """How many are nearly due: of those that may be, as the agreements are, each in its own calendar."""
    ends = [now]
    for agreement in session.rulebook.agreements:
        calendar = session.rulebook.calendar(agreement.calendar)
        if calendar is not None and agreement.targets:
            ends.append(calendar.add(now, NEARLY * max(agreement.targets.values())))
    near = Ticket.due_key.between(to_microseconds(now), to_microseconds(max(ends)))
    select = visible(session, Ticket.agreement, Ticket.due_at, Ticket.due_clock).where(near)
    left = (_left(session, now, *columns) for columns in tuples(_of_team(select, team)))
    return sum(one.urgency is Urgency.NEARLY for one in left)


def _sums(counts: Counter[tuple[Any, ...]], column: int) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for key, count in counts.items():
        sums[key[column]] += count
    return sums


def _holders(by_assignee: Counter[Any]) -> tuple[tuple[str, int], ...]:
    logins = _logins(person for person in by_assignee if person is not None)
    held = [(logins[person], count) for person, count in by_assignee.items() if person is not None]
    return tuple(sorted(held, key=lambda item: (-item[1], item[0])))


def _logins(ids: Iterable[int]) -> dict[int, str]:
    return dict(tuples(Person.select(Person.id, Person.login).where(Person.id.in_(sorted(set(ids))))))


def _by_hour(session: Session, column: Any, now: datetime, team: str | None) -> tuple[int, ...]:
    first = now - HOURS * _HOUR
    merged = Ticket.closure_code.is_null(False) & (Ticket.closure_code == ClosureCode.MERGED)
    moments = visible(session, column).where((column > first) & (column <= now) & ~merged)
    counts = [0] * HOURS
    for (moment,) in tuples(_of_team(moments, team)):
        counts[HOURS - 1 - (now - moment) // _HOUR] += 1
    return tuple(counts)


def _latest(session: Session, team: str | None) -> Iterable[Happening]:
    """The newest entries about visible tickets; of a team, those among the newest entries of all."""
    entries = [
        (int(name.partition(":")[2]), at, actor, verb, facts)
        for name, at, actor, verb, facts in tuples(
            JournalEntry.select(
                JournalEntry.object,
                JournalEntry.occurred_at,
                JournalEntry.actor,
                JournalEntry.verb,
                JournalEntry.facts,
            )
            .order_by(JournalEntry.seq.desc())
            .limit(_READ_ENTRIES)
        )
        if name.startswith("ticket:")
    ]
    select = visible(session, Ticket.id, Ticket.kind).where(Ticket.id.in_(sorted({entry[0] for entry in entries})))
    kinds = dict(tuples(_of_team(select, team)))
    told = [entry for entry in entries if entry[0] in kinds][:_HAPPENINGS]
    logins = _logins(actor for _, _, actor, _, _ in told)
    for ticket_id, at, actor, verb, facts in told:
        number = format_number(Kind(kinds[ticket_id]), ticket_id)
        yield Happening(at, number, _in_words(verb, json.loads(facts)), logins.get(actor, "itdesk"))


def _in_words(verb: str, facts: Mapping[str, Any]) -> str:
    status = facts.get("changes", {}).get("status", (None, None))[1]
    if verb == "submitted":
        return f"new, P{facts['priority']}"
    if verb == "status_changed" and status:
        return Status(status).title
    return verb.replace("_", " ")
