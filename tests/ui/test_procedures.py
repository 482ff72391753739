"""Checklists, approvals, diagnosis and tests by key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from itdesk.desk import approvals, checklist
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries import tickets
from itdesk.desk.queries.procedures import Progress, progress
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.domain.approvals import SUBSTITUTE, Need
from itdesk.domain.conditions import AllOf
from itdesk.domain.procedures import ApprovalRule, Asks, Procedures, Rejected, ResolvePolicy, Sop, SopStep
from itdesk.domain.ticket import Kind, Status
from itdesk.ui.messages import OpenTicket
from tests.support.desks import StillClock
from tests.ui.visit import Visit, visit
from tests.ui.world import NOW, rulebook, session_of

STEPS = (
    SopStep("status", "Check the status page"),
    SopStep("code", "Ask for the code", required=True, asks=Asks.VALUE, caption="code"),
)
PROCEDURES = Procedures(
    sops=(
        Sop("vpn", "VPN", ("network.vpn",), None, True, STEPS, "sops/vpn.md:1"),
        Sop("outage", "Outage", (), Kind.INCIDENT, False, (SopStep("lead", "Name who leads"),), "sops/outage.md:1"),
    ),
    resolve=(ResolvePolicy("network", None, True, "policies.yaml:3"),),
)


@pytest.fixture
def ticket(desk: Desk) -> int:
    """A new ticket about the VPN, with a checklist of two steps; resolving it takes a test."""
    book = replace(rulebook(), procedures_data=PROCEDURES.to_data())
    rulebooks.adopt(Session(desk, SYSTEM, StillClock(NOW)), book, "with procedures")
    (opened,) = submit(session_of(desk, "tariq"), NewTicket("VPN asks twice", requester="marta")).tickets
    return opened


async def show(visitor: Visit, ticket: int) -> None:
    visitor.app.post_message(OpenTicket(ticket))
    await visitor.sees("Timeline", f"-{ticket}  ", "Checklist 0/2")
    await visitor.at_rest()


def found(desk: Desk, ticket: int) -> Progress:
    return progress(session_of(desk), ticket)


async def test_steps_are_ticked_where_they_stand_and_ask_for_what_they_need(desk: Desk, ticket: int) -> None:
    async with visit(desk) as visitor:
        await show(visitor, ticket)
        await visitor.press("tab")
        await visitor.sees("□ Check the status page", "□ Ask for the code", "needed", "value: code")
        await visitor.press("space")
        await visitor.sees("■ Check the status page", "Checklist 1/2")
        await visitor.press("j", "enter")
        await visitor.sees("Step 2 of INC-", "Value       code", "Ask for the code")
        await visitor.type("809")
        await visitor.press("enter")
        await visitor.sees("■ Ask for the code", "Checklist 2/2", "u undo")
        assert found(desk, ticket).steps[1].entered == "809"
        await visitor.press("u")
        await visitor.sees("Checklist 1/2")
        await visitor.press("k", "enter")
        await visitor.sees("Checklist 0/2")


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_a_ticked_step_says_who_did_it_and_when(desk: Desk, ticket: int, size: tuple[int, int]) -> None:
    checklist.tick(replace(session_of(desk), clock=StillClock(NOW - timedelta(days=40))), [ticket], 1)
    checklist.tick(session_of(desk, "tariq"), [ticket], 2, entered="809")
    async with visit(desk, size=size) as visitor:
        visitor.app.post_message(OpenTicket(ticket))
        await visitor.sees("VPN asks twice", "Checklist")
        await visitor.press("tab")
        await visitor.sees("■ Check the status page", "anna, 7 Oct", "■ Ask for the code", "tariq, 09:14")
        await visitor.press("S")
        await visitor.sees("Checklist of INC-", "anna, 7 Oct", "tariq, 09:14")


async def test_the_checklist_key_adds_a_step_and_applies_another_sop(desk: Desk, ticket: int) -> None:
    async with visit(desk) as visitor:
        await show(visitor, ticket)
        await visitor.press("S")
        await visitor.sees("Checklist of INC-", "□ Check the status page", "Apply checklist: Outage")
        await visitor.type("own")
        await visitor.press("enter")
        await visitor.sees("What is to be done.")
        await visitor.type("Call Marta")
        await visitor.press("enter")
        await visitor.sees("Checklist 0/3")
        await visitor.press("S")
        await visitor.sees("Apply checklist")
        await visitor.type("outage")
        await visitor.press("enter")
        await visitor.sees("Checklist 0/4")
    assert [step.text for step in found(desk, ticket).steps[2:]] == ["Call Marta", "Name who leads"]


async def test_resolving_asks_why_steps_are_open_and_nothing_was_tested(desk: Desk, ticket: int) -> None:
    async with visit(desk) as visitor:
        await show(visitor, ticket)
        await visitor.press("x")
        await visitor.sees("Required steps are open: 2 Ask for the code.", "It needs a passed test")
        await visitor.type("New profile")
        await visitor.press("tab", "tab")
        await visitor.type("no code")
        await visitor.press("tab")
        await visitor.type("away")
        await visitor.press("enter")
        await visitor.sees(f"Resolved INC-{ticket}")
    decided = {str(item.decision.thing): item.decision.reason for item in tickets.decisions(session_of(desk), ticket)}
    assert (decided["checklist"], decided["test"]) == ("no code", "away")


async def test_an_approval_is_asked_for_by_key_and_given_by_key(desk: Desk, ticket: int) -> None:
    async with visit(desk) as visitor:
        await show(visitor, ticket)
        await visitor.press("A")
        await visitor.sees("Ask for approval of INC-", "Approvers")
        await visitor.type("sam")
        await visitor.press(*["enter"] * 6)
        await visitor.sees("waits for the approval of sam", "waiting: approval")
        await visitor.press("A")
        await visitor.sees("Ask no longer", "It waits for sam")
        await visitor.misses("Reject")
    async with visit(desk, "sam") as visitor:
        await show(visitor, ticket)
        await visitor.press("tab", "tab")
        await visitor.sees("pending, all must approve", "sam", "A decides")
        await visitor.press("A")
        await visitor.sees("Approve", "Reject")
        await visitor.press("enter")
        await visitor.sees(f"Approved INC-{ticket}")
    assert found(desk, ticket).pending is None


async def test_whoever_asks_for_an_approval_says_who_stands_in_until_when_and_what_a_rejection_does(
    desk: Desk, ticket: int
) -> None:
    async with visit(desk) as visitor:
        await show(visitor, ticket)
        await visitor.press("A")
        await visitor.sees("Substitutes", "Deadline    none", "If rejected cancel", "Reason")
        await visitor.type("sma")
        for typed in ("", "", "soon", "", ""):
            await visitor.press("enter")
            await visitor.type(typed)
        await visitor.press("enter")
        await visitor.sees("A deadline needs substitutes")
        await visitor.press("tab", "tab")
        await visitor.type("jonas")
        await visitor.press("enter", "ctrl+u")
        await visitor.type("2d")
        await visitor.press("enter", "ctrl+u")
        await visitor.type("return")
        await visitor.press("enter", "enter")
        await visitor.sees("sma", "Substitutes jonas", "Deadline    2d", "If rejected return")
        await visitor.press("ctrl+u")
        await visitor.type("sam")
        await visitor.press(*["enter"] * 6)
        await visitor.sees("waits for the approval of sam")
    (asked,) = found(desk, ticket).approvals
    assert [(person.login, person.seat) for person in asked.people] == [("sam", 1), ("jonas", SUBSTITUTE)]
    assert asked.due_at == NOW + timedelta(days=2)
    sam = session_of(desk, "sam")
    approvals.reject(sam, [ticket], "too dear")
    assert tickets.view(sam, ticket).status is not Status.CANCELLED


async def test_what_a_rule_would_ask_stands_in_the_form_with_the_rules_name(desk: Desk, ticket: int) -> None:
    rule = ApprovalRule(
        "lines", "policies.yaml:3", AllOf(()), ("sam",), Need.ANY, ("jonas",), timedelta(days=2), False, Rejected.RETURN
    )
    book = replace(rulebook(), procedures_data=Procedures(approvals=(rule,)).to_data())
    rulebooks.adopt(Session(desk, SYSTEM, StillClock(NOW)), book, "with a rule")
    async with visit(desk) as visitor:
        await show(visitor, ticket)
        await visitor.press("A")
        await visitor.sees("Approvers   sam", "All or any  any", "Substitutes jonas", "Deadline    2 d")
        await visitor.sees("If rejected return", "the rule lines (policies.yaml:3)")


async def test_a_rejection_asks_why(desk: Desk, ticket: int) -> None:
    approvals.ask(session_of(desk), [ticket], approvals.Question(["sam"]))
    async with visit(desk, "sam") as visitor:
        await show(visitor, ticket)
        await visitor.press("A", "down", "enter")
        await visitor.sees("Reason")
        await visitor.type("too dear")
        await visitor.press("enter")
        await visitor.sees(f"Rejected INC-{ticket}: it is cancelled now.")


async def test_where_nobody_is_left_who_could_approve_the_dialog_says_so_and_offers_to_ask_no_longer(
    desk: Desk, ticket: int
) -> None:
    approvals.ask(session_of(desk), [ticket], approvals.Question(["sam"]))
    desk.database.execute("UPDATE person SET active = (1 = 0) WHERE login = 'sam'")
    async with visit(desk) as visitor:
        await show(visitor, ticket)
        await visitor.press("A")
        await visitor.sees("Nobody is left to give it", "Ask no longer")
        await visitor.press("enter")
        await visitor.type("sam left")
        await visitor.press("enter")
        await visitor.sees("waits for no approval any more")


async def test_a_test_is_recorded_and_the_requester_asked(desk: Desk, ticket: int) -> None:
    async with visit(desk) as visitor:
        await show(visitor, ticket)
        await visitor.press("T", "down", "enter")
        await visitor.sees("Test failed on INC-")
        await visitor.type("VPN")
        await visitor.press("enter", "enter")
        await visitor.sees("Recorded a failed test", "Tests 1")
        await visitor.press("T")
        await visitor.type("requester")
        await visitor.press("enter")
        await visitor.sees("REPLY: ask for a test")
        await visitor.type("Try again")
        await visitor.press("escape", "s")
        await visitor.sees("waiting: requester", "Reply by anna")


async def test_the_diagnosis_begins_with_what_is_known(desk: Desk, ticket: int) -> None:
    async with visit(desk) as visitor:
        await show(visitor, ticket)
        await visitor.press("d")
        await visitor.sees("Diagnosis of INC-")
        await visitor.type("MTU")
        await visitor.press("tab")
        await visitor.type("Portal")
        await visitor.press("escape", "s")
        await visitor.sees("Noted the diagnosis")
        await visitor.press("d")
        await visitor.sees("Root cause  MTU", "Portal")
