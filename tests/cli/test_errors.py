"""Whatever goes wrong is one sentence on standard error, and never a traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from itdesk.cli import listing
from itdesk.desk.intake import NewTicket, submit
from tests.cli.conftest import CommandLine
from tests.support.command import itdesk
from tests.support.desks import live_clock, opened, sign_in_at

PYTHON = [sys.executable, "-m", "itdesk"]


@pytest.fixture
def many(sqlite_desk_url: str) -> str:
    """A SQLite desk whose list is longer than a pipe holds."""
    with opened(sqlite_desk_url) as desk:
        session = sign_in_at(desk, live_clock)("desi")
        for _ in range(300):
            submit(session, NewTicket("Grüße 🙂 " * 50))
    return sqlite_desk_url


def test_without_a_desk_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    itdesk("list", database=str(tmp_path / "none.sqlite3")).refused("itdesk init", "itdesk demo")


@pytest.mark.parametrize("url", ["postgresql://localhost:1/none", "postgres://nobody@localhost:1/none"])
def test_a_server_that_does_not_answer(url: str) -> None:
    itdesk("list", database=url).refused("does not answer")


def test_a_password_in_a_url_is_never_printed() -> None:
    told = itdesk("list", database="postgresql://anna:s3cret@localhost:1/none")
    told.refused("anna")
    assert "s3cret" not in told.errors


def test_a_command_that_there_is_not_is_told_with_the_one_that_was_meant() -> None:
    told = itdesk("lst")
    assert (told.status, told.output) == (2, "")
    assert "No such command 'lst'. Did you mean 'list'?" in told.errors


def test_an_option_of_the_program_behind_a_command_is_told_with_its_place() -> None:
    told = itdesk("watch", "--no-ascii")
    assert (told.status, told.output) == (2, "")
    assert "--no-ascii stands before the command: `itdesk --no-ascii watch`." in told.errors
    assert "`itdesk --config DIR config check`" in itdesk("config", "check", "--config", "x").errors


def test_a_fault_of_the_program_is_a_sentence_too(sqlite_cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by nought\nand\x1b[2J more")

    monkeypatch.setattr(listing, "_print_table", broken)
    told = sqlite_cli("list", login="ada")
    assert (told.status, told.output) == (1, "")
    assert "itdesk has a fault (ZeroDivisionError: by nought" in told.errors
    assert "\x1b" not in told.errors
    assert "ITDESK_DEBUG=1" in told.errors


def test_a_closed_pipe_ends_a_list_quietly(many: str) -> None:
    command = [*PYTHON, "--database", many, "--as", "desi", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"Number")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 128 + signal.SIGPIPE


@pytest.mark.parametrize(("encoding", "greeting"), [("latin-1", "Grüße ?"), ("ascii", "Grüße 🙂")])
def test_a_terminal_that_does_not_know_all_letters_gets_a_list(many: str, encoding: str, greeting: str) -> None:
    """Python takes a terminal that claims to know only ASCII for one that knows UTF-8."""
    command = [*PYTHON, "--database", many, "--as", "desi", "list", "--limit", "1"]
    environment = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"1 of 300 tickets; --limit 0 shows all.\n")
    assert greeting in done.stdout.decode("latin-1" if encoding == "latin-1" else "utf-8")


def test_ctrl_c_ends_with_130_and_a_sentence(sqlite_desk_url: str) -> None:
    command = [*PYTHON, "--database", sqlite_desk_url, "--as", "desi", "new", "x", "--body", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        # The pipe is full only once the command reads no more of it, or took what it holds: then it waits for the rest.
        process.stdin.write(b"x" * 200_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate()
    assert process.returncode == 130
    assert output == b""
    assert errors.strip() == b"Error: Interrupted; what was done before stays done."
    assert CommandLine(sqlite_desk_url).done("list", "--count") == "0\n"


@pytest.mark.parametrize("command", [("staff", "import"), ("import", "--mapping", "topics")])
def test_a_file_that_is_not_there(sqlite_cli: CommandLine, command: tuple[str, ...]) -> None:
    assert "nowhere.csv" in sqlite_cli.refused(*command, "/nowhere.csv", login="ada")


def test_the_screens_need_a_terminal(sqlite_cli: CommandLine) -> None:
    assert "itdesk list" in sqlite_cli.refused(login="ada")
    assert "need a terminal" in sqlite_cli.refused("demo", login=None)


def test_a_full_disk_behind_the_output(many: str) -> None:
    command = [*PYTHON, "--database", many, "--as", "desi", "list"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Error: No space left on device.\n")


def test_closed_streams_stop_nothing(sqlite_desk_url: str) -> None:
    command = f"{sys.executable} -m itdesk --database {sqlite_desk_url} --as desi new x <&- >&- 2>&-"
    assert subprocess.run(["/bin/sh", "-c", command], check=False).returncode == 0
    assert CommandLine(sqlite_desk_url).done("list", "--count") == "1\n"
