"""Connections: every thread's own, each with the same promises."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.desk.session import Desk
from itdesk.models.fields import MomentField, from_microseconds, to_microseconds
from tests.support.desks import opened

PROMISES = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged change outlives a power cut
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "secure_delete": 1,
    "busy_timeout": 5000,
    "journal_size_limit": 64 * 1024 * 1024,
}


def promised(desk: Desk) -> dict[str, object]:
    return {name: desk.database.execute(f"PRAGMA {name}").fetchone()[0] for name in PROMISES}


def test_every_thread_has_a_connection_of_its_own_with_all_promises(sqlite_desk_url: str) -> None:
    with opened(sqlite_desk_url) as desk:
        found: list[dict[str, object]] = [promised(desk)]
        connections = {id(desk.database.engine.connection())}
        held = threading.Barrier(3, timeout=30)

        def look() -> None:
            found.append(promised(desk))
            connections.add(id(desk.database.engine.connection()))
            held.wait()
            desk.close()

        threads = [threading.Thread(target=look) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        desk.close()
        found.append(promised(desk))  # connected anew
    assert found == [PROMISES] * 5
    assert len(connections) == 4


def test_a_write_leaves_the_promises_as_they_were(sqlite_desk_url: str) -> None:
    with opened(sqlite_desk_url) as desk:
        desk.database.write(lambda: desk.database.execute("UPDATE meta SET value = value"))
        assert promised(desk) == PROMISES


def test_what_fails_is_rolled_back_whole(desk: Desk) -> None:
    def body() -> None:
        desk.database.execute("UPDATE meta SET value = 'lost' WHERE name = 'program_version'")
        raise KeyboardInterrupt

    before = [tuple(row) for row in desk.database.execute("SELECT * FROM meta ORDER BY name").fetchall()]
    with pytest.raises(KeyboardInterrupt):
        desk.database.write(body)
    assert [tuple(row) for row in desk.database.execute("SELECT * FROM meta ORDER BY name").fetchall()] == before
    assert desk.database.write(lambda: 7) == 7


def test_an_interrupt_right_behind_the_commit_is_told_as_what_it_is_and_what_was_written_stays(
    sqlite_desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(sqlite_desk_url) as desk:
        engine = desk.database.engine
        commit = engine.commit

        def commit_and_interrupt() -> None:
            commit()
            raise KeyboardInterrupt

        write = "INSERT INTO meta (name, value) VALUES ('{}', '1')".format
        with monkeypatch.context() as interrupted:
            interrupted.setattr(engine, "commit", commit_and_interrupt)
            with pytest.raises(KeyboardInterrupt):
                desk.database.write(lambda: desk.database.execute(write("one")))
        desk.database.write(lambda: desk.database.execute(write("two")))
        assert desk.database.row("SELECT count(*) FROM meta WHERE name IN ('one', 'two')") == (2,)


def test_a_snapshot_sees_one_moment(desk: Desk) -> None:
    def count() -> int:
        return int(desk.database.execute("SELECT count(*) FROM command").fetchone()[0])

    def insert() -> None:
        desk.database.write(lambda: desk.database.execute("INSERT INTO command VALUES ('k', '{}', 0)"))
        desk.close()

    with desk.database.snapshot():
        before = count()
        thread = threading.Thread(target=insert)
        thread.start()
        thread.join()
        assert count() == before
    assert count() == before + 1


FIRST, LAST = datetime(1, 1, 3), datetime(9999, 12, 29)  # noqa: DTZ001  the zones come on top
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(FIRST, LAST, timezones=ZONES)


@given(MOMENTS)
def test_a_moment_comes_back_exact_and_in_utc(moment: datetime) -> None:
    field = MomentField()
    stored = field.db_value(moment)
    assert stored is not None
    back = field.python_value(stored)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_stored_moments_sort_like_moments(one: datetime, other: datetime) -> None:
    assert (to_microseconds(one) < to_microseconds(other)) == (one < other)
    assert from_microseconds(to_microseconds(one)) == one


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        MomentField().db_value(datetime(2026, 1, 1))  # noqa: DTZ001
