"""The form of a new ticket: nothing typed is lost, and it says what would become of it."""

import asyncio
from pathlib import Path

import pytest
from textual.widgets import Input

from itdesk.desk import intake, undo
from itdesk.desk.intake import KeptForm, NewTicket
from itdesk.desk.queries import tickets
from itdesk.desk.session import Desk
from itdesk.domain.ticket import Channel, Kind
from itdesk.ui.new_ticket import NewTicketScreen
from itdesk.ui.widgets.marked_text import MarkedArea
from tests.ui.editor import editor_that_writes, lend_the_terminal
from tests.ui.visit import Visit, visit
from tests.ui.world import session_of

NEXT = 16
"""The number of the next ticket."""


async def begin(visitor: Visit) -> None:
    await visitor.press("n")
    await visitor.sees("New ticket", "Requester", "Would be")


async def write(visitor: Visit, requester: str, subject: str, text: str = "") -> None:
    """Fill the form in, as one does on the phone."""
    await begin(visitor)
    await visitor.paste(requester)
    await visitor.press("tab", "tab")
    await visitor.paste(subject)
    await visitor.press("enter")
    await visitor.paste(text)


def kept(desk: Desk, login: str = "anna") -> NewTicket | None:
    draft = intake.kept_draft(session_of(desk, login))
    return draft.new if draft else None


# --- what would become of it -----------------------------------------------------------------------------------------


async def test_the_form_shows_what_it_would_become_and_opens_that_ticket(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "VPN down", "Our whole team today")
        await visitor.sees("for Marta Kowalska · by phone", "Marta Kowalska · Finance · Gdańsk", "7 open: INC-14")
        await visitor.sees("network.vpn", "“VPN” in the subject · incident")
        await visitor.sees("P2", "one team x high: “whole team”, “today”", "L2 Network")
        await visitor.press("escape", "s")
        await visitor.sees("Opened INC-16: P2, network.vpn. u undo", "fair order")
        new = tickets.view(session_of(desk), NEXT)
        assert (new.subject, new.body, new.requester.login, new.priority) == (
            "VPN down",
            "Our whole team today",
            "marta",
            2,
        )
        assert (new.channel, new.site) == (Channel.PHONE, "Gdańsk")
        assert kept(desk) is None
        await visitor.press("u")
        await visitor.sees("Undid the opening of INC-16.")


async def test_words_that_a_rule_matched_are_underlined_in_what_is_typed(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "vpn", "Our whole team, today.")
        await visitor.sees("“whole team”, “today”")
        area = visitor.app.screen.query_one(MarkedArea)
        line = area.get_line(0)
        assert [line.plain[span.start : span.end] for span in line.spans] == ["whole team", "today"]
        cells = [
            segment.text
            for strip in visitor.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.underline
        ]
        assert cells == ["vpn", "whole team", "today"]


