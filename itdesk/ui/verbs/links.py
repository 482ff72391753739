"""Verbs on several tickets that belong together: link, unlink, merge, split."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from itdesk.desk.change import Change, Targets
from itdesk.desk.session import Session
from itdesk.domain.ticket import MADE_BY_HAND, LinkType, MessageKind, WaitingReason, stays_in_merge
from itdesk.ui.text import content, join, plural
from itdesk.ui.theme import roles
from itdesk.ui.times import clock
from itdesk.ui.verbs import Ticket, TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice

if TYPE_CHECKING:
    from itdesk.desk.queries.queue import QueueRow
    from itdesk.desk.queries.tickets import Link, TicketView

_PARENT, _SPLIT, _SPLIT_CHILD = "parent", "split", "split child"
_MERGE, _MERGE_OTHER, _MERGE_INTO = "merge", "merge other", "merge into"
_STAYS = "a major or the oldest stays"

_SUBJECT = 36
"""Cells of the other ticket's subject."""


async def action_link(screen: TicketScreenWithVerbs) -> None:
    """Everything that joins tickets or takes them apart."""
    chosen = screen.targets()
    if not chosen:
        screen.say("There is no ticket here.", alarm=True)
        return
    ticket = await screen.whole(chosen) if len(chosen) == 1 else None
    if len(chosen) == 1 and ticket is None:
        return
    match await screen.choose(screen.titled("Link, merge, split", chosen), _choices(screen, chosen, ticket)):
        case LinkType() as kind:
            await _link(screen, chosen, kind)
        case "parent":
            await _make_parent(screen, chosen)
        case "merge":
            await _merge(screen, chosen)
        case "merge other":
            await _merge(screen, chosen, other=True)
        case "merge into":
            await _merge(screen, chosen, into=True)
        case "split":
            await _split(screen, chosen, LinkType.RELATED)
        case "split child":
            await _split(screen, chosen, LinkType.CHILD_OF)
        case (_, int(at)) if ticket is not None:
            await _unlink(screen, chosen, ticket.links[at])


def _choices(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], ticket: "TicketView | None") -> list[Choice]:
    dim = roles(screen.query_one("*")).dim
    who = f"{chosen[0].number} is" if len(chosen) == 1 else f"{plural(len(chosen), 'ticket')} are"
    choices = [Choice("", content("Link", dim), heading=True)]
    choices += [screen.plain_choice(kind, f"{who} {kind.predicate} …") for kind in MADE_BY_HAND]
    if ticket is not None:
        choices.append(screen.plain_choice(_PARENT, f"{who} the parent of …"))
    choices.append(Choice("", content("Merge and split", dim), heading=True))
    if len(chosen) > 1:
        stays = stays_in_merge(chosen)
        what = "major incident" if stays.major else "oldest"
        choices.append(screen.plain_choice(_MERGE, f"Merge into the {what} of them, {stays.number}"))
        choices.append(screen.plain_choice(_MERGE_OTHER, "Merge with another one as well …", _STAYS))
    else:
        choices.append(screen.plain_choice(_MERGE_OTHER, "Merge with another one …", _STAYS))
    choices.append(screen.plain_choice(_MERGE_INTO, "Merge into another one …", "that one stays"))
    if len(chosen) == 1:
        choices.append(screen.plain_choice(_SPLIT, "Split off a related ticket …"))
        choices.append(screen.plain_choice(_SPLIT_CHILD, "Split off a child …"))
    removable = [
        (at, link) for at, link in enumerate(ticket.links if ticket else ()) if link.type is not LinkType.MERGED_INTO
    ]
    if removable:
        choices.append(Choice("", content("Unlink", dim), heading=True))
        choices += [
            screen.plain_choice(
                ("unlink", at), f"No longer {link.title} {link.other_number}", _short(link.other_subject)
            )
            for at, link in removable
        ]
    return choices


def _short(text: str) -> str:
    """As much of a subject as an entry has room for beside its words."""
    return content(text).truncate(_SUBJECT, ellipsis=True).plain


async def _find(screen: TicketScreenWithVerbs, title: str, chosen: Sequence[Ticket]) -> "QueueRow | None":
    from itdesk.desk.queries import links
    from itdesk.ui.dialogs.find_ticket import FindTicketDialog

    about = [ticket.id for ticket in chosen]
    return await screen.app.push_screen_wait(
        FindTicketDialog(
            title, lambda typed: screen.read(lambda session: links.candidates(session, typed, about=about))
        )
    )


async def _link(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], kind: LinkType) -> None:
    from itdesk.desk import links

    who = f"{chosen[0].number} is" if len(chosen) == 1 else f"{plural(len(chosen), 'ticket')} are"
    other = await _find(screen, f"{who} {kind.predicate} …", chosen)
    if other is not None:
        await screen.act(
            "Link",
            chosen,
            lambda session, refs: links.link(session, refs, kind, other.id),
            what=f"Each of them becomes {kind.predicate} {other.number}.",
        )


async def _make_parent(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket]) -> None:
    from itdesk.desk import links

    child = await _find(screen, f"{chosen[0].number} is the parent of …", chosen)
    if child is not None:
        await screen.act(
            "Link", chosen, lambda session, refs: links.link(session, [child.id], LinkType.CHILD_OF, refs[0])
        )


