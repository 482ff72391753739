"""The queue, as a technician uses it."""

import asyncio
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual import events

from itdesk.desk import communication, intake, resolution, triage
from itdesk.desk.escalation import escalate_to_management
from itdesk.desk.queries import queue, tickets
from itdesk.desk.queries.notices import unread
from itdesk.desk.session import Desk
from itdesk.desk.sweep import sweep
from itdesk.desk.views import save_view
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import MessageKind, Status, WaitingReason
from itdesk.models.fields import to_microseconds
from itdesk.ui import app as app_module
from itdesk.ui.messages import OpenQueue
from itdesk.ui.widgets.filter_line import FilterLine
from tests.ui import world
from tests.ui.visit import Visit, visit
from tests.ui.world import NOW, session_of

SAP, SWITCH, MAILBOX, VPN, BADGE = 13, 10, 8, 12, 15
"""The first five of the queue, in its order."""


async def on(visitor: Visit, number: int) -> None:
    """Put the cursor on a ticket of the first page."""
    await visitor.press("g")
    for _ in range(20):
        if f"INC-{number} " in visitor.row("▌ ") or f"REQ-{number} " in visitor.row("▌ "):
            return
        await visitor.press("j")
    raise AssertionError(f"no ticket {number} on\n{visitor.text}")


def ticket(desk: Desk, number: int) -> tickets.TicketView:
    return tickets.view(session_of(desk), number)


# --- looking ---------------------------------------------------------------------------------------------------------


async def test_the_queue_opens_on_the_first_view_with_the_gravest_on_top(desk: Desk) -> None:
    async with visit(desk) as visitor:
        assert visitor.row("▌ P1").startswith("▌ P1 INC-13    MAJOR SAP login fails")
        assert "open tickets, fair order · 1-15 of 15" in visitor.text
        await visitor.sees("All 15   Mine 3   Unassigned 3   Overdue 4   Waiting 3   Resolved 1")
        assert "Emil Sørensen · other.unknown" in visitor.text


async def test_the_start_says_where_drafts_wait_and_the_filter_finds_them(desk: Desk) -> None:
    for number in (SWITCH, VPN, 2):
        communication.save_draft(session_of(desk), number, MessageKind.NOTE, "Half a tho")
    async with visit(desk) as visitor:
        await visitor.sees("You have a draft on INC-12 and 2 more. Press : and type draft:me to find them.")
        await visitor.press("colon", *"draft:me", "enter")
        await visitor.sees("/ draft:me", "with a draft of mine", "1-3 of 3")
    async with visit(desk, "jonas") as visitor:
        assert "draft" not in visitor.text


async def test_a_draft_that_was_sent_is_not_told_of_any_more(desk: Desk) -> None:
    communication.save_draft(session_of(desk), SAP, MessageKind.NOTE, "Half a thought")
    async with visit(desk) as visitor:
        await visitor.sees("You have a draft on INC-13. Press : and type draft:me to find it.")
        await visitor.press("enter", "c")
        await visitor.sees("Half a thought")
        await visitor.press("escape", "s")
        await visitor.sees("Noted on INC-13. u undo")
        await visitor.press("escape")
        await visitor.sees("fair order", "Noted on INC-13. u undo")
        await visitor.misses("You have a draft")


