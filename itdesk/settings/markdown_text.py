"""Markdown files of a config folder that begin with settings: YAML between two lines of `---`, then the text."""

from itdesk.settings.errors import ConfigError
from itdesk.settings.strict_yaml import Document, parse

_FENCE = b"---"


def split(content: bytes, name: str) -> tuple[Document | None, str, int, list[ConfigError]]:
    """The settings, the text below them, the line where it begins, and what is wrong; `name`: as errors call the file.

    Lines of the settings count from the file's first, the upper `---`.
    """
    lines = content.splitlines(keepends=True)
    if not lines or lines[0].strip() != _FENCE:
        return None, "", 1, [ConfigError(name, 1, 1, "must begin with a line '---', settings, and another line '---'")]
    end = next((at for at, line in enumerate(lines[1:], start=1) if line.strip() == _FENCE), None)
    if end is None:
        return None, "", 1, [ConfigError(name, 1, 1, "the settings at its top have no line '---' below them")]
    document, faults = parse(b"".join(lines[:end]), name)
    try:
        text = b"".join(lines[end + 1 :]).decode()
    except UnicodeDecodeError:
        return document, "", end + 2, [*faults, ConfigError(name, end + 2, 1, "is not UTF-8; save it as UTF-8")]
    return document, text, end + 2, faults