async def _unlink(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], link: "Link") -> None:
    from itdesk.desk import links

    def act(session: Session, refs: Targets) -> Change:
        if link.outgoing:
            return links.unlink(session, refs, link.type, link.other_id)
        return links.unlink(session, [link.other_id], link.type, refs[0])

    await screen.act("Unlink", chosen, act)


async def action_merge(screen: TicketScreenWithVerbs) -> None:
    """The marked tickets into one of them; a single one with another."""
    await _merge(screen, screen.targets(), other=len(screen.targets()) == 1)


async def _merge(
    screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], *, other: bool = False, into: bool = False
) -> None:
    """Merge tickets, with one that is looked for (`other`), or into it (`into`)."""
    from itdesk.desk import merging
    from itdesk.desk.queries import links

    if not chosen:
        screen.say("There is no ticket here.", alarm=True)
        return
    every = list(chosen)
    if other or into:
        found = await _find(screen, f"{screen.titled('Merge', chosen)} {'into' if into else 'with'} …", chosen)
        if found is None:
            return
        every.append(found)
    stays = every[-1] if into else stays_in_merge(every)
    asked = await screen.read(lambda session: links.requesters(session, [ticket.id for ticket in every]))
    if asked is None:
        return
    others = [ticket.id for ticket in every[len(chosen) :]]

    def act(session: Session, targets: Targets) -> Change:
        return merging.merge(session, [*targets, *others], stays.id, anyway=len(asked) > 1)

    if len(asked) > 1 and len(chosen) == 1:
        would = await screen.would_or_why(lambda session: act(session, [chosen[0].id]))
        if isinstance(would, str):
            screen.say(would, alarm=True)
            return
        if not await _sure_apart(screen, every, stays, asked):
            return
    await screen.act("Merge", chosen, act, what=" ".join([*_what_moves(stays, asked), *_asked_no_longer(stays, every)]))


def _what_moves(stays: Ticket, asked: Sequence[str]) -> list[str]:
    """Which ticket stays when several are merged, and what goes there; `asked` are the names of their requesters."""
    which = f"{stays.number}, the major incident, stays" if stays.major else f"{stays.number} stays"
    if len(asked) == 1:
        return [f"{which}. All that was written goes there; the others are closed and point there."]
    return [
        f"{which}; what is merged into it is closed and points there.",
        f"These are tickets of {' and '.join(asked)}. What any of them can see stays with his own ticket.",
        f"Only work notes go to {stays.number}, with the opening texts and what they write later as work notes.",
        "To resolve them with the same words, rather make one a duplicate.",
    ]


def _asked_no_longer(stays: Ticket, every: Sequence[Ticket]) -> list[str]:
    """That approvals end with the tickets which wait for them, as a sentence; mostly nothing."""
    waiting = [one.number for one in every if one.id != stays.id and one.waiting_reason is WaitingReason.APPROVAL]
    return [f"The approval that {', '.join(waiting)} waits for is asked for no longer."] if waiting else []


async def _sure_apart(
    screen: TicketScreenWithVerbs, both: Sequence[Ticket], stays: Ticket, asked: Sequence[str]
) -> bool:
    """Whether two tickets of two requesters shall be merged."""
    from itdesk.ui.dialogs.confirm import ConfirmDialog

    gone = next(ticket for ticket in both if ticket.id != stays.id)
    title = f"Merge {gone.number} into {stays.number}, of another requester?"
    what = [*_what_moves(stays, asked), *_asked_no_longer(stays, both)]
    dialog = ConfirmDialog(title, what, verb="merge", keymap=screen.desk.keymap)
    return await screen.app.push_screen_wait(dialog) is True


async def action_split(screen: TicketScreenWithVerbs) -> None:
    """Make a second concern a ticket of its own."""
    await _split(screen, screen.targets(), LinkType.RELATED)


async def _split(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], kind: LinkType) -> None:
    from itdesk.desk import merging
    from itdesk.desk.queries import tickets
    from itdesk.ui.dialogs.form import Field
    from itdesk.ui.dialogs.mark import MarkDialog

    if len(chosen) != 1:
        screen.say("One ticket is split at a time.", alarm=True)
        return
    ticket_id, number = chosen[0].id, chosen[0].number
    written = await screen.read(lambda session: tickets.messages(session, ticket_id))
    if written is None:
        return
    moving: tuple[int, ...] = ()
    if written:
        palette = roles(screen.query_one("*"))
        kinds = {MessageKind.REPLY: "reply", MessageKind.NOTE: "note, staff only", MessageKind.REQUESTER: "requester"}
        choices = [
            Choice(
                message.id,
                join(
                    content(f"{message.login}  ", palette.dim),
                    content(" ".join(message.text.split())[:200], palette.text),
                ),
                content(f"  {kinds[message.kind]} · {clock(message.at, screen.desk.zone)}", palette.dim),
            )
            for message in written
        ]
        said = "Mark what moves to the new ticket"
        marked = await screen.app.push_screen_wait(MarkDialog(f"Split {number}: which messages", choices, said=said))
        if marked is None:
            return
        moving = marked
    fields = [Field("subject", "Subject"), Field("body", "Text", needed=False, tall=True)]
    remark = (
        f"{plural(len(moving), 'message')} of {number} will be there. The rules decide about it, as about any other."
    )

    def split(session: Session, refs: Targets, written: Mapping[str, str]) -> Change:
        return merging.split(session, refs[0], merging.SplitOff(written["subject"], written["body"], moving, kind))

    title = f"Split off {number}"
    await screen.act_by_form("Split", chosen, fields, split, title=title, does="open it", remark=remark)
