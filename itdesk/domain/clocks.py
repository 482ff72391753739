"""The clocks of a ticket: folded from what happened to it, by the terms of its agreement."""

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from itdesk.domain.agreements import OLA, Agreement, ClockName, OnPriorityChange, OnReopen
from itdesk.domain.calendar import EPOCH, MINUTE, Calendar
from itdesk.domain.clock_events import Because, ClockEvent, Event
from itdesk.domain.ticket import SETTLED, Status

State = dict[str, Any]
"""All clocks of a ticket after some event, as plain data for JSON. An empty one is that before the opening."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """An agreement and the calendar in whose time its targets are.

    `gone`: the rulebook that is asked for has no agreement of that name any more; these are the last that there were.
    """

    agreement: Agreement
    calendar: Calendar
    gone: bool = False


FindTerms = Callable[[str, int], Terms | None]
"""The terms of an agreement's name and the version of the rulebook that brought them; None if there never were any."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a clock stands at: the target, what is left of it in business time, and when it is due.

    Minutes below zero: it is over by that. It is due at a moment only where it runs and time is left.
    """

    target_minutes: int | None = None
    left_minutes: float | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to a clock and why.

    `what` is started, paused, resumed, target_changed, terms_changed, restarted, met, breached or stopped (also: done,
    but too late).
    The minutes and `due_at` are what the clock stands at from then on, unless it is done: see `Promise`. `before` is
    what it stood at until then, where its target or its terms changed.
    """

    at: datetime
    what: str
    why: str
    cycle: int
    target_minutes: int | None = None
    left_minutes: float | None = None
    due_at: datetime | None = None
    before: Promise | None = None

    def since(self, promise: Promise) -> "Happening":
        """The same with what the clock stands at from then on."""
        return Happening(
            self.at,
            self.what,
            self.why,
            self.cycle,
            promise.target_minutes,
            promise.left_minutes,
            promise.due_at,
            self.before,
        )


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock at a moment.

    `state` is running, paused, met, breached (in this cycle: it may run on, be paused or done) or stopped. `due_at` is
    there while it runs; `running` and `paused` say what it does, breached or not. Minutes are business time in
    `calendar`.
    """

    name: ClockName
    state: str
    target_minutes: int | None
    elapsed_minutes: float
    due_at: datetime | None
    breached_at: datetime | None
    calendar: str
    cycle: int
    history: tuple[Happening, ...] = ()
    running: bool = False
    paused: bool = False


History = dict[ClockName, list[Happening]]
"""What happened to each clock, oldest first."""


def fold(
    state: State,
    events: Iterable[ClockEvent],
    terms: FindTerms,
    history: History | None = None,
) -> State:
    """The clocks after the events, which come in their order; `state` stays as it is.

    Folding in parts gives the same as folding at once. `history` is filled with what happens to each clock.
    """
    folding = _Folding(state, terms, history)
    for event in events:
        folding.apply(event)
    return folding.state()


Why = Callable[[ClockName, Promise, Promise], str]
"""Says in words why a clock stands at something else: which one, what it stood at, and what it does since."""


def until(state: State, terms: FindTerms, at: int, history: History | None = None) -> State:
    """The clocks with the time added up that runs until a moment (UTC microseconds), and what is missed by then."""
    folding = _Folding(state, terms, history)
    folding.bank(at)
    return folding.state()


def succeed(before: State, after: State, terms: FindTerms, at: int, why: Why, history: History | None = None) -> State:
    """The clocks that other terms made of those `before`, added up until the moment when they came.

    `after` are those of the same ticket by `terms` alone, which now count. What was missed before stays missed, and
    what was done stays as it ended. `history` goes on where that of `before` was.
    """
    folding = _Folding(after, terms, history)
    folding.succeed(before, at, why)
    return folding.state()


def states(state: State, terms: FindTerms, now: datetime, history: History | None = None) -> tuple[ClockState, ...]:
    """The clocks that have begun and have a target, as they stand at a moment; `history` is what `fold` filled."""
    return tuple(_Folding(state, terms, None).states(now, history or {}))


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock as it stood at the ticket's last event (`at`).

    Moments and spans in microseconds, `target` in minutes; `since` is from when on it runs, None while it is paused and
    once it is `done`. `used` was used already when the target came to hold, at `holds_since`.
    """

    cycle: int
    target: int | None
    elapsed: int
    since: int | None
    at: int
    calendar: Calendar
    breached_at: int | None = None
    done: bool = False
    used: int = 0
    holds_since: int = 0

    @property
    def came_missed(self) -> bool:
        """Whether the target was missed already when it came to hold."""
        return self.target is not None and self.target * MINUTE <= self.used

    def moment(self, amount: int) -> int | None:
        """When so much business time is used, if nothing happens; None while it is paused and has used less.

        Not before the target came to hold. Of one that is done only what came after it was missed.
        """
        if self.since is None and amount > self.elapsed:
            return None
        if self.done:
            return self._after_missed(amount)
        if amount <= self.used:
            return self.holds_since
        return self.at if self.since is None else self.calendar.due(self.since, amount - self.elapsed)

    def _after_missed(self, amount: int) -> int | None:
        if self.breached_at is None or self.target is None or amount < self.target * MINUTE:
            return None
        return min(self.calendar.due(self.breached_at, amount - self.target * MINUTE), self.at)


