"""`itdesk schedule` and `itdesk visit`: all that the schedule can do, typed."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest

from tests.cli.conftest import CommandLine

YEAR = datetime.now(UTC).year + 1
"""The command line's clock is the real one; visits are planned in the year to come."""


def opened(cli: CommandLine) -> str:
    """A ticket in Tom's hands."""
    (number,) = cli.told("new", "VPN drops", "--requester", "rita", login="tom")["tickets"]
    cli.done("take", number, login="tom")
    return str(number)


def test_shifts_are_planned_shown_changed_and_taken_back(cli: CommandLine) -> None:
    add = ("schedule", "shift", "add", "tom", "--days", "mon,wed", "--times", "08:00-16:00", "--from", "2026-03-02")
    assert cli.done(*add, login="lea") == (
        "tom is on shift mon,wed 08:00-16:00 from Mon 2 Mar 2026 on. tom had no shifts and counted as always there; "
        "from now on only during shifts.\n"
    )
    first, second = cli.told("schedule", "shift", "list", "tom", login="tom")
    assert (first["weekday"], first["starts"], first["last_day"]) == ("mon", "08:00", None)
    cli.done("schedule", "shift", "change", str(second["id"]), "--times", "22-6", "--until", "2026-12-31", login="lea")
    cli.done("schedule", "shift", "move", "tom", "2026-03-02", "--to", "2026-03-03", "--times", "9-12", login="lea")
    cli.done("schedule", "shift", "add", "tina", "--on", "2026-03-05", "--times", "10:00-14:00", login="lea")
    cli.done("schedule", "swap", "tom", "2026-03-04", "tina", "2026-03-05", login="lea")

    shown = cli.done("schedule", "show", "--week", "2026-03-05", "--team", "network", login="tom").splitlines()
    assert shown[0] == "Mon 2 Mar 2026 to Sun 8 Mar 2026, Europe/Berlin"
    rows = [line.split() for line in shown[3:6]]
    assert [(row[0], row[4], row[5]) for row in rows] == [
        ("Tue", "09:00-12:00", "tom"),
        ("Wed", "22:00-06:00", "tina"),
        ("Thu", "10:00-14:00", "tom"),
    ]
    assert shown[-1] == "Without shifts, so always there unless away: lea."

    assert cli.done("schedule", "undo", login="lea") == "Undid the swap of shifts of tom and tina.\n"
    cli.done("schedule", "shift", "drop", "tom", "2026-03-09", login="lea")
    cli.done("schedule", "shift", "remove", str(first["id"]), login="lea")
    assert len(cli.told("schedule", "shift", "list", "tom", login="tom")) == 1
    assert "may not plan shifts" in cli.refused(*add, login="tom")


def test_absences_and_duty_on_call(cli: CommandLine) -> None:
    day = ("--from", "2026-03-03", "--until", "2026-03-04")
    added = cli.done("schedule", "absence", "add", "tom", *day, "--reason", "holiday", login="tom")
    assert added == "tom is away Tue 3 Mar 2026 to Wed 4 Mar 2026: holiday.\n"
    call = ("--from", "2026-03-03 16:00", "--until", "2026-03-04 08:00")
    cli.done("schedule", "on-call", "add", "tom", *call, login="lea")
    (tom,) = cli.told("schedule", "show", "--day", "2026-03-03", "--person", "tom", login="tina")["people"]
    assert tom["absences"] == [
        {"id": 1, "start": "2026-03-02T23:00:00Z", "end": "2026-03-04T23:00:00Z", "reason": "holiday"}
    ]
    assert (tom["on_call"][0]["team"], tom["conflicts"][0]["clash"]) == ("network", "on_call_while_away")
    page = cli.done("schedule", "show", "--day", "2026-03-03", login="tina")
    assert "to Wed 4 Mar 2026 tom away: holiday (absence 1)" in page
    assert "! Tue 3 Mar 2026 16:00 to Wed 4 Mar 2026 08:00  tom is away (holiday) and on call" in page
    changed = cli.done("schedule", "absence", "change", "1", "--until", "open", "--reason", "sick", login="tom")
    assert changed == "tom is now away from Tue 3 Mar 2026 00:00 on: sick. To settle: duty on call then.\n"
    cli.done("schedule", "absence", "remove", "1", login="tom")
    cli.done("schedule", "on-call", "remove", "1", login="lea")
    assert "Nothing is planned." in cli.done("schedule", "show", "--day", "2026-03-03", "--person", "tom", login="tom")


