"""Counts with bars, and columns for each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from textual.content import Content

from itdesk.desk.queries.metrics import Count, DayCount, Overview
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, Roles, roles
from itdesk.ui.widgets.lines import Lines

_EIGHTHS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class _Line:
    """A painted line; `at` are the places of the figures that stand in it."""

    content: Content
    at: tuple[int, ...] = ()


class Figures(Lines, can_focus=True):
    """Open tickets by priority, age and team, opened and ended per day; the cursor goes from figure to figure."""

    def __init__(self) -> None:
        super().__init__()
        self._overview: Overview | None = None
        self._figures: tuple[Count, ...] = ()
        self._cursor = 0
        self._top = 0

    @property
    def current(self) -> Count | None:
        """The figure under the cursor."""
        return self._figures[self._cursor] if self._figures else None

    def show(self, overview: Overview) -> None:
        """Show these figures; the cursor stays on its label."""
        label = self.current.label if self.current else None
        self._overview = overview
        self._figures = overview.by_priority + overview.by_age + overview.by_team
        self._cursor = next((at for at, figure in enumerate(self._figures) if figure.label == label), 0)
        self.repaint()

    def move(self, by: int) -> None:
        """Another figure."""
        self._cursor = max(0, min(self._cursor + by, len(self._figures) - 1))
        at = next((y for y, line in enumerate(self._lines(self.size.width)) if self._cursor in line.at), 0)
        height = max(1, self.size.height)
        self._top = min(max(self._top, at - height + 1), max(0, at - 1))
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """A figure, a title, or a row of the chart."""
        lines = self._lines(width)
        at = self._top + y
        return lines[at].content if at < len(lines) else EMPTY

    def _lines(self, width: int) -> Sequence[_Line]:
        palette, overview = roles(self), self._overview
        if overview is None:
            return [_Line(EMPTY), _Line(content(" Counting …", palette.dim))]
        priorities, ages = len(overview.by_priority), len(overview.by_age)
        by_priority = self._block(f"Open, {overview.open} in all, by priority", overview.by_priority, 0, width // 2)
        by_age = self._block("by age", overview.by_age, priorities, width - width // 2)
        by_team = self._block("Open by team", overview.by_team, priorities + ages, width)
        lines = [_Line(EMPTY)]
        for left, right in zip_longest(by_priority, by_age, fillvalue=_Line(EMPTY)):
            lines.append(_Line(join(fit(left.content, width // 2), right.content), left.at + right.at))
        lines.append(_Line(EMPTY))
        lines += [_Line(part) for part in chart_lines(overview.per_day, width, palette)]
        return [*lines, _Line(EMPTY), *by_team]

    def _block(self, title: str, counts: Sequence[Count], first: int, width: int) -> list[_Line]:
        palette = roles(self)
        highest = max((count.count for count in counts), default=0) or 1
        return [
            _Line(content(f" {title}", palette.dim + BOLD)),
            *(
                _Line(self._bar(count, highest, width, first + index == self._cursor), (first + index,))
                for index, count in enumerate(counts)
            ),
        ]

    def _bar(self, count: Count, highest: int, width: int, on_cursor: bool) -> Content:
        palette = roles(self)
        room = max(4, min(60, width - 24))
        cells = round(count.count / highest * room) or (1 if count.count else 0)
        style = palette.text + BOLD if on_cursor else palette.text
        bar = join(
            content("▌" if on_cursor else " ", palette.accent),
            fit(content(count.label, style), 14),
            fit(content(str(count.count), style), 6, right=True),
            "  ",
            content("■" * cells, palette.bars),
        )
        return fit(bar, width - 1).stylize(palette.cursor) if on_cursor else bar


def chart_lines(days: Sequence[DayCount], width: int, palette: Roles, height: int = 6) -> list[Content]:
    """Opened and ended per day as pairs of columns, the newest day at the right, with a scale at the left."""
    room = max(1, (width - 8) // 3)
    shown = days[-room:]
    highest = max([1, *(max(day.opened, day.ended) for day in shown)])
    opened, ended = sum(day.opened for day in shown), sum(day.ended for day in shown)
    title = content(f" Opened and ended a day, {len(shown)} days", palette.dim + BOLD)
    legend = join(
        content("█", palette.bars),
        content(f" opened {opened}  ", palette.text),
        content("█", palette.second),
        content(f" ended {ended} ", palette.text),
    )
    lines = [between(title, legend, width)]
    for row in range(height, 0, -1):
        scale = str(highest) if row == height else "0" if row == 1 else ""
        parts: list[Content | str] = [fit(content(scale, palette.dim), 5, right=True), "  "]
        for day in shown:
            parts += [
                content(_column(day.opened, highest, row, height), palette.bars),
                content(_column(day.ended, highest, row, height), palette.second),
                " ",
            ]
        lines.append(join(*parts))
    lines.append(_dates(shown, width, palette))
    return lines


def _column(value: int, highest: int, row: int, height: int) -> str:
    """The part of a column that lies in a row; every value above 0 can be seen."""
    eighths = max(1, round(value / highest * height * 8)) if value else 0
    return _EIGHTHS[max(0, min(8, eighths - (row - 1) * 8))]


def _dates(days: Sequence[DayCount], width: int, palette: Roles) -> Content:
    """A date under every Monday."""
    text, at = " " * 7, 7
    for index, day in enumerate(days):
        x = 7 + index * 3
        if day.day.weekday() == 0 and x >= at:
            label = f"{day.day.day} {day.day:%b}"
            if x + len(label) >= width:
                break
            text += " " * (x - len(text)) + label
            at = x + len(label) + 2
    return content(text, palette.dim)
