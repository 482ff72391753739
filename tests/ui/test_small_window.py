"""A window that is too small for a moment: nothing acts meanwhile, and all is as it was when it grows again."""

import pytest

from itdesk.desk import triage
from itdesk.desk.session import Desk
from itdesk.domain.ticket import MessageKind
from itdesk.ui.widgets.composer import Composer
from itdesk.ui.widgets.filter_line import FilterLine
from tests.ui.visit import Visit, visit
from tests.ui.world import session_of

SIZES = ((59, 24), (80, 14), (1, 1))


async def shrink_and_grow(visitor: Visit, *meanwhile: str) -> None:
    """The window is too small for a moment, and keys are pressed in it."""
    for size in SIZES:
        await visitor.pilot.resize_terminal(*size)
        if size != (1, 1):
            await visitor.sees("itdesk needs 60x15")
        await visitor.press(*meanwhile)
    await visitor.pilot.resize_terminal(80, 24)
    await visitor.misses("itdesk needs 60x15")


async def test_one_writes_on_in_the_form_of_a_new_ticket(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("n")
        await visitor.sees("New ticket", "Requester", "Would be")
        await visitor.press("tab", "tab")
        await visitor.type("The old one")
        await shrink_and_grow(visitor, "X")
        await visitor.type(" s")
        await visitor.sees("The old one s")


async def test_one_writes_on_in_the_composer(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("r")
        await visitor.type("Good morning")
        await shrink_and_grow(visitor, "escape", "D", "y")
        await visitor.type(" c")
        await visitor.sees("Good morning c")
        composer = visitor.app.screen.query_one(Composer)
        assert (composer.kind, composer.text) == (MessageKind.REPLY, "Good morning c")


async def test_the_choices_of_a_collision_still_work(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("r")
        await visitor.type("Good morning")
        triage.assign(session_of(desk, "jonas"), [13], "jonas")
        await visitor.press("escape", "s")
        await visitor.sees("jonas changed this ticket while you wrote.")
        await shrink_and_grow(visitor)
        await visitor.press("r")
        await visitor.misses("jonas changed this ticket while you wrote.")
        await visitor.type(" again")
        await visitor.sees("Good morning again")


async def test_a_letter_in_the_filter_line_stays_a_letter(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash")
        await visitor.type("vpn")
        await shrink_and_grow(visitor, "space")
        await visitor.press("space")
        await visitor.type("x")
        assert visitor.app.screen.query_one(FilterLine).text.endswith("vpn x")
        assert "marked" not in visitor.text


@pytest.mark.parametrize("key", ["x", "t", "q"])
async def test_no_key_acts_on_the_list_while_the_window_is_too_small(desk: Desk, key: str) -> None:
    async with visit(desk) as visitor:
        before = visitor.text
        await shrink_and_grow(visitor, key)
        assert visitor.text == before
        await visitor.press("j")
        assert "INC-10" in visitor.row("▌ ")


async def test_a_form_over_the_screen_says_it_too_and_keeps_its_field(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("x")
        await visitor.sees("what solved it")
        await visitor.type("New lic")
        focused = visitor.app.focused
        await shrink_and_grow(visitor, "escape", "Z")
        await visitor.type("ence")
        await visitor.sees("New licence")
        assert visitor.app.focused is focused is not None


async def test_ctrl_q_leaves_a_window_that_is_too_small(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.pilot.resize_terminal(40, 10)
        await visitor.sees("itdesk needs 60x15")
        visitor.hit("ctrl+q")
        await visitor.until(lambda: visitor.app._exit, "the end")