def standings(state: State, terms: FindTerms) -> dict[ClockName, list[Standing]]:
    """The clocks that run or are paused, and those that were done too late; none where no agreement holds.

    The last cycle that was missed before a clock's present one comes first, as done too late.
    """
    found = terms(*state["agreement"]) if state.get("agreement") else None
    if found is None:
        return {}
    standing: dict[ClockName, list[Standing]] = {}
    for name, clock in _clocks_of(state).items():
        if clock.missed:
            cycle, target, elapsed, breached_at, ended = clock.missed
            missed = Standing(cycle, target, elapsed, None, ended, found.calendar, breached_at, done=True)
            standing.setdefault(name, []).append(missed)
        if clock.phase in _UNFINISHED or (clock.phase is _Phase.DONE and clock.breached_at is not None):
            present = Standing(
                clock.cycle,
                clock.target,
                clock.elapsed,
                clock.since,
                state["at"],
                found.calendar,
                clock.breached_at,
                clock.phase is _Phase.DONE,
                clock.used,
                clock.holds_since,
            )
            standing.setdefault(name, []).append(present)
    return standing


def nearest(state: State) -> tuple[int, ClockName] | None:
    """The first due moment among the clocks that run, in UTC microseconds, and whose it is; None where none is due."""
    if not state or state.get("agreement") is None:
        return None
    dues = [(clock[_DUE], place) for place, clock in enumerate(state["clocks"]) if clock and clock[_DUE] is not None]
    if not dues:
        return None
    due, place = min(dues)
    return due, _NAMES[place]


def paused(state: State) -> ClockName | None:
    """A clock that is paused before its target, the first of several; None where none is."""
    if not state or state.get("agreement") is None:
        return None
    clocks = [(name, clock) for name, clock in zip(_NAMES, state["clocks"], strict=False) if clock]
    waits = (name for name, clock in clocks if clock[_PHASE] == _Phase.PAUSED and clock[_TARGET] is not None)
    return next(waits, None)


def breaches(history: History) -> set[tuple[ClockName, int, datetime]]:
    """The clocks, their cycles, and when they were breached, of every cycle in a history."""
    return {(name, one.cycle, one.at) for name, told in history.items() for one in told if one.what == "breached"}


# -- the fold


class _Phase(IntEnum):
    IDLE = 0  # it has not begun yet
    RUNNING = 1
    PAUSED = 2
    DONE = 3
    STOPPED = 4


