"""Working time is read as people write it, and said so that it reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.work_time import MOST_MINUTES, in_words, parse_minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("25m", 25),
        ("25", 25),
        ("25 min", 25),
        ("1h", 60),
        ("1h30", 90),
        ("1h30m", 90),
        ("1h5m", 65),
        ("1:05", 65),
        ("1.5h", 90),
        ("0,25h", 15),
        (" 2 H ", 120),
        ("24h", 1440),
        ("", None),
        ("h", None),
        ("0m", None),
        ("25h", None),
        ("1h75", None),
        ("-5m", None),
        ("soon", None),
    ],
)
def test_a_time_is_read_as_it_is_written(text: str, minutes: int | None) -> None:
    assert parse_minutes(text) == minutes


@given(st.integers(1, MOST_MINUTES))
def test_what_is_said_reads_back(minutes: int) -> None:
    assert parse_minutes(in_words(minutes)) == minutes
