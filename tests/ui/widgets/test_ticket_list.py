"""The list keeps its cursor on its ticket and its page under the eyes, whatever arrives."""

from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Region, Size

from itdesk.desk.queries.queue import QueueRow
from itdesk.domain.ticket import Kind, Status
from itdesk.domain.time_left import TimeLeft, Urgency
from itdesk.domain.time_left import time_left as left_until
from itdesk.ui.text import content
from itdesk.ui.widgets.ticket_list import TicketList, Want, columns_for
from tests.ui.widgets.host import Host

NOW = datetime(2026, 11, 16, 8, 14, tzinfo=UTC)
HEIGHT = 12
PAGE = HEIGHT - 1


def row(number: int, *, key: int | None = None, **values: Any) -> QueueRow:
    """A ticket; the numbers are the order unless `key` says otherwise."""
    return replace(
        QueueRow(
            id=number,
            kind=Kind.INCIDENT,
            external_id=None,
            subject=f"Subject {number}",
            status=Status.NEW,
            waiting_reason=None,
            priority=3,
            major=False,
            category="network.vpn",
            requester="Marta Kowalska",
            team="network",
            level=2,
            assignee=None,
            opened_at=NOW - timedelta(hours=1),
            changed_at=NOW,
            version=1,
            order_key=number if key is None else key,
        ),
        **values,
    )


def time_left(ticket: QueueRow, now: datetime) -> TimeLeft | None:
    """By the wall clock, of a target of ten hours."""
    if ticket.due_at is not None:
        return left_until(ticket.due_at, now, None, 600)
    return TimeLeft("paused", Urgency.PAUSED) if ticket.status is Status.WAITING else None


def rows(count: int, start: int = 1) -> list[QueueRow]:
    return [row(number) for number in range(start, start + count)]


class Source:
    """All tickets of a queue, handed to a list as the desk would: by key, a part at a time."""

    def __init__(self, tickets: Sequence[QueueRow], limit: int = 3 * PAGE) -> None:
        self.tickets = sorted(tickets, key=lambda ticket: (ticket.order_key, ticket.id))
        self.limit = limit

    def open(self, shown: TicketList) -> None:
        part = self.tickets[: self.limit]
        shown.show(part, has_before=False, has_after=len(self.tickets) > self.limit, offset=0)

    def answer(self, shown: TicketList, wanted: TicketList.Wanted) -> None:
        key = (wanted.row.order_key, wanted.row.id) if wanted.row else (0, 0)
        keys = [(ticket.order_key, ticket.id) for ticket in self.tickets]
        match wanted.want:
            case Want.AFTER:
                later = [ticket for ticket, at in zip(self.tickets, keys, strict=True) if at > key]
                shown.extend_after(later[: self.limit], has_after=len(later) > self.limit)
            case Want.BEFORE:
                earlier = [ticket for ticket, at in zip(self.tickets, keys, strict=True) if at < key]
                shown.extend_before(earlier[-self.limit :], has_before=len(earlier) > self.limit)
            case Want.FIRST:
                self.open(shown)
            case Want.LAST:
                part = self.tickets[-self.limit :]
                shown.show(
                    part,
                    has_before=len(self.tickets) > self.limit,
                    has_after=False,
                    offset=len(self.tickets) - len(part),
                    at=part[-1].id if part else None,
                )


class Quiet(TicketList):
    """A list outside any app, of a size that stands; its messages are kept, its paintings counted."""

    def __init__(self) -> None:
        super().__init__(me="anna", now=NOW, due=time_left)
        self.wanted: list[TicketList.Wanted] = []

    @property
    def size(self) -> Size:
        return Size(80, HEIGHT)

    def post_message(self, message: Any) -> bool:
        if isinstance(message, TicketList.Wanted):
            self.wanted.append(message)
        return True

    def repaint(self) -> None:
        """There is no screen."""

    def served(self, source: Source) -> None:
        """Answer what was wanted, and what is wanted because of the answers."""
        while self.wanted:
            source.answer(self, self.wanted.pop(0))

    @property
    def line_of_cursor(self) -> int:
        return self._cursor - self._top

    @property
    def in_page(self) -> list[int]:
        return [ticket.id for ticket in self._rows[self._top : self._top + PAGE]]


