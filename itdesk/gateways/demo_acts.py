"""What people do at the demo desk, as data, and how each is done through the desk's own actions."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from itdesk.desk import (
    approvals,
    attachments,
    checklist,
    communication,
    links,
    merging,
    resolution,
    testing,
    triage,
    watchers,
    worklog,
)
from itdesk.desk.change import Change
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries.procedures import progress
from itdesk.desk.session import Session
from itdesk.domain.procedures import TestOutcome
from itdesk.domain.ticket import Channel, LinkType, Status, WaitingReason


@dataclass(frozen=True, slots=True)
class Submit:
    """Open the ticket."""

    new: NewTicket


@dataclass(frozen=True, slots=True)
class Categorize:
    """Correct the category."""

    category: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prioritize:
    """Correct impact and urgency."""

    impact: str
    urgency: str
    reason: str


@dataclass(frozen=True, slots=True)
class Take:
    """Make the ticket one's own."""


@dataclass(frozen=True, slots=True)
class Assign:
    """Give the ticket to somebody."""

    login: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Write to the requester, or as the requester to the desk."""

    text: str
    channel: Channel = Channel.TERMINAL


@dataclass(frozen=True, slots=True)
class Note:
    """Write a work note."""

    text: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Move the ticket to another status of work."""

    status: Status
    waiting_reason: WaitingReason | None = None


@dataclass(frozen=True, slots=True)
class Escalate:
    """Hand the ticket to a higher level."""

    level: int
    reason: str


@dataclass(frozen=True, slots=True)
class DeclareMajor:
    """Declare a major incident."""

    reason: str


@dataclass(frozen=True, slots=True)
class Link:
    """Link the ticket to another one of the plan."""

    type: LinkType
    other: int


@dataclass(frozen=True, slots=True)
class Merge:
    """Merge the ticket into another one of the plan."""

    other: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Tick the step that has these words in it; a desk without such a step is left as it is."""

    words: str
    entered: str = ""


@dataclass(frozen=True, slots=True)
class AskApproval:
    """Ask somebody whether it may go on."""

    login: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordTest:
    """Record a test."""

    outcome: TestOutcome
    what: str


@dataclass(frozen=True, slots=True)
class LogTime:
    """Log working time."""

    minutes: int
    note: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Let somebody watch the ticket."""

    login: str


@dataclass(frozen=True, slots=True)
class Attach:
    """Attach a file with this text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Resolve:
    """Say what solved it."""

    resolution: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """End the resolved ticket."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Bring the resolved ticket back."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the ticket without work."""

    reason: str


Act = (
    Submit
    | Categorize
    | Prioritize
    | Take
    | Assign
    | Reply
    | Note
    | SetStatus
    | Escalate
    | DeclareMajor
    | Link
    | Merge
    | Tick
    | AskApproval
    | RecordTest
    | LogTime
    | Watch
    | Attach
    | Resolve
    | Close
    | Reopen
    | Cancel
)


def perform(session: Session, act: Act, ticket: int, ticket_of: Callable[[int], int]) -> Change:
    """Do it through the desk. `ticket` is the ticket's id (of no meaning for Submit); `ticket_of` gives the id of
    another ticket of the plan. Raises DeskError where the desk refuses.
    """
    match act:
        case Submit(new):
            return submit(session, new)
        case Categorize(category, reason):
            return triage.categorize(session, [ticket], category, reason)
        case Prioritize(impact, urgency, reason):
            return triage.prioritize(session, [ticket], impact=impact, urgency=urgency, reason=reason)
        case Take():
            return triage.take(session, [ticket])
        case Assign(login):
            return triage.assign(session, [ticket], login)
        case Reply(text, channel):
            return communication.reply(session, [ticket], text, channel=channel)
        case Note(text):
            return communication.note(session, [ticket], text)
        case SetStatus(status, waiting_reason):
            return resolution.change_status(session, [ticket], status, waiting_reason=waiting_reason)
        case Escalate(level, reason):
            return triage.escalate(session, [ticket], level=level, reason=reason)
        case DeclareMajor(reason):
            return triage.declare_major(session, [ticket], reason)
        case Link(link_type, other):
            return links.link(session, [ticket], link_type, ticket_of(other))
        case Merge(other):
            return merging.merge(session, [ticket], ticket_of(other))
        case Tick(words, entered):
            places = (step.place for step in progress(session, ticket).steps if words in step.text)
            place = next(places, None)
            if place is None:
                return Change("There is no such step.", undoable=False)
            return checklist.tick(session, [ticket], place, entered=entered)
        case AskApproval(login, reason):
            return approvals.ask(session, [ticket], approvals.Question([login]), reason)
        case RecordTest(outcome, what):
            return testing.record_test(session, [ticket], outcome, what)
        case LogTime(minutes, note):
            return worklog.log_time(session, [ticket], minutes, note)
        case Watch(login):
            return watchers.watch(session, [ticket], login)
        case Attach(name, text):
            file = attachments.keep(session, BytesIO(text.encode()), name)
            return attachments.attach(session, [ticket], [file])
        case Resolve(text, cause):
            for step in progress(session, ticket).steps:
                if step.required and step.done_at is None:
                    entered = "as the SOP says" if step.asks else ""
                    checklist.tick(session, [ticket], step.place, entered=entered)
            return resolution.resolve(session, [ticket], text, root_cause=cause)
        case Close(reason):
            return resolution.close(session, [ticket], reason)
        case Reopen(reason):
            return resolution.reopen(session, [ticket], reason)
        case Cancel(reason):
            return resolution.cancel(session, [ticket], reason)
