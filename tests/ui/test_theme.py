"""Themes: every screen in the shipped ones, and without any colour."""

import pytest
from textual.color import Color

from itdesk.desk.session import Desk
from itdesk.ui.messages import OpenTicket, SetTheme
from itdesk.ui.theme import COLOURS, desk_theme
from tests.ui.looks import DARK, LIGHT
from tests.ui.visit import Visit, visit


def test_sixteen_colours_of_the_terminal_make_a_theme() -> None:
    theme = desk_theme("sixteen", dict.fromkeys(COLOURS, "ansi_default") | {"red": "ansi_red"}, dark=True)
    assert theme.ansi
    assert theme.roles.priority(1).foreground == Color.parse("ansi_red")


def colours_shown(visitor: Visit) -> set[str]:
    """Every colour on the screen, of letters and of what lies behind them."""
    return {
        colour.name
        for strip in visitor.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style
        for colour in (segment.style.color, segment.style.bgcolor)
        if colour is not None
    }


async def look_around(visitor: Visit) -> list[set[str]]:
    """The colours of a ticket, of the knowledge, metrics and schedule screens, and of the queue."""
    seen = []
    for key, what in (("enter", "Timeline"), ("2", "articles"), ("3", "Needs attention"), ("4", "Week"), ("1", "All")):
        await visitor.press(key)
        await visitor.sees(what)
        await visitor.at_rest()
        seen.append(colours_shown(visitor))
        if key == "enter":
            await visitor.press("q")
            await visitor.sees("All")
    return seen


async def test_screens_that_one_left_wear_the_theme_that_was_chosen_meanwhile(desk: Desk) -> None:
    async with visit(desk, theme=LIGHT) as visitor:
        light = await look_around(visitor)
    async with visit(desk, theme=DARK) as visitor:
        dark = await look_around(visitor)
        visitor.app.post_message(SetTheme(LIGHT))
        await visitor.at_rest()
        assert await look_around(visitor) == light
        visitor.app.post_message(SetTheme(DARK))
        await visitor.at_rest()
        assert await look_around(visitor) == dark


async def test_without_colour_every_screen_still_says_everything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with visit(desk, theme="mono") as visitor:
        colours = {
            colour
            for strip in visitor.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None and not colour.is_default
        }
        assert colours == set()
        assert "▌ P1 INC-13    MAJOR" in visitor.text
        visitor.app.post_message(OpenTicket(12))
        await visitor.sees("staff only", "Marta sees this")
        await visitor.press("w")
        await visitor.sees("[P2]")
        await visitor.press("escape", "colon")
        await visitor.sees("Act on INC-12")
        await visitor.press("escape", "2")
        await visitor.sees("2 articles, %")
        await visitor.press("enter")
        await visitor.sees("ping -M do")
        await visitor.press("3")
        await visitor.sees("Needs attention first")
        await visitor.press("colon")
        await visitor.type("other colours")
        await visitor.press("enter")
        await visitor.sees("NO_COLOR is set: there is only one theme.")
