"""The search language: no text makes it fail, and it says how it understood."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itdesk.domain.search_language import STATUS_GROUPS, Key, Term, age, parse, statuses
from itdesk.domain.ticket import ENDED, Status

PIECES = st.sampled_from(
    [
        "status:",
        "p:",
        "team:",
        "opened:>",
        "@",
        "#",
        "-",
        '"',
        ",",
        "me",
        "7d",
        "open",
        "INC-",
        "1",
        " ",
        "http:",
        "major:",
        ":",
    ]
)
TYPED = st.one_of(st.text(st.characters()), st.lists(PIECES, max_size=8).map("".join))


@given(TYPED)
@example("@,")
@example('#",')
@example("opened:>٣d")
@example("-\0")
@example("number:" + "9" * 30)
def test_any_text_is_understood_or_named_in_the_errors(text: str) -> None:
    query = parse(text)
    assert isinstance(query.understood(), str)
    for term in query.terms:
        assert term.values, "a term without a value means nothing"
        for value in term.values:
            value.encode()
        if term.key is Key.STATUS:
            assert statuses(term) <= set(Status)
        if term.key is Key.OPENED:
            age(term.values[0])
    assert all(error.endswith((".", "?")) for error in query.errors)
    assert isinstance(query.live_only, bool)


@given(TYPED)
def test_what_is_being_typed_never_changes_what_is_understood_of_the_rest(text: str) -> None:
    assert Term(Key.PRIORITY, ("1",)) in parse(f"p:1 {text}").terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("status:open", [Term(Key.STATUS, ("open",))]),
        ("status:in-progress", [Term(Key.STATUS, ("in_progress",))]),
        ('status:"in progress"', [Term(Key.STATUS, ("in_progress",))]),
        ("p:1,P2", [Term(Key.PRIORITY, ("1", "2"))]),
        ("level:L3", [Term(Key.LEVEL, ("3",))]),
        ("@Me", [Term(Key.ASSIGNEE, ("me",))]),
        ("who:None", [Term(Key.ASSIGNEE, ("none",))]),
        ("-#VIP", [Term(Key.TAG, ("vip",), negated=True)]),
        ("-status:waiting", [Term(Key.STATUS, ("waiting",), negated=True)]),
        ("inc-17", [Term(Key.NUMBER, ("INC-17",))]),
        ("opened:>7d", [Term(Key.OPENED, (">7d",))]),
        ("team:mine cat:network", [Term(Key.TEAM, ("mine",)), Term(Key.CATEGORY, ("network",))]),
        ("team:", []),
        ("@", []),
        ("win10 mp3 ipv6", []),
    ],
)
def test_terms(text: str, terms: list[Term]) -> None:
    query = parse(text)
    assert list(query.terms) == terms
    assert query.errors == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("statsu:open", "did you mean “status”"),
        ("status:opne", "did you mean “open”"),
        ("p:9", "possible: 1, 2, 3, 4, 5"),
        ("opened:yesterday", "opened:>7d"),
        ("opened:>99999999d", "opened:>7d"),
        ("-vpn", "can be negated"),
        ("major:perhaps", "possible: yes, no"),
    ],
)
def test_errors_say_what_to_write_instead(text: str, said: str) -> None:
    query = parse(f"{text} vpn")
    assert said in query.errors[0]
    assert query.terms == ()
    assert query.words == ("vpn",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "open tickets"),
        ("status:all", "all tickets"),
        ("@me p:1,2 Vpn", "open tickets · mine · P1 or P2 · with “vpn”"),
        ("status:waiting waiting:vendor", "waiting tickets · waiting for vendor"),
        ("opened:>7d", "open tickets · opened over 7 days ago"),
        ("opened:<2h", "open tickets · opened within 2 hours"),
        ("-@none #vip", "open tickets · not unassigned · #vip"),
        ("INC-5", "INC-5"),
    ],
)
def test_a_search_in_words(text: str, sentence: str) -> None:
    assert parse(text).understood() == sentence


@pytest.mark.parametrize("status", [*STATUS_GROUPS, *(status.value for status in Status)])
def test_a_search_is_among_the_live_ones_unless_it_names_an_end(status: str) -> None:
    query = parse(f"status:{status}")
    assert query.live_only == (not statuses(query.terms[0]) & ENDED)
    assert parse("vpn").live_only
    assert not parse("INC-5").live_only
