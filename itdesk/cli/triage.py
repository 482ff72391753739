"""`itdesk take`, `assign`, `categorize`, `prioritize`, `escalate` and `tag`."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.parameters import LEVEL, PRIORITY, as_json, ids, no_options_of_ours, numbers, reason
from itdesk.desk import triage

_NOBODY = {"nobody", "none", "-"}


@click.command("take")
@click.argument("numbers", metavar="[NUMBER...]", nargs=-1)
@click.option("--next", "take_next", is_flag=True, default=False, help="The next one that fits you, in the fair order.")
@click.option(
    "--skip-refused", is_flag=True, default=False, help="Leave out tickets that refuse, instead of changing none."
)
@as_json
@click.pass_obj
def take_command(
    invocation: Invocation, numbers: tuple[str, ...], take_next: bool, skip_refused: bool, as_json: bool
) -> None:
    """Make tickets yours and begin work on them.

    With --next it is the first in the fair order that nobody has, in your teams, at your support level and in your
    skills; the exit status is 1 where nothing waits for you.

    \b
    Examples:
      itdesk take INC-1042 REQ-1043
      itdesk take --next
    """
    if take_next is bool(numbers):
        raise click.UsageError("Missing argument: name tickets, or say --next; not both.")
    with invocation.session(skip_refused=skip_refused) as session:
        change = triage.take_next(session) if take_next else triage.take(session, ids(session, numbers))
        tell(session, change, as_json)


@click.command("assign")
@numbers
@click.option("--to", "who", metavar="WHO", default=None, help="A login or name; `nobody` gives tickets back.")
@click.option("--team", metavar="TEAM", default=None, help="Hand them to this team as well.")
@reason("Why; it goes into the journal.")
@as_json
@click.pass_obj
def assign_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    who: str | None,
    team: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """Give tickets to somebody, to nobody, or to another team.

    \b
    Examples:
      itdesk assign INC-1042 --to anna
      itdesk assign INC-1042 INC-1050 --to nobody --team network
    """
    if who is None and team is None:
        raise click.UsageError("Say to whom: --to WHO, --to nobody, or --team TEAM.")
    person = None if who is None or who.lower() in _NOBODY else who
    with invocation.session(skip_refused=skip_refused) as session:
        change = triage.assign(session, ids(session, numbers), person, team=team, reason=reason)
        tell(session, change, as_json)


@click.command("categorize")
@numbers
@click.argument("category", metavar="CATEGORY")
@reason("Why; it is kept with the decision.")
@as_json
@click.pass_obj
def categorize_command(
    invocation: Invocation, numbers: tuple[str, ...], skip_refused: bool, category: str, reason: str, as_json: bool
) -> None:
    """Give tickets a category. New ones that nobody has are routed anew.

    \b
    Example:
      itdesk categorize INC-1042 INC-1043 network.vpn
    """
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, triage.categorize(session, ids(session, numbers), category, reason), as_json)


@click.command("prioritize")
@numbers
@click.option("--impact", metavar="LEVEL", default=None, help="The matrix then gives the priority.")
@click.option("--urgency", metavar="LEVEL", default=None, help="The matrix then gives the priority.")
@click.option("--priority", type=PRIORITY, default=None, help="Overrides the matrix; needs --reason.")
@reason("Why; it is kept with the decision.")
@as_json
@click.pass_obj
def prioritize_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    impact: str | None,
    urgency: str | None,
    priority: int | None,
    reason: str,
    as_json: bool,
) -> None:
    """Set impact and urgency, from which the matrix gives the priority; or override the priority.

    \b
    Examples:
      itdesk prioritize INC-1042 --impact team --urgency high
      itdesk prioritize INC-1042 --priority P1 --reason "payday is tomorrow"
    """
    if impact is None and urgency is None and priority is None:
        raise click.UsageError("Say what to set: --impact, --urgency or --priority.")
    with invocation.session(skip_refused=skip_refused) as session:
        change = triage.prioritize(
            session, ids(session, numbers), impact=impact, urgency=urgency, priority=priority, reason=reason
        )
        tell(session, change, as_json)


@click.command("escalate")
@numbers
@click.option("--team", metavar="TEAM", default=None, help="To this team.")
@click.option("--level", type=LEVEL, default=None, help="To this support level.")
@click.option("--to-management", is_flag=True, default=False, help="They stay; team lead and supervisors are told.")
@reason("What was tried, what is needed.", required=True)
@as_json
@click.pass_obj
def escalate_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    team: str | None,
    level: int | None,
    to_management: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Hand tickets over to another team or support level, where they wait to be taken; or let management know.

    \b
    Examples:
      itdesk escalate INC-1042 --team network --level L2 --reason "gateway logs show resets"
      itdesk escalate INC-1042 --to-management --reason "the customer wants to leave"
    """
    if (team is None and level is None) != to_management:
        raise click.UsageError("Say where to: --team, --level or both; or --to-management.")
    with invocation.session(skip_refused=skip_refused) as session:
        if to_management:
            from itdesk.desk.escalation import escalate_to_management

            tell(session, escalate_to_management(session, ids(session, numbers), reason), as_json)
            return
        change = triage.escalate(session, ids(session, numbers), team=team, level=level, reason=reason)
        tell(session, change, as_json)


@click.command("tag", context_settings={"ignore_unknown_options": True})
@click.argument("words", metavar="NUMBER... +TAG|-TAG...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--add", metavar="TAG", multiple=True, default=(), help="The same as +TAG.")
@click.option("--remove", metavar="TAG", multiple=True, default=(), help="The same as -TAG.")
@click.option("--skip-refused", is_flag=True, default=False, help="Leave out tickets that refuse.")
@as_json
@click.pass_obj
def tag_command(
    invocation: Invocation,
    words: tuple[str, ...],
    add: tuple[str, ...],
    remove: tuple[str, ...],
    skip_refused: bool,
    as_json: bool,
) -> None:
    """Add and remove tags.

    \b
    Example:
      itdesk tag INC-1042 INC-1050 +audit -on-site
    """
    no_options_of_ours(words)
    numbers = [word for word in words if word[0] not in "+-"]
    adding = [*add, *(word[1:] for word in words if word.startswith("+"))]
    removing = [*remove, *(word[1:] for word in words if word.startswith("-"))]
    if not numbers or not adding + removing:
        raise click.UsageError("Name tickets and tags: itdesk tag INC-1042 +audit -on-site.")
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, triage.tag(session, ids(session, numbers), add=adding, remove=removing), as_json)
