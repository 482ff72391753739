"""`itdesk step`, `approve`, `reject`, `diagnose` and `test`."""

from datetime import timedelta

import click

from itdesk.cli import ticket_json
from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import say, say_json
from itdesk.cli.parameters import Word, as_json, ids, numbers, read_text, reason
from itdesk.cli.ticket_page import step_lines
from itdesk.cli.times import understood
from itdesk.desk import approvals, checklist, resolution, testing
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.queries.procedures import progress
from itdesk.desk.queries.tickets import find_ticket
from itdesk.domain.approvals import Need
from itdesk.domain.people import READERS
from itdesk.domain.procedures import Rejected, TestOutcome
from itdesk.domain.schedule_words import parse_length
from itdesk.domain.ticket import Channel, parse_number

_DEEDS = ("list", "tick", "untick", "add", "apply")


@click.command("step")
@click.argument("words", metavar="NUMBER... [list|tick N|untick N|add TEXT|apply SOP]", nargs=-1, required=True)
@click.option("--value", metavar="TEXT", default=None, help="With tick: the value that the step asks for.")
@click.option("--note", metavar="TEXT", default=None, help="With tick: a note about it; - reads standard input.")
@click.option("--required", is_flag=True, default=False, help="With add: the ticket is not resolved before it is done.")
@click.option("--skip-refused", is_flag=True, default=False, help="Leave out tickets that refuse.")
@as_json
@click.pass_obj
def step_command(
    invocation: Invocation,
    words: tuple[str, ...],
    value: str | None,
    note: str | None,
    required: bool,
    skip_refused: bool,
    as_json: bool,
) -> None:
    """The checklist of tickets: list it, tick and untick steps, add one of your own, apply another SOP.

    N is the step's number as `list` shows it. --json prints the list as data.

    \b
    Examples:
      itdesk step INC-1042
      itdesk step INC-1042 tick 3 --value LT-0815
      itdesk step INC-1042 add "Call the supplier" --required
      itdesk step INC-1042 INC-1043 apply outage
    """
    at = next((index for index, word in enumerate(words) if word in _DEEDS), len(words))
    named, deed, rest = words[:at], words[at] if at < len(words) else "list", words[at + 1 :]
    if not named:
        raise click.UsageError("Name a ticket first: itdesk step INC-1042 tick 3.")
    if value is not None and note is not None:
        raise click.UsageError("A step takes a --value or a --note.")
    if (value is not None or note is not None) and deed != "tick":
        raise click.UsageError("--value and --note go with tick.")
    if required and deed != "add":
        raise click.UsageError("--required goes with add.")
    if deed == "list":
        _list(invocation, named, rest, as_json)
        return
    if not rest:
        raise click.UsageError(f"Say what: itdesk step {named[0]} {deed} {'N' if deed.endswith('tick') else '…'}.")
    place = _place(rest) if deed in ("tick", "untick") else 0
    with invocation.session(skip_refused=skip_refused) as session:
        targets = ids(session, named)
        match deed:
            case "tick":
                change = checklist.tick(session, targets, place, entered=value or read_text(note or ""))
            case "untick":
                change = checklist.untick(session, targets, place)
            case "add":
                change = checklist.add_step(session, targets, " ".join(rest), required=required)
            case _:
                change = checklist.apply_sop(session, targets, " ".join(rest))
        tell(session, change, as_json)


def _place(rest: tuple[str, ...]) -> int:
    if len(rest) != 1 or not rest[0].isdecimal():
        raise click.UsageError(f"{' '.join(rest)!r} is no step's number; `itdesk step NUMBER` lists them.")
    return int(rest[0])


def _list(invocation: Invocation, named: tuple[str, ...], rest: tuple[str, ...], as_json: bool) -> None:
    stranger = next((word for word in named[1:] if parse_number(word) is None), None)
    if stranger is not None:
        raise click.UsageError(f"{stranger!r} is none of: {', '.join(_DEEDS)}.")
    if rest or len(named) > 1:
        raise click.UsageError("One ticket's checklist is listed at a time: itdesk step INC-1042.")
    with invocation.session(rules=False) as session:
        ticket = find_ticket(session, named[0])
        session.require(READERS, "see checklists")
        found = progress(session, ticket)
        if as_json:
            say_json(ticket_json.checklist(found))
            return
        for line in step_lines(found.steps, desk_zone(session)) or ["It has no checklist."]:
            say(line)


