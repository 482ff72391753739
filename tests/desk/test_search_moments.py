"""Searching by what happened when: resolved, closed, reopened, escalated, since when it stands as it does."""

import pytest

from itdesk.desk import imports
from itdesk.desk.queries import queue
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import Status
from tests.desk import acts
from tests.desk.test_milestones import imported
from tests.support.desks import SignIn, StillClock

HISTORIES = {
    "untouched": (),
    "waits": (acts.wait,),
    "resolved": (acts.resolve,),
    "closed": (acts.resolve, acts.close),
    "back": (acts.resolve, acts.close, acts.reopen),
    "twice": (acts.resolve, acts.reopen, acts.resolve, acts.reopen),
    "escalated": (acts.escalate, acts.resolve, acts.close),
    "cancelled": (acts.cancel,),
}


@pytest.fixture
def names(sign_in_as: SignIn, clock: StillClock) -> dict[int, str]:
    """A ticket for each history, opened on Monday 2 March at 10:00; a day for each deed, from Tuesday on."""
    opened = {name: acts.open_ticket(sign_in_as) for name in HISTORIES}
    for day in range(max(map(len, HISTORIES.values()))):
        clock.advance(days=1)
        for name, deeds in HISTORIES.items():
            if day < len(deeds):
                deeds[day](sign_in_as("tina"), [opened[name]])
    clock.advance(days=3)  # Monday 9 March
    return {ticket: name for name, ticket in opened.items()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("resolved:2026-03-03", "resolved closed"),
        ("resolved:2026-03-03..2026-03-04", "resolved closed escalated"),
        ("resolved:2026-03-04..", "escalated"),
        ("resolved:<4d", ""),
        ("resolved:<7d", "resolved closed escalated"),
        ("resolved:>4d", "resolved closed escalated"),
        ("resolved:>4d status:open", "resolved"),
        ("-resolved:>4d", "untouched waits back twice"),
        ("closed:2026-03-04", "closed"),
        ("closed:..2026-03-04", "closed cancelled"),
        ("closed:2026-03-05", "escalated"),
        ("reopened:yes", "back twice"),
        ("reopened:2026-03-05", "back"),
        ("reopened:2026-03-04", ""),
        ("reopened:twice", "twice"),
        ("reopened:<75h", "twice"),
        ("reopened:no status:all", "untouched waits resolved closed escalated cancelled"),
        ("-reopened:yes", "untouched waits resolved"),
        ("escalated:yes status:all", "escalated"),
        ("escalated:2026-03-03 status:all", "escalated"),
        ("escalated:no status:closed", "closed"),
        ("resolved:<7d escalated:no", "resolved closed"),
        ("waiting:vendor since:>5d", "waits"),
        ("waiting:vendor since:>7d", ""),
        ("since:<75h", "twice"),
        ("arrived:mon-10 status:cancelled", "cancelled"),
        ("arrived:mon-09 status:all", ""),
    ],
)
def test_a_search_finds(names: dict[int, str], sign_in_as: SignIn, text: str, found: str) -> None:
    query = parse(text)
    assert query.errors == ()
    expected = sorted(found.split())
    for order in Order:
        rows = queue.page(sign_in_as("sam"), query, order).rows
        assert sorted(names[row.id] for row in rows) == expected
    assert queue.count(sign_in_as("sam"), query, limit=None) == len(expected)


def test_a_cancelled_ticket_was_never_resolved_whatever_its_old_desk_says(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    clock.advance(days=1)
    imports.import_tickets(sign_in_as("sam"), [imported(((Status.NEW, None), (Status.CANCELLED, None)))])
    assert queue.count(sign_in_as("sam"), parse("status:cancelled")) == 1
    assert queue.count(sign_in_as("sam"), parse("resolved:<2d")) == 0
    assert queue.count(sign_in_as("sam"), parse("closed:<2d")) == 1


def test_a_category_alone_leaves_out_those_below_it(sign_in_as: SignIn) -> None:
    acts.open_ticket(sign_in_as)
    sam = sign_in_as("sam")
    assert [queue.count(sam, parse(f"category:{path}")) for path in ("network", "=network", "=network.vpn")] == [
        1,
        0,
        1,
    ]


def test_an_hour_of_the_week_is_one_by_the_clocks_of_the_desk_in_summer_and_in_winter(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    for days in (0, 35):  # 2 March and 6 April, Mondays; the clocks of Berlin change on 29 March
        clock.advance(days=days, hours=-1 if days else 0)
        acts.open_ticket(sign_in_as)
    clock.advance(days=1)
    assert queue.count(sign_in_as("sam"), parse("arrived:mon-10")) == 2
    assert queue.count(sign_in_as("sam"), parse("arrived:mon-10 opened:2026-04-06")) == 1
    assert queue.count(sign_in_as("sam"), parse("arrived:mon-09,mon-11,tue")) == 0
