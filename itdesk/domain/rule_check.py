"""What a rulebook allows and probably does not mean: rules that never win, shared keywords, missing routes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from itdesk.domain.classification import Route, Rule
from itdesk.domain.conditions import AllOf, AnyOf, Condition, Contains, Field, contradict, outdone
from itdesk.domain.decisions import Thing
from itdesk.domain.keywords import Keyword
from itdesk.domain.procedures import ResolvePolicy
from itdesk.domain.rulebook import Rulebook, is_under
from itdesk.domain.ticket import Kind


@dataclass(frozen=True, slots=True)
class RuleWarning:
    """A warning; `place` is `file:line`."""

    place: str
    message: str

    def __str__(self) -> str:
        """`categories.yaml:88: what is odd`."""
        return f"{self.place}: {self.message}"


def warnings(rulebook: Rulebook) -> tuple[RuleWarning, ...]:
    """Everything that is odd about the rules and routes, by file and line. An empty tuple is a clean bill."""
    found = [
        *_rule_warnings(rulebook.rules),
        *_rule_warnings(rulebook.priorities.rules),
        *_rule_warnings(rulebook.priorities.adjustments),
        *_route_warnings(rulebook),
        *_category_warnings(rulebook),
        *_agreement_warnings(rulebook),
        *_step_warnings(rulebook),
        *_policy_warnings(rulebook),
    ]
    return tuple(sorted(found, key=lambda warning: _file_and_line(warning.place)))


def _file_and_line(place: str) -> tuple[str, int]:
    file, _, line = place.rpartition(":")
    return file, int(line) if line.isdigit() else 0


# -- rules


@dataclass(frozen=True, slots=True)
class _Word:
    """A keyword of a rule, and the field in which it is looked for."""

    field: Field
    keyword: Keyword

    def covers(self, other: "_Word") -> bool:
        """Whether this one is found wherever the other is."""
        return self.field in (Field.TEXT, other.field) and self.keyword.covers(other.keyword)


@dataclass(frozen=True, slots=True)
class _Lead:
    """A keyword that alone makes a rule hold."""

    word: _Word
    rule: Rule


class _Leads:
    """The leads of the rules so far, found by their words."""

    def __init__(self) -> None:
        self._by_first_word: dict[str, list[_Lead]] = {}
        self._open_ended: list[_Lead] = []

    def add(self, rule: Rule) -> None:
        """Take in a rule's leads."""
        for word in _sufficient(rule.when):
            keyword, lead = word.keyword, _Lead(word, rule)
            if keyword.single and keyword.open_ended:
                self._open_ended.append(lead)
            else:
                self._by_first_word.setdefault(keyword.words[0], []).append(lead)

    def covering(self, word: _Word) -> list[_Lead]:
        """The leads that are found wherever the word is, in the rules' order."""
        likely = [lead for part in word.keyword.words for lead in self._by_first_word.get(part, ())]
        return [lead for lead in [*likely, *self._open_ended] if lead.word.covers(word)]


def _rule_warnings(rules: Iterable[Rule]) -> Iterator[RuleWarning]:
    earlier: list[Rule] = []
    leads = _Leads()
    for rule in rules:
        if contradict(rule.when):
            yield RuleWarning(rule.place, f"rule {rule.id} can never hold: its conditions exclude each other")
        elif winners := _always_before(rule, earlier, leads):
            yield RuleWarning(rule.place, f"rule {rule.id} never comes into play: {winners} always wins before it")
        else:
            yield from _shared_keywords(rule, leads)
        earlier.append(rule)
        leads.add(rule)


def _always_before(rule: Rule, earlier: list[Rule], leads: _Leads) -> str:
    """The earlier rules of which one always holds when this one does, for each thing that it decides; or nothing."""
    winners: dict[str, None] = {}
    needed = [[leads.covering(word) for word in words] for words in _needed(rule.when)]
    for thing, _ in rule.decides:
        same = next((other for other in earlier if _value(other, thing) and other.when == rule.when), None)
        covering = [same.id] if same else _covering(needed, thing)
        if not covering:
            return ""
        winners |= dict.fromkeys(covering)
    return " or ".join(winners)


def _covering(needed: list[list[list[_Lead]]], thing: Thing) -> list[str]:
    """The rules about the thing whose leads catch every keyword of one of the needed sets; or nothing."""
    for leads_by_word in needed:
        rules = [next((lead.rule.id for lead in leads if _value(lead.rule, thing)), "") for leads in leads_by_word]
        if all(rules):
            return rules
    return []


