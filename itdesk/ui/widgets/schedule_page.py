"""The schedule as lines: a row for each person, a column for each hour or day; cover, duty, what is to be settled."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cached_property
from itertools import groupby

from textual.content import Content
from textual.style import Style

from itdesk.desk.queries.schedule import Scheduled, ScheduledPerson, ScheduledTeam, ToSettle, to_settle
from itdesk.domain.schedule import (
    Absence,
    Appointment,
    Clash,
    Missing,
    OnCall,
    Shift,
    Span,
    cover,
    days_of,
    overlaps,
)
from itdesk.domain.schedule_words import length_text, span_text
from itdesk.domain.wall_time import at_minute
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, UNDERLINE, Roles
from itdesk.ui.times import clock
from itdesk.ui.widgets.charts import GUTTER, trend

ON, OFF, VISIT, AWAY, CLASH, THIN, DUTY, HOLIDAY = "■", "∙", "V", "a", "!", "~", "─", "h"

_DAY = timedelta(days=1)
_USUAL_HOURS = (6, 21)
_LEAST_NAME, _MOST_NAME = 5, 12
_LOAD = 5
_MOST_GAP = 4
_MOST_CELL = 3
_WHOLE_DAY = 8
"""Least columns of a day that has no hours: `08-16 V`."""
_MOST_WHOLE_DAY = 12
_THREE_DAYS, _ALL_DAYS = 80, 120
"""Columns from which on three days are shown hour by hour, and from which on all that fit."""

_OF_VISITS = (Clash.TWO_APPOINTMENTS, Clash.APPOINTMENT_WHILE_AWAY, Clash.APPOINTMENT_OFF_SHIFT)


class Kind(Enum):
    """What a row shows."""

    SPACE = 0
    HEADING = 1
    PERSON = 2
    ON_CALL = 3
    COVER = 4
    GAPS = 5
    TO_SETTLE = 6
    SENTENCE = 7


class Detail(Enum):
    """What a column of the page stands for."""

    HOUR = 0
    DAY = 1
    """A day with the times of its shifts."""
    SIGN = 2
    """A day as one sign, so that a month fits."""


_STOPS = (Kind.PERSON, Kind.ON_CALL, Kind.TO_SETTLE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: of a person in a team (their ids), of a team's duty, of something to be settled, or of words alone."""

    kind: Kind
    team: int = 0
    person: int = 0
    settle: ToSettle | None = None
    text: str = field(default="", compare=False)
    hint: str = field(default="", compare=False)

    @property
    def stops(self) -> bool:
        """Whether the cursor can stand here."""
        return self.kind in _STOPS


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of a day, or the whole day (`hour` is 0), and the cells in which it stands."""

    day: date
    hour: int
    start: datetime
    end: datetime
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Spot:
    """What the cursor stands on: a person (None where a team has nobody on call) and what overlaps the slot."""

    day: date
    start: datetime
    end: datetime
    team: ScheduledTeam | None
    person: ScheduledPerson | None
    shifts: tuple[Shift, ...] = ()
    absences: tuple[Absence, ...] = ()
    on_call: tuple[OnCall, ...] = ()
    appointments: tuple[Appointment, ...] = ()


def rows_of(of: Scheduled, now: datetime, levels: Mapping[str, int], empty: str, hint: str) -> tuple[Row, ...]:
    """All rows from top to bottom; `levels` are the teams' support levels. What is over need not be settled.

    `empty` is what to say where nothing was planned yet, `hint` what can be done about what is to be settled.
    """
    rows: list[Row] = []
    if not any(_is_planned(person) for person in of.people):
        rows += [Row(Kind.SENTENCE, text=empty), Row(Kind.SPACE)]
    teams = sorted(of.teams, key=lambda team: (levels.get(team.name, 0), team.title))
    for team in teams:
        level = f" · L{levels[team.name]}" if team.name in levels else ""
        rows.append(Row(Kind.HEADING, team.id, text=f"{team.title}{level}"))
        rows += [Row(Kind.PERSON, team.id, person) for person in team.people]
        rows.append(Row(Kind.SPACE))
    in_a_team = {person for team in of.teams for person in team.people}
    others = [person.id for person in of.people if person.id not in in_a_team]
    if others:
        rows += [Row(Kind.HEADING, text="In no team"), *(Row(Kind.PERSON, 0, person) for person in others)]
        rows.append(Row(Kind.SPACE))
    on_call = _teams_on_call(of)
    if on_call:
        rows += [Row(Kind.HEADING, text="On call"), *(Row(Kind.ON_CALL, team) for team in on_call), Row(Kind.SPACE)]
    rows += [Row(Kind.COVER), Row(Kind.GAPS), Row(Kind.SPACE)]
    settle = to_settle(of, now)
    rows.append(
        Row(Kind.HEADING, text=f"To settle · {len(settle)}" if settle else "To settle", hint=hint if settle else "")
    )
    rows += [Row(Kind.TO_SETTLE, settle=one) for one in settle]
    if not settle:
        rows.append(Row(Kind.SENTENCE, text="Nothing clashes, and nobody is missed."))
    return tuple(rows)


def _is_planned(person: ScheduledPerson) -> bool:
    plan = person.plan
    return plan.has_rota or bool(plan.absences or plan.on_call or plan.appointments)


def _teams_on_call(of: Scheduled) -> list[int]:
    """The teams of which somebody is on call, or missed."""
    found = {duty.team_id for person in of.people for duty in person.plan.on_call}
    shown = {team.id for team in of.teams}
    found |= {team.id for team in of.teams if any(gap.missing is Missing.ON_CALL for gap in team.gaps)}
    return sorted(found & shown, key=lambda team: of.team_names.get(team, ""))


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the page, with its cells."""

    day: date
    x: int
    width: int
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Sheet:
    """The page for a width: which days fit, where their hours stand, and every row as a line.

    `first` is the first day that is shown; where fewer than all of `of` fit, one moves through them.
    """

    of: Scheduled
    hourly: bool
    width: int
    first: date
    now: datetime
    palette: Roles
    me: int = 0

    # --- where everything stands ---------------------------------------------------------------------------------

    @cached_property
    def _people(self) -> dict[int, ScheduledPerson]:
        return {person.id: person for person in self.of.people}

    @cached_property
    def _teams(self) -> dict[int, ScheduledTeam]:
        return {team.id: team for team in self.of.teams}

    @cached_property
    def _name(self) -> int:
        longest = max((len(person.login) for person in self.of.people), default=0)
        return max(_LEAST_NAME, min(longest, _MOST_NAME))

    @cached_property
    def margin(self) -> int:
        """The cells before the first day."""
        return GUTTER + self._name + 1 + _LOAD + 2

    @cached_property
    def hours(self) -> tuple[int, int]:
        """The first hour that is shown, and the one before which the last ends; the rarest hours go first."""
        needed = self._needed_hours()
        usual = min(needed[0], _USUAL_HOURS[0]), max(needed[1], _USUAL_HOURS[1])
        whole = self.width >= _ALL_DAYS and self._days_for(usual) < 7 <= self._days_for(needed)
        return needed if whole else usual

    def _needed_hours(self) -> tuple[int, int]:
        zone = self.of.zone
        spans: list[Span] = []
        for person in self.of.people:
            spans += [(one.start, one.end) for one in person.plan.shifts]
            spans += [(one.start, one.end) for one in person.plan.appointments]
        first, last = 24, 0
        for start, end in spans:
            begins, ends = start.astimezone(zone), end.astimezone(zone)
            if begins.date() != ends.date() and (ends.hour or ends.minute):
                return 0, 24
            first = min(first, begins.hour)
            last = max(last, ends.hour + bool(ends.minute) if begins.date() == ends.date() else 24)
        return (first, last) if first < last else _USUAL_HOURS

    def _days_for(self, hours: tuple[int, int]) -> int:
        """How many days fit hour by hour."""
        return max(1, (self.width - self.margin) // (hours[1] - hours[0] + 1))

    @cached_property
    def count(self) -> int:
        """How many days are shown at once."""
        there = (self.of.last - self.of.first).days + 1
        if not self.hourly:
            return max(1, min(there, (self.width - self.margin) // _WHOLE_DAY))
        most = 1 if self.width < _THREE_DAYS else 3 if self.width < _ALL_DAYS else there
        return min(there, most, self._days_for(self.hours))

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The days that are shown."""
        each = (self.width - self.margin) // self.count
        first, last = self.hours
        cell = max(1, min(_MOST_CELL, (each - 1) // (last - first)))
        each = min(each, cell * (last - first) + _MOST_GAP if self.hourly else _MOST_WHOLE_DAY)
        return tuple(self._day(self.first + at * _DAY, self.margin + at * each, each, cell) for at in range(self.count))

    def _day(self, day: date, x: int, width: int, cell: int) -> Day:
        zone = self.of.zone
        if not self.hourly:
            whole = Slot(day, 0, at_minute(day, 0, zone), at_minute(day + _DAY, 0, zone), x, width - 1)
            return Day(day, x, width, (whole,))
        first, last = self.hours
        edges = [at_minute(day, 60 * hour, zone) for hour in range(first, last + 1)]
        slots = tuple(
            Slot(day, first + at, edges[at], edges[at + 1], x + at * cell, cell) for at in range(last - first)
        )
        return Day(day, x, width, slots)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All hours (or days) that are shown, in order."""
        return tuple(slot for day in self.days for slot in day.slots)

    def slot(self, day: date, hour: int) -> Slot:
        """The slot of an hour of a day, else the nearest to it."""
        return min(self.slots, key=lambda slot: (abs((slot.day - day).days), abs(slot.hour - hour)))

    # --- the head ------------------------------------------------------------------------------------------------

    @cached_property
    def head_height(self) -> int:
        """How many lines the head has."""
        return 1 + any(day.day in self.of.holidays for day in self.days) + self.hourly

    def head(self, at: Slot | None) -> list[Content]:
        """The lines above the rows: days, holidays if there are any, hours; `at` is where the cursor stands."""
        lines = [self._titles()]
        if any(day.day in self.of.holidays for day in self.days):
            lines.append(self._holidays())
        if self.hourly:
            lines.append(self._hours(at))
        return lines

    def _titles(self) -> Content:
        palette, today = self.palette, self.now.astimezone(self.of.zone).date()
        parts: list[Content | str] = [" " * self.margin]
        for day in self.days:
            title = f"{day.day:%a} {day.day.day}"
            if day.day == today:
                shown = content(title, palette.text + BOLD + UNDERLINE)
                shown = join(shown, content(" today", palette.accent)) if day.width > len(title) + 6 else shown
            else:
                shown = content(title, palette.dim if day.day.weekday() > 4 else palette.text)
            parts.append(fit(shown, day.width))
        return join(*parts)

    def _holidays(self) -> Content:
        parts: list[Content | str] = [" " * self.margin]
        for day in self.days:
            name = content(self.of.holidays.get(day.day, ""), self.palette.amber)
            parts += [fit(name, day.width - 1), " "]
        return join(*parts)

    def _hours(self, at: Slot | None) -> Content:
        """Every sixth hour, and the one under the cursor."""
        text = [" "] * self.width
        for slot in self.slots:
            if slot.hour % 6 == 0 and (at is None or abs(slot.x - at.x) > 2):
                text[slot.x : slot.x + 2] = f"{slot.hour:02}"
        line = content("".join(text), self.palette.dim)
        if at is None:
            return line
        return join(line[: at.x], content(f"{at.hour:02}", self.palette.accent + BOLD), line[at.x + 2 :])

    @property
    def legend(self) -> Sequence[tuple[str, Style, str]]:
        """What the signs mean: each with its style and a word."""
        palette = self.palette
        return (
            (ON, palette.bars, "on shift"),
            (VISIT, palette.accent + BOLD, "visit"),
            (AWAY, palette.amber, "away"),
            (CLASH, palette.red + BOLD, "conflict or gap"),
            (DUTY, palette.dim, "on call"),
        )

    # --- rows ----------------------------------------------------------------------------------------------------

    def line(self, row: Row) -> Content:
        """A row as a line, without the cursor."""
        match row.kind:
            case Kind.HEADING:
                hint = content(f"{row.hint} ", self.palette.dim)
                return between(content(f" {row.text}", self.palette.dim + BOLD), hint, self.width)
            case Kind.SENTENCE:
                return content(f"  {row.text}", self.palette.dim)
            case Kind.PERSON:
                return self._person(row)
            case Kind.ON_CALL:
                return self._on_call(row.team)
            case Kind.COVER:
                return self._cover()
            case Kind.GAPS:
                return self._gaps()
            case Kind.TO_SETTLE if row.settle is not None:
                return self._to_settle(row.settle)
            case _:
                return EMPTY

    def _person(self, row: Row) -> Content:
        person, palette = self._people[row.person], self.palette
        mine = palette.text + BOLD if person.id == self.me else palette.text
        capacity = person.capacities.get(row.team)
        full = capacity is not None and person.load >= capacity
        told = str(person.load) if capacity is None else f"{person.load}/{capacity}"
        load = content(told, palette.amber + BOLD if full else palette.dim)
        parts: list[Content | str] = [" " * GUTTER, fit(content(person.login, mine), self._name), " "]
        parts += [fit(load, _LOAD, right=True), "  "]
        return join(*parts, self._days_of(person))

    def _days_of(self, person: ScheduledPerson) -> Content:
        paint = self._hours_of if self.hourly else self._whole_day_of
        return join(*(fit(paint(person, day), day.width) for day in self.days))

    def _hours_of(self, person: ScheduledPerson, day: Day) -> Content:
        away = self._away(person, day.slots[0].start, day.slots[-1].end)
        if away is not None:
            return self._away_text(person, day, away)
        marks = [mark(person, slot.start, slot.end, self.of.at) for slot in day.slots]
        if all(one == " " for one in marks):
            return content("no shifts", self.palette.dim)
        if day.day not in self._worked and all(one == OFF for one in marks):
            return EMPTY
        wide = day.slots[0].width
        return join(
            *(content(one * wide * len(list(many)), self.style(one)) for one, many in groupby(marks)),
        )

    @cached_property
    def _worked(self) -> frozenset[date]:
        """The days on which anybody has a shift: on the others nothing need be said."""
        zone = self.of.zone
        shifts = (shift for person in self.of.people for shift in person.plan.shifts)
        return frozenset(day for shift in shifts for day in days_of(shift.start, shift.end, zone))

    def _away(self, person: ScheduledPerson, start: datetime, end: datetime) -> Absence | None:
        """The absence that lasts from a moment to another."""
        return next(
            (one for one in person.plan.absences if one.start <= start and (one.end is None or one.end >= end)), None
        )

    def _away_text(self, person: ScheduledPerson, day: Day, away: Absence) -> Content:
        clash = mark(person, day.slots[0].start, day.slots[-1].end, self.of.at) == CLASH
        sign = content(f"{CLASH} ", self.style(CLASH)) if clash else EMPTY
        said = f"away: {away.reason}" if self.hourly else away.reason
        return fit(join(sign, content(said, self.palette.amber)), day.width - 1)

    def _whole_day_of(self, person: ScheduledPerson, day: Day) -> Content:
        slot, zone = day.slots[0], self.of.zone
        away = self._away(person, slot.start, slot.end)
        if away is not None:
            return self._away_text(person, day, away)
        begins = [one for one in person.plan.shifts if one.day == slot.day]
        sign = mark(person, slot.start, slot.end, self.of.at)
        if begins:
            first, last = min(one.start for one in begins), max(one.end for one in begins)
            text = f"{first.astimezone(zone):%H}-{last.astimezone(zone):%H}"
            more = content(f" {sign}", self.style(sign)) if sign in (VISIT, AWAY, CLASH) else EMPTY
            return join(content(text, self.palette.text), more)
        return content("-" if sign == " " else OFF if sign == ON else sign, self.style(sign))

    def style(self, sign: str) -> Style:
        palette = self.palette
        return {
            ON: palette.bars,
            VISIT: palette.accent + BOLD,
            AWAY: palette.amber,
            CLASH: palette.red + BOLD,
            THIN: palette.amber + BOLD,
            "text": palette.text,
        }.get(sign, palette.dim)

    def _on_call(self, team: int) -> Content:
        """Who is on call for a team: the name where it begins, then a line as long as the duty."""
        shown = self._teams[team]
        duties = self._duties(team)
        middles = [start + (end - start) / 2 for start, end in self._cells()]

        def at(middle: datetime) -> tuple[OnCall, ScheduledPerson] | None:
            return next(((one, person) for one, person in duties if one.start <= middle < one.end), None)

        signs = ""
        for here, of in groupby(middles, key=at):
            cells = list(of)
            if here is None:
                signs += "".join(CLASH if self._is_missed(shown, middle) else " " for middle in cells)
                continue
            name = fit(content(here[1].login), min(len(cells), len(here[1].login))).plain
            line = f"{name} ".ljust(len(cells), DUTY)[: len(cells)]
            signs += "".join(
                CLASH if self._is_in_vain(*here, middle) else sign for sign, middle in zip(line, cells, strict=True)
            )
        painted = (content("".join(run), self.style(sign)) for sign, run in _runs(signs, (CLASH, DUTY)))
        label = fit(content(shown.title, self.palette.text), self.margin - GUTTER - 2)
        return join(" " * GUTTER, label, "  ", *painted)

    def _is_missed(self, team: ScheduledTeam, at: datetime) -> bool:
        """Whether a team has nobody on call at a moment, and it can still be settled."""
        return at > self.of.at and any(
            gap.missing is Missing.ON_CALL and gap.start <= at < gap.end for gap in team.gaps
        )

    def _duties(self, team: int) -> list[tuple[OnCall, ScheduledPerson]]:
        """Who is on call for a team; those who left it come last."""
        found = [(one, person) for person in self.of.people for one in person.plan.on_call if one.team_id == team]
        return sorted(found, key=lambda duty: not duty[0].of_member)

    def _is_in_vain(self, duty: OnCall, person: ScheduledPerson, at: datetime) -> bool:
        """Whether somebody on call is away at a moment, or no longer in the team, and it can still be settled."""
        away = (one for one in person.conflicts if one.clash is Clash.ON_CALL_WHILE_AWAY)
        return at > self.of.at and (not duty.of_member or any(one.start <= at < one.end for one in away))

    def _cells(self) -> Iterator[tuple[datetime, datetime]]:
        """The time that each cell of the days stands for; of the gap after a day, the night."""
        for at, day in enumerate(self.days):
            for slot in day.slots:
                for part in range(slot.width):
                    step = (slot.end - slot.start) / slot.width
                    yield slot.start + part * step, slot.start + (part + 1) * step
            left = day.width - sum(slot.width for slot in day.slots)
            following = self.days[at + 1].slots[0].start if at + 1 < len(self.days) else day.slots[-1].end
            step = (following - day.slots[-1].end) / max(1, left)
            for part in range(left):
                start = day.slots[-1].end + part * step
                yield start, start + step

    def _cover(self) -> Content:
        label = fit(content(" On shift", self.palette.dim + BOLD), self.margin)
        if self.hourly:
            levels = trend([self.on_shift(slot) for slot in self.slots])
            parts, at = [label], 0
            for day in self.days:
                part = "".join(sign * slot.width for sign, slot in zip(levels[at:], day.slots, strict=False))
                at += len(day.slots)
                parts.append(fit(content(part, self.palette.bars), day.width))
            return join(*parts)
        numbers = [fit(content(str(self.on_shift(day.slots[0])), self.palette.text), day.width) for day in self.days]
        return join(label, *numbers)

    def on_shift(self, slot: Slot) -> int:
        """How many people have a shift and are not away: in the middle of an hour, or at some time of a day."""
        middle = slot.start + (slot.end - slot.start) / 2
        if self.hourly:
            return next((there for start, end, there in self._counted if start <= middle < end), 0)
        return self._present_on[slot.day]

    @cached_property
    def _present_on(self) -> Counter[date]:
        """For each day, how many are there at some time of it."""
        start, end, zone = self.of.start, self.of.end, self.of.zone
        days = (
            {day for begins, ends in person.present(start, end) for day in days_of(begins, ends, zone)}
            for person in self._with_rota
        )
        return Counter(day for each in days for day in each)

    @cached_property
    def _with_rota(self) -> list[ScheduledPerson]:
        return [person for person in self.of.people if person.plan.has_rota]

    @cached_property
    def _counted(self) -> Sequence[tuple[datetime, datetime, int]]:
        start, end = self.of.start, self.of.end
        return cover((person.present(start, end) for person in self._with_rota), start, end)

    def _gaps(self) -> Content:
        parts: list[Content | str] = [
            fit(content(" by hour" if self.hourly else " by day", self.palette.dim), self.margin)
        ]
        for day in self.days:
            signs = [self._gap(slot) for slot in day.slots]
            wide = day.slots[0].width if self.hourly else 1
            painted = (content(sign * wide * len(list(many)), self.style(sign)) for sign, many in groupby(signs))
            parts.append(fit(join(*painted), day.width))
        return join(*parts)

    def _gap(self, slot: Slot) -> str:
        """Whether a team lacks people: all (`!`) or some (`~`); nothing where it is over and cannot be settled."""
        if slot.end <= self.of.at:
            return " "
        there = [
            gap.there
            for team in self.of.teams
            for gap in team.gaps
            if gap.missing is Missing.ON_SHIFT and gap.start < slot.end and slot.start < gap.end
        ]
        return " " if not there else THIN if all(there) else CLASH

    def _to_settle(self, one: ToSettle) -> Content:
        palette = self.palette
        sign = content(CLASH, palette.red + BOLD) if one.grave else content(THIN, palette.amber + BOLD)
        when = fit(content(self._when(one), palette.text + BOLD), max(14, self.margin - GUTTER - 4))
        return join(" " * GUTTER, sign, " ", when, "  ", content(one.text, palette.text))

    def _when(self, one: ToSettle) -> str:
        """`Thu 19 18-20`, `Thu 19, Fri 20`, `Thu 19-Sat 21`."""
        zone = self.of.zone
        days = list(days_of(max(one.start, self.of.start), min(one.end, self.of.end), zone))
        start, end = one.start.astimezone(zone), one.end.astimezone(zone)
        if len(days) == 1:
            whole = not (start.hour or start.minute or end.hour or end.minute)
            return f"{days[0]:%a %d}" if whole else f"{start:%a %d} {start:%H}-{end:%H}"
        if len(days) == 2 and one.end - one.start < _DAY:
            return f"{start:%a %d} {start:%H}-{end:%H}"
        return f"{days[0]:%a %d}{', ' if len(days) == 2 else '-'}{days[-1]:%a %d}"

    # --- under the cursor ----------------------------------------------------------------------------------------

    def spot(self, row: Row, slot: Slot) -> Spot:
        """What stands at a person's or a team's slot."""
        team, start, end = self._teams.get(row.team), slot.start, slot.end
        if row.kind is Kind.ON_CALL:
            duties = [(one, person) for one, person in self._duties(row.team) if overlaps(one, start, end)]
            person = duties[0][1] if duties else None
            return Spot(slot.day, start, end, team, person, on_call=tuple(one for one, _ in duties))
        person = self._people[row.person]
        plan = person.plan
        return Spot(
            slot.day,
            start,
            end,
            team,
            person,
            tuple(one for one in plan.shifts if overlaps(one, start, end)),
            tuple(one for one in plan.absences if overlaps(one, start, end)),
            tuple(one for one in plan.on_call if overlaps(one, start, end)),
            tuple(one for one in plan.appointments if overlaps(one, start, end)),
        )

    def to_settle_at(self, row: Row, slot: Slot) -> ToSettle | None:
        """What is to be settled in a row, at a slot."""

        def is_here(one: ToSettle) -> bool:
            if row.kind is Kind.ON_CALL:
                return one.what is Missing.ON_CALL and one.team_id == row.team
            return row.kind is Kind.PERSON and one.person_id == row.person

        if row.settle is not None:
            return row.settle
        found = (one for one in to_settle(self.of, self.now) if is_here(one))
        return next((one for one in found if any(a < slot.end and slot.start < b for a, b in one.spans)), None)

    def day_of(self, slot: Slot) -> Slot:
        """The whole day of a slot."""
        zone = self.of.zone
        return replace(slot, start=at_minute(slot.day, 0, zone), end=at_minute(slot.day + _DAY, 0, zone))

    def words(self, row: Row, slot: Slot) -> Content:
        """The cell under the cursor, or what is to be settled, in a sentence or two."""
        palette = self.palette
        if row.settle is not None:
            when = span_text(row.settle.start, row.settle.end, self.of.zone)
            return join(content(when, palette.text + BOLD), content(f" · {row.settle.text}", palette.text))
        spot = self.spot(row, slot)
        hour = f" {slot.hour:02}:00" if self.hourly else ""
        who = spot.person.login if spot.person else spot.team.title if spot.team else ""
        head = content(f"{slot.day:%a} {slot.day.day} {slot.day:%b}{hour} · {who}", palette.text + BOLD)
        told = [content(part, palette.text) for part in self._told(row, spot)]
        visits = [
            join(content(VISIT, palette.accent + BOLD), content(f" {self._visit(one)}", palette.text))
            for one in spot.appointments
        ]
        clashes = [
            join(content(f"{CLASH} ", self.style(CLASH)), content(one.text, palette.text))
            for one in to_settle(self.of)
            if one.grave and spot.person and one.person_id == spot.person.id
            if one.start < slot.end and slot.start < one.end
        ]
        return Content(" · ").join([head, *clashes, *told, *visits])

    def _told(self, row: Row, spot: Spot) -> Iterator[str]:
        zone = self.of.zone
        if row.kind is Kind.PERSON and spot.person is not None:
            for away in spot.absences:
                yield f"away {span_text(away.start, away.end, zone)}: {away.reason}"
            for shift in spot.shifts:
                yield f"on shift {clock(shift.start, zone)}-{clock(shift.end, zone)}"
            if not spot.person.plan.has_rota:
                yield "no shifts entered: counts as always there"
            elif not (spot.shifts or spot.absences):
                yield "outside of any shift" if spot.appointments else "off"
        for duty in spot.on_call:
            yield f"on call for {self.of.team_names.get(duty.team_id, '')} {span_text(duty.start, duty.end, zone)}"
        if row.kind is Kind.ON_CALL and not spot.on_call:
            yield "nobody is on call"
        if spot.day in self.of.holidays:
            yield f"holiday: {self.of.holidays[spot.day]}"

    def _visit(self, one: Appointment) -> str:
        number, subject = self.of.ticket(one.ticket_id)
        told = [f"{clock(one.start, self.of.zone)} visit", length_text(one.minutes), one.place, f"{number} {subject}"]
        return ", ".join(part.strip() for part in told if part.strip())


def mark(person: ScheduledPerson, start: datetime, end: datetime, at: datetime) -> str:
    """The sign of a person's cell: what matters most of what he has between two moments.

    A conflict is no longer marked when it is over at the moment `at`: nothing can be settled there.
    """
    plan = person.plan
    if end > at and any(one.clash in _OF_VISITS and one.start < end and start < one.end for one in person.conflicts):
        return CLASH
    if any(overlaps(one, start, end) for one in plan.appointments):
        return VISIT
    if any(overlaps(one, start, end) for one in plan.absences):
        return AWAY
    if any(overlaps(one, start, end) for one in plan.shifts):
        return ON
    return OFF if plan.has_rota else " "


def _runs(signs: str, kinds: Sequence[str]) -> Iterator[tuple[str, Iterator[str]]]:
    """Neighbours of one kind together; whatever is of no kind is one (the name is `text`)."""
    return groupby(signs, key=lambda sign: sign if sign in kinds else "text")
