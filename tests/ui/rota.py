"""A week's schedule for the small desk of `tests.ui.world`, with a few things that are to be settled."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from itdesk.desk import schedule, visits
from itdesk.desk.session import Desk
from itdesk.domain.wall_time import at_minute
from tests.ui.world import session_of

MONDAY = date(2026, 11, 16)
DAY = timedelta(days=1)
VPN = 12
"""The ticket for which anna makes a visit."""

_WEEKDAYS = range(5)


def at(day: int, hour: int) -> datetime:
    """An hour of a day of the week, 0 for Monday."""
    return at_minute(MONDAY + day * DAY, hour * 60, ZoneInfo("Europe/Warsaw"))


def plan_week(desk: Desk) -> None:
    """Shifts, absences, duty on call and a visit around the moment of every picture."""
    sam = session_of(desk, "sam")
    schedule.add_weekly_shifts(sam, ["anna", "jonas"], _WEEKDAYS, 480, 960, first_day=MONDAY)
    schedule.add_weekly_shifts(sam, ["tariq"], _WEEKDAYS, 420, 900, first_day=MONDAY)
    schedule.add_weekly_shifts(sam, ["mei"], _WEEKDAYS, 600, 1080, first_day=MONDAY)
    schedule.add_on_call(sam, "jonas", at(-7, 8), at(3, 8), "network")
    schedule.add_on_call(sam, "anna", at(3, 8), at(7, 8), "network")
    visits.plan_visit(session_of(desk), [VPN], at(2, 13), 120, place="Gdańsk floor 3")
    visits.plan_visit(session_of(desk, "mei"), [11], at(1, 10), 60, place="Oslo")
    schedule.add_absence(session_of(desk, "mei"), "mei", at(1, 10), at(1, 12), "training")
    schedule.add_absence(session_of(desk, "jonas"), "jonas", at(3, 0), at(5, 0), "holiday")
