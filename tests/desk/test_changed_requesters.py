"""Whoever is marked as a VIP, or renamed: his open tickets follow at once, those of others and what was missed stay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from itdesk.desk import communication, recomputing, resolution, rulebook, triage
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.people import known_person
from itdesk.desk.queries.tickets import decisions_in_force, events, view
from itdesk.desk.session import Session
from itdesk.desk.sweep import sweep
from itdesk.desk.undo import undo
from itdesk.domain.agreements import Agreement, ClockName, OnCalendarChange
from itdesk.domain.conditions import AllOf, Field, In
from itdesk.domain.decisions import Thing
from itdesk.domain.escalation import Lasting, Step, TooLong
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import Status, WaitingReason
from tests.desk import acts
from tests.desk.acts import VPN, open_ticket
from tests.desk.clocks import stored_clocks, told_clocks
from tests.desk.test_clocks import due
from tests.support.desks import SignIn, StillClock, shipped_rulebook

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = replace(VPN, tags=())
"""Rita's, P4: its agreement is `low`, or `vip` where she is one."""


@pytest.fixture(autouse=True)
def ten_in_berlin(clock: StillClock) -> None:
    clock.now = at(10)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


def changed(session: Session, login: str, **values: object) -> str:
    """Bring somebody up to date; what the desk says."""
    known = known_person(session, login)
    assert known is not None
    person = replace(known, skills=None, languages=None, vip=None)
    return add_people(session, [replace(person, **values)]).sentence  # type: ignore[arg-type]


Adopt = Callable[[Rulebook], None]


@pytest.fixture
def adopt(sign_in_as: SignIn) -> Adopt:
    """Bring a rulebook into force."""
    return lambda book: (rulebook.adopt(sign_in_as("ada"), book, book.to_json()), None)[1]


def test_open_tickets_have_the_agreement_for_vips_as_soon_as_their_requester_is_one(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    ada, tom = sign_in_as("ada"), sign_in_as("tom")
    first, second, ended = (open_ticket(sign_in_as, USUAL) for _ in range(3))
    (of_ron,) = submit(sign_in_as("ron"), NewTicket("VPN drops")).tickets
    acts.cancel(sign_in_as("sam"), [ended])
    clock.advance(minutes=10)
    before = view(tom, first)
    assert changed(ada, "rita", vip=True) == "Updated rita. 2 open tickets have another agreement now."
    assert due(first) == due(second) == ("vip", at(10, 30), "first_response")
    assert (due(ended)[0], due(of_ron)[0]) == ("low", "low")
    [decided] = [one.decision for one in decisions_in_force(tom, first) if one.decision.thing is Thing.AGREEMENT]
    assert (decided.value, decided.rule, [(one.field, one.text) for one in decided.evidence]) == (
        *("vip", "vip"),
        [("vip", "yes")],
    )
    assert [event.text for event in events(tom, first)][1:] == ["agreement low → vip"]
    after = view(tom, first)
    assert (after.priority, after.category, after.version) == (before.priority, before.category, before.version)
    clock.advance(minutes=5)
    assert changed(ada, "rita", vip=False) == "Updated rita. 2 open tickets have another agreement now."
    assert due(first) == ("low", at(10, day=3), "first_response")
    for ticket in (first, second, ended, of_ron):
        assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)
    assert recomputing.is_current(tom)


def test_who_is_a_vip_already_or_has_no_ticket_has_nothing_to_follow(sign_in_as: SignIn) -> None:
    ada, ticket = sign_in_as("ada"), open_ticket(sign_in_as, USUAL)
    changed(ada, "rita", vip=True)
    assert changed(ada, "rita", vip=True) == "Updated rita."
    assert changed(ada, "rita", department="Board") == "Updated rita."
    assert changed(ada, "ron", vip=True) == "Updated ron."
    assert changed(ada, "rita", vip=False) == "Updated rita. 1 open ticket has another agreement now."
    assert [event.verb for event in events(ada, ticket)] == ["submitted", *["agreement_changed"] * 2]