@click.command("approve")
@numbers
@reason("Why; with --ask what it is about.")
@click.option("--ask", "asked", metavar="WHO", multiple=True, help="Ask a login, team_lead, supervisor; repeatable.")
@click.option("--need", type=Word(Need), default=Need.ALL, help="With --ask: how many of them must approve.")
@click.option("--substitute", metavar="WHO", multiple=True, help="With --ask: who decides after the deadline.")
@click.option("--deadline", metavar="SPAN", default=None, help="With --ask: such as 2d, 4h.")
@click.option("--rejected", type=Word(Rejected), default=Rejected.CANCEL, help="With --ask: what a rejection does.")
@click.option("--withdraw", is_flag=True, default=False, help="Ask no longer; needs --reason.")
@as_json
@click.pass_obj
def approve_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    reason: str,
    asked: tuple[str, ...],
    need: Need,
    substitute: tuple[str, ...],
    deadline: str | None,
    rejected: Rejected,
    withdraw: bool,
    as_json: bool,
) -> None:
    """Approve tickets about which you were asked; or ask others with --ask.

    `itdesk list approver:me` lists what waits for you. Nobody approves his own request.

    \b
    Examples:
      itdesk approve REQ-1043 --reason "Within the budget."
      itdesk approve REQ-1043 --ask team_lead --ask anna --substitute supervisor --deadline 2d
      itdesk approve REQ-1043 --withdraw --reason "Bought already."
    """
    if asked and withdraw:
        raise click.UsageError("Either --ask or --withdraw.")
    if deadline is not None and not substitute:
        raise click.UsageError("A --deadline needs a --substitute, who decides after it.")
    with invocation.session(skip_refused=skip_refused) as session:
        targets = ids(session, numbers)
        if asked:
            within = timedelta(minutes=understood(parse_length, deadline)) if deadline is not None else None
            question = approvals.Question(asked, need, substitute, within, rejected)
            change = approvals.ask(session, targets, question, reason)
        elif withdraw:
            change = approvals.withdraw(session, targets, reason)
        else:
            change = approvals.approve(session, targets, reason)
        tell(session, change, as_json)


@click.command("reject")
@numbers
@reason("Why; the requester will ask.", required=True)
@as_json
@click.pass_obj
def reject_command(
    invocation: Invocation, numbers: tuple[str, ...], skip_refused: bool, reason: str, as_json: bool
) -> None:
    """Reject tickets about which you were asked: they are cancelled, or go back, as the policy says.

    \b
    Example:
      itdesk reject REQ-1043 --reason "There is one in stock."
    """
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, approvals.reject(session, ids(session, numbers), reason), as_json)


@click.command("diagnose")
@numbers
@click.option("--cause", metavar="TEXT", default=None, help="Why it happened; an empty text clears it.")
@click.option("--workaround", metavar="TEXT", default=None, help="How to work until it is solved.")
@as_json
@click.pass_obj
def diagnose_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    cause: str | None,
    workaround: str | None,
    as_json: bool,
) -> None:
    """Note what was found: the root cause, a workaround.

    \b
    Example:
      itdesk diagnose INC-1042 --cause "MTU of the new gateway" --workaround "Use the web portal."
    """
    if cause is None and workaround is None:
        raise click.UsageError("Say what was found: --cause, --workaround or both.")
    with invocation.session(skip_refused=skip_refused) as session:
        change = resolution.diagnose(session, ids(session, numbers), root_cause=cause, workaround=workaround)
        tell(session, change, as_json)


@click.command("test")
@numbers
@click.option("--what", metavar="TEXT", default=None, help="What was tested.")
@click.option("--how", metavar="TEXT", default="", help="How.")
@click.option("--passed", is_flag=True, default=False, help="It passed.")
@click.option("--failed", is_flag=True, default=False, help="It failed: a ticket in testing is in progress again.")
@click.option("--ask", metavar="TEXT", default=None, help="Ask the requester to test, by this reply; - reads stdin.")
@as_json
@click.pass_obj
def test_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    what: str | None,
    how: str,
    passed: bool,
    failed: bool,
    ask: str | None,
    as_json: bool,
) -> None:
    """Record a test, or ask the requester to test. A requester answers by it about his own tickets.

    \b
    Examples:
      itdesk test INC-1042 --what "an hour of VPN" --how "with the ledger open" --passed
      itdesk test INC-1042 --ask "Please connect again. Does it hold?"
    """
    if (ask is None) is (what is None):
        raise click.UsageError("Say what was tested with --what, or ask the requester with --ask.")
    if ask is None and passed is failed:
        raise click.UsageError("Say how it ended: --passed or --failed.")
    with invocation.session(skip_refused=skip_refused) as session:
        targets = ids(session, numbers)
        if ask is not None:
            change = testing.ask_to_test(session, targets, read_text(ask), channel=Channel.CLI)
        else:
            outcome = TestOutcome.PASSED if passed else TestOutcome.FAILED
            change = testing.record_test(session, targets, outcome, what or "", how)
        tell(session, change, as_json)
