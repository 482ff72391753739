"""Opens the screens."""

import os
import sys
from collections.abc import Sequence

import click

from itdesk.cli.invocation import Invocation
from itdesk.desk.session import Session
from itdesk.settings.locations import crash_log, shipped_themes, user_config_dir
from itdesk.settings.themes import load_themes

_FIRST_THEME = "itdesk-dark"


def open_screens(ctx: click.Context) -> None:
    """The screens on the desk of the invocation, as the caller; ends the command with their exit status."""
    require_terminal()
    invocation: Invocation = ctx.obj
    notices: list[str] = []
    with invocation.session(rules=True, on_warning=notices.append) as session:
        status = run_screens(session, notices, mouse=invocation.mouse, editor=_editor(invocation))
    ctx.exit(status)


def require_terminal() -> None:
    """Raise ClickException where the screens cannot be shown."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.ClickException("The screens need a terminal. Without one, use the commands: `itdesk list`, …")


def run_screens(session: Session, notices: Sequence[str], *, mouse: bool, editor: str | None = None) -> int:
    """Show the screens until the person leaves; `notices` stand above them. Their exit status.

    `editor` may be started for long texts; None where no other program may be.
    """
    # Textual would import or write whatever these name; whoever comes by a forced command could set them.
    for name in [name for name in os.environ if name.startswith("TEXTUAL_")]:
        del os.environ[name]
    from itdesk.ui.app import Look, run
    from itdesk.ui.theme import desk_theme, mono_theme

    if os.environ.get("NO_COLOR"):
        look = Look([mono_theme()], "mono", locked=True)
    else:
        os.environ.pop("NO_COLOR", None)  # empty means unset (no-color.org); Textual takes it for set
        folders = (shipped_themes(), user_config_dir() / "themes")
        themes = [desk_theme(one.name, one.colours, dark=one.dark) for one in load_themes(folders)]
        look = Look(themes, _FIRST_THEME)
    return run(session, look, log=crash_log(), mouse=mouse, editor=editor, notices=notices)


def _editor(invocation: Invocation) -> str | None:
    """The caller's own editor. Who comes as somebody else gets none: an editor can start a shell."""
    if invocation.as_login is not None:
        return None
    return os.environ.get("VISUAL") or os.environ.get("EDITOR")
