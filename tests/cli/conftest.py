"""The command line in this process, on a furnished desk of each engine."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from itdesk.cli.program import itdesk


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended."""

    status: int
    output: str
    errors: str

    @property
    def data(self) -> Any:
        """The JSON that was printed."""
        return json.loads(self.output)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command line whose desk is chosen; who acts is chosen for each command."""

    database: str

    def __call__(self, *words: str, login: str | None = "desi", text: str | bytes | None = None) -> Answer:
        """Run a command to its end; `text` is standard input."""
        person = ("--as", login) if login else ()
        return self.plainly("--database", self.database, *person, *words, text=text)

    def plainly(self, *words: str, text: str | bytes | None = None) -> Answer:
        """Run a command without the usual options."""
        done = CliRunner().invoke(itdesk, list(words), input=text, prog_name="itdesk")
        return Answer(done.exit_code, done.stdout, done.stderr)

    def done(self, *words: str, login: str | None = "desi", text: str | bytes | None = None) -> str:
        """What a command prints that does what it should."""
        answer = self(*words, login=login, text=text)
        assert (answer.status, answer.errors) == (0, ""), answer
        return answer.output

    def told(self, *words: str, login: str | None = "desi") -> Any:
        """The JSON of a command that does what it should."""
        return json.loads(self.done(*words, "--json", login=login))

    def refused(self, *words: str, login: str | None = "desi", status: int = 1) -> str:
        """The one sentence of a command that ends with this status and prints nothing else."""
        answer = self(*words, login=login)
        assert (answer.status, answer.output) == (status, ""), answer
        assert answer.errors.startswith("Error: "), answer
        assert len(answer.errors.splitlines()) == 1, answer
        return answer.errors


@pytest.fixture
def cli(desk_url: str) -> CommandLine:
    """The command line on a furnished desk of each engine."""
    return CommandLine(desk_url)


@pytest.fixture
def sqlite_cli(sqlite_desk_url: str) -> CommandLine:
    """The command line on a furnished SQLite desk."""
    return CommandLine(sqlite_desk_url)


@pytest.fixture
def new_cli(database_url: str) -> CommandLine:
    """The command line on an empty database of each engine, which is no desk yet."""
    return CommandLine(database_url)
