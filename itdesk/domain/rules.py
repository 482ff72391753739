"""Rules: what they decide about a ticket, and why."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

from itdesk.domain.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Contains,
    Field,
    In,
    Matches,
    Not,
    StartsWith,
)
from itdesk.domain.decisions import Decision, Evidence, NearMiss, Source, Thing
from itdesk.domain.keywords import LONGEST, Keyword, KeywordIndex, TicketText, find_in
from itdesk.domain.rulebook import Level, Rule, Rulebook, is_under
from itdesk.domain.text import fold
from itdesk.domain.ticket import PRIORITIES, Kind

_NEARLY = 3
_MOST_EVIDENCE = 6
_MOST_ROUTES_KEPT = 10_000
_REGEX_SECONDS = 0.05
_TEXTS = frozenset({Field.TEXT, Field.SUBJECT, Field.BODY})
_NOTHING: Final[Mapping[Thing, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What rules look at. `channel`, `kind` and `category` are the words of the ticket, empty or None if not known."""

    subject: str
    body: str = ""
    requester: str = ""
    channel: str = ""
    kind: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    site: str = ""


def decide(rulebook: Rulebook, facts: TicketFacts, *, fixed: Mapping[Thing, str] = _NOTHING) -> tuple[Decision, ...]:
    """Decide kind, category, impact, urgency, priority, team and level, each with its reason, in this order.

    For each thing the first rule that holds wins; where none holds, the category's kind and the desk's defaults stand.
    What a person or an import gave is `fixed`: no decision is made about it, but what follows from it is decided.
    Raises LookupError for a fixed impact or urgency that the matrix does not have.
    """
    return _engine(rulebook).decide(facts, fixed)


def priority_of(rulebook: Rulebook, impact: str, urgency: str) -> Decision:
    """The matrix's priority; raises LookupError for an impact or urgency that it does not have."""
    return _engine(rulebook).matrix(impact, urgency)


def route(rulebook: Rulebook, category: str, kind: str) -> tuple[Decision, Decision]:
    """The team and the support level of the first route that fits, else the desk's default team and its level."""
    return _engine(rulebook).route(category, kind)


# -- evaluating conditions ---------------------------------------------------------------------------------------


class _Reading:
    """A ticket while rules look at it: its facts, and which keywords its text holds."""

    __slots__ = ("category", "facts", "found", "kind", "text")

    def __init__(self, facts: TicketFacts, index: KeywordIndex, fixed: Mapping[Thing, str]) -> None:
        self.facts = facts
        self.kind = fixed.get(Thing.KIND) or facts.kind or ""
        self.category = fixed.get(Thing.CATEGORY) or facts.category or ""
        self.text = TicketText(facts.subject, facts.body)
        self.found = index.found(self.text.spaced)

    def values(self, field: Field) -> tuple[str, ...]:
        """The field's values: one, several for tags, the subject and the body for text."""
        facts = self.facts
        match field:
            case Field.TEXT:
                return (facts.subject, facts.body)
            case Field.TAGS:
                return facts.tags
            case Field.KIND:
                return (self.kind,)
            case Field.CATEGORY:
                return (self.category,)
            case _:
                return (getattr(facts, field.value),)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a condition: what it lacks (nothing: it holds), what held, and the text that did."""

    lacks: tuple[str, ...] = ()
    held: int = 0
    evidence: tuple[Evidence, ...] = ()


_Test = Callable[[_Reading], _Outcome]


def _compile(condition: Condition, keywords: Callable[[str], Keyword]) -> _Test:
    """The condition as a function of a ticket."""
    match condition:
        case AnyOf(conditions):
            return _any_of([_compile(part, keywords) for part in conditions])
        case AllOf(conditions):
            return _all_of([_compile(part, keywords) for part in conditions])
        case Not(part):
            return _not(_compile(part, keywords))
        case Contains(field, phrases):
            parts = [keywords(phrase) for phrase in phrases]
            lack = f"needs {_either(phrases)} in {field.label}"
            return (_text_contains if field in _TEXTS else _value_contains)(field, parts, lack)
        case Matches(field, pattern):
            return _matches(field, pattern)
        case In(field, values):
            folded = frozenset(map(fold, values))
            lack = f"needs {field.label} {_either(values)}"
            return _on_values(field, lambda value: fold(value) in folded, lack)
        case StartsWith(field, prefix):
            start = fold(prefix)
            lack = f"needs {field.label} to begin with {_quoted(prefix)}"
            if field is Field.CATEGORY:
                return _on_values(field, lambda value: is_under(fold(value), start), lack)
            return _on_values(field, lambda value: fold(value[:LONGEST]).startswith(start), lack)


def _any_of(tests: list[_Test]) -> _Test:
    def test(reading: _Reading) -> _Outcome:
        outcomes = [part(reading) for part in tests]
        holding = [outcome for outcome in outcomes if not outcome.lacks]
        if not holding:
            return min(outcomes, key=lambda outcome: (len(outcome.lacks), -outcome.held))
        return _Outcome(held=1, evidence=tuple(item for outcome in holding for item in outcome.evidence))

    return test


def _all_of(tests: list[_Test]) -> _Test:
    def test(reading: _Reading) -> _Outcome:
        outcomes = [part(reading) for part in tests]
        return _Outcome(
            tuple(lack for outcome in outcomes for lack in outcome.lacks),
            sum(outcome.held for outcome in outcomes),
            tuple(item for outcome in outcomes for item in outcome.evidence),
        )

    return test


def _not(part: _Test) -> _Test:
    def test(reading: _Reading) -> _Outcome:
        outcome = part(reading)
        if outcome.lacks:
            return _Outcome()
        found = ", ".join(f"{_quoted(item.text)} in {item.field}" for item in outcome.evidence[:2])
        return _Outcome((f"must not have {found}" if found else "a condition below `not` holds",))

    return test


def _text_contains(field: Field, keywords: list[Keyword], lack: str) -> _Test:
    missing = _Outcome((lack,))
    wanted = frozenset(keywords)

    def test(reading: _Reading) -> _Outcome:
        if wanted.isdisjoint(reading.found):
            return missing
        text = reading.text
        places = (text.find(keyword, field) for keyword in reading.found if keyword in wanted)
        evidence = tuple(text.evidence(place) for place in _outermost(place for place in places if place))
        return _Outcome(held=1, evidence=evidence) if evidence else missing

    return test


def _outermost(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The places from first to last, without those within another (`vpn` within `vpn client`)."""
    reached = 0
    for first, last in sorted(places, key=lambda place: (place[0], -place[1])):
        if last > reached:
            yield first, last
            reached = last


