"""The one way a moment and a day are stored."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from peewee import BigIntegerField, TextField

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware datetime, exact."""
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The aware UTC datetime of microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


class MomentField(BigIntegerField):
    """An aware UTC datetime, stored as integer microseconds on every engine, so that it sorts and compares alike."""

    def db_value(self, value: datetime | int | None) -> int | None:
        """The integer to store; naive datetimes raise TypeError."""
        return to_microseconds(value) if isinstance(value, datetime) else value

    def python_value(self, value: int | None) -> datetime | None:
        """The aware UTC datetime of a stored integer."""
        return None if value is None else from_microseconds(value)

    def adapt(self, value: Any) -> Any:
        """Peewee's hook for literals in expressions: leaves datetimes to `db_value`."""
        return value


class DayField(TextField):
    """A day of the calendar, stored as `2026-11-16` on every engine."""

    def db_value(self, value: date | str | None) -> str | None:
        """The text to store."""
        return value.isoformat() if isinstance(value, date) else value

    def python_value(self, value: str | None) -> date | None:
        """The day of a stored text."""
        return None if value is None else date.fromisoformat(value)
