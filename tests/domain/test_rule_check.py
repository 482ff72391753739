"""Warnings: rules that never win, keywords that lead elsewhere, categories without a team."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.classification import Route, Rule
from itdesk.domain.conditions import AllOf, AnyOf, Condition, Contains, Field, In, Not, StartsWith
from itdesk.domain.decisions import Thing
from itdesk.domain.rule_check import warnings
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.rules import TicketFacts, decide
from itdesk.domain.ticket import Kind
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from tests.domain.rulebooks import rule, rulebook
from tests.settings.folders import small_folder

EVERYWHERE = (Route(None, None, "network", 2, "routing.yaml:3"),)


def told(book: Rulebook) -> list[str]:
    return [str(warning) for warning in warnings(book)]


def about_rules(*rules: Rule) -> list[str]:
    return told(rulebook(*rules, routes=EVERYWHERE))


def keywords(*phrases: str, field: Field = Field.TEXT) -> Contains:
    return Contains(field, phrases)


def test_the_shipped_rules_have_no_warnings() -> None:
    assert told(load_rulebook(shipped_config())) == []


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (keywords("vpn"), keywords("vpn")),
        (keywords("vpn", "tunnel"), keywords("vpn client")),
        (keywords("vpn"), keywords("vpn", field=Field.SUBJECT)),
        (keywords("print*"), keywords("printer", "printers*")),
        (keywords("vpn"), AllOf((keywords("vpn"), In(Field.CHANNEL, ("mail",))))),
        (keywords("a", "b"), AnyOf((keywords("a"), keywords("b c")))),
        (AnyOf((keywords("a"), In(Field.KIND, ("request",)))), keywords("a")),
        (AllOf((keywords("a"),)), keywords("a")),
        (StartsWith(Field.SITE, "x"), StartsWith(Field.SITE, "x")),
    ],
)
def test_a_rule_behind_one_that_always_holds_with_it_never_comes_into_play(
    earlier: Condition, later: Condition
) -> None:
    first = rule("first", earlier, 4, category="network.vpn")
    second = rule("second", later, 9, category="network.wifi")
    assert about_rules(first, second) == [
        "rules.yaml:9: rule second never comes into play: first always wins before it"
    ]


def test_several_rules_together_can_leave_nothing_to_a_later_one() -> None:
    book = (
        rule("a", ["a"], 1, category="network.vpn"),
        rule("b", ["b"], 2, category="network.wifi"),
        rule("c", ["a", "b x"], 3, category="printing"),
    )
    assert about_rules(*book) == ["rules.yaml:3: rule c never comes into play: a or b always wins before it"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (keywords("vpn client"), keywords("vpn")),
        (keywords("vpn", field=Field.SUBJECT), keywords("vpn")),
        (AllOf((keywords("vpn"), In(Field.CHANNEL, ("mail",)))), keywords("vpn")),
        (Not(keywords("vpn")), keywords("vpn")),
        (keywords("printer"), keywords("print*")),
    ],
)
def test_a_rule_that_can_still_win_is_not_warned_of(earlier: Condition, later: Condition) -> None:
    assert about_rules(rule("a", earlier, category="network.vpn"), rule("b", later, category="printing")) == []


def test_a_rule_that_also_decides_something_else_comes_into_play_for_that() -> None:
    first = rule("first", ["vpn"], category="network.vpn")
    second = rule("second", ["vpn"], category="network.vpn", kind="request")
    assert about_rules(first, second) == []


def test_a_keyword_that_leads_to_an_earlier_rule_is_named() -> None:
    first = rule("internet", ["internet", "proxy"], 4, category="network.vpn")
    second = rule("browser", ["Internet", "internet explorer", "chrome"], 9, category="printing")
    assert about_rules(first, second) == [
        "rules.yaml:9: the keyword “Internet” of rule browser leads to internet (by “internet”), which comes first",
        (
            "rules.yaml:9: the keyword “internet explorer” of rule browser leads to internet (by “internet”), "
            "which comes first"
        ),
    ]


def test_a_shared_keyword_that_leads_to_the_same_decision_is_fine() -> None:
    first = rule("first", ["vpn"], category="network.vpn")
    second = rule("second", ["vpn", "tunnel"], category="network.vpn")
    assert about_rules(first, second) == []


@pytest.mark.parametrize(
    "parts",
    [
        (In(Field.KIND, ("request",)), In(Field.KIND, ("incident",))),
        (In(Field.CATEGORY, ("printing", "purchase")), StartsWith(Field.CATEGORY, "network")),
    ],
)
def test_a_rule_whose_conditions_exclude_each_other_is_named(parts: tuple[Condition, ...]) -> None:
    assert about_rules(rule("odd", AllOf(parts), 5, kind="request")) == [
        "rules.yaml:5: rule odd can never hold: its conditions exclude each other"
    ]


def test_conditions_on_tags_do_not_exclude_each_other() -> None:
    both = AllOf((In(Field.TAGS, ("a",)), In(Field.TAGS, ("b",))))
    assert about_rules(rule("both", both, kind="request")) == []


def test_rules_about_priorities_are_checked_as_well() -> None:
    book = rulebook(
        levels=[rule("a", ["x"], 1, urgency="high"), rule("b", ["x"], 2, urgency="low")],
        adjustments=[rule("c", ["y"], 3, priority="-1"), rule("d", ["y"], 4, priority="1")],
        routes=EVERYWHERE,
    )
    assert told(book) == [
        "rules.yaml:2: rule b never comes into play: a always wins before it",
        "rules.yaml:4: rule d never comes into play: c always wins before it",
    ]


def test_a_category_that_no_route_takes_is_named() -> None:
    routes = (
        Route("network", None, "network", 2, "routing.yaml:3"),
        Route("purchase", Kind.REQUEST, "first", 1, "routing.yaml:5"),
        Route("general", None, "first", 1, "routing.yaml:7"),
    )
    assert told(rulebook(routes=routes)) == [
        "categories.yaml:5: category purchase has no team for its incidents: they go to the default team first",
        "categories.yaml:6: category printing has no team: they go to the default team first",
    ]


def test_a_route_behind_one_that_takes_everything_is_named() -> None:
    routes = (
        Route("network", None, "network", 2, "routing.yaml:3"),
        Route("network.vpn", Kind.REQUEST, "first", 1, "routing.yaml:5"),
        Route(None, None, "first", 1, "routing.yaml:7"),
        Route("printing", None, "network", 2, "routing.yaml:9"),
    )
    assert told(rulebook(routes=routes)) == [
        "routing.yaml:5: this route never comes into play: that of routing.yaml:3 takes all it could",
        "routing.yaml:9: this route never comes into play: that of routing.yaml:7 takes all it could",
    ]


def test_policies_behind_others_that_take_all_they_could_are_named(tmp_path: Path) -> None:
    policies = """\
