"""What is due on a ticket, and when."""

from functools import partial

from itdesk.ui.messages import RunAction
from itdesk.ui.text import between, content, fit, join
from itdesk.ui.theme import Roles
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section


def clocks(of: Panelled, width: int, palette: Roles) -> Section | None:
    """Each clock and where it stands; `enter` tells what happened to it."""
    if not of.clocks:
        return None
    from itdesk.ui.widgets.clock_lines import TITLE, in_lines, shown_clocks

    shown = shown_clocks(of.clocks, of.rulebook, of.now, of.zone)
    lines = in_lines(shown, width, palette)
    entries = [Entry((line,), partial(RunAction, "clocks")) for line in lines]
    if of.ticket.agreement_told:
        calendars = ", ".join(dict.fromkeys(one.clock.calendar for one in shown if one.clock.calendar))
        agreed = join(fit(content("Agreement", palette.dim), TITLE), content(of.ticket.agreement_told, palette.text))
        entries.append(Entry((between(agreed, content(calendars, palette.dim), width),)))
    return Section("Clocks", tuple(entries), None, "C history", in_header=True)
