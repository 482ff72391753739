"""Checklists: a ticket gets the steps of its category's SOPs as its own, and whoever does one ticks it."""

from collections.abc import Iterable, Mapping
from typing import Any

from itdesk.desk.change import Change, Targets, ids
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.transaction import Transaction, action, for_each, number
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.people import STAFF, SUPERVISORS
from itdesk.domain.procedures import Sop, SopStep
from itdesk.domain.text import storable
from itdesk.domain.ticket import SETTLED, Kind, Status
from itdesk.models.fields import from_microseconds, to_microseconds
from itdesk.models.procedures import ChecklistStep
from itdesk.models.tickets import Ticket

TEXT_LIMIT = 500
"""Characters of a step of one's own."""

ENTRY_LIMIT = 10_000
"""Characters of what is entered with a step."""


@action(STAFF, "tick steps")
def tick(tx: Transaction, targets: Targets, place: int, *, entered: str = "") -> Change:
    """Note that a step is done, with the value or note that it asks for; a note may always be given.

    Who ticks one step is never refused because somebody ticked another meanwhile.
    """
    entered = storable(entered).strip()
    if len(entered) > ENTRY_LIMIT:
        raise Refused(f"The note has {len(entered):,} characters; a step takes {ENTRY_LIMIT:,} at most.")

    def deed(ticket: Ticket) -> str:
        step = _step(ticket, place)
        if step.done_at is not None:
            raise Refused(f"Step {place} of {number(ticket)} is ticked already.")
        if step.asks and not entered:
            asked = f"this {step.asks}: {step.caption}" if step.caption else f"a {step.asks}"
            raise Refused(f"Step {place} of {number(ticket)} wants {asked}.")
        _store(step, done_at=tx.now, done_by=tx.session.actor.id, entered=entered)
        tx.update(ticket)
        payload = {"step": step.text} | ({"entered": entered} if entered else {})
        tx.record("step_ticked", ticket, facts={"place": place}, payload=payload)
        return f"Ticked step {place} of {number(ticket)}: {step.text}."

    return for_each(tx, ids(targets), deed, "Ticked a step on")


@action(STAFF, "untick steps")
def untick(tx: Transaction, targets: Targets, place: int) -> Change:
    """Note that a step is not done after all; what was entered goes with it, into the journal."""

    def deed(ticket: Ticket) -> str:
        step = _step(ticket, place)
        if step.done_at is None:
            raise Refused(f"Step {place} of {number(ticket)} is not ticked.")
        facts = {"place": place, "done_at": to_microseconds(step.done_at), "done_by": step.done_by_id}
        payload = {"step": step.text, "entered": step.entered}
        _store(step, done_at=None, done_by=None, entered="")
        tx.update(ticket)
        tx.record("step_unticked", ticket, facts=facts, payload=payload)
        return f"Unticked step {place} of {number(ticket)}: {step.text}."

    return for_each(tx, ids(targets), deed, "Unticked a step on")


@action(STAFF, "add steps")
def add_step(tx: Transaction, targets: Targets, text: str, *, required: bool = False) -> Change:
    """Add a step of one's own."""
    text = " ".join(storable(text).split())
    if not text:
        raise Refused("Say what is to be done.")
    if len(text) > TEXT_LIMIT:
        raise Refused(f"The step has {len(text):,} characters; it takes {TEXT_LIMIT} at most.")

    def deed(ticket: Ticket) -> str:
        _require_open(ticket)
        added = _add(ticket, [("", SopStep("", text, required))], _steps(ticket), by_hand=True)
        tx.update(ticket)
        tx.record("step_added", ticket, facts={"checklist": {"added": added, "removed": []}}, payload={"step": text})
        return f"Added step {added[0]} to {number(ticket)}."

    return for_each(tx, ids(targets), deed, "Added a step to")


