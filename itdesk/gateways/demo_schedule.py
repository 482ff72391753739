"""The demo desk's schedule: weekly shifts, duty on call, absences and visits around the day of the visitor."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from itdesk.desk import schedule, visits
from itdesk.desk.queries import listing
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.session import Session
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.search_language import parse
from itdesk.domain.wall_time import at_minute
from itdesk.gateways.demo_content.people import SUPERVISOR, TECHNICIANS
from itdesk.gateways.demo_staff import members

SignIn = Callable[[str, datetime], Session]
"""A session of a person (login) at a moment."""

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_SATURDAY = 5
_WEEKDAYS = range(_SATURDAY)
_EARLY, _DAY_SHIFT, _MIDDLE, _LATE = (420, 900), (480, 960), (540, 1020), (600, 1080)
_SHIFTS = {
    _EARLY: ("tariq", "petra", "kwame"),
    _DAY_SHIFT: ("anna", "jonas", "mei", "sofia"),
    _MIDDLE: ("elif", "luca", "bjorn", "radek"),
    _LATE: ("ines",),
}
_ON_SATURDAY = ("ines", (540, 780))

_VISITS = (
    ("New starter on the 1st", "luca", 1, "09:00", 60, "Gdańsk, 2nd floor"),
    ("Key fob for car park", "elif", 0, "14:00", 30, "Gdańsk, garage"),
    ("Laptop battery drains", "mei", 1, "10:00", 45, "Rotterdam, room 1.12"),
    ("Wi-Fi weak in the canteen", "anna", 2, "13:00", 120, "Gdańsk, canteen"),
    ("Replace docking stations", "kwame", 2, "09:00", 180, "Gdańsk, 2nd floor"),
)
"""Of the open ticket whose subject begins so: who goes there, how many working days from now, when, how long, where."""


def plan_shifts(sign_in: SignIn, begins: datetime) -> None:
    """Everybody's weekly shifts, from the desk's first day on."""
    chief = sign_in(SUPERVISOR.login, begins)
    first = begins.astimezone(desk_zone(chief)).date()
    known = {one.login for one in TECHNICIANS}
    for (starts, ends), logins in _SHIFTS.items():
        people = [login for login in logins if login in known]
        schedule.add_weekly_shifts(chief, people, _WEEKDAYS, starts, ends, first_day=first)
    login, (starts, ends) = _ON_SATURDAY
    schedule.add_weekly_shifts(chief, [login], [_SATURDAY], starts, ends, first_day=first)


def plan_days(sign_in: SignIn, rulebook: Rulebook, now: datetime) -> None:
    """What differs around now: who is on call and away, and the visits; a few things are left to be settled."""
    chief = sign_in(SUPERVISOR.login, now)
    zone = desk_zone(chief)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())

    def at(day: date, hour: int) -> datetime:
        return at_minute(day, hour * 60, zone)

    _plan_visits(sign_in, now, today)
    teams = members(rulebook)
    team = next((name for name, logins in teams.items() if {"anna", "jonas", "bjorn"} <= set(logins)), None)
    if team is not None:
        duty = (
            ("bjorn", monday - _WEEK, monday),
            ("jonas", monday, monday + 3 * _DAY),
            ("anna", monday + 3 * _DAY, monday + _WEEK),
            ("bjorn", monday + _WEEK, monday + 2 * _WEEK),
        )
        for login, first, last in duty:
            schedule.add_on_call(chief, login, at(first, 8), at(last, 8), team)
    working = _working_days(today)
    days_off = (
        ("jonas", monday + 3 * _DAY, monday + 5 * _DAY, "holiday"),
        ("sofia", today, working[1], "sick"),
        ("mei", monday + _WEEK, monday + _WEEK + 3 * _DAY, "holiday"),
        ("bjorn", monday + _WEEK + 2 * _DAY, monday + _WEEK + 3 * _DAY, "conference"),
    )
    for login, first, last, reason in days_off:
        schedule.add_absence(sign_in(login, now), login, at(first, 0), at(last, 0), reason)
    course = working[2]
    schedule.add_absence(sign_in("kwame", now), "kwame", at(course, 10), at(course, 12), "training")


def _plan_visits(sign_in: SignIn, now: datetime, today: date) -> None:
    rows = list(listing.tickets(sign_in(SUPERVISOR.login, now), parse("status:open")))
    working = _working_days(today)
    for subject, login, ahead, when, minutes, place in _VISITS:
        ticket = next((row.id for row in rows if row.subject.startswith(subject)), None)
        if ticket is None:
            continue
        session = sign_in(login, now)
        hour, minute = map(int, when.split(":"))
        start = at_minute(working[ahead], hour * 60 + minute, desk_zone(session))
        if start > now:
            visits.plan_visit(session, [ticket], start, minutes, place=place)


def _working_days(today: date) -> list[date]:
    """The next working days, today included."""
    ahead = (today + step * _DAY for step in range(7))
    return [day for day in ahead if day.weekday() < _SATURDAY]
