"""Approvals: a ticket waits until those who may decide have said yes or no."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from itdesk.desk.change import Change, Targets
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.links import with_released
from itdesk.desk.notices import drop, notify
from itdesk.desk.people import asker, find_person
from itdesk.desk.queries.duty import JUST_NOW, absent, duties
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.queries.requesters import all_requesters
from itdesk.desk.queries.voters import voters_of
from itdesk.desk.recipients import active_staff, lead_of, leads_of, management, of_role
from itdesk.desk.session import SYSTEM, Session
from itdesk.desk.transaction import Transaction, action, for_each, number, some, told
from itdesk.desk.visit_to_come import back_to_work, visit_remark
from itdesk.desk.visits import end_planned
from itdesk.domain.approvals import (
    OFFICES,
    SUBSTITUTE,
    Need,
    Outcome,
    Voter,
    is_stuck,
    login,
    may_vote,
    office,
    outcome,
    seats_of_vote,
    vacant_seats,
)
from itdesk.domain.decisions import Decision, Evidence, Source, Thing
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import EVERYBODY, STAFF, SUPERVISORS, Role
from itdesk.domain.procedures import ApprovalRule, Rejected
from itdesk.domain.schedule_words import moment_text, until_text
from itdesk.domain.text import storable
from itdesk.domain.ticket import SETTLED, Kind, Status, WaitingReason
from itdesk.models.base import objects, tuples
from itdesk.models.people import Person
from itdesk.models.procedures import Approval, ApprovalVoter
from itdesk.models.tickets import Ticket, TicketTag

_OVER_MEANWHILE = frozenset({WaitingReason.APPROVAL, WaitingReason.APPOINTMENT})
"""What a ticket need not wait for again: this approval is given, and the visit may have begun."""

_LAST_ASKED = (Role.SUPERVISOR, Role.ADMINISTRATOR)
"""Who decides where a rule asks and nobody whom it names can: the first of whom there is anybody."""

_MOST_REMINDED = 200

_Seat = Mapping[int, str]
"""Who sits there (ids), and as what: a word of `OFFICES`, empty for one who is asked by name."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of whom; the fields are those of `domain.procedures.ApprovalRule`."""

    approvers: Sequence[str]
    need: Need = Need.ALL
    substitutes: Sequence[str] = ()
    deadline: timedelta | None = None
    rejected: Rejected = Rejected.CANCEL

    @classmethod
    def of(cls, rule: ApprovalRule) -> Self:
        """What a rule asks."""
        return cls(rule.approvers, rule.need, rule.substitutes, rule.deadline, rule.rejected)


@action(STAFF, "ask for approvals")
def ask(tx: Transaction, targets: Targets, question: Question, reason: str = "") -> Change:
    """Ask people whether tickets may go on; they wait meanwhile.

    Raises Refused for an approver who has left, whose request it is, or who asks; NotFound for one whom nobody knows.
    """
    if not question.approvers:
        raise Refused("Say who is to approve: logins, team_lead, or supervisor.")

    def deed(ticket: Ticket) -> str:
        if ticket.status in SETTLED:
            raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it first.")
        pending = _pending(ticket)
        if pending is not None:
            voters = _voters(tx, pending)
            raise Refused(f"{number(ticket)} {_waits(pending, voters, ' already')}")
        seats = _seats(tx, ticket, question.approvers, by_hand=True)
        substitutes = _seats(tx, ticket, question.substitutes, by_hand=True)
        if substitutes and not _together(substitutes).keys() - _together(seats).keys():
            raise Refused(f"Whoever could stand in on {number(ticket)} is asked himself: name another substitute.")
        asked = _begin(tx, ticket, question, seats, substitutes, reason=reason)
        return f"{number(ticket)} waits for the approval of {asked.approvers}.{asked.remark}"

    return for_each(tx, targets, deed, "Asked for the approval of")


@action(EVERYBODY, "approve requests")
def approve(tx: Transaction, targets: Targets, reason: str = "") -> Change:
    """Say yes, as somebody who was asked. The ticket goes back to where it was once all that is needed have."""
    return _vote(tx, targets, Outcome.APPROVED, reason)


@action(EVERYBODY, "reject requests")
def reject(tx: Transaction, targets: Targets, reason: str) -> Change:
    """Say no, with the reason: the ticket is cancelled, or goes back to its team, as the policy says."""
    if not reason.strip():
        raise Refused("Say why it is rejected; the requester will ask.")
    return _vote(tx, targets, Outcome.REJECTED, reason)


