"""The schedule on the screen: seen, moved through, changed by keyboard, and as it is where it is narrow or empty."""

from datetime import UTC, date, datetime, timedelta

import pytest

from itdesk.desk import schedule, visits
from itdesk.desk.errors import Refused, Unavailable
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import plans
from itdesk.desk.queries import schedule as queries
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.schedule import scheduled
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.domain.people import Role
from itdesk.domain.schedule import Plan
from itdesk.ui.schedule import ScheduleScreen
from itdesk.ui.widgets.schedule_grid import ScheduleGrid
from tests.support.desks import StillClock
from tests.ui.rota import DAY, MONDAY, VPN, at, plan_week
from tests.ui.visit import Visit, visit
from tests.ui.world import NOW, rulebook, session_of


@pytest.fixture
def planned(desk: Desk) -> Desk:
    """The desk with a week's schedule: shifts, an absence, duty on call, a visit, and what is to be settled of it."""
    plan_week(desk)
    return desk


def grid(visitor: Visit) -> ScheduleGrid:
    return visitor.app.screen.query_one(ScheduleGrid)


async def at_schedule(visitor: Visit, *also: str) -> None:
    await visitor.press("4")
    await visitor.sees("∙", "Network", *also)


async def form(visitor: Visit, *texts: str | None) -> None:
    """Fill in a form from its first field on; None leaves what stands there."""
    for text in texts:
        if text is not None:
            await visitor.press("ctrl+a", "ctrl+k")
            await visitor.paste(text)
        await visitor.press("enter")


# --- seen -------------------------------------------------------------------------------------------------------------


async def test_a_week_shows_who_is_there_hour_by_hour_and_what_is_to_be_settled(planned: Desk) -> None:
    async with visit(planned, size=(140, 45)) as visitor:
        await at_schedule(visitor, "To settle")
        await visitor.sees("Mon 16 today", "Service desk · L1", "Network · L2", "Week 47 · 16 Nov to 22 Nov")
        assert visitor.row(" anna ").split()[3:6] == ["∙∙■■■■■■■■∙∙∙∙∙", "∙∙■■■■■■■■∙∙∙∙∙", "∙∙■■■■■VV■∙∙∙∙∙"]
        assert "away: holiday    away: holiday" in visitor.row(" jonas ")
        assert "∙∙∙∙!a■■■■■■∙∙∙" in visitor.row(" mei ")
        assert "no shifts" in visitor.row(" petra ")
        assert "jonas ────" in visitor.row("  Network   ")
        assert "!anna ────" in visitor.row("  Network   ")
        assert "▇" in visitor.row(" On shift ")
        assert "5 people · Warsaw time · 4 conflicts, 2 gaps" in visitor.text
        await visitor.sees("! Tue 17 10-11", "mei is away (training) and has an appointment: INC-11")
        await visitor.sees("~ Thu 19, Fri 20", "jonas is away (holiday) and has 2 shifts")


async def test_a_visit_that_nobody_ended_stays_until_somebody_does(planned: Desk) -> None:
    async with visit(planned, size=(140, 45)) as visitor:
        visitor.app.desk.clock.now = at(6, 20)  # type: ignore[attr-defined]
        await at_schedule(visitor, "To settle")
        await visitor.sees("open visit", "visit is over and nobody ended it: INC-")


