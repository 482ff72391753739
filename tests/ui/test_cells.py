"""Cells of a list look exactly as the same texts look as Content."""

from hypothesis import given
from hypothesis import strategies as st
from textual.strip import Strip
from textual.style import Style

from itdesk.ui.cells import cell, row_strip
from itdesk.ui.text import content, fit, join
from itdesk.ui.widgets.lines import to_strip

BASE = Style.parse("#d8dde4 on #14171c")
STYLES = [Style(), Style(bold=True), Style.parse("#ff8a80"), Style.parse("bold #82b1ff")]

texts = st.text(st.sampled_from("ab \x1b…é会👍\u0301\u202e[/]"), max_size=12) | st.text("abc ", max_size=12)
pieces = st.lists(st.tuples(texts, st.sampled_from(STYLES)), max_size=3)


def painted(strip: Strip) -> list[tuple[str, object]]:
    return [(character, segment.style) for segment in strip for character in segment.text]


@given(st.lists(st.tuples(pieces, st.integers(1, 15), st.booleans()), min_size=1, max_size=4))
def test_a_row_of_cells_is_cut_filled_and_coloured_like_content(
    cells: list[tuple[list[tuple[str, Style]], int, bool]],
) -> None:
    width = sum(wide for _, wide, _ in cells)
    row = row_strip(
        [
            (tuple(piece for text, style in parts for piece in cell(text, style)), wide, right)
            for parts, wide, right in cells
        ],
        BASE,
        width,
    )
    same = join(*(fit(join(*(content(*piece) for piece in parts)), wide, right=right) for parts, wide, right in cells))
    assert painted(row) == painted(to_strip(fit(same, width), BASE, width))
