"""Figures about the desk's work."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peewee import JOIN, fn

from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.people import Team
from itdesk.models.tickets import Ticket

AGES: tuple[tuple[str, timedelta | None], ...] = (
    ("under 1 day", timedelta(days=1)),
    ("1 to 3 days", timedelta(days=3)),
    ("3 to 10 days", timedelta(days=10)),
    ("10 to 30 days", timedelta(days=30)),
    ("over 30 days", None),
)
"""Age bands of the backlog; the bounds of 10 and 30 days are HDI's (metric of the month, ticket backlog, 2021)."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many tickets, under a label, and the search that shows them."""

    label: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """Tickets opened and ended (closed or cancelled) on one day in the desk's time zone."""

    day: date
    opened: int
    ended: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The desk as it stands: tickets that have not ended by priority, team and age; the flow of the last days."""

    open: int
    by_priority: tuple[Count, ...]
    by_team: tuple[Count, ...]
    by_age: tuple[Count, ...]
    per_day: tuple[DayCount, ...]


def overview(session: Session, *, days: int = 30) -> Overview:
    """Figures at the session's time, all of one moment; `days` of flow, today last."""
    now = session.clock()
    zone = ZoneInfo(session.rulebook.desk.time_zone)
    with session.desk.database.snapshot():
        by_priority = dict(_grouped(session, Ticket.priority))
        by_team = dict(_grouped(session, Team.name))
        by_age = tuple(_by_age(session, now))
        per_day = tuple(_per_day(session, now.astimezone(zone).date(), zone, days))
    return Overview(
        open=sum(by_priority.values()),
        by_priority=tuple(
            Count(f"P{priority}", by_priority.get(priority, 0), f"p:{priority}") for priority in range(1, 6)
        ),
        by_team=tuple(
            Count(name or "no team", count, f"team:{name or 'none'}")
            for name, count in sorted(by_team.items(), key=lambda item: (-item[1], item[0] or ""))
        ),
        by_age=by_age,
        per_day=per_day,
    )


def _grouped(session: Session, column: Any) -> list[tuple[Any, ...]]:
    return tuples(
        visible(session, column, fn.COUNT(Ticket.id))
        .join_from(Ticket, Team, JOIN.LEFT_OUTER, on=(Ticket.team == Team.id))
        .where(Ticket.closed_at.is_null())
        .group_by(column)
    )


def _by_age(session: Session, now: datetime) -> Iterable[Count]:
    younger: timedelta | None = timedelta()
    for label, limit in AGES:
        select = visible(session, Ticket.id).where(Ticket.closed_at.is_null())
        parts = []
        if younger:
            select = select.where(Ticket.opened_at < now - younger)
            parts.append(f"opened:>{younger.days}d")
        if limit is not None:
            select = select.where(Ticket.opened_at >= now - limit)
            parts.append(f"opened:<{limit.days}d")
        yield Count(label, select.count(), " ".join(parts))
        younger = limit


def _per_day(session: Session, today: date, zone: ZoneInfo, days: int) -> Iterable[DayCount]:
    first = today - timedelta(days=days - 1)
    midnights = [datetime.combine(first + timedelta(days=index), time(), zone) for index in range(days + 1)]
    opened = _between(session, Ticket.opened_at, midnights)
    ended = _between(session, Ticket.closed_at, midnights)
    for index in range(days):
        yield DayCount(first + timedelta(days=index), opened[index], ended[index])


def _between(session: Session, column: Any, midnights: list[datetime]) -> list[int]:
    """Counts between each midnight and the next: one index range read, days of 23 and 25 hours included."""
    bounds = [to_microseconds(midnight) for midnight in midnights]
    counts = [0] * (len(bounds) - 1)
    moments = visible(session, column).where((column >= midnights[0]) & (column < midnights[-1]))
    for (moment,) in tuples(moments):
        counts[bisect_right(bounds, to_microseconds(moment)) - 1] += 1
    return counts