_NAMES, _PHASES = tuple(ClockName), tuple(_Phase)
_UNFINISHED = (_Phase.RUNNING, _Phase.PAUSED)
_PHASE, _DUE, _TARGET = 0, 4, 6
"""Where a clock's phase, its due moment and its target stand in its data."""


@dataclass(slots=True)
class _Clock:
    """Moments and spans in microseconds, spans of business time. `turn` is that of the ticket when its cycle began.

    `used` is what was used already when the target came to hold, at `holds_since`; of one that held from the beginning
    of the cycle neither is kept. `missed` is the last cycle before this one whose target was missed: cycle, target,
    what it had used, the moment of the breach, and of its end.
    """

    phase: _Phase
    cycle: int
    elapsed: int
    since: int | None
    due: int | None
    breached_at: int | None
    target: int | None
    calendar: str
    turn: int
    used: int = 0
    holds_since: int = 0
    missed: Sequence[int] = ()

    def data(self) -> list[Any]:
        return [
            int(self.phase), self.cycle, self.elapsed, self.since, self.due, self.breached_at, self.target,
            self.calendar, self.turn,
            *((self.used, self.holds_since) if self.used or self.missed else ()),
            *([list(self.missed)] if self.missed else ()),
        ]  # fmt: skip

    def hold(self, at: int, used: int) -> None:
        """Note that a target came to hold, when so much was used already."""
        self.used, self.holds_since = (used, at) if used else (0, 0)

    def promise(self) -> Promise:
        """What it stands at, as far as its time was added up."""
        return _promise(self.target, self.elapsed, self.due, self.since)


def _promise(target: int | None, elapsed: int, due: int | None, since: int | None) -> Promise:
    if target is None:
        return Promise()
    goes_on = due is not None and since is not None and due >= since
    return Promise(target, (target * MINUTE - elapsed) / MINUTE, _moment(due) if goes_on and due is not None else None)


def _clocks_of(state: State) -> dict[ClockName, _Clock]:
    data = zip(_NAMES, state.get("clocks", ()), strict=False)
    return {name: _Clock(_PHASES[one[0]], *one[1:]) for name, one in data if one}


