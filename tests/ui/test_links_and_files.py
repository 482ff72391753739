"""Linking, merging, splitting, files and templates on the screens."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from itdesk.desk import approvals, checklist, communication, links, merging, resolution
from itdesk.desk.queries import tickets
from itdesk.desk.session import Desk
from itdesk.domain.ticket import LinkType, MessageKind, Status
from itdesk.ui.context import OwnFiles
from itdesk.ui.messages import OpenTicket
from tests.ui.visit import Visit, visit
from tests.ui.world import session_of

VPN, BADGE, BATTERY, MAJOR, SWITCH = 12, 15, 7, 13, 10
"""Tickets of Marta, Emil, Marta, Emil, Emil; the higher the younger."""


async def open_ticket(visitor: Visit, number: int = VPN) -> None:
    visitor.app.post_message(OpenTicket(number))
    await visitor.sees("Timeline", f"-{number}  ")
    await visitor.at_rest()


async def choose(visitor: Visit, words: str) -> None:
    await visitor.sees("Type to narrow it down")
    await visitor.paste(words)
    await visitor.sees("1 of ")
    await visitor.press("enter")


def linked(desk: Desk, number: int) -> list[tuple[str, int]]:
    return [(link.title, link.other_id) for link in tickets.view(session_of(desk), number).links]


async def test_a_ticket_is_linked_to_one_that_is_found_by_words_and_unlinked_again(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("ampersand")
        await choose(visitor, "duplicate")
        await visitor.sees("A number, or words; the newest first")
        await visitor.paste("badge reader")
        await visitor.press("enter")
        await visitor.sees(f"INC-{VPN} is now a duplicate of INC-{BADGE}.")
        assert linked(desk, VPN) == [("duplicate of", BADGE)]
        await visitor.press("ampersand")
        await choose(visitor, "no longer")
        await visitor.sees("are no longer linked")
        assert linked(desk, VPN) == []


async def test_a_merged_ticket_says_where_it_went_and_enter_goes_there(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("ampersand")
        await choose(visitor, "merge with")
        await visitor.sees("A number, or words; the newest first")
        await visitor.paste(str(BATTERY))
        await visitor.press("enter")
        await visitor.sees(f"Merged INC-{VPN} into INC-{BATTERY}.", "closed")
        await visitor.sees("Links 1")
        await visitor.press("tab", "tab", "tab")
        await visitor.sees("merged into (")
        await visitor.press("enter")
        await visitor.sees(f"INC-{BATTERY}  Laptop battery", "VPN drops every few minutes")
        assert tickets.view(session_of(desk), VPN).status is Status.CLOSED


async def test_whoever_resolves_an_original_reads_that_required_steps_of_a_duplicate_stay_open(desk: Desk) -> None:
    anna = session_of(desk)
    links.link(anna, [BADGE, BATTERY], LinkType.DUPLICATE_OF, VPN)
    checklist.add_step(anna, [BADGE], "Tell the guards", required=True)
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("x")
        await visitor.sees("the same words: INC-7, INC-15. Required", "steps stay open on INC-15.")
        await visitor.paste("A new gateway.")
        await visitor.press("escape", "s")
        await visitor.sees("Resolved INC-12. 2 duplicates are resolved")
    assert tickets.view(anna, BADGE).status is Status.RESOLVED


async def merge(visitor: Visit, ticket: int, words: str, other: int) -> None:
    """Open a ticket and merge it with another one, by the entry that has these words."""
    await open_ticket(visitor, ticket)
    await visitor.press("ampersand")
    await choose(visitor, words)
    await visitor.sees("A number, or words; the newest first")
    await visitor.paste(str(other))
    await visitor.press("enter")


@pytest.mark.parametrize(("ticket", "other"), [(SWITCH, MAJOR), (MAJOR, SWITCH)])
async def test_an_older_ticket_is_merged_into_a_major_incident_from_either_of_them(
    desk: Desk, ticket: int, other: int
) -> None:
    async with visit(desk) as visitor:
        await merge(visitor, ticket, "merge with", other)
        await visitor.sees(f"Merged INC-{SWITCH} into INC-{MAJOR}.")


async def test_a_ticket_is_merged_into_the_younger_one_that_one_names(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await merge(visitor, BATTERY, "merge into", VPN)
        await visitor.sees(f"Merged INC-{BATTERY} into INC-{VPN}.")


async def test_of_marked_tickets_the_major_incident_stays_and_the_question_says_so(desk: Desk) -> None:
    async with visit(desk, size=(80, 30)) as visitor:
        await visitor.press("/", "ctrl+u")
        await visitor.type("from:emil")
        await visitor.press("enter", "*", "ampersand")
        await choose(visitor, f"major incident of them, INC-{MAJOR}")
        await visitor.sees(f"INC-{MAJOR}, the major incident, stays. All that was written goes there")
        await visitor.press("y")
        await visitor.sees(f"Merged into INC-{MAJOR}:")


async def test_where_a_reply_would_not_be_taken_the_composer_says_so_at_once(desk: Desk) -> None:
    merging.merge(session_of(desk), [VPN], BATTERY)
    resolution.cancel(session_of(desk), [BADGE], "not wanted")
    async with visit(desk) as visitor:
        for ticket, why in ((VPN, "merged: write on the other ticket"), (BADGE, "cancelled: reopen it first")):
            await open_ticket(visitor, ticket)
            await visitor.press("r")
            await visitor.sees("REPLY to", why)
            await visitor.paste("Hello")
            await visitor.press("escape", "c")
            await visitor.sees("WORK NOTE, staff only", "the requester never sees this")
            await visitor.press("s")
            await visitor.sees("Noted on")


async def test_a_reply_on_a_ticket_that_was_merged_meanwhile_goes_on_where_it_would_be_read(desk: Desk) -> None:
    communication.save_draft(session_of(desk), BATTERY, MessageKind.REPLY, "Good morning.")
    async with visit(desk) as visitor:
        await open_ticket(visitor, VPN)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.type("Try the cable.")
        merging.merge(session_of(desk, "jonas"), [VPN], BATTERY)
        await visitor.press("escape", "s")
        await visitor.sees("jonas changed this ticket", f"s write it on INC-{BATTERY}", "merged: write on the other")
        assert "send mine" not in visitor.text
        await visitor.press("s")
        await visitor.sees(f"‹ INC-{BATTERY}", "REPLY to", "Good morning.", "Try the cable.")
        assert communication.drafts(session_of(desk), VPN) == ()
        assert "Try the cable." not in [one.text for one in tickets.messages(session_of(desk), BATTERY)]
        await visitor.press("escape", "s")
        await visitor.sees(f"Replied on INC-{BATTERY}")
    assert tickets.messages(session_of(desk), BATTERY)[-1].text == "Good morning.\n\nTry the cable."


async def test_a_reply_on_a_ticket_that_was_cancelled_meanwhile_is_not_offered_to_be_sent(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor, VPN)
        await visitor.press("r")
        await visitor.sees("REPLY to")
        await visitor.type("Try the cable.")
        resolution.cancel(session_of(desk, "jonas"), [VPN], "not wanted")
        await visitor.press("escape", "s")
        await visitor.sees("jonas changed this ticket", "cancelled: reopen it first", "r go on writing")
        assert "s send" not in visitor.row("go on writing")
        await visitor.press("c")
        await visitor.sees("s send mine as well")


async def test_a_merge_of_two_requesters_says_first_what_moves(desk: Desk) -> None:
    approvals.ask(session_of(desk), [BADGE], approvals.Question(["supervisor"]))
    async with visit(desk) as visitor:
        await merge(visitor, VPN, "merge with", BADGE)
        await visitor.sees(f"Merge INC-{BADGE} into INC-{VPN}, of another requester?", "Emil", "Only work notes")
        await visitor.sees(f"The approval that INC-{BADGE} waits for is asked for no longer.")
        await visitor.press("enter")
        await visitor.misses("another requester")
        assert tickets.view(session_of(desk), BADGE).status is not Status.CLOSED
        await merge(visitor, VPN, "merge with", MAJOR)
        await visitor.sees(f"Merge INC-{VPN} into INC-{MAJOR},", f"INC-{MAJOR}, the major incident, stays")
        await visitor.press("y")
        await visitor.sees(f"Merged INC-{VPN} into INC-{MAJOR}.")


async def test_a_merge_that_cannot_be_is_refused_before_anything_is_asked(desk: Desk) -> None:
    resolution.resolve(session_of(desk), [BADGE], "a new cable")
    async with visit(desk) as visitor:
        for ticket, words, other, why in (
            (VPN, "merge with", BADGE, f"INC-{BADGE} is resolved and cannot be merged."),
            (MAJOR, "merge into", VPN, f"INC-{MAJOR} is a major incident: merge INC-{VPN} into it instead."),
        ):
            await merge(visitor, ticket, words, other)
            await visitor.sees(why)
            assert "another requester" not in visitor.text


async def test_a_message_is_split_off(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("ampersand")
        await choose(visitor, "split off a child")
        await visitor.sees("which messages")
        await visitor.press("j", "space")
        await visitor.sees("[x]")
        await visitor.press("enter")
        await visitor.sees("1 message of INC-12 will be there")
        await visitor.paste("Printer is empty")
        await visitor.press("tab", "escape", "s")
        await visitor.sees("Split INC-16 off INC-12, with a message of it")
        assert linked(desk, 16) == [("child of", VPN)]
        assert len(tickets.messages(session_of(desk), 16)) == 1


async def test_a_parent_with_open_children_asks_why_it_is_resolved_without_them(desk: Desk) -> None:
    links.link(session_of(desk), [BADGE], LinkType.CHILD_OF, VPN)
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("x")
        await visitor.sees("Children", f"INC-{BADGE} not resolved yet")
        await visitor.paste("New profile.")
        await visitor.press("tab", "tab")
        await visitor.paste("another team does it")
        await visitor.press("enter")
        await visitor.sees(f"Resolved INC-{VPN}.")


async def test_a_file_is_attached_saved_and_removed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "trace.log").write_bytes(b"zebra")
    mine = OwnFiles(tmp_path, lambda: tmp_path / "out")
    async with visit(desk, files=mine) as visitor:
        await open_ticket(visitor)
        await visitor.press("f")
        await choose(visitor, "attach requester")
        await visitor.sees("The requester will see it.")
        await visitor.type("tr")
        await visitor.sees("~/trace.log")
        await visitor.press("tab", "enter")
        await visitor.sees(f"Attached trace.log to INC-{VPN}.", "Files 1")
        await visitor.press("f")
        await choose(visitor, "trace")
        await choose(visitor, "save")
        await visitor.until(lambda: (tmp_path / "out" / "trace.log").exists(), "the file")
        assert (tmp_path / "out" / "trace.log").read_bytes() == b"zebra"
        await visitor.press("f")
        await choose(visitor, "trace")
        await choose(visitor, "remove")
        await visitor.sees(f"Removed trace.log from INC-{VPN}.")
        await visitor.misses("Files 1")
        await visitor.press("u")
        await visitor.sees("Files 1")


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name fits into a line of a dialog with what is said of it."""
    with TemporaryDirectory(prefix="d", dir="/tmp") as name:
        yield Path(name)