def _value_contains(field: Field, keywords: list[Keyword], lack: str) -> _Test:
    missing = _Outcome((lack,))

    def test(reading: _Reading) -> _Outcome:
        found = [find_in(keyword, value) for value in reading.values(field) for keyword in keywords]
        evidence = tuple(Evidence(field.value, text) for text in found if text is not None)
        return _Outcome(held=1, evidence=evidence) if evidence else missing

    return test


def _matches(field: Field, pattern: str) -> _Test:
    import regex

    compiled = regex.compile(pattern, regex.IGNORECASE)
    missing = _Outcome((f"needs {field.label} to match /{pattern}/",))
    fields = (Field.SUBJECT, Field.BODY) if field is Field.TEXT else (field,)

    def test(reading: _Reading) -> _Outcome:
        for place in fields:
            for value in reading.values(place):
                try:
                    found = compiled.search(value[:LONGEST], timeout=_REGEX_SECONDS)
                except TimeoutError:
                    continue
                if found:
                    return _Outcome(held=1, evidence=(Evidence(place.value, found[0]),))
        return missing

    return test


def _on_values(field: Field, holds: Callable[[str], bool], lack: str) -> _Test:
    missing = _Outcome((lack,))

    def test(reading: _Reading) -> _Outcome:
        for value in reading.values(field):
            if holds(value):
                return _Outcome(held=1, evidence=(Evidence(field.value, value),))
        return missing

    return test


def _quoted(text: str) -> str:
    return f"“{text}”"


def _either(values: Iterable[str]) -> str:
    """`“wi-fi” or “wlan”`; a long list is cut."""
    shown = list(values)
    quoted = [_quoted(value) for value in shown[:4]]
    if len(shown) > 4:
        return f"{', '.join(quoted)} or {len(shown) - 4} more"
    return " or ".join(quoted)


# -- the engine --------------------------------------------------------------------------------------------------


class _Candidate:
    """A rule ready to be tried; `triggers` are keywords of which one must be found for the rule to matter."""

    __slots__ = ("order", "rule", "test", "triggers")

    def __init__(self, order: int, rule: Rule, keywords: Callable[[str], Keyword]) -> None:
        self.order = order
        self.rule = rule
        self.test = _compile(rule.when, keywords)
        self.triggers = _triggers(rule.when, keywords)


def _triggers(condition: Condition, keywords: Callable[[str], Keyword]) -> frozenset[Keyword] | None:
    """Keywords without any of which the condition neither holds nor nearly holds; None if there are no such."""
    match condition:
        case Contains(field, phrases) if field in _TEXTS:
            return frozenset(map(keywords, phrases))
        case AnyOf(conditions):
            parts = [_triggers(part, keywords) for part in conditions]
            return None if None in parts else frozenset().union(*(part for part in parts if part is not None))
        case AllOf(conditions):
            known = [part for part in (_triggers(part, keywords) for part in conditions) if part is not None]
            return frozenset().union(*known) if known else None
        case _:
            return None


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
        return tuple(miss for miss in self.later + self.nearly if miss.value != value)[:_NEARLY]


