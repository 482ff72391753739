"""What a section of a ticket is made of, and from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from itdesk.desk.queries.knowledge import Fit
from itdesk.desk.queries.procedures import Progress
from itdesk.desk.queries.tickets import StoredDecision, TicketView
from itdesk.desk.queries.visits import Visit
from itdesk.desk.queries.work import Worked
from itdesk.domain.rulebook import Rulebook
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import Roles

if TYPE_CHECKING:  # not loaded for a ticket to which nothing was promised
    from itdesk.domain.clocks import ClockState

LABEL = 11
"""Cells of a label before its value."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One or more lines. `opens` is makes what `enter` asks the program for; None for what can only be read."""

    lines: tuple[Content, ...]
    opens: Callable[[], Message] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part; `count` tells how many, or how long; None where that says nothing; `hint` stands at the right.

    `in_header`: the header tells it as well, so that it needs no tab where only one section has room.
    """

    title: str
    entries: tuple[Entry, ...]
    count: int | str | None = None
    hint: str = ""
    in_header: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Panelled:
    """All that the sections of a ticket are made from. Compared by identity."""

    ticket: TicketView
    decided: Sequence[StoredDecision]
    articles: Sequence[Fit]
    rulebook: Rulebook
    zone: tzinfo
    now: datetime
    progress: Progress
    visits: Sequence[Visit] = ()
    work: Sequence[Worked] = ()
    watchers: Sequence[str] = ()
    clocks: "Sequence[ClockState]" = ()


def fact_line(label: str, value: Content, width: int, palette: Roles, right: Content = EMPTY) -> Content:
    """A label and its value, and what stands at the right where there is room."""
    left = join(fit(content(label, palette.dim), LABEL), value)
    if right and left.cell_length + 2 + right.cell_length <= width:
        return between(left, right, width)
    return left.truncate(width, ellipsis=True)