class _Folding:
    """A state taken apart, so that events can be applied to it.

    While no agreement holds, what happens is kept: the next one holds as from when there was none.
    """

    def __init__(self, state: State, terms: FindTerms, history: History | None) -> None:
        self._find = terms
        self._history = history
        self._fresh: dict[ClockName, list[int]] = {}
        """Where in the history stands what the present event did to the clocks that go on since."""
        self._at: int = state.get("at", 0)
        self._level: int = state.get("level", 1)
        self._status: str = state.get("status", Status.NEW)
        self._reason: str | None = state.get("reason")
        self._originals: list[int] = list(state.get("originals", ()))
        self._merged: bool = state.get("merged", False)
        self._answered: bool = state.get("answered", False)
        self._turn: int = state.get("turn", 1)
        self._agreement: list[Any] | None = state.get("agreement")
        self._held: list[list[Any]] = list(state.get("held", ()))
        self._clocks = _clocks_of(state)
        self._terms = terms(*self._agreement) if self._agreement else None

    def state(self) -> State:
        """The state as plain data; what is as at the beginning is left out."""
        told: State = {
            "at": self._at,
            "level": self._level,
            "status": str(self._status),
            "agreement": self._agreement,
            "clocks": [clock.data() if (clock := self._clocks.get(name)) else 0 for name in _NAMES],
        }
        for name, value in (
            ("reason", self._reason),
            ("originals", self._originals),
            ("merged", self._merged),
            ("answered", self._answered),
            ("held", self._held),
        ):
            if value:
                told[name] = value
        if self._turn > 1:
            told["turn"] = self._turn
        return told

    def states(self, now: datetime, history: History) -> Iterable[ClockState]:
        """See `states`."""
        moment = (now - EPOCH) // timedelta(microseconds=1)
        for name in _NAMES:
            clock = self._clocks.get(name)
            if clock is None or (clock.target is None and clock.breached_at is None):
                continue
            elapsed, due, breached_at = clock.elapsed, clock.due, clock.breached_at
            state = {_Phase.PAUSED: "paused", _Phase.DONE: "met", _Phase.STOPPED: "stopped"}.get(clock.phase, "running")
            if self._terms is None and clock.phase in _UNFINISHED:
                state, due = "stopped", None
            elif clock.phase is _Phase.RUNNING and clock.since is not None and self._terms is not None:
                elapsed += self._terms.calendar.elapsed(clock.since, max(moment, clock.since))
                if breached_at is None and due is not None and due < moment:
                    breached_at = due
            told = history.get(name, [])
            if breached_at is not None and clock.breached_at is None:
                told = [*told, Happening(_moment(breached_at), "breached", "its time is used up", clock.cycle)]
            yield ClockState(
                name=name,
                state="breached" if breached_at is not None and state != "stopped" else state,
                target_minutes=clock.target,
                elapsed_minutes=elapsed / MINUTE,
                due_at=None if due is None else _moment(due),
                breached_at=None if breached_at is None else _moment(breached_at),
                calendar=clock.calendar,
                cycle=clock.cycle,
                history=tuple(told),
                running=state == "running",
                paused=state == "paused",
            )

    # Events

    def apply(self, event: ClockEvent) -> None:
        """Let an event happen. Time never runs backwards: one that seems to come too early happens now."""
        at = max(event.at, self._at)
        self._at = at
        if event.event is Event.AGREED:
            self._agree(at, *event.value)
        elif self._terms is None:
            self._held.append([at, event.event.value, event.value])
        else:
            self._happen(at, event.event, event.value)

    def _agree(self, at: int, name: str | None, version: int, because: Because | None = None) -> None:
        new = self._find(name, version) if name else None
        if new is None:
            if self._terms is not None:
                self.bank(at)
                self._held = [[at, Event.AGREED.value, None]]
                for clock_name in self._promised():
                    self._tell(clock_name, at, "stopped", "no agreement holds")
            self._terms = self._agreement = None
            return
        held, self._held = self._held, []
        self._agreement = [name, version]
        if held and held[0][1] == Event.AGREED:
            self._change_terms(held.pop(0)[0], new, because)
            self._replay(held)
            self.bank(at)
            for clock_name in self._promised():
                clock = self._clocks[clock_name]
                clock.hold(at, clock.elapsed)
                what = "resumed" if clock.phase is _Phase.RUNNING else "paused"
                self._tell(clock_name, at, what, f"{name} holds, the gap counts")
            self._tell_standing()
        elif self._terms is not None:
            self._change_terms(at, new, because)
        else:
            self._terms = new
            self._replay(held)

    def _replay(self, held: list[list[Any]]) -> None:
        for then, event, value in held:
            self._happen(then, Event(event), value)

    def _promised(self) -> list[ClockName]:
        """The clocks that are not done and have a target."""
        return [name for name, clock in self._clocks.items() if clock.phase in _UNFINISHED and clock.target is not None]

    def _change_terms(self, at: int, new: Terms, because: Because | None) -> None:
        agreement = new.agreement
        restarts = agreement.on_priority_change is OnPriorityChange.RESTART
        restarts = restarts and because is None and not is_renamed(self._terms, new)
        self.bank(at)
        self._terms = new
        for name, clock in self._clocks.items():
            if clock.phase not in _UNFINISHED:
                continue
            stood, measured = clock.promise(), clock.calendar
            if restarts:
                self._new_cycle(clock, at)
                self._tell(name, at, "restarted", self._from_to(name, clock), stood)
            elif agreement.targets.get(name) != clock.target:
                self._tell(name, at, "target_changed", self._from_to(name, clock), stood)
            self._take_target(name, clock, at)
            self._set_due(clock)
            if name not in self._fresh and clock.promise() != stood:
                calendars = " → ".join(dict.fromkeys((measured, new.calendar.name)))
                self._tell(name, at, "terms_changed", f"{agreement.name}: calendar {calendars}", stood)
        self._refresh(at, agreement.name)
        self._tell_standing()

    def bank(self, at: int) -> None:
        """See `until`."""
        if self._terms is not None:
            for name, clock in self._clocks.items():
                self._bank(name, clock, at)

    def succeed(self, before: State, at: int, why: Why) -> None:
        """See the function of that name."""
        for name, was in _clocks_of(before).items():
            clock = self._clocks[name]
            if was.phase not in _UNFINISHED:
                self._clocks[name] = was
                continue
            if was.breached_at is not None and was.cycle >= clock.cycle:
                clock.breached_at = was.breached_at
            stood = was.promise() if before.get("agreement") else Promise()
            elapsed, since = self._later(clock, at)
            stands = _promise(clock.target, elapsed, clock.due, since)
            clock.used, clock.holds_since, clock.missed = was.used, was.holds_since, was.missed
            if (clock.target, elapsed) != (was.target, was.elapsed):
                clock.hold(at, elapsed)
            if stood != stands and self._history is not None:
                self._tell(name, at, "terms_changed", why(name, stood, stands), stood)
                self._history[name][-1] = self._history[name][-1].since(stands)
            if was.breached_at is None:
                missed = clock.breached_at
                if missed is None and clock.due is not None and clock.due < at:
                    missed = clock.due
                if missed is not None:
                    self._breach(name, clock, missed, "by these terms its time was used up already")
        self._fresh.clear()

    def _later(self, clock: _Clock, at: int) -> tuple[int, int | None]:
        """What a clock has used at a later moment, if nothing happens until then, and since when it runs from there."""
        if clock.since is None or clock.since >= at:
            return clock.elapsed, clock.since
        return clock.elapsed + self._in_force.calendar.elapsed(clock.since, at), at

    def _happen(self, at: int, event: Event, value: Any) -> None:
        match event:
            case Event.OPENED:
                self._level, self._status, self._reason = value
                self._refresh(at, "opened")
            case Event.LEVEL:
                self._level = value
                self._refresh(at, f"at L{value}")
            case Event.ANSWERED:
                self._answer(at)
            case Event.STATUS:
                self._change_status(at, *value)
            case Event.DUPLICATE:
                self._originals.append(value)
                self._refresh(at, f"duplicate of {value}")
            case Event.NO_DUPLICATE:
                if value in self._originals:
                    self._originals.remove(value)
                self._refresh(at, f"no duplicate of {value}")
            case Event.MERGED:
                self._merged = True
                self._refresh(at, f"merged into {value}" if value else "merged")
            case Event.BREACHED:
                self._recorded(*value)
        self._tell_standing()

    def _answer(self, at: int) -> None:
        clock = self._clocks.get(ClockName.UPDATE)
        if clock is not None and clock.phase in _UNFINISHED:
            phase, since = clock.phase, None if clock.since is None else at
            self._end(ClockName.UPDATE, clock, _Phase.DONE, at, "answered")
            self._new_cycle(clock, at)
            clock.phase, clock.since = phase, since
            self._take_target(ClockName.UPDATE, clock, at)
            self._tell(ClockName.UPDATE, at, "restarted", "answered")
        self._answered = True
        self._refresh(at, "answered")

    def _change_status(self, at: int, status: str | None, reason: str | None) -> None:
        before = self._status
        self._status, self._reason = status or before, reason
        if self._status == Status.WAITING:
            why = f"waiting: {reason}"
        elif before in SETTLED and self._status not in SETTLED:
            why = "reopened"
            if self._terms is not None and self._terms.agreement.on_reopen is OnReopen.NEW_CYCLE:
                self._turn += 1
        elif before == Status.WAITING and self._status not in SETTLED:
            why = "waits no longer"
        else:
            why = self._status
        if self._status in SETTLED - {Status.CANCELLED}:
            self._answered = True  # the requester reads what solved it
        self._refresh(at, why)

    def _recorded(self, name: str, cycle: int, at: int) -> None:
        """A breach that was written down stays one, with its moment, whatever was recomputed since."""
        clock_name = ClockName(name)
        clock = self._clocks.get(clock_name)
        if clock is None:
            return
        if self._history is not None:
            told = self._history.setdefault(clock_name, [])
            same = [one for one in told if one.what == "breached" and one.cycle == cycle]
            if [one.at for one in same] != [_moment(at)]:
                told[:] = [one for one in told if one not in same]
                why = same[0].why if same else "its time was used up"
                insort(told, Happening(_moment(at), "breached", why, cycle), key=lambda one: one.at)
        if cycle >= clock.cycle:
            clock.breached_at = at

    # Clocks

    def _refresh(self, at: int, why: str) -> None:
        """Bring every clock to where it has to be now."""
        for name in _NAMES:
            phase = self._wanted(name)
            clock = self._clocks.get(name)
            if phase is not _Phase.IDLE and (clock is not None or phase in _UNFINISHED):
                self._move(name, clock, phase, at, why)

    def _wanted(self, name: ClockName) -> _Phase:
        level = _LEVELS.get(name)
        if level is not None and level != self._level:
            return _Phase.DONE
        if self._status == Status.CANCELLED or self._originals or self._merged:
            return _Phase.STOPPED
        if self._status in SETTLED or (name is ClockName.FIRST_RESPONSE and self._answered):
            return _Phase.DONE
        if name is ClockName.UPDATE and not self._answered:
            return _Phase.IDLE
        agreement = self._in_force.agreement
        waits = self._status == Status.WAITING and self._reason in agreement.pause_reasons
        return _Phase.PAUSED if waits and name in agreement.pause_clocks else _Phase.RUNNING

    def _move(self, name: ClockName, clock: _Clock | None, wanted: _Phase, at: int, why: str) -> None:
        if wanted not in _UNFINISHED:
            if clock is not None and clock.phase in _UNFINISHED:
                self._end(name, clock, wanted, at, why)
            return
        if clock is None:
            clock = self._clocks[name] = _Clock(_Phase.RUNNING, 1, 0, at, None, None, None, "", self._turn)
            self._take_target(name, clock, at)
            self._tell(name, at, "started", why)
        elif clock.phase not in _UNFINISHED:
            anew = clock.turn < self._turn or (name is ClockName.UPDATE and clock.phase is _Phase.DONE)
            anew = anew and name is not ClockName.FIRST_RESPONSE
            stood = clock.promise()
            if anew:
                self._new_cycle(clock, at)
            clock.phase, clock.since = _Phase.RUNNING, at
            clock.hold(at, clock.elapsed)
            self._tell(name, at, "restarted" if anew else "resumed", why)
            if self._in_force.agreement.targets.get(name) != clock.target:
                self._tell(name, at, "target_changed", self._from_to(name, clock), stood)
            self._take_target(name, clock, at)
        elif clock.phase is _Phase.PAUSED and wanted is _Phase.RUNNING:
            clock.phase, clock.since = _Phase.RUNNING, at
            self._tell(name, at, "resumed", why)
        if wanted is _Phase.PAUSED and clock.phase is _Phase.RUNNING:
            self._bank(name, clock, at)
            clock.phase, clock.since = _Phase.PAUSED, None
            self._tell(name, at, "paused", why)
        self._set_due(clock)

    def _end(self, name: ClockName, clock: _Clock, phase: _Phase, at: int, why: str) -> None:
        self._bank(name, clock, at)
        clock.phase, clock.since, clock.due = phase, None, None
        if phase is _Phase.STOPPED:
            self._tell(name, at, "stopped", why)
        elif clock.breached_at is None:
            self._tell(name, at, "met", why)
        else:
            self._tell(name, at, "stopped", f"{why}, too late")

    def _new_cycle(self, clock: _Clock, at: int) -> None:
        if clock.breached_at is not None and clock.target is not None:
            clock.missed = (clock.cycle, clock.target, clock.elapsed, clock.breached_at, at)
        clock.cycle, clock.elapsed, clock.breached_at, clock.turn = clock.cycle + 1, 0, None, self._turn
        clock.used = clock.holds_since = 0

    def _bank(self, name: ClockName, clock: _Clock, at: int) -> None:
        """Add the time that ran since the last event, and notice what was missed meanwhile."""
        if clock.since is None or clock.since >= at:
            return
        if clock.due is not None and clock.due < at and clock.breached_at is None:
            self._breach(name, clock, clock.due, "its time was used up")
        clock.elapsed += self._in_force.calendar.elapsed(clock.since, at)
        clock.since = at

    def _take_target(self, name: ClockName, clock: _Clock, at: int) -> None:
        """Give a clock that begins, goes on or changes hands its target of the terms."""
        terms = self._in_force
        before = clock.target
        clock.target, clock.calendar = terms.agreement.targets.get(name), terms.calendar.name
        if clock.target != before:
            clock.hold(at, clock.elapsed)
        if clock.target is not None and clock.elapsed > clock.target * MINUTE and clock.breached_at is None:
            self._breach(name, clock, at, "more time than that was used already")

    def _set_due(self, clock: _Clock) -> None:
        clock.due = None
        if clock.phase is _Phase.RUNNING and clock.since is not None and clock.target is not None:
            calendar, left = self._in_force.calendar, clock.target * MINUTE - clock.elapsed
            if left:
                clock.due = calendar.due(clock.since, left)
            else:
                clock.due = calendar.used_up(clock.since, later=clock.breached_at is None)

    def _breach(self, name: ClockName, clock: _Clock, at: int, why: str) -> None:
        clock.breached_at = at
        self._tell(name, at, "breached", why)

    @property
    def _in_force(self) -> Terms:
        assert self._terms is not None  # while there are none, what happens is kept
        return self._terms

    def _from_to(self, name: ClockName, clock: _Clock) -> str:
        """What the target was and is by the terms in force, in words."""
        agreement = self._in_force.agreement
        return f"{agreement.name}: {_span(clock.target)} → {_span(agreement.targets.get(name))}"

    def _tell(self, name: ClockName, at: int, what: str, why: str, before: Promise | None = None) -> None:
        if self._history is None:
            return
        told = self._history.setdefault(name, [])
        told.append(Happening(_moment(at), what, why, self._clocks[name].cycle, before=before))
        if what in ("met", "stopped"):
            self._fresh.pop(name, None)
        elif what != "breached":
            self._fresh.setdefault(name, []).append(len(told) - 1)

    def _tell_standing(self) -> None:
        """Say where the clocks stand after an event with all that it did to them."""
        for name, places in self._fresh.items():
            clock = self._clocks[name]
            if self._history is None or clock.phase not in _UNFINISHED or clock.target is None:
                continue
            since, told = clock.promise(), self._history[name]
            for place in places:
                told[place] = told[place].since(since)
        self._fresh.clear()


_LEVELS = {name: level for level, name in OLA.items()}


def is_renamed(old: Terms | None, new: Terms | None) -> bool:
    """Whether an agreement that is gone only has another name now."""
    if old is None or new is None or not old.gone:
        return False
    agreement = replace(old.agreement, name=new.agreement.name, place=new.agreement.place, when=new.agreement.when)
    return agreement == new.agreement and replace(old.calendar, place=new.calendar.place) == new.calendar


def _moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def _span(minutes: int | None) -> str:
    """`4 h`, `30 min`, `no target`."""
    if minutes is None:
        return "no target"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
