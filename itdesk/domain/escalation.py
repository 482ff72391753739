"""Escalation: steps that happen by themselves, each at its moment and once in a cycle of what it waits for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product, takewhile
from typing import Any
from weakref import WeakKeyDictionary

from itdesk.domain.agreements import OLA, ClockName
from itdesk.domain.calendar import MINUTE, Calendar
from itdesk.domain.clocks import Standing
from itdesk.domain.conditions import AllOf, AnyOf, Condition, Field, In, Not, contradict, fields_of, from_data, to_data
from itdesk.domain.decisions import Evidence
from itdesk.domain.keywords import Keyword, KeywordIndex
from itdesk.domain.matching import Part, Reading, TicketFacts, compile_condition
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import SETTLED, Status, WaitingReason

_NO_KEYWORDS = KeywordIndex(())
_LATE = 10
"""From so many minutes on a step came late: who sweeps does it every minute, or every few."""
PLANNED_WAITS = frozenset({WaitingReason.APPOINTMENT, WaitingReason.APPROVAL})
"""What a ticket waits for that has somebody and a moment which end it: nobody has to touch it until then."""
REVIEW_TAG = "review"
"""The tag of tickets that are to be looked at again when they are done."""


class Whom(StrEnum):
    """Whom a step may tell, beside logins. Management: the team's lead and all supervisors."""

    ASSIGNEE = "assignee"
    TEAM = "team"
    TEAM_LEAD = "team_lead"
    SUPERVISOR = "supervisor"
    MANAGEMENT = "management"


class Lasting(StrEnum):
    """A state that is escalated when it lasts too long."""

    WAITING = "waiting_longer_than"
    QUIET = "no_update_since"
    UNASSIGNED = "unassigned_for"


@dataclass(frozen=True, slots=True)
class AtClock:
    """At a part of a clock's target: so many percent of it, or so many minutes after it (below zero: before)."""

    clock: ClockName
    minutes: int = 0
    percent: int | None = None

    def amount(self, target: int) -> int:
        """The business time that is used by then, in microseconds; `target` is in minutes."""
        if self.percent is not None:
            return target * MINUTE * self.percent // 100
        return (target + self.minutes) * MINUTE

    @property
    def ahead(self) -> bool:
        """Whether it comes before the target."""
        return self.minutes < 0 if self.percent is None else self.percent < 100

    def told(self, target: int | None) -> str:
        """What has happened by then, as part of a sentence."""
        of = f"{self.clock.title} target{f' ({span(target)})' if target else ''}"
        if self.percent is not None:
            return f"{self.percent} % of its {of} is used"
        if self.minutes < 0:
            return f"{span(-self.minutes)} of its {of} is left"
        return f"its {of} was missed{f', {span(self.minutes)} ago' if self.minutes else ''}"


@dataclass(frozen=True, slots=True)
class Reopened:
    """When it has come back so many times, and each further time."""

    times: int


@dataclass(frozen=True, slots=True)
class TooLong:
    """When a state has lasted so many minutes of a calendar's time (none: round the clock).

    `reasons`: waiting for one of these; for any where there are none.
    """

    state: Lasting
    minutes: int
    calendar: str | None = None
    reasons: frozenset[WaitingReason] = frozenset()


