"""The rulebook as stored data."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain import conditions
from itdesk.domain.assignment import Mode, Sharing, TeamSharing
from itdesk.domain.conditions import AllOf, AnyOf, Condition, Contains, Field, In, Matches, Not, StartsWith
from itdesk.domain.rulebook import Rulebook, is_under
from itdesk.domain.ticket import Kind
from tests.domain.rulebooks import rule, rulebook

FIELDS = st.sampled_from(Field)
TEXTS = st.text(min_size=1, max_size=8)
MANY = st.lists(TEXTS, min_size=1, max_size=3).map(tuple)
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Contains, FIELDS, MANY),
    st.builds(In, FIELDS, MANY),
    st.builds(Matches, FIELDS, TEXTS),
    st.builds(StartsWith, FIELDS, TEXTS),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)


@given(CONDITIONS)
def test_a_condition_comes_back_from_json_as_it_was(condition: Condition) -> None:
    assert conditions.from_data(json.loads(json.dumps(conditions.to_data(condition)))) == condition


def test_what_is_no_condition_is_refused() -> None:
    with pytest.raises(ValueError, match="is no condition"):
        conditions.from_data(["contains"])


def test_a_rulebook_comes_back_from_json_as_it_was() -> None:
    book = rulebook(
        rule("vpn", ["vpn", "tunnel"], 4, category="network.vpn", kind="incident"),
        levels=[rule("all", ["everybody"], 7, impact="company")],
        adjustments=[rule("vip", In(Field.TAGS, ("vip",)), 9, priority="-1")],
    )
    sharing = Sharing((9, 8, 7, 6, 5), 0, 3, {"network": TeamSharing(Mode.PUSH, 4, 2, "routing.yaml:9")})
    book = replace(book, sharing_data=sharing.to_data())
    again = Rulebook.from_json(book.to_json())
    for part in ("desk", "categories", "rules", "priorities", "routes", "views", "keymap"):
        assert getattr(again, part) == getattr(book, part)
    assert again.sharing == sharing
    assert again.to_json() == book.to_json()


def test_a_rulebook_of_an_older_program_shares_work_as_usual() -> None:
    data = json.loads(rulebook().to_json())
    del data["sharing"]
    assert Rulebook.from_json(json.dumps(data)).sharing == Sharing()


def test_equal_content_is_written_alike_whatever_its_order_of_making() -> None:
    assert rulebook().to_json() == rulebook().to_json()
    assert rulebook(rule("a", ["x"], kind="request")).to_json() != rulebook().to_json()


def test_names_find_what_they_name() -> None:
    book = rulebook()
    vpn = book.category("network.vpn")
    assert vpn is not None
    assert vpn.kind is Kind.INCIDENT
    assert book.category("imported.category-26") is None
    network = book.team("network")
    assert network is not None
    assert network.lead == "jonas"
    assert book.team("nobody") is None
    impact, urgency = book.priorities.impact("team"), book.priorities.urgency("high")
    assert impact is not None
    assert urgency is not None
    assert (impact.title, urgency.title) == ("one team", "high")
    assert book.priorities.impact("planet") is None
    assert book.priorities.urgency("never") is None


def test_leaves_are_the_categories_without_any_below_them() -> None:
    assert [leaf.path for leaf in rulebook().leaves()] == [
        "network.vpn",
        "network.wifi",
        "purchase",
        "printing",
        "general",
    ]


@pytest.mark.parametrize(
    ("category", "branch", "expected"),
    [
        ("network", "network", True),
        ("network.vpn", "network", True),
        ("network.vpn.client", "network.vpn", True),
        ("networks", "network", False),
        ("network", "network.vpn", False),
    ],
)
def test_a_category_is_under_a_branch_by_whole_names(category: str, branch: str, expected: bool) -> None:
    assert is_under(category, branch) is expected
