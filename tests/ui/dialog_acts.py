"""How a person comes to each dialog, on the small desk of `tests.ui.world`: an act for each picture of one."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from itdesk.desk import (
    approvals,
    attachments,
    checklist,
    communication,
    form_drafts,
    links,
    resolution,
    triage,
    watchers,
)
from itdesk.desk.abilities import set_abilities
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries.rulebook import Written
from itdesk.desk.session import SYSTEM, Session
from itdesk.domain.assignment import Skill
from itdesk.domain.people import Role
from itdesk.domain.ticket import LinkType
from itdesk.ui.context import OwnFiles
from itdesk.ui.dialogs.canned import CannedDialog
from itdesk.ui.dialogs.confirm import NoticeDialog
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.dialogs.find_ticket import FindTicketDialog
from itdesk.ui.dialogs.kept import KeptDialog
from itdesk.ui.dialogs.mark import MarkDialog
from itdesk.ui.dialogs.next_ticket import NextTicketDialog
from itdesk.ui.dialogs.notices import NoticesDialog
from itdesk.ui.dialogs.path import PathDialog
from itdesk.ui.dialogs.person import PersonDialog
from itdesk.ui.dialogs.rules import RulesDialog
from itdesk.ui.messages import OpenTicket
from tests.support.desks import StillClock
from tests.ui.rota import plan_week
from tests.ui.visit import Visit
from tests.ui.world import NOW, session_of

Act = Callable[[Visit], Awaitable[None]]

SAP, VPN, WIFI, BADGE = 13, 12, 1, 15


async def show_ticket(visitor: Visit) -> None:
    """The ticket that most dialogs are about."""
    visitor.app.post_message(OpenTicket(VPN))
    await visitor.sees("Reply by anna")


async def show_schedule(visitor: Visit) -> None:
    """A week, with the cursor on jonas and the hour of now."""
    plan_week(visitor.desk)
    await visitor.press("4")
    await visitor.sees("Network · L2", "▌ mei")
    await visitor.press("j", "j", "j")
    await visitor.sees("· jonas ·")


async def fill_in(visitor: Visit, *texts: str) -> None:
    """Type over what stands in the fields, from the first on."""
    for text in texts:
        await visitor.press("ctrl+a", "ctrl+k")
        await visitor.paste(text)
        await visitor.press("enter")


# --- procedures -------------------------------------------------------------------------------------------------------


async def checking(visitor: Visit) -> None:
    checklist.apply_sop(session_of(visitor.desk), [VPN], "shaky-line")
    for step in (1, 3):
        checklist.tick(session_of(visitor.desk, "jonas"), [VPN], step)
    await show_ticket(visitor)
    await visitor.press("S")
    await visitor.sees("Checklist of INC-12", "■ Ask since when", "Apply checklist: Shaky line")


async def asking_approval(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("A")
    await visitor.sees("Ask for approval of INC-12", "they are told at once.")


async def deciding(visitor: Visit) -> None:
    approvals.ask(session_of(visitor.desk, "jonas"), [VPN], approvals.Question(["anna", "sam"]), "A second gateway")
    await visitor.polled()
    await show_ticket(visitor)
    await visitor.press("A")
    await visitor.sees("Approval of INC-12", "Ask no longer", "It waits for anna, sam")


async def recording(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("T")
    await visitor.sees("Test of INC-12", "Ask the requester to test")
    await visitor.press("down", "enter")
    await visitor.sees("Test failed on INC-12", "what was tested")


async def diagnosing(visitor: Visit) -> None:
    known = "Path MTU discovery is off on gw-vpn-02."
    resolution.diagnose(session_of(visitor.desk), [VPN], root_cause=known, workaround="Set the MTU to 1380.")
    await show_ticket(visitor)
    await visitor.press("d")
    await visitor.sees("Diagnosis of INC-12", "Set the MTU to 1380.")
    await visitor.press("tab", "escape")
    await visitor.sees("Your text is kept", "s note it")


async def overtaken(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("x")
    await visitor.sees("Resolve INC-12")
    await visitor.paste("Set the MTU to 1380.")
    communication.reply(session_of(visitor.desk, "marta"), [VPN], "Please wait: it drops at my colleague's as well.")
    triage.assign(session_of(visitor.desk, "jonas"), [VPN], "jonas")
    await visitor.press("escape", "s")
    await visitor.sees("INC-12 changed while you wrote", "marta replied", "jonas assigned it to jonas")
    await visitor.polled()
    await visitor.sees("1 notice")


async def keeping(visitor: Visit) -> None:
    texts = {"resolution": "Set the MTU to 1380.\nThen signed in twice.", "cause": "Path MTU discovery is off."}
    form_drafts.save_form(session_of(visitor.desk), form_drafts.Form("Resolve INC-12", (VPN,)), texts)
    await show_ticket(visitor)
    await visitor.press("D")
    await visitor.sees("Resolve INC-12", "Set the MTU", "Path MTU", "D throw away")


# --- links and files --------------------------------------------------------------------------------------------------


async def linking(visitor: Visit) -> None:
    links.link(session_of(visitor.desk), [VPN], LinkType.RELATED, 14)
    await show_ticket(visitor)
    await visitor.press("ampersand")
    await visitor.sees("Link, merge, split INC-12", "No longer related to")


async def finding(visitor: Visit) -> None:
    await linking(visitor)
    await visitor.press("enter")
    await visitor.sees("INC-12 is related to …", "SAP login fails")


async def merging(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("ampersand")
    await visitor.sees("Type to narrow it down")
    await visitor.paste("merge with")
    await visitor.press("enter")
    await visitor.sees("A number, or words")
    await visitor.paste(str(BADGE))
    await visitor.press("enter")
    await visitor.sees("of another requester?", "y yes, merge")


async def splitting(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("ampersand")
    await visitor.sees("Type to narrow it down")
    await visitor.paste("split off a child")
    await visitor.press("enter")
    await visitor.sees("Split INC-12: which messages", "[ ] marta")
    await visitor.press("down", "space")
    await visitor.sees("[x] anna")


async def filing(visitor: Visit) -> None:
    anna, here = session_of(visitor.desk), Path(__file__).parent / "__init__.py"
    for name, staff_only in (("gw-vpn-02.log", True), ("a photo of the message on the phone.jpg", False)):
        with here.open("rb") as source:
            kept = attachments.keep(anna, source, name)
        attachments.attach(anna, [VPN], [kept], staff_only=staff_only)
    await show_ticket(visitor)
    await visitor.press("f")
    await visitor.sees("Files of INC-12", "gw-vpn-02.log", "Attach a file for staff only")


async def attaching(visitor: Visit) -> None:
    visitor.app.desk.files = OwnFiles(Path(__file__).parent, lambda: Path("exports"))
    await show_ticket(visitor)
    await visitor.press("f")
    await visitor.sees("Attach a file …")
    await visitor.press("enter")
    await visitor.sees("Attach to INC-12", "The requester will see it.")
    await visitor.type("wor")
    await visitor.sees("~/world.py")


# --- visits, time, who is told ----------------------------------------------------------------------------------------


async def planning(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("V")
    await visitor.sees("Visit for INC-12", "How long")
    await fill_in(visitor, "soon", "2h", "anna", "Gdańsk, floor 3", "")
    await visitor.sees("'soon' is no time of day", "Not done yet")


async def logging(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("L")
    await visitor.sees("Log time on INC-12", "25m, 1h30, 1.5h")


async def watching(visitor: Visit) -> None:
    watchers.watch(session_of(visitor.desk, "jonas"), [VPN])
    await show_ticket(visitor)
    await visitor.press("W")
    await visitor.sees("Who watches INC-12", "watches · stop watching")


async def noticing(visitor: Visit) -> None:
    await visitor.until(lambda: visitor.app._newest_notice is not None, "what anna was told before")
    jonas = session_of(visitor.desk, "jonas")
    communication.note(
        jonas, [VPN], "@anna the new firmware on gw-vpn-02 turned path MTU discovery off, others follow."
    )
    approvals.ask(jonas, [WIFI], approvals.Question(["anna"]), "Two more access points")
    triage.assign(jonas, [BADGE], "anna")
    await visitor.polled()
    await visitor.press("ctrl+r")
    await visitor.sees("3 notices", "Mine 4", "Waiting 4")
    await visitor.until(lambda: "anna" in visitor.row("INC-15"), "the ticket with its new owner")
    await visitor.at_rest()
    await visitor.press("i")
    await visitor.sees("Notices", "r mark read")


# --- replies, views, the next -----------------------------------------------------------------------------------------


async def inserting(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("r")
    await visitor.sees("REPLY to")
    await visitor.press("escape", "i")
    await visitor.sees("Insert a canned reply", "for this category", "the cable in place of the Wi-Fi")


async def naming_view(visitor: Visit) -> None:
    await visitor.press("slash")
    await visitor.type(" p:1")
    await visitor.sees("2 of 2")
    await visitor.press("enter", "v")
    await visitor.sees("s save the filter")
    await visitor.press("s")
    await visitor.sees("Save the filter as a view of your own")


async def taking_next(visitor: Visit) -> None:
    await visitor.press("N")
    await visitor.sees("The next for you", "Nothing is taken yet")


async def colouring(visitor: Visit) -> None:
    visitor.app.action_theme()
    await visitor.sees("Theme", "high-contrast")


# --- triage -----------------------------------------------------------------------------------------------------------


async def narrowed_to_nothing(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("l")
    await visitor.sees("Category of INC-12", "network.vpn")
    await visitor.paste("prnter")
    await visitor.sees("Nothing fits. Backspace widens the list.", "0 of 5")


async def assigning(visitor: Visit) -> None:
    plan_week(visitor.desk)
    await show_ticket(visitor)
    await visitor.press("a")
    await visitor.sees("Assign INC-12", "network, best first")


async def escalating(visitor: Visit) -> None:
    await show_ticket(visitor)
    await visitor.press("E")
    await visitor.sees("Escalate INC-12", "To management")


async def tagging(visitor: Visit) -> None:
    triage.tag(session_of(visitor.desk), [VPN], add=["gw-vpn-02", "month-end"])
    await show_ticket(visitor)
    await visitor.press("plus")
    await visitor.sees("Tag INC-12", "Now: gw-vpn-02, month-end.")


async def refused(visitor: Visit) -> None:
    await visitor.press("]")
    await visitor.sees("Old intranet link")
    await visitor.press("*", "t")
    await visitor.sees("none of 3 can be done")


async def why_by_rule(visitor: Visit) -> None:
    written = (
        Written("categories.yaml:88", ("- name: vpn-drops", "  any: [vpn, tunnel]", "  category: network.vpn")),
        Written(
            "priorities.yaml:41",
            ("- name: team", "  any: [whole team, our team, all of us, everybody here, nobody in the office]"),
        ),
        Written("priorities.yaml:57", ("- name: today", "  any:", "    - today", "    - closes the month")),
    )
    await show_ticket(visitor)
    await visitor.app.push_screen(RulesDialog(written, "/etc/itdesk"))
    await visitor.sees("The rules as they are written", "closes the month")


# --- new ticket and schedule ------------------------------------------------------------------------------------------


async def filling_template(visitor: Visit) -> None:
    await visitor.press("n")
    await visitor.sees("New ticket", "Would be")
    await visitor.press("escape", "t")
    await visitor.sees("Begin with a template")
    await visitor.press("enter")
    await visitor.sees("New starter", "office / home")
    await fill_in(visitor, "Ada Lem", "moon")
    await visitor.sees("Not done yet", "moon")


async def adding(visitor: Visit) -> None:
    await show_schedule(visitor)
    await visitor.press("plus")
    await visitor.sees("Shift of every week")
    await visitor.paste("every week")
    await visitor.press("enter")
    await visitor.sees("On holidays", "without end")


async def moving(visitor: Visit) -> None:
    await show_schedule(visitor)
    await visitor.press("m")
    await visitor.sees("Move ", "Duty on call of jonas")
    await visitor.press("down", "enter")
    await visitor.sees("Move the shift of", "Every week from this day on")


async def swapping(visitor: Visit) -> None:
    await show_schedule(visitor)
    await visitor.press("s")
    await visitor.sees("Swap ", ", with")


async def removing(visitor: Visit) -> None:
    await show_schedule(visitor)
    await visitor.press("d")
    await visitor.sees("as if it had never been", "Duty on call of")


# --- people -----------------------------------------------------------------------------------------------------------


async def show_person(visitor: Visit) -> None:
    """The card of jonas."""
    skills = [Skill("access", 2), Skill("network", 3), Skill("network.vpn", 5)]
    set_abilities(session_of(visitor.desk, "sam"), "jonas", skills=skills, languages=["de", "en"], capacity=12)
    plan_week(visitor.desk)
    await visitor.press("4")
    await visitor.sees("jonas", "To settle" if visitor.app.size.height > 24 else "On shift")
    await visitor.press("P")
    await visitor.sees(" People ")
    await visitor.paste("jonas")
    await visitor.press("enter")
    await visitor.sees("Person jonas", "5  network.vpn")


async def changing_abilities(visitor: Visit) -> None:
    await show_person(visitor)
    await visitor.press("e")
    await visitor.sees("What jonas can do", "network.vpn=5")


async def letting_leave(visitor: Visit) -> None:
    add_people(Session(visitor.desk, SYSTEM, StillClock(NOW)), [NewPerson("sam", "Sam Okoye", role=Role.ADMINISTRATOR)])
    await visitor.polled()
    await visitor.sees("You are now administrator")
    await show_person(visitor)
    await visitor.press("D")
    await visitor.sees("Who gets the tickets of jonas?")
    await visitor.paste("petra")
    await visitor.press("enter")
    await visitor.sees("Let jonas leave?", "y yes, let leave")


DIALOG_ACTS: tuple[Act, ...] = (
    *(checking, asking_approval, deciding, recording, diagnosing, overtaken, keeping),
    *(linking, finding, merging, splitting, filing, attaching),
    *(planning, logging, watching, noticing),
    *(inserting, naming_view, taking_next, colouring),
    *(narrowed_to_nothing, assigning, escalating, tagging, refused, why_by_rule),
    *(filling_template, adding, moving, swapping, removing),
    *(show_person, changing_abilities, letting_leave),
)

LEADS_ACTS = (adding, moving, swapping, removing, changing_abilities, letting_leave)
"""What only whoever plans for others comes to; all else is anna's."""

LAYOUTS: Mapping[type[Dialog[Any]], Act] = {
    CannedDialog: inserting,
    FindTicketDialog: finding,
    KeptDialog: keeping,
    MarkDialog: splitting,
    NextTicketDialog: taking_next,
    NoticeDialog: refused,
    NoticesDialog: noticing,
    PathDialog: attaching,
    PersonDialog: show_person,
    RulesDialog: why_by_rule,
}
"""For each kind of dialog that no act of `test_pictures` shows, the one that stands for it where not all need be seen.

Dialogs of one kind differ in their words alone: the widgets that paint them are the same.
"""
