"""A calendar that takes over one export after another shows what is planned now, whatever was changed in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from itdesk.desk import schedule, triage, visits
from itdesk.desk.change import Change
from itdesk.desk.queries import visits as visit_queries
from itdesk.desk.queries.calendar_entries import CalendarEntry, calendar_entries
from itdesk.desk.queries.schedule import scheduled, weekly_shifts_of
from itdesk.desk.session import Session
from itdesk.desk.undo import undo
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn

MONDAY = date(2026, 3, 2)
SUNDAY = MONDAY + timedelta(days=13)
DAY = timedelta(days=1)

Calendar = dict[str, CalendarEntry]
Deed = Callable[[Session], Change]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


def take_over(calendar: Calendar, session: Session, login: str) -> None:
    """What a calendar does with a file: of each entry it keeps what has the highest number."""
    for entry in calendar_entries(session, MONDAY, SUNDAY, person=login):
        known = calendar.get(entry.uid)
        if known is not None:
            assert entry.sequence >= known.sequence, "else calendars would keep the old one"
            same = replace(entry, changed_at=known.changed_at) == known
            assert same or entry.sequence > known.sequence
        calendar[entry.uid] = entry


def shown(calendar: Calendar) -> set[tuple[datetime, datetime]]:
    """What stands in the days of the exports."""
    spans = ((one.start, one.end) for one in calendar.values() if not one.cancelled)
    return {(start, end) for start, end in spans if start < at("03-15 23:00") and end > at("03-01 23:00")}


def planned(session: Session, login: str) -> set[tuple[datetime, datetime]]:
    """What somebody has in these days; no shift is during an absence here."""
    plan = scheduled(session, MONDAY, SUNDAY, person=login).people[0].plan
    spans = [(one.start, one.end) for one in plan.shifts] + [(one.start, one.end) for one in plan.on_call]
    spans += [(one.start, one.end) for one in plan.appointments]
    return {*spans, *((one.start, one.end or one.start) for one in plan.absences)}


def weekly(session: Session, login: str = "tom") -> int:
    return weekly_shifts_of(session, login)[0].id


def my(session: Session, login: str, what: str) -> int:
    [person] = scheduled(session, MONDAY, SUNDAY + timedelta(days=30), person=login).people
    return int(getattr(person.plan, what)[0].id)


@pytest.mark.parametrize(
    "deed",
    [
        lambda lea: schedule.change_weekly_shift(lea, replace(weekly_shifts_of(lea, "tom")[0], weekday=1)),
        lambda lea: schedule.change_weekly_shift(lea, replace(weekly_shifts_of(lea, "tom")[0], last_day=MONDAY)),
        lambda lea: schedule.change_weekly_shift(lea, replace(weekly_shifts_of(lea, "tom")[0], starts=540)),
        lambda lea: schedule.move_weekly_shift(lea, weekly(lea), MONDAY + 7 * DAY, to_person="wes"),
        lambda lea: schedule.move_weekly_shift(lea, weekly(lea), MONDAY, to_day=MONDAY + DAY),
        lambda lea: schedule.remove_weekly_shifts(lea, [weekly(lea)]),
        lambda lea: schedule.drop_shift(lea, "tom", MONDAY + 7 * DAY),
        lambda lea: schedule.swap_shifts(lea, "tom", MONDAY, "wes", MONDAY + 2 * DAY),
        lambda lea: schedule.move_shift(lea, "tom", MONDAY, to_day=MONDAY + 5 * DAY, to_person="wes"),
        lambda lea: schedule.change_on_call(lea, my(lea, "tom", "on_call"), to_person="tina"),
        lambda lea: schedule.change_on_call(
            lea, my(lea, "tom", "on_call"), start=at("03-20 18:00"), end=at("03-21 06:00")
        ),
        lambda lea: schedule.change_absence(
            lea, my(lea, "tom", "absences"), start=at("03-22 00:00"), end=at("03-23 00:00")
        ),
        lambda lea: visits.move_visit(lea, [1], person="wes", anyway=True),
        lambda lea: visits.move_visit(lea, [1], person="wes", starts_at=at("03-23 10:00"), anyway=True),
        lambda lea: visits.move_visit(lea, [1], starts_at=at("03-23 10:00"), anyway=True),
        lambda lea: visits.cancel_visit(lea, [1]),
    ],
)
def test_a_calendar_follows_every_change_and_its_undo(deed: Deed, sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    schedule.add_weekly_shifts(lea, ["tom"], [0], 480, 960, first_day=MONDAY)
    schedule.add_weekly_shifts(lea, ["wes"], [2], 480, 960, first_day=MONDAY)
    schedule.add_on_call(lea, "tom", at("03-06 18:00"), at("03-07 06:00"))
    schedule.add_absence(lea, "tom", at("03-12 23:00"), at("03-13 23:00"), "training")
    ticket = open_ticket(sign_in_as)
    triage.take(sign_in_as("tom"), [ticket])
    visits.plan_visit(sign_in_as("tom"), [ticket], at("03-04 10:00"), 60, anyway=True)
    assert (ticket, visit_queries.visits(lea, ticket)[0].person) == (1, "tom")
    calendars: dict[str, Calendar] = {login: {} for login in ("tom", "wes", "tina")}

    def follow() -> None:
        for login, calendar in calendars.items():
            take_over(calendar, lea, login)
            assert shown(calendar) == planned(lea, login), login

    follow()
    for _ in range(2):
        done = deed(lea)
        follow()
        undo(lea, done.seqs[0])
        follow()
