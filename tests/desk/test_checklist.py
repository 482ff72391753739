"""Checklists: a ticket gets its category's steps, keeps what was done, and is not resolved past required ones."""

from dataclasses import replace

import pytest

from itdesk.desk import checklist, resolution, triage
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.intake import NewTicket
from itdesk.desk.queries import tickets
from itdesk.desk.queries.procedures import Step, gates, progress
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.decisions import Thing
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock, shipped_rulebook

LOST = NewTicket("Lost my phone on the train", requester="rita", category="security.lost_device")
DISK = NewTicket("The disk of web01 is full", requester="rita", category="storage.space")


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    return shared_desk


def steps(sign_in_as: SignIn, ticket: int) -> tuple[Step, ...]:
    return progress(sign_in_as("tom"), ticket).steps


def test_a_new_ticket_has_the_steps_of_its_category_and_staff_alone_see_them(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as, DISK)
    assert [step.place for step in steps(sign_in_as, ticket)] == list(range(1, 9))
    assert {step.sop for step in steps(sign_in_as, ticket)} == {"disk-full"}
    checklist.tick(sign_in_as("tom"), [ticket], 3)
    assert progress(sign_in_as("rita"), ticket).steps == ()
    assert "step_ticked" not in [event.verb for event in tickets.events(sign_in_as("rita"), ticket)]
    assert tickets.events(sign_in_as("tom"), ticket)[-1].text.startswith("ticked step 3 Check for deleted files")


def test_a_step_that_asks_for_something_is_not_ticked_without_it(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket = open_ticket(sign_in_as, DISK)
    with pytest.raises(Refused, match="wants this value: host and volume"):
        checklist.tick(sign_in_as("tom"), [ticket], 1)
    checklist.tick(sign_in_as("tom"), [ticket], 1, entered=" web01 /var ")
    step = steps(sign_in_as, ticket)[0]
    assert (step.done_by, step.done_at, step.entered) == ("tom", clock.now, "web01 /var")
    with pytest.raises(Refused, match="has no step 99; it has 1, 2"):
        checklist.tick(sign_in_as("tom"), [ticket], 99)


def test_another_category_brings_its_steps_and_what_was_ticked_stays(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as, DISK), sign_in_as("tom")
    checklist.tick(tom, [ticket], 3)
    checklist.add_step(tom, [ticket], "Tell the owner")
    before = steps(sign_in_as, ticket)
    triage.categorize(tom, [ticket], "network.vpn")
    after = steps(sign_in_as, ticket)
    assert [(step.place, step.sop) for step in after[:2]] == [(3, "disk-full"), (9, "")]
    assert {step.sop for step in after[2:]} == {"vpn"}
    undo_last(tom, ticket)
    assert steps(sign_in_as, ticket) == before


def test_back_in_its_old_category_a_ticket_has_its_old_steps(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as, DISK), sign_in_as("tom")
    before = steps(sign_in_as, ticket)
    first = triage.categorize(tom, [ticket], "network.vpn")
    triage.categorize(tom, [ticket], "storage.space")
    assert steps(sign_in_as, ticket) == before
    with pytest.raises(Refused, match="changed since"):
        undo(tom, first.seqs[0])


def test_what_was_ticked_after_a_category_came_stays_when_that_is_undone(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as, DISK), sign_in_as("tom")
    change = triage.categorize(tom, [ticket], "network.vpn")
    place = steps(sign_in_as, ticket)[0].place
    checklist.tick(tom, [ticket], place)
    undo(tom, change.seqs[0])
    kept = steps(sign_in_as, ticket)
    assert {step.sop for step in kept} == {"disk-full", "vpn"}
    assert [step.place for step in kept if step.sop == "vpn"] == [place]


def test_required_steps_keep_a_ticket_open_and_are_named(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as, DISK), sign_in_as("tom")
    with pytest.raises(Refused, match=r"not ticked: 6 Stop the growth: rotation, retention, quota\."):
        resolution.resolve(tom, [ticket], "Freed 20 GB.")
    assert [gate.steps for gate in gates(tom, [ticket])] == [("6 Stop the growth: rotation, retention, quota",)]
    checklist.tick(tom, [ticket], 6, entered="log rotation")
    assert gates(tom, [ticket]) == ()
    resolution.resolve(tom, [ticket], "Freed 20 GB.")


def test_a_step_of_a_resolved_ticket_is_not_unticked_until_it_is_reopened(sign_in_as: SignIn) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    checklist.add_step(tom, [ticket], "tell the team", required=True)
    [step] = [one for one in progress(tom, ticket).steps if one.text == "tell the team"]
    ticked = checklist.tick(tom, [ticket], step.place)
    resolution.resolve(tom, [ticket], "A new cable.", without_steps="not needed")
    with pytest.raises(Refused, match="is resolved; reopen it first"):
        checklist.untick(tom, [ticket], step.place)
    with pytest.raises(Refused, match="is resolved; reopen it first"):
        undo(tom, ticked.seqs[0])


def test_a_step_of_a_resolved_ticket_is_not_ticked_so_that_the_resolution_can_be_undone(sign_in_as: SignIn) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as, DISK)
    resolved = resolution.resolve(tom, [ticket], "Freed 20 GB.", without_steps="done by the provider")
    before = steps(sign_in_as, ticket)
    with pytest.raises(Refused, match=f"INC-{ticket} is resolved; reopen it first."):
        checklist.tick(tom, [ticket], 3)
    with pytest.raises(Refused, match=f"INC-{ticket} is resolved; reopen it first."):
        checklist.add_step(tom, [ticket], "Call back")
    assert steps(sign_in_as, ticket) == before
    undo(tom, resolved.seqs[0])
    checklist.tick(tom, [ticket], 3)
    assert undo_last(tom, ticket).sentence == f"Undid the ticking of a step of INC-{ticket}."


