"""What is wrong with a settings file, and where."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ConfigError:
    """One fault. `line` and `column` count from 1; 0 where the whole file or folder is meant."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """`config/desk.yaml:4:3: what is wrong`."""
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.message}"


class ConfigErrors(Exception):
    """All faults of a config folder or a settings file, in the order of files and lines; at least one."""

    def __init__(self, errors: Iterable[ConfigError]) -> None:
        self.errors = tuple(sorted(set(errors)))
        super().__init__("\n".join(map(str, self.errors)))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of the names that is most like `name`; None where none is near."""
    return next(iter(difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)), None)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """` … did you mean 'x'?`, or nothing where no name is near."""
    near = nearest(name, names)
    return f" … did you mean {near!r}?" if near else ""
