"""The rows of one ticket in an event log as its history; what is wrong in a row is mended, and warned of by line.

- A state that the mapping calls no status, or does not know: the ticket keeps the status of the row before (`new`
  before the first); the row's other values count.
- A row dated before its ticket was opened, before the row it follows, in the future, or not at all: it takes the
  nearest sensible time, which is that of the row before it, of the opening, or the present.
- A time of resolution or closure that is impossible counts as missing.
- A row that was written twice counts once.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from itdesk.desk.imports import BRANCH
from itdesk.domain.imported import ImportedStep, ImportedTicket
from itdesk.domain.mapping import EventLogMapping, MappedStatus
from itdesk.domain.text import fold
from itdesk.domain.ticket import ENDED, SETTLED, Channel, Status
from itdesk.gateways.csv_records import Record
from itdesk.gateways.import_report import RowCount, WarningKind, Warnings
from itdesk.gateways.mapped_values import MappedValues

T = TypeVar("T")

_PLACES_A_COUNT = 1000
_DIGITS_OF_A_COUNT = 6
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Row:
    """A record in its place: `ordinal` orders, `dated` is its own date (None: none to be believed), `at` is mended.

    `doubts` say what is impossible about its dates.
    """

    record: Record
    ordinal: int
    dated: datetime | None
    at: datetime
    doubts: list[str]


class TicketHistory:
    """Makes tickets of rows. `until`, `now`, `rows` and `warnings` are those of IncidentLog."""

    def __init__(
        self,
        mapping: EventLogMapping,
        values: MappedValues,
        *,
        now: datetime,
        until: datetime | None,
        rows: RowCount,
        warnings: Warnings,
    ) -> None:
        self._mapping = mapping
        self._columns = mapping.columns
        self._values = values
        self._now = now
        self._until = until
        self._rows = rows
        self._warnings = warnings
        self._unknown: set[tuple[str, str]] = set()

    def tickets(self, number: str, records: list[Record]) -> Iterator[ImportedTicket]:
        """The ticket as it stood at the end, or at `until`; none if it had no row by then."""
        records = self._without_repeats(records)
        opened_at = self._opened_at(records)
        rows = [row for row in self._in_order(records, opened_at) if not self._is_later(row)]
        if not rows:
            return
        steps: list[ImportedStep] = []
        state = MappedStatus(Status.NEW)
        for row in rows:
            state = self._state(row.record, number, state)
            steps.append(self._step(row, state, number))
        first, last = rows[0].record, rows[-1]
        resolved_at, closed_at = self._ends(last, state.status, opened_at)
        for row in sorted(rows, key=lambda row: row.record.line):
            if row.doubts:
                mended = "" if row.at == row.dated else f"; it counts as of {row.at:%Y-%m-%d %H:%M} UTC"
                self._warn(WarningKind.IMPOSSIBLE_DATE, row.record, number, f"{'; '.join(row.doubts)}{mended}.")
        closure = self._named(last.record, self._mapping.closure) if state.status in SETTLED else ()
        yield ImportedTicket(
            external_id=number,
            kind=self._mapping.kind,
            subject=self._subject(first, number),
            body="",
            requester=self._values.text(first, self._columns.requester),
            channel=self._known(first, self._columns.channel, self._mapping.channels, number) or Channel.IMPORT,
            site=self._values.text(first, self._columns.site) or "",
            opened_at=opened_at,
            resolved_at=resolved_at,
            closed_at=closed_at,
            steps=tuple(steps),
            resolution="; ".join(f"{name}: {value}" for name, value in closure),
            facts=self._named(last.record, self._mapping.facts),
        )

    # Order and times

    def _without_repeats(self, records: list[Record]) -> list[Record]:
        unlike = {tuple(record.fields): record for record in reversed(records)}
        self._rows.repeated += len(records) - len(unlike)
        return sorted(unlike.values(), key=lambda record: record.line)

    def _opened_at(self, records: list[Record]) -> datetime:
        """The first time that can be believed: of opening, of creation, of an update; the present if there is none."""
        columns = self._columns
        for column in (columns.opened_at, columns.created_at, columns.updated_at):
            for record in records:
                if moment := self._believed(record, column):
                    return moment
        return self._now

    def _believed(self, record: Record, column: str | None) -> datetime | None:
        moment = self._values.moment(record, column)
        return None if moment is None or moment > self._now else moment

    def _in_order(self, records: list[Record], opened_at: datetime) -> list[_Row]:
        """The rows by the source's count of updates, then by time.

        A row dated before the opening comes first, whatever its count says. The ordinal is the count times 1000 plus
        the row's place among those of the same count: a row has the same ordinal in every import that holds it.
        """
        counted: list[tuple[int, datetime | None, Record]] = []
        count = 0
        for record in records:
            dated = self._believed(record, self._columns.updated_at)
            written = self._values.text(record, self._columns.update_count)
            if written is not None and written.isdecimal() and len(written) <= _DIGITS_OF_A_COUNT:
                count = int(written)
            early = dated is not None and dated < opened_at
            counted.append((0 if early else count, dated, record))
        counted.sort(key=lambda item: (item[0], item[1] or opened_at))
        rows: list[_Row] = []
        places: Counter[int] = Counter()
        before = opened_at
        for count, dated, record in counted:
            at = before if dated is None else max(before, dated)
            doubts = self._doubts(record, opened_at, before)
            rows.append(_Row(record, count * _PLACES_A_COUNT + places[count], dated, at, doubts))
            places[count] += 1
            before = at
        return rows

    def _doubts(self, record: Record, opened_at: datetime, before: datetime) -> list[str]:
        """What is impossible about the row's dates, given when the row before it was; nothing, for nearly all rows."""
        columns = self._columns
        dated = (columns.opened_at, columns.created_at, columns.updated_at)
        opened, created, updated = (self._values.moment(record, column) for column in dated)
        created_well = opened_at <= created <= self._now if created else not self._values.text(record, dated[1])
        if opened == opened_at and created_well and updated and before <= updated <= self._now:
            return []
        doubts = [doubt for column in dated if column is not None and (doubt := self._doubt(record, column))]
        if self._values.text(record, columns.updated_at) is None:
            doubts.append(f"{columns.updated_at} is missing")
        if opened is not None and created is not None and created < opened:
            doubts.append("created before it was opened")
        if updated is not None and updated < before:
            doubts.append(f"updated before {'it was opened' if updated < opened_at else 'the update that it follows'}")
        return doubts

    def _doubt(self, record: Record, column: str) -> str | None:
        """What is impossible about one date by itself."""
        written, moment = self._values.text(record, column), self._values.moment(record, column)
        if written is not None and moment is None:
            return f"{column} {written!r} is no date"
        if moment is not None and moment > self._now:
            return f"{column} {written} is in the future"
        return None

    def _is_later(self, row: _Row) -> bool:
        """Whether the row is left out because of `until`; by its own date, if it has one."""
        later = self._until is not None and (row.dated or row.at) >= self._until
        self._rows.later += later
        return later

    def _ends(self, last: _Row, status: Status, opened_at: datetime) -> tuple[datetime | None, datetime | None]:
        """When the ticket was resolved and closed; rows have the final values, so the last status says which hold."""
        resolved_at = self._end(last, self._columns.resolved_at, opened_at) if status in SETTLED else None
        closed_at = self._end(last, self._columns.closed_at, opened_at) if status in ENDED else None
        if resolved_at is not None and closed_at is not None and closed_at < resolved_at:
            last.doubts.append("closed before it was resolved")
            return None, closed_at
        return resolved_at, closed_at

    def _end(self, last: _Row, column: str | None, opened_at: datetime) -> datetime | None:
        moment = self._values.moment(last.record, column)
        if column is not None and (doubt := self._doubt(last.record, column)):
            last.doubts.append(doubt)
            return None
        if moment is not None and moment < opened_at:
            last.doubts.append(f"{column} is before it was opened")
            return None
        return None if moment is None or (self._until is not None and moment >= self._until) else moment

    # Values

    def _state(self, record: Record, number: str, before: MappedStatus) -> MappedStatus:
        written = self._values.text(record, self._columns.state)
        state = None if written is None else self._mapping.states.get(written)
        if state is not None:
            return state
        said = "no state" if written is None else f"state {written}"
        self._warn(WarningKind.NO_STATUS, record, number, f"{said} is no status; it stays {before.status.title}.")
        return before

    def _step(self, row: _Row, state: MappedStatus, number: str) -> ImportedStep:
        columns, mapping, record, text = self._columns, self._mapping, row.record, self._values.text
        return ImportedStep(
            ordinal=row.ordinal,
            at=row.at,
            status=state.status,
            waiting_reason=state.waiting_reason,
            category=self._category(record),
            impact=self._known(record, columns.impact, mapping.impacts, number),
            urgency=self._known(record, columns.urgency, mapping.urgencies, number),
            priority=self._known(record, columns.priority, mapping.priorities, number),
            team=text(record, columns.team),
            assignee=text(record, columns.assignee),
            actor=text(record, columns.updated_by),
        )

    def _category(self, record: Record) -> str | None:
        """The path below the desk's branch for imports, `category-55.subcategory-170`."""
        names = [name for column in self._mapping.category if (name := self._values.text(record, column))]
        if not names:
            return None
        branch = self._mapping.category_branch.removeprefix(BRANCH).strip(".")
        return ".".join([*([branch] if branch else []), *(_slug(name) for name in names)])

    def _known(self, record: Record, column: str | None, meanings: Mapping[str, T], number: str) -> T | None:
        """What a value means; a value without a meaning is warned of where it first stands, and counts as missing."""
        written = self._values.text(record, column)
        if written is None or column is None:
            return None
        meaning = meanings.get(written)
        if meaning is None and (column, written) not in self._unknown:
            self._unknown.add((column, written))
            told = f"the mapping does not know {column} {written!r}; it counts as missing, here and below."
            self._warn(WarningKind.UNKNOWN_VALUE, record, number, told)
        return meaning

    def _named(self, record: Record, columns: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, value) for name, column in columns if (value := self._values.text(record, column)))

    def _subject(self, record: Record, number: str) -> str:
        """`Symptom 72 (Category 55, Subcategory 170)`: a log has no text, so what it has of a subject must do."""
        values = [value for column in self._mapping.subject if (value := self._values.text(record, column))]
        if not values:
            return f"{self._mapping.kind.capitalize()} {number}"
        return values[0] if len(values) == 1 else f"{values[0]} ({', '.join(values[1:])})"

    def _warn(self, kind: WarningKind, record: Record, number: str, told: str) -> None:
        self._warnings.add(kind, f"line {record.line}, {number}: {told}")


@lru_cache(1 << 12)
def _slug(name: str) -> str:
    """A category's name as a part of a path: `Category 55` -> `category-55`."""
    return _NO_WORD.sub("-", fold(name)).strip("-") or "other"
