"""Two lives of tickets as data: who does what when, and what the desk then knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from itdesk.domain.procedures import TestOutcome
from itdesk.domain.ticket import Kind, Status, WaitingReason

BERLIN = ZoneInfo("Europe/Berlin")
"""The time zone of the furnished desk, whose office is there from 8 to 18."""


@dataclass(frozen=True, slots=True)
class Open:
    """Open the ticket, for oneself."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Take:
    """Make it one's own."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Write to the requester, or as the requester."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Write a work note."""

    text: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Another status of work."""

    status: Status
    waiting: WaitingReason | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Tick the step of that number, which has these words in it; `note` where it asks for one, else for a value."""

    place: int
    words: str
    entered: str = ""
    note: bool = False


@dataclass(frozen=True, slots=True)
class AskApproval:
    """Ask somebody whether it may go on."""

    login: str
    reason: str


@dataclass(frozen=True, slots=True)
class Approve:
    """Approve it."""


@dataclass(frozen=True, slots=True)
class PlanVisit:
    """Be at a place at that time of Berlin."""

    at: str
    minutes: int
    place: str


@dataclass(frozen=True, slots=True)
class FinishVisit:
    """The visit took place."""


@dataclass(frozen=True, slots=True)
class Diagnose:
    """Note what was found."""

    cause: str
    workaround: str


@dataclass(frozen=True, slots=True)
class Test:
    """Record a test."""

    __test__ = False
    outcome: TestOutcome
    what: str
    how: str


@dataclass(frozen=True, slots=True)
class Log:
    """Log working time."""

    minutes: int
    note: str


@dataclass(frozen=True, slots=True)
class Resolve:
    """Say what solved it."""

    text: str
    cause: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Bring it back."""

    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """End it."""


Deed = (
    Open
    | Take
    | Reply
    | Note
    | SetStatus
    | Tick
    | AskApproval
    | Approve
    | PlanVisit
    | FinishVisit
    | Diagnose
    | Test
    | Log
    | Resolve
    | Reopen
    | Close
)


@dataclass(frozen=True, slots=True)
class Step:
    """At `at` (`03-02 10:00`, of 2026 in Berlin) the person of that login does it; `verb` is its journal entry."""

    at: str
    login: str
    deed: Deed
    verb: str

    @property
    def moment(self) -> datetime:
        """When it is."""
        return moment(self.at)


def moment(text: str) -> datetime:
    """`03-02 10:00` in Berlin in 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)


@dataclass(frozen=True, slots=True)
class Clock:
    """How a clock stands at the end: minutes in the time of its calendar; what happened to it, in order."""

    name: str
    state: str
    cycle: int
    target: int
    elapsed: float
    history: str


@dataclass(frozen=True, slots=True)
class Life:
    """What happens to a ticket, and how it ends."""

    kind: Kind
    steps: Sequence[Step]
    clocks: Sequence[Clock]
    worked: int
    """Minutes in its work log."""


