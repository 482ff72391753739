"""What a person chose for themselves, in a small file of the program's own in the user's settings folder.

By login, since all users of a service account share one folder. A file that is missing or spoilt holds no choice.
"""

import json
import os
import tempfile
from pathlib import Path


def chosen_theme(path: Path, login: str) -> str | None:
    """The name of the theme that this person chose last; None if they never did."""
    name = _themes(path).get(login)
    return name if isinstance(name, str) else None


def choose_theme(path: Path, login: str, name: str) -> None:
    """Remember a theme; raises OSError where the file cannot be written. A reader never sees half a file."""
    themes = _themes(path) | {login: name}
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, new = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps({"theme": themes}, indent=2, sort_keys=True) + "\n")
        Path(new).replace(path)
    except BaseException:
        Path(new).unlink(missing_ok=True)
        raise


def _themes(path: Path) -> dict[str, object]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    themes = stored.get("theme") if isinstance(stored, dict) else None
    return themes if isinstance(themes, dict) else {}
