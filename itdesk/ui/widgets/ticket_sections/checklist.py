"""What is to be done about a ticket, step by step."""

from functools import partial

from itdesk.desk.queries.procedures import Step
from itdesk.ui.messages import TickStep
from itdesk.ui.text import EMPTY, between, content, join
from itdesk.ui.theme import Roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section

_WHO = 14
"""Cells at the right for who ticked a step, or that it is needed."""
_TEXT = 22
"""Cells of a step's text that are worth more than when it was ticked."""


def checklist(of: Panelled, width: int, palette: Roles) -> Section | None:
    """Each step with its box; `enter` ticks or unticks it."""
    steps = of.progress.steps
    entries = tuple(_step(step, of, width, palette) for step in steps)
    return Section("Checklist", entries, f"{of.progress.done}/{len(steps)}", "enter ticks · S more") if steps else None


def _step(step: Step, of: Panelled, width: int, palette: Roles) -> Entry:
    done = step.done_at is not None
    box = content("■ " if done else "□ ", palette.text if done else palette.dim)
    said = step.done_by or "" if done else "needed" if step.required else ""
    right = content(said, palette.dim if done else palette.amber).truncate(_WHO, ellipsis=True)
    if step.done_at is not None:
        dated = join(right, content(f", {moment(step.done_at, of.now, of.zone)}", palette.dim))
        right = dated if width - 2 - dated.cell_length - 1 >= min(_TEXT, content(step.text).cell_length) else right
    room = max(10, width - 2 - (right.cell_length + 1 if right else 0))
    parts = content(step.text, palette.dim if done else palette.text).wrap(room)
    lines = [between(join(box, parts[0]), right, width) if right else join(box, parts[0])]
    lines += [join("  ", part) for part in parts[1:]]
    asked = step.entered if done else f"{step.asks}: {step.caption}" if step.caption else step.asks.value
    below = content(asked, palette.dim) if asked else EMPTY
    if below:
        lines.append(join("  ", below).truncate(width, ellipsis=True))
    return Entry(tuple(lines), partial(TickStep, step.place))
