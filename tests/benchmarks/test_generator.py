"""What is measured is a desk: the generator's rows are what the actions would have left."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from itdesk.desk import recomputing, triage
from itdesk.desk.compliance import verify_journal
from itdesk.desk.queries import filters, queue, tickets
from itdesk.desk.session import SYSTEM, Session, open_desk, sign_in
from itdesk.domain.queue_order import Order, order_key
from itdesk.domain.search_language import parse
from tests.benchmarks.generator import LONG_CONVERSATION, VIEWER, BigDesk, big_desk
from tests.desk.clocks import stored_clocks, told_clocks

TICKETS = 400
SEARCHES = (
    "printer",
    "vpn connect",
    "p",
    "the password",
    "nb0",
    "nothinglikethis",
    "112",
    "printer @me",
    "p:4 network",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> BigDesk:
    return big_desk(TICKETS, tmp_path_factory.mktemp("desks"))


@pytest.fixture
def session(desk: BigDesk) -> Iterator[Session]:
    opened = open_desk(str(desk.database))
    yield Session(opened, sign_in(opened, VIEWER), lambda: datetime.now(UTC))
    opened.close()


def test_its_journal_is_intact(desk: BigDesk, session: Session) -> None:
    verified = verify_journal(Session(session.desk, SYSTEM, session.clock))
    assert verified.intact
    assert verified.entries == desk.entries


def test_its_queue_stands_in_the_fair_order(desk: BigDesk, session: Session) -> None:
    rows = queue.page(session, parse("status:open"), Order.FAIR, limit=TICKETS).rows
    assert len(rows) == desk.live
    head_starts = session.rulebook.priorities.head_starts
    assert [row.order_key for row in rows] == [
        order_key(row.opened_at, row.priority, row.major, head_starts) for row in rows
    ]
    assert sorted(rows, key=lambda row: row.key(Order.FAIR)) == list(rows)


def test_its_clocks_are_what_the_journal_tells(desk: BigDesk, session: Session) -> None:
    assert recomputing.is_current(session)
    for ticket in range(1, TICKETS + 1):
        assert stored_clocks(session, ticket) == told_clocks(session, ticket)
    rows = queue.page(session, parse("status:open"), Order.DUE, limit=TICKETS).rows
    assert len({row.due_clock for row in rows}) >= 4
    assert list(rows) == sorted(rows, key=lambda row: row.key(Order.DUE))


def test_a_long_conversation_is_told(desk: BigDesk, session: Session) -> None:
    assert len(tickets.messages(session, desk.long_ticket)) == LONG_CONVERSATION
    assert len(tickets.timeline(session, desk.long_ticket)) > LONG_CONVERSATION
    assert {one.decision.thing for one in tickets.decisions_in_force(session, desk.long_ticket)} >= {"category", "team"}


def test_its_tickets_can_be_worked(desk: BigDesk, session: Session) -> None:
    row = queue.page(session, parse("status:new"), limit=1).rows[0]
    assert triage.take(session, [row.id]).sentence == f"Took {row.number}."


def test_it_is_made_once(desk: BigDesk) -> None:
    assert big_desk(TICKETS, desk.database.parent.parent) == desk


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("scope", ["", " status:all"])
@pytest.mark.parametrize("searched", SEARCHES)
def test_a_search_finds_the_same_with_and_without_the_index(
    session: Session, monkeypatch: pytest.MonkeyPatch, searched: str, scope: str, order: Order
) -> None:
    query = parse(searched + scope)
    read = queue.page(session, query, order, limit=30), queue.count(session, query)
    monkeypatch.setattr(filters, "_READ_ON_SQLITE", 5)
    assert (queue.page(session, query, order, limit=30), queue.count(session, query)) == read
