"""Calendar files that the screens write."""

from datetime import date
from pathlib import Path

import pytest

from itdesk.cli.calendars import write_calendar
from itdesk.desk import schedule
from itdesk.desk.errors import Refused
from tests.support.desks import SignIn

MONDAY = date(2026, 3, 2)


def test_a_file_is_written_anew_and_nothing_but_a_calendar_is(sign_in_as: SignIn, tmp_path: Path) -> None:
    schedule.add_weekly_shifts(sign_in_as("lea"), ["tom"], range(7), 480, 960, first_day=MONDAY)
    tom, file = sign_in_as("tom"), tmp_path / "tom.ics"
    for _ in range(2):
        assert write_calendar(tom, str(file), MONDAY, 1, None, "tom") == f"Wrote 7 entries to {file}."
    assert file.read_bytes().count(b"BEGIN:VEVENT") == 7
    other = tmp_path / "notes.txt"
    other.write_text("mine")
    with pytest.raises(Refused, match=r"ends in \.ics"):
        write_calendar(tom, str(other), MONDAY, 1, None, "tom")
    with pytest.raises(Refused, match="could not be written: No such file or directory"):
        write_calendar(tom, str(tmp_path / "nowhere" / "tom.ics"), MONDAY, 1, "network", None)
    assert other.read_text() == "mine"
