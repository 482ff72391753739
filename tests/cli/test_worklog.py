"""Working time on the command line: log it, see it, sum it up."""

from datetime import UTC, datetime

import time_machine

from tests.cli.conftest import CommandLine


def test_time_is_logged_listed_and_summed_up(cli: CommandLine) -> None:
    cli.done("new", "VPN is slow", login="rita")
    assert cli.done("log", "1", "1h30", "--note", "read the log", login="tom") == "Logged 1h30m on INC-1.\n"
    cli.done("log", "1", "10m", login="desi")
    listed = cli.done("log", "1", "--list", login="desi")
    assert [line.split()[1:4] for line in listed.splitlines()[1:3]] == [
        ["1h30m", "tom", "INC-1"],
        ["10m", "desi", "INC-1"],
    ]
    assert listed.endswith("\nTogether 1h40m\n")
    told = cli.told("log", "--team", "network", "--since", "2020-01-01")
    assert (told["minutes"], told["by_person"], told["by_ticket"]) == (90, {"tom": 90}, {"INC-1": 90})
    assert told["entries"][0]["note"] == "read the log"
    assert cli.told("log", "--mine", login="desi")["minutes"] == 10
    shown = cli.told("show", "1")
    assert (shown["minutes_worked"], [entry["person"] for entry in shown["work_log"]]) == (100, ["tom", "desi"])
    assert "Time       1h40m (tom 1h30m, desi 10m)" in cli.done("show", "1")
    cli.done("undo", "1", login="desi")
    assert cli.told("show", "1")["minutes_worked"] == 90
    assert "work_log" not in cli.told("show", "1", login="rita")


@time_machine.travel(datetime(2026, 3, 4, 9, tzinfo=UTC), tick=False)
def test_days_are_named_as_one_says_them_and_a_weekday_is_the_last_one(cli: CommandLine) -> None:
    cli.done("new", "VPN is slow", login="rita")
    days = {"today": "03-04", "yesterday": "03-03", "wed": "03-04", "thursday": "02-26", "2026-01-31": "01-31"}
    for day in days:
        cli.done("log", "1", "5m", "--on", day, "--note", day, login="tom")
    entries = cli.told("log", "1", "--list", login="tom")["entries"]
    assert {one["note"]: one["worked_on"].removeprefix("2026-") for one in entries} == days
    assert cli.told("log", "--mine", "--since", "thu", "--until", "yesterday", login="tom")["minutes"] == 10
    assert "is yet to come" in cli.refused("log", "1", "5m", "--on", "tomorrow", login="tom")


def test_what_cannot_be_logged_is_said_in_one_sentence(cli: CommandLine) -> None:
    cli.done("new", "VPN is slow", login="rita")
    assert "like 25m" in cli.refused("log", "1", "soon", status=2)
    assert "Say how long" in cli.refused("log", "1", status=2)
    assert "whose work" in cli.refused("log", status=2)
    assert "'soon' is no day; write 2026-12-01, today, yesterday or fri." in cli.refused(
        "log", "--since", "soon", status=2
    )
    assert "'31.12.' is no day" in cli.refused("log", "1", "5m", "--on", "31.12.", status=2)
    assert "may not log time for somebody else" in cli.refused("log", "1", "5m", "--for", "tom")
    assert "may not log working time" in cli.refused("log", "1", "5m", login="rita")
    assert "may not see who worked" in cli.refused("log", "1", "--list", login="rita")
