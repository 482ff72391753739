"""The values of a record by the names that a mapping gives to columns."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from itdesk.domain.mapping import EventLogMapping
from itdesk.gateways.csv_records import CsvFile, Record
from itdesk.gateways.import_report import ImportFailed

_VALUES_REMEMBERED = 1 << 16  # the values of a log repeat: looking one up costs a third of reading it again


def require_columns(file: CsvFile, needed: Sequence[str], mapping: str) -> dict[str, int]:
    """Where each column of the file is; raises ImportFailed if one that is needed is not there."""
    missing = [name for name in dict.fromkeys(needed) if name not in file.columns]
    if missing:
        raise ImportFailed(
            f"{file.path} lacks what the mapping {mapping} needs: {', '.join(missing)}. "
            f"Its columns are: {', '.join(file.columns)}. Give another mapping with --mapping."
        )
    return {name: index for index, name in enumerate(file.columns)}


class MappedValues:
    """Reads values of an event log's records. `zone` holds for its local times.

    Raises ImportFailed if the file lacks a column of the mapping.
    """

    def __init__(self, file: CsvFile, mapping: EventLogMapping, zone: tzinfo) -> None:
        self._index = require_columns(file, _columns(mapping), mapping.name)
        self._clean = lru_cache(_VALUES_REMEMBERED)(lambda written: _clean(written, mapping.missing))
        self._parse = lru_cache(_VALUES_REMEMBERED)(lambda text: _moment(text, mapping.time_format, zone))

    def text(self, record: Record, column: str | None) -> str | None:
        """The value with its white space made single; None where it is missing, empty or there is no such column."""
        return None if column is None else self._clean(record.fields[self._index[column]])

    def moment(self, record: Record, column: str | None) -> datetime | None:
        """The value as a time in UTC; None where it is missing or no date."""
        value = self.text(record, column)
        return None if value is None else self._parse(value)


def _clean(written: str, missing: frozenset[str]) -> str | None:
    value = " ".join(written.split())
    return None if not value or value in missing else value


def _columns(mapping: EventLogMapping) -> list[str]:
    columns = mapping.columns
    named = [getattr(columns, field.name) for field in fields(columns)]
    lists = [*mapping.category, *mapping.subject, *(column for _, column in (*mapping.facts, *mapping.closure))]
    return [name for name in [*named, *lists] if name is not None]


def _moment(text: str, time_format: str, zone: tzinfo) -> datetime | None:
    """A written time in UTC. In a gap or fold of daylight saving the offset before it holds (PEP 495, fold=0)."""
    try:
        written = datetime.strptime(text, time_format)  # noqa: DTZ007
        return (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
