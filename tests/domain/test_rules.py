"""Decisions: which rule wins, what it shows, and what follows from it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain import rules
from itdesk.domain.classification import Route
from itdesk.domain.conditions import AllOf, AnyOf, Condition, Contains, Field, In, Matches, Not, StartsWith
from itdesk.domain.decisions import Decision, Evidence, NearMiss, Source, Thing
from itdesk.domain.keywords import Keyword, TicketText, find_in
from itdesk.domain.people import Asker
from itdesk.domain.rulebook import Rulebook, is_under
from itdesk.domain.rules import TicketFacts, decide, priority_of, route
from itdesk.domain.text import fold
from itdesk.domain.ticket import Kind
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from tests.domain.rulebooks import CELLS, rule, rulebook

VPN = rule("vpn-drops", ["vpn", "tunnel"], 88, category="network.vpn")
VERA = Asker("Véra Ek", "vera", "vera@example.com", vip=True)
WIFI = rule("wifi", ["wi-fi", "wlan"], 95, category="network.wifi")


def decided(book: Rulebook, facts: TicketFacts, fixed: Mapping[Thing, str] | None = None) -> dict[Thing, Decision]:
    return {decision.thing: decision for decision in decide(book, facts, fixed=fixed or {})}


def one(book: Rulebook, facts: TicketFacts, thing: Thing = Thing.CATEGORY) -> Decision:
    return decided(book, facts)[thing]


# Who wins


def test_a_ticket_gets_seven_decisions_in_the_order_of_their_making() -> None:
    assert [decision.thing for decision in decide(rulebook(VPN), TicketFacts("VPN drops"))] == [
        Thing.KIND,
        Thing.CATEGORY,
        Thing.IMPACT,
        Thing.URGENCY,
        Thing.PRIORITY,
        Thing.TEAM,
        Thing.LEVEL,
    ]


def test_a_rule_that_holds_decides_with_its_name_place_and_the_words_as_written() -> None:
    decision = one(rulebook(VPN), TicketFacts("The VPN drops", "again the Tunnel"))
    assert decision == Decision(
        Thing.CATEGORY,
        "network.vpn",
        Source.RULE,
        "vpn-drops",
        "rules.yaml:88",
        evidence=(Evidence("subject", "VPN"), Evidence("body", "Tunnel")),
    )


def test_the_first_rule_that_holds_wins_and_the_later_one_is_named() -> None:
    facts = TicketFacts("VPN over WLAN")
    first = one(rulebook(VPN, WIFI), facts)
    assert first.value == "network.vpn"
    assert first.nearly == (NearMiss("wifi", "rules.yaml:95", "network.wifi", "comes after vpn-drops, which won"),)
    assert one(rulebook(WIFI, VPN), facts).value == "network.wifi"


def test_each_thing_has_its_own_first_rule() -> None:
    wanted = rule("wanted", ["please"], kind="request")
    both = rule("both", ["wlan"], category="network.wifi", kind="incident")
    found = decided(rulebook(wanted, both), TicketFacts("please WLAN"))
    assert (found[Thing.KIND].value, found[Thing.KIND].rule) == ("request", "wanted")
    assert (found[Thing.CATEGORY].value, found[Thing.CATEGORY].rule) == ("network.wifi", "both")


def test_where_no_rule_holds_the_defaults_stand_and_say_so() -> None:
    found = decided(rulebook(VPN), TicketFacts("hello"))
    for thing, value in {
        Thing.KIND: "incident",
        Thing.CATEGORY: "general",
        Thing.IMPACT: "person",
        Thing.URGENCY: "medium",
    }.items():
        assert found[thing] == Decision(thing, value, Source.DEFAULT, place="desk.yaml:9", reason="no rule holds")


def test_the_categorys_kind_stands_where_no_rule_says() -> None:
    decision = one(rulebook(rule("buy", ["buy"], category="purchase")), TicketFacts("buy"), Thing.KIND)
    assert decision.value == "request"
    assert decision.reason == "the kind of purchase"
    assert decision.place == "categories.yaml:5"


def test_an_imported_category_has_the_kind_of_the_nearest_one_above() -> None:
    found = decided(rulebook(), TicketFacts("x"), {Thing.CATEGORY: "purchase.imported.x"})
    assert found[Thing.KIND].value == "request"


# Conditions


@pytest.mark.parametrize(
    ("condition", "facts", "evidence"),
    [
        (Contains(Field.SUBJECT, ("vpn",)), TicketFacts("VPN", "x"), [("subject", "VPN")]),
        (Contains(Field.SUBJECT, ("vpn",)), TicketFacts("x", "VPN"), None),
        (Contains(Field.BODY, ("vpn",)), TicketFacts("x", "VPN"), [("body", "VPN")]),
        (Contains(Field.BODY, ("vpn",)), TicketFacts("VPN", "x"), None),
        (Contains(Field.TEXT, ("vpn", "vpn client")), TicketFacts("VPN Client"), [("subject", "VPN Client")]),
        (
            Contains(Field.REQUESTER, ("smith",)),
            TicketFacts("x", requester=Asker("Ann Smith")),
            [("requester", "Smith")],
        ),
        (Contains(Field.TAGS, ("loan",)), TicketFacts("x", tags=("vip", "loan-7")), [("tags", "loan")]),
        (Contains(Field.SITE, ("gdansk",)), TicketFacts("x", site="Gdańsk 3"), [("site", "Gdańsk")]),
        (Matches(Field.TEXT, r"error [45]\d\d"), TicketFacts("x", "got ERROR 502"), [("body", "ERROR 502")]),
        (Matches(Field.SUBJECT, r"^re:"), TicketFacts("Fwd: Re: x"), None),
        (In(Field.KIND, ("request",)), TicketFacts("x", kind="request"), [("kind", "request")]),
        (In(Field.CHANNEL, ("mail", "chat")), TicketFacts("x", channel="chat"), [("channel", "chat")]),
        (In(Field.CHANNEL, ("mail",)), TicketFacts("x", channel="phone"), None),
        (In(Field.TAGS, ("VIP",)), TicketFacts("x", tags=("a", "vip")), [("tags", "vip")]),
        (In(Field.SUBJECT, ("résumé",)), TicketFacts("RESUME"), [("subject", "RESUME")]),
        (In(Field.CATEGORY, ("network",)), TicketFacts("x", category="network.vpn"), None),
        (
            StartsWith(Field.CATEGORY, "network"),
            TicketFacts("x", category="network.vpn"),
            [("category", "network.vpn")],
        ),
        (StartsWith(Field.CATEGORY, "net"), TicketFacts("x", category="network.vpn"), None),
        (StartsWith(Field.SUBJECT, "ticket:"), TicketFacts("Ticket: x"), [("subject", "Ticket: x")]),
        (In(Field.REQUESTER, ("VERA",)), TicketFacts("x", requester=VERA), [("requester", "vera")]),
        (In(Field.REQUESTER, ("vera ek",)), TicketFacts("x", requester=VERA), [("requester", "Véra Ek")]),
        (
            In(Field.REQUESTER, ("vera@Example.com",)),
            TicketFacts("x", requester=VERA),
            [("requester", "vera@example.com")],
        ),
        (In(Field.REQUESTER, ("verena",)), TicketFacts("x", requester=VERA), None),
        (In(Field.VIP, ("yes",)), TicketFacts("x", requester=VERA), [("vip", "yes")]),
        (In(Field.VIP, ("yes",)), TicketFacts("x"), None),
        (In(Field.VIP, ("no",)), TicketFacts("x"), [("vip", "no")]),
        (StartsWith(Field.REQUESTER, "board"), TicketFacts("x", requester=Asker("Onboard")), None),
        (Not(Contains(Field.TEXT, ("test",))), TicketFacts("x"), []),
        (Not(Contains(Field.TEXT, ("test",))), TicketFacts("a test"), None),
        (
            AllOf((Contains(Field.TEXT, ("laptop",)), Not(Contains(Field.TEXT, ("loan",))))),
            TicketFacts("my Laptop"),
            [("subject", "Laptop")],
        ),
        (
            AllOf((Contains(Field.TEXT, ("laptop",)), Not(Contains(Field.TEXT, ("loan",))))),
            TicketFacts("laptop loan"),
            None,
        ),
        (
            AnyOf((In(Field.CHANNEL, ("mail",)), Contains(Field.TEXT, ("laptop",)))),
            TicketFacts("Laptop", channel="mail"),
            [("channel", "mail"), ("subject", "Laptop")],
        ),
        (
            AnyOf((In(Field.CHANNEL, ("mail",)), Contains(Field.TEXT, ("laptop",)))),
            TicketFacts("x", channel="chat"),
            None,
        ),
    ],
)
def test_a_condition_holds_and_shows_why(
    condition: Condition, facts: TicketFacts, evidence: list[tuple[str, str]] | None
) -> None:
    decision = one(rulebook(rule("r", condition, category="printing")), facts)
    assert decision.value == ("general" if evidence is None else "printing")
    assert [(item.field, item.text) for item in decision.evidence] == (evidence or [])


def test_a_regular_expression_that_takes_too_long_does_not_match() -> None:
    runaway = rule("runaway", Matches(Field.BODY, r"(x+x+)+y"), category="printing")
    book = rulebook(runaway, rule("next", ["x*"], category="purchase"))
    assert one(book, TicketFacts("a", "x" * 3000)).rule == "next"


def test_evidence_is_limited_in_number_and_length() -> None:
    every = [f"w{number}" for number in range(50)]
    book = rulebook(rule("many", every, category="printing"), rule("all", Matches(Field.BODY, ".+"), kind="request"))
    found = decided(book, TicketFacts(" ".join(every), "z" * 5000))
    assert len(found[Thing.CATEGORY].evidence) == 6
    assert len(found[Thing.KIND].evidence[0].text) == 200


# Near misses


@pytest.mark.parametrize(
    ("condition", "facts", "missing"),
    [
        (
            AllOf((Contains(Field.TEXT, ("drops",)), Contains(Field.TEXT, ("wi-fi", "wlan")))),
            TicketFacts("VPN drops"),
            "needs “wi-fi” or “wlan” in subject or body",
        ),
        (
            AllOf((Contains(Field.TEXT, ("drops",)), Not(Contains(Field.SUBJECT, ("vpn",))))),
            TicketFacts("My VPN drops"),
            "must not have “VPN” in subject",
        ),
        (
            AllOf((Contains(Field.TEXT, ("drops",)), In(Field.CHANNEL, ("monitoring",)))),
            TicketFacts("VPN drops", channel="mail"),
            "needs channel “monitoring”",
        ),
        (
            AllOf((Contains(Field.TEXT, ("drops",)), Matches(Field.SITE, "floor 3"))),
            TicketFacts("VPN drops"),
            "needs site to match /floor 3/",
        ),
        (
            AllOf((Contains(Field.TEXT, ("drops",)), StartsWith(Field.SITE, "Gda"))),
            TicketFacts("VPN drops"),
            "needs site to begin with “Gda”",
        ),
        (
            AllOf((Contains(Field.TEXT, ("drops",)), Contains(Field.TEXT, ("a", "b", "c", "d", "e", "f")))),
            TicketFacts("VPN drops"),
            "needs “a”, “b”, “c”, “d” or 2 more in subject or body",
        ),
        (
            AllOf(
                (Contains(Field.TEXT, ("drops",)), Not(In(Field.KIND, ("request",))), Not(Not(In(Field.SITE, ("x",)))))
            ),
            TicketFacts("VPN drops"),
            "what stands below `not` holds",
        ),
    ],
)
def test_a_rule_that_lacks_one_condition_is_named_with_what_it_lacks(
    condition: Condition, facts: TicketFacts, missing: str
) -> None:
    decision = one(rulebook(rule("near", condition, 7, category="network.wifi"), VPN), facts)
    assert decision.value == "network.vpn"
    assert decision.nearly == (NearMiss("near", "rules.yaml:7", "network.wifi", missing),)


@pytest.mark.parametrize(
    "condition",
    [
        Contains(Field.TEXT, ("wlan",)),  # nothing of it holds
        AllOf((Contains(Field.TEXT, ("drops",)), In(Field.SITE, ("x",)), In(Field.SITE, ("y",)))),  # lacks two
    ],
)
def test_a_rule_that_is_far_from_holding_is_not_named(condition: Condition) -> None:
    assert one(rulebook(rule("far", condition, category="network.wifi"), VPN), TicketFacts("VPN drops")).nearly == ()


def test_a_rule_that_would_decide_the_same_is_no_near_miss() -> None:
    again = rule("again", ["drops"], category="network.vpn")
    assert one(rulebook(VPN, again), TicketFacts("VPN drops")).nearly == ()


def test_at_most_three_near_misses_are_named_those_that_hold_first() -> None:
    lacking = rule("lacking", AllOf((Contains(Field.TEXT, ("vpn",)), In(Field.SITE, ("x",)))), category="printing")
    later = [rule(f"later{number}", ["vpn"], category="purchase") for number in range(5)]
    decision = one(rulebook(lacking, VPN, *later), TicketFacts("vpn"))
    assert [miss.rule for miss in decision.nearly] == ["later0", "later1", "later2"]
    decision = one(rulebook(lacking, VPN, *later[:1]), TicketFacts("vpn"))
    assert [miss.rule for miss in decision.nearly] == ["later0", "lacking"]


def test_a_default_names_the_rule_that_nearly_held() -> None:
    near = rule("near", AllOf((Contains(Field.TEXT, ("vpn",)), In(Field.SITE, ("x",)))), category="network.vpn")
    decision = one(rulebook(near), TicketFacts("vpn"))
    assert decision.source is Source.DEFAULT
    assert [miss.rule for miss in decision.nearly] == ["near"]


# Impact, urgency, priority

LEVELS = [
    rule("whole-team", ["whole team"], 41, impact="team"),
    rule("today", ["today"], 57, urgency="high"),
    rule("vpn-is-wide", StartsWith(Field.CATEGORY, "network"), 60, impact="company"),
    rule("wanted", In(Field.KIND, ("request",)), 63, urgency="low"),
]


def test_impact_and_urgency_come_from_rules_and_priority_from_their_cell() -> None:
    found = decided(rulebook(levels=LEVELS), TicketFacts("ledger", "Our whole team needs it today."))
    assert found[Thing.IMPACT].evidence == (Evidence("body", "whole team"),)
    assert found[Thing.URGENCY].place == "rules.yaml:57"
    assert found[Thing.PRIORITY] == Decision(
        Thing.PRIORITY, "2", Source.MATRIX, place="priorities.yaml:6", reason="one team x high"
    )


def test_rules_about_impact_and_urgency_see_the_decided_category_and_kind() -> None:
    found = decided(rulebook(VPN, levels=LEVELS), TicketFacts("VPN down"))
    assert found[Thing.IMPACT].rule == "vpn-is-wide"
    found = decided(rulebook(rule("buy", ["buy"], category="purchase"), levels=LEVELS), TicketFacts("buy a desk"))
    assert found[Thing.URGENCY].rule == "wanted"


@pytest.mark.parametrize(
    ("steps", "cell", "expected", "words"),
    [
        ("-1", ("person", "medium"), "3", "one person x medium gives P4, raised by 1"),
        ("-4", ("team", "high"), "1", "one team x high gives P2, raised by 4"),
        ("1", ("team", "high"), "3", "one team x high gives P2, lowered by 1"),
        ("3", ("person", "low"), "5", "one person x low gives P5, lowered by 3"),
    ],
)
def test_an_adjustment_moves_the_priority_within_its_bounds(
    steps: str, cell: tuple[str, str], expected: str, words: str
) -> None:
    vip = rule("vip", In(Field.TAGS, ("vip",)), 9, priority=steps)
    fixed = {Thing.IMPACT: cell[0], Thing.URGENCY: cell[1]}
    decision = decided(rulebook(adjustments=[vip]), TicketFacts("x", tags=("vip",)), fixed)[Thing.PRIORITY]
    assert (decision.value, decision.source, decision.reason) == (expected, Source.RULE, words)
    assert decision.evidence == (Evidence("tags", "vip"),)


def test_an_adjustment_that_nearly_held_is_named_with_what_it_would_have_done() -> None:
    near = rule("near", AllOf((Contains(Field.TEXT, ("vpn",)), In(Field.TAGS, ("vip",)))), 9, priority="-2")
    decision = one(rulebook(adjustments=[near]), TicketFacts("vpn"), Thing.PRIORITY)
    assert (decision.source, decision.value) == (Source.MATRIX, "4")
    assert decision.nearly == (NearMiss("near", "rules.yaml:9", "raised by 2", "needs tags “vip”"),)


@pytest.mark.parametrize(("impact", "urgency"), CELLS)
def test_every_cell_of_the_matrix_gives_its_priority(impact: str, urgency: str) -> None:
    assert priority_of(rulebook(), impact, urgency).value == str(CELLS[impact, urgency])


@pytest.mark.parametrize(
    ("impact", "urgency", "message"),
    [
        ("planet", "high", "The priority matrix has no impact 'planet'; possible: company, team, person."),
        ("team", "never", "The priority matrix has no urgency 'never'; possible: high, medium, low."),
    ],
)
def test_a_level_that_the_matrix_lacks_is_refused_in_a_sentence(impact: str, urgency: str, message: str) -> None:
    with pytest.raises(LookupError) as refused:
        priority_of(rulebook(), impact, urgency)
    assert refused.value.args[0] == message


# Routes

ROUTES = [
    Route("network.vpn", Kind.REQUEST, "first", 3, "routing.yaml:3"),
    Route("network", None, "network", 2, "routing.yaml:7"),
    Route(None, Kind.REQUEST, "network", 1, "routing.yaml:9"),
]


@pytest.mark.parametrize(
    ("category", "kind", "expected"),
    [
        ("network.vpn", "request", ("first", "3", "routing.yaml:3", "network.vpn, request")),
        ("network.vpn", "incident", ("network", "2", "routing.yaml:7", "network")),
        ("network.vpn.imported", "problem", ("network", "2", "routing.yaml:7", "network")),
        ("printing", "request", ("network", "1", "routing.yaml:9", "every category, request")),
        ("printing", "incident", ("first", "1", "desk.yaml:9", "no route fits")),
    ],
)
def test_the_first_route_that_fits_decides_team_and_level(
    category: str, kind: str, expected: tuple[str, str, str, str]
) -> None:
    team, level = route(rulebook(routes=ROUTES), category, kind)
    assert (team.value, level.value, team.place, team.reason) == expected
    assert (
        team.source
        is level.source
        is (Source.DEFAULT if category == "printing" and kind == "incident" else Source.ROUTE)
    )


def test_routes_are_remembered_without_filling_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_MOST_ROUTES_KEPT", 5)
    book = rulebook(routes=ROUTES)
    for number in range(30):
        assert route(book, f"network.imported-{number}", "incident")[0].value == "network"
    assert len(rules._engine(book)._routed) <= 5


# What is fixed


def test_what_is_fixed_is_not_decided_and_what_follows_from_it_is() -> None:
    fixed = {Thing.CATEGORY: "network.wifi", Thing.KIND: "request", Thing.IMPACT: "company"}
    found = decided(rulebook(VPN, levels=LEVELS), TicketFacts("VPN today"), fixed)
    assert set(found) == {Thing.URGENCY, Thing.PRIORITY, Thing.TEAM, Thing.LEVEL}
    assert found[Thing.PRIORITY].reason == "company x high"
    assert found[Thing.TEAM].value == "network"


def test_a_fixed_priority_needs_no_cell() -> None:
    fixed = {Thing.IMPACT: "a level of old", Thing.URGENCY: "high", Thing.PRIORITY: "3"}
    assert Thing.PRIORITY not in decided(rulebook(), TicketFacts("x"), fixed)


def test_a_fixed_team_brings_its_own_level() -> None:
    found = decided(rulebook(VPN), TicketFacts("VPN"), {Thing.TEAM: "first"})
    assert Thing.TEAM not in found
    assert (found[Thing.LEVEL].value, found[Thing.LEVEL].reason) == ("1", "the level of First line")


# For all tickets

TEXTS = ("vpn", "client", "wi-fi", "print*", "vpn client", "a b", "é")
CONDITION_LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(
        Contains,
        st.sampled_from([Field.TEXT, Field.SUBJECT, Field.BODY, Field.SITE, Field.TAGS]),
        st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3, unique=True).map(tuple),
    ),
    st.builds(In, st.sampled_from([Field.CHANNEL, Field.TAGS]), st.just(("mail",))),
    st.builds(In, st.just(Field.KIND), st.just(("request",))),
    st.builds(StartsWith, st.sampled_from([Field.SUBJECT, Field.SITE]), st.sampled_from(["vpn", "a"])),
    st.builds(StartsWith, st.just(Field.CATEGORY), st.just("network")),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    CONDITION_LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.builds(Not, inner),
    ),
    max_leaves=5,
)
SENTENCES = st.lists(
    st.sampled_from(["VPN", "Client", "Wi", "Fi", "printers", "a", "b", "É", "x", "-", "\n"]), max_size=8
).map(" ".join)
FACTS = st.builds(
    TicketFacts,
    subject=SENTENCES,
    body=SENTENCES,
    channel=st.sampled_from(["mail", "phone"]),
    kind=st.sampled_from([None, "request"]),
    tags=st.lists(st.sampled_from(["mail", "vpn-client"]), max_size=2).map(tuple),
    site=SENTENCES,
)


def values(facts: TicketFacts, field: Field, category: str, kind: str) -> tuple[str, ...]:
    match field:
        case Field.TEXT:
            return (facts.subject, facts.body)
        case Field.TAGS:
            return facts.tags
        case Field.CATEGORY:
            return (category,)
        case Field.KIND:
            return (kind,)
        case _:
            return (str(getattr(facts, field.value)),)


def holds(condition: Condition, facts: TicketFacts, category: str, kind: str) -> bool:
    """The plain meaning of a condition, without any index."""
    match condition:
        case AnyOf(parts):
            return any(holds(part, facts, category, kind) for part in parts)
        case AllOf(parts):
            return all(holds(part, facts, category, kind) for part in parts)
        case Not(part):
            return not holds(part, facts, category, kind)
        case Contains(field, phrases):
            texts = values(facts, field, category, kind)
            return any(find_in(Keyword(phrase), text) is not None for phrase in phrases for text in texts)
        case In(field, wanted):
            return any(fold(value) in map(fold, wanted) for value in values(facts, field, category, kind))
        case StartsWith(Field.CATEGORY, prefix):
            return is_under(category, prefix)
        case StartsWith(field, prefix):
            return any(fold(value).startswith(fold(prefix)) for value in values(facts, field, category, kind))
        case _:
            raise AssertionError(condition)


@given(
    st.lists(st.tuples(CONDITIONS, st.sampled_from(["network.vpn", "network.wifi", "purchase"])), max_size=5),
    st.lists(st.tuples(CONDITIONS, st.sampled_from(["company", "team"])), max_size=3),
    FACTS,
)
def test_the_first_rule_that_holds_wins_whatever_the_rules_and_the_ticket(
    category_rules: list[tuple[Condition, str]], impact_rules: list[tuple[Condition, str]], facts: TicketFacts
) -> None:
    book = rulebook(
        *(rule(f"c{number}", when, category=value) for number, (when, value) in enumerate(category_rules)),
        levels=[rule(f"i{number}", when, impact=value) for number, (when, value) in enumerate(impact_rules)],
    )
    found = decided(book, facts)
    given_kind = facts.kind or ""
    first = next((n for n, (when, _) in enumerate(category_rules) if holds(when, facts, "", given_kind)), None)
    assert found[Thing.CATEGORY].rule == ("" if first is None else f"c{first}")
    category, kind = found[Thing.CATEGORY].value, found[Thing.KIND].value
    first = next((n for n, (when, _) in enumerate(impact_rules) if holds(when, facts, category, kind)), None)
    assert found[Thing.IMPACT].rule == ("" if first is None else f"i{first}")
    for decision in found.values():
        assert len(decision.nearly) <= 3
        assert all(miss.value != decision.value and miss.rule != decision.rule for miss in decision.nearly)


def lacks(condition: Condition, facts: TicketFacts, category: str, kind: str) -> tuple[int, int]:
    """How many parts of a condition hold and how many are missing, without any short cut."""
    match condition:
        case AnyOf(parts):
            return min((lacks(part, facts, category, kind) for part in parts), key=lambda one: (one[1], -one[0]))
        case AllOf(parts):
            every = [lacks(part, facts, category, kind) for part in parts]
            return sum(held for held, _ in every), sum(missing for _, missing in every)
        case Not():
            return 0, int(not holds(condition, facts, category, kind))
        case _:
            held = int(holds(condition, facts, category, kind))
            return held, 1 - held


def telling(condition: Condition) -> set[str] | None:
    """The phrases of which the text must have one before a rule is spoken of at all; None where it needs none."""
    match condition:
        case AnyOf(parts):
            each = [telling(part) for part in parts]
            return None if None in each else set().union(*(some for some in each if some))
        case AllOf(parts):
            known = [some for some in map(telling, parts) if some is not None]
            return set().union(*known) if known else None
        case Contains(Field.TEXT | Field.SUBJECT | Field.BODY, phrases):
            return set(phrases)
        case _:
            return None


def spoken_of(condition: Condition, facts: TicketFacts) -> bool:
    phrases = telling(condition)
    return phrases is None or holds(Contains(Field.TEXT, tuple(phrases)), facts, "", "")


def nearly(when: Mapping[str, tuple[Condition, str]], winner: str, value: str, facts: TicketFacts) -> list[str]:
    """The rules that would have decided other than `value`: those that hold as well, then those that lack one thing."""
    later, lacking = [], []
    for name, (condition, other) in when.items():
        held, missing = lacks(condition, facts, "", facts.kind or "")
        if other != value and not missing and name != winner:
            later.append(name)
        elif other != value and missing == 1 and held and spoken_of(condition, facts):
            lacking.append(name)
    return [*later[:3], *lacking][:3]


def shown(condition: Condition, facts: TicketFacts, kind: str) -> list[tuple[str, str]]:
    """The field and the text of everything that makes a condition hold."""
    if not holds(condition, facts, "", kind):
        return []
    match condition:
        case AnyOf(parts) | AllOf(parts):
            return [item for part in parts for item in shown(part, facts, kind)]
        case Not():
            return []
        case Contains(Field.TEXT | Field.SUBJECT | Field.BODY as field, phrases):
            text = TicketText(facts.subject, facts.body)
            places = sorted(place for phrase in phrases if (place := text.find(Keyword(phrase), field)))
            outer = [place for place in places if not any(_within(place, other) for other in places)]
            return [(item.field, item.text) for item in map(text.evidence, outer)]
        case Contains(field, phrases):
            each = (
                next((found for phrase in phrases if (found := find_in(Keyword(phrase), text)) is not None), None)
                for text in values(facts, field, "", kind)
            )
            return [(field.value, text) for text in each if text is not None]
        case _:
            return [
                (condition.field.value, text)
                for text in values(facts, condition.field, "", kind)
                if holds(condition, replace(facts, tags=(text,)), "", kind)
            ]


def _within(place: tuple[int, int], other: tuple[int, int]) -> bool:
    return place != other and other[0] <= place[0] and place[1] <= other[1]


@given(st.lists(st.tuples(CONDITIONS, st.sampled_from(["network.vpn", "network.wifi", "purchase"])), max_size=6), FACTS)
def test_why_a_rule_won_and_which_nearly_did_is_what_the_plain_meaning_of_their_conditions_says(
    category_rules: list[tuple[Condition, str]], facts: TicketFacts
) -> None:
    when = {f"c{number}": one for number, one in enumerate(category_rules)}
    book = rulebook(*(rule(name, condition, category=value) for name, (condition, value) in when.items()))
    for repeated in (one(book, facts), one(book, facts)):
        assert [miss.rule for miss in repeated.nearly] == nearly(when, repeated.rule, repeated.value, facts)
        if repeated.rule:
            expected = shown(when[repeated.rule][0], facts, facts.kind or "")
            assert [(item.field, item.text) for item in repeated.evidence] == expected[:6]


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return load_rulebook(shipped_config())


ANY_FACTS = st.builds(
    TicketFacts,
    subject=st.text(),
    body=st.text(max_size=2000),
    requester=st.builds(Asker, st.text(), st.text(), st.text(), st.booleans()),
    channel=st.text(max_size=5),
    tags=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    site=st.text(max_size=20),
)


@given(ANY_FACTS)
def test_whatever_people_write_everything_is_decided_and_evidence_stands_in_the_ticket(
    shipped: Rulebook, facts: TicketFacts
) -> None:
    found = decided(shipped, facts)
    assert set(found) == {
        *(Thing.KIND, Thing.CATEGORY, Thing.IMPACT, Thing.URGENCY),
        *(Thing.PRIORITY, Thing.TEAM, Thing.LEVEL, Thing.AGREEMENT),
    }
    assert found[Thing.PRIORITY].value in {"1", "2", "3", "4", "5"}
    assert shipped.category(found[Thing.CATEGORY].value)
    assert shipped.team(found[Thing.TEAM].value)
    for decision in found.values():
        for item in decision.evidence:
            told = {"tags", "kind", "category", "priority", "vip"}
            assert item.field in told or item.text in str(getattr(facts, item.field))
        assert decision.place


def test_a_shipped_decision_leads_to_the_line_where_its_rule_begins(shipped: Rulebook) -> None:
    found = decided(
        shipped, TicketFacts("VPN drops every few minutes from home", "Our whole team closes the month today.")
    )
    assert found[Thing.CATEGORY].value == "network.vpn"
    assert found[Thing.PRIORITY].reason == "one team x high"
    file, _, line = found[Thing.CATEGORY].place.partition(":")
    text = (shipped_config() / Path(file)).read_text().splitlines()[int(line) - 1]
    assert text.strip() == f"- id: {found[Thing.CATEGORY].rule}"
