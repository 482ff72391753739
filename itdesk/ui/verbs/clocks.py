"""What is due on a ticket, and how its clocks came to be where they are."""

from itdesk.desk.queries.tickets import decisions_in_force
from itdesk.desk.session import Session
from itdesk.domain.decisions import Thing
from itdesk.ui.verbs import TicketScreenWithVerbs


async def action_clocks(screen: TicketScreenWithVerbs) -> None:
    """Every clock with its history."""
    from itdesk.desk.queries.clocks import clocks
    from itdesk.ui.dialogs.clocks import ClocksDialog, Told

    ticket = await screen.whole(screen.targets())
    if ticket is None:
        return

    def read(session: Session) -> Told:
        decided = decisions_in_force(session, ticket.id)
        agreed = next((item for item in decided if item.decision.thing is Thing.AGREEMENT), None)
        return Told(ticket, clocks(session, ticket.id), agreed)

    told = await screen.read(read)
    if told is None:
        return
    if told.clocks:
        await screen.app.push_screen_wait(ClocksDialog(screen.desk, told))
    else:
        screen.say(f"{ticket.number} has no clocks: no agreement holds for it.")
