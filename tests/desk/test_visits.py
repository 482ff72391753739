"""Visits: a ticket waits for its appointment, who is concerned is told, and nobody is sent to two places."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from itdesk.desk import approvals, communication, links, resolution, schedule, testing, triage, visits
from itdesk.desk.approvals import Question
from itdesk.desk.change import Change
from itdesk.desk.errors import Refused
from itdesk.desk.queries import tickets
from itdesk.desk.queries import visits as queries
from itdesk.desk.queries.calendar_entries import calendar_entries
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.schedule import scheduled, to_settle
from itdesk.desk.session import SYSTEM, Session
from itdesk.desk.sweep import sweep
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.agreements import ClockName
from itdesk.domain.notices import NoticeKind
from itdesk.domain.procedures import TestOutcome
from itdesk.domain.ticket import LinkType, Status, WaitingReason
from itdesk.models.base import tuples
from itdesk.models.journal import JournalEntry
from itdesk.models.schedule import Appointment
from itdesk.models.tickets import Ticket
from tests.desk.acts import open_ticket
from tests.desk.clocks import stored_clocks, told_clocks
from tests.support.desks import SignIn, StillClock

TOMORROW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(sign_in_as: SignIn) -> int:
    """A ticket in Tom's hands."""
    opened = open_ticket(sign_in_as)
    triage.take(sign_in_as("tom"), [opened])
    return opened


def stands(session: Session, ticket: int) -> tuple[Status, WaitingReason | None]:
    view = tickets.view(session, ticket)
    return view.status, view.waiting_reason


WAITS = (Status.WAITING, WaitingReason.APPOINTMENT)
IN_WORK = (Status.IN_PROGRESS, None)


