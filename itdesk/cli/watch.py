"""`itdesk watch`: the desk at a glance, live, reads only."""

import click

from itdesk.cli.invocation import Invocation
from itdesk.cli.screens import prepare_look, require_terminal
from itdesk.settings.locations import crash_log


@click.command("watch")
@click.option("--team", metavar="NAME", default=None, help="Only this team's tickets.")
@click.pass_context
def watch_command(ctx: click.Context, team: str | None) -> None:
    """Show the desk at a glance, live, from 30x8 to full screen. It only reads; q quits.

    \b
    Examples:
      itdesk watch
      itdesk watch --team network
      tmux split-window -h -l 40 'itdesk watch'
    """
    require_terminal()
    invocation: Invocation = ctx.obj
    with invocation.session(rules=False) as session:
        look, _ = prepare_look(session.actor.login, invocation.theme, ascii_only=invocation.ascii_only)
        from itdesk.ui.watch import run

        status = run(session, look, team=team, log=crash_log(), mouse=invocation.mouse)
    ctx.exit(status)
