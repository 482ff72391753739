"""Who a text mentions, and what of a login is still missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.mentions import candidates, completed, mentioned

LOGINS = ("anna", "anna.b", "jonas-k")


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("@anna please look", ["anna"]),
        ("Please look, @Anna.", ["anna"]),
        ("(@anna) and @jonas-k, @anna.b!", ["anna", "jonas-k", "anna.b"]),
        ("@annabel is a stranger", []),
        ("write to sales@anna or a.b@anna.b", []),
        ("in code: `@anna` and\n```\n@anna\n```", []),
        ("```\n@anna never closed", []),
        ("git@anna:repo, https://x/@anna, ++@anna", []),
        ("@@anna", []),
        ("@", []),
    ],
)
def test_logins_are_found_as_words_outside_of_addresses_and_code(text: str, logins: list[str]) -> None:
    assert [login for _, _, login in mentioned(text, LOGINS)] == logins


@given(st.text(alphabet="@an.b `-\n", max_size=40))
def test_a_mention_stands_where_it_is_said_to_stand(text: str) -> None:
    for first, last, login in candidates(text):
        assert text[first] == "@"
        assert text[first + 1 : last].lower() == login


@pytest.mark.parametrize(
    ("before", "missing"),
    [
        ("ask @jo", "nas-k"),
        ("@a", "nna"),
        ("@", "anna"),
        ("@anna", None),
        ("mail@jo", None),
        ("`@jo", None),
        ("@zed", None),
        ("@jo ", None),
    ],
)
def test_the_rest_of_a_login_is_offered(before: str, missing: str | None) -> None:
    assert completed(before, LOGINS) == missing
