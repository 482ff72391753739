"""News: what others did reaches an open session, and where nothing happened nothing is asked."""

import select
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from itdesk.desk import rulebook, triage
from itdesk.desk.errors import Unavailable
from itdesk.desk.queries import feed as feed_module
from itdesk.desk.queries import queue
from itdesk.desk.queries.feed import Feed
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.models.listener import Listener
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock, opened, shipped_rulebook, sign_in_at


def elsewhere(desk: Desk, act: Callable[[], object]) -> None:
    """Do something on another thread, and so on another connection."""
    problems: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            problems.append(error)
        finally:
            desk.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert problems == []


def opened_elsewhere(desk: Desk, sign_in_as: SignIn, count: int = 1) -> list[int]:
    tickets: list[int] = []

    elsewhere(desk, lambda: tickets.extend(open_ticket(sign_in_as) for _ in range(count)))
    return tickets


def up_to_date(sign_in_as: SignIn) -> Feed:
    feed = Feed(sign_in_as("tom"), queue.last_change(sign_in_as("tom")))
    feed.poll()
    return feed


def test_a_ticket_that_another_connection_opened_is_news_once(desk: Desk, sign_in_as: SignIn) -> None:
    feed = up_to_date(sign_in_as)
    assert feed.poll() is None
    tickets = opened_elsewhere(desk, sign_in_as, 2)
    news = feed.poll()
    assert news is not None
    assert (news.ticket_ids, news.many, news.rulebook) == (tuple(tickets), False, False)
    assert news.seq == queue.last_change(sign_in_as("tom")) == feed.seq
    assert feed.poll() is None


def test_ones_own_changes_are_news_when_asked_for(sign_in_as: SignIn) -> None:
    feed = up_to_date(sign_in_as)
    ticket = open_ticket(sign_in_as)
    news = feed.poll(own_writes=True)
    assert news is not None
    assert news.ticket_ids == (ticket,)


def test_so_many_that_nobody_wants_them_named(desk: Desk, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "LIMIT", 5)
    tickets = [open_ticket(sign_in_as) for _ in range(6)]
    feed = up_to_date(sign_in_as)

    def tag(some: list[int], name: str) -> None:
        elsewhere(desk, lambda: triage.tag(sign_in_as("tom"), some, add=[name]))

    tag(tickets[:5], "a")
    news = feed.poll()
    assert news is not None
    assert news.ticket_ids == tuple(tickets[:5])
    tag(tickets, "b")
    news = feed.poll()
    assert news is not None
    assert (news.many, news.ticket_ids, news.seq) == (True, (), queue.last_change(sign_in_as("tom")))
    for name in range(20):
        tag(tickets, f"c{name}")
    news = feed.poll()
    assert news is not None
    assert (news.many, news.rulebook, news.seq) == (True, True, queue.last_change(sign_in_as("tom")))
    assert feed.poll() is None


def test_a_new_rulebook_is_news(desk: Desk, sign_in_as: SignIn, clock: StillClock) -> None:
    feed = up_to_date(sign_in_as)
    elsewhere(desk, lambda: rulebook.adopt(Session(desk, SYSTEM, clock), shipped_rulebook(), "another hash"))
    news = feed.poll()
    assert news is not None
    assert news.rulebook
    assert news.ticket_ids == ()


@contextmanager
def counted(desk: Desk, statements: list[str]) -> Iterator[None]:
    connection: sqlite3.Connection = desk.database.engine.connection()
    connection.set_trace_callback(statements.append)
    try:
        yield
    finally:
        connection.set_trace_callback(None)


def heard(file: int | None, patience: float = 30) -> bool:
    """Whether there is something to hear, within so many seconds."""
    assert file is not None
    return bool(select.select([file], [], [], patience)[0])


def quiet(feed: Feed) -> int | None:
    """The file that the feed listens on, once what was announced before, or the end of a connection, has come in."""
    file = feed.listen()
    while heard(file, patience=0.05):
        feed.poll()
        file = feed.listen()
    return file


@pytest.mark.postgres
def test_who_listens_hears_at_once_what_others_did_and_then_only_what_is_new(postgres_desk_url: str) -> None:
    with opened(postgres_desk_url) as desk:
        sign_in_as = sign_in_at(desk, StillClock())
        feed = up_to_date(sign_in_as)
        for _ in range(2):
            file = quiet(feed)
            tickets = opened_elsewhere(desk, sign_in_as, 2)
            assert heard(file)
            news = feed.poll()
            assert news is not None
            assert news.ticket_ids == tuple(tickets)


@pytest.mark.postgres
def test_who_lost_the_connection_misses_nothing_and_listens_again(postgres_desk_url: str) -> None:
    with opened(postgres_desk_url) as desk:
        sign_in_as = sign_in_at(desk, StillClock())
        feed = up_to_date(sign_in_as)
        file = feed.listen()
        tickets = opened_elsewhere(desk, sign_in_as)
        cut = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'LISTEN itdesk'"
        )
        assert desk.database.execute(cut).fetchall() == [(True,)]
        assert heard(file), "a lost connection is worth a look"
        news = feed.poll()
        assert news is not None
        assert news.ticket_ids == tuple(tickets)
        file = quiet(feed)
        opened_elsewhere(desk, sign_in_as)
        assert heard(file)


@pytest.mark.postgres
def test_where_the_server_grants_no_second_connection_polls_tell_all_and_it_is_seldom_asked(
    postgres_desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Listener, "connect", asked.append)
    with opened(postgres_desk_url) as desk:
        sign_in_as = sign_in_at(desk, StillClock())
        feed = up_to_date(sign_in_as)
        assert [feed.listen() for _ in range(20)] == [None] * 20
        assert len(asked) == 2
        tickets = opened_elsewhere(desk, sign_in_as)
        news = feed.poll()
        assert news is not None
        assert news.ticket_ids == tuple(tickets)


@pytest.mark.sqlite
def test_on_sqlite_there_is_nothing_to_listen_to(sqlite_desk_url: str) -> None:
    with opened(sqlite_desk_url) as desk:
        assert up_to_date(sign_in_at(desk, StillClock())).listen() is None


@pytest.mark.sqlite
def test_where_nothing_happened_no_table_is_read(sqlite_desk_url: str) -> None:
    with opened(sqlite_desk_url) as desk:
        sign_in_as = sign_in_at(desk, StillClock())
        feed = up_to_date(sign_in_as)
        statements: list[str] = []
        with counted(desk, statements):
            for _ in range(3):
                assert feed.poll() is None
        assert statements == ["PRAGMA data_version"] * 3


@pytest.mark.sqlite
def test_a_desk_that_was_deleted_while_open_is_told_in_a_sentence(sqlite_desk_url: str) -> None:
    with opened(sqlite_desk_url) as desk:
        feed = up_to_date(sign_in_at(desk, StillClock()))
        Path(sqlite_desk_url).unlink()
        with pytest.raises(Unavailable, match=r"is gone: the file was moved or deleted.*\.$"):
            feed.poll()


@pytest.mark.sqlite
def test_news_of_another_program_on_the_same_file(sqlite_desk_url: str) -> None:
    with opened(sqlite_desk_url) as desk:
        sign_in_as = sign_in_at(desk, StillClock())
        feed = up_to_date(sign_in_as)
        with closing(sqlite3.connect(sqlite_desk_url)) as other:
            other.execute("INSERT INTO meta VALUES ('touched', '1')")
            other.commit()
        assert feed.poll() is None, "another program wrote, but nothing happened at the desk"
