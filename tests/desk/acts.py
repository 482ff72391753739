"""Every action on a ticket, with who may do it, what it needs first and what it says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from itdesk.desk import communication, intake, resolution, triage
from itdesk.desk.change import Change, Targets
from itdesk.desk.session import Desk, Session
from itdesk.domain.people import EVERYBODY, STAFF, SUPERVISORS, Role
from itdesk.domain.ticket import Status, WaitingReason
from tests.support.desks import SignIn

LOGINS = {
    Role.REQUESTER: "rita",
    Role.TECHNICIAN: "tom",
    Role.TEAM_LEAD: "lea",
    Role.SUPERVISOR: "sam",
    Role.ADMINISTRATOR: "ada",
    Role.AUDITOR: "otto",
}
"""A person of each role; tickets of these tests are Rita's."""

VPN = intake.NewTicket("VPN does not connect", "It says timeout.", requester="rita", tags=("vip",))


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
    return triage.tag(session, targets, add=["Gateway 2"], remove=["vip"])


def categorize(session: Session, targets: Targets) -> Change:
    return triage.categorize(session, targets, "printing.printer", "it is the printer")


def override(session: Session, targets: Targets) -> Change:
    return triage.prioritize(session, targets, priority=1, reason="the board meets")


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
        "test",
        lambda session, targets: resolution.change_status(session, targets, Status.TESTING),
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
    Act("cancel", cancel, EVERYBODY, "cancelled", "Cancelled INC-", impossible=ENDED),
)
"""Every action that takes a list of tickets. `link`, `unlink` and `submit` have tests of their own."""


CONTENT = (
    "ticket",
    "ticket_tag",
    "ticket_link",
    "message",
    "decision",
    "draft",
    "command",
    "journal",
    "journal_payload",
    "ticket_search",
    "ticket_clocks",
)


def content(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Every row that an action could touch: equal means that nothing was changed."""
    return {
        table: sorted((tuple(row) for row in desk.database.execute(f"SELECT * FROM {table}").fetchall()), key=repr)
        for table in CONTENT
    }
