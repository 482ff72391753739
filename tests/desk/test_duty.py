"""Who is there at a moment, as the desk itself asks before it gives somebody a ticket."""

from datetime import date, datetime

import pytest

from itdesk.desk.queries.duty import Duty, duties
from itdesk.desk.session import Desk
from itdesk.models.people import Membership, Team
from itdesk.models.schedule import Absence, OnCall, ShiftChange, WeeklyShift
from tests.support.desks import SignIn, StillClock


@pytest.fixture
def tom(desk: Desk, sign_in_as: SignIn, clock: StillClock) -> int:
    """Somebody who works on Mondays from 8 to 16, in Berlin."""
    person = sign_in_as("tom").actor.id
    WeeklyShift.create(person=person, weekday=0, starts=480, ends=960, first_day=date(2026, 1, 1), changed_at=clock.now)
    return person


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


def duty(sign_in_as: SignIn, person: int, moment: str) -> Duty:
    return duties(sign_in_as("desi"), [person], at(moment))[person]


def test_without_a_rota_everybody_is_on_shift(sign_in_as: SignIn) -> None:
    people = [sign_in_as(login).actor.id for login in ("wes", "tina")]
    found = duties(sign_in_as("rita"), people, at("03-01 23:00"))
    assert found == {one: Duty(one, on_shift=True, on_call=False, absent="", until=None) for one in people}


def test_a_shift_counts_until_it_ends_and_the_time_off_until_the_next_one(sign_in_as: SignIn, tom: int) -> None:
    assert duty(sign_in_as, tom, "03-02 07:00") == Duty(tom, True, False, "", at("03-02 15:00"))
    assert duty(sign_in_as, tom, "03-02 15:00") == Duty(tom, False, False, "", at("03-09 07:00"))


def test_a_shift_that_was_dropped_or_added_counts_on_that_day_alone(
    sign_in_as: SignIn, tom: int, clock: StillClock
) -> None:
    weekly = WeeklyShift.get(WeeklyShift.person == tom)
    ShiftChange.create(person=tom, day=date(2026, 3, 2), weekly_shift=weekly.id, changed_at=clock.now)
    ShiftChange.create(person=tom, day=date(2026, 3, 3), starts=600, ends=660, changed_at=clock.now)
    ShiftChange.create(person=tom, day=date(2026, 3, 3), starts=0, ends=60, changed_at=clock.now, removed_at=clock.now)
    assert duty(sign_in_as, tom, "03-02 09:00") == Duty(tom, False, False, "", at("03-03 09:00"))
    assert duty(sign_in_as, tom, "03-03 09:30").on_shift


def test_whoever_is_away_is_neither_on_shift_nor_on_call(sign_in_as: SignIn, tom: int, clock: StillClock) -> None:
    network = Team.get(Team.name == "network")
    span = {"starts_at": at("03-02 06:00"), "ends_at": at("03-03 06:00"), "changed_at": clock.now}
    OnCall.create(person=tom, team=network, **span)
    assert duty(sign_in_as, tom, "03-02 20:00") == Duty(tom, False, True, "", at("03-03 06:00"))
    assert duty(sign_in_as, tom, "03-02 08:00") == Duty(tom, True, True, "", at("03-02 15:00"))
    Absence.create(person=tom, starts_at=at("03-02 08:00"), ends_at=None, reason="sick", changed_at=clock.now)
    assert duty(sign_in_as, tom, "03-02 07:30") == Duty(tom, True, True, "", at("03-02 08:00"))
    assert duty(sign_in_as, tom, "03-02 08:00") == Duty(tom, False, False, "sick", None)


def test_on_call_for_a_team_is_who_has_duty_for_that_one(sign_in_as: SignIn, tom: int, clock: StillClock) -> None:
    network, security = (Team.get(Team.name == name).id for name in ("network", "security"))
    Membership.create(person=tom, team=security)
    OnCall.create(
        person=tom, team=security, starts_at=at("03-02 06:00"), ends_at=at("03-03 06:00"), changed_at=clock.now
    )
    night = at("03-02 20:00")
    assert duty(sign_in_as, tom, "03-02 20:00").on_call
    assert duties(sign_in_as("desi"), [tom], night, team=security)[tom].on_call
    assert duties(sign_in_as("desi"), [tom], night, team=network)[tom] == Duty(
        tom, on_shift=False, on_call=False, absent="", until=at("03-09 07:00")
    )
