"""The schedule as JSON. These forms are a contract: scripts rely on them."""

from typing import Any

from itdesk.desk.queries.schedule import Scheduled, ScheduledPerson, to_settle
from itdesk.domain.schedule import WeeklyShift
from itdesk.domain.schedule_words import WEEKDAYS, time_text


def whole(of: Scheduled) -> dict[str, Any]:
    """A schedule, with what is to be settled. Days are `2026-12-01`, people logins."""
    logins = {one.id: one.login for one in of.people}
    return {
        "first_day": of.first.isoformat(),
        "last_day": of.last.isoformat(),
        "time_zone": str(of.zone),
        "holidays": {day.isoformat(): name for day, name in sorted(of.holidays.items())},
        "people": [_person(of, person) for person in of.people],
        "teams": [
            {
                "name": team.name,
                "people": [logins[person] for person in team.people],
                "minimum": team.minimum,
                "gaps": [
                    {
                        "missing": gap.missing,
                        "start": gap.start,
                        "end": gap.end,
                        "there": gap.there,
                        "wanted": gap.wanted,
                    }
                    for gap in team.gaps
                ],
            }
            for team in of.teams
        ],
        "to_settle": [
            {"start": one.start, "end": one.end, "text": one.text, "grave": one.grave}
            for one in to_settle(of, of.from_now)
        ],
    }


def _person(of: Scheduled, person: ScheduledPerson) -> dict[str, Any]:
    plan = person.plan
    return {
        "login": person.login,
        "name": person.name,
        "teams": person.teams,
        "open_tickets": person.open_tickets,
        "has_rota": plan.has_rota,
        "shifts": [
            {"day": one.day.isoformat(), "start": one.start, "end": one.end, "weekly_shift": one.weekly_shift}
            for one in plan.shifts
        ],
        "absences": [{"id": one.id, "start": one.start, "end": one.end, "reason": one.reason} for one in plan.absences],
        "on_call": [
            {"id": one.id, "team": of.team_names.get(one.team_id), "start": one.start, "end": one.end}
            for one in plan.on_call
        ],
        "visits": [
            {
                "id": one.id,
                "number": of.ticket(one.ticket_id)[0],
                "start": one.start,
                "minutes": one.minutes,
                "place": one.place,
            }
            for one in plan.appointments
        ],
        "conflicts": [
            {"clash": one.clash, "start": one.start, "end": one.end, "visits": one.appointments}
            for one in person.conflicts
        ],
    }


def weekly(shift: WeeklyShift) -> dict[str, Any]:
    """A weekly shift."""
    return {
        "id": shift.id,
        "weekday": WEEKDAYS[shift.weekday],
        "starts": time_text(shift.starts),
        "ends": time_text(shift.ends),
        "first_day": shift.first_day.isoformat(),
        "last_day": shift.last_day.isoformat() if shift.last_day else None,
        "on_holidays": shift.on_holidays,
    }
