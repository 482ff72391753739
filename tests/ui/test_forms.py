"""Forms: what was written in one stands there again until it is done."""

import pytest

from itdesk.desk import form_drafts, resolution
from itdesk.desk.queries import queue, tickets
from itdesk.desk.session import Desk
from itdesk.domain.search_language import parse
from itdesk.ui.dialogs.form import FormDialog
from tests.ui.visit import Visit, visit
from tests.ui.world import session_of

SAP, CORE = 13, 10


async def open_form(visitor: Visit, key: str, title: str) -> None:
    await visitor.press(key)
    await visitor.sees(title)
    assert isinstance(visitor.app.screen, FormDialog)


async def test_a_text_in_a_form_that_was_left_stands_there_again_for_its_ticket_alone(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_form(visitor, "x", f"Resolve INC-{SAP}")
        await visitor.type("New licence file.")
        await visitor.press("enter")
        await visitor.type("Restarted.")
        await visitor.press("escape")
        assert "Your text is kept" in visitor.status
        await visitor.press("escape")
        await visitor.sees("What you wrote is kept: it stands there when you open")
        await visitor.press("j")
        await open_form(visitor, "x", f"Resolve INC-{CORE}")
        assert "New licence file." not in visitor.text
        await visitor.press("escape", "escape")
        await visitor.press("k", "enter")
        await visitor.sees("Nobody can book")
        await open_form(visitor, "x", f"Resolve INC-{SAP}")
        assert "New licence file." in visitor.text
        assert "Restarted." in visitor.text
        assert "What you wrote before stands there" in visitor.status


@pytest.mark.parametrize(
    ("keys", "title"),
    [(("d",), "Diagnosis of"), (("E", *"level 3", "enter"), "What was tried"), (("L",), "Log time on")],
)
async def test_a_line_in_a_form_that_was_left_stands_there_again(desk: Desk, keys: tuple[str, ...], title: str) -> None:
    async with visit(desk) as visitor:
        await visitor.press(*keys)
        await visitor.sees(title)
        await visitor.type("25m of thought")
        await visitor.press("escape")
        await visitor.sees("What you wrote is kept")
        await visitor.press(*keys)
        await visitor.sees(title, "25m of thought")


async def test_a_text_that_the_desk_refused_stands_there_again_until_it_is_done(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_form(visitor, "d", f"Diagnosis of INC-{SAP}")
        await visitor.type("The licence ran out")
        resolution.diagnose(session_of(desk, "jonas"), [SAP], root_cause="Unknown")
        await visitor.press("enter", "escape", "s")
        await visitor.until(lambda: "jonas changed INC-13 meanwhile: root cause: Unknown." in visitor.status, "why")
        await visitor.press("j", "+")
        await visitor.sees(f"Tag INC-{CORE}")
        await visitor.type("floor-3")
        await visitor.press("enter")
        await visitor.sees(f"INC-{CORE}", "floor-3")
        await visitor.press("k")
        await visitor.polled()
        await open_form(visitor, "d", f"Diagnosis of INC-{SAP}")
        assert "The licence ran out" in visitor.text
        assert "As it is now, Root cause: Unknown" in visitor.text
        await visitor.press("enter", "escape", "s")
        await visitor.misses("Diagnosis of")
        await visitor.press("L")
        await visitor.sees("Log time on")
        await visitor.type("7m")
        await visitor.press("escape", "L")
        await visitor.sees("Log time on", "7m")
        await visitor.press("enter", "enter", "enter")
        await visitor.sees("Logged 7m")
        await visitor.press("L")
        await visitor.sees("Log time on")
        assert "7m" not in visitor.text
    assert form_drafts.forms_of(session_of(desk), SAP) == ()


async def test_the_text_of_a_form_is_kept_at_each_rest_and_gone_with_what_it_says(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_form(visitor, "d", f"Diagnosis of INC-{SAP}")
        await visitor.type("Dust")
        await visitor.until(lambda: form_drafts.forms_of(session_of(desk), SAP) != (), "the form to be kept")
        await visitor.press("backspace", "backspace", "backspace", "backspace")
        await visitor.until(lambda: form_drafts.forms_of(session_of(desk), SAP) == (), "the empty form to be forgotten")
        await visitor.type("Rust")
        await visitor.press("enter", "escape", "s")
        await visitor.misses("Diagnosis of")
        await visitor.until(lambda: tickets.view(session_of(desk), SAP).root_cause == "Rust", "the diagnosis")
        await visitor.at_rest()
    assert form_drafts.forms_of(session_of(desk), SAP) == ()


async def test_a_form_that_says_nothing_of_a_ticket_is_no_draft_on_the_one_under_the_cursor(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash", *"p:1", "enter", "v", "s")
        await visitor.sees("Save the filter as a view")
        await visitor.type("Grave")
        await visitor.press("escape")
        await visitor.sees("What you wrote is kept")
        assert queue.page(session_of(desk), parse("draft:me")).rows == ()


async def test_what_was_typed_for_a_form_that_the_desk_does_not_open_acts_on_nothing(desk: Desk) -> None:
    resolution.resolve(session_of(desk), [SAP], "Restarted")
    async with visit(desk) as visitor:
        await visitor.polled()
        before = tickets.view(session_of(desk), SAP).version
        await visitor.press("g", "x", *"Fixed it with the requester", "escape", "s")
        assert not isinstance(visitor.app.screen, FormDialog)
        assert "resolved" in visitor.status
        assert tickets.view(session_of(desk), SAP).version == before
        await visitor.rests()
        await visitor.press("slash")
        await visitor.type("Core")
        await visitor.sees("Core", "1-1 of 1")
