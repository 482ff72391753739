"""Days, times and lengths on the command line: what cannot be understood is wrong usage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.session import Session
from itdesk.domain import schedule_words

T = TypeVar("T")


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

    def past_day(self, text: str | None) -> date | None:
        """A day of what is over, where one is given."""
        return None if text is None else understood(partial(schedule_words.parse_day, last=True), text, self.today)

    def moment(self, text: str) -> datetime:
        """A moment, aware UTC."""
        return understood(schedule_words.parse_moment, text, self.now, self.zone)

    def span(self, start: str, end: str | None) -> tuple[datetime, datetime | None]:
        """From a day or moment until another; see `domain.schedule_words.parse_span`."""
        return understood(schedule_words.parse_span, start, end or "", self.now, self.zone)
