"""A life by keyboard alone: everybody who takes part sits at a real terminal of 80x24."""

import re
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from itdesk.domain.procedures import TestOutcome
from itdesk.domain.work_time import in_words
from tests.lives import script
from tests.lives.script import Deed, Life
from tests.support.clocked import CHECKOUT, ClockFile
from tests.support.terminal import COLUMNS, Terminal


def live(life: Life, clock: ClockFile, database: str) -> str:
    """Let it happen; the ticket's number."""
    number = before = ""
    with ExitStack() as stack:
        people: dict[str, Terminal] = {}
        for step in life.steps:
            clock.set(step.moment)
            terminal = people.get(step.login)
            if terminal is None:
                command = clock.command("--database", database, "--as", step.login)
                terminal = people[step.login] = stack.enter_context(Terminal(command, cwd=CHECKOUT))
                terminal.wait_for("active tickets")
                _show_all(terminal)
            if not number:
                number = _submit(terminal, step.deed)
                continue
            if step.login != before:
                _open(terminal, number)
            _do(terminal, step.deed)
            before = step.login
        for terminal in people.values():
            terminal.press("q", "q")
            assert terminal.wait_exit() == 0
            terminal.restored()
    return number


def _show_all(terminal: Terminal) -> None:
    terminal.press("/", "ctrl+u")
    terminal.type("status:all")
    terminal.wait_for("all tickets")
    terminal.press("enter")


def _submit(terminal: Terminal, deed: Deed) -> str:
    assert isinstance(deed, script.Open)
    terminal.press("n")
    terminal.wait_for("New ticket")
    terminal.press("tab", "tab")
    terminal.type(deed.subject)
    terminal.press("enter")
    terminal.type(deed.body)
    terminal.press("esc", "s")
    terminal.wait_for("Opened ")
    found = re.search(r"Opened ([A-Z]+-\d+)", terminal.text)
    assert found is not None
    return found[1]


def _open(terminal: Terminal, number: str) -> None:
    """The ticket as it is now, whatever others did to it meanwhile."""
    if terminal.screen[0].startswith(f" ‹ {number}"):
        terminal.press("q")
        terminal.wait_for("fair order")
    terminal.press("ctrl+r")
    terminal.wait_for(number)
    terminal.press("enter")
    terminal.wait_for(lambda shown: shown.screen[0].startswith(f" ‹ {number}"))


def _do(terminal: Terminal, deed: Deed) -> None:
    match deed:
        case script.Open():
            raise AssertionError("a ticket is opened once")
        case script.Take():
            terminal.press("t")
            terminal.wait_for("Took ")
        case script.Reply(text):
            _write(terminal, "r", "REPLY to", text, "Replied on")
        case script.Note(text):
            _write(terminal, "c", "WORK NOTE", text, "Noted on")
        case script.SetStatus(status, waiting):
            words = f"waiting: {waiting}" if waiting else status.title
            _choose(terminal, "s", "Status of", words)
            terminal.wait_for(f"is now {status.title}")
        case script.Tick(place, words, entered, note):
            _choose(terminal, "S", "Checklist of", words)
            if entered:
                terminal.wait_for(f"Step {place} of")
                terminal.type(entered)
                terminal.press(*(("esc", "s") if note else ("enter",)))
            _until(terminal, f"Ticked step {place}", f"ticked step {place}")
        case script.AskApproval(login, reason):
            _fill(terminal, "A", "Ask for approval", (login, None, None, None, None, reason))
            terminal.wait_for("waits for the approval")
        case script.Approve():
            _choose(terminal, "A", "Approval of", "approve")
            _until(terminal, "Approved ", "approved it")
        case script.PlanVisit(at, minutes, place):
            _fill(terminal, "V", "Visit for", (at, f"{minutes}m", None, place, None))
            terminal.wait_for("waiting: appointment")
        case script.FinishVisit():
            _walk_to(terminal, "Visits")
            _choose(terminal, "enter", "It took place", "took place")
            terminal.wait_for("is done")
        case script.Diagnose(cause, workaround):
            terminal.press("d")
            terminal.wait_for("Diagnosis of")
            terminal.type(cause)
            terminal.press("tab")
            terminal.type(workaround)
            terminal.press("esc", "s")
            terminal.wait_for("Noted the diagnosis")
        case script.Test(outcome, what, how):
            _choose(terminal, "T", "Test of", "failed" if outcome is TestOutcome.FAILED else "passed")
            terminal.wait_for(f"Test {outcome} on")
            _fields(terminal, (what, how))
            terminal.wait_for(f"Recorded a {outcome} test")
        case script.Log(minutes, text):
            _fill(terminal, "L", "Log time on", (in_words(minutes), text, None))
            terminal.wait_for(f"Logged {in_words(minutes)}")
        case script.Resolve(text, cause):
            terminal.press("x")
            terminal.wait_for("Root cause")
            terminal.type(text)
            terminal.press("tab")
            terminal.type(cause)
            terminal.press("enter")
            terminal.wait_for("Resolved ")
        case script.Reopen(reason):
            _fill(terminal, "X", "Reason", (reason,))
            _until(terminal, "Reopened ", "reopened it")
        case script.Close():
            _choose(terminal, "s", "Status of", "closed")
            terminal.wait_for("Closed ")


def _write(terminal: Terminal, key: str, label: str, text: str, said: str) -> None:
    terminal.press(key)
    terminal.wait_for(label)
    terminal.type(text)
    terminal.press("esc", "s")
    terminal.wait_for(lambda shown: said in shown.text or (label not in shown.text and text[:30] in shown.text))


def _until(terminal: Terminal, *words: str) -> None:
    """Wait for one of these: the status bar's sentence, in whose place a notice may stand by now, or the timeline's."""
    terminal.wait_for(lambda shown: any(one in shown.text for one in words))


def _choose(terminal: Terminal, key: str, title: str, words: str) -> None:
    terminal.press(key)
    terminal.wait_for(title)
    terminal.type(words)
    terminal.press("enter")
    terminal.wait_gone("Type to narrow it down")


def _fill(terminal: Terminal, key: str, title: str, values: Sequence[str | None]) -> None:
    terminal.press(key)
    terminal.wait_for(title)
    _fields(terminal, values)


def _fields(terminal: Terminal, values: Sequence[str | None]) -> None:
    """Fill in one field after the other; None leaves what stands in it."""
    for value in values:
        if value is not None:
            terminal.press("ctrl+a", "ctrl+k")
            terminal.type(value)
        terminal.press("enter")


def _walk_to(terminal: Terminal, section: str) -> None:
    """Walk from section to section of the ticket, until it is that one."""
    while not (now := _section(terminal)).startswith(section):
        terminal.press("tab")
        terminal.wait_for(partial(_left, now))


def _section(terminal: Terminal) -> str:
    """The section of the ticket that is underlined; empty while the screen is being drawn."""
    tabs = next((row for row, text in enumerate(terminal.screen) if text.startswith(" Timeline ")), None)
    if tabs is None:
        return ""
    cells = [terminal.cell(tabs, column) for column in range(COLUMNS)]
    return "".join(cell.text for cell in cells if cell.underscore)


def _left(section: str, terminal: Terminal) -> bool:
    return _section(terminal) not in ("", section)
