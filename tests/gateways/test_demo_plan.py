"""The plan of the demo desk: what happens makes sense whenever one looks, and is the same for the same moment."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from itdesk.domain.rulebook import Rulebook
from itdesk.gateways import demo_acts as acts
from itdesk.gateways.demo_content.people import REQUESTERS, TECHNICIANS
from itdesk.gateways.demo_plan import MACHINE, SPAN, Event, Plan, make_plan
from itdesk.gateways.demo_staff import members, people
from tests.support.desks import shipped_rulebook
from tests.ui import world

MOMENTS = {
    "Monday morning": datetime(2026, 11, 16, 8, 14, tzinfo=UTC),
    "Saturday night": datetime(2026, 11, 21, 23, 50, tzinfo=UTC),
    "after the clocks went forward": datetime(2026, 3, 29, 1, 5, tzinfo=UTC),
    "after the clocks went back": datetime(2026, 10, 25, 1, 5, tzinfo=UTC),
    "leap day": datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    "New Year": datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
}
ENDS = (acts.Close, acts.Cancel)


@cache
def plan_at(moment: str) -> Plan:
    return make_plan(shipped_rulebook(), MOMENTS[moment])


@pytest.fixture(params=MOMENTS)
def moment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def by_ticket(plan: Plan) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for event in plan.events:
        found[event.ticket].append(event)
    return found


def test_more_than_300_tickets_of_90_days_and_about_42_of_them_open(moment: str) -> None:
    plan = plan_at(moment)
    tickets = by_ticket(plan)
    assert len(tickets) >= 300
    ended = sum(isinstance(events[-1].act, ENDS) for events in tickets.values())
    assert 38 <= len(tickets) - ended <= 46
    assert timedelta(days=85) < MOMENTS[moment] - plan.events[0].at <= SPAN + timedelta(days=1)
    assert plan.begins <= plan.events[0].at


def test_nothing_happens_after_now_or_before_the_ticket_is_there(moment: str) -> None:
    plan = plan_at(moment)
    assert [event.at for event in plan.events] == sorted(event.at for event in plan.events)
    assert plan.events[-1].at <= MOMENTS[moment]
    for events in by_ticket(plan).values():
        assert isinstance(events[0].act, acts.Submit)
        assert sum(isinstance(event.act, acts.Submit) for event in events) == 1
        moments = [event.at for event in events]
        assert all(earlier < later for earlier, later in pairwise(moments))


def test_the_newest_tickets_are_minutes_old(moment: str) -> None:
    opened = [event.at for event in plan_at(moment).events if isinstance(event.act, acts.Submit)]
    assert MOMENTS[moment] - opened[-1] < timedelta(minutes=10)
    assert sum(MOMENTS[moment] - at < timedelta(hours=2) for at in opened) >= 6


def test_the_same_moment_gives_the_same_plan() -> None:
    now = MOMENTS["Monday morning"]
    assert make_plan(shipped_rulebook(), now) == plan_at("Monday morning")
    in_warsaw = now.astimezone(ZoneInfo("Europe/Warsaw"))
    assert make_plan(shipped_rulebook(), in_warsaw) == plan_at("Monday morning")
    assert make_plan(shipped_rulebook(), now, seed=1) != plan_at("Monday morning")


def test_people_write_and_work_at_office_hours() -> None:
    zone = ZoneInfo(shipped_rulebook().desk.time_zone)
    plan = plan_at("Monday morning")
    opened = [
        event.at.astimezone(zone)
        for event in plan.events
        if isinstance(event.act, acts.Submit) and event.actor != MACHINE
    ]
    at_work = [at for at in opened if at.weekday() < 5 and 7 <= at.hour < 19]
    assert len(at_work) / len(opened) > 0.97


def test_every_day_of_work_has_tickets() -> None:
    zone = ZoneInfo(shipped_rulebook().desk.time_zone)
    plan = plan_at("Monday morning")
    days = Counter(event.at.astimezone(zone).date() for event in plan.events if isinstance(event.act, acts.Submit))
    assert len(days) >= 60
    assert sorted(days.values())[-2] <= 15  # what came before the weekend, a Monday's visitor finds on Friday


def test_the_shipped_rules_are_right_about_most_of_it() -> None:
    kinds = Counter(type(event.act) for event in plan_at("Monday morning").events)
    assert kinds[acts.Categorize] < 0.15 * kinds[acts.Submit]
    assert kinds[acts.Prioritize] < 0.05 * kinds[acts.Submit]


def test_tickets_have_conversations_and_turns_for_the_worse() -> None:
    kinds = Counter(type(event.act) for event in plan_at("Monday morning").events)
    assert kinds[acts.Reply] > 300
    assert kinds[acts.Note] > 100
    assert min(kinds[act] for act in (acts.Reopen, acts.Cancel, acts.Escalate, acts.DeclareMajor)) >= 1


def test_no_slot_is_left_in_a_text(moment: str) -> None:
    for event in plan_at(moment).events:
        assert "{" not in str(event.act), event


@pytest.mark.parametrize("rulebook", [shipped_rulebook(), world.rulebook()], ids=["shipped", "small"])
def test_everybody_is_in_a_team_and_no_team_is_empty(rulebook: Rulebook) -> None:
    teams = members(rulebook)
    assert set(teams) == {team.name for team in rulebook.desk.teams}
    assert all(teams.values())
    assert {login for logins in teams.values() for login in logins} == {one.login for one in TECHNICIANS}
    staff = [one for one in people(rulebook) if one.teams]
    assert len(staff) == len(TECHNICIANS)
    assert len(people(rulebook)) == len(TECHNICIANS) + 1 + len(REQUESTERS)


def test_the_shipped_desk_has_at_least_four_teams() -> None:
    assert len(members(shipped_rulebook())) >= 4


def test_a_desk_with_other_categories_and_teams_has_a_plan_too() -> None:
    plan = make_plan(world.rulebook(), MOMENTS["Monday morning"])
    categories = {event.act.category for event in plan.events if isinstance(event.act, acts.Categorize)}
    assert len(by_ticket(plan)) >= 300
    assert all(world.rulebook().category(category) for category in categories)
