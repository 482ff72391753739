"""Time, watchers, mentions, canned replies, presence and notices on the screens."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from itdesk.desk import communication, presence, triage, watchers, worklog
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.errors import Refused
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import tickets
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.presence import others
from itdesk.desk.queries.watchers import watchers as who_watches
from itdesk.desk.queries.work import work_on
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.desk.undo import undo
from itdesk.domain.canned import CannedReply
from itdesk.domain.people import Role
from itdesk.domain.ticket import MessageKind
from itdesk.ui.drafts import DraftsOnTheirWay, UnsavedMessage
from itdesk.ui.messages import OpenTicket
from itdesk.ui.widgets.composer import Composer
from itdesk.ui.work import DeskThreads
from tests.support.desks import StillClock
from tests.ui import world
from tests.ui.visit import Visit, visit
from tests.ui.world import NOW, session_of

VPN, BADGE = 12, 15


async def open_ticket(visitor: Visit, number: int = VPN) -> None:
    visitor.app.post_message(OpenTicket(number))
    await visitor.sees("Timeline", f"-{number}  ")
    await visitor.at_rest()


def clock_of(visitor: Visit) -> Any:
    return visitor.app.desk.clock


async def pass_minutes(visitor: Visit, minutes: int) -> None:
    """The time goes by, with a key now and then."""
    for _ in range(minutes):
        clock_of(visitor).advance(minutes=1)
        await visitor.press("k")
        await visitor.polled()


# --- time ------------------------------------------------------------------------------------------------------------


async def test_the_timer_counts_and_offers_its_minutes_when_one_logs(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        assert "timer" not in visitor.status
        await pass_minutes(visitor, 4)
        assert visitor.status.startswith(" +4m timer runs ")
        await visitor.press("L")
        await visitor.sees("Log time on INC-12", "The timer counted 4m")
        await visitor.press("enter")
        await visitor.type("read the log")
        await visitor.press("enter", "enter")
        await visitor.sees("Logged 4m on INC-12. u undo")
        await visitor.until(lambda: "+4m" not in visitor.status, "a timer that begins anew")
        assert "Time 4m" in visitor.lines[3]
        await visitor.press("u")
        await visitor.sees("Undid the logging of time")
        assert work_on(session_of(desk), VPN) == ()
        await visitor.press("L")
        await visitor.sees("You took back 4m", "read the log")
        await visitor.press("ctrl+k")
        await visitor.type("3m")
        await visitor.press("enter", "enter", "enter")
        await visitor.sees("Logged 3m on INC-12. u undo")
        await visitor.press("L")
        await visitor.sees("Log time on INC-12")
        await visitor.misses("took back")
    assert [(one.minutes, one.note) for one in work_on(session_of(desk), VPN)] == [(3, "read the log")]


async def test_time_that_was_left_is_kept_and_reminded_of_when_something_is_sent(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await pass_minutes(visitor, 2)
        await visitor.press("q")
        await visitor.sees("fair order")
        await pass_minutes(visitor, 3)
        await open_ticket(visitor)
        assert visitor.status.startswith(" +2m ")
        await visitor.press("r")
        await visitor.type("Done")
        await visitor.press("escape", "s")
        await visitor.sees("Replied on INC-12. 2m not logged. u undo L log time")
    assert work_on(session_of(desk), VPN) == ()


async def test_nobody_is_timed_who_only_reads(desk: Desk) -> None:
    async with visit(desk, "otto") as visitor:
        await open_ticket(visitor)
        await pass_minutes(visitor, 3)
        assert "+3m" not in visitor.status
        await visitor.press("L")
        await visitor.type("5m")
        await visitor.press("enter", "enter", "enter")
        await visitor.sees("otto is auditor and may not log")


async def test_a_time_that_cannot_be_read_is_asked_for_again(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("L")
        await visitor.type("soon")
        await visitor.press("enter")
        await visitor.type("the log")
        await visitor.press("enter", "enter")
        await visitor.sees("Write the time like 25m", "the log")
        await visitor.press("escape")
        await visitor.misses("Log time on")


async def test_the_day_of_work_is_said_as_one_says_days(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("L")
        await visitor.type("25m")
        await visitor.press("enter", "enter")
        await visitor.type("someday")
        await visitor.press("enter")
        await visitor.sees("'someday' is no day; write 2026-12-01, today, yesterday or fri.")
        await visitor.press("enter", "enter")
        await visitor.press(*["backspace"] * len("someday"))
        await visitor.type("yesterday")
        await visitor.press("enter")
        await visitor.sees("Logged 25m on INC-12. u undo")
    [entry] = work_on(session_of(desk), VPN)
    assert entry.worked_on == NOW.date() - timedelta(days=1)


# --- watching and notices --------------------------------------------------------------------------------------------


async def test_w_and_enter_watch_a_ticket_and_stop_again(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor, BADGE)
        await visitor.press("W")
        await visitor.sees("Who watches INC-15")
        await visitor.press("enter")
        await visitor.sees("anna now watches INC-15. u undo")
        await visitor.press("tab")
        await visitor.sees("Watching   anna")
        await visitor.press("W")
        await visitor.type("jonas")
        await visitor.press("enter")
        await visitor.sees("jonas now watches INC-15.")
        assert set(who_watches(session_of(desk), [BADGE])) == {"anna", "jonas"}
        await visitor.press("W", "enter")
        await visitor.sees("anna watches INC-15 no longer.")


async def test_what_others_do_is_told_at_once_counted_and_kept_until_it_is_read(desk: Desk) -> None:
    watchers.watch(session_of(desk), [BADGE])
    async with visit(desk) as visitor:
        assert "notice" not in visitor.lines[0]
        await visitor.polled()
        communication.note(session_of(desk, "jonas"), [BADGE], "on my way")
        await visitor.polled()
        await visitor.sees("1 notice · 09:14", "INC-15: jonas wrote a work note i notices")
        triage.assign(session_of(desk, "jonas"), [VPN], "petra")
        triage.assign(session_of(desk, "jonas"), [VPN], "anna")
        await visitor.polled()
        await visitor.sees("2 notices", "jonas assigned INC-12 to you")
        await visitor.press("i")
        await visitor.sees("Notices", "jonas assigned INC-12 to you", "INC-15: jonas wrote a work note")
        await visitor.press("r")
        await visitor.misses("jonas assigned INC-12 to you: VPN drops every few minutes from home  ")
        await visitor.press("enter")
        await visitor.sees("‹ INC-15")
        await visitor.at_rest()
        assert unread(session_of(desk)) == ()
        assert "notice" not in visitor.lines[0]
        await visitor.press("i")
        await visitor.sees("You have no unread notices.")


async def test_a_notice_of_what_was_taken_back_is_said_no_more(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.polled()
        given = triage.assign(session_of(desk, "jonas"), [BADGE], "anna")
        await visitor.polled()
        await visitor.sees("1 notice", "jonas assigned INC-15 to you")
        undo(session_of(desk, "jonas"), given.seqs[0])
        await visitor.polled()
        await visitor.misses("jonas assigned INC-15 to you")
        await visitor.press("i")
        await visitor.sees("You have no unread notices.")


async def _take_and_be_told(visitor: Visit) -> None:
    """Take a ticket, and somebody else does something about one that is watched before that could be read."""
    await visitor.polled()
    await visitor.press("j", "t")
    await visitor.sees("Took INC-10")
    communication.note(session_of(visitor.desk, "jonas"), [BADGE], "on my way")
    await visitor.polled()
    await visitor.sees("1 notice", "Took INC-", "u undo")
    assert "jonas wrote" not in visitor.status


async def test_a_notice_waits_until_what_an_act_said_could_be_read(desk: Desk) -> None:
    watchers.watch(session_of(desk), [BADGE])
    async with visit(desk) as visitor:
        await _take_and_be_told(visitor)
        clock_of(visitor).advance(seconds=4)
        await visitor.polled()
        assert "Took INC-" in visitor.status
        clock_of(visitor).advance(seconds=1)
        await visitor.polled()
        await visitor.sees("jonas wrote a work note i notices")
        assert "Took INC-" not in visitor.status


async def test_the_next_key_lets_a_notice_come(desk: Desk) -> None:
    watchers.watch(session_of(desk), [BADGE])
    async with visit(desk) as visitor:
        await _take_and_be_told(visitor)
        await visitor.press("j")
        await visitor.sees("jonas wrote a work note i notices")
        await visitor.press("u")
        await visitor.sees("Undid the taking of")
        assert len(unread(session_of(desk))) == 1


async def test_notices_of_before_are_counted_on_a_ticket_as_well_and_all_read_at_once(desk: Desk) -> None:
    watchers.watch(session_of(desk), [BADGE, VPN])
    communication.note(session_of(desk, "jonas"), [BADGE, VPN], "soon")
    async with visit(desk) as visitor:
        await visitor.polled()
        await visitor.polled()
        await visitor.sees("2 notices")
        await open_ticket(visitor)
        await visitor.sees("2 notices")
        await visitor.press("i", "R")
        await visitor.sees("You have no unread notices", "Nothing is left to read.")
        await visitor.press("escape")
        await visitor.misses("2 notices")
    assert unread(session_of(desk)) == ()


# --- mentions --------------------------------------------------------------------------------------------------------


async def test_tab_writes_the_login_that_is_offered_behind_an_at_sign(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("c")
        await visitor.sees("WORK NOTE")
        await visitor.at_rest()
        await visitor.type("Ask @jo")
        await visitor.sees("tab writes @jonas")
        await visitor.press("tab")
        await visitor.type("please")
        assert visitor.app.screen.query_one(Composer).text == "Ask @jonas please"
        await visitor.press("escape", "s")
        await visitor.sees("Noted on INC-12")
        await visitor.at_rest()
        [line] = [y for y, text in enumerate(visitor.lines) if "Ask @jonas please" in text]
        underlined = [
            segment.text
            for strip in visitor.app.screen._compositor.render_strips()[line : line + 1]
            for segment in strip
            if segment.style and segment.style.underline
        ]
        assert underlined == ["@jonas"]
    assert [notice.kind for notice in unread(session_of(desk, "jonas"))] == ["mention"]


# --- canned replies --------------------------------------------------------------------------------------------------

REPLIES = (
    CannedReply("again", "Please try again", MessageKind.REPLY, (), "Hello {{ first_name }}, try {{ number }}.", "x:1"),
    CannedReply("vpn", "VPN checks", MessageKind.REPLY, ("network",), "First the {{ category }}.", "x:1"),
    CannedReply("over", "Handover", MessageKind.NOTE, (), "State: {{ status }}", "x:1"),
)


def with_replies(desk: Desk) -> None:
    book = replace(world.rulebook(), replies=REPLIES)
    rulebooks.adopt(Session(desk, SYSTEM, StillClock(NOW)), book, "with replies")


async def test_a_canned_reply_is_read_before_it_is_inserted_and_sent_by_hand(desk: Desk) -> None:
    with_replies(desk)
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.type("Sorry.")
        await visitor.press("escape", "i")
        await visitor.sees("Insert a canned reply", "VPN checks", "for this category", "First the VPN.")
        assert "Handover" not in visitor.text
        await visitor.press("down")
        await visitor.sees("Hello Marta, try INC-12.")
        await visitor.press("enter")
        await visitor.misses("Insert a canned reply")
        composer = visitor.app.screen.query_one(Composer)
        assert (composer.text, composer.writing) == ("Sorry.\nHello Marta, try INC-12.", True)
    assert tickets.messages(session_of(desk), VPN)[-1].kind is MessageKind.REQUESTER, "nothing was sent"


async def test_the_palette_begins_a_canned_note_on_the_ticket_under_the_cursor(desk: Desk) -> None:
    with_replies(desk)
    async with visit(desk) as visitor:
        await visitor.press("j", "j", "j", ":")
        await visitor.type("canned hand")
        await visitor.sees("Send canned note: Handover")
        await visitor.press("enter")
        await visitor.sees("WORK NOTE", "State: in progress")


# --- presence --------------------------------------------------------------------------------------------------------


async def test_who_else_has_the_ticket_open_is_shown_and_goes_again(desk: Desk) -> None:
    presence.here(session_of(desk, "jonas"), VPN, writing=False)
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        assert visitor.lines[1].endswith("also here jonas")
        presence.here(session_of(desk, "jonas"), VPN, writing=True)
        communication.note(session_of(desk, "petra"), [BADGE], "x")
        await visitor.polled()
        await visitor.sees("also here jonas writing")
        presence.left(session_of(desk, "jonas"), VPN)
        clock_of(visitor).advance(minutes=1)
        await visitor.polled()
        await visitor.misses("also here")


async def test_others_see_that_one_writes_and_that_one_left(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.at_rest()
        assert [(other.login, other.writing) for other in others(session_of(desk, "jonas"), VPN)] == [("anna", True)]
        await visitor.press("escape", "escape", "q")
        await visitor.sees("fair order")
        await visitor.at_rest()
        assert others(session_of(desk, "jonas"), VPN) == ()


async def test_a_colleague_who_logs_time_or_watches_is_no_collision(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.type("Hello")
        jonas = session_of(desk, "jonas")
        worklog.log_time(jonas, [VPN], 5)
        watchers.watch(jonas, [VPN])
        await visitor.press("escape", "s")
        await visitor.sees("Replied on INC-12")


# --- who one is -------------------------------------------------------------------------------------------------------


async def test_another_role_and_another_team_hold_at_once_on_an_open_screen(desk: Desk) -> None:
    async with visit(desk) as visitor:
        people = [NewPerson("anna", "Anna Nowak", Role.TEAM_LEAD, level=2, teams=("network", "workplace"))]
        add_people(Session(desk, SYSTEM, StillClock(NOW)), people)
        await visitor.polled()
        await visitor.sees("You are now team lead, in network, workplace.")
        await visitor.press("4", "plus")
        await visitor.sees("Shift of every week")


async def test_a_sent_text_is_not_kept_though_the_line_is_cut_before_the_screen_hears_of_it(
    desk: Desk,
) -> None:
    session = session_of(desk)
    threads, drafts = DeskThreads(session), DraftsOnTheirWay()
    sent, other = (UnsavedMessage(number, "", MessageKind.REPLY, "Half a thought", None) for number in (VPN, BADGE))
    drafts.forget((VPN, MessageKind.REPLY), sent.text)
    for text in (sent, other):
        drafts.note(text)
    drafts.send(threads)
    threads.close()
    assert communication.drafts(session, VPN) == ()
    assert [draft.text for draft in communication.drafts(session, BADGE)] == ["Half a thought"]


async def test_what_one_sends_leaves_the_text_that_one_keeps_in_a_second_window(desk: Desk) -> None:
    async with visit(desk) as left, visit(desk) as right:
        for visitor, text in ((left, "Alpha"), (right, "Bravo")):
            await open_ticket(visitor)
            await visitor.press("r")
            await visitor.type(text)
        await right.press("escape", "escape")
        await right.sees("Your text is kept as a draft.")
        await left.press("escape", "s")
        await left.sees("Replied on INC-12.")
        await right.polled()
        await right.press("r")
        await right.sees("Bravo", "draft from")
    [draft] = communication.drafts(session_of(desk), VPN)
    assert draft.text in ("Bravo", "Alpha\n\nBravo"), "as one was kept before the other, or not at all"


async def test_a_reply_that_was_refused_goes_with_its_draft_when_it_is_sent_again(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.type("Alpha")
        await visitor.sees("draft kept")
        drafts, place = visitor.app.desk.drafts, (VPN, MessageKind.REPLY)

        def refuse(_draft: str) -> None:
            raise Refused("not now")

        with pytest.raises(Refused):
            await visitor.app.desk.threads.write(lambda session: drafts.end(session, place, refuse))
        await visitor.type(" and on")
        await visitor.sees("draft kept")
        assert [draft.text for draft in communication.drafts(session_of(desk), VPN)] == ["Alpha and on"]
        await visitor.press("escape", "s")
        await visitor.sees("Replied on INC-12.")
    assert communication.drafts(session_of(desk), VPN) == ()


async def test_two_windows_of_one_person_keep_the_texts_of_both(desk: Desk) -> None:
    async with visit(desk) as left, visit(desk) as right:
        for visitor in (left, right):
            await open_ticket(visitor)
            await visitor.press("r")
        for visitor, text in ((left, "Alpha"), (right, "Bravo"), (right, " and on")):
            await visitor.type(text)
            await visitor.sees("draft kept")
        assert [draft.text for draft in communication.drafts(session_of(desk), VPN)] == ["Alpha\n\nBravo and on"]
        await right.press("escape", "s")
        await right.sees("Replied on INC-12.")
        assert [draft.text for draft in communication.drafts(session_of(desk), VPN)] == ["Alpha"]
        await left.press("escape", "s")
        await left.sees("Replied on INC-12.", "Alpha", "Bravo and on")
    assert communication.drafts(session_of(desk), VPN) == ()


async def test_who_writes_on_while_the_text_is_being_saved_is_not_told_that_it_was_not(desk: Desk) -> None:
    session = session_of(desk)
    threads, drafts = DeskThreads(session), DraftsOnTheirWay()
    first, second = (UnsavedMessage(VPN, "INC-12", MessageKind.REPLY, text, None) for text in ("Half", "Half a tho"))
    drafts.note(first)
    saving = asyncio.ensure_future(drafts.kept(threads))
    await asyncio.sleep(0)
    drafts.note(second)
    assert await saving
    assert list(drafts.names) == ["Your reply on INC-12"]
    assert await drafts.kept(threads)
    assert list(drafts.names) == []
    await asyncio.to_thread(threads.close)
