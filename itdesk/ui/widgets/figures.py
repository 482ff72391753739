"""The figures of the desk, with a cursor that goes to each of them."""

from collections.abc import Callable, Sequence

from textual import events
from textual.content import Content
from textual.message import Message

from itdesk.desk.queries.metrics import Count, Overview
from itdesk.ui.text import EMPTY, content
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.charts import Block, Spot, over
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.metrics_page import Section, page, table

Distance = Callable[[Spot, Spot], int | None]
"""How far the second figure is from the first; None where it lies another way."""

_ASIDE = 3
"""How much farther a figure seems that stands aside, when the cursor looks for the nearest."""


class Figures(Lines, can_focus=True):
    """Charts, or one section as a table. Moves are between figures; the page scrolls after the cursor."""

    class Moved(Message):
        """The cursor stands on another figure."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Figures.Moved)

    class Opened(Message):
        """A figure was clicked on."""

    def __init__(self) -> None:
        super().__init__()
        self._overview: Overview | None = None
        self._said: tuple[str, str] = ("", "")
        self._cursor = 0
        self._top = 0
        self._in_table = False
        self._table_of = Section.FIGURES
        self._built: tuple[object, Block] | None = None

    # --- what is shown -------------------------------------------------------------------------------------------

    @property
    def overview(self) -> Overview | None:
        """The figures."""
        return self._overview

    @property
    def in_table(self) -> bool:
        """Whether a section is shown as a table."""
        return self._in_table

    @property
    def spot(self) -> Spot | None:
        """The place of the cursor."""
        spots = self._block().spots
        return spots[min(self._cursor, len(spots) - 1)] if spots else None

    @property
    def current(self) -> Count | None:
        """The figure under the cursor."""
        return self.spot.count if self.spot else None

    @property
    def section(self) -> Section:
        """The section that the cursor is in."""
        return Section(self.spot.section) if self.spot else Section.FIGURES

    def say(self, sentence: str, hint: str = "") -> None:
        """Show a sentence in place of figures, until there are some."""
        self._overview, self._said = None, (sentence, hint)
        self._cursor = self._top = 0
        self.repaint()

    def show(self, overview: Overview) -> None:
        """Show these figures; the cursor stays where it is."""
        before, spot = self._overview, self.spot
        self._overview = overview
        if spot is not None and before is not None:
            self._go_to(spot.section, spot.count.label)
        self._reveal()
        self.repaint()

    def _go_to(self, section: int, label: str) -> None:
        """To the figure of that name; to the section's first, where it is gone."""
        spots = self._block().spots
        same = [at for at, spot in enumerate(spots) if spot.section == section]
        named = [at for at in same if spots[at].count.label == label]
        if self._cursor not in named:  # days have one name: the cursor stays at its place among them
            self._cursor = (named or same or [0])[0]

    def toggle_table(self) -> None:
        """The section of the cursor as a table, or all charts again."""
        section, current = self.section, self.current
        self._in_table = not self._in_table
        self._top = 0
        self._show_section(section, current)

    # --- moves ---------------------------------------------------------------------------------------------------

    def move_down(self, step: int) -> None:
        """To the nearest figure below, or above where `step` is -1."""
        self._move(lambda here, other: below(here, other, step))

    def move_right(self, step: int) -> None:
        """To the nearest figure at the right, or at the left where `step` is -1."""
        self._move(lambda here, other: beyond(here, other, step))

    def _move(self, distance: Distance) -> None:
        nearest = neighbour(self._block().spots, self._cursor, distance)
        if nearest is not None:
            self._put(nearest)

    def jump(self, lines: int) -> None:
        """About so many lines down, or up where negative."""
        spot = self.spot
        if spot is not None:
            wanted = spot.y + lines
            spots = self._block().spots
            self._put(min(range(len(spots)), key=lambda at: (abs(spots[at].y - wanted), abs(spots[at].x - spot.x))))

    def first(self) -> None:
        """To the first figure."""
        self._put(0)

    def last(self) -> None:
        """To the last figure."""
        self._put(len(self._block().spots) - 1)

    def step_section(self, by: int) -> None:
        """To the next section, or the one before; after the last comes the first."""
        if self._overview is None:
            return
        sections = [one for one in Section if one is not Section.ATTENTION or self._overview.attention]
        at = sections.index(self.section) if self.section in sections else 0
        self._show_section(sections[(at + by) % len(sections)], None)

    def _show_section(self, section: Section, current: Count | None) -> None:
        """With its label at the top of the view."""
        if self._in_table:
            self._table_of = section
        self._cursor = 0
        spots = self._block().spots
        here = [at for at, spot in enumerate(spots) if spot.section == section]
        same = [at for at in here if current is not None and spots[at].count == current]
        if here and not self._in_table:
            self._top = max(0, min(spots[at].y for at in here) - 1)
        self._put((same or here or [0])[0])

    def _put(self, at: int) -> None:
        self._cursor = max(0, at)
        self._reveal()
        self.repaint()
        self.post_message(self.Moved())

    def _reveal(self) -> None:
        """Scroll so far that the cursor's figure, and the label over it, can be seen."""
        spot, lines, height = self.spot, self._block().lines, max(1, self.size.height)
        if spot is None:
            return
        foot = spot.foot if spot.foot is not None else spot.y + spot.height - 1
        self._top = min(max(self._top, foot - height + 1), max(0, spot.y - 1))
        self._top = max(0, min(self._top, len(lines) - height))

    # --- painting ------------------------------------------------------------------------------------------------

    def _block(self) -> Block:
        """The page or the table, made anew for other figures, another size or another theme."""
        if self._overview is None:
            return Block()
        palette, size = roles(self), self.size
        wanted = (self._overview, size, palette, self._table_of if self._in_table else None)
        if self._built is None or self._built[0] != wanted:
            made = (
                table(self._overview, self._table_of, size.width, palette)
                if self._in_table
                else page(self._overview, size.width, size.height, palette)
            )
            self._built = (wanted, made)
        return self._built[1]

    def on_resize(self) -> None:
        """Another layout: the cursor stays on its figure as well as it can."""
        self._cursor = min(self._cursor, max(0, len(self._block().spots) - 1))
        self._reveal()
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """A line of the page with the cursor over it."""
        del width
        palette = roles(self)
        if self._overview is None:
            sentence, hint = self._said
            if y == 1:
                return content(f"  {sentence}", palette.text + BOLD)
            return content(f"  {hint}", palette.dim) if y == 2 else EMPTY
        at = self._top + y
        lines, spot = self._block().lines, self.spot
        if at >= len(lines):
            return EMPTY
        return lines[at] if spot is None else over(lines[at], spot, at, palette)

    # --- mouse ---------------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """A click goes to a figure, and on the one under the cursor opens it."""
        y = self._top + event.y
        for at, spot in enumerate(self._block().spots):
            if spot.y <= y < spot.y + spot.height and spot.x <= event.x < spot.x + spot.width:
                if at == self._cursor:
                    self.post_message(self.Opened())
                else:
                    self._put(at)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self.jump(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self.jump(-3)


def neighbour(spots: Sequence[Spot], at: int, distance: Distance) -> int | None:
    """The nearest of the others to the spot `at`; None where none lies that way."""
    near = [(far, other) for other, it in enumerate(spots) if (far := distance(spots[at], it)) is not None]
    return min(near)[1] if near else None


def _gap(start: int, length: int, other: int, other_length: int) -> int:
    """The cells between two stretches; 0 where they overlap."""
    return max(0, other - start - length + 1, start - other - other_length + 1)


def below(spot: Spot, other: Spot, down: int) -> int | None:
    """How far a figure is that lies below (or above, where `down` is -1); None for one that does not."""
    distance = (other.y - spot.y) * down
    if distance <= 0:
        return None
    return distance + _ASIDE * _gap(spot.x, spot.width, other.x, other.width)


def beyond(spot: Spot, other: Spot, right: int) -> int | None:
    """How far a figure is that lies at the right (or at the left, where `right` is -1); None for one that does not."""
    distance = (other.x - spot.x) * right
    if distance <= 0 or _gap(spot.y, spot.height, other.y, other.height):
        return None
    return distance
