"""A calendar that takes over one export after another shows what is planned now, whatever was changed in between."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from itdesk.desk import rulebook, schedule, triage, visits
from itdesk.desk.change import Change
from itdesk.desk.departure import come_back, leave
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.people import add_people
from itdesk.desk.queries import visits as visit_queries
from itdesk.desk.queries.calendar_entries import CalendarEntry, calendar_entries
from itdesk.desk.queries.schedule import scheduled, weekly_shifts_of
from itdesk.desk.session import Session
from itdesk.desk.undo import undo
from itdesk.domain.schedule import WeeklyShift, without
from tests.desk.acts import open_ticket
from tests.support.desks import PEOPLE, SignIn, StillClock, copy_sqlite, opened, shipped_rulebook, sign_in_at

MONDAY = date(2026, 3, 2)
SUNDAY = MONDAY + timedelta(days=13)
DAY = timedelta(days=1)

Calendar = dict[str, CalendarEntry]
Deed = Callable[[Session], Change]
Planned = set[tuple[str, datetime, datetime]]
"""Whose it is, from when, and until when."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


START, END = at("03-01 23:00"), at("03-15 23:00")
"""The days of the exports."""


def whose(calendar: str) -> dict[str, str]:
    return {"team" if calendar == "network" else "person": calendar}


def take_over(calendar: Calendar, session: Session, name: str) -> None:
    """What a calendar does with a file of a person or a team: of each entry it keeps what has the highest number."""
    for entry in calendar_entries(session, MONDAY, SUNDAY, **whose(name)):
        known = calendar.get(entry.uid)
        if known is not None:
            assert entry.sequence >= known.sequence, "else calendars would keep the old one"
            same = replace(entry, changed_at=known.changed_at, sequence=known.sequence) == known
            assert same or entry.sequence > known.sequence
        calendar[entry.uid] = entry


def shown(calendar: Calendar, name: str) -> Planned:
    """What stands in the days of the exports."""
    return {
        (one.summary.partition(":")[0] if name == "network" else name, one.start, one.end)
        for one in calendar.values()
        if not one.cancelled and one.start < END and one.end > START
    }


def planned(session: Session, name: str) -> Planned:
    """What somebody, or a team, has in these days."""
    found = set()
    for person in scheduled(session, MONDAY - 2 * DAY, SUNDAY + 2 * DAY, **whose(name)).people:
        plan = person.plan
        away = [(one.start, one.end or max(END, one.start)) for one in plan.absences]
        spans = [*away, *((one.start, one.end) for one in plan.on_call)]
        spans += [(one.start, one.end) for one in plan.appointments]
        for shift in plan.shifts:
            there = without([(shift.start, shift.end)], [(one.start, one.end or shift.end) for one in plan.absences])
            spans += [(there[0][0], there[-1][1])] if there else []
        found |= {(person.login, start, end) for start, end in spans if start < END and end > START}
    return found


def adopt_holidays(session: Session, *days: date) -> Change:
    """These are the desk's holidays."""
    book = shipped_rulebook()
    free = dict.fromkeys(days, "Founders' Day")
    calendars = tuple(one if one.always else replace(one, holidays=free) for one in book.calendars)
    book = replace(book, calendars=calendars)
    return rulebook.adopt(session, book, book.to_json())


def put_in_teams(session: Session, login: str, *teams: str) -> Change:
    person = next(one for one in PEOPLE if one.login == login)
    return add_people(session, [replace(person, teams=teams)])


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
        lambda lea: schedule.change_weekly_shift(
            lea, replace(weekly_shifts_of(lea, "tom")[0], weekday=6, starts=1320, ends=360)
        ),
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
    calendars: dict[str, Calendar] = {name: {} for name in ("tom", "wes", "tina", "network")}

    def follow() -> None:
        for name, calendar in calendars.items():
            take_over(calendar, lea, name)
            assert shown(calendar, name) == planned(lea, name), name

    follow()
    for _ in range(2):
        done = deed(lea)
        follow()
        undo(lea, done.seqs[0])
        follow()


