"""The desk in figures as a page of charts, and each section of it as a table."""

from collections.abc import Callable, Sequence
from enum import IntEnum

from textual.content import Content
from textual.style import Style

from itdesk.desk.queries.metrics import CategoryFigures, Count, Headline, Overview, Part, Unit
from itdesk.domain.periods import WEEKS, Days
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, Roles
from itdesk.ui.times import short_date, span
from itdesk.ui.widgets.charts import (
    GUTTER,
    SPACE,
    Block,
    Spot,
    bars,
    beside,
    digits,
    flow,
    heat,
    in_section,
    second_sign,
    stacked,
    title,
    trend,
)

WIDE = 140
"""Columns from which on sections stand side by side."""

_HIGH = 42
"""Lines from which on the headlines have large digits."""

_RIGHT, _RIGHT_OF_MUCH, _MUCH = 42, 54, 180
"""Columns of the right part, and from how many columns on it has more."""

_TEAMS = 30
_LEAST_CHART, _USUAL_CHART, _MOST_CHART = 4, 8, 20
_GUTTER = " " * GUTTER
_NOTHING = "-"


class Section(IntEnum):
    """The parts of the page, from top to bottom."""

    FIGURES = 0
    ATTENTION = 1
    FLOW = 2
    BACKLOG = 3
    CATEGORIES = 4
    ARRIVALS = 5

    @property
    def title(self) -> str:
        """As the tabs name it."""
        return self.name.capitalize()


def page(overview: Overview, width: int, height: int, palette: Roles) -> Block:
    """All sections, as a page of `width` cells; `height` says how much of it can be seen at once."""
    wide = width >= WIDE
    lay_out = _wide if wide else _narrow
    chart = _LEAST_CHART
    made = lay_out(overview, width, height, palette, chart)
    while (spare := height - (len(made.lines) if wide else _until_flow(made))) > 0 and chart < _MOST_CHART:
        chart = min(_MOST_CHART, chart + spare)
        made = lay_out(overview, width, height, palette, chart)
    if spare < 0:  # one scrolls to see it anyway
        made = lay_out(overview, width, height, palette, min(_USUAL_CHART, max(_LEAST_CHART, height - 2)))
    return made


def _until_flow(block: Block) -> int:
    """The lines down to the end of the chart of what was opened and resolved."""
    return max((spot.foot + 1 for spot in block.spots if spot.foot is not None), default=0)


def _narrow(overview: Overview, width: int, height: int, palette: Roles, chart: int) -> Block:
    del height
    half = width // 2
    ages = stacked(_titled("Open by age", half, palette), bars(overview.by_age, half, palette))
    priorities = stacked(
        _titled("Open by priority", width - half, palette), _by_priority(overview, width - half, palette)
    )
    return stacked(
        in_section(_headline_table(overview, width, palette), Section.FIGURES),
        SPACE,
        in_section(_attention(overview, width, palette), Section.ATTENTION),
        SPACE,
        in_section(_flow(overview, width, chart, palette), Section.FLOW),
        SPACE,
        in_section(beside((ages, half), (priorities, width - half)), Section.BACKLOG),
        SPACE,
        in_section(_teams(overview, width, palette), Section.BACKLOG),
        SPACE,
        in_section(_categories(overview, width, palette), Section.CATEGORIES),
        SPACE,
        in_section(_arrivals(overview, width, palette), Section.ARRIVALS),
    )


