"""The queue's list: a window of rows over any number of tickets, keyed by ticket id.

The list never asks the database. It posts `Wanted` when it needs rows, and whoever owns it answers with `show`,
`extend_after` or `extend_before`; what changed meanwhile comes in through `update_rows`.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.style import Style

from itdesk.desk.queries.queue import QueueRow
from itdesk.domain.ticket import ENDED, Status
from itdesk.ui.cells import Part, Parts, cell, row_strip
from itdesk.ui.text import EMPTY, content, fit, join
from itdesk.ui.theme import BOLD, Roles, roles, time_left_style
from itdesk.ui.times import age
from itdesk.ui.widgets.lines import Lines

if TYPE_CHECKING:  # calendars are not loaded where a desk promises nothing
    from itdesk.domain.time_left import TimeLeft

Due = Callable[[QueueRow, datetime], "TimeLeft | None"]
"""How much time a ticket has left at a moment; None where nothing was promised."""

_PAGES_KEPT = 2
"""Pages kept above and below the one that is shown."""


class Want(Enum):
    """Which rows a list needs."""

    FIRST = "first"
    LAST = "last"
    AFTER = "after"
    BEFORE = "before"


_GUTTER = 2
_BLANK = Part(" ", Style())
_GAP, _MARGIN = "  ", " "


class _Column(NamedTuple):
    title: str
    width: int
    cell: "Callable[[QueueRow, _Look], Parts]"
    flush_right: bool = False
    gap: str = _GAP


class _Look(NamedTuple):
    """How one row is to be painted."""

    cursor: bool
    gone: bool
    mine: bool
    now: datetime
    due: Due
    text: Style
    dim: Style
    roles: Roles


class TicketList(Lines, can_focus=True):
    """Rows of tickets with a cursor that stays on its ticket, whatever arrives."""

    class Wanted(Message):
        """The list needs rows: the first, the last, or those next to `row`."""

        def __init__(self, want: Want, row: QueueRow | None) -> None:
            super().__init__()
            self.want = want
            self.row = row

    class CursorMoved(Message):
        """The cursor stands on another ticket, or on none."""

        def __init__(self, row: QueueRow | None) -> None:
            super().__init__()
            self.row = row

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TicketList.CursorMoved)

    class Looked(Message):
        """What the list says about itself changed: the rows in view, how many are new, how many are marked."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TicketList.Looked)

    class Opened(Message):
        """A ticket was clicked on twice."""

        def __init__(self, row: QueueRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, *, me: str, now: datetime, due: Due, id: str | None = None) -> None:  # noqa: A002 Textual's word
        """`me` is the person's login (their own tickets stand out); `now` an aware moment for ages and `due`."""
        super().__init__(id=id)
        self._me = me
        self._due = due
        self._now = now
        self._rows: list[QueueRow] = []
        self._has_before = self._has_after = False
        self._offset: int | None = 0
        self._cursor = 0
        self._top = 0
        self._asked: set[Want] = set()
        self._gone: set[int] = set()
        self._new: set[int] = set()
        self._changed: set[int] = set()
        self._marked: dict[int, QueueRow] = {}
        self._number_width = 8
        self._position: Callable[[QueueRow], Any] = _fair
        self._message: Sequence[Content] = ()

    # --- what it says about itself -------------------------------------------------------------------------------

    @property
    def cursor_row(self) -> QueueRow | None:
        """The ticket under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    @property
    def cursor_line(self) -> int:
        """The line of the page, from 0, on which the cursor stands."""
        return self._cursor - self._top

    @property
    def rows(self) -> Sequence[QueueRow]:
        """The rows in the window, in order."""
        return self._rows

    @property
    def marked(self) -> Sequence[QueueRow]:
        """The marked tickets, in the order in which they were marked."""
        return list(self._marked.values())

    @property
    def new_count(self) -> int:
        """How many tickets arrived in the page or above it that are not shown yet: they would move what one reads."""
        return len(self._new)

    @property
    def in_view(self) -> tuple[int, int] | None:
        """The positions (from 1) of the first and last row in view; None where they are unknown or there are none."""
        if self._offset is None or not self._rows:
            return None
        return self._offset + self._top + 1, self._offset + min(len(self._rows), self._top + self._page)

    def has(self, ticket_id: int) -> bool:
        """Whether a ticket is among the rows that were read."""
        return any(row.id == ticket_id for row in self._rows)

    def place_of(self, ticket_id: int) -> int | None:
        """The position (from 1) of a ticket among all; None where it left them, is not in the window, or is unknown."""
        if self._offset is None:
            return None
        counted = (row for row in self._rows if row.id not in self._gone)
        return next((self._offset + at for at, row in enumerate(counted, 1) if row.id == ticket_id), None)

    @property
    def page_size(self) -> int:
        """How many rows fit; what a window should hold is five times that."""
        return self._page

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 1)

    # --- rows come in --------------------------------------------------------------------------------------------

    def show(
        self,
        rows: Sequence[QueueRow],
        *,
        has_before: bool,
        has_after: bool,
        offset: int | None,
        at: int | None = None,
        line: int | None = None,
        position: Callable[[QueueRow], Any] | None = None,
    ) -> None:
        """Show these rows in place of all others.

        `offset` is the position (from 0) of the first row among all, None if unknown. `at` is the id of the ticket on
        which the cursor shall stand, on this `line` of the page; else it keeps its line if it is there now. Without it,
        or if it is not among the rows, the cursor goes to the first. `position` sorts rows as they are sorted here.
        """
        was = self.cursor_row
        if line is None and was is not None and was.id == at:
            line = self.cursor_line
        self._rows = list(rows)
        self._has_before, self._has_after, self._offset = has_before, has_after, offset
        self._position = position or self._position
        self._asked.clear()
        self._gone.clear()
        self._new.clear()
        self._message = ()
        self._cursor = next((index for index, row in enumerate(self._rows) if row.id == at), 0)
        self._top = 0 if at is None else self._cursor - (self._page // 2 if line is None else line)
        self._refresh_marked(self._rows)
        self._settle(was)

    def extend_after(self, rows: Sequence[QueueRow], *, has_after: bool) -> None:
        """Rows that follow the last one."""
        self._asked.discard(Want.AFTER)
        known = {row.id for row in self._rows}
        self._rows.extend(row for row in rows if row.id not in known)
        self._has_after = has_after
        surplus = self._top - _PAGES_KEPT * self._page
        if surplus > 0:
            self._drop_first(surplus)
            self._has_before = True
        self._settle(self.cursor_row)

    def extend_before(self, rows: Sequence[QueueRow], *, has_before: bool) -> None:
        """Rows that precede the first one, in list order."""
        self._asked.discard(Want.BEFORE)
        known = {row.id for row in self._rows}
        fresh = [row for row in rows if row.id not in known]
        self._rows[:0] = fresh
        self._cursor += len(fresh)
        self._top += len(fresh)
        self._has_before = has_before
        self._offset = 0 if not has_before else None if self._offset is None else max(0, self._offset - len(fresh))
        keep = self._top + (1 + _PAGES_KEPT) * self._page
        if len(self._rows) > keep:
            del self._rows[max(keep, self._cursor + 1) :]
            self._has_after = True
        self._settle(self.cursor_row)

    def update_rows(
        self,
        changed: Collection[int],
        matching: Mapping[int, QueueRow],
        own: Collection[int] = (),
        left: Mapping[int, QueueRow] | None = None,
    ) -> None:
        """Tickets changed: `changed` are their ids, `matching` those of them that the filter still shows.

        Rows in the window change in place, or turn dim if they left the filter. Others come in below the page, where
        nobody looks; those that belong further up are announced, not pushed in.
        `left` are those that did, as they are now. What the person did to `own` is no news to them.
        """
        left = left or {}
        places = {row.id: index for index, row in enumerate(self._rows)}
        below = self._rows[self._top + self._page - 1] if len(self._rows) > self._top + self._page else None
        for ticket_id in changed:
            row = matching.get(ticket_id)
            place = places.get(ticket_id)
            if place is not None:
                if row is None:
                    self._gone.add(ticket_id)
                    self._rows[place] = left.get(ticket_id, self._rows[place])
                    continue
                self._gone.discard(ticket_id)
                if row != self._rows[place]:
                    self._rows[place] = row
                    if ticket_id not in own:
                        self._changed.add(ticket_id)
            elif row is None:
                self._new.discard(ticket_id)
            elif self._rows and self._position(row) > self._position(self._rows[-1]):
                if not self._has_after:
                    self._rows.append(row)
            elif below is not None and self._position(row) > self._position(below):
                self._new.discard(ticket_id)
                self._put_below(row)
            else:
                self._new.add(ticket_id)
        self._refresh_marked([*matching.values(), *left.values()])
        if self._new and not self._rows:
            self._want(Want.FIRST)
        self._settle(self.cursor_row)

    def _put_below(self, row: QueueRow) -> None:
        """Put a row in its place below the page."""
        first = self._top + self._page
        place = next(at for at in range(first, len(self._rows)) if self._position(self._rows[at]) > self._position(row))
        self._rows[place:place] = [row]

    def set_now(self, now: datetime) -> None:
        """Time went by: ages change, and how much time is left."""
        self._now = now
        self.repaint()

    def say(self, lines: Sequence[Content]) -> None:
        """Show these lines instead of rows, where there are none."""
        self._message = lines
        self.repaint()

    def seen(self, ticket_id: int) -> None:
        """The ticket was opened: it is not marked as changed any more."""
        self._changed.discard(ticket_id)
        self.repaint()

    # --- moving --------------------------------------------------------------------------------------------------

    def move(self, by: int) -> None:
        """Move the cursor by so many rows; at an edge the page jumps by half."""
        self._go_to(self._cursor + by)

    def turn(self, pages: float) -> None:
        """Move by pages; the cursor keeps its line on the screen."""
        was, step = self.cursor_row, round(pages * self._page)
        self._cursor = _clamp(self._cursor + step, len(self._rows))
        self._turn_to(self._top + step)
        self._settle(was)

    def go_first(self) -> None:
        """To the very first row, with whatever is new."""
        if self._has_before or self._new:
            self._want(Want.FIRST)
        else:
            self._go_to(0)

    def go_last(self) -> None:
        """To the very last row."""
        if self._has_after:
            self._want(Want.LAST)
        else:
            self._go_to(len(self._rows) - 1)

    def go_to(self, ticket_id: int) -> bool:
        """Put the cursor on a ticket of the window; False if it is not there."""
        place = next((index for index, row in enumerate(self._rows) if row.id == ticket_id), None)
        if place is not None:
            self._go_to(place)
        return place is not None

    # --- marks ---------------------------------------------------------------------------------------------------

    def mark(self) -> None:
        """Mark the ticket under the cursor, or take its mark away, and go down."""
        row = self.cursor_row
        if row is None:
            return
        if row.id in self._marked:
            del self._marked[row.id]
        else:
            self._marked[row.id] = row
        self.move(1)

    def mark_all(self) -> None:
        """Mark every row in view; if all of them are marked, take every mark away."""
        in_view = [row for row in self._rows[self._top : self._top + self._page] if row.id not in self._gone]
        if all(row.id in self._marked for row in in_view):
            self._marked.clear()
        else:
            self._marked |= {row.id: row for row in in_view}
        self._settle(self.cursor_row)

    def unmark(self) -> None:
        """Take all marks away."""
        self._marked.clear()
        self._settle(self.cursor_row)

    # --- keeping itself in order ---------------------------------------------------------------------------------

    def _go_to(self, index: int) -> None:
        was = self.cursor_row
        self._cursor = _clamp(index, len(self._rows))
        half = max(1, self._page // 2)
        if self._cursor < self._top:
            self._turn_to(min(self._cursor, self._top - half))
        elif self._cursor >= self._top + self._page:
            self._turn_to(max(self._cursor - self._page + 1, self._top + half))
        self._settle(was)

    def _turn_to(self, top: int) -> None:
        """Show the page that begins at `top`; rows that had left the filter go with the old one."""
        top = _clamp(top, len(self._rows) - self._page + 1)
        if top == self._top:
            return
        self._top = top
        kept = [row for row in self._rows if row.id not in self._gone or row is self.cursor_row]
        if len(kept) < len(self._rows):
            self._top -= sum(row.id in self._gone and row is not self.cursor_row for row in self._rows[:top])
            cursor = self.cursor_row
            self._rows = kept
            self._cursor = next(index for index, row in enumerate(kept) if row is cursor)
            self._gone &= {row.id for row in kept}

    def _settle(self, was: QueueRow | None) -> None:
        """Bring cursor and page into their bounds, ask for rows that will be needed, and paint.

        `was` is the ticket on which the cursor stood before.
        """
        self._cursor = _clamp(self._cursor, len(self._rows))
        self._top = _clamp(self._top, len(self._rows) - self._page + 1)
        self._top = min(max(self._top, self._cursor - self._page + 1), self._cursor)
        self._number_width = max([self._number_width, *(len(row.number) for row in self._rows)])
        if self._has_after and len(self._rows) - (self._top + self._page) < self._page:
            self._want(Want.AFTER)
        if self._has_before and self._top < self._page:
            self._want(Want.BEFORE)
        row = self.cursor_row
        if (row and row.id) != (was and was.id):
            self.post_message(self.CursorMoved(row))
        self.post_message(self.Looked())
        self.repaint()

    def _want(self, want: Want) -> None:
        if want in self._asked:
            return
        self._asked.add(want)
        row = {Want.AFTER: -1, Want.BEFORE: 0}.get(want)
        self.post_message(self.Wanted(want, self._rows[row] if row is not None and self._rows else None))

    def failed(self) -> None:
        """What was wanted could not be had: it may be wanted again."""
        self._asked.clear()

    def _drop_first(self, count: int) -> None:
        count = min(count, self._cursor)
        del self._rows[:count]
        self._cursor -= count
        self._top -= count
        self._offset = None if self._offset is None else self._offset + count

    def _refresh_marked(self, rows: Iterable[QueueRow]) -> None:
        self._marked |= {row.id: row for row in rows if row.id in self._marked}

    def on_resize(self) -> None:
        """Another height shows other rows."""
        self._settle(self.cursor_row)

    # --- painting ------------------------------------------------------------------------------------------------

    def line_state(self, y: int) -> Hashable:
        """The row and all that changes its look; None where there is no row."""
        index = self._top + y - 1
        if y == 0 or index >= len(self._rows):
            return None
        row, on_cursor = self._rows[index], index == self._cursor
        flags = (row.id in self._marked, row.id in self._changed, row.id in self._gone, on_cursor and self.has_focus)
        return row, on_cursor, flags, self._now, self._number_width, roles(self)

    def line_style(self, y: int) -> Style:
        """The cursor's tint."""
        on_cursor = y > 0 and self._rows and self._top + y - 1 == self._cursor
        return roles(self).cursor if on_cursor else Style()

    def line(self, y: int, width: int) -> Content:
        """The column titles, or what is said instead of rows."""
        if self._rows:
            return self._titles(width) if y == 0 else EMPTY
        return self._message[y] if y < len(self._message) else EMPTY

    def _titles(self, width: int) -> Content:
        dim = roles(self).dim
        columns = columns_for(width)
        cells = [
            join(fit(content(column.title, dim), own, right=column.flush_right), " " * len(column.gap))
            for column, own in zip(columns, self._widths(columns, width), strict=True)
        ]
        return join(" " * _GUTTER, *cells)

    def paint(self, y: int, width: int, base: Style) -> Strip:
        """A row of the list, or another line."""
        index = self._top + y - 1
        return self._row(index, width, base) if y and index < len(self._rows) else super().paint(y, width, base)

    def _row(self, index: int, width: int, base: Style) -> Strip:
        row, palette = self._rows[index], roles(self)
        on_cursor, gone = index == self._cursor, row.id in self._gone
        quiet = (row.priority > 3 and not on_cursor) or gone
        look = _Look(
            cursor=on_cursor,
            gone=gone,
            mine=row.assignee == self._me,
            now=self._now,
            due=self._due,
            text=palette.dim if quiet else palette.text,
            dim=palette.text if on_cursor and not gone else palette.dim,
            roles=palette,
        )
        columns = columns_for(width)
        cells: list[tuple[Parts, int, bool]] = [(self._gutter(row, on_cursor, palette), _GUTTER, False)]
        for column, own in zip(columns, self._widths(columns, width), strict=True):
            cells += [(column.cell(row, look), own, column.flush_right), ((), len(column.gap), False)]
        return row_strip(cells, base, width)

    def _gutter(self, row: QueueRow, on_cursor: bool, palette: Roles) -> Parts:
        bar = Part("▌", palette.accent) if on_cursor and self.has_focus else _BLANK
        if row.id in self._marked:
            return bar, Part("*", palette.accent + BOLD)
        return bar, Part("•", palette.accent) if row.id in self._changed else _BLANK

    def _widths(self, columns: Sequence[_Column], width: int) -> list[int]:
        """The cells of each column; what the others leave belongs to the one that has no width of its own."""
        taken = _GUTTER + sum(self._width(column) + len(column.gap) for column in columns)
        return [self._width(column) or width - taken for column in columns]

    def _width(self, column: _Column) -> int:
        return self._number_width if column.title == "Number" else column.width


