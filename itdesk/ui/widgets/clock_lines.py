"""The clocks of a ticket in words: in one line, in a section, beside the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from textual.content import Content

from itdesk.domain.agreements import OLA, ClockName
from itdesk.domain.calendar import Calendar
from itdesk.domain.clocks import ClockState
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.time_left import FLAGS, Urgency, span, time_left
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, Roles, time_left_style
from itdesk.ui.times import moment

METER = 10
"""Cells of a meter, where there is room for as many."""

TITLE = 16
"""Cells of a clock's name before where it stands."""

_SHORT_METER = 6
_GAP = Content("   ")


@dataclass(frozen=True, slots=True)
class ShownClock:
    """A clock at a moment, with the calendar of its targets where the rulebook still has it."""

    clock: ClockState
    calendar: Calendar | None
    now: datetime
    zone: tzinfo

    @property
    def title(self) -> str:
        """`First response`, `OLA L1`."""
        title = self.clock.name.title
        return title[0].upper() + title[1:]

    @property
    def due(self) -> str:
        """`due 12:31` where it runs towards a moment, or has passed it; else empty."""
        due, missed = self.clock.due_at, self.clock.breached_at
        if due is None:
            return ""
        # Once it is over, `due_at` moves with every pause, so that what it is over by leaves pauses out.
        return f"due {moment(missed if missed and due < self.now else due, self.now, self.zone)}"

    @property
    def is_open(self) -> bool:
        """Whether it runs or stands still for a while."""
        return self.clock.running or self.clock.paused

    def words(self, palette: Roles) -> Content:
        """Where it stands: `3h17m left`, `12m over !`, `paused, 4h left =`, `met 6m of 1h`."""
        clock = self.clock
        if clock.due_at is not None:
            left = time_left(clock.due_at, self.now, self.calendar, clock.target_minutes)
            style = time_left_style(left.urgency, palette, palette.text) + BOLD
            late = left.urgency is Urgency.OVERDUE
            said = content(" over" if late else " left", palette.dim)
            return join(content(left.text.removeprefix("-"), style), said, content(_flag(left.flag), style))
        missed = clock.breached_at is not None and clock.state == "breached"
        if clock.paused:
            rest = "" if clock.target_minutes is None else f", {span(_rest(clock))} left"
            told = content(f"paused{'' if missed else rest} {FLAGS[Urgency.PAUSED]}", palette.dim)
            return join(content("missed, ", palette.red + BOLD), told) if missed else told
        used = f" {span(int(clock.elapsed_minutes))}"
        of = "" if clock.target_minutes is None else f" of {span(clock.target_minutes)}"
        told = content(used + of, palette.dim)
        if missed:
            red = palette.red + BOLD
            return join(content("missed", red), told, content(_flag(FLAGS[Urgency.OVERDUE]), red))
        if clock.state == "met":
            return join(content("met", palette.green), told)
        return content(clock.state, palette.dim)

    def meter(self, cells: int, palette: Roles) -> Content:
        """How much of the target is used, in so many cells; nothing for a clock that is done or has no target."""
        target = self.clock.target_minutes
        if not self.is_open or not target:
            return EMPTY
        left = float(target - self.clock.elapsed_minutes)
        if self.clock.due_at is not None:
            left = self.calendar.between(self.now, self.clock.due_at) if self.calendar else left
        used = max(0, min(cells, round(cells * (1 - left / target))))
        return join(content("■" * used, palette.bars), content("□" * (cells - used), palette.track))


def shown_clocks(clocks: Sequence[ClockState], rulebook: Rulebook, now: datetime, zone: tzinfo) -> list[ShownClock]:
    """The clocks, with the calendars that they need."""
    return [ShownClock(clock, rulebook.calendar(clock.calendar), now, zone) for clock in clocks]


def in_one_line(clocks: Sequence[ShownClock], width: int, palette: Roles) -> Content:
    """Those that matter, whole or not at all, with what is due next at the right; the next due moment goes first."""
    running = sorted((one for one in clocks if one.clock.due_at), key=lambda one: one.clock.due_at or one.now)
    due = EMPTY
    if running:
        whose = f"{running[0].clock.name.title} " if len(running) > 1 else ""
        due = content(f"{whose}{running[0].due} ", palette.dim)
    wanted = running[:1]
    wanted += [one for one in sorted(_telling(clocks), key=_rank) if one not in running[:1]]
    room = width - 1 - (due.cell_length + len(_GAP) if due else 0)
    layouts = [_fitting(wanted, room, cells, palette) for cells in (METER, METER // 2, 0)]
    kept = next((one for one in layouts if len(one) >= min(2, len(wanted))), layouts[0])
    line = join(" ", _GAP.join([kept[one.clock.name] for one in clocks if one.clock.name in kept]))
    return between(line, due, width) if due else line


def _fitting(wanted: Sequence[ShownClock], room: int, cells: int, palette: Roles) -> dict[ClockName, Content]:
    """The first of them that fit; one that does not makes no room for those behind it."""
    kept: dict[ClockName, Content] = {}
    for one in wanted:
        meter = one.meter(cells, palette) if cells else EMPTY
        part = join(content(f"{one.title} ", palette.dim), meter, " " if meter else "", one.words(palette))
        if sum(other.cell_length + len(_GAP) for other in kept.values()) + part.cell_length > room:
            break
        kept[one.clock.name] = part
    return kept


def in_lines(clocks: Sequence[ShownClock], width: int, palette: Roles) -> list[Content]:
    """A line for each: its name, where it stands, when it is due; a short meter where there is room for it as well."""
    lines = []
    for one in clocks:
        words, due, meter = one.words(palette), content(one.due, palette.dim), one.meter(_SHORT_METER, palette)
        room = width - TITLE - words.cell_length - (due.cell_length + 2 if due else 0)
        if meter and meter.cell_length + 1 <= room:
            words = join(meter, " ", words)
        line = join(fit(content(one.title, palette.dim), TITLE), words)
        lines.append(between(line, due, width) if due and room >= 0 else line)
    return lines


def preview_lines(clocks: Sequence[ShownClock], width: int, palette: Roles) -> list[Content]:
    """Beside the queue: what the requester is promised, and the levels' clocks that go on, with meters."""
    lines = []
    for one in _telling(clocks):
        words, meter = one.words(palette), one.meter(METER, palette)
        if meter and TITLE + METER + 1 + words.cell_length <= width:
            words = join(meter, " ", words)
        lines.append(join(fit(content(one.title, palette.dim), TITLE), words))
    return lines


def _telling(clocks: Sequence[ShownClock]) -> list[ShownClock]:
    """Without the levels that are done with it: they are history."""
    return [one for one in clocks if one.is_open or one.clock.name not in _LEVELS]


_LEVELS = frozenset(OLA.values())
_RANK = {ClockName.RESOLUTION: 0, ClockName.FIRST_RESPONSE: 1, ClockName.UPDATE: 2}


def _rank(one: ShownClock) -> int:
    return _RANK.get(one.clock.name, len(_RANK))


def _flag(flag: str) -> str:
    return f" {flag}" if flag else ""


def _rest(clock: ClockState) -> int:
    """The minutes that a paused clock has left."""
    return max(0, int((clock.target_minutes or 0) - clock.elapsed_minutes))
