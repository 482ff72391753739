"""The schedule as entries of a calendar: each with an id that stays, and a number that never falls.

A calendar that has an earlier export becomes what a later one says. So a later one also has the ids that were told of
what changed since, as cancelled where it is there no longer.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from itdesk.desk.queries.hours import desk_zone, holidays
from itdesk.desk.queries.schedule import scheduled
from itdesk.desk.schedule_rows import touched_rows
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain import schedule
from itdesk.domain.people import STAFF
from itdesk.domain.schedule import LONGEST_VISIT, Span, VisitState, without
from itdesk.domain.ticket import Kind, format_number
from itdesk.domain.wall_time import at_minute
from itdesk.models.base import objects, tuples
from itdesk.models.fields import from_microseconds, to_microseconds
from itdesk.models.people import Team
from itdesk.models.schedule import Absence, Appointment, OnCall, ShiftChange, WeeklyShift
from itdesk.models.tickets import Ticket

_DAY = timedelta(days=1)
_LATELY = timedelta(days=180)
"""A calendar is brought up to date so often at least."""
_LONGEST = timedelta(minutes=LONGEST_VISIT)

_OF_WEEKLY = ("weekday", "starts", "ends", "first_day", "last_day", "on_holidays")
"""The columns that say when a weekly shift is."""

_OF_VISIT = ("person", "starts_at", "minutes")
"""The columns that say when and whose a visit is."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An entry; `cancelled` tells calendars that have it to drop it.

    `sequence` is the number of the journal's newest entry: it rises with every change, of settings and teams as well.
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
    is outside these days now, and, as cancelled, the days on which a weekly shift falls no longer, visits that are
    somebody else's now, and what those have who lately left the team.
    A shift is told from when to when somebody is there: without an absence at its begin or end, and as cancelled where
    he is away all the time. The reason of an absence is told in one's own calendar alone. Raises Refused, NotFound.
    """
    database = session.desk.database
    with database.translated():  # read before all else: what others change meanwhile has a higher number next time
        sequence = int(database.row("SELECT MAX(seq) FROM journal")[0])
    shown = scheduled(session, first, last, team=team, person=person)
    logins = {one.id: one.login for one in shown.people}
    since = min(shown.start, shown.at) - _LATELY
    with database.translated():
        people = logins.keys() | (_left(session, team, since) if team is not None else ())
        alone, desk_id = person is not None, _desk_id(session)
        export = _Export(session, shown.start, shown.end, since, logins, people, alone, desk_id, sequence)
        return tuple(sorted(export.entries(), key=lambda one: (one.start, one.uid)))


@dataclass(frozen=True, slots=True)
class _Export:
    """`people` are those of `logins`, and who lately was one of them; what changed from `since` on is told."""

    session: Session
    start: datetime
    end: datetime
    since: datetime
    logins: Mapping[int, str]
    people: Collection[int]
    alone: bool
    desk_id: str
    sequence: int

    def entries(self) -> Iterator[CalendarEntry]:
        """All of them, in no order."""
        for person_id, entry in self._of_people():
            yield entry if person_id in self.logins else replace(entry, cancelled=True, place="", note="")

    def _of_people(self) -> Iterator[tuple[int, CalendarEntry]]:
        absences: dict[int, list[Absence]] = {}
        for row in self._rows(Absence, Absence.ends_at.is_null() | (Absence.ends_at > self.start - _DAY)):
            absences.setdefault(row.person_id, []).append(row)
        for person_id, entry in (*self._shifts(), *self._shifts_on_days()):
            yield person_id, _while_there(entry, absences.get(person_id, ()))
        yield from self._absences(one for rows in absences.values() for one in rows)
        yield from self._on_call()
        yield from self._appointments()

    def _rows(self, model: Any, near: Any) -> list[Any]:
        """The rows of these people that are `near` these days, and those that changed lately."""
        these = self.session.desk.database.among(sorted(self.people))
        lately = (model.revision > 0) & (model.changed_at >= self.since)
        return objects(model.select().where(model.person.in_(these) & (near | lately)).order_by(model.id))

    def _of_days(self) -> list[Any]:
        zone = desk_zone(self.session)
        first, last = self.start.astimezone(zone).date() - _DAY, self.end.astimezone(zone).date()
        return self._rows(ShiftChange, ShiftChange.day.between(first, last))

    def _shifts(self) -> Iterator[tuple[int, CalendarEntry]]:
        zone = desk_zone(self.session)
        days = list(schedule.days_of(self.start - _DAY, self.end, zone))
        free = holidays(self.session, days[0], days[-1])
        changed: dict[tuple[int, date], list[ShiftChange]] = {}
        for change in self._of_days():
            if change.weekly_shift_id is not None:
                changed.setdefault((change.weekly_shift_id, change.day), []).append(change)
        earlier = self._earlier_weekly()
        for row in self._rows(WeeklyShift, WeeklyShift.removed_at.is_null()):
            now = schedule.WeeklyShift(row.id, row.person_id, **{name: getattr(row, name) for name in _OF_WEEKLY})
            for day in days:
                # A holiday may be known only since: such days are always told.
                spans = [
                    span
                    for one in (*earlier.get(row.id, ()), now)
                    if one.falls_on(day, {}) and (span := schedule.span_on(day, one.starts, one.ends, zone))
                ]
                if any(self._within(span) for span in spans):
                    changes = changed.get((row.id, day), [])
                    gone = row.removed_at is not None or any(change.removed_at is None for change in changes)
                    takes_place = now.falls_on(day, free) and schedule.span_on(day, now.starts, now.ends, zone)
                    entry = CalendarEntry(
                        self._uid("shift", row.id, day),
                        self.sequence,
                        max([row.changed_at, *(change.changed_at for change in changes)]),
                        *spans[-1],
                        self._summary(row.person_id, "on shift"),
                        cancelled=gone or not takes_place,
                    )
                    yield row.person_id, entry

    def _earlier_weekly(self) -> dict[int, list[schedule.WeeklyShift]]:
        """What weekly shifts (by their ids) were before each change of late, as the journal says."""
        known: dict[int, schedule.WeeklyShift] = {}
        found: dict[int, list[schedule.WeeklyShift]] = {}
        objects_of = [f"person:{one}" for one in sorted(self.people)]
        for row_id, columns, at in self._told(objects_of, WeeklyShift, ("person", *_OF_WEEKLY)):
            if row_id in known and at >= self.since:
                found.setdefault(row_id, []).append(known[row_id])
            person_id = columns.pop("person")
            known[row_id] = schedule.WeeklyShift(row_id, person_id, **columns)
        return found

    def _told(
        self, objects_of: Sequence[str], model: Any, names: Sequence[str]
    ) -> Iterator[tuple[int, dict[str, Any], datetime]]:
        """The rows of a table as the entries on these objects say: id and these columns after each change, and when."""
        if not objects_of:
            return
        database, table, fields = self.session.desk.database, model._meta.table_name, model._meta.fields
        wanted, parameters = database.among_in_sql(objects_of)
        entries = database.rows(
            f"SELECT recorded_at, facts FROM journal WHERE object IN {wanted} AND facts LIKE ? ORDER BY object, seq",  # noqa: S608
            (*parameters, f'%"row":["{table}"%'),
        )
        stored: dict[int, dict[str, Any]] = {}
        for at, facts in entries:
            for one in touched_rows(json.loads(facts), {}):
                if one.table == table:
                    row = stored.setdefault(one.row_id, {})
                    row |= {name: new for name, (_, new) in one.changes.items()}
                    if row.keys() >= set(names):
                        columns = {name: fields[name].python_value(row[name]) for name in names}
                        yield one.row_id, columns, from_microseconds(at)

    def _shifts_on_days(self) -> Iterator[tuple[int, CalendarEntry]]:
        zone = desk_zone(self.session)
        for row in self._of_days():
            if row.starts is not None and row.ends is not None:
                span = schedule.span_on(row.day, row.starts, row.ends, zone)
                if span is not None:
                    yield from self._entry("extra-shift", row, span, "on shift")

    def _absences(self, rows: Iterable[Absence]) -> Iterator[tuple[int, CalendarEntry]]:
        zone = desk_zone(self.session)
        for row in rows:
            end = row.ends_at or max(self.end, row.starts_at)
            told = f"away: {row.reason}" if self.alone and row.person_id == self.session.actor.id else "away"
            midnights = all(at == at_minute(at.astimezone(zone).date(), 0, zone) for at in (row.starts_at, end))
            yield from self._entry("absence", row, (row.starts_at, end), told, whole_days=midnights)

    def _on_call(self) -> Iterator[tuple[int, CalendarEntry]]:
        teams = dict(tuples(Team.select(Team.id, Team.name)))
        for row in self._rows(OnCall, OnCall.ends_at > self.start):
            span = row.starts_at, row.ends_at
            yield from self._entry("on-call", row, span, f"on call for {teams[row.team_id]}")

    def _appointments(self) -> Iterator[tuple[int, CalendarEntry]]:
        rows = self._visits()
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
                tickets.get(row.ticket_id, "another ticket"),
                place=row.place,
                note=row.note,
                cancelled=in_vain or row.state == VisitState.CANCELLED,
            )

    def _visits(self) -> list[Appointment]:
        """The visits that these people have near these days, and those that they had in these days and were moved."""
        database = self.session.desk.database
        near = (Appointment.starts_at > self.start - _LONGEST) & (Appointment.starts_at < self.end)
        theirs = Appointment.person.in_(database.among(sorted(self.people)))
        rows = {one.id: one for one in objects(Appointment.select().where(theirs & near))}
        # The one change of a visit that is planned no longer was its end.
        changed = (Appointment.revision > 1) | ((Appointment.revision > 0) & Appointment.planned())
        lately = changed & (Appointment.changed_at >= self.since)
        others = {one.id: one for one in objects(Appointment.select().where(lately)) if one.id not in rows}
        tickets = sorted({f"ticket:{one.ticket_id}" for one in others.values()})
        for row_id, columns, _ in self._told(tickets, Appointment, _OF_VISIT):
            end = columns["starts_at"] + timedelta(minutes=columns["minutes"])
            if columns["person"] in self.people and self._within((columns["starts_at"], end)) and row_id in others:
                rows[row_id] = others[row_id]
        return list(rows.values())

    def _entry(
        self, kind: str, row: Any, span: Span, text: str, *, cancelled: bool = False, **more: Any
    ) -> Iterator[tuple[int, CalendarEntry]]:
        """The entry of a row and whose it is, if it has a part in these days, or may have had one before it changed."""
        lately = row.revision > 0 and row.changed_at >= self.since
        if lately or self._within(span):
            uid, summary = self._uid(kind, row.id), self._summary(row.person_id, text)
            gone = cancelled or row.removed_at is not None
            entry = CalendarEntry(uid, self.sequence, row.changed_at, *span, summary, cancelled=gone, **more)
            yield row.person_id, entry

    def _within(self, span: Span) -> bool:
        return span[0] < self.end and self.start < span[1]

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
        changed_at=max(shift.changed_at, *(one.changed_at for one in absences)),
        start=there[0][0] if there else shift.start,
        end=there[-1][1] if there else shift.end,
        cancelled=shift.cancelled or not there,
    )


def _left(session: Session, team: str, since: datetime) -> frozenset[int]:
    """Who (ids) left a team, or the desk as one of that team, from a moment on; only those who ever had a plan."""
    database = session.desk.database
    stored = Team.get_or_none(Team.name == team)
    models = (WeeklyShift, ShiftChange, Absence, OnCall, Appointment)
    planned = {person for model in models for (person,) in tuples(model.select(model.person).distinct())}
    if stored is None or not planned:
        return frozenset()
    wanted, people = database.among_in_sql([f"person:{one}" for one in sorted(planned)])
    entries = database.rows(
        f"SELECT object, verb, recorded_at, facts FROM journal WHERE object IN {wanted} AND verb IN"  # noqa: S608
        " ('person_added', 'person_updated', 'person_left', 'person_returned') ORDER BY object, seq",
        people,
    )
    members: set[str] = set()
    inside: set[str] = set()
    left: dict[str, int] = {}
    for person, verb, at, text in entries:
        facts = json.loads(text)
        if "teams" in facts:
            is_member = stored.id in facts["teams"] and facts["role"] in STAFF
            (members.add if is_member else members.discard)(person)
        if person in members and verb != "person_left":
            inside.add(person)
        elif person in inside:
            inside.remove(person)
            left[person] = at
    return frozenset(int(one.partition(":")[2]) for one, at in left.items() if at >= to_microseconds(since))


def _desk_id(session: Session) -> str:
    """What no other desk has and this one keeps: the beginning of its journal's first hash."""
    first = session.desk.database.row("SELECT hash FROM journal ORDER BY seq LIMIT 1")
    return bytes(first[0]).hex()[:16]
