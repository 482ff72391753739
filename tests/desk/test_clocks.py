"""Clocks through the desk: what is due follows every change at once, undo included, on both databases."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from itdesk.desk import communication, imports, links, recomputing, resolution, rulebook, triage
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.people import known_person
from itdesk.desk.undo import undo
from itdesk.domain.queue_order import NEVER
from itdesk.domain.ticket import LinkType, Status, WaitingReason
from itdesk.models.tickets import Ticket
from tests.desk.acts import VPN, open_ticket
from tests.desk.clocks import stored_clocks, told_clocks
from tests.desk.test_milestones import imported
from tests.support.desks import SignIn, StillClock, shipped_rulebook

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def ten_in_berlin(clock: StillClock) -> None:
    clock.now = datetime(2026, 3, 2, 10, tzinfo=BERLIN)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


def due(ticket: int) -> tuple[str | None, datetime | None, str | None]:
    row = Ticket.get_by_id(ticket)
    assert (row.due_key == NEVER) is (row.due_at is None)
    assert row.due_at is None or row.due_clock is not None
    return row.agreement, row.due_at, row.due_clock


def test_a_new_ticket_is_due_by_its_agreement(sign_in_as: SignIn) -> None:
    vip = open_ticket(sign_in_as)
    (low,) = submit(sign_in_as("desi"), NewTicket("VPN does not connect", requester="rita")).tickets
    assert due(vip) == ("vip", at(10, 30), "first_response")
    assert due(low) == ("low", at(10, day=3), "first_response")
    assert stored_clocks(sign_in_as("sam"), vip) == told_clocks(sign_in_as("sam"), vip)


def test_what_is_due_follows_at_once(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    communication.note(tom, [ticket], "looking")
    assert due(ticket)[1] == at(10, 30)
    clock.advance(minutes=20)
    communication.reply(tom, [ticket], "We are on it")
    assert due(ticket) == ("vip", at(14, 20), "update")
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    clock.advance(hours=1)
    assert due(ticket) == ("vip", at(14, 20), "update"), "a pause leaves the updates alone"
    communication.reply(sign_in_as("rita"), [ticket], "It still says timeout")
    triage.escalate(tom, [ticket], level=3, reason="firmware")
    assert due(ticket) == ("vip", at(14, 20), "update")
    triage.tag(tom, [ticket], remove=["board"])
    assert due(ticket) == ("normal", at(10, 20, day=4), "update"), "20 h from one answer to the next"
    triage.prioritize(tom, [ticket], priority=1, reason="the board")
    assert due(ticket) == ("critical", at(11, 20), "update"), "the hour was used already"
    resolution.resolve(tom, [ticket], "Restarted it")
    assert due(ticket) == ("critical", None, None)
    resolution.reopen(sign_in_as("rita"), [ticket], "no")
    assert due(ticket) == ("critical", at(12, 20), "update")
    assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)


def test_a_vip_has_the_agreement_for_vips_and_keeps_it_when_the_ticket_changes(sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    known = known_person(sign_in_as("ada"), "rita")
    assert known is not None
    add_people(sign_in_as("ada"), [NewPerson("rita", known.name, known.role, vip=True)])
    ticket = open_ticket(sign_in_as, replace(VPN, tags=()))
    assert due(ticket)[0] == "vip"
    triage.prioritize(tom, [ticket], priority=2, reason="the board")
    assert due(ticket)[0] == "vip"


def test_a_duplicate_is_not_due_until_it_is_none_any_more(sign_in_as: SignIn, clock: StillClock) -> None:
    first, second, tom = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("tom")
    clock.advance(minutes=10)
    linked = links.link(tom, [second], LinkType.DUPLICATE_OF, first)
    assert due(first)[1] == at(10, 30)
    assert due(second) == ("vip", None, None)
    assert clocks(tom, second)[0].history[-1].why == f"duplicate of INC-{first}"
    clock.advance(hours=1)
    undo(tom, linked.seqs[0])
    assert due(second)[1] == at(10, 30), "it never was one"
    links.link(tom, [second], LinkType.DUPLICATE_OF, first)
    clock.advance(hours=1)
    links.unlink(tom, [second], LinkType.DUPLICATE_OF, first)
    assert due(second)[2] == "first_response"
    assert stored_clocks(tom, second) == told_clocks(tom, second)


def test_undo_brings_back_agreement_decision_and_due_moment(sign_in_as: SignIn, clock: StillClock) -> None:
    from itdesk.desk.queries.tickets import decisions_in_force

    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    before = due(ticket), [one.decision for one in decisions_in_force(tom, ticket)]
    clock.advance(minutes=5)
    change = triage.prioritize(tom, [ticket], priority=1, reason="the board")
    assert due(ticket) == ("critical", at(10, 15), "first_response")
    clock.advance(minutes=5)
    undo(tom, change.seqs[0])
    assert (due(ticket), [one.decision for one in decisions_in_force(tom, ticket)]) == before
    assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)


def test_the_journal_says_by_which_agreement_and_of_which_rulebook(sign_in_as: SignIn) -> None:
    from itdesk.desk.queries.tickets import journal_entries

    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.prioritize(tom, [ticket], priority=1, reason="the board")
    opening, change = journal_entries(tom, ticket)
    assert (opening["facts"]["agreement"], opening["facts"]["terms"]) == ("vip", 1)
    assert (change["facts"]["changes"]["agreement"], change["facts"]["terms"]) == (["vip", "critical"], 1)


def test_a_whole_day_of_work_is_what_the_journal_tells(sign_in_as: SignIn, clock: StillClock) -> None:
    """Another technician's undo of an older entry, and a reply that is withdrawn, change what was answered."""
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    clock.advance(minutes=10)
    reply = communication.reply(tom, [ticket], "We are on it")
    clock.advance(minutes=10)
    triage.take(tom, [ticket])
    undo(sign_in_as("tina"), reply.seqs[0])
    assert due(ticket) == ("vip", at(10, 30), "first_response")
    clock.advance(minutes=60)
    resolution.resolve(tom, [ticket], "done")
    assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)


