"""Who takes a ticket, on the screens: the next one for me, and the people of a team as they stand."""

from dataclasses import replace

from itdesk.desk import intake, triage
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.abilities import set_abilities
from itdesk.desk.queries import tickets
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.domain.assignment import Mode, Sharing, Skill, TeamSharing
from itdesk.domain.ticket import Status
from itdesk.models.schedule import Absence
from tests.support.desks import StillClock
from tests.ui.visit import visit
from tests.ui.world import NOW, rulebook, session_of

BADGE, WIFI = 15, 1
"""What nobody has."""


def free_vpn(desk: Desk, *subjects: str) -> list[int]:
    """New tickets of the network team."""
    new = [intake.NewTicket(f"VPN: {subject}", requester="marta") for subject in subjects]
    return [intake.submit(session_of(desk, "tariq"), one).tickets[0] for one in new]


async def test_the_next_ticket_is_named_with_its_reason_and_enter_takes_it(desk: Desk) -> None:
    triage.take(session_of(desk, "jonas"), [WIFI])
    first, second = free_vpn(desk, "first", "second")
    set_abilities(Session(desk, SYSTEM, StillClock(NOW)), "anna", skills=[Skill("network", 4)])
    async with visit(desk) as visitor:
        await visitor.press("N")
        await visitor.sees("The next for you", "VPN: first", "skill network (4 of 5)", "enter take it")
        await visitor.press("N")
        await visitor.sees("VPN: second")
        await visitor.press("N")
        await visitor.sees("There is none after that one.")
        await visitor.misses("The next for you")
        assert tickets.view(session_of(desk), first).assignee is None
        await visitor.press("N")
        await visitor.sees("VPN: first")
        await visitor.press("enter")
        await visitor.sees(f"INC-{first}  VPN: first", "in progress", "anna")
        await visitor.sees(f"Took INC-{first}. u undo")
        view = tickets.view(session_of(desk), first)
        assert (view.assignee, view.status) == ("anna", Status.IN_PROGRESS)
        await visitor.press("N")
        await visitor.sees("The next for you", "VPN: second")
        await visitor.press("escape")
        await visitor.misses("The next for you")
        assert tickets.view(session_of(desk), second).assignee is None
        await visitor.press("N", "enter")
        await visitor.sees(f"INC-{second}  VPN: second", f"Took INC-{second}. u undo")
        await visitor.at_rest()
        assert f"Took INC-{second}. u undo" in visitor.status
        await visitor.press("u")
        await visitor.sees(f"Undid the taking of INC-{second}.")
        await visitor.press("[")
        await visitor.misses(f"INC-{second}  VPN: second")
        assert "Undid" not in visitor.status


async def test_a_ticket_that_a_colleague_took_meanwhile_is_not_taken_from_him(desk: Desk) -> None:
    triage.take(session_of(desk, "jonas"), [WIFI])
    first, second, third = free_vpn(desk, "first", "second", "third")
    async with visit(desk) as visitor:
        await visitor.press("N")
        await visitor.sees("The next for you", "VPN: first")
        triage.take_next(session_of(desk, "jonas"))
        await visitor.press("enter")
        told = f"jonas changed INC-{first} meanwhile: took it, in progress."
        await visitor.sees(told, "The next for you", "VPN: second", "Nothing is taken yet")
        await visitor.press("N")
        await visitor.sees("The next for you", "VPN: third")
        assert told not in "\n".join(visitor.lines[:-1])
        triage.take(session_of(desk, "jonas"), [third])
        await visitor.press("enter")
        await visitor.sees(f"jonas changed INC-{third} meanwhile", "VPN: second")
        triage.take_next(session_of(desk, "jonas"))
        await visitor.press("enter")
        await visitor.sees(f"jonas changed INC-{second} meanwhile", "Nothing waits for you")
        assert {tickets.view(session_of(desk), one).assignee for one in (first, second, third)} == {"jonas"}
        assert not visitor.app.desk.done