async def test_the_blocks_below_keep_their_rows_whatever_is_typed(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await begin(visitor)

        def rows() -> list[int]:
            titles = ("Would be", "May solve it", "Looks like")
            return [next(y for y, line in enumerate(visitor.lines) if title in line) for title in titles]

        before = rows()
        assert len(visitor.lines) == 24
        await visitor.paste("marta")
        await visitor.press("tab", "tab")
        await visitor.paste("VPN drops every few minutes from home")
        await visitor.sees("KB-1", "same requester")
        assert rows() == before
        await visitor.press("enter")
        await visitor.paste("\n" * 12 + "the last line")
        await visitor.sees("the last line")
        assert rows() == before


@pytest.mark.parametrize("size", [(80, 24), (140, 45), (60, 15), (100, 20)])
async def test_nothing_that_is_needed_is_clipped(desk: Desk, size: tuple[int, int]) -> None:
    async with visit(desk, size=size) as visitor:
        await write(visitor, "marta", "VPN down", "Our whole team")
        await visitor.sees(
            "VPN down", "Our whole team", "category   network.vpn", "priority   P3", "goes to", "Subject"
        )
        await visitor.press("escape")
        await visitor.sees("s submit", " kept" if size[0] > 60 else "submit")


async def test_a_likely_duplicate_is_named_while_one_types(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.press("tab", "tab")
        await visitor.type("SAP login fails")
        await visitor.sees("Looks like INC-13 SAP login fails for all of Finance", "34m ago")


async def test_a_likely_duplicate_is_opened_and_the_form_waits_below(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.press("tab", "tab")
        await visitor.type("SAP login fails")
        await visitor.sees("Looks like INC-13")
        await visitor.press("tab", "tab")
        await visitor.sees("enter open")
        await visitor.press("enter")
        await visitor.sees("INC-13  MAJOR SAP login fails")
        await visitor.press("q")
        await visitor.sees("New ticket", "SAP login fails", "enter open")


async def test_the_text_can_be_written_in_ones_own_editor(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visit(desk, editor=editor_that_writes(tmp_path, "The whole VPN is down.")) as visitor:
        lend_the_terminal(visitor, monkeypatch)
        await write(visitor, "marta", "Nothing works", "raw")
        await visitor.press("escape")
        await visitor.sees("e $EDITOR")
        await visitor.press("e")
        await visitor.sees("The whole VPN is down.", "network.vpn")
    async with visit(desk) as visitor:
        await write(visitor, "marta", "Nothing works", "raw")
        await visitor.press("escape")
        assert "$EDITOR" not in visitor.status


async def test_an_article_is_read_in_place_and_the_form_is_as_it_was(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "VPN drops", "Always.")
        await visitor.sees("KB-1       VPN drops: lower the MTU", " %")
        await visitor.press("tab")
        await visitor.sees("enter read")
        await visitor.press("down", "enter")
        await visitor.sees("Install, sign in, first VPN connection.", "published · owner anna")
        await visitor.press("q")
        await visitor.misses("Install, sign in")
        await visitor.press("up", "enter")
        await visitor.sees("ping -M do", "Problem")
        await visitor.press("escape", "escape")
        await visitor.sees("Always.", "s submit")


# --- who it is for ---------------------------------------------------------------------------------------------------


async def test_people_are_offered_while_one_types_and_taken_by_a_key(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.type("a")
        await visitor.sees("anna", "Anna Nowak", "tariq", "Tariq Aziz", "enter takes them")
        await visitor.press("backspace")
        await visitor.type("soren")
        await visitor.sees("emil", "Emil Sørensen", "Sales, Oslo")
        await visitor.press("enter")
        await visitor.sees("for Emil Sørensen", "Emil Sørensen · Sales · Oslo")
        assert visitor.app.screen.query_one("#requester", Input).value == "emil"
        assert visitor.app.focused is not None
        assert visitor.app.focused.id == "channel"


async def test_the_second_of_those_offered_is_taken_with_the_arrow_keys(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.type("a")
        await visitor.sees("Tariq Aziz")
        await visitor.press("down", "tab")
        await visitor.sees("for Tariq Aziz")


async def test_who_is_offered_is_not_taken_when_more_was_typed_since(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.type("m")
        await visitor.sees("Marta Kowalska", "Mei Tanaka")
        await visitor.press("a", "tab")
        assert visitor.app.screen.query_one("#requester", Input).value == "ma"
        await visitor.sees("Nobody is called so.")


async def test_escape_leaves_what_is_typed_as_it_is(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.type("ma")
        await visitor.sees("Marta Kowalska")
        await visitor.press("escape")
        await visitor.misses("Marta Kowalska")
        await visitor.press("t")
        await visitor.sees("for mat")


async def test_an_unknown_requester_is_told_and_the_form_stays(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "zork", "Help")
        await visitor.sees("Nobody is called so.", "Name <address> adds them")
        await visitor.press("escape", "s")
        await visitor.sees("The desk knows nobody called 'zork'.", "Subject     Help")
        await visitor.press("r", "shift+tab", "shift+tab", "shift+tab")
        await visitor.press(*["backspace"] * 4)
        await visitor.type("Zoe <zoe@example.com>")
        await visitor.sees("not known yet: will be added")
        await visitor.press("escape", "s")
        await visitor.sees("Opened INC-16")
        assert tickets.view(session_of(desk), NEXT).requester.name == "Zoe"


async def test_without_a_requester_it_is_ones_own(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "", "Toner is empty")
        await visitor.sees("for you", "hardware.printer")
        await visitor.press("escape", "s")
        await visitor.sees("Opened INC-16")
        assert tickets.view(session_of(desk), NEXT).requester.login == "anna"


async def test_the_channel_turns_by_arrows_and_letters(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.press("tab")
        await visitor.sees("phone   ← → other")
        await visitor.press("w")
        await visitor.sees("walk in", "by walk in")
        await visitor.press("p", "p", "left")
        await visitor.sees("by mail")


# --- by hand ---------------------------------------------------------------------------------------------------------


async def test_category_priority_and_kind_can_be_given_by_hand(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "It is broken")
        await visitor.sees("other.unknown")
        await visitor.press("escape", "l")
        await visitor.sees("Category of the new ticket", "as the rules decide")
        await visitor.type("wifi")
        await visitor.press("enter")
        await visitor.sees("network.wifi", "by hand")
        await visitor.press("p")
        await visitor.sees("Priority of the new ticket")
        assert "by hand" not in visitor.status
        await visitor.press("1", "k", "k", "h", "h", "enter")
        await visitor.sees("P1", "company x high")
        await visitor.press("i", "down", "down", "enter")
        await visitor.sees("by hand · request")
        await visitor.press("s")
        await visitor.sees("Opened REQ-16: P1, network.wifi.")


async def test_what_was_given_by_hand_can_be_left_to_the_rules_again(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "vpn")
        await visitor.press("escape", "l")
        await visitor.type("printer")
        await visitor.press("enter")
        await visitor.sees("hardware.printer", "by hand")
        await visitor.press("l")
        await visitor.type("rules")
        await visitor.press("enter")
        await visitor.sees("network.vpn", "“vpn”")


# --- nothing is lost -------------------------------------------------------------------------------------------------


async def test_escape_twice_keeps_the_text_and_n_goes_on_with_it(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "VPN down", "Half a tho")
        await visitor.press("escape", "escape")
        await visitor.sees("fair order", "Your text is kept: n goes on with it.")
        await begin(visitor)
        await visitor.sees("Your draft from 09:14", "for Marta Kowalska", "VPN down", "Half a tho", "network.vpn")
        await visitor.type("ught")
        await visitor.press("escape", "s")
        await visitor.sees("Opened INC-16")
        assert tickets.view(session_of(desk), NEXT).body == "Half a thought"
        await begin(visitor)
        await visitor.misses("VPN down", "Your draft")


async def test_all_that_was_given_comes_back_with_the_draft(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "vpn")
        await visitor.press("escape", "l")
        await visitor.type("printer")
        await visitor.press("enter")
        await visitor.press("i", "down", "down", "enter")
        await visitor.sees("by hand · request")
        await visitor.press("q")
        await visitor.sees("Your text is kept")
    assert kept(desk) == NewTicket(
        "vpn", requester="marta", channel=Channel.PHONE, kind=Kind.REQUEST, category="hardware.printer"
    )
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.sees("hardware.printer", "by hand · request")


async def test_a_draft_is_kept_while_one_rests_from_typing_and_is_ones_own(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "VPN down")
        await visitor.sees("Draft kept")
    assert kept(desk) == NewTicket("VPN down", requester="marta", channel=Channel.PHONE)
    assert kept(desk, "jonas") is None
    async with visit(desk, "jonas") as visitor:
        await begin(visitor)
        await visitor.misses("VPN down")


async def test_the_last_letter_before_the_program_ends_is_in_the_draft(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "VPN dow")
        form = visitor.app.screen
        assert isinstance(form, NewTicketScreen)
        with form.prevent(Input.Changed):  # as if its message were still on its way
            form.query_one("#subject", Input).value = "VPN down"
        await visitor.app.run_action("leave")
    draft = kept(desk)
    assert draft is not None
    assert draft.subject == "VPN down"


async def test_an_empty_form_leaves_nothing_behind(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "", "x")
        await visitor.sees("Draft kept")
        await visitor.press("shift+tab", "backspace", "escape", "escape")
        await visitor.sees("fair order")
        await visitor.misses("Your text is kept")
        await visitor.at_rest()
    assert kept(desk) is None


async def test_a_call_that_came_to_nothing_leaves_no_requester_to_the_next(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.press(*"foo", "escape")
        await visitor.rests()
        await visitor.press("escape")
        await visitor.sees("fair order")
        await visitor.misses("kept")
        await begin(visitor)
        await visitor.misses("foo", "Your draft")
        await visitor.type("mei")
        await visitor.sees("Mei Tanaka")
        await visitor.at_rest()
    assert kept(desk) is None


@pytest.mark.parametrize(
    ("draft", "focus"),
    [
        (NewTicket("VPN down"), "requester"),
        (NewTicket("", "Since noon", requester="marta"), "subject"),
        (NewTicket("VPN down", requester="marta"), "text"),
        (NewTicket("VPN down", "Since noon", requester="marta"), "text"),
    ],
)
async def test_a_draft_says_whose_it_is_and_how_to_be_rid_of_it(desk: Desk, draft: NewTicket, focus: str) -> None:
    intake.save_draft(session_of(desk), draft)
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.sees(f"Your draft from 09:14, for {draft.requester or 'you'}. esc D throws it away.")
        assert visitor.app.focused is not None
        assert visitor.app.focused.id == focus
        await visitor.press("escape", "D", "y")
        await visitor.sees("The text is gone.")


async def test_discarding_asks_first_and_no_is_the_default(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "VPN down", "a thought")
        await visitor.press("escape", "D")
        await visitor.sees("Throw the text away?", "4 words that nobody has seen yet.")
        await visitor.press("enter")
        await visitor.sees("VPN down")
        await visitor.press("D", "y")
        await visitor.sees("fair order", "The text is gone.")
        await visitor.at_rest()
    assert kept(desk) is None


async def test_without_a_subject_nothing_is_opened_and_the_form_says_so(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "", "Only a text")
        await visitor.press("escape", "s")
        await visitor.sees("A subject is needed", "Only a text")
        assert visitor.app.focused is not None
        assert visitor.app.focused.id == "subject"


async def test_that_the_text_is_kept_is_not_said_over_what_went_wrong_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "", "Only a text")
        screen, goes_on = visitor.app.screen, asyncio.Event()
        assert isinstance(screen, NewTicketScreen)

        async def kept_late() -> str:
            await goes_on.wait()
            return ""

        monkeypatch.setattr(screen, "not_kept", kept_late)
        late = asyncio.create_task(screen.say_once_kept("Your text is kept"))
        await asyncio.sleep(0)
        screen.say("A subject is needed", alarm=True)
        goes_on.set()
        await late
        assert "A subject is needed" in visitor.status


async def test_keys_typed_at_once_after_n_stand_in_the_form(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("n", *"marta", "tab", "tab", *"vpn", "enter", *"text", "escape", "s")
        await visitor.sees("Opened INC-16")
        new = tickets.view(session_of(desk), NEXT)
        assert (new.requester.login, new.subject, new.body) == ("marta", "vpn", "text")


async def test_the_form_stays_open_behind_another_screen_and_n_leads_back_to_it(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write(visitor, "marta", "VPN down")
        await visitor.press("escape", "2")
        await visitor.sees("4 articles")
        await visitor.press("1")
        await visitor.sees("New ticket", "VPN down")
        assert sum(isinstance(screen, NewTicketScreen) for screen in visitor.app.screen_stack) == 1


async def test_a_ticket_can_be_opened_from_another_ones_screen(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("enter")
        await visitor.sees("‹ INC-13", "opened it")
        await write(visitor, "marta", "VPN down")
        await visitor.press("escape", "s")
        await visitor.sees("Opened INC-16", "‹ INC-16  VPN down")
        await visitor.press("t")
        await visitor.sees("Took INC-16")
        await visitor.press("escape")
        await visitor.sees("‹ INC-13")
        await visitor.misses("INC-16")
        await visitor.press("u", "u")
        await visitor.sees("Undid the opening of INC-16.")


async def test_the_keys_behind_a_new_ticket_act_on_it(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j", "j", "space", "n", *"marta", "tab", "tab", *"toner", "escape", "s", "t")
        await visitor.sees("Took INC-16", "All 16")
        assert "INC-16" in visitor.row("▌")
        assert tickets.view(session_of(desk), NEXT).assignee == "anna"


async def test_a_new_ticket_that_is_not_in_the_view_is_opened_and_leads_back_to_it(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("right_square_bracket")
        await visitor.sees("open tickets · mine")
        await visitor.press("n", *"marta", "tab", "tab", *"toner", "escape", "s", "p")
        await visitor.sees("Priority of INC-16")
        await visitor.press("escape")
        await visitor.sees("‹ INC-16  toner")
        await visitor.press("escape")
        await visitor.sees("open tickets · mine")


async def test_a_frozen_queue_stays_as_it_is_when_one_opens_a_ticket(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("F")
        before = visitor.lines[2:-2]
        await write(visitor, "marta", "toner")
        await visitor.press("escape", "s")
        await visitor.sees("Opened INC-16", "‹ INC-16  toner")
        await visitor.press("escape")
        await visitor.sees("frozen")
        assert visitor.lines[2:-2] == before


async def test_a_text_from_outside_is_no_markup_and_no_escape(desk: Desk) -> None:
    evil = "[/] [red]x[/red] \x1b]0;owned\x07 e\u202e"
    intake.save_draft(session_of(desk), NewTicket(evil, evil, requester=evil))
    async with visit(desk) as visitor:
        await begin(visitor)
        await visitor.sees("[/] [red]x[/red] ␛]0;owned␇ e�")


# --- on both databases -----------------------------------------------------------------------------------------------


def test_a_draft_is_kept_replaced_and_forgotten(each_desk: Desk) -> None:
    anna, jonas = session_of(each_desk, "anna"), session_of(each_desk, "jonas")
    assert intake.kept_draft(anna) is None
    intake.save_draft(anna, NewTicket("a", "b\0", requester="\ud800", channel=Channel.CHAT, kind=Kind.REQUEST))
    intake.save_draft(jonas, NewTicket("other"))
    intake.save_draft(
        anna, NewTicket("c", "d", channel=Channel.MAIL, impact="team", urgency="high", tags=("New Starter", "vip"))
    )
    assert intake.kept_draft(anna) == KeptForm(
        NewTicket("c", "d", channel=Channel.MAIL, impact="team", urgency="high", tags=("new-starter", "vip")),
        anna.clock(),
    )
    change = intake.submit(anna, NewTicket("c"))
    assert intake.kept_draft(anna) is not None, "another way of opening a ticket leaves the form's draft alone"
    undo.undo(anna, change.seqs[0])
    intake.submit(anna, NewTicket("c"), drafted=True)
    assert intake.kept_draft(anna) is None
    intake.save_draft(jonas, NewTicket("  ", "\n"))
    assert intake.kept_draft(jonas) is None
    intake.discard_draft(jonas)
