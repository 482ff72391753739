"""Ticket texts with a topic each: imported as new tickets, or used to measure the category rules."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.imported import ImportedStep, ImportedTicket
from itdesk.domain.mapping import TopicMapping
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.rules import TicketFacts, decide
from itdesk.domain.ticket import Channel, Kind, Status
from itdesk.gateways.csv_records import BrokenLine, CsvFile
from itdesk.gateways.import_report import OnProgress, Progress, RowCount, Stage, WarningKind, Warnings
from itdesk.gateways.mapped_values import require_columns

_SUBJECT_LENGTH = 60
_ROWS_BETWEEN_PROGRESS = 500


@dataclass(frozen=True, slots=True)
class TopicText:
    """A text and its topic; `line` is where it stands in the file."""

    line: int
    subject: str
    text: str
    topic: str


class TopicTexts:
    """A file of texts and how to read it. What becomes of its rows is counted in `rows`, faults go to `warnings`."""

    def __init__(self, path: Path, mapping: TopicMapping, *, rows: RowCount, warnings: Warnings) -> None:
        self._file = CsvFile(path, encoding=mapping.csv.encoding, delimiter=mapping.csv.delimiter)
        self._mapping = mapping
        self._rows = rows
        self._warnings = warnings

    def texts(self, on_progress: OnProgress) -> Iterator[TopicText]:
        """Each text of the file. Raises CsvError, and ImportFailed where a column of the mapping is missing."""
        with self._file as file:
            needed = (self._mapping.text_column, self._mapping.topic_column)
            index = require_columns(file, needed, self._mapping.name)
            text_at, topic_at = (index[name] for name in needed)
            for item in file.records():
                self._rows.read += 1
                if self._rows.read % _ROWS_BETWEEN_PROGRESS == 0:
                    on_progress(Progress(Stage.IMPORTING, self._rows.read, file.bytes_read, file.bytes_total))
                if isinstance(item, BrokenLine):
                    self._skip(item.line, item.reason)
                elif not (text := item.fields[text_at].strip()):
                    self._skip(item.line, "no text")
                else:
                    yield TopicText(item.line, subject_of(text), text, item.fields[topic_at].strip())
            on_progress(Progress(Stage.IMPORTING, self._rows.read, file.bytes_total, file.bytes_total))

    def tickets(self, now: datetime, on_progress: OnProgress) -> Iterator[ImportedTicket]:
        """Each text as a new ticket, opened `now` since the file has no dates. Its line is its external id."""
        for text in self.texts(on_progress):
            step = ImportedStep(
                ordinal=0,
                at=now,
                status=Status.NEW,
                waiting_reason=None,
                category=None,
                impact=None,
                urgency=None,
                priority=None,
                team=None,
                assignee=None,
                actor=None,
            )
            yield ImportedTicket(
                external_id=f"{self._mapping.name}-{text.line - 1:05}",
                kind=Kind.INCIDENT,
                subject=text.subject,
                body=text.text,
                requester=None,
                channel=Channel.IMPORT,
                site="",
                opened_at=now,
                resolved_at=None,
                closed_at=None,
                steps=(step,),
                facts=(("topic", text.topic),),
            )

    def _skip(self, line: int, reason: str) -> None:
        self._rows.skipped += 1
        self._warnings.add(WarningKind.BROKEN_LINE, f"line {line}: {reason}; the line is left out.")


def subject_of(text: str) -> str:
    """The first 60 characters of a text, up to the end of a word; `…` says that more follows."""
    cut = textwrap.shorten(text, _SUBJECT_LENGTH, placeholder="…")
    return cut if cut != "…" else text.strip()[: _SUBJECT_LENGTH - 1] + "…"


@dataclass(frozen=True, slots=True)
class TopicHits:
    """How the rules did on the texts of one topic.

    `right`: a rule chose a category that counts as the topic; `wrong`: one that counts as another topic or as none;
    `undecided`: no rule held, so the desk's default category would be taken.
    """

    topic: str
    right: int
    wrong: int
    undecided: int

    @property
    def total(self) -> int:
        """The texts of the topic."""
        return self.right + self.wrong + self.undecided


def measure(texts: Iterator[TopicText], mapping: TopicMapping, rulebook: Rulebook) -> tuple[TopicHits, ...]:
    """How often the category rules hit the topic, by topic, the largest first. Nothing is written."""
    counts: Counter[tuple[str, str]] = Counter()
    for text in texts:
        counts[text.topic, _outcome(_category(text, rulebook), text.topic, mapping)] += 1
    topics = {topic for topic, _ in counts}
    hits = [TopicHits(topic, *(counts[topic, name] for name in ("right", "wrong", "undecided"))) for topic in topics]
    return tuple(sorted(hits, key=lambda hit: (-hit.total, hit.topic)))


def report(hits: tuple[TopicHits, ...]) -> str:
    """The measured figures as a table for people, and their sum in one sentence."""
    lines = [f"{'Topic':<24}{'Texts':>8}{'Right':>8}{'Wrong':>8}{'Undecided':>11}{'Right %':>9}"]
    everything = TopicHits(
        "All", sum(hit.right for hit in hits), sum(hit.wrong for hit in hits), sum(hit.undecided for hit in hits)
    )
    lines += [
        f"{hit.topic:<24.24}{hit.total:>8}{hit.right:>8}{hit.wrong:>8}{hit.undecided:>11}{_percent(hit):>9}"
        for hit in (*hits, everything)
    ]
    lines.append(
        f"The category rules hit the topic of {everything.right:,} of {everything.total:,} texts "
        f"({_percent(everything)} %)."
    )
    return "\n".join(lines)


def _percent(hit: TopicHits) -> str:
    return f"{100 * hit.right / hit.total:.1f}" if hit.total else "-"


def _category(text: TopicText, rulebook: Rulebook) -> Decision:
    decisions = decide(rulebook, TicketFacts(subject=text.subject, body=text.text, channel=Channel.IMPORT))
    return next(decision for decision in decisions if decision.thing is Thing.CATEGORY)


def _outcome(decision: Decision, topic: str, mapping: TopicMapping) -> str:
    if decision.source is Source.DEFAULT:
        return "undecided"
    return "right" if mapping.topic(decision.value) == topic else "wrong"