async def test_a_filter_works_while_one_types_and_says_how_it_was_understood(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash")
        await visitor.type(" p:1,2 @me")
        await visitor.sees("P1 or P2 · mine", "1-2 of 2")
        await visitor.press("enter", "j")
        assert "INC-12" in visitor.row("▌ P2")


async def test_keys_right_behind_a_filter_act_on_what_it_finds(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash", *"badge", "enter", "t")
        await visitor.sees("Took INC-15")
    async with visit(desk) as visitor:
        await visitor.press("slash", *"zebra", "enter", "t")
        await visitor.sees("Nothing here.")
        assert tickets.view(session_of(desk), 13).assignee == "anna"
        assert "yours already" not in visitor.text, "nothing was acted on"


async def test_a_filter_that_is_not_understood_says_so(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash")
        await visitor.type(" statsu:new")
        await visitor.sees("did you mean “status”")


async def test_an_empty_filter_shows_examples_that_are_no_filter_in_force(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash", "ctrl+u", "enter")
        await visitor.sees("/ e.g. status:open p:1 @me")


async def test_a_long_filter_keeps_apart_from_what_is_said_of_it_and_an_error_is_told_whole(desk: Desk) -> None:
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenQueue("reopened:2026-10-28..2026-11-26 status:all -closed:>7d since:>3d"))
        await visitor.sees("status:all -closed… all tickets")
        possible = "possible: open, active, unresolved, ended, all, new, assigned, in_progress, waiting"
        visitor.app.post_message(OpenQueue("status:nonsens p:5 vpn"))
        await visitor.until(lambda: possible in " ".join(visitor.text.split()), "the whole sentence in the empty page")
        visitor.app.post_message(OpenQueue("status:nonsens"))
        await visitor.misses("Nothing here.")
        await visitor.press("slash", "enter")
        await visitor.until(lambda: possible in " ".join(visitor.text.split()), "the whole sentence in the status bar")
        await visitor.press("ctrl+u", "enter")
        await visitor.misses("nonsens", "possible:")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (140, 45)])
async def test_what_of_a_filter_is_not_understood_is_told_all_and_that_the_rows_are_without_it(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with visit(desk, size=size) as visitor:
        await visitor.press("slash", "ctrl+u")
        await visitor.type("p:1,2 foo:bar")
        await visitor.sees(
            "“foo:” is not known. The rows are without it." if size[0] > 60 else "“foo:” is not known. Left out."
        )
        await visitor.type(" status:xyz")
        await visitor.sees(f"{'not understood, ' if size[0] > 60 else ''}left out: “foo:”, “status:xyz”")
        await visitor.press("enter")
        await visitor.sees("“foo:” is not known. “status:xyz” is not known")
        assert "enter" not in visitor.status
        await visitor.type("t")
        assert visitor.app.screen.query_one(FilterLine).text.endswith("status:xyzt"), "enter stays in the line"
        await visitor.press("ctrl+u")
        await visitor.type("p:1,2")
        await visitor.press("enter", "t")
        await visitor.sees("INC-13 is yours already.")


async def test_an_empty_queue_shows_the_ways_out_and_esc_takes_one(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash")
        await visitor.type(" @me p:5 vpn")
        await visitor.sees("Nothing here.", "enter  to the list and its ways out")
        assert "drop the last word" not in visitor.text
        assert visitor.status.strip() == "tab complete  ctrl+u empty the line  enter esc to the list"
        await visitor.press("enter")
        await visitor.sees("Nothing here.", "drop the last word “vpn”", "clear the filter", "15 tickets")
        assert visitor.status.split() == [":", "commands", "v", "views", "n", "new", "?", "help"]
        await visitor.press("backspace")
        await visitor.sees("open tickets · mine · P5", "1-1 of 1", "INC-2 ", "t take")
        await visitor.press("escape")
        await visitor.sees("1-15 of 15")


async def test_an_empty_queue_says_whole_which_word_goes_where_there_is_room(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash", "ctrl+u")
        await visitor.type("p:5 @mei status:active")
        await visitor.press("enter")
        await visitor.sees("Nothing here.", "backspace  drop the last word “status:active” ", "tickets")


async def test_an_empty_queue_tells_which_name_nobody_has_and_the_view_before_is_a_way_out(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("]", "slash")
        await visitor.type("team:netwrk")
        await visitor.sees("Nothing here.", "There is no team “netwrk”; did you mean “network”?")
        await visitor.press("escape", "[")
        await visitor.sees("1-15 of 15")


async def test_tab_completes_what_stands_dim_behind_the_filter(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash")
        await visitor.at_rest()
        await visitor.type("team:n")
        await visitor.sees("/ status:open team:none")
        await visitor.type("e")
        await visitor.sees("/ status:open team:network")
        await visitor.press("tab")
        await visitor.sees("team network", "1-2 of 2")
        await visitor.press("ctrl+u")
        await visitor.type("cat:vp")
        await visitor.sees("cat:vp  → cat:network.vpn")
        await visitor.press("right")
        await visitor.sees("1-1 of 1")
        assert visitor.app.screen.query_one(FilterLine).text == "cat:network.vpn"


async def test_a_completion_typed_blind_and_at_once_is_the_same(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash")
        await visitor.at_rest()
        await visitor.press(*"@ann", "tab", "space", *"p:1", "enter")
        await visitor.sees("assigned to anna", "1-1 of 1")
        assert visitor.app.screen.query_one(FilterLine).text.endswith("@anna p:1")


async def test_q_leads_back_to_the_figure_whose_tickets_were_opened_and_quits_only_from_there(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("]", "o", "j", "3")
        await visitor.sees("Needs attention first")
        await visitor.press("j", "enter")
        await visitor.sees("q goes back to Metrics.", "due first · resolved 18 Oct")
        await visitor.press("enter")
        await visitor.sees("Timeline")
        await visitor.press("q", "q")
        await visitor.sees("▌ Resolved")
        await visitor.press("q")
        await visitor.sees("open tickets · mine, due first · 1-3 of 3")
        await visitor.press("q")
        assert visitor.app.return_code == 0


async def test_q_leads_back_to_the_ticket_whose_requester_was_asked_for(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("enter")
        await visitor.sees("Timeline")
        await visitor.press("tab", "enter")
        await visitor.sees("q goes back to INC-12.", "from:marta status:all")
        await visitor.press("q")
        await visitor.sees("Timeline", "VPN drops every few minutes")
        await visitor.press("q")
        await visitor.sees("1-15 of 15")
        assert "INC-12" in visitor.row("▌ ")


@pytest.mark.parametrize("key", ["]", "backspace", "escape"])
async def test_another_filter_by_hand_makes_it_the_ordinary_queue_again(desk: Desk, key: str) -> None:
    async with visit(desk) as visitor:
        await visitor.press("3")
        await visitor.sees("Needs attention first")
        await visitor.press("j", "enter")
        await visitor.sees("q goes back to Metrics.")
        await visitor.press(key)
        await visitor.misses("goes back to Metrics", "resolved:2026")
        await visitor.press("q")
        assert visitor.app.return_code == 0


async def test_views_are_turned_by_brackets_and_chosen_from_a_list(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("]")
        await visitor.sees("mine, fair order", "1-3 of 3")
        await visitor.press("[")
        await visitor.sees("1-15 of 15")
        await visitor.press("v")
        await visitor.sees("Views")
        while "Waiting" not in visitor.row("▌  "):
            await visitor.press("j")
        await visitor.press("enter")
        await visitor.sees("waiting tickets", "of 3")


async def test_a_name_that_a_view_cannot_have_stays_in_the_form_with_the_reason(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("v", "s")
        await visitor.sees("Save the filter as a view of your own")
        await visitor.type("Everything that nobody has looked at since")
        await visitor.press("enter")
        await visitor.sees("A view needs a name of 1 to 40 characters.", "Everything that nobody has looked at since")
        await visitor.type("Unseen")
        await visitor.press("enter")
        await visitor.sees("Saved the view Unseen.")
        await visitor.press("v", "r")
        await visitor.sees("Rename the view Unseen")
        await visitor.type("Mine")
        await visitor.press("enter")
        await visitor.sees("The desk has a view Mine already; choose another name.", "Rename the view Unseen")


async def test_a_filter_is_saved_as_a_view_of_ones_own_renamed_and_removed(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("slash")
        await visitor.type("team:network")
        await visitor.press("enter", "v")
        await visitor.sees("The desk's", "Unassigned", "s save the filter")
        await visitor.press("s")
        await visitor.sees("Save the filter as a view of your own", "status:open team:network · fair order")
        await visitor.type("Net")
        await visitor.press("enter")
        await visitor.sees("Saved the view Net.", "Resolved 1  Net 2")
        await visitor.press("v")
        await visitor.sees("Your own", "r rename")
        await visitor.press("r")
        await visitor.sees("Rename the view Net")
        await visitor.type("Network")
        await visitor.press("enter")
        await visitor.sees("The view Net is now called Network.", "Network 2")
        await visitor.press("v")
        await visitor.sees("Your own", "D remove")
        await visitor.press("D")
        await visitor.sees("Remove the view Network?", "Its tickets stay as they are.")
        await visitor.press("y")
        await visitor.sees("Removed the view Network.", "1-15 of 15")
        await visitor.misses("Network 2")


async def test_own_views_are_there_at_the_next_visit_and_the_desks_cannot_be_removed(desk: Desk) -> None:
    save_view(session_of(desk), "Toner", "printer", Order.FAIR)
    async with visit(desk) as visitor:
        await visitor.sees("Toner 1")
        await visitor.press("v")
        await visitor.sees("Your own")
        await visitor.press("D")
        await visitor.sees("This is the desk's view")


async def test_orders_can_be_changed_and_turned_round(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("o")
        await visitor.sees("due first")
        await visitor.until(lambda: "-2d !" in visitor.lines[4], "what was missed longest ago on top")
        await visitor.press("o")
        await visitor.sees("newest first")
        await visitor.until(lambda: "INC-15" in visitor.lines[4], "the newest on top")
        await visitor.press("O")
        await visitor.sees("newest first, reversed")
        await visitor.until(lambda: "INC-1 " in visitor.lines[4], "the oldest on top")


async def mark_two_active(visitor: Visit) -> None:
    await visitor.press("slash", "ctrl+u")
    await visitor.type("status:active")
    await visitor.press("enter")
    await visitor.sees("active tickets")
    await visitor.press("space", "space")
    await visitor.sees("2 marked")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (140, 45)])
async def test_an_order_that_is_not_the_usual_one_is_told_before_anything_else_gives_way(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with visit(desk, size=size) as visitor:

        def told(*parts: str) -> bool:
            return all(part in visitor.lines[2] for part in parts)

        await mark_two_active(visitor)
        for title in ("due first", "newest first", "oldest first"):
            await visitor.press("o")
            await visitor.until(partial(told, title, "2 marked"), title)
            await visitor.press("O")
            await visitor.until(partial(told, f"{title}, reversed", "2 marked"), f"{title}, reversed")
            await visitor.press("O")
        await visitor.press("slash")
        await visitor.type("-tag:something -tag:other -tag:third")
        await visitor.until(partial(told, "oldest first"), "the order beside a long filter")


async def test_what_the_filter_does_not_need_the_sentence_has(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await mark_two_active(visitor)
        await visitor.press("o", "o")
        await visitor.sees("/ status:active  ", "active tickets, newest first · 1-11 of 11 · 2 marked")


async def test_best_first_is_an_order_where_there_are_words(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("o", "o", "o", "o")
        await visitor.sees("fair order")
        await visitor.press("slash")
        await visitor.type(" p")
        await visitor.press("enter")
        await visitor.sees("with “p”, fair order")
        await visitor.press("o", "o", "o", "o")
        await visitor.sees("with “p”, best first")
        best = queue.page(session_of(desk), parse("status:open p"), Order.BEST).rows
        await visitor.until(lambda: f"INC-{best[0].id}" in visitor.lines[4], "the best on top")
        triage.tag(session_of(desk, "tariq"), [best[1].id], add=["x"])
        await visitor.polled()
        assert f"INC-{best[0].id}" in visitor.lines[4], "what changes stays in its place"
        assert f"-{best[1].id} " in visitor.lines[5]
        await visitor.press("escape")
        await visitor.sees("open tickets, fair order")


async def test_a_wide_screen_shows_the_ticket_beside_the_list(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        await on(visitor, VPN)
        await visitor.sees("Latest", "Same on the phone hotspot", "Work note · staff only", "anna 08:58")
        await visitor.sees("one team x high")


# --- live ------------------------------------------------------------------------------------------------------------


async def test_what_others_do_arrives_without_moving_anything(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        before = visitor.lines[4:19]
        triage.take(session_of(desk, "tariq"), [BADGE])
        await visitor.polled()
        await visitor.until(lambda: "tariq" in visitor.row("INC-15"), "the taken ticket")
        after = visitor.lines[4:19]
        assert [one[:40] for one in before if "INC-15" not in one] == [one[:40] for one in after if "INC-15" not in one]
        assert "INC-12" in visitor.row("▌ ")
        assert visitor.row("INC-15").startswith(" •")


LISTENERS = "FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN itdesk'"


@pytest.mark.postgres
async def test_what_one_did_oneself_is_not_marked_as_news(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("s", *"test", "enter")
        await visitor.sees("INC-12 is now testing.")
        await visitor.polled()
        triage.assign(session_of(desk, "jonas"), [13], "jonas")
        await visitor.polled()
        await visitor.until(lambda: "•P1" in visitor.row("INC-13"), "a mark on what jonas changed")
        assert "▌ P2" in visitor.row("INC-12")


async def test_a_ticket_that_left_the_filter_stands_there_as_it_is_now_and_can_be_acted_on_again(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("]")
        await visitor.sees("open tickets · mine", "1-3 of 3")
        await on(visitor, VPN)
        await visitor.press("a", *"jonas", "enter")
        await visitor.sees("Assigned INC-12 to jonas.")
        await visitor.until(lambda: "jonas" in visitor.row("▌ P2 INC-12"), "the new assignee in its row")
        await visitor.press("s", *"test", "enter")
        await visitor.sees("INC-12 is now testing.")
        await visitor.until(lambda: "testing" in visitor.row("▌ P2 INC-12"), "the new status in its row")


async def test_on_postgresql_what_others_do_is_shown_at_once(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "_POLL_SECONDS", 3600.0)
    with closing(world.furnish(postgres_url)) as desk:
        async with visit(desk) as visitor:
            for number, login in ((BADGE, "tariq"), (SWITCH, "petra")):
                triage.assign(session_of(desk, "sam"), [number], login)
                await visitor.sees(login)
            desk.database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN itdesk'"
            )
            triage.assign(session_of(desk, "sam"), [VPN], "mei")
            await visitor.until(lambda: "mei" in visitor.row(f"INC-{VPN}"), "what was done as the connection was lost")
            await visitor.at_rest()
            triage.assign(session_of(desk, "sam"), [VPN], "jonas")
            await visitor.until(lambda: "jonas" in visitor.row(f"INC-{VPN}"), "what was done after it")
        async with asyncio.timeout(20):  # who left listens no more, once the server has seen it go
            while desk.database.row(f"SELECT count(*) {LISTENERS}") != (0,):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_new_ticket_is_announced_and_shown_by_g(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j")
        new = intake.NewTicket("Everybody is locked out today", requester="marta")
        intake.submit(session_of(desk, "tariq"), new)
        await visitor.polled()
        await visitor.sees("↑ 1 new")
        assert "locked out" not in visitor.text
        await visitor.press("g")
        await visitor.sees("locked out")
        await visitor.misses("↑ 1 new")


async def test_a_frozen_queue_stands_still_until_it_is_thawed(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("F")
        await visitor.sees("frozen")
        triage.take(session_of(desk, "tariq"), [BADGE])
        await visitor.polled()
        assert "tariq" not in visitor.row("INC-15")
        await visitor.press("F")
        await visitor.until(lambda: "tariq" in visitor.row("INC-15"), "the taken ticket")


async def test_an_empty_filter_shows_whole_words_of_its_example(desk: Desk) -> None:
    async with visit(desk, size=(60, 15)) as visitor:
        await visitor.press("slash", "ctrl+u")
        await visitor.sees("/ e.g. status:open   ")


async def test_each_view_remembers_its_ticket_and_its_filter(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j", "j")
        await visitor.sees("▌ P2 INC-8 ")
        await visitor.press("right_square_bracket")
        await visitor.sees("open tickets · mine", "▌ P1 INC-13 ")
        await visitor.press("slash", *"p:2", "enter")
        await visitor.sees("/ @me p:2", "▌ P2 INC-12 ")
        await visitor.press("left_square_bracket")
        await visitor.sees("/ status:open ", "▌ P2 INC-8 ", "1-15 of 15")
        await visitor.press("right_square_bracket")
        await visitor.sees("/ @me p:2", "▌ P2 INC-12 ", "1-1 of 1")
        await visitor.press("escape")
        await visitor.sees("/ @me  ", "1-3 of 3")


async def test_in_a_view_one_comes_back_to_no_row_has_moved(desk: Desk) -> None:
    async with visit(desk, size=(80, 15)) as visitor:
        for down in (3, 8):  # INC-12, which is mine as well; then a ticket of the second page
            await visitor.press(*"j" * down)
            await visitor.rests()
            before = visitor.lines[:-1]
            await visitor.press("right_square_bracket")
            await visitor.sees("open tickets · mine", "1-3 of 3")
            await visitor.press("j", "left_square_bracket")
            await visitor.sees("/ status:open ", "of 15")
            await visitor.rests()
            assert visitor.lines[:-1] == before


async def test_in_a_view_from_which_its_ticket_went_the_cursor_stands_where_it_stood(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j", "j", "right_square_bracket")
        await visitor.sees("open tickets · mine")
        resolution.cancel(session_of(desk), [MAILBOX], "Sent twice")
        await visitor.press("left_square_bracket")
        await visitor.sees("▌ P2 INC-12 ", "1-14 of 14")


async def test_a_view_shows_what_one_left_in_it_and_not_what_a_figure_opened(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j", "j", "right_square_bracket")
        await visitor.sees("open tickets · mine")
        await visitor.press("left_square_bracket", "3")
        await visitor.sees("Metrics")
        visitor.app.post_message(OpenQueue("p:5"))
        await visitor.sees("/ p:5", "q goes back to Metrics.")
        await visitor.press("right_square_bracket", "left_square_bracket")
        await visitor.sees("/ status:open ", "▌ P2 INC-8 ")


async def test_a_tickets_place_counts_no_rows_that_left_the_view(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("right_square_bracket", "right_square_bracket")
        await visitor.sees("unassigned, fair order", "1-3 of 3")
        await visitor.press("t")
        await visitor.sees("Took INC-15", "Unassigned 2")
        await visitor.press("enter")
        await visitor.sees("‹ INC-15")
        assert " of " not in visitor.lines[0]
        await visitor.press("right_square_bracket")
        await visitor.until(lambda: "1 of 2" in visitor.lines[0], "the first of those that are left")
        await visitor.press("right_square_bracket")
        await visitor.until(lambda: "2 of 2" in visitor.lines[0], "the last")


# --- acting ----------------------------------------------------------------------------------------------------------


async def test_take_and_undo(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, BADGE)
        await visitor.press("t")
        await visitor.sees("Took INC-15. u undo")
        await visitor.until(lambda: "anna" in visitor.row("INC-15"), "my name")
        await visitor.press("u")
        await visitor.sees("Undid the taking of INC-15")
        assert ticket(desk, BADGE).assignee is None


async def test_undo_is_offered_for_what_was_done_last_also_on_another_screen(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, BADGE)
        await visitor.press("t")
        await visitor.sees("Took INC-15. u undo")
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.paste("Somebody is on the way.")
        await visitor.press("escape", "s")
        await visitor.sees("Replied on INC-15. u undo")
        await visitor.press("q")
        await visitor.sees("open tickets, fair order", "Replied on INC-15. u undo")
        await visitor.press("u")
        await visitor.sees("Undid the reply of INC-15")
        assert ticket(desk, BADGE).assignee == "anna"


async def test_who_takes_a_ticket_from_somebody_is_told_from_whom(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, SWITCH)
        await visitor.press("t")
        await visitor.sees("Took INC-10 from jonas. u undo")
        await visitor.press("u")
        await visitor.sees("Undid the taking of INC-10")
        await visitor.press("*", "t")
        await visitor.sees("They become yours: 3 from tariq, 2 from jonas, 2 from petra, 2 from mei.")


async def test_an_undo_that_is_refused_says_what_undo_takes_back_next_and_makes_room(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("c", *"MTU", "escape", "s")
        await visitor.sees("Noted on INC-12. u undo")
        await visitor.press("q")
        await on(visitor, BADGE)
        await visitor.press("t")
        await visitor.sees("Took INC-15. u undo")
        triage.assign(session_of(desk, "petra"), [BADGE], "petra")
        await visitor.press("u")
        await visitor.sees("INC-15 changed since this taking: petra", "u again takes back: Noted on INC-12.")
        await visitor.press("j", "k")
        await visitor.misses("u again takes back")
        await visitor.press("u")
        await visitor.sees("Undid the note of INC-12.")
        await visitor.press("u")
        await visitor.sees("Nothing of what you did since you came is left to undo.")


async def test_undo_says_when_there_is_nothing_to_undo(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("u")
        await visitor.sees("Nothing of what you did since you came is left to undo.")


@pytest.mark.parametrize(
    ("number", "then"), [(SWITCH, "is now waiting: requester"), (MAILBOX, "is now in progress"), (BADGE, "assigned")]
)
async def test_enter_at_once_sets_the_status_that_usually_follows(desk: Desk, number: int, then: str) -> None:
    async with visit(desk) as visitor:
        await on(visitor, number)
        await visitor.press("s", "enter")
        await visitor.sees(f"INC-{number} is now", then)


async def test_for_tickets_of_several_teams_nobody_is_the_best(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, SWITCH)
        await visitor.press("space")
        await on(visitor, VPN)
        await visitor.press("space", "a")
        await visitor.sees("Assign 2 tickets", "People", "Jonas Berg")
        await visitor.misses("best first")
        await visitor.press("escape", "escape")
        await on(visitor, SWITCH)
        await visitor.press("space", "space", "a")
        await visitor.sees("Assign 2 tickets", "service-desk, best first for INC-10")


async def test_assign_to_a_person_or_to_a_team(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, BADGE)
        await visitor.press("a")
        await visitor.sees("Assign INC-15", "Jonas Berg", "Teams")
        await visitor.type("jonas")
        await visitor.press("enter")
        await visitor.sees("Assigned INC-15 to jonas")
        await visitor.press("a")
        await visitor.sees("Teams")
        await visitor.type("workplace l2")
        await visitor.press("down", "up", "enter")
        await visitor.until(lambda: ticket(desk, BADGE).team == "workplace", "the team")


async def test_status_waiting_carries_its_reason(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("s")
        await visitor.sees("Status of INC-12", "waiting: vendor")
        await visitor.type("vendor")
        await visitor.press("enter")
        await visitor.sees("INC-12 is now waiting: vendor")
        assert ticket(desk, VPN).waiting_reason is WaitingReason.VENDOR


async def test_the_status_key_also_cancels_with_a_reason(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, BADGE)
        await visitor.press("s")
        await visitor.sees("Status of INC-15")
        await visitor.type("cancelled")
        await visitor.press("enter")
        await visitor.sees("Cancel INC-15", "Reason")
        await visitor.type("sent twice")
        await visitor.press("enter")
        await visitor.sees("INC-15")
        await visitor.until(lambda: ticket(desk, BADGE).status is Status.CANCELLED, "cancelled")


async def test_priority_by_the_matrix_and_by_hand(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, BADGE)
        await visitor.press("p")
        await visitor.sees("Priority of INC-15", "one team × high is P2")
        await visitor.press("j", "enter")
        await visitor.sees("INC-15 is now P3")
        await visitor.press("p")
        await visitor.sees("one person × high is P3")
        await visitor.press("1")
        await visitor.sees("by hand: P1", "Reason")
        await visitor.press("enter")
        await visitor.sees("Reason is needed.")
        await visitor.type("the dock is shut")
        await visitor.press("enter")
        await visitor.sees("INC-15 is now P1")


async def test_a_category_is_found_by_typing(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, BADGE)
        await visitor.press("l")
        await visitor.sees("Category of INC-15")
        await visitor.type("wi fi")
        await visitor.press("enter")
        await visitor.sees("INC-15 is now network.wifi, to network")


async def test_escalate_needs_a_reason(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("E")
        await visitor.sees("Escalate INC-12", "Within its team", "Support level 1")
        assert "Support level 2" not in visitor.text, "it is there"
        assert "network · L2" not in visitor.text, "it is there"
        assert "▌" in visitor.row("Support level 3"), "the next level, never one below"
        await visitor.press("enter")
        await visitor.sees("What was tried")
        await visitor.type("firmware")
        await visitor.press("enter")
        await visitor.sees("Escalated INC-12 to network, L3")


async def test_escalating_to_management_leaves_a_ticket_where_it_is(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        before = ticket(desk, VPN)
        await visitor.press("E")
        await visitor.sees("Escalate INC-12")
        await visitor.type("management")
        await visitor.press("enter")
        await visitor.sees("What was tried")
        await visitor.type("the customer wants to leave")
        await visitor.press("enter")
        await visitor.sees("Escalated INC-12 to management: told sam. u undo")
        after = ticket(desk, VPN)
        assert (after.team, after.level, after.assignee) == (before.team, before.level, before.assignee)
        assert [one.text.partition(":")[0] for one in unread(session_of(desk, "sam"))] == [
            "anna escalates INC-12 (P2, network.vpn) to management"
        ]


async def test_why_shows_every_escalation_in_order_of_time(desk: Desk) -> None:
    for reason in ("the customer wants to leave", "the board asks"):
        escalate_to_management(session_of(desk), [VPN], reason)
    async with visit(desk, size=(120, 60)) as visitor:
        await on(visitor, VPN)
        await visitor.press("w")
        await visitor.sees("Why P2 and network.vpn?", "the customer wants to leave", "the board asks")
        assert visitor.text.index("the customer wants to leave") < visitor.text.index("the board asks")
        await visitor.misses("were replaced")


async def test_an_open_screen_of_staff_sweeps_and_says_when_nobody_does(desk: Desk) -> None:
    async with visit(desk) as visitor:
        clock: Any = visitor.app.desk.clock
        assert "not swept" not in visitor.text
        visitor.app.sweep()
        await visitor.until(lambda: visitor.app.desk.swept_at == clock.now, "swept")
        clock.advance(minutes=4)
        visitor.app.poll()
        await visitor.at_rest()
        assert "not swept" not in visitor.text
        clock.advance(minutes=8)
        visitor.app.poll()
        await visitor.sees("! not swept 12m")
        visitor.app.sweep()
        await visitor.until(lambda: visitor.app.desk.swept_at == clock.now, "swept")
        await visitor.until(lambda: "not swept" not in visitor.text, "it lives")
        assert "live" in visitor.lines[0]


async def test_the_list_may_be_read_anew_while_the_cursor_goes_to_a_new_ticket(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visit(desk) as visitor:
        screen = visitor.app._queue
        load = screen._load

        overtaken: list[int] = []

        def load_and_be_overtaken(**wanted: Any) -> Any:
            first = load(**wanted)
            if not overtaken:
                overtaken.append(1)
                load()
            return first

        monkeypatch.setattr(screen, "_load", load_and_be_overtaken)
        assert await screen.go_to_new(VPN)
        await visitor.at_rest()
        assert overtaken
        assert screen.ticket_list.cursor_row.id == VPN  # type: ignore[union-attr]


async def test_what_nobody_swept_before_one_came_is_said_as_soon_as_it_is_known(desk: Desk) -> None:
    async with visit(desk, "otto") as visitor:
        visitor.app.sweep()
        await visitor.at_rest()
        assert "not swept" not in visitor.text, "it never was"
    sweep(session_of(desk))
    async with visit(desk, "otto") as visitor:
        visitor.app.desk.clock.advance(minutes=8)  # type: ignore[attr-defined]
        visitor.app.sweep()
        await visitor.sees("! not swept 8m")


async def test_of_a_desk_that_nobody_ever_swept_an_auditor_reads_since_when_it_is_late(desk: Desk) -> None:
    due = NOW - timedelta(days=3)
    desk.database.execute("UPDATE ticket SET escalates_at = ? WHERE id = ?", (to_microseconds(due), VPN))
    async with visit(desk, "otto") as visitor:
        visitor.app.sweep()
        await visitor.sees("! not swept 3d")
    async with visit(desk) as visitor:
        visitor.app.sweep()
        await visitor.until(lambda: visitor.app.desk.swept_at is not None, "swept")
        await visitor.misses("not swept")


async def test_resolve_says_what_solved_it(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("x")
        await visitor.sees("Resolve INC-12", "Root cause")
        await visitor.type("Lowered it to 1380.")
        await visitor.press("tab")
        await visitor.type("MTU")
        await visitor.press("enter")
        await visitor.sees("Resolved" if "Resolved INC-12" in visitor.text else "INC-12")
        await visitor.until(lambda: ticket(desk, VPN).status is Status.RESOLVED, "resolved")
        assert (ticket(desk, VPN).root_cause, ticket(desk, VPN).resolution) == ("MTU", "Lowered it to 1380.")


async def test_reopen_brings_a_resolved_ticket_back(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("[")
        await visitor.sees("resolved tickets", "INC-2 ")
        await visitor.press("X")
        await visitor.sees("Reopen INC-2", "Reason")
        await visitor.type("link is still old")
        await visitor.press("enter")
        await visitor.until(lambda: ticket(desk, 2).status is Status.IN_PROGRESS, "reopened")


async def test_what_cannot_be_is_told_before_a_text_is_asked_for(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("X")
        await visitor.sees("INC-12 is in progress and cannot be reopened.")
        await visitor.rests()
        await visitor.press("[")
        await visitor.sees("resolved tickets", "INC-2 ")
        await visitor.press("x")
        await visitor.sees("INC-2 is resolved and cannot be resolved.")


async def test_tags_are_added_and_removed_in_one_line(desk: Desk) -> None:
    triage.tag(session_of(desk), [VPN], add=["old"])
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("+")
        await visitor.sees("Now: old.")
        await visitor.type("vpn mtu -old")
        await visitor.press("enter")
        await visitor.until(lambda: ticket(desk, VPN).tags == ("mtu", "vpn"), "the tags")


async def test_link_to_another_ticket_by_its_number(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("&")
        await visitor.sees("Link, merge, split INC-12")
        await visitor.type("duplicate")
        await visitor.press("enter")
        await visitor.sees("INC-12 is a duplicate of …")
        await visitor.type("inc-10")
        await visitor.press("enter")
        await visitor.sees("INC-12 is now a duplicate of INC-10")


async def test_enter_is_not_forgotten_while_the_desk_still_looks_for_the_ticket(desk: Desk) -> None:
    done = threading.Event()
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("&", *"duplicate", "enter")
        await visitor.sees("INC-12 is a duplicate of …", "A number, or words")
        await visitor.at_rest()
        busy = visitor.app.desk.threads.read(lambda session: done.wait(20))
        await visitor.paste("inc-10")
        await visitor.press("enter")
        await asyncio.sleep(0.2)  # longer than one rests from typing before it looks
        done.set()
        await busy
        await visitor.sees("INC-12 is now a duplicate of INC-10")


async def test_a_number_that_is_not_there_is_told(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("&")
        await visitor.sees("Link, merge, split INC-13")
        await visitor.press("enter")
        await visitor.sees("A number, or words")
        await visitor.type("4711")
        await visitor.press("enter")
        await visitor.sees("No such ticket.")


async def test_a_major_incident_is_declared_with_a_reason(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, SWITCH)
        await visitor.press("!")
        await visitor.sees("Declare a major incident", "INC-10")
        await visitor.type("a whole floor")
        await visitor.press("enter")
        await visitor.sees("INC-10 is now a major incident")


# --- several at once -------------------------------------------------------------------------------------------------


async def test_marked_tickets_are_named_before_anything_happens_and_no_is_the_default(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, MAILBOX)
        await visitor.press("space", "j", "space")
        await visitor.sees("2 marked")
        await visitor.press("t")
        await visitor.sees("Take · 2 tickets", "INC-8  Shared mailbox", "INC-15  Badge reader", "n no", "y yes, do 2")
        await visitor.press("enter")
        await visitor.sees("Nothing was changed; what is marked stays marked.", "2 marked")
        assert ticket(desk, BADGE).assignee is None


async def test_one_command_on_many_is_undone_by_one_key(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, MAILBOX)
        await visitor.press("space", "j", "space")
        await visitor.press("t")
        await visitor.sees("Take · 2 tickets")
        await visitor.press("y")
        await visitor.sees("Took 2 tickets. u undo")
        await visitor.misses("marked")
        assert (ticket(desk, MAILBOX).assignee, ticket(desk, BADGE).assignee) == ("anna", "anna")
        await visitor.press("u")
        await visitor.sees("Undid the taking of 2 tickets")
        assert (ticket(desk, MAILBOX).assignee, ticket(desk, BADGE).assignee) == ("petra", None)


async def test_what_would_be_refused_is_told_with_its_reason_before_anything_happens(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("space", "space", "t")
        await visitor.sees("Take · 1 of 2 tickets", "They become yours.", "INC-15  Badge reader")
        await visitor.sees("1 is left as it is", "INC-12 is yours already.", "y yes, do 1")
        assert ticket(desk, BADGE).assignee is None
        await visitor.press("y")
        await visitor.sees("Took INC-15", "Left out 1")
        assert ticket(desk, BADGE).assignee == "anna"
        await visitor.press("u")
        await visitor.sees("Undid the taking of INC-15")


async def test_where_all_refuse_nothing_is_asked(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("space")
        await on(visitor, SAP)
        await visitor.press("space", "t")
        await visitor.sees("Take · none of 2 can be done", "INC-12 is yours already", "INC-13 is yours already")
        await visitor.press("enter")
        await visitor.misses("none of 2")
        await visitor.sees("2 marked")


async def test_the_key_that_says_yes_is_never_one_that_asks(tmp_path: Path) -> None:
    own = world.furnish(tmp_path / "desk.sqlite3", keymap={"take": ("y",), "copy": ("f5",)})
    try:
        async with visit(own) as visitor:
            await on(visitor, MAILBOX)
            await visitor.press("space", "j", "space", "y")
            await visitor.sees("Take · 2 tickets", "z yes, do 2")
            await visitor.press("y")
            await visitor.at_rest()
            assert ticket(own, MAILBOX).assignee == "petra"
            await visitor.press("z")
            await visitor.sees("Took 2 tickets.")
    finally:
        own.close()


async def test_a_note_on_many_goes_to_all_of_them(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("space", "space", "c")
        await visitor.sees("WORK NOTE, staff only, on 2 tickets")
        await visitor.type("same switch")
        await visitor.press("escape", "s")
        await visitor.sees("Note on · 2 tickets")
        await visitor.press("y")
        await visitor.sees("Noted on 2 tickets")
        assert tickets.messages(session_of(desk), BADGE)[-1].text == "same switch"


# --- refusals and trouble --------------------------------------------------------------------------------------------


async def test_a_refusal_says_what_is_possible(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, VPN)
        await visitor.press("t")
        await visitor.sees("INC-12 is yours already.")


async def test_somebody_elses_change_is_not_overwritten(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await on(visitor, BADGE)
        await visitor.press("l")
        await visitor.sees("Category of INC-15")
        triage.take(session_of(desk, "tariq"), [BADGE])
        await visitor.polled()
        await visitor.type("vpn")
        await visitor.press("enter")
        await visitor.sees("INC-15", "changed")
        await visitor.until(lambda: ticket(desk, BADGE).category == "other.unknown", "the old category")


async def test_the_numbers_of_marked_tickets_are_copied_and_said_or_counted(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("space", "space", "y")
        await visitor.sees("Sent to the terminal's clipboard: INC-13 INC-10. y again")
        await visitor.press("space", "space", "y")
        await visitor.sees("Sent to the terminal's clipboard: the numbers of 4 tickets. y again")
        assert len(visitor.app.clipboard.split()) == 4


async def test_an_auditor_may_look_and_is_told_that_acting_is_not_theirs(desk: Desk) -> None:
    async with visit(desk, "otto") as visitor:
        await visitor.press("t")
        await visitor.sees("otto is auditor and may not take tickets")


async def test_when_the_database_is_gone_one_goes_on_reading_and_it_comes_back(desk: Desk) -> None:
    async with visit(desk) as visitor:
        path = desk.database.name
        hidden = Path(path).rename(f"{path}.hidden")  # noqa: ASYNC240 the test may wait for it
        await visitor.polled()
        await visitor.sees("The database does not answer.", "What is shown can be read", "! stale 0m")
        assert "ctrl+r try now" in visitor.text
        await visitor.press("y")
        await visitor.sees("y copy this", "Sent to the terminal's clipboard: what the database said.")
        await visitor.press("j", "j")
        assert "INC-8" in visitor.row("▌ P2")
        await visitor.press("t")
        await visitor.sees("That was not done: the database does not answer.")
        await visitor.press("ctrl+r")
        await visitor.sees("Trying …")
        hidden.rename(path)
        await visitor.press("ctrl+r")
        await visitor.sees("The database answers again. What you did meanwhile was not done.", "live ·")
        await visitor.misses("does not answer")


@pytest.mark.parametrize("keys", [("t",), ("l", "v", "p", "n", "enter")])
async def test_what_the_silent_database_did_not_do_stays_said_until_one_acts_again(
    desk: Desk, keys: tuple[str, ...]
) -> None:
    async with visit(desk) as visitor:
        path = Path(desk.database.name)
        await on(visitor, BADGE)
        path.rename(f"{path}.hidden")  # noqa: ASYNC240 the test may wait for it
        visitor.app._polls_to_skip = 1000
        await visitor.press(*keys)
        await visitor.sees("! The database does not answer.")
        await visitor.at_rest()
        assert "That was not done: the database does not answer. Do it again when it does." in visitor.status


async def test_what_a_form_said_and_the_silent_database_did_not_do_stands_there_again_with_the_reason(
    desk: Desk,
) -> None:
    async with visit(desk) as visitor:
        path = Path(desk.database.name)
        await visitor.press("v", "s")
        await visitor.sees("Save the filter as a view of your own")
        path.rename(f"{path}.hidden")  # noqa: ASYNC240 the test may wait for it
        visitor.app._polls_to_skip = 1000
        await visitor.press("x", "enter")
        await visitor.sees("Not done yet", "Name        x", "That was not done: the database does not answer.")


async def test_notices_stand_whole_above_the_queue_until_esc(desk: Desk) -> None:
    long = f"categories.yaml:8 is faulty; {'the last good settings go on; ' * 3}see `itdesk config check`."
    async with visit(desk, notices=[long, "Theme night.yaml has no colours."]) as visitor:
        assert "! categories.yaml:8 is faulty" in visitor.text
        assert "! Theme night.yaml has no colours." in visitor.text
        assert "check`." in visitor.text
        await visitor.press("escape")
        await visitor.misses("categories.yaml:8 is faulty", "night.yaml")


async def test_notices_that_have_no_room_are_counted(desk: Desk) -> None:
    async with visit(desk, notices=[f"Notice {number}." for number in range(6)]) as visitor:
        assert [line for line in visitor.lines if "Notice" in line or "more" in line][-1].strip() == "▌ ! and 3 more"


async def test_a_changed_rulebook_is_followed(desk: Desk) -> None:
    from itdesk.desk import rulebook as rulebooks
    from itdesk.desk.session import SYSTEM
    from itdesk.domain.classification import Category
    from tests.ui.world import rulebook

    async with visit(desk) as visitor:
        old = rulebook()
        more = Category("network.dns", "Names", None, "categories.yaml:12")
        new = replace(old, categories=(*old.categories, more))
        rulebooks.adopt(replace(session_of(desk), actor=SYSTEM), new, "another")
        await visitor.polled()
        await visitor.press("l")
        await visitor.sees("network.dns")


# --- leaving ---------------------------------------------------------------------------------------------------------


async def test_esc_never_quits_and_q_quits_at_the_root(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("escape", "escape", "escape")
        assert visitor.app.is_running
        await visitor.press("q")
        await visitor.until(lambda: not visitor.app._running or visitor.app._exit, "the end")


async def test_small_windows_say_what_is_needed_and_recover(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.pilot.resize_terminal(59, 24)
        await visitor.sees("itdesk needs 60x15")
        await visitor.pilot.resize_terminal(80, 14)
        await visitor.sees("itdesk needs 60x15")
        await visitor.pilot.resize_terminal(1, 1)
        await visitor.pilot.pause()
        await visitor.pilot.resize_terminal(60, 15)
        await visitor.sees("INC-13")
        await visitor.press("j")
        assert "INC-10" in visitor.row("▌ ")


async def test_the_keys_of_a_keymap_act_and_are_shown(furnished_with_keymap: Desk) -> None:
    async with visit(furnished_with_keymap) as visitor:
        await on(visitor, BADGE)
        await visitor.press("t")
        assert ticket(furnished_with_keymap, BADGE).assignee is None
        await visitor.press("T")
        await visitor.sees("Took INC-15", "T take")
        await visitor.press("question_mark")
        await visitor.sees("T       take", "2 keys changed")


async def test_the_screens_work_on_every_engine(each_desk: Desk) -> None:
    async with visit(each_desk) as visitor:
        await on(visitor, BADGE)
        await visitor.press("t")
        await visitor.sees("Took INC-15. u undo")
        communication.reply(session_of(each_desk, "marta"), [VPN], "And now?")
        await visitor.polled()
        await visitor.until(lambda: visitor.row("INC-12").startswith(" •"), "the changed ticket")
        await visitor.press("slash")
        await visitor.type(" vpn")
        await visitor.sees("with “vpn”", "1-1 of 1")
        await visitor.press("enter", "enter")
        await visitor.sees("And now?")
        await visitor.press("r")
        await visitor.type("Please try again.")
        await visitor.press("escape", "s")
        await visitor.sees("Replied on INC-12")
        assert tickets.messages(session_of(each_desk), VPN)[-1].kind is MessageKind.REPLY
        resolution.resolve(session_of(each_desk, "jonas"), [VPN], "Fixed.")
        await visitor.polled()
        await visitor.until(lambda: "resolved" in visitor.lines[1], "the new status")


async def test_the_queue_is_read_once_at_the_start_so_that_early_keys_count(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("G")
        await visitor.pilot.pause(0.3)
        assert "INC-14" in visitor.row("▌ ")


async def test_enter_right_behind_another_order_opens_the_first_of_that_order_however_slow_the_desk_is(
    desk: Desk,
) -> None:
    async with visit(desk) as visitor:
        gate = threading.Event()
        slow = asyncio.ensure_future(visitor.app.desk.threads.read(lambda session: gate.wait(20)))
        for key in ("o", "o", "enter"):
            visitor.app.post_message(events.Key(key, None))
        await visitor.pilot.pause(0.05)
        gate.set()
        await slow
        await visitor.sees("‹ INC-15")
