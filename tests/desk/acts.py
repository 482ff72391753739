"""Every action on a ticket, with who may do it, what it needs first and what it says."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

from itdesk.desk import (
    approvals,
    attachments,
    checklist,
    communication,
    escalation,
    intake,
    resolution,
    testing,
    triage,
    visits,
    watchers,
    worklog,
)
from itdesk.desk.change import Change, Targets
from itdesk.desk.session import Desk, Session
from itdesk.domain.approvals import Need
from itdesk.domain.people import EVERYBODY, STAFF, SUPERVISORS, Role
from itdesk.domain.procedures import TestOutcome
from itdesk.domain.ticket import Status, WaitingReason
from tests.support.desks import OPENING, SignIn

LOGINS = {
    Role.REQUESTER: "rita",
    Role.TECHNICIAN: "tom",
    Role.TEAM_LEAD: "lea",
    Role.SUPERVISOR: "sam",
    Role.ADMINISTRATOR: "ada",
    Role.AUDITOR: "otto",
}
"""A person of each role; tickets of these tests are Rita's."""

VPN = intake.NewTicket("VPN does not connect", "It says timeout.", requester="rita", tags=("board",))


def open_ticket(sign_in_as: SignIn, new: intake.NewTicket = VPN) -> int:
    """A new incident of Rita's, in network.vpn, P4, with the network team; its id."""
    (ticket,) = intake.submit(sign_in_as("desi"), new).tickets
    return ticket


Deed = Callable[[Session, Targets], Change]


@dataclass(frozen=True)
class Act:
    """An action: `deed` does it, by one of `roles`; `verb` is its journal entry; `says` stands in its sentence.

    `first` brings a new ticket to where it can be done; `impossible` to where it is refused (None: it never is).
    """

    name: str
    deed: Deed
    roles: frozenset[Role]
    verb: str
    says: str
    first: Sequence[Deed] = field(default=())
    impossible: Sequence[Deed] | None = field(default=())
    by: str = "tom"

    def prepare(self, sign_in_as: SignIn, ticket: int) -> None:
        """Bring a new ticket to where the action can be done."""
        do_all(sign_in_as, self.first, ticket)


def do_all(sign_in_as: SignIn, deeds: Sequence[Deed], ticket: int) -> None:
    """Do one after the other, by Tina."""
    for deed in deeds:
        deed(sign_in_as("tina"), [ticket])


def wait(session: Session, targets: Targets) -> Change:
    return resolution.change_status(
        session, targets, Status.WAITING, waiting_reason=WaitingReason.VENDOR, reason="part ordered"
    )


def resolve(session: Session, targets: Targets) -> Change:
    return resolution.resolve(session, targets, "Restarted the gateway.", root_cause="A full table")


def close(session: Session, targets: Targets) -> Change:
    return resolution.close(session, targets, "confirmed by phone")


def cancel(session: Session, targets: Targets) -> Change:
    return resolution.cancel(session, targets, "sent twice")


def reopen(session: Session, targets: Targets) -> Change:
    return resolution.reopen(session, targets, "it broke again")


def declare(session: Session, targets: Targets) -> Change:
    return triage.declare_major(session, targets, "nobody can work")


def withdraw(session: Session, targets: Targets) -> Change:
    return triage.withdraw_major(session, targets, "only one room")


def escalate(session: Session, targets: Targets) -> Change:
    return triage.escalate(session, targets, team="security", level=3, reason="needs a firewall change")


def tag(session: Session, targets: Targets) -> Change:
    return triage.tag(session, targets, add=["Gateway 2"], remove=["board"])


def categorize(session: Session, targets: Targets) -> Change:
    return triage.categorize(session, targets, "printing.printer", "it is the printer")


def attach(session: Session, targets: Targets) -> Change:
    return attachments.attach(session, targets, [attachments.keep(session, BytesIO(b"zebra"), "zebra.log")])


def override(session: Session, targets: Targets) -> Change:
    return triage.prioritize(session, targets, priority=1, reason="the board meets")


def plan_visit(session: Session, targets: Targets) -> Change:
    return visits.plan_visit(
        session, targets, OPENING + timedelta(days=1), 90, person="tom", place="Floor 3", note="ring twice", anyway=True
    )


def plan_visit_today(session: Session, targets: Targets) -> Change:
    return visits.plan_visit(session, targets, OPENING + timedelta(hours=5), 90, person="tom", anyway=True)


def move_visit(session: Session, targets: Targets) -> Change:
    later = OPENING + timedelta(days=2)
    return visits.move_visit(session, targets, starts_at=later, person="tina", place="Floor 4", anyway=True)


def cancel_visit(session: Session, targets: Targets) -> Change:
    return visits.cancel_visit(session, targets, reason="the part is late")


