"""Rules: what they decide about a ticket, and why."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

from itdesk.domain.agreement_rules import agreements_of
from itdesk.domain.classification import Level, Rule
from itdesk.domain.conditions import Contains, Field
from itdesk.domain.decisions import Decision, Evidence, NearMiss, Source, Thing
from itdesk.domain.keywords import Keyword, KeywordIndex
from itdesk.domain.matching import Reading, compile_condition
from itdesk.domain.matching import TicketFacts as TicketFacts
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import PRIORITIES, Kind

_NEARLY = 3
_MOST_EVIDENCE = 6
_MOST_ROUTES_KEPT = 10_000
_MOST_PAIRS_KEPT = 10_000
_NOTHING: Final[Mapping[Thing, str]] = MappingProxyType({})


def decide(rulebook: Rulebook, facts: TicketFacts, *, fixed: Mapping[Thing, str] = _NOTHING) -> tuple[Decision, ...]:
    """Decide kind, category, impact, urgency, priority, team and level, each with its reason, in this order.

    Where the rulebook has agreements, the agreement comes last.

    For each thing the first rule that holds wins; where none holds, the category's kind and the desk's defaults stand.
    What a person or an import gave is `fixed`: no decision is made about it, but what follows from it is decided.
    Raises LookupError for a fixed impact or urgency that the matrix does not have.
    """
    return _engine(rulebook).decide(facts, fixed)


def prepare(rulebook: Rulebook) -> None:
    """Make ready what the first decision by a rulebook would make: some milliseconds for 200 rules."""
    _engine(rulebook)


def priority_of(rulebook: Rulebook, impact: str, urgency: str) -> Decision:
    """The matrix's priority; raises LookupError for an impact or urgency that it does not have."""
    return _engine(rulebook).matrix(impact, urgency)


def route(rulebook: Rulebook, category: str, kind: str) -> tuple[Decision, Decision]:
    """The team and the support level of the first route that fits, else the desk's default team and its level."""
    return _engine(rulebook).route(category, kind)


class _Candidate:
    """A rule ready to be tried. `triggers`: without one of these keywords the rule does not matter (None: always).

    `sure` says that with one of them it holds.
    """

    __slots__ = ("condition", "rule", "sure", "triggers")

    def __init__(self, rule: Rule, keywords: Callable[[str], Keyword]) -> None:
        self.rule = rule
        self.condition = compile_condition(rule.when, keywords)
        self.triggers = self.condition.triggers()
        self.sure = isinstance(rule.when, Contains) and rule.when.field is Field.TEXT


class _Verdict:
    """What the rules say about one thing: the first that holds, and those that would have."""

    __slots__ = ("evidence", "later", "nearly", "rule", "value")

    def __init__(self) -> None:
        self.rule: Rule | None = None
        self.value = ""
        self.evidence: tuple[Evidence, ...] = ()
        self.later: list[NearMiss] = []
        self.nearly: list[NearMiss] = []

    def near_misses(self, value: str) -> tuple[NearMiss, ...]:
        """Up to three rules that would have decided other than `value`."""
        if not self.later and not self.nearly:
            return ()
        return tuple(miss for miss in self.later + self.nearly if miss.value != value)[:_NEARLY]