def _wide(overview: Overview, width: int, height: int, palette: Roles, chart: int) -> Block:
    right = _RIGHT_OF_MUCH if width >= _MUCH else _RIGHT
    left = width - right - 2
    backlog = stacked(
        _titled("Open by age", right, palette, _backlog_words(overview, palette)),
        bars(overview.by_age, right, palette),
        SPACE,
        _titled("Open by priority", right, palette),
        _by_priority(overview, right, palette),
    )
    categories = in_section(_categories(overview, left - _TEAMS - 2, palette), Section.CATEGORIES)
    teams = in_section(_teams(overview, _TEAMS, palette), Section.BACKLOG)
    arrivals = in_section(_arrivals(overview, right, palette), Section.ARRIVALS)
    return stacked(
        SPACE,
        in_section(_headline_row(overview, width, palette, large=height >= _HIGH), Section.FIGURES),
        SPACE,
        in_section(_attention(overview, width, palette), Section.ATTENTION),
        SPACE,
        beside(
            (in_section(_flow(overview, left, chart, palette), Section.FLOW), left + 2),
            (in_section(backlog, Section.BACKLOG), right),
        ),
        SPACE,
        beside((categories, left - _TEAMS), (teams, _TEAMS + 2), (arrivals, right)),
    )


def _titled(left: str, width: int, palette: Roles, right: Content = EMPTY) -> Block:
    return Block((title(left, width, palette, right),))


# --- values in words -----------------------------------------------------------------------------------------------


def in_words(unit: Unit, value: float | None) -> str:
    """`1,042`, `5h12m`, `71.4 %`; `-` for none."""
    match unit:
        case _ if value is None:
            return _NOTHING
        case Unit.SECONDS:
            return span(value)
        case Unit.PERCENT:
            return f"{value:.1f} %"
        case _:
            return f"{round(value):,}"


def change_in_words(headline: Headline) -> str:
    """The difference to the period before: `+4 %`, `-18m`, `+1.9`, `+33`; empty where there is none to tell."""
    value, before = headline.value, headline.before
    if value is None or before is None:
        return ""
    if headline.unit is Unit.COUNT:
        return growth_in_words(round(value), round(before)) if before else ""
    if headline.unit is Unit.SECONDS:
        return f"{'-' if value < before else '+'}{span(abs(value - before))}" if value != before else "0m"
    return f"{value - before:+,.1f}" if headline.unit is Unit.PERCENT else _signed(round(value - before))


def _signed(number: int) -> str:
    return f"{number:+,}" if number else "0"


def growth_in_words(count: int, before: int) -> str:
    """`+61 %`; `new` where there was nothing before, empty where there is nothing at all."""
    if not before:
        return "new" if count else ""
    return f"{_signed(round(100 * (count - before) / before))} %"


def days_in_words(days: Days) -> str:
    """`16 Nov`, `9 Nov to 15 Nov`."""
    if days.first == days.last:
        return short_date(days.first)
    years = ("", "") if days.first.year == days.last.year else (f" {days.first.year}", f" {days.last.year}")
    return f"{short_date(days.first)}{years[0]} to {short_date(days.last)}{years[1]}"


def _columns(*cells: tuple[Content, int]) -> Content:
    """Cells at the right edges of columns of so many cells."""
    return join(*(fit(cell, width, right=True) for cell, width in cells))


# --- headlines -----------------------------------------------------------------------------------------------------


def _headline_table(overview: Overview, width: int, palette: Roles) -> Block:
    """A line for each figure, with its trend where there is room."""
    sparks = width >= 72
    now_cells, before_cells, change_cells = (12, 14, 10) if sparks else (9, 13, 9)
    before = f"{overview.period.days} d before"

    def line(label: Content, now: Content, then: Content, change: Content, weeks: Content) -> Content:
        numbers = _columns((now, now_cells), (then, before_cells), (change, change_cells))
        return join(_GUTTER, fit(label, 23), numbers, *(("   ", weeks) if sparks else ()))

    dim = palette.dim
    head = line(
        content("Figure", dim),
        content("now", dim),
        content(before, dim),
        content("change", dim),
        content(f"{WEEKS} weeks", dim),
    )
    rows = [
        line(
            content(one.label, palette.text),
            content(in_words(one.unit, one.value), palette.text + BOLD),
            content(in_words(one.unit, one.before), dim),
            content(change_in_words(one), dim),
            content(trend(one.trend), palette.bars),
        )
        for one in overview.headlines
    ]
    spots = [Spot(one.behind, y, 0, width - 1) for y, one in enumerate(overview.headlines, start=1)]
    return Block((head, *rows), tuple(spots))


