"""The desk in figures on the screen."""

from itertools import product
from threading import Event

import pytest

from itdesk.desk import intake, resolution
from itdesk.desk.errors import Unavailable
from itdesk.desk.queries import metrics, queue
from itdesk.desk.session import Desk
from itdesk.domain.search_language import parse
from itdesk.ui.metrics import MetricsScreen
from itdesk.ui.widgets.figures import Figures, below, beyond, neighbour
from itdesk.ui.widgets.filter_line import FilterLine
from tests.support.desks import StillClock
from tests.ui.visit import Visit, visit
from tests.ui.world import session_of


def figures(visitor: Visit) -> Figures:
    return visitor.app.screen.query_one(Figures)


def screen_of(visitor: Visit) -> MetricsScreen:
    screen = visitor.app.screen
    assert isinstance(screen, MetricsScreen)
    return screen


async def at_metrics(visitor: Visit) -> None:
    await visitor.press("3")
    await visitor.sees("Needs attention first")


async def test_what_a_supervisor_wants_to_know_first_stands_on_one_small_screen(desk: Desk) -> None:
    async with visit(desk, "sam") as visitor:
        await at_metrics(visitor)
        await visitor.sees("< 30 days >", "now", "before", "change", "8 weeks", "Opened and resolved a day")
        assert visitor.row("▌ Opened").split()[2:4] == ["15", "0"]
        assert visitor.row("Open now").split()[2:5] == ["15", "0", "+15"]
        assert visitor.row("Time to resolve, median").split()[4:6] == ["6m", "-"]
        assert "Major incidents are open" in visitor.row("INC-13")
        assert "1 ticket" in visitor.row("INC-13")


@pytest.mark.parametrize("size", [(80, 24), (140, 45), (200, 50), (60, 15)])
async def test_nothing_is_cut(desk: Desk, size: tuple[int, int]) -> None:
    async with visit(desk, size=size) as visitor:
        await at_metrics(visitor)
        seen = ""
        for _ in range(9):
            seen += visitor.text + "\n"
            await visitor.press("ctrl+d")
        titles = ("Open by age", "Open by priority", "Open by team", "Top categories", "When tickets arrive")
        assert [title for title in titles if title not in seen] == []
        assert [line for line in seen.splitlines() if "…" in line.replace("Mon 09…", "")] == []


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_the_cursor_reaches_every_figure_and_every_section(desk: Desk, size: tuple[int, int]) -> None:
    async with visit(desk, size=size) as visitor:
        await at_metrics(visitor)
        widget = figures(visitor)
        spots = widget._block().spots
        reached, left = {0}, [0]
        while left:
            at = left.pop()
            for way, step in product((below, beyond), (1, -1)):
                found = neighbour(spots, at, lambda here, other, way=way, step=step: way(here, other, step))  # type: ignore[misc]
                if found is not None and found not in reached:
                    reached.add(found)
                    left.append(found)
        assert reached == set(range(len(spots)))
        widget.first()
        sections = []
        for _ in range(6):
            sections.append(widget.section.title)
            await visitor.press("tab")
        assert sections == ["Figures", "Attention", "Flow", "Backlog", "Categories", "Arrivals"]
        assert widget.section.title == "Figures"
        await visitor.press("shift+tab")
        assert widget.section.title == "Arrivals"


@pytest.mark.parametrize(
    ("keys", "query"),
    [
        ((), "opened:2026-10-18..2026-11-16 status:all"),
        (("j",), "resolved:2026-10-18..2026-11-16"),
        (("j",) * 6, "status:open"),
        (("tab",), "major:yes"),
        (("tab", "tab", "tab"), "opened:<1d"),
        (("tab", "tab", "tab", "j"), "opened:>1d opened:<3d"),
        (("tab", "tab", "tab", "l"), "p:1"),
        (("tab", "tab", "tab", "tab"), "category:other.unknown opened:2026-10-18..2026-11-16 status:all"),
    ],
)
async def test_enter_on_a_figure_opens_its_tickets(desk: Desk, keys: tuple[str, ...], query: str) -> None:
    async with visit(desk) as visitor:
        await at_metrics(visitor)
        await visitor.press(*keys)
        count = figures(visitor).current
        assert count is not None
        assert count.query == query
        await visitor.press("enter")
        await visitor.sees("All 15")
        assert visitor.app.screen.query_one(FilterLine).text == count.query
        await visitor.at_rest()
        assert queue.count(session_of(desk), parse(count.query)) == count.count
        assert f"of {count.count}" in visitor.text


