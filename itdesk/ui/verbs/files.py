"""Files on tickets: attach, save, remove."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from itdesk.desk.change import Change, Targets
from itdesk.desk.session import Session
from itdesk.domain.files import size_in_words
from itdesk.ui.text import content, join
from itdesk.ui.theme import roles
from itdesk.ui.times import moment
from itdesk.ui.verbs import Ticket, TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice

if TYPE_CHECKING:
    from itdesk.desk.attachments import Kept
    from itdesk.desk.queries.attachments import AttachedFile

_NOT_YOURS = "You came by an account of the desk's own: there are no files of yours on this machine."


async def action_files(screen: TicketScreenWithVerbs) -> None:
    """The files of a ticket; several tickets get one file each."""
    chosen = screen.targets()
    if not chosen:
        screen.say("There is no ticket here.", alarm=True)
        return
    ticket = await screen.whole(chosen) if len(chosen) == 1 else None
    if len(chosen) == 1 and ticket is None:
        return
    files = ticket.attachments if ticket else ()
    picked = await screen.choose(screen.titled("Files of", chosen), _choices(screen, files))
    match picked:
        case "attach":
            await _attach(screen, chosen, staff_only=False)
        case "attach for staff":
            await _attach(screen, chosen, staff_only=True)
        case int():
            await _one(screen, chosen, next(file for file in files if file.id == picked))


def _choices(screen: TicketScreenWithVerbs, files: Sequence["AttachedFile"]) -> list[Choice]:
    palette, now, zone = roles(screen.query_one("*")), screen.desk.clock(), screen.desk.zone
    choices = [
        Choice(
            file.id,
            join(content(file.name, palette.text), content("  staff only" if file.staff_only else "", palette.note)),
            content(f"  {size_in_words(file.size)} · {file.author} {moment(file.attached_at, now, zone)}", palette.dim),
        )
        for file in files
    ]
    choices.append(screen.plain_choice("attach", "Attach a file …", "the requester sees it"))
    choices.append(screen.plain_choice("attach for staff", "Attach a file for staff only …"))
    return choices


async def _attach(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], *, staff_only: bool) -> None:
    from itdesk.desk import attachments

    mine = screen.desk.files
    if mine is None:
        screen.say(_NOT_YOURS, alarm=True)
        return
    seen = "Only staff will see it." if staff_only else "The requester will see it."
    kept = await _kept_file(screen, screen.titled("Attach to", chosen), mine.home, seen)
    if kept is None:
        return

    def act(session: Session, refs: Targets) -> Change:
        return attachments.attach(session, refs, [kept], staff_only=staff_only)

    await screen.act("Attach a file to", chosen, act, what=f"Each gets {kept.name}. {seen}")


async def _kept_file(screen: TicketScreenWithVerbs, title: str, home: Path, remark: str) -> "Kept | None":
    """A file of this machine, which the desk keeps now; None if the person left. Asks until it can be read."""
    from itdesk.desk.attachments import keep_file
    from itdesk.ui.dialogs.path import PathDialog, expanded

    typed, wrong = "~/", ""
    while True:
        dialog = PathDialog(title, home, typed=typed, remark=remark, wrong=wrong)
        answer: str | None = await screen.app.push_screen_wait(dialog)
        if answer is None:
            return None
        kept = await screen.result_or_why(partial(keep_file, path=expanded(answer, home)))
        if not isinstance(kept, str):
            return kept
        typed, wrong = answer, kept


async def _one(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], file: "AttachedFile") -> None:
    from itdesk.desk import attachments

    mine = screen.desk.files
    folder = mine.exports() if mine is not None else None
    choices = [
        screen.plain_choice("save", "Save it", str(folder or "")),
        screen.plain_choice("remove", "Remove it from the ticket", "u brings it back"),
    ]
    picked = await screen.choose(f"{file.name} · {size_in_words(file.size)}", choices)
    if picked == "save" and folder is None:
        screen.say(_NOT_YOURS, alarm=True)
    elif picked == "save" and folder is not None:
        saved = await screen.read(lambda session: attachments.save(session, file.id, folder))
        if saved is not None:
            screen.say(f"Saved {saved}.")
    elif picked == "remove":
        await screen.act("Remove a file from", chosen, lambda session, _: attachments.detach(session, [file.id]))
