"""The schedule as entries of a calendar: each with an id that stays and a number that rises with every change."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from itdesk.desk.queries.hours import desk_zone, holidays
from itdesk.desk.queries.schedule import scheduled
from itdesk.desk.schedule_rows import touched_rows
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain import schedule
from itdesk.domain.schedule import Span, VisitState, at_minute, without
from itdesk.domain.ticket import Kind, format_number
from itdesk.models.base import objects, tuples
from itdesk.models.people import Team
from itdesk.models.schedule import Absence, Appointment, OnCall, ShiftChange, WeeklyShift
from itdesk.models.tickets import Ticket

_DAY = timedelta(days=1)
_LATELY = timedelta(days=180)
"""A calendar is brought up to date so often at least."""

_OF_WEEKLY = ("weekday", "starts", "ends", "first_day", "last_day", "on_holidays")
"""The columns that say when a weekly shift is."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An entry; `sequence` rises with every change, `cancelled` tells calendars that have it to drop it.

    Times are aware UTC; with `whole_days` they are midnights of the desk. Texts are as people wrote them.
    """

    uid: str
    sequence: int
    changed_at: datetime
    start: datetime
    end: datetime
    summary: str
    place: str = ""
    note: str = ""
    cancelled: bool = False
    whole_days: bool = False


def calendar_entries(
    session: Session, first: date, last: date, *, team: str | None = None, person: str | None = None
) -> tuple[CalendarEntry, ...]:
    """What a person (login or name) or a team has in some days, in order of time; what was cancelled is said as well.

    So that a calendar which has an earlier export becomes what this one says, there is also what has changed lately and
    is outside these days now, and, as cancelled, the days on which a weekly shift falls no longer and visits that are
    somebody else's now.
    A shift is told from when to when somebody is there: without an absence at its begin or end, and as cancelled where
    he is away all the time. The reason of an absence is told in one's own calendar alone. Raises Refused, NotFound.
    """
    shown = scheduled(session, first, last, team=team, person=person)
    logins = {one.id: one.login for one in shown.people}
    with session.desk.database.translated():
        export = _Export(session, shown.start, shown.end, logins, person is not None, _desk_id(session))
        return tuple(sorted(export.entries(), key=lambda one: (one.start, one.uid)))


@dataclass(frozen=True, slots=True)
class _Export:
    session: Session
    start: datetime
    end: datetime
    logins: dict[int, str]
    alone: bool
    desk_id: str

    def entries(self) -> Iterator[CalendarEntry]:
        """All of them, in no order."""
        absences: dict[int, list[Absence]] = {}
        for row in self._rows(Absence):
            absences.setdefault(row.person_id, []).append(row)
        for person_id, entry in (*self._shifts(), *self._shifts_on_days()):
            yield _while_there(entry, absences.get(person_id, ()))
        yield from self._absences()
        yield from self._on_call()
        yield from self._appointments()

    def _rows(self, model: Any) -> list[Any]:
        these = self.session.desk.database.among(sorted(self.logins))
        return objects(model.select().where(model.person.in_(these)).order_by(model.id))

    def _shifts(self) -> Iterator[tuple[int, CalendarEntry]]:
        zone = desk_zone(self.session)
        free = holidays(self.session, self.start.astimezone(zone).date() - _DAY, self.end.astimezone(zone).date())
        changed: dict[tuple[int, date], list[ShiftChange]] = {}
        for change in self._rows(ShiftChange):
            if change.weekly_shift_id is not None:
                changed.setdefault((change.weekly_shift_id, change.day), []).append(change)
        earlier = self._earlier_weekly()
        for row in self._rows(WeeklyShift):
            columns = {name: getattr(row, name) for name in _OF_WEEKLY}
            versions = [*earlier.get(row.id, ()), schedule.WeeklyShift(row.id, row.person_id, **columns)]
            falls = [schedule.shifts([one], [], self.start, self.end, zone, free) for one in versions]
            now = {one.day for one in falls[-1]}
            for one in {one.day: one for each in falls for one in each}.values():
                changes = changed.get((row.id, one.day), [])
                gone = row.removed_at is not None or any(change.removed_at is None for change in changes)
                entry = CalendarEntry(
                    self._uid("shift", row.id, one.day),
                    row.revision + sum(change.revision + 1 for change in changes),
                    max([row.changed_at, *(change.changed_at for change in changes)]),
                    one.start,
                    one.end,
                    self._summary(row.person_id, "on shift"),
                    cancelled=gone or one.day not in now,
                )
                yield row.person_id, entry

    def _earlier_weekly(self) -> dict[int, list[schedule.WeeklyShift]]:
        """What weekly shifts (by their ids) were before each of their changes, as the journal says."""
        database = self.session.desk.database
        wanted, people = database.among_in_sql([f"person:{one}" for one in sorted(self.logins)])
        sql = f"SELECT facts FROM journal WHERE object IN {wanted} AND facts LIKE {database.param} ORDER BY seq"  # noqa: S608
        columns: dict[int, dict[str, Any]] = {}
        found: dict[int, list[schedule.WeeklyShift]] = {}
        fields = WeeklyShift._meta.fields
        for (facts,) in database.execute(sql, (*people, '%"row":["weekly_shift"%')).fetchall():
            for one in touched_rows(json.loads(facts), {}):
                if one.table != "weekly_shift":
                    continue
                known = columns.setdefault(one.row_id, {})
                if known.keys() >= {"person", *_OF_WEEKLY}:
                    of = {name: fields[name].python_value(known[name]) for name in _OF_WEEKLY}
                    found.setdefault(one.row_id, []).append(schedule.WeeklyShift(one.row_id, known["person"], **of))
                known |= {name: new for name, (_, new) in one.changes.items()}
        return found

    def _shifts_on_days(self) -> Iterator[tuple[int, CalendarEntry]]:
        zone = desk_zone(self.session)
        for row in self._rows(ShiftChange):
            if row.starts is not None and row.ends is not None:
                span = schedule.span_on(row.day, row.starts, row.ends, zone)
                if span is not None:
                    summary = self._summary(row.person_id, "on shift")
                    for entry in self._entry("extra-shift", row, span, summary):
                        yield row.person_id, entry

    def _absences(self) -> Iterator[CalendarEntry]:
        zone = desk_zone(self.session)
        for row in self._rows(Absence):
            end = row.ends_at or max(self.end, row.starts_at)
            told = f"away: {row.reason}" if self.alone and row.person_id == self.session.actor.id else "away"
            midnights = all(at == at_minute(at.astimezone(zone).date(), 0, zone) for at in (row.starts_at, end))
            summary = self._summary(row.person_id, told)
            yield from self._entry("absence", row, (row.starts_at, end), summary, whole_days=midnights)

    def _on_call(self) -> Iterator[CalendarEntry]:
        teams = dict(tuples(Team.select(Team.id, Team.name)))
        for row in self._rows(OnCall):
            summary = self._summary(row.person_id, f"on call for {teams[row.team_id]}")
            yield from self._entry("on-call", row, (row.starts_at, row.ends_at), summary)

    def _appointments(self) -> Iterator[CalendarEntry]:
        rows = [*self._rows(Appointment), *self._passed_on()]
        these = self.session.desk.database.among(sorted({row.ticket_id for row in rows}))
        select = visible(self.session, Ticket.id, Ticket.kind, Ticket.subject).where(Ticket.id.in_(these))
        tickets = {
            ticket_id: f"{format_number(Kind(kind), ticket_id)} {subject}"
            for ticket_id, kind, subject in tuples(select)
        }
        ended = {
            one for (one,) in tuples(Ticket.select(Ticket.id).where(Ticket.id.in_(these) & ~Ticket.closed_at.is_null()))
        }
        for row in rows:
            in_vain = row.state == VisitState.PLANNED and row.ticket_id in ended
            yield from self._entry(
                "visit",
                row,
                (row.starts_at, row.starts_at + timedelta(minutes=row.minutes)),
                self._summary(row.person_id, tickets.get(row.ticket_id, "another ticket")),
                place=row.place,
                note=row.note,
                cancelled=in_vain or row.state == VisitState.CANCELLED or row.person_id not in self.logins,
                later=in_vain,
            )

    def _passed_on(self) -> list[Appointment]:
        """Visits that one of these people was to make, and somebody else is now."""
        database, fields = self.session.desk.database, Appointment._meta.fields
        lately = (Appointment.revision > 0) & (Appointment.changed_at >= self.start - _LATELY)
        others = objects(Appointment.select().where(lately & Appointment.person.not_in(list(self.logins))))
        if not others:
            return []
        wanted, tickets = database.among_in_sql(sorted({f"ticket:{one.ticket_id}" for one in others}))
        sql = f"SELECT facts FROM journal WHERE object IN {wanted} AND facts LIKE {database.param}"  # noqa: S608
        theirs = set()
        for (facts,) in database.execute(sql, (*tickets, '%"row":["appointment"%')).fetchall():
            for one in touched_rows(json.loads(facts), {}):
                was = one.changes.get("person", (None, None))
                if any(person is not None and fields["person"].python_value(person) in self.logins for person in was):
                    theirs.add(one.row_id)
        return [one for one in others if one.id in theirs]

    def _entry(
        self,
        kind: str,
        row: Any,
        span: Span,
        summary: str,
        *,
        cancelled: bool = False,
        later: bool = False,
        **more: Any,
    ) -> Iterator[CalendarEntry]:
        """The entry of a row, if it has a part in these days, or may have had one before it changed.

        `later`: something else than the row changed since.
        """
        lately = row.revision > 0 and row.changed_at >= self.start - _LATELY
        if lately or (span[0] < self.end and self.start < span[1]):
            gone = cancelled or row.removed_at is not None
            sequence = row.revision + later
            yield CalendarEntry(
                self._uid(kind, row.id), sequence, row.changed_at, *span, summary, cancelled=gone, **more
            )

    def _summary(self, person_id: int, text: str) -> str:
        """One's own calendar need not say whose it is."""
        return text if self.alone or person_id not in self.logins else f"{self.logins[person_id]}: {text}"

    def _uid(self, *parts: object) -> str:
        return f"{'-'.join(str(part) for part in parts)}@{self.desk_id}.itdesk"


def _while_there(shift: CalendarEntry, absences: Sequence[Absence]) -> CalendarEntry:
    """A shift without the absences of its person; these may be removed ones, which have changed it as well."""
    if not absences:
        return shift
    away = [(one.starts_at, one.ends_at or max(shift.end, one.starts_at)) for one in absences if not one.removed_at]
    there = without([(shift.start, shift.end)], away)
    return replace(
        shift,
        sequence=shift.sequence + sum(one.revision + 1 for one in absences),
        changed_at=max(shift.changed_at, *(one.changed_at for one in absences)),
        start=there[0][0] if there else shift.start,
        end=there[-1][1] if there else shift.end,
        cancelled=shift.cancelled or not there,
    )


def _desk_id(session: Session) -> str:
    """What no other desk has and this one keeps: the beginning of its journal's first hash."""
    first = session.desk.database.row("SELECT hash FROM journal ORDER BY seq LIMIT 1")
    return bytes(first[0]).hex()[:16]