async def test_a_day_is_told_in_words_and_opens(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await at_metrics(visitor)
        await visitor.press("tab", "tab")
        assert visitor.status.startswith(" 18 Oct: 0 opened")
        await visitor.press("enter")
        await visitor.sees("there is nothing to open")
        for _ in range(58):
            figures(visitor).move_right(1)
        await visitor.sees("16 Nov: 6 opened")
        await visitor.press("h")
        await visitor.sees("15 Nov: 0 resolved", "▲16 Nov")
        await visitor.press("l")
        await visitor.press("enter")
        await visitor.sees("opened:2026-11-16 status:all", "of 6")


async def test_an_hour_of_the_week_is_told_in_words_and_opens(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await at_metrics(visitor)
        await visitor.press("tab", "tab", "tab", "tab", "tab")
        for _ in range(8):
            await visitor.press("l")
        await visitor.sees("Mon 08:00 to 09:00: 5 opened")
        await visitor.press("enter")
        await visitor.sees("arrived:mon-08", "of 5")


async def test_any_chart_is_a_table_at_a_key_and_back(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await at_metrics(visitor)
        await visitor.press("T")
        await visitor.sees("Weeks that end on", "16 Nov")
        await visitor.press("tab", "tab")
        await visitor.sees("difference", "Sun 18 Oct")
        await visitor.press("G")
        await visitor.sees("Mon 16 Nov                      6")
        await visitor.press("tab")
        await visitor.sees("by age", "share", "by priority")
        await visitor.press("tab")
        await visitor.sees("other.unknown", "median")
        await visitor.press("tab")
        await visitor.sees("08-09         5")
        await visitor.press(*"jjjjjjjj")
        await visitor.press("enter")
        await visitor.sees("1-5 of 5")
        await visitor.press("3", "escape")
        await visitor.sees("When tickets arrive")
        await visitor.press("T", "T")
        await visitor.sees("When tickets arrive")


async def test_the_period_grows_and_shrinks_and_says_so(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        await at_metrics(visitor)
        await visitor.sees("< 18 Oct to 16 Nov, 30 days >")
        await visitor.pilot.resize_terminal(80, 24)
        await visitor.sees("  < 30 days >")
        await visitor.pilot.resize_terminal(140, 45)
        await visitor.press("less_than_sign")
        await visitor.sees("< 10 Nov to 16 Nov, 7 days >", "compared with the 7 days before")
        await visitor.press("less_than_sign")
        await visitor.sees("7 days is the shortest period.")
        await visitor.press(*["greater_than_sign"] * 3)
        await visitor.sees("< 17 Nov 2025 to 16 Nov 2026, 365 days >", "Opened and resolved a month")
        await visitor.press("greater_than_sign")
        await visitor.sees("365 days is the longest period.")


async def test_figures_follow_when_one_comes_back(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await at_metrics(visitor)
        assert "15" in visitor.row("Open now")
        intake.submit(session_of(desk, "tariq"), intake.NewTicket("One more", requester="marta"))
        await visitor.polled()
        await visitor.press("1")
        await visitor.sees("fair order")
        await visitor.press("3")
        await visitor.until(lambda: "16" in visitor.row("Open now"), "the new ticket")


async def test_while_one_looks_they_are_counted_at_most_once_a_minute(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    real = metrics.overview

    def overview(*args: object, **options: object) -> metrics.Overview:
        counted.append(1)
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(metrics, "overview", overview)
    async with visit(desk) as visitor:
        await at_metrics(visitor)
        clock = visitor.app.desk.clock
        assert isinstance(clock, StillClock)
        for count in range(3):
            intake.submit(session_of(desk, "tariq"), intake.NewTicket(f"More {count}", requester="marta"))
            await visitor.polled()
        assert len(counted) == 1
        clock.advance(minutes=1)
        await visitor.polled()
        await visitor.until(lambda: "18" in visitor.row("Open now"), "the new tickets")
        assert len(counted) == 2
        clock.advance(minutes=1)
        await visitor.polled()
        assert len(counted) == 2, "nothing happened"
        clock.advance(minutes=10)
        await visitor.polled()
        await visitor.until(lambda: len(counted) == 3, "what is older by now")


async def test_a_recount_keeps_the_cursor_and_repaints_what_changed(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await at_metrics(visitor)
        await visitor.press("j", "j")
        widget = figures(visitor)
        painted: list[object] = []
        refresh = widget.refresh

        def watched(*regions: object, **options: bool) -> Figures:
            painted.extend(regions or ["everything"])
            return refresh(*regions, **options)  # type: ignore[arg-type,return-value]

        widget.refresh = watched  # type: ignore[method-assign]
        screen_of(visitor).reload()
        await visitor.at_rest()
        assert painted == []
        resolution.resolve(session_of(desk, "jonas"), [14], "Restarted it.")
        await visitor.polled()
        screen_of(visitor).reload()
        await visitor.until(lambda: visitor.row("Resolved").split()[1] == "2", "the resolution")
        assert "everything" not in painted
        assert "▌ Time to resolve, median" in visitor.text


async def test_an_empty_desk_says_what_to_do(empty_desk: Desk) -> None:
    async with visit(empty_desk) as visitor:
        await visitor.press("3")
        await visitor.sees("Nothing is open, and nothing was opened in the last 30 days.", "> looks further back")
        await visitor.press("enter", "T", "tab", "j", "G", "ctrl+d")
        await visitor.press("greater_than_sign")
        await visitor.sees("in the last 90 days.")
        intake.submit(session_of(empty_desk, "tariq"), intake.NewTicket("The first", requester="marta"))
        await visitor.polled()
        await visitor.press("ctrl+r")
        await visitor.sees("Needs attention first", "Nothing stands out.")


async def test_without_an_answer_it_says_so_and_counts_when_there_is_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = metrics.overview

    def fail(*args: object, **options: object) -> metrics.Overview:
        raise Unavailable("The database does not answer: connection refused. Nothing was lost.")

    monkeypatch.setattr(metrics, "overview", fail)
    async with visit(desk) as visitor:
        await visitor.press("3")
        await visitor.sees("Nothing could be counted.", "ctrl+r tries again", "! The database does not answer.")
        monkeypatch.setattr(metrics, "overview", real)
        await visitor.press("ctrl+r")
        await visitor.sees("Needs attention first")


async def test_it_says_what_is_being_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    real, go = metrics.overview, Event()

    def slow(*args: object, **options: object) -> metrics.Overview:
        go.wait(20)
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(metrics, "overview", slow)
    async with visit(desk) as visitor:
        await visitor.press("3")
        await visitor.sees("Counting what is open, and the last 30 days …")
        go.set()
        await visitor.sees("Needs attention first")
