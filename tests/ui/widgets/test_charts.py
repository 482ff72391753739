"""Charts: whatever the numbers and the width, nothing leaves its room and nothing that happened is invisible."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.desk.queries.metrics import Count, Headline, Part, Unit
from itdesk.domain.periods import Days
from itdesk.ui.text import content
from itdesk.ui.theme import mono_theme
from itdesk.ui.widgets.charts import Block, bars, beside, digits, flow, heat, over, second_sign, stacked, trend
from itdesk.ui.widgets.metrics_page import change_in_words, days_in_words, growth_in_words, in_words
from tests.ui.looks import themes

PALETTE = themes()[0].roles
NUMBERS = st.integers(0, 2_000_000)


def assert_inside(block: Block, width: int) -> None:
    assert all(line.cell_length <= width for line in block.lines)
    for spot in block.spots:
        assert 0 <= spot.x < spot.x + spot.width <= width
        assert 0 <= spot.y < spot.y + spot.height <= len(block.lines)
    places = [(spot.x, spot.y) for spot in block.spots]
    assert len(set(places)) == len(places)
    for spot in block.spots:
        for y, line in enumerate(block.lines):
            assert over(line, spot, y, PALETTE).cell_length <= width


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=40), st.integers(30, 200), st.integers(2, 20))
def test_columns_stay_in_their_room_and_what_happened_is_seen(
    numbers: list[tuple[int, int]], width: int, height: int
) -> None:
    days = [date(2026, 10, 18) + timedelta(days=at) for at in range(len(numbers))]
    parts = [
        Part(Days(day, day), Count("opened", opened, ""), Count("resolved", resolved, ""))
        for day, (opened, resolved) in zip(days, numbers, strict=True)
    ]
    block = flow(parts, [f"{day.day} Oct" for day in days], width, height, PALETTE)
    assert len(block.lines) == height + 1
    assert_inside(block, width)
    for spot in block.spots:
        assert (block.lines[height - 1].plain[spot.x] == " ") == (spot.count.count == 0)
    assert block.spots[-1].count is parts[-1].resolved, "the newest is always there"


def test_without_colours_the_second_series_has_a_sign_of_its_own() -> None:
    day = date(2026, 10, 18)
    part = Part(Days(day, day), Count("opened", 8, ""), Count("resolved", 4, ""))
    for palette, sign in ((PALETTE, "█"), (mono_theme().roles, "▒")):
        block = flow([part], ["18 Oct"], 40, 4, palette)
        assert second_sign(palette) == sign
        assert [line.plain[6:].strip() for line in block.lines[:4]] == [
            "████",
            "████",
            f"████{sign * 4}",
            f"████{sign * 4}",
        ]


@given(st.lists(NUMBERS, min_size=1, max_size=8), st.integers(30, 120))
def test_bars_stay_in_their_room(numbers: list[int], width: int) -> None:
    block = bars([Count(f"label {at}", number, "") for at, number in enumerate(numbers)], width, PALETTE)
    assert_inside(block, width)
    for line, number in zip(block.lines, numbers, strict=True):
        assert ("■" in line.plain) == bool(number)
        assert f"{number:,}" in line.plain


@given(st.lists(st.lists(NUMBERS, min_size=24, max_size=24), min_size=7, max_size=7), st.integers(30, 120))
def test_the_hours_of_a_week_stay_in_their_room(rows: list[list[int]], width: int) -> None:
    block = heat([[Count(f"Mon {hour:02}", n, "") for hour, n in enumerate(row)] for row in rows], width, PALETTE)
    assert_inside(block, width)
    for spot in block.spots:
        assert (block.lines[spot.y].plain[spot.x] == "·") == (spot.count.count == 0)


@pytest.mark.parametrize(
    ("values", "shown"),
    [([0, 1, 2, 4, 8], " ▁▂▄▇"), ([None, 0, None], "   "), ([1000, 1], "▇▁"), ([], ""), ([5, 5], "▇▇")],
)
def test_a_trend_begins_at_nought_and_never_fills_its_line(values: list[float | None], shown: str) -> None:
    assert trend(values) == shown


def test_digits_are_three_lines() -> None:
    assert [len(line) for line in digits("5h12m")] == [11, 11, 11]
    assert digits("21.7%")[2].count(".") == 1


def test_blocks_keep_their_figures_where_they_are_put() -> None:
    one = bars([Count("a", 1, "")], 30, PALETTE)
    both = stacked(Block((content("title"),)), beside((one, 30), (one, 30)))
    assert [(spot.x, spot.y) for spot in both.spots] == [(0, 1), (30, 1)]


@pytest.mark.parametrize(
    ("unit", "value", "before", "words", "change"),
    [
        (Unit.COUNT, 1042, 1000, "1,042", "+4 %"),
        (Unit.COUNT, 1000, 1003, "1,000", "0 %"),
        (Unit.COUNT, 4, 0, "4", ""),
        (Unit.STOCK, 42, 9, "42", "+33"),
        (Unit.STOCK, 9, 9, "9", "0"),
        (Unit.SECONDS, 18720, 19800, "5h12m", "-18m"),
        (Unit.SECONDS, 60, 60, "1m", "0m"),
        (Unit.PERCENT, 71.44, 69.5, "71.4 %", "+1.9"),
        (Unit.PERCENT, None, 69.5, "-", ""),
    ],
)
def test_values_and_changes_in_words(
    unit: Unit, value: float | None, before: float | None, words: str, change: str
) -> None:
    assert in_words(unit, value) == words
    assert change_in_words(Headline(unit, value, before, (), Count("", 0, ""))) == change


def test_growth_and_days_in_words() -> None:
    assert [growth_in_words(*pair) for pair in ((8, 5), (3, 0), (0, 0), (0, 4))] == ["+60 %", "new", "", "-100 %"]
    day = date(2026, 11, 16)
    assert days_in_words(Days(day, day)) == "16 Nov"
    assert days_in_words(Days(date(2026, 10, 18), day)) == "18 Oct to 16 Nov"
    assert days_in_words(Days(date(2025, 11, 17), day)) == "17 Nov 2025 to 16 Nov 2026"
