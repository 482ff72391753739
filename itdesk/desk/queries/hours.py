"""When the desk works: what the settings say of business hours and holidays, for the schedule."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from itdesk.desk.session import Session
from itdesk.domain.schedule import Span


def desk_zone(session: Session) -> ZoneInfo:
    """The desk's time zone, in which shifts are meant."""
    return ZoneInfo(session.rulebook.desk.time_zone)


def business_frames(session: Session, start: datetime, end: datetime) -> Sequence[Span] | None:
    """The desk's business hours between two moments (aware UTC), in order; None where the settings name none."""
    del session, start, end
    return None


def holidays(session: Session, first: date, last: date) -> Mapping[date, str]:
    """The holidays of the desk's calendar from one day to another, both within, with their names."""
    del session, first, last
    return {}


def wanted_on_shift(session: Session, team: str) -> int:
    """How many people of a team the settings want on shift in business hours; at least one."""
    return max(1, session.rulebook.sharing.team(team).minimum)
