"""Who worked how long on a ticket."""

from itdesk.desk.queries.work import Worked, total
from itdesk.domain.work_time import in_words
from itdesk.ui.text import content, fit, join
from itdesk.ui.theme import Roles
from itdesk.ui.times import short_date
from itdesk.ui.widgets.ticket_sections.section import LABEL, Entry, Panelled, Section

_MINUTES = 6
"""Cells of a time before who worked."""


def time(of: Panelled, width: int, palette: Roles) -> Section | None:
    """Each entry of the work log, the newest first; the total stands in the title."""
    entries = tuple(_entry(worked, width, palette) for worked in reversed(of.work))
    return Section("Time", entries, in_words(total(of.work)), in_words(total(of.work))) if entries else None


def _entry(worked: Worked, width: int, palette: Roles) -> Entry:
    head = join(
        fit(content(short_date(worked.worked_on), palette.dim), LABEL),
        fit(content(in_words(worked.minutes), palette.text), _MINUTES),
        content(f" {worked.login}", palette.text),
    )
    note = content(worked.note, palette.dim)
    if not worked.note or head.cell_length + 2 + note.cell_length <= width:
        return Entry((join(head, "  ", note) if worked.note else head,))
    return Entry((head, join(" " * LABEL, note).truncate(width, ellipsis=True)))
