"""Visits on the screens: planned with a key, shown on the ticket, moved and ended from there."""

import pytest

from itdesk.desk import visits
from itdesk.desk.queries import visits as queries
from itdesk.desk.session import Desk
from itdesk.ui.messages import OpenTicket
from tests.ui.visit import Visit, visit
from tests.ui.world import NOW, session_of

VPN = 12


async def open_ticket(visitor: Visit) -> None:
    visitor.app.post_message(OpenTicket(VPN))
    await visitor.sees("Reply by anna")


async def test_a_visit_is_planned_moved_and_done_from_its_ticket(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("V")
        await visitor.sees("Visit for INC-12", "How long", "tomorrow 13:00", "anna")
        await visitor.type("soon")
        await visitor.press(*["enter"] * 5)
        await visitor.sees("'soon' is no time of day; write 13:00.", "Visit for INC-12")
        await visitor.press("ctrl+a", "ctrl+k")
        await visitor.type("9999-12-31 23:30")
        await visitor.press(*["enter"] * 5)
        await visitor.sees("'9999-12-31' is too far away; write a day from 1970 to 2199.", "Visit for INC-12")
        await visitor.press("ctrl+a", "ctrl+k")
        await visitor.type("tomorrow 13")
        await visitor.press("enter", "enter", "enter", "ctrl+a", "ctrl+k")
        await visitor.type("Floor [3]")
        await visitor.press("enter", "enter")
        await visitor.sees("Visit for INC-12: Tue 17 Nov 2026 13:00, 1h, anna, Floor [3].", "waiting")
        await visitor.press("tab", "tab", "tab")
        await visitor.sees("Tue 17 Nov 2026 13:00, 1h, anna", "planned", "  Floor [3]")
        await visitor.press("enter")
        await visitor.sees("It took place", "Move it")
        await visitor.type("move")
        await visitor.press("enter")
        await visitor.sees("Move the visit for INC-12", "2026-11-17 13:00")
        await visitor.press("enter", "ctrl+a", "ctrl+k")
        await visitor.type("90m")
        await visitor.press(*["enter"] * 4)
        await visitor.sees("is now Tue 17 Nov 2026 13:00, 1h30, anna")
        await visitor.press("enter")
        await visitor.sees("It took place")
        await visitor.press("enter")
        await visitor.sees("The visit for INC-12 is still to come", "waiting")
        await visitor.press("enter")
        await visitor.sees("It took place")
        await visitor.type("move")
        await visitor.press("enter")
        await visitor.sees("Move the visit for INC-12", "2026-11-17 13:00")
        await visitor.press("ctrl+a", "ctrl+k")
        await visitor.type("13:00")
        await visitor.press(*["enter"] * 5)
        await visitor.sees("is now Mon 16 Nov 2026 13:00, 1h30, anna")
        await visitor.press("enter")
        await visitor.sees("It took place")
        await visitor.press("enter")
        await visitor.sees("The visit for INC-12 is done", "in progress")
        await visitor.press("u")
        await visitor.sees("Undid the end of a visit of INC-12.")


async def test_whoever_clears_the_name_of_a_visit_makes_it_himself(desk: Desk) -> None:
    visits.plan_visit(session_of(desk), [VPN], NOW.replace(hour=14), 60, person="jonas", place="Oslo")
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("tab", "tab", "tab", "enter")
        await visitor.sees("It took place")
        await visitor.type("move")
        await visitor.press("enter")
        await visitor.sees("Move the visit for INC-12", "jonas")
        await visitor.press("enter", "enter", "ctrl+a", "ctrl+k")
        await visitor.sees("Who         you")
        await visitor.press("enter", "enter", "enter")
        await visitor.sees("The visit for INC-12 is now", "1h, anna")


async def test_what_clashes_is_told_and_may_be_planned_anyway(desk: Desk) -> None:
    visits.plan_visit(session_of(desk), [VPN], NOW.replace(hour=12, minute=0), 60, place="Oslo")
    async with visit(desk) as visitor:
        await visitor.press("V")
        await visitor.sees("Visit for INC-", "How long")
        await visitor.type("13:30")
        await visitor.press("enter", "enter", "ctrl+a", "ctrl+k")
        await visitor.type("nobody")
        await visitor.press("enter", "enter", "enter")
        await visitor.sees("knows nobody called 'nobody'")
        await visitor.press("enter", "enter", "ctrl+a", "ctrl+k")
        await visitor.type("anna")
        await visitor.press("enter", "enter", "enter")
        await visitor.sees("Plan it anyway?", "anna is at INC-12 then: Mon 16 Nov 2026 13:00 to 14:00, Oslo.")
        await visitor.press("n")
        await visitor.sees("Choose another time", "How long")
        await visitor.press(*["enter"] * 5)
        await visitor.sees("Plan it anyway?")
        await visitor.press("y")
        await visitor.sees("u undo")


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_hostile_places_are_only_text(desk: Desk, size: tuple[int, int]) -> None:
    visits.plan_visit(session_of(desk), [VPN], NOW.replace(hour=12), 60, place="[red]x[/]\x1b[2J", note="\u202ey")
    assert queries.visits(session_of(desk), VPN)
    async with visit(desk, size=size) as visitor:
        await open_ticket(visitor)
        await visitor.press("tab", "tab", "tab")
        await visitor.sees("[red]x[/]␛[2J · �y")