def test_a_ticket_waits_until_its_last_visit_is_done_or_cancelled(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    visits.plan_visit(tom, [ticket], TOMORROW + 2 * HOUR, 60)
    first, _ = queries.visits(tom, ticket)
    assert stands(tom, ticket) == WAITS
    clock.now = TOMORROW
    with pytest.raises(Refused, match=rf"several visits planned. Say which: {first.id} \(Tue 3 Mar 2026 13:00"):
        visits.finish_visit(tom, [ticket])
    visits.finish_visit(tom, [ticket], appointment=first.id)
    assert stands(tom, ticket) == WAITS
    visits.cancel_visit(tom, [ticket], reason="it works again")
    assert stands(tom, ticket) == IN_WORK
    assert [one.state for one in queries.visits(tom, ticket)] == ["done", "cancelled"]
    with pytest.raises(Refused, match="no visit that is planned"):
        visits.move_visit(tom, [ticket], minutes=30)
    undo_last(tom, ticket)
    assert stands(tom, ticket) == WAITS


def test_a_ticket_that_nobody_has_or_that_waits_for_something_else_stays_as_it_is(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    tom, fresh = sign_in_as("tom"), open_ticket(sign_in_as)
    visits.plan_visit(tom, [fresh], TOMORROW, 60)
    assert stands(tom, fresh) == (Status.NEW, None)
    clock.now = TOMORROW
    visits.finish_visit(tom, [fresh])
    assert stands(tom, fresh) == (Status.NEW, None)


def test_who_goes_and_who_asked_are_told(sign_in_as: SignIn, ticket: int) -> None:
    tom, tina, rita = sign_in_as("tom"), sign_in_as("tina"), sign_in_as("rita")
    visits.plan_visit(tom, [ticket], TOMORROW, 90, person="tina", place="Floor\x1b[31m 3", note="ring")
    text = f"A visit is planned: INC-{ticket}, Tue 3 Mar 2026 13:00, 1h30, tina, Floor\x1b[31m 3."
    assert [(one.kind, one.text, one.ticket_id) for one in unread(tina)] == [(NoticeKind.APPOINTMENT, text, ticket)]
    assert [one.text for one in unread(rita)] == [text]
    visits.move_visit(tom, [ticket], person="wes")
    assert len(unread(tina)) == len(unread(rita)) == 2, "also who need not go any more"
    assert [one.text for one in unread(sign_in_as("wes"))] == [unread(tina)[0].text]
    assert queries.visits(rita, ticket)[0].note == "ring"
    undo_last(tom, ticket)
    undo_last(tom, ticket)
    assert unread(rita)[0].text.startswith("A visit is no longer planned")
    assert queries.visits(rita, ticket) == ()
    assert stands(tom, ticket) == IN_WORK


def test_a_visit_is_refused_where_somebody_cannot_be_unless_it_shall_be_anyway(sign_in_as: SignIn, ticket: int) -> None:
    tom, other = sign_in_as("tom"), open_ticket(sign_in_as)
    visits.plan_visit(tom, [ticket], TOMORROW, 60, place="Floor 3")
    away = schedule.add_absence(tom, "tom", TOMORROW + HOUR / 2, TOMORROW + 3 * HOUR, "training")
    assert away.sentence.endswith("13:30 to 16:00: training. To settle: 1 visit then.")
    with pytest.raises(Refused) as refusal:
        visits.plan_visit(tom, [other], TOMORROW, 90, place="Floor 4")
    assert str(refusal.value) == (
        "tom is away then: training, Tue 3 Mar 2026 13:30 to 16:00. "
        f"tom is at INC-{ticket} then: Tue 3 Mar 2026 13:00 to 14:00, Floor 3. Choose another time, or plan it anyway."
    )
    change = visits.plan_visit(tom, [other], TOMORROW, 90, place="Floor 4", anyway=True)
    told = tickets.events(tom, other)[-1]
    assert "in spite of what clashes" in told.text
    assert tickets.journal_entries(tom, other)[-1]["facts"]["anyway"] is True
    undo(tom, change.seqs[0])
    with pytest.raises(Refused, match="has passed"):
        visits.plan_visit(tom, [other], TOMORROW - 48 * HOUR, 60)


def test_a_visit_is_refused_for_an_hour_that_has_begun_but_one_that_is_on_may_be_changed(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom, begun = sign_in_as("tom"), clock.now.replace(minute=0, second=0, microsecond=0)
    clock.now = begun + HOUR * 0.8
    with pytest.raises(Refused, match="has passed"):
        visits.plan_visit(tom, [ticket], begun, 60)
    visits.plan_visit(tom, [ticket], begun, 60, anyway=True)
    assert stands(tom, ticket) == IN_WORK, "it waits for nothing"
    visits.move_visit(tom, [ticket], minutes=90, place="Oslo")
    with pytest.raises(Refused, match="has passed"):
        visits.move_visit(tom, [ticket], starts_at=begun + HOUR / 2)
    clock.now = begun + 2 * HOUR
    with pytest.raises(Refused, match="has passed"):
        visits.move_visit(tom, [ticket], minutes=100)
    now = clock.now
    clock.now = now + HOUR / 100
    visits.move_visit(tom, [ticket], starts_at=now)
    assert queries.visits(tom, ticket)[0].starts_at == now, "who types this very minute is not asked"


def test_a_visit_outside_of_a_shift_is_planned_and_remarked(sign_in_as: SignIn, ticket: int) -> None:
    schedule.add_weekly_shifts(sign_in_as("lea"), ["tom"], [0], 480, 960, first_day=TOMORROW.date())
    change = visits.plan_visit(sign_in_as("tom"), [ticket], TOMORROW, 60)
    assert change.sentence.endswith("It is not within a shift of tom.")


def test_a_visit_of_a_later_day_did_not_take_place_yet_but_one_that_somebody_comes_early_for_did(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    midnight = datetime(2026, 3, 2, 23, tzinfo=UTC)  # in Berlin
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    clock.now = midnight - timedelta(minutes=1)
    with pytest.raises(Refused) as refusal:
        visits.finish_visit(tom, [ticket])
    assert str(refusal.value) == (
        f"The visit for INC-{ticket} is still to come: Tue 3 Mar 2026 13:00, 1h, tom. Cancel it, or move it to when it "
        "took place."
    )
    assert stands(tom, ticket) == WAITS
    clock.now = midnight
    visits.finish_visit(tom, [ticket])
    assert stands(tom, ticket) == IN_WORK


def test_several_tickets_are_one_visit_that_is_moved_and_undone_together(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom, other = sign_in_as("tom"), open_ticket(sign_in_as)
    triage.take(tom, [other])
    both = [ticket, other]
    planned = visits.plan_visit(tom, both, TOMORROW, 120, place="Gdańsk")
    assert planned.sentence == "Planned Tue 3 Mar 2026 13:00, 2h, tom, Gdańsk for 2 tickets."
    clash = f"tom is at INC-{other} then: Tue 3 Mar 2026 13:00 to 15:00, Gdańsk."
    assert queries.clashes(tom, "tom", TOMORROW + HOUR, 120, "Gdańsk", moved_of=[ticket]) == (clash,)
    assert queries.clashes(tom, "tom", TOMORROW + HOUR, 120, "Gdańsk", moved_of=both) == ()
    visits.move_visit(tom, both, starts_at=TOMORROW + HOUR)
    assert {queries.visits(tom, one)[0].starts_at for one in both} == {TOMORROW + HOUR}
    clock.now = TOMORROW
    done = visits.finish_visit(tom, both)
    assert [stands(tom, one) for one in both] == [IN_WORK, IN_WORK]
    undo(tom, done.seqs[0])
    assert [stands(tom, one) for one in both] == [WAITS, WAITS]


def test_a_visit_is_not_moved_onto_another_one_of_its_ticket(sign_in_as: SignIn, ticket: int) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60, person="tina")
    visits.plan_visit(tom, [ticket], TOMORROW + 24 * HOUR, 60)
    second, at = queries.visits(tom, ticket)[1].id, TOMORROW + HOUR / 2
    clash = f"tina is at INC-{ticket} then: Tue 3 Mar 2026 13:00 to 14:00."
    assert queries.clashes(tom, "tina", at, 60, moved_of=[ticket], appointment=second) == (clash,)
    with pytest.raises(Refused) as refusal:
        visits.move_visit(tom, [ticket], starts_at=at, person="tina", appointment=second)
    assert str(refusal.value) == f"{clash} Choose another time, or plan it anyway."
    visits.move_visit(tom, [ticket], starts_at=TOMORROW + 24.5 * HOUR, appointment=second)


def test_a_visit_is_not_moved_onto_one_of_a_ticket_that_is_left_out(sign_in_as: SignIn, ticket: int) -> None:
    tom, other = sign_in_as("tom"), open_ticket(sign_in_as)
    visits.plan_visit(tom, [ticket], TOMORROW + 24 * HOUR, 60)
    for hours in (0, 3):
        visits.plan_visit(tom, [other], TOMORROW + hours * HOUR, 60)
    with pytest.raises(Refused, match=f"tom is at INC-{other} then"):
        visits.move_visit(replace(tom, skip_refused=True), [ticket, other], starts_at=TOMORROW + HOUR / 2)


def test_a_visit_to_come_is_cancelled_with_its_ticket_and_comes_back_with_it(sign_in_as: SignIn, ticket: int) -> None:
    tom, tina, rita = sign_in_as("tom"), sign_in_as("tina"), sign_in_as("rita")
    visits.plan_visit(tom, [ticket], TOMORROW, 60, person="tina")
    ended = resolution.cancel(tom, [ticket], "not wanted any more")
    text = "Tue 3 Mar 2026 13:00, 1h, tina"
    assert ended.sentence == f"Cancelled INC-{ticket}. Its visit is cancelled: {text}."
    assert [one.state for one in queries.visits(tom, ticket)] == ["cancelled"]
    for person in (tina, rita):
        assert unread(person)[0].text == f"A visit is cancelled: INC-{ticket}, {text}."
    undo(tom, ended.seqs[0])
    assert [one.state for one in queries.visits(tom, ticket)] == ["planned"]
    assert stands(tom, ticket) == WAITS
    assert unread(tina)[0].text == f"A visit is planned, after all: INC-{ticket}, {text}."


def test_a_visit_took_place_when_its_ticket_is_resolved_after_it_had_begun(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    visits.plan_visit(tom, [ticket], TOMORROW + 24 * HOUR, 60)
    clock.now = TOMORROW + HOUR
    ended = resolution.resolve(tom, [ticket], "A new toner.")
    assert [one.state for one in queries.visits(tom, ticket)] == ["done", "cancelled"]
    assert ended.sentence.endswith(
        "Its visit is done: Tue 3 Mar 2026 13:00, 1h, tom. Its visit is cancelled: Wed 4 Mar 2026 13:00, 1h, tom."
    )


def test_undo_says_where_else_somebody_is_when_a_visit_of_his_comes_back(sign_in_as: SignIn, ticket: int) -> None:
    tom, other = sign_in_as("tom"), open_ticket(sign_in_as)
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    ended = resolution.resolve(tom, [ticket], "A new toner.")
    visits.plan_visit(tom, [other], TOMORROW + HOUR / 2, 60, place="Floor 4")
    schedule.add_absence(tom, "tom", TOMORROW, TOMORROW + HOUR / 4, "training")
    assert undo(tom, ended.seqs[0]).sentence == (
        f"Undid the resolution of INC-{ticket}. tom is away then: training, Tue 3 Mar 2026 13:00 to 13:15. "
        f"tom is at INC-{other} then: Tue 3 Mar 2026 13:30 to 14:30, Floor 4."
    )
    assert stands(tom, ticket) == WAITS


def test_undo_says_nothing_of_clashes_with_a_visit_that_is_over_nor_to_requesters(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom, rita, other, fresh = sign_in_as("tom"), sign_in_as("rita"), open_ticket(sign_in_as), open_ticket(sign_in_as)
    visits.plan_visit(tom, [fresh], TOMORROW, 60)
    resolution.cancel(rita, [fresh], "it works again")
    visits.plan_visit(tom, [other, ticket], TOMORROW, 60, place="Floor 4")
    assert undo_last(rita, fresh).sentence == f"Undid the cancellation of INC-{fresh}."
    clock.now = TOMORROW + HOUR
    visits.finish_visit(tom, [ticket])
    assert undo_last(tom, ticket).sentence == f"Undid the end of a visit of INC-{ticket}."


def test_a_requester_who_cancels_calls_the_visit_off(sign_in_as: SignIn) -> None:
    fresh, rita, tom = open_ticket(sign_in_as), sign_in_as("rita"), sign_in_as("tom")
    visits.plan_visit(tom, [fresh], TOMORROW, 60)
    ended = resolution.cancel(rita, [fresh], "it works again")
    assert [one.state for one in queries.visits(tom, fresh)] == ["cancelled"]
    assert unread(tom)[0].text == f"A visit is cancelled: INC-{fresh}, Tue 3 Mar 2026 13:00, 1h, tom."
    undo(rita, ended.seqs[0])
    assert [one.state for one in queries.visits(tom, fresh)] == ["planned"]


def test_whoever_gets_a_ticket_with_a_visit_to_come_waits_for_it(sign_in_as: SignIn, clock: StillClock) -> None:
    tom, taken, assigned = sign_in_as("tom"), open_ticket(sign_in_as), open_ticket(sign_in_as)
    visits.plan_visit(tom, [taken, assigned], TOMORROW, 60)
    assert triage.take(tom, [taken]).sentence == f"Took INC-{taken}. It waits for its visit."
    triage.assign(tom, [assigned], "tina")
    assert [stands(tom, one) for one in (taken, assigned)] == [WAITS, WAITS]
    clock.now = TOMORROW
    assert sweep(tom).begun == 2
    assert [stands(tom, one) for one in (taken, assigned)] == [IN_WORK, IN_WORK]


def answered(sign_in_as: SignIn, ticket: int) -> Change:
    resolution.change_status(
        sign_in_as("tom"), [ticket], Status.WAITING, waiting_reason=WaitingReason.REQUESTER, reason="which day?"
    )
    visits.plan_visit(sign_in_as("tom"), [ticket], TOMORROW, 60)
    return communication.reply(sign_in_as("rita"), [ticket], "Tomorrow suits me.")


def failed_a_test(sign_in_as: SignIn, ticket: int) -> Change:
    testing.ask_to_test(sign_in_as("tom"), [ticket], "Does it work?")
    visits.plan_visit(sign_in_as("tom"), [ticket], TOMORROW, 60)
    return testing.record_test(sign_in_as("rita"), [ticket], TestOutcome.FAILED, "no")


def approved(sign_in_as: SignIn, ticket: int) -> Change:
    approvals.ask(sign_in_as("tom"), [ticket], Question(["lea"]))
    visits.plan_visit(sign_in_as("tom"), [ticket], TOMORROW, 60)
    return approvals.approve(sign_in_as("lea"), [ticket])


def approved_with_the_visit_before(sign_in_as: SignIn, ticket: int) -> Change:
    visits.plan_visit(sign_in_as("tom"), [ticket], TOMORROW, 60)
    approvals.ask(sign_in_as("tom"), [ticket], Question(["lea"]))
    return approvals.approve(sign_in_as("lea"), [ticket])


def no_longer_to_approve(sign_in_as: SignIn, ticket: int) -> Change:
    approvals.ask(sign_in_as("tom"), [ticket], Question(["lea"]))
    visits.plan_visit(sign_in_as("tom"), [ticket], TOMORROW, 60)
    return approvals.withdraw(sign_in_as("tom"), [ticket], "it costs nothing")


def cause_resolved(sign_in_as: SignIn, ticket: int) -> Change:
    tom, cause = sign_in_as("tom"), open_ticket(sign_in_as)
    links.link(tom, [ticket], LinkType.CAUSED_BY, cause)
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.PROBLEM)
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    return resolution.resolve(tom, [cause], "A new gateway.")


@pytest.mark.parametrize(
    ("end_of_wait", "says"),
    [
        (answered, "Replied on INC-{}. It waits for its visit."),
        (failed_a_test, "Recorded a failed test on INC-{}. It waits for its visit."),
        (approved, "Approved INC-{}: it is waiting now. It waits for its visit."),
        (approved_with_the_visit_before, "Approved INC-{}: it is waiting now. It waits for its visit."),
        (no_longer_to_approve, "INC-{} waits for no approval any more. It waits for its visit."),
        (cause_resolved, "1 ticket that waited for it goes on."),
    ],
)
def test_a_ticket_that_waited_for_something_else_waits_for_its_visit_then_and_its_clocks_stand_still(
    end_of_wait: Callable[[SignIn, int], Change], says: str, sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    assert end_of_wait(sign_in_as, ticket).sentence.endswith(says.format(ticket))
    assert stands(tom, ticket) == WAITS
    clock.now = TOMORROW + HOUR
    assert sweep(tom).begun == 1
    assert stands(tom, ticket) == IN_WORK
    assert paused(tom, ticket)[-1] == TOMORROW
    assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)


def test_an_approval_after_the_visit_has_begun_lets_the_ticket_go_on(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    approvals.ask(tom, [ticket], Question(["lea"]))
    clock.now = TOMORROW + HOUR
    assert sweep(tom).begun == 1
    assert stands(tom, ticket) == (Status.WAITING, WaitingReason.APPROVAL)
    assert approvals.approve(sign_in_as("lea"), [ticket]).sentence == f"Approved INC-{ticket}: it is in progress now."
    assert stands(tom, ticket) == IN_WORK


def test_an_answer_on_a_ticket_that_nobody_has_makes_it_new_whatever_visit_is_to_come(sign_in_as: SignIn) -> None:
    tom, fresh = sign_in_as("tom"), open_ticket(sign_in_as)
    assert answered(sign_in_as, fresh).sentence == f"Replied on INC-{fresh}."
    assert stands(tom, fresh) == (Status.NEW, None)


def test_nobody_need_go_for_a_ticket_that_has_ended(sign_in_as: SignIn, ticket: int) -> None:
    tom, other = sign_in_as("tom"), open_ticket(sign_in_as)
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    resolution.cancel(tom, [ticket], "not wanted any more")
    assert queries.clashes(tom, "tom", TOMORROW, 60) == ()
    visits.plan_visit(tom, [other], TOMORROW, 60, place="Floor 4")
    (first, second) = calendar_entries(tom, TOMORROW.date(), TOMORROW.date(), person="tom")
    assert [one.cancelled for one in (first, second)] == [True, False]


def test_what_was_done_is_not_moved_by_undo(sign_in_as: SignIn, ticket: int, clock: StillClock) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    moved = visits.move_visit(tom, [ticket], starts_at=TOMORROW + HOUR)
    clock.now = TOMORROW
    visits.finish_visit(tom, [ticket])
    with pytest.raises(Refused, match="changed since"):
        undo(tom, moved.seqs[0])


@pytest.mark.parametrize(
    ("minutes", "person", "why"), [(0, None, "lasts"), (99_999, None, "lasts"), (60, "rita", "staff")]
)
def test_visits_that_cannot_be_are_refused(
    minutes: int, person: str | None, why: str, sign_in_as: SignIn, ticket: int
) -> None:
    with pytest.raises(Refused, match=why):
        visits.plan_visit(sign_in_as("tom"), [ticket], TOMORROW, minutes, person=person)


def paused(session: Session, ticket: int) -> list[datetime]:
    """From when on, and until when, the clock of its resolution was paused."""
    history = next(clock.history for clock in clocks(session, ticket) if clock.name is ClockName.RESOLUTION)
    return [one.at for one in history if one.what in ("paused", "resumed")]


def begun(ticket: int) -> list[tuple[datetime, datetime]]:
    """When its visits began, and when that was written down."""
    entries = JournalEntry.select(JournalEntry.occurred_at, JournalEntry.recorded_at).where(
        (JournalEntry.object == f"ticket:{ticket}") & (JournalEntry.verb == "visit_begun")
    )
    return [(at, recorded) for at, recorded in tuples(entries.order_by(JournalEntry.seq))]


def test_a_ticket_goes_on_when_its_visit_begins_and_its_clocks_as_from_then(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    visits.plan_visit(tom, [ticket], TOMORROW, 60, person="tina", place="Floor 3")
    planned = clock.now
    clock.now = TOMORROW - timedelta(microseconds=1)
    assert sweep(tom).begun == 0
    assert stands(tom, ticket) == WAITS
    clock.now = TOMORROW + timedelta(minutes=40)
    communication.note(tom, [ticket], "She is on her way")
    report = sweep(tom)
    assert report.begun == 1
    assert "1 visit begun" in str(report)
    assert stands(tom, ticket) == IN_WORK
    assert begun(ticket) == [(TOMORROW, clock.now)], "not the moment of the sweep"
    assert paused(tom, ticket) == [planned, TOMORROW]
    assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)
    assert Ticket.get_by_id(ticket).status_since == TOMORROW
    assert unread(tina)[0].text == (
        f"Your visit is now: INC-{ticket}, Tue 3 Mar 2026 13:00, 1h, tina, Floor 3. "
        "Say that it is done, when it is: enter on the visit, on its ticket."
    )
    [told] = [event for event in tickets.events(tom, ticket) if event.verb == "visit_begun"]
    assert (told.who, told.text) == (
        "itdesk",
        "noted that the visit begins: Tue 3 Mar 2026 13:00, 1h, tina, Floor 3, in progress",
    )
    assert sweep(tom).begun == 0, "once"
    visits.finish_visit(tina, [ticket])
    assert stands(tom, ticket) == IN_WORK


def test_undo_lets_the_ticket_wait_again_until_somebody_ends_the_visit(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    planned = clock.now
    clock.now = TOMORROW + HOUR / 2
    sweep(tom)
    assert undo_last(tom, ticket).sentence == f"Undid the begin of a visit of INC-{ticket}."
    assert stands(tom, ticket) == WAITS
    assert paused(tom, ticket) == [planned]
    assert Ticket.get_by_id(ticket).status_since == planned
    assert sweep(tom).begun == 0
    visits.finish_visit(tom, [ticket])
    assert stands(tom, ticket) == IN_WORK


def test_it_waits_for_the_last_of_several_visits(sign_in_as: SignIn, ticket: int, clock: StillClock) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    visits.plan_visit(tom, [ticket], TOMORROW + 3 * HOUR, 60)
    clock.now = TOMORROW
    assert sweep(tom).begun == 1
    assert stands(tom, ticket) == WAITS
    visits.cancel_visit(tom, [ticket], appointment=queries.visits(tom, ticket)[1].id)
    assert stands(tom, ticket) == IN_WORK, "the first has begun"


def test_what_the_journal_says_of_the_time_since_the_start_holds(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    visits.plan_visit(tom, [ticket], TOMORROW + 3 * HOUR, 60)
    second = queries.visits(tom, ticket)[1].id
    clock.now = cancelled = TOMORROW + HOUR
    visits.cancel_visit(tom, [ticket], appointment=second)
    assert stands(tom, ticket) == WAITS, "nobody has seen yet that the first has begun"
    clock.advance(minutes=40)
    sweep(tom)
    assert begun(ticket) == [(cancelled, clock.now)], "until then it waited for the second"
    assert stands(tom, ticket) == IN_WORK
    assert stored_clocks(tom, ticket) == told_clocks(tom, ticket)
    assert paused(tom, ticket)[-1] == cancelled


def test_a_visit_put_off_when_it_had_begun_begins_anew(sign_in_as: SignIn, ticket: int, clock: StillClock) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    clock.now = TOMORROW + HOUR / 4
    sweep(tom)
    visits.move_visit(tom, [ticket], starts_at=TOMORROW + 2 * HOUR)
    assert stands(tom, ticket) == WAITS
    undo_last(tom, ticket)
    assert stands(tom, ticket) == IN_WORK
    visits.move_visit(tom, [ticket], starts_at=TOMORROW + 2 * HOUR)
    clock.now = TOMORROW + 2 * HOUR
    assert sweep(tom).begun == 1
    assert stands(tom, ticket) == IN_WORK
    assert [at for at, _ in begun(ticket)] == [TOMORROW, TOMORROW + 2 * HOUR]


def test_a_visit_that_had_begun_does_not_begin_again_when_putting_it_off_is_undone(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    clock.now = TOMORROW + HOUR / 4
    sweep(tom)
    visits.move_visit(tom, [ticket], starts_at=TOMORROW + 2 * HOUR)
    undo_last(tom, ticket)
    clock.advance(minutes=1)
    assert sweep(tom).begun == 0
    assert len([one for one in unread(tom) if one.text.startswith("Your visit is now")]) == 1
    assert begun(ticket) == [(TOMORROW, TOMORROW + HOUR / 4)]


def test_a_visit_that_began_anew_can_still_be_moved_back_by_undo(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    clock.now = TOMORROW + HOUR / 4
    sweep(tom)
    visits.move_visit(tom, [ticket], starts_at=TOMORROW + 2 * HOUR)
    clock.now = TOMORROW + 2 * HOUR
    sweep(tom)
    undone = [undo_last(tom, ticket).sentence for _ in range(2)]
    assert undone == [f"Undid the {what} of a visit of INC-{ticket}." for what in ("begin", "move")]
    assert queries.visits(tom, ticket)[0].starts_at == TOMORROW
    assert sweep(tom).begun == 0


def test_a_ticket_that_waits_for_something_else_or_has_ended_stays_as_it_is(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom, lea, other = sign_in_as("tom"), sign_in_as("lea"), open_ticket(sign_in_as)
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.VENDOR)
    visits.plan_visit(tom, [other], TOMORROW, 60, person="lea")
    resolution.cancel(tom, [other], "not wanted any more")
    clock.now = TOMORROW + 2 * HOUR
    assert sweep(lea).begun == 1
    assert stands(tom, ticket) == (Status.WAITING, WaitingReason.VENDOR)
    assert unread(tom)[0].text.startswith("The time of your visit has passed: ")
    assert not [one.text for one in unread(lea) if "The time" in one.text]


def test_a_visit_that_nobody_ended_is_to_settle_until_somebody_does(
    sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)

    def left() -> list[str]:
        of = scheduled(tom, TOMORROW.date(), TOMORROW.date(), person="tom")
        return [one.text for one in to_settle(of, clock.now)]

    clock.now = TOMORROW + HOUR / 2
    assert left() == []
    clock.now = TOMORROW + 30 * HOUR
    assert left() == [f"tom's visit is over and nobody ended it: INC-{ticket}"]
    visits.finish_visit(tom, [ticket])
    assert left() == []


def test_only_the_desk_itself_lets_visits_begin_and_only_in_time(sign_in_as: SignIn, ticket: int) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    [(visit,)] = tuples(Appointment.select(Appointment.id))
    with pytest.raises(Refused, match="may not let visits begin"):
        visits.begin_visit(tom, visit)
    for one in (visit, visit + 1):
        assert visits.begin_visit(replace(tom, actor=SYSTEM), one).tickets == ()
    assert stands(tom, ticket) == WAITS
