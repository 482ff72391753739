"""Files on tickets: their names and sizes."""

import re
from pathlib import PurePosixPath

from itdesk.domain.text import storable

LARGEST = 20_000_000
"""The largest file in bytes where desk.yaml says nothing."""

_LONGEST_NAME = 120
_UNITS = {"B": 1, "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_SIZE = re.compile(rf"([0-9]{{1,9}})(?:\.([0-9]{{1,3}}))? ?({'|'.join(_UNITS)})")
_UNSAFE = re.compile(r'[<>:"|?*]')


def file_name(given: str) -> str:
    """A name that is a file's name and nothing else: no folder, no hidden file, nothing that steers a terminal.

    The ending survives where the name is too long.
    """
    last = re.split(r"[/\\]", storable(given).strip())[-1]
    plain = "".join(letter if letter.isprintable() else "_" for letter in last)
    name = _UNSAFE.sub("_", plain).strip(" .")
    if not name:
        return "file"
    ending = PurePosixPath(name).suffix[:20]
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - len(ending)].rstrip(' .')}{ending}"


def parse_size(text: str) -> int | None:
    """The bytes that `20 MB`, `1.5GB` or `512 KiB` mean; None for anything else."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        return None
    whole, part, unit = found.groups()
    return int(whole) * _UNITS[unit] + (int(part) * _UNITS[unit] // 10 ** len(part) if part else 0)


def size_in_words(size: int) -> str:
    """`812 B`, `3.4 kB`, `20 MB`."""
    for unit in ("GB", "MB", "kB"):
        if size >= _UNITS[unit]:
            return f"{size / _UNITS[unit]:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} B"
