"""A team that pushes shares its work evenly: a quarter of a year lived through at a real desk, then measured."""

import heapq
import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from math import ceil
from random import Random
from zoneinfo import ZoneInfo

import pytest

from itdesk.desk import assignment, intake, resolution, schedule
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.intake import NewTicket
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.pushing import push_waiting
from itdesk.desk.session import SYSTEM, Desk, Session, sign_in
from itdesk.domain.assignment import Mode, Sharing, TeamSharing
from itdesk.domain.people import Role
from itdesk.models.fields import from_microseconds
from tests.support.desks import StillClock, opened, shipped_rulebook

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 3, 2)
DAYS = 90
HOLIDAYS = frozenset({date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25)})
"""In Germany, where the shipped settings are at home; on 29 March the clocks go forward."""

TEAM = tuple(f"tech-{number}" for number in range(6))
SHIFTS = ((6, 14), (8, 16), (14, 22))
"""From one hour of the local day to another; whoever has one has the next in the week after."""

CAPACITY = 20
WEIGHTS = {1: 5, 2: 3, 3: 2, 4: 1, 5: 1}
ASKED = {
    1: ("company", "high"),
    2: ("company", "medium"),
    3: ("person", "high"),
    4: ("person", "medium"),
    5: ("person", "low"),
}
"""The impact and urgency that make a priority."""

AT_MOST = 0.15
"""The spread of the weighted load between equals: from the least to the most, in parts of the average."""

_SLOT = timedelta(minutes=15)
_SWEPT = (0, 6, 8, 14, 19)
"""The hours of a local day at which the sweep comes by."""


def moment(day: int, hour: float = 0) -> datetime:
    """An hour of the local day that comes so many days after the first, aware UTC."""
    midnight = datetime.combine(FIRST + timedelta(day), time(), BERLIN)
    return (midnight + timedelta(hours=hour)).astimezone(UTC)


