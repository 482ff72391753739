"""A server that takes what it is asked and never answers: that is noticed, said, and no reason not to end."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from itdesk.desk.session import Desk
from itdesk.ui import work
from itdesk.ui.messages import OpenTicket
from itdesk.ui.watch import WatchApp
from tests.support.postgres import PostgresServer
from tests.support.terminal import Terminal
from tests.ui import world
from tests.ui.looks import DARK, look
from tests.ui.visit import PATIENCE, visit
from tests.ui.widgets.host import screen_lines
from tests.ui.world import session_of

pytestmark = pytest.mark.postgres


@contextmanager
def frozen(server: PostgresServer, url: str) -> Iterator[None]:
    """All that the server does for this database stands still, and nobody new comes in."""
    if server.root is None:
        pytest.skip("stopping processes needs a server of our own")
    name = str(conninfo_to_dict(url)["dbname"])
    admit = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(server.uri, autocommit=True) as session:
        session.execute(admit.format(sql.Identifier(name), sql.Literal(False)))
        found = session.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [name]).fetchall()
        pids = [int(row[0]) for row in found]
        assert pids
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
            session.execute(admit.format(sql.Identifier(name), sql.Literal(True)))


@pytest.fixture
def desk(postgres_url: str) -> Iterator[Desk]:
    """A furnished desk on PostgreSQL."""
    opened = world.furnish(postgres_url)
    yield opened
    opened.close()


async def test_a_server_that_stopped_answering_is_noticed_and_works_on_afterwards(
    desk: Desk, postgres_server: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_SILENT_SECONDS", 0.5)
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenTicket(12))
        await visitor.sees("Timeline", "Same on the phone hotspot")
        await visitor.press("r")
        await visitor.type("Half a tho")
        await visitor.sees("draft kept")
        with frozen(postgres_server, postgres_url):
            await visitor.type("ught")
            await visitor.misses("draft kept ")
            await visitor.sees("! The database does not answer.", "has not answered for some seconds")
            await visitor.press("escape")
            await visitor.sees("Your reply on INC-12 is NOT saved", "draft NOT kept yet")
        await visitor.sees("The database answers again.", "draft kept")
        await visitor.misses("does not answer", "NOT kept")


async def test_the_live_pane_says_that_a_server_stopped_answering(
    desk: Desk, postgres_server: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_SILENT_SECONDS", 0.5)
    app = WatchApp(session_of(desk), look(DARK), team=None, teams=())
    try:
        async with app.run_test(size=(80, 24)) as pilot:

            async def sees(part: str) -> None:
                async with asyncio.timeout(PATIENCE):
                    while part not in "\n".join(screen_lines(app)):
                        await pilot.pause(0.02)

            await sees("SAP login")
            with frozen(postgres_server, postgres_url):
                await sees("has not answered")
    finally:
        await asyncio.to_thread(app.desk.threads.close)


@pytest.mark.parametrize("written", [False, True], ids=["nothing to lose", "a text to lose"])
def test_the_program_ends_though_the_server_does_not_answer(
    desk: Desk, postgres_server: PostgresServer, postgres_url: str, tmp_path: Path, written: bool
) -> None:
    desk.close()
    command = [sys.executable, "-m", "tests.ui.launch", postgres_url, str(tmp_path / "log"), "anna"]
    with Terminal(command, cwd=Path(__file__).parents[2]) as terminal:
        terminal.wait_for("INC-13")
        terminal.press("r")
        terminal.wait_for("REPLY to Emil")
        with frozen(postgres_server, postgres_url):
            if written:
                terminal.type("Half a tho")
                terminal.wait_for("Half a tho")
            terminal.press("ctrl+q")
            if written:
                terminal.wait_for("Quit and lose it?")
                terminal.press("y")
            assert terminal.wait_exit() == 0
            terminal.restored()
