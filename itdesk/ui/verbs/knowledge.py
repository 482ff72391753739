"""Verbs that change nothing: why, and copies for elsewhere."""

from itdesk.desk.session import Session
from itdesk.ui.text import plural
from itdesk.ui.verbs import TicketScreenWithVerbs
from itdesk.ui.verbs.triage import action_category, action_priority

_MOST_COPIED = 50
"""Whole tickets that the clipboard takes at once; terminals drop what is longer than some 100 kB."""


async def action_why(screen: TicketScreenWithVerbs) -> None:
    """Why the ticket is what it is."""
    from itdesk.desk.queries import tickets
    from itdesk.ui.dialogs.why import WhyDialog

    chosen = screen.targets()
    ticket = await screen.whole(chosen)
    if ticket is None:
        return
    decided = await screen.read(lambda session: tickets.decisions(session, ticket.id))
    if decided is None:
        return
    asked = await screen.app.push_screen_wait(WhyDialog(screen.desk, ticket, decided))
    if asked == "priority":
        await action_priority(screen)
    elif asked == "category":
        await action_category(screen)


async def action_copy(screen: TicketScreenWithVerbs) -> None:
    """Send the numbers to the clipboard."""
    if screen.copies_trouble():
        return
    chosen = screen.targets()
    if chosen:
        numbers = " ".join(ticket.number for ticket in chosen)
        screen.copy(numbers, numbers if len(chosen) < 4 else f"the numbers of {len(chosen)} tickets")


async def action_copy_all(screen: TicketScreenWithVerbs) -> None:
    """Send whole tickets to the clipboard, as plain text."""
    from itdesk.desk.queries import tickets
    from itdesk.ui.plain import ticket_as_text

    ids = [ticket.id for ticket in screen.targets()]
    if not ids:
        screen.say("There is no ticket here.", alarm=True)
        return
    if len(ids) > _MOST_COPIED:
        screen.say(f"At most {_MOST_COPIED} whole tickets are copied at once; {len(ids)} are marked.", alarm=True)
        return
    zone = screen.desk.zone

    def read(session: Session) -> list[tuple[str, str]]:
        whole = [(tickets.view(session, one), tickets.timeline(session, one)) for one in ids]
        return [(ticket.number, ticket_as_text(ticket, entries, zone)) for ticket, entries in whole]

    found = await screen.read(read)
    if found is not None:
        what = found[0][0] if len(found) == 1 else plural(len(found), "ticket")
        screen.copy("\n\n\n".join(text for _, text in found), f"all of {what}", "copy_all")
