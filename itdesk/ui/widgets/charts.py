"""Charts painted out of characters: lines of Content with the places of the figures in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.renderables.digits import Digits
from textual.style import Style

from itdesk.desk.queries.metrics import Count, Part
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, Roles

GUTTER = 2
"""Cells for the cursor's bar before a figure that has a line of its own."""

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_SHADES = "·░▒▓█"
_SCALE = 5
_FOOT = "▲"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a figure stands, so that the cursor can go there. `says` tells what cannot be read there.

    A column has no room for the cursor's bar: its `foot` is the line below it in which it is marked, if a blank is
    there.
    """

    count: Count
    y: int
    x: int
    width: int
    height: int = 1
    says: str = ""
    foot: int | None = None
    section: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Lines, and the figures in them."""

    lines: tuple[Content, ...] = ()
    spots: tuple[Spot, ...] = ()

    def moved(self, x: int, y: int, section: int | None = None) -> Iterator[Spot]:
        """The spots as they stand where the block is put."""
        for spot in self.spots:
            foot = None if spot.foot is None else spot.foot + y
            own = spot.section if section is None else section
            yield replace(spot, x=spot.x + x, y=spot.y + y, foot=foot, section=own)


def stacked(*blocks: Block) -> Block:
    """Blocks one below the other; the spots keep their sections."""
    lines: list[Content] = []
    spots: list[Spot] = []
    for block in blocks:
        spots += block.moved(0, len(lines))
        lines += block.lines
    return Block(tuple(lines), tuple(spots))


def beside(*blocks: tuple[Block, int]) -> Block:
    """Blocks side by side, each in so many cells; the spots keep their sections."""
    height = max(len(block.lines) for block, _ in blocks)
    lines = [EMPTY] * height
    spots: list[Spot] = []
    x = 0
    for block, width in blocks:
        spots += block.moved(x, 0)
        for y in range(height):
            lines[y] = join(lines[y], fit(block.lines[y] if y < len(block.lines) else EMPTY, width))
        x += width
    return Block(tuple(lines), tuple(spots))


def in_section(block: Block, section: int) -> Block:
    """The block as part of a section of the page."""
    return Block(block.lines, tuple(block.moved(0, 0, section)))


SPACE = Block((EMPTY,))


def title(left: str, width: int, palette: Roles, right: Content = EMPTY) -> Content:
    """The label of a section, over its lines."""
    return between(content(f"{' ' * (GUTTER - 1)}{left}", palette.dim + BOLD), join(right, " "), width)


def eighths(values: Sequence[float | None], highest: float, each: int = 1) -> str:
    """A column of one line for each value; every value above 0 can be seen."""
    return "".join(_EIGHTHS[max(1, round(value / highest * 8)) if value else 0] * each for value in values)


def trend(values: Sequence[float | None]) -> str:
    """Values as columns on the scale of the highest of them. They stop below the line's top: rows never fuse."""
    highest = max((value for value in values if value), default=0)
    return eighths(values, highest * 8 / 7 if highest else 1)


def digits(number: str) -> tuple[str, ...]:
    """Three lines of large digits (Textual's)."""
    drawn = Segment.split_lines(
        part for part in Digits(number).render(RichStyle(bold=True)) if isinstance(part, Segment)
    )
    return tuple("".join(part[0] for part in row).replace("•", ".") for row in drawn)


def bars(
    counts: Sequence[Count], width: int, palette: Roles, *, styles: Sequence[Style] = (), label: int = 14
) -> Block:
    """A bar for each count."""
    highest = max((count.count for count in counts), default=0) or 1
    number = max((len(f"{count.count:,}") for count in counts), default=1)
    label = min(label, width - GUTTER - number - 5)
    room = width - GUTTER - label - number - 4
    lines = [
        join(
            " " * GUTTER,
            fit(content(count.label, styles[index] if styles else palette.text), label),
            " ",
            fit(content(_bar(count.count, highest, room), palette.bars), room),
            " ",
            fit(content(f"{count.count:,}", palette.text), number, right=True),
        )
        for index, count in enumerate(counts)
    ]
    return Block(tuple(lines), tuple(Spot(count, y, 0, width - 1) for y, count in enumerate(counts)))


def _bar(value: int, highest: int, room: int) -> str:
    return "■" * (max(1, round(value / highest * room)) if value else 0)


