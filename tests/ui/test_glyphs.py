"""Plain ASCII: every sign of every screen has a twin, and nothing moves by it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from itdesk.desk.session import Desk
from itdesk.ui.app import ItdeskApp, Look
from itdesk.ui.glyphs import PlainGlyphs, plain
from itdesk.ui.watch import WatchApp
from tests.ui.dialog_acts import LAYOUTS, Act
from tests.ui.looks import DARK, themes
from tests.ui.test_pictures import SCREENS, SIZES
from tests.ui.visit import Visit
from tests.ui.widgets.host import screen_lines
from tests.ui.world import session_of


def signs(text: str) -> set[str]:
    """What is neither ASCII nor a letter that somebody wrote."""
    return {one for one in text if not one.isascii() and unicodedata.category(one)[0] not in "LMN"}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("act", [*SCREENS, *LAYOUTS.values()], ids=lambda act: act.__name__)
async def test_no_screen_shows_a_sign_that_is_not_ascii(desk: Desk, act: Act, size: str) -> None:
    app = ItdeskApp(session_of(desk), Look(themes(), DARK, ascii_only=True))
    try:
        async with app.run_test(size=SIZES[size]) as pilot:
            visitor = PlainVisit(app, pilot)
            await visitor.sees("tickets")
            await visitor.at_rest()
            await act(visitor)
            await visitor.at_rest()
            assert signs("\n".join(screen_lines(app))) == set()
    finally:
        app.desk.threads.close()


class PlainVisit(Visit):
    """A visit that looks for the twins of what it expects."""

    async def sees(self, *parts: str, patience: float = 20.0) -> None:
        await super().sees(*(plain(part) for part in parts), patience=patience)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (140, 45)])
async def test_the_live_pane_shows_no_sign_that_is_not_ascii(desk: Desk, size: tuple[int, int]) -> None:
    app = WatchApp(session_of(desk), Look(themes(), DARK, ascii_only=True), team=None, teams=[])
    try:
        async with app.run_test(size=size) as pilot:
            for _ in range(200):
                if "open" in "\n".join(screen_lines(app)):
                    break
                await pilot.pause(0.01)
            text = "\n".join(screen_lines(app))
            assert "open" in text
            assert signs(text) == set()
    finally:
        app.desk.threads.close()


@given(st.text(alphabet=[*"▌•·…→‹×≥≤↑■□─│┌┐└┘▁▂▃▄▅▆▇█░▒▓“”⠿┼←↓", *"ab é漢 "]))
def test_a_text_keeps_its_width_and_its_letters(text: str) -> None:
    for at_edge in (False, True):
        found = plain(text, at_edge=at_edge)
        assert cell_len(found) == cell_len(text)
        assert [one for one in found if one in "é漢"] == [one for one in text if one in "é漢"]
        assert signs(found) == set()


@pytest.mark.parametrize(
    ("sign", "twin"),
    [
        ("VPN drops every…", "VPN drops ever.."),
        ("reading …", "reading.."),
        ("open tickets · mine", "open tickets | mine"),
        ("≥ 90 %", ">=90 %"),
        ("↑ 2 new", "^ 2 new"),
        ("┌─ Views ─┐", "+- Views -+"),
        ("■■□", "##."),
        ("“vpn”", '"vpn"'),
        ("Gdańsk 東京", "Gdańsk 東京"),
    ],
)
def test_signs_become_what_people_type(sign: str, twin: str) -> None:
    assert plain(sign) == twin


def test_a_bar_at_the_edge_points_and_elsewhere_is_a_line() -> None:
    segments = PlainGlyphs().apply([Segment("▌ P1"), Segment(" ▌ text")], Color(0, 0, 0))
    assert [segment.text for segment in segments] == ["> P1", " | text"]