def opened(count: int) -> tuple[Quiet, Source]:
    shown, source = Quiet(), Source(rows(count))
    source.open(shown)
    shown.served(source)
    return shown, source


# --- moving ----------------------------------------------------------------------------------------------------------


def test_the_cursor_walks_through_ten_thousand_tickets_to_the_last() -> None:
    shown, source = opened(10_000)
    for _ in range(10_000):
        shown.turn(1)
        shown.served(source)
        if shown.cursor_row == source.tickets[-1]:
            break
    assert shown.cursor_row == source.tickets[-1]
    assert len(shown.rows) < 20 * PAGE
    assert shown.in_view == (10_000 - PAGE + 1, 10_000)


def test_the_window_holds_few_pages_and_leads_back_to_the_first() -> None:
    shown, source = opened(1_000)
    shown.go_last()
    shown.served(source)
    assert shown.cursor_row == source.tickets[-1]
    for _ in range(200):
        shown.turn(-1)
        shown.served(source)
    assert shown.cursor_row == source.tickets[0]
    assert shown.in_view == (1, PAGE)


def test_at_the_edge_the_page_jumps_by_half_so_that_most_steps_repaint_two_rows() -> None:
    shown, source = opened(100)
    jumps = 0
    for _ in range(60):
        before = shown.in_page
        shown.move(1)
        shown.served(source)
        jumps += shown.in_page != before
    assert jumps <= 60 // (PAGE // 2) + 1


@given(st.lists(st.tuples(st.sampled_from(["move", "turn"]), st.integers(-30, 30)), max_size=40), st.integers(0, 200))
def test_the_cursor_is_always_on_the_page(steps: list[tuple[str, int]], count: int) -> None:
    shown, source = opened(count)
    for how, by in steps:
        if how == "move":
            shown.move(by)
        else:
            shown.turn(by / 10)
        shown.served(source)
        if count:
            assert shown.cursor_row is not None
            assert shown.cursor_row.id in shown.in_page
            assert shown.in_view == (shown.in_page[0], shown.in_page[-1])
        else:
            assert shown.cursor_row is None


# --- what arrives ----------------------------------------------------------------------------------------------------

arrivals = st.lists(
    st.tuples(st.sampled_from(["insert", "update", "leave", "return"]), st.integers(1, 400)), min_size=1, max_size=30
)


@given(st.integers(0, 60), arrivals)
def test_the_cursor_stays_on_its_ticket_and_its_line_whatever_arrives(
    start: int, happenings: list[tuple[str, int]]
) -> None:
    shown, source = opened(120)
    shown.move(start)
    shown.served(source)
    ticket, line, page = shown.cursor_row, shown.line_of_cursor, shown.in_page
    assert ticket is not None
    fresh = 1_000
    for what, number in happenings:
        match what:
            case "insert":
                fresh += 1
                shown.update_rows([fresh], {fresh: row(fresh, key=number)})
            case "update":
                shown.update_rows([number], {number: row(number, subject="changed", version=2)})
            case "leave":
                shown.update_rows([number], {})
            case "return":
                shown.update_rows([number], {number: row(number)})
        shown.served(source)
        assert shown.cursor_row is not None
        assert shown.cursor_row.id == ticket.id
        assert shown.line_of_cursor == line
        assert shown.in_page == page


