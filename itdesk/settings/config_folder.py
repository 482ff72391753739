"""A config folder: the files that make a desk's rulebook, and whether they changed."""

import hashlib
from contextlib import suppress
from pathlib import Path

from itdesk.settings.reading import read

REQUIRED_FILES = (
    "desk.yaml",
    "categories.yaml",
    "priorities.yaml",
    "routing.yaml",
    "views.yaml",
    "keymap.yaml",
)
"""The files that every config folder has."""

OPTIONAL_FILES: tuple[str, ...] = (
    "policies.yaml",
    "templates.yaml",
    "calendars.yaml",
    "sla.yaml",
    "escalation.yaml",
)
"""Files that a config folder may lack: then the desk has nothing of what they bring."""

RULEBOOK_FILES = REQUIRED_FILES + OPTIONAL_FILES
"""The files of a config folder that make its rulebook."""

TEXT_FOLDERS: tuple[str, ...] = ("sops", "replies")
"""Folders of Markdown texts that belong to the rulebook as well, and may be missing."""


def content_hash(folder: Path) -> str:
    """SHA-256 over the files that make the rulebook, as hexadecimal text.

    Changes with every byte of them. A file that cannot be read counts as missing: `load_rulebook` says what is wrong.
    """
    digest = hashlib.sha256()
    for name in (*RULEBOOK_FILES, *text_files(folder)):
        content, _ = read(folder / name)
        digest.update(f"{name}\0{'missing' if content is None else len(content)}\0".encode())
        digest.update(content or b"")
    return digest.hexdigest()


def text_files(folder: Path) -> tuple[str, ...]:
    """The Markdown texts of the folder, as `sops/vpn.md`, in order."""
    found: list[str] = []
    for name in TEXT_FOLDERS:
        with suppress(OSError):
            found += sorted(f"{name}/{entry.name}" for entry in (folder / name).iterdir() if entry.suffix == ".md")
    return tuple(found)
