"""Figures about the desk's work. Each knows the search that shows the tickets behind it.

Time to resolve runs from opening to the last resolution, by the calendar, of all kinds of tickets; percentiles are
nearest ranks (SQL's `percentile_disc`). Solved at first level: resolved at L1 and never escalated, of all that were
resolved (MetricNet, first level resolution rate). Reopened: tickets that came back, each once, of all that were
resolved in the period. Open: not closed or cancelled. A ticket that was merged into another one counts for nothing.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from peewee import JOIN, fn

from itdesk.desk.queries import queue
from itdesk.desk.session import Session
from itdesk.desk.visible import visible, visible_in_sql
from itdesk.domain.periods import HOUR_US, Days, Period, midnight, offsets
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import EXACTLY, WEEKDAYS, parse
from itdesk.models.base import tuples
from itdesk.models.fields import from_microseconds, to_microseconds
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

TOP_CATEGORIES = 10
GROWTH = 1.5
"""A category that has so many times the tickets of the period before stands out, if it has GROWTH_LEAST at least."""
GROWTH_LEAST = 10
_GROWING = 3
_BACKLOG_GROWTH = 0.1
_NAMED = 3
_HOURS = 24 * len(WEEKDAYS)
_THURSDAY = 3 * 24

_Value = Callable[[int, int], float | None]
"""A value between two moments in microseconds."""


class Unit(StrEnum):
    """What a headline's value is: tickets in a period, tickets at a moment, seconds, or percent."""

    COUNT = "count"
    STOCK = "stock"
    SECONDS = "seconds"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Count:
    """How many tickets, under a label, and the search that shows them."""

    label: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure for the period, its value in the period before, and of each of the last weeks, the newest last.

    None where there was nothing to take it of. `behind` are the tickets that it is taken of.
    """

    unit: Unit
    value: float | None
    before: float | None
    trend: tuple[float | None, ...]
    behind: Count

    @property
    def label(self) -> str:
        """Its name."""
        return self.behind.label


@dataclass(frozen=True, slots=True)
class Attention:
    """Tickets that somebody should look at first; `detail` says which, or compared with what."""

    behind: Count
    detail: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What was opened and resolved on some days of the period."""

    days: Days
    opened: Count
    resolved: Count


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """A category in the period: what was opened, now and in the period before; times to resolve in seconds."""

    opened: Count
    before: int
    median: float | None
    p90: float | None

    @property
    def grew(self) -> bool:
        """Whether it has grown so much that it stands out."""
        return _grew(self.opened.count, self.before)


def _grew(count: int, before: int) -> bool:
    return count >= GROWTH_LEAST and count > GROWTH * before


@dataclass(frozen=True, slots=True)
class Overview:
    """The desk in figures, all of one moment. `arrivals` are 24 hours for each weekday from Monday on."""

    period: Period
    headlines: tuple[Headline, ...]
    attention: tuple[Attention, ...]
    parts: tuple[Part, ...]
    by_age: tuple[Count, ...]
    by_priority: tuple[Count, ...]
    by_team: tuple[Count, ...]
    categories: tuple[CategoryFigures, ...]
    arrivals: tuple[tuple[Count, ...], ...]

    @property
    def opened(self) -> int:
        """Tickets opened in the period."""
        return sum(part.opened.count for part in self.parts)

    @property
    def comparable(self) -> bool:
        """Whether there is anything in the period before to compare with."""
        return bool(self.headlines[0].before)

    @property
    def resolved(self) -> int:
        """Tickets resolved in the period."""
        return sum(part.resolved.count for part in self.parts)

    @property
    def open(self) -> int:
        """Tickets that have not ended."""
        return sum(count.count for count in self.by_priority)


def overview(session: Session, *, days: int = 30) -> Overview:
    """Figures of the last `days` days, today with them, at the session's time; of the tickets one may see."""
    now = session.clock()
    session = replace(session, clock=lambda: now)
    period = Period(days, now, ZoneInfo(session.rulebook.desk.time_zone))
    with session.desk.database.snapshot():
        flow = _Flow(session, period)
        by_priority = dict(_grouped(session, Ticket.priority))
        by_team = dict(_grouped(session, Team.name))
        open_now = sum(by_priority.values())
        headlines = tuple(flow.headlines(open_now))
        return Overview(
            period=period,
            headlines=headlines,
            attention=(*_attention(session), *(_growth(flow, headlines[-1]) if headlines[0].before else ())),
            parts=tuple(flow.parts()),
            by_age=tuple(_by_age(session, now)),
            by_priority=tuple(
                Count(f"P{priority}", by_priority.get(priority, 0), f"p:{priority}") for priority in range(1, 6)
            ),
            by_team=tuple(
                Count(name or "no team", count, f"team:{name or 'none'}")
                for name, count in sorted(by_team.items(), key=lambda item: (-item[1], item[0] or ""))
            ),
            categories=tuple(flow.categories()),
            arrivals=tuple(flow.arrivals()),
        )