@given(st.integers(0, 100), st.lists(st.integers(-500, 500), max_size=20), st.sets(st.integers(1, 120), max_size=30))
def test_a_reload_keeps_the_cursor_on_its_ticket(start: int, inserted: list[int], gone: set[int]) -> None:
    shown, source = opened(120)
    shown.move(start)
    shown.served(source)
    ticket = shown.cursor_row
    assert ticket is not None
    line = shown.line_of_cursor
    new = [row(1_000 + index, key=key) for index, key in enumerate(inserted)]
    kept = [one for one in source.tickets if one.id not in gone or one.id == ticket.id]
    after = sorted([*kept, *new], key=lambda one: (one.order_key, one.id))
    shown.show(after, has_before=False, has_after=False, offset=0, at=ticket.id)
    assert shown.cursor_row == ticket
    place = after.index(ticket)
    if line <= place <= len(after) - PAGE + line:
        assert shown.line_of_cursor == line


def test_new_tickets_are_announced_and_not_pushed_in() -> None:
    shown, source = opened(50)
    shown.move(5)
    shown.update_rows([900, 901], {900: row(900, key=0), 901: row(901, key=3)})
    assert shown.new_count == 2
    assert shown.in_page == list(range(1, PAGE + 1))
    source.tickets = sorted(
        [*source.tickets, row(900, key=0), row(901, key=3)], key=lambda one: (one.order_key, one.id)
    )
    shown.go_first()
    shown.served(source)
    assert shown.new_count == 0
    assert shown.cursor_row == row(900, key=0)


def test_a_ticket_that_lands_below_the_page_is_no_news_above_and_stands_in_its_place() -> None:
    shown, source = opened(50)
    shown.move(5)
    middle = 2 * PAGE
    shown.update_rows([900], {900: row(900, key=middle)})
    assert shown.new_count == 0
    assert shown.in_page == list(range(1, PAGE + 1))
    shown.turn(1)
    shown.served(source)
    assert [one.id for one in shown.rows[middle - 1 : middle + 2]] == [middle, 900, middle + 1]


@given(st.integers(0, 60), st.lists(st.integers(-100, 200), min_size=1, max_size=10))
def test_whatever_arrives_the_page_stands_and_only_what_is_not_below_it_is_announced(
    start: int, keys: list[int]
) -> None:
    shown, source = opened(120)
    shown.move(start)
    shown.served(source)
    page = shown.in_page
    for ticket_id, key in enumerate(keys, 1_000):
        shown.update_rows([ticket_id], {ticket_id: row(ticket_id, key=key)})
    assert shown.in_page == page
    assert shown.new_count == sum(key < page[-1] for key in keys)
    assert list(shown.rows) == sorted(shown.rows, key=lambda one: (one.order_key, one.id))


def test_a_new_ticket_that_is_gone_again_is_not_announced_any_more() -> None:
    shown, _ = opened(50)
    shown.update_rows([900], {900: row(900, key=0)})
    shown.update_rows([900], {})
    assert shown.new_count == 0


def test_a_ticket_below_the_last_one_is_added_at_once() -> None:
    shown, _ = opened(3)
    shown.update_rows([9], {9: row(9)})
    assert [one.id for one in shown.rows] == [1, 2, 3, 9]
    assert shown.new_count == 0


def test_the_first_ticket_of_an_empty_queue_is_asked_for() -> None:
    shown, source = opened(0)
    source.tickets = [row(1)]
    shown.update_rows([1], {1: row(1)})
    shown.served(source)
    assert shown.cursor_row == row(1)


def test_rows_that_leave_the_filter_stay_until_the_page_is_left() -> None:
    shown, source = opened(60)
    shown.update_rows([2, 3], {})
    assert shown.in_page[:4] == [1, 2, 3, 4]
    shown.turn(1)
    shown.served(source)
    shown.turn(-1)
    shown.served(source)
    assert shown.in_page[:4] == [1, 4, 5, 6]


def test_a_row_that_changed_is_shown_where_it_stands() -> None:
    shown, _ = opened(20)
    shown.update_rows([7], {7: row(7, priority=1, key=-100)})
    assert shown.rows[6].priority == 1


