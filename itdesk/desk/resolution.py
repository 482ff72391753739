"""Resolution: the status of a ticket from first work to its end, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from itdesk.desk import links
from itdesk.desk.approvals import ask_again, asked_no_longer, end_pending, refuse_pending
from itdesk.desk.assignment import announce, arrive, away_from_desk
from itdesk.desk.change import Change, Targets, ids
from itdesk.desk.checklist import check_done, left_open
from itdesk.desk.errors import Refused
from itdesk.desk.notices import notify
from itdesk.desk.recipients import lead_of
from itdesk.desk.testing import check_tested, left_untested
from itdesk.desk.transaction import Changes, Transaction, action, for_each, number, some, told
from itdesk.desk.visit_to_come import status_in_hand
from itdesk.desk.visits import end_planned
from itdesk.domain.decisions import Thing
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import EVERYBODY, STAFF
from itdesk.domain.text import storable
from itdesk.domain.ticket import SETTLED, ClosureCode, LinkType, Status, WaitingReason, transition_refusal
from itdesk.models.tickets import Ticket


@action(STAFF, "change a ticket's status")
def change_status(
    tx: Transaction,
    targets: Targets,
    status: Status,
    *,
    waiting_reason: WaitingReason | None = None,
    reason: str = "",
) -> Change:
    """Move tickets to a status of work; `waiting` needs its reason. Resolving, ending, reopening have own actions."""
    if status in SETTLED:
        command = {Status.RESOLVED: "resolve", Status.CLOSED: "close", Status.CANCELLED: "cancel"}[status]
        raise Refused(f"To make a ticket {status.title}, {command} it.")
    if (status is Status.WAITING) != (waiting_reason is not None):
        reasons = ", ".join(WaitingReason)
        raise Refused(
            f"Waiting needs a reason: {reasons}." if status is Status.WAITING else "Only waiting has a waiting reason."
        )

    def deed(ticket: Ticket) -> str:
        same_wait = status is Status.WAITING and ticket.status == status and ticket.waiting_reason != waiting_reason
        if not same_wait:
            _require_way(ticket, status)
        if ticket.status in SETTLED:
            raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it.")
        refuse_pending(tx, ticket)
        values: dict[str, object] = {"status": status, "waiting_reason": waiting_reason}
        if status is Status.NEW:
            values["assignee_id"] = None
        elif status in (Status.IN_PROGRESS, Status.TESTING, Status.ASSIGNED) and ticket.assignee_id is None:
            values["assignee_id"] = tx.session.actor.id
        changes = tx.update(ticket, **values)
        _decide_assignee(tx, ticket, changes, f"made it {status.title}")
        tx.record("status_changed", ticket, changes, payload=told(reason))
        waits = f": {waiting_reason}" if waiting_reason else ""
        nobody_asked = waiting_reason is WaitingReason.APPROVAL  # else `refuse_pending` has refused
        how = "; nobody is asked: `A` (itdesk approve --ask) asks" if nobody_asked else ""
        return f"{number(ticket)} is now {status.title}{waits}{how}."

    return for_each(tx, targets, deed, f"Set {status.title} on")


@action(STAFF, "resolve tickets")
def resolve(
    tx: Transaction,
    targets: Targets,
    resolution: str,
    *,
    root_cause: str = "",
    code: ClosureCode = ClosureCode.SOLVED,
    reason: str = "",
    without_steps: str | None = None,
    without_test: str | None = None,
) -> Change:
    """Say what solved tickets; they then wait for their requesters' confirmation.

    Their duplicates are resolved with the same words; what they lack (required steps, a passed test) is decided with
    that, and said. What waited for its cause goes on. A parent with open children is refused unless there is a
    `reason`. Where required steps are open, or a policy wants a test that has not passed, it takes the reasons why it
    is done `without_steps` or `without_test` (a supervisor's reason for the steps may be empty). A root cause that was
    found before stays unless another is given.
    """
    resolution, root_cause = storable(resolution).strip(), storable(root_cause).strip()
    if not resolution:
        raise Refused("Say what solved it: the requester reads it, and the next technician.")

    asked, duplicates, freed = set(ids(targets)), set[int](), set[int]()
    passed_over: dict[Thing, list[str]] = {Thing.CHECKLIST: [], Thing.TEST: [], Thing.APPROVAL: []}

    def one(ticket: Ticket, code: ClosureCode, facts: dict[str, object], payload: dict[str, str], known: str) -> str:
        cause = root_cause or known
        values: dict[str, object] = {"resolution": resolution, "root_cause": cause, "resolved_at": tx.now}
        if ticket.assignee_id is None:
            values["assignee_id"] = tx.session.actor.id
        return _move(tx, ticket, Status.RESOLVED, "resolved", values | {"closure_code": code}, payload, facts)

    def deed(ticket: Ticket) -> str:
        _require_way(ticket, Status.RESOLVED)
        refuse_pending(tx, ticket)
        family = _family(tx, ticket, asked | duplicates)
        children = [child for child in family if child.link is LinkType.CHILD_OF and child.unresolved]
        same = [each.id for each in family if each.link is LinkType.DUPLICATE_OF]
        open_children = [child for child in children if child.id not in asked and child.id not in same]
        if open_children and not reason.strip():
            named = ", ".join(child.number for child in open_children)
            raise Refused(
                f"{number(ticket)} is the parent of {named}, which {'is' if len(open_children) == 1 else 'are'} not "
                "resolved. Resolve them first, or say why it is resolved without them."
            )
        tx.decide(ticket.id, check_done(tx, ticket, without_steps) + check_tested(tx, ticket, without_test))
        facts: dict[str, object] = {"open_children": [child.id for child in open_children]} if open_children else {}
        sentence = one(ticket, code, facts, told(reason) if open_children else {}, ticket.root_cause)
        for duplicate in tx.tickets(same) if same else ():
            _require_way(duplicate, Status.RESOLVED)
            why = f"resolved with its original {number(ticket)}"
            without = left_open(duplicate, why) + left_untested(tx, duplicate, why)
            tx.decide(duplicate.id, without)
            for decision in without:
                passed_over[decision.thing].append(number(duplicate))
            ended = end_pending(tx, duplicate)
            passed_over[Thing.APPROVAL] += [ended.which] if ended.which else []
            known = duplicate.root_cause or ticket.root_cause
            one(duplicate, ClosureCode.DUPLICATE, {"other": ticket.id, **ended.facts}, {}, known)
            duplicates.add(duplicate.id)
        incidents = [each for each in family if each.link is LinkType.CAUSED_BY and each.id not in asked | duplicates]
        freed.update(links.let_go_on(tx, ticket, incidents, "is resolved"))
        return sentence

    change = for_each(tx, targets, deed, "Resolved")
    return _with_followers(change, sorted(duplicates), sorted(freed), passed_over)


def _family(tx: Transaction, ticket: Ticket, left_out: set[int]) -> list[links.Hanging]:
    """What hangs on a ticket and on its unresolved duplicates, themselves among it; `left_out` are no duplicates."""
    found: list[links.Hanging] = []
    waiting = [ticket.id]
    for one in waiting:
        for each in links.hanging_on(tx, one):
            if each.link is LinkType.DUPLICATE_OF:
                if not each.unresolved or each.id in left_out or each.id in waiting:
                    continue
                waiting.append(each.id)
            found.append(each)
    return found


def _with_followers(
    change: Change, duplicates: list[int], freed: list[int], passed_over: Mapping[Thing, Sequence[str]]
) -> Change:
    remark = ""
    if duplicates:
        are = "1 duplicate is" if len(duplicates) == 1 else f"{len(duplicates)} duplicates are"
        remark += f" {are} resolved with the same words."
    if steps := passed_over[Thing.CHECKLIST]:
        remark += f" Required steps stay open on {some(steps, ', ')}."
    if untested := passed_over[Thing.TEST]:
        remark += f" No test has passed of {some(untested, ', ')}."
    remark += asked_no_longer(passed_over[Thing.APPROVAL])
    return change.also((*duplicates, *freed), remark + links.go_on(freed))


@action(EVERYBODY, "close tickets")
def close(tx: Transaction, targets: Targets, reason: str = "") -> Change:
    """End resolved tickets; a requester confirms his own like this."""

    def deed(ticket: Ticket) -> str:
        _require_way(ticket, Status.CLOSED)
        return _move(tx, ticket, Status.CLOSED, "closed", {"closed_at": tx.now}, told(reason))

    return for_each(tx, targets, deed, "Closed")


@action(EVERYBODY, "cancel tickets")
def cancel(tx: Transaction, targets: Targets, reason: str) -> Change:
    """End tickets that need no more work: wanted no longer, sent by mistake. A requester may cancel what nobody has.

    Their unresolved duplicates stand alone from then on, and what waited for them as its cause goes on.
    """
    if not reason.strip():
        raise Refused("Say why it is cancelled; the requester will ask.")
    cancelled: list[Ticket] = []

    def deed(ticket: Ticket) -> str:
        untouched = ticket.status == Status.NEW or (
            ticket.waiting_reason == WaitingReason.APPROVAL and ticket.assignee_id is None
        )
        if tx.session.actor.role not in STAFF and not untouched:
            raise Refused(f"Somebody works on {number(ticket)} already; ask the desk to cancel it.")
        _require_way(ticket, Status.CANCELLED)
        values: dict[str, object] = {"closed_at": tx.now, "closure_code": ClosureCode.CANCELLED}
        cancelled.append(ticket)
        return _move(tx, ticket, Status.CANCELLED, "cancelled", values, told(reason), end_pending(tx, ticket).facts)

    change = for_each(tx, targets, deed, "Cancelled")
    return links.with_released(tx, change, cancelled)


@action(EVERYBODY, "reopen tickets")
def reopen(tx: Transaction, targets: Targets, reason: str) -> Change:
    """Bring back tickets that were resolved, closed or cancelled.

    One whose holder has left the desk or is away waits to be taken; who has it is told. One that was resolved as a
    duplicate stands for itself from now on: what solved its original did not solve it. Duplicates that were linked to
    it since it was resolved wait for it now. What a rule wants approved, and was not, is asked for anew. The root cause
    and the workaround that were found stay, for whoever works on it next.
    """
    if not reason.strip():
        raise Refused("Say why it is reopened: what is still wrong.")
    left: list[Ticket] = []

    def deed(ticket: Ticket) -> str:
        if ticket.status not in SETTLED:
            raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; there is nothing to reopen.")
        away = away_from_desk(tx, ticket.assignee)
        nobodys = ticket.status == Status.CANCELLED or ticket.assignee_id is None or bool(away)
        values: dict[str, object] = {"resolved_at": None, "closed_at": None, "resolution": ""}
        values["closure_code"] = None
        if nobodys:
            values["assignee_id"] = None
        values |= {"status": Status.NEW} if nobodys else status_in_hand(tx, ticket, Status.IN_PROGRESS)
        arrival = arrive(tx, ticket, values)
        changes = tx.update(ticket, **values | dict(arrival.values))
        if arrival.decisions:
            tx.decide(ticket.id, arrival.decisions)
            announce(tx, ticket, arrival)
        else:
            _decide_assignee(tx, ticket, changes, "reopened it")
        tx.record("reopened", ticket, changes, payload=told(reason) | arrival.payload)
        text = f"{number(ticket)} came back: {reason.strip()}"
        notify(tx, [ticket.assignee_id], NoticeKind.ASSIGNMENT, text, ticket)
        if away and ticket.assignee_id is None:
            lead = lead_of(tx, ticket.team_id)
            notify(tx, lead.people, NoticeKind.ASSIGNMENT, f"{text} ({away}{lead.remark})", ticket)
        originals = _stand_alone(tx, ticket)
        left.extend(originals)
        apart = ", ".join(number(original) for original in originals)
        others = _settled_duplicates(tx, ticket)
        waiting = _wait_again(tx, ticket)
        left.extend(waiting)
        remarks = [
            f" {away}." if away else "",
            f" It is no duplicate of {apart} any more." if apart else "",
            f" Its duplicates stay as they are: {others}." if others else "",
            f" {', '.join(number(one) for one in waiting)} will be resolved with it." if waiting else "",
        ]
        waits = ask_again(tx, ticket)
        said = "".join(remarks) if tx.session.actor.role in STAFF else ""  # of colleagues, and of others' tickets
        return f"Reopened {number(ticket)}{arrival.given}.{said}{waits}"

    change = for_each(tx, targets, deed, "Reopened")
    others = [original.id for original in left] if tx.session.actor.role in STAFF else []
    return change.also(others)


def _stand_alone(tx: Transaction, ticket: Ticket) -> list[Ticket]:
    """Take the link to a settled original away; the original, if there is one.

    The desk does it: the original may be of a requester who is to learn nothing of whoever reopens the duplicate.
    """
    desk, originals = tx.by_desk(), links.originals_of(tx, ticket.id)
    settled = [one for one in (desk.tickets(originals) if originals else ()) if one.status in SETTLED]
    for original in settled:
        links.disconnect(desk, ticket, LinkType.DUPLICATE_OF, original)
    return settled


def _wait_again(tx: Transaction, ticket: Ticket) -> list[Ticket]:
    """Link unresolved duplicates anew that were linked while their original was settled: their clocks stop now."""
    desk, waiting = tx.by_desk(), links.unresolved_duplicates(tx, ticket.id)
    found = list(desk.tickets(waiting)) if waiting else []
    for duplicate in found:
        links.disconnect(desk, duplicate, LinkType.DUPLICATE_OF, ticket, "the original came back")
        links.connect(desk, duplicate, LinkType.DUPLICATE_OF, ticket)
    return found


def _settled_duplicates(tx: Transaction, ticket: Ticket) -> str:
    """The duplicates that were resolved with a ticket and stay so."""
    return ", ".join(
        each.number
        for each in links.hanging_on(tx, ticket.id)
        if each.link is LinkType.DUPLICATE_OF and not each.unresolved
    )


@action(STAFF, "diagnose tickets")
def diagnose(
    tx: Transaction, targets: Targets, *, root_cause: str | None = None, workaround: str | None = None
) -> Change:
    """Say why it happened, and how to work until it is solved; None leaves what is there, an empty text clears it."""
    found = {
        column: storable(text).strip()
        for column, text in (("root_cause", root_cause), ("workaround", workaround))
        if text is not None
    }
    if not found:
        raise Refused("Say what was found: the root cause, a workaround, or both.")

    def deed(ticket: Ticket) -> str:
        if ticket.status == Status.CANCELLED:
            raise Refused(f"{number(ticket)} is cancelled; reopen it first.")
        if all(getattr(ticket, column) == text for column, text in found.items()):
            raise Refused(f"{number(ticket)} has this diagnosis already.")
        changes = tx.update(ticket, **found)
        tx.record("diagnosed", ticket, changes)
        return f"Noted the diagnosis of {number(ticket)}."

    return for_each(tx, targets, deed, "Noted the diagnosis of")


def _require_way(ticket: Ticket, status: Status) -> None:
    refusal = transition_refusal(number(ticket), Status(ticket.status), status)
    if refusal:
        raise Refused(refusal)


def _move(
    tx: Transaction,
    ticket: Ticket,
    status: Status,
    verb: str,
    values: dict[str, object],
    payload: dict[str, str],
    facts: dict[str, Any] | None = None,
) -> str:
    changes = tx.update(ticket, status=status, waiting_reason=None, **values)
    _decide_assignee(tx, ticket, changes, f"{verb} it")
    tx.record(verb, ticket, changes, facts=facts, payload=payload)
    return f"{verb.capitalize()} {number(ticket)}.{end_planned(tx, ticket, f'{number(ticket)} is {status.title}')}"


def _decide_assignee(tx: Transaction, ticket: Ticket, changes: Changes, why: str) -> None:
    """A status that needs somebody makes the ticket the actor's; one that is new again is nobody's."""
    if "assignee" in changes:
        tx.decide_by_person(ticket.id, Thing.ASSIGNEE, tx.session.actor.login if ticket.assignee_id else "", why)
