"""The desk in figures on the screen."""

from itdesk.desk import intake
from itdesk.desk.session import Desk
from tests.ui.visit import visit
from tests.ui.world import session_of


async def test_figures_are_counted_and_lead_to_their_tickets(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("3")
        await visitor.sees("Open, 15 in all, by priority", "by age", "Opened and ended a day", "Open by team")
        assert "▌P1                 2" in visitor.text
        await visitor.press("j", "enter")
        await visitor.sees("P2, fair order", "of 3")
        assert visitor.row("/ p:2")


async def test_a_figure_of_an_age_leads_to_the_tickets_of_that_age(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("3")
        await visitor.sees("under 1 day")
        await visitor.press("j", "j", "j", "j", "j", "j", "enter")
        await visitor.sees("opened:>1d opened:<3d", "of 4")


async def test_figures_follow_when_one_comes_back(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("3")
        await visitor.sees("Open, 15 in all")
        intake.submit(session_of(desk, "tariq"), intake.NewTicket("One more", requester="marta"))
        await visitor.polled()
        await visitor.press("1")
        await visitor.sees("fair order")
        await visitor.press("3")
        await visitor.sees("Open, 16 in all")
