"""A database that cannot be used is told in a sentence; nothing is changed, nothing is lost."""

import os
import resource
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from itdesk.desk.compliance import verify_journal
from itdesk.desk.errors import Busy, DatabaseProblem, NotADesk, ReadOnly, Unavailable, Uncertain
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.session import Desk, open_desk
from itdesk.models import database
from itdesk.models.migrations.runner import NewerDatabase
from tests.support.command import itdesk
from tests.support.desks import SignIn, live_clock, opened, sign_in_at
from tests.support.postgres import PostgresServer
from tests.support.privileges import obey_file_modes

TICKET = NewTicket("Printer on floor 3 is out of paper")


def submit_at(desk: Desk) -> None:
    submit(sign_in_at(desk, live_clock)("desi"), TICKET)


def tickets_in(url: str) -> int:
    with opened(url) as desk:
        assert verify_journal(sign_in_at(desk, live_clock)("otto")).intact
        return int(desk.database.execute("SELECT count(*) FROM ticket").fetchone()[0])


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """The file is the same afterwards, byte for byte, and nothing new lies beside it."""
    before = path.read_bytes(), sorted(path.parent.iterdir())
    yield
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before


# What is no desk


@pytest.mark.parametrize("create", [False, True], ids=["opened", "made"])
@pytest.mark.parametrize("content", [b"Dear diary,\n", b"SQLite format 3\0 but not really" * 200], ids=["text", "fake"])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes, create: bool) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with unchanged(path), pytest.raises(DatabaseProblem, match=r"notes.txt .*(not a database|damaged)"):
        open_desk(str(path), create=create)