class _Engine:
    """A rulebook ready to decide."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._book = rulebook
        known: dict[str, Keyword] = {}

        def keywords(phrase: str) -> Keyword:
            if phrase not in known:
                known[phrase] = Keyword(phrase)
            return known[phrase]

        priorities = rulebook.priorities
        ordered = [*rulebook.rules, *priorities.rules, *priorities.adjustments]
        self._candidates = [_Candidate(rule, keywords) for rule in ordered]
        self._first_of_priorities = len(rulebook.rules)
        self._always = frozenset(order for order, one in enumerate(self._candidates) if one.triggers is None)
        self._triggered: dict[Keyword, list[int]] = {keyword: [] for keyword in known.values()}
        for order, candidate in enumerate(self._candidates):
            for keyword in candidate.triggers or ():
                self._triggered[keyword].append(order)
        self._index = KeywordIndex(known.values())
        self._matrix: dict[tuple[str, str], Decision] = {}
        self._routed: dict[tuple[str, str], tuple[Decision, Decision]] = {}
        self._agreements = agreements_of(rulebook)
        desk = rulebook.desk
        self._defaults = {
            thing: _default(thing, value, desk.place, "no rule holds")
            for thing, value in (
                (Thing.KIND, desk.default_kind),
                (Thing.CATEGORY, desk.default_category),
                (Thing.IMPACT, desk.default_impact),
                (Thing.URGENCY, desk.default_urgency),
            )
        }

        self._kinds = {
            category.path: _default(Thing.KIND, category.kind, category.place, f"the kind of {category.path}")
            for category in rulebook.categories
            if category.kind is not None
        }

    def decide(self, facts: TicketFacts, fixed: Mapping[Thing, str]) -> tuple[Decision, ...]:
        """The decisions, in the order of their making."""
        reading = Reading(facts, self._index, fixed)
        ordered = sorted(self._always.union(*map(self._triggered.__getitem__, reading.found)))
        split = bisect_left(ordered, self._first_of_priorities)

        verdicts: dict[Thing, _Verdict] = {}
        self._try(ordered[:split], reading, verdicts)
        category = self._decided(Thing.CATEGORY, verdicts, fixed, self._defaults[Thing.CATEGORY])
        kind = self._decided(Thing.KIND, verdicts, fixed, self._kind_of(category.value))
        reading.category, reading.kind = category.value, kind.value

        self._try(ordered[split:], reading, verdicts)
        impact = self._decided(Thing.IMPACT, verdicts, fixed, self._defaults[Thing.IMPACT])
        urgency = self._decided(Thing.URGENCY, verdicts, fixed, self._defaults[Thing.URGENCY])
        decisions = [kind, category, impact, urgency]
        if Thing.PRIORITY not in fixed:
            decisions.append(self._priority(verdicts.get(Thing.PRIORITY), impact.value, urgency.value))
        team, level = self._team_and_level(category.value, kind.value, fixed.get(Thing.TEAM))
        decisions += [team, level]
        if self._agreements:
            priority = fixed.get(Thing.PRIORITY) or decisions[4].value
            decisions.append(
                self._agreements.decide(
                    TicketFacts(
                        subject="",
                        requester=facts.requester,
                        channel=facts.channel,
                        kind=kind.value,
                        category=category.value,
                        tags=facts.tags,
                        site=facts.site,
                        priority=f"P{priority}",
                        team=fixed.get(Thing.TEAM) or team.value,
                    )
                )
            )
        return tuple(decision for decision in decisions if decision.thing not in fixed) if fixed else tuple(decisions)

    def _try(self, orders: list[int], reading: Reading, verdicts: dict[Thing, _Verdict]) -> None:
        """Try these rules in order and note what they say in `verdicts`."""
        for order in orders:
            candidate = self._candidates[order]
            rule = candidate.rule
            lack = ""
            if not candidate.sure:
                held, lacks = candidate.condition.lacks(reading)
                if len(lacks) > 1 or (lacks and not held):
                    continue
                lack = lacks[0] if lacks else ""
            for thing, value in rule.decides:
                verdict = verdicts.get(thing)
                if verdict is None:
                    verdict = verdicts[thing] = _Verdict()
                if lack:
                    verdict.nearly.append(NearMiss(rule.id, rule.place, value, lack))
                elif verdict.rule is None:
                    verdict.rule, verdict.value = rule, value
                    verdict.evidence = candidate.condition.evidence(reading)[:_MOST_EVIDENCE]
                elif len(verdict.later) < _NEARLY and value != verdict.value:
                    verdict.later.append(_comes_after(rule.id, rule.place, value, verdict.rule.id))

    def _decided(
        self, thing: Thing, verdicts: dict[Thing, _Verdict], fixed: Mapping[Thing, str], default: Decision
    ) -> Decision:
        """The fixed value, or what the rules say, or the default."""
        if thing in fixed:
            return Decision(thing, fixed[thing], Source.PERSON)
        verdict = verdicts.get(thing)
        if verdict is None:
            return default
        if verdict.rule is None:
            nearly = verdict.near_misses(default.value)
            return replace(default, nearly=nearly) if nearly else default
        return Decision(
            thing,
            verdict.value,
            Source.RULE,
            verdict.rule.id,
            verdict.rule.place,
            evidence=verdict.evidence,
            nearly=verdict.near_misses(verdict.value),
        )

    def _kind_of(self, category: str) -> Decision:
        """The kind of a category's tickets where no rule says: its own, or that of the nearest one above it."""
        path = category
        while path and path not in self._kinds:
            path = path.rpartition(".")[0]
        return self._kinds.get(path, self._defaults[Thing.KIND])

    def _priority(self, verdict: _Verdict | None, impact: str, urgency: str) -> Decision:
        """The matrix's priority, raised or lowered by the rule that holds."""
        cell = self.matrix(impact, urgency)
        if verdict is None:
            return cell
        nearly = tuple(
            NearMiss(miss.rule, miss.place, _step_words(int(miss.value)), miss.missing)
            for miss in verdict.near_misses(verdict.value)
        )
        if verdict.rule is None:
            return replace(cell, nearly=nearly)
        steps = int(verdict.value)
        priority = min(max(int(cell.value) + steps, PRIORITIES[0]), PRIORITIES[-1])
        return Decision(
            Thing.PRIORITY,
            str(priority),
            Source.RULE,
            verdict.rule.id,
            verdict.rule.place,
            f"{cell.reason} gives P{cell.value}, {_step_words(steps)}",
            verdict.evidence,
            nearly,
        )

    def matrix(self, impact: str, urgency: str) -> Decision:
        """The decision of the matrix alone."""
        decision = self._matrix.get((impact, urgency))
        if decision is None:
            levels = self._book.priorities
            row = _level("impact", impact, levels.impact(impact), levels.impacts)
            column = _level("urgency", urgency, levels.urgency(urgency), levels.urgencies)
            decision = self._matrix[impact, urgency] = Decision(
                Thing.PRIORITY,
                str(levels.cells[impact, urgency]),
                Source.MATRIX,
                place=levels.places[impact],
                reason=f"{row.title} x {column.title}",
            )
        return decision

    def route(self, category: str, kind: str) -> tuple[Decision, Decision]:
        """Team and level."""
        decisions = self._routed.get((category, kind))
        if decisions is None:
            if len(self._routed) >= _MOST_ROUTES_KEPT:
                self._routed.clear()
            decisions = self._routed[category, kind] = self._route(category, Kind(kind))
        return decisions

    def _team_and_level(self, category: str, kind: str, team: str | None) -> tuple[Decision, Decision]:
        """By the routes; a team that is given brings its own level."""
        setting = self._book.team(team) if team else None
        by_team, by_level = self.route(category, kind)
        if setting is not None and setting.name != by_team.value:
            place = self._book.desk.place
            by_level = _default(Thing.LEVEL, setting.level, place, f"the level of {setting.title}")
        return by_team, by_level

    def _route(self, category: str, kind: Kind) -> tuple[Decision, Decision]:
        fitting = next((entry for entry in self._book.routes if entry.fits(category, kind)), None)
        if fitting is None:
            desk = self._book.desk
            team = self._book.team(desk.default_team)
            level = team.level if team else 1
            return (
                _default(Thing.TEAM, desk.default_team, desk.place, "no route fits"),
                _default(Thing.LEVEL, level, desk.place, "no route fits"),
            )
        reason = ", ".join([fitting.category or "every category", *([fitting.kind] if fitting.kind else ())])
        return (
            Decision(Thing.TEAM, fitting.team, Source.ROUTE, place=fitting.place, reason=reason),
            Decision(Thing.LEVEL, str(fitting.level), Source.ROUTE, place=fitting.place, reason=reason),
        )


@lru_cache(_MOST_PAIRS_KEPT)
def _comes_after(rule: str, place: str, value: str, winner: str) -> NearMiss:
    """A rule that holds as well, but after the one that wins."""
    return NearMiss(rule, place, value, f"comes after {winner}, which won")


def _default(thing: Thing, value: object, place: str, reason: str) -> Decision:
    return Decision(thing, str(value), Source.DEFAULT, place=place, reason=reason)


def _level(word: str, name: str, level: Level | None, levels: tuple[Level, ...]) -> Level:
    if level is None:
        possible = ", ".join(known.name for known in levels)
        raise LookupError(f"The priority matrix has no {word} {name!r}; possible: {possible}.")
    return level


def _step_words(steps: int) -> str:
    """`-1` as `raised by 1`."""
    return f"{'raised' if steps < 0 else 'lowered'} by {abs(steps)}"


_engines: WeakKeyDictionary[Rulebook, _Engine] = WeakKeyDictionary()


def _engine(rulebook: Rulebook) -> _Engine:
    engine = _engines.get(rulebook)
    if engine is None:
        engine = _engines[rulebook] = _Engine(rulebook)
    return engine
