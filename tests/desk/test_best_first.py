"""Best first: what a search finds, by where its words stand; the same on both databases, page by page."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from itdesk.desk import communication
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries import filters, listing, queue, ranking
from itdesk.desk.queries.queue import QueueRow
from itdesk.desk.session import Desk, Session, sign_in
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import Query, parse
from itdesk.domain.text import words
from tests.support.desks import OPENING, sign_in_at

TEXTS = (  # subject, body, work note
    ("Printer jams", "on floor 3", ""),
    ("Nothing comes out", "of the printer on floor 3", ""),
    ("Printers of the second floor", "are all offline", ""),
    ("Slow", "since the printers were replaced", ""),
    ("Cannot log in", "to the portal", "the printer has nothing to do with it"),
    ("Printer on floor 3 prints blank pages", "", ""),
    ("Floor lamp", "flickers beside the printer", ""),
    ("PRINTER", "Floor 12", ""),
    ("The 3 new printers", "arrive", "on floor 3"),
    ("VPN", "drops", ""),
)


@pytest.fixture(scope="module")
def desk(shared_desk: Desk) -> Desk:
    """A desk with a ticket of each text, one a day but for two that share a moment."""
    for number, (subject, body, note) in enumerate(TEXTS):
        day = min(number, 7)
        at = sign_in_at(shared_desk, lambda day=day: OPENING + timedelta(days=day))  # type: ignore[misc]
        (ticket,) = submit(at("rita"), NewTicket(subject, body)).tickets
        if note:
            communication.note(at("tom"), [ticket], note)
    return shared_desk


def session_of(desk: Desk, login: str) -> Session:
    return Session(desk, sign_in(desk, login), lambda: OPENING + timedelta(days=30))


def best(session: Session, search: str) -> list[int]:
    return [row.id for row in queue.page(session, parse(search), Order.BEST).rows]


def test_the_subject_comes_before_the_text_and_whole_words_before_beginnings(desk: Desk) -> None:
    tom = session_of(desk, "tom")
    assert best(tom, "printer") == [8, 6, 1, 9, 3, 7, 5, 2, 4]
    assert best(tom, "print") == [9, 8, 6, 3, 1, 7, 5, 4, 2]
    assert best(tom, "printer floor") == [6, 3, 8, 7, 1, 9, 2]
    assert best(tom, "fax") == []


def test_the_ticket_whose_number_was_typed_is_the_best(desk: Desk) -> None:
    assert best(session_of(desk, "tom"), "3") == [3, 9, 6, 2, 1]


def test_work_notes_count_only_for_those_who_may_read_them(desk: Desk) -> None:
    assert 5 in best(session_of(desk, "tom"), "printer")
    rita = session_of(desk, "rita")
    assert best(rita, "printer") == [8, 6, 1, 9, 3, 7, 2, 4]
    assert best(rita, "printer floor 3") == [6, 1, 2]


def test_without_words_the_newest_is_the_best(desk: Desk) -> None:
    tom = session_of(desk, "tom")
    assert best(tom, "status:all") == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert queue.rows_by_id(tom, [1], parse(""))[0].score == 0


def plain_order(session: Session, query: Query, ranked: int) -> list[int]:
    """The order by its definition: of all that is found, the newest `ranked` by their score, then the others."""
    newest = [row.id for row in queue.page(session, query, Order.NEWEST).rows]

    def score(ticket: int) -> int:
        subject, *rest = TEXTS[ticket - 1]
        titled, others = words(f"{subject} Rita Requester"), words(" ".join(rest))
        if query.words == (str(ticket),):
            return 5
        return sum(
            4 * (word in titled)
            or 3 * any(one.startswith(word) for one in titled)
            or 2 * (word in others)
            or any(one.startswith(word) for one in others)
            for word in query.words
        )

    return sorted(newest[:ranked], key=score, reverse=True) + newest[ranked:]


def forwards(session: Session, query: Query, reverse: bool, limit: int) -> Iterator[QueueRow]:
    page = queue.page(session, query, Order.BEST, reverse=reverse, limit=limit)
    while True:
        yield from page.rows
        if not page.more_after:
            return
        key = page.rows[-1].key(Order.BEST)
        page = queue.page(session, query, Order.BEST, reverse=reverse, after=key, limit=limit)


def backwards(session: Session, query: Query, reverse: bool, limit: int, last: QueueRow) -> Iterator[QueueRow]:
    yield last
    key = last.key(Order.BEST)
    while True:
        page = queue.page(session, query, Order.BEST, reverse=reverse, before=key, limit=limit)
        yield from reversed(page.rows)
        if not page.more_before:
            return
        key = page.rows[0].key(Order.BEST)


@pytest.fixture(params=["reading", "looking up", "going through"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How tickets are found: by reading the first, else those of the index, looked up or while going through all."""
    if request.param != "reading":
        monkeypatch.setattr(filters, "_READ_ON_SQLITE", 1)
        monkeypatch.setattr(filters, "_READ_ON_POSTGRES", 1)
        monkeypatch.setattr(filters, "_OFTEN", 0 if request.param == "going through" else 2)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("ranked", [1, 3, 1000])
@pytest.mark.parametrize(
    "search", ["printer", "print floor", "3", "status:all", "printer status:all", "x status:ended"]
)
def test_every_page_follows_the_one_before_both_ways(
    desk: Desk, search: str, ranked: int, reverse: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "RANKED", ranked)
    session, query = session_of(desk, "tom"), parse(search)
    wanted = plain_order(session, query, ranked)
    wanted = wanted[::-1] if reverse else wanted
    for limit in (1, 2, 4, 50):
        rows = list(forwards(session, query, reverse, limit))
        assert [row.id for row in rows] == wanted
        if rows:
            assert [row.id for row in backwards(session, query, reverse, limit, rows[-1])] == wanted[::-1]
    for size in (1, 4, 50):
        monkeypatch.setattr(listing, "_PAGE", size)
        assert [row.id for row in listing.tickets(session, query, Order.BEST, reverse=reverse)] == wanted
    assert [row.id for row in listing.tickets(session, query, Order.BEST, reverse=reverse, limit=3)] == wanted[:3]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_ticket_stands_in_its_place_and_stays_there_when_it_changes(
    desk: Desk, reverse: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "RANKED", 6)
    session, query = session_of(desk, "tom"), parse("printer")
    rows = queue.page(session, query, Order.BEST, reverse=reverse).rows
    for before, row in enumerate(rows):
        key = row.key(Order.BEST)
        assert queue.count_before(session, query, Order.BEST, key, reverse=reverse) == before
        around = queue.around(session, query, Order.BEST, key, reverse=reverse, limit=4).rows
        start = rows.index(around[0])
        assert row in around
        assert around == rows[start : start + len(around)]
    ranked = [row for row in rows if row.score]
    assert len(ranked) == 6
    assert set(queue.rows_by_id(session, [row.id for row in ranked], query)) == set(ranked)
    keys = [row.key(Order.BEST) for row in rows]
    assert all(one < other if reverse else one > other for one, other in pairwise(keys))
