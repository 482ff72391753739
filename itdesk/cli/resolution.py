"""`itdesk status`, `resolve`, `close`, `reopen` and `cancel`."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.parameters import Word, as_json, ids, numbers, read_text, reason
from itdesk.desk import resolution
from itdesk.domain.ticket import ClosureCode, Status, WaitingReason


@click.command("status")
@numbers
@click.argument("status", type=Word(Status))
@click.option("--reason", "waiting_reason", type=Word(WaitingReason), default=None, help="What `waiting` waits for.")
@click.option("--comment", metavar="TEXT", default="", help="More words about it; they go into the journal.")
@as_json
@click.pass_obj
def status_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    status: Status,
    waiting_reason: WaitingReason | None,
    comment: str,
    as_json: bool,
) -> None:
    """Move tickets to a status of work: new, assigned, in-progress, waiting, testing.

    \b
    Examples:
      itdesk status INC-1042 testing
      itdesk status INC-1042 INC-1050 waiting --reason vendor
    """
    if status is Status.WAITING and waiting_reason is None:
        reasons = ", ".join(WaitingReason)
        raise click.UsageError(f"Say what it waits for with --reason: {reasons}.")
    with invocation.session(skip_refused=skip_refused) as session:
        change = resolution.change_status(
            session, ids(session, numbers), status, waiting_reason=waiting_reason, reason=comment
        )
        tell(session, change, as_json)


@click.command("resolve")
@numbers
@click.option(
    "--resolution", "solved_by", metavar="TEXT", required=True, help="What solved it; - reads standard input."
)
@click.option("--root-cause", metavar="TEXT", default="", help="Why it happened.")
@click.option("--without-steps", metavar="REASON", default=None, help="Why required steps of its checklist stay open.")
@click.option("--without-test", metavar="REASON", default=None, help="Why it goes without the test that it needs.")
@click.option("--workaround", is_flag=True, default=False, help="It works again, but the cause is still there.")
@reason("Why a parent is resolved before its children.")
@as_json
@click.pass_obj
def resolve_command(
    invocation: Invocation,
    numbers: tuple[str, ...],
    skip_refused: bool,
    solved_by: str,
    root_cause: str,
    without_steps: str | None,
    without_test: str | None,
    workaround: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Say what solved tickets; they then wait for their requesters' confirmation.

    Their duplicates are resolved with the same words; what waited for its cause goes on. A parent waits for its
    children, unless you say why not with --reason.

    \b
    Example:
      itdesk resolve INC-1042 --resolution "Renewed the certificate." --root-cause "It had expired."

    Required steps that are open, or a test that is needed and has not passed, keep it from being resolved, unless
    --without-steps or --without-test says why.
    """
    with invocation.session(skip_refused=skip_refused) as session:
        targets = ids(session, numbers)
        change = resolution.resolve(
            session,
            targets,
            read_text(solved_by),
            root_cause=root_cause,
            code=ClosureCode.WORKAROUND if workaround else ClosureCode.SOLVED,
            reason=reason,
            without_steps=without_steps,
            without_test=without_test,
        )
        tell(session, change, as_json)


@click.command("close")
@numbers
@reason("Why, if there is more to say than that it is solved.")
@as_json
@click.pass_obj
def close_command(
    invocation: Invocation, numbers: tuple[str, ...], skip_refused: bool, reason: str, as_json: bool
) -> None:
    """Close resolved tickets.

    \b
    Example:
      itdesk close INC-1042 INC-1050
    """
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, resolution.close(session, ids(session, numbers), reason), as_json)


@click.command("reopen")
@numbers
@reason("What is still wrong.", required=True)
@as_json
@click.pass_obj
def reopen_command(
    invocation: Invocation, numbers: tuple[str, ...], skip_refused: bool, reason: str, as_json: bool
) -> None:
    """Bring back tickets that were resolved, closed or cancelled.

    \b
    Example:
      itdesk reopen INC-1042 --reason "It drops again since noon."
    """
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, resolution.reopen(session, ids(session, numbers), reason), as_json)


@click.command("cancel")
@numbers
@reason("Why it needs no more work.", required=True)
@as_json
@click.pass_obj
def cancel_command(
    invocation: Invocation, numbers: tuple[str, ...], skip_refused: bool, reason: str, as_json: bool
) -> None:
    """End tickets that need no more work: wanted no longer, sent by mistake.

    \b
    Example:
      itdesk cancel REQ-1043 --reason "Ordered twice."
    """
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, resolution.cancel(session, ids(session, numbers), reason), as_json)
