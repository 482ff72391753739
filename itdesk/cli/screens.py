"""Opens the screens."""

import os
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itdesk.cli.invocation import Invocation
from itdesk.desk.session import Session
from itdesk.settings.errors import ConfigError, did_you_mean
from itdesk.settings.locations import crash_log, export_folder, preferences_file, shipped_themes, user_config_dir
from itdesk.settings.preferences import choose_theme, chosen_theme
from itdesk.settings.themes import usable_themes

if TYPE_CHECKING:
    from itdesk.ui.app import Look

_FIRST_THEME = "itdesk-dark"
_FRAMES_PER_SECOND = "250"
"""How often Textual may paint. It paints at the next tick of this clock, so a key's answer waits up to a tick."""


def open_screens(ctx: click.Context) -> None:
    """The screens on the desk of the invocation, as the caller; ends the command with their exit status."""
    require_terminal()
    invocation: Invocation = ctx.obj
    notices: list[str] = []
    with invocation.session(on_warning=notices.append) as session:
        status = run_screens(
            session,
            notices,
            mouse=invocation.mouse,
            theme=invocation.theme,
            ascii_only=invocation.ascii_only,
            editor=own_editor(invocation),
            own_files=invocation.as_login is None,
        )
    ctx.exit(status)


def require_terminal() -> None:
    """Raise ClickException where the screens cannot be shown."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.ClickException("The screens need a terminal. Without one, use the commands: `itdesk list`, …")


def run_screens(
    session: Session,
    notices: Sequence[str],
    *,
    mouse: bool,
    theme: str | None = None,
    ascii_only: bool = False,
    editor: str | None = None,
    own_files: bool = False,
) -> int:
    """Show the screens until the person leaves; `notices` stand above them. Their exit status.

    `theme` is the theme asked for, None for the person's own; `editor` may be started for long texts; None where no
    other program may be. `own_files`: the files of this machine that the process may open are the person's own; whoever
    comes as somebody else may read and write none, since they are the account's.
    """
    look, faults = prepare_look(session.actor.login, theme, ascii_only=ascii_only)
    from itdesk.ui.app import run
    from itdesk.ui.context import OwnFiles

    files = OwnFiles(Path.home(), export_folder) if own_files else None
    notices = [*notices, *faults]
    calendar = _write_calendar if own_files else None
    return run(
        session, look, log=crash_log(), mouse=mouse, editor=editor, files=files, calendar=calendar, notices=notices
    )


def _write_calendar(session: Session, file: str, first: date, weeks: int, team: str | None, person: str | None) -> str:
    from itdesk.cli.calendars import write_calendar

    return write_calendar(session, file, first, weeks, team, person)


def prepare_look(login: str, theme: str | None, *, ascii_only: bool = False) -> "tuple[Look, list[str]]":
    """How this person's screens look, and a sentence for each fault in their own themes.

    Raises ClickException for a `theme` that there is not, or that has faults. The theme of a person who chose none, or
    one that is gone, is the first. From here on Textual may be imported.
    """
    # Textual would import or write whatever these name; whoever comes by a forced command could set them.
    for name in [name for name in os.environ if name.startswith("TEXTUAL_")]:
        del os.environ[name]
    os.environ["TEXTUAL_FPS"] = _FRAMES_PER_SECOND
    from itdesk.ui.app import Look
    from itdesk.ui.theme import desk_theme, mono_theme

    if os.environ.get("NO_COLOR"):
        return Look([mono_theme()], "mono", locked=True, ascii_only=ascii_only), []
    os.environ.pop("NO_COLOR", None)  # empty means unset (no-color.org); Textual takes it for set
    settings, errors = usable_themes((shipped_themes(), user_config_dir() / "themes"))
    themes = {one.name: desk_theme(one.name, one.colours, dark=one.dark) for one in settings}
    if theme is not None and theme not in themes:
        faults = [error for error in errors if Path(error.file).stem == theme]
        if faults:
            told = "\n".join(map(str, faults))
            raise click.ClickException(f"The theme {theme!r} cannot be used:\n{told}")
        raise click.ClickException(
            f"There is no theme {theme!r}{did_you_mean(theme, themes)}; the themes are: {', '.join(themes)}."
        )
    chosen = theme or chosen_theme(preferences_file(), login)
    look = Look(
        list(themes.values()),
        chosen if chosen in themes else _FIRST_THEME,
        ascii_only=ascii_only,
        remember=partial(choose_theme, preferences_file(), login),
    )
    of_files: dict[str, list[ConfigError]] = {}
    for error in errors:
        of_files.setdefault(error.file, []).append(error)
    return look, [_notice(faults) for faults in of_files.values()]


def _notice(faults: Sequence[ConfigError]) -> str:
    """The faults of a theme in one line of the screen: the file is named without the folders above."""
    first = faults[0]
    where = f":{first.line}:{first.column}" if first.line else ""
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"Theme {Path(first.file).name}{where}: {first.message}{more}; see `itdesk config check`"


def own_editor(invocation: Invocation) -> str | None:
    """The caller's own editor. Who comes as somebody else gets none: an editor can start a shell."""
    if invocation.as_login is not None:
        return None
    return os.environ.get("VISUAL") or os.environ.get("EDITOR")
