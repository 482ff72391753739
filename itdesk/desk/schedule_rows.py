"""Rows of the schedule inside a transaction: each change is told in the journal so that undo can put it back.

An entry's facts hold `rows`: for each row its table and id, whether it was added, and its columns as [old, new]; what
people wrote is in the payload's `rows`, in the same order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, TypeVar

from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.transaction import Transaction
from itdesk.domain.schedule import VisitState
from itdesk.domain.schedule_words import day_text, span_text, times_text, weekdays_text
from itdesk.models.base import BaseModel
from itdesk.models.schedule import Absence, Appointment, OnCall, ShiftChange, WeeklyShift

PLANNING = "planning"
"""What plans people runs in turn: whether somebody is free is read before anything is planned."""

Row = TypeVar("Row", WeeklyShift, ShiftChange, Absence, OnCall, Appointment)

_MODELS: Mapping[str, type[BaseModel]] = {
    "weekly_shift": WeeklyShift,
    "shift_change": ShiftChange,
    "absence": Absence,
    "on_call": OnCall,
    "appointment": Appointment,
}
_OWN = frozenset({"id", "revision", "changed_at", "begun_at"})
"""Columns that the entry of a new row does not tell of, and that may differ when something is undone."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A row that was added or changed: its columns as [old, new], as JSON knows them."""

    table: str
    row_id: int
    added: bool
    changes: Mapping[str, Sequence[Any]]


@dataclass(slots=True)
class Edit:
    """What one journal entry says of the schedule's rows."""

    tx: Transaction
    touched: list[Touched] = field(default_factory=list)

    def add(self, model: type[Row], **values: Any) -> Row:
        """Add a row."""
        row: Row = model.create(**values, changed_at=self.tx.now)
        columns = {name: _stored(row, name) for name in _columns(row)}
        self.touched.append(Touched(_table(row), row.id, True, {name: (None, now) for name, now in columns.items()}))
        return row

    def change(self, row: Row, **values: Any) -> bool:
        """Store new values of a row; whether any differs."""
        before = {name: _stored(row, name) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        changes = {name: (old, now) for name, old in before.items() if (now := _stored(row, name)) != old}
        if changes:
            _save(self.tx, row)
            self.touched.append(Touched(_table(row), row.id, False, changes))
        return bool(changes)

    def remove(self, row: Row) -> None:
        """Remove a row: it stays, with the moment."""
        self.change(row, removed_at=self.tx.now)

    def facts(self) -> dict[str, Any]:
        """What the entry's facts say of the rows."""
        return {
            "rows": [
                {"row": [one.table, one.row_id], "added": one.added, "changes": _part(one, personal=False)}
                for one in self.touched
            ]
        }

    def payload(self) -> dict[str, Any]:
        """What people wrote in them."""
        texts = [_part(one, personal=True) for one in self.touched]
        return {"rows": texts} if any(texts) else {}


def stored_row(model: type[Row], row_id: int, what: str) -> Row:
    """The row of that id that was not removed; raises NotFound, `what` says of what ("absence")."""
    row: Row | None = model.get_or_none((model.id == row_id) & model.removed_at.is_null())
    if row is None:
        raise NotFound(f"There is no {what} {row_id} in the schedule. `itdesk schedule show` shows what there is.")
    return row


def touched_rows(facts: Mapping[str, Any], payload: Mapping[str, Any]) -> list[Touched]:
    """The rows that a journal entry tells of; of erased texts nothing is known."""
    rows = facts.get("rows", [])
    texts = payload.get("rows") or [{} for _ in rows]
    return [
        Touched(row["row"][0], row["row"][1], row["added"], {**row["changes"], **text})
        for row, text in zip(rows, texts, strict=True)
    ]


def put_back(tx: Transaction, rows: Sequence[Touched], whose: str) -> Edit:
    """Undo what was done to rows; raises Refused, naming `whose` schedule it is, where they have changed since."""
    edit = Edit(tx)
    for one in reversed(rows):
        row: Any = _MODELS[one.table].get_by_id(one.row_id)
        expected = {name: new for name, (_, new) in one.changes.items() if name not in _OWN}
        for name, new in ({"removed_at": None} | _state(row) | expected).items():
            if _stored(row, name) != new:
                raise Refused(
                    f"The schedule of {whose} changed since: this {one.table.replace('_', ' ')} is no longer what it "
                    "was then. Set it by hand."
                )
        if one.added:
            edit.remove(row)
        else:
            fields = type(row)._meta.fields
            edit.change(row, **{name: fields[name].python_value(old) for name, (old, _) in one.changes.items()})
    return edit


def when_text(rows: Sequence[Touched], zone: tzinfo) -> str:
    """When that is which rows of the schedule are about: `Tue 1 Dec 2026`, `mon-fri 08:00-16:00`, each once."""
    weekly: dict[str, list[int]] = {}
    others: set[tuple[str, str]] = set()
    for one in rows:
        row: Any = _MODELS[one.table].get_by_id(one.row_id)
        match row:
            case WeeklyShift():
                weekly.setdefault(times_text(row.starts, row.ends), []).append(row.weekday)
            case ShiftChange():
                others.add((row.day.isoformat(), day_text(row.day)))
            case Absence() | OnCall():
                others.add((row.starts_at.isoformat(), span_text(row.starts_at, row.ends_at, zone)))
    told = [f"{weekdays_text(tuple(sorted(days)))} {times}" for times, days in sorted(weekly.items())]
    return ", ".join([*told, *(text for _, text in sorted(others))])


def _state(row: BaseModel) -> dict[str, str]:
    """A visit that was done or cancelled is not changed any more, not by undo either."""
    return {"state": VisitState.PLANNED} if isinstance(row, Appointment) else {}


def _save(tx: Transaction, row: Any) -> None:
    row.revision += 1
    row.changed_at = tx.now
    row.save()


def _table(row: BaseModel) -> str:
    name: str = row._meta.table_name
    return name


def _columns(row: BaseModel) -> list[str]:
    return [name for name in row._meta.fields if name not in _OWN]


def _stored(row: BaseModel, name: str) -> Any:
    return row._meta.fields[name].db_value(row.__data__.get(name))


def _part(one: Touched, *, personal: bool) -> dict[str, list[Any]]:
    texts: frozenset[str] = getattr(_MODELS[one.table], "personal", frozenset())
    return {name: list(pair) for name, pair in one.changes.items() if (name in texts) is personal}
