"""Days, times and lengths on the command line: what cannot be understood is wrong usage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.session import Session
from itdesk.domain import schedule_words
from itdesk.domain.schedule import at_minute

T = TypeVar("T")

OPEN = "open"
"""What stands for an end that nobody knows."""


def understood(parse: Callable[..., T], text: str, *more: Any) -> T:
    """What a parser of `domain.schedule_words` makes of a text; a UsageError with its sentence."""
    try:
        return parse(text, *more)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Times:
    """Reads what people type, in the desk's time zone, at the session's moment."""

    zone: ZoneInfo
    now: datetime

    @classmethod
    def of(cls, session: Session) -> "Times":
        """Those of a session."""
        return cls(desk_zone(session), session.clock())

    @property
    def today(self) -> date:
        """The desk's day."""
        return self.now.astimezone(self.zone).date()

    def day(self, text: str) -> date:
        """A day."""
        return understood(schedule_words.parse_day, text, self.today)

    def moment(self, text: str) -> datetime:
        """A moment, aware UTC."""
        return understood(schedule_words.parse_moment, text, self.now, self.zone)

    def span(self, start: str, end: str | None) -> tuple[datetime, datetime | None]:
        """From a day or moment until a day (it is within) or moment; `open` is an end that nobody knows.

        Without an end: the whole day; from a moment on, until the day ends.
        """
        first, _ = self._day_or_moment(start)
        if end == OPEN:
            return first, None
        if end is None:
            return first, at_minute(first.astimezone(self.zone).date() + timedelta(days=1), 0, self.zone)
        last, until_day = self._day_or_moment(end)
        if until_day:
            return first, at_minute(last.astimezone(self.zone).date() + timedelta(days=1), 0, self.zone)
        return first, last

    def _day_or_moment(self, text: str) -> tuple[datetime, bool]:
        """The moment, and whether a day alone was meant."""
        try:
            return at_minute(schedule_words.parse_day(text, self.today), 0, self.zone), True
        except ValueError:
            return self.moment(text), False