def test_a_written_reason_passes_open_steps_and_is_a_decision(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as, DISK), sign_in_as("tom")
    with pytest.raises(Refused, match="say why"):
        resolution.resolve(tom, [ticket], "Freed 20 GB.", without_steps=" ")
    resolution.resolve(tom, [ticket], "Freed 20 GB.", without_steps="the server is switched off next week")
    decided = {item.decision.thing: item.decision for item in tickets.decisions_in_force(tom, ticket)}
    assert decided[Thing.CHECKLIST].value == "without 6"
    assert decided[Thing.CHECKLIST].reason == "the server is switched off next week"
    without = ", without step 6 (the server is switched off next week)"
    assert tickets.timeline(tom, ticket)[-1].text == f"resolved it{without}: Freed 20 GB."
    assert tickets.timeline(sign_in_as("rita"), ticket)[-1].text == "resolved it: Freed 20 GB."
    assert Thing.CHECKLIST not in {item.decision.thing for item in tickets.decisions(sign_in_as("rita"), ticket)}


def test_a_supervisor_passes_open_steps_without_a_reason(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as, LOST)
    resolution.resolve(sign_in_as("sam"), [ticket], "Found.", without_steps="")
    assert tickets.view(sign_in_as("sam"), ticket).status == "resolved"


def test_a_changed_sop_changes_no_ticket_that_has_it(desk: Desk, sign_in_as: SignIn, clock: StillClock) -> None:
    ticket = open_ticket(sign_in_as, DISK)
    before = steps(sign_in_as, ticket)
    bare = replace(shipped_rulebook(), procedures_data={})
    rulebooks.adopt(Session(desk, SYSTEM, clock), bare, "without procedures")
    try:
        assert steps(sign_in_as, ticket) == before
        assert steps(sign_in_as, open_ticket(sign_in_as, DISK)) == ()
        with pytest.raises(NotFound, match="There is no SOP 'vpn'"):
            checklist.apply_sop(sign_in_as("tom"), [ticket], "vpn")
    finally:
        rulebooks.adopt(Session(desk, SYSTEM, clock), shipped_rulebook(), "shipped again")


def test_an_sop_applied_by_hand_stays_with_every_category(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as, DISK), sign_in_as("tom")
    checklist.apply_sop(tom, [ticket], "outage")
    triage.categorize(tom, [ticket], "network.vpn")
    assert {step.sop for step in steps(sign_in_as, ticket)} == {"outage", "vpn"}
