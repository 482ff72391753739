"""Text from outside: the gate, what databases can keep, folding and words."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itdesk.domain.text import fold, hits, safe, storable, telling_words, words

ANY = st.text(st.characters())  # lone surrogates too
FORBIDDEN = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C, 0x200E, 0x200F}


@given(ANY, st.booleans())
@example("\x1b]52;c;aGk=\x07", False)
@example("a\r\nb\rc\td", True)
def test_what_passes_the_gate_steers_no_terminal(text: str, multiline: bool) -> None:
    passed = safe(text, multiline=multiline)
    allowed = {ord("\n"), ord("\t")} if multiline else set()
    assert not {ord(character) for character in passed} & (FORBIDDEN - allowed)
    passed.encode()
    assert safe(passed, multiline=multiline) == passed


@given(st.text(st.characters(categories=("L", "N", "P", "Zs", "S"))))
def test_ordinary_text_passes_unchanged(text: str) -> None:
    assert safe(text) == text


def test_what_was_hidden_becomes_visible() -> None:
    assert safe("a\x00b\x1bc\x7f") == "a␀b␛c␡"
    assert safe("\u202eexe.gpj") == "\ufffdexe.gpj"
    assert safe("one\r\ntwo", multiline=True) == "one\ntwo"
    assert safe("one\ntwo") == "one␊two"


def test_a_tower_of_accents_is_cut() -> None:
    assert safe("e" + "\u0301" * 50 + "x") == "e" + "\u0301" * 3 + "x"


@given(ANY)
def test_every_text_can_be_stored_and_keeps_the_rest_as_written(text: str) -> None:
    kept = storable(text)
    kept.encode()
    assert "\0" not in kept
    assert len(kept) == len(text)
    assert all(
        one == other for one, other in zip(text, kept, strict=True) if one != "\0" and not 0xD800 <= ord(one) < 0xE000
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Überprüfen", "uberprufen"),
        ("STRASSE", "straße"),
        ("Ærø", "aero"),
        ("İstanbul", "istanbul"),
        ("ﬁle", "FILE"),
        ("Ⅷ", "viii"),
    ],
)
def test_case_and_accents_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_twice_changes_nothing_and_composition_does_not_matter(text: str) -> None:
    assert words(fold(text)) == words(text)
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(st.text())
def test_words_are_of_letters_and_digits(text: str) -> None:
    assert all(word.isalnum() for word in words(text))


def test_the_words_of_a_sentence() -> None:
    assert words("Wi-Fi, e-mail to o'neil@example.com: 中文!") == [
        "wi",
        "fi",
        "e",
        "mail",
        "to",
        "o",
        "neil",
        "example",
        "com",
        "中文",
    ]


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("VPN drops, vpn-client", ["vpn"], ["VPN", "vpn"]),
        ("Überprüfung U\u0308berpru\u0308fung", ["uberpr"], ["Überprüfung", "U\u0308berpru\u0308fung"]),
        ("Straße STRASSE", ["strass"], ["Straße", "STRASSE"]),
        ("snake_case_word", ["case"], ["case"]),
        ("nothing of it", ["zebra"], []),
        ("nothing asked", [], []),
    ],
)
def test_hits_are_found_as_they_are_written(text: str, asked: list[str], found: list[str]) -> None:
    assert [text[first:last] for first, last in hits(text, asked)] == found


@given(st.text(max_size=60), st.text(max_size=6))
def test_a_hit_is_a_word_that_begins_as_asked(text: str, asked: str) -> None:
    for folded in words(asked)[:1]:
        for first, last in hits(text, [folded]):
            assert any(word.startswith(folded) for word in words(text[first:last]))


def test_telling_words_are_without_fillers_and_repetitions() -> None:
    assert telling_words("The VPN and the vpn: it is SO slow, für mich") == ["vpn", "slow"]
