"""Notices reach the people they are for, and stay until they were read."""

from itdesk.desk import notices
from itdesk.desk.change import Change
from itdesk.desk.queries.notices import unread
from itdesk.desk.transaction import Transaction, action
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import STAFF
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