Trigger = AtClock | Reopened | TooLong


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at a moment to tickets for which `when` holds. `place` is `file:line`.

    `notify` are words of `Whom` and logins; `raise_priority` is a number of steps towards P1; `review` marks the ticket
    for being looked at when it is done.
    """

    name: str
    place: str
    when: Condition
    trigger: Trigger
    notify: tuple[str, ...] = ()
    raise_priority: int = 0
    team: str | None = None
    level: int | None = None
    tell_management: bool = False
    review: bool = False

    @property
    def helps(self) -> bool:
        """Whether it moves or raises the ticket, beyond telling people of it."""
        return bool(self.raise_priority or self.team or self.level)

    def to_data(self) -> dict[str, Any]:
        """The step as plain data for JSON; `from_data` reads it back."""
        trigger = self.trigger
        match trigger:
            case AtClock():
                told: list[Any] = ["clock", trigger.clock, trigger.minutes, trigger.percent]
            case Reopened():
                told = ["reopened", trigger.times]
            case TooLong():
                told = ["lasting", trigger.state, trigger.minutes, trigger.calendar, sorted(trigger.reasons)]
        return {
            "name": self.name,
            "place": self.place,
            "when": to_data(self.when),
            "trigger": told,
            "notify": list(self.notify),
            "raise_priority": self.raise_priority,
            "team": self.team,
            "level": self.level,
            "tell_management": self.tell_management,
            "review": self.review,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Step":
        """The step that `to_data` wrote."""
        trigger: Trigger
        match data["trigger"]:
            case ["clock", clock, minutes, percent]:
                trigger = AtClock(ClockName(clock), minutes, percent)
            case ["reopened", times]:
                trigger = Reopened(times)
            case [_, state, minutes, calendar, reasons]:
                trigger = TooLong(Lasting(state), minutes, calendar, frozenset(map(WaitingReason, reasons)))
        return cls(
            **dict(data)
            | {"when": from_data(data["when"]), "trigger": trigger, "notify": tuple(data["notify"])}
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Situation:
    """A ticket as steps look at it. Moments in UTC microseconds.

    `waits` is what it has waited for since it began to wait, with since when, the oldest first; empty where it does
    not wait, and where no step asks for it. `in_team_since`: see there; `touched_at` is when staff last did
    something about it, or a wait ended that was not theirs to end; `clocks` are those that are not done, and those that
    were done too late, in this cycle or in the last one before it that was missed; `facts` is what conditions look at.
    `has_live_original`: it is a duplicate, and solved with its original; `alone_since` is when it last ceased to be
    one.
    """

    status: str
    waiting_reason: str | None
    waits: Sequence[tuple[int, str]]
    assigned: bool
    in_team_since: int
    reopened_at: int | None
    reopen_count: int
    touched_at: int
    facts: TicketFacts
    clocks: Mapping[ClockName, Sequence[Standing]]
    has_live_original: bool = False
    alone_since: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """A ticket's way from one team (an id) to another, at a moment in UTC microseconds."""

    at: int
    by_hand: bool
    old: int | None
    new: int | None


def in_team_since(status_since: int, moves: Iterable[Move]) -> int:
    """Since when a ticket has its status and is with its team, by its moves from then on, oldest first.

    What was moved by itself back to a team where it was before counts as never away: steps that hand it to and fro
    happen once in each team.
    """
    since, known = status_since, dict[int | None, int]()
    for move in moves:
        known.setdefault(move.old, since)
        since = move.at if move.by_hand else known.get(move.new, move.at)
        known[move.new] = since
    return since


@dataclass(frozen=True, slots=True)
class Pending:
    """A step that is to happen to a ticket: when, in which cycle of what it waits for, and why (part of a sentence)."""

    moment: int
    place: int
    step: Step
    cycle: int
    why: str

    def told(self, now: int) -> str:
        """Why, as part of a sentence that somebody reads at a moment: a warning ahead of a target may come late."""
        late = (now - self.moment) // MINUTE
        if not isinstance(self.step.trigger, AtClock) or not self.step.trigger.ahead or late < _LATE:
            return self.why
        return f"{self.why} (this comes {_in_words(late)} late)"