@action(STAFF, "withdraw approvals")
def withdraw(tx: Transaction, targets: Targets, reason: str) -> Change:
    """Ask no longer: tickets go on without an approval. Whoever does so says why."""
    if not reason.strip():
        raise Refused("Say why the approval is needed no longer.")

    def deed(ticket: Ticket) -> str:
        approval = _asked(ticket)
        _require_office(tx, ticket, approval, "withdraw it")
        _end(tx, approval, Outcome.WITHDRAWN)
        changes = tx.update(ticket, **_back(tx, ticket, approval))
        tx.decide_by_person(ticket.id, Thing.APPROVAL, Outcome.WITHDRAWN, reason)
        tx.record("approval_withdrawn", ticket, changes, facts=_facts(approval, "ended"), payload=told(reason))
        asked = _ask_next(tx, ticket, approval)
        if asked.approvers:
            return f"Withdrew the approval of {number(ticket)}.{asked.sentence(tx.session.actor.role)}"
        return f"{number(ticket)} waits for no approval any more.{visit_remark(ticket)}{asked.remark}"

    return for_each(tx, targets, deed, "Withdrew the approval of")


@action(STAFF, "remind approvers")
def remind_overdue(tx: Transaction) -> Change:
    """Tell substitutes and approvers of approvals whose deadline has passed, each once. For the sweep: safe to repeat.

    At most 200 at a time, the oldest first; `Change.tickets` are those that were told of.
    """
    due = list(
        Approval.select()
        .where(Approval.outcome.is_null() & Approval.reminded_at.is_null() & (Approval.due_at <= tx.now))
        .order_by(Approval.due_at)
        .limit(_MOST_REMINDED)
    )
    tx.undone_together = False
    for ticket in tx.tickets([approval.ticket_id for approval in due]) if due else ():
        approval = _pending(ticket)
        if approval is None or approval.reminded_at is not None or approval.due_at > tx.now:
            continue
        Approval.update(reminded_at=tx.now).where(Approval.id == approval.id).execute()
        waiting = [voter.person for voter in _voters(tx, approval) if voter.vote is None and voter.active]
        text = f"{number(ticket)} still waits for an approval, and its deadline has passed: you may decide."
        notify(tx.by_desk(), waiting, NoticeKind.APPROVAL, text, ticket)
        tx.record("approval_overdue", ticket, facts={"approval": approval.id}, actor=SYSTEM.id)
    return Change(
        f"Reminded of {len(due)} approvals.", tickets=tuple(approval.ticket_id for approval in due), undoable=False
    )