# --- marks -----------------------------------------------------------------------------------------------------------


def test_marks_stay_on_their_tickets_and_follow_their_versions() -> None:
    shown, source = opened(100)
    shown.mark()
    shown.mark()
    assert [one.id for one in shown.marked] == [1, 2]
    shown.update_rows([2], {2: row(2, version=5)})
    assert shown.marked[1].version == 5
    shown.go_last()
    shown.served(source)
    assert [one.id for one in shown.marked] == [1, 2]


def test_all_in_view_are_marked_and_unmarked() -> None:
    shown, _ = opened(100)
    shown.mark_all()
    assert [one.id for one in shown.marked] == list(range(1, PAGE + 1))
    shown.mark_all()
    assert shown.marked == []


# --- painting --------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def on_screen(tickets: Sequence[QueueRow], size: tuple[int, int] = (80, HEIGHT)) -> Any:
    shown = TicketList(me="anna", now=NOW, due=time_left)
    app = Host(lambda: shown)
    async with app.run_test(size=size) as pilot:
        shown.show(tickets, has_before=False, has_after=False, offset=0)
        await pilot.pause()
        yield app, shown, pilot


@pytest.fixture
def repaints(monkeypatch: pytest.MonkeyPatch) -> list[Region]:
    """The regions that lists asked to be painted."""
    regions: list[Region] = []
    refresh: Callable[..., Any] = TicketList.refresh

    def noted(self: TicketList, *asked: Region, **options: Any) -> Any:
        regions.extend(asked or [Region(0, 0, 999, 999)])
        return refresh(self, *asked, **options)

    monkeypatch.setattr(TicketList, "refresh", noted)
    return regions


async def test_one_step_paints_two_rows_and_nothing_else(repaints: list[Region]) -> None:
    async with on_screen(rows(30)) as (_, shown, pilot):
        repaints.clear()
        shown.move(1)
        await pilot.pause()
        assert [region.y for region in repaints] == [1, 2]
        assert all(region.height == 1 for region in repaints)


async def test_one_changed_row_paints_one_row_up_to_what_changed(repaints: list[Region]) -> None:
    async with on_screen(rows(30)) as (_, shown, pilot):
        repaints.clear()
        shown.update_rows([5], {5: row(5, status=Status.ASSIGNED)})
        await pilot.pause()
        [region] = repaints
        assert (region.y, region.height) == (5, 1)
        assert region.width < 75


async def test_nothing_new_paints_nothing(repaints: list[Region]) -> None:
    async with on_screen(rows(30)) as (_, shown, pilot):
        repaints.clear()
        shown.update_rows([5], {5: row(5)})
        shown.set_now(NOW + timedelta(seconds=20))
        shown.show(rows(30), has_before=False, has_after=False, offset=0, at=1)
        await pilot.pause()
        assert repaints == []


async def test_the_screen_shows_marks_majors_and_who_is_missing() -> None:
    tickets = [row(1, priority=1, major=True), row(2, assignee="anna"), row(3, status=Status.RESOLVED)]
    async with on_screen(tickets) as (app, shown, pilot):
        shown.mark()
        shown.update_rows([3], {3: row(3, status=Status.IN_PROGRESS)})
        await pilot.pause()
        lines = app.screen_lines()
        assert lines[1].startswith(" *P1 INC-1     MAJOR Subject 1")
        assert lines[2].startswith("▌ P3 INC-2     Subject 2")
        assert "anna" in lines[2]
        assert lines[3].startswith(" •P3 INC-3     Subject 3")
        assert "progress" in lines[3]


async def test_an_empty_list_says_what_it_was_told_to_say() -> None:
    async with on_screen([]) as (app, shown, pilot):
        shown.say([content(""), content("Nothing here.")])
        await pilot.pause()
        assert app.screen_lines()[1] == "Nothing here."


