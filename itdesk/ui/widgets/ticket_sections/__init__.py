"""The sections of a ticket: a file each. A section that has nothing to say is left out."""

from collections.abc import Callable

from itdesk.ui.theme import Roles
from itdesk.ui.widgets.ticket_sections.approvals import approvals
from itdesk.ui.widgets.ticket_sections.articles import articles
from itdesk.ui.widgets.ticket_sections.checklist import checklist
from itdesk.ui.widgets.ticket_sections.clocks import clocks
from itdesk.ui.widgets.ticket_sections.decisions import decisions
from itdesk.ui.widgets.ticket_sections.facts import facts
from itdesk.ui.widgets.ticket_sections.files import files
from itdesk.ui.widgets.ticket_sections.links import links
from itdesk.ui.widgets.ticket_sections.outcome import resolution, root_cause, workaround
from itdesk.ui.widgets.ticket_sections.people import people
from itdesk.ui.widgets.ticket_sections.section import Panelled, Section
from itdesk.ui.widgets.ticket_sections.tests import tests
from itdesk.ui.widgets.ticket_sections.time import time
from itdesk.ui.widgets.ticket_sections.visits import visits

_SECTIONS: tuple[Callable[[Panelled, int, Roles], Section | None], ...] = (
    clocks,
    checklist,
    approvals,
    people,
    facts,
    visits,
    root_cause,
    workaround,
    resolution,
    tests,
    links,
    files,
    decisions,
    articles,
    time,
)


def sections(of: Panelled, width: int, palette: Roles) -> list[Section]:
    """Those that have something to say, in their order, `width` cells wide."""
    made = (section(of, width, palette) for section in _SECTIONS)
    return [section for section in made if section is not None]
