"""What an import tells: how far it is, what it warned of, and what became of the file."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

_SENTENCES_KEPT = 1000


class ImportFailed(Exception):
    """The file cannot be imported with this mapping; the text says why and what to do. What was committed stays."""


class WarningKind(StrEnum):
    """Kinds of warnings of the importers. The desk adds its own."""

    BROKEN_LINE = "broken line"
    NO_STATUS = "no status"
    IMPOSSIBLE_DATE = "impossible date"
    UNKNOWN_VALUE = "unknown value"


class Stage(StrEnum):
    """What an import is doing."""

    COUNTING = "counting"
    IMPORTING = "importing"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: rows and bytes of the file that were read in this stage."""

    stage: Stage
    rows: int
    bytes_read: int
    bytes_total: int


OnProgress = Callable[[Progress], None]


@dataclass(slots=True)
class RowCount:
    """What becomes of a file's rows while it is read; ImportSummary says what each means."""

    read: int = 0
    skipped: int = 0
    repeated: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What became of a file.

    Rows: `read` = those that count in a ticket + `skipped` (broken) + `repeated` (the same row again) + `later`
    (updated at or after `--until`). Tickets: `imported` are new, `continued` went on with later rows, `unchanged` were
    complete already. `warnings` counts all warnings by kind, `sentences` are the first 1,000 as (kind, sentence).
    `interrupted` says that Ctrl-C ended the import; what is counted here is committed, and the next run goes on.
    """

    read: int
    skipped: int
    repeated: int
    later: int
    imported: int
    continued: int
    unchanged: int
    warnings: tuple[tuple[str, int], ...]
    sentences: tuple[tuple[str, str], ...]
    interrupted: bool = False


@dataclass(slots=True)
class Warnings:
    """Collects warnings: all are counted, the first 1,000 are kept word for word."""

    counts: Counter[str] = field(default_factory=Counter)
    sentences: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, sentence: str) -> None:
        """Count a warning, and keep its sentence."""
        self.counts[kind] += 1
        if len(self.sentences) < _SENTENCES_KEPT:
            self.sentences.append((kind, sentence))