def flow(parts: Sequence[Part], names: Sequence[str], width: int, height: int, palette: Roles) -> Block:
    """What was opened and resolved, as pairs of columns with a scale at the left and dates below.

    `names` are the dates of the parts. Where not all fit, the newest do.
    """
    room = max(2, width - _SCALE - 1)
    gap = 1 if 3 * len(parts) <= room else 0
    each = max(1, (room // max(1, len(parts)) - gap) // 2)
    each = min(each, 4)
    step = 2 * each + gap
    first = max(0, len(parts) - room // step)
    shown = parts[first:]
    highest = max([1, *(max(part.opened.count, part.resolved.count) for part in shown)])
    lines: list[Content] = []
    for row in range(height, 0, -1):
        cells: list[Content | str] = [fit(content(_scale(row, height, highest), palette.dim), _SCALE, right=True), " "]
        for part in shown:
            cells += [
                content(_column(part.opened.count, highest, row, height) * each, palette.bars),
                content(_second(_column(part.resolved.count, highest, row, height), palette) * each, palette.second),
                " " * gap,
            ]
        lines.append(join(*cells))
    spots = []
    for index, part in enumerate(shown):
        x = _SCALE + 1 + index * step
        for offset, count in ((0, part.opened), (each, part.resolved)):
            says = f"{names[first + index]}: {count.count:,} {count.label}"
            spots.append(Spot(count, 0, x + offset, each, height, says, foot=height))
    lines.append(_dates(parts[first:], names[first:], step, width, palette))
    return Block(tuple(lines), tuple(spots))


def _scale(row: int, height: int, highest: int) -> str:
    """The numbers at the left: the highest, the middle, nought."""
    if row == height:
        return f"{highest:,}"
    if row == 1:
        return "0"
    return f"{highest // 2:,}" if height >= 7 and row == height // 2 + 1 and highest > 1 else ""


def _column(value: int, highest: int, row: int, height: int) -> str:
    """The part of a column that lies in a row; every value above 0 can be seen."""
    parts = max(1, round(value / highest * height * 8)) if value else 0
    return _EIGHTHS[max(0, min(8, parts - (row - 1) * 8))]


def _second(column: str, palette: Roles) -> str:
    """A part of the second series' column."""
    return column if column == " " or palette.second.foreground is not None else second_sign(palette)


def second_sign(palette: Roles) -> str:
    """What the second series is painted with: a sign of its own where it has no colour of its own."""
    return "█" if palette.second.foreground is not None else "▒"


def _dates(parts: Sequence[Part], names: Sequence[str], step: int, width: int, palette: Roles) -> Content:
    """A date under each part that has room for it; of single days, under Mondays only."""
    days = all(part.days.first == part.days.last for part in parts) and len(parts) > 10
    text = " " * (_SCALE + 1)
    for index, (part, name) in enumerate(zip(parts, names, strict=True)):
        x = _SCALE + 1 + index * step
        x = min(x, width - len(name))
        if (days and part.days.first.weekday()) or len(text) > x:
            continue
        text += " " * (x - len(text)) + name + "  "
    return content(text.rstrip(), palette.dim)


def heat(rows: Sequence[Sequence[Count]], width: int, palette: Roles) -> Block:
    """A cell for each hour of each weekday, darker where more came."""
    label = GUTTER + 4
    each = max(1, min(3, (width - label) // 24))
    highest = max((count.count for row in rows for count in row), default=0) or 1
    lines: list[Content] = []
    spots: list[Spot] = []
    for y, row in enumerate(rows):
        cells: list[Content | str] = [fit(content(f"{' ' * GUTTER}{row[0].label[:3]}", palette.text), label)]
        for hour, count in enumerate(row):
            level = max(1, round(count.count / highest * (len(_SHADES) - 1))) if count.count else 0
            cells.append(content(_SHADES[level] * each, palette.bars if level else palette.dim))
            day, at = count.label.split()
            says = f"{day} {at}:00 to {(int(at) + 1) % 24:02}:00: {count.count:,} opened"
            spots.append(Spot(count, y, label + hour * each, each, says=says))
        lines.append(join(*cells))
    every = 6 if each == 1 else 3
    axis = "".join(f"{hour:02}".ljust(each * every) for hour in range(0, 24, every))
    lines.append(content(" " * label + axis, palette.dim))
    return Block(tuple(lines), tuple(spots))


def over(line: Content, spot: Spot, y: int, palette: Roles) -> Content:
    """The line `y` of the page with the cursor on a spot."""
    if spot.foot == y:
        padded = fit(line, max(line.cell_length, spot.x + 1))
        free = padded.plain[spot.x] == " "
        return join(padded[: spot.x], content(_FOOT, palette.accent), padded[spot.x + 1 :]) if free else line
    if not spot.y <= y < spot.y + spot.height:
        return line
    end = spot.x + spot.width
    padded = fit(line, max(line.cell_length, end))
    inside = padded[spot.x : end]
    if spot.foot is None:
        inside = join(content("▌", palette.accent), inside[1:])
    return join(padded[: spot.x], inside.stylize(palette.cursor), padded[end:])
