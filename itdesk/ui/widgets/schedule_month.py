"""A month of the schedule: a row for each person, a column of a few cells for each day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from textual.content import Content
from textual.style import Style

from itdesk.desk.queries.schedule import ScheduledPerson
from itdesk.domain.schedule import Shift
from itdesk.ui.text import EMPTY, content, fit, join
from itdesk.ui.theme import BOLD, UNDERLINE
from itdesk.ui.widgets.charts import trend
from itdesk.ui.widgets.schedule_page import AWAY, CLASH, HOLIDAY, OFF, ON, VISIT, Day, Sheet, Slot, mark

_DAY = timedelta(days=1)
_LEAST, _MOST = 2, 6
"""Cells of a day."""
_NUMBERED, _TIMED = 3, 4
"""Cells of a day from which on every day has its number, and every shift the hour at which it begins."""
_LEAST_NAME = 4
"""Cells from which on the name of a holiday tells something."""
_SATURDAY = 5
_OTHERS = 3
"""The rank of days whose numbers are left out where there is no room for all."""


@dataclass(frozen=True)
class MonthSheet(Sheet):
    """A day is a sign; where there is room, a shift is the hour at which it begins. Days on which nobody has one stay
    empty, but for holidays."""

    @cached_property
    def count(self) -> int:
        """How many days are shown at once."""
        there = (self.of.last - self.of.first).days + 1
        return max(1, min(there, (self.width - self.margin) // _LEAST))

    @cached_property
    def _each(self) -> int:
        """The cells of a day."""
        return min(_MOST, (self.width - self.margin) // self.count)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The days that are shown."""
        each = self._each
        return tuple(self._day(self.first + at * _DAY, self.margin + at * each, each, each) for at in range(self.count))

    # --- the head ------------------------------------------------------------------------------------------------

    @cached_property
    def head_height(self) -> int:
        """How many lines the head has."""
        return 2 + bool(self._free)

    @cached_property
    def _free(self) -> Sequence[Day]:
        """The holidays that are shown."""
        return [day for day in self.days if day.day in self.of.holidays]

    def head(self, at: Slot | None) -> list[Content]:
        """The lines above the rows: numbers, weekdays, holidays if there are any."""
        lines = [self._numbers(at), self._weekdays(at)]
        return [*lines, self._names_of_holidays()] if self._free else lines

    def _numbers(self, at: Slot | None) -> Content:
        """Every number, or those for which there is room: under the cursor, today's, and of the Mondays."""
        shown: list[tuple[int, Content]] = []
        for day in sorted(self.days, key=lambda day: self._rank(day, at)):
            number = content(str(day.day.day), self._style_of(day, at))
            end = day.x + number.cell_length
            has_room = all(end < x or x + other.cell_length < day.x for x, other in shown)
            if has_room and (self._each >= _NUMBERED or self._rank(day, at) < _OTHERS):
                shown.append((day.x, number))
        return _placed(shown)

    def _rank(self, day: Day, at: Slot | None) -> int:
        if at is not None and day.day == at.day:
            return 0
        if self._is_today(day):
            return 1
        return 2 if not day.day.weekday() or day is self.days[0] else _OTHERS

    def _weekdays(self, at: Slot | None) -> Content:
        letters = min(3, self._each - 1)
        return _placed((day.x, content(f"{day.day:%a}"[:letters], self._style_of(day, at))) for day in self.days)

    def _names_of_holidays(self) -> Content:
        """Their names, as far as there is room until the next one."""
        ends = [*(day.x - 1 for day in self._free[1:]), self.width]
        names: list[tuple[int, Content]] = []
        for day, end in zip(self._free, ends, strict=True):
            room = end - day.x
            name = content(self.of.holidays[day.day] if room >= _LEAST_NAME else HOLIDAY, self.palette.amber)
            names.append((day.x, fit(name, room)))
        return _placed(names)

    def _is_today(self, day: Day) -> bool:
        return day.day == self.now.astimezone(self.of.zone).date()

    def _style_of(self, day: Day, at: Slot | None) -> Style:
        palette = self.palette
        if at is not None and day.day == at.day:
            style = palette.accent + BOLD
        elif self._is_today(day):
            style = palette.text + BOLD
        else:
            style = palette.dim if day.day.weekday() >= _SATURDAY else palette.text
        return style + UNDERLINE if self._is_today(day) else style

    @property
    def legend(self) -> Sequence[tuple[str, Style, str]]:
        """What the signs mean: each with its style and a word."""
        signs = list(super().legend)
        if self._each >= _TIMED:
            signs[0] = ("08", self.palette.text, "on shift from 08:00")
        return [*signs, (HOLIDAY, self.palette.dim, "holiday")] if self._free else signs

    # --- rows ----------------------------------------------------------------------------------------------------

    def _days_of(self, person: ScheduledPerson) -> Content:
        cells = [self._cell(person, day) for day in self.days]
        if not any(cells) and not person.plan.has_rota:
            return content("no shifts", self.palette.dim)
        return join(*(fit(cell, day.width) for cell, day in zip(cells, self.days, strict=True)))

    def _cell(self, person: ScheduledPerson, day: Day) -> Content:
        slot = day.slots[0]
        sign = mark(person, slot.start, slot.end, self.of.at)
        begins = [one for one in person.plan.shifts if one.day == day.day]
        if sign != CLASH and self._away(person, slot.start, slot.end) is not None:
            sign = AWAY
        elif begins and sign in (ON, VISIT, AWAY, CLASH):
            return self._shift(begins[0], sign)
        elif sign in (ON, OFF, " "):  # what goes on from the day before belongs to that
            sign = self._free_sign(person, day)
        return content(sign, self.style(sign)) if sign != " " else EMPTY

    def _shift(self, shift: Shift, sign: str) -> Content:
        if self._each < _TIMED:
            return content(sign, self.style(sign))
        hour = content(f"{shift.start.astimezone(self.of.zone):%H}", self.palette.text)
        return join(hour, content(sign, self.style(sign)) if sign != ON else EMPTY)

    def _free_sign(self, person: ScheduledPerson, day: Day) -> str:
        if not person.plan.has_rota:
            return " "
        return HOLIDAY if day.day in self.of.holidays else OFF if day.day in self._worked else " "

    def _cover(self) -> Content:
        """How many are on shift on each day; as columns where the numbers have no room."""
        label = fit(content(" On shift", self.palette.dim + BOLD), self.margin)
        counts = [self.on_shift(day.slots[0]) for day in self.days]
        if all(len(str(count)) < self._each for count in counts):
            shown = [content(str(count) if count else "", self.palette.text) for count in counts]
        else:
            shown = [content(sign, self.palette.bars) for sign in trend(counts)]
        return join(label, *(fit(one, self._each) for one in shown))


def _placed(parts: Iterable[tuple[int, Content]]) -> Content:
    """Parts in one line, each at its cell; none reaches into another."""
    at = 0
    line: list[Content | str] = []
    for x, part in sorted(parts, key=lambda placed: placed[0]):
        line += [" " * (x - at), part]
        at = x + part.cell_length
    return join(*line)