@pytest.mark.parametrize("width", [60, 68, 70, 78, 80, 96, 98, 100, 126, 158, 200])
async def test_every_row_fills_exactly_its_line_at_every_width(width: int) -> None:
    tickets = [
        row(1, subject="会議室の電話が鳴らない " * 20),
        row(1_000_000, subject="😀👩‍👩‍👧 e\u0301" * 30, assignee="x" * 40),
    ]
    async with on_screen(tickets, (width, HEIGHT)) as (_, shown, _pilot):
        assert [shown.render_line(y).cell_length for y in range(HEIGHT)] == [width] * HEIGHT


@given(st.integers(60, 300))
def test_number_priority_subject_and_age_are_always_there(width: int) -> None:
    titles = [column.title for column in columns_for(width)]
    assert {"P", "Number", "Subject", "Age"} <= set(titles)
    taken = sum(column.width + len(column.gap) for column in columns_for(width)) + 2
    assert width - taken >= 20


@pytest.mark.parametrize(("width", "room"), [(80, 30), (159, 50), (200, 70)])
def test_the_subject_gets_the_room(width: int, room: int) -> None:
    taken = sum(column.width + len(column.gap) for column in columns_for(width)) + 2
    assert width - taken >= room


DUE = {
    1: row(1, due_at=NOW + timedelta(hours=3, minutes=17)),
    2: row(2, due_at=NOW + timedelta(minutes=26)),
    3: row(3, due_at=NOW - timedelta(minutes=12)),
    4: row(4, status=Status.WAITING),
    5: row(5, due_at=NOW + timedelta(days=1, hours=2), priority=5),
    6: row(6, due_at=NOW - timedelta(days=1, hours=23)),
    7: row(7),
}
SAID = {1: "3h17m  ", 2: "26m ~", 3: "-12m !", 4: "paused =", 5: "1d2h  ", 6: "-1d23h !", 7: ""}


@pytest.mark.parametrize("width", [60, 80, 97, 200])
async def test_what_is_due_is_told_with_a_flag_that_no_colour_is_needed_for(width: int) -> None:
    async with on_screen(list(DUE.values()), (width, HEIGHT)) as (app, _, _pilot):
        titles, *lines = app.screen_lines()
        assert titles.endswith("    Due   Age")
        for number, said in SAID.items():
            assert lines[number - 1].endswith(f" {said:>9}  1h"), lines[number - 1]


@pytest.mark.parametrize(
    ("width", "there"),
    [
        (57, "P Number Subject Age"),
        (60, "P Number Subject Due Age"),
        (70, "P Number Subject Status Due Age"),
        (80, "P Number Subject Status Who Due Age"),
        (100, "P Number Subject Category Status Who Due Age"),
        (97, "P Number Subject Category Status Who Due Age"),
        (158, "P Number Subject Requester Category Status Who Team Due Age"),
    ],
)
def test_wider_lists_tell_more(width: int, there: str) -> None:
    assert " ".join(column.title.strip() for column in columns_for(width)) == there


async def test_a_minute_changes_only_the_rows_in_which_another_time_stands(repaints: list[Region]) -> None:
    tickets = [row(1), row(2, due_at=NOW + timedelta(hours=5)), row(3, status=Status.WAITING)]
    async with on_screen(tickets) as (app, _, pilot):
        shown = app.query_one(TicketList)
        repaints.clear()
        shown.set_now(NOW + timedelta(minutes=1))
        await pilot.pause()
        assert [(region.y, region.height) for region in repaints] == [(2, 1)]
        assert "4h59m" in app.screen_lines()[2]


@settings(max_examples=30)
@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_a_row(subject: str, requester: str, assignee: str) -> None:
    shown = Quiet()
    shown.show(
        [row(1, subject=subject, requester=requester, assignee=assignee)], has_before=False, has_after=False, offset=0
    )
    columns_for.cache_clear()
    assert shown.cursor_row is not None
