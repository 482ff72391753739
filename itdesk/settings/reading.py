"""Reads settings files from the disk."""

from pathlib import Path

from itdesk.settings.errors import ConfigError

LARGEST = 1 << 20
"""The largest settings file in bytes."""


def read(path: Path) -> tuple[bytes | None, list[ConfigError]]:
    """The bytes of a settings file, or why it cannot be read."""
    name = str(path)
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "the file is missing"
            return None, [ConfigError(name, 0, 0, what)]
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        return None, [ConfigError(name, 0, 0, f"cannot be read: {error.strerror or error}")]
    if len(content) > LARGEST:
        return None, [ConfigError(name, 0, 0, f"is larger than {LARGEST:,} bytes; delete what is not needed")]
    return content, []
