"""What stands in a settings file at a place that a decision names."""

from itertools import takewhile
from pathlib import Path

from itdesk.settings.config_folder import RULEBOOK_FILES
from itdesk.settings.reading import read

_MOST_LINES = 60


def entry_at(folder: Path, place: str) -> tuple[str, ...]:
    """The lines of the entry that begins at `place` (`categories.yaml:88`): it ends where less is indented.

    Empty where the folder has no such file or line.
    """
    name, _, number = place.rpartition(":")
    content = read(folder / name)[0] if name in RULEBOOK_FILES and number.isdecimal() else None
    lines = (content or b"").decode("utf-8", "replace").splitlines()
    if content is None or not 0 < int(number) <= len(lines):
        return ()
    first, *rest = lines[int(number) - 1 :]
    depth = _depth(first)
    entry = [first, *takewhile(lambda line: not line.strip() or _depth(line) > depth, rest)]
    while len(entry) > 1 and entry[-1].strip()[:1] in ("", "#"):  # they belong to what follows
        entry.pop()
    return tuple(entry[:_MOST_LINES])


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
