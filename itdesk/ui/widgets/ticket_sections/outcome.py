"""How a ticket was solved."""

from itdesk.ui.text import content
from itdesk.ui.theme import Roles
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section


def root_cause(of: Panelled, width: int, palette: Roles) -> Section | None:
    """Why it happened."""
    return _text("Root cause", of.ticket.root_cause, width, palette)


def workaround(of: Panelled, width: int, palette: Roles) -> Section | None:
    """How to work until it is solved."""
    return _text("Workaround", of.ticket.workaround, width, palette)


def resolution(of: Panelled, width: int, palette: Roles) -> Section | None:
    """What solved it."""
    return _text("Resolution", of.ticket.resolution, width, palette)


def _text(title: str, text: str, width: int, palette: Roles) -> Section | None:
    if not text:
        return None
    return Section(title, (Entry(tuple(content(text, palette.text, multiline=True).wrap(max(10, width)))),))
