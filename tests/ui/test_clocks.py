"""What is due, on every screen: the list's column, the ticket's head and section, the history behind a key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from itdesk.desk import communication, recomputing, resolution, rulebook
from itdesk.desk.session import Desk
from itdesk.domain.ticket import Status, WaitingReason
from itdesk.ui.messages import OpenTicket
from tests.support.desks import StillClock
from tests.ui.visit import Visit, visit
from tests.ui.world import NOW, session_of

VPN, SWITCH, SAP, BADGE = 12, 10, 13, 15


async def open_ticket(visitor: Visit, number: int = VPN) -> None:
    visitor.app.post_message(OpenTicket(number))
    await visitor.sees(f"‹ INC-{number}", "Timeline" if visitor.app.size.width < 110 else "First response")


async def test_the_queue_tells_what_is_due_and_counts_what_is_overdue(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.sees("Overdue 4")
        assert visitor.row("INC-10").endswith("  -22m !  1h")
        assert visitor.row("INC-13").endswith("    6m ~ 34m")
        assert visitor.row("INC-12").endswith(" 7h17m   43m")
        assert visitor.row("INC-7 ").endswith("paused =  1d")
        assert visitor.row("INC-2 ").endswith("resolved  anna                4d"), "nothing is due any more"


async def test_a_minute_later_a_ticket_is_overdue_and_counted_though_nobody_did_anything(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.sees("Overdue 4")
        clock = visitor.app.desk.clock
        assert isinstance(clock, StillClock)
        clock.advance(minutes=7)
        visitor.app.poll()
        await visitor.sees("Overdue 5")
        assert visitor.row("INC-13").endswith("   -1m ! 41m")
        assert "INC-13" in visitor.lines[4], "nothing moves"


async def test_what_becomes_overdue_comes_into_an_open_list_of_it_and_leaves_the_one_of_what_is_not(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        clock = visitor.app.desk.clock
        assert isinstance(clock, StillClock)
        await visitor.press("]", "]", "]", "j")
        await visitor.sees("overdue:yes", "1-4 of 4")
        clock.advance(minutes=7)
        await visitor.polled()
        await visitor.sees("1-5 of 5", "INC-13")
        assert visitor.row("INC-3     ").startswith("▌"), "the cursor stays"
        await visitor.press("/", "ctrl+u")
        await visitor.type("overdue:no p:2")
        await visitor.press("enter")
        await visitor.sees("INC-15", "1-2 of 2")
        clock.advance(hours=1)
        await visitor.polled()
        await visitor.sees("1-1 of 1", "INC-12")
        assert "INC-15" in visitor.text, "it stays under the eyes, dim"
        await visitor.press("ctrl+r")
        await visitor.misses("INC-15")


async def test_a_tickets_head_tells_its_clocks_at_any_width(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        met, left = "First response met 6m of 1h", "Resolution ■□□□□□□□□□ 7h17m left"
        assert visitor.lines[2].rstrip() == f" {met}   {left}       due 16:31"
    async with visit(desk, size=(60, 24)) as visitor:
        await open_ticket(visitor)
        assert visitor.lines[2].split("   ")[0] == f" {left}"
        assert visitor.lines[2].endswith("   due 16:31")
    async with visit(desk, size=(140, 45)) as visitor:
        await open_ticket(visitor)
        await visitor.sees("Clocks", "C history", "Resolution      7h17m left")


async def test_the_head_says_what_is_missed_what_stands_still_and_what_is_next(desk: Desk) -> None:
    later = session_of(desk, "jonas", now=NOW + timedelta(minutes=1))
    communication.reply(later, [SWITCH], "We are on it.")
    resolution.change_status(later, [VPN], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    async with visit(desk, size=(140, 45)) as visitor:
        await open_ticket(visitor, SWITCH)
        await visitor.sees("First response missed 1h03m of 40m !", "update due 10:15")
        await open_ticket(visitor, VPN)
        await visitor.sees("Resolution ■□□□□□□□□□ paused, 7h16m left =")
        assert "due" not in visitor.lines[2]


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_a_key_tells_every_clock_with_its_history_and_copies_it(desk: Desk, size: tuple[int, int]) -> None:
    async with visit(desk, size=size) as visitor:
        await open_ticket(visitor)
        await visitor.press("C")
        await visitor.sees(
            "Clocks of INC-12", "Agreement   high", "sla.yaml:11", "in the time of office, Europe/Warsaw"
        )
        await visitor.sees("08:31       started         opened", "08:37       met             answered")
        await visitor.sees("target 8h  due 16:31", "Times of Europe/Warsaw")
        await visitor.press("y")
        await visitor.sees("sent to the terminal's clipboard")
        await visitor.press("escape")
        await visitor.sees("Reply by anna")


async def test_a_history_says_what_is_left_while_the_ticket_waits_and_no_due_moment(desk: Desk) -> None:
    waiting = session_of(desk, "jonas", now=NOW + timedelta(minutes=1))
    resolution.change_status(waiting, [VPN], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("C")
        await visitor.sees("Clocks of INC-12")
        [line] = [line for line in visitor.lines if "paused  " in line]
        assert "09:15 paused waiting: requester 7h16m of 8h left" in " ".join(line.split())
    later = session_of(desk, "jonas", now=NOW + timedelta(hours=1, minutes=1))
    resolution.change_status(later, [VPN], Status.IN_PROGRESS)
    async with visit(desk) as visitor:
        clock = visitor.app.desk.clock
        assert isinstance(clock, StillClock)
        clock.advance(hours=2)
        await open_ticket(visitor)
        await visitor.press("C")
        await visitor.sees("Clocks of INC-12")
        [line] = [line for line in visitor.lines if "resumed" in line]
        assert "10:15 resumed waits no longer due 17:31" in " ".join(line.split())


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_a_history_says_what_was_due_before_another_calendar_came_and_what_is_since(
    desk: Desk, size: tuple[int, int]
) -> None:
    jonas = session_of(desk, "jonas", now=NOW + timedelta(minutes=1))
    book = jonas.rulebook
    shorter = [
        replace(one, frames=dict.fromkeys(one.frames, ((540, 840),))) if one.name == "office" else one
        for one in book.calendars
    ]
    rulebook.adopt(jonas, replace(book, calendars=tuple(shorter)), "half days")
    recomputing.recompute(session_of(desk, "jonas", now=NOW + timedelta(minutes=1)))
    async with visit(desk, size=size) as visitor:
        await open_ticket(visitor)
        await visitor.press("C")
        await visitor.sees("Clocks of INC-12")
        told = [" ".join(line.replace("│", " ").split()) for line in visitor.lines]
        (place,) = [place for place, line in enumerate(told) if "terms changed" in line]
        assert "08:31 started opened due 16:31" in told[place - 1]
        assert "09:15 terms changed calendar office: 7h16m → 7h45m left" in told[place]
        assert "due 16:31 → due Tue 12:00" in told[place + 1]


async def test_what_was_missed_keeps_its_due_moment_though_it_stood_still_afterwards(desk: Desk) -> None:
    for minutes, status in ((1, Status.WAITING), (61, Status.IN_PROGRESS)):
        session = session_of(desk, "jonas", now=NOW + timedelta(minutes=minutes))
        reason = WaitingReason.REQUESTER if status is Status.WAITING else None
        resolution.change_status(session, [SWITCH], status, waiting_reason=reason)
    async with visit(desk) as visitor:
        clock = visitor.app.desk.clock
        assert isinstance(clock, StillClock)
        clock.advance(minutes=62)
        await open_ticket(visitor, SWITCH)
        await visitor.sees("First response 24m over !", "first response due 08:52")
        await visitor.press("C")
        await visitor.sees("Clocks of INC-10")
        [line] = [line for line in visitor.lines if "resumed" in line and "23m over" in line]
        assert "due" not in line


async def test_the_key_works_from_the_queue_and_the_section(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        await visitor.press("C")
        await visitor.sees("Clocks of INC-13", "priority P1", "in the time of round-the-clock")
        await visitor.press("escape")
        await open_ticket(visitor)
        await visitor.press("tab", "enter")
        await visitor.sees("Clocks of INC-12")


@pytest.mark.parametrize(("login", "named"), [("marta", False), ("anna", True)])
async def test_a_requester_sees_the_clocks_of_a_ticket_but_not_by_which_agreement_they_run(
    desk: Desk, login: str, named: bool
) -> None:
    async with visit(desk, login, size=(140, 45)) as visitor:
        visitor.app.post_message(OpenTicket(VPN))
        await visitor.sees("‹ INC-12", "First response")
        assert ("Agreement" in visitor.text) is named
        await visitor.press("C")
        await visitor.sees("Clocks of INC-12", "in the time of")
        assert ("Agreement" in visitor.text) is named