class _Engine:
    """A rulebook ready to decide."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._book = rulebook
        known: dict[str, Keyword] = {}

        def keywords(phrase: str) -> Keyword:
            return known.setdefault(phrase, Keyword(phrase))

        priorities = rulebook.priorities
        ordered = [*rulebook.rules, *priorities.rules, *priorities.adjustments]
        self._candidates = [_Candidate(order, rule, keywords) for order, rule in enumerate(ordered)]
        self._first_of_priorities = len(rulebook.rules)
        self._always = [candidate.order for candidate in self._candidates if candidate.triggers is None]
        self._triggered: dict[Keyword, list[int]] = {}
        for candidate in self._candidates:
            for keyword in candidate.triggers or ():
                self._triggered.setdefault(keyword, []).append(candidate.order)
        self._index = KeywordIndex(known.values())
        self._matrix: dict[tuple[str, str], Decision] = {}
        self._routed: dict[tuple[str, str], tuple[Decision, Decision]] = {}
        desk = rulebook.desk
        self._defaults = {
            thing: _default(thing, value, desk.place, "no rule holds")
            for thing, value in (
                (Thing.CATEGORY, desk.default_category),
                (Thing.IMPACT, desk.default_impact),
                (Thing.URGENCY, desk.default_urgency),
            )
        }

    def decide(self, facts: TicketFacts, fixed: Mapping[Thing, str]) -> tuple[Decision, ...]:
        reading = _Reading(facts, self._index, fixed)
        orders = set(self._always)
        for keyword in reading.found:
            orders.update(self._triggered.get(keyword, ()))
        ordered = sorted(orders)
        split = next((at for at, order in enumerate(ordered) if order >= self._first_of_priorities), len(ordered))

        verdicts: dict[Thing, _Verdict] = {}
        self._try(ordered[:split], reading, verdicts)
        desk = self._book.desk
        category = self._decided(Thing.CATEGORY, verdicts, fixed, self._defaults[Thing.CATEGORY])
        kind = self._decided(Thing.KIND, verdicts, fixed, self._kind_of(category.value))
        reading.category, reading.kind = category.value, kind.value

        self._try(ordered[split:], reading, verdicts)
        impact = self._decided(Thing.IMPACT, verdicts, fixed, self._defaults[Thing.IMPACT])
        urgency = self._decided(Thing.URGENCY, verdicts, fixed, self._defaults[Thing.URGENCY])
        priority = self._priority(verdicts.get(Thing.PRIORITY), impact.value, urgency.value)
        team, level = self.route(category.value, kind.value)
        if Thing.TEAM in fixed and (setting := self._book.team(fixed[Thing.TEAM])):
            level = _default(Thing.LEVEL, setting.level, desk.place, f"the level of {setting.title}")
        decisions = (kind, category, impact, urgency, priority, team, level)
        return tuple(decision for decision in decisions if decision.thing not in fixed)

    def _try(self, orders: list[int], reading: _Reading, verdicts: dict[Thing, _Verdict]) -> None:
        for order in orders:
            candidate = self._candidates[order]
            outcome = candidate.test(reading)
            if len(outcome.lacks) > 1 or (outcome.lacks and not outcome.held):
                continue
            rule = candidate.rule
            for thing, value in rule.decides:
                verdict = verdicts.get(thing)
                if verdict is None:
                    verdict = verdicts[thing] = _Verdict()
                if outcome.lacks:
                    verdict.nearly.append(NearMiss(rule.id, rule.place, value, outcome.lacks[0]))
                elif verdict.rule is None:
                    verdict.rule, verdict.value = rule, value
                    verdict.evidence = outcome.evidence[:_MOST_EVIDENCE]
                elif len(verdict.later) < _NEARLY and value != verdict.value:
                    missing = f"comes after {verdict.rule.id}, which won"
                    verdict.later.append(NearMiss(rule.id, rule.place, value, missing))

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
            return Decision(
                thing,
                default.value,
                default.source,
                place=default.place,
                reason=default.reason,
                nearly=verdict.near_misses(default.value),
            )
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
        """The kind of a category's tickets where no rule says: the nearest category above that names one."""
        path = category
        while path:
            known = self._book.category(path)
            if known is not None and known.kind is not None:
                return _default(Thing.KIND, known.kind, known.place, f"the kind of {path}")
            path = path.rpartition(".")[0]
        desk = self._book.desk
        return _default(Thing.KIND, desk.default_kind, desk.place, "no rule holds")

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