@pytest.mark.parametrize(
    ("deed", "back"),
    [
        (lambda ada: put_in_teams(ada, "tom", "security"), lambda ada: put_in_teams(ada, "tom", "network")),
        (lambda ada: leave(ada, "tom"), lambda ada: come_back(ada, "tom")),
        (lambda ada: adopt_holidays(ada, MONDAY, MONDAY + 2 * DAY), adopt_holidays),
    ],
)
def test_the_calendar_of_a_team_follows_who_is_in_it_and_what_is_a_holiday(
    deed: Deed, back: Deed, sign_in_as: SignIn
) -> None:
    ada, lea = sign_in_as("ada"), sign_in_as("lea")
    adopt_holidays(ada)
    schedule.add_weekly_shifts(lea, ["tom", "tina"], range(5), 480, 960, first_day=MONDAY)
    schedule.add_weekly_shifts(lea, ["lea"], range(5), 480, 960, first_day=MONDAY, on_holidays=True)
    schedule.add_absence(lea, "tom", at("03-05 09:00"), at("03-06 15:00"), "training")
    visits.plan_visit(lea, [open_ticket(sign_in_as)], at("03-09 10:00"), 60, person="tom", place="Floor 4", anyway=True)
    calendar: Calendar = {}
    for change in (None, deed, back, deed, back):
        if change is not None:
            change(ada)
        fresh = sign_in_as("lea")
        take_over(calendar, fresh, "network")
        assert shown(calendar, "network") == planned(fresh, "network")


def test_a_former_member_of_a_team_is_told_of_without_where_he_goes(sign_in_as: SignIn) -> None:
    ada, lea = sign_in_as("ada"), sign_in_as("lea")
    put_in_teams(ada, "tom", "security")
    visits.plan_visit(lea, [open_ticket(sign_in_as)], at("03-09 10:00"), 60, person="tom", place="Floor 4", anyway=True)
    [visit] = calendar_entries(lea, MONDAY, SUNDAY, team="network")
    assert (visit.cancelled, visit.place, visit.note) == (True, "", "")


def test_after_half_a_year_nothing_is_told_of_what_was_changed(sign_in_as: SignIn, clock: StillClock) -> None:
    ada, lea = sign_in_as("ada"), sign_in_as("lea")
    schedule.add_weekly_shifts(lea, ["tom"], range(5), 480, 960, first_day=MONDAY)
    schedule.add_weekly_shifts(lea, ["tom"], [5], 480, 960, first_day=MONDAY)
    schedule.remove_weekly_shifts(lea, [weekly(lea)])
    schedule.change_weekly_shift(lea, replace(weekly_shifts_of(lea, "tom")[0], last_day=SUNDAY))
    ticket = open_ticket(sign_in_as)
    visits.plan_visit(lea, [ticket], at("10-05 10:00"), 60, person="tom", anyway=True)
    visits.move_visit(lea, [ticket], starts_at=at("10-20 10:00"), anyway=True)
    days = date(2026, 10, 5), date(2026, 10, 11)
    told = calendar_entries(lea, *days, person="tom")
    gone = {one.uid.partition("@")[0] for one in told if one.cancelled}
    assert gone == {"shift-1-2026-10-05", "shift-2-2026-10-06"}
    assert [one.start for one in told if one.uid.startswith("visit")] == [at("10-20 10:00")]
    put_in_teams(ada, "tom", "security")
    assert calendar_entries(lea, *days, team="network")
    clock.advance(days=220)
    assert not [one for one in calendar_entries(lea, *days, person="tom") if one.cancelled]
    assert not calendar_entries(lea, *days, team="network")


DAYS = st.integers(-8, 18).map(lambda number: MONDAY + number * DAY)
HOURS = st.sampled_from([0, 360, 480, 840, 960, 1320])
STAFF = st.sampled_from(["tom", "tina", "wes"])
MOMENTS = st.builds(
    lambda day, hour: datetime.combine(day, START.timetz()) + timedelta(hours=hour), DAYS, st.integers(0, 23)
)