# For other stages, inside their transactions


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked; empty where nobody was.

    `remark` are sentences for staff: who of them is away, and who decides instead or what to do, or that nobody could
    be asked; `is_left_alone`: nobody decides instead.
    """

    approvers: str = ""
    remark: str = ""
    is_left_alone: bool = False

    def sentence(self, reader: Role) -> str:
        """Whose approval the ticket waits for, after another sentence; the remark staff alone read."""
        waits = f" It waits for the approval of {self.approvers}." if self.approvers else ""
        return f"{waits}{self.remark if reader in STAFF else ''}"


def start_by_rule(tx: Transaction, ticket: Ticket) -> Asked:
    """Ask for the approval that a rule of policies.yaml wants of this ticket at once, with an entry of its own.

    Not while another is asked for, nor once this one was given or withdrawn; one that was rejected, or ended with the
    ticket, is asked for anew. Where those who are asked are away and nobody decides instead, whoever has the ticket is
    told, else its team's lead. Where there is nobody but whose request it is, the ticket goes on; its team's lead, the
    supervisors and the administrators are told.
    """
    if ticket.status in SETTLED or not tx.session.rulebook.procedures.approvals:
        return Asked()
    found = _rule(tx.session, ticket)
    if found is None or not found[0].at_submit or _is_asked_enough(ticket, found[0].id):
        return Asked()
    rule, evidence = found
    seats, missing = _seats_by_rule(tx, ticket, rule)
    if not seats:
        return _go_on_without(tx, ticket, rule, evidence)
    substitutes = _seats(tx, ticket, rule.substitutes)
    asked = _begin(tx, ticket, Question.of(rule), seats, substitutes, rule=rule.id, missing=missing)
    who = asked.approvers
    decided = Decision(Thing.APPROVAL, f"asked: {who}", Source.RULE, rule.id, rule.place, evidence=evidence)
    tx.decide(ticket.id, [decided])
    if asked.is_left_alone:
        people = {ticket.assignee_id} if ticket.assignee_id else lead_of(tx, ticket.team_id).people
        text = f"{number(ticket)} waits for the approval of {who}.{asked.remark}"
        notify(tx, people, NoticeKind.APPROVAL, text, ticket)
    return asked


def refuse_pending(tx: Transaction, ticket: Ticket) -> None:
    """Raise Refused where a ticket waits for an approval: nobody works past it."""
    approval = _pending(ticket) if ticket.waiting_reason == WaitingReason.APPROVAL else None
    if approval is not None:
        waits = _waits(approval, _voters(tx, approval), "; it goes on when that is there")
        raise Refused(f"{number(ticket)} {waits}")


def refuse_merging_away(tx: Transaction, ticket: Ticket) -> None:
    """Raise Refused where a rule asks for the approval that a ticket waits for, unless a supervisor merges it."""
    approval = _pending(ticket) if ticket.waiting_reason == WaitingReason.APPROVAL else None
    if approval is not None:
        _require_office(tx, ticket, approval, "merge it away")


@dataclass(frozen=True, slots=True)
class Ended:
    """An approval that is asked for no longer: the facts for the journal entry, and which it was, in words.

    Both are empty where a ticket waited for none.
    """

    facts: dict[str, Any] = field(default_factory=dict)
    which: str = ""


def end_pending(tx: Transaction, ticket: Ticket) -> Ended:
    """End the approval that a ticket waits for, because the ticket ends: nobody has decided on it."""
    approval = _pending(ticket) if ticket.waiting_reason == WaitingReason.APPROVAL else None
    if approval is None:
        return Ended()
    who = _waits_for(_voters(tx, approval))
    _end(tx, approval, Outcome.ENDED)
    return Ended(_facts(approval, "ended"), f"{_which(who)} for {number(ticket)}")


def asked_no_longer(which: Sequence[str]) -> str:
    """That these approvals (`Ended.which`) are asked for no longer, as a sentence after another one."""
    if not which:
        return ""
    named = some(which, ", ")
    return f" {named[0].upper()}{named[1:]} {'is' if len(which) == 1 else 'are'} asked for no longer."


def ask_again(tx: Transaction, ticket: Ticket) -> str:
    """Ask anew for what a rule wants of a ticket that was reopened: the rest of the sentence that tells of it.

    What somebody asked for by hand is not asked for again; the sentence says that it was not given.
    """
    asked = start_by_rule(tx, ticket).sentence(tx.session.actor.role)
    by_hand = (Approval.ticket == ticket.id) & (Approval.rule == "")
    last = Approval.select().where(by_hand).order_by(Approval.id.desc()).first()
    if last is None or last.outcome not in (Outcome.ENDED, Outcome.REJECTED):
        return asked
    who = _who([voter for voter in _voters(tx, last) if voter.seat != SUBSTITUTE])
    how = "; `A` (itdesk approve --ask) asks again" if tx.session.actor.role in STAFF else ""
    return f"{asked} The approval of {who} was not given{how}."


def vacated(tx: Transaction, person: int) -> tuple[dict[str, list[str]], list[str]]:
    """What somebody (an id) was still asked to approve and may not any more, as numbers of tickets, in a transaction.

    For one who has just left, or is no longer what he was asked as. First who may decide instead -> where: the
    substitutes, or where a rule asks and nobody is left the supervisors, else the administrators; they are told. Then
    where nobody is left who could: whoever asked by hand is told if he is active staff, else whoever has the ticket,
    else its team's lead.
    """
    asked = (
        Approval.select()
        .join(ApprovalVoter, on=(ApprovalVoter.approval == Approval.id))
        .where((ApprovalVoter.person == person) & ApprovalVoter.vote.is_null() & Approval.outcome.is_null())
        .order_by(Approval.ticket)
    )
    gone = Person.get_by_id(person)
    passed_on: dict[str, list[str]] = {}
    stuck: list[str] = []
    for approval in {one.id: one for one in objects(asked)}.values():
        own = [one for one in _voters(tx, approval) if one.person == person and one.vote is None]
        lost = next((one.lost for one in own if one.lost), None)
        if gone.active and lost is None:
            continue
        why = f"is no longer {lost.title}" if gone.active and lost else "left"
        ticket = Ticket.get_by_id(approval.ticket_id)
        if not any(one.active for one in own):
            _untell(approval, [person])
        instead = _pass_on(tx, ticket, approval, gone.login, why) or _turn_to_substitutes(tx, ticket, approval, why)
        if instead:
            passed_on.setdefault(instead, []).append(number(ticket))
        elif _tell_if_stuck(tx, ticket, approval):
            stuck.append(number(ticket))
    return passed_on, stuck


def offices_changed(tx: Transaction, people: Iterable[int]) -> str:
    """These people (ids) have another role or other teams now: who decides for them, as sentences; mostly nothing."""
    passed_on: dict[str, list[str]] = {}
    stuck: list[str] = []
    for person in people:
        instead, left = vacated(tx, person)
        for who, numbers in instead.items():
            passed_on.setdefault(who, []).extend(numbers)
        stuck += left
    said = [f" {who} may decide now: {some(list(dict.fromkeys(those)), ', ')}." for who, those in passed_on.items()]
    if stuck:
        these = some(list(dict.fromkeys(stuck)), ", ")
        said.append(f" To settle: approvals that nobody is left to give ({these}).")
    return "".join(said)


def followed_merge(tx: Transaction, ticket: Ticket, people: Collection[int]) -> str:
    """These people (ids), whose tickets were just merged into it, do not approve it: what follows, as a sentence.

    The substitutes are told that they may decide; or whoever asked for it that nobody is left. Mostly nothing.
    """
    approval = _pending(ticket)
    if approval is None or not any(one.person in people and one.vote is None for one in _voters(tx, approval)):
        return ""
    if not _turn_to_substitutes(tx, ticket, approval, "asks for it himself"):
        _tell_if_stuck(tx, ticket, approval)
    return f" {number(ticket)} now {_waits(approval, _voters(tx, approval))}"


def _pass_on(tx: Transaction, ticket: Ticket, approval: Approval, gone: str, why: str) -> str:
    """Where a rule asks and nobody is left, the supervisors decide, else the administrators: their logins."""
    voters = _voters(tx, approval)
    if not approval.rule or not is_stuck(Need(approval.need), voters):
        return ""
    out = _own(tx, ticket.id) | {one.person for one in voters if one.vote is not None}
    tiers = ((role, sorted(of_role(role) - out)) for role in _LAST_ASKED)
    role, people = next(((role, found) for role, found in tiers if found), (None, []))
    if role is None:
        return ""
    for seat in vacant_seats(voters):
        _seat(approval, seat, dict.fromkeys(people, role.value))
    who = _who([Voter(one, seat=1) for one in people])
    instead = f"instead of {gone}, who {why}"
    tx.decide(ticket.id, [Decision(Thing.APPROVAL, f"asked: {who}", Source.RULE, approval.rule, reason=instead)])
    tx.update(ticket)
    payload = {"approvers": who, "of": gone, "why": why}
    tx.record("passed_on_for_approval", ticket, facts={"approval": approval.id}, payload=payload)
    _tell(tx.by_desk(), ticket, people)
    return who


def _turn_to_substitutes(tx: Transaction, ticket: Ticket, approval: Approval, why: str) -> str:
    """Tell the substitutes that they may decide, since an approver cannot: who they are; empty if there are none."""
    voters = _voters(tx, approval)
    people = [one.person for one in voters if one.seat == SUBSTITUTE and may_vote(voters, one.person, overdue=False)]
    text = f"{number(ticket)} asks for your approval, since an approver {why}: {ticket.subject}"
    notify(tx.by_desk(), people, NoticeKind.APPROVAL, text, ticket)
    return "Substitutes" if people else ""


def _tell_if_stuck(tx: Transaction, ticket: Ticket, approval: Approval) -> bool:
    """Where nobody is left who could decide, tell somebody who can do something about it."""
    voters = _voters(tx, approval)
    if not is_stuck(Need(approval.need), voters):
        return False
    asked_by = set() if approval.rule else {approval.asked_by_id}
    tiers = (active_staff(filter(None, people)) for people in (asked_by, {ticket.assignee_id}))
    people = next(filter(None, tiers), None) or lead_of(tx, ticket.team_id).people
    text = f"{number(ticket)} {_waits(approval, [])}"
    notify(tx, people, NoticeKind.APPROVAL, text, ticket)
    return True


def undo_approval(tx: Transaction, ticket: Ticket, facts: Mapping[str, Any], actor: int, at: datetime) -> None:
    """Take back that an approval was asked for, voted on or ended; raises Refused where something followed.

    Whoever is to decide again is told; whoever need not is told no longer, nor what came of it `at` that moment.
    """
    approval = Approval.get_by_id(facts["approval"])
    votes = ApprovalVoter.select().where((ApprovalVoter.approval == approval.id) & ApprovalVoter.vote.is_null(False))
    deed, left = facts["approval_deed"], facts.get("outcome")
    if len(votes) != facts["votes"] or approval.outcome != left:
        raise Refused(f"{number(ticket)} changed since: others have decided on its approval.")
    if deed == "asked":
        _untell(approval, {voter.person for voter in _voters(tx, approval)})
        drop(NoticeKind.APPROVAL, ticket.id, told_at=at)
        ApprovalVoter.delete().where(ApprovalVoter.approval == approval.id).execute()
        approval.delete_instance()
        return
    could = set() if left else _whose_turn(tx, approval)
    if deed == "voted":
        own = (ApprovalVoter.approval == approval.id) & (ApprovalVoter.person == actor)
        ApprovalVoter.delete().where(own & ApprovalVoter.seat.in_(facts.get("stood_in", []))).execute()
        ApprovalVoter.update(vote=None, voted_at=None, reason="").where(own & (ApprovalVoter.voted_at == at)).execute()
    if left:
        drop(NoticeKind.APPROVAL, ticket.id, told_at=at)
    Approval.update(outcome=None, decided_at=None).where(Approval.id == approval.id).execute()
    _tell(tx, ticket, _whose_turn(tx, approval) - could)


# How it is done


def _tell(tx: Transaction, ticket: Ticket, people: Iterable[int]) -> None:
    """It is their turn."""
    notify(tx, people, NoticeKind.APPROVAL, f"{number(ticket)} asks for your approval: {ticket.subject}", ticket)


def _untell(approval: Approval, people: Iterable[int]) -> None:
    """These who were asked need not decide any more: what they have not read of it yet is over."""
    drop(NoticeKind.APPROVAL, approval.ticket_id, among=people)


def _whose_turn(tx: Transaction, approval: Approval) -> set[int]:
    """Who may decide now."""
    voters = _voters(tx, approval)
    return {one.person for one in voters if may_vote(voters, one.person, overdue=_overdue(approval, tx))}


def _overdue(approval: Approval, tx: Transaction) -> bool:
    return approval.due_at is not None and approval.due_at <= tx.now


def _vote(tx: Transaction, targets: Targets, vote: Outcome, reason: str) -> Change:
    me, reason = tx.session.actor, storable(reason).strip()
    cancelled: list[Ticket] = []

    def deed(ticket: Ticket) -> str:
        approval = _asked(ticket)
        before = _voters(tx, approval)
        could = _whose_turn(tx, approval)
        seats = _seats_of_turn(tx, ticket, approval, before)
        stood_in = set(seats) - {voter.seat for voter in before if voter.person == me.id}
        _cast(tx, approval, seats, vote, reason)
        _untell(approval, could - _whose_turn(tx, approval))
        voters = _voters(tx, approval)
        came_of_it = outcome(Need(approval.need), voters)
        values: dict[str, Any] = {}
        if came_of_it is not None:
            _end(tx, approval, came_of_it)
            values = dict(_back(tx, ticket, approval))
            if came_of_it is Outcome.REJECTED and approval.rejected == Rejected.CANCEL:
                values = {"status": Status.CANCELLED, "waiting_reason": None, "closed_at": tx.now}
                cancelled.append(ticket)
            tx.decide_by_person(ticket.id, Thing.APPROVAL, came_of_it, reason)
        changes = tx.update(ticket, **values)
        stands_in = any(voter.seat == SUBSTITUTE for voter in before if voter.person == me.id)
        facts = _facts(approval, "voted") | {"vote": vote} | ({"substitute": True} if stands_in else {})
        facts |= {"stood_in": sorted(stood_in)} if stood_in else {}
        tx.record(vote.value, ticket, changes, facts=facts, payload=told(reason))
        is_over = ticket.status in SETTLED
        remark = end_planned(tx, ticket, f"{number(ticket)} is cancelled") if is_over else visit_remark(ticket)
        if came_of_it is not None:
            text = f"{number(ticket)} was {came_of_it} by {me.login}{f': {reason}' if reason else '.'}"
            people = {ticket.requester_id, ticket.assignee_id, approval.asked_by_id}
            notify(tx, people, NoticeKind.APPROVAL, text, ticket)
            asked = _ask_next(tx, ticket, approval)
            now = "" if asked.approvers else f": it is {Status(ticket.status).title} now"
            return f"{vote.capitalize()} {number(ticket)}{now}.{remark}{asked.sentence(me.role)}"
        return f"{vote.capitalize()} {number(ticket)}: it still {_waits(approval, voters)}"

    change = for_each(tx, targets, deed, vote.capitalize(), of_others=True)
    return with_released(tx, change, cancelled)


def _ask_next(tx: Transaction, ticket: Ticket, ended: Approval) -> Asked:
    """Ask for what a rule wants besides, once what somebody asked for by hand has ended."""
    return Asked() if ended.rule else start_by_rule(tx, ticket)


def _require_office(tx: Transaction, ticket: Ticket, approval: Approval, deed: str) -> None:
    """What a rule asks for nobody but a supervisor sets aside."""
    actor = tx.session.actor
    if approval.rule and actor.role not in SUPERVISORS:
        raise Refused(
            f"The approval of {number(ticket)} is asked for by the rule {approval.rule}; "
            f"only a supervisor may {deed}, and {actor.login} is {actor.role.title}."
        )


def _is_own(ticket: Ticket, person: int) -> str:
    """That somebody asked for it himself, on this ticket or on one that was merged into it."""
    merged = "" if ticket.requester_id == person else "a ticket that was merged into "
    login = Person.get_by_id(person).login
    return f"Nobody approves his own request: {login} is the requester of {merged}{number(ticket)}."


def _seats_of_turn(tx: Transaction, ticket: Ticket, approval: Approval, voters: Sequence[Voter]) -> list[int]:
    """The seats that a vote of whoever acts stands on; raises Refused where it is not his turn."""
    me = tx.session.actor
    if me.id in _own(tx, ticket.id):
        raise Refused(_is_own(ticket, me.id))
    seats = seats_of_vote(voters, me.id, overdue=_overdue(approval, tx))
    if seats:
        return seats
    mine = [voter for voter in voters if voter.person == me.id]
    waits = _waits(approval, voters)
    if any(voter.vote for voter in mine):
        raise Refused(f"{me.login} has decided on {number(ticket)} already; it still {waits}")
    lost = next((voter.lost for voter in mine if voter.lost), None)
    if lost is not None and not any(voter.active for voter in mine):
        was = f"{me.login} was asked about {number(ticket)} as {lost.title} and is that no longer"
        raise Refused(f"{was}; it {waits}")
    who = _waits_for(voters)
    if mine and who:
        raise Refused(f"{me.login} is a substitute: until the deadline it is for {who} to decide on {number(ticket)}.")
    raise Refused(f"{me.login} ({me.role.title}) is not asked about {number(ticket)}; it {waits}")


def _go_on_without(tx: Transaction, ticket: Ticket, rule: ApprovalRule, evidence: tuple[Evidence, ...]) -> Asked:
    """Nobody but whose request it is could be asked for what a rule wants: the desk's leads learn of it."""
    said = f"Nobody could be asked for the approval that the rule {rule.id} wants: {number(ticket)} goes on without it."
    decided = Decision(Thing.APPROVAL, "asked: nobody", Source.RULE, rule.id, rule.place, evidence=evidence)
    tx.decide(ticket.id, [decided])
    people = management(tx.session, ticket.team_id) | of_role(Role.ADMINISTRATOR)
    notify(tx, people, NoticeKind.APPROVAL, said, ticket)
    return Asked(remark=f" {said}")