def test_an_imported_history_has_its_clocks_and_goes_on(sign_in_as: SignIn, clock: StillClock) -> None:
    waits = (Status.WAITING, WaitingReason.REQUESTER)
    history = ((Status.NEW, None), waits, waits, (Status.IN_PROGRESS, None), (Status.RESOLVED, None))
    clock.advance(days=1)
    sam = sign_in_as("sam")
    for shown, runs, wanted in ((2, False, "first_response"), (4, True, "first_response"), (5, False, None)):
        imports.import_tickets(sam, [imported(history[:shown])])
        ticket = Ticket.get(Ticket.external_id == "OLD1").id
        agreement, due_at, due_clock = due(ticket)
        assert (agreement, due_at is not None, due_clock) == ("normal", runs, wanted)
        assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)
    told = {one.name.value: (one.state, one.elapsed_minutes) for one in clocks(sam, ticket)}
    # Opened at 10:00 in Berlin, waiting from 11:00 to 13:00, resolved at 14:00: a step an hour.
    assert told == {"first_response": ("met", 120), "resolution": ("met", 120), "ola_l1": ("met", 120)}


def test_an_import_without_agreements_brings_no_clocks(sign_in_as: SignIn, clock: StillClock) -> None:
    book = replace(shipped_rulebook(), agreements=(), calendars=())
    rulebook.adopt(sign_in_as("ada"), book, "without")
    clock.advance(days=1)
    imports.import_tickets(sign_in_as("sam"), [imported(((Status.NEW, None),))])
    ticket = Ticket.get(Ticket.external_id == "OLD1").id
    assert due(ticket) == (None, None, None)
    assert clocks(sign_in_as("sam"), ticket) == ()


def test_an_imported_ticket_that_only_its_clocks_touched_can_go_on(sign_in_as: SignIn, clock: StillClock) -> None:
    clock.advance(days=1)
    sam, history = sign_in_as("sam"), ((Status.NEW, None), (Status.RESOLVED, None))
    imports.import_tickets(sam, [imported(history[:1])])
    rulebook.adopt(sign_in_as("ada"), replace(shipped_rulebook(), agreements=shipped_rulebook().agreements[-1:]), "few")
    recomputing.recompute(sign_in_as("sam"))
    result = imports.import_tickets(sign_in_as("sam"), [imported(history)])
    assert (result.continued, result.warnings) == (1, ())
    ticket = Ticket.get(Ticket.external_id == "OLD1").id
    assert stored_clocks(sign_in_as("sam"), ticket) == told_clocks(sign_in_as("sam"), ticket)