# --- as it stands --------------------------------------------------------------------------------------------------


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


_STANDING = (
    ("Major incidents are open", "major:yes", True),
    ("Overdue", "overdue:yes", True),
    ("P1 or P2, nobody has it, opened over a day ago", "p:1,2 @none status:unresolved opened:>1d", True),
    ("Waiting for a vendor for over 3 days", "waiting:vendor since:>3d", False),
    ("Reopened twice or more, still open", "reopened:twice status:unresolved", False),
)


def _attention(session: Session) -> Iterable[Attention]:
    """What stands out among the open tickets, with the oldest of them."""
    for label, text, urgent in _STANDING:
        query = parse(text)
        count = queue.count(session, query, limit=None)
        if count:
            oldest = queue.page(session, query, Order.OLDEST, limit=_NAMED).rows
            numbers = ", ".join(row.number for row in oldest) + (" …" if count > len(oldest) else "")
            yield Attention(Count(label, count, text), numbers, urgent)


def _growth(flow: "_Flow", opens: Headline) -> Iterable[Attention]:
    """What grew against the period before: the backlog, and categories, those with most new tickets first."""
    more = round((opens.value or 0) - (opens.before or 0))
    if more >= GROWTH_LEAST and more > (opens.before or 0) * _BACKLOG_GROWTH:
        detail = f"{more:,} more than {flow.period.days} days ago"
        yield Attention(replace(opens.behind, label="The backlog grows"), detail)
    grown = [
        (count - flow.before_by_category[path], path, count)
        for path, count in flow.by_category.items()
        if _grew(count, flow.before_by_category[path])
    ]
    for _, path, count in sorted(grown, key=lambda item: (-item[0], item[1]))[:_GROWING]:
        behind = Count(f"Category {path} grows", count, flow.category_query(path))
        yield Attention(
            behind, f"{count:,} opened, {flow.before_by_category[path]:,} in the {flow.period.days} days before"
        )


# --- over time -----------------------------------------------------------------------------------------------------


