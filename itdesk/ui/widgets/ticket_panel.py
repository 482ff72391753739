"""What belongs to a ticket beside its timeline, in sections: all of them where there is room, else one at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial

from textual.content import Content
from textual.message import Message
from textual.style import Style

from itdesk.desk.queries.knowledge import Fit
from itdesk.desk.queries.tickets import Link, StoredDecision, TicketView
from itdesk.domain.rulebook import Rulebook
from itdesk.ui.messages import OpenArticle, OpenQueue, OpenTicket
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, UNDERLINE, Roles, roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.ticket_facts import decided_value, fitting_article, in_short
from itdesk.ui.widgets.timeline import came_by

_LABEL = 11


@dataclass(frozen=True, slots=True)
class Entry:
    """One or more lines. `opens` is makes what `enter` asks the program for; None for what can only be read."""

    lines: tuple[Content, ...]
    opens: Callable[[], Message] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part; `count` tells how many there are, None where that says nothing; `hint` stands at the right."""

    title: str
    entries: tuple[Entry, ...]
    count: int | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Panelled:
    """All that the sections of a ticket are made from. Compared by identity."""

    ticket: TicketView
    decided: Sequence[StoredDecision]
    articles: Sequence[Fit]
    rulebook: Rulebook
    zone: tzinfo
    now: datetime


def sections(of: Panelled, width: int, palette: Roles) -> list[Section]:
    """People and facts, how it was solved, links, decisions, articles; what there is none of is left out."""
    ticket = of.ticket
    parts = [_people(of, width, palette), _facts(of, width, palette)]
    parts += [
        Section(title, (Entry(tuple(content(text, palette.text, multiline=True).wrap(max(10, width)))),))
        for title, text in (("Root cause", ticket.root_cause), ("Resolution", ticket.resolution))
        if text
    ]
    if ticket.links:
        entries = tuple(_link(link, width, palette) for link in ticket.links)
        parts.append(Section("Links", entries, len(entries), "enter opens"))
    if of.decided:
        parts.append(Section("Decisions", _decisions(of, width, palette), len(of.decided), "w why"))
    if of.articles:
        entries = tuple(_article(article, width, palette) for article in of.articles)
        parts.append(Section("May solve it", entries, len(entries), "enter reads"))
    return parts


def _line(label: str, value: Content, width: int, palette: Roles, right: Content = EMPTY) -> Content:
    left = join(fit(content(label, palette.dim), _LABEL), value)
    if right and left.cell_length + 2 + right.cell_length <= width:
        return between(left, right, width)
    return left.truncate(width, ellipsis=True)


def _people(of: Panelled, width: int, palette: Roles) -> Section:
    ticket, asked_by = of.ticket, of.ticket.requester
    where = content(", ".join(filter(None, (asked_by.department, asked_by.site))), palette.dim)
    name = content(asked_by.name, palette.text)
    requester = [_line("Requester", name, width, palette, where)]
    if where and _LABEL + name.cell_length + 2 + where.cell_length > width:
        requester.append(_line("", where, width, palette))
    team = content(f"L{ticket.level} {ticket.team or ''}", palette.dim)
    holder = content(ticket.assignee or "nobody", palette.text if ticket.assignee else palette.accent)
    others = f"from:{asked_by.login} status:all"
    return Section(
        "People",
        (
            Entry(tuple(requester), partial(OpenQueue, others)),
            Entry((_line("Assigned", holder, width, palette, team),)),
        ),
        hint="enter their tickets",
    )


def _facts(of: Panelled, width: int, palette: Roles) -> Section:
    ticket, matrix = of.ticket, of.rulebook.priorities
    impact, urgency = matrix.impact(ticket.impact), matrix.urgency(ticket.urgency)
    told = [
        ("Opened", f"{moment(ticket.opened_at, of.now, of.zone)} {came_by(ticket.channel)}"),
        ("Changed", moment(ticket.changed_at, of.now, of.zone)),
        ("Resolved", moment(ticket.resolved_at, of.now, of.zone) if ticket.resolved_at else ""),
        ("Ended", moment(ticket.closed_at, of.now, of.zone) if ticket.closed_at else ""),
        ("Kind", ticket.kind.value),
        ("Impact", impact.title if impact else ticket.impact or "-"),
        ("Urgency", urgency.title if urgency else ticket.urgency or "-"),
        ("Site", ticket.site if ticket.site != ticket.requester.site else ""),
        ("Tags", " ".join(f"#{tag}" for tag in ticket.tags)),
        ("Old number", ticket.external_id or ""),
    ]
    return Section(
        "Facts",
        tuple(Entry((_line(label, content(value, palette.text), width, palette),)) for label, value in told if value),
    )


def _link(link: Link, width: int, palette: Roles) -> Entry:
    other = join(content(link.other_number, palette.accent), "  ", content(link.other_subject, palette.text))
    return Entry(
        (
            content(f"{link.title} ({link.other_status.title})", palette.dim).truncate(width, ellipsis=True),
            join("  ", other).truncate(width, ellipsis=True),
        ),
        partial(OpenTicket, link.other_id),
    )


def _decisions(of: Panelled, width: int, palette: Roles) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            (
                between(
                    join(
                        fit(content(stored.decision.thing.value, palette.dim), _LABEL),
                        content(decided_value(stored.decision, of.rulebook), palette.text),
                    ),
                    content(in_short(stored.decision), palette.dim).truncate(max(0, width // 2), ellipsis=True),
                    width,
                ),
            )
        )
        for stored in of.decided
    )


def _article(found: Fit, width: int, palette: Roles) -> Entry:
    return Entry((fitting_article(found, width, palette),), partial(OpenArticle, found.article.id))


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
    def counted(self) -> list[tuple[str, int | None]]:
        """The sections with how many each holds."""
        return [(section.title, section.count) for section in self._sections()]

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
        stops: list[str | None] = [None, *self.titles]
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
        self._tabs: tuple[tuple[str, int | None], ...] = ()
        self._active = ""

    def show(self, messages: int, counted: Sequence[tuple[str, int | None]], active: str | None) -> None:
        """How many messages there are, and the sections; `active` is the one that is shown, None for the timeline."""
        self._tabs = (("Timeline", messages), *counted)
        self._active = active or "Timeline"
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The names whole, the active one underlined; where not all fit, those around the active one."""
        del y
        palette = roles(self)
        tabs = [self._tab(title, count, palette) for title, count in self._tabs]
        room = width - len("tab ") - 3
        at = next((index for index, (title, _) in enumerate(self._tabs) if title == self._active), 0)
        first = 0
        while first < at and sum(tab.cell_length + 3 for tab in tabs[first : at + 1]) > room:
            first += 1
        kept: list[Content] = []
        for tab in tabs[first:]:
            if sum(other.cell_length + 3 for other in kept) + tab.cell_length > room:
                break
            kept.append(tab)
        left = join(content("‹" if first else " ", palette.dim), Content("   ").join(kept))
        return between(left, content("tab ", palette.dim), width)

    def _tab(self, title: str, count: int | None, palette: Roles) -> Content:
        style = palette.text + BOLD + UNDERLINE if title == self._active else palette.dim
        return join(content(title, style), content(f" {count}", palette.text) if count is not None else EMPTY)
