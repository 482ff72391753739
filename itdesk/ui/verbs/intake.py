"""The verb of intake: a new ticket."""

from itdesk.ui.messages import OpenForm
from itdesk.ui.verbs import TicketScreenWithVerbs


async def action_new(screen: TicketScreenWithVerbs) -> None:
    """The form of a new ticket, with what was written in it before."""
    from itdesk.desk import intake

    kept = await screen.read(lambda session: (intake.kept_draft(session),), after_writes=True)
    if kept is not None:
        screen.post_message(OpenForm(kept[0]))