@action(STAFF, "apply checklists")
def apply_sop(tx: Transaction, targets: Targets, name: str) -> Change:
    """Give tickets the steps of an SOP, whatever their category; it stays when the category changes."""
    sop = _sop(tx, name)

    def deed(ticket: Ticket) -> str:
        _require_open(ticket)
        changed = _take_over(tx, ticket, [sop], by_hand=True)
        if not changed:
            raise Refused(f"{number(ticket)} has the checklist {sop.title} already.")
        tx.update(ticket)
        tx.record("checklist_applied", ticket, facts={"checklist": changed, "sop": sop.name})
        return f"{number(ticket)} has the checklist {sop.title} now."

    return for_each(tx, ids(targets), deed, f"Applied {sop.title} to")


def follow_category(tx: Transaction, ticket: Ticket) -> dict[str, Any]:
    """Give a ticket the checklists of its category inside a transaction: the facts for its journal entry, if any.

    Steps that another category brought and nobody has ticked leave; ticked ones stay.
    """
    if ticket.status in SETTLED:
        return {}
    kind = Kind(ticket.kind)
    fitting = [sop for sop in tx.session.rulebook.procedures.sops if sop.automatic and sop.fits(ticket.category, kind)]
    changed = _take_over(tx, ticket, fitting, by_hand=False)
    return {"checklist": changed} if changed else {}


def check_done(tx: Transaction, ticket: Ticket, without: str | None) -> list[Decision]:
    """Raise Refused if required steps are open, unless it is said why it is done `without` them: the decision then.

    A supervisor need not say why.
    """
    left = _required_and_open(ticket)
    if not left:
        return []
    supervisor = tx.session.actor.role in SUPERVISORS
    if without is None or not (without.strip() or supervisor):
        names = "; ".join(f"{step.place} {step.text}" for step in left)
        why = "say why it is resolved without them"
        raise Refused(f"{number(ticket)} has required steps that are not ticked: {names}. Tick them, or {why}.")
    return [_without(left, without)]


def left_open(ticket: Ticket, why: str) -> list[Decision]:
    """That the required steps of a ticket stay open when it is resolved with another one; nothing where none are."""
    left = _required_and_open(ticket)
    return [_without(left, why)] if left else []


def _required_and_open(ticket: Ticket) -> list[ChecklistStep]:
    return [step for step in _steps(ticket) if step.required and step.done_at is None and step.removed_at is None]


def _without(left: Iterable[ChecklistStep], why: str) -> Decision:
    places = ", ".join(str(step.place) for step in left)
    return Decision(Thing.CHECKLIST, f"without {places}", Source.PERSON, reason=why.strip())


def undo_checklist(tx: Transaction, ticket: Ticket, changed: Mapping[str, list[int]]) -> None:
    """Take back that steps came and went. Steps that were ticked since stay. Raises Refused where they changed."""
    steps = {step.place: step for step in _steps(ticket)}
    as_left = all(steps[place].removed_at is None for place in changed["added"]) and all(
        steps[place].removed_at is not None for place in changed["removed"]
    )
    if not as_left:
        raise Refused(f"{number(ticket)} changed since: its checklist is no longer the same. Set it by hand.")
    for place in changed["added"]:
        if steps[place].done_at is None:
            _store(steps[place], removed_at=tx.now)
    for place in changed["removed"]:
        _store(steps[place], removed_at=None)


