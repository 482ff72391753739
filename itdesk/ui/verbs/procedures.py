"""Verbs of procedures: checklists, approvals, tests."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from itdesk.desk.queries.procedures import AskedApproval, Progress, Step
from itdesk.domain.ticket import Status
from itdesk.ui.text import content
from itdesk.ui.theme import roles
from itdesk.ui.times import moment
from itdesk.ui.verbs import Ticket, TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice

if TYPE_CHECKING:
    from itdesk.desk.approvals import Question

_MINUTE = timedelta(minutes=1)


async def action_tick(screen: TicketScreenWithVerbs) -> None:
    """Tick the step under the cursor, or untick it."""
    place, chosen = screen.step_under_cursor(), screen.targets()
    found = await _progress(screen, chosen) if place is not None else None
    if found is None:
        screen.say("Walk to a step of the checklist with tab first.")
        return
    step = next((one for one in found.steps if one.place == place), None)
    if step is not None:
        await _tick(screen, chosen, step)


async def action_steps(screen: TicketScreenWithVerbs) -> None:
    """The checklist: tick a step (of one ticket), add one, apply an SOP."""
    from itdesk.desk import checklist
    from itdesk.ui.dialogs.form import Field

    chosen = screen.targets()
    found = await _progress(screen, chosen)
    if found is None:
        return
    dim = roles(screen.query_one("*")).dim
    choices: list[Choice] = []
    if len(chosen) == 1 and found.steps:
        choices.append(Choice("", content("Steps", dim), heading=True))
        choices += [_step_choice(screen, step) for step in found.steps]
    choices.append(Choice("", content("More", dim), heading=True))
    choices.append(screen.plain_choice(("add", None), "Add a step of your own"))
    choices += [
        screen.plain_choice(("apply", sop.name), f"Apply checklist: {sop.title}", f"{len(sop.steps)} steps")
        for sop in screen.desk.rulebook.procedures.sops
    ]
    following = next((step.place for step in found.steps if step.done_at is None), None)
    picked = await screen.choose(screen.titled("Checklist of", chosen), choices, current=("tick", following))
    match picked:
        case ("tick", place):
            await _tick(screen, chosen, next(step for step in found.steps if step.place == place))
        case ("add", _):
            await screen.act_by_form(
                "Add a step",
                chosen,
                [Field("text", "Step")],
                lambda session, refs, written: checklist.add_step(session, refs, written["text"]),
                title=screen.titled("Add a step to", chosen),
                does="add",
                remark="What is to be done.",
                what=lambda written: f"Each gets the step: {written['text']}",
            )
        case ("apply", str() as name):
            what = f"Each gets the steps of {name} that it lacks."
            await screen.act("Apply", chosen, lambda s, refs: checklist.apply_sop(s, refs, name), what=what)


async def _progress(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket]) -> Progress | None:
    from itdesk.desk.queries import procedures

    if not chosen:
        screen.say("There is no ticket here.", alarm=True)
        return None
    ticket_id = chosen[0].id
    return await screen.read(lambda session: procedures.progress(session, ticket_id))


def _step_choice(screen: TicketScreenWithVerbs, step: Step) -> Choice:
    right = "needed" if step.required else ""
    if step.done_at is not None:
        right = f"{step.done_by}, {moment(step.done_at, screen.desk.clock(), screen.desk.zone)}"
    return screen.plain_choice(("tick", step.place), f"{'■' if step.done_at else '□'} {step.text}", right)


async def _tick(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], step: Step) -> None:
    from itdesk.desk import checklist
    from itdesk.domain.procedures import Asks
    from itdesk.ui.dialogs.form import Field

    if step.done_at is not None:
        await screen.act("Untick", chosen, lambda session, refs: checklist.untick(session, refs, step.place))
        return
    if not step.asks:
        await screen.act("Tick", chosen, lambda session, refs: checklist.tick(session, refs, step.place))
        return
    tall = step.asks is Asks.NOTE
    await screen.act_by_form(
        "Tick",
        chosen,
        [Field("entered", "Note" if tall else "Value", tall=tall, placeholder=step.caption)],
        lambda session, refs, written: checklist.tick(session, refs, step.place, entered=written["entered"]),
        title=f"Step {step.place} of {chosen[0].number}",
        does="tick",
        remark=step.text,
    )


async def action_approve(screen: TicketScreenWithVerbs) -> None:
    """Approve, reject or withdraw what is asked; ask where nothing is."""
    chosen = screen.targets()
    found = await _progress(screen, chosen)
    if found is None:
        return
    if found.pending is None:
        await _ask_approval(screen, chosen)
    else:
        await _decide(screen, chosen, found.pending)


async def _decide(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket], pending: AskedApproval) -> None:
    from itdesk.desk import approvals
    from itdesk.ui.dialogs.form import Field

    asked = f"{f'The rule {pending.rule}' if pending.rule else pending.asked_by or 'Somebody'} asks"
    about = f"{asked}: {pending.reason}" if pending.reason else asked
    choices = [Choice("", content(about, roles(screen.query_one("*")).dim), heading=True)]
    if pending.my_turn:
        choices += [screen.plain_choice("approve", "Approve"), screen.plain_choice("reject", "Reject", "with a reason")]
    choices.append(screen.plain_choice("withdraw", "Ask no longer", "with a reason"))
    waits = ", ".join(person.login for person in pending.people if person.seat and person.active and not person.vote)
    awaited = f"It waits for {waits}" if waits else "Nobody is left to give it"
    picked = await screen.choose(screen.titled("Approval of", chosen), choices, said=awaited)
    if picked == "approve":
        await screen.act("Approve", chosen, approvals.approve, what="They go on, as far as your vote decides.")
    elif picked in ("reject", "withdraw"):
        deed, verb = (
            (approvals.reject, "Reject") if picked == "reject" else (approvals.withdraw, "Withdraw the approval of")
        )
        await screen.act_by_form(
            verb,
            chosen,
            [Field("text", "Reason")],
            lambda session, refs, written: deed(session, refs, written["text"]),
            does=str(picked),
            what=lambda written: f"Reason: {written['text']}",
        )


async def _ask_approval(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket]) -> None:
    from itdesk.desk import approvals
    from itdesk.desk.queries import procedures
    from itdesk.domain.escalation import span
    from itdesk.ui.dialogs.form import Field

    ticket_id = chosen[0].id
    answer = await screen.read(lambda session: (procedures.proposal(session, ticket_id),))
    if answer is None:
        return
    rule = answer[0]
    proposed = approvals.Question.of(rule) if rule is not None else approvals.Question(())
    deadline = "" if proposed.deadline is None else span(proposed.deadline // _MINUTE)
    fields = [
        Field("who", "Approvers", value=" ".join(proposed.approvers), placeholder="logins, team_lead, supervisor"),
        Field("need", "All or any", value=proposed.need, placeholder="all: each of them; any: the first vote decides"),
        Field(
            "substitutes",
            "Substitutes",
            needed=False,
            value=" ".join(proposed.substitutes),
            placeholder="nobody; they decide once the deadline has passed",
        ),
        Field("deadline", "Deadline", needed=False, value=deadline, placeholder="none; 2d, 4h"),
        Field("rejected", "If rejected", value=proposed.rejected, placeholder="cancel the ticket, or return it"),
        Field("reason", "Reason", needed=False, placeholder="what it is about"),
    ]

    remark = "The ticket waits meanwhile; they are told at once. A rejection may cancel or return it."
    if rule is not None:
        remark = f"As the rule {rule.id} ({rule.place}) proposes. {remark}"
    await screen.act_by_form(
        "Ask for approval",
        chosen,
        fields,
        lambda session, refs, written: approvals.ask(session, refs, _question(written), written["reason"]),
        title=screen.titled("Ask for approval of", chosen),
        does="ask",
        remark=remark,
        what=lambda written: f"They wait for the approval of {written['who']}.",
        check=_question,
    )


def _question(filled: Mapping[str, str]) -> "Question":
    """What a filled-in form asks; raises ValueError with a sentence where it cannot be understood."""
    from itdesk.desk.approvals import Question
    from itdesk.domain.approvals import Need
    from itdesk.domain.procedures import Rejected
    from itdesk.domain.schedule_words import parse_length

    need, rejected = filled["need"].lower(), filled["rejected"].lower()
    if need not in list(Need):
        raise ValueError(f"“{filled['need']}” is neither all nor any.")
    if rejected not in list(Rejected):
        raise ValueError(f"“{filled['rejected']}” is neither cancel nor return.")
    if filled["deadline"] and not filled["substitutes"]:
        raise ValueError("A deadline needs substitutes, who decide after it.")
    return Question(
        _names(filled["who"]),
        Need(need),
        _names(filled["substitutes"]),
        parse_length(filled["deadline"]) * _MINUTE if filled["deadline"] else None,
        Rejected(rejected),
    )


def _names(text: str) -> list[str]:
    return text.replace(",", " ").split()


async def action_test(screen: TicketScreenWithVerbs) -> None:
    """Record a test, or ask the requester to test."""
    from itdesk.desk import testing
    from itdesk.domain.procedures import TestOutcome
    from itdesk.ui.dialogs.form import Field

    chosen = screen.targets()
    if not chosen:
        screen.say("There is no ticket here.", alarm=True)
        return
    back = "back to in progress" if any(ticket.status is Status.TESTING for ticket in chosen) else ""
    choices = [
        screen.plain_choice(TestOutcome.PASSED, "A test passed"),
        screen.plain_choice(TestOutcome.FAILED, "A test failed", back),
        screen.plain_choice("ask", "Ask the requester to test", "a reply; it waits for the answer"),
    ]
    picked = await screen.choose(screen.titled("Test of", chosen), choices)
    if picked == "ask":
        await _ask_to_test(screen, chosen)
    elif isinstance(picked, TestOutcome):
        fields = [
            Field("what", "What", placeholder="what was tested"),
            Field("how", "How", needed=False, placeholder="how, where, with what"),
        ]
        await screen.act_by_form(
            "Record a test",
            chosen,
            fields,
            lambda session, refs, written: testing.record_test(session, refs, picked, written["what"], written["how"]),
            title=screen.titled(f"Test {picked} on", chosen),
            does="record",
            what=lambda written: f"A {picked} test is recorded on each: {written['what']}",
        )


async def _ask_to_test(screen: TicketScreenWithVerbs, chosen: Sequence[Ticket]) -> None:
    from itdesk.desk import testing
    from itdesk.ui.dialogs.form import Field

    field = Field("text", "Reply", tall=True, placeholder="what to try; the requester reads it")
    await screen.act_by_form(
        "Ask for a test",
        chosen,
        [field],
        lambda session, refs, written: testing.ask_to_test(session, refs, written["text"]),
        title=screen.titled("REPLY: ask for a test of", chosen),
        does="send",
        what=lambda _: "Every requester reads the reply; the tickets wait for them.",
    )
