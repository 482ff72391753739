"""Dialogs where there is little room, and what stands out in them."""

from textual.widgets import Static

from itdesk.desk import checklist
from itdesk.desk.session import Desk
from itdesk.ui.dialogs.choose import ChooseDialog
from itdesk.ui.dialogs.confirm import ConfirmDialog
from itdesk.ui.text import content
from itdesk.ui.widgets.choice_list import Choice
from tests.ui.dialog_acts import VPN, show_ticket
from tests.ui.visit import visit
from tests.ui.world import session_of

LOW = (60, 15)


def entries(count: int) -> list[Choice]:
    return [Choice(number, content(f"entry {number}")) for number in range(count)]


async def test_the_entry_under_the_cursor_is_seen_on_a_low_screen_too(desk: Desk) -> None:
    async with visit(desk, size=LOW) as visitor:
        await visitor.app.push_screen(ChooseDialog("Many", entries(30)))
        await visitor.sees("30 of 30")
        for last in (11, 12, 13):
            await visitor.press(*["down"] * (last if last == 11 else 1))
            await visitor.sees(f"▌entry {last}")


async def test_what_is_to_be_confirmed_is_read_to_its_end_on_a_low_screen_too(desk: Desk) -> None:
    lines = [f"Ticket {at} goes to somebody else, who is told so at once by a notice." for at in range(9)]
    async with visit(desk, size=LOW) as visitor:
        await visitor.app.push_screen(ConfirmDialog("Sure?", lines, verb="do it"))
        await visitor.sees("Ticket 0 goes", "a notice.", "n no")
        assert "Ticket 8" not in visitor.text
        await visitor.press("G")
        await visitor.sees("Ticket 8 goes", "The answer is no unless you press y")


async def test_a_list_grows_and_shrinks_with_the_screen(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.app.push_screen(ChooseDialog("Many", entries(60)))
        await visitor.sees("entry 13")
        await visitor.misses("entry 14")
        await visitor.pilot.resize_terminal(140, 45)
        await visitor.sees("entry 21")
        await visitor.press(*["down"] * 21)
        await visitor.pilot.resize_terminal(*LOW)
        await visitor.sees("▌entry 21")


async def test_a_checklist_begins_with_its_first_step_whatever_is_done(desk: Desk) -> None:
    checklist.apply_sop(session_of(desk), [VPN], "shaky-line")
    checklist.tick(session_of(desk), [VPN], 1)
    async with visit(desk) as visitor:
        await show_ticket(visitor)
        await visitor.press("S")
        await visitor.sees(" Steps ", "■ Ask since when", "▌□ Ask for the exact message")


async def test_a_long_entry_goes_on_in_a_second_line(desk: Desk) -> None:
    words = "Check account, group and certificate: locked, missing, expired, or never ordered"
    async with visit(desk) as visitor:
        await visitor.app.push_screen(ChooseDialog("Long", [Choice(1, content(words), content("needed"))]))
        await visitor.sees("▌Check account", "needed", "or never ordered")
        await visitor.type("ordered")
        await visitor.sees("1 of 1")


async def test_every_field_of_a_form_is_reached_on_a_low_screen(desk: Desk) -> None:
    async with visit(desk, size=LOW) as visitor:
        await visitor.press("V")
        await visitor.sees("Visit for INC-13", "How long")
        await visitor.paste("soon")
        await visitor.press(*["enter"] * 5)
        await visitor.sees("When ", "Where ", "Note ", "'soon' is no time of day")


async def test_a_reply_can_be_read_on_a_low_screen(desk: Desk) -> None:
    async with visit(desk, size=LOW) as visitor:
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.press("escape", "i")
        await visitor.sees("Insert a canned reply", "└")
        assert "It should work now." in visitor.text.partition("please try again")[2]


async def test_the_last_line_of_a_long_text_is_reached(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("w")
        await visitor.sees("Why P")
        last = visitor.app.screen.text_lines(72)[-1].content.plain.strip()  # type: ignore[attr-defined]
        await visitor.press("G")
        await visitor.sees(last)


async def test_the_label_of_the_field_with_the_focus_stands_out_and_no_other(desk: Desk) -> None:
    def marked() -> list[str]:
        labels = visitor.app.screen.query(".label").results(Static)
        return [str(label.render()) for label in labels if label.styles.text_style.bold]

    async with visit(desk) as visitor:
        await show_ticket(visitor)
        await visitor.press("d")
        await visitor.sees("Diagnosis of INC-12")
        await visitor.until(lambda: marked() == ["Root cause"], "the first label")
        await visitor.press("tab")
        await visitor.until(lambda: marked() == ["Workaround"], "the second label")
        await visitor.press("escape")
        await visitor.until(lambda: marked() == [], "no label")


async def test_a_schedule_that_others_plan_says_so_in_full(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("4")
        await visitor.sees("No shifts yet.")
        await visitor.press("s")
        await visitor.sees("planned by team leads.", "or a visit.")
