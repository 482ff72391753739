"""Approvals: who is asked, who may decide, what comes of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from itdesk.desk import approvals, links, merging, resolution, triage
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.approvals import Question
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.notices import mark_read
from itdesk.desk.queries import queue, tickets
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.procedures import progress
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.approvals import Need, Outcome
from itdesk.domain.conditions import Field, StartsWith
from itdesk.domain.decisions import Thing
from itdesk.domain.procedures import ApprovalRule, Procedures, Rejected
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import LinkType, Status, WaitingReason
from itdesk.models.schedule import Absence
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock, shipped_rulebook

SCREEN = NewTicket("A larger screen", requester="rita", category="purchase.equipment")
TWO = Question(["lea", "sam"], substitutes=["ada"], deadline=timedelta(days=2))

BUYING = ApprovalRule(
    "buying",
    "policies.yaml:9",
    StartsWith(Field.CATEGORY, "purchase"),
    ("lea", "gone"),
    Need.ALL,
    ("sam",),
    timedelta(days=2),
)


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    return shared_desk


@pytest.fixture
def with_policy(desk: Desk, clock: StillClock) -> Iterator[None]:
    """Purchases need Lea's approval."""
    book = replace(shipped_rulebook(), procedures_data=Procedures(approvals=(BUYING,)).to_data())
    rulebooks.adopt(Session(desk, SYSTEM, clock), book, f"with a policy {id(clock)}")
    yield
    rulebooks.adopt(Session(desk, SYSTEM, clock), shipped_rulebook(), f"without a policy {id(clock)}")


@contextmanager
def somebody_left(desk: Desk, *logins: str) -> Iterator[None]:
    """These are not at the desk meanwhile."""
    these = ", ".join(f"'{login}'" for login in logins)
    desk.database.execute(f"UPDATE person SET active = (1 = 0) WHERE login IN ({these})")
    try:
        yield
    finally:
        desk.database.execute(f"UPDATE person SET active = (1 = 1) WHERE login IN ({these})")


def told(session: Session, ticket: int) -> list[str]:
    """What a person was told of a ticket since he last looked."""
    found = [notice for notice in unread(session) if notice.ticket_id == ticket]
    mark_read(session, [notice.id for notice in found])
    return [notice.text for notice in found]


def to_approve(session: Session) -> list[int]:
    return [row.id for row in queue.page(session, parse("approver:me"), limit=100).rows]


