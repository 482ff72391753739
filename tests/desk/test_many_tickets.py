"""Acts on very many tickets: no database's limit is met, one undo takes all back, a rehearsal changes nothing."""

import sqlite3

import pytest

from itdesk.desk import communication, links, resolution, triage
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries import queue
from itdesk.desk.session import Desk
from itdesk.desk.transaction import rehearse
from itdesk.desk.undo import undo
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import LinkType
from itdesk.models import database
from tests.support.desks import SignIn

MANY = 130
LIMIT = 100
"""Parameters that a statement may have in these tests; SQLite's own limit is 32,766."""

BEYOND_EVERY_LIMIT = range(1, 70_001)


@pytest.fixture
def tickets(desk: Desk, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """More tickets than a statement may have parameters."""
    monkeypatch.setattr(database, "_ROWS_AT_ONCE", 5)
    if desk.database.sqlite:
        desk.database.engine.connection().setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, LIMIT)
    tina = sign_in_as("tina")
    return [submit(tina, NewTicket(f"VPN drops {n}", requester="rita")).tickets[0] for n in range(MANY)]


def count(sign_in_as: SignIn, text: str) -> int:
    return queue.count(sign_in_as("tom"), parse(text))


def test_one_act_on_many_tickets_is_done_and_undone_as_one(sign_in_as: SignIn, tickets: list[int]) -> None:
    change = triage.take(sign_in_as("tom"), tickets)
    assert change.sentence == f"Took {MANY} tickets."
    assert len(queue.rows_by_id(sign_in_as("tom"), change.tickets, parse("@me"))) == MANY
    undone = undo(sign_in_as("tom"), change.seqs[0])
    assert undone.sentence == f"Undid the taking of {MANY} tickets."
    assert count(sign_in_as, "@tom") == 0


def test_many_tickets_are_written_on_tagged_linked_and_resolved(sign_in_as: SignIn, tickets: list[int]) -> None:
    tom = sign_in_as("tom")
    communication.note(tom, tickets, "The gateway is down.")
    triage.tag(tom, tickets, add=["gateway"])
    links.link(tom, tickets[1:], LinkType.DUPLICATE_OF, tickets[0])
    resolution.resolve(tom, tickets, "The gateway is up again.")
    assert count(sign_in_as, "#gateway status:resolved") == MANY


def test_more_tickets_than_any_statement_takes_parameters_can_be_asked_for(desk: Desk, sign_in_as: SignIn) -> None:
    (ticket,) = submit(sign_in_as("tom"), NewTicket("VPN drops", requester="rita")).tickets
    rows = queue.rows_by_id(sign_in_as("tom"), BEYOND_EVERY_LIMIT, parse(""))
    assert [row.id for row in rows] == [ticket]
    with pytest.raises(NotFound, match=r"There is no ticket 2, 3, .*, 11, and 69989 more here\."):
        triage.take(sign_in_as("tom"), BEYOND_EVERY_LIMIT)


def test_a_rehearsal_tells_what_would_happen_and_changes_nothing(desk: Desk, sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    first, second, third = (submit(tom, NewTicket("VPN drops", requester="rita")).tickets[0] for _ in range(3))
    triage.take(sign_in_as("tom"), [second])
    seq = queue.last_change(tom)
    would = rehearse(sign_in_as("tom"), lambda session: triage.take(session, [first, second, third]))
    assert would.tickets == (first, third)
    assert would.refused == ((f"INC-{second}", f"INC-{second} is yours already."),)
    assert queue.last_change(tom) == seq
    assert count(sign_in_as, "@none") == 2


def test_a_rehearsal_of_what_all_refuse_says_why(desk: Desk, sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    (ticket,) = submit(tom, NewTicket("VPN drops", requester="rita")).tickets
    triage.take(tom, [ticket])
    with pytest.raises(Refused, match="yours already"):
        rehearse(sign_in_as("tom"), lambda session: triage.take(session, [ticket]))


def test_after_a_rehearsal_the_act_itself_is_done_under_its_key(desk: Desk, sign_in_as: SignIn) -> None:
    (ticket,) = submit(sign_in_as("tom"), NewTicket("VPN drops", requester="rita")).tickets
    rehearse(sign_in_as("tom", key="once"), lambda session: triage.take(session, [ticket]))
    assert triage.take(sign_in_as("tom", key="once"), [ticket]).sentence == f"Took INC-{ticket}."