@pytest.mark.parametrize("create", [False, True], ids=["opened", "made"])
def test_the_database_of_another_program_stays_as_it_is(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE meta (name TEXT, value TEXT); CREATE TABLE photo (id INTEGER)")
    with unchanged(path), pytest.raises(NotADesk, match="another program"):
        open_desk(str(path), create=create)


def test_an_empty_file_is_no_desk_yet(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with unchanged(path), pytest.raises(Unavailable, match="itdesk init"):
        open_desk(str(path))


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    for place in (tmp_path / "none.sqlite3", tmp_path / "none" / "none.sqlite3"):
        with pytest.raises(Unavailable, match="There is no desk at"):
            open_desk(str(place))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_and_a_pipe_are_no_desks(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place in (tmp_path, pipe):
        with pytest.raises(NotADesk):
            open_desk(str(place))


@pytest.mark.parametrize("keep", [100, 5000], ids=["cut in the header", "cut in the middle"])
def test_a_database_that_was_cut_off(sqlite_desk_url: str, keep: int) -> None:
    os.truncate(sqlite_desk_url, keep)
    with pytest.raises(DatabaseProblem, match=r"damaged|not a database"), opened(sqlite_desk_url) as desk:
        submit_at(desk)


def test_a_database_whose_pages_were_overwritten(sqlite_desk_url: str) -> None:
    with Path(sqlite_desk_url).open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096 * 60)
    with pytest.raises(DatabaseProblem, match="damaged"), opened(sqlite_desk_url) as desk:
        submit_at(desk)


@pytest.mark.postgres
def test_an_empty_postgresql_database_is_no_desk_yet(postgres_url: str) -> None:
    with pytest.raises(Unavailable, match="itdesk init"):
        open_desk(postgres_url)


@pytest.mark.postgres
def test_a_postgresql_database_that_is_not_there(postgres_server: PostgresServer) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        open_desk(postgres_server.database_uri("nobody_made_this"))


def test_a_postgresql_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        open_desk(f"postgresql:///desk?host={tmp_path}")


def test_a_password_in_a_url_is_never_shown(tmp_path: Path) -> None:
    for url in (
        f"postgresql://tom:hunter2@/desk?host={tmp_path}",
        f"postgresql:///desk?host={tmp_path}&user=tom&password=hunter2",
    ):
        with pytest.raises(Unavailable) as refusal:
            open_desk(url)
        assert "hunter2" not in str(refusal.value)


# What is newer than the program


def test_a_desk_of_a_newer_program_is_left_alone(desk_url: str) -> None:
    with opened(desk_url) as desk:
        desk.database.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
        desk.database.execute("UPDATE meta SET value = '9.9.9' WHERE name = 'program_version'")
    for create in (False, True):
        with pytest.raises(NewerDatabase, match=r"9\.9\.9.*[Uu]pgrade"):
            open_desk(desk_url, create=create)


def test_a_session_that_is_open_while_another_program_upgrades_the_desk_writes_nothing(
    desk_url: str, desk: Desk, sign_in_as: SignIn
) -> None:
    session = sign_in_as("desi")
    submit(session, TICKET)
    raise_version(desk_url)
    with pytest.raises(NewerDatabase):
        submit(session, TICKET)


def raise_version(url: str) -> None:
    """As a newer program would, from a connection of its own."""
    statement = "UPDATE meta SET value = '99' WHERE name = 'schema_version'"
    if url.startswith("postgres"):
        with psycopg.connect(url) as connection:
            connection.execute(statement)
    else:
        with closing(sqlite3.connect(url)) as lite:
            lite.execute(statement)
            lite.commit()


# What may not be written


def test_a_read_only_file_takes_no_ticket_and_says_so(sqlite_desk_url: str) -> None:
    path = Path(sqlite_desk_url)
    path.chmod(0o400)
    before = path.read_bytes()
    itdesk("new", "Printer", database=sqlite_desk_url, login="desi", preexec=obey_file_modes).refused("read-only")
    assert path.read_bytes() == before


def test_a_desk_in_a_read_only_folder_takes_no_ticket_and_says_so(sqlite_desk_url: str) -> None:
    folder = Path(sqlite_desk_url).parent
    folder.chmod(0o500)
    try:
        finished = itdesk("new", "Printer", database=sqlite_desk_url, login="desi", preexec=obey_file_modes)
        finished.refused("write access")
    finally:
        folder.chmod(0o700)
    assert tickets_in(sqlite_desk_url) == 0


def test_a_file_that_may_not_be_read_says_so(sqlite_desk_url: str) -> None:
    Path(sqlite_desk_url).chmod(0)
    for command in (("list",), ("new", "Printer")):
        itdesk(*command, database=sqlite_desk_url, login="desi", preexec=obey_file_modes).refused(sqlite_desk_url)


def test_a_folder_that_may_not_be_entered_says_so(sqlite_desk_url: str) -> None:
    folder = Path(sqlite_desk_url).parent
    folder.chmod(0)
    try:
        itdesk("list", database=sqlite_desk_url, login="desi", preexec=obey_file_modes).refused(sqlite_desk_url)
    finally:
        folder.chmod(0o700)


def test_a_read_only_postgresql_shows_and_takes_nothing(
    postgres_desk_url: str, postgres_server: PostgresServer
) -> None:
    with opened(postgres_desk_url) as desk:
        desk.database.execute("SET default_transaction_read_only = on")
        with pytest.raises(ReadOnly):
            submit_at(desk)


# What somebody else holds


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Another program writes, and takes its time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_a_desk_that_stays_locked_is_told_and_can_still_be_read(
    sqlite_desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with opened(sqlite_desk_url) as desk, locked(sqlite_desk_url):
        with pytest.raises(Busy, match="Another program"):
            submit_at(desk)
        assert desk.database.execute("SELECT count(*) FROM ticket").fetchone()[0] == 0


def test_a_desk_that_is_locked_for_a_moment_takes_the_ticket_afterwards(sqlite_desk_url: str) -> None:
    with (
        opened(sqlite_desk_url) as desk,
        closing(sqlite3.connect(sqlite_desk_url, isolation_level=None, check_same_thread=False)) as other,
    ):
        other.execute("BEGIN EXCLUSIVE")
        threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()
        submit_at(desk)
    assert tickets_in(sqlite_desk_url) == 1


# What goes away while it is open


def delete(path: Path) -> None:
    path.unlink()


def move_away(path: Path) -> None:
    path.rename(path.with_name("moved.sqlite3"))


def restore_another(path: Path) -> None:
    other = path.with_name("restored")
    shutil.copyfile(path, other)
    other.replace(path)


@pytest.mark.parametrize("happens", [delete, move_away, restore_another])
def test_a_desk_whose_file_goes_away_while_it_is_open(sqlite_desk_url: str, happens: Callable[[Path], None]) -> None:
    path = Path(sqlite_desk_url)
    with opened(sqlite_desk_url) as desk:
        submit_at(desk)
        happens(path)
        there = path.exists()
        with pytest.raises(Unavailable, match="is gone"):
            submit_at(desk)
        with pytest.raises(Unavailable, match="is gone"):
            desk.database.state_mark()
        assert path.exists() == there, "a file that was deleted is not made anew"


@pytest.mark.postgres
def test_after_a_restart_of_the_server_the_first_change_and_the_first_reading_are_done(
    postgres_desk_url: str, postgres_server: PostgresServer
) -> None:
    with opened(postgres_desk_url) as desk:
        submit_at(desk)
        cut_connections(postgres_server, postgres_desk_url)
        submit_at(desk)
        cut_connections(postgres_server, postgres_desk_url)
        assert desk.database.row("SELECT count(*) FROM ticket")[0] == 2
        cut_connections(postgres_server, postgres_desk_url)
        with desk.database.snapshot():
            assert desk.database.row("SELECT count(*) FROM ticket")[0] == 2


@pytest.mark.postgres
def test_a_change_whose_connection_is_cut_under_way_is_told_and_not_begun_again(
    postgres_desk_url: str, postgres_server: PostgresServer
) -> None:
    runs = []

    def body() -> None:
        runs.append(desk.database.row("SELECT count(*) FROM ticket"))
        if len(runs) == 1:
            cut_connections(postgres_server, postgres_desk_url)
        desk.database.execute("UPDATE meta SET value = value")

    with opened(postgres_desk_url) as desk:
        with pytest.raises(Unavailable, match="does not answer"):
            desk.database.write(body)
        assert len(runs) == 1
        submit_at(desk)
    assert tickets_in(postgres_desk_url) == 1


@pytest.mark.postgres
def test_a_change_whose_connection_is_cut_while_it_is_kept_is_told_as_uncertain(
    postgres_desk_url: str, postgres_server: PostgresServer
) -> None:
    def body() -> None:
        desk.database.execute("UPDATE meta SET value = value")
        cut_connections(postgres_server, postgres_desk_url)

    with opened(postgres_desk_url) as desk:
        with pytest.raises(Uncertain, match="It may be done or not; look before you do it again"):
            desk.database.write(body)
        submit_at(desk)
    assert tickets_in(postgres_desk_url) == 1


@pytest.mark.postgres
def test_what_is_read_at_one_moment_is_never_read_on_at_another(
    postgres_desk_url: str, postgres_server: PostgresServer
) -> None:
    with opened(postgres_desk_url) as desk:

        def read() -> None:
            with desk.database.snapshot():
                desk.database.row("SELECT count(*) FROM ticket")
                cut_connections(postgres_server, postgres_desk_url)
                desk.database.row("SELECT count(*) FROM ticket")

        with pytest.raises(Unavailable, match="does not answer"):
            read()
        assert desk.database.row("SELECT count(*) FROM ticket")[0] == 0


def cut_connections(server: PostgresServer, url: str) -> None:
    """As a restarting server does to everybody."""
    if server.superuser_uri is None:
        pytest.skip("cutting connections needs a server of our own")
    with psycopg.connect(server.superuser_uri, autocommit=True) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [conninfo_to_dict(url)["dbname"]],
        )


# A full disk


def test_a_full_disk_refuses_the_ticket_and_keeps_the_desk_whole(sqlite_desk_url: str) -> None:
    size = Path(sqlite_desk_url).stat().st_size

    def limit() -> None:
        # Room for a few pages of the write-ahead log, then no more.
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    body = "x" * 100_000
    itdesk("new", "Printer", "--body", body, database=sqlite_desk_url, login="desi", preexec=limit).refused(
        "Nothing was"
    )
    assert Path(sqlite_desk_url).stat().st_size >= size
    assert tickets_in(sqlite_desk_url) == 0
    assert itdesk("new", "Printer", database=sqlite_desk_url, login="desi").status == 0
    assert tickets_in(sqlite_desk_url) == 1


@pytest.mark.parametrize("room", [0, 4096, 50_000])
def test_a_full_disk_refuses_a_new_desk_and_a_later_try_makes_it(tmp_path: Path, room: int) -> None:
    path = tmp_path / "desk.sqlite3"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    itdesk("init", database=str(path), preexec=limit).failed()
    made = itdesk("init", database=str(path))
    assert made.status == 0, made
    assert itdesk("new", "Printer", database=str(path)).status == 0
