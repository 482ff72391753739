"""A decision: a value that a rule, the matrix, a route, a person or an import gave to a ticket, and why."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Thing(StrEnum):
    """What is decided about a ticket."""

    KIND = "kind"
    CATEGORY = "category"
    IMPACT = "impact"
    URGENCY = "urgency"
    PRIORITY = "priority"
    TEAM = "team"
    LEVEL = "level"
    ASSIGNEE = "assignee"
    MAJOR = "major"
    AGREEMENT = "agreement"


class Source(StrEnum):
    """Who decided."""

    RULE = "rule"
    MATRIX = "matrix"
    ROUTE = "route"
    DEFAULT = "default"
    PERSON = "person"
    IMPORT = "import"


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
class Decision:
    """One thing decided.

    `value` is the decided value as text (`network.vpn`, `2`, a team's name, a person's name); `place` is `file:line` of
    the rule or route; `reason` is the person's reason, the matrix cell (`one team x high`) or the import's remark.
    """

    thing: Thing
    value: str
    source: Source
    rule: str = ""
    place: str = ""
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    nearly: tuple[NearMiss, ...] = ()

    def details(self) -> dict[str, Any]:
        """Evidence and near misses as plain data, for storing as JSON."""
        return {
            "evidence": [[item.field, item.text] for item in self.evidence],
            "nearly": [[item.rule, item.place, item.value, item.missing] for item in self.nearly],
        }

    @classmethod
    def restore(cls, details: dict[str, Any], **fields: Any) -> Self:
        """The decision whose `details()` and other fields were stored."""
        return cls(
            **fields,
            evidence=tuple(Evidence(*item) for item in details.get("evidence", ())),
            nearly=tuple(NearMiss(*item) for item in details.get("nearly", ())),
        )