def _begin(
    tx: Transaction,
    ticket: Ticket,
    question: Question,
    seats: Sequence[_Seat],
    substitutes: Iterable[_Seat],
    *,
    rule: str = "",
    missing: Sequence[str] = (),
    reason: str = "",
) -> Asked:
    """Store the question, tell those who are asked, and let the ticket wait; `missing` are whom others stand in for."""
    asked = _together(seats)
    instead = {person: as_what for person, as_what in _together(substitutes).items() if person not in asked}
    approval = Approval.create(
        ticket=ticket.id,
        rule=rule,
        need=question.need,
        rejected=question.rejected,
        reason=storable(reason).strip(),
        asked_by=tx.session.actor.id or None,
        asked_at=tx.now,
        due_at=tx.now + question.deadline if question.deadline else None,
        status_before=ticket.status,
        waiting_before=ticket.waiting_reason,
        team=ticket.team_id,
    )
    alike: dict[frozenset[int], list[_Seat]] = {}
    for seat in seats:
        alike.setdefault(frozenset(seat), []).append(seat)
    for place, those in enumerate(alike.values(), start=1):
        _seat(approval, place, _together(those))
    if instead:
        _seat(approval, SUBSTITUTE, instead)
    voters = _voters(tx, approval)
    _tell(tx, ticket, _whose_turn(tx, approval))
    changes = tx.update(ticket, status=Status.WAITING, waiting_reason=WaitingReason.APPROVAL)
    who = _waits_for(voters) + (f" (instead of {', '.join(missing)})" if missing else "")
    facts = _facts(approval, "asked") | {"rule": rule, "need": question.need}
    tx.record("approval_asked", ticket, changes, facts=facts, payload={"approvers": who} | told(reason))
    return Asked(who, *_away(tx, approval, voters))