approvals:
  - { id: lines, when: { kind: { is: request } }, approvers: team_lead }
  - { id: new-lines, when: { all: [{ category: { is: network.order } }, { kind: { is: request } }] }, approvers: anna }
  - { id: rest, keywords: line, approvers: anna }
resolve:
  - { category: network, needs_test: true }
  - { category: network.vpn, needs_test: false }
"""
    book = load_rulebook(small_folder(tmp_path / "config", policies=policies))
    assert [one for one in told(book) if one.startswith("policies")] == [
        "policies.yaml:3: approval new-lines never comes into play: lines always holds before it",
        "policies.yaml:7: this policy never comes into play: that of policies.yaml:6 takes all it could",
    ]


def test_a_team_that_no_route_leads_to_is_named() -> None:
    assert told(rulebook(routes=(Route(None, None, "first", 1, "routing.yaml:3"),))) == [
        "routing.yaml: no route leads to the team network"
    ]


PHRASES = st.lists(st.sampled_from(["a", "a b", "b", "b*", "ba", "c"]), min_size=1, max_size=3, unique=True)
CONDITIONS = st.one_of(
    PHRASES.map(lambda phrases: keywords(*phrases)),
    PHRASES.map(lambda phrases: AllOf((keywords(*phrases), In(Field.CHANNEL, ("mail",))))),
    PHRASES.map(lambda phrases: AnyOf((keywords(*phrases), In(Field.CHANNEL, ("mail",))))),
)


@given(
    st.lists(st.tuples(CONDITIONS, st.sampled_from(["network.vpn", "purchase"])), min_size=2, max_size=5),
    st.lists(st.sampled_from(["a", "b", "ba", "bb", "c"]), max_size=5).map(" ".join),
    st.sampled_from(["mail", "phone"]),
)
def test_a_rule_that_is_said_never_to_win_never_wins(
    conditions: list[tuple[Condition, str]], subject: str, channel: str
) -> None:
    book = rulebook(
        *(rule(f"r{number}", when, number, category=value) for number, (when, value) in enumerate(conditions)),
        routes=EVERYWHERE,
    )
    silent = {warning.place for warning in warnings(book) if "never comes into play" in warning.message}
    for decision in decide(book, TicketFacts(subject, channel=channel)):
        if decision.thing is Thing.CATEGORY:
            assert decision.place not in silent