async def test_that_nothing_fits_is_readable_whole_where_it_is_longer_than_a_row(desk: Desk) -> None:
    triage.take(session_of(desk, "jonas"), [WIFI])
    skills = ("access.share", "hardware.printer", "network.vpn", "other.unknown")
    set_abilities(Session(desk, SYSTEM, StillClock(NOW)), "anna", skills=[Skill(one, 3) for one in skills])
    async with visit(desk) as visitor:
        await visitor.press("N")
        await visitor.sees("Nothing waits for you in network.")
        assert f"Your skills: {', '.join(skills)}." in " ".join(visitor.text.split())


async def test_who_is_in_no_team_learns_why_there_is_no_next_one(desk: Desk) -> None:
    async with visit(desk, "sam") as visitor:
        await visitor.press("N")
        await visitor.sees("sam is in no team")


async def test_people_are_offered_best_first_with_their_load_and_why_not(desk: Desk) -> None:
    person = session_of(desk, "jonas").actor.id
    Absence.create(person=person, starts_at=NOW, ends_at=None, reason="holiday", changed_at=NOW)
    [vpn] = free_vpn(desk, "first")
    async with visit(desk) as visitor:
        await visitor.press("slash")
        await visitor.type("first")
        await visitor.press("enter")
        await visitor.sees("1-1 of 1")
        await visitor.press("a")
        await visitor.sees(f"Assign INC-{vpn}", "network, best first", "absent: holiday")
        assert visitor.text.index("Anna Nowak") < visitor.text.index("Jonas Berg")
        assert "/20" in visitor.row("Anna Nowak")
        await visitor.type("jonas")
        await visitor.press("enter")
        await visitor.sees(f"Assigned INC-{vpn} to jonas, who is away (holiday).")


async def test_who_does_not_speak_with_the_requester_is_told_where_one_assigns_and_where_languages_are_left_aside(
    desk: Desk,
) -> None:
    lead = Session(desk, SYSTEM, StillClock(NOW))
    for login, code in (("anna", "pl"), ("jonas", "en"), ("marta", "en")):
        set_abilities(lead, login, languages=[code])
    free_vpn(desk, "first")
    async with visit(desk) as visitor:
        await visitor.press("slash")
        await visitor.type("first")
        await visitor.press("enter")
        await visitor.sees("1-1 of 1")
        await visitor.press("a")
        await visitor.sees("network, best first ", "no common language: pl, not en")
        assert visitor.text.index("Jonas Berg") < visitor.text.index("Anna Nowak")
        await visitor.press("escape")
        set_abilities(lead, "jonas", languages=["de"])
        await visitor.press("a")
        await visitor.sees("network, best first; nobody who could take it speaks en")
        await visitor.misses("no common language")
        await visitor.press("escape")
        await visitor.press("enter")
        await visitor.sees("People")
        await visitor.press("tab")
        await visitor.sees("Requester", "speaks en")


async def test_why_names_everybody_who_was_considered(desk: Desk) -> None:
    sharing = Sharing(capacity=30, teams={"network": TeamSharing(Mode.PUSH, place="routing.yaml:9")})
    clock = StillClock(NOW)
    rulebooks.adopt(Session(desk, SYSTEM, clock), replace(rulebook(), sharing_data=sharing.to_data()), "push")
    set_abilities(Session(desk, SYSTEM, clock), "anna", skills=[Skill("network.wifi", 4)])
    [vpn] = free_vpn(desk, "pushed")
    async with visit(desk, size=(100, 40)) as visitor:
        await visitor.press("slash")
        await visitor.type("pushed")
        await visitor.press("enter")
        await visitor.sees("1-1 of 1", "jonas")
        await visitor.press("w")
        await visitor.sees("Assignee", "the only one of 2 who fits", "no skill for network.vpn", "routing.yaml:9")
        assert "/30" in visitor.row("no skill for network.vpn")
        assert tickets.view(session_of(desk), vpn).assignee == "jonas"


async def test_the_form_says_who_is_there(desk: Desk) -> None:
    async with visit(desk, "tariq") as visitor:
        await visitor.press("n")
        await visitor.sees("New ticket")
        await visitor.press("tab", "tab")
        await visitor.paste("VPN drops")
        await visitor.sees("2 on shift, jonas has the lowest load")