def _together(seats: Iterable[_Seat]) -> dict[int, str]:
    """Who sits on any of the seats; one who is asked by name anywhere is asked by name."""
    found: dict[int, str] = {}
    for seat in seats:
        for person, as_what in seat.items():
            found[person] = as_what and found.get(person, as_what)
    return found


_SITS = (ApprovalVoter.approval, ApprovalVoter.seat, ApprovalVoter.person)


def _seat(approval: Approval, seat: int, people: _Seat) -> None:
    """Let people sit on a seat; one who sat there as something else sits there as this now."""
    rows = [
        {"approval": approval.id, "seat": seat, "person": person, "reason": "", "office": as_what}
        for person, as_what in sorted(people.items())
    ]
    ApprovalVoter.insert_many(rows).on_conflict(conflict_target=_SITS, preserve=[ApprovalVoter.office]).execute()


def _cast(tx: Transaction, approval: Approval, seats: Iterable[int], vote: Outcome, reason: str) -> None:
    """Let the vote of whoever acts stand on seats; where he stands in for others he sits there from now on."""
    cast = {"vote": vote, "reason": reason, "voted_at": tx.now}
    me = {"approval": approval.id, "person": tx.session.actor.id, "office": ""}
    rows = [{**me, **cast, "seat": seat} for seat in seats]
    kept = [ApprovalVoter.vote, ApprovalVoter.reason, ApprovalVoter.voted_at]
    ApprovalVoter.insert_many(rows).on_conflict(conflict_target=_SITS, preserve=kept).execute()


