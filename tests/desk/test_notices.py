"""Notices reach the people they are for, and stay until they were read."""

from collections.abc import Callable

import pytest

from itdesk.desk import merging, notices, resolution, testing, triage
from itdesk.desk.change import Change
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries.notices import unread
from itdesk.desk.session import Session
from itdesk.desk.transaction import Transaction, action
from itdesk.desk.undo import undo
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import STAFF
from itdesk.domain.procedures import TestOutcome
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn


@action(STAFF, "mention people")
def mention(tx: Transaction, ticket: int, people: tuple[int | None, ...]) -> Change:
    notices.notify(tx, people, NoticeKind.MENTION, "tom mentions you \x1b[31m", tx.tickets([ticket])[0])
    return Change("Told them.")


def test_each_is_told_once_and_whoever_acts_is_not(sign_in_as: SignIn) -> None:
    ticket, tom, tina = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("tina")
    mention(tom, ticket, (tina.actor.id, tina.actor.id, None, tom.actor.id))
    assert [(one.kind, one.ticket_id, one.number) for one in unread(tina)] == [
        (NoticeKind.MENTION, ticket, f"INC-{ticket}")
    ]
    assert unread(tom) == ()


def test_what_was_read_is_gone_and_nobody_reads_for_another(sign_in_as: SignIn) -> None:
    ticket, tom, tina = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("tina")
    mention(tom, ticket, (tina.actor.id,))
    [notice] = unread(tina)
    notices.mark_read(tom, [notice.id])
    assert unread(tina) == (notice,)
    notices.mark_read(tina, [notice.id])
    assert unread(tina) == ()


def test_a_notice_about_a_ticket_that_one_may_not_see_is_not_shown(sign_in_as: SignIn) -> None:
    ticket, other = open_ticket(sign_in_as), sign_in_as("desi")
    mention(sign_in_as("tom"), ticket, (sign_in_as("ron").actor.id, other.actor.id))
    assert unread(sign_in_as("ron")) == ()
    assert [one.ticket_id for one in unread(other)] == [ticket]


def resolved(sign_in_as: SignIn, ticket: int) -> None:
    triage.take(sign_in_as("tina"), [ticket])
    resolution.resolve(sign_in_as("tom"), [ticket], "Restarted the gateway.")


def taken(sign_in_as: SignIn, ticket: int) -> None:
    triage.take(sign_in_as("tina"), [ticket])


def nothing(sign_in_as: SignIn, ticket: int) -> None:
    """The ticket as it came."""


def passes(tom: Session, ticket: int) -> Change:
    return testing.record_test(tom, [ticket], TestOutcome.PASSED, "printed a page")


def merges(tom: Session, ticket: int) -> Change:
    [other] = submit(tom, NewTicket("VPN again", requester="rita")).tickets
    triage.take(tom, [other])
    return merging.merge(tom, [other], ticket)


@pytest.mark.parametrize(
    ("before", "deed", "whom", "told"),
    [
        (nothing, lambda tom, it: testing.ask_to_test(tom, [it], "Try it"), "rita", "please test"),
        (taken, passes, "tina", "passed: printed a page"),
        (resolved, lambda tom, it: resolution.reopen(tom, [it], "still broken"), "tina", "came back: still broken"),
        (taken, merges, "tina", "was merged into"),
    ],
    ids=["asked to test", "tested", "came back", "merged"],
)
def test_nobody_reads_of_what_was_taken_back(
    before: Callable[[SignIn, int], None],
    deed: Callable[[Session, int], Change],
    whom: str,
    told: str,
    sign_in_as: SignIn,
) -> None:
    ticket = open_ticket(sign_in_as)
    before(sign_in_as, ticket)
    had = [one.text for one in unread(sign_in_as(whom))]
    change = deed(sign_in_as("tom"), ticket)
    assert told in unread(sign_in_as(whom))[0].text
    undo(sign_in_as("tom"), change.seqs[0])
    assert [one.text for one in unread(sign_in_as(whom))] == had
