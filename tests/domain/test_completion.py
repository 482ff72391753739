"""Completion of a search: what is missing behind the last word, whatever its case and accents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.completion import Vocabulary, complete, doubts, names_of
from itdesk.domain.search_language import parse

KNOWN = Vocabulary(
    logins=("anna", "josé", "jonas"),
    requesters=names_of([("marta", "Marta Kowalska"), ("emil", "Emil Sørensen")]),
    teams=("network", "service-desk"),
    categories=("network", "network.vpn", "network.wifi", "hardware.printer"),
    tags=("vip", "über", "cab-12"),
    sites=("Gdańsk", "New York"),
)


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("sta", "status:"),
        ("@me sta", "@me status:"),
        ("status:op", "status:open"),
        ("STATUS:OP", "STATUS:open"),
        ("status:", "status:open"),
        ("status:open,wai", "status:open,waiting"),
        ("-status:wai", "-status:waiting"),
        ("@an", "@anna"),
        ("@jos", "@josé"),
        ("@JO", "@josé"),
        ("@", "@me"),
        ("who:n", "who:none"),
        ("from:kow", "from:kowalska"),
        ("from:soren", "from:sorensen"),
        ("from:em", "from:emil"),
        ("team:", "team:mine"),
        ("team:net", "team:network"),
        ("cat:net", "cat:network"),
        ("cat:network.w", "cat:network.wifi"),
        ("cat:vp", "cat:network.vpn"),
        ("#", "#vip"),
        ("#vi", "#vip"),
        ("#ube", "#über"),
        ("tag:vip,c", "tag:vip,cab-12"),
        ("site:gda", "site:Gdańsk"),
        ('site:"new', 'site:"New York"'),
        ("opened:", "opened:>7d"),
        ("major:", "major:yes"),
    ],
)
def test_the_last_word_is_completed(typed: str, becomes: str) -> None:
    found = complete(typed, KNOWN)
    assert found is not None
    assert found.text == becomes
    assert found.tail == "" or len(typed) + len(found.tail) == len(becomes)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "vpn", "s", "status:open", "@anna", "foo:b", "status:xyz", "vpn ", "site:new", "https:", "-"],
)
def test_where_nothing_is_missing_nothing_is_offered(typed: str) -> None:
    assert complete(typed, KNOWN) is None


@given(st.lists(st.sampled_from([*'@#:,-"', " ", "status", "cat", "ß", "é", "ne", "from", "@jos"])).map("".join))
def test_any_text_can_be_completed_over_and_over(text: str) -> None:
    for _ in range(6):
        found = complete(text, KNOWN)
        if found is None:
            return
        assert found.text != text
        text = found.text


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("team:netwrk", ["There is no team “netwrk”; did you mean “network”?"]),
        ("team:ne", ["There is no team “ne”; did you mean “network”?"]),
        ("@ana @none", ["Nobody has the login “ana”; did you mean “anna”?"]),
        ("cat:netw", ["There is no category “netw”; did you mean “network”?"]),
        ("cat:hardware @JOSE team:mine vpn", []),
        ("@zzzz", ["Nobody has the login “zzzz”."]),
    ],
)
def test_names_that_nobody_has_are_doubted(text: str, sentences: list[str]) -> None:
    assert doubts(parse(text), KNOWN) == sentences
