"""The verb of intake: a new ticket."""

from itdesk.ui.messages import OpenForm
from itdesk.ui.verbs import TicketScreenWithVerbs


async def action_new(screen: TicketScreenWithVerbs) -> None:
    """The form of a new ticket, with what was written in it before."""
    from itdesk.desk import intake
    from itdesk.ui.drafts import NEW_TICKET, UnsavedTicket

    unsaved = screen.desk.drafts.at(NEW_TICKET)
    if isinstance(unsaved, UnsavedTicket) and unsaved.new.is_written:
        screen.post_message(OpenForm(intake.KeptForm(unsaved.new, screen.desk.clock())))
        return
    kept = await screen.read(lambda session: (intake.kept_draft(session),), after_writes=True)
    if kept is not None:
        screen.post_message(OpenForm(kept[0]))
    else:  # an empty form would take the place of the draft that may be there
        screen.say("The form was not opened: your draft of it could not be read.", alarm=True)