class Escalation:
    """A rulebook's steps, ready to be tried on tickets. `fields` are those that their conditions look at."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._steps: list[tuple[Step, Part]] = [
            (step, compile_condition(step.when, Keyword)) for step in rulebook.escalation
        ]
        self._calendar: Callable[[str], Calendar | None] = rulebook.calendar
        self.fields: frozenset[Field] = frozenset().union(*(fields_of(step.when) for step in rulebook.escalation))
        lasting = {step.trigger.state for step in rulebook.escalation if isinstance(step.trigger, TooLong)}
        self.asks_for_quiet = Lasting.QUIET in lasting
        self.asks_for_waits = Lasting.WAITING in lasting
        self.asks_for_unassigned = Lasting.UNASSIGNED in lasting

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._steps)

    def pending(self, now: Situation, done: Collection[tuple[str, int]]) -> list[Pending]:
        """What is to happen as things stand, in its order: by moment, then as written.

        `done` are the names and cycles of what has happened. Nothing is pending for what is resolved or ended.
        """
        if now.status in SETTLED:
            return []
        reading: Reading | None = None
        found = []
        for place, (step, condition) in enumerate(self._steps):
            for moment, cycle, why in self._moments(step, now):
                if (step.name, cycle) in done:
                    continue
                reading = reading or Reading(now.facts, _NO_KEYWORDS, {})
                if condition.holds(reading):
                    found.append(Pending(moment, place, step, cycle, why))
        return sorted(found, key=lambda one: (one.moment, one.place))

    def had_come(
        self, name: str, cycle: int, at: int, clocks: Mapping[ClockName, Sequence[Standing]], reopen_count: int
    ) -> bool:
        """Whether the step's moment in a cycle had come at `at`, by the clocks of that time and how often it came back.

        A step that there is no more, or that does not look at these, had.
        """
        trigger = next((step.trigger for step, _ in self._steps if step.name == name), None)
        match trigger:
            case AtClock():
                moments = (
                    clock.moment(trigger.amount(clock.target))
                    for clock in clocks.get(trigger.clock, ())
                    if clock.cycle == cycle and clock.target
                )
                return any(moment is not None and moment <= at for moment in moments)
            case Reopened():
                return cycle <= reopen_count
        return True

    def evidence(self, pending: Pending, now: Situation) -> tuple[Evidence, ...]:
        """What made the condition of a pending step hold."""
        return self._steps[pending.place][1].evidence(Reading(now.facts, _NO_KEYWORDS, {}))

    def _moments(self, step: Step, now: Situation) -> Iterator[tuple[int, int, str]]:
        """When it happens, in which cycle, and why; nothing where it cannot as things stand.

        Of a clock that was done too late it is still told; what would help its ticket is no use any more. Nothing warns
        of a target that was missed already when it came to hold. That nobody works on a duplicate is as it should be.
        """
        trigger = step.trigger
        match trigger:
            case AtClock():
                for clock in now.clocks.get(trigger.clock, ()):
                    if (clock.done and step.helps) or (trigger.ahead and clock.came_missed):
                        continue
                    if clock.target and (amount := trigger.amount(clock.target)) > 0:
                        moment = clock.moment(amount)
                        if moment is not None:
                            yield moment, clock.cycle, trigger.told(clock.target)
            case Reopened(times):
                if now.reopen_count >= times and now.reopened_at is not None:
                    yield now.reopened_at, now.reopen_count, f"it was reopened {now.reopen_count} times"
            case TooLong() if not now.has_live_original:
                since, why = _lasting(trigger, now)
                if since is not None:
                    calendar = self._calendar(trigger.calendar) if trigger.calendar else None
                    amount = trigger.minutes * MINUTE
                    yield calendar.due(since, amount) if calendar else since + amount, since, why


def _lasting(trigger: TooLong, now: Situation) -> tuple[int | None, str]:
    """Since when the state lasts, and why it is escalated."""
    lasts = span(trigger.minutes)
    match trigger.state:
        case Lasting.WAITING:
            lately = takewhile(lambda wait: not trigger.reasons or wait[1] in trigger.reasons, reversed(now.waits))
            spells = list(lately)[::-1]
            reasons = ", ".join(dict.fromkeys(reason for _, reason in spells))
            return spells[0][0] if spells else None, f"it has been waiting ({reasons}) for {lasts}"
        case Lasting.UNASSIGNED:
            free = now.status == Status.NEW and not now.assigned
            return max(now.in_team_since, now.alone_since) if free else None, f"nobody has taken it for {lasts}"
        case Lasting.QUIET:
            planned = now.status == Status.WAITING and now.waiting_reason in PLANNED_WAITS
            since = None if planned else max(now.touched_at, now.alone_since, now.reopened_at or 0)
            return since, f"nobody has done anything about it for {lasts}"


_known: "WeakKeyDictionary[Rulebook, Escalation]" = WeakKeyDictionary()


def escalation_of(rulebook: Rulebook) -> Escalation:
    """The steps of a rulebook, made ready once."""
    found = _known.get(rulebook)
    if found is None:
        found = _known[rulebook] = Escalation(rulebook)
    return found


def span(minutes: int) -> str:
    """`3 d`, `4 h`, `30 min`."""
    for length, unit in ((24 * 60, "d"), (60, "h")):
        if minutes and minutes % length == 0:
            return f"{minutes // length} {unit}"
    return f"{minutes} min"


def _in_words(minutes: int) -> str:
    """`25 min`, from two hours on without minutes: `5 h`, `5 d 19 h`."""
    if minutes < 2 * 60:
        return span(minutes)
    days, rest = divmod(minutes, 24 * 60)
    return " ".join(span(part) for part in (days * 24 * 60, rest // 60 * 60) if part)


# -- what can be said of the steps themselves


_Place = tuple[str, int]
"""Where a ticket is: its team, "" for all that no step names, and its level."""


def circles(steps: Sequence[Step], levels: Mapping[str, int]) -> Iterator[tuple[Step, ...]]:
    """Steps that hand a ticket round in a circle: each takes it from where the one before has put it.

    `levels` are the teams' own, by name, to which a team brings a ticket where a step names none. Only a step that says
    from where (by the teams of its condition, or a level's clock) can be part of one, and not together with one for
    other tickets. Each circle is told once, beginning with its first step; so is a step that moves nothing anywhere.
    """
    moves = [step for step in steps if (step.team or step.level) and (_says_team(step.when) or _level_of(step.trigger))]
    teams = {"", *(step.team for step in moves if step.team)}.union(*(_teams_in(step.when) for step in moves))
    ways = {
        place: [(step, _put(step, place, levels)) for step in moves if _takes_from(step, place)]
        for place in product(sorted(teams), OLA)
    }
    for index, first in enumerate(moves):
        leads = {(place, to) for place, found in ways.items() for step, to in found if step is first}
        later = moves[index:]
        found = [_way_back(first, to, ways, later) for to in sorted({to for place, to in leads if to != place})]
        circle = min(filter(None, found), key=len, default=())
        if circle or (leads and not found):
            yield circle or (first,)


def _way_back(
    first: Step, put: _Place, ways: Mapping[_Place, Sequence[tuple[Step, _Place]]], among: Sequence[Step]
) -> tuple[Step, ...]:  # fmt: skip
    """The shortest circle that begins with a step which puts a ticket there; nothing where none comes back to that."""
    begun: list[tuple[tuple[Step, ...], _Place]] = [((first,), put)]
    seen = {(first.name, put)}
    for way, place in begun:
        for step, to in ways[place]:
            if to == place or step not in among or contradict(way[-1].when, step.when, besides={Field.TEAM}):
                continue
            if step is first and to == put:
                return way
            if (step.name, to) not in seen:
                seen.add((step.name, to))
                begun.append(((*way, step), to))
    return ()


def _takes_from(step: Step, place: _Place) -> bool:
    """Whether a step can be for a ticket that is there."""
    team, level = place
    return _may_hold(step.when, team) and _level_of(step.trigger) in (None, level)


def _put(step: Step, place: _Place, levels: Mapping[str, int]) -> _Place:
    """Where a step puts a ticket."""
    team, level = place
    if step.team and step.team != team:
        team, level = step.team, levels.get(step.team, level)
    return team, step.level or level


def _says_team(condition: Condition) -> bool:
    """Whether there are teams that a condition is not for."""
    return not all(_may_hold(condition, team) for team in ("", *_teams_in(condition)))


def _teams_in(condition: Condition) -> frozenset[str]:
    """The teams that a condition names."""
    match condition:
        case In(Field.TEAM, values):
            return frozenset(values)
        case AnyOf(parts) | AllOf(parts):
            return frozenset().union(*map(_teams_in, parts))
        case Not(part):
            return _teams_in(part)
        case _:
            return frozenset()


def _may_hold(condition: Condition, team: str) -> bool:
    """Whether a condition can hold for tickets of a team."""
    return _holds(condition, team) is not False


def _holds(condition: Condition, team: str) -> bool | None:
    """Whether it holds for every ticket of the team, or for none; None: for some, as far as the team says."""
    match condition:
        case In(Field.TEAM, values):
            return team in values
        case AllOf(parts):
            found = {_holds(part, team) for part in parts}
            return False if False in found else None if None in found else True
        case AnyOf(parts):
            found = {_holds(part, team) for part in parts}
            return True if True in found else None if None in found else False
        case Not(part):
            holds = _holds(part, team)
            return None if holds is None else not holds
        case _:
            return None


def _level_of(trigger: Trigger) -> int | None:
    if not isinstance(trigger, AtClock):
        return None
    return next((level for level, clock in OLA.items() if clock is trigger.clock), None)


def never(step: Step, rulebook: Rulebook) -> str:
    """Why a step can never happen; empty where it can."""
    trigger = step.trigger
    if not isinstance(trigger, AtClock):
        return ""
    targets = [
        agreement.targets[trigger.clock] for agreement in rulebook.agreements if trigger.clock in agreement.targets
    ]
    if not targets:
        return f"no agreement of sla.yaml has a target for {trigger.clock.value}"
    if all(trigger.amount(target) <= 0 for target in targets):
        return f"no target for {trigger.clock.value} is longer than {span(-trigger.minutes)}"
    return ""