def _away(tx: Transaction, approval: Approval, voters: Sequence[Voter]) -> tuple[str, bool]:
    """Who is away of those without whom nothing is decided, as sentences, and whether nobody decides instead.

    Of those who stand for each other one who is there is enough.
    """
    asked = [voter for voter in voters if voter.seat != SUBSTITUTE]
    away = absent(tx.session, [voter.person for voter in asked], tx.now)
    there = {voter.seat for voter in asked if voter.person not in away}
    missed = [voter for voter in asked if voter.seat not in there]
    if not missed or (there and approval.need == Need.ANY):
        return "", False
    zone, logins = desk_zone(tx.session), _logins(voters)
    ends = duties(tx.session, [voter.person for voter in missed], tx.now, ahead=JUST_NOW)
    told = [
        f" {logins[one.person]} is away ({away[one.person]}, {until_text(ends[one.person].until, zone)})."
        for one in missed
    ]
    instead = _who([voter for voter in voters if voter.seat == SUBSTITUTE])
    if approval.due_at is None or not instead:
        by_hand = "withdraw it, then ask others, or ask again with a substitute and a deadline"
        way = "a supervisor can withdraw it and ask others" if approval.rule else by_hand
        return f"{''.join(told)} Nobody decides instead: {way}.", True
    return f"{''.join(told)} {instead} may decide from {moment_text(approval.due_at, zone)} on.", False


