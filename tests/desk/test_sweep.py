"""The sweep: each step at most once, whoever sweeps when; by turns among open screens; and what it throws away."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itdesk.desk import arming, communication, intake, leases, resolution, rulebook, triage, visits
from itdesk.desk.errors import DeskError
from itdesk.desk.queries import watch
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.swept import SWEEP, last_swept
from itdesk.desk.session import Desk, Session
from itdesk.desk.sweep import LEASE, SweepReport, sweep, sweep_in_turn
from itdesk.desk.undo import undo_last
from itdesk.domain.agreements import ClockName
from itdesk.domain.conditions import AllOf, Field, In
from itdesk.domain.escalation import AtClock, Lasting, Reopened, Step, TooLong
from itdesk.domain.ticket import Status, WaitingReason
from itdesk.models.base import tuples
from itdesk.models.escalation import EscalationDone
from itdesk.models.fields import to_microseconds
from itdesk.models.journal import JournalEntry
from itdesk.models.settings import Command
from itdesk.models.tickets import Ticket
from tests.desk import acts
from tests.desk.acts import open_ticket
from tests.desk.clocks import stored_clocks, told_clocks
from tests.support.desks import OPENING, SignIn, StillClock, shipped_rulebook, sign_in_at
from tests.support.sweepers import die_holding_the_lease, sweep_together

ALL = AllOf(())
STEPS = (
    Step("soon", "e:1", ALL, AtClock(ClockName.RESOLUTION, percent=75), ("assignee",)),
    Step("missed", "e:2", ALL, AtClock(ClockName.RESOLUTION), ("team",), raise_priority=1),
    Step("no-news", "e:3", ALL, AtClock(ClockName.UPDATE), ("team",)),
    Step("answer", "e:4", ALL, AtClock(ClockName.FIRST_RESPONSE, -10), ("team_lead",)),
    Step("up", "e:5", In(Field.TEAM, ("network",)), AtClock(ClockName.OLA_L2, 30), (), level=3, tell_management=True),
    Step("free", "e:6", ALL, TooLong(Lasting.UNASSIGNED, 45), ("team",)),
    Step("waits", "e:7", ALL, TooLong(Lasting.WAITING, 600, "office"), ("team_lead",)),
    Step("quiet", "e:8", ALL, TooLong(Lasting.QUIET, 300), ("team",), review=True),
    Step("again", "e:9", ALL, Reopened(2), ("management",)),
)


def bring(session: Session, steps: tuple[Step, ...]) -> None:
    book = replace(shipped_rulebook(), escalation_data=tuple(step.to_data() for step in steps))
    rulebook.adopt(session, book, book.to_json())
    sweep(session)


Deed = Callable[[Session, int], object]

DEEDS: dict[str, Deed] = {
    "wait": lambda session, ticket: resolution.change_status(
        session, [ticket], Status.WAITING, waiting_reason=WaitingReason.REQUESTER, reason="asked"
    ),
    "go on": lambda session, ticket: resolution.change_status(session, [ticket], Status.IN_PROGRESS),
    "take": lambda session, ticket: triage.take(session, [ticket]),
    "give back": lambda session, ticket: triage.assign(session, [ticket], None),
    "resolve": lambda session, ticket: acts.resolve(session, [ticket]),
    "reopen": lambda session, ticket: acts.reopen(session, [ticket]),
    "reply": lambda session, ticket: communication.reply(session, [ticket], "We look into it."),
    "note": lambda session, ticket: communication.note(session, [ticket], "Zebra"),
    "priority": lambda session, ticket: triage.prioritize(session, [ticket], priority=2, reason="grave"),
    "plan a visit": lambda session, ticket: visits.plan_visit(
        session, [ticket], session.clock() + timedelta(minutes=200), 30, anyway=True
    ),
    "end a visit": lambda session, ticket: visits.finish_visit(session, [ticket]),
    "undo": undo_last,
    "sweep": lambda session, _: sweep(session),
    "sweep a little": lambda session, _: sweep(session, go_on=iter([True, True, True, False] + [False] * 9).__next__),
}


@pytest.fixture(scope="module")
def swept(shared_desk: Desk) -> tuple[SignIn, StillClock]:
    clock = StillClock(datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Europe/Berlin")))
    sign_in_as = sign_in_at(shared_desk, clock)
    bring(sign_in_as("ada"), STEPS)
    return sign_in_as, clock


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    life=st.lists(
        st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 700)),
        min_size=3,
        max_size=12,
    )
)
def test_every_step_happens_at_most_once_in_a_cycle_whoever_sweeps_when(
    swept: tuple[SignIn, StillClock], life: list[tuple[str, int]]
) -> None:
    sign_in_as, clock = swept
    ticket, tina = open_ticket(sign_in_as), sign_in_as("tina")
    for deed, minutes in life:
        clock.advance(minutes=minutes)
        with suppress(DeskError):
            DEEDS[deed](tina, ticket)
        outlook = arming.outlooks(tina, [ticket])[ticket]
        assert outlook.stored == outlook.next_at, "the next moment is always known"
    sweep(tina)
    outlook = arming.outlooks(tina, [ticket])[ticket]
    assert not [one for one in outlook.pending if one.moment <= to_microseconds(clock.now)], "nothing due is left"
    told = [(facts["step"], facts["cycle"]) for facts in fired(ticket)]
    done = tuples(
        EscalationDone.select(EscalationDone.step, EscalationDone.cycle).where(EscalationDone.ticket == ticket)
    )
    if ("undone",) in tuples(JournalEntry.select(JournalEntry.verb).where(JournalEntry.object == f"ticket:{ticket}")):
        moments_of = Counter((facts["step"], facts["cycle"], facts["moment"]) for facts in fired(ticket))
        assert all(count == 1 for count in moments_of.values()), "anew only at another moment than that of a mistake"
        assert set(told) >= {tuple(one) for one in done}
    else:
        assert sorted(told) == sorted(tuple(one) for one in done)
    assert stored_clocks(tina, ticket) == told_clocks(tina, ticket)
    assert all(facts["moment"] <= at for facts, at in zip(fired(ticket), moments(ticket), strict=True))


def fired(ticket: int) -> list[dict[str, Any]]:
    """The facts of the steps that happened to a ticket, in order."""
    return [json.loads(facts) for facts, _ in _fired(ticket)]


def moments(ticket: int) -> list[int]:
    """When they did."""
    return [to_microseconds(at) for _, at in _fired(ticket)]


def _fired(ticket: int) -> list[tuple[str, datetime]]:
    entries = (
        JournalEntry.select(JournalEntry.facts, JournalEntry.occurred_at)
        .where((JournalEntry.object == f"ticket:{ticket}") & JournalEntry.verb.in_(["escalated", "alerted"]))
        .order_by(JournalEntry.seq)
    )
    return [(facts, at) for facts, at in tuples(entries) if "step" in json.loads(facts)]


def test_several_processes_that_sweep_at_once_let_each_step_happen_once(
    sign_in_as: SignIn, desk_url: str, clock: StillClock
) -> None:
    bring(sign_in_as("ada"), (STEPS[5], Step("later", "e:2", ALL, TooLong(Lasting.UNASSIGNED, 90), ("lea",))))
    tickets = [open_ticket(sign_in_as) for _ in range(12)]
    clock.advance(hours=8)
    counts = sweep_together(desk_url, clock.now, processes=3)
    assert sum(counts) == 24
    for ticket in tickets:
        assert [facts["step"] for facts in fired(ticket)] == ["free", "later"]
    assert sweep(sign_in_as("tom")).escalated == 0


def test_several_processes_that_sweep_at_once_let_each_visit_begin_once(
    sign_in_as: SignIn, desk_url: str, clock: StillClock
) -> None:
    bring(sign_in_as("ada"), ())
    tom, tickets = sign_in_as("tom"), [open_ticket(sign_in_as) for _ in range(12)]
    triage.take(tom, tickets)
    visits.plan_visit(tom, tickets, clock.now + timedelta(hours=3), 60)
    clock.advance(hours=8)
    assert sum(sweep_together(desk_url, clock.now, processes=3)) == 12
    for ticket in tickets:
        assert [verb for verb, _ in told(ticket)].count("visit_begun") == 1
    assert {(row.status, row.waiting_reason) for row in Ticket.select()} == {(Status.IN_PROGRESS, None)}


def test_after_a_standstill_visits_and_steps_come_in_the_order_of_their_moments(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    bring(
        sign_in_as("ada"),
        (
            Step("long", "e:1", ALL, TooLong(Lasting.WAITING, 60), ("team_lead",)),
            Step("longer", "e:2", ALL, TooLong(Lasting.WAITING, 240), ("team_lead",)),
            Step("missed", "e:3", ALL, AtClock(ClockName.RESOLUTION), ("assignee",)),
        ),
    )
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    triage.take(tom, [ticket])
    start = clock.now + timedelta(hours=3)
    visits.plan_visit(tom, [ticket], start, 60)
    clock.advance(days=4)
    report = sweep(tom)
    assert (report.begun, report.escalated) == (1, 2)
    assert [step for _, step in told(ticket)][-3:] == ["long", None, "missed"], "no longer wait than until the visit"
    [resolution_clock] = [one for one in clocks(tom, ticket) if one.name is ClockName.RESOLUTION]
    assert resolution_clock.breached_at is not None
    assert fired(ticket)[-1]["moment"] == to_microseconds(resolution_clock.breached_at)
    assert start < resolution_clock.breached_at < start + timedelta(days=2), "as if somebody had swept in time"


def told(ticket: int) -> list[tuple[str, str | None]]:
    """The verbs of a ticket's journal, with the step of each that tells of one."""
    entries = JournalEntry.select(JournalEntry.verb, JournalEntry.facts).where(
        JournalEntry.object == f"ticket:{ticket}"
    )
    return [(verb, json.loads(facts).get("step")) for verb, facts in tuples(entries.order_by(JournalEntry.seq))]