async def test_a_path_that_is_no_file_stands_there_again_with_the_reason(
    desk: Desk, short_path: Path, tmp_path: Path
) -> None:
    (short_path / "trace.log").write_bytes(b"zebra")
    async with visit(desk, files=OwnFiles(short_path, lambda: tmp_path / "out")) as visitor:
        await open_ticket(visitor)
        await visitor.press("f")
        await choose(visitor, "attach requester")
        await visitor.sees("The requester will see it.")
        await visitor.type("trace.lo")
        await visitor.press("enter")
        await visitor.sees("~/trace.lo", "trace.lo is not there.", "Not done yet")
        await visitor.type("g")
        await visitor.press("enter")
        await visitor.sees(f"Attached trace.log to INC-{VPN}.")


async def test_who_comes_by_the_desks_own_account_reads_no_file_of_its_machine(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        await visitor.press("f")
        await choose(visitor, "attach requester")
        await visitor.sees("You came by an account of the desk's own")


async def test_a_template_fills_the_form_and_what_was_written_stays(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("n")
        await visitor.sees("Requester")
        await visitor.press("tab", "tab", "tab")
        await visitor.paste("Please hurry.")
        await visitor.press("escape", "t")
        await choose(visitor, "starter")
        await visitor.sees("Full name", "office / home")
        await visitor.paste("Emil")
        await visitor.press("enter")
        await visitor.paste("moon")
        await visitor.press("enter")
        await visitor.sees("Workplace cannot be 'moon'")
        await visitor.press("enter")
        await visitor.press("ctrl+u")
        await visitor.paste("Home")
        await visitor.press("enter")
        await visitor.sees("New starter: Emil", "Workplace: home", "Please hurry.", "access.share")
        await visitor.press("q")
        await visitor.sees("Your text is kept: n goes on with it.")
        await visitor.press("n")
        await visitor.sees("Your draft from")
        await visitor.press("escape", "s")
        await visitor.sees("Opened REQ-16")
    assert tickets.view(session_of(desk), 16).tags == ("starter",), "also after the form was left"
