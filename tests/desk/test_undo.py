"""Undo goes newest first: what was done later about the same thing is not taken away, nor passed over."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pytest

from itdesk.desk import (
    approvals,
    attachments,
    checklist,
    communication,
    links,
    resolution,
    testing,
    triage,
    visits,
    watchers,
    worklog,
)
from itdesk.desk.approvals import Question
from itdesk.desk.change import Change
from itdesk.desk.errors import Refused
from itdesk.desk.queries import attachments as files
from itdesk.desk.queries import procedures, tickets
from itdesk.desk.queries import visits as planned
from itdesk.desk.queries import watchers as watching
from itdesk.desk.queries.notices import unread
from itdesk.desk.session import Desk, Session
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.procedures import TestOutcome
from itdesk.domain.ticket import LinkType, Status, WaitingReason
from tests.desk.acts import content, open_ticket
from tests.desk.test_visits import TOMORROW
from tests.support.desks import SignIn, StillClock

STEP = 7


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    return shared_desk


@pytest.fixture
def ticket(sign_in_as: SignIn) -> int:
    """A ticket in Tom's hands."""
    opened = open_ticket(sign_in_as)
    triage.take(sign_in_as("tom"), [opened])
    return opened


Deed = Callable[[Session, int, int], Change]


@dataclass(frozen=True)
class Again:
    """What one does, another takes away, and does again; `said` is what is said of that, `{}` another ticket.

    `seen` is what it is about, on a ticket.
    """

    do: Deed
    take_away: Deed
    what: str
    said: str
    seen: Callable[[Session, int], object]


def tick(session: Session, ticket: int, other: int) -> Change:
    return checklist.tick(session, [ticket], STEP, entered=f"{session.actor.login} saw error 809")


def untick(session: Session, ticket: int, other: int) -> Change:
    return checklist.untick(session, [ticket], STEP)


def steps(session: Session, ticket: int) -> object:
    return [(one.done_by, one.entered) for one in procedures.progress(session, ticket).steps if one.place == STEP]


def link(session: Session, ticket: int, other: int) -> Change:
    return links.link(session, [ticket], LinkType.RELATED, other)


def unlink(session: Session, ticket: int, other: int) -> Change:
    return links.unlink(session, [ticket], LinkType.RELATED, other)


def watch(session: Session, ticket: int, other: int) -> Change:
    return watchers.watch(session, [ticket], "lea")


def unwatch(session: Session, ticket: int, other: int) -> Change:
    return watchers.unwatch(session, [ticket], "lea")


def tag(session: Session, ticket: int, other: int) -> Change:
    return triage.tag(session, [ticket], add=["gateway"])


def untag(session: Session, ticket: int, other: int) -> Change:
    return triage.tag(session, [ticket], remove=["gateway"])


def wait(session: Session, ticket: int, other: int) -> Change:
    reason = f"{session.actor.login} ordered a part"
    return resolution.change_status(
        session, [ticket], Status.WAITING, waiting_reason=WaitingReason.VENDOR, reason=reason
    )


def go_on(session: Session, ticket: int, other: int) -> Change:
    return resolution.change_status(session, [ticket], Status.IN_PROGRESS)


def put_off(session: Session, ticket: int, other: int) -> Change:
    return visits.move_visit(session, [ticket], minutes=90)


def bring_forward(session: Session, ticket: int, other: int) -> Change:
    return visits.move_visit(session, [ticket], minutes=60)


def diagnose(session: Session, ticket: int, other: int) -> Change:
    return resolution.diagnose(session, [ticket], root_cause="a full table")


def clear_diagnosis(session: Session, ticket: int, other: int) -> Change:
    return resolution.diagnose(session, [ticket], root_cause="")


def view(session: Session, ticket: int) -> object:
    found = tickets.view(session, ticket)
    return found.status, found.waiting_reason, found.tags, found.root_cause, found.links


AGAIN = {
    "step": Again(
        tick,
        untick,
        "ticking of a step",
        "ticked step 7 Read the gateway's log at the time of the last attempt: tina saw error 809",
        steps,
    ),
    "link": Again(link, unlink, "link", "linked it: related to INC-{}", view),
    "watcher": Again(
        watch, unwatch, "watching", "lets lea watch it", lambda session, ticket: watching.watchers(session, [ticket])
    ),
    "tag": Again(tag, untag, "tags", "tags: board, gateway", view),
    "wait": Again(wait, go_on, "status", "in progress → waiting: vendor: tina ordered a part", view),
    "visit": Again(
        put_off,
        bring_forward,
        "move of a visit",
        "moved the visit: Tue 3 Mar 2026 13:00, 1h30, wes",
        planned.visits,
    ),
    "diagnosis": Again(diagnose, clear_diagnosis, "diagnosis", "root cause: a full table", view),
}


