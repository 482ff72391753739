"""The visits of a ticket."""

from collections.abc import Callable
from functools import partial

from textual.message import Message

from itdesk.desk.queries.visits import Visit
from itdesk.domain.schedule import VisitState
from itdesk.domain.schedule_words import length_text, moment_text
from itdesk.ui.messages import OpenVisit
from itdesk.ui.text import between, content
from itdesk.ui.theme import Roles
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section


def visits(of: Panelled, width: int, palette: Roles) -> Section | None:
    """When, who and where; `enter` moves, ends or cancels one that is planned."""
    entries = tuple(_visit(visit, of, width, palette) for visit in of.visits)
    if not entries:
        return None
    changes = any(entry.opens for entry in entries)
    return Section("Visits", entries, len(entries), "enter changes" if changes else "")


def _visit(visit: Visit, of: Panelled, width: int, palette: Roles) -> Entry:
    when = f"{moment_text(visit.starts_at, of.zone)}, {length_text(visit.minutes)}, {visit.person}"
    planned = visit.state is VisitState.PLANNED
    state = visit.state.value
    if planned and of.ticket.closed_at is not None:
        planned, state = False, "not needed"
    elif planned and visit.starts_at <= of.now:
        state = "begun"
    told = content(when, palette.text if planned else palette.dim)
    lines = [between(told, content(state, palette.accent if planned else palette.dim), width)]
    where = " · ".join(part for part in (visit.place, visit.note) if part)
    if where:
        lines.append(content(f"  {where}", palette.dim).truncate(width, ellipsis=True))
    opens: Callable[[], Message] | None = partial(OpenVisit, visit.id) if planned else None
    return Entry(tuple(lines), opens)