class Planning(RuleBasedStateMachine):
    """Random changes of the schedule, and calendars that take it over now and then."""

    template: Path
    path: Path

    def __init__(self) -> None:
        super().__init__()
        self.path.unlink(missing_ok=True)
        copy_sqlite(self.template, self.path)
        self.opened = ExitStack()
        self.clock = StillClock()
        self.sign_in_as = sign_in_at(self.opened.enter_context(opened(str(self.path))), self.clock)
        self.tickets = [open_ticket(self.sign_in_as) for _ in range(2)]
        self.calendars: dict[str, Calendar] = {name: {} for name in ("tom", "tina", "wes", "network")}
        self.done: list[Change] = []
        self.gone: set[str] = set()
        lea = self.sign_in_as("lea")
        for number, who in enumerate(("tom", "tina", "wes")):
            schedule.add_weekly_shifts(lea, [who], [number, number + 2], 480, 960, first_day=MONDAY - 7 * DAY)
        schedule.add_on_call(lea, "tom", at("03-06 18:00"), at("03-07 06:00"), "network")
        visits.plan_visit(lea, self.tickets[:1], at("03-04 10:00"), 60, person="tom", anyway=True)
        for name in self.calendars:
            self.follow(name)

    def do(self, deed: Deed, login: str = "lea") -> None:
        self.clock.advance(minutes=1)
        try:
            change = deed(self.sign_in_as(login))
        except (Refused, NotFound):
            return
        if login == "lea" and change.undoable:
            self.done.append(change)

    def one_of(self, login: str, what: str, number: int) -> int:
        """The id of something that somebody has; 0 if he has nothing of it."""
        people = scheduled(self.sign_in_as("lea"), MONDAY - 9 * DAY, SUNDAY + 20 * DAY).people
        rows = [one.id for person in people if person.login == login for one in getattr(person.plan, what)]
        return rows[number % len(rows)] if rows else 0

    @rule(who=STAFF, weekday=st.integers(0, 6), hours=st.tuples(HOURS, HOURS), first=DAYS, last=DAYS | st.none())
    def add_weekly(self, who: str, weekday: int, hours: tuple[int, int], first: date, last: date | None) -> None:
        self.do(lambda lea: schedule.add_weekly_shifts(lea, [who], [weekday], *hours, first_day=first, last_day=last))

    @rule(
        who=STAFF,
        number=st.integers(0, 5),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "weekday": st.integers(0, 6),
                "starts": HOURS,
                "ends": HOURS,
                "first_day": DAYS,
                "last_day": DAYS | st.none(),
                "on_holidays": st.booleans(),
            },
        ),
    )
    def change_weekly(self, who: str, number: int, changes: dict[str, Any]) -> None:
        rows = self.weekly(who)
        if rows:
            shift = replace(rows[number % len(rows)], **changes)
            self.do(lambda lea: schedule.change_weekly_shift(lea, shift))

    @rule(who=STAFF, number=st.integers(0, 5), week=st.integers(-1, 2), days=st.integers(0, 6), to=STAFF)
    def move_weekly(self, who: str, number: int, week: int, days: int, to: str) -> None:
        rows = self.weekly(who)
        if rows:
            shift = rows[number % len(rows)]
            day = MONDAY + (7 * week + shift.weekday) * DAY
            self.do(lambda lea: schedule.move_weekly_shift(lea, shift.id, day, to_day=day + days * DAY, to_person=to))

    @rule(who=STAFF, number=st.integers(0, 5))
    def remove_weekly(self, who: str, number: int) -> None:
        rows = self.weekly(who)
        if rows:
            self.do(lambda lea: schedule.remove_weekly_shifts(lea, [rows[number % len(rows)].id]))

    def weekly(self, who: str) -> Sequence[WeeklyShift]:
        return () if who in self.gone else weekly_shifts_of(self.sign_in_as("lea"), who)

    @rule(who=STAFF, day=DAYS, hours=st.tuples(HOURS, HOURS))
    def add_shift(self, who: str, day: date, hours: tuple[int, int]) -> None:
        self.do(lambda lea: schedule.add_shift(lea, who, day, *hours))

    @rule(who=STAFF, number=st.integers(0, 20), how=st.sampled_from(["drop", "move", "swap"]), to=STAFF, day=DAYS)
    def change_day(self, who: str, number: int, how: str, to: str, day: date) -> None:
        people = scheduled(self.sign_in_as("lea"), MONDAY, SUNDAY).people
        shifts = [one for person in people if person.login == who for one in person.plan.shifts]
        if not shifts:
            return
        shift = shifts[number % len(shifts)]
        if how == "drop":
            self.do(lambda lea: schedule.drop_shift(lea, who, shift.day))
        elif how == "move":
            self.do(lambda lea: schedule.move_shift(lea, who, shift.day, to_day=day, to_person=to))
        else:
            self.do(lambda lea: schedule.swap_shifts(lea, who, shift.day, to))

    @rule(who=STAFF, start=MOMENTS, hours=st.integers(1, 60))
    def be_away(self, who: str, start: datetime, hours: int) -> None:
        self.do(lambda lea: schedule.add_absence(lea, who, start, start + timedelta(hours=hours), "training"))

    @rule(who=STAFF, number=st.integers(0, 5), start=MOMENTS, hours=st.integers(0, 60))
    def change_absence(self, who: str, number: int, start: datetime, hours: int) -> None:
        row = self.one_of(who, "absences", number)
        if hours:
            self.do(lambda lea: schedule.change_absence(lea, row, start=start, end=start + timedelta(hours=hours)))
        else:
            self.do(lambda lea: schedule.remove_absence(lea, row))

    @rule(who=STAFF, start=MOMENTS, hours=st.integers(1, 60))
    def be_on_call(self, who: str, start: datetime, hours: int) -> None:
        end = start + timedelta(hours=hours)
        self.do(lambda lea: schedule.add_on_call(lea, who, start, end, "network"))

    @rule(who=STAFF, number=st.integers(0, 5), to=STAFF, start=MOMENTS, hours=st.integers(0, 60))
    def change_on_call(self, who: str, number: int, to: str, start: datetime, hours: int) -> None:
        row, end = self.one_of(who, "on_call", number), start + timedelta(hours=hours)
        if hours > 30:
            self.do(lambda lea: schedule.change_on_call(lea, row, to_person=to))
        elif hours:
            self.do(lambda lea: schedule.change_on_call(lea, row, start=start, end=end))
        else:
            self.do(lambda lea: schedule.remove_on_call(lea, row))

    @rule(place=st.integers(0, 1), who=STAFF, start=MOMENTS, how=st.sampled_from(["plan", "move", "give", "cancel"]))
    def visit(self, place: int, who: str, start: datetime, how: str) -> None:
        targets = [self.tickets[place]]
        deeds: dict[str, Deed] = {
            "plan": lambda lea: visits.plan_visit(lea, targets, start, 60, person=who, anyway=True),
            "move": lambda lea: visits.move_visit(lea, targets, starts_at=start, anyway=True),
            "give": lambda lea: visits.move_visit(lea, targets, person=who, anyway=True),
            "cancel": lambda lea: visits.cancel_visit(lea, targets),
        }
        self.do(deeds[how])

    @rule(number=st.integers(0, 20))
    def take_back(self, number: int) -> None:
        if self.done:
            seqs = self.done[-1 - number % len(self.done)].seqs
            self.do(lambda lea: undo(lea, seqs[0]))

    @rule(who=STAFF, teams=st.sets(st.sampled_from(["network", "security"])))
    def change_teams(self, who: str, teams: set[str]) -> None:
        if who not in self.gone:
            self.do(lambda ada: put_in_teams(ada, who, *teams), "ada")

    @rule(who=STAFF)
    def leave_or_come_back(self, who: str) -> None:
        if who in self.gone:
            self.do(lambda ada: come_back(ada, who), "ada")
        else:
            self.do(lambda ada: leave(ada, who), "ada")
        self.gone ^= {who}

    @rule(days=st.sets(DAYS, max_size=3))
    def have_holidays(self, days: set[date]) -> None:
        self.do(lambda ada: adopt_holidays(ada, *days), "ada")

    @rule(name=st.sampled_from(["tom", "tina", "wes", "network"]))
    def follow(self, name: str) -> None:
        if name not in self.gone:
            lea = self.sign_in_as("lea")
            take_over(self.calendars[name], lea, name)
            assert shown(self.calendars[name], name) == planned(lea, name)

    def teardown(self) -> None:
        try:
            for name in self.calendars:
                self.follow(name)
        finally:
            self.opened.close()


def test_a_calendar_follows_whatever_is_changed(sqlite_template: Path, tmp_path: Path) -> None:
    class Here(Planning):
        template = sqlite_template
        path = tmp_path / "desk.sqlite3"

    examples = 15 if settings.get_current_profile_name() != "thorough" else 300
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