def _shared_keywords(rule: Rule, leads: _Leads) -> Iterator[RuleWarning]:
    """Keywords of the rule that always lead to an earlier rule, which decides something else."""
    for word in _sufficient(rule.when):
        for lead in leads.covering(word):
            if any(_value(lead.rule, thing) not in (None, value) for thing, value in rule.decides):
                phrase, other = word.keyword.phrase, lead.word.keyword.phrase
                same = "" if phrase == other else f" (by “{other}”)"
                message = f"the keyword “{phrase}” of rule {rule.id} leads to {lead.rule.id}{same}, which comes first"
                yield RuleWarning(rule.place, message)
                break


def _needed(condition: Condition) -> list[list[_Word]]:
    """Sets of keywords; of each set one must be found for the condition to hold."""
    match condition:
        case Contains(field, phrases):
            return [[_Word(field, Keyword(phrase)) for phrase in phrases]]
        case AllOf(conditions):
            return [needed for part in conditions for needed in _needed(part)]
        case AnyOf(conditions):
            parts = [_needed(part) for part in conditions]
            return [[word for part in parts for word in part[0]]] if all(parts) else []
        case _:
            return []


def _sufficient(condition: Condition) -> list[_Word]:
    """Keywords each of which is enough for the condition to hold."""
    match condition:
        case Contains(field, phrases):
            return [_Word(field, Keyword(phrase)) for phrase in phrases]
        case AnyOf(conditions):
            return [word for part in conditions for word in _sufficient(part)]
        case AllOf([condition]):
            return _sufficient(condition)
        case _:
            return []


def _value(rule: Rule, thing: Thing) -> str | None:
    return dict(rule.decides).get(thing)


# -- routes and categories


def _route_warnings(rulebook: Rulebook) -> Iterator[RuleWarning]:
    yield from _behind(rulebook.routes, "route")
    for team in rulebook.desk.teams:
        if team.name != rulebook.desk.default_team and all(route.team != team.name for route in rulebook.routes):
            yield RuleWarning("routing.yaml", f"no route leads to the team {team.name}")


_Path = TypeVar("_Path", Route, ResolvePolicy)


def _behind(routes: Sequence[_Path], what: str) -> Iterator[RuleWarning]:
    for index, route in enumerate(routes):
        before = next((other for other in routes[:index] if _takes_all(other, route)), None)
        if before is not None:
            message = f"this {what} never comes into play: that of {before.place} takes all it could"
            yield RuleWarning(route.place, message)


def _takes_all(route: _Path, other: _Path) -> bool:
    """Whether a route takes everything that the other could."""
    category = route.category is None or (other.category is not None and is_under(other.category, route.category))
    return category and route.kind in (None, other.kind)


def _category_warnings(rulebook: Rulebook) -> Iterator[RuleWarning]:
    for category in rulebook.leaves():
        unrouted = [
            kind
            for kind in (Kind.INCIDENT, Kind.REQUEST)
            if not any(route.fits(category.path, kind) for route in rulebook.routes)
        ]
        if unrouted:
            lacking = "has no team" if len(unrouted) == 2 else f"has no team for its {unrouted[0]}s"
            default = rulebook.desk.default_team
            message = f"category {category.path} {lacking}: they go to the default team {default}"
            yield RuleWarning(category.place, message)


# -- agreements, escalation and policies


def _agreement_warnings(rulebook: Rulebook) -> Iterator[RuleWarning]:
    for agreement in rulebook.agreements:
        if not agreement.targets:
            message = f"agreement {agreement.name} has no target: the tickets that it fits have no clocks"
            yield RuleWarning(agreement.place, message)


def _step_warnings(rulebook: Rulebook) -> Iterator[RuleWarning]:
    from itdesk.domain.escalation import never

    for step in rulebook.escalation:
        why = "its conditions exclude each other" if contradict(step.when) else never(step, rulebook)
        if why:
            yield RuleWarning(step.place, f"step {step.name} can never happen: {why}")


def _policy_warnings(rulebook: Rulebook) -> Iterator[RuleWarning]:
    approvals = rulebook.procedures.approvals
    for index, before in outdone([rule.when for rule in approvals]):
        message = f"approval {approvals[index].id} never comes into play: {approvals[before].id} always holds before it"
        yield RuleWarning(approvals[index].place, message)
    yield from _behind(rulebook.procedures.resolve, "policy")
