"""A text in the person's own editor."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported

from itdesk.ui.context import DeskContext


class EditorFailed(Exception):
    """The editor did not end well; the text is as it was. The message is a sentence for the person."""


def edited(app: "App[None]", desk: DeskContext, text: str) -> str:
    """The text as it was saved in the person's editor, while the screens wait. Raises EditorFailed."""
    editor = desk.editor
    if not editor:
        raise EditorFailed(
            "No $EDITOR is set. Set it to the editor's name before you start itdesk."
            if desk.files is not None
            else f"Who comes as somebody else (--as {desk.me.login}) gets no editor: it could start other programs."
        )
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
