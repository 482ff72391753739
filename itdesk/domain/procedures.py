"""Procedures of a desk: SOPs (checklists), and policies about approvals and tests. Checked data, storable as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from itdesk.domain.approvals import Need
from itdesk.domain.rulebook import is_under
from itdesk.domain.ticket import Kind

if TYPE_CHECKING:  # loaded with the first rule
    from itdesk.domain.conditions import Condition
    from itdesk.domain.decisions import Evidence
    from itdesk.domain.matching import Part, TicketFacts

_SECOND = timedelta(seconds=1)


class Asks(StrEnum):
    """What a step wants to be ticked with."""

    NOTHING = ""
    VALUE = "value"
    NOTE = "note"


class Rejected(StrEnum):
    """What a rejection does to a ticket."""

    CANCEL = "cancel"
    RETURN = "return"


class TestOutcome(StrEnum):
    """How a test ended."""

    __test__ = False  # no test of pytest

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SopStep:
    """A step. `caption` says what is asked for; `id` tells it from the other steps of its SOP."""

    id: str
    text: str
    required: bool = False
    asks: Asks = Asks.NOTHING
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Sop:
    """A standard operating procedure: the checklist for tickets of its categories (and below) and kind (None: all).

    `automatic`: a ticket gets it by itself. `place` is `file:line`.
    """

    name: str
    title: str
    categories: tuple[str, ...]
    kind: Kind | None
    automatic: bool
    steps: tuple[SopStep, ...]
    place: str

    def fits(self, category: str, kind: Kind) -> bool:
        """Whether tickets of this category and kind are meant."""
        return self.kind in (None, kind) and any(is_under(category, branch) for branch in self.categories)


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who approves tickets for which `when` holds.

    `approvers` and `substitutes` are logins, `team_lead` (of the ticket's team), or roles. `at_submit`: it is asked
    for by itself as soon as the ticket is there; else `A` proposes it.
    """

    id: str
    place: str
    when: "Condition"
    approvers: tuple[str, ...]
    need: Need
    substitutes: tuple[str, ...] = ()
    deadline: timedelta | None = None
    at_submit: bool = True
    rejected: Rejected = Rejected.CANCEL


@dataclass(frozen=True, slots=True)
class ResolvePolicy:
    """What resolving takes for tickets of this category (and below; None: of all) and kind (None: of all)."""

    category: str | None
    kind: Kind | None
    needs_test: bool
    place: str

    def fits(self, category: str, kind: Kind) -> bool:
        """Whether tickets of this category and kind are meant."""
        return (self.category is None or is_under(category, self.category)) and self.kind in (None, kind)


@dataclass(frozen=True)
class Procedures:
    """All of them, in the order of their files."""

    sops: tuple[Sop, ...] = ()
    approvals: tuple[ApprovalRule, ...] = ()
    resolve: tuple[ResolvePolicy, ...] = ()

    def sop(self, name: str) -> Sop | None:
        """The SOP of that name."""
        return next((sop for sop in self.sops if sop.name == name), None)

    def needs_test(self, category: str, kind: Kind) -> bool:
        """Whether the first policy that fits wants a passed test before a ticket is resolved."""
        return next((policy.needs_test for policy in self.resolve if policy.fits(category, kind)), False)

    def approval_of(self, facts: "TicketFacts") -> "tuple[ApprovalRule, tuple[Evidence, ...]] | None":
        """The first approval rule that holds for a ticket, and by what; None if there is none."""
        if not self.approvals:
            return None
        from itdesk.domain.matching import Reading

        parts, index = self._ready
        reading = Reading(facts, index, {})
        found = next((pair for pair in zip(self.approvals, parts, strict=True) if pair[1].holds(reading)), None)
        return (found[0], found[1].evidence(reading)) if found else None

    @cached_property
    def _ready(self) -> "tuple[list[Part], Any]":
        from itdesk.domain.keywords import Keyword, KeywordIndex
        from itdesk.domain.matching import compile_condition

        known: dict[str, Keyword] = {}

        def keywords(phrase: str) -> Keyword:
            return known.setdefault(phrase, Keyword(phrase))

        parts = [compile_condition(rule.when, keywords) for rule in self.approvals]
        return parts, KeywordIndex(known.values())

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON; `from_data` reads it back."""
        from itdesk.domain.conditions import to_data

        return {
            "sops": [
                [
                    sop.name,
                    sop.title,
                    list(sop.categories),
                    sop.kind,
                    sop.automatic,
                    [[step.id, step.text, step.required, step.asks, step.caption] for step in sop.steps],
                    sop.place,
                ]
                for sop in self.sops
            ],
            "approvals": [
                {
                    "id": rule.id,
                    "place": rule.place,
                    "when": to_data(rule.when),
                    "approvers": list(rule.approvers),
                    "need": rule.need,
                    "substitutes": list(rule.substitutes),
                    "deadline": None if rule.deadline is None else rule.deadline // _SECOND,
                    "at_submit": rule.at_submit,
                    "rejected": rule.rejected,
                }
                for rule in self.approvals
            ],
            "resolve": [[one.category, one.kind, one.needs_test, one.place] for one in self.resolve],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """What `to_data` wrote; what is missing is empty."""
        from itdesk.domain.conditions import from_data

        return cls(
            sops=tuple(
                Sop(
                    name,
                    title,
                    tuple(categories),
                    Kind(kind) if kind else None,
                    automatic,
                    tuple(SopStep(step, text, needed, Asks(asks), said) for step, text, needed, asks, said in steps),
                    place,
                )
                for name, title, categories, kind, automatic, steps, place in data.get("sops", ())
            ),
            approvals=tuple(
                ApprovalRule(
                    id=rule["id"],
                    place=rule["place"],
                    when=from_data(rule["when"]),
                    approvers=tuple(rule["approvers"]),
                    need=Need(rule["need"]),
                    substitutes=tuple(rule["substitutes"]),
                    deadline=None if rule["deadline"] is None else timedelta(seconds=rule["deadline"]),
                    at_submit=rule["at_submit"],
                    rejected=Rejected(rule["rejected"]),
                )
                for rule in data.get("approvals", ())
            ),
            resolve=tuple(
                ResolvePolicy(category, Kind(kind) if kind else None, needs_test, place)
                for category, kind, needs_test, place in data.get("resolve", ())
            ),
        )
