"""Another desk's event log, read as tickets: a row for each update of a ticket, in any order."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path

from itdesk.domain.imported import ImportedTicket
from itdesk.domain.mapping import EventLogMapping
from itdesk.gateways.csv_records import BrokenLine, CsvFile, Record
from itdesk.gateways.import_report import OnProgress, Progress, RowCount, Stage, WarningKind, Warnings
from itdesk.gateways.mapped_values import MappedValues
from itdesk.gateways.ticket_history import TicketHistory

_ROWS_BETWEEN_PROGRESS = 500


class IncidentLog:
    """An event log and how to read it.

    `zone` holds for its local times. Rows updated at or after `until` (aware; None: no limit) are left out, and later
    times of resolution and closure as well. No date after `now` (aware) is believed. What becomes of its rows is
    counted in `rows`; what is wrong goes to `warnings`.
    """

    def __init__(
        self,
        path: Path,
        mapping: EventLogMapping,
        *,
        zone: tzinfo,
        now: datetime,
        until: datetime | None,
        rows: RowCount,
        warnings: Warnings,
    ) -> None:
        self._file = CsvFile(path, encoding=mapping.csv.encoding, delimiter=mapping.csv.delimiter)
        self._mapping = mapping
        self._zone = zone
        self._now = now
        self._until = until
        self._rows = rows
        self._warnings = warnings

    def tickets(self, on_progress: OnProgress) -> Iterator[ImportedTicket]:
        """Each ticket of the log, as soon as its last row is read.

        The file is read twice, first to count the rows of each ticket, so that only tickets that are not complete are
        held in memory. Raises CsvError, and ImportFailed where a column of the mapping is missing.
        """
        counted, rows_to_come = self._count(on_progress)
        incomplete: dict[str, list[Record]] = {}
        with self._file as file:
            values = MappedValues(file, self._mapping, self._zone)
            history = TicketHistory(
                self._mapping, values, now=self._now, until=self._until, rows=self._rows, warnings=self._warnings
            )
            for item in islice(file.records(), counted):  # what is appended meanwhile is left to the next import
                self._rows.read += 1
                if self._rows.read % _ROWS_BETWEEN_PROGRESS == 0:
                    on_progress(Progress(Stage.IMPORTING, self._rows.read, file.bytes_read, file.bytes_total))
                if isinstance(item, BrokenLine):
                    self._skip(item)
                    continue
                number = values.text(item, self._mapping.columns.number)
                if number is None:
                    self._skip(BrokenLine(item.line, "no ticket number"))
                    continue
                records = incomplete.setdefault(number, [])
                records.append(item)
                if len(records) == rows_to_come[number]:
                    yield from history.tickets(number, incomplete.pop(number))
            on_progress(Progress(Stage.IMPORTING, self._rows.read, file.bytes_total, file.bytes_total))

    def _count(self, on_progress: OnProgress) -> tuple[int, Counter[str]]:
        """How many rows there are, broken ones and all, and how many of each ticket."""
        rows = 0
        numbers: Counter[str] = Counter()
        with self._file as file:
            values = MappedValues(file, self._mapping, self._zone)
            for rows, item in enumerate(file.records(), start=1):
                if rows % _ROWS_BETWEEN_PROGRESS == 0:
                    on_progress(Progress(Stage.COUNTING, rows, file.bytes_read, file.bytes_total))
                if isinstance(item, Record) and (number := values.text(item, self._mapping.columns.number)):
                    numbers[number] += 1
        return rows, numbers

    def _skip(self, broken: BrokenLine) -> None:
        self._rows.skipped += 1
        self._warnings.add(WarningKind.BROKEN_LINE, f"line {broken.line}: {broken.reason}; the line is left out.")
