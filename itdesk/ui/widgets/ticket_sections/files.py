"""The files on a ticket."""

from functools import partial

from itdesk.desk.queries.attachments import AttachedFile
from itdesk.domain.files import size_in_words
from itdesk.ui.messages import RunAction
from itdesk.ui.text import between, content, join
from itdesk.ui.theme import Roles
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section


def files(of: Panelled, width: int, palette: Roles) -> Section | None:
    """Each with its size; `enter` saves, adds or removes."""
    entries = tuple(_file(file, width, palette) for file in of.ticket.attachments)
    return Section("Files", entries, len(entries), "f or enter: save, add, remove") if entries else None


def _file(file: AttachedFile, width: int, palette: Roles) -> Entry:
    name = join(content(file.name, palette.text), content("  staff only" if file.staff_only else "", palette.note))
    return Entry((between(name, content(size_in_words(file.size), palette.dim), width),), partial(RunAction, "files"))
