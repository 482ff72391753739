"""Counts with bars, and columns for each day."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.style import Style

from itdesk.desk.queries.metrics import Count, DayCount, Overview
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, Roles, roles
from itdesk.ui.widgets.lines import Lines

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_WIDE = 110


@dataclass(frozen=True, slots=True)
class _Line:
    """A painted line; `at` is the place of the figure that stands in it."""

    content: Content
    at: int | None = None


class Figures(Lines, can_focus=True):
    """Open tickets by priority, team and age, then opened and ended per day; the cursor goes from figure to figure."""

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
        lines = self._lines(self.size.width)
        at = next((y for y, line in enumerate(lines) if line.at == self._cursor), 0)
        height = max(1, self.size.height)
        if at < self._top + 1:
            self._top = max(0, at - 2)
        elif at >= self._top + height:
            self._top = at - height + 1
        self.repaint()

    def line_style(self, y: int) -> Style:
        """The cursor's tint."""
        lines = self._lines(self.size.width)
        at = self._top + y
        on_cursor = at < len(lines) and lines[at].at is not None and lines[at].at == self._cursor
        return roles(self).cursor if on_cursor else Style()

    def line(self, y: int, width: int) -> Content:
        """A figure, a title, or a row of the chart."""
        lines = self._lines(width)
        at = self._top + y
        return lines[at].content if at < len(lines) else EMPTY

    def _lines(self, width: int) -> Sequence[_Line]:
        palette, overview = roles(self), self._overview
        if overview is None:
            return [_Line(EMPTY), _Line(content(" Counting …", palette.dim))]
        lines = [_Line(join(" ", content("Open", palette.dim + BOLD), content(f"  {overview.open}", palette.text + BOLD))), _Line(EMPTY)]
        at = 0
        for title, counts in (
            ("By priority", overview.by_priority),
            ("By age", overview.by_age),
            ("By team", overview.by_team),
        ):
            lines.append(_Line(content(f" {title}", palette.dim + BOLD)))
            highest = max((count.count for count in counts), default=0) or 1
            for count in counts:
                lines.append(_Line(self._bar(count, highest, width, palette, at == self._cursor), at))
                at += 1
            lines.append(_Line(EMPTY))
        chart = chart_lines(overview.per_day, width, palette)
        return [*lines, *(_Line(part) for part in chart)]

    def _bar(self, count: Count, highest: int, width: int, palette: Roles, on_cursor: bool) -> Content:
        bar = content("▌" if on_cursor else " ", palette.accent)
        room = max(10, min(60, width - 34))
        cells = round(count.count / highest * room) or (1 if count.count else 0)
        style = palette.text + BOLD if on_cursor else palette.text
        return join(
            bar,
            fit(content(count.label, style), 20),
            fit(content(str(count.count), style), 8, right=True),
            "  ",
            content("■" * cells, palette.bars),
        )


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
    lines.append(_dates(shown, palette))
    return lines


def _column(value: int, highest: int, row: int, height: int) -> str:
    """The part of a column that lies in a row; every value above 0 can be seen."""
    eighths = max(1, round(value / highest * height * 8)) if value else 0
    return _EIGHTHS[max(0, min(8, eighths - (row - 1) * 8))]


def _dates(days: Sequence[DayCount], palette: Roles) -> Content:
    """A date under every Monday."""
    text, at = " " * 7, 7
    for index, day in enumerate(days):
        x = 7 + index * 3
        if day.day.weekday() == 0 and x >= at:
            label = f"{day.day.day} {day.day:%b}"
            text += " " * (x - len(text)) + label
            at = x + len(label) + 2
    return content(text, palette.dim)
