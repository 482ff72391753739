"""`itdesk rules`: are they right, and what did they do to a ticket?"""

from collections.abc import Iterator

import click

from itdesk.cli import rulebook, ticket_json
from itdesk.cli.config import folder_to_check
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import say, say_json
from itdesk.cli.parameters import as_json, number
from itdesk.desk.queries.tickets import StoredDecision, decisions_in_force, find_ticket, view
from itdesk.domain.decisions import Source, Thing
from itdesk.domain.estimates import in_words
from itdesk.domain.text import safe
from itdesk.settings.errors import ConfigErrors


@click.group("rules")
def rules_command() -> None:
    """The rules that categorize, prioritize and route.

    \b
    Example:
      itdesk rules explain INC-1042
    """


@rules_command.command("check")
@as_json
@click.pass_context
def check_command(ctx: click.Context, as_json: bool) -> None:
    """List the errors of the settings, and what is doubtful in the rules.

    Doubtful are rules that can never be reached, keywords that two rules share, and categories without a team.
    The exit status is 1 for errors, 0 for doubts alone.

    \b
    Examples:
      itdesk rules check
      itdesk --config ./draft rules check
    """
    from itdesk.domain.rule_check import warnings

    folder = folder_to_check(ctx.obj)
    try:
        book = rulebook.load(folder)
    except ConfigErrors as faulty:
        found = [("error", str(error)) for error in faulty.errors]
    else:
        found = [("warning", f"{folder}/{warning.place}: warning: {warning.message}") for warning in warnings(book)]
    if as_json:
        say_json([{"severity": severity, "message": message} for severity, message in found])
    else:
        for _, message in found:
            say(message)
        if not found:
            say(f"The rules in {folder} are right, and nothing in them is doubtful.")
    ctx.exit(1 if any(severity == "error" for severity, _ in found) else 0)


@rules_command.command("explain")
@number
@as_json
@click.pass_obj
def explain_command(invocation: Invocation, number: str, as_json: bool) -> None:
    """Say why a ticket has its category, priority, team and level: the rule, its place, the words that matched.

    \b
    Examples:
      itdesk rules explain INC-1042
      itdesk rules explain INC-1042 --json
    """
    with invocation.session(rules=False) as session:
        ticket = view(session, find_ticket(session, number))
        decided = decisions_in_force(session, ticket.id)
    if as_json:
        say_json([ticket_json.decision(stored) for stored in decided])
        return
    say(f"{ticket.number}  {ticket.subject}")
    for stored in decided:
        for line in _lines(stored):
            say(line)


def _lines(stored: StoredDecision) -> Iterator[str]:
    decision = stored.decision
    yield ""
    value = in_words(dict(decision.figures)) if decision.figures else _value(decision.thing, decision.value)
    yield f"{decision.thing.capitalize():<9} {value}"
    place = f" ({decision.place})" if decision.place else ""
    reason = f": {decision.reason}" if decision.reason else ""
    yield f"  {_by(stored)}{place}{reason}"
    for evidence in decision.evidence:
        yield f"  because the {evidence.field} has “{evidence.text}”"
    for one in decision.candidates:
        yield f"  {safe(one.login):<14} {one.load}/{one.capacity}  {safe(one.in_words)}"
    for miss in decision.nearly:
        yield f"  nearly {_value(decision.thing, miss.value)} by rule {miss.rule} ({miss.place}): {miss.missing}"


def _by(stored: StoredDecision) -> str:
    decision = stored.decision
    match decision.source:
        case Source.RULE:
            fired = f", {stored.decided_at:%Y-%m-%d %H:%M} UTC" if decision.thing is Thing.ESCALATION else ""
            return f"by rule {decision.rule}, rulebook {stored.rulebook}{fired}"
        case Source.MATRIX:
            return f"by the matrix, rulebook {stored.rulebook}"
        case Source.ROUTE:
            return f"by a route, rulebook {stored.rulebook}"
        case Source.DEFAULT:
            return f"by default, rulebook {stored.rulebook}"
        case Source.PERSON:
            return f"by {stored.decided_by or 'a person'}, {stored.decided_at:%Y-%m-%d %H:%M} UTC"
        case Source.IMPORT:
            return "by the import"
        case Source.RANKING:
            return f"by the ranking of the team, rulebook {stored.rulebook}"
        case Source.HISTORY:
            return "by tickets like it"


def _value(thing: Thing, value: str) -> str:
    match thing:
        case Thing.PRIORITY if value.isdigit():
            return f"P{value}"
        case Thing.LEVEL:
            return f"L{value}"
        case Thing.ASSIGNEE:
            return value or "nobody"
        case _:
            return value or "none"