def prepared(sign_in_as: SignIn, ticket: int, name: str, visitor: str) -> int:
    """Another ticket to link; where it is about visits, the ticket has one."""
    if name == "visit":
        visits.plan_visit(sign_in_as("lea"), [ticket], TOMORROW, 60, person=visitor)
    return open_ticket(sign_in_as)


each_again = pytest.mark.parametrize(("name", "again"), AGAIN.items(), ids=AGAIN)


@each_again
def test_what_a_colleague_did_again_after_one_is_not_taken_away_by_undo_which_names_him(
    name: str, again: Again, sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom, tina, other = sign_in_as("tom"), sign_in_as("tina"), prepared(sign_in_as, ticket, name, "wes")
    again.do(tom, ticket, other)
    for act in (again.take_away, again.do):
        clock.advance(minutes=1)
        act(tina, ticket, other)
    before = again.seen(tom, ticket)
    with pytest.raises(Refused) as refusal:
        undo_last(tom, ticket)
    assert str(refusal.value) == (
        f"INC-{ticket} changed since this {again.what}: tina {again.said.format(other)}. "
        "Set by hand what should be different."
    )
    assert again.seen(tom, ticket) == before
    undo_last(tina, ticket)
    undo_last(tina, ticket)
    assert undo_last(tom, ticket).sentence == f"Undid the {again.what} of INC-{ticket}."


@each_again
def test_ones_own_acts_about_one_thing_are_undone_the_newest_first(
    name: str, again: Again, sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom, other = sign_in_as("tom"), prepared(sign_in_as, ticket, name, "lea")
    seen = [again.seen(tom, ticket)]
    acts = (again.do, again.take_away, again.do)
    changes = []
    for act in acts:
        clock.advance(minutes=1)
        changes.append(act(tom, ticket, other))
        seen.append(again.seen(tom, ticket))
    with pytest.raises(Refused, match=f"INC-{ticket} changed since this {again.what}: you "):
        undo(tom, changes[0].seqs[0])
    for _ in acts:
        assert again.seen(tom, ticket) == seen.pop()
        undo_last(tom, ticket)
    assert again.seen(tom, ticket) == seen.pop()


def test_an_undone_untick_brings_no_older_note_back_than_the_one_that_was_entered_last(
    sign_in_as: SignIn, ticket: int
) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    checklist.tick(tom, [ticket], STEP, entered="A")
    checklist.untick(tina, [ticket], STEP)
    checklist.tick(tom, [ticket], STEP, entered="B")
    checklist.untick(tom, [ticket], STEP)
    with pytest.raises(Refused, match=r"changed since this unticking of a step: tom unticked step 7"):
        undo_last(tina, ticket)
    assert steps(tom, ticket) == [(None, "")]
    undo_last(tom, ticket)
    assert steps(tom, ticket) == [("tom", "B")]


def test_a_colleagues_acts_on_other_things_do_not_stand_in_the_way_of_undo(sign_in_as: SignIn, ticket: int) -> None:
    tom, tina, other = sign_in_as("tom"), sign_in_as("tina"), open_ticket(sign_in_as)
    tick(tom, ticket, other)
    checklist.tick(tina, [ticket], STEP + 1)
    link(tina, ticket, other)
    watch(tina, ticket, other)
    tag(tina, ticket, other)
    undo_last(tom, ticket)
    assert steps(tom, ticket) == [(None, "")]


def test_a_file_that_a_colleague_removed_and_brought_back_by_undo_is_still_ones_own_to_take_back(
    sign_in_as: SignIn, ticket: int
) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    attachments.attach(tom, [ticket], [attachments.keep(tom, BytesIO(b"x"), "zebra.log")])
    [file] = files.attachments(tom, ticket)
    attachments.detach(tina, [file.id])
    with pytest.raises(Refused, match=r"changed since this attachment: tina removed zebra\.log"):
        undo_last(tom, ticket)
    undo_last(tina, ticket)
    undo_last(tom, ticket)
    assert files.attachments(tom, ticket) == ()


# What brought a ticket back


def add_required_step(session: Session, ticket: int) -> Change:
    return checklist.add_step(session, [ticket], "Replace the certificate", required=True)


def untick_required_step(session: Session, ticket: int) -> Change:
    [place] = [one.place for one in procedures.progress(session, ticket).steps if one.text == "tell the team"]
    return checklist.untick(session, [ticket], place)


def fail_test(session: Session, ticket: int) -> Change:
    return testing.record_test(session, [ticket], TestOutcome.FAILED, "does not connect")


def get_approved(session: Session, ticket: int) -> Change:
    return approvals.ask(session, [ticket], Question(["lea"]))


def visit(session: Session, ticket: int) -> Change:
    return visits.plan_visit(session, [ticket], TOMORROW, 60, person="wes", anyway=True)


def note(session: Session, ticket: int) -> Change:
    return communication.note(session, [ticket], "I am on it")


Work = Callable[[Session, int], Change]
WORK = {
    "required step": (add_required_step, "added step 10 Replace the certificate"),
    "unticked step": (untick_required_step, "unticked step 10 tell the team"),
    "failed test": (fail_test, "tested does not connect: failed"),
    "approval": (get_approved, "asked for the approval of lea"),
    "visit": (visit, "planned a visit: Tue 3 Mar 2026 13:00, 1h, wes"),
    "note": (note, "wrote a work note: “I am on it”"),
}


@pytest.mark.parametrize("who", ["tina", "tom"])
@pytest.mark.parametrize(("work", "said"), WORK.values(), ids=WORK)
def test_a_reopening_is_not_undone_over_what_was_done_on_the_ticket_since(
    work: Work, said: str, who: str, sign_in_as: SignIn, ticket: int, clock: StillClock
) -> None:
    tom, doer = sign_in_as("tom"), sign_in_as(who)
    if work is untick_required_step:
        checklist.add_step(tom, [ticket], "tell the team", required=True)
        checklist.tick(tom, [ticket], 10)
    resolution.resolve(tom, [ticket], "A new cable.", without_steps="not needed")
    clock.advance(minutes=1)
    reopened = resolution.reopen(tom, [ticket], "it broke again")
    clock.advance(minutes=1)
    work(doer, ticket)
    before = content(tom.desk)
    with pytest.raises(Refused) as refusal:
        undo(tom, reopened.seqs[0])
    by = "you" if who == "tom" else who
    assert str(refusal.value).startswith(f"INC-{ticket} changed since this reopening: {by} {said}")
    assert str(refusal.value).endswith(" Resolve it instead.")
    assert content(tom.desk) == before
    undo_last(doer, ticket)
    undo_last(tom, ticket)
    assert tickets.view(tom, ticket).status is Status.RESOLVED


def test_a_cancelled_ticket_that_came_back_is_not_cancelled_by_undo_while_a_visit_for_it_is_planned(
    sign_in_as: SignIn, ticket: int
) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    resolution.cancel(tom, [ticket], "sent twice")
    resolution.reopen(tom, [ticket], "it is another one")
    visit(tina, ticket)
    with pytest.raises(Refused, match=r"tina planned a visit: .*, wes\. Cancel it instead\."):
        undo_last(tom, ticket)
    assert resolution.cancel(tom, [ticket], "sent twice").sentence.endswith(
        "Its visit is cancelled: Tue 3 Mar 2026 13:00, 1h, wes."
    )
    assert unread(sign_in_as("wes"))[0].text.startswith(f"A visit is cancelled: INC-{ticket}")


def test_a_visit_whose_cancellation_was_undone_since_keeps_the_ticket_from_ending_by_undo(
    sign_in_as: SignIn, ticket: int
) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.VENDOR)
    visit(tina, ticket)
    called_off = visits.cancel_visit(tina, [ticket])
    resolution.resolve(tom, [ticket], "A new cable.")
    with pytest.raises(Refused, match=f"INC-{ticket} is resolved; reopen it first."):
        undo(tina, called_off.seqs[0])
    assert [one.state for one in planned.visits(tom, ticket)] == ["cancelled"]
    resolution.reopen(tom, [ticket], "it broke again")
    undo(tina, called_off.seqs[0])
    with pytest.raises(Refused, match=r"tina undid: visit cancelled\. Resolve it instead\."):
        undo_last(tom, ticket)
    assert [one.state for one in planned.visits(tom, ticket)] == ["planned"]


def test_a_reopening_is_undone_whoever_watches_or_logs_time_and_whatever_steps_it_was_resolved_without(
    sign_in_as: SignIn, ticket: int
) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    add_required_step(tom, ticket)
    resolution.resolve(tom, [ticket], "A new cable.", without_steps="not needed")
    resolution.reopen(tom, [ticket], "the wrong one")
    watchers.watch(tina, [ticket])
    worklog.log_time(tina, [ticket], 5)
    undo_last(tina, ticket)
    undo_last(tom, ticket)
    assert tickets.view(tom, ticket).status is Status.RESOLVED


def test_a_requester_does_not_take_back_a_reopening_on_which_somebody_worked_since(
    sign_in_as: SignIn, ticket: int
) -> None:
    tom, rita = sign_in_as("tom"), sign_in_as("rita")
    resolution.resolve(tom, [ticket], "A new cable.")
    reopened = resolution.reopen(rita, [ticket], "it broke again")
    communication.reply(tom, [ticket], "I look at it")
    with pytest.raises(Refused) as refusal:
        undo(rita, reopened.seqs[0])
    assert str(refusal.value) == (
        f"INC-{ticket} changed since this reopening: tom replied: “I look at it”. Ask the desk to resolve it."
    )
