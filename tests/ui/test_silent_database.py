"""The database falls silent while one works: what is said is true, and no text is lost without a question."""

import gc
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

import peewee
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from itdesk.desk import communication, form_drafts, intake
from itdesk.desk.queries import tickets
from itdesk.desk.session import Desk
from itdesk.ui.messages import OpenTicket
from itdesk.ui.ticket import TicketScreen
from tests.support.postgres import PostgresServer
from tests.ui import world
from tests.ui.visit import Visit, visit
from tests.ui.world import session_of

VPN = 12
NOT_SAVED = "NOT saved: only this screen has it."


@asynccontextmanager
async def silence(visitor: Visit) -> AsyncIterator[None]:
    """The database takes nothing before the end of this; then it is heard of at once."""
    path = Path(visitor.desk.name)
    hidden = path.rename(f"{path}.hidden")  # noqa: ASYNC240 the test may wait for it
    yield
    hidden.rename(path)
    visitor.app._polls_to_skip = 0
    visitor.app.poll()
    await visitor.sees("The database answers again.")
    await visitor.at_rest()


async def write_reply(visitor: Visit) -> None:
    visitor.app.post_message(OpenTicket(VPN))
    await visitor.sees("Timeline", "Same on the phone hotspot")
    await visitor.at_rest()
    await visitor.press("r")
    await visitor.sees("REPLY to")
    await visitor.type("Half a tho")


async def write_ticket(visitor: Visit) -> None:
    await visitor.press("n")
    await visitor.sees("New ticket")
    await visitor.type("marta")
    await visitor.press("tab", "tab")
    await visitor.type("Half a tho")


async def write_form(visitor: Visit) -> None:
    await visitor.press("x")
    await visitor.sees("Resolve INC-13")
    await visitor.type("Half a tho")


def reply(desk: Desk) -> Sequence[str]:
    return [draft.text for draft in communication.drafts(session_of(desk), VPN)]


def ticket(desk: Desk) -> Sequence[str]:
    kept = intake.kept_draft(session_of(desk))
    return [kept.new.subject] if kept else []


def form(desk: Desk) -> Sequence[str]:
    found = form_drafts.Form("Resolve INC-13", (13,))
    return list(form_drafts.form_texts(session_of(desk), found).values())


@pytest.mark.parametrize(
    ("write", "name", "kept"),
    [
        (write_reply, "Your reply on INC-12", reply),
        (write_ticket, "Your new ticket", ticket),
        (write_form, "Your text in “Resolve INC-13”", form),
    ],
    ids=["reply", "new ticket", "form"],
)
async def test_a_text_that_is_not_saved_is_said_to_be_so_and_quitting_asks_whether_to_lose_it(
    desk: Desk, write: Callable[[Visit], object], name: str, kept: Callable[[Desk], Sequence[str]]
) -> None:
    async with visit(desk) as visitor:
        await write(visitor)  # type: ignore[misc]
        await visitor.at_rest()
        async with silence(visitor):
            await visitor.type("ught")
            for _ in range(2):
                await visitor.press("escape")
                await visitor.sees(f"{name} is {NOT_SAVED}", "! The database does not answer.")
                assert "kept" not in visitor.status
            await visitor.press("ctrl+q")
            await visitor.sees("Quit and lose it?", f"{name} is not saved: the database")
            await visitor.press("ctrl+q", "enter")
            await visitor.misses("Quit and lose it?")
            assert visitor.app.is_running
        assert kept(desk) == ["Half a thought"]
        await visitor.press("ctrl+q")
        await visitor.until(lambda: visitor.app._exit, "the end")


