"""Keys that come before the screen has followed: they do what the same keys do slowly, or nothing, in a sentence."""

import sqlite3
from contextlib import closing

import pytest

from itdesk.desk.queries import tickets
from itdesk.desk.session import Desk
from itdesk.domain.ticket import Status
from itdesk.ui import typeahead
from tests.ui.visit import Visit, visit
from tests.ui.world import session_of

SWITCH, BADGE, LAST = 10, 15, 14


def messages(desk: Desk, number: int) -> int:
    return len(tickets.messages(session_of(desk), number))


def journal(desk: Desk) -> int:
    """How much has been done at this desk."""
    return int(desk.database.row("SELECT count(*) FROM journal")[0])


@pytest.mark.parametrize("leaves", ["enter", "escape"])
async def test_a_verb_behind_a_filter_acts_on_what_it_finds(desk: Desk, leaves: str) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash", *"badge", leaves, "t")
        await visitor.sees("Took INC-15")


@pytest.mark.parametrize("leaves", ["enter", "escape"])
async def test_a_verb_behind_a_filter_that_finds_nothing_acts_on_nothing(desk: Desk, leaves: str) -> None:
    async with visit(desk) as visitor:
        done = journal(desk)
        await visitor.press("slash", *"zebra", leaves, "t")
        await visitor.sees("Nothing here.", "There is no ticket here.")
        assert journal(desk) == done


@pytest.mark.parametrize("key", ["r", "c"])
async def test_a_text_for_no_ticket_is_no_row_of_commands(desk: Desk, key: str) -> None:
    async with visit(desk) as visitor:
        await visitor.press("t")
        await visitor.press("slash", *"zebra", "enter")
        await visitor.sees("Nothing here.")
        done = journal(desk)
        await visitor.press(key, *"user says quit now", "escape", "s")
        await visitor.sees("There is no ticket here.")
        await visitor.at_rest()
        assert journal(desk) == done, "u undid nothing"
        assert visitor.app.is_running, "and q did not quit"


async def test_a_text_for_the_ticket_after_the_last_is_sent_to_none(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("G", "enter")
        await visitor.sees("Timeline")
        done, written = journal(desk), messages(desk, LAST)
        await visitor.press("right_square_bracket", "r", *"To the next", "escape", "s")
        await visitor.sees("There is no ticket after this one here.")
        await visitor.at_rest()
        assert (journal(desk), messages(desk, LAST)) == (done, written)


async def test_a_text_for_the_next_ticket_goes_to_no_other_where_none_waits(desk: Desk) -> None:
    async with visit(desk, "petra") as visitor:
        while True:
            await visitor.press("N")
            await visitor.until(lambda: "Take the next" in visitor.text or "Nothing waits" in visitor.text, "N")
            if "Nothing waits" in visitor.text:
                break
            await visitor.press("enter")
            await visitor.sees("Timeline")
            await visitor.press("q")
            await visitor.at_rest()
        await visitor.rests()
        done = journal(desk)
        await visitor.press("N", "enter", "r", *"I am on it", "escape", "s")
        await visitor.rests()
        assert journal(desk) == done


async def hold(visitor: Visit, monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    """Press keys while another program holds the desk, longer than keys wait for what the key before began."""
    monkeypatch.setattr(typeahead, "_LONGEST_SECONDS", 0.05)
    with closing(sqlite3.connect(visitor.desk.name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        visitor.hit(*keys)
        await visitor.sees("The desk has not answered yet: nothing of what you typed since was done.")
        other.execute("COMMIT")
    await visitor.rests()
    await visitor.at_rest()


async def test_while_a_verb_waits_for_the_database_the_keys_behind_it_do_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash", *"badge", "enter")
        await visitor.sees("INC-15", "1-1 of 1")
        await hold(visitor, monkeypatch, "t", "x", *"new reader", "escape", "s")
        badge = tickets.view(session_of(desk), BADGE)
        assert (badge.assignee, badge.status) == ("anna", Status.IN_PROGRESS)
        assert messages(desk, BADGE) == 0


async def test_the_views_stay_open_while_one_types_the_name_of_one(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("v", "v")
        await visitor.sees("Views")
        await visitor.rests()
        assert "esc" in visitor.status


async def test_a_mark_that_a_filter_hides_is_acted_on_only_after_a_question(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j", "space", "slash", *"badge", "enter", "t")
        await visitor.sees("Take · 1 ticket", "INC-10", "The answer is no unless you press")
        await visitor.press("n")
        assert tickets.view(session_of(desk), SWITCH).assignee == "jonas"


async def test_who_is_leads_to_the_person(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("colon")
        await visitor.sees("Everything you can do or open")
        await visitor.at_rest()
        await visitor.press(*"who is jonas", "enter")
        await visitor.sees("Teams", "network")
        assert "jonas" in visitor.text


async def test_a_search_of_articles_left_by_esc_copies_what_it_finds(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles")
        await visitor.press("slash", *"printer", "escape", "y")
        await visitor.sees("1 article")
        assert "KB-" in visitor.status
        assert visitor.row("▌").split()[1] in visitor.status
