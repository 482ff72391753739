"""The schedule as lines of text."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from itdesk.cli.table import table
from itdesk.desk.queries.schedule import Scheduled, ScheduledPerson, to_settle
from itdesk.domain.schedule_words import day_text, length_text, span_text

_Row = tuple[datetime, str, str, str, str]


def page(of: Scheduled) -> Iterator[str]:
    """What is planned, by time; then the holidays, and what is to be settled. Times in the desk's time zone."""
    days = day_text(of.first) if of.first == of.last else f"{day_text(of.first)} to {day_text(of.last)}"
    yield f"{days}, {of.zone}"
    rows = sorted(row for person in of.people for row in _rows(of, person))
    lines = list(table(("Day", "Time", "Who", "What"), [row[1:] for row in rows]))
    yield ""
    yield from lines or ["Nothing is planned."]
    always = [one.login for one in of.people if not one.plan.has_rota]
    if always:
        yield ""
        yield f"Without shifts, so always there unless away: {', '.join(always)}."
    if of.holidays:
        yield ""
        yield from (f"Holiday: {day_text(day)} {name}" for day, name in sorted(of.holidays.items()))
    settle = to_settle(of, of.from_now)
    if settle:
        yield ""
        yield "To settle:"
        yield from (
            f"  {'!' if one.grave else '~'} {span_text(one.start, one.end, of.zone)}  {one.text}" for one in settle
        )


def _rows(of: Scheduled, person: ScheduledPerson) -> Iterator[_Row]:
    plan, zone = person.plan, of.zone
    for shift in plan.shifts:
        extra = "" if shift.weekly_shift is not None else " (this day)"
        yield _row(shift.start, shift.end, zone, person.login, f"shift{extra}")
    for away in plan.absences:
        yield _row(max(away.start, of.start), away.end, zone, person.login, f"away: {away.reason} (absence {away.id})")
    for duty in plan.on_call:
        team = of.team_names.get(duty.team_id, "")
        yield _row(duty.start, duty.end, zone, person.login, f"on call for {team} (duty {duty.id})")
    for one in plan.appointments:
        number, subject = of.ticket(one.ticket_id)
        where = f", {one.place}" if one.place else ""
        what = f"visit {length_text(one.minutes)}{where}: {number} {subject}".rstrip()
        yield _row(one.start, one.end, zone, person.login, f"{what} (visit {one.id})")


def _row(start: datetime, end: datetime | None, zone: tzinfo, login: str, what: str) -> _Row:
    first = start.astimezone(zone)
    last = end.astimezone(zone) if end else None
    return start, day_text(first.date()), _time(first, last), login, what


def _time(first: datetime, last: datetime | None) -> str:
    if last is None:
        return f"{first:%H:%M} - open" if first.hour or first.minute else "open end"
    if not (first.hour or first.minute or last.hour or last.minute):
        until = last.date() - timedelta(days=1)
        return "all day" if until == first.date() else f"to {day_text(until)}"
    if last.date() == first.date() or last - first < timedelta(days=1):
        return f"{first:%H:%M}-{last:%H:%M}"
    return f"{first:%H:%M} to {day_text(last.date())} {last:%H:%M}"