# --- columns -----------------------------------------------------------------------------------------------------


def _priority(row: QueueRow, look: _Look) -> Parts:
    style = look.dim if look.gone else look.roles.priority(row.priority)
    return cell(f"P{row.priority}", look.text if row.priority > 2 and not look.gone else style)


def _number(row: QueueRow, look: _Look) -> Parts:
    return cell(row.number, look.dim)


def _subject(row: QueueRow, look: _Look) -> Parts:
    subject = cell(row.subject or "(no subject)", look.text + BOLD if look.cursor else look.text)
    if row.major:
        return (Part("MAJOR ", look.dim if look.gone else look.roles.red + BOLD), *subject)
    return subject


def _status(row: QueueRow, look: _Look) -> Parts:
    return cell(_SHORT.get(row.status, Status(row.status).title), _status_style(row, look))


def _long_status(row: QueueRow, look: _Look) -> Parts:
    return cell(Status(row.status).title, _status_style(row, look))


def _whole_status(row: QueueRow, look: _Look) -> Parts:
    reason = f": {row.waiting_reason}" if row.waiting_reason else ""
    return cell(Status(row.status).title + reason, _status_style(row, look))


_SHORT = {Status.IN_PROGRESS: "progress", Status.CANCELLED: "cancelled"}


def _status_style(row: QueueRow, look: _Look) -> Style:
    if look.gone:
        return look.dim
    if row.status == Status.NEW:
        return look.roles.accent
    if row.status == Status.RESOLVED:
        return look.roles.green
    return look.dim if row.status == Status.WAITING or row.status in ENDED else look.text


