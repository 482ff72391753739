"""Statuses and numbers of tickets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.ticket import (
    ENDED,
    SETTLED,
    TRANSITIONS,
    Kind,
    Status,
    format_number,
    normal_tag,
    parse_number,
    transition_refusal,
    usually_next,
)


def test_every_status_has_its_transitions_and_every_status_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert frozenset.union(*TRANSITIONS.values()) == set(Status)
    for status, following in TRANSITIONS.items():
        assert status not in following
        assert following, f"nothing follows {status}"


def test_only_what_was_resolved_can_be_closed_and_what_has_ended_can_only_come_back() -> None:
    assert {status for status in Status if Status.CLOSED in TRANSITIONS[status]} == {Status.RESOLVED}
    for status in ENDED:
        assert not TRANSITIONS[status] & SETTLED


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_a_refused_transition_names_those_that_are_possible(old: Status, new: Status) -> None:
    refusal = transition_refusal("INC-7", old, new)
    assert (refusal is None) == (new in TRANSITIONS[old])
    if refusal is not None:
        assert refusal.startswith(f"INC-7 is {old.title}")
        named = refusal.partition("possible from here: ")[2].rstrip(".").split(", ")
        assert set(named) == {status.title for status in TRANSITIONS[old]}


@given(st.sampled_from(Kind), st.integers(1, 10**18 - 1))
def test_a_number_is_read_with_its_prefix_any_other_or_none(kind: Kind, ticket: int) -> None:
    number = format_number(kind, ticket)
    for text in (number, number.lower(), number.replace("-", ""), str(ticket), f" {number} ", f"INC-000{ticket}"):
        assert parse_number(text) == ticket


@pytest.mark.parametrize("text", ["", "0", "INC-", "INC-0", "-5", "12x", "TOOLONG-5", "5 6", "1" * 19, "٣x"])
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = parse_number(text)
    assert found is None or 0 < found < 10**18


@given(st.text())
def test_a_tag_is_found_as_it_was_stored(text: str) -> None:
    tag = normal_tag(text)
    assert not any(character.isspace() for character in tag)
    assert "\0" not in tag


def test_tags_are_folded() -> None:
    assert normal_tag("  #Große Überraschung ") == "grosse-uberraschung"


def test_the_status_that_usually_follows_may_follow() -> None:
    assert all(usually_next(status) in TRANSITIONS[status] for status in Status)
    assert usually_next(Status.ASSIGNED) is Status.IN_PROGRESS
    assert usually_next(Status.IN_PROGRESS) is Status.WAITING
    assert usually_next(Status.WAITING) is Status.IN_PROGRESS
    assert usually_next(Status.TESTING) is Status.RESOLVED
