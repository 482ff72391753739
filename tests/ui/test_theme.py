"""Themes: every screen in the shipped ones, and without any colour."""

import pytest
from textual.color import Color

from itdesk.desk.session import Desk
from itdesk.ui.messages import OpenTicket
from itdesk.ui.theme import COLOURS, desk_theme
from tests.ui.looks import themes
from tests.ui.visit import visit

_GROUNDS = {"desk-ground", "desk-bar", "desk-cursor", "desk-note-tint", "desk-dialog"}
_INKS = {"desk-text", "desk-dim", "desk-accent", "desk-red", "desk-amber", "desk-green", "desk-note"}


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [part / 255 for part in Color.parse(colour).rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", themes(), ids=lambda theme: theme.name)
def test_text_can_be_read_on_every_ground(theme: object) -> None:
    variables = theme.variables  # type: ignore[attr-defined]
    for ink in _INKS:
        for ground in _GROUNDS:
            light, dark = sorted((_luminance(variables[ink]), _luminance(variables[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def test_sixteen_colours_of_the_terminal_make_a_theme() -> None:
    theme = desk_theme("sixteen", dict.fromkeys(COLOURS, "ansi_default") | {"red": "ansi_red"}, dark=True, ansi=True)
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
        await visitor.sees("4 articles")
        await visitor.press("G", "enter")
        await visitor.sees("ping -M do")
        await visitor.press("3")
        await visitor.sees("Open by team")
        await visitor.press("colon")
        await visitor.type("other colours")
        await visitor.press("enter")
        await visitor.sees("NO_COLOR is set: there is only one theme.")
