"""Testing: what was tested on a ticket, how, by whom and how it ended; asking the requester to test."""

from collections.abc import Mapping

from itdesk.desk.change import Change, Targets, ids
from itdesk.desk.communication import add_message, checked_text
from itdesk.desk.errors import Refused
from itdesk.desk.notices import notify
from itdesk.desk.transaction import Transaction, action, for_each, number
from itdesk.desk.visit_to_come import back_to_work, visit_remark
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import EVERYBODY, STAFF
from itdesk.domain.procedures import TestOutcome
from itdesk.domain.text import storable
from itdesk.domain.ticket import SETTLED, Channel, Kind, MessageKind, Status, WaitingReason
from itdesk.models.fields import to_microseconds
from itdesk.models.procedures import TicketTest
from itdesk.models.tickets import Ticket

TEXT_LIMIT = 10_000
"""Characters of what was tested, and of how."""


@action(EVERYBODY, "record tests")
def record_test(tx: Transaction, targets: Targets, outcome: TestOutcome, what: str, how: str = "") -> Change:
    """Record a test; always appended. A failed one brings a ticket in testing back to work.

    A requester tests his own: his answer ends waiting for him.
    """
    what, how = storable(what).strip(), storable(how).strip()
    if not what:
        raise Refused("Say what was tested.")
    if max(len(what), len(how)) > TEXT_LIMIT:
        raise Refused(f"What was tested and how take {TEXT_LIMIT:,} characters each.")

    def deed(ticket: Ticket) -> str:
        if ticket.status in SETTLED:
            raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it first.")
        [(test_id,)] = tx.session.desk.database.insert_rows(
            "ticket_test",
            [
                {
                    "ticket_id": ticket.id,
                    "what": what,
                    "how": how,
                    "outcome": outcome,
                    "tested_by_id": tx.session.actor.id,
                    "tested_at": to_microseconds(tx.now),
                }
            ],
            returning=("id",),
        )
        changes = tx.update(ticket, **_after(tx, ticket, outcome))
        tx.record("tested", ticket, changes, facts={"test": test_id, "outcome": outcome}, payload=_texts(what, how))
        text = f"A test of {number(ticket)} {outcome}: {what}"
        notify(tx, [ticket.assignee_id], NoticeKind.TEST, text, ticket)
        back = ""
        if changes:
            back = visit_remark(ticket) or f" It is {Status(ticket.status).title} again."
        return f"Recorded a {outcome} test on {number(ticket)}.{back}"

    return for_each(tx, ids(targets), deed, f"Recorded a {outcome} test on")


@action(STAFF, "ask requesters to test")
def ask_to_test(tx: Transaction, targets: Targets, text: str, *, channel: Channel = Channel.TERMINAL) -> Change:
    """Ask the requesters to test, by a reply; the tickets wait for them."""
    text = checked_text(text)

    def deed(ticket: Ticket) -> str:
        if ticket.status in SETTLED:
            raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it first.")
        if ticket.waiting_reason == WaitingReason.APPROVAL:
            raise Refused(f"{number(ticket)} waits for an approval; there is nothing to test yet.")
        changes = tx.update(ticket, status=Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
        message = add_message(tx, ticket, MessageKind.REPLY, text, channel)
        facts = {"message": message, "kind": MessageKind.REPLY}
        tx.record("test_asked", ticket, changes, facts=facts, payload={"text": text})
        asked = f"{number(ticket)}: please test, and say whether it works."
        notify(tx, [ticket.requester_id], NoticeKind.TEST, asked, ticket)
        return f"Asked the requester of {number(ticket)} to test."

    return for_each(tx, targets, deed, "Asked the requesters of")


def check_tested(tx: Transaction, ticket: Ticket, without: str | None) -> list[Decision]:
    """Raise Refused where a policy wants a test and the last one since the last reopening has not passed.

    Unless it is written why it is done `without`: the decision then.
    """
    lacks = _lacks_test(tx, ticket)
    if not lacks:
        return []
    if without is None or not without.strip():
        raise Refused(f"{number(ticket)} needs a passed test, and {lacks}. Record one, or say why it goes without.")
    return [_untested(without)]


def left_untested(tx: Transaction, ticket: Ticket, why: str) -> list[Decision]:
    """That a ticket goes without the test it needs when it is resolved with another one; nothing where it has it."""
    return [_untested(why)] if _lacks_test(tx, ticket) else []


def _untested(why: str) -> Decision:
    return Decision(Thing.TEST, "resolved without", Source.PERSON, reason=why.strip())


def _lacks_test(tx: Transaction, ticket: Ticket) -> str:
    """What is missing where a policy wants a passed test, as the end of a sentence; mostly nothing."""
    if not tx.session.rulebook.procedures.needs_test(ticket.category, Kind(ticket.kind)):
        return ""
    since = ticket.reopened_at or ticket.opened_at
    last = (
        TicketTest.select(TicketTest.outcome)
        .where((TicketTest.ticket == ticket.id) & TicketTest.retracted_at.is_null() & (TicketTest.tested_at >= since))
        .order_by(TicketTest.id.desc())
        .first()
    )
    if last is None:
        return "no test of it has passed"
    return "" if last.outcome == TestOutcome.PASSED else "its last test failed"


def undo_test(tx: Transaction, ticket: Ticket, test_id: int) -> None:
    """Take back that a test was recorded; raises Refused where the ticket was resolved since: the test may count."""
    if ticket.status in SETTLED:
        raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it before you take its test back.")
    TicketTest.update(retracted_at=tx.now).where(TicketTest.id == test_id).execute()


def _after(tx: Transaction, ticket: Ticket, outcome: TestOutcome) -> Mapping[str, object]:
    """Where a test leaves a ticket; nothing where it stays."""
    answered = ticket.waiting_reason == WaitingReason.REQUESTER and tx.session.actor.id == ticket.requester_id
    failed = outcome is TestOutcome.FAILED
    if not answered and not (failed and ticket.status == Status.TESTING):
        return {}
    return back_to_work(tx, ticket, Status.IN_PROGRESS if failed else Status.TESTING)


def _texts(what: str, how: str) -> dict[str, str]:
    return {"what": what} | ({"how": how} if how else {})