def _seats(tx: Transaction, ticket: Ticket, names: Iterable[str], *, by_hand: bool = False) -> list[_Seat]:
    """The active people behind the names, a seat a name, without those whose request it is; nobody may be left.

    `by_hand`: without whoever asks as well; raise Refused or NotFound where nobody is left.
    """
    seats: list[_Seat] = []
    requesters = _own(tx, ticket.id)
    for name in names:
        people = _people(ticket, tx.session, name, by_hand=by_hand)
        own = people & requesters
        asks = people & {tx.session.actor.id} if by_hand else frozenset()
        if by_hand and not people - own - asks:
            if own:
                raise Refused(_is_own(ticket, min(own)))
            if asks:
                raise Refused(f"Nobody asks himself: name somebody else than {name} who approves {number(ticket)}.")
            word = name.replace("_", " ").replace("-", " ")
            raise Refused(f"There is no {word} who could approve {number(ticket)}: name somebody by login.")
        seats.append(dict.fromkeys(sorted(people - own - asks), office(name) or ""))
    return seats


def _seats_by_rule(tx: Transaction, ticket: Ticket, rule: ApprovalRule) -> tuple[list[_Seat], list[str]]:
    """Who is asked, a set a seat, and the approvers' logins that nobody active has.

    Instead of these the substitutes are asked, else the supervisors, else the administrators. A requester who may not
    decide leaves his seat to the substitutes, and to the others if he is the only one.
    """
    offices = [seat for role in _LAST_ASKED for seat in _seats(tx, ticket, [role]) if seat]
    substitutes = _together(_seats(tx, ticket, rule.substitutes))
    seats: list[_Seat] = []
    missing: list[str] = []
    for name, seat in zip(rule.approvers, _seats(tx, ticket, rule.approvers), strict=True):
        stranger = office(name) is None and not _people(ticket, tx.session, name, by_hand=False)
        missing += [login(name)] if stranger else []
        seats.append(seat or substitutes or (offices[0] if stranger and offices else seat))
    return [seat for seat in seats if seat] or offices[:1], missing


def _people(ticket: Ticket, session: Session, name: str, *, by_hand: bool) -> frozenset[int]:
    role = office(name)
    if role is Role.TEAM_LEAD:
        return frozenset(leads_of(session, ticket.team_id))
    if role is not None:
        return of_role(role)
    known = Person.get_or_none(Person.login == login(name))
    if known is not None and known.active:
        return frozenset({int(known.id)})
    if not by_hand:
        return frozenset()
    if known is not None:
        raise Refused(f"{known.login} is no longer active at this desk and cannot approve.")
    try:
        return frozenset({int(find_person(name).id)})
    except NotFound as nobody:
        offices = ", ".join(sorted(OFFICES))
        raise NotFound(f"{nobody} These stand for whoever holds them: {offices}.") from nobody


