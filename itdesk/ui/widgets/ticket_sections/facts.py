"""The facts of a ticket that its header has no room for."""

from itdesk.domain.decisions import Thing
from itdesk.ui.text import content
from itdesk.ui.theme import Roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.ticket_facts import decided_value
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section, fact_line
from itdesk.ui.widgets.timeline import came_by


def facts(of: Panelled, width: int, palette: Roles) -> Section:
    """When, how and how grave."""
    ticket, matrix = of.ticket, of.rulebook.priorities
    decided = [stored.decision for stored in of.decided]
    impact, urgency = matrix.impact(ticket.impact), matrix.urgency(ticket.urgency)
    told = [
        ("Opened", f"{moment(ticket.opened_at, of.now, of.zone)} {came_by(ticket.channel)}"),
        ("Changed", moment(ticket.changed_at, of.now, of.zone)),
        ("Resolved", moment(ticket.resolved_at, of.now, of.zone) if ticket.resolved_at else ""),
        ("Ended", moment(ticket.closed_at, of.now, of.zone) if ticket.closed_at else ""),
        ("Estimate", next((decided_value(one, of.rulebook) for one in decided if one.thing is Thing.ESTIMATE), "")),
        ("Kind", ticket.kind.value),
        ("Impact", impact.title if impact else ticket.impact or "-"),
        ("Urgency", urgency.title if urgency else ticket.urgency or "-"),
        ("Site", ticket.site if ticket.site != ticket.requester.site else ""),
        ("Tags", " ".join(f"#{tag}" for tag in ticket.tags)),
        ("Old number", ticket.external_id or ""),
    ]
    return Section(
        "Facts",
        tuple(
            Entry((fact_line(label, content(value, palette.text), width, palette),)) for label, value in told if value
        ),
    )
