"""What is done about tickets by procedure: checklists, approvals, tests, and what stands in the way of resolving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from itdesk.desk.approvals import proposed
from itdesk.desk.queries.voters import voters_of
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.approvals import SUBSTITUTE, Need, Outcome, Voter, may_vote
from itdesk.domain.people import READERS
from itdesk.domain.procedures import ApprovalRule, Asks, TestOutcome
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import objects, tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.people import Person
from itdesk.models.procedures import Approval, ApprovalVoter, ChecklistStep, TicketTest
from itdesk.models.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a ticket's checklist. `place` is its number on the ticket; people are logins, times aware UTC."""

    place: int
    text: str
    required: bool
    asks: Asks
    caption: str
    sop: str
    done_by: str | None
    done_at: datetime | None
    entered: str


@dataclass(frozen=True, slots=True)
class RecordedTest:
    """A test of a ticket."""

    what: str
    how: str
    outcome: TestOutcome
    tested_by: str
    tested_at: datetime


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """Somebody who was asked. Those of one `seat` stand for each other; seat 0 are the substitutes.

    `active`: still at the desk, with what he was asked as. `lost_office`: what he was asked as, if he is that no longer
    (`supervisor`); mostly empty.
    """

    login: str
    seat: int
    vote: Outcome | None
    reason: str
    voted_at: datetime | None
    active: bool
    lost_office: str = ""

    @property
    def in_words(self) -> str:
        """`asked`, `asked, no longer supervisor`, `substitute, has left`, `rejected as a substitute: too dear`."""
        substitute = self.seat == SUBSTITUTE
        if self.vote:
            return f"{self.vote}{' as a substitute' if substitute else ''}{f': {self.reason}' if self.reason else ''}"
        gone = f", no longer {self.lost_office}" if self.lost_office else ", has left"
        return f"{'substitute' if substitute else 'asked'}{'' if self.active else gone}"


@dataclass(frozen=True, slots=True)
class AskedApproval:
    """An approval; without an `outcome` the ticket waits for it. `my_turn`: this session's person may decide now.

    A requester reads neither the `rule` that asks (its name may say who is a VIP) nor who was at the ticket then.
    """

    need: Need
    rule: str
    reason: str
    asked_by: str | None
    asked_at: datetime
    due_at: datetime | None
    outcome: Outcome | None
    decided_at: datetime | None
    people: tuple[AskedPerson, ...]
    my_turn: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """All of that about one ticket."""

    steps: tuple[Step, ...] = ()
    approvals: tuple[AskedApproval, ...] = ()
    tests: tuple[RecordedTest, ...] = ()

    @property
    def done(self) -> int:
        """How many steps are ticked."""
        return sum(step.done_at is not None for step in self.steps)

    @property
    def pending(self) -> AskedApproval | None:
        """The approval that the ticket waits for."""
        return next((one for one in self.approvals if one.outcome is None), None)


@dataclass(frozen=True, slots=True)
class Gate:
    """What keeps a ticket from being resolved: required steps that are open, and a test that must pass."""

    number: str
    steps: tuple[str, ...]
    needs_test: bool


def progress(session: Session, ticket_id: int) -> Progress:
    """Checklist (for staff and auditors only), approvals and tests of a visible ticket; nothing of another."""
    with session.desk.database.translated():
        if visible(session, Ticket.id).where(Ticket.id == ticket_id).first() is None:
            return Progress()
        steps = _steps(ticket_id) if session.actor.role in READERS else ()
        return Progress(steps, _approvals(session, ticket_id), _tests(ticket_id))


def gates(session: Session, ticket_ids: Sequence[int]) -> tuple[Gate, ...]:
    """The visible ones of these tickets that cannot be resolved without giving a reason."""
    procedures, found = session.rulebook.procedures, []
    for ticket_id in ticket_ids:
        with session.desk.database.translated():
            row = visible(session, Ticket).where(Ticket.id == ticket_id).first()
            if row is None:
                continue
            left = [step for step in _steps(ticket_id) if step.required and step.done_at is None]
            since = row.reopened_at or row.opened_at
            tests = [test for test in _tests(ticket_id) if test.tested_at >= since]
        passed = bool(tests) and tests[-1].outcome is TestOutcome.PASSED
        lacks_test = procedures.needs_test(row.category, Kind(row.kind)) and not passed
        if left or lacks_test:
            number = format_number(Kind(row.kind), row.id)
            found.append(Gate(number, tuple(f"{step.place} {step.text}" for step in left), lacks_test))
    return tuple(found)


def proposal(session: Session, ticket_id: int) -> ApprovalRule | None:
    """The approval rule of the policies that holds for a visible ticket."""
    with session.desk.database.translated():
        ticket = visible(session, Ticket).where(Ticket.id == ticket_id).first()
        return proposed(session, ticket) if ticket is not None else None


