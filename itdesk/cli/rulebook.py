"""The desk's settings at the start of a command: a changed config folder comes into force, a faulty one never does."""

from dataclasses import replace
from pathlib import Path

from itdesk.desk.errors import DatabaseProblem
from itdesk.desk.queries.rulebook import config_folder, config_hash
from itdesk.desk.session import Session
from itdesk.domain.rulebook import Rulebook
from itdesk.settings.config_folder import content_hash
from itdesk.settings.errors import ConfigErrors

_AT_ONCE = 300
"""The clocks of so many open tickets follow changed agreements before the command goes on: less than half a second."""


def load(folder: Path) -> Rulebook:
    """The rulebook of a config folder, with its keymap checked against the screens; raises ConfigErrors."""
    from itdesk.settings.loader import load_rulebook
    from itdesk.ui.actions import check_keymap

    return load_rulebook(folder, check_keymap=check_keymap)


def follow_settings(session: Session) -> str | None:
    """Bring the desk's own config folder into force if it changed. A sentence where that cannot be, else None.

    Raises ConfigErrors only where the folder is faulty and no good rulebook was ever in force.
    """
    desk = session.desk
    recorded = config_folder(desk)
    if recorded is None:
        return None
    folder = Path(recorded)
    if not desk.database.sqlite and not folder.is_dir():
        return None  # the settings are looked after on another machine
    found = content_hash(folder)
    in_force = config_hash(desk)
    if found == in_force:
        return None
    from itdesk.desk.rulebook import adopt

    try:
        rulebook = load(folder)
    except ConfigErrors as faulty:
        if in_force is None:
            raise
        return _sentence(folder, faulty, desk.rulebook()[0])
    from itdesk.desk.recomputing import recompute

    try:
        adopt(session, rulebook, found)
        recompute(session, limit=_AT_ONCE)
    except DatabaseProblem as problem:
        return f"The changed settings in {folder} are not in force yet. {problem}"
    return None


def _sentence(folder: Path, faulty: ConfigErrors, version: int) -> str:
    """What to do first, in few words: the screens may have one line of 80 cells for it."""
    if not folder.is_dir():
        return f"Rulebook {version} goes on: the settings in {folder} are gone."
    count, first = len(faulty.errors), faulty.errors[0]
    fault = str(replace(first, file=Path(first.file).name))
    end = "" if fault.endswith("?") else "."
    more = f" And {count - 1} more: see `itdesk config check`." if count > 1 else ""
    return f"Rulebook {version} goes on, the settings are faulty: {fault}{end}{more}"
