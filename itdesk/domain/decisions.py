"""A decision: a value that a rule, the matrix, a route, a person or an import gave to a ticket, and why."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Thing(StrEnum):
    """What is decided about a ticket, in the order in which it is told."""

    CATEGORY = "category"
    KIND = "kind"
    IMPACT = "impact"
    URGENCY = "urgency"
    PRIORITY = "priority"
    MAJOR = "major"
    TEAM = "team"
    LEVEL = "level"
    ASSIGNEE = "assignee"
    ESTIMATE = "estimate"
    APPROVAL = "approval"
    CHECKLIST = "checklist"
    TEST = "test"
    AGREEMENT = "agreement"
    ESCALATION = "escalation"


class Source(StrEnum):
    """Who decided."""

    RULE = "rule"
    MATRIX = "matrix"
    ROUTE = "route"
    DEFAULT = "default"
    PERSON = "person"
    IMPORT = "import"
    RANKING = "ranking"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A condition that held: the ticket's field and the text in it that matched, as it was written."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that would have decided otherwise: `missing` says what it lacked, or that an earlier rule won."""

    rule: str
    place: str
    value: str
    missing: str


@dataclass(frozen=True, slots=True)
class Considered:
    """Somebody who could have got the ticket: weighted load and capacity then, and why not; empty for who fitted.

    `is_called`: he fitted as somebody who was on call, and not on shift.
    """

    login: str
    load: int
    capacity: int
    why_not: str
    is_called: bool = False

    @property
    def in_words(self) -> str:
        """Whether he fitted: `fits`, `off shift`."""
        return self.why_not or ("fits, on call" if self.is_called else "fits")


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing decided.

    `value` is the decided value as text (`network.vpn`, `2`, a team's name, a person's name); `place` is `file:line` of
    the rule or route; `reason` is the person's reason, the matrix cell (`one team x high`) or the import's remark.
    `candidates` are all who were considered, the best first; `figures` are what an estimate consists of, by name.
    """

    thing: Thing
    value: str
    source: Source
    rule: str = ""
    place: str = ""
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    nearly: tuple[NearMiss, ...] = ()
    candidates: tuple[Considered, ...] = ()
    figures: tuple[tuple[str, int], ...] = ()

    def details(self) -> dict[str, Any]:
        """Evidence, near misses, candidates and figures as plain data, for storing as JSON."""
        told: dict[str, Any] = {
            "evidence": [[item.field, item.text] for item in self.evidence],
            "nearly": [[item.rule, item.place, item.value, item.missing] for item in self.nearly],
        }
        if self.candidates:
            told["candidates"] = [
                [item.login, item.load, item.capacity, item.why_not, *([True] if item.is_called else [])]
                for item in self.candidates
            ]
        if self.figures:
            told["figures"] = [list(pair) for pair in self.figures]
        return told

    @classmethod
    def restore(cls, details: dict[str, Any], **fields: Any) -> Self:
        """The decision whose `details()` and other fields were stored."""
        return cls(
            **fields,
            evidence=tuple(Evidence(*item) for item in details.get("evidence", ())),
            nearly=tuple(NearMiss(*item) for item in details.get("nearly", ())),
            candidates=tuple(Considered(*item) for item in details.get("candidates", ())),
            figures=tuple((name, value) for name, value in details.get("figures", ())),
        )