def _headline_row(overview: Overview, width: int, palette: Roles, *, large: bool) -> Block:
    """The figures side by side, in large digits where it is high."""
    each = width // len(overview.headlines)
    return beside(*((_headline_cell(one, each, palette, large=large), each) for one in overview.headlines))


def _headline_cell(one: Headline, width: int, palette: Roles, *, large: bool) -> Block:
    room = width - GUTTER - 1
    written = in_words(one.unit, one.value).replace(" %", "%")
    drawn = digits(written) if large else (written,)
    if max(len(row) for row in drawn) > room:
        drawn = (*([""] * (len(drawn) - 1)), written)
    change = content(change_in_words(one), palette.dim)
    weeks = content(trend(one.trend), palette.bars)
    lines = (
        content(_short(one), palette.dim),
        *(content(row, palette.text + BOLD) for row in drawn),
        between(change, weeks, room),
    )
    spot = Spot(one.behind, 0, 0, width - 1, len(lines))
    return Block(tuple(join(_GUTTER, fit(line, room)) for line in lines), (spot,))


def _short(one: Headline) -> str:
    return _SHORT.get(one.label, one.label)


_SHORT = {
    "Time to resolve, median": "Median to resolve",
    "Time to resolve, p90": "p90 to resolve",
    "Solved at first level": "At first level",
}


# --- the other sections --------------------------------------------------------------------------------------------


def _attention(overview: Overview, width: int, palette: Roles) -> Block:
    says = "enter opens the tickets behind a line" if width >= 80 else ""
    head = title("Needs attention first", width, palette, content(says, palette.dim))
    if not overview.attention:
        return Block((head, content(f"{_GUTTER}Nothing stands out.", palette.text)))
    rows = []
    for one in overview.attention:
        sign = content("!", palette.red + BOLD) if one.urgent else content("~", palette.amber + BOLD)
        label = content(one.behind.label, palette.text)
        label = fit(label, 50) if width >= WIDE else label
        left, detail = join(_GUTTER, sign, " ", label), content(f"  {one.detail}", palette.dim)
        right = content(f"{one.behind.count:,} {'ticket' if one.behind.count == 1 else 'tickets'}", palette.text)
        if left.cell_length + detail.cell_length + right.cell_length < width - 1:
            left = join(left, detail)
        rows.append(between(left, join(right, " "), width))
    spots = [Spot(one.behind, y, 0, width - 1) for y, one in enumerate(overview.attention, start=1)]
    return Block((head, *rows), tuple(spots))


def _flow(overview: Overview, width: int, height: int, palette: Roles) -> Block:
    legend = join(
        content("█", palette.bars),
        content(f" opened {overview.opened:,}   ", palette.text),
        content(second_sign(palette), palette.second),
        content(f" resolved {overview.resolved:,}", palette.text),
    )
    head = _titled(f"Opened and resolved a {overview.period.part}", width, palette, legend)
    names = [_name(part, overview.period.part) for part in overview.parts]
    return stacked(head, flow(overview.parts, names, width, height, palette))


def _name(part: Part, kind: str) -> str:
    return f"{part.days.first:%b %Y}" if kind == "month" else short_date(part.days.first)


def _backlog_words(overview: Overview, palette: Roles) -> Content:
    change = change_in_words(overview.headlines[-1])
    return content(f"{change} in {overview.period.days} days", palette.dim)


def _by_priority(overview: Overview, width: int, palette: Roles) -> Block:
    styles = [palette.priority(priority) for priority in range(1, 6)]
    return bars(overview.by_priority, width, palette, styles=styles)


def _teams(overview: Overview, width: int, palette: Roles) -> Block:
    label = max((len(count.label) for count in overview.by_team), default=0)
    head = _titled("Open by team", width, palette)
    if not overview.by_team:
        return stacked(head, Block((content(f"{_GUTTER}Nothing is open.", palette.text),)))
    return stacked(head, bars(overview.by_team, width, palette, label=max(14 if width >= 60 else 6, min(label, 20))))


