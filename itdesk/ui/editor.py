"""A text in the person's own editor."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported


class EditorFailed(Exception):
    """The editor did not end well; the text is as it was. The message is a sentence for the person."""


def edited(app: "App[None]", editor: str | None, text: str) -> str:
    """The text as it was saved in `editor` (a command line), while the screens wait. Raises EditorFailed."""
    if not editor:
        raise EditorFailed("No $EDITOR is set.")
    handle, name = tempfile.mkstemp(suffix=".md", prefix="itdesk-")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        with app.suspend():
            status = subprocess.run([*shlex.split(editor), name], check=False).returncode  # noqa: S603
        if status:
            raise EditorFailed(f"The editor ended with status {status}; your text is as it was.")
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    except (OSError, ValueError, SuspendNotSupported) as error:
        raise EditorFailed(f"{editor} could not be started: {error}") from error
    finally:
        path.unlink(missing_ok=True)