def _assignee(row: QueueRow, look: _Look) -> Parts:
    if row.assignee is None:
        return cell("-", look.dim if look.gone else look.roles.accent)
    return cell(row.assignee, look.text + BOLD if look.mine else look.dim)


def _time_left(row: QueueRow, look: _Look) -> Parts:
    """The time, and in the last cell its flag, so that neither hangs on a colour.

    On the cursor's row it is bold instead: every step over a thin line would carry its colour twice.
    """
    left = look.due(row, look.now)
    if left is None:
        return (_BLANK,)
    style = look.dim
    if left.urgency in _PRESSING and not look.gone:
        style = look.text + BOLD if look.cursor else time_left_style(left.urgency, look.roles, look.dim)
    return cell(f"{left.text} {left.flag or ' '}", style)


_PRESSING = ("overdue", "nearly")


def _age(row: QueueRow, look: _Look) -> Parts:
    return cell(age(look.now - row.opened_at), look.dim)


def _leaf(row: QueueRow, look: _Look) -> Parts:
    return cell(row.category.rpartition(".")[2], look.dim)


def _path(row: QueueRow, look: _Look) -> Parts:
    return cell(row.category, look.dim)


def _requester(row: QueueRow, look: _Look) -> Parts:
    return cell(row.requester, look.dim)


