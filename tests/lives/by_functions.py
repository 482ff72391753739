"""A life by the desk's functions."""

from datetime import datetime

from itdesk.desk import approvals, checklist, communication, intake, resolution, testing, triage, visits, worklog
from itdesk.desk.change import Change
from itdesk.desk.session import Desk, Session, sign_in
from itdesk.domain.ticket import Channel
from tests.lives import script
from tests.lives.script import BERLIN, Life, Step


def live(life: Life, desk: Desk) -> int:
    """Let it happen; the ticket's id."""
    ticket = 0
    for step in life.steps:
        change = _do(step, desk, ticket)
        ticket = ticket or change.tickets[0]
    return ticket


def _do(step: Step, desk: Desk, ticket: int) -> Change:
    session, targets = Session(desk, sign_in(desk, step.login), lambda: step.moment), [ticket]
    match step.deed:
        case script.Open(subject, body):
            return intake.submit(session, intake.NewTicket(subject, body))
        case script.Take():
            return triage.take(session, targets)
        case script.Reply(text):
            return communication.reply(session, targets, text, channel=Channel.TERMINAL)
        case script.Note(text):
            return communication.note(session, targets, text)
        case script.SetStatus(status, waiting):
            return resolution.change_status(session, targets, status, waiting_reason=waiting)
        case script.Tick(place, _, entered):
            return checklist.tick(session, targets, place, entered=entered)
        case script.AskApproval(login, reason):
            return approvals.ask(session, targets, approvals.Question([login]), reason)
        case script.Approve():
            return approvals.approve(session, targets)
        case script.PlanVisit(at, minutes, place):
            begins = datetime.fromisoformat(at).replace(tzinfo=BERLIN)
            return visits.plan_visit(session, targets, begins, minutes, place=place)
        case script.FinishVisit():
            return visits.finish_visit(session, targets)
        case script.Diagnose(cause, workaround):
            return resolution.diagnose(session, targets, root_cause=cause, workaround=workaround)
        case script.Test(outcome, what, how):
            return testing.record_test(session, targets, outcome, what, how)
        case script.Log(minutes, text):
            return worklog.log_time(session, targets, minutes, text)
        case script.Resolve(text, cause):
            return resolution.resolve(session, targets, text, root_cause=cause)
        case script.Reopen(reason):
            return resolution.reopen(session, targets, reason)
        case script.Close():
            return resolution.close(session, targets)