@pytest.mark.parametrize(
    ("before", "key", "done"),
    [
        (("j",), "t", "Took INC-10 from jonas. u undo"),
        (("c", *"MTU", "escape"), "s", "Noted on INC-13. u undo"),
    ],
    ids=["verb", "composer"],
)
async def test_an_act_that_waits_for_the_database_says_so_until_it_is_done(
    desk: Desk, before: Sequence[str], key: str, done: str
) -> None:
    async with visit(desk) as visitor:
        await visitor.press(*before)
        await visitor.rests()
        await visitor.at_rest()
        with closing(sqlite3.connect(visitor.desk.name, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            visitor.hit(key)
            await visitor.sees("The desk has not answered yet: what you did waits for the database.")
            other.execute("COMMIT")
        await visitor.sees(done)
        await visitor.misses("has not answered")


async def test_q_and_q_behind_a_text_that_is_not_saved_do_not_quit(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write_reply(visitor)
        async with silence(visitor):
            await visitor.press("escape", "escape", "q", "q")
            await visitor.sees("Quit and lose it?")
            await visitor.press("escape")
        assert reply(desk) == ["Half a tho"]


@pytest.mark.parametrize("written_before", [False, True], ids=["just written", "found again"])
async def test_a_text_that_is_saved_is_no_reason_to_ask(desk: Desk, written_before: bool) -> None:
    async with visit(desk) as visitor:
        await write_reply(visitor)
        await visitor.sees("draft kept")
        if written_before:
            await visitor.press("escape", "escape")
            await visitor.misses("REPLY to")
            await visitor.press("r")
            await visitor.sees("REPLY to", "draft ", "Half a tho")
        path = Path(visitor.desk.name)
        path.rename(f"{path}.hidden")  # noqa: ASYNC240 the test may wait for it
        await visitor.press("ctrl+q")
        await visitor.until(lambda: visitor.app._exit, "the end", patience=3)


async def test_whoever_says_so_quits_and_loses_it(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write_reply(visitor)
        path = Path(visitor.desk.name)
        path.rename(f"{path}.hidden")  # noqa: ASYNC240 the test may wait for it
        await visitor.press("ctrl+q")
        await visitor.sees("Quit and lose it?")
        await visitor.press("y")
        await visitor.until(lambda: visitor.app._exit, "the end")


async def test_a_text_is_said_to_be_kept_only_as_long_as_all_of_it_is(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write_reply(visitor)
        await visitor.sees("draft kept")
        async with silence(visitor):
            await visitor.type("ught")
            await visitor.misses("draft kept")
            await visitor.sees("draft NOT kept")
            assert "nothing is lost" not in visitor.text
        assert reply(desk) == ["Half a thought"]


async def test_a_text_that_shall_be_thrown_away_stays_while_the_database_does_not_answer(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write_reply(visitor)
        async with silence(visitor):
            await visitor.press("escape", "D", "y")
            await visitor.sees("That was not done: the database does not answer.")
            assert "Half a tho" in visitor.text
        assert reply(desk) == ["Half a tho"]


@pytest.mark.postgres
async def test_a_role_that_may_only_read_is_told_so_and_that_its_text_is_not_saved(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    if postgres_server.superuser_uri is None:
        pytest.skip("cutting connections needs a server of our own")
    desk = world.furnish(postgres_url)
    name = conninfo_to_dict(postgres_url)["dbname"]
    with psycopg.connect(postgres_server.superuser_uri, autocommit=True) as session:
        session.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        session.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
    async with visit(desk) as visitor:
        await visitor.press("t")
        await visitor.sees("That was not done: you may only read this database.")
        await write_reply(visitor)
        await visitor.press("escape")
        await visitor.sees("Your reply on INC-12 is NOT saved.")
        await visitor.press("ctrl+q")
        await visitor.sees("Quit and lose it?", "Your reply on INC-12 is not saved.", "may not be written by this role")
        await visitor.press("n")
        await visitor.misses("Quit and lose it?", "does not answer")
    desk.close()


@asynccontextmanager
async def deafness(visitor: Visit) -> AsyncIterator[None]:
    """Nothing can be read either before the end of this."""
    engine = visitor.desk.database.engine

    def refuse(*_: object) -> None:
        raise peewee.OperationalError("unable to open database file")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(engine, "execute_sql", refuse)
        yield
    visitor.app._polls_to_skip = 0
    visitor.app.poll()
    await visitor.sees("The database answers again.")
    await visitor.at_rest()


async def test_view_filter_and_rows_belong_together_though_the_next_view_cannot_be_read(desk: Desk) -> None:
    async with visit(desk) as visitor:
        rows = visitor.lines[3:18]
        async with deafness(visitor):
            for keys, said in (
                (("]",), "That could not be read: the list still shows All."),
                (("/", *"vpn", "enter"), "the list still shows All."),
                (("o",), "the list still shows All."),
            ):
                await visitor.press(*keys)
                await visitor.sees(said, "! The database does not answer.")
                await visitor.sees("/ status:open ", "open tickets, fair order")
                assert "vpn" not in visitor.row("/ status:open")
                assert visitor.lines[3:14] == rows[:11]
        await visitor.press("]")
        await visitor.sees("/ @me")


async def test_a_filter_that_cannot_be_read_stays_while_one_types_and_is_read_later(desk: Desk) -> None:
    async with visit(desk) as visitor:
        async with deafness(visitor):
            await visitor.press("/", *"vpn")
            await visitor.sees("That could not be read", "/ status:open vpn")
        await visitor.sees("with “vpn”", "1-1 of 1")


async def test_tickets_that_one_passed_over_while_nothing_could_be_read_leave_no_trace(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenTicket(VPN))
        await visitor.sees("Timeline 4")
        async with deafness(visitor):
            screen = visitor.app.screen
            assert isinstance(screen, TicketScreen)
            for number in (8, 15, VPN, 8):
                screen.open(number)
            await visitor.sees("could not be read")
    gc.collect()
    assert not caplog.records


async def test_of_a_ticket_that_could_not_be_read_nothing_of_another_stands_there(desk: Desk) -> None:
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenTicket(VPN))
        await visitor.sees("Timeline 4", "Same on the phone hotspot")
        await visitor.press("q")
        await visitor.sees("fair order")
        async with deafness(visitor):
            await visitor.press("enter")
            await visitor.sees("‹ INC-13", "The ticket could not be read. ctrl+r tries again.")
            await visitor.sees("! The database does not answer.")
            await visitor.misses("Timeline 4", "hotspot", "reading …")
        await visitor.sees("Nobody can book", "Timeline")
        await visitor.misses("does not answer")


async def test_what_is_typed_for_a_form_or_a_text_that_does_not_open_acts_on_nothing(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("j")
        async with deafness(visitor):
            await visitor.press("n", *"tx")
            await visitor.sees("The form was not opened: your draft of it could not be read.")
            await visitor.misses("Resolve INC")
            await visitor.rests()
            await visitor.press("r", *"tx")
            await visitor.sees("nothing of what you typed was written or done")
            await visitor.misses("Resolve INC")
        assert tickets.view(session_of(desk), 10).assignee == "jonas"


async def test_the_form_of_a_new_ticket_opens_with_what_the_database_did_not_take(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await write_ticket(visitor)
        async with silence(visitor):
            await visitor.press("escape", "escape")
            await visitor.sees("fair order", f"Your new ticket is {NOT_SAVED}")
            await visitor.press("n")
            await visitor.sees("New ticket", "Half a tho")
        assert ticket(desk) == ["Half a tho"]
