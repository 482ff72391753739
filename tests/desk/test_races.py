"""Several at once: nobody's change is lost, nobody is told something wrong."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from itdesk.desk import communication, rulebook, schedule, triage
from itdesk.desk.abilities import set_abilities
from itdesk.desk.change import Change, TicketRef
from itdesk.desk.compliance import verify_journal
from itdesk.desk.departure import leave
from itdesk.desk.errors import Conflict, DeskError
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import queue, tickets
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.desk.undo import undo_last
from itdesk.domain.assignment import Mode, Sharing, TeamSharing
from itdesk.domain.people import Role
from itdesk.domain.queue_order import Order, order_key
from itdesk.domain.search_language import parse
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock, shipped_rulebook


def at_once(desk: Desk, acts: list[Callable[[], Any]]) -> list[Any]:
    """What each of the acts gave or raised, when all begin together, each on a connection of its own."""
    together = threading.Barrier(len(acts), timeout=60)
    outcomes: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            desk.database.execute("SELECT 1")
            together.wait()
            outcomes[place] = acts[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            desk.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_two_who_take_the_ticket_that_both_saw_one_is_told_of_the_other(desk: Desk, sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    seen = TicketRef(ticket, 1)
    sessions = {login: sign_in_as(login) for login in ("tom", "tina")}
    outcomes = dict(
        zip(
            sessions,
            at_once(desk, [partial(triage.take, session, [seen]) for session in sessions.values()]),
            strict=True,
        )
    )
    (winner,) = [login for login, outcome in outcomes.items() if isinstance(outcome, Change)]
    (conflict,) = [outcome for outcome in outcomes.values() if isinstance(outcome, Conflict)]
    assert str(conflict) == f"{winner} changed INC-{ticket} meanwhile: took it, in progress."
    assert tickets.view(sign_in_as("sam"), ticket).assignee == winner
    assert [entry["verb"] for entry in tickets.journal_entries(sign_in_as("sam"), ticket)] == ["submitted", "taken"]


def test_eight_who_submit_at_once_get_numbers_of_their_own_and_one_chain(desk: Desk, sign_in_as: SignIn) -> None:
    sessions = [sign_in_as(login) for login in ("rita", "ron", "tom", "tina", "wes", "desi", "lea", "sam")]

    def submit_three(session: Session) -> list[int]:
        return [submit(session, NewTicket(f"VPN {number}")).tickets[0] for number in range(3)]

    outcomes = at_once(desk, [partial(submit_three, session) for session in sessions])
    numbers = [number for outcome in outcomes for number in outcome]
    assert len(set(numbers)) == 24
    verification = verify_journal(sign_in_as("otto"))
    assert verification.intact, verification.breaks


def test_bulk_actions_on_the_same_tickets_in_crossed_order_all_go_through(desk: Desk, sign_in_as: SignIn) -> None:
    many = [open_ticket(sign_in_as) for _ in range(6)]
    sessions = [sign_in_as(login) for login in ("tom", "tina", "wes", "desi")]
    orders = [many, many[::-1], many[3:] + many[:3], many[::2] + many[1::2]]

    def tag_three_times(session: Session, order: list[int]) -> None:
        for turn in range(3):
            triage.tag(session, order, add=[f"{session.actor.login}-{turn}"])

    acts: list[Callable[[], Any]] = [
        partial(tag_three_times, session, order) for session, order in zip(sessions, orders, strict=True)
    ]
    outcomes = at_once(desk, acts)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    for ticket in many:
        assert len(tickets.view(sign_in_as("sam"), ticket).tags) == 1 + 12
    assert verify_journal(sign_in_as("otto")).intact


def test_a_command_that_was_sent_twice_at_once_is_done_once(desk: Desk, sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    sessions = [sign_in_as("tom", key="sent twice") for _ in range(4)]
    outcomes = at_once(desk, [partial(communication.note, session, [ticket], "x") for session in sessions])
    assert len({change.seqs for change in outcomes}) == 1
    assert len(tickets.messages(sign_in_as("tom"), ticket)) == 1


def test_one_new_requester_who_writes_twice_at_once_and_two_of_one_name(desk: Desk, sign_in_as: SignIn) -> None:
    addresses = [f"Kim <kim@example{number}.com>" for number in range(4)]
    session = sign_in_as("tom")
    outcomes = at_once(
        desk,
        [partial(submit, session, NewTicket("VPN", requester=address)) for address in addresses],
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    logins = {tickets.view(session, change.tickets[0]).requester.login for change in outcomes}
    assert logins == {"kim", "kim-2", "kim-3", "kim-4"}


def test_settings_that_two_sessions_bring_into_force_at_once_move_the_queue_once(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    ticket = open_ticket(sign_in_as)
    old = shipped_rulebook()
    head_starts = {**old.priorities.head_starts, 4: timedelta(days=5)}
    new = replace(old, priorities_data=replace(old.priorities, head_starts=head_starts).to_data())
    session = sign_in_as("tom")
    assert session.rulebook.priorities.head_starts[4] != timedelta(days=5)  # read before, and kept

    def bring() -> Change:
        return rulebook.adopt(Session(desk, SYSTEM, clock), new, "the new hash")

    acts: list[Callable[[], Any]] = [bring, bring, bring, *[lambda: open_ticket(sign_in_as)] * 3]
    outcomes = at_once(desk, acts)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert len([outcome for outcome in outcomes[:3] if outcome.seqs]) == 1
    # A session that was open all the while uses the settings now in force.
    triage.prioritize(session, [ticket], priority=5, reason="x")
    triage.prioritize(session, [ticket], priority=4, reason="x")
    rows = queue.page(sign_in_as("tom"), parse("status:all"), Order.FAIR).rows
    assert len(rows) == 4
    for row in rows:
        assert row.order_key == order_key(row.opened_at, row.priority, row.major, head_starts)


@pytest.mark.parametrize("login", ["tom", "tina"])
def test_take_and_undo_in_turn_by_two_leave_a_whole_ticket(desk: Desk, sign_in_as: SignIn, login: str) -> None:
    ticket = open_ticket(sign_in_as)

    def work(session: Session) -> None:
        for _ in range(5):
            with suppress(DeskError):
                triage.take(session, [ticket])
            with suppress(DeskError):
                undo_last(session, ticket)

    outcomes = at_once(desk, [partial(work, sign_in_as(one)) for one in ("tom", "tina", login)])
    assert outcomes == [None] * 3
    view = tickets.view(sign_in_as("sam"), ticket)
    decided = {
        item.decision.thing.value: item.decision.value for item in tickets.decisions_in_force(sign_in_as("sam"), ticket)
    }
    assert (decided.get("assignee") or None) == view.assignee
    assert verify_journal(sign_in_as("otto")).intact


def test_nothing_is_given_to_somebody_who_leaves_meanwhile(desk: Desk, sign_in_as: SignIn) -> None:
    sam, ada = sign_in_as("sam"), sign_in_as("ada")
    for login in ("tom", "tina", "wes", "desi"):
        tickets_of_round = [open_ticket(sign_in_as) for _ in range(4)]
        assign = [partial(triage.assign, sam, [ticket], login) for ticket in tickets_of_round]
        outcomes = at_once(desk, [*assign[:2], partial(leave, ada, login), *assign[2:]])
        assert isinstance(outcomes[2], Change)
        assert all(isinstance(one, (Change, DeskError)) for one in outcomes), outcomes
        assert not queue.page(sam, parse(f"assignee:{login}"), limit=10).rows


def test_of_two_administrators_who_let_each_other_leave_one_stays(desk: Desk, sign_in_as: SignIn) -> None:
    add_people(sign_in_as("ada"), [NewPerson("eve", "Eve", Role.ADMINISTRATOR)])
    ada, eve = sign_in_as("ada"), sign_in_as("eve")
    outcomes = at_once(desk, [partial(leave, ada, "eve"), partial(leave, eve, "ada")])
    assert sorted(isinstance(one, Change) for one in outcomes) == [False, True]


def test_of_two_leads_who_give_somebody_the_same_duty_at_once_one_is_told_of_it(desk: Desk, sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    start = lea.clock() + timedelta(hours=1)
    duty = partial(schedule.add_on_call, who="tom", start=start, end=start + timedelta(hours=12), team="network")
    outcomes = at_once(desk, [partial(duty, lea), partial(duty, sign_in_as("lea"))])
    assert sorted(isinstance(one, Change) for one in outcomes) == [False, True]
    assert "is on call for network then already" in str(next(one for one in outcomes if not isinstance(one, Change)))


def test_nobody_in_two_teams_that_push_gets_more_than_fits_though_both_give_at_once(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    pushing = {name: TeamSharing(Mode.PUSH) for name in ("network", "security")}
    book = replace(shipped_rulebook(), sharing_data=Sharing(teams=pushing).to_data())
    rulebook.adopt(Session(desk, SYSTEM, clock), book, "both push")
    for login in ("tom", "lea"):
        set_abilities(Session(desk, SYSTEM, clock), login, capacity=0)
    set_abilities(Session(desk, SYSTEM, clock), "tina", capacity=3)
    of_both = [NewTicket("Odd", requester="rita", category=name) for name in ("network.vpn", "security.phishing")] * 4
    outcomes = at_once(desk, [partial(submit, sign_in_as("desi"), new) for new in of_both])
    assert all(isinstance(one, Change) for one in outcomes), outcomes
    held = queue.page(sign_in_as("sam"), parse("assignee:tina"), limit=10).rows
    assert len(held) == 3
