"""Themes: every screen in the shipped ones, and without any colour."""

import pytest
from textual.color import Color

from itdesk.desk.session import Desk
from itdesk.ui.messages import OpenTicket
from itdesk.ui.theme import COLOURS, desk_theme
from tests.ui.visit import visit


def test_sixteen_colours_of_the_terminal_make_a_theme() -> None:
    theme = desk_theme("sixteen", dict.fromkeys(COLOURS, "ansi_default") | {"red": "ansi_red"}, dark=True)
    assert theme.ansi
    assert theme.roles.priority(1).foreground == Color.parse("ansi_red")


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
