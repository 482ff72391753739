"""Working time on the command line: log it, see it, sum it up."""

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


def test_what_cannot_be_logged_is_said_in_one_sentence(cli: CommandLine) -> None:
    cli.done("new", "VPN is slow", login="rita")
    assert "like 25m" in cli.refused("log", "1", "soon", status=2)
    assert "Say how long" in cli.refused("log", "1", status=2)
    assert "whose work" in cli.refused("log", status=2)
    assert "no day like" in cli.refused("log", "--since", "monday", status=2)
    assert "may not log time for somebody else" in cli.refused("log", "1", "5m", "--for", "tom")
    assert "may not log working time" in cli.refused("log", "1", "5m", login="rita")
    assert "may not see who worked" in cli.refused("log", "1", "--list", login="rita")
