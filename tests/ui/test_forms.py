"""Forms: what was written in one stands there again until it is done."""

import pytest

from itdesk.desk import communication, form_drafts, resolution, worklog
from itdesk.desk.queries import queue, tickets
from itdesk.desk.session import Desk
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import Status
from itdesk.ui.dialogs.form import FormDialog
from itdesk.ui.messages import OpenTicket
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
        await visitor.sees("Your text is kept")
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


async def test_what_others_did_while_one_wrote_is_told_once_before_anything_is_done(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_form(visitor, "x", f"Resolve INC-{SAP}")
        await visitor.type("New licence file.")
        communication.reply(session_of(desk, "emil"), [SAP], "STOP: do not restart, data loss!")
        communication.note(session_of(desk, "jonas"), [SAP], "Wait for the vendor")
        worklog.log_time(session_of(desk, "jonas"), [SAP], 5)
        await visitor.press("escape", "s")
        await visitor.sees(f"INC-{SAP} changed while you wrote", "Nothing is done yet", "n back", "y yes, resolve")
        await visitor.sees("emil replied: “STOP: do not restart, data loss!”", "jonas wrote a work note: “Wait for")
        assert "logged" not in visitor.text
        assert tickets.view(session_of(desk), SAP).status is Status.IN_PROGRESS
        await visitor.press("enter")
        await visitor.sees(f"Resolve INC-{SAP}", "New licence file.", "What you wrote before stands there")
        await visitor.type(" No restart.")
        await visitor.press("escape", "s")
        await visitor.sees(f"Resolved INC-{SAP}")
        assert tickets.view(session_of(desk), SAP).resolution == "New licence file. No restart."
    assert form_drafts.forms_of(session_of(desk), SAP) == ()


@pytest.mark.parametrize(
    ("number", "keys", "heading", "done"),
    [
        (CORE, ("s", *"cancelled", "enter"), "Cancel INC-10", "Cancelled INC-10"),
        (2, ("X",), "Reopen INC-2", "Reopened INC-2"),
        (CORE, ("T", *"ask", "enter"), "REPLY: ask for a test of INC-10", "Asked the requester"),
    ],
)
async def test_whatever_a_requester_reads_asks_first_where_he_wrote_meanwhile(
    desk: Desk, number: int, keys: tuple[str, ...], heading: str, done: str
) -> None:
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenTicket(number))
        await visitor.sees("Timeline", f"INC-{number}  ")
        await visitor.at_rest()
        await visitor.press(*keys)
        await visitor.sees(heading)
        await visitor.type("So be it")
        communication.reply(session_of(desk, "emil" if number == CORE else "marta"), [number], "One more thing")
        await visitor.press(*(("escape", "s") if "REPLY" in heading else ("enter",)))
        await visitor.sees(f"INC-{number} changed while you wrote", "replied: “One more thing”")
        await visitor.press("y")
        await visitor.sees(done)