@dataclass(frozen=True)
class Rota:
    """Who is at work when, worked out by itself: what the desk's schedule says is what is tried here.

    `away` are the days off of each of the team. `slots` are the quarters of an hour at work.
    """

    away: Mapping[str, Collection[int]]
    slots: dict[str, list[datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, login in enumerate(TEAM):
            self.slots[login] = [
                moment(day, begins + quarter / 4)
                for day in range(DAYS + 7)
                for begins, ends in [SHIFTS[(number + day // 7) % len(SHIFTS)]]
                for quarter in range((ends - begins) * 4)
                if day % 7 < 5 and FIRST + timedelta(day) not in HOLIDAYS and day not in self.away[login]
            ]

    def at_work(self, at: datetime) -> list[str]:
        """Who is on shift and not away."""
        found = []
        for login in TEAM:
            slots = self.slots[login]
            place = bisect_left(slots, at + timedelta(microseconds=1)) - 1
            if place >= 0 and at < slots[place] + _SLOT:
                found.append(login)
        return found

    def done(self, login: str, at: datetime, hours: float) -> datetime | None:
        """When somebody has worked so long from a moment on; None after the last day that is planned."""
        slots = self.slots[login]
        place = bisect_left(slots, at) + ceil(hours * 4)
        return slots[place] if place < len(slots) else None


# The quarter of a year


def a_quarter(desk: Desk, seed: int) -> Rota:
    """Let an empty desk live through 90 days; everything happens to it as it would by people and by the sweep."""
    random = Random(seed)
    holiday = random.sample(range(1, 12), len(TEAM))
    away = {
        login: {*range(7 * week, 7 * week + 7), *random.sample(range(DAYS), 3)}
        for login, week in zip(TEAM, holiday, strict=True)
    }
    rota = Rota(away)
    desk.together(partial(_set_up, desk, away))
    living = _Living(desk, rota, random)
    for week in range(ceil(DAYS / 7)):
        desk.together(partial(living.until, moment(min(DAYS, 7 * week + 7))))
    return rota


def _set_up(desk: Desk, away: Mapping[str, Iterable[int]]) -> None:
    """Settings, people, shifts and absences."""
    session = Session(desk, SYSTEM, StillClock(moment(0)))
    sharing = Sharing(teams={"network": TeamSharing(Mode.PUSH, capacity=CAPACITY)})
    rulebooks.adopt(session, replace(shipped_rulebook(), sharing_data=sharing.to_data()), "network pushes")
    staff = [NewPerson(login, login.title(), Role.TECHNICIAN, level=2, teams=("network",)) for login in TEAM]
    add_people(session, [*staff, NewPerson("sam", "Sam", Role.SUPERVISOR), NewPerson("rita", "Rita")])
    for week in range(ceil(DAYS / 7)):
        monday = FIRST + timedelta(7 * week)
        for turn, (begins, ends) in enumerate(SHIFTS):
            who = [login for number, login in enumerate(TEAM) if (number + week) % len(SHIFTS) == turn]
            schedule.add_weekly_shifts(
                session, who, range(5), begins * 60, ends * 60, first_day=monday, last_day=monday + timedelta(6)
            )
    for login, days in away.items():
        for day in sorted(days):
            schedule.add_absence(session, login, moment(day), moment(day + 1), "away")


class _Living:
    """The work of the team: requests come, the sweep pushes what waits, whoever has a ticket works on it and ends it.

    A ticket takes its person 4 to 10 h at work, other tickets beside it.
    """

    def __init__(self, desk: Desk, rota: Rota, random: Random) -> None:
        self.desk, self.rota, self.random = desk, rota, random
        self.clock = StillClock(moment(0))
        self.itdesk, self.rita = (Session(desk, actor, self.clock) for actor in (SYSTEM, sign_in(desk, "rita")))
        self.team = {login: Session(desk, sign_in(desk, login), self.clock) for login in TEAM}
        self.unassigned: set[int] = set()
        self.to_come: list[tuple[datetime, int, Callable[[], None]]] = []
        self.count = 0
        self._later(moment(0), self._ask)
        for day in range(DAYS):
            for hour in _SWEPT:
                self._later(moment(day, hour), self._sweep)

    def until(self, end: datetime) -> None:
        while self.to_come[0][0] < end:
            self.clock.now, _, act = heapq.heappop(self.to_come)
            act()

    def _later(self, at: datetime, act: Callable[[], None]) -> None:
        self.count += 1
        heapq.heappush(self.to_come, (at, self.count, act))

    def _ask(self) -> None:
        [priority] = self.random.choices(tuple(ASKED), (2, 8, 40, 40, 10))
        impact, urgency = ASKED[priority]
        new = NewTicket("No network", category="network.wired", impact=impact, urgency=urgency)
        self.unassigned |= set(intake.submit(self.rita, new).tickets)
        self._begin()
        local = self.clock.now.astimezone(BERLIN)
        busy = local.weekday() < 5 and 7 <= local.hour < 20
        self._later(self.clock.now + timedelta(minutes=self.random.expovariate(1 / (29 if busy else 260))), self._ask)

    def _sweep(self) -> None:
        if push_waiting(self.itdesk, lambda: True):
            self._begin()

    def _begin(self) -> None:
        """Whoever got a ticket begins to work on it."""
        wanted, these = self.desk.database.among_in_sql(sorted(self.unassigned))
        rows = self.desk.database.execute(
            "SELECT ticket.id, person.login FROM ticket JOIN person ON person.id = ticket.assignee_id"
            f" WHERE ticket.id IN {wanted}",
            these,
        )
        for ticket, login in sorted(rows.fetchall()):
            self.unassigned.remove(ticket)
            done = self.rota.done(login, self.clock.now, self.random.uniform(4, 10))
            if done is not None:
                self._later(done, partial(self._resolve, self.team[login], ticket))

    def _resolve(self, session: Session, ticket: int) -> None:
        resolution.resolve(session, [ticket], "Plugged in again.", without_steps="none needed")


# What the desk's journal says of it


@dataclass
class Measured:
    """What came out, by login where it is a mapping. `faults` are sentences; loads are weighted.

    `in_hand` and `beside` are sums over the same moments: one's own load, and the average one of those at work then.
    `given` and `due` too: what one got, and one's part of it had those who fitted been given equal parts each time.
    """

    assigned: int = 0
    waited: int = 0
    faults: list[str] = field(default_factory=list)
    load: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TEAM, 0))
    in_hand: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    beside: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    given: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    due: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def spread_in_hand(self) -> float:
        return spread(self.in_hand[login] / self.beside[login] for login in TEAM)

    @property
    def spread_given(self) -> float:
        return spread(self.given[login] / self.due[login] for login in TEAM)

    def arrive(self, what: str, weight: int, login: str | None, there: list[str]) -> None:
        """A ticket came to the team, or was pushed later; `login` got it, or nobody."""
        load = self.load
        fitting = [one for one in there if load[one] < CAPACITY]
        if len(there) > 1:
            average = sum(load[one] for one in there) / len(there)
            for one in there:
                self.in_hand[one] += load[one]
                self.beside[one] += average
        if login is None:
            self.waited += 1
            self.faults += [f"{what} waited, and {', '.join(fitting)} could have had it."] if fitting else []
            return
        if login not in there:
            self.faults.append(f"{what} went to {login}, who was off shift.")
        elif login not in fitting:
            self.faults.append(f"{what} went to {login}, who was at capacity.")
        elif load[login] > min(load[one] for one in fitting):
            self.faults.append(f"{what} went to {login}, who had more in hand than others.")
        self.assigned += 1
        self.load[login] += weight
        self.given[login] += weight
        for one in fitting:
            self.due[one] += weight / len(fitting)


def spread(values: Iterable[float]) -> float:
    """From the least to the most, in parts of the average."""
    values = tuple(values)
    return (max(values) - min(values)) / (sum(values) / len(values))


def measured(desk: Desk, rota: Rota) -> Measured:
    """Go through the journal, entry by entry."""
    found = Measured()
    logins = dict(desk.database.execute("SELECT id, login FROM person").fetchall())
    weights: dict[str, int] = {}
    holders: dict[str, str] = {}
    entries = desk.database.execute("SELECT occurred_at, verb, object, facts FROM journal ORDER BY seq").fetchall()
    for occurred_at, verb, ticket, told in entries:
        facts = json.loads(told)
        match verb:
            case "submitted":
                weights[ticket] = WEIGHTS[facts["priority"]]
                to = facts.get("assignee")
            case "assigned":
                to = facts["changes"]["assignee"][1]
            case "resolved":
                found.load[holders[ticket]] -= weights[ticket]
                continue
            case _:
                continue
        at = from_microseconds(occurred_at)
        if to is not None:
            holders[ticket] = logins[to]
        found.arrive(f"{ticket} at {at:%d %b %H:%M}", weights[ticket], holders.get(ticket), rota.at_work(at))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_over_90_days_equals_carry_the_same_and_nobody_off_shift_gets_anything(seed: int, sqlite_url: str) -> None:
    """Six equals in shifts that change every week, with a week of holiday and three single days off each.

    People are compared with those who were at work beside them. Their plain averages also tell who had the quieter
    weeks and the emptier shifts: nobody can be given work that comes while he sleeps. So the load in hand is measured
    at each arrival against the average one of all who were there, and what somebody got against an equal part of each
    ticket for all who could have got it. That also depends on how long one's tickets happen to take: who is done sooner
    gets the next sooner.
    """
    with opened(sqlite_url, create=True) as desk:
        rota = a_quarter(desk, seed)
        found = measured(desk, rota)
        ids = {login: sign_in(desk, login).id for login in TEAM}
        counted = assignment.loads_of(Session(desk, SYSTEM, StillClock(moment(DAYS))), list(ids.values()))
    print(
        f"{found.assigned} assigned, {found.waited} of them waited first; spread of the load in hand "
        f"{found.spread_in_hand:.1%}, of what was given {found.spread_given:.1%} ({dict(found.given)})"
    )
    assert found.faults == []
    assert {login: counted.get(ids[login], 0) for login in TEAM} == found.load
    assert found.assigned > 1_500
    assert found.waited > 100
    assert found.spread_in_hand <= AT_MOST
    assert found.spread_given <= AT_MOST
