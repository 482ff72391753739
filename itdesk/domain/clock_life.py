"""The clocks of a ticket through all that happens to it, agreements and calendars that change meanwhile among it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from itdesk.domain.agreements import Agreement, ClockName, OnCalendarChange
from itdesk.domain.calendar import Calendar
from itdesk.domain.clock_events import Because, ClockEvent, Event
from itdesk.domain.clocks import FindTerms, History, Promise, State, Terms, breaches, fold, succeed, until
from itdesk.domain.conditions import AllOf
from itdesk.domain.time_left import span

_T = TypeVar("_T", Agreement, Calendar)

FindTermsBy = Callable[[int], FindTerms]
"""How terms are found while everything is measured by a rulebook (its version), or by none yet (0)."""


class Life:
    """What became of a ticket's clocks, by the terms that held at each moment.

    Once other terms hold, all clocks that go on are measured by these from the ticket's opening on. What was missed by
    then stays missed, what was done stays as it ended.
    """

    def __init__(self, find_by: FindTermsBy, history: History | None = None) -> None:
        """`history` is filled with what happens to each clock, as it stood then."""
        self.state: State = {}
        self.find = find_by(0)
        """The terms by which `state` was folded, and goes on."""
        self.missed: set[tuple[ClockName, int, datetime]] = set()
        """What was missed by terms that hold no longer, as `breaches` tells it; only where there is a history."""
        self._find_by, self._history = find_by, history
        self._happened: list[ClockEvent] = []
        self._awaited: int | None = None
        """A rulebook that has no terms for the ticket until it has another agreement."""

    @property
    def awaits_agreement(self) -> bool:
        """Whether the newest terms have nothing for open tickets under the agreement that holds."""
        return self._awaited is not None

    def happen(self, events: Iterable[ClockEvent]) -> None:
        """Let events happen, which come in their order, the opening first."""
        fresh: list[ClockEvent] = []
        for event in events:
            if event.event is Event.TERMS_CHANGED:
                self._fold(fresh)
                self._awaited = event.value
                self._follow(event.at)
            elif event.event is Event.AGREED and self._awaited is not None:
                self._fold(fresh)
                if not self._follow(event.at, event):
                    fresh.append(event)
            else:
                fresh.append(event)
        self._fold(fresh)

    def _fold(self, fresh: list[ClockEvent]) -> None:
        if fresh:
            self.state = fold(self.state, fresh, self.find, self._history)
            self._happened += fresh
            fresh.clear()

    def _follow(self, at: int, agreed: ClockEvent | None = None) -> bool:
        """Go over to the awaited rulebook, if it has terms for open tickets; whether `agreed` has happened with it."""
        assert self._awaited is not None
        name, version, *_ = (agreed.value if agreed else self.state["agreement"]) or (None, 0)
        old, find = self.find, self._find_by(self._awaited)
        new = find(name, version) if name else None
        if new is None or new.gone or new.agreement.on_calendar_change is OnCalendarChange.NEW_ONLY:
            return False
        self._awaited, self.find = None, find
        agreement = self.state["agreement"]
        replaced, last = (by(*agreement) if agreement else None for by in (old, find))
        happened = [*self._happened, agreed] if agreed else self._happened
        held = [event.value[:2] for event in happened if event.event is Event.AGREED and event.value[0]]
        gone = last is not None and last.gone
        if not gone and all(_same(old(*one), find(*one)) for one in held):
            return False
        at = max(at, self.state["at"])

        def why(clock: ClockName, before: Promise, since: Promise) -> str:
            return f"{_changed(replaced, new, clock)}{_from_to(before, since)}"

        before = until(self.state, old, at, self._history)
        self.missed = breaches(self._history or {})
        self.state = succeed(before, fold({}, _by_last_names(happened), find), find, at, why, self._history)
        self._happened = happened
        return agreed is not None


def _by_last_names(happened: Iterable[ClockEvent]) -> list[ClockEvent]:
    """As if an agreement that was renamed had had its last name from the beginning."""
    found: list[ClockEvent] = []
    renamed: list[object] | None = None
    for event in reversed(list(happened)):
        if event.event is not Event.AGREED:
            found.append(event)
            continue
        if renamed is not None:
            event = replace(event, value=[*renamed, *event.value[2:]])
        renamed = event.value[:2] if Because.RENAMED in event.value[2:] else None
        if renamed is None:
            found.append(event)
    return found[::-1]


@lru_cache(maxsize=1024)
def _changed(old: Terms | None, new: Terms, name: ClockName) -> str:
    """Which of the terms that are a clock's are others, in words."""
    agreement, calendar = f"agreement {new.agreement.name}", f"calendar {new.calendar.name}"
    if old is None:
        return agreement
    changed = [] if _bare(old.calendar) == _bare(new.calendar) else [calendar]
    if _of_clock(old.agreement, name) != _of_clock(new.agreement, name):
        changed.append(agreement)
    return ", ".join(changed) or agreement


def _of_clock(agreement: Agreement, name: ClockName) -> Agreement:
    """As if there were no other clock."""
    targets = {one: minutes for one, minutes in agreement.targets.items() if one is name}
    return _bare(replace(agreement, targets=targets, pause_clocks=agreement.pause_clocks & {name}))


def _from_to(before: Promise, since: Promise) -> str:
    """What a clock's target, else what is left of it, was before the terms changed and is since."""
    if before.target_minutes != since.target_minutes:
        words = [
            "none" if minutes is None else span(minutes) for minutes in (before.target_minutes, since.target_minutes)
        ]
        return f": {' → '.join(words)}"
    left = [int(one.left_minutes or 0) for one in (before, since)]
    if left[0] == left[1]:
        return " changed"
    words = [span(minutes) if minutes >= 0 else f"{span(-minutes)} over" for minutes in left]
    return f": {' → '.join(words)}{' left' if left[1] >= 0 else ''}"


@lru_cache(maxsize=1024)
def _same(old: Terms | None, new: Terms | None) -> bool:
    """Whether clocks run the same by both."""
    if old is None or new is None:
        return old is new
    return _bare(old.agreement) == _bare(new.agreement) and _bare(old.calendar) == _bare(new.calendar)


def _bare(part: _T) -> _T:
    """Without what moves no clock: where it stands in the settings, and which tickets it is for."""
    return replace(part, place="") if isinstance(part, Calendar) else replace(part, place="", when=AllOf(()))
