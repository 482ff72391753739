"""Visits: a ticket waits for its appointment, who is concerned is told, and nobody is sent to two places."""

from datetime import UTC, datetime, timedelta

import pytest

from itdesk.desk import resolution, schedule, triage, visits
from itdesk.desk.errors import Refused
from itdesk.desk.queries import tickets
from itdesk.desk.queries import visits as queries
from itdesk.desk.queries.calendar_entries import calendar_entries
from itdesk.desk.queries.notices import unread
from itdesk.desk.session import Session
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.notices import NoticeKind
from itdesk.domain.ticket import Status, WaitingReason
from tests.desk.acts import open_ticket
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


def test_a_ticket_waits_until_its_last_visit_is_done_or_cancelled(sign_in_as: SignIn, ticket: int) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    visits.plan_visit(tom, [ticket], TOMORROW + 2 * HOUR, 60)
    first, _ = queries.visits(tom, ticket)
    assert stands(tom, ticket) == WAITS
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


def test_a_ticket_that_nobody_has_or_that_waits_for_something_else_stays_as_it_is(sign_in_as: SignIn) -> None:
    tom, fresh = sign_in_as("tom"), open_ticket(sign_in_as)
    visits.plan_visit(tom, [fresh], TOMORROW, 60)
    assert stands(tom, fresh) == (Status.NEW, None)
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


def test_a_visit_outside_of_a_shift_is_planned_and_remarked(sign_in_as: SignIn, ticket: int) -> None:
    schedule.add_weekly_shifts(sign_in_as("lea"), ["tom"], [0], 480, 960, first_day=TOMORROW.date())
    change = visits.plan_visit(sign_in_as("tom"), [ticket], TOMORROW, 60)
    assert change.sentence.endswith("It is not within a shift of tom.")


def test_several_tickets_are_one_visit_that_is_moved_and_undone_together(sign_in_as: SignIn, ticket: int) -> None:
    tom, other = sign_in_as("tom"), open_ticket(sign_in_as)
    triage.take(tom, [other])
    both = [ticket, other]
    planned = visits.plan_visit(tom, both, TOMORROW, 120, place="Gdańsk")
    assert planned.sentence == "Planned Tue 3 Mar 2026 13:00, 2h, tom, Gdańsk for 2 tickets."
    visits.move_visit(tom, both, starts_at=TOMORROW + HOUR)
    assert {queries.visits(tom, one)[0].starts_at for one in both} == {TOMORROW + HOUR}
    done = visits.finish_visit(tom, both)
    assert [stands(tom, one) for one in both] == [IN_WORK, IN_WORK]
    undo(tom, done.seqs[0])
    assert [stands(tom, one) for one in both] == [WAITS, WAITS]


def test_nobody_need_go_for_a_ticket_that_has_ended(sign_in_as: SignIn, ticket: int) -> None:
    tom, other = sign_in_as("tom"), open_ticket(sign_in_as)
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    resolution.cancel(tom, [ticket], "not wanted any more")
    assert queries.clashes(tom, "tom", TOMORROW, 60) == ()
    visits.plan_visit(tom, [other], TOMORROW, 60, place="Floor 4")
    (first, second) = calendar_entries(tom, TOMORROW.date(), TOMORROW.date(), person="tom")
    assert [(one.cancelled, one.sequence) for one in (first, second)] == [(True, 1), (False, 0)]


def test_what_was_done_is_not_moved_by_undo(sign_in_as: SignIn, ticket: int, clock: StillClock) -> None:
    tom = sign_in_as("tom")
    visits.plan_visit(tom, [ticket], TOMORROW, 60)
    moved = visits.move_visit(tom, [ticket], starts_at=TOMORROW + HOUR)
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
