"""`itdesk import` at the command line: the summary, the JSON, the bar, Ctrl-C."""

import signal
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.support.terminal import Terminal

LOG = Path(__file__).parent.parent / "gateways" / "data" / "incident_log.csv"
IMPORT = ("import", str(LOG), "--mapping", "servicenow-log")


def test_the_json_ends_with_what_became_of_the_file(cli: CommandLine) -> None:
    told = cli.told(*IMPORT, login="sam")
    assert list(told)[-4:] == ["read", "imported", "skipped", "warnings"]
    assert told["read"] == len(LOG.read_text().splitlines()) - 1
    assert told["imported"] > 0
    assert cli.done("list", "--status", "all", "--count") == f"{told['imported']}\n"
    assert sum(told["warnings"].values()) == len(told["sentences"])
    again = cli.told(*IMPORT, login="sam")
    assert (again["imported"], again["unchanged"]) == (0, told["imported"])


def test_an_imported_ticket_is_found_by_its_old_number(cli: CommandLine) -> None:
    cli.told(*IMPORT, login="sam")
    ticket = cli.told("list", "--status", "all", "--limit", "1")[0]
    assert ticket["external_id"]
    assert cli.told("show", ticket["external_id"].lower())["number"] == ticket["number"]


def test_the_summary_is_told_in_words(sqlite_cli: CommandLine) -> None:
    told = sqlite_cli.done(*IMPORT, login="sam")
    rows = len(LOG.read_text().splitlines()) - 1
    assert told.startswith(f"{rows:,} rows read, ")
    assert "tickets imported, 0 continued, 0 unchanged" in told


@pytest.mark.parametrize(
    ("words", "status", "hint"),
    [
        (("--until", "yesterday"), 2, "2016-03-31"),
        (("--mapping", "servicenow"), 1, "servicenow-log"),
        (("--mapping", "/nowhere.yaml"), 1, "/nowhere.yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_is_told(sqlite_cli: CommandLine, words: tuple[str, ...], status: int, hint: str) -> None:
    assert hint in sqlite_cli.refused(*IMPORT, *words, login="sam", status=status)


def test_a_technician_may_not_import(sqlite_cli: CommandLine) -> None:
    assert "may not import tickets" in sqlite_cli.refused(*IMPORT, login="tom")


def big_log(path: Path) -> Path:
    """A log of 20,000 tickets."""
    header, first, *_ = LOG.read_text().splitlines()
    number = first.partition(",")[0]
    rows = (first.replace(number, f"INC9{at:06}", 1) for at in range(20_000))
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_ctrl_c_keeps_what_is_committed_and_the_next_run_goes_on(sqlite_cli: CommandLine, tmp_path: Path) -> None:
    words = ["import", str(big_log(tmp_path / "log.csv")), "--mapping", "servicenow-log"]
    options = ["--database", sqlite_cli.database, "--as", "sam"]
    with Terminal([sys.executable, "-m", "itdesk", *options, *words]) as terminal:
        terminal.wait_for("rows/s")
        terminal.wait_for("Importing")
        while sqlite_cli.done("list", "--status", "all", "--count") == "0\n":
            pass
        terminal.signal(signal.SIGINT)
        assert terminal.wait_exit() == 130
        assert "Interrupted. What is counted here is kept" in " ".join(terminal.text.split())
        assert "Traceback" not in terminal.text
    kept = int(sqlite_cli.done("list", "--status", "all", "--count"))
    assert 0 < kept < 20_000
    assert kept % 250 == 0
    assert sqlite_cli("audit", "verify", login="otto").status == 0
