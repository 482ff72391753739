"""Several actions in one transaction: all of them, or none."""

import pytest

from itdesk.desk.compliance import verify_journal
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries import listing
from itdesk.desk.session import Desk, Session
from itdesk.desk.triage import take
from itdesk.domain.search_language import parse
from tests.support.desks import SignIn


def subjects(session: Session) -> list[str]:
    return [row.subject for row in listing.tickets(session, parse("status:all"))]


def test_all_of_it_happens(desk: Desk, sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")

    def two_tickets() -> str:
        first = submit(tom, NewTicket("VPN drops", requester="rita"))
        submit(tom, NewTicket("Printer jams", requester="ron"))
        return take(tom, first.tickets).sentence

    assert desk.together(two_tickets).startswith("Took")
    assert sorted(subjects(tom)) == ["Printer jams", "VPN drops"]
    assert verify_journal(sign_in_as("otto")).intact


def test_none_of_it_happens_if_one_fails(desk: Desk, sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")

    def one_ticket_and_a_fault() -> None:
        submit(tom, NewTicket("VPN drops", requester="rita"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.together(one_ticket_and_a_fault)
    assert subjects(tom) == []
    submit(tom, NewTicket("Printer jams", requester="ron"))
    assert subjects(tom) == ["Printer jams"]
    assert verify_journal(sign_in_as("otto")).intact
