"""The desk at a glance, laid out for any size from 30x8 on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from textual.content import Content
from textual.style import Style

from itdesk.desk.queries.queue import QueueRow
from itdesk.desk.queries.swept import LATE
from itdesk.desk.queries.watch import Glance
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, Roles, roles, time_left_style
from itdesk.ui.times import age, clock
from itdesk.ui.widgets.charts import eighths
from itdesk.ui.widgets.lines import Lines

LEAST = (30, 8)
"""Columns and rows."""

_WIDE = (70, 20)
_MOST_ACROSS = 120
"""Columns of a row: in longer ones the eye loses which status belongs to which ticket."""

_SPARKS = 43
"""Columns that the hours take with their words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the pane shows: a glance (None until there is one) at a team (None: all), the time, and what is wrong."""

    glance: Glance | None
    team: str | None
    now: datetime
    trouble: str | None


class Pane(Lines):
    """Counts and the top of the queue; with more room who has how much, what came and went, what just happened."""

    def __init__(self, zone: tzinfo, *, team_keys: str = "[ ]", quit_key: str = "q") -> None:
        super().__init__()
        self._zone = zone
        self._team_keys, self._quit_key = team_keys, quit_key
        self._shown: Shown | None = None
        self._laid: tuple[object, ...] = ()
        self._lines: Sequence[Content] = ()

    def show(self, shown: Shown) -> None:
        """Show this; what looks the same is not painted again."""
        self._shown = shown
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """A line of the whole pane."""
        laid = (self._shown, width, self.size.height, self.app.theme)
        if laid != self._laid:
            self._laid, self._lines = laid, self._lay_out(width, self.size.height)
        return self._lines[y] if y < len(self._lines) else EMPTY

    def _lay_out(self, width: int, height: int) -> Sequence[Content]:
        palette, shown = roles(self), self._shown
        if width < LEAST[0] or height < LEAST[1]:
            return content(f"itdesk watch needs {LEAST[0]}x{LEAST[1]}.", palette.text).wrap(max(1, width))
        wide = width >= _WIDE[0] and height >= _WIDE[1]
        last = self._last(wide, width, palette)
        top = self._top(wide, width, palette)
        if shown is None or shown.glance is None:
            body = [EMPTY, content(" Reading the desk …", palette.dim)]
        elif wide:
            body = wide_lines(shown.glance, width, height - 2, self._zone, palette)
        else:
            body = small_lines(shown.glance, width, height - 2, palette)
        body = [*body[: height - 2], *[EMPTY] * (height - 2 - len(body))]
        return [top, *body, last]

    def _top(self, wide: bool, width: int, palette: Roles) -> Content:
        shown = self._shown
        team = shown.team if shown else None
        title = content(" itdesk watch", palette.accent + BOLD)
        if wide:
            title = join(title, content(" · ", palette.dim), content(team or "all teams", palette.dim))
        elif team:
            title = content(f" {team}", palette.accent + BOLD)
        if shown is None:
            return title
        local = shown.now.astimezone(self._zone)
        state = content("live", palette.green)
        if shown.trouble is not None:
            since = f" {age(shown.now - shown.glance.at)}" if shown.glance else ""
            state = content(f"! stale{since}", palette.red + BOLD)
        time = content(f" · {local:%a %H:%M} " if wide else f" {local:%H:%M} ", palette.dim)
        return between(title, join(state, time), width)

    def _last(self, wide: bool, width: int, palette: Roles) -> Content:
        trouble = self._shown.trouble if self._shown else None
        keys = [(self._team_keys, "team")] if wide else []
        hints = [
            join(content(key, palette.accent + BOLD), content(f" {word}", palette.dim))
            for key, word in [*keys, (self._quit_key, "quit")]
        ]
        right = join(Content("  ").join(hints), " ")
        left = content(f" {trouble}", palette.red + BOLD) if trouble else self._calm(width - right.cell_length, palette)
        return between(left, right, width)

    def _calm(self, room: int, palette: Roles) -> Content:
        """That the pane only reads, and whether somebody sweeps; where there is no room for both, if nobody does."""
        reads, shown = content(" reads only", palette.dim), self._shown
        if shown is None or shown.glance is None or shown.glance.swept_at is None:
            return reads
        swept = shown.glance.swept_at
        if shown.now - swept > LATE:
            late = content(f" ! not swept {age(shown.now - swept)}", palette.amber)
            both = join(reads, content(" ·", palette.amber), late)
            return both if both.cell_length < room else late
        both = join(reads, content(f" · swept {swept.astimezone(self._zone):%H:%M}", palette.dim))
        return both if both.cell_length < room else reads


def small_lines(glance: Glance, width: int, height: int, palette: Roles) -> list[Content]:
    """Counts and list; from 9 lines on also who has how much and the flow."""
    gap = [EMPTY] if height >= 10 else []
    more = [_people(glance, width, palette), _flow(glance, width, palette)] if height >= 9 else []
    rows = height - 1 - 2 * len(gap) - len(more)
    listed = _rows(glance, width, rows, palette, who=False)
    lines = [join(" ", _fitting(_counts(glance, palette), width - 2)), *gap, *listed]
    return [*lines, *[EMPTY] * (rows - len(listed)), *(gap if more else []), *more]


def wide_lines(glance: Glance, width: int, height: int, zone: tzinfo, palette: Roles) -> list[Content]:
    """All of it, with a title over each part."""
    label = palette.dim + BOLD
    room = height - 9
    below = max(3, min(10, room * 2 // 5))
    rows = room - below
    across = min(width, _MOST_ACROSS)
    listed = _rows(glance, across, rows, palette, who=True)
    half = min(across // 2, width - _SPARKS)
    left = [content(" Who has how many", label), *_bars(glance, half - 4, below, palette)]
    right = [content("In and out, last 12 hours", label), *_sparks(glance, zone, palette)]
    beside = [
        join(fit(left[y] if y < len(left) else EMPTY, half), right[y] if y < len(right) else EMPTY)
        for y in range(below + 1)
    ]
    return [
        EMPTY,
        join(" ", _fitting(_counts(glance, palette), width - 2, gap=4)),
        EMPTY,
        _list_title(glance, across, palette),
        *listed,
        *[EMPTY] * (rows - len(listed)),
        EMPTY,
        *beside,
        EMPTY,
        _just_now(glance, width, zone, palette),
        EMPTY,
    ]


def _list_title(glance: Glance, width: int, palette: Roles) -> Content:
    label = palette.dim + BOLD
    if glance.is_due:
        return between(content(" Due next", label), content("who           due   ", palette.dim), width)
    return between(content(" Top of the queue", label), content("status       who        age ", palette.dim), width)


def _counts(glance: Glance, palette: Roles) -> list[Content]:
    """The most wanted first."""

    def figure(count: int, word: str, style: Style) -> Content:
        return join(content(str(count), style if count else palette.text), content(f" {word}", palette.dim))

    bold = palette.text + BOLD
    if glance.is_due:
        overdue, soon = palette.red + BOLD, palette.amber + BOLD
        return [
            join(figure(glance.overdue, "overdue", overdue), content(" !", overdue) if glance.overdue else EMPTY),
            join(figure(glance.soon, "soon", soon), content(" ~", soon) if glance.soon else EMPTY),
            figure(glance.by_priority[1], "P1", palette.priority(1)),
            figure(glance.open, "open", bold),
            figure(glance.unassigned, "unassigned", bold),
            figure(glance.waiting, "waiting", bold),
        ]
    return [
        figure(glance.by_priority[1], "P1", palette.priority(1)),
        figure(glance.by_priority[2], "P2", palette.priority(2)),
        figure(glance.unassigned, "unassigned", bold),
        figure(glance.open, "open", bold),
        figure(glance.waiting, "waiting", bold),
    ]


def _fitting(parts: Sequence[Content], width: int, gap: int = 2) -> Content:
    """The parts side by side, as many as fit whole."""
    kept: list[Content] = []
    for part in parts:
        if sum(one.cell_length + gap for one in kept) + part.cell_length <= width:
            kept.append(part)
    return Content(" " * gap).join(kept)


def _rows(glance: Glance, width: int, count: int, palette: Roles, *, who: bool) -> list[Content]:
    shown = glance.listed(max(0, count))
    if not glance.open:
        return [content(" Nothing is open.", palette.dim)]
    number = max((len(row.number) for row in shown), default=0)
    return [_row(row, glance, width, number, palette, who=who) for row in shown]


def _row(row: QueueRow, glance: Glance, width: int, number: int, palette: Roles, *, who: bool) -> Content:
    major = content("MAJOR ", palette.red + BOLD) if row.major else EMPTY
    left = join(
        " ",
        content(f"P{row.priority}", palette.priority(row.priority)),
        " ",
        fit(content(row.number, palette.dim), number),
        "  " if who else " ",
        major,
        content(row.subject, palette.text),
    )
    holder = fit(content(row.assignee or "-", palette.text if row.assignee else palette.accent), 9)
    if glance.is_due:
        time = glance.left[row.id]
        style = time_left_style(time.urgency, palette, palette.text)
        right = join(fit(content(time.text, style), 7, right=True), content(f" {time.flag or ' '}", style))
        return between(left, join(" ", holder if who else "", " " if who else "", right, " "), width)
    right = fit(content(age(glance.at - row.opened_at), palette.dim), 4, right=True)
    if who:
        right = join(
            fit(content(row.status.title, palette.dim), 11),
            "  ",
            holder,
            " ",
            right,
        )
    return between(left, join(" ", right, " "), width)


def _people(glance: Glance, width: int, palette: Roles) -> Content:
    """`anna 3  jonas 2  4 more`."""
    told = [join(content(login, palette.text), content(f" {count}", palette.dim)) for login, count in glance.holders]
    for kept in range(len(told), -1, -1):
        left = len(told) - kept
        parts = [*told[:kept], *([content(f"{left} more", palette.dim)] if left else [])]
        line = join(" ", Content("  ").join(parts))
        if line.cell_length < width:
            return line
    return EMPTY


def _flow(glance: Glance, width: int, palette: Roles) -> Content:
    """The last hours in one line: what came in, and how many came and went in the last of them."""
    highest = max(1, *glance.arrivals)
    told = f" {glance.arrivals[-1]} in, {glance.departures[-1]} out"
    label = " last hours " if width >= 40 else " "
    return join(
        content(label, palette.dim),
        content(eighths(glance.arrivals, highest), palette.bars),
        content(told, palette.text),
    )


def _sparks(glance: Glance, zone: tzinfo, palette: Roles) -> list[Content]:
    """What came in and what went out on one scale, with hours of the day below."""
    highest = max(1, *glance.arrivals, *glance.departures)

    def series(word: str, counts: Sequence[int], style: Style) -> Content:
        return join(
            content(f"{word:<4}", palette.dim),
            content(eighths(counts, highest, 2), style),
            content(f" {counts[-1]:>3}", palette.text + BOLD),
            content(" last hour", palette.dim),
        )

    hours = len(glance.arrivals)
    begins = [glance.at - timedelta(hours=hours - index) for index in range(hours)]
    axis = "".join(f"{begin.astimezone(zone):%H}" if index % 3 == 0 else "  " for index, begin in enumerate(begins))
    return [
        series("in", glance.arrivals, palette.bars),
        series("out", glance.departures, palette.second),
        content(f"    {axis}", palette.dim),
    ]


def _bars(glance: Glance, width: int, count: int, palette: Roles) -> list[Content]:
    """A bar for each person, the busiest first; the last line tells how many more there are."""
    if not glance.holders:
        return [content(" Nobody has any.", palette.dim)]
    shown = glance.holders if len(glance.holders) <= count else glance.holders[: count - 1]
    highest = glance.holders[0][1]
    room = max(4, width - 18)
    lines = [
        join(
            " ",
            fit(content(login, palette.text), 11),
            " ",
            fit(content("■" * max(1, round(held / highest * room)), palette.bars), room),
            fit(content(str(held), palette.text), 5, right=True),
        )
        for login, held in shown
    ]
    left = len(glance.holders) - len(shown)
    return [*lines, content(f" {left} more", palette.dim)] if left else lines


def _just_now(glance: Glance, width: int, zone: tzinfo, palette: Roles) -> Content:
    told = [
        join(
            content(clock(one.at, zone), palette.dim),
            " ",
            content(one.number, palette.accent),
            content(f" {one.what}", palette.text),
            content(f" {one.who}", palette.dim),
        )
        for one in glance.latest
    ]
    return join(content(" Just now  ", palette.dim + BOLD), _fitting(told, width - 12, gap=3))
