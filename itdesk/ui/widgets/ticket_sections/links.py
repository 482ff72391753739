"""The other tickets that a ticket is linked to."""

from functools import partial

from itdesk.desk.queries.tickets import Link
from itdesk.ui.messages import OpenTicket
from itdesk.ui.text import content, join
from itdesk.ui.theme import Roles
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section


def links(of: Panelled, width: int, palette: Roles) -> Section | None:
    """Each with its status; `enter` opens it."""
    entries = tuple(_link(link, width, palette) for link in of.ticket.links)
    return Section("Links", entries, len(entries), "enter opens") if entries else None


def _link(link: Link, width: int, palette: Roles) -> Entry:
    other = join(content(link.other_number, palette.accent), "  ", content(link.other_subject, palette.text))
    return Entry(
        (
            content(f"{link.title} ({link.other_status.title})", palette.dim).truncate(width, ellipsis=True),
            join("  ", other).truncate(width, ellipsis=True),
        ),
        partial(OpenTicket, link.other_id),
    )
