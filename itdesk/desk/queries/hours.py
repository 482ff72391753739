"""When the desk works: what the settings say of business hours and holidays, for the schedule."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from itdesk.desk.session import Session
from itdesk.domain.calendar import Calendar
from itdesk.domain.schedule import Span


def desk_zone(session: Session) -> ZoneInfo:
    """The desk's time zone, in which shifts are meant."""
    return ZoneInfo(session.rulebook.desk.time_zone)


def business_frames(session: Session, start: datetime, end: datetime) -> Sequence[Span] | None:
    """The desk's business hours between two moments (aware UTC), in order; None where the settings name none."""
    calendar = _desk_calendar(session)
    return None if calendar is None else calendar.frames_between(start, end)


def holidays(session: Session, first: date, last: date) -> Mapping[date, str]:
    """The holidays of the desk's calendar from one day to another, both within, with their names."""
    calendar = _desk_calendar(session)
    return {day: name for day, name in calendar.holidays.items() if first <= day <= last} if calendar else {}


def _desk_calendar(session: Session) -> Calendar | None:
    """The desk's own: the first of calendars.yaml that has frames."""
    return next((calendar for calendar in session.rulebook.calendars if not calendar.always), None)


def wanted_on_shift(session: Session, team: str) -> int:
    """How many people of a team the settings want on shift in business hours; at least one."""
    return max(1, session.rulebook.sharing.team(team).minimum)