def test_duty_on_call_changes_and_cover_is_asked_for(cli: CommandLine) -> None:
    call = ("--from", "2026-03-03 16:00", "--until", "2026-03-04 08:00")
    cli.done("schedule", "on-call", "add", "tom", *call, login="lea")
    change = ("schedule", "on-call", "change", "1")
    longer = cli.done(*change, "--until", "2026-03-05 08:00", login="lea")
    assert longer == "tom is now on call for network Tue 3 Mar 2026 16:00 to Thu 5 Mar 2026 08:00.\n"
    given = cli.done(*change, "--give", "tina", "--team", "security", login="lea")
    assert given == "tina is on call for security Tue 3 Mar 2026 16:00 to Thu 5 Mar 2026 08:00, for tom.\n"
    assert cli.done("schedule", "undo", login="lea") == "Undid the change of duty on call of tom and tina.\n"
    assert "has an end" in cli.refused(*change, "--until", "open", login="lea", status=2)

    cli.done("schedule", "absence", "add", "tom", "--from", "2026-03-04", "--reason", "sick", login="tom")
    cover = ("schedule", "cover", "--person", "tom", "--at", "2026-03-04 09:00")
    assert cli.told(*cover, login="lea") == [{"login": "tina", "name": "Tina Technician"}]
    assert cli.done(*cover, login="lea").splitlines()[1].split() == ["tina", "Tina", "Technician"]
    assert cli.done(*cover, "--ask", login="lea") == "Asked tina to cover Wed 4 Mar 2026.\n"
    assert "nothing to settle for tom" in cli.refused(*cover[:-1], "2026-03-09 09:00", login="lea")
    assert "Say for whom" in cli.refused("schedule", "cover", "--at", "12:00", login="lea", status=2)


def test_a_visit_is_planned_moved_done_and_shown_on_its_ticket(cli: CommandLine) -> None:
    number = opened(cli)
    planned = ("visit", number, "--at", f"{YEAR}-03-03 13:00", "--for", "2h", "--place", "Floor 3")
    assert cli.done(*planned, login="tom").startswith(f"Visit for {number}: ")
    shown = cli.told("show", number, login="rita")
    assert (shown["status"], shown["waiting_reason"]) == ("waiting", "appointment")
    visit = {"id": 1, "person": "tom", "starts_at": f"{YEAR}-03-03T12:00:00Z", "minutes": 120, "place": "Floor 3"}
    assert shown["visits"] == [visit | {"note": "", "state": "planned"}]
    assert f"3 Mar {YEAR} 13:00, 2h, tom, Floor 3 (planned, visit 1)" in cli.done("show", number, login="rita")
    other = opened(cli)
    again = ("visit", "plan", other, "--at", f"{YEAR}-03-03 14:00")
    assert f"tom is at {number} then" in cli.refused(*again, login="tom")
    cli.done(*again, "--anyway", login="tom")
    cli.done("visit", "move", number, "--at", f"{YEAR}-03-04 8", "--for", "45m", login="tom")
    assert "is still to come: " in cli.refused("visit", "done", number, login="tom")
    cli.done("visit", "move", number, "--at", f"{YEAR - 2}-03-04 8", "--anyway", login="tom")
    assert cli.done("visit", "done", number, login="tom").endswith("08:00, 45m, tom, Floor 3.\n")
    assert cli.told("show", number, login="tom")["status"] == "in_progress"
    cli.done("visit", "cancel", other, "--reason", "it works", login="tom")
    cli.done("undo", other, login="tom")
    assert cli.told("show", other, login="tom")["status"] == "waiting"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("visit", "1", "--at", "soon"), "'soon' is no time of day"),
        (("visit", "1", "--at", "13:00", "--for", "long"), "'long' is no length"),
        (("schedule", "shift", "add", "tom", "--times", "8-16"), "Say when"),
        (("schedule", "shift", "add", "tom", "--days", "moon", "--times", "8-16"), "'moon' is no weekday"),
        (("schedule", "shift", "add", "tom", "--on", "mon", "--times", "8"), "'8' is no shift"),
        (("schedule", "show", "--week", "31.12."), "'31.12.' is no day"),
        (("schedule", "show", "--week", "0001-01-01"), "'0001-01-01' is too far away"),
        (("schedule", "cover", "--team", "network", "--at", "9999-12-31 10:00"), "'9999-12-31' is too far away"),
        (("schedule", "absence", "add", "tom", "--from", "mon", "--until", "9999-12-30"), "is too far away"),
        (("schedule", "show", "--week", "mon", "--day", "tue"), "not both"),
        (("schedule", "on-call", "add", "tom", "--from", "mon", "--until", "open"), "has an end"),
    ],
)
def test_what_cannot_be_understood_is_wrong_usage(
    sqlite_cli: CommandLine, words: tuple[str, ...], sentence: str
) -> None:
    assert sentence in sqlite_cli.refused(*words, login="lea", status=2)


def test_a_calendar_file_is_written_or_printed(sqlite_cli: CommandLine, tmp_path: Path) -> None:
    add = ("schedule", "shift", "add", "tom", "--days", "daily", "--times", "08:00-16:00")
    sqlite_cli.done(*add, login="lea")
    file = tmp_path / "tom.ics"
    answer = sqlite_cli("schedule", "export", str(file), "--weeks", "1", login="tom")
    assert (answer.status, answer.output, answer.errors) == (0, "", f"Wrote 7 entries to {file}.\n")
    printed = sqlite_cli.done("schedule", "export", "--team", "network", "--weeks", "1", login="tom")
    with contextlib.chdir(tmp_path):
        mine = sqlite_cli.done("schedule", "export", "-", "--weeks", "1", login="tom")
        assert not Path("-").exists()
    for text, summary in ((file.read_text(), "on shift"), (printed, "tom: on shift"), (mine, "on shift")):
        calendar: Any = icalendar.Calendar.from_ical(text)
        events = calendar.walk("VEVENT")
        assert [str(event["summary"]) for event in events] == [summary] * 7
        assert {event["dtend"].dt - event["dtstart"].dt for event in events} == {timedelta(hours=8)}
