"""Keywords in texts: word boundaries, folding, phrases, and the text as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain import keywords
from itdesk.domain.conditions import Field
from itdesk.domain.keywords import Keyword, KeywordIndex, TicketText, find_in
from itdesk.domain.text import fold


@pytest.mark.parametrize(
    ("phrase", "text", "written"),
    [
        ("vpn", "My VPN drops", "VPN"),
        ("vpn", "vpn", "vpn"),
        ("vpn", "(VPN)", "VPN"),
        ("vpn", "openvpn", None),
        ("port", "a report", None),
        ("port", "import_port", "port"),
        ("wi-fi", "Our Wi Fi is slow", "Wi Fi"),
        ("wi fi", "WI-FI!", "WI-FI"),
        ("vpn client", "the VPN  -  Client crashes", "VPN  -  Client"),
        ("vpn client", "vpn and client", None),
        ("vpn client", "vpn clients", None),
        ("print*", "two Printers", "Printers"),
        ("print*", "print", "print"),
        ("print*", "blueprint", None),
        ("network cable*", "network cables.", "network cables"),
        ("resume", "Mein Résumé", "Résumé"),
        ("Résumé", "resume", "resume"),
        ("strasse", "Große Straße 4", "Straße"),
        ("überprüfen", "bitte UBERPRUFEN", "UBERPRUFEN"),
        ("smorrebrod", "smørrebrød", "smørrebrød"),
        ("cafe", "cafe\N{COMBINING ACUTE ACCENT} open", "cafe\N{COMBINING ACUTE ACCENT}"),
        ("2", "about ½ of it", "½"),
        ("can't", "I CAN’T work", "CAN’T"),
        ("404", "Error 404: gone", "404"),
        ("4", "404", None),
        ("данные", "Мои ДАННЫЕ пропали", "ДАННЫЕ"),
        ("end", "the end", "end"),
    ],
)
def test_a_keyword_is_found_as_people_expect_and_shown_as_it_was_written(
    phrase: str, text: str, written: str | None
) -> None:
    assert find_in(Keyword(phrase), text) == written
    ticket = TicketText("Filler Ünterstützung", text)
    place = ticket.find(Keyword(phrase), Field.BODY)
    assert (ticket.evidence(place).text if place else None) == written


def test_a_phrase_never_begins_in_the_subject_and_ends_in_the_body() -> None:
    ticket = TicketText("no vpn", "client here")
    assert ticket.find(Keyword("vpn client"), Field.TEXT) is None
    assert KeywordIndex([Keyword("vpn client")]).found(ticket.spaced) == frozenset()


def test_a_field_is_searched_alone_when_it_is_named() -> None:
    ticket = TicketText("printer jam", "vpn and printer")
    vpn, printer = Keyword("vpn"), Keyword("printer")
    assert ticket.find(vpn, Field.SUBJECT) is None
    for field, expected in ((Field.SUBJECT, "subject"), (Field.BODY, "body"), (Field.TEXT, "subject")):
        place = ticket.find(printer, field)
        assert place is not None
        assert ticket.evidence(place).field == expected


def test_only_the_beginning_of_a_very_long_text_is_read() -> None:
    text = "x " * keywords.LONGEST + "vpn"
    assert TicketText("", text).find(Keyword("vpn"), Field.TEXT) is None
    assert find_in(Keyword("vpn"), text) is None


def test_a_very_long_word_is_cut_when_it_is_shown() -> None:
    assert find_in(Keyword("a*"), "a" * 5000) == "a" * keywords.LONGEST_EVIDENCE


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        ("vpn", "vpn client", True),
        ("client", "vpn client", True),
        ("vpn client", "vpn", False),
        ("print*", "printer", True),
        ("print*", "printers*", True),
        ("printer", "print*", False),
        ("printer", "printer*", False),
        ("folder", "folder name", True),
        ("a b", "x a b y", True),
        ("a b", "a x b", False),
        ("a b*", "a bc", True),
    ],
)
def test_a_wider_keyword_covers_a_narrower_one(wide: str, narrow: str, covers: bool) -> None:
    assert Keyword(wide).covers(Keyword(narrow)) is covers


WORDS = st.sampled_from(["vpn", "VPN", "Vpñ", "client", "clients", "wi", "fi", "é", "straße", "ﬁ", "x1"])
GLUE = st.sampled_from([" ", "-", "_", ", ", "\n", " \N{COMBINING ACUTE ACCENT} ", "…", "\x1f", "\x00", "\ud800"])
SENTENCES = st.lists(st.tuples(WORDS, GLUE), max_size=12).map(lambda pairs: "".join(a + b for a, b in pairs))
PHRASES = st.builds(
    lambda parts, star: " ".join(parts) + star, st.lists(WORDS, min_size=1, max_size=3), st.sampled_from(["", "*"])
)


@given(st.text())
def test_folding_goes_character_by_character(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))


@given(st.lists(PHRASES, max_size=6, unique=True), SENTENCES, SENTENCES)
def test_the_index_finds_exactly_what_a_search_for_each_keyword_finds(
    phrases: list[str], subject: str, body: str
) -> None:
    every = [Keyword(phrase) for phrase in phrases]
    ticket = TicketText(subject, body)
    index = KeywordIndex(every)
    expected = {keyword for keyword in every if ticket.find(keyword, Field.TEXT)}
    assert index.found(ticket.spaced) == expected
    assert index.found(ticket.spaced) == expected, "the second time its words are known"


@given(PHRASES, st.one_of(SENTENCES, st.text()), st.one_of(SENTENCES, st.text()))
def test_what_is_shown_stands_in_the_field_and_folds_to_the_keyword(phrase: str, subject: str, body: str) -> None:
    keyword = Keyword(phrase)
    ticket = TicketText(subject, body)
    place = ticket.find(keyword, Field.TEXT)
    if place is None:
        return
    evidence = ticket.evidence(place)
    assert evidence.text in {"subject": subject, "body": body}[evidence.field]
    assert find_in(keyword, evidence.text) == evidence.text


@given(PHRASES, PHRASES, SENTENCES)
def test_a_covering_keyword_is_found_wherever_the_covered_one_is(wide: str, narrow: str, text: str) -> None:
    first, second = Keyword(wide), Keyword(narrow)
    if first.covers(second) and find_in(second, text) is not None:
        assert find_in(first, text) is not None


def test_the_index_forgets_words_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keywords, "_MOST_WORDS_KEPT", 50)
    vpn = Keyword("vpn")
    index = KeywordIndex([vpn])
    for number in range(300):
        assert index.found(f" vpn w{number} ") == {vpn}
        assert index.found(f" w{number} ") == frozenset()
    assert len(index._learned.dull) + len(index._learned.begun) <= 60