def undo_tick(ticket: Ticket, verb: str, facts: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    """Take back that a step was ticked or unticked; raises Refused where that changed since."""
    _require_open(ticket)
    step = next(one for one in _steps(ticket) if one.place == facts["place"])
    if step.removed_at is not None or (step.done_at is not None) is not (verb == "step_ticked"):
        raise Refused(f"{number(ticket)} changed since: step {step.place} is no longer the same. Set it by hand.")
    if verb == "step_ticked":
        _store(step, done_at=None, done_by=None, entered="")
    else:
        done_at = from_microseconds(facts["done_at"])
        _store(step, done_at=done_at, done_by=facts["done_by"], entered=payload.get("entered", ""))


# Inside a transaction


def _take_over(tx: Transaction, ticket: Ticket, sops: Iterable[Sop], *, by_hand: bool) -> dict[str, list[int]]:
    """Add the steps of the SOPs that a ticket lacks and, unless that is done by hand, remove what they do not bring."""
    steps = _steps(ticket)
    there = {(step.sop, step.step) for step in steps if step.removed_at is None}
    wanted = [(sop.name, step) for sop in sops for step in sop.steps]
    removed: list[int] = []
    if not by_hand:
        named = {(name, step.id) for name, step in wanted}
        leaving = [
            step
            for step in steps
            if step.removed_at is None and step.done_at is None and not step.by_hand
            if (step.sop, step.step) not in named
        ]
        for step in leaving:
            _store(step, removed_at=tx.now)
            removed.append(step.place)
    lacking = [(name, step) for name, step in wanted if (name, step.id) not in there]
    gone = {_content(step.sop, step): step for step in steps if step.removed_at is not None}
    revived = [gone[_content(name, step)] for name, step in lacking if _content(name, step) in gone]
    for back in revived:
        _store(back, removed_at=None, by_hand=by_hand)
    new = [(name, step) for name, step in lacking if _content(name, step) not in gone]
    added = sorted([*(back.place for back in revived), *_add(ticket, new, steps, by_hand=by_hand)])
    return {"added": added, "removed": removed} if added or removed else {}


def _content(sop: str, step: SopStep | ChecklistStep) -> tuple[object, ...]:
    """What makes a step the same as one that left before."""
    step_id = step.step if isinstance(step, ChecklistStep) else step.id
    return sop, step_id, step.text, bool(step.required), step.asks, step.caption


def _add(
    ticket: Ticket, new: Iterable[tuple[str, SopStep]], steps: Iterable[ChecklistStep], *, by_hand: bool
) -> list[int]:
    first = max((step.place for step in steps), default=0) + 1
    rows = [
        {
            "ticket": ticket.id,
            "place": place,
            "sop": sop,
            "step": step.id,
            "text": step.text,
            "required": step.required,
            "asks": step.asks,
            "caption": step.caption,
            "by_hand": by_hand,
            "entered": "",
        }
        for place, (sop, step) in enumerate(new, start=first)
    ]
    if rows:
        ChecklistStep.insert_many(rows).execute()
    return [place for place, _ in enumerate(rows, start=first)]


def _steps(ticket: Ticket) -> list[ChecklistStep]:
    """All steps that a ticket ever had, in order."""
    return list(ChecklistStep.select().where(ChecklistStep.ticket == ticket.id).order_by(ChecklistStep.place))


def _step(ticket: Ticket, place: int) -> ChecklistStep:
    """The step at that place; raises Refused, also for a ticket that is settled."""
    _require_open(ticket)
    steps = {step.place: step for step in _steps(ticket) if step.removed_at is None}
    if place not in steps:
        which = f"it has {', '.join(map(str, steps))}" if steps else "it has none"
        raise Refused(f"{number(ticket)} has no step {place}; {which}.")
    return steps[place]


def _store(step: ChecklistStep, **values: Any) -> None:
    own = (ChecklistStep.ticket == step.ticket_id) & (ChecklistStep.place == step.place)
    ChecklistStep.update(values).where(own).execute()


def _require_open(ticket: Ticket) -> None:
    if ticket.status in SETTLED:
        raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it first.")


def _sop(tx: Transaction, name: str) -> Sop:
    procedures = tx.session.rulebook.procedures
    sop = procedures.sop(name)
    if sop is None:
        known = ", ".join(one.name for one in procedures.sops) or "none, sops/ of the config folder is empty"
        raise NotFound(f"There is no SOP {name!r}; there are: {known}.")
    return sop
