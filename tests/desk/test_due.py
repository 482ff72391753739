"""Finding tickets by what is due, and what is due first."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itdesk.desk import communication, resolution, rulebook, triage
from itdesk.desk.errors import NotFound
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.links import link
from itdesk.desk.queries import listing, queue
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.undo import undo_last
from itdesk.domain.agreements import ClockName
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import LinkType, Status, WaitingReason
from itdesk.domain.time_left import time_left_of
from tests.desk import acts
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock, shipped_rulebook

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def names(sign_in_as: SignIn, clock: StillClock) -> dict[int, str]:
    """Tickets opened on Monday at 10:00 in Berlin, seen at 10:40."""
    clock.now = datetime(2026, 3, 2, 10, tzinfo=BERLIN)
    tom = sign_in_as("tom")
    low = NewTicket("Question about lunch", requester="ron")
    found = {"vip": open_ticket(sign_in_as)}  # due at 10:30
    for name in ("low", "waits", "resolved", "closed", "critical"):
        (found[name],) = submit(tom, low).tickets  # due on Tuesday at 10:00
    triage.prioritize(tom, [found["critical"]], priority=1, reason="the board")  # due at 10:15
    resolution.change_status(
        tom, [found["waits"]], Status.WAITING, waiting_reason=WaitingReason.REQUESTER, reason="asked"
    )
    acts.resolve(tom, [found["resolved"], found["closed"]])
    acts.close(tom, [found["closed"]])
    clock.advance(minutes=40)
    return {ticket: name for name, ticket in found.items()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("overdue:yes", "critical vip"),
        ("overdue:no", "low waits resolved"),
        ("-overdue:yes", "low waits resolved"),
        ("due:<1h", "critical vip"),
        ("due:<24h", "critical vip low"),
        ("due:>1h", "low"),
        ("due:today", "critical vip"),
        ("due:2026-03-03", "low"),
        ("due:2026-03-02..2026-03-03", "critical vip low"),
        ("due:no", "waits resolved"),
        ("due:no status:all", "waits resolved closed"),
        ("due:yes", "critical vip low"),
        ("due:yes p:1", "critical"),
        ("due:yes,no", "critical vip low waits resolved"),
    ],
)
def test_a_search_by_what_is_due(names: dict[int, str], sign_in_as: SignIn, text: str, found: str) -> None:
    query, sam = parse(text), sign_in_as("sam")
    assert query.errors == ()
    assert query.understood()
    for order in Order:
        assert sorted(names[row.id] for row in queue.page(sam, query, order).rows) == sorted(found.split())
    assert queue.count(sam, query) == queue.count(sam, query, limit=None) == len(found.split())


def test_what_is_due_first_comes_first_and_what_is_not_due_last(names: dict[int, str], sign_in_as: SignIn) -> None:
    sam, ids = sign_in_as("sam"), {name: ticket for ticket, name in names.items()}
    wanted = ["critical", "vip", "low", "waits", "resolved"]
    assert [names[row.id] for row in queue.page(sam, parse(""), Order.DUE).rows] == wanted
    assert [names[one.id] for one in listing.tickets(sam, parse(""), Order.DUE)] == wanted
    assert [names[row.id] for row in queue.page(sam, parse(""), Order.DUE, reverse=True).rows] == wanted[::-1]
    everything = [names[row.id] for row in queue.page(sam, parse("status:all"), Order.DUE).rows]
    assert everything == [*wanted, "closed"]
    row = queue.rows_by_id(sam, [ids["vip"]], parse(""))[0]
    assert (row.agreement, row.due_clock) == ("vip", "first_response")
    assert row.due_at == datetime(2026, 3, 2, 10, 30, tzinfo=BERLIN)
    assert queue.count_before(sam, parse(""), Order.DUE, row.key(Order.DUE)) == 1


def test_a_ticket_is_said_to_be_paused_while_one_of_its_clocks_is_and_none_runs(
    names: dict[int, str], sign_in_as: SignIn, clock: StillClock
) -> None:
    tom, ids = sign_in_as("tom"), {name: ticket for ticket, name in names.items()}

    def told(name: str) -> str:
        [row] = queue.rows_by_id(tom, [ids[name]], parse("status:all"))
        left = time_left_of(
            tom.rulebook, clock.now, agreement=row.agreement, due_at=row.due_at, due_clock=row.due_clock
        )
        states = {one.state for one in clocks(tom, ids[name])}
        assert (left.text == "paused") == ("paused" in states and row.due_at is None)
        return left.text

    assert [told(name) for name in ("waits", "resolved", "closed")] == ["paused", "", ""]
    link(tom, [ids["waits"]], LinkType.DUPLICATE_OF, ids["low"])
    assert told("waits") == ""
    undo_last(tom, ids["waits"])
    assert told("waits") == "paused"


def test_a_clock_of_which_nothing_is_promised_is_not_said_to_be_paused(sign_in_as: SignIn) -> None:
    shipped = shipped_rulebook()
    answer_only = tuple(replace(one, targets={ClockName.FIRST_RESPONSE: 60}) for one in shipped.agreements)
    book = replace(shipped, agreements=answer_only)
    rulebook.adopt(sign_in_as("ada"), book, book.to_json())
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    [row] = queue.rows_by_id(tom, [ticket], parse(""))
    assert (row.due_at, row.due_clock) == (None, "first_response")
    communication.reply(tom, [ticket], "We wait for you.")
    [row] = queue.rows_by_id(tom, [ticket], parse(""))
    assert (row.due_at, row.due_clock) == (None, None)


def test_pages_go_on_where_the_last_one_ended(names: dict[int, str], sign_in_as: SignIn) -> None:
    sam, key, seen = sign_in_as("sam"), None, []
    for _ in range(10):
        page = queue.page(sam, parse("status:all"), Order.DUE, after=key, limit=2)
        seen += [names[row.id] for row in page.rows]
        if not page.more_after:
            break
        key = page.rows[-1].key(Order.DUE)
    assert seen == ["critical", "vip", "low", "waits", "resolved", "closed"]


def test_the_shipped_view_shows_what_is_overdue(names: dict[int, str], sign_in_as: SignIn) -> None:
    sam = sign_in_as("sam")
    view = next(one for one in sam.rulebook.views if one.name == "overdue")
    assert [names[row.id] for row in queue.page(sam, parse(view.query), view.order).rows] == ["critical", "vip"]


def test_a_ticket_tells_its_clocks_with_their_histories(
    names: dict[int, str], sign_in_as: SignIn, clock: StillClock
) -> None:
    ids = {name: ticket for ticket, name in names.items()}
    told = {one.name.value: one for one in clocks(sign_in_as("tom"), ids["critical"])}
    assert set(told) == {"first_response", "resolution", "ola_l1"}
    response = told["first_response"]
    assert (response.state, response.target_minutes, response.elapsed_minutes) == ("breached", 15, 40)
    assert response.due_at == response.breached_at == clock.now - timedelta(minutes=25)
    assert [(one.what, one.why) for one in response.history] == [
        ("started", "opened"),
        ("target_changed", "critical: 10 h → 15 min"),
        ("breached", "its time is used up"),
    ]


def test_a_requester_sees_what_he_is_promised_and_nothing_of_others(names: dict[int, str], sign_in_as: SignIn) -> None:
    ids = {name: ticket for ticket, name in names.items()}
    assert {one.name.value for one in clocks(sign_in_as("rita"), ids["vip"])} == {"first_response", "resolution"}
    with pytest.raises(NotFound):
        clocks(sign_in_as("rita"), ids["low"])
