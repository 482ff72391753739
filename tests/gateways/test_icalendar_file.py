"""The schedule as a calendar file, read back by the library that other calendars use as well."""

import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest

from itdesk.desk import schedule, triage, visits
from itdesk.desk.queries.calendar_entries import calendar_entries
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.session import Session
from itdesk.desk.undo import undo_last
from itdesk.gateways.icalendar_file import NoIcalendar, calendar_file
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn

FIRST = date(2026, 3, 23)
"""The clocks go forward in the night to 29 March."""

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def exported(session: Session, first: date = FIRST, **whose: str) -> dict[str, Any]:
    """The events of the file by the beginnings of their ids, of two weeks."""
    entries = calendar_entries(session, first, first + timedelta(days=13), **whose)
    calendar: Any = icalendar.Calendar.from_ical(calendar_file("tom", entries, desk_zone(session), NOW))
    assert calendar["method"] == "PUBLISH"
    events = {str(event["uid"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}
    assert all(event["dtstamp"].dt == NOW for event in events.values())
    if any("tzid" in event[end].params for event in events.values() for end in ("dtstart", "dtend")):
        assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    return events


def test_a_night_over_the_change_of_the_clocks_keeps_its_wall_times(sign_in_as: SignIn) -> None:
    schedule.add_weekly_shifts(sign_in_as("lea"), ["tom"], [5], 22 * 60, 6 * 60, first_day=FIRST)
    events = exported(sign_in_as("tom"), person="tom")
    spans = [(event["dtstart"], event["dtend"]) for _, event in sorted(events.items())]
    assert [f"{end.dt:%H:%M}" for _, end in spans] == ["06:00", "06:00"]
    assert [str(start.params["tzid"]) for start, _ in spans] == ["Europe/Berlin"] * 2
    lasted = [end.dt.astimezone(UTC) - start.dt.astimezone(UTC) for start, end in spans]
    assert lasted == [timedelta(hours=7), timedelta(hours=8)]


@pytest.mark.parametrize(("begins", "minutes"), [(0, 60), (30, 60), (30, 30), (60, 30), (60, 120), (90, 60)])
def test_what_begins_or_ends_in_the_hour_that_comes_twice_keeps_its_moments(
    sign_in_as: SignIn, begins: int, minutes: int
) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    triage.take(tom, [ticket])
    start = datetime(2026, 10, 25, tzinfo=UTC) + timedelta(minutes=begins)  # 02:00 in summer
    visits.plan_visit(tom, [ticket], start, minutes, place="Floor 3")
    visit = exported(tom, date(2026, 10, 19), person="tom")["visit-1"]
    assert visit["dtstart"].dt.astimezone(UTC) == start
    assert visit["dtend"].dt.astimezone(UTC) == start + timedelta(minutes=minutes)


def test_ids_stay_and_the_sequence_rises_with_every_change(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    schedule.add_weekly_shifts(lea, ["tom"], [0], 480, 960, first_day=FIRST)

    def first() -> tuple[str, int, str]:
        event = exported(lea, person="tom")[f"shift-1-{FIRST}"]
        return str(event["uid"]), int(event["sequence"]), str(event["status"])

    uid, sequence, status = first()
    assert status == "CONFIRMED"
    schedule.drop_shift(lea, "tom", FIRST)
    dropped = first()
    schedule.undo_last_of_schedule(lea)
    back = first()
    schedule.move_shift(lea, "tom", FIRST, to_day=FIRST + timedelta(days=1))
    moved = first()
    assert {one[0] for one in (dropped, back, moved)} == {uid}
    assert sequence < dropped[1] < back[1] < moved[1]
    assert [one[2] for one in (dropped, back, moved)] == ["CANCELLED", "CONFIRMED", "CANCELLED"]


def test_visits_duty_and_absences_are_told_and_only_to_oneself_why(sign_in_as: SignIn) -> None:
    tom, lea, ticket = sign_in_as("tom"), sign_in_as("lea"), open_ticket(sign_in_as)
    triage.take(tom, [ticket])
    at = datetime(2026, 3, 24, 12, tzinfo=UTC)
    visits.plan_visit(tom, [ticket], at, 90, place="Floor 3; left, right\x1b[31m", note="ring\ntwice")
    schedule.add_on_call(lea, "tom", at, at + timedelta(hours=12))
    berlin = datetime(2026, 3, 24, 23, tzinfo=UTC)
    schedule.add_absence(tom, "tom", berlin, berlin + timedelta(days=2), "sick")

    events = exported(tom, person="tom")
    visit, call, away = events["visit-1"], events["on-call-1"], events["absence-1"]
    assert str(visit["summary"]) == f"INC-{ticket} VPN does not connect"
    assert str(visit["location"]) == "Floor 3; left, right␛[31m"
    assert str(visit["description"]) == "ring\ntwice"
    assert (visit["dtstart"].dt, visit["dtend"].dt) == (at, at + timedelta(minutes=90))
    assert str(call["summary"]) == "on call for network"
    assert (away["dtstart"].dt, away["dtend"].dt) == (date(2026, 3, 25), date(2026, 3, 27))
    assert str(away["summary"]) == "away: sick"

    of_team = exported(lea, team="network")
    assert {str(event["summary"]) for event in of_team.values()} == {
        f"tom: INC-{ticket} VPN does not connect",
        "tom: on call for network",
        "tom: away",
    }
    visits.cancel_visit(tom, [ticket])
    cancelled = exported(tom, person="tom")["visit-1"]
    assert (str(cancelled["status"]), cancelled["uid"]) == ("CANCELLED", visit["uid"])
    assert int(cancelled["sequence"]) > int(visit["sequence"])
    undo_last(tom, ticket)
    again = exported(tom, person="tom")["visit-1"]
    assert str(again["status"]) == "CONFIRMED"
    undo_last(tom, ticket)
    gone = exported(tom, person="tom")["visit-1"]
    assert str(gone["status"]) == "CANCELLED"
    assert int(cancelled["sequence"]) < int(again["sequence"]) < int(gone["sequence"])


def test_nobody_is_on_shift_while_he_is_away_and_is_again_once_he_is_not(sign_in_as: SignIn) -> None:
    lea, tom = sign_in_as("lea"), sign_in_as("tom")
    schedule.add_weekly_shifts(lea, ["tom"], [0, 1, 2], 8 * 60, 16 * 60, first_day=FIRST)
    schedule.add_shift(lea, "tom", FIRST + timedelta(days=3), 8 * 60, 16 * 60)
    before = exported(lea, team="network")

    def shifts(events: dict[str, Any]) -> list[str]:
        found = [event for uid, event in sorted(events.items()) if "on shift" in event["summary"]]
        this_week = [one for one in found if one["dtstart"].dt.date() < FIRST + timedelta(days=7)]
        confirmed = [one for one in this_week if str(one["status"]) == "CONFIRMED"]
        return sorted(f"{one['dtstart'].dt:%a %H:%M}-{one['dtend'].dt:%H:%M}" for one in confirmed)

    assert shifts(before) == [f"{day} 08:00-16:00" for day in ("Mon", "Thu", "Tue", "Wed")]
    noon = datetime(2026, 3, 23, 12, tzinfo=desk_zone(tom))
    schedule.add_absence(tom, "tom", noon, noon + timedelta(days=2, hours=-2), "holiday")
    schedule.add_absence(tom, "tom", noon + timedelta(days=2), noon + timedelta(days=2, hours=1), "doctor")
    schedule.add_absence(tom, "tom", noon + timedelta(days=3, hours=-6), None, "sick")
    away = exported(lea, team="network")
    assert shifts(away) == ["Mon 08:00-12:00", "Wed 10:00-16:00"]
    assert str(away[f"shift-2-{FIRST + timedelta(days=1)}"]["status"]) == "CANCELLED", "other calendars drop it"
    for absence in (1, 2, 3):
        schedule.remove_absence(lea, absence)
    back = exported(lea, team="network")
    assert shifts(back) == shifts(before)
    for uid in before:
        assert int(before[uid]["sequence"]) < int(away[uid]["sequence"]) < int(back[uid]["sequence"])


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, sign_in_as: SignIn) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(NoIcalendar, match=r"pip install 'itdesk\[ical\]'"):
        calendar_file("tom", [], desk_zone(sign_in_as("tom")), NOW)
