"""Tests and diagnosis: what was tried is recorded, and a policy may want a passed test before a ticket is resolved."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from itdesk.desk import communication, links, resolution, testing, triage, watchers
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.queries import tickets
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.meanwhile import last_deed
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.procedures import gates, progress
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.desk.undo import undo
from itdesk.domain.agreements import ClockName
from itdesk.domain.decisions import Thing
from itdesk.domain.procedures import Procedures, ResolvePolicy, TestOutcome
from itdesk.domain.ticket import LinkType, Status, WaitingReason
from tests.desk.acts import begin_testing, fail_test, open_ticket
from tests.desk.clocks import stored_clocks, told_clocks
from tests.support.desks import SignIn, StillClock, shipped_rulebook

PASSED = TestOutcome.PASSED
NEEDS_TEST = Procedures(resolve=(ResolvePolicy("network", None, True, "policies.yaml:3"),))


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    return shared_desk


@pytest.fixture
def with_policy(desk: Desk, clock: StillClock) -> Iterator[None]:
    """Whatever is about the network needs a passed test."""
    book = replace(shipped_rulebook(), procedures_data=NEEDS_TEST.to_data())
    rulebooks.adopt(Session(desk, SYSTEM, clock), book, f"with a policy {id(clock)}")
    yield
    rulebooks.adopt(Session(desk, SYSTEM, clock), shipped_rulebook(), f"without a policy {id(clock)}")


def test_a_test_says_what_how_by_whom_and_how_it_ended(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    testing.record_test(tom, [ticket], PASSED, "an hour of VPN", "with the ledger open")
    [test] = progress(tom, ticket).tests
    assert (test.what, test.how, test.outcome, test.tested_by, test.tested_at) == (
        *("an hour of VPN", "with the ledger open", PASSED, "tom", clock.now),
    )
    assert tickets.events(tom, ticket)[-1].text == "tested an hour of VPN (with the ledger open): passed"


def test_a_test_is_not_taken_back_from_a_ticket_that_was_resolved_since(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    tested = testing.record_test(tom, [ticket], PASSED, "an hour of VPN")
    resolved = resolution.resolve(tom, [ticket], "A new cable.")
    with pytest.raises(Refused, match="is resolved; reopen it before you take its test back"):
        undo(tom, tested.seqs[0])
    undo(tom, resolved.seqs[0])
    undo(tom, tested.seqs[0])
    assert progress(tom, ticket).tests == ()


def test_a_requester_who_was_asked_answers_by_his_test(sign_in_as: SignIn) -> None:
    for outcome, status in ((PASSED, Status.TESTING), (TestOutcome.FAILED, Status.IN_PROGRESS)):
        ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
        triage.take(tom, [ticket])
        testing.ask_to_test(tom, [ticket], "Please try again.")
        view = tickets.view(tom, ticket)
        assert view.waiting_reason is WaitingReason.REQUESTER
        assert tickets.messages(sign_in_as("rita"), ticket)[-1].text == "Please try again."
        testing.record_test(sign_in_as("rita"), [ticket], outcome, "VPN from home")
        assert tickets.view(tom, ticket).status is status


def test_a_request_to_test_answers_the_requester(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    clock.advance(minutes=1)
    change = testing.ask_to_test(tom, [ticket], "Please try again.")
    states = {one.name: one.state for one in clocks(tom, ticket)}
    assert states[ClockName.FIRST_RESPONSE] == "met"
    assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)
    undo(tom, change.seqs[0])
    assert {one.name: one.state for one in clocks(tom, ticket)}[ClockName.FIRST_RESPONSE] == "running"


def test_a_requester_may_answer_by_a_reply_and_tests_nobody_elses_ticket(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    testing.ask_to_test(tom, [ticket], "Please try again.")
    with pytest.raises(NotFound):
        testing.record_test(sign_in_as("ron"), [ticket], PASSED, "VPN")
    communication.reply(sign_in_as("rita"), [ticket], "It works.")
    assert tickets.view(tom, ticket).status is Status.IN_PROGRESS


@pytest.mark.usefixtures("with_policy")
def test_a_policy_wants_the_last_test_since_the_last_reopening_to_have_passed(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    with pytest.raises(Refused, match="needs a passed test, and no test of it has passed"):
        resolution.resolve(tom, [ticket], "New profile.")
    testing.record_test(tom, [ticket], PASSED, "VPN")
    begin_testing(tom, [ticket])
    fail_test(tom, [ticket])
    with pytest.raises(Refused, match="its last test failed"):
        resolution.resolve(tom, [ticket], "New profile.")
    testing.record_test(tom, [ticket], PASSED, "VPN")
    assert gates(tom, [ticket]) == ()
    resolution.resolve(tom, [ticket], "New profile.")
    clock.advance(hours=1)
    resolution.reopen(tom, [ticket], "it broke again")
    assert [gate.needs_test for gate in gates(tom, [ticket])] == [True]
    with pytest.raises(Refused, match="no test of it has passed"):
        resolution.resolve(tom, [ticket], "New profile.")


@pytest.mark.usefixtures("with_policy")
def test_a_written_reason_stands_for_the_test_and_is_a_decision(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    with pytest.raises(Refused, match="say why it goes without"):
        resolution.resolve(tom, [ticket], "New profile.", without_test=" ")
    resolution.resolve(tom, [ticket], "New profile.", without_test="the requester is on leave")
    decided = {item.decision.thing: item.decision.reason for item in tickets.decisions_in_force(tom, ticket)}
    assert decided[Thing.TEST] == "the requester is on leave"
    told = "resolved it, without a passed test (the requester is on leave): New profile."
    assert told in [event.text for event in tickets.events(tom, ticket)]


@pytest.mark.usefixtures("with_policy")
def test_that_a_duplicate_goes_without_its_test_is_said_and_decided(sign_in_as: SignIn) -> None:
    original, duplicate, tom = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("tom")
    links.link(tom, [duplicate], LinkType.DUPLICATE_OF, original)
    testing.record_test(tom, [original], PASSED, "VPN")
    change = resolution.resolve(tom, [original], "New profile.")
    assert change.sentence.endswith(f"with the same words. No test has passed of INC-{duplicate}.")
    why = f"resolved with its original INC-{original}"
    assert tickets.events(tom, duplicate)[-1].text == (
        f"resolved it, a duplicate, with INC-{original}, without a passed test ({why}): New profile."
    )


@pytest.mark.usefixtures("with_policy")
def test_of_many_tickets_one_that_is_left_out_gets_no_decision(sign_in_as: SignIn) -> None:
    tested, untested = open_ticket(sign_in_as), open_ticket(sign_in_as)
    testing.record_test(sign_in_as("tom"), [tested], PASSED, "VPN")
    change = resolution.resolve(sign_in_as("tom", skip_refused=True), [tested, untested], "New profile.")
    assert change.tickets == (tested,)
    things = [item.decision.thing for item in tickets.decisions(sign_in_as("tom"), untested)]
    assert Thing.TEST not in things


def test_the_cause_that_was_found_stays_when_a_ticket_is_resolved(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    resolution.diagnose(tom, [ticket], root_cause="MTU of the gateway", workaround="Use the portal")
    resolution.resolve(tom, [ticket], "New profile.")
    view = tickets.view(tom, ticket)
    assert (view.root_cause, view.workaround) == ("MTU of the gateway", "Use the portal")
    resolution.diagnose(tom, [ticket], workaround="")
    assert tickets.view(tom, ticket).workaround == ""
    with pytest.raises(Refused, match="has this diagnosis already"):
        resolution.diagnose(tom, [ticket], workaround="")


def test_a_request_to_test_is_told_as_a_reply_is_to_whom_it_mentions_and_to_watchers_until_it_is_taken_back(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    ticket, tom, lea, sam = open_ticket(sign_in_as), *map(sign_in_as, ("tom", "lea", "sam"))
    rita = sign_in_as("rita")
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    watchers.watch(sam, [ticket])
    clock.advance(minutes=1)

    def told(session: Session) -> list[str]:
        return [one.text for one in unread(session) if one.ticket_id == ticket]

    asked = testing.ask_to_test(tom, [ticket], "please try; @lea knows more")
    assert told(lea) == [f"tom mentions you on INC-{ticket}: “please try; @lea knows more”"]
    assert told(sam) == [f"INC-{ticket}: tom asked the requester to test"]
    assert told(rita) == [f"INC-{ticket}: please test, and say whether it works."]
    deed = last_deed(sam, ticket)
    assert deed is not None
    assert deed.said == "asked the requester to test: “please try; @lea knows more”"
    assert any(getattr(one, "text", "") == "asked the requester to test" for one in tickets.timeline(tom, ticket))
    clock.advance(minutes=1)
    undo(tom, asked.seqs[0])
    assert told(lea) == told(rita) == []
    assert told(sam) == [f"INC-{ticket}: 2 changes, last: tom withdrew the request to test"]
    assert tickets.events(tom, ticket)[-1].text == "withdrew the request to test"
