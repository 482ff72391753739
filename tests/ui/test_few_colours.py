"""On a terminal of 256 colours a theme can be read as well as on one of millions."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color, ColorSystem
from textual.app import App

from itdesk.desk.session import Desk
from itdesk.ui.few_colours import in_256_colours, nearest_of_256
from itdesk.ui.messages import SetTheme
from itdesk.ui.theme import COLOURS, DeskTheme
from tests.ui.looks import themes
from tests.ui.test_contrast import COLOURED, SHAPES, Cell, cells, contrast, wanted
from tests.ui.visit import visit

INKS = ("text", "dim", "accent", "red", "amber", "green", "note")
SURFACES = ("ground", "bar", "cursor", "note_tint", "dialog")

shades = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def shown(colour: Color) -> Color:
    """What a terminal of 256 colours shows of it."""
    return Color.from_triplet(colour.downgrade(ColorSystem.EIGHT_BIT).get_truecolor())


def number(colour: str) -> int:
    """Which of the 256 it is."""
    found = Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).number
    assert found is not None
    return found


def seen(cell: Cell) -> Cell:
    return cell._replace(ink=cell.ink and shown(cell.ink), ground=cell.ground and shown(cell.ground))


def ratio(ink: str, ground: str) -> float:
    return contrast(Cell(0, 0, "a", Color.parse(ink), Color.parse(ground)))


def ratio_shown(ink: str, ground: str) -> float:
    return contrast(seen(Cell(0, 0, "a", Color.parse(ink), Color.parse(ground))))


def colours_of(theme: DeskTheme) -> dict[str, str]:
    return {name: theme.variables[f"desk-{name.replace('_', '-')}"] for name in COLOURS}


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_what_can_be_read_in_full_colour_can_be_read_in_256(theme: DeskTheme) -> None:
    full, few = colours_of(theme), colours_of(in_256_colours(theme))
    least = 7.0 if theme.name == "high-contrast" else 4.5
    pairs = [*product(INKS, SURFACES), ("label", "accent"), ("label", "note")]
    assert [pair for pair in pairs if ratio(full[pair[0]], full[pair[1]]) < least] == []
    assert [pair for pair in pairs if ratio_shown(few[pair[0]], few[pair[1]]) < least] == []


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_cursor_and_notes_stand_out_from_the_ground_in_256_colours(theme: DeskTheme) -> None:
    few = colours_of(in_256_colours(theme))
    surfaces = {name: number(few[name]) for name in SURFACES}
    assert [name for name in SURFACES if name != "ground" and surfaces[name] == surfaces["ground"]] == []
    assert [name for name in SURFACES if name != "cursor" and surfaces[name] == surfaces["cursor"]] == []


@given(st.fixed_dictionaries(dict.fromkeys(COLOURS, shades)))
def test_any_theme_of_ones_own_is_made_of_colours_that_the_terminal_has(colours: dict[str, str]) -> None:
    few = nearest_of_256(colours)
    assert few.keys() == colours.keys()
    for name, colour in few.items():
        assert number(colour) >= 16, name
    text = [(colours["text"], colours[surface]) for surface in SURFACES]
    if all(ratio(*pair) >= 4.5 for pair in text):
        assert min(ratio_shown(few["text"], few[surface]) for surface in SURFACES) >= 4.5


def test_a_theme_of_the_terminals_own_colours_stays_as_it_is() -> None:
    for theme in themes():
        assert (in_256_colours(theme) is theme) is theme.ansi


async def test_a_terminal_of_256_colours_is_shown_only_those_and_all_text_can_be_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLORTERM")
    async with visit(desk, size=(140, 45)) as visitor:
        assert visitor.app.console.color_system == "256"
        await visitor.press("enter")
        await visitor.sees("Clocks")
        for theme in COLOURED:
            visitor.app.post_message(SetTheme(theme.name))
            await visitor.until(lambda: visitor.app.theme == theme.name, theme.name)  # noqa: B023
            await visitor.until(lambda: not unreadable(visitor.app, theme), f"{theme.name}: readable")  # noqa: B023


def unreadable(app: App[None], theme: DeskTheme) -> list[Cell]:
    """Text, as a terminal of 256 colours shows it, that stands out too little; shapes are left out."""
    text = (cell for cell in cells(app) if wanted(cell, theme) > SHAPES)
    return [cell for cell in text if contrast(seen(cell)) < wanted(cell, theme)]
