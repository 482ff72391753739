"""Verbs of resolution: the status from first work to the end, and back."""

from collections.abc import Callable, Mapping, Sequence

from itdesk.desk.change import Change, Targets
from itdesk.desk.errors import Refused
from itdesk.desk.session import Session
from itdesk.domain.ticket import ENDED, SETTLED, TRANSITIONS, LinkType, Status, WaitingReason, usually_next
from itdesk.ui.actions import BY_ID, keys_of, shown
from itdesk.ui.text import plural
from itdesk.ui.verbs import Ticket, TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice


async def action_status(screen: TicketScreenWithVerbs) -> None:
    """Another status; waiting with its reason; closing and cancelling as well."""
    from itdesk.desk import resolution

    chosen = screen.targets()
    if not chosen:
        return
    possible = {status for ticket in chosen for status in TRANSITIONS[ticket.status]}
    if any(ticket.status is Status.WAITING for ticket in chosen):
        possible.add(Status.WAITING)
    back = all(ticket.status in ENDED or ticket.status is Status.RESOLVED for ticket in chosen)
    choices: list[Choice] = []
    for status in Status:
        if status not in possible:
            continue
        if status is Status.WAITING:
            choices += [screen.plain_choice((status, reason), f"waiting: {reason}") for reason in WaitingReason]
        elif back and status in (Status.IN_PROGRESS, Status.NEW):
            choices.append(screen.plain_choice(("reopen", None), status.title, "reopens it"))
        else:
            choices.append(screen.plain_choice((status, None), status.title))
    now = chosen[0].status.title if len(chosen) == 1 else plural(len(chosen), "ticket")
    following = usually_next(chosen[0].status)
    current = next((choice.value for choice in choices if choice.value[0] is following), None)
    picked = await screen.choose(screen.titled("Status of", chosen), choices, current=current, said=f"Now {now}")
    match picked:
        case ("reopen", _):
            await _with_reason(screen, "Reopen", chosen, resolution.reopen)
        case (Status.RESOLVED, _):
            await _resolve(screen, chosen)
        case (Status.CLOSED, _):
            await screen.act("Close", chosen, resolution.close, what="They are closed for good.")
        case (Status.CANCELLED, _):
            await _with_reason(screen, "Cancel", chosen, resolution.cancel)
        case (Status() as status, waiting):
            await screen.act(
                f"Set {status.title}",
                chosen,
                lambda session, refs: resolution.change_status(session, refs, status, waiting_reason=waiting),
                what=f"Their status becomes {status.title}{f': {waiting}' if waiting else ''}.",
            )


async def action_resolve(screen: TicketScreenWithVerbs) -> None:
    """Resolve, with what solved it."""
    chosen = screen.targets()
    if _any_can(screen, chosen, "resolved", lambda status: Status.RESOLVED in TRANSITIONS[status]):
        await _resolve(screen, chosen)


async def _resolve(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket]) -> None:
    from itdesk.desk import resolution
    from itdesk.desk.queries import procedures
    from itdesk.ui.dialogs.form import Field

    if not chosen:
        return
    ticket = await screen.whole(chosen) if len(chosen) == 1 else None
    if len(chosen) == 1 and ticket is None:
        return
    unresolved = [link for link in ticket.links if link.other_status not in SETTLED] if ticket else []
    children = [link.other_number for link in unresolved if link.type is LinkType.CHILD_OF and not link.outgoing]
    same = [link for link in unresolved if link.type is LinkType.DUPLICATE_OF and not link.outgoing]
    resolved = [*(ticket.id for ticket in chosen), *(link.other_id for link in same)]
    gates = await screen.read(lambda session: procedures.gates(session, resolved))
    if gates is None:
        return
    numbers = [link.other_number for link in same]
    found = [gate for gate in gates if gate.number not in numbers]
    of_duplicates = [gate for gate in gates if gate.number in numbers]
    fields = [
        Field("resolution", "Resolution", tall=True, placeholder="what solved it; the requester reads it"),
        Field("cause", "Root cause", needed=False, placeholder="why it happened, if known"),
    ]
    remark = f"Its duplicates are resolved with the same words: {', '.join(numbers)}. " if same else ""
    if open_steps := [gate.number for gate in of_duplicates if gate.steps]:
        remark += f"Required steps stay open on {', '.join(open_steps)}. "
    if no_test := [gate.number for gate in of_duplicates if gate.needs_test]:
        remark += f"No test has passed of {', '.join(no_test)}. "
    if children:
        placeholder = f"{', '.join(children)} not resolved yet: say why that need not be"
        fields.append(Field("reason", "Children", placeholder=placeholder))
    if steps := [gate for gate in found if gate.steps]:
        fields.append(Field("steps", "Without", needed=False, placeholder="why required steps stay open"))
        left = "; ".join(steps[0].steps) if len(chosen) == 1 else ", ".join(gate.number for gate in steps)
        remark += f"Required steps are open: {left}. "
    if untested := [gate for gate in found if gate.needs_test]:
        fields.append(Field("test", "Untested", needed=False, placeholder="why it goes without a passed test"))
        which = "It needs" if len(chosen) == 1 else f"{', '.join(gate.number for gate in untested)} need"
        remark += f"{which} a passed test (T records one)."
    await screen.act_by_form(
        "Resolve",
        chosen,
        fields,
        lambda session, refs, written: resolution.resolve(
            session,
            refs,
            written["resolution"],
            root_cause=written["cause"],
            reason=written.get("reason", ""),
            without_steps=written.get("steps") or None,
            without_test=written.get("test") or None,
        ),
        does="resolve",
        remark=remark,
        what=lambda _: "They are resolved; their requesters read what solved it.",
    )