def _categories(overview: Overview, width: int, palette: Roles) -> Block:
    dim, numbers = palette.dim, (8, 9, 9, 9)
    names = max([12, *(len(one.opened.label) for one in overview.categories)])
    name = min(names, width - GUTTER - sum(numbers) - 1)
    room = width - GUTTER - name - sum(numbers) - 3
    highest = max((one.opened.count for one in overview.categories), default=0) or 1
    head = between(
        title("Top categories", GUTTER + 16, palette),
        join(_columns(*((content(word, dim), numbers[at]) for at, word in enumerate(_HEADS))), " "),
        width,
    )

    def line(one: CategoryFigures) -> Content:
        bar = "■" * max(1, round(one.opened.count / highest * room)) if room >= 6 else ""
        change = growth_in_words(one.opened.count, one.before) if overview.comparable else ""
        grew = overview.comparable and one.grew
        return join(
            _GUTTER,
            fit(content(one.opened.label, palette.text), name),
            join(" ", fit(content(bar, palette.bars), room), " ") if room >= 6 else " " * max(0, room + 2),
            _columns(
                (content(f"{one.opened.count:,}", palette.text), numbers[0]),
                (content(in_words(Unit.SECONDS, one.median), palette.text), numbers[1]),
                (content(in_words(Unit.SECONDS, one.p90), dim), numbers[2]),
                (content(change, palette.amber if grew else dim), numbers[3]),
            ),
        )

    if not overview.categories:
        return Block((head, content(f"{_GUTTER}Nothing was opened.", palette.text)))
    spots = [Spot(one.opened, y, 0, width - 1) for y, one in enumerate(overview.categories, start=1)]
    return Block((head, *map(line, overview.categories)), tuple(spots))


_HEADS = ("opened", "median", "p90", "change")


def _arrivals(overview: Overview, width: int, palette: Roles) -> Block:
    peak = max((count for row in overview.arrivals for count in row), key=lambda count: count.count)
    says = f"peak {_hour(peak.label)}" if peak.count else ""
    return stacked(
        _titled("When tickets arrive", width, palette, content(says, palette.dim)),
        heat(overview.arrivals, width, palette),
    )


def _hour(label: str) -> str:
    """`Mon 10-11`, of `Mon 10`."""
    day, hour = label.split()
    return f"{day} {hour}-{(int(hour) + 1) % 24:02}"


# --- tables --------------------------------------------------------------------------------------------------------


def table(overview: Overview, section: Section, width: int, palette: Roles) -> Block:
    """A section in numbers."""
    head = _titled(section.title, width, palette, content("esc goes back to the charts", palette.dim))
    return in_section(stacked(head, _TABLES[section](overview, width, palette)), section)


def _grid(
    heads: Sequence[str], rows: Sequence[tuple[str, Sequence[Count | str]]], label: int, column: int, palette: Roles
) -> Block:
    """Numbers in columns, each number that is a figure with a place for the cursor."""
    lines = [join(" " * (GUTTER + label), _columns(*((content(head, palette.dim), column) for head in heads)))]
    spots: list[Spot] = []
    for y, (name, cells) in enumerate(rows, start=1):
        parts: list[Content | str] = [_GUTTER, fit(content(name, palette.text), label)]
        for at, cell in enumerate(cells):
            told = f"{cell.count:,}" if isinstance(cell, Count) else cell
            style = palette.text if isinstance(cell, Count) else palette.dim
            parts.append(fit(content(told, style), column, right=True))
            if isinstance(cell, Count):
                wide = min(column, len(told) + 1)
                spots.append(Spot(cell, y, GUTTER + label + (at + 1) * column - wide, wide))
        lines.append(join(*parts))
    return Block(tuple(lines), tuple(spots))