def ask_for_approval(session: Session, targets: Targets) -> Change:
    others = [login for login in ("tom", "lea", "sam", "ada") if login != session.actor.login]
    question = approvals.Question(others, Need.ANY)
    return approvals.ask(session, targets, question, "it costs")


def reject(session: Session, targets: Targets) -> Change:
    return approvals.reject(session, targets, "too dear")


def apply_sop(session: Session, targets: Targets) -> Change:
    return checklist.apply_sop(session, targets, "outage")


def add_step(session: Session, targets: Targets) -> Change:
    return checklist.add_step(session, targets, "Call the provider")


def tick(session: Session, targets: Targets) -> Change:
    return checklist.tick(session, targets, 1, entered="no maintenance")


def fail_test(session: Session, targets: Targets) -> Change:
    return testing.record_test(session, targets, TestOutcome.FAILED, "an hour of VPN", "at Rita's")


def begin_testing(session: Session, targets: Targets) -> Change:
    return resolution.change_status(session, targets, Status.TESTING)


ENDED = (resolve, close)

ACTS = (
    Act("categorize", categorize, STAFF, "categorized", "is now printing.printer", impossible=(categorize,)),
    Act(
        "prioritize by the matrix",
        lambda session, targets: triage.prioritize(session, targets, impact="company", urgency="high"),
        STAFF,
        "prioritized",
        "is now P1",
        impossible=(lambda session, targets: triage.prioritize(session, targets, impact="company", urgency="high"),),
    ),
    Act("override the priority", override, STAFF, "prioritized", "is now P1", impossible=(override,)),
    Act("route", triage.route, STAFF, "routed", "to network, L2", first=(triage.take, escalate)),
    Act("take", triage.take, STAFF, "taken", "Took INC-", impossible=ENDED),
    Act("take from a colleague", triage.take, STAFF, "taken", "Took INC-", first=(triage.take,), impossible=ENDED),
    Act(
        "assign",
        lambda session, targets: triage.assign(session, targets, "wes", team="workplace", reason="he has the key"),
        STAFF,
        "assigned",
        "to wes",
        impossible=ENDED,
    ),
    Act(
        "give back",
        lambda session, targets: triage.assign(session, targets, None),
        STAFF,
        "assigned",
        "to nobody",
        first=(triage.take,),
        impossible=(),
    ),
    Act("escalate", escalate, STAFF, "escalated", "to security, L3", first=(triage.take,), impossible=ENDED),
    Act(
        "escalate to management",
        lambda session, targets: escalation.escalate_to_management(session, targets, "the customer wants to leave"),
        STAFF,
        "escalated",
        "to management: told",
        first=(triage.take,),
        impossible=ENDED,
    ),
    Act("tag", tag, STAFF, "tagged", "is tagged gateway-2", impossible=(tag,)),
    Act("declare major", declare, STAFF, "declared_major", "is now a major incident", impossible=ENDED),
    Act(
        "withdraw major",
        withdraw,
        SUPERVISORS,
        "withdrew_major",
        "is no longer",
        first=(declare,),
        impossible=(),
        by="sam",
    ),
    Act(
        "note",
        lambda session, targets: communication.note(session, targets, "Zebra in the log"),
        STAFF,
        "noted",
        "Noted on INC-",
        impossible=None,
    ),
    Act(
        "reply",
        lambda session, targets: communication.reply(session, targets, "Try the zebra profile"),
        EVERYBODY,
        "replied",
        "Replied on INC-",
        impossible=ENDED,
    ),
    Act("attach", attach, EVERYBODY, "attached", "Attached zebra.log to INC-", impossible=None),
    Act("wait", wait, STAFF, "status_changed", "is now waiting: vendor", first=(triage.take,), impossible=ENDED),
    Act(
        "begin work",
        lambda session, targets: resolution.change_status(session, targets, Status.IN_PROGRESS),
        STAFF,
        "status_changed",
        "is now in progress",
        first=(wait,),
        impossible=(cancel,),
    ),
    Act(
        "begin testing",
        begin_testing,
        STAFF,
        "status_changed",
        "is now testing",
        impossible=ENDED,
    ),
    Act(
        "make it new",
        lambda session, targets: resolution.change_status(session, targets, Status.NEW),
        STAFF,
        "status_changed",
        "is now new",
        first=(triage.take,),
        impossible=(),
    ),
    Act("resolve", resolve, STAFF, "resolved", "Resolved INC-", first=(wait,), impossible=ENDED),
    Act("close", close, EVERYBODY, "closed", "Closed INC-", first=(resolve,), impossible=()),
    Act("reopen what is resolved", reopen, EVERYBODY, "reopened", "Reopened INC-", first=(resolve,)),
    Act("reopen what is closed", reopen, EVERYBODY, "reopened", "Reopened INC-", first=ENDED),
    Act("reopen what is cancelled", reopen, EVERYBODY, "reopened", "Reopened INC-", first=(triage.take, cancel)),
    Act("plan a visit", plan_visit, STAFF, "visit_planned", "Visit for INC-", first=(triage.take,), impossible=ENDED),
    Act(
        "move a visit",
        move_visit,
        STAFF,
        "visit_moved",
        "is now Wed 4 Mar 2026 10:00, 1h30, tina, Floor 4",
        first=(triage.take, plan_visit),
    ),
    Act("end a visit", visits.finish_visit, STAFF, "visit_done", "is done", first=(triage.take, plan_visit_today)),
    Act("cancel a visit", cancel_visit, STAFF, "visit_cancelled", "is cancelled", first=(triage.take, plan_visit)),
    Act(
        "log time",
        lambda session, targets: worklog.log_time(session, targets, 25, "read the log"),
        STAFF,
        "logged",
        "Logged 25m on INC-",
        impossible=None,
    ),
    Act(
        "watch",
        watchers.watch,
        EVERYBODY - {Role.AUDITOR},
        "watched",
        "tom now watches INC-",
        impossible=(lambda session, targets: watchers.watch(session, targets, "tom"),),
    ),
    Act(
        "stop somebody's watching",
        lambda session, targets: watchers.unwatch(session, targets, "wes"),
        STAFF,
        "unwatched",
        "wes watches INC-",
        first=(lambda session, targets: watchers.watch(session, targets, "wes"),),
        impossible=(),
    ),
    Act("cancel", cancel, EVERYBODY, "cancelled", "Cancelled INC-", impossible=ENDED),
    Act(
        "diagnose",
        lambda session, targets: resolution.diagnose(
            session, targets, root_cause="A full table", workaround="Use the portal"
        ),
        STAFF,
        "diagnosed",
        "Noted the diagnosis of INC-",
        impossible=(cancel,),
    ),
    Act("tick a step", tick, STAFF, "step_ticked", "Ticked step 1 of INC-", impossible=(tick,)),
    Act(
        "untick a step",
        lambda session, targets: checklist.untick(session, targets, 1),
        STAFF,
        "step_unticked",
        "Unticked step 1 of INC-",
        first=(tick,),
        impossible=(),
    ),
    Act("add a step", add_step, STAFF, "step_added", "Added step 10 to INC-", impossible=ENDED),
    Act("apply an SOP", apply_sop, STAFF, "checklist_applied", "has the checklist Outage", impossible=(apply_sop,)),
    Act(
        "test",
        lambda session, targets: testing.record_test(session, targets, TestOutcome.PASSED, "VPN at home"),
        EVERYBODY,
        "tested",
        "Recorded a passed test on INC-",
        impossible=ENDED,
    ),
    Act("fail a test", fail_test, EVERYBODY, "tested", "in progress again", first=(begin_testing,), impossible=ENDED),
    Act(
        "ask to test",
        lambda session, targets: testing.ask_to_test(session, targets, "Does the zebra work?"),
        STAFF,
        "test_asked",
        "Asked the requester of INC-",
        impossible=ENDED,
    ),
    Act(
        "ask for approval",
        ask_for_approval,
        STAFF,
        "approval_asked",
        "waits for the approval of ",
        first=(triage.take,),
        impossible=(ask_for_approval,),
    ),
    Act("approve", approvals.approve, STAFF, "approved", "it is new now", first=(ask_for_approval,), impossible=()),
    Act("reject", reject, STAFF, "rejected", "it is cancelled now", first=(ask_for_approval,), impossible=()),
    Act(
        "withdraw an approval",
        lambda session, targets: approvals.withdraw(session, targets, "not needed"),
        STAFF,
        "approval_withdrawn",
        "waits for no approval any more",
        first=(ask_for_approval,),
        impossible=(),
    ),
    Act(
        "cancel what waits for approval",
        cancel,
        EVERYBODY,
        "cancelled",
        "Cancelled INC-",
        first=(ask_for_approval,),
        impossible=ENDED,
    ),
)
"""Every action that takes a list of tickets. `link`, `unlink` and `submit` have tests of their own."""


CONTENT = (
    "ticket",
    "ticket_tag",
    "ticket_link",
    "message",
    "attachment",
    "decision",
    "draft",
    "appointment",
    "work_log",
    "watcher",
    "notice",
    "command",
    "journal",
    "journal_payload",
    "ticket_search",
    "checklist_step",
    "ticket_test",
    "approval",
    "approval_voter",
    "ticket_clocks",
    "escalation_done",
)


def content(desk: Desk) -> dict[str, Counter[tuple[object, ...]]]:
    """Every row that an action could touch, and how often it is there: equal means that nothing was changed."""
    return {
        table: Counter(tuple(row) for row in desk.database.execute(f"SELECT * FROM {table}").fetchall())
        for table in CONTENT
    }
