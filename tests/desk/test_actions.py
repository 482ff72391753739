"""What every action promises: who may, what is written, what a lost race and a repeated command do, and undo."""

import re
from dataclasses import replace
from typing import Any

import pytest

from itdesk.desk import approvals, communication, resolution, triage
from itdesk.desk.approvals import Question
from itdesk.desk.change import TicketRef
from itdesk.desk.compliance import verify_journal
from itdesk.desk.errors import Conflict, DeskError, NotFound, Refused
from itdesk.desk.queries import procedures, queue, tickets, visits, watchers, work
from itdesk.desk.queries.notices import unread
from itdesk.desk.session import Desk, Session
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.approvals import Need
from itdesk.domain.people import STAFF, Role
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import Status, WaitingReason
from tests.desk.acts import ACTS, LOGINS, Act, attach, content, do_all, open_ticket
from tests.support.desks import SignIn, StillClock


@pytest.fixture
def desk(small_desk: Desk) -> Desk:
    return small_desk


every_act = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name.replace(" ", "-"))
APPENDING = {
    "noted",
    "replied",
    "step_ticked",
    "step_unticked",
    "step_added",
    "checklist_applied",
    "tested",
    "attached",
    "logged",
    "watched",
    "unwatched",
}


def appends(act: Act) -> bool:
    """Whether it replaces nothing, and so is never too late."""
    return act.verb in APPENDING or act.name == "escalate to management"


def seen(session: Session, ticket: int) -> tuple[Any, ...]:
    """All that a colleague sees of a ticket, without what says only that something happened."""
    view = tickets.view(session, ticket)
    decided = {
        (item.decision, item.decided_by, item.decided_at) for item in tickets.decisions_in_force(session, ticket)
    }
    zebras = len(queue.rows_by_id(session, [ticket], parse("zebra status:all")))
    place = [row.order_key for row in queue.rows_by_id(session, [ticket], parse("status:all"))]
    return (
        replace(view, version=0, seq=0, changed_at=view.opened_at),
        decided,
        tickets.messages(session, ticket),
        visits.visits(session, ticket),
        procedures.progress(session, ticket),
        zebras,
        place,
        work.work_on(session, ticket),
        watchers.watchers(session, [ticket]),
    )


