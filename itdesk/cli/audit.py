"""`itdesk audit`: is the journal whole?"""

import sys
from dataclasses import asdict

import click

from itdesk.cli.errors import sentence_of
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import complain, say, say_json
from itdesk.cli.parameters import as_json
from itdesk.desk.compliance import Verification, verify_journal

_INTACT, _BROKEN, _CANNOT_TELL = 0, 1, 2
_BREAKS_SHOWN = 20


@click.group("audit")
def audit_command() -> None:
    """The journal: the record of everything that happened.

    \b
    Example:
      itdesk audit verify
    """


@audit_command.command("verify")
@as_json
@click.pass_context
def verify_command(ctx: click.Context, as_json: bool) -> None:
    """Read the whole journal and check that nothing in it was changed, removed or put in.

    The exit status is 0 for an intact journal, 1 for a broken one, 2 if that cannot be told. A journal whose end was
    cut off looks intact; keep the last entry's hash elsewhere and compare it.

    \b
    Examples:
      itdesk audit verify
      itdesk audit verify --json | jq -r .head
    """
    try:
        verification = _verify(ctx.obj)
    except (click.Abort, KeyboardInterrupt):
        raise
    except Exception as error:
        told = error.format_message() if isinstance(error, click.ClickException) else sentence_of(error)
        complain(f"Whether the journal is intact cannot be told: {told}")
        ctx.exit(_CANNOT_TELL)
    if as_json:
        say_json(asdict(verification) | {"intact": verification.intact})
    else:
        _print(verification)
    ctx.exit(_INTACT if verification.intact else _BROKEN)


def _verify(invocation: Invocation) -> Verification:
    def progress(entries: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{entries:,} entries", nl=False, err=True)

    with invocation.session(rules=False) as session:
        verification = verify_journal(session, progress)
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    return verification


def _print(verification: Verification) -> None:
    for found in verification.breaks[:_BREAKS_SHOWN]:
        say(found.message)
    more = len(verification.breaks) - _BREAKS_SHOWN
    if more > 0:
        say(f"And {more:,} more.")
    erased = f", {verification.erased:,} with their text erased" if verification.erased else ""
    verdict = "is intact" if verification.intact else f"is broken in {len(verification.breaks):,} places"
    say(f"The journal {verdict}: {verification.entries:,} entries{erased}.")
    say(f"Its last hash is {verification.head}.")
