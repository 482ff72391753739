"""The timer of open tickets counts what somebody really was there, and nothing twice."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from itdesk.ui.stopwatch import Stopwatch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
IDLE = timedelta(minutes=5)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_it_counts_the_ticket_in_front_and_keeps_what_was_counted() -> None:
    watch = Stopwatch(IDLE, NOON)
    watch.run(1, at(0))
    watch.touch(at(3))
    assert watch.minutes(1, at(4)) == 4
    watch.run(2, at(4))
    watch.touch(at(6))
    watch.stop(at(6.5))
    watch.touch(at(9))
    assert (watch.minutes(1, at(60)), watch.minutes(2, at(60))) == (4, 2)
    watch.run(1, at(10))
    assert watch.minutes(1, at(12)) == 6


def test_it_counts_no_more_while_nobody_is_there_and_goes_on_with_the_next_key() -> None:
    watch = Stopwatch(IDLE, NOON)
    watch.run(1, at(0))
    assert not watch.is_idle(at(5))
    assert watch.is_idle(at(6))
    assert watch.minutes(1, at(90)) == 5
    watch.touch(at(90))
    assert watch.minutes(1, at(92)) == 7


def test_what_was_logged_is_counted_no_more() -> None:
    watch = Stopwatch(IDLE, NOON)
    watch.run(1, at(0))
    watch.clear(1, at(4))
    assert watch.minutes(1, at(4)) == 0
    assert watch.minutes(1, at(5)) == 1


@given(st.lists(st.tuples(st.sampled_from(["run 1", "run 2", "stop", "touch"]), st.integers(0, 600)), max_size=30))
def test_it_never_counts_more_time_than_went_by(steps: list[tuple[str, int]]) -> None:
    watch, now = Stopwatch(IDLE, NOON), NOON
    for deed, seconds in steps:
        now += timedelta(seconds=seconds)
        match deed.split():
            case ["run", ticket]:
                watch.run(int(ticket), now)
            case ["stop"]:
                watch.stop(now)
            case _:
                watch.touch(now)
    assert 0 <= watch.minutes(1, now) + watch.minutes(2, now) <= (now - NOON) / timedelta(minutes=1)