@every_act
def test_an_action_does_one_thing_and_undo_takes_all_of_it_back(
    act: Act, desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    ticket = open_ticket(sign_in_as)
    act.prepare(sign_in_as, ticket)
    session = sign_in_as(act.by)
    before, version = seen(session, ticket), tickets.view(session, ticket).version

    clock.advance(minutes=5)
    change = act.deed(session, [TicketRef(ticket, version)])

    assert act.says in change.sentence
    assert change.sentence.endswith(".")
    assert change.tickets == (ticket,)
    assert change.undoable
    after = tickets.view(session, ticket)
    assert (after.changed_at == clock.now) == (act.verb not in ("watched", "unwatched"))
    assert seen(session, ticket) != before
    assert (after.version > version) or appends(act) or act.name in ("tag", "move a visit")
    entry = tickets.journal_entries(session, ticket)[-1]
    assert (entry["seq"],) == change.seqs
    assert (entry["verb"], entry["actor"], entry["occurred_at"]) == (act.verb, act.by, clock.now)

    clock.advance(minutes=5)
    undone = undo(session, change.seqs[0])

    assert seen(session, ticket) == before
    assert undone.sentence.startswith("Undid the ")
    assert not undone.undoable
    last = tickets.journal_entries(session, ticket)[-1]
    assert (last["verb"], last["facts"]["reverts"]) == ("undone", change.seqs[0])
    with pytest.raises(Refused, match="undone before"):
        undo(session, change.seqs[0])
    assert verify_journal(sign_in_as("otto")).intact


@every_act
def test_a_decision_in_force_is_what_the_ticket_has(act: Act, sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    act.prepare(sign_in_as, ticket)
    act.deed(sign_in_as(act.by), [ticket])
    view = tickets.view(sign_in_as("tom"), ticket)
    decided = {
        item.decision.thing.value: item.decision.value for item in tickets.decisions_in_force(sign_in_as("tom"), ticket)
    }
    has = {
        "kind": view.kind,
        "category": view.category,
        "impact": view.impact,
        "urgency": view.urgency,
        "priority": str(view.priority),
        "team": view.team,
        "level": str(view.level),
    }
    assert {thing: decided[thing] for thing in has} == has
    assert (decided.get("assignee") or None) == view.assignee
    assert (decided.get("major") == "yes") == view.major
    if view.status in (Status.ASSIGNED, Status.IN_PROGRESS, Status.TESTING):
        assert view.assignee, "work without anybody who does it"


@every_act
def test_who_may(act: Act, desk: Desk, sign_in_as: SignIn) -> None:
    for role, login in LOGINS.items():
        ticket = open_ticket(sign_in_as)
        act.prepare(sign_in_as, ticket)
        allowed = role in act.roles and (role in STAFF or login == "rita")
        if allowed:
            assert act.deed(sign_in_as(login), [ticket]).seqs, role
            continue
        before = content(desk)
        with pytest.raises(Refused, match=r"auditor|requester|technician|team lead") as refusal:
            act.deed(sign_in_as(login), [ticket])
        assert str(refusal.value).endswith(".")
        assert content(desk) == before


@every_act
def test_another_requester_is_told_that_there_is_no_such_ticket(act: Act, desk: Desk, sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    act.prepare(sign_in_as, ticket)
    before = content(desk)
    with pytest.raises((NotFound, Refused)) as refusal:
        act.deed(sign_in_as("ron"), [ticket])
    assert Role.REQUESTER not in act.roles or isinstance(refusal.value, NotFound)
    assert "VPN" not in str(refusal.value)
    assert content(desk) == before


@every_act
def test_who_saw_an_older_version_changes_nothing(act: Act, desk: Desk, sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    act.prepare(sign_in_as, ticket)
    outdated = TicketRef(ticket, tickets.view(sign_in_as("tom"), ticket).version - 1)
    before = content(desk)
    if appends(act):
        assert act.deed(sign_in_as(act.by), [outdated]).seqs, "what only appends is never refused"
        return
    with pytest.raises(Conflict, match=f"INC-{ticket}( changed)? meanwhile") as conflict:
        act.deed(sign_in_as(act.by), [outdated])
    assert conflict.value.ticket_id == ticket
    assert content(desk) == before


@every_act
def test_a_command_repeated_under_its_key_is_done_once(act: Act, desk: Desk, sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    act.prepare(sign_in_as, ticket)
    first = act.deed(sign_in_as(act.by, key="k1"), [ticket])
    before = content(desk)
    assert act.deed(sign_in_as(act.by, key="k1"), [ticket]) == first
    assert content(desk) == before


@pytest.mark.parametrize(
    "act", [act for act in ACTS if act.impossible is not None], ids=lambda act: act.name.replace(" ", "-")
)
def test_many_tickets_are_changed_all_or_none_or_without_those_that_refuse(
    act: Act, desk: Desk, sign_in_as: SignIn
) -> None:
    possible = [open_ticket(sign_in_as) for _ in range(2)]
    refusing = open_ticket(sign_in_as)
    for ticket in possible:
        act.prepare(sign_in_as, ticket)
    assert act.impossible is not None
    if act.impossible:
        do_all(sign_in_as, act.impossible, refusing)
    many = [possible[1], refusing, possible[0]]
    before = content(desk)
    views = [seen(sign_in_as(act.by), ticket) for ticket in possible]

    with pytest.raises(Refused, match=f"1 of 3 tickets refuse, so none was changed.*INC-{refusing}") as refusal:
        act.deed(sign_in_as(act.by), many)
    assert [number for number, _ in refusal.value.tickets] == [f"INC-{refusing}"]
    assert content(desk) == before

    change = act.deed(sign_in_as(act.by, skip_refused=True), many)
    assert change.tickets == tuple(possible)
    assert [number for number, _ in change.refused] == [f"INC-{refusing}"]
    assert "2 tickets" in change.sentence
    assert f"INC-{refusing}" in change.sentence
    assert len(change.seqs) == 2

    undone = undo(sign_in_as(act.by), change.seqs[1])
    assert undone.tickets == tuple(possible)
    assert [seen(sign_in_as(act.by), ticket) for ticket in possible] == views


@every_act
def test_no_ticket_at_all_is_refused(act: Act, sign_in_as: SignIn) -> None:
    with pytest.raises(DeskError, match="at least one ticket"):
        act.deed(sign_in_as(act.by), [])


@pytest.mark.parametrize("act", [act for act in ACTS if not appends(act)], ids=lambda act: act.name.replace(" ", "-"))
def test_undo_is_refused_once_the_values_have_changed(act: Act, desk: Desk, sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    act.prepare(sign_in_as, ticket)
    change = act.deed(sign_in_as(act.by), [ticket])
    # As somebody might have meanwhile, whatever the action: every column another value.
    desk.database.execute(
        "UPDATE ticket SET category = 'other', impact = 'other', priority = 5, team_id = NULL, level = 1,"
        " assignee_id = (SELECT id FROM person WHERE login = 'desi'), status = 'testing', waiting_reason = NULL,"
        f" resolved_at = 1, closed_at = NULL, major = NOT major,"
        f" workaround = 'other' WHERE id = {ticket}"
    )
    desk.database.execute(f"UPDATE ticket_tag SET tag = 'other' WHERE ticket_id = {ticket}")
    desk.database.execute(f"UPDATE appointment SET starts_at = 7 WHERE ticket_id = {ticket}")
    before = content(desk)
    with pytest.raises(Refused, match=r"changed since"):
        undo(sign_in_as(act.by), change.seqs[0])
    assert content(desk) == before


def test_what_a_requester_wrote_and_attached_is_his_to_take_back(sign_in_as: SignIn) -> None:
    tom, rita = sign_in_as("tom"), sign_in_as("rita")
    ticket = open_ticket(sign_in_as)
    triage.take(tom, [ticket])
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    answer = communication.reply(rita, [ticket], "serial number is 4711")
    file = attach(rita, [ticket])
    for change, what in ((answer, "reply"), (file, "attachment")):
        with pytest.raises(Refused, match=f"The {what} of INC-{ticket} is rita's to take back"):
            undo(tom, change.seqs[0])
    with pytest.raises(Refused, match="changed since"):
        undo_last(tom, ticket)  # the waiting, which her answer ended
    assert undo_last(rita, ticket).sentence == f"Undid the attachment of INC-{ticket}."
    assert undo_last(rita, ticket).sentence == f"Undid the reply of INC-{ticket}."
    assert undo_last(tom, ticket).sentence == f"Undid the status of INC-{ticket}."


def test_what_a_requester_did_and_a_vote_are_taken_back_by_nobody_else(sign_in_as: SignIn) -> None:
    tom, rita, lea = (sign_in_as(login) for login in ("tom", "rita", "lea"))
    ticket = open_ticket(sign_in_as)
    resolution.resolve(tom, [ticket], "done")
    back = resolution.reopen(rita, [ticket], "still broken")
    with pytest.raises(Refused, match=f"The reopening of INC-{ticket} is rita's to take back"):
        undo(tom, back.seqs[0])
    since = f"INC-{ticket} changed since this resolution: rita reopened it: still broken. Set by hand"
    with pytest.raises(Refused, match=since):
        undo_last(tom, ticket)  # the resolution: the newest that is his to take back
    assert undo_last(rita, ticket).sentence == f"Undid the reopening of INC-{ticket}."
    voted = open_ticket(sign_in_as)
    approvals.ask(tom, [voted], Question(["lea", "sam"], need=Need.ANY))
    vote = approvals.reject(lea, [voted], "no")
    with pytest.raises(Refused, match=f"The rejection of INC-{voted} is lea's to take back"):
        undo(sign_in_as("sam"), vote.seqs[0])
    assert undo(lea, vote.seqs[0]).sentence == f"Undid the rejection of INC-{voted}."


def test_undo_of_a_colleague_whose_last_act_is_a_vote_takes_back_nothing_older_of_his(sign_in_as: SignIn) -> None:
    tom, sam, lea, ticket = sign_in_as("tom"), sign_in_as("sam"), sign_in_as("lea"), open_ticket(sign_in_as)
    communication.reply(lea, [ticket], "We look into it.")
    approvals.ask(tom, [ticket], Question(["lea", "sam"]))
    approvals.approve(lea, [ticket])
    said = f"The last act of lea on INC-{ticket} is the approval, which only lea can take back."
    with pytest.raises(Refused, match=re.escape(said)):
        undo_last(sam, ticket, of="lea")
    with pytest.raises(Refused, match=r"nothing of yours .* Nor can the request for approval of tom be taken back: "):
        undo_last(sam, ticket)
    assert len(tickets.messages(tom, ticket)) == 1
    assert undo_last(lea, ticket).sentence == f"Undid the approval of INC-{ticket}."


def test_undo_last_goes_back_step_by_step(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    session = sign_in_as("tom")
    views = []
    for act in (one for one in ACTS if one.name in ("take", "tag", "wait", "note", "resolve")):
        views.append(seen(session, ticket))
        act.deed(session, [ticket])
    for view in reversed(views):
        undo_last(session, ticket)
        assert seen(session, ticket) == view
    with pytest.raises(Refused, match=r"nothing of yours to undo.* Last was the opening of desi"):
        undo_last(session, ticket)
    assert undo_last(session, ticket, of="desi").sentence == f"Undid the opening of INC-{ticket}."
    assert tickets.view(session, ticket).status == "cancelled"
    with pytest.raises(Refused, match=r"nothing of yours to undo on INC-[0-9]+.$"):
        undo_last(session, ticket)


def test_undo_offers_no_act_of_a_colleague_that_cannot_be_taken_back_but_says_who_stands_in_the_way(
    desk: Desk, sign_in_as: SignIn
) -> None:
    tom, rita, lea = (sign_in_as(login) for login in ("tom", "rita", "lea"))
    ticket = open_ticket(sign_in_as)
    resolution.resolve(tom, [ticket], "done")
    resolution.reopen(rita, [ticket], "still broken")
    before = content(desk)
    with pytest.raises(Refused, match="nothing of yours") as refused:
        undo_last(lea, ticket)
    assert str(refused.value) == (
        f"There is nothing of yours to undo on INC-{ticket}. Nor can the resolution of tom be taken back: "
        f"INC-{ticket} changed since this resolution: rita reopened it: still broken. "
        "Set by hand what should be different."
    )
    assert content(desk) == before


def test_undo_passes_over_what_a_colleague_did_who_is_told_when_it_is_taken_back(sign_in_as: SignIn) -> None:
    ticket, tom, tina = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("tina")
    triage.take(tom, [ticket])
    communication.note(tina, [ticket], "the cable is broken")
    assert undo_last(tom, ticket).sentence == f"Undid the taking of INC-{ticket}."
    before = unread(tina)
    with pytest.raises(Refused, match=f"`itdesk undo INC-{ticket} --of tina` takes it back and tells tina"):
        undo_last(tom, ticket)
    assert undo_last(tom, ticket, of="tina").sentence == f"Undid the note of INC-{ticket}."
    assert [one.text for one in unread(tina) if one not in before] == [f"tom took back your note of INC-{ticket}."]
    with pytest.raises(Refused, match="nothing of tina's to undo"):
        undo_last(tom, ticket, of="tina")
