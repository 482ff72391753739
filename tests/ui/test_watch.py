"""The live pane: any size, any team, follows the desk, and only reads."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from itdesk.desk import resolution, triage
from itdesk.desk.departure import leave
from itdesk.desk.errors import NotFound, Refused, Unavailable
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries import queue, watch
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.desk.sweep import sweep_in_turn
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from itdesk.domain.time_left import Urgency
from itdesk.models.fields import to_microseconds
from itdesk.ui import watch as watch_module
from itdesk.ui.watch import WatchApp
from tests.support.desks import StillClock
from tests.support.terminal import Terminal
from tests.ui import world
from tests.ui.looks import DARK, LIGHT, look, themes
from tests.ui.test_contrast import unreadable
from tests.ui.widgets.host import screen_lines
from tests.ui.world import NOW, furnish, session_of

SIZES = {"30x8": (30, 8), "40x12": (40, 12), "80x24": (80, 24), "140x45": (140, 45)}


def app_on(desk: Desk, login: str = "otto", theme: str = DARK, team: str | None = None) -> WatchApp:
    session = session_of(desk, login)
    return WatchApp(session, look(theme), team=team, teams=watch.teams(session))


async def seen(app: WatchApp, pilot: Pilot[None], *parts: str, gone: bool = False) -> str:
    """Wait until all of these texts stand on the screen, or none of them."""
    for _ in range(400):
        text = "\n".join(screen_lines(app))
        if all((part in text) is not gone for part in parts):
            return text
        await pilot.pause(0.01)
    raise AssertionError(f"waited for {parts}, but the screen shows\n{text}")


@asynccontextmanager
async def watching(app: WatchApp, size: tuple[int, int]) -> AsyncIterator[Pilot[None]]:
    try:
        async with app.run_test(size=size) as pilot:
            await seen(app, pilot, "open" if size[0] >= 40 else "P1")
            yield pilot
    finally:
        await asyncio.to_thread(app.desk.threads.close)


# --- what it tells ---------------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_queue(each_desk: Desk) -> None:
    session = session_of(each_desk, "sam")
    for team in (None, "network", "service-desk"):
        of_team = f" team:{team}" if team else ""
        glance = watch.glance(session, team)

        def count(search: str, of_team: str = of_team) -> int:
            return queue.count(session, parse(search + of_team))

        assert glance.open == count("status:open") > 0
        assert [glance.by_priority[priority] for priority in range(1, 6)] == [count(f"p:{p}") for p in range(1, 6)]
        assert (glance.unassigned, glance.waiting) == (count("@none"), count("status:waiting"))
        due = queue.page(session, parse(f"due:yes{of_team}"), Order.DUE).rows
        assert glance.is_due
        assert glance.late == queue.page(session, parse(f"overdue:yes{of_team}")).rows
        assert tuple(glance.listed(100)) == due == tuple(glance.listed(len(due)))
        assert (glance.overdue, set(glance.left)) == (count("overdue:yes"), {row.id for row in due})
        urgencies = Counter(left.urgency for left in glance.left.values())
        assert (urgencies[Urgency.OVERDUE], urgencies[Urgency.NEARLY]) == (glance.overdue, glance.soon)
        assert dict(glance.holders) == {login: count(f"@{login}") for login, _ in glance.holders}
        assert sum(held for _, held in glance.holders) + glance.unassigned == glance.open


def test_what_is_long_overdue_leaves_half_of_the_room_to_what_falls_due_next(desk: Desk) -> None:
    glance = watch.glance(session_of(desk, "sam", now=NOW + timedelta(hours=6)))
    late, coming = glance.late, glance.coming
    assert (len(late), len(coming)) > (2, 2)
    for count in range(len(late) + len(coming) + 2):
        listed = glance.listed(count)
        assert len(listed) == min(count, len(late) + len(coming))
        assert list(listed) == sorted(listed, key=lambda row: row.key(Order.DUE))
        assert {row.id for row in listed} >= {row.id for row in (*late[: count // 2], *coming[: count // 2])}


def test_arrivals_and_departures_fall_into_their_hours(desk: Desk) -> None:
    glance = watch.glance(session_of(desk, "sam"))
    assert glance.arrivals == (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 5)
    assert glance.departures == (0,) * 12
    resolution.cancel(session_of(desk), [1], "a duplicate")
    later = watch.glance(session_of(desk, "sam", now=NOW + timedelta(hours=2)))
    assert (later.arrivals[-4:], later.departures[-4:]) == ((1, 5, 0, 0), (0, 1, 0, 0))
    assert (later.latest[0].number, later.latest[0].what, later.latest[0].who) == ("INC-1", "cancelled", "anna")


def test_only_staff_and_auditors_may_watch(desk: Desk) -> None:
    with pytest.raises(Refused, match="marta is requester and may not watch the desk"):
        watch.glance(session_of(desk, "marta"))
    with pytest.raises(NotFound, match="There is no team 'netwrok'; the teams are: network, service-desk, workplace"):
        watch.team_named(session_of(desk, "otto"), "netwrok")


# --- how it looks ----------------------------------------------------------------------------------------------------


@pytest.fixture
def app_of(desk: Desk) -> Iterator[Callable[[str], WatchApp]]:
    """Makes the pane on the furnished desk, in a theme."""
    made: list[WatchApp] = []

    def make(theme: str) -> WatchApp:
        made.append(app_on(desk, theme=theme))
        return made[-1]

    yield make
    for app in made:
        app.desk.threads.close()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("size", SIZES)
def test_the_pane_is_as_it_was(
    size: str, theme: str, app_of: Callable[[str], WatchApp], snap_compare: Callable[..., bool]
) -> None:
    app = app_of(theme)

    async def before(pilot: Pilot[None]) -> None:
        await seen(app, pilot, "live", "MAJOR")

    assert snap_compare(app, terminal_size=SIZES[size], run_before=before)


async def test_all_text_can_be_read_in_every_theme(desk: Desk) -> None:
    app = app_on(desk)
    async with watching(app, (80, 24)) as pilot:
        for theme in themes():
            if not theme.ansi:
                app.theme = theme.name
                await pilot.pause()
                await pilot.pause()
                assert unreadable(app, theme) == [], theme.name


@pytest.mark.parametrize(
    "size", [(1, 1), (29, 8), (30, 7), (30, 8), (33, 9), (40, 11), (69, 20), (70, 19), (70, 20), (300, 90)]
)
async def test_every_size_shows_what_fits_or_says_what_it_needs(size: tuple[int, int], desk: Desk) -> None:
    app = app_on(desk)
    try:
        async with app.run_test(size=size) as pilot:
            if size[0] < 30 or size[1] < 8:
                await seen(app, pilot, "itdesk"[: size[0]])
                return
            text = await seen(app, pilot, "live", "P1", "INC-10", "overdue !", "soon ~")
            assert len(text.splitlines()) == size[1]
            assert "quit" in text.splitlines()[-1]
    finally:
        await asyncio.to_thread(app.desk.threads.close)


@pytest.mark.parametrize(
    ("minutes", "width", "said"),
    [(0, 30, "reads only"), (0, 40, "reads only · swept 09:14"), (12, 30, "! not swept 12m")],
)
async def test_the_smallest_pane_says_whole_words_of_whether_somebody_sweeps(
    desk: Desk, minutes: int, width: int, said: str
) -> None:
    sweep_in_turn(session_of(desk, "sam"), "somebody")
    session = session_of(desk, "otto", now=NOW + timedelta(minutes=minutes))
    app = WatchApp(session, look(DARK), team=None, teams=watch.teams(session))
    async with watching(app, (width, 8)) as pilot:
        text = await seen(app, pilot, "P1", "quit")
        assert text.splitlines()[-1].removesuffix("q quit").strip() == said


async def test_the_pane_says_that_nobody_ever_swept_what_has_been_due_for_long(desk: Desk) -> None:
    due = NOW - timedelta(hours=26)
    desk.database.execute("UPDATE ticket SET escalates_at = ? WHERE id = 15", (to_microseconds(due),))
    app = app_on(desk)
    async with watching(app, (80, 24)) as pilot:
        await seen(app, pilot, "reads only · ! not swept 1d")


# --- how it follows --------------------------------------------------------------------------------------------------


async def test_a_change_is_shown_and_an_idle_poll_paints_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_on(desk, "sam")
    async with watching(app, (80, 24)) as pilot:
        await seen(app, pilot, "3 unassigned", "15 open")
        triage.take(session_of(desk, "petra"), [15])
        app.poll()
        await seen(app, pilot, "2 unassigned", "INC-15 taken petra")
        painted: list[object] = []
        monkeypatch.setattr(type(app.query_one("Pane")), "refresh", lambda self, *regions, **_: painted.append(regions))
        app.poll()
        await app.desk.threads.read(lambda session: None)
        await pilot.pause()
        assert painted == []


@pytest.mark.postgres
async def test_on_postgresql_a_change_is_shown_at_once(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "_POLL_SECONDS", 3600.0)
    with closing(world.furnish(postgres_url)) as desk:
        app = app_on(desk, "sam")
        async with watching(app, (80, 24)) as pilot:
            for number in (15, 10):
                triage.take(session_of(desk, "petra"), [number])
                await seen(app, pilot, f"INC-{number} taken petra")


async def test_a_minute_later_ages_and_clock_are_new(desk: Desk) -> None:
    app = app_on(desk)
    async with watching(app, (80, 24)) as pilot:
        await seen(app, pilot, "Mon 09:14", "6m ~", "-22m !", "4 overdue !")
        assert isinstance(app.desk.clock, StillClock)
        app.desk.clock.advance(minutes=1)
        app.poll()
        await seen(app, pilot, "Mon 09:15", "5m ~", "-23m !")


async def test_brackets_turn_through_the_teams(desk: Desk) -> None:
    app = app_on(desk, team="network")
    async with watching(app, (80, 24)) as pilot:
        await seen(app, pilot, "itdesk watch · network", "INC-12", "2 open")
        await pilot.press("right_square_bracket")
        await seen(app, pilot, "itdesk watch · service-desk", "INC-13")
        await pilot.press("left_square_bracket", "left_square_bracket")
        await seen(app, pilot, "itdesk watch · all teams", "15 open")


async def test_a_silent_database_is_told_and_what_was_read_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_on(desk)
    async with watching(app, (80, 24)) as pilot:

        async def fail() -> None:
            raise Unavailable("the disk is gone")

        poll = app._feed.poll
        monkeypatch.setattr(app._feed, "poll", fail)
        app.poll()
        await seen(app, pilot, "! stale 0m", "the disk is gone", "INC-13")
        monkeypatch.setattr(app._feed, "poll", poll)
        for _ in range(6):
            app.poll()
            await pilot.pause()
        await seen(app, pilot, "live", "reads only")


async def test_an_empty_desk_says_so(desk: Desk) -> None:
    resolution.reopen(session_of(desk), [2], "to be cancelled")
    resolution.cancel(session_of(desk), [row.id for row in queue.page(session_of(desk), parse("")).rows], "all done")
    app = app_on(desk)
    async with watching(app, (80, 24)) as pilot:
        await seen(app, pilot, "Nothing is open.", "Nobody has any.", "0 open")


# --- in a real terminal ----------------------------------------------------------------------------------------------


def silent(terminal: Terminal, seconds: float) -> bool:
    """Whether the program writes nothing for so long."""
    before = len(terminal.output)
    try:
        terminal.wait_for(lambda _: len(terminal.output) > before, patience=seconds)
    except AssertionError:
        return True
    return False


def test_a_new_ticket_appears_and_nothing_is_written_while_nothing_changes(desk: Desk, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from itdesk.desk.session import open_desk;"
        "from itdesk.ui.watch import run;"
        "from tests.ui.looks import look; from tests.ui.world import session_of;"
        "sys.exit(run(session_of(open_desk(sys.argv[1]), 'otto'), look(), team=None, log=Path(sys.argv[2])))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "desk.sqlite3"), str(tmp_path / "log")]
    with Terminal(command, rows=16, columns=40) as terminal:
        terminal.wait_for("15 open")
        while not silent(terminal, 0.5):
            pass  # the rest of the first frame
        assert silent(terminal, 2.2), "two polls go by"
        submit(session_of(desk, "tariq"), NewTicket("Lift stuck, everybody is cut off today", requester="emil"))
        terminal.wait_for("16 open")
        terminal.wait_for("Lift stuck")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        terminal.restored()


@pytest.mark.parametrize(
    ("login", "options", "sentence"),
    [
        ("otto", ["--team", "netwrok"], "There is no team 'netwrok'; the teams are: network, service-desk, workplace."),
        ("marta", [], "marta is requester and may not watch the desk"),
    ],
)
def test_who_may_not_or_names_no_team_is_told_why(
    login: str, options: list[str], sentence: str, desk: Desk, tmp_path: Path
) -> None:
    database = str(tmp_path / "desk.sqlite3")
    command = [sys.executable, "-m", "itdesk", "--database", database, "--as", login, "watch", *options]
    with Terminal(command, columns=160) as terminal:
        assert terminal.wait_exit() == 1
        assert sentence in " ".join(terminal.text.split())


def test_the_command_follows_the_desk_of_a_team(desk: Desk, tmp_path: Path) -> None:
    database = str(tmp_path / "desk.sqlite3")
    command = [sys.executable, "-m", "itdesk", "--database", database, "--as", "otto", "watch", "--team", "network"]
    with Terminal(command) as terminal:
        terminal.wait_for("itdesk watch · network")
        terminal.wait_for("2 open")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
        terminal.restored()


async def test_the_panes_keys_are_those_of_the_action_table_and_help_shows_them(desk: Desk) -> None:
    app = app_on(desk)
    async with watching(app, (80, 24)) as pilot:
        await pilot.press("question_mark")
        text = await seen(app, pilot, "Help · watch")
        assert "team" in text
        assert "reply" not in text
        await pilot.press("escape")
        await seen(app, pilot, "Help · watch", gone=True)
        await pilot.press("right_square_bracket")
        await seen(app, pilot, "network")


async def test_a_keymap_moves_the_panes_keys(tmp_path: Path) -> None:
    desk = furnish(tmp_path / "desk.sqlite3", keymap={"next_team": ("n",), "go_back": ("z",)})
    try:
        app = app_on(desk)
        async with watching(app, (80, 24)) as pilot:
            await seen(app, pilot, "[ n team", "z quit")
            await pilot.press("n")
            await seen(app, pilot, "network")
    finally:
        desk.close()


async def test_it_ends_for_somebody_who_left(desk: Desk) -> None:
    app = app_on(desk, "jonas")
    async with app.run_test(size=(40, 12)) as pilot:
        await seen(app, pilot, "open")
        leave(Session(desk, SYSTEM, StillClock(NOW)), "jonas")
        app.poll()
        for _ in range(400):
            if not app.is_running:
                break
            await pilot.pause(0.01)
    assert app.ended_because == "jonas is no longer active at this desk."