async def test_holidays_and_thin_cover_are_named(planned: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    holidays = {MONDAY + DAY: "Founders' Day"}
    monkeypatch.setattr(plans, "holidays", lambda *_: holidays)
    monkeypatch.setattr(queries, "holidays", lambda *_: holidays)
    monkeypatch.setattr(queries, "business_frames", lambda *_: [(at(0, 8), at(0, 18))])
    async with visit(planned, size=(140, 45)) as visitor:
        await at_schedule(visitor, "Founders' Day")
        assert "■" not in visitor.row(" anna ")[30:47]
        await visitor.sees("network: nobody on shift, 1 wanted", "Mon 16 16-18")
        assert visitor.row(" by hour").split() == ["by", "hour", "!!"] or "!" in visitor.row(" by hour")
        await visitor.press("w")
        await visitor.sees("holiday: Founders' Day")


async def test_as_many_days_as_fit_and_the_others_follow_the_cursor(planned: Desk) -> None:
    def days(visitor: Visit) -> int:
        return len([word for word in visitor.lines[3].split() if word.isdigit()])

    async with visit(planned) as visitor:
        await at_schedule(visitor)
        for size, fitting in (((140, 45), 7), ((120, 40), 7), ((80, 24), 3), ((60, 15), 1), ((200, 50), 7)):
            await visitor.pilot.resize_terminal(*size)
            await visitor.until(lambda: days(visitor) == fitting, f"{fitting} days")  # noqa: B023
            await visitor.press(*["w"] * 6)
            await visitor.sees("Sun 22")
            await visitor.press(*["b"] * 6)
            await visitor.sees("Mon 16", "▌ anna")
            assert "09:14" in visitor.lines[0]


async def test_the_cell_under_the_cursor_is_told_in_words_and_enter_opens_the_ticket(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.sees("Mon 16 Nov 09:00 · anna · on shift 08:00-16:00")
        await visitor.press("enter")
        await visitor.sees("No visit here. + adds something.")
        await visitor.press("w")
        await visitor.misses("No visit here.")
        await visitor.press("w", *"llll")
        await visitor.sees("Wed 18 Nov 13:00 · anna · on shift 08:00-16:00 · V 13:00 visit, 2h, Gdańsk")
        await visitor.press(*"lllllll", "l")
        await visitor.sees("Thu 19 Nov 06:00 · anna · off")
        await visitor.press("h")
        await visitor.sees("Wed 18 Nov 20:00")
        await visitor.press("j", "w")
        await visitor.sees("· jonas · away Thu 19 Nov 2026 to Fri 20 Nov 2026: holiday")
        await visitor.press("k", "b", *"hhhhhhh", "enter")
        await visitor.sees("Reply by anna", "INC-12")


async def test_two_weeks_and_the_lists_of_duty_and_absences(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("]")
        await visitor.sees("16 Nov to 29 Nov", "08-16", "holiday", "by day")
        await visitor.press("]", "]")
        await visitor.sees("network           Mon 9 Nov 2026 08:00 to Thu 19 Nov 2026 08:00")
        await visitor.press("]")
        await visitor.sees("holiday           Thu 19 Nov 2026 to Fri 20 Nov 2026")
        await visitor.press("j", "enter")
        await visitor.sees("Thu 19 Nov", "· jonas ·")
        await visitor.press("[", "greater_than_sign", "greater_than_sign")
        await visitor.sees("Nobody is away from 30 Nov to 27 Dec. + adds to it.")


async def test_a_month_shows_every_day_and_enter_opens_the_visit_or_the_week(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("w", "w", "]", "]")
        await visitor.sees("< November 2026 >", "S M T W T F S S M T W", "Wed 18 Nov · anna", "V 13:00 visit")
        assert visitor.row(" anna ").split()[3:] == list("■■V■■■■■■■■")
        assert visitor.row(" jonas ").split()[2:] == list("■■■aa■■■■■■")
        assert visitor.row(" mei ").split()[2:] == list("■!■■■■■■■■■")
        assert "no shifts" in visitor.row(" petra ")
        assert "jonas ────" in visitor.row("  Network   ")
        await visitor.press("enter")
        await visitor.sees("Reply by anna", "INC-12")
        await visitor.press("4")
        await visitor.sees("< November 2026 >")
        await visitor.press(*["w"] * 5, "enter")
        await visitor.sees("Week 48", "Mon 23 Nov", "· anna · on shift")
        await visitor.press("[")
        await visitor.sees("Nobody is away from 23 Nov to 20 Dec.")
        await visitor.press("[", "[")
        await visitor.sees("< November 2026 >", "Mon 23 Nov · anna")


async def test_gaps_and_conflicts_that_are_over_are_not_marked(planned: Desk) -> None:
    async with visit(planned, size=(140, 45)) as visitor:
        await at_schedule(visitor)
        await visitor.press("]", "]")
        await visitor.sees("< November 2026 >", "network: nobody is on call")
        past, to_come = visitor.row("  Network   ").split("jonas")
        assert "!" not in past
        assert to_come.count("!") > 5
        assert visitor.row(" by day ")[: visitor.row(" jonas ").index("08")].strip() == "by day"
        assert "!" in visitor.row(" mei ")
    async with visit(planned, size=(140, 45)) as visitor:
        clock = visitor.app.desk.clock
        assert isinstance(clock, StillClock)
        clock.advance(days=4)
        await at_schedule(visitor)
        await visitor.sees("Fri 20 today")
        assert "∙∙∙∙Va■■■■■■∙∙∙" in visitor.row(" mei "), "what clashed is seen, but it is over"


async def test_months_turn_by_keys_and_over_the_edge_and_today_is_a_key_away(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("]", "]", *["w"] * 14)
        await visitor.sees("Mon 30 Nov · anna")
        await visitor.press("l")
        await visitor.sees("< December 2026 >", "Tue 1 Dec · anna")
        await visitor.press("h")
        await visitor.sees("< November 2026 >", "Mon 30 Nov · anna")
        await visitor.press("greater_than_sign", "greater_than_sign", "greater_than_sign")
        await visitor.sees("< February 2027 >", "Sun 28 Feb · anna")
        await visitor.press("t")
        await visitor.sees("< November 2026 >", "Mon 16 Nov · anna")


async def test_a_month_on_a_wide_screen_tells_when_shifts_begin_and_names_holidays(
    planned: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    holidays = {MONDAY + 8 * DAY: "Founders' Day", MONDAY + 9 * DAY: "Second day"}
    monkeypatch.setattr(plans, "holidays", lambda *_: holidays)
    monkeypatch.setattr(queries, "holidays", lambda *_: holidays)
    async with visit(planned, size=(140, 45)) as visitor:
        await at_schedule(visitor)
        await visitor.press("]", "]")
        await visitor.sees(
            "Mon Tue Wed Thu Fri Sat Sun", "14  15  16  17", "Second day", "08 on shift from 08:00", "h holiday"
        )
        first_week, second_week = ["08", "08", "08V", "08", "08"], ["08", "h", "h", "08", "08"]
        assert visitor.row(" anna ").split()[3:] == [*first_week, *second_week, "08"]
        await visitor.press(*["w"] * 8)
        await visitor.sees("Tue 24 Nov · anna · off · holiday: Founders' Day")


async def test_days_of_a_month_that_do_not_fit_follow_the_cursor(planned: Desk) -> None:
    async with visit(planned, size=(60, 15)) as visitor:
        await at_schedule(visitor)
        await visitor.press("]", "]")
        await visitor.sees("November 2026", "Mon 16 Nov · anna")
        await visitor.press(*["w"] * 14)
        await visitor.sees("Mon 30 Nov · anna", "30")
        await visitor.press(*["b"] * 29)
        await visitor.sees("Sun 1 Nov · anna")


async def test_the_legend_of_a_small_terminal_has_only_signs_with_their_whole_words(planned: Desk) -> None:
    async with visit(planned, size=(60, 15)) as visitor:
        await at_schedule(visitor)
        assert visitor.row("conflict or gap").endswith("conflict or gap")


async def test_weeks_turn_and_the_cursor_goes_over_the_edge(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("greater_than_sign")
        await visitor.sees("Week 48", "Mon 23 Nov 09:00 · anna")
        await visitor.press("b")
        await visitor.sees("Week 47", "Sun 22 Nov 09:00 · anna")
        await visitor.press("w")
        await visitor.sees("Mon 23 Nov 09:00 · anna")
        await visitor.press("t")
        await visitor.sees("Week 47", "Mon 16 Nov 09:00 · anna")
        await visitor.press("slash")
        await visitor.type("netw")
        await visitor.press("enter")
        await visitor.sees("/ network", "2 people")
        assert "tariq" not in visitor.text


async def test_what_is_to_be_settled_is_a_key_away_and_enter_jumps_there(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("tab")
        await visitor.sees("▌ ! Mon 16 16-18    network: nobody on shift, 1 wanted, on 5 days")
        await visitor.press("j")
        await visitor.sees("▌ ! Tue 17 10-11", "Tue 17 Nov 2026 10:00 to 11:00 · mei is away (training)")
        await visitor.press("enter")
        await visitor.sees("▌ mei", "Tue 17 Nov 10:00 · mei", "! mei is away (training) and has an")
        await visitor.press("tab", "j", "j", "j", "j", "enter")
        await visitor.sees("▌ Network", "Thu 19 Nov 06:00 · jonas · ! jonas is away (holiday) and on call")
        await visitor.press("tab", "tab")
        await visitor.sees("▌ Network")


async def test_an_empty_schedule_says_how_to_begin(desk: Desk) -> None:
    async with visit(desk, "sam") as visitor:
        await visitor.press("4")
        await visitor.sees("No shifts yet. + adds one; whoever has none counts as always there.", "no shifts")
        await visitor.sees("Nothing clashes, and nobody is missed.")


async def test_a_schedule_that_cannot_be_read_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise Unavailable("The database does not answer: connection refused. Nothing was lost.")

    monkeypatch.setattr("itdesk.ui.schedule.scheduled", fail)
    async with visit(desk) as visitor:
        await visitor.press("4")
        await visitor.sees("The schedule could not be read. ctrl+r tries again.", "! The database does not answer.")
        monkeypatch.setattr("itdesk.ui.schedule.scheduled", queries.scheduled)
        await visitor.press("ctrl+r")
        await visitor.sees("No shifts yet.")


# --- changed ----------------------------------------------------------------------------------------------------------


async def test_a_shift_is_added_refused_twice_and_undone(planned: Desk) -> None:
    async with visit(planned, "sam") as visitor:
        await at_schedule(visitor)
        await visitor.press("G")
        await visitor.press("tab", *["k"] * 9)
        await visitor.press("g", "j", "j", *["w"] * 5)
        await visitor.sees("Sat 21 Nov 09:00 · anna · off")
        await visitor.press("plus")
        await visitor.sees("Add for anna, Sat 21 Nov", "Shift of every week", "Duty on call")
        await visitor.press("enter")
        await visitor.sees("Shift on a day")
        await form(visitor, "9 to 12", None, None)
        await visitor.sees("'9 to 12' is no shift; write 08:00-16:00.")
        await form(visitor, "09:00-12:00", None, None)
        await visitor.sees("anna is on shift Sat 21 Nov 2026 09:00-12:00.", "u undo", "· on shift 09:00-12:00")
        await visitor.press("plus", "enter")
        await visitor.sees("Shift on a day")
        await form(visitor, "10:00-11:00", None, None)
        await visitor.sees("anna is on shift then already: Sat 21 Nov 2026 09:00 to 12:00.", "Not done yet")
        await visitor.press("escape")
        await visitor.press("u")
        await visitor.sees("Undid the shift of anna.", "Sat 21 Nov 09:00 · anna · off")


async def test_a_shift_of_every_week_is_added_and_deleted_for_good(desk: Desk) -> None:
    async with visit(desk, "sam") as visitor:
        await visitor.press("4")
        await visitor.sees("No shifts yet.")
        await visitor.press("plus")
        await visitor.sees("Shift of every week")
        await visitor.type("every")
        await visitor.press("enter")
        await visitor.sees("On holidays")
        await form(visitor, "07:00-15:00", "mei, tariq", "mon-wed", None, None, "maybe")
        await visitor.sees("Say yes or no")
        await form(visitor, None, None, None, None, None, "no")
        await visitor.sees("mei and tariq are on shift mon-wed 07:00-15:00 from Mon 16", "∙■■■■■■■■∙")
        await visitor.press("d")
        await visitor.sees("every Monday 07:00-15:00, as if it had never been")
        await visitor.press("down", "down", "enter")
        await visitor.sees("Delete it?", "y yes, delete it")
        await visitor.press("d")
        await visitor.sees("Delete it?")
        await visitor.press("y")
        await visitor.sees("Removed 1 weekly shift of mei.")
        assert len(queries.weekly_shifts_of(session_of(desk, "sam"), "mei")) == 2


async def test_a_weekly_shift_moves_to_somebody_else_from_a_day_on_and_ends_before_one(desk: Desk) -> None:
    sam = session_of(desk, "sam")
    schedule.add_weekly_shifts(sam, ["mei"], [0], 600, 1080, first_day=MONDAY - 14 * DAY)

    def weekly(login: str) -> list[tuple[int, str, str]]:
        found = queries.weekly_shifts_of(sam, login)
        return [(one.starts, one.first_day.isoformat(), str(one.last_day)) for one in found]

    before = weekly("mei")
    async with visit(desk, "sam", size=(140, 45)) as visitor:
        await at_schedule(visitor)
        await visitor.press("g", "m")
        await visitor.sees("Move", "this day alone", "every Monday 10:00-18:00, from Mon 16 Nov 2026 on")
        await visitor.press("down", "enter")
        await visitor.sees("Move the shift of mei", "Every week from this day on: the weeks before stay as they are.")
        await form(visitor, "09:00-13:00", None, "petra")
        await visitor.sees("petra is on shift mon 09:00-13:00 from Mon 16 Nov 2026 on, for mei.")
        assert weekly("mei") == [(600, "2026-11-02", "2026-11-15")]
        assert weekly("petra") == [(540, "2026-11-16", "None")]
        await visitor.press("u")
        await visitor.sees("Undid the change of a weekly shift of mei and petra.")
        assert (weekly("mei"), weekly("petra")) == (before, [])
        await visitor.press("d")
        await visitor.sees("every Monday", "from Mon 16 Nov 2026 on", "as if it had never been")
        await visitor.press("down", "enter")
        await visitor.sees("Delete it?")
        await visitor.press("y")
        await visitor.sees("until Sun 15 Nov 2026")
        assert weekly("mei") == [(600, "2026-11-02", "2026-11-15")]
        await visitor.press("u")
        await visitor.sees("Undid the change of a weekly shift of mei.")
        assert weekly("mei") == before


async def test_an_absence_of_ones_own_is_added_changed_and_deleted(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("w", "w", "plus")
        await visitor.sees("Add for anna, Wed 18 Nov", "2 of 2")
        await visitor.press("enter")
        await form(visitor, "sick", None, None, None)
        await visitor.sees("anna is away Wed 18 Nov 2026: sick. To settle", "! away: sick")
        await visitor.press("m")  # the shift that she has then as well she may not move
        await visitor.sees("Change the absence", "2026-11-18")
        await form(visitor, None, "2026-11-19", "flu")
        await visitor.sees("anna is now away Wed 18 Nov 2026 to Thu 19 Nov 2026: flu.")
        await visitor.press("]", "]", "]", "]")
        await visitor.sees("flu")
        await visitor.press("j")
        await visitor.until(lambda: "▌anna" in visitor.text, "anna's absence")
        await visitor.press("d")
        await visitor.sees("Delete it?", "Absence of anna: flu")
        await visitor.press("y")
        await visitor.sees("anna is not away")
        await visitor.until(lambda: "flu" not in visitor.row("anna "), "the list without it")


async def test_a_technician_is_told_calmly_who_plans(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("s")
        await visitor.sees("Shifts and duty on call are planned by team leads.")
        await visitor.rests()
        await visitor.press("m")
        await visitor.sees("Shifts and duty on call are planned by team leads.")
        await visitor.rests()
        await visitor.press("j", "w", "w", "w", "d")
        await visitor.sees("You enter your own absences; those of others")
        await visitor.rests()
        await visitor.press("]", "]", "]", "plus")
        await visitor.sees("Shifts and duty on call are planned by team leads.")


async def test_an_auditor_looks_only_and_where_no_files_may_be_written_the_command_is_named(planned: Desk) -> None:
    async with visit(planned, "otto") as visitor:
        await at_schedule(visitor)
        for key in ("plus", "m", "s", "d", "a"):
            await visitor.press(key)
            await visitor.sees("You may look at the schedule, but not change it.")
            await visitor.rests()
        await visitor.press("i")
        await visitor.sees("Here no files can be written. `itdesk schedule export`")


async def test_two_people_swap_undo_takes_both_back_and_a_shift_moves_to_somebody_else(planned: Desk) -> None:
    async with visit(planned, "sam", size=(140, 45)) as visitor:
        await at_schedule(visitor)
        await visitor.press("g", "s")
        await visitor.sees(
            "Swap mei, Mon 16 Nov 2026 10:00 to 18:00, with", "tariq        Mon 16 Nov 2026 07:00 to 15:00"
        )
        assert "Tue 17 Nov 2026 07:00" not in visitor.text, "tariq works on Monday and mei on Tuesday"
        await visitor.type("tariq mon")
        await visitor.press("enter")
        await visitor.sees("mei and tariq swapped", "· mei · on shift 07:00-15:00")
        await visitor.press("u")
        await visitor.sees("Undid the swap of shifts of mei and tariq.")
        await visitor.press("m")
        await visitor.sees("this day alone", "from Mon 16 Nov 2026 on")
        await visitor.press("enter")
        await visitor.sees("Move the shift of mei", "This day alone")
        await form(visitor, "09:00-13:00", None, "petra")
        await visitor.sees("is now petra's: Mon 16 Nov 2026 09:00-13:00.", "∙∙∙■■■■∙∙")


async def test_a_swap_offers_the_own_team_first_and_marks_who_is_away(planned: Desk) -> None:
    schedule.add_absence(session_of(planned), "anna", at(2, 0), at(3, 0), "sick")

    def offered(visitor: Visit) -> list[str]:
        boxed = [line[line.index("│") + 1 : line.rindex("│")].strip(" ▌") for line in visitor.lines if "│" in line]
        return [" ".join(line.split()) for line in boxed[boxed.index("Own team") :]]

    async with visit(planned, "sam", size=(140, 45)) as visitor:
        await at_schedule(visitor)
        await visitor.press("g", "w", "w", "s")
        await visitor.sees("Swap mei, Wed 18 Nov 2026 10:00 to 18:00, with")
        assert offered(visitor) == [
            "Own team",
            "tariq Wed 18 Nov 2026 07:00 to 15:00",
            "Other teams",
            "jonas Wed 18 Nov 2026 08:00 to 16:00 network",
            "anna Wed 18 Nov 2026 08:00 to 16:00 away: sick",
        ]
        await visitor.press("escape", "b", "s")
        await visitor.sees("Swap mei, Tue 17 Nov 2026 10:00 to 18:00, with")
        assert all(line.endswith("mei away: training") for line in offered(visitor) if " 17 Nov" in line)


async def test_a_visit_from_the_schedule_begins_at_an_hour_to_come_and_one_that_has_begun_is_asked_for(
    planned: Desk,
) -> None:
    async with visit(planned, "mei") as visitor:
        await at_schedule(visitor)
        await visitor.sees("Mon 16 Nov 09:00 · mei")
        for page, proposed in (("", "2026-11-16 10:00"), ("]", "2026-11-18 10:00")):
            await visitor.press(*page, *("ww" if page else ""), "plus")
            await visitor.sees("Visit for a ticket")
            await visitor.type("visit")
            await visitor.press("enter")
            await visitor.sees("For ticket")
            if not page:  # what was written there before stands there
                await visitor.paste(str(VPN))
            await visitor.press("enter")
            await visitor.sees(f"When        {proposed}")
            if not page:
                await visitor.press("escape")
                await visitor.misses("When  ")
        await visitor.press("ctrl+a", "ctrl+k")
        await visitor.paste("9:00")
        await visitor.press(*["enter"] * 5)
        await visitor.sees("Plan it anyway?", "Mon 16 Nov 2026 09:00 has passed.")


async def test_what_was_done_is_read_to_its_end_at_80x24_and_the_next_key_does_what_it_says(planned: Desk) -> None:
    async with visit(planned, "sam") as visitor:
        await at_schedule(visitor)
        above = visitor.lines[3:9]
        await visitor.press("plus")
        await visitor.sees("Duty on call")
        await visitor.type("duty")
        await visitor.press("enter")
        await visitor.sees("Until")
        await form(visitor, "2026-11-19 16:00", "2026-11-20 08:00", "jonas", "network")
        await visitor.sees(
            "jonas is on call for network Thu 19 Nov 2026 16:00 to Fri 20 Nov 2026 08:00.",
            "jonas is away then: holiday.",
            "u undo",
            "? help",
        )
        assert visitor.lines[3:9] == above, "nothing moved"
        await visitor.press("w")
        await visitor.sees("Tue 17 Nov")
        assert "away then" not in visitor.text
        assert "… u undo  ? help" in visitor.status
        await visitor.press("u")
        await visitor.sees("Undid the duty on call of jonas.")


async def test_duty_on_call_is_added_moved_and_deleted_on_its_page(planned: Desk) -> None:
    async with visit(planned, "sam") as visitor:
        await at_schedule(visitor)
        await visitor.press("]", "]", "]")
        await visitor.sees("Mon 9 Nov 2026 08:00 to")
        await visitor.press("plus")
        await visitor.sees("Duty on call")
        await form(visitor, "2026-11-23 08:00", "open", "jonas", "network")
        await visitor.sees("Duty on call has an end: a day or a time.")
        await form(visitor, None, "2026-11-30 08:00", None, None)
        await visitor.sees("jonas is on call for network Mon 23 Nov 2026 08:00 to")
        await visitor.press("G", "m")
        await visitor.sees("Move the duty on call of jonas", "2026-11-23 08:00", "2026-11-30 08:00", "network")
        await form(visitor, "2026-11-20 08:00", None, "anna", None)
        await visitor.sees("anna is on call for network then already: Thu 19 Nov 2026 08:00 to", "Not done yet")
        await form(visitor, "2026-11-24 08:00", None, None, "workplace")
        await visitor.sees("anna is not in workplace, whose tickets go to its members alone.", "Not done yet")
        await form(visitor, None, None, "petra", None)
        await visitor.sees("petra is on call for workplace Tue 24 Nov 2026 08:00 to")
        await visitor.sees("workplace         Tue 24 Nov 2026 08:00 to Mon 30 Nov 2026 08:00")
        await visitor.press("u")
        await visitor.sees("Undid the change of duty on call of jonas and petra.", "network           Mon 23 Nov")
        await visitor.press("G", "d")
        await visitor.sees("Delete it?", "Duty on call of jonas for network, Mon 23 Nov 2026")
        await visitor.press("enter")
        await visitor.sees("30 Nov 2026 08:00")
        await visitor.press("d", "y")
        await visitor.sees("jonas is not on call")


async def test_duty_on_call_is_moved_on_the_row_of_its_team(planned: Desk) -> None:
    async with visit(planned, "sam") as visitor:
        await at_schedule(visitor)
        await visitor.press("tab", "tab")
        await visitor.until(lambda: "▌ mei" in visitor.text, "the cursor's row")
        await visitor.press(*["j"] * 5)
        await visitor.sees("· jonas · on call for network Mon 9 Nov 2026 08:00 to")
        await visitor.press("m")
        await visitor.sees("Move the duty on call of jonas", "2026-11-19 08:00")
        await form(visitor, None, "2026-11-18 08:00", None, None)
        await visitor.sees("jonas is now on call for network Mon 9 Nov 2026 08:00 to")


async def test_a_visit_is_planned_moved_and_cancelled_from_the_schedule(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("w", "l", "plus")
        await visitor.type("visit")
        await visitor.press("enter")
        await visitor.sees("For ticket")
        await visitor.type("13")
        await visitor.press("enter")
        await visitor.sees("Visit for INC-13", "2026-11-17 10:00", "anna")
        await form(visitor, None, "90m", None, "Sopot", None)
        await visitor.sees("Visit for INC-13: Tue 17 Nov 2026 10:00, 1h30, anna, Sopot.", "∙∙■■VV■■■■")
        await visitor.press("m")  # a technician moves no shift: the visit is meant
        await visitor.sees("Move the visit for INC-13")
        await form(visitor, "2026-11-17 12:00", None, None, None, None)
        await visitor.sees("is now Tue 17 Nov 2026 12:00", "∙∙■■■■VV■■")
        await visitor.press("l", "l", "d")
        await visitor.sees("Cancel the visit for INC-13")
        await form(visitor, "no need")
        await visitor.sees("The visit for INC-13 is cancelled")


async def test_a_calendar_file_is_written_and_a_bad_name_told(planned: Desk) -> None:
    asked: list[tuple[object, ...]] = []

    def write(session: Session, *what: object) -> str:
        if what[0] == "bad":
            raise Refused("A calendar file ends in .ics: bad.ics, for example.")
        asked.append(what)
        return "Wrote 7 entries to mei.ics."

    async with visit(planned, calendar=write) as visitor:
        await at_schedule(visitor)
        await visitor.press("g", "i")
        await visitor.sees("Export a calendar file", "mei.ics", "From Mon 16 Nov on.")
        await form(visitor, "bad", None, "200")
        await visitor.sees("Weeks: a number from 1 to 104.")
        await form(visitor, None, None, "4")
        await visitor.sees("A calendar file ends in .ics")
        await form(visitor, "mei.ics", "network", None)
        await visitor.sees("Wrote 7 entries to mei.ics.")
    assert asked == [("mei.ics", MONDAY, 4, "network", None)]


# --- asked for cover --------------------------------------------------------------------------------------------------


async def test_who_could_step_in_is_named_asked_and_told(planned: Desk) -> None:
    async with visit(planned, "sam") as visitor:
        await at_schedule(visitor)
        await visitor.press("tab", "j", "j")
        await visitor.sees("▌ ~ Tue 17 10-12    mei is away (training) and has a shift")
        await visitor.press("a")
        await visitor.sees("Nobody else of the team could step in: all are away, or on shift then.")
        await visitor.press("j")
        await visitor.sees(
            "▌ ! Thu 19 00-08    jonas is away (holiday) and on call", "enter jumps there · a asks for cover"
        )
        await visitor.press("a")
        await visitor.sees(
            "Ask for cover?", "jonas is away (holiday) and on call.", "A notice to: anna.", "y yes, ask them"
        )
        await visitor.press("enter")
        await visitor.misses("Ask for cover?")
        assert [one.text for one in unread(session_of(planned)) if "cover" in one.text] == []
        await visitor.press("a")
        await visitor.sees("Ask for cover?")
        await visitor.press("y")
        await visitor.sees("Asked anna to cover Thu 19 Nov 2026 00:00 to 08:00.")
    async with visit(planned) as visitor:
        await visitor.press("i")
        await visitor.sees("sam asks whether you could cover Thu 19 Nov 2026 00:00 to", "jonas is away (holiday) and")


async def test_cover_is_asked_for_at_the_cell_that_clashes_and_nowhere_else(planned: Desk) -> None:
    async with visit(planned, "sam", size=(140, 45)) as visitor:
        await at_schedule(visitor)
        await visitor.press("a")
        await visitor.sees("Nothing is to be settled here. tab goes to what is.")
        await visitor.press("g", "w", "l")
        await visitor.sees("Tue 17 Nov 10:00 · mei · ! mei is away (training) and has an appointment")
        await visitor.press("a")
        await visitor.sees("Ask for cover?", "appointment: INC-11.  ", "A notice to: tariq.")


# --- alive ------------------------------------------------------------------------------------------------------------


async def test_what_others_change_comes_in_and_the_cursor_stays_on_its_person_and_hour(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("j", "w", "l")
        await visitor.sees("Tue 17 Nov 10:00 · jonas")
        add_people(
            Session(planned, SYSTEM, StillClock(NOW)), [NewPerson("abel", "Abel", Role.TECHNICIAN, teams=("network",))]
        )
        schedule.add_absence(session_of(planned, "jonas"), "jonas", at(1, 0), at(2, 0), "dentist")
        await visitor.polled()
        await visitor.sees("abel", "away: dentist", "Tue 17 Nov 10:00 · jonas · ! jonas is away (dentist)")


async def test_a_move_paints_only_the_lines_that_changed(planned: Desk) -> None:
    async with visit(planned, size=(140, 45)) as visitor:
        await at_schedule(visitor)
        widget = grid(visitor)
        painted: list[object] = []
        refresh = widget.refresh

        def watched(*regions: object, **options: bool) -> ScheduleGrid:
            painted.extend(regions or ["everything"])
            return refresh(*regions, **options)  # type: ignore[arg-type,return-value]

        widget.refresh = watched  # type: ignore[method-assign]
        await visitor.press("j")
        assert "everything" not in painted
        assert len(painted) == 2
        painted.clear()
        screen = visitor.app.screen
        assert isinstance(screen, ScheduleScreen)
        screen.reload()
        await visitor.at_rest()
        assert painted == []


async def test_200_people_in_20_teams_are_moved_through(planned: Desk) -> None:
    names = [team.name for team in rulebook().desk.teams]
    system = Session(planned, SYSTEM, StillClock(NOW))
    people = [NewPerson(f"p{at:03}", f"P {at}", Role.TECHNICIAN, teams=(names[at % 3],)) for at in range(200)]
    add_people(system, people)
    async with visit(planned, size=(140, 45)) as visitor:
        await at_schedule(visitor, "205 people")
        await visitor.press("G", "g", "pagedown", "pagedown", "tab", "tab")
        assert "▌" in visitor.text


async def test_hostile_reasons_and_places_are_only_text(desk: Desk) -> None:
    sam = session_of(desk, "sam")
    schedule.add_absence(sam, "anna", at(0, 0), at(1, 0), "[red]x[/]\x1b[2J")
    visits.plan_visit(session_of(desk, "jonas"), [VPN], at(0, 12), 60, place="\u202ey[b]")
    async with visit(desk) as visitor:
        await visitor.press("4")
        await visitor.sees("away: [red]x[/]␛[…", ": [red]x[/]␛[2J ·")
        await visitor.press("j", *"lll")
        await visitor.sees("�y[b]")


async def test_an_absence_that_was_begun_is_found_again_from_any_of_the_persons_days(planned: Desk) -> None:
    async with visit(planned, "sam") as visitor:
        await visitor.press("4")
        await visitor.sees("Network · L2")
        await visitor.press("plus")
        await visitor.type("absence")
        await visitor.press("enter")
        await visitor.sees("Reason")
        await visitor.type("holi")
        await visitor.press("escape")
        await visitor.sees("What you wrote is kept")
        await visitor.press("right", "plus")
        await visitor.type("absence")
        await visitor.press("enter")
        await visitor.sees("Reason", "holi", "What you wrote before stands there")


async def test_a_move_that_was_begun_is_found_again_though_somebody_changed_meanwhile_what_it_is_about(
    planned: Desk,
) -> None:
    lead = session_of(planned, "sam")
    async with visit(planned, "sam", size=(140, 45)) as visitor:
        await at_schedule(visitor)

        async def begin(title: str) -> None:
            await visitor.sees(title)
            await visitor.press("ctrl+a", "ctrl+k")
            await visitor.type("half")
            await visitor.press("escape")
            await visitor.sees("What you wrote is kept")

        async def goes_on(title: str, now: str) -> None:
            await visitor.sees(title, "half", "What you wrote before stands there", now)
            await visitor.press("escape")
            await visitor.sees("What you wrote is kept")

        await visitor.press("g", "m", "enter")
        await begin("Move the shift of mei")
        schedule.move_shift(lead, "mei", MONDAY, times=(660, 1080))
        await visitor.sees("∙∙∙∙∙■■■■■■■∙∙∙")
        await visitor.press("m")
        await goes_on("Move the shift of mei", "As it is now, Times: 11:00-18:00")

        await visitor.press("]", "]", "]")
        await visitor.sees("Mon 9 Nov 2026 08:00 to")
        await visitor.press("m")
        await begin("Move the duty on call of jonas")
        schedule.change_on_call(lead, 1, start=at(-6, 8))
        await visitor.sees("Tue 10 Nov 2026 08:00 to")
        await visitor.press("m")
        await goes_on("Move the duty on call of jonas", "As it is now, From: 2026-11-10 08:00")

        await visitor.press("]")
        await visitor.sees("holiday", "training")
        await visitor.press("m")
        await begin("Change the absence")
        schedule.change_absence(lead, 1, start=at(1, 9), end=at(1, 12), reason="training")
        await visitor.sees("09:00")
        await visitor.press("m")
        await goes_on("Change the absence", "As it is now, From: 2026-11-17 09:00")


async def test_a_form_leaves_what_it_does_not_change_as_somebody_else_made_it_meanwhile(planned: Desk) -> None:
    lead = session_of(planned, "sam")

    def plan(login: str) -> Plan:
        return scheduled(lead, MONDAY, MONDAY + timedelta(days=6), person=login).people[0].plan

    async with visit(planned, "sam", size=(140, 45)) as visitor:
        await at_schedule(visitor)
        await visitor.press("]", "]", "]")
        await visitor.sees("Mon 9 Nov 2026 08:00 to")
        await visitor.press("m")
        await visitor.sees("Move the duty on call of jonas")
        schedule.change_on_call(lead, 1, start=at(-6, 8))
        await form(visitor, None, "2026-11-18 08:00", None, None)
        await visitor.sees("jonas is now on call for network Tue 10 Nov 2026 08:00 to Wed 18 Nov 2026 08:00.")
        await visitor.press("]")
        await visitor.sees("holiday", "training")
        await visitor.press("m")
        await visitor.sees("Change the absence")
        [before] = plan("mei").absences
        schedule.change_absence(lead, before.id, end=at(3, 12))
        await form(visitor, None, None, "course")
        await visitor.sees("mei is now away")
        [after] = plan("mei").absences
        assert (after.start, after.end, after.reason) == (before.start, at(3, 12), "course")


async def test_one_of_two_shifts_of_a_day_is_swapped_as_it_was_picked(planned: Desk) -> None:
    lead, saturday = session_of(planned, "sam"), MONDAY + 5 * DAY
    for starts in (480, 720):
        schedule.add_shift(lead, "petra", saturday, starts, starts + 120)
    async with visit(planned, "sam", size=(140, 45)) as visitor:
        await at_schedule(visitor)
        await visitor.press("g", "s")
        await visitor.sees("Swap mei, Mon 16 Nov 2026 10:00 to 18:00, with")
        await visitor.type("petra 12:00")
        await visitor.press("enter")
        await visitor.sees("mei and petra swapped: Mon 16 Nov 2026 10:00 to 18:00 is petra's, Sat 21 Nov 2026 12:00 to")


async def test_somebody_with_two_shifts_on_a_day_swaps_the_one_that_is_meant(desk: Desk) -> None:
    sam = session_of(desk, "sam")
    for login in ("mei", "tariq"):
        schedule.add_shift(sam, login, MONDAY + DAY, 480, 720)
    schedule.add_shift(sam, "mei", MONDAY + DAY, 780, 1020)
    schedule.add_shift(sam, "tariq", MONDAY + DAY, 1020, 1260)

    def of_tuesday(login: str) -> list[tuple[int, int]]:
        (person,) = queries.scheduled(sam, MONDAY + DAY, MONDAY + DAY, person=login).people
        return [shift.times for shift in person.plan.shifts]

    async with visit(desk, "sam", size=(140, 45)) as visitor:
        await at_schedule(visitor)
        await visitor.press("g", "w", *"lllll")
        await visitor.sees("Tue 17 Nov 14:00 · mei")
        await visitor.press("s")
        await visitor.sees("Swap mei, Tue 17 Nov 2026 13:00 to 17:00, with")
        await visitor.type("tariq 17:00")
        await visitor.press("enter")
        await visitor.sees("mei and tariq swapped: Tue 17 Nov 2026 13:00 to 17:00 is tariq's")
        assert (of_tuesday("mei"), of_tuesday("tariq")) == ([(480, 720), (1020, 1260)], [(480, 720), (780, 1020)])
        await visitor.press("]", "s")
        await visitor.sees("Swap which shift of mei", "08:00 to 12:00")
        await visitor.press("down", "enter")
        await visitor.sees("Swap mei, Tue 17 Nov 2026 17:00 to 21:00, with")
        await visitor.press("enter")
        await visitor.sees("mei and tariq swapped: Tue 17 Nov 2026 17:00 to 21:00 is tariq's")
        assert of_tuesday("mei") == [(480, 720), (780, 1020)]


async def test_on_a_day_on_which_the_clocks_change_a_shift_has_the_hours_that_were_entered(planned: Desk) -> None:
    lead, sunday = session_of(planned, "sam"), date(2027, 3, 28)
    schedule.add_weekly_shifts(lead, ["petra"], [6], 150, 600, first_day=sunday)
    async with visit(planned, "sam", size=(140, 45)) as visitor:
        visitor.app.desk.clock.now = datetime(2027, 3, 27, 9, tzinfo=UTC)  # type: ignore[attr-defined]
        await at_schedule(visitor)
        await visitor.press("]", "]", "[", "[", ".")
        await visitor.sees("Sun 28")
        await visitor.until(lambda: "petra" in visitor.text, "petra")
        for _ in range(next(at for at, line in enumerate(visitor.lines) if " petra " in line)):
            if "▌ petra" not in visitor.text:
                await visitor.press("j")
        await visitor.press("w", "m")
        await visitor.sees("every Sunday 02:30-10:00")
        await visitor.press("escape", "d")
        await visitor.sees("this day alone")
        await visitor.press("enter", "y")
        await visitor.sees("petra is not on shift Sun 28 Mar 2027")


async def test_a_visit_that_was_about_to_be_moved_is_found_again_from_its_ticket_as_well(planned: Desk) -> None:
    async with visit(planned) as visitor:
        await at_schedule(visitor)
        await visitor.press("w", "w", *"llll", "m")
        await visitor.sees("Move the visit for INC-12")
        await visitor.press("ctrl+a", "ctrl+k")
        await visitor.type("half")
        await visitor.press("escape")
        await visitor.sees("What you wrote is kept")
        visits.move_visit(session_of(planned, "jonas"), [VPN], starts_at=at(2, 14))
        await visitor.press("l")
        await visitor.sees("V 14:00 visit")
        await visitor.press("enter")
        await visitor.sees("“Move the visit for INC-12” is half filled in")
        await visitor.press("tab", "tab", "tab", "enter")
        await visitor.sees("Move it, or send somebody else")
        await visitor.press("down", "enter")
        await visitor.sees("half", "What you wrote before stands there", "now, When: 2026-11-18 14:00")


async def test_what_is_typed_behind_a_refused_swap_moves_nothing(planned: Desk) -> None:
    async with visit(planned, "mei") as visitor:
        await visitor.press("4")
        await visitor.sees("Network · L2")
        await visitor.press("s", *"tomorrow d")
        assert "Move" not in visitor.text
        assert "Delete" not in visitor.text
        await visitor.rests()
        await visitor.press("question_mark")
        await visitor.sees("Help")