async def test_a_form_that_is_refused_because_the_ticket_changed_stays_with_its_text_and_the_reason(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_form(visitor, "x", f"Resolve INC-{SAP}")
        await visitor.type("New licence file.")
        resolution.resolve(session_of(desk, "jonas"), [SAP], "It came back by itself")
        await visitor.press("escape", "s")
        await visitor.sees("changed while you wrote", "jonas resolved it: It came back by itself")
        await visitor.press("y")
        await visitor.sees("Not done yet", "INC-13 is resolved already", "New licence file.")
        await visitor.press("escape", "escape")
        await visitor.sees("What you wrote is kept")
        await visitor.polled()
        await visitor.press("x")
        await visitor.sees("INC-13 is resolved and cannot be resolved.")
        await visitor.rests()
        await visitor.press("D")
        await visitor.sees(f"Resolve INC-{SAP}", "New licence file.", "Kept from", "y copy", "D throw away")
        await visitor.press("y")
        await visitor.sees("Sent to the terminal's clipboard: your text. D again shows it.")
        assert visitor.app.clipboard == "New licence file."
    assert [kept.texts for kept in form_drafts.forms_of(session_of(desk), SAP)] == [{"resolution": "New licence file."}]


async def test_a_kept_text_whose_form_opens_no_more_is_announced_with_the_key_that_shows_it(desk: Desk) -> None:
    session = session_of(desk)
    for heading, texts in (
        (f"Resolve INC-{SAP}", {"resolution": "New licence file.", "cause": "It ran out"}),
        (f"Reject INC-{SAP}", {"text": "Too dear"}),
    ):
        form_drafts.save_form(session, form_drafts.Form(heading, (SAP,)), texts)
    async with visit(desk) as visitor:
        await visitor.press("enter")
        await visitor.sees("is half filled in, from 09:14. D shows it.")
        await visitor.press("D")
        await visitor.sees(f"Kept texts on INC-{SAP}", f"Reject INC-{SAP}", f"Resolve INC-{SAP}")
        await visitor.type("resolve")
        await visitor.press("enter")
        await visitor.sees("Resolution", "New licence file.", "Cause", "It ran out")
        await visitor.press("D")
        await visitor.sees("Throw the text away?")
        await visitor.press("n", "D")
        await visitor.sees("Kept texts on")
        await visitor.type("resolve")
        await visitor.press("enter")
        await visitor.sees("It ran out")
        await visitor.press("D", "y")
        await visitor.sees("The text is gone.")
        assert [kept.texts for kept in form_drafts.forms_of(session, SAP)] == [{"text": "Too dear"}]
        await visitor.press("q")
        await visitor.sees("fair order")
        await visitor.press("j", "D")
        await visitor.sees(f"No form keeps a text of yours on INC-{CORE}.")


async def test_a_form_on_a_row_that_was_old_already_says_who_did_what_and_is_done_by_the_next_try(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("F")
        resolution.diagnose(session_of(desk, "jonas"), [SAP], root_cause="Unknown")
        await visitor.polled()
        await open_form(visitor, "d", f"Diagnosis of INC-{SAP}")
        await visitor.type("Known now")
        await visitor.press("enter", "escape", "s")
        await visitor.sees(f"jonas changed INC-{SAP} meanwhile: root cause: Unknown.", "Known now", "Not done yet")
        await visitor.press("enter", "escape", "s")
        await visitor.misses("Diagnosis of")
        await visitor.until(lambda: tickets.view(session_of(desk), SAP).root_cause == "Known now", "it")


async def test_on_several_tickets_it_says_which_of_them_changed(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("space", "space", "r")
        await visitor.sees("REPLY to the requesters of 2 tickets")
        await visitor.type("We know of it")
        communication.reply(session_of(desk, "emil"), [CORE], "It blinks again")
        await visitor.press("escape", "s")
        await visitor.sees(f"INC-{CORE} changed while you wrote", f"INC-{CORE}  09:14  emil replied: “It blinks again”")
        await visitor.press("y")
        await visitor.sees("Reply to · 2 tickets")
        await visitor.press("n")
        await visitor.sees("What you wrote is kept")
        await visitor.press("r")
        await visitor.sees("We know of it")
        await visitor.press("escape", "s", "y")
        await visitor.sees("Replied on 2 tickets.")


async def test_what_was_written_for_one_ticket_stays_when_another_is_changed_by_a_form(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_form(visitor, "d", f"Diagnosis of INC-{SAP}")
        await visitor.type("The licence ran out")
        await visitor.press("escape")
        await visitor.sees("What you wrote is kept")
        await visitor.press("j", "+")
        await visitor.sees(f"Tag INC-{CORE}")
        await visitor.type("floor-3")
        await visitor.press("enter")
        await visitor.sees(f"INC-{CORE}", "floor-3")
        resolution.diagnose(session_of(desk, "jonas"), [SAP], root_cause="Unknown")
        await visitor.press("k")
        await visitor.polled()
        await open_form(visitor, "d", f"Diagnosis of INC-{SAP}")
        assert "The licence ran out" in visitor.text
        assert "As it is now, Root cause: Unknown" in visitor.text
        assert "Unknown;" not in visitor.text, "of the other fields nothing differs"
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