INCIDENT = Life(
    Kind.INCIDENT,
    (
        Step(
            "03-02 10:00", "rita", Open("VPN drops for our whole team", "Every few minutes since Friday."), "submitted"
        ),
        Step("03-02 15:00", "tom", Take(), "taken"),
        Step("03-02 15:10", "tom", Tick(1, "status page"), "step_ticked"),
        Step("03-02 15:15", "tom", Reply("Hello Rita, which message does it show?"), "replied"),
        Step("03-02 15:20", "tom", SetStatus(Status.WAITING, WaitingReason.REQUESTER), "status_changed"),
        Step("03-03 09:00", "rita", Reply("Error 809, whenever the ledger opens."), "replied"),
        Step("03-03 09:20", "tom", Tick(3, "exact message", "809"), "step_ticked"),
        Step("03-03 09:30", "tom", Note("MTU 1500 in the profile; large packets get lost."), "noted"),
        Step("03-03 10:00", "tom", Diagnose("MTU of the new gateway", "Use the web portal."), "diagnosed"),
        Step("03-03 10:30", "tom", SetStatus(Status.TESTING), "status_changed"),
        Step("03-03 11:00", "tom", Test(TestOutcome.FAILED, "ledger over VPN", "MTU 1450"), "tested"),
        Step("03-03 12:00", "tom", Test(TestOutcome.PASSED, "ledger over VPN", "MTU 1380"), "tested"),
        Step("03-03 12:05", "tom", Log(90, "MTU tried out"), "logged"),
        Step("03-03 12:10", "tom", Resolve("The MTU is 1380 now.", "MTU of the new gateway"), "resolved"),
        Step("03-04 09:00", "rita", Reopen("It drops again since this morning."), "reopened"),
        Step("03-04 09:30", "tom", Note("The profile was rolled back over night."), "noted"),
        Step("03-04 10:00", "tom", Log(20, "profile corrected"), "logged"),
        Step("03-04 10:10", "tom", Resolve("The profile keeps the MTU now.", "A nightly roll-back"), "resolved"),
        Step("03-05 08:30", "rita", Close(), "closed"),
    ),
    (
        Clock("first_response", "breached", 1, 240, 315, "started breached stopped"),
        Clock("update", "met", 2, 1200, 70, "started met restarted met"),
        Clock("resolution", "met", 1, 1800, 580, "started paused resumed met resumed met"),
        Clock("ola_l2", "met", 1, 1440, 580, "started paused resumed met resumed met"),
    ),
    110,
)
"""First answered too late, solved in time although it came back."""

REQUEST = Life(
    Kind.REQUEST,
    (
        Step(
            "03-02 10:00",
            "rita",
            Open("Please install a drawing program", "For the plans of our new hall."),
            "submitted",
        ),
        Step("03-02 10:30", "wes", Take(), "taken"),
        Step("03-02 10:40", "wes", Reply("Hello Rita, I ask whether it may be bought."), "replied"),
        Step("03-02 11:00", "wes", AskApproval("lea", "300 a year"), "approval_asked"),
        Step("03-03 11:00", "lea", Approve(), "approved"),
        Step("03-03 11:10", "wes", Tick(1, "Note program", "CAD Basic, plans of the hall", note=True), "step_ticked"),
        Step("03-03 11:20", "wes", Tick(5, "free licence", "LIC-0815"), "step_ticked"),
        Step("03-03 11:40", "wes", PlanVisit("2026-03-05 13:00", 90, "Hall 2"), "visit_planned"),
        Step("03-05 14:30", "wes", FinishVisit(), "visit_done"),
        Step("03-05 14:40", "wes", Log(75, "installed and shown"), "logged"),
        Step("03-05 14:50", "wes", Test(TestOutcome.PASSED, "opens a plan", "with Rita"), "tested"),
        Step("03-05 15:00", "wes", Resolve("It is installed and licensed.", "None"), "resolved"),
        Step("03-06 09:00", "rita", Reopen("It asks for a licence again."), "reopened"),
        Step("03-06 09:20", "wes", Note("The licence was tied to the old name of the computer."), "noted"),
        Step("03-06 09:40", "wes", Log(15, "licence moved"), "logged"),
        Step(
            "03-06 09:50", "wes", Resolve("The licence is tied to your account now.", "A renamed computer"), "resolved"
        ),
        Step("03-09 08:10", "rita", Close(), "closed"),
    ),
    (
        Clock("first_response", "met", 1, 600, 40, "started met"),
        Clock("resolution", "met", 1, 3000, 180, "started paused resumed paused resumed met resumed met"),
        Clock("ola_l2", "met", 1, 2400, 180, "started paused resumed paused resumed met resumed met"),
    ),
    90,
)
"""It waits for an approval and for a visit, and both do not count against the desk."""

LIVES = {"incident": INCIDENT, "request": REQUEST}
