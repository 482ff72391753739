"""Imports a file of another system into the desk, batch by batch, and can be stopped and run again at any time."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from itdesk.desk.imports import import_tickets
from itdesk.desk.session import Session
from itdesk.domain.imported import ImportedTicket, ImportResult
from itdesk.domain.mapping import EventLogMapping, ImportMapping
from itdesk.gateways.csv_records import CsvError
from itdesk.gateways.import_report import (
    ImportFailed,
    ImportSummary,
    OnProgress,
    RowCount,
    Warnings,
)
from itdesk.gateways.incident_log import IncidentLog
from itdesk.gateways.topics import TopicTexts

_BATCH = 250


def import_file(
    session: Session,
    path: Path,
    mapping: ImportMapping,
    *,
    until: datetime | None = None,
    on_progress: OnProgress = lambda _: None,
) -> ImportSummary:
    """Import a file by a mapping; what is imported already stays as it is, so that it can be run again.

    Each batch of 250 tickets is one transaction. Ctrl-C takes back the batch that is being written and ends the import:
    the summary says `interrupted`, and the next run goes on from there. `until` (aware; event logs only) imports the
    desk as it stood at that moment; a later import without it goes on from there. Raises ImportFailed, and DeskError or
    DatabaseProblem from the desk; what was committed before stays.
    """
    rows, warnings, total = RowCount(), Warnings(), ImportResult(0, 0, 0)
    interrupted = False
    try:
        tickets = _tickets(session, path, mapping, until, rows, warnings, on_progress)
        while batch := list(islice(tickets, _BATCH)):
            result = import_tickets(session, batch)
            for kind, sentence in result.warnings:
                warnings.add(kind, sentence)
            total = ImportResult(
                total.imported + result.imported,
                total.continued + result.continued,
                total.unchanged + result.unchanged,
            )
    except CsvError as error:
        raise ImportFailed(str(error)) from error
    except KeyboardInterrupt:
        interrupted = True
    return ImportSummary(
        read=rows.read,
        skipped=rows.skipped,
        repeated=rows.repeated,
        later=rows.later,
        imported=total.imported,
        continued=total.continued,
        unchanged=total.unchanged,
        warnings=tuple(warnings.counts.most_common()),
        sentences=tuple(warnings.sentences),
        interrupted=interrupted,
    )


def _tickets(
    session: Session,
    path: Path,
    mapping: ImportMapping,
    until: datetime | None,
    rows: RowCount,
    warnings: Warnings,
    on_progress: OnProgress,
) -> Iterator[ImportedTicket]:
    now = session.clock()
    if isinstance(mapping, EventLogMapping):
        zone = ZoneInfo(mapping.time_zone or session.rulebook.desk.time_zone)
        log = IncidentLog(path, mapping, zone=zone, now=now, until=until, rows=rows, warnings=warnings)
        return log.tickets(on_progress)
    if until is not None:
        raise ImportFailed(f"The mapping {mapping.name} reads texts without dates, so --until has no meaning for it.")
    return TopicTexts(path, mapping, rows=rows, warnings=warnings).tickets(now, on_progress)
