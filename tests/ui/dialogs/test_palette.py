"""Everything one can do or open, by typing."""

import pytest

from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import tickets
from itdesk.desk.session import SYSTEM, Desk, Session
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


@pytest.mark.parametrize("typed", ["12", "inc-12"])
async def test_a_number_opens_its_ticket_before_and_after_it_was_found(desk: Desk, typed: str) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon", *typed, "enter")
        await visitor.sees("INC-12  VPN drops", "Timeline")
        await visitor.press("q", "colon")
        await visitor.sees("Act on")
        await visitor.type(typed)
        await visitor.sees("INC-12  VPN drops every few minutes from home  ", "Filter the queue")
        assert "Open ticket" not in visitor.text
        await visitor.press("enter")
        await visitor.sees("INC-12  VPN drops", "Timeline")


async def test_the_number_of_an_article_is_no_tickets(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon", *"kb-3")
        await visitor.sees("KB-3", "Filter the queue")
        assert "Open ticket" not in visitor.text
        assert "INC-3" not in visitor.text


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


async def test_enter_on_a_person_shows_what_they_asked_for_and_on_staff_also_what_they_have(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon")
        await visitor.type("kowal")
        await visitor.sees("People", "Asked by Marta Kowalska")
        while "Asked by Marta" not in visitor.row("▌  "):
            await visitor.press("down")
        await visitor.press("enter")
        await visitor.sees("/ from:marta", "from marta")
        await visitor.press("colon")
        await visitor.type("sorensen")
        await visitor.sees("Asked by Emil Sørensen")
        await visitor.press("escape", "colon")
        await visitor.type("jonas")
        await visitor.sees("Assigned to Jonas Berg")


async def test_slips_of_the_finger_are_forgiven_and_the_best_comes_first(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon")
        await visitor.type("escaalte")
        await visitor.sees("Did you mean", "Hand it to another team or level")
        assert "Filter the queue: escaalte" in visitor.row("▌  ")
        await visitor.press("ctrl+u")
        await visitor.type("status")
        await visitor.until(lambda: "Change the status" in visitor.row("▌  "), "the status act first")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("theme", "Choose other colours"),
        ("dark", "Theme itdesk-dark"),
        ("note", "Write a work note for staff only"),
        ("quit", "Quit; drafts are kept"),
        ("take", "Take it: it becomes yours"),
        ("colours", "Choose other colours"),
        ("phone", "Filter the queue: phone"),
        ("taken", "Filter the queue: taken"),
        ("4", "Open ticket 4"),
    ],
)
async def test_what_fits_as_it_was_typed_comes_before_anything_similar(desk: Desk, typed: str, first: str) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon", *typed)
        await visitor.until(lambda: first in visitor.row("▌  "), f"{first} first")
        await visitor.at_rest()
        assert first in visitor.row("▌  ")


async def test_the_palette_shows_views_and_themes_by_name(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon")
        await visitor.type("view waiting")
        await visitor.sees("View Waiting", "status:waiting")
        await visitor.press("enter")
        await visitor.sees("waiting tickets, fair order")
        await visitor.press("colon")
        await visitor.type("theme light")
        await visitor.sees("Theme itdesk-light")
        await visitor.press("enter")
        await visitor.until(lambda: visitor.app.theme == "itdesk-light", "the light theme")


async def test_it_says_how_many_of_how_many_are_shown(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon")
        await visitor.type("p:4")
        await visitor.sees("Tickets", "6 of 8")  # the filter, and five of the seven tickets


async def test_tab_completes_a_term_or_what_the_cursor_is_on(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon")
        await visitor.at_rest()
        await visitor.type("team:net")
        await visitor.press("tab")
        await visitor.sees(": team:network", "Filter the queue: team:network")
        await visitor.press("ctrl+u")
        await visitor.type("blank pages")
        await visitor.sees("INC-14")
        await visitor.press("down", "tab")
        await visitor.sees(": INC-14")


async def test_people_of_the_same_name_are_told_apart(desk: Desk) -> None:
    system = Session(desk, SYSTEM, session_of(desk).clock)
    add_people(
        system,
        [
            NewPerson("marta2", "Marta Kowalska", email="m.kowalska@example.com", department="Sales", site="Oslo"),
            NewPerson("eva", "Eva Lund", email="eva@example.com"),
            NewPerson("eva2", "Eva Lund", email="eva.lund@example.com"),
        ],
    )
    async with visit(desk) as visitor:
        await visitor.press("colon", *"kowalska")
        await visitor.sees("Asked by Marta Kowalska (Finance, Gdańsk)", "Asked by Marta Kowalska (Sales, Oslo)")
        await visitor.press(*["backspace"] * 8, *"lund")
        await visitor.sees("Asked by Eva Lund (eva@example.com)", "Asked by Eva Lund (eva.lund@example.com)")
        await visitor.press(*["backspace"] * 4, *"emil")
        await visitor.sees("Asked by Emil Sørensen  ")
