"""A ticket on the screen: reading, writing, and never losing a text."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from itdesk.desk import communication, links, resolution, rulebook, triage
from itdesk.desk.errors import DatabaseProblem
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import tickets
from itdesk.desk.queries.feed import News
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.domain.decisions import Decision, Evidence, Source, Thing
from itdesk.domain.ticket import LinkType, MessageKind, Status, WaitingReason
from itdesk.settings.config_folder import content_hash
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from itdesk.ui import typeahead
from itdesk.ui.context import OwnFiles
from itdesk.ui.messages import DatabaseTrouble, OpenTicket, Told
from itdesk.ui.ticket import TicketScreen
from itdesk.ui.widgets.composer import Composer
from itdesk.ui.widgets.ticket_facts import in_short
from tests.support.desks import StillClock
from tests.ui.editor import editor_that_writes, lend_the_terminal
from tests.ui.visit import PATIENCE, Visit, visit
from tests.ui.world import NOW, session_of

VPN, BADGE, SAP = 12, 15, 13


async def open_ticket(visitor: Visit, number: int = VPN) -> None:
    visitor.app.post_message(OpenTicket(number))
    await visitor.sees("Timeline", f"-{number}  ")
    await visitor.at_rest()


@asynccontextmanager
async def slow_desk(visitor: Visit) -> AsyncIterator[None]:
    """Nothing is read before the end of this, for which no key may wait."""
    gate = threading.Event()
    slow = asyncio.ensure_future(visitor.app.desk.threads.read(lambda session: gate.wait(PATIENCE / 2)))
    try:
        yield
    finally:
        gate.set()
        assert await slow


def drafts(desk: Desk, number: int = VPN) -> list[tuple[MessageKind, str]]:
    return [(draft.kind, draft.text) for draft in communication.drafts(session_of(desk), number)]


def last_message(desk: Desk, number: int = VPN) -> tuple[MessageKind, str]:
    message = tickets.messages(session_of(desk), number)[-1]
    return message.kind, message.text


# --- reading ---------------------------------------------------------------------------------------------------------


async def test_enter_opens_the_ticket_under_the_cursor_and_q_goes_back(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j", "j", "j", "enter")
        await visitor.sees("INC-12  VPN drops every few minutes", "P2  in progress  network.vpn  L2 network  anna")
        await visitor.press("q")
        await visitor.sees("fair order")
        assert "INC-12" in visitor.row("▌ P2")


async def test_staff_see_that_a_requester_is_a_vip(desk: Desk) -> None:
    system = Session(desk, SYSTEM, StillClock(NOW))
    add_people(system, [NewPerson("marta", "Marta Kowalska", department="Finance", site="Gdańsk", vip=True)])
    async with visit(desk, size=(140, 45)) as visitor:
        visitor.app.post_message(OpenTicket(VPN))
        await visitor.sees("VIP, Finance, Gdańsk")


def test_a_decision_for_a_vip_says_in_short_that_one_asks() -> None:
    decision = Decision(Thing.PRIORITY, "2", Source.RULE, "vip", evidence=(Evidence("vip", "yes"),))
    assert in_short(decision) == "VIP: yes"
    assert in_short(replace(decision, evidence=(Evidence("subject", "VPN"),))) == "“VPN”"


async def test_the_timeline_tells_who_sees_what(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        assert visitor.row("Reply by anna").endswith("Marta sees this")
        assert visitor.row("Work note by anna").endswith("staff only")
        assert visitor.row("Marta Kowalska").endswith("by mail")
        assert "08:35 · anna took it, in progress" in visitor.text


async def test_a_reply_begun_from_the_details_is_seen_where_there_is_no_room_for_both(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("tab")
        await visitor.sees("Requester  Marta Kowalska")
        await visitor.press("r")
        await visitor.type("Hello")
        await visitor.sees("REPLY to", "Hello")


async def test_tab_walks_the_sections_where_there_is_no_room_for_them_beside_the_timeline(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        assert "Timeline 4   People   Facts   Decisions 9   May solve it 2" in visitor.lines[3]
        await visitor.press("tab")
        await visitor.sees("Requester  Marta Kowalska                                      Finance, Gdańsk")
        assert "Reply by anna" not in visitor.text
        await visitor.press("tab")
        await visitor.sees("Urgency    high")
        await visitor.press("shift+tab", "shift+tab")
        await visitor.sees("Reply by anna")
        await visitor.press("tab", "tab", "escape")
        await visitor.sees("Reply by anna")
        assert isinstance(visitor.app.screen, TicketScreen)


async def test_enter_opens_what_one_walked_to_beside_the_timeline(desk: Desk) -> None:
    links.link(session_of(desk), [VPN], LinkType.RELATED, SAP)
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        assert "Links 1" in visitor.lines[3]
        await visitor.press("tab", "tab", "tab")
        await visitor.sees("related to (in progress)", f"INC-{SAP}  SAP login fails")
        assert "enter open" in visitor.status
        await visitor.press("enter")
        await visitor.sees(f"‹ INC-{SAP}")
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("tab", "tab", "tab", "tab", "tab", "j", "enter")
        await visitor.sees("VPN client: first steps", "Install, sign in")


async def test_the_requesters_other_tickets_are_one_key_away(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        visitor.app.post_message(OpenTicket(VPN))
        await visitor.sees("Reply by anna", "Requester  Marta Kowalska")
        await visitor.press("tab", "tab", "enter")
        await visitor.sees("from marta", "· 1-7 of 7")


async def test_the_composer_grows_with_its_text_from_four_to_twelve_rows(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        visitor.app.post_message(OpenTicket(VPN))
        await visitor.sees("Reply by anna")
        await visitor.press("r")
        await visitor.sees("REPLY to")
        composer = visitor.app.screen.query_one(Composer)
        heights = [composer.size.height]
        for _ in range(14):
            await visitor.press("x", "enter")
            await visitor.at_rest()
            heights.append(composer.size.height)
        assert heights[0] == 4
        assert heights[-1] == 12
        assert heights == sorted(heights)


async def test_the_head_tells_where_in_the_queue_the_ticket_stands(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j", "j", "j", "enter")
        await visitor.sees("4 of 15  [ ]")
        await visitor.press("right_square_bracket")
        await visitor.sees("5 of 15  [ ]", f"INC-{BADGE}")


async def test_a_key_right_behind_a_bracket_acts_on_the_next_ticket_while_it_is_still_being_read(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j", "j", "j", "enter")
        await visitor.sees("Reply by anna")
        async with slow_desk(visitor):
            visitor.hit("right_square_bracket")
            await visitor.until(lambda: f"INC-{BADGE}" in visitor.lines[0], "the head of the next ticket")
            await visitor.sees("reading …")
            assert "Reply by anna" not in visitor.text
            visitor.hit("w")
        await visitor.sees("Why P2 and other.unknown?")


async def test_a_key_right_behind_enter_acts_on_the_ticket_once_it_is_read(desk: Desk) -> None:
    async with visit(desk) as visitor:
        async with slow_desk(visitor):
            visitor.hit("enter", "tab")
            await visitor.sees("reading …")
        await visitor.sees("Requester  Emil")


async def test_a_ticket_that_is_being_read_is_left_at_once_and_no_key_waits_for_it_then(desk: Desk) -> None:
    async with visit(desk) as visitor, slow_desk(visitor):
        visitor.hit("enter", "right_square_bracket", "left_square_bracket", "right_square_bracket")
        await visitor.sees("‹ INC-10")
        await visitor.press("q", "j")
        assert "INC-8" in visitor.row("▌")
        visitor.hit("enter")
        await visitor.sees("‹ INC-8")
        await visitor.press("escape")
        await visitor.sees("fair order")


async def test_what_is_typed_behind_r_is_held_until_the_ticket_is_read_however_news_of_it_arrive(desk: Desk) -> None:
    async with visit(desk) as visitor:
        async with slow_desk(visitor):
            visitor.hit(*"rup take it")
            await visitor.sees("reading …")
            visitor.app.screen.post_message(Told(News(1, (SAP,))))
            await visitor.pilot.pause()
        await visitor.sees("REPLY to Emil", "up take it")


async def test_what_is_typed_behind_r_is_no_command_where_the_ticket_takes_too_long_to_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeahead, "_LONGEST_SECONDS", 0.2)
    async with visit(desk) as visitor:
        async with slow_desk(visitor):
            await visitor.press(*"rtake it")
            await visitor.sees("is not read yet: nothing of what you typed was written or done.")
            await visitor.press("j")
        await visitor.sees("Nobody can book")
        assert "REPLY" not in visitor.text
        assert visitor.app.desk.done == []


async def test_what_is_typed_behind_r_is_no_command_where_the_ticket_cannot_be_read(desk: Desk) -> None:
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenTicket(4711, compose="reply"))
        await visitor.sees("There is no ticket 4711 here.")
        await visitor.press(*"u1")
        await visitor.sees("nothing of what you typed was written or done.")


async def test_a_wide_screen_shows_timeline_and_details_together(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        visitor.app.post_message(OpenTicket(VPN))
        await visitor.sees("Reply by anna", "Requester  Marta Kowalska", "one team x high", "KB-1")


async def test_brackets_walk_through_the_queue_without_going_back(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("enter")
        await visitor.sees("INC-13  MAJOR SAP")
        await visitor.press("]")
        await visitor.sees("INC-10  Core switch")
        await visitor.press("[", "[")
        await visitor.sees("This is the first one here.")
        await visitor.press("q")
        await visitor.sees("▌ P1 INC-13")


async def test_what_others_do_arrives_while_one_reads(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        communication.reply(session_of(desk, "marta"), [VPN], "It happened again.")
        await visitor.polled()
        await visitor.sees("It happened again.")


async def test_a_ticket_that_is_not_there_is_told(desk: Desk) -> None:
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenTicket(4711))
        await visitor.sees("There is no ticket 4711 here.")
        await visitor.press("escape")
        await visitor.sees("fair order")


# --- writing ---------------------------------------------------------------------------------------------------------


async def test_a_reply_says_who_will_see_it_and_is_sent_by_esc_and_s(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to Marta Kowalska", "Marta will see this")
        await visitor.type("Please reconnect.")
        await visitor.press("escape")
        await visitor.sees("Your text is kept", "s send")
        await visitor.press("s")
        await visitor.sees("Replied on INC-12. u undo")
        await visitor.misses("REPLY to")
        assert last_message(desk) == (MessageKind.REPLY, "Please reconnect.")
        assert drafts(desk) == []


async def test_a_note_is_told_apart_and_can_be_undone(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("c")
        await visitor.sees("WORK NOTE, staff only", "the requester never sees this")
        await visitor.type("gw-vpn-02")
        await visitor.press("escape", "s")
        await visitor.sees("Noted on INC-12. u undo")
        await visitor.press("u")
        await visitor.sees("Undid the note of INC-12")


async def test_letters_are_text_while_one_writes_and_verbs_at_rest(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor, BADGE)
        await visitor.press("c")
        await visitor.sees("WORK NOTE")
        await visitor.type("take s q 1 2 ? : / ! x")
        assert "take s q 1 2 ? : / ! x" in visitor.text
        assert isinstance(visitor.app.screen, TicketScreen)


async def test_the_help_and_the_hints_beside_a_text_at_rest_are_the_composers(desk: Desk) -> None:
    async with visit(desk, editor="vi") as visitor:
        await open_ticket(visitor)
        await visitor.press("r", *"Half a thought", "escape")
        await visitor.sees("Your text is kept")
        for hint in ("s send", "r write on", "c as a note", "D discard", "? help"):
            assert hint in visitor.status
        await visitor.press("?")
        await visitor.sees(
            "Help · composer", "s       send", "i       canned reply", "e       $EDITOR", "D       discard"
        )
        assert "s       status" not in visitor.text
        await visitor.press("escape", "escape", "?")
        await visitor.sees("Help · ticket", "s       status")


async def test_esc_keeps_the_text_as_a_draft_and_the_key_brings_it_back(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.type("Half a tho")
        await visitor.press("escape", "escape")
        await visitor.sees("kept as a draft")
        await visitor.at_rest()
        assert drafts(desk) == [(MessageKind.REPLY, "Half a tho")]
        await visitor.press("r")
        await visitor.sees("Half a tho", "draft from 09:14")
        await visitor.type("ught")
        await visitor.press("escape", "s")
        await visitor.sees("Replied on INC-12")
        assert last_message(desk) == (MessageKind.REPLY, "Half a thought")


async def test_an_empty_text_is_not_said_to_be_kept(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.press("escape", "escape")
        await visitor.sees("There is no text to keep.")


async def test_a_text_put_away_is_there_again_at_once_however_long_the_database_takes_to_keep_it(desk: Desk) -> None:
    done = threading.Event()
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        visitor.app.desk.threads.write_soon(lambda session: done.wait(20))
        try:
            await visitor.type("Half a tho")
            await visitor.press("escape", "escape")
            await visitor.misses("REPLY to")
            await visitor.press("r")
            await visitor.sees("REPLY to", "Half a tho")
            await visitor.press("escape", "escape", "q")
            await visitor.sees("All 15")
            visitor.app.post_message(OpenTicket(VPN))
            await visitor.sees("A reply of yours from 09:14 is not saved yet.")
            await visitor.press("r")
            await visitor.sees("REPLY to", "Half a tho")
            assert drafts(desk) == []
        finally:
            done.set()
        await visitor.type("ught")
        await visitor.press("escape", "s")
        await visitor.sees("Replied on INC-12")
        await visitor.at_rest()
        assert (last_message(desk), drafts(desk)) == ((MessageKind.REPLY, "Half a thought"), [])


async def test_a_text_that_the_database_did_not_take_is_kept_as_soon_as_it_answers_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise DatabaseProblem("The database is locked by another program.")

    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.type("Half a tho")
        with monkeypatch.context() as broken:
            broken.setattr(communication, "save_draft", silent)
            await visitor.press("escape", "escape")
            visitor.app.post_message(DatabaseTrouble("The database is locked by another program."))
            await visitor.sees("The database does not answer.")
            await visitor.at_rest()
        assert drafts(desk) == []
        await visitor.press("ctrl+r")
        await visitor.sees("The database answers again.")
        await visitor.at_rest()
        assert drafts(desk) == [(MessageKind.REPLY, "Half a tho")]


async def test_a_draft_is_kept_while_one_rests_from_typing(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("c")
        await visitor.type("thinking")
        await visitor.sees("draft kept")
        assert drafts(desk) == [(MessageKind.NOTE, "thinking")]


async def test_quitting_while_writing_keeps_the_draft_and_the_next_visit_says_so(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.type("Nearly")
        await visitor.press("ctrl+q")
    assert drafts(desk) == [(MessageKind.REPLY, "Nearly")]
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.sees("A reply of yours from 09:14 is kept. r goes on.")


async def test_a_reply_turned_into_a_note_leaves_no_reply_behind(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.type("Her manager is difficult.")
        await visitor.press("escape", "c")
        await visitor.sees("WORK NOTE, staff only")
        await visitor.at_rest()
        assert drafts(desk) == [(MessageKind.NOTE, "Her manager is difficult.")]
        await visitor.press("s")
        await visitor.sees("Noted on INC-12")
        assert last_message(desk)[0] is MessageKind.NOTE


@pytest.mark.parametrize(("first", "second", "kind"), [("r", "c", MessageKind.REPLY), ("c", "r", MessageKind.NOTE)])
async def test_what_was_begun_stands_above_a_message_that_becomes_the_same_kind(
    desk: Desk, first: str, second: str, kind: MessageKind
) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press(first)
        await visitor.type("One")
        await visitor.press("escape", "escape")
        await visitor.sees("kept as a draft")
        await visitor.press(second)
        await visitor.type("Two")
        await visitor.press("escape", "c")
        await visitor.sees(f"Your {kind.value} from 09:14 stands above it now.", "One", "Two")
        await visitor.at_rest()
        assert drafts(desk) == [(kind, "One\n\nTwo")]
        await visitor.press("c", "c", "enter")
        await visitor.type("!")
        await visitor.press("escape", "s")
        await visitor.sees(("Replied" if kind is MessageKind.REPLY else "Noted") + " on INC-12")
        await visitor.at_rest()
        assert drafts(desk) == []
    assert last_message(desk) == (kind, "One\n\nTwo!")


@pytest.mark.parametrize("size", [(60, 15), (80, 24)])
async def test_what_a_silent_database_said_is_read_to_its_end(desk: Desk, size: tuple[int, int]) -> None:
    cause = (
        "The database postgresql://itdesk@db.example.com:5432/itdesk does not answer: connection to server at "
        '"db.example.com" (192.0.2.17), port 5432 failed: Connection refused. Is the server running on that host and '
        "accepting TCP/IP connections? Nothing was lost."
    )
    async with visit(desk, size=size) as visitor:
        visitor.app._polls_to_skip = 1000
        await visitor.at_rest()
        visitor.app.post_message(DatabaseTrouble(cause))
        await visitor.sees("The database does not answer.", "What is shown can be read", "try now")
        assert "Nothing was lost." in " ".join(visitor.text.replace("▌", " ").split())


async def test_throwing_a_text_away_asks_first(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.type("No good")
        await visitor.press("escape", "D")
        await visitor.sees("Throw the text away?", "2 words")
        await visitor.press("enter")
        await visitor.misses("Throw the text away?")
        assert visitor.app.screen.query_one(Composer).text == "No good"
        await visitor.press("D")
        await visitor.sees("Throw the text away?")
        await visitor.press("y")
        await visitor.sees("The text is gone.")
        assert drafts(desk) == []


async def test_what_changed_while_one_wrote_is_shown_before_anything_is_sent(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.type("I will look into it.")
        resolution.change_status(
            session_of(desk, "jonas"), [VPN], Status.WAITING, waiting_reason=WaitingReason.REQUESTER
        )
        triage.assign(session_of(desk, "jonas"), [VPN], "jonas")
        await visitor.press("escape", "s")
        await visitor.sees(
            "! jonas changed this ticket while you wrote.", "Nothing is sent yet.", "jonas", "I will look into it."
        )
        assert last_message(desk)[1] != "I will look into it."
        await visitor.press("c")
        await visitor.sees("WORK NOTE", "c make it a reply", "c as a reply")
        await visitor.press("c")
        await visitor.sees("REPLY to", "c make it a work note", "c as a note")
        await visitor.press("s")
        await visitor.sees("Replied on INC-12")
        assert last_message(desk) == (MessageKind.REPLY, "I will look into it.")


@pytest.mark.parametrize("size", [(60, 15), (80, 24)])
async def test_after_a_collision_the_choices_and_the_text_are_seen_whatever_changed(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with visit(desk, size=size) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.type("I will look into it.")
        triage.assign(session_of(desk, "jonas"), [VPN], "jonas")
        await visitor.press("escape", "s")
        await visitor.sees("jonas changed this ticket", "Nothing is sent yet.", "jonas assigned it to jonas")
        await visitor.sees("D discard", "REPLY to", "I will look into it.")
        await visitor.press("r", "escape")
        for number in range(6):
            communication.note(session_of(desk, "jonas"), [VPN], f"Note {number}")
        await visitor.press("s")
        await visitor.sees("jonas changed this ticket", "Nothing is sent yet.", "jonas wrote a work note")
        await visitor.sees("D discard", "REPLY to", "I will look into it.")
        assert ("older changes stand in the timeline" in visitor.text) is (size == (60, 15))
        await visitor.pilot.resize_terminal(100, 30)
        await visitor.misses("older changes")
        await visitor.sees("D discard", "REPLY to", "I will look into it.")


async def test_after_a_collision_one_may_write_on(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.type("One")
        communication.note(session_of(desk, "jonas"), [VPN], "I have it")
        await visitor.press("escape", "s")
        await visitor.sees("jonas wrote a work note")
        await visitor.press("r")
        await visitor.type(" two")
        await visitor.press("escape", "s")
        await visitor.sees("Replied on INC-12")
        assert last_message(desk) == (MessageKind.REPLY, "One two")


async def test_a_refused_reply_stays_in_the_composer(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.press("escape", "s")
        await visitor.sees("There is no text to send.", "REPLY to")


async def test_a_text_goes_through_the_editor_and_is_not_sent_by_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visit(desk, editor=editor_that_writes(tmp_path, "edited")) as visitor:
        lend_the_terminal(visitor, monkeypatch)
        await open_ticket(visitor)
        await visitor.press("c")
        await visitor.type("raw")
        await visitor.press("escape", "e")
        await visitor.sees("edited", "WORK NOTE")
        assert last_message(desk)[1] != "edited"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (OwnFiles(Path("/home/anna"), Path), "No $EDITOR is set. Set it"),
        (None, "Who comes as somebody else (--as anna) gets no editor"),
    ],
)
async def test_who_has_no_editor_is_told_why(desk: Desk, files: OwnFiles | None, said: str) -> None:
    async with visit(desk, files=files) as visitor:
        await open_ticket(visitor)
        await visitor.press("c", "escape", "e")
        await visitor.sees(said)


async def test_a_pasted_text_with_control_characters_is_shown_harmlessly(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("c")
        await visitor.sees("WORK NOTE")
        visitor.app.screen.query_one(Composer).put("log: \x1b]0;owned\x07 \u202e[/b] end")
        await visitor.sees("␛]0;owned", "[/b] end")


# --- why -------------------------------------------------------------------------------------------------------------


async def test_why_shows_every_decision_with_its_words_and_its_line(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("w")
        await visitor.sees("Why P2 and network.vpn?", "categories.yaml:88 · rule vpn-drops", "“whole team”", "[P2]")
        await visitor.press("escape")
        await visitor.misses("Why P2")


async def test_why_shows_the_rules_as_they_are_written_or_says_why_not(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("w")
        await visitor.sees("enter the rules")
        await visitor.press("enter")
        await visitor.sees("they cannot be shown")
        rulebook.adopt(session_of(desk), load_rulebook(shipped_config()), content_hash(shipped_config()))
        triage.prioritize(session_of(desk), [VPN], impact="company")
        await visitor.press("escape", "w", "enter")
        await visitor.sees("The rules as they are written", "priorities.yaml", "company")


async def test_why_tells_what_a_higher_priority_would_need(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        visitor.app.post_message(OpenTicket(VPN))
        await visitor.sees("Reply by anna")
        await visitor.press("w")
        await visitor.sees("Decided 08:31 by rulebook 1. P1 would need impact company.")
        await visitor.press("escape", "]", "]", "w")
        await visitor.sees("P4 would need impact one team or")


async def test_why_leads_to_an_override_which_it_then_explains(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("w")
        await visitor.sees("Why P2")
        await visitor.press("l")
        await visitor.sees("Category of INC-12")
        await visitor.type("wifi")
        await visitor.press("enter")
        await visitor.sees("INC-12 is now network.wifi")
        await visitor.press("w")
        await visitor.sees("by anna, 09:14")


async def test_copying_says_what_was_sent_and_never_that_it_arrived(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("y")
        await visitor.sees("Sent to the terminal's clipboard: INC-12.")
        assert visitor.app.clipboard == "INC-12"
        await visitor.press("Y")
        await visitor.sees("clipboard: all of INC-12.")
        assert "work note, staff only" in visitor.app.clipboard


async def test_a_second_press_shows_what_was_copied_so_that_the_terminals_mouse_can_select_it(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("Y")
        await visitor.sees("Sent to the terminal's clipboard: all of INC-12. Y again")
        await visitor.press("Y")
        await visitor.sees("Select it with the terminal's mouse")
        assert visitor.lines[0].rstrip() == "INC-12  VPN drops every few minutes from home"
        assert visitor.lines[1].startswith("P2, in progress, network.vpn")
        await visitor.press("escape")
        await visitor.sees("‹ INC-12")


async def test_why_can_be_copied_and_shown(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("w")
        await visitor.sees("Why P2 and network.vpn?")
        await visitor.press("y", "y")
        await visitor.sees("Select it with the terminal's mouse")
        assert "categories.yaml:88" in visitor.text
        assert visitor.lines[0].startswith("Category")
