"""Classification: what decides a ticket's kind, category, priority and way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from itdesk.domain.conditions import Condition
from itdesk.domain.decisions import Thing
from itdesk.domain.rulebook import StoredRules, is_under, rules_data
from itdesk.domain.ticket import PRIORITIES, Kind

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the category tree. `kind` (its own or inherited) is what its tickets are if no rule says."""

    path: str
    title: str
    kind: Kind | None
    place: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level of impact or urgency: `team`, read as `one team`."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Rule:
    """If `when` holds, the values in `decides` are decided; `place` is `file:line` of the rule's start.

    A value for `Thing.PRIORITY` is a number of steps from the matrix's priority: `-1` raises P3 to P2.
    """

    id: str
    place: str
    decides: tuple[tuple[Thing, str], ...]
    when: Condition


@dataclass(frozen=True, slots=True)
class Priorities:
    """Impact and urgency levels (gravest first), the matrix, head starts, and rules about them.

    `cells` gives a priority (1 to 5) for each (impact, urgency); `places` its row's `file:line` by impact;
    `head_starts` the head start of each priority in the queue; `rules` decide impact and urgency,
    `adjustments` raise or lower the matrix's priority.
    """

    impacts: tuple[Level, ...]
    urgencies: tuple[Level, ...]
    cells: Mapping[tuple[str, str], int]
    places: Mapping[str, str]
    head_starts: Mapping[int, timedelta]
    rules: Sequence[Rule] = ()
    adjustments: Sequence[Rule] = ()

    def impact(self, name: str) -> Level | None:
        """The impact level of that name."""
        return next((level for level in self.impacts if level.name == name), None)

    def urgency(self, name: str) -> Level | None:
        """The urgency level of that name."""
        return next((level for level in self.urgencies if level.name == name), None)

    def to_data(self) -> dict[str, Any]:
        """Everything as plain data, for storing as JSON."""
        return {
            "impacts": [[level.name, level.title] for level in self.impacts],
            "urgencies": [[level.name, level.title] for level in self.urgencies],
            "cells": [[impact, urgency, value] for (impact, urgency), value in self.cells.items()],
            "places": dict(self.places),
            "head_starts": [self.head_starts[priority] // _SECOND for priority in PRIORITIES],
            "rules": rules_data(self.rules),
            "adjustments": rules_data(self.adjustments),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """What `to_data` wrote."""
        return cls(
            impacts=tuple(Level(*level) for level in data["impacts"]),
            urgencies=tuple(Level(*level) for level in data["urgencies"]),
            cells={(impact, urgency): value for impact, urgency, value in data["cells"]},
            places=data["places"],
            head_starts={
                priority: timedelta(seconds=seconds) for priority, seconds in enumerate(data["head_starts"], start=1)
            },
            rules=StoredRules(data["rules"]),
            adjustments=StoredRules(data["adjustments"]),
        )


@dataclass(frozen=True, slots=True)
class Route:
    """Tickets of this category (and below; None: of all) and kind (None: of all) go to this team and level."""

    category: str | None
    kind: Kind | None
    team: str
    level: int
    place: str

    def fits(self, category: str, kind: Kind) -> bool:
        """Whether the route takes a ticket of this category and kind."""
        return (self.category is None or is_under(category, self.category)) and self.kind in (None, kind)