def test_a_ticket_waits_until_all_have_approved_and_goes_on_where_it_was(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    approvals.ask(tom, [ticket], TWO, "it costs")
    view = tickets.view(tom, ticket)
    assert (view.status, view.waiting_reason) == (Status.WAITING, WaitingReason.APPROVAL)
    assert any(f"INC-{ticket} asks for your approval" in text for text in told(sign_in_as("lea"), ticket))
    assert ticket in to_approve(sign_in_as("lea"))
    assert ticket not in to_approve(sign_in_as("ada"))

    assert "it still waits for the approval of sam" in approvals.approve(sign_in_as("lea"), [ticket], "fine").sentence
    assert ticket not in to_approve(sign_in_as("lea"))
    approvals.approve(sign_in_as("sam"), [ticket])
    assert tickets.view(tom, ticket).status is Status.IN_PROGRESS
    assert f"INC-{ticket} was approved by sam." in told(tom, ticket)
    [asked] = progress(tom, ticket).approvals
    assert asked.outcome is Outcome.APPROVED
    decided = {item.decision.thing: item.decision.value for item in tickets.decisions_in_force(tom, ticket)}
    assert decided[Thing.APPROVAL] == "approved"


def test_whoever_need_not_decide_any_more_is_told_of_it_no_longer_and_again_after_an_undo(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    lea, sam = sign_in_as("lea"), sign_in_as("sam")

    def asked(session: Session) -> int:
        found = [notice for notice in unread(session) if notice.ticket_id == ticket and notice.kind == "approval"]
        return sum("asks for your approval" in notice.text for notice in found)

    approvals.ask(tom, [ticket], TWO)
    assert (asked(lea), asked(sam)) == (1, 1)
    approvals.approve(lea, [ticket])
    assert (asked(lea), asked(sam)) == (0, 1)
    withdrawn = approvals.withdraw(tom, [ticket], "bought already")
    assert (asked(lea), asked(sam)) == (0, 0)
    undo(tom, withdrawn.seqs[0])
    assert (asked(lea), asked(sam)) == (0, 1)
    approvals.reject(sam, [ticket], "too dear")
    assert (asked(lea), asked(sam)) == (0, 0)


def test_an_approval_that_was_never_asked_for_after_all_asks_nobody(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    change = approvals.ask(tom, [ticket], TWO)
    undo(tom, change.seqs[0])
    assert told(sign_in_as("lea"), ticket) == []


def test_somebody_who_is_named_twice_is_asked_once(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    change = approvals.ask(sign_in_as("tom"), [ticket], Question(["lea", "@lea"]))
    assert change.sentence == f"INC-{ticket} waits for the approval of lea."


def test_what_came_of_an_approval_is_told_no_longer_once_that_was_taken_back(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    ticket, tom, rita = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("rita")
    lea, sam = sign_in_as("lea"), sign_in_as("sam")

    def waiting(session: Session) -> list[str]:
        return [one.text for one in unread(session) if one.ticket_id == ticket and one.kind == "approval"]

    approvals.ask(tom, [ticket], TWO)
    clock.advance(minutes=1)
    rejected = approvals.reject(lea, [ticket], "too dear")
    assert waiting(rita) == waiting(tom) == [f"INC-{ticket} was rejected by lea: too dear"]
    clock.advance(minutes=1)
    undo(lea, rejected.seqs[0])
    assert waiting(rita) == waiting(tom) == []
    approvals.approve(lea, [ticket])
    clock.advance(minutes=1)
    approved = approvals.approve(sam, [ticket])
    assert waiting(rita) == waiting(tom) == [f"INC-{ticket} was approved by sam."]
    undo(sam, approved.seqs[0])
    assert waiting(rita) == waiting(tom) == []


def test_a_rejection_cancels_and_the_requester_reads_why(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    approvals.ask(sign_in_as("tom"), [ticket], TWO)
    approvals.reject(sign_in_as("sam"), [ticket], "there is one in stock")
    view = tickets.view(sign_in_as("rita"), ticket)
    assert (view.status, view.closed_at is not None) == (Status.CANCELLED, True)
    assert tickets.events(sign_in_as("rita"), ticket)[-1].text == "rejected it, cancelled: there is one in stock"


def test_a_rejection_may_send_it_back_to_the_team(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    approvals.ask(sign_in_as("tom"), [ticket], replace(TWO, rejected=Rejected.RETURN))
    approvals.reject(sign_in_as("sam"), [ticket], "say what it is for")
    assert tickets.view(sign_in_as("tom"), ticket).status is Status.NEW


def test_nobody_works_past_an_approval(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    approvals.ask(tom, [ticket], TWO)
    with pytest.raises(Refused, match="waits for the approval of lea, sam; it goes on when that is there"):
        resolution.change_status(tom, [ticket], Status.IN_PROGRESS)
    with pytest.raises(Refused, match="waits for the approval of lea, sam; it goes on when that is there"):
        resolution.resolve(tom, [ticket], "done")
    with pytest.raises(Refused, match="waits for the approval of lea, sam already"):
        approvals.ask(tom, [ticket], TWO)
    triage.take(tom, [ticket])
    assert tickets.view(tom, ticket).status is Status.WAITING


def test_whoever_lets_a_ticket_wait_for_an_approval_by_hand_reads_that_nobody_is_asked(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    change = resolution.change_status(
        sign_in_as("tom"), [ticket], Status.WAITING, waiting_reason=WaitingReason.APPROVAL
    )
    asks = "nobody is asked: `A` (itdesk approve --ask) asks"
    assert change.sentence == f"INC-{ticket} is now waiting: approval; {asks}."


def test_who_is_asked_in_vain_is_refused_in_a_sentence(desk: Desk, sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    with pytest.raises(Refused, match="Nobody approves his own request: rita is the requester"):
        approvals.ask(tom, [ticket], Question(["rita"]))
    with pytest.raises(NotFound, match="nobody called 'nemo'"):
        approvals.ask(tom, [ticket], Question(["nemo"]))
    desk.database.execute("UPDATE person SET active = (1 = 0) WHERE login = 'wes'")
    try:
        with pytest.raises(Refused, match="wes is no longer active at this desk and cannot approve"):
            approvals.ask(tom, [ticket], Question(["wes"]))
    finally:
        desk.database.execute("UPDATE person SET active = (1 = 1) WHERE login = 'wes'")
    with pytest.raises(Refused, match="waits for no approval"):
        approvals.approve(sign_in_as("sam"), [ticket])


def test_nobody_asks_himself_neither_by_name_nor_as_the_only_one_behind_an_office(sign_in_as: SignIn) -> None:
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    himself = "Nobody asks himself: name somebody else than {} who approves INC-" + str(ticket)
    for question, name in (
        (Question(["sam"]), "sam"),
        (Question(["supervisor"]), "supervisor"),
        (Question(["lea"], substitutes=["sam"]), "sam"),
    ):
        with pytest.raises(Refused, match=himself.format(name)):
            approvals.ask(sam, [ticket], question)
    tom = sign_in_as("tom")
    approvals.ask(tom, [ticket], Question(["technician"]))
    people = {person.login for person in progress(tom, ticket).approvals[0].people}
    assert people > {"tina"}
    assert "tom" not in people


def test_substitutes_who_are_all_asked_themselves_are_refused(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    with pytest.raises(Refused, match=r"stand in on .* is asked himself: name another substitute"):
        approvals.ask(sign_in_as("tom"), [ticket], Question(["lea", "sam"], substitutes=["supervisor"]))


def test_the_lead_of_the_team_and_a_role_are_asked_by_their_names(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    approvals.ask(sign_in_as("tom"), [ticket], Question(["team_lead", "supervisor"]))
    assert [person.login for person in progress(sign_in_as("tom"), ticket).approvals[0].people] == ["lea", "sam"]


def test_the_substitute_decides_after_the_deadline_and_is_told_once(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket, ada = open_ticket(sign_in_as), sign_in_as("ada")
    approvals.ask(sign_in_as("tom"), [ticket], TWO)
    told(ada, ticket)
    with pytest.raises(Refused, match="ada is a substitute: until the deadline it is for lea, sam to decide"):
        approvals.approve(ada, [ticket])
    clock.advance(days=2)
    assert ticket in approvals.remind_overdue(ada).tickets
    assert len(told(ada, ticket)) == 1, "also when the sweep runs in the substitute's own session"
    assert ticket not in approvals.remind_overdue(ada).tickets
    assert ticket in to_approve(ada)
    approvals.approve(ada, [ticket])
    assert tickets.view(ada, ticket).status is Status.NEW


def test_the_substitute_decides_for_somebody_who_left(desk: Desk, sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    approvals.ask(sign_in_as("tom"), [ticket], Question(["wes"], substitutes=["ada"]))
    desk.database.execute("UPDATE person SET active = (1 = 0) WHERE login = 'wes'")
    try:
        assert ticket in to_approve(sign_in_as("ada"))
        approvals.approve(sign_in_as("ada"), [ticket])
        [asked] = progress(sign_in_as("tom"), ticket).approvals
    finally:
        desk.database.execute("UPDATE person SET active = (1 = 1) WHERE login = 'wes'")
    assert tickets.view(sign_in_as("tom"), ticket).status is Status.NEW
    assert [(one.login, one.in_words) for one in asked.people] == [
        ("wes", "asked, has left"),
        ("ada", "approved as a substitute"),
    ]
    assert tickets.events(sign_in_as("tom"), ticket)[-1].text == "approved it as a substitute, new"


def test_who_left_is_waited_for_no_longer_but_the_substitutes_are(desk: Desk, sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    approvals.ask(tom, [ticket], Question(["lea", "wes"], substitutes=["sam"], deadline=timedelta(days=2)))
    desk.database.execute("UPDATE person SET active = (1 = 0) WHERE login = 'lea'")
    try:
        with pytest.raises(Refused, match="it waits for the approval of wes, sam"):
            approvals.approve(sign_in_as("tina"), [ticket])
        approved = approvals.approve(sign_in_as("sam"), [ticket])
    finally:
        desk.database.execute("UPDATE person SET active = (1 = 1) WHERE login = 'lea'")
    assert approved.sentence == f"Approved INC-{ticket}: it still waits for the approval of wes."


def test_what_a_substitute_said_for_one_who_left_does_not_count_for_the_others_and_he_decides_for_them_later(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    ticket, tom, sam = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("sam")
    approvals.ask(tom, [ticket], Question(["lea", "wes"], substitutes=["sam", "ada"], deadline=timedelta(days=2)))
    with somebody_left(desk, "lea"):
        early = approvals.approve(sam, [ticket])
        assert early.sentence == f"Approved INC-{ticket}: it still waits for the approval of wes."
        assert [(one.login, one.in_words) for one in progress(tom, ticket).approvals[0].people] == [
            ("lea", "asked, has left"),
            ("wes", "asked"),
            ("ada", "substitute"),
            ("sam", "approved as a substitute"),
        ]
        with pytest.raises(Refused, match=r"sam has decided on .* already; it still waits for the approval of wes"):
            approvals.approve(sam, [ticket])
        with pytest.raises(Refused, match="ada is a substitute: until the deadline it is for wes to decide"):
            approvals.approve(sign_in_as("ada"), [ticket])
        clock.advance(days=3)
        told(sam, ticket)
        approvals.remind_overdue(tom)
        assert told(sam, ticket)
        assert tickets.view(tom, ticket).waiting_reason is WaitingReason.APPROVAL, "he said nothing for wes yet"
        assert ticket in to_approve(sam)
        late = approvals.approve(sam, [ticket])
        assert tickets.view(tom, ticket).status is Status.NEW
        undo(sam, late.seqs[0])
        with pytest.raises(Refused, match="it waits for the approval of wes"):
            approvals.approve(sign_in_as("tina"), [ticket])
        approvals.reject(sam, [ticket], "too dear")
    assert tickets.view(tom, ticket).status is Status.CANCELLED


def test_a_substitutes_early_vote_is_taken_back_whole_and_the_others_who_may_stand_in_are_told_again(
    desk: Desk, sign_in_as: SignIn
) -> None:
    ticket, tom, sam, ada = open_ticket(sign_in_as), *map(sign_in_as, ("tom", "sam", "ada"))
    approvals.ask(tom, [ticket], Question(["lea", "wes"], substitutes=["sam", "ada"]))
    with somebody_left(desk, "lea"):
        before = progress(tom, ticket)
        early = approvals.approve(sam, [ticket])
        assert ticket not in to_approve(ada)
        undo(sam, early.seqs[0])
        assert progress(tom, ticket) == before
        assert ticket in to_approve(ada)
        assert told(ada, ticket)
        approvals.approve(ada, [ticket])
        assert ticket not in to_approve(sam)
    with somebody_left(desk, "lea", "wes"):
        assert ticket in to_approve(sam), "ada has spoken for lea, not for wes"
        approvals.approve(ada, [ticket])
    assert tickets.view(tom, ticket).status is Status.NEW


def test_a_substitute_who_left_or_asked_for_it_himself_is_refused_as_an_approver_would_be(
    desk: Desk, sign_in_as: SignIn
) -> None:
    ticket = open_ticket(sign_in_as)
    requester = tickets.view(sign_in_as("tom"), ticket).requester.login
    with pytest.raises(Refused, match="Nobody approves his own request"):
        approvals.ask(sign_in_as("tom"), [ticket], Question(["lea"], substitutes=[requester]))
    desk.database.execute("UPDATE person SET active = (1 = 0) WHERE login = 'wes'")
    try:
        with pytest.raises(Refused, match="wes is no longer active at this desk"):
            approvals.ask(sign_in_as("tom"), [ticket], Question(["lea"], substitutes=["wes"]))
    finally:
        desk.database.execute("UPDATE person SET active = (1 = 1) WHERE login = 'wes'")
    assert tickets.view(sign_in_as("tom"), ticket).status is Status.NEW


def test_a_requester_who_is_asked_sees_that_ticket_alone_and_decides(sign_in_as: SignIn) -> None:
    ticket, other, ron = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("ron")
    approvals.ask(sign_in_as("tom"), [ticket], Question(["ron"]))
    assert tickets.view(ron, ticket).number == f"INC-{ticket}"
    assert to_approve(ron) == [ticket]
    with pytest.raises(NotFound):
        tickets.view(ron, other)
    with pytest.raises(Refused, match="is not yours"):
        resolution.cancel(ron, [ticket], "no")
    approvals.approve(ron, [ticket])
    assert tickets.view(ron, ticket).status is Status.NEW
    assert undo_last(ron, ticket).sentence == f"Undid the approval of INC-{ticket}."
    assert tickets.view(ron, ticket).status is Status.WAITING


def test_a_vote_is_undone_only_while_nothing_followed(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    asked = approvals.ask(tom, [ticket], TWO)
    first = approvals.approve(sign_in_as("lea"), [ticket])
    with pytest.raises(Refused, match="others have decided on its approval"):
        undo(tom, asked.seqs[0])
    second = approvals.approve(sign_in_as("sam"), [ticket])
    with pytest.raises(Refused, match="changed since"):
        undo(sign_in_as("lea"), first.seqs[0])
    for change, login in ((second, "sam"), (first, "lea"), (asked, "tom")):
        undo(sign_in_as(login), change.seqs[0])
    assert progress(tom, ticket).approvals == ()
    assert tickets.view(tom, ticket).status is Status.NEW


def test_a_cancelled_ticket_waits_for_nobody(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    approvals.ask(sign_in_as("tom"), [ticket], TWO)
    resolution.cancel(sign_in_as("rita"), [ticket], "not needed any more")
    assert progress(sign_in_as("tom"), ticket).approvals[0].outcome is Outcome.ENDED
    assert ticket not in to_approve(sign_in_as("lea"))
    reopened = resolution.reopen(sign_in_as("tom"), [ticket], "needed after all")
    asks_again = "`A` (itdesk approve --ask) asks again"
    assert reopened.sentence == f"Reopened INC-{ticket}. The approval of lea, sam was not given; {asks_again}."
    resolution.resolve(sign_in_as("tom"), [ticket], "done")


@pytest.mark.usefixtures("with_policy")
@pytest.mark.parametrize("end", ["cancelled", "rejected", "withdrawn by undo"])
def test_what_a_rule_wants_approved_is_asked_for_again_when_its_ticket_comes_back(end: str, sign_in_as: SignIn) -> None:
    rita, lea, tom = sign_in_as("rita"), sign_in_as("lea"), sign_in_as("tom")
    opened = submit(rita, replace(SCREEN, requester=None))
    (ticket,) = opened.tickets
    match end:
        case "cancelled":
            resolution.cancel(rita, [ticket], "not needed any more")
        case "rejected":
            approvals.reject(lea, [ticket], "too dear")
        case _:
            undo(rita, opened.seqs[0])
    told(lea, ticket)
    reopened = resolution.reopen(rita, [ticket], "needed after all")
    assert reopened.sentence == f"Reopened REQ-{ticket}. It waits for the approval of lea, sam (instead of gone)."
    assert any("asks for your approval" in text for text in told(lea, ticket))
    assert tickets.view(tom, ticket).waiting_reason is WaitingReason.APPROVAL
    with pytest.raises(Refused, match="waits for the approval of lea, sam"):
        resolution.resolve(tom, [ticket], "done")
    assert "asked for the approval of lea, sam" in tickets.events(tom, ticket)[-1].text

    undo_last(rita, ticket)
    assert tickets.view(tom, ticket).status is Status.CANCELLED
    assert progress(tom, ticket).pending is None
    assert told(lea, ticket) == []


@pytest.mark.usefixtures("with_policy")
@pytest.mark.parametrize("decided", [Outcome.APPROVED, Outcome.WITHDRAWN])
def test_what_a_rule_wants_approved_is_not_asked_for_again_once_somebody_decided_for_it(
    decided: Outcome, sign_in_as: SignIn
) -> None:
    (ticket,) = submit(sign_in_as("desi"), SCREEN).tickets
    lea, sam = sign_in_as("lea"), sign_in_as("sam")
    if decided is Outcome.APPROVED:
        approvals.approve(lea, [ticket])
        approvals.approve(sam, [ticket])
    else:
        approvals.withdraw(sam, [ticket], "in stock")
    resolution.cancel(sam, [ticket], "not needed any more")
    assert resolution.reopen(sam, [ticket], "needed after all").sentence == f"Reopened REQ-{ticket}."


@pytest.mark.usefixtures("with_policy")
def test_taking_back_a_cancellation_lets_the_same_approval_wait_again(sign_in_as: SignIn) -> None:
    (ticket,) = submit(sign_in_as("desi"), SCREEN).tickets
    cancelled = resolution.cancel(sign_in_as("tom"), [ticket], "not needed any more")
    undo(sign_in_as("tom"), cancelled.seqs[0])
    [asked] = progress(sign_in_as("tom"), ticket).approvals
    assert asked.outcome is None


@pytest.mark.usefixtures("with_policy")
def test_what_a_rule_wants_approved_is_asked_for_after_what_was_asked_for_by_hand(sign_in_as: SignIn) -> None:
    ticket, tom, ron = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("ron")
    approvals.ask(tom, [ticket], Question(["ron"]))
    triage.categorize(tom, [ticket], "purchase.equipment")
    assert [one.rule for one in progress(tom, ticket).approvals] == [""]
    approved = approvals.approve(ron, [ticket])
    assert approved.sentence.endswith(" It waits for the approval of lea, sam (instead of gone).")
    assert [one.rule for one in progress(tom, ticket).approvals] == ["", "buying"]
    undo_last(ron, ticket)
    assert [(one.rule, one.outcome) for one in progress(tom, ticket).approvals] == [("", None)]
    withdrawn = approvals.withdraw(tom, [ticket], "ron is ill")
    assert withdrawn.sentence.endswith(" It waits for the approval of lea, sam (instead of gone).")


def test_resolving_an_original_names_the_approvals_that_are_asked_for_no_longer(sign_in_as: SignIn) -> None:
    original, same, tom = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("tom")
    links.link(tom, [same], LinkType.DUPLICATE_OF, original)
    approvals.ask(tom, [same], Question(["sam"]))
    resolved = resolution.resolve(tom, [original], "restarted it")
    assert resolved.sentence.endswith(f" The approval of sam for INC-{same} is asked for no longer.")
    assert progress(tom, same).approvals[0].outcome is Outcome.ENDED


@pytest.mark.usefixtures("with_policy")
def test_only_a_supervisor_merges_away_what_waits_for_a_rules_approval_and_reads_that_it_does(
    sign_in_as: SignIn,
) -> None:
    survivor, (ticket,) = open_ticket(sign_in_as), submit(sign_in_as("desi"), SCREEN).tickets
    with pytest.raises(Refused, match="the rule buying; only a supervisor may merge it away, and tom is technician"):
        merging.merge(sign_in_as("tom"), [ticket], survivor)
    assert progress(sign_in_as("tom"), ticket).pending is not None
    merged = merging.merge(sign_in_as("sam"), [ticket], survivor)
    assert merged.sentence == (
        f"Merged REQ-{ticket} into INC-{survivor}. The approval of lea, sam for REQ-{ticket} is asked for no longer."
    )
    undo(sign_in_as("sam"), merged.seqs[0])
    assert progress(sign_in_as("tom"), ticket).pending is not None


def test_whoever_merges_away_what_waits_for_an_approval_by_hand_reads_that_it_is_asked_for_no_longer(
    sign_in_as: SignIn,
) -> None:
    survivor, ticket, tom = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("tom")
    approvals.ask(tom, [ticket], Question(["sam"]))
    merged = merging.merge(tom, [ticket], survivor)
    assert merged.sentence.endswith(f" The approval of sam for INC-{ticket} is asked for no longer.")


def test_whose_ticket_was_merged_into_it_does_not_approve_it_either(sign_in_as: SignIn) -> None:
    """Also by way of another one; his substitute decides for him, as for somebody who left."""
    survivor, tom, sam = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("sam")
    middle = open_ticket(sign_in_as)
    (own,) = submit(sam, NewTicket("A larger screen")).tickets
    approvals.ask(tom, [survivor], Question(["sam"], substitutes=["ada"]))
    merging.merge(tom, [own], middle, anyway=True)
    assert survivor in to_approve(sam)
    merged = merging.merge(tom, [middle], survivor)
    refused = f"Nobody approves his own request: sam is the requester of a ticket that was merged into INC-{survivor}"
    with pytest.raises(Refused, match=refused):
        approvals.approve(sam, [survivor])
    assert survivor not in to_approve(sam)
    assert survivor in to_approve(sign_in_as("ada"))
    assert not progress(sam, survivor).approvals[0].my_turn
    withdrawn = approvals.withdraw(tom, [survivor], "other people are asked")
    with pytest.raises(Refused, match=refused):
        approvals.ask(tom, [survivor], Question(["sam"]))
    undo(tom, withdrawn.seqs[0])
    undo(tom, merged.seqs[0])
    assert survivor in to_approve(sam)


def test_where_nobody_is_left_who_could_approve_sentences_say_so_and_what_to_do(desk: Desk, sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    approvals.ask(tom, [ticket], Question(["lea", "wes"]))
    approvals.approve(sign_in_as("lea"), [ticket])
    nobody = f"INC-{ticket} waits for an approval that nobody is left to give: withdraw it, then ask others."
    desk.database.execute("UPDATE person SET active = (1 = 0) WHERE login = 'wes'")
    try:
        acts: tuple[Callable[[], object], ...] = (
            lambda: resolution.resolve(tom, [ticket], "done"),
            lambda: approvals.ask(tom, [ticket], TWO),
        )
        for act in acts:
            with pytest.raises(Refused) as refused:
                act()
            assert str(refused.value) == nobody
        for login, says in (("lea", "lea has decided on .* already; it still"), ("sam", "sam .* is not asked .*; it")):
            with pytest.raises(Refused, match=f"{says} waits for an approval that nobody is left to give: withdraw"):
                approvals.approve(sign_in_as(login), [ticket])
        original = open_ticket(sign_in_as)
        merged = merging.merge(tom, [ticket], original)
    finally:
        desk.database.execute("UPDATE person SET active = (1 = 1) WHERE login = 'wes'")
    assert merged.sentence.endswith(
        f" An approval that nobody is left to give for INC-{ticket} is asked for no longer."
    )


def test_a_merge_that_leaves_nobody_to_approve_says_so_and_tells_who_asked(sign_in_as: SignIn) -> None:
    survivor, tom, sam = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("sam")
    (own,) = submit(sam, NewTicket("A larger screen")).tickets
    approvals.ask(tom, [survivor], Question(["sam"]))
    merged = merging.merge(sign_in_as("tina"), [own], survivor, anyway=True)
    nobody = f"INC-{survivor} {{}}waits for an approval that nobody is left to give: withdraw it, then ask others."
    assert merged.sentence.endswith(nobody.format("now "))
    assert nobody.format("") in told(tom, survivor)


@pytest.mark.usefixtures("with_policy")
def test_the_history_says_that_a_rule_asked_and_to_staff_alone_which(sign_in_as: SignIn) -> None:
    rita, tom = sign_in_as("rita"), sign_in_as("tom")
    (ticket,) = submit(rita, replace(SCREEN, requester=None)).tickets
    asked = "asked for the approval of lea, sam (instead of gone), as {} wants"
    for reader, rule in ((tom, "the rule buying"), (rita, "a rule")):
        last = tickets.events(reader, ticket)[-1]
        assert (last.who, last.text) == ("itdesk", asked.format(rule))
    assert "rule" not in tickets.journal_entries(rita, ticket)[-1]["facts"]
    [of_rita], [of_tom] = progress(rita, ticket).approvals, progress(tom, ticket).approvals
    assert (of_rita.rule, of_rita.asked_by, of_tom.rule) == ("", None, "buying")
    by_hand = open_ticket(sign_in_as)
    approvals.ask(tom, [by_hand], Question(["lea"]))
    for reader in (tom, rita):
        last = tickets.events(reader, by_hand)[-1]
        assert (last.who, last.text) == ("tom", "asked for the approval of lea")


@pytest.mark.usefixtures("with_policy")
def test_what_is_split_off_says_whose_approval_it_waits_for(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    change = merging.split(tom, ticket, merging.SplitOff("Buy a larger screen", "We want to purchase a monitor"))
    new = change.tickets[-1]
    assert tickets.view(tom, new).category.startswith("purchase")
    assert change.sentence.endswith(". It waits for the approval of lea, sam (instead of gone).")


@pytest.fixture
def own_approver(desk: Desk, clock: StillClock) -> Iterator[None]:
    """Purchases need Lea's approval, and hers alone."""
    rule = replace(BUYING, approvers=("lea",), substitutes=(), deadline=None)
    book = replace(shipped_rulebook(), procedures_data=Procedures(approvals=(rule,)).to_data())
    rulebooks.adopt(Session(desk, SYSTEM, clock), book, f"with Lea's policy {id(clock)}")
    yield
    rulebooks.adopt(Session(desk, SYSTEM, clock), shipped_rulebook(), f"without a policy {id(clock)}")


@pytest.mark.usefixtures("own_approver")
def test_where_only_the_requester_could_approve_the_supervisors_are_asked(sign_in_as: SignIn) -> None:
    (ticket,) = submit(sign_in_as("lea"), replace(SCREEN, requester=None)).tickets
    assert [one.login for one in progress(sign_in_as("tom"), ticket).approvals[0].people] == ["sam"]


@pytest.mark.usefixtures("own_approver")
def test_where_nobody_but_the_requester_could_be_asked_staff_read_it_and_whoever_looks_after_the_desk_is_told(
    desk: Desk, sign_in_as: SignIn
) -> None:
    desk.database.execute("UPDATE person SET active = (1 = 0) WHERE login IN ('lea', 'sam')")
    try:
        change = submit(sign_in_as("desi"), replace(SCREEN, requester="ada"))
        (ticket,) = change.tickets
        text = f"Nobody could be asked for the approval that the rule buying wants: REQ-{ticket} goes on without it."
        assert change.sentence.endswith(f" {text}")
        assert told(sign_in_as("ada"), ticket) == [text]
        assert tickets.view(sign_in_as("tom"), ticket).status is Status.NEW
        decided = {item.decision.thing: item.decision for item in tickets.decisions_in_force(sign_in_as("tom"), ticket)}
        assert (decided[Thing.APPROVAL].value, decided[Thing.APPROVAL].rule) == ("asked: nobody", "buying")
    finally:
        desk.database.execute("UPDATE person SET active = (1 = 1) WHERE login IN ('lea', 'sam')")


@pytest.fixture
def lea_away(sign_in_as: SignIn, clock: StillClock) -> Iterator[None]:
    """Lea is on holiday until the end of the week."""
    person, until = sign_in_as("lea").actor.id, datetime(2026, 3, 6, 23, 0, tzinfo=UTC)
    row = Absence.create(person=person, starts_at=clock.now, ends_at=until, reason="holiday", changed_at=clock.now)
    yield
    row.delete_instance()


ASK_AGAIN = "withdraw it, then ask others, or ask again with a substitute and a deadline"
AWAY = " lea is away (holiday, until Fri 6 Mar 2026)."


@pytest.mark.usefixtures("lea_away")
@pytest.mark.parametrize(
    ("question", "says"),
    [
        (Question(["lea"]), f"lea.{AWAY} Nobody decides instead: {ASK_AGAIN}."),
        (TWO, f"lea, sam.{AWAY} ada may decide from Wed 4 Mar 2026 10:00 on."),
        (Question(["lea", "sam"], Need.ANY), "lea, sam."),
        (Question(["sam"]), "sam."),
    ],
)
def test_whoever_asks_somebody_who_is_away_reads_until_when_and_who_decides_instead(
    question: Question, says: str, sign_in_as: SignIn
) -> None:
    ticket = open_ticket(sign_in_as)
    change = approvals.ask(sign_in_as("tom"), [ticket], question)
    assert change.sentence == f"INC-{ticket} waits for the approval of {says}"


@pytest.mark.usefixtures("with_policy", "lea_away")
def test_where_a_rule_asks_somebody_who_is_away_and_nobody_decides_instead_the_teams_lead_is_told(
    sign_in_as: SignIn,
) -> None:
    sam = sign_in_as("sam")
    left_alone = f"{AWAY} Nobody decides instead: a supervisor can withdraw it and ask others."
    change = submit(sign_in_as("desi"), SCREEN)
    (ticket,) = change.tickets
    assert change.sentence.endswith(f"It waits for the approval of lea, sam (instead of gone).{left_alone}")
    [said] = [text for text in told(sam, ticket) if "asks for your approval" not in text]
    assert said == f"REQ-{ticket} waits for the approval of lea, sam (instead of gone).{left_alone}"
    own = submit(sign_in_as("rita"), replace(SCREEN, requester=None))
    assert own.sentence.endswith("(instead of gone)."), "a requester reads nothing of who is on holiday"

    later, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [later])
    categorized = triage.categorize(sam, [later], "purchase.equipment")
    assert any(AWAY in text for text in (one.text for one in unread(tom))), "whoever has it, if somebody does"
    undo(sam, categorized.seqs[0])
    assert not [one for one in unread(tom) if one.ticket_id == later]


@pytest.mark.usefixtures("with_policy")
def test_a_policy_asks_as_soon_as_the_ticket_is_there_and_says_by_which_rule(sign_in_as: SignIn) -> None:
    change = submit(sign_in_as("desi"), SCREEN)
    (ticket,) = change.tickets
    assert change.sentence.endswith("It waits for the approval of lea, sam (instead of gone).")
    assert told(sign_in_as("lea"), ticket)
    decided = {item.decision.thing: item.decision for item in tickets.decisions_in_force(sign_in_as("tom"), ticket)}
    assert (decided[Thing.APPROVAL].rule, decided[Thing.APPROVAL].place) == ("buying", "policies.yaml:9")
    with pytest.raises(Refused, match="only a supervisor may withdraw it, and tom is technician"):
        approvals.withdraw(sign_in_as("tom"), [ticket], "hurry")
    undo(sign_in_as("desi"), change.seqs[0])
    assert tickets.view(sign_in_as("tom"), ticket).status is Status.CANCELLED


def test_an_approver_whom_nobody_knows_never_makes_an_approval_easier(
    desk: Desk, clock: StillClock, sign_in_as: SignIn
) -> None:
    book = replace(
        shipped_rulebook(),
        procedures_data=Procedures(approvals=(replace(BUYING, substitutes=(), deadline=None),)).to_data(),
    )
    rulebooks.adopt(Session(desk, SYSTEM, clock), book, f"without substitutes {id(clock)}")
    try:
        change = submit(sign_in_as("desi"), SCREEN)
    finally:
        rulebooks.adopt(Session(desk, SYSTEM, clock), shipped_rulebook(), f"without a policy {id(clock)}")
    assert change.sentence.endswith("It waits for the approval of lea, sam (instead of gone).")


@pytest.mark.usefixtures("with_policy")
def test_a_policy_asks_also_when_the_category_comes_later_and_undo_takes_that_back(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.categorize(tom, [ticket], "purchase.equipment")
    assert tickets.view(tom, ticket).waiting_reason is WaitingReason.APPROVAL
    assert "asked for the approval of lea, sam (instead of gone)" in tickets.events(tom, ticket)[-1].text
    undo_last(tom, ticket)
    assert tickets.view(tom, ticket).status is Status.NEW
    assert progress(tom, ticket).approvals == ()


@pytest.mark.usefixtures("with_policy")
def test_a_policy_never_asks_the_requester_himself(sign_in_as: SignIn) -> None:
    (ticket,) = submit(sign_in_as("lea"), replace(SCREEN, requester=None)).tickets
    assert {person.login for person in progress(sign_in_as("tom"), ticket).approvals[0].people} == {"sam"}
