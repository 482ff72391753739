"""Verbs of communication: replies and work notes."""

from itdesk.domain.ticket import MessageKind
from itdesk.ui.messages import OpenTicket
from itdesk.ui.verbs import TicketScreenWithVerbs


async def action_reply(screen: TicketScreenWithVerbs) -> None:
    """Write to the requester."""
    await screen.write_message(MessageKind.REPLY)


async def action_note(screen: TicketScreenWithVerbs) -> None:
    """Write a work note."""
    await screen.write_message(MessageKind.NOTE)


async def write_message(screen: TicketScreenWithVerbs, kind: MessageKind) -> None:
    """One ticket: in its composer. Several: the same text to all, after asking."""
    from itdesk.desk import communication
    from itdesk.ui.dialogs.form import Field

    chosen = screen.targets()
    if len(chosen) == 1:
        screen.post_message(OpenTicket(chosen[0].id, compose=kind))
        return
    if not chosen:
        screen.say("There is no ticket here.", alarm=True)
        return
    reply = kind is MessageKind.REPLY
    title = screen.titled("REPLY to the requesters of" if reply else "WORK NOTE, staff only, on", chosen)
    field = Field("text", "Reply" if reply else "Work note", tall=True)
    deed = communication.reply if reply else communication.note
    await screen.act_by_form(
        "Reply to" if reply else "Note on",
        chosen,
        [field],
        lambda session, refs, written: deed(session, refs, written["text"]),
        title=title,
        does="send",
        what=lambda _: "Every requester sees the text." if reply else "Only staff sees the note.",
    )