def to_approve(session: Session, people: Sequence[int]) -> list[int]:
    """The ids of tickets, visible or not, on which one of these people may vote now."""
    database = session.desk.database
    among, parameters = database.among_in_sql(people)
    rows = database.execute(
        "SELECT mine.person_id, approval.id, approval.ticket_id, approval.due_at FROM approval_voter mine"  # noqa: S608
        f" JOIN approval ON approval.id = mine.approval_id WHERE mine.person_id IN {among}"
        " AND mine.vote IS NULL AND approval.outcome IS NULL",
        parameters,
    ).fetchall()
    voters = voters_of(session, sorted({approval for _, approval, *_ in rows})) if rows else {}
    now = to_microseconds(session.clock())
    return sorted(
        {
            ticket_id
            for person, approval, ticket_id, due_at in rows
            if may_vote(voters[approval], person, overdue=due_at is not None and due_at <= now)
        }
    )


def _steps(ticket_id: int) -> tuple[Step, ...]:
    rows = objects(
        ChecklistStep.select(ChecklistStep, Person.login.alias("doer"))
        .join(Person, JOIN.LEFT_OUTER, on=(ChecklistStep.done_by == Person.id))
        .where((ChecklistStep.ticket == ticket_id) & ChecklistStep.removed_at.is_null())
        .order_by(ChecklistStep.place)
    )
    return tuple(
        Step(
            row.place,
            row.text,
            bool(row.required),
            Asks(row.asks),
            row.caption,
            row.sop,
            row.doer,
            row.done_at,
            row.entered,
        )
        for row in rows
    )


def _tests(ticket_id: int) -> tuple[RecordedTest, ...]:
    rows = tuples(
        TicketTest.select(TicketTest.what, TicketTest.how, TicketTest.outcome, Person.login, TicketTest.tested_at)
        .join(Person, on=(TicketTest.tested_by == Person.id))
        .where((TicketTest.ticket == ticket_id) & TicketTest.retracted_at.is_null())
        .order_by(TicketTest.id)
    )
    return tuple(RecordedTest(what, how, TestOutcome(outcome), who, at) for what, how, outcome, who, at in rows)


def _approvals(session: Session, ticket_id: int) -> tuple[AskedApproval, ...]:
    asked = objects(
        Approval.select(Approval, Person.login.alias("asker"))
        .join(Person, JOIN.LEFT_OUTER, on=(Approval.asked_by == Person.id))
        .where(Approval.ticket == ticket_id)
        .order_by(Approval.id)
    )
    return tuple(_approval(session, approval) for approval in asked)


def _approval(session: Session, approval: Any) -> AskedApproval:
    voters = voters_of(session, [approval.id])[approval.id]
    overdue = approval.due_at is not None and approval.due_at <= session.clock()
    by_hand, reads_rules = not approval.rule, session.actor.role in READERS
    return AskedApproval(
        need=Need(approval.need),
        rule=approval.rule if reads_rules else "",
        reason=approval.reason,
        asked_by=approval.asker if by_hand or reads_rules else None,
        asked_at=approval.asked_at,
        due_at=approval.due_at,
        outcome=Outcome(approval.outcome) if approval.outcome else None,
        decided_at=approval.decided_at,
        people=_asked_people(approval.id, voters),
        my_turn=approval.outcome is None and may_vote(voters, session.actor.id, overdue=overdue),
    )


def _asked_people(approval: int, voters: Sequence[Voter]) -> tuple[AskedPerson, ...]:
    """Who was asked, the substitutes last: one who stood in for somebody stands there once, with his vote."""
    rows = tuples(
        ApprovalVoter.select(
            ApprovalVoter.person,
            Person.login,
            Person.active,
            ApprovalVoter.seat,
            ApprovalVoter.vote,
            ApprovalVoter.reason,
            ApprovalVoter.voted_at,
        )
        .join(Person, on=(ApprovalVoter.person == Person.id))
        .where(ApprovalVoter.approval == approval)
        .order_by(ApprovalVoter.seat)
    )
    lost = {(one.person, one.seat): one.lost for one in voters if one.lost is not None}
    substitutes = {one.person for one in voters if one.seat == SUBSTITUTE}
    have_voted = {one.person for one in voters if one.vote is not None}
    asked: list[AskedPerson] = []
    for person, login, active, seat, vote, reason, voted_at in rows:
        if seat == SUBSTITUTE and vote is None and person in have_voted:
            continue
        role = lost.get((person, seat)) if active else None
        said = (Outcome(vote) if vote else None, reason, voted_at)
        sits = SUBSTITUTE if person in substitutes else seat
        asked.append(AskedPerson(login, sits, *said, bool(active) and role is None, role.title if role else ""))
    return tuple(sorted(dict.fromkeys(asked), key=lambda one: (one.seat == SUBSTITUTE, one.seat, one.login)))
