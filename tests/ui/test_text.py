"""Text on its way to a widget."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from itdesk.ui.text import between, content, fit, join, plural

texts = st.text(max_size=40)


@given(texts, st.integers(0, 30), st.booleans())
def test_a_fitted_text_fills_exactly_its_cells(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(content(text), width, right=right).plain) == width


@given(texts, texts, st.integers(1, 60))
def test_two_edges_fill_exactly_their_line(left: str, right: str, width: int) -> None:
    assert cell_len(between(content(left), content(right), width).plain) == width


def test_what_stands_at_the_right_edge_is_never_cut_before_the_left() -> None:
    assert between(content("a long subject"), content("2 new"), 12).plain == "a lon… 2 new"


def test_wide_characters_are_cut_by_cells() -> None:
    assert fit(content("会議室の電話"), 7).plain == "会議室…"


def test_control_characters_become_visible_and_markup_is_text() -> None:
    shown = join(content("[red]\x1b]0;owned\x07[/red]")).plain
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert shown.startswith("[red]␛]0;owned")


def test_counting_words() -> None:
    assert (plural(1, "ticket"), plural(2, "ticket"), plural(0, "ticket")) == ("1 ticket", "2 tickets", "0 tickets")