class _Flow:
    """What happened in the period, in the period before, and in the last weeks.

    Moments and times are microseconds, in order. Resolutions are rows: moment, time that it took, category, whether at
    the first level.
    """

    def __init__(self, session: Session, period: Period) -> None:
        self.period = period
        self._start = to_microseconds(period.start)
        self._end = to_microseconds(midnight(period.last + timedelta(days=1), period.zone))
        self._before = tuple(to_microseconds(moment) for moment in period.before)
        self._weeks = tuple(to_microseconds(moment) for moment in period.weeks())
        first = min(self._before[0], self._weeks[0])
        merged = session.desk.database.row("SELECT id FROM ticket WHERE closure_code = 'merged' LIMIT 1")
        self._without_merged = " -closure:merged" if merged else ""
        opened = self._read(session, "opened_at, category", "opened_at", first)
        self._opened = [at for at, _ in opened]
        self._closed = [at for (at,) in self._read(session, "closed_at", "closed_at", first)]
        self._reopened = [at for (at,) in self._read(session, "reopened_at", "reopened_at", first)]
        self._resolutions: list[tuple[int, int, str, int]] = self._read(
            session,
            "resolved_at, resolved_at - opened_at, category, level = 1 AND escalated_at IS NULL",
            "resolved_at",
            first,
            " AND status <> 'cancelled'",
        )
        self._resolved = [at for at, *_ in self._resolutions]
        self._times = [took for _, took, *_ in self._resolutions]
        begin, *before = (bisect_left(self._opened, bound) for bound in (self._start, *self._before))
        self.by_category = Counter(category for _, category in opened[begin:])
        self.before_by_category = Counter(category for _, category in opened[before[0] : before[1]])

    def _read(self, session: Session, columns: str, moment: str, first: int, and_so: str = "") -> list[Any]:
        # Plain SQL and plain integers: Peewee would make a datetime of each of a hundred thousand (measured).
        database = session.desk.database
        seen, parameters = visible_in_sql(session)
        bounds = f"{moment} >= {database.param} AND {moment} < {database.param}"
        if self._without_merged:
            and_so += " AND id NOT IN (SELECT id FROM ticket WHERE closure_code = 'merged')"
        sql = f"SELECT {columns} FROM ticket WHERE {bounds} AND {seen}{and_so} ORDER BY {moment}"  # noqa: S608
        found: list[Any] = database.execute(sql, (first, self._end, *parameters)).fetchall()
        return found

    # Headlines

    def headlines(self, open_now: int) -> Iterable[Headline]:
        """The figures of the first row; that of what is open stands last."""
        days = self.period.span.text
        opened, resolved = f"opened:{days} status:all{self._without_merged}", f"resolved:{days}"
        yield self._headline("Opened", Unit.COUNT, partial(_count, self._opened), self._opened, opened)
        yield self._headline("Resolved", Unit.COUNT, partial(_count, self._resolved), self._resolved, resolved)
        ordered = cache(self._ordered)  # both percentiles want them
        for label, share in (("Time to resolve, median", 0.5), ("Time to resolve, p90", 0.9)):
            yield self._headline(
                label, Unit.SECONDS, partial(_percentile_between, ordered, share), self._resolved, resolved
            )
        first = [at for at, *_, first_level in self._resolutions if first_level]
        query = f"{resolved} level:1 escalated:no"
        yield self._headline("Solved at first level", Unit.PERCENT, self._share_of(first), first, query)
        query = f"reopened:{days} status:all{self._without_merged}"
        yield self._headline("Reopened", Unit.PERCENT, self._share_of(self._reopened), self._reopened, query)
        yield Headline(
            Unit.STOCK,
            open_now,
            self._open_at(open_now, self._start),
            tuple(self._open_at(open_now, end) for end in self._weeks[1:]),
            Count("Open now", open_now, "status:open"),
        )

    def _headline(self, label: str, unit: Unit, value: _Value, moments: Sequence[int], query: str) -> Headline:
        return Headline(
            unit,
            value(self._start, self._end),
            value(*self._before),
            tuple(value(first, end) for first, end in pairwise(self._weeks)),
            Count(label, _count(moments, self._start, self._end), query),
        )

    def _share_of(self, moments: Sequence[int]) -> _Value:
        def share(first: int, end: int) -> float | None:
            resolved = _count(self._resolved, first, end)
            return 100 * _count(moments, first, end) / resolved if resolved else None

        return share

    def _ordered(self, first: int, end: int) -> Sequence[int]:
        """The times to resolve of what was resolved between two moments, the shortest first."""
        begin, stop = (bisect_left(self._resolved, bound) for bound in (first, end))
        return sorted(self._times[begin:stop])

    def _open_at(self, open_now: int, moment: int) -> int:
        """How many were open at a moment, from how many are now."""
        return open_now - _count(self._opened, moment, self._end) + _count(self._closed, moment, self._end)

    # Charts

    def parts(self) -> Iterable[Part]:
        """Days, weeks or months of the period."""
        for days in self.period.parts():
            first = to_microseconds(midnight(days.first, self.period.zone))
            end = to_microseconds(midnight(days.last + timedelta(days=1), self.period.zone))
            opened, resolved = _count(self._opened, first, end), _count(self._resolved, first, end)
            yield Part(
                days,
                Count("opened", opened, f"opened:{days.text} status:all{self._without_merged}"),
                Count("resolved", resolved, f"resolved:{days.text}"),
            )

    def categories(self) -> Iterable[CategoryFigures]:
        """Those with most new tickets."""
        top = sorted(self.by_category.items(), key=lambda item: (-item[1], item[0]))[:TOP_CATEGORIES]
        took: defaultdict[str, list[int]] = defaultdict(list)
        for _, time, category, _ in self._resolutions[bisect_left(self._resolved, self._start) :]:
            took[category].append(time)
        for path, count in top:
            times = sorted(took[path])
            yield CategoryFigures(
                Count(path, count, self.category_query(path)),
                self.before_by_category[path],
                _percentile(times, 0.5),
                _percentile(times, 0.9),
            )

    def category_query(self, path: str) -> str:
        """The search for what was opened in the period in a category itself."""
        alone = EXACTLY if any(other.startswith(f"{path}.") for other in self.by_category) else ""
        return f"category:{alone}{path} opened:{self.period.span.text} status:all{self._without_merged}"

    def arrivals(self) -> Iterable[tuple[Count, ...]]:
        """When tickets were opened, by the clocks of the desk."""
        hours = [0] * _HOURS
        stretches = offsets(self.period.zone, from_microseconds(self._start), from_microseconds(self._end))
        for stretch in stretches:
            bounds = (max(self._start, to_microseconds(stretch.start)), to_microseconds(stretch.end))
            begin, end = (bisect_left(self._opened, bound) for bound in bounds)
            for at in self._opened[begin:end]:
                hours[((at + stretch.offset) // HOUR_US + _THURSDAY) % _HOURS] += 1
        days = f"opened:{self.period.span.text} status:all{self._without_merged}"
        for weekday, name in enumerate(WEEKDAYS):
            yield tuple(
                Count(f"{name.capitalize()} {hour:02}", hours[weekday * 24 + hour], f"arrived:{name}-{hour:02} {days}")
                for hour in range(24)
            )


def _count(moments: Sequence[int], first: int, end: int) -> int:
    """How many of the sorted moments lie from `first` on and before `end`."""
    return bisect_left(moments, end) - bisect_left(moments, first)


def _percentile_between(
    ordered: Callable[[int, int], Sequence[int]], share: float, first: int, end: int
) -> float | None:
    return _percentile(ordered(first, end), share)


def _percentile(ordered: Sequence[int], share: float) -> float | None:
    """The nearest rank, of microseconds in seconds."""
    if not ordered:
        return None
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)] / 1_000_000