async def action_diagnose(screen: TicketScreenWithVerbs) -> None:
    """The root cause and a workaround."""
    from itdesk.desk import resolution
    from itdesk.ui.dialogs.form import Field

    chosen = screen.targets()
    ticket = await screen.whole(chosen)
    if ticket is None:
        return
    alone = len(chosen) == 1
    fields = [
        Field("cause", "Root cause", False, value=ticket.root_cause if alone else "", placeholder="why it happened"),
        Field(
            "workaround",
            "Workaround",
            needed=False,
            tall=True,
            value=ticket.workaround if alone else "",
            placeholder="how to work until it is solved",
        ),
    ]

    def note(session: Session, refs: Targets, written: Mapping[str, str]) -> Change:
        cause, workaround = (written[name] if alone or written[name] else None for name in ("cause", "workaround"))
        return resolution.diagnose(session, refs, root_cause=cause, workaround=workaround)

    await screen.act_by_form(
        "Diagnose",
        chosen,
        fields,
        note,
        title=screen.titled("Diagnosis of", chosen),
        does="note it",
        what=lambda _: "They get this root cause and workaround.",
    )


async def action_reopen(screen: TicketScreenWithVerbs) -> None:
    """Reopen, with a reason."""
    from itdesk.desk import resolution

    chosen = screen.targets()
    if _any_can(screen, chosen, "reopened", lambda status: status in SETTLED):
        await _with_reason(screen, "Reopen", chosen, resolution.reopen)


def _any_can(
    screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], become: str, possible: Callable[[Status], bool]
) -> bool:
    """Whether it is worth to ask for a text; where not, the person is told why."""
    if any(possible(ticket.status) for ticket in chosen):
        return True
    if len(chosen) == 1:
        screen.say(f"{chosen[0].number} is {chosen[0].status.title} and cannot be {become}.", alarm=True)
    elif chosen:
        screen.say(f"None of the {len(chosen)} tickets can be {become} as they are now.", alarm=True)
    else:
        screen.say("There is no ticket here.", alarm=True)
    return False


async def _with_reason(
    screen: TicketScreenWithVerbs, verb: str, chosen: Sequence[Ticket], act: Callable[[Session, Targets, str], Change]
) -> None:
    from itdesk.ui.dialogs.form import Field

    await screen.act_by_form(
        verb,
        chosen,
        [Field("text", "Reason")],
        lambda session, refs, written: act(session, refs, written["text"]),
        does=verb.lower(),
        what=lambda written: f"They are {'reopened' if verb == 'Reopen' else 'cancelled'}: {written['text']}",
    )


async def action_undo(screen: TicketScreenWithVerbs) -> None:
    """Take back what this person did last in this session; what the desk refuses to take back is not tried again."""
    from itdesk.desk import undo

    done = screen.desk.done
    if not done:
        screen.say("Nothing of what you did since you came is left to undo.")
        return
    change = done[-1]
    try:
        undone = await screen.write_unless_refused(lambda session: undo.undo(session, change.seqs[0]))
    except Refused as refused:
        done.remove(change)
        if screen.desk.told is change:
            screen.desk.told = None
        key = next(map(shown, keys_of(BY_ID["undo"], screen.desk.keymap)), "")
        following = f"{key} again takes back: {done[-1].sentence}" if done and key else ""
        screen.say(f"{refused} {following}".rstrip(), alarm=True)
        return
    if undone is not None:
        done.remove(change)
        await screen.acted(change)