def _team(row: QueueRow, look: _Look) -> Parts:
    return cell(row.team or "-", look.dim)


@lru_cache(maxsize=64)
def columns_for(width: int) -> tuple[_Column, ...]:
    """The columns that a list of this width has; a width of 0 takes what the others leave."""
    columns = [_Column("P", 2, _priority, gap=_MARGIN), _Column("Number", 8, _number), _Column("Subject", 0, _subject)]
    if width >= 180:
        columns += [_Column("Requester", 18, _requester), _Column("Category", 20, _path)]
    elif width >= 156:
        columns += [_Column("Requester", 16, _requester), _Column("Category", 16, _path)]
    elif width >= 126:
        columns += [_Column("Requester", 16, _requester), _Column("Category", 20, _path)]
    elif width >= 96:
        columns.append(_Column("Category", 10, _leaf))
    if width >= 180:
        columns.append(_Column("Status", 20, _whole_status))
    elif width >= 96:
        columns.append(_Column("Status", 11, _long_status))
    elif width >= 68:
        columns.append(_Column("Status", 8, _status))
    if width >= 78:
        columns.append(_Column("Who", 12 if width >= 126 else 7, _assignee))
    if width >= 156:
        columns.append(_Column("Team", 12, _team))
    if width >= 58:
        columns.append(_Column("Due  ", 9, _time_left, flush_right=True, gap=""))
    columns.append(_Column("Age", 4, _age, flush_right=True, gap=_MARGIN))
    return tuple(columns)


def _fair(row: QueueRow) -> tuple[int, int]:
    return row.order_key, row.id


def _clamp(value: int, count: int) -> int:
    """The value within 0 and `count` - 1, or 0 where there is nothing."""
    return max(0, min(value, count - 1))
