"""A life by the command line alone."""

import json
from collections.abc import Sequence

from itdesk.domain.work_time import in_words
from tests.lives import script
from tests.lives.script import Deed, Life
from tests.support.clocked import Commands


def live(life: Life, commands: Commands, database: str) -> str:
    """Let it happen; the ticket's number."""
    number = ""
    for step in life.steps:
        commands.clock.set(step.moment)
        done = commands.run(*_words(step.deed, number), "--json", database=database, login=step.login)
        assert done.status == 0, (step, done)
        number = number or str(json.loads(done.output)["tickets"][0])
    return number


def _words(deed: Deed, number: str) -> Sequence[str]:
    match deed:
        case script.Open(subject, body):
            return "new", subject, "--body", body
        case script.Take():
            return "take", number
        case script.Reply(text):
            return "reply", number, text
        case script.Note(text):
            return "note", number, text
        case script.SetStatus(status, waiting):
            return "status", number, status.value, *(("--reason", waiting.value) if waiting else ())
        case script.Tick(place, _, entered, note):
            return "step", number, "tick", str(place), *(("--note" if note else "--value", entered) if entered else ())
        case script.AskApproval(login, reason):
            return "approve", number, "--ask", login, "--reason", reason
        case script.Approve():
            return "approve", number
        case script.PlanVisit(at, minutes, place):
            return "visit", number, "--at", at, "--for", f"{minutes}m", "--place", place
        case script.FinishVisit():
            return "visit", "done", number
        case script.Diagnose(cause, workaround):
            return "diagnose", number, "--cause", cause, "--workaround", workaround
        case script.Test(outcome, what, how):
            return "test", number, "--what", what, "--how", how, f"--{outcome}"
        case script.Log(minutes, text):
            return "log", number, in_words(minutes), "--note", text
        case script.Resolve(text, cause):
            return "resolve", number, "--resolution", text, "--root-cause", cause
        case script.Reopen(reason):
            return "reopen", number, "--reason", reason
        case script.Close():
            return "close", number