def _rule(session: Session, ticket: Ticket) -> tuple[ApprovalRule, Any] | None:
    from itdesk.domain.matching import TicketFacts

    facts = TicketFacts(
        subject=ticket.subject,
        body=ticket.body,
        requester=asker(Person.get_by_id(ticket.requester_id)),
        channel=ticket.channel,
        kind=Kind(ticket.kind),
        category=ticket.category,
        tags=tuple(tag for (tag,) in tuples(TicketTag.select(TicketTag.tag).where(TicketTag.ticket == ticket.id))),
        site=ticket.site,
    )
    return session.rulebook.procedures.approval_of(facts)


def proposed(session: Session, ticket: Ticket) -> ApprovalRule | None:
    """The rule of the policies that holds for a ticket."""
    found = _rule(session, ticket)
    return found[0] if found is not None else None


def _is_asked_enough(ticket: Ticket, rule: str) -> bool:
    """Whether somebody is asked, or what the rule asks for was given or found not to be needed."""
    pending = Approval.outcome.is_null()
    decided = (Approval.rule == rule) & Approval.outcome.in_([Outcome.APPROVED, Outcome.WITHDRAWN])
    return bool(Approval.select().where((Approval.ticket == ticket.id) & (pending | decided)).exists())


def _pending(ticket: Ticket) -> Approval | None:
    return Approval.get_or_none((Approval.ticket == ticket.id) & Approval.outcome.is_null())


def _asked(ticket: Ticket) -> Approval:
    approval = _pending(ticket)
    if approval is None:
        raise Refused(f"{number(ticket)} waits for no approval.")
    return approval


def _own(tx: Transaction, ticket_id: int) -> frozenset[int]:
    """Whose request the ticket is; they do not approve it."""
    return all_requesters(tx.session, [ticket_id])[ticket_id]


def _voters(tx: Transaction, approval: Approval) -> list[Voter]:
    return voters_of(tx.session, [approval.id])[approval.id]


def _which(who: str) -> str:
    """The approval of these people, or of nobody."""
    return f"the approval of {who}" if who else "an approval that nobody is left to give"


def _waits(approval: Approval, voters: Sequence[Voter], end: str = "") -> str:
    """The rest of a sentence: whose approval a ticket waits for, then `end`; where nobody is left, what to do."""
    who = _waits_for(voters)
    return f"waits for {_which(who)}{end if who else f': {_way_out(approval)}'}."


def _way_out(approval: Approval) -> str:
    """What to do where nobody can decide."""
    return "a supervisor can withdraw it" if approval.rule else "withdraw it, then ask others"


def _waits_for(voters: Sequence[Voter]) -> str:
    """Those whose votes are still missing; the substitutes where nobody is left on a seat."""
    waiting = [voter for voter in voters if voter.vote is None and voter.active]
    asked = _who([voter for voter in waiting if voter.seat != SUBSTITUTE])
    instead = _who([voter for voter in waiting if voter.seat == SUBSTITUTE]) if vacant_seats(voters) else ""
    return ", ".join(filter(None, (asked, instead)))


def _who(voters: Sequence[Voter]) -> str:
    """`lea or tom, sam`: people of one seat stand for each other."""
    logins = _logins(voters)
    seats: dict[int, list[str]] = {}
    for voter in voters:
        seats.setdefault(voter.seat, []).append(logins[voter.person])
    return ", ".join(" or ".join(people) for people in seats.values())


def _logins(voters: Sequence[Voter]) -> dict[int, str]:
    return dict(tuples(Person.select(Person.id, Person.login).where(Person.id.in_([one.person for one in voters]))))


def _end(tx: Transaction, approval: Approval, came_of_it: Outcome) -> None:
    _untell(approval, {voter.person for voter in _voters(tx, approval)})
    approval.outcome, approval.decided_at = came_of_it, tx.now
    Approval.update(outcome=came_of_it, decided_at=tx.now).where(Approval.id == approval.id).execute()


def _back(tx: Transaction, ticket: Ticket, approval: Approval) -> Mapping[str, object]:
    """Where a ticket goes on: where it was, as far as who has it and a visit to come allow."""
    if ticket.status != Status.WAITING or ticket.waiting_reason != WaitingReason.APPROVAL:
        return {}
    status, waited_for = Status(approval.status_before), approval.waiting_before
    if status is Status.WAITING and waited_for not in _OVER_MEANWHILE:
        return {"status": status, "waiting_reason": waited_for}
    usual = {Status.NEW: Status.ASSIGNED, Status.WAITING: Status.IN_PROGRESS}
    return back_to_work(tx, ticket, usual.get(status, status))


def _facts(approval: Approval, deed: str) -> dict[str, Any]:
    """What undo needs to know: how many had voted after the deed, and what had come of it."""
    votes = ApprovalVoter.select().where((ApprovalVoter.approval == approval.id) & ApprovalVoter.vote.is_null(False))
    return {"approval": approval.id, "approval_deed": deed, "votes": votes.count(), "outcome": approval.outcome}
