"""Who a ticket is about."""

from functools import partial

from itdesk.ui.messages import OpenQueue
from itdesk.ui.text import content
from itdesk.ui.theme import Roles
from itdesk.ui.widgets.ticket_sections.section import LABEL, Entry, Panelled, Section, fact_line


def people(of: Panelled, width: int, palette: Roles) -> Section:
    """Who asked, and who works on it."""
    ticket, asked_by = of.ticket, of.ticket.requester
    vip = "VIP" if asked_by.vip else ""
    speaks = f"speaks {' '.join(asked_by.languages)}" if asked_by.languages else ""
    where = content(", ".join(filter(None, (vip, asked_by.department, asked_by.site, speaks))), palette.dim)
    name = content(asked_by.name, palette.text)
    requester = [fact_line("Requester", name, width, palette, where)]
    if where and LABEL + name.cell_length + 2 + where.cell_length > width:
        requester.append(fact_line("", where, width, palette))
    team = content(f"L{ticket.level} {ticket.team or ''}", palette.dim)
    holder = content(ticket.assignee or "nobody", palette.text if ticket.assignee else palette.accent)
    watching = content(", ".join(of.watchers), palette.text)
    others = f"from:{asked_by.login} status:all"
    return Section(
        "People",
        (
            Entry(tuple(requester), partial(OpenQueue, others)),
            Entry((fact_line("Assigned", holder, width, palette, team),)),
            *([Entry((fact_line("Watching", watching, width, palette),))] if of.watchers else []),
        ),
        hint="enter their tickets",
    )