def _figures_as_table(overview: Overview, width: int, palette: Roles) -> Block:
    """The trend week by week, as many as there is room for."""
    label, column = max(len(_short(one)) for one in overview.headlines), 9 if width >= 100 else 7
    kept = min(WEEKS, (width - GUTTER - label) // column)
    ends = [moment.astimezone(overview.period.zone).date() for moment in overview.period.weeks()[-kept:]]

    def line(name: str, cells: Sequence[str], style: Style) -> Content:
        numbers = _columns(*((content(cell, style), column) for cell in cells))
        return join(_GUTTER, fit(content(name, style), label), numbers)

    rows = [
        line(
            _short(one),
            [in_words(one.unit, value).replace(" %", "%") for value in one.trend[-kept:]],
            palette.text,
        )
        for one in overview.headlines
    ]
    head = line("Weeks that end on", [short_date(end) for end in ends], palette.dim)
    spots = [Spot(one.behind, y, 0, width - 1) for y, one in enumerate(overview.headlines, start=1)]
    weekly = Block((head, *rows), tuple(spots))
    return stacked(_headline_table(overview, width, palette), SPACE, weekly)


def _flow_as_table(overview: Overview, width: int, palette: Roles) -> Block:
    del width
    weekday = "%a " if overview.period.part == "day" else ""
    rows: list[tuple[str, Sequence[Count | str]]] = [
        (
            f"{part.days.first.strftime(weekday)}{days_in_words(part.days)}",
            (part.opened, part.resolved, _signed(part.opened.count - part.resolved.count)),
        )
        for part in overview.parts
    ]
    return _grid(("opened", "resolved", "difference"), rows, 20, 13, palette)


def _backlog_as_table(overview: Overview, width: int, palette: Roles) -> Block:
    del width
    whole = overview.open or 1

    def rows(counts: Sequence[Count]) -> list[tuple[str, Sequence[Count | str]]]:
        return [(count.label, (count, f"{100 * count.count / whole:.0f} %")) for count in counts]

    label = max([20, *(len(count.label) for count in overview.by_team)])
    return stacked(
        *(
            stacked(_grid((word, "share"), rows(counts), label, 14, palette), SPACE)
            for word, counts in (
                ("by age", overview.by_age),
                ("by priority", overview.by_priority),
                ("by team", overview.by_team),
            )
        )
    )


def _categories_as_table(overview: Overview, width: int, palette: Roles) -> Block:
    label = max([12, *(len(one.opened.label) for one in overview.categories)])
    column = max(8, min(12, (width - GUTTER - label) // 5))
    rows: list[tuple[str, Sequence[Count | str]]] = [
        (
            one.opened.label,
            (
                one.opened,
                f"{one.before:,}",
                growth_in_words(one.opened.count, one.before) if overview.comparable else "",
                in_words(Unit.SECONDS, one.median),
                in_words(Unit.SECONDS, one.p90),
            ),
        )
        for one in overview.categories
    ]
    label = min(label, width - GUTTER - 5 * column)
    return _grid(("opened", "before", "change", "median", "p90"), rows, label, column, palette)


def _arrivals_as_table(overview: Overview, width: int, palette: Roles) -> Block:
    """A line for each hour: no line of 24 numbers fits where numbers are large."""
    del width
    days = [row[0].label[:3] for row in overview.arrivals]
    rows: list[tuple[str, Sequence[Count | str]]] = [
        (f"{hour:02}-{(hour + 1) % 24:02}", [row[hour] for row in overview.arrivals]) for hour in range(24)
    ]
    return _grid(days, rows, 6, 9, palette)


_TABLES: dict[Section, Callable[[Overview, int, Roles], Block]] = {
    Section.FIGURES: _figures_as_table,
    Section.ATTENTION: _attention,
    Section.FLOW: _flow_as_table,
    Section.BACKLOG: _backlog_as_table,
    Section.CATEGORIES: _categories_as_table,
    Section.ARRIVALS: _arrivals_as_table,
}
