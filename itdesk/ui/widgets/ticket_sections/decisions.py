"""What was decided about a ticket."""

from itdesk.domain.decisions import Thing
from itdesk.ui.text import between, content, fit, join
from itdesk.ui.theme import Roles
from itdesk.ui.widgets.ticket_facts import decided_value, in_short
from itdesk.ui.widgets.ticket_sections.section import LABEL, Entry, Panelled, Section


def decisions(of: Panelled, width: int, palette: Roles) -> Section | None:
    """Each decision in force, and in short why."""
    entries = tuple(
        Entry(
            (
                between(
                    join(
                        fit(content(stored.decision.thing.value, palette.dim), LABEL),
                        content(decided_value(stored.decision, of.rulebook), palette.text),
                    ),
                    content(in_short(stored.decision), palette.dim).truncate(max(0, width // 2), ellipsis=True),
                    width,
                ),
            )
        )
        for stored in of.decided
        if stored.decision.thing is not Thing.ESTIMATE  # it stands among the facts
    )
    return Section("Decisions", entries, len(entries), "w why") if entries else None
