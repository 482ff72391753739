"""Text can be read in every theme: measured on the cells that stand on the screen (WCAG 2.2)."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from rich.color import Color
from rich.segment import Segment
from textual.app import App

from itdesk.desk.session import Desk
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.theme import DeskTheme
from tests.ui.dialog_acts import LAYOUTS, Act
from tests.ui.looks import look, themes
from tests.ui.test_pictures import SCREENS, clocks, copied, helped, palette, saved_views, summary, too_small, why
from tests.ui.visit import visit

COLOURED = tuple(theme for theme in themes() if not theme.ansi)
"""The others leave their colours to the terminal."""

SHAPES = 3.0
DECORATION = ("desk-requester", "desk-line", "desk-track")


class Cell(NamedTuple):
    """A character on the screen, with what it is painted in."""

    x: int
    y: int
    text: str
    ink: Color | None
    ground: Color | None


def cells(app: App[None]) -> Iterator[Cell]:
    """What stands on the screen; of a dialog only its box: the ground behind it is dimmed on purpose."""
    box = app.screen.query_one(".box").region if isinstance(app.screen, Dialog) else app.screen.region
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            for character in segment.text:
                if box.contains(x, y):
                    yield Cell(x, y, character, *painted(segment))
                x += Segment(character).cell_length


def painted(segment: Segment) -> tuple[Color | None, Color | None]:
    """Foreground and background as they are seen."""
    style = segment.style
    if style is None:
        return None, None
    return (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)


def brightness(colour: Color) -> float:
    """Relative luminance."""
    parts = [part / 255 for part in colour.get_truecolor()]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(cell: Cell) -> float:
    """The contrast ratio; 0 where a theme left a colour to the terminal, which may then be any."""
    if cell.ink is None or cell.ground is None or cell.ink.is_default or cell.ground.is_default:
        return 0.0
    lighter, darker = sorted((brightness(cell.ink), brightness(cell.ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def wanted(cell: Cell, theme: DeskTheme) -> float:
    """The least contrast of this cell: text, shapes of charts, or decoration."""
    if not cell.text.strip() or "─" <= cell.text <= "╿":
        return 0.0
    if "▀" <= cell.text <= "□":  # the rest of a meter is a shape as well
        decoration = {theme.variables[name] for name in DECORATION}
        return 0.0 if cell.ink and cell.ink.get_truecolor().hex in decoration else SHAPES
    return 7.0 if theme.name == "high-contrast" else 4.5


def unreadable(app: App[None], theme: DeskTheme) -> list[str]:
    """The cells that stand out too little, in words."""
    return [
        f"{cell.text!r} at {cell.x},{cell.y}: {contrast(cell):.1f}, wanted {wanted(cell, theme)}"
        for cell in cells(app)
        if contrast(cell) < wanted(cell, theme)
    ]


DIALOGS = (helped, palette, why, summary, saved_views, copied, clocks, *LAYOUTS.values())
"""One dialog of each kind whose text keeps the colours with which it was made; the other screens repaint all of it."""


@pytest.mark.parametrize("act", [act for act in SCREENS if act not in DIALOGS], ids=lambda act: act.__name__)
async def test_all_text_can_be_read_in_every_theme_while_they_are_switched(act: Act, desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        await act(visitor)
        for theme in COLOURED:
            visitor.app.theme = theme.name
            await visitor.until(lambda: not unreadable(visitor.app, theme), f"{theme.name}: all text readable")  # noqa: B023
            assert len([cell for cell in cells(visitor.app) if cell.text.strip()]) > (30 if act is too_small else 100)


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("act", DIALOGS, ids=lambda act: act.__name__)
async def test_all_text_of_a_dialog_can_be_read_in_every_theme(act: Act, theme: DeskTheme, desk: Desk) -> None:
    async with visit(desk, theme=theme.name) as visitor:
        await act(visitor)
        assert len([cell for cell in cells(visitor.app) if cell.text.strip()]) > 100
        assert "\n".join(unreadable(visitor.app, theme)) == ""


def fixed_colours(app: App[None]) -> list[Cell]:
    """The cells in a colour that is not the terminal's own."""
    return [cell for cell in cells(app) for colour in (cell.ink, cell.ground) if colour and colour.triplet]


@pytest.mark.parametrize("name", ["ansi", "monochrome"])
async def test_a_theme_of_the_terminals_own_colours_sends_no_others(name: str, desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        visitor.app.theme = name
        await visitor.until(lambda: not fixed_colours(visitor.app), name, 3.0)
        colours = {colour for cell in cells(visitor.app) for colour in (cell.ink, cell.ground) if colour}
        assert (name == "ansi") == any(not colour.is_default for colour in colours)


def test_the_first_theme_is_one_that_is_measured() -> None:
    assert look().theme in {theme.name for theme in COLOURED}