def test_what_was_missed_or_met_before_stays_so(sign_in_as: SignIn, clock: StillClock) -> None:
    ada, tom = sign_in_as("ada"), sign_in_as("tom")
    changed(ada, "rita", vip=True)
    missed, met = open_ticket(sign_in_as, USUAL), open_ticket(sign_in_as, USUAL)
    clock.advance(minutes=20)
    communication.reply(tom, [met], "We are on it")
    clock.advance(minutes=20)
    changed(ada, "rita", vip=False)
    clock.advance(minutes=20)
    changed(ada, "rita", vip=True)

    def response(ticket: int) -> tuple[str, datetime | None]:
        [clock] = [one for one in clocks(tom, ticket) if one.name is ClockName.FIRST_RESPONSE]
        return clock.state, clock.breached_at

    assert (response(missed), response(met)) == (("breached", at(10, 30)), ("met", None))


def test_a_ticket_that_waits_goes_on_waiting_by_the_other_agreement(sign_in_as: SignIn, clock: StillClock) -> None:
    ada, tom, ticket = sign_in_as("ada"), sign_in_as("tom"), open_ticket(sign_in_as, USUAL)
    clock.advance(minutes=10)
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    clock.advance(hours=3)
    changed(ada, "rita", vip=True)
    assert due(ticket) == ("vip", None, "first_response")
    communication.reply(sign_in_as("rita"), [ticket], "Yes")
    assert due(ticket)[1] == at(13, 30), "20 of 30 minutes were left"
    assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)


def test_what_is_undone_later_does_not_take_the_agreement_for_vips_away(sign_in_as: SignIn, clock: StillClock) -> None:
    ada, tom, ticket = sign_in_as("ada"), sign_in_as("tom"), open_ticket(sign_in_as, USUAL)
    clock.advance(minutes=5)
    raised = triage.prioritize(tom, [ticket], priority=2, reason="the board")
    clock.advance(minutes=5)
    changed(ada, "rita", vip=True)
    undo(tom, raised.seqs[0])
    assert due(ticket) == ("vip", at(10, 30), "first_response")
    assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)
    [decided] = [one.decision for one in decisions_in_force(tom, ticket) if one.decision.thing is Thing.AGREEMENT]
    assert decided.value == "vip"


def of_name(book: Rulebook, *names: str) -> Rulebook:
    """With an agreement for requesters of these logins, names or mail addresses before all others."""
    board = replace(book.agreements[0], name="board", when=In(Field.REQUESTER, names), calendar="round-the-clock")
    return replace(book, agreements=(board, *book.agreements))


def test_another_name_or_mail_address_counts_where_agreements_look_at_it(sign_in_as: SignIn, adopt: Adopt) -> None:
    ada, ticket = sign_in_as("ada"), open_ticket(sign_in_as, USUAL)
    assert changed(ada, "rita", name="Rita Board") == "Updated rita."
    adopt(of_name(shipped_rulebook(), "rita@board.example", "Rita Requester"))
    recomputing.recompute(ada)
    assert due(ticket)[0] == "low"
    said = "Updated rita. 1 open ticket has another agreement now."
    assert changed(ada, "rita", email="rita@board.example") == said
    assert due(ticket)[0] == "board"
    assert changed(ada, "rita", email="rita@example.com") == said
    assert changed(ada, "rita", name="Rita Requester") == said
    assert due(ticket)[0] == "board"
    assert changed(ada, "rita", site="Wien", department="Board") == "Updated rita.", "a ticket's site is its own"


