"""Verbs of visits: plan one, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from itdesk.desk.errors import DeskError
from itdesk.desk.session import Session
from itdesk.domain.schedule_words import length_text, parse_length, parse_moment
from itdesk.ui.text import content
from itdesk.ui.verbs import Ticket, TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice

if TYPE_CHECKING:
    from itdesk.desk.form_drafts import About
    from itdesk.desk.queries.visits import Visit
    from itdesk.ui.dialogs.form import Field


@dataclass(frozen=True, slots=True)
class _Asked:
    """A visit as the form says; `person` is empty for whoever fills it in, `anyway` in spite of what clashes."""

    start: datetime
    minutes: int
    person: str
    place: str
    note: str
    anyway: bool = False


_Moved = tuple[Sequence[Ticket], int | None]
"""Tickets whose visit would be moved, and its id, where one visit is meant; see `meant_visits`."""


async def action_visit(screen: TicketScreenWithVerbs) -> None:
    """Plan a visit for the tickets; several are one visit."""
    await plan(screen, screen.targets())


async def plan(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], start: Mapping[str, str] | None = None) -> None:
    """Plan a visit for tickets; `start` fills fields of the form in."""
    from itdesk.desk import visits

    ticket = await screen.whole(chosen)
    if ticket is None:
        return
    filled = {"length": "1h", "person": ticket.assignee or screen.desk.me.login, "place": ticket.site} | dict(
        start or {}
    )
    asked = await _ask(screen, screen.titled("Visit for", chosen), filled, verb="plan it", about=_about(chosen))
    if asked is not None:
        await screen.act(
            "Visit for",
            chosen,
            lambda session, refs: visits.plan_visit(
                session,
                refs,
                asked.start,
                asked.minutes,
                person=asked.person,
                place=asked.place,
                note=asked.note,
                anyway=asked.anyway,
            ),
            what="They get one visit; those in work wait for it.",
        )


async def turn_visit(screen: TicketScreenWithVerbs, visit: "Visit") -> None:
    """Move, end or cancel a planned visit."""
    from itdesk.desk import visits

    chosen = screen.targets()
    choices = [
        Choice("done", content("It took place")),
        Choice("move", content("Move it, or send somebody else")),
        Choice("cancel", content("It does not take place")),
    ]
    match await screen.choose(screen.titled("Visit for", chosen), choices):
        case "done":
            await screen.act(
                "End", chosen, lambda session, refs: visits.finish_visit(session, refs, appointment=visit.id)
            )
        case "cancel":
            await cancel(screen, visit, chosen)
        case "move":
            await move(screen, visit, chosen)


async def cancel(screen: TicketScreenWithVerbs, visit: "Visit", chosen: Sequence[Ticket]) -> None:
    """A planned visit does not take place; asks for the reason first."""
    from itdesk.desk import visits

    title = screen.titled("Cancel the visit for", chosen)
    reason = await screen.ask(title, "Reason", verb="cancel it", about=_about(chosen, visit))
    if reason is not None:
        only = _only(visit, chosen)
        await screen.act(
            "Cancel",
            chosen,
            lambda session, refs: visits.cancel_visit(session, refs, appointment=only, reason=reason),
            what="Their visit does not take place.",
        )


async def move(screen: TicketScreenWithVerbs, visit: "Visit", chosen: Sequence[Ticket]) -> None:
    """Move a planned visit, or send somebody else."""
    from itdesk.desk import visits

    local, shown_start = visit.starts_at.astimezone(screen.desk.zone), visit.starts_at.replace(second=0, microsecond=0)
    start = {
        "at": f"{local:%Y-%m-%d %H:%M}",
        "length": length_text(visit.minutes),
        "person": visit.person,
        "place": visit.place,
        "note": visit.note,
    }
    title, about = screen.titled("Move the visit for", chosen), _about(chosen, visit)
    only = _only(visit, chosen)
    asked = await _ask(screen, title, start, verb="move it", about=about, moved=(chosen, only))
    if asked is not None:
        await screen.act(
            "Move",
            chosen,
            lambda session, refs: visits.move_visit(
                session,
                refs,
                starts_at=asked.start if asked.start != shown_start else None,
                minutes=asked.minutes if asked.minutes != visit.minutes else None,
                person=asked.person if asked.person != visit.person else None,
                place=asked.place if asked.place != visit.place else None,
                note=asked.note if asked.note != visit.note else None,
                appointment=only,
                anyway=asked.anyway,
            ),
            what="Their visit is moved.",
        )


def _about(chosen: Sequence[Ticket], visit: "Visit | None" = None) -> "About":
    """By what a form is known again, opened from the tickets or from the schedule."""
    which = () if visit is None else (("visit", str(visit.id)),)
    return (*(ticket.id for ticket in chosen), *which)


def _only(visit: "Visit", chosen: Sequence[Ticket]) -> int | None:
    """Which visit is meant: of one ticket this one; of several each one's own."""
    return visit.id if len(chosen) == 1 else None


async def _ask(
    screen: TicketScreenWithVerbs,
    title: str,
    values: Mapping[str, str],
    *,
    verb: str,
    about: "About",
    moved: _Moved = ((), None),
) -> _Asked | None:
    """What the form says, None if the person left; a form that cannot be understood is shown again, saying why."""
    from itdesk.ui.dialogs.confirm import ConfirmDialog
    from itdesk.ui.dialogs.form import FormDialog

    wrong, filled = "", values
    remark = "The requester sees it. A ticket in work waits for its visit."
    while True:
        dialog = FormDialog(title, _fields(filled), verb=verb, remark=remark, wrong=wrong)
        answer = await screen.fill_in(dialog, about=about)
        if answer is None:
            return None
        filled = answer
        try:
            asked = _understood(screen, answer)
        except ValueError as error:
            wrong = str(error)
            continue
        against = await screen.read(partial(_against, asked, moved))
        if not against:
            return None if against is None else asked
        if isinstance(against, str):
            wrong = against
            continue
        anyway = ConfirmDialog("Plan it anyway?", against, verb="plan it anyway", keymap=screen.desk.keymap)
        if await screen.app.push_screen_wait(anyway):
            return replace(asked, anyway=True)
        wrong = "Choose another time, person or place."


def _fields(filled: Mapping[str, str]) -> "list[Field]":
    from itdesk.ui.dialogs.form import Field

    told = (
        ("at", "When", True, "tomorrow 13:00, fri 8:30, 2026-12-01 13:00"),
        ("length", "How long", True, "2h, 1h30, 90m"),
        ("person", "Who", False, "you"),
        ("place", "Where", False, ""),
        ("note", "Note", False, "what to bring, whom to ask"),
    )
    return [
        Field(name, caption, needed=needed, value=filled.get(name, ""), placeholder=placeholder)
        for name, caption, needed, placeholder in told
    ]


def _understood(screen: TicketScreenWithVerbs, answer: Mapping[str, str]) -> _Asked:
    start = parse_moment(answer["at"], screen.desk.clock(), screen.desk.zone)
    person = answer["person"] or screen.desk.me.login
    return _Asked(start, parse_length(answer["length"]), person, answer["place"], answer["note"])


def _against(asked: _Asked, moved: _Moved, session: Session) -> tuple[str, ...] | str:
    """What clashes with it; or the one sentence why it cannot be at all."""
    from itdesk.desk.queries.visits import clashes

    tickets, visit = moved
    of = [ticket.id for ticket in tickets]
    what = (asked.person, asked.start, asked.minutes, asked.place)
    try:
        return clashes(session, *what, moved_of=of, appointment=visit)
    except DeskError as error:
        return str(error)