def test_the_lease_of_a_killed_process_is_taken_over_once_it_has_lapsed(
    sign_in_as: SignIn, desk_url: str, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    die_holding_the_lease(desk_url, clock.now)
    clock.advance(minutes=1)
    assert sweep_in_turn(tom, "mine") is None, "somebody else seems to be at it"
    clock.now += LEASE
    assert sweep_in_turn(tom, "mine") == clock.now == last_swept(tom)


def test_one_open_screen_at_a_time_sweeps_and_keeps_its_turn(sign_in_as: SignIn, clock: StillClock) -> None:
    tom, lea = sign_in_as("tom"), sign_in_as("lea")
    first = sweep_in_turn(tom, "tom's")
    for _ in range(5):
        clock.advance(minutes=1)
        assert sweep_in_turn(tom, "tom's") == clock.now
        assert sweep_in_turn(lea, "lea's") == clock.now, "she sees that it was done"
    assert first == clock.now - timedelta(minutes=5)


@pytest.mark.parametrize("ahead", [timedelta(seconds=20), timedelta(hours=-2), timedelta(hours=2)])
def test_clocks_that_differ_leave_nobody_without_a_sweep(
    sign_in_as: SignIn, clock: StillClock, ahead: timedelta
) -> None:
    tom = sign_in_as("tom")
    clock.now += ahead
    assert leases.hold(tom, SWEEP, "whose clock is wrong", LEASE)
    clock.now -= ahead
    if abs(ahead) < timedelta(minutes=1):
        assert not leases.hold(tom, SWEEP, "mine", LEASE)
    else:
        assert leases.hold(tom, SWEEP, "mine", LEASE), "such a lease has lapsed long ago, or never could be"


def test_auditors_see_when_the_desk_was_swept_and_do_not_sweep(sign_in_as: SignIn, clock: StillClock) -> None:
    assert sweep_in_turn(sign_in_as("otto"), "otto's") is None
    sweep(sign_in_as("tom"))
    then = clock.now
    clock.advance(minutes=9)
    assert sweep_in_turn(sign_in_as("otto"), "otto's") == then


def test_a_desk_that_nobody_ever_swept_says_since_when_it_is_late(sign_in_as: SignIn, clock: StillClock) -> None:
    free = Step("free", "e:1", ALL, TooLong(Lasting.UNASSIGNED, 45), ("team",))
    book = replace(shipped_rulebook(), escalation_data=(free.to_data(),))
    rulebook.adopt(sign_in_as("ada"), book, book.to_json())
    for _ in range(2):
        ticket = open_ticket(sign_in_as)
    Ticket.update(escalates_at=arming.NEVER_LOOKED).where(Ticket.id == ticket).execute()  # as an import leaves them
    otto, due = sign_in_as("otto"), clock.now + timedelta(minutes=45)
    clock.now = due + timedelta(minutes=4)
    assert sweep_in_turn(otto, "otto's") is None, "it is not late yet"
    clock.now = due + timedelta(hours=3)
    assert sweep_in_turn(otto, "otto's") == watch.glance(otto).swept_at == due
    assert sweep_in_turn(sign_in_as("tom"), "tom's") == clock.now == last_swept(otto)


@pytest.mark.parametrize("ended", ["resolved", "cancelled"])
def test_what_has_ended_is_not_late_for_want_of_a_sweep(sign_in_as: SignIn, clock: StillClock, ended: str) -> None:
    rulebook.adopt(sign_in_as("ada"), shipped_rulebook(), "shipped")
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    acts.resolve(tom, [ticket]) if ended == "resolved" else resolution.cancel(tom, [ticket], "not wanted any more")
    clock.advance(days=9)
    assert last_swept(tom) is None


def test_keys_of_commands_are_forgotten_after_a_month(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket = open_ticket(sign_in_as)
    communication.note(sign_in_as("tom", key="old"), [ticket], "Zebra")
    clock.advance(days=20)
    communication.note(sign_in_as("tom", key="new"), [ticket], "Gnu")
    clock.advance(days=11)
    assert sweep(sign_in_as("tom")).keys == 1
    assert [key for (key,) in tuples(Command.select(Command.key))] == ["new"]
    clock.advance(minutes=5)
    assert sweep(sign_in_as("tom")).keys == 0


def test_tickets_that_nobody_looked_at_are_watched_from_now_on(sign_in_as: SignIn, clock: StillClock) -> None:
    bring(sign_in_as("ada"), (STEPS[5], Step("later", "e:2", ALL, TooLong(Lasting.UNASSIGNED, 90), ("lea",))))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    Ticket.update(escalates_at=arming.NEVER_LOOKED).where(Ticket.id == ticket).execute()  # as an import leaves them
    communication.note(tom, [ticket], "Zebra")
    clock.advance(hours=1)
    report = sweep(tom)
    assert (report.armed, report.escalated) == (1, 0)
    clock.advance(hours=1)
    assert sweep(tom).escalated == 1
    assert [facts["step"] for facts in fired(ticket)] == ["later"]


def test_a_closed_ticket_is_never_looked_at_again(sign_in_as: SignIn, clock: StillClock) -> None:
    bring(sign_in_as("ada"), STEPS)
    (ticket,) = intake.submit(sign_in_as("desi"), acts.VPN).tickets
    acts.cancel(sign_in_as("desi"), [ticket])
    clock.advance(days=9)
    report = sweep(sign_in_as("tom"))
    assert (report.armed, report.escalated) == (0, 0)


def test_the_sweep_says_how_many_of_each_it_did() -> None:
    assert str(SweepReport(OPENING)) == "nothing was due"
    assert str(SweepReport(OPENING, escalated=1, begun=1, given=1)) == (
        "1 step of escalation, 1 visit begun, 1 unassigned ticket given to somebody"
    )
    assert str(SweepReport(OPENING, clocks=2, armed=50, escalated=3, files=2)) == (
        "2 clocks brought up to date, 50 tickets looked at for steps to come, 3 steps of escalation,"
        " 2 files without a ticket thrown away"
    )
