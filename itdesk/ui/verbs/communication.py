"""Verbs of communication: replies, work notes, and texts that were not sent."""

from itdesk.domain.ticket import MessageKind
from itdesk.ui.messages import OpenTicket
from itdesk.ui.times import clock
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


async def action_kept(screen: TicketScreenWithVerbs) -> None:
    """Show what a form about the ticket keeps, also one that opens no more: copy it, or throw it away."""
    from itdesk.desk.form_drafts import discard_form, forms_of
    from itdesk.ui.dialogs.kept import COPY, KeptDialog

    chosen = screen.targets()
    if len(chosen) != 1:
        screen.say(
            "Kept texts are shown of one ticket at a time." if chosen else "There is no ticket here.", alarm=True
        )
        return
    ticket_id, zone = chosen[0].id, screen.desk.zone
    forms = await screen.read(lambda session: forms_of(session, ticket_id), after_writes=True)
    if not forms:
        if forms is not None:
            screen.say(f"No form keeps a text of yours on {chosen[0].number}.")
        return
    kept = forms[0]
    if len(forms) > 1:
        choices = [screen.plain_choice(one, one.form.heading, clock(one.saved_at, zone)) for one in forms]
        kept = await screen.choose(f"Kept texts on {chosen[0].number}", choices)
        if kept is None:
            return
    asked = await screen.app.push_screen_wait(KeptDialog(kept, zone))
    if asked == COPY:
        screen.copy("\n\n".join(kept.texts.values()), "your text", "kept")
    elif asked is not None and await screen.sure_to_discard(
        f"What you wrote in “{kept.form.heading}” and nobody has seen."
    ):
        wrong = await screen.result_or_why(lambda session: discard_form(session, kept.form))
        if wrong is None:
            screen.desk.drafts.forget(kept.form)
        screen.say(wrong or "The text is gone.", alarm=wrong is not None)