def test_an_agreement_for_new_tickets_only_is_for_whoever_becomes_a_vip(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    """What is for new tickets only are changed terms, not the way from one agreement to another."""

    def of_new_tickets(agreement: Agreement) -> Agreement:
        slow = {name: 2 * minutes for name, minutes in agreement.targets.items()}
        return replace(agreement, targets=slow, on_calendar_change=OnCalendarChange.NEW_ONLY)

    ada, ticket = sign_in_as("ada"), open_ticket(sign_in_as, USUAL)
    book = shipped_rulebook()
    adopt(replace(book, agreements=tuple(map(of_new_tickets, book.agreements))))
    recomputing.recompute(ada)
    assert due(ticket) == ("low", at(10, day=3), "first_response"), "as it was promised"
    clock.advance(minutes=10)
    changed(ada, "rita", vip=True)
    assert due(ticket) == ("vip", at(11), "first_response"), "as it is promised now"
    assert stored_clocks(ada, ticket) == told_clocks(ada, ticket)


def test_a_desk_gets_an_agreement_for_vips_alone(sign_in_as: SignIn, adopt: Adopt, clock: StillClock) -> None:
    ada, book = sign_in_as("ada"), shipped_rulebook()
    adopt(replace(book, agreements=()))
    ticket = open_ticket(sign_in_as, USUAL)
    clock.advance(minutes=5)
    communication.reply(sign_in_as("tom"), [ticket], "We are on it")
    [vip] = [one for one in book.agreements if one.name == "vip"]
    adopt(replace(book, agreements=(vip,)))
    recomputing.recompute(ada)
    assert due(ticket) == (None, None, None)
    clock.advance(minutes=5)
    changed(ada, "rita", vip=True)
    assert due(ticket) == ("vip", at(14, 5), "update"), "from the opening on: the reply counts"
    assert stored_clocks(ada, ticket) == told_clocks(ada, ticket)
    changed(ada, "rita", vip=False)
    assert due(ticket) == (None, None, None)
    assert stored_clocks(ada, ticket) == told_clocks(ada, ticket)


QUIET = Step("vip", "e:1", In(Field.VIP, ("yes",)), TooLong(Lasting.QUIET, 60), ("tom",))


@pytest.mark.parametrize("agreements", [True, False], ids=["with agreements", "without"])
def test_steps_of_escalation_for_vips_are_watched_for_at_once(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock, agreements: bool
) -> None:
    book = replace(shipped_rulebook(), escalation_data=(QUIET.to_data(),))
    adopt(replace(book, agreements=tuple(replace(one, when=AllOf(())) for one in book.agreements) * agreements))
    ada, tom = sign_in_as("ada"), sign_in_as("tom")
    sweep(tom)
    ticket = open_ticket(sign_in_as, USUAL)
    clock.advance(minutes=50)
    assert changed(ada, "rita", vip=True) == "Updated rita."
    clock.advance(minutes=9)
    assert sweep(tom).escalated == 0
    clock.advance(minutes=1)
    assert sweep(tom).escalated == 1, "it was quiet for an hour: marking a person is no work on the ticket"
    assert [event.verb for event in events(tom, ticket)] == ["submitted", "alerted"]


def test_whoever_comes_next_goes_on_where_a_command_was_cut_off(
    sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, sam = sign_in_as("ada"), sign_in_as("sam")
    tickets = [open_ticket(sign_in_as, USUAL) for _ in range(5)]
    monkeypatch.setattr(recomputing, "BATCH", 2)

    def leave(done: int, of: int) -> None:
        if done:
            raise KeyboardInterrupt

    known = known_person(ada, "rita")
    assert known is not None
    with pytest.raises(KeyboardInterrupt):
        add_people(ada, [replace(known, vip=True)], told=leave)
    assert [due(ticket)[0] for ticket in tickets] == ["vip", "vip", "low", "low", "low"]
    assert not recomputing.is_current(sam)
    triage.take(sam, tickets)
    assert recomputing.recompute(sam, limit=1) == 1
    assert sweep(sam).clocks == 2
    assert {due(ticket)[0] for ticket in tickets} == {"vip"}
    assert recomputing.is_current(sam)
    for ticket in tickets:
        assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


def test_changed_terms_that_nobody_followed_yet_wait_for_their_turn(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ada, book = sign_in_as("ada"), shipped_rulebook()
    ticket = open_ticket(sign_in_as, USUAL)
    (of_ron,) = submit(sign_in_as("ron"), NewTicket("VPN drops")).tickets
    double = [
        replace(one, targets={name: 2 * minutes for name, minutes in one.targets.items()}) for one in book.agreements
    ]
    adopt(replace(book, agreements=tuple(double)))
    clock.advance(minutes=10)
    changed(ada, "rita", vip=True)
    assert due(ticket) == ("vip", at(11), "first_response")
    assert due(of_ron)[1] == at(10, day=3), "a command about one person does not bring all up to date"
    assert recomputing.recompute(ada) == 1
    assert due(of_ron)[1] == at(10, day=4)
    for one in (ticket, of_ron):
        assert stored_clocks(ada, one) == told_clocks(ada, one)


def test_a_file_of_many_people_changes_the_tickets_of_those_that_are_marked_otherwise(
    sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = sign_in_as("ada")
    everybody = [NewPerson(f"r{number}", f"R {number}", vip=number % 2 == 0) for number in range(10)]
    add_people(ada, everybody)
    opened = {
        one.login: submit(sign_in_as("desi"), replace(USUAL, requester=one.login)).tickets[0] for one in everybody
    }
    monkeypatch.setattr(recomputing, "BATCH", 2)
    told: list[tuple[int, int]] = []
    turned = [replace(one, vip=not one.vip) if one.login in ("r1", "r2", "r3") else one for one in everybody]
    change = add_people(ada, turned, told=lambda done, of: told.append((done, of)))
    assert change.sentence == "Added 0 people, updated 10. 3 open tickets have another agreement now."
    assert change.tickets == tuple(opened[login] for login in ("r1", "r2", "r3"))
    assert told == [(0, 3), (2, 3), (3, 3)], "two at most in a transaction, and no others"
    agreements = {login: due(ticket)[0] for login, ticket in opened.items()}
    assert agreements.pop("r2") == "normal", "P3, as that of a VIP was when it was opened"
    assert agreements == {one.login: "vip" if one.vip else "low" for one in turned if one.login != "r2"}


def test_a_resolved_ticket_that_comes_back_is_one_of_a_vip(sign_in_as: SignIn) -> None:
    ada, tom, ticket = sign_in_as("ada"), sign_in_as("tom"), open_ticket(sign_in_as, USUAL)
    resolution.resolve(tom, [ticket], "done")
    changed(ada, "rita", vip=True)
    assert due(ticket) == ("vip", None, None)
    resolution.reopen(sign_in_as("rita"), [ticket], "no")
    assert due(ticket) == ("vip", at(14), "update"), "4 h"


def test_a_closed_ticket_that_comes_back_is_one_of_a_vip_at_once(sign_in_as: SignIn, clock: StillClock) -> None:
    ada, tom, sam = sign_in_as("ada"), sign_in_as("tom"), sign_in_as("sam")
    reopened, unclosed = open_ticket(sign_in_as, USUAL), open_ticket(sign_in_as, USUAL)
    resolution.resolve(tom, [reopened, unclosed], "done")
    resolution.close(sam, [reopened])
    closing = resolution.close(sam, [unclosed])
    assert changed(ada, "rita", vip=True) == "Updated rita.", "ended tickets stay as they are"
    assert due(reopened)[0] == due(unclosed)[0] == "low"
    clock.advance(minutes=10)
    resolution.reopen(sign_in_as("rita"), [reopened], "no")
    assert due(reopened) == ("vip", at(14, 10), "update"), "4 h from the reopening on"
    agreed = [one.decision.rule for one in decisions_in_force(tom, reopened) if one.decision.thing is Thing.AGREEMENT]
    assert agreed == ["vip"]
    assert events(tom, reopened)[-1].text == "reopened it: no · agreement low → vip"
    undo(sam, closing.seqs[0])
    assert due(unclosed) == ("vip", None, None)
    for ticket in (reopened, unclosed):
        assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)
