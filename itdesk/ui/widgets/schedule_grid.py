"""The schedule of some days, with a cursor that goes from hour to hour and from person to person."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime, timedelta

from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style

from itdesk.desk.queries.schedule import Scheduled, ToSettle
from itdesk.domain.schedule import Missing
from itdesk.ui.text import EMPTY, content, fit, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.schedule_month import MonthSheet
from itdesk.ui.widgets.schedule_page import Detail, Kind, Row, Sheet, Slot, Spot, rows_of

_DAY = timedelta(days=1)
_MORNING = 8
_AIRY = 30
"""Lines from which on empty rows part the teams though not all fits."""


class ScheduleGrid(Lines, can_focus=True):
    """Days and hours stand still above, rows scroll below; where not all days fit, they follow the cursor."""

    class Moved(Message):
        """The cursor stands somewhere else (`by_hand`), or on something else."""

        def __init__(self, *, by_hand: bool = False) -> None:
            super().__init__()
            self.by_hand = by_hand

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ScheduleGrid.Moved) and message.by_hand is self.by_hand

    class Left(Message):
        """The cursor wants to go on before the first (-1) or after the last day (+1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Opened(Message):
        """The cell under the cursor was clicked on."""

    def __init__(self) -> None:
        super().__init__()
        self._of: Scheduled | None = None
        self._said = ""
        self._detail = Detail.HOUR
        self._now: datetime | None = None
        self._levels: Mapping[str, int] = {}
        self._me = 0
        self._empty = self._hint = ""
        self._rows: tuple[Row, ...] = ()
        self._row = 0
        self._back: Row | None = None
        self._day: date | None = None
        self._hour = _MORNING
        self._first: date | None = None
        self._top = 0
        self._sheet: Sheet | None = None
        self._version = 0
        self._painted_rows: dict[int, Content] = {}

    # --- what is shown -------------------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the schedule, until there is one."""
        self._of, self._said = None, sentence
        self.repaint()

    def show(
        self,
        of: Scheduled,
        *,
        detail: Detail,
        now: datetime,
        levels: Mapping[str, int],
        me: int,
        empty: str,
        hint: str,
    ) -> None:
        """Show this schedule; the cursor stays on its person and hour, or goes to mine at first.

        `levels` are the teams' support levels, `me` is a person's id, `empty` what to say where nothing was planned
        yet, `hint` what can be done about what is to be settled.
        """
        before = self.row
        first_time = self._of is None and before is None
        self._of, self._detail, self._now, self._levels, self._me = of, detail, now, levels, me
        self._empty, self._hint = empty, hint
        self._make_rows()
        if first_time:
            mine = (at for at, row in enumerate(self._rows) if row.person == me)
            self._row = next(mine, next((at for at, row in enumerate(self._rows) if row.stops), 0))
            local = now.astimezone(of.zone)
            self._day, self._hour = local.date(), local.hour
        elif before is not None:
            self._row = self._find(before)
        self._forget()
        self._reveal()
        self.repaint()
        self.post_message(self.Moved())

    def _make_rows(self) -> None:
        """All rows, without the empty ones where it is low."""
        if self._of is None or self._now is None:
            return
        rows = rows_of(self._of, self._now, self._levels, self._empty, self._hint)
        airy = self.size.height >= _AIRY or len(rows) + 3 <= self.size.height
        self._rows = rows if airy else tuple(row for row in rows if row.kind is not Kind.SPACE)

    def _find(self, row: Row) -> int:
        """Where a row is now; another of the same person where it is gone, else about where it was."""
        if row in self._rows:
            return self._rows.index(row)
        same = [at for at, one in enumerate(self._rows) if row.person and one.person == row.person]
        return same[0] if same else self._stop_near(min(self._row, len(self._rows) - 1))

    def _stop_near(self, at: int) -> int:
        stops = [place for place, row in enumerate(self._rows) if row.stops]
        return min(stops, key=lambda place: abs(place - at), default=0)

    def _forget(self) -> None:
        self._sheet = None
        self._painted_rows.clear()

    @property
    def sheet(self) -> Sheet | None:
        """The page as it is laid out now."""
        of, now = self._of, self._now
        if of is None or now is None or not self.size.width:
            return None
        if self._sheet is None or (self._sheet.width, self._sheet.palette) != (self.size.width, roles(self)):
            self._painted_rows.clear()
            self._version += 1
            first = self._first or of.first
            self._sheet = self._laid_out(of, first, now)
            last_first = of.last - (self._sheet.count - 1) * _DAY
            if not of.first <= first <= last_first:
                self._first = max(of.first, min(first, last_first))
                self._sheet = self._laid_out(of, self._first, now)
        return self._sheet

    def _laid_out(self, of: Scheduled, first: date, now: datetime) -> Sheet:
        kind = MonthSheet if self._detail is Detail.SIGN else Sheet
        return kind(of, self._detail is Detail.HOUR, self.size.width, first, now, roles(self), self._me)

    @property
    def row(self) -> Row | None:
        """The row of the cursor."""
        return self._rows[self._row] if self._row < len(self._rows) and self._rows[self._row].stops else None

    @property
    def slot(self) -> Slot | None:
        """The hour or day of the cursor."""
        sheet = self.sheet
        return None if sheet is None or self._day is None else sheet.slot(self._day, self._hour)

    @property
    def day(self) -> date | None:
        """The day of the cursor."""
        return self._day

    @property
    def spot(self) -> Spot | None:
        """What the cursor stands on; None on something that is to be settled, and where there is nothing."""
        sheet, row, slot = self.sheet, self.row, self.slot
        if sheet is None or row is None or slot is None or row.settle is not None:
            return None
        return sheet.spot(row, slot)

    @property
    def day_spot(self) -> Spot | None:
        """As `spot`, with all that stands on that day."""
        sheet, row, slot = self.sheet, self.row, self.slot
        if sheet is None or row is None or slot is None or row.settle is not None:
            return None
        return sheet.spot(row, sheet.day_of(slot))

    @property
    def settle(self) -> ToSettle | None:
        """What is to be settled, if the cursor stands on that."""
        return self.row.settle if self.row is not None else None

    @property
    def to_settle_here(self) -> ToSettle | None:
        """What is to be settled where the cursor stands, in its list or on its row."""
        sheet, row, slot = self.sheet, self.row, self.slot
        return None if sheet is None or row is None or slot is None else sheet.to_settle_at(row, slot)

    @property
    def legend(self) -> Sequence[tuple[str, Style, str]]:
        """What the signs mean: each with its style and a word."""
        return self.sheet.legend if self.sheet is not None else ()

    @property
    def words(self) -> Content:
        """What the cursor stands on, in words."""
        sheet, row, slot = self.sheet, self.row, self.slot
        return EMPTY if sheet is None or row is None or slot is None else sheet.words(row, slot)

    # --- moves ---------------------------------------------------------------------------------------------------

    def move_down(self, step: int) -> None:
        """To the next row that the cursor can stand on, or the one before."""
        at = self._row + step
        while 0 <= at < len(self._rows) and not self._rows[at].stops:
            at += step
        if 0 <= at < len(self._rows):
            self._put(row=at)

    def turn(self, pages: float) -> None:
        """Down by so many pages."""
        stops = [at for at, row in enumerate(self._rows) if row.stops]
        if stops:
            wanted = self._row + round(pages * max(1, self._height - 1))
            self._put(row=min(stops, key=lambda at: abs(at - wanted)))

    def to_end(self, *, last: bool) -> None:
        """To the last row, or the first."""
        stops = [at for at, row in enumerate(self._rows) if row.stops]
        if stops:
            self._put(row=stops[-1 if last else 0])

    def move_right(self, step: int) -> None:
        """To the next hour (or day), or the one before."""
        sheet, slot = self.sheet, self.slot
        if sheet is None or slot is None:
            return
        if self._detail is not Detail.HOUR:
            self.move_day(step)
            return
        first, last = sheet.hours
        hour = slot.hour + step
        if first <= hour < last:
            self._put(day=slot.day, hour=hour)
        elif self._can_go(slot.day + step * _DAY):
            self._put(day=slot.day + step * _DAY, hour=first if step > 0 else last - 1)
        else:
            self._hour = first if step > 0 else last - 1
            self.post_message(self.Left(step))

    def move_day(self, step: int) -> None:
        """To the same hour of the next day, or the day before."""
        if self._day is None or self._of is None:
            return
        day = max(self._of.first, min(self._day, self._of.last)) + step * _DAY
        if self._can_go(day):
            self._put(day=day)
        else:
            self.post_message(self.Left(step))

    def _can_go(self, day: date) -> bool:
        return self._of is not None and self._of.first <= day <= self._of.last

    def go_to_day(self, day: date, hour: int | None = None) -> None:
        """To a day, which may only be shown in a moment."""
        self._day, self._hour = day, self._hour if hour is None else hour
        if self._can_go(day):
            self._put()

    def go_to_person(self, person: int, day: date) -> None:
        """To a person, and to a day, which may only be shown in a moment."""
        at = next((at for at, row in enumerate(self._rows) if row.person == person), None)
        self._row = self._row if at is None else at
        self.go_to_day(day)

    def toggle_settle(self) -> None:
        """To the first thing that is to be settled, and back to where the cursor came from."""
        row = self.row
        if row is not None and row.kind is Kind.TO_SETTLE:
            self._put(row=self._find(self._back) if self._back else self._stop_near(0))
            return
        first = next((at for at, one in enumerate(self._rows) if one.kind is Kind.TO_SETTLE), None)
        if first is not None:
            self._back = row
            self._put(row=first)

    def jump_to(self, one: ToSettle) -> None:
        """To the hour and the person or team that a thing to be settled is about."""
        of = self._of
        if of is None:
            return
        on_call = {
            team.id
            for team in of.teams
            for gap in team.gaps
            if gap.missing is Missing.ON_CALL and gap.start == one.start
        }
        wanted = [
            at
            for at, row in enumerate(self._rows)
            if (row.person == one.person_id if one.person_id is not None else row.team == one.team_id and row.stops)
        ]
        if one.team_id in on_call:
            wanted = [at for at in wanted if self._rows[at].kind is Kind.ON_CALL] or wanted
        local = max(one.start, of.start).astimezone(of.zone)
        self._put(row=wanted[0] if wanted else self._row, day=local.date(), hour=local.hour)

    def _put(self, *, row: int | None = None, day: date | None = None, hour: int | None = None) -> None:
        self._row = self._row if row is None else row
        self._day = day or self._day
        self._hour = self._hour if hour is None else hour
        self._reveal()
        self.repaint()
        self.post_message(self.Moved(by_hand=True))

    @property
    def _height(self) -> int:
        """Lines of the rows."""
        sheet = self.sheet
        return max(1, self.size.height - (sheet.head_height if sheet else 0))

    def _reveal(self) -> None:
        """Scroll so that the cursor's row, with the heading above it, and its day can be seen."""
        sheet, of = self.sheet, self._of
        if sheet is None or of is None:
            return
        day = max(of.first, min(self._day or of.first, of.last))
        first = max(min(sheet.first, day), day - (sheet.count - 1) * _DAY)
        if first != sheet.first or self._first is None:
            self._first = day if self._first is None else first
            self._forget()
        above = self._row - 1 if self._row and self._rows[self._row - 1].kind is Kind.HEADING else self._row
        self._top = min(max(self._top, self._row - self._height + 1), above)
        if not any(row.stops for row in self._rows[self._row + 1 :]):
            self._top = len(self._rows)  # what can only be read stands below the last stop
        if not any(row.stops for row in self._rows[: self._row]):
            self._top = 0
        self._top = max(0, min(self._top, len(self._rows) - self._height))

    # --- painting ------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Other days fit."""
        row = self.row
        self._make_rows()
        self._row = self._find(row) if row is not None and self._rows else self._row
        self._forget()
        self._reveal()
        self.refresh()
        self.post_message(self.Moved())

    def line(self, y: int, width: int) -> Content:
        """A line of the head, or a row with the cursor over it."""
        sheet = self.sheet
        if sheet is None:
            return content(f"  {self._said}", roles(self).text) if y == 1 else EMPTY
        at = self._place(y)
        if at is None:
            return sheet.head(self.slot if self._on_a_slot else None)[y]
        if at >= len(self._rows):
            return EMPTY
        found = self._painted_rows.get(at)
        if found is None:
            found = self._painted_rows[at] = fit(sheet.line(self._rows[at]), width)
        return self._with_cursor(found) if at == self._row and self.row is not None else found

    def _place(self, y: int) -> int | None:
        """The row in line `y`; None in the head."""
        sheet = self.sheet
        head = sheet.head_height if sheet is not None else 0
        return None if y < head else self._top + y - head

    @property
    def _on_a_slot(self) -> bool:
        return self.row is not None and self.row.settle is None

    def _with_cursor(self, line: Content) -> Content:
        palette, slot = roles(self), self.slot
        line = join(content("▌", palette.accent + BOLD), line[1:])
        if not self._on_a_slot or slot is None:
            return line
        inside = line[slot.x : slot.x + slot.width].stylize(palette.label)
        return join(line[: slot.x], inside, line[slot.x + slot.width :])

    def line_style(self, y: int) -> Style:
        """The tint of the cursor's row; where a theme has none, only the hour is reversed."""
        at, tint = self._place(y), roles(self).cursor
        if at is None or at != self._row or self.row is None or (tint.reverse and self._on_a_slot):
            return Style()
        return tint

    def line_state(self, y: int) -> Hashable:
        """What a line is made of: the page, its row, and the cursor where that is on it."""
        if self.sheet is None:
            return None
        at = self._place(y)
        return self._version, at, (self.row, self.slot) if at is None or at == self._row else None

    # --- mouse ---------------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """A click goes there, and on the cell under the cursor opens it."""
        sheet, at = self.sheet, self._place(event.y)
        if sheet is None or at is None or at >= len(self._rows) or not self._rows[at].stops:
            return
        here = [slot for slot in sheet.slots if slot.x <= event.x < slot.x + slot.width]
        slot = here[0] if here and self._rows[at].settle is None else self.slot
        if at == self._row and slot == self.slot:
            self.post_message(self.Opened())
        elif slot is not None:
            self._put(row=at, day=slot.day, hour=slot.hour)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self.move_down(1)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self.move_down(-1)
