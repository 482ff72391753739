"""What belongs to a ticket beside its timeline, in sections: all of them where there is room, else one at a time."""

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.message import Message
from textual.style import Style

from itdesk.ui.text import EMPTY, between, content, join
from itdesk.ui.theme import BOLD, UNDERLINE, Roles, roles
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.ticket_sections import sections
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section


class TicketPanel(Lines):
    """The sections of a ticket, with a cursor on what can be opened once one of them was walked to."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._of: Panelled | None = None
        self._alone = False
        self._active: str | None = None
        self._cursor = 0
        self._top = 0
        self._made: tuple[object, ...] = ()
        self._parts: list[Section] = []
        self._laid: tuple[object, ...] = ()
        self._lines: list[tuple[Content, Style]] = []
        self._marks: dict[int, tuple[str, int]] = {}

    # --- what it shows -------------------------------------------------------------------------------------------

    def show(self, of: Panelled | None) -> None:
        """Show the sections of a ticket; None shows nothing yet."""
        if of is None or self._of is None or of.ticket.id != self._of.ticket.id:
            self._top = self._cursor = 0
        self._of = of
        if self._active not in self.titles:
            self._active = None
        self._clamp()
        self.repaint()

    @property
    def titles(self) -> list[str]:
        """The sections that there are."""
        return [section.title for section in self._sections()]

    @property
    def counted(self) -> list[tuple[str, int | str | None]]:
        """The sections that have tabs, with how many each holds."""
        return [(section.title, section.count) for section in self._sections() if not section.in_header]

    @property
    def active(self) -> str | None:
        """The section that was walked to; None while one reads the timeline."""
        return self._active

    @property
    def openable(self) -> Callable[[], Message] | None:
        """Makes the message that opens what the cursor is on."""
        entries = self._openable()
        return entries[self._cursor].opens if entries else None

    def _sections(self) -> list[Section]:
        wanted = (self._of, self._room, self.app.theme)
        if self._made != wanted:
            self._made = wanted
            self._parts = sections(self._of, self._room, roles(self)) if self._of else []
        return self._parts

    @property
    def _room(self) -> int:
        return max(10, (self.content_size.width or self.app.size.width) - 2)

    # --- walking and moving --------------------------------------------------------------------------------------

    def walk(self, step: int, *, alone: bool) -> str | None:
        """Go to the next section, or back to the timeline behind the last; `alone`: it stands by itself."""
        there = (section.title for section in self._sections() if not (alone and section.in_header))
        stops: list[str | None] = [None, *there]
        at = stops.index(self._active) if self._active in stops else 0
        self.turn_to(stops[(at + step) % len(stops)], alone=alone)
        return self._active

    def turn_to(self, title: str | None, *, alone: bool) -> None:
        """Show this section (alone), or none in particular."""
        self._active, self._alone, self._cursor, self._top = title, alone, 0, 0 if alone else self._top
        self._reveal()
        self.repaint()

    def move(self, by: int) -> None:
        """To another entry that can be opened; where there is none that way, scroll."""
        entries = self._openable()
        target = self._cursor + by
        if entries and 0 <= target < len(entries):
            self._cursor = target
            self._reveal()
        else:
            self._top += by
        self._clamp()
        self.repaint()

    def scroll_pages(self, pages: float) -> None:
        """Scroll by pages."""
        self._top += round(pages * max(1, self.size.height - 1))
        self._clamp()
        self.repaint()

    def _openable(self) -> list[Entry]:
        return [
            entry
            for section in self._sections()
            if section.title == self._active
            for entry in section.entries
            if entry.opens is not None
        ]

    def _reveal(self) -> None:
        """Bring the active section's title, or the cursor's entry, into view."""
        lines = self._lay_out()
        height = max(1, self.size.height)
        if self._active is None:
            return
        marked = [y for y, mark in self._marks.items() if mark == (self._active, self._cursor)]
        own = [y for y, (title, _) in self._marks.items() if title == self._active]
        wanted = (own[:1] if self._cursor == 0 else []) + marked
        if wanted:
            self._top = min(max(self._top, wanted[-1] - height + 1), wanted[0])
            if self._cursor == 0 and own[-1] - own[0] < height:
                self._top = min(max(self._top, own[-1] - height + 1), own[0])
        self._top = max(0, min(self._top, len(lines) - height))

    def _clamp(self) -> None:
        self._top = max(0, min(self._top, len(self._lay_out()) - self.size.height))

    def on_resize(self) -> None:
        """Another width breaks lines elsewhere."""
        self._clamp()
        self.refresh()

    # --- painting ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> list[tuple[Content, Style]]:
        wanted = (self._of, self._room, self._active, self._cursor, self._alone, self.app.theme)
        if self._laid == wanted:
            return self._lines
        self._laid, self._lines, self._marks = wanted, [], {}
        palette = roles(self)
        for section in self._sections():
            if self._alone and self._active is not None and section.title != self._active:
                continue
            self._lay_out_section(section, palette)
        return self._lines

    def _lay_out_section(self, section: Section, palette: Roles) -> None:
        active = section.title == self._active
        if self._lines:
            self._lines.append((EMPTY, Style()))
        title = content(section.title, (palette.accent if active else palette.dim) + BOLD)
        bar = content("▌", palette.accent) if active else Content(" ")
        self._marks[len(self._lines)] = (section.title, -1)
        self._lines.append((join(bar, between(title, content(section.hint, palette.dim), self._room)), Style()))
        at = 0
        for entry in section.entries:
            chosen = active and entry.opens is not None and at == self._cursor
            for entry_line in entry.lines:
                self._marks[len(self._lines)] = (section.title, at if entry.opens is not None else -1)
                mark = content("▌", palette.accent) if chosen else Content(" ")
                self._lines.append((join(mark, entry_line), palette.cursor if chosen else Style()))
            at += entry.opens is not None

    def line_style(self, y: int) -> Style:
        """The tint of the entry under the cursor."""
        lines = self._lay_out()
        at = self._top + y
        return lines[at][1] if at < len(lines) else Style()

    def line(self, y: int, width: int) -> Content:
        """A line of the sections."""
        del width
        lines = self._lay_out()
        at = self._top + y
        return lines[at][0] if at < len(lines) else EMPTY

    def on_mouse_scroll_down(self) -> None:
        """The wheel scrolls."""
        self.scroll_pages(0.2)

    def on_mouse_scroll_up(self) -> None:
        """The wheel scrolls."""
        self.scroll_pages(-0.2)


class SectionTabs(Lines):
    """What `tab` walks through where there is no room for the panel."""

    DEFAULT_CSS = "SectionTabs { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._tabs: tuple[tuple[str, int | str | None], ...] = ()
        self._active = ""

    def show(self, messages: int, counted: Sequence[tuple[str, int | str | None]], active: str | None) -> None:
        """How many messages there are, and the sections; `active` is the one that is shown, None for the timeline."""
        self._tabs = (("Timeline", messages), *counted)
        self._active = active or "Timeline"
        self.repaint()

    def clear(self) -> None:
        """The ticket is not read yet."""
        self._tabs = ()
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The names whole, the active one underlined; where not all fit, those around the active one."""
        del y
        palette = roles(self)
        tabs = [self._tab(title, count, palette) for title, count in self._tabs]
        room = width - len("‹") - len("  › tab ")
        at = next((index for index, (title, _) in enumerate(self._tabs) if title == self._active), 0)
        first = 0
        while first < at and sum(tab.cell_length + 3 for tab in tabs[first : at + 1]) > room:
            first += 1
        kept: list[Content] = []
        for tab in tabs[first:]:
            if sum(other.cell_length + 3 for other in kept) + tab.cell_length > room:
                break
            kept.append(tab)
        more = "  ›" if first + len(kept) < len(tabs) else ""
        left = join(content("‹" if first else " ", palette.dim), Content("   ").join(kept), content(more, palette.dim))
        return between(left, content("tab ", palette.dim), width)

    def _tab(self, title: str, count: int | str | None, palette: Roles) -> Content:
        style = palette.text + BOLD + UNDERLINE if title == self._active else palette.dim
        return join(content(title, style), content(f" {count}", palette.text) if count is not None else EMPTY)
