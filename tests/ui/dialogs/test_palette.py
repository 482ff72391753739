"""Everything one can do or open, by typing."""

from itdesk.desk.queries import tickets
from itdesk.desk.session import Desk
from tests.ui.visit import visit
from tests.ui.world import session_of


async def test_the_palette_runs_an_act_on_the_ticket_under_the_cursor_and_teaches_its_key(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("G", "colon")
        await visitor.sees("Act on INC-14")
        await visitor.type("becomes yours")
        await visitor.sees("Take it: it becomes yours")
        assert visitor.row("Take it").rpartition("│")[0].endswith("  t  ")
        await visitor.press("enter")
        await visitor.sees("Took INC-14")
        assert tickets.view(session_of(desk), 14).assignee == "anna"


async def test_the_palette_opens_tickets_by_words_and_by_number(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("ctrl+p")
        await visitor.sees("Act on")
        await visitor.type("blank pages")
        await visitor.sees("Tickets", "INC-14  Printer 2-014 prints blank pages", "KB-3  Printer: blank pages")
        await visitor.press("down", "enter")
        await visitor.sees("INC-14  Printer 2-014 prints blank pages", "Timeline")


async def test_the_palette_opens_an_article(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon")
        await visitor.type("toner seal")
        await visitor.sees("KB-3")
        await visitor.press("down", "down", "enter")
        await visitor.sees("Check the drum")


async def test_the_palette_filters_the_queue(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon")
        await visitor.type("p:5 canteen")
        await visitor.sees("Filter the queue: p:5 canteen")
        await visitor.press("enter")
        await visitor.sees("P5 · with “canteen”", "1-1 of 1")


async def test_the_palette_changes_the_theme(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon")
        await visitor.type("other colours")
        await visitor.press("enter")
        await visitor.sees("itdesk-light")
        await visitor.type("light")
        await visitor.press("enter")
        await visitor.until(lambda: visitor.app.theme == "itdesk-light", "the light theme")


async def test_esc_closes_only_the_palette(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("enter")
        await visitor.sees("Timeline")
        await visitor.press("colon")
        await visitor.sees("Act on INC-13")
        await visitor.press("escape")
        await visitor.misses("Act on")
        assert "Timeline" in visitor.text
