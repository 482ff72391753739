"""The `itdesk` command on a clock that a test moves: `python -m tests.support.clocked FILE [ARGUMENT…]`.

FILE holds the moment, as ISO 8601 writes it, and is read whenever the program asks for the time. With `--serve` instead
of arguments, each line of standard input is the arguments of a command as JSON, done in a process of its own that has
everything imported already.
"""

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.support.command import Finished

CHECKOUT = Path(__file__).parent.parent.parent
_SERVE = "--serve"


class ClockFile:
    """A clock for programs in other processes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> datetime:
        """The moment in the file."""
        return datetime.fromisoformat(self.path.read_text())

    def set(self, moment: datetime) -> None:
        """Let it be that moment (aware) for whoever asks from now on."""
        beside = self.path.with_suffix(".new")
        beside.write_text(moment.isoformat())
        beside.replace(self.path)

    def command(self, *arguments: str) -> list[str]:
        """The command line of `itdesk` on this clock; run it in CHECKOUT."""
        return [sys.executable, "-m", __name__, str(self.path), *arguments]


class Commands:
    """Runs one `itdesk` command after the other on a clock file."""

    def __init__(self, clock: ClockFile) -> None:
        self.clock = clock
        self._server = subprocess.Popen(
            clock.command(_SERVE), cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.communicate()

    def run(self, *arguments: str, database: str, login: str) -> Finished:
        """Run `itdesk` to its end; `login` is who acts (--as)."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(["--database", database, "--as", login, *arguments]) + "\n")
        self._server.stdin.flush()
        return Finished(*json.loads(self._server.stdout.readline()))


def main() -> None:
    """Run the command line, or one after the other."""
    from itdesk.cli import invocation

    path, *arguments = sys.argv[1:]
    invocation.now = ClockFile(Path(path))  # before the commands are imported: some take it by its name
    if arguments != [_SERVE]:
        _itdesk(arguments)
    _import_everything()
    for line in sys.stdin:
        print(json.dumps(_apart(json.loads(line))), flush=True)


def _itdesk(arguments: Sequence[str]) -> None:
    from itdesk.cli.program import itdesk

    itdesk.main(arguments, prog_name="itdesk")


def _apart(arguments: Sequence[str]) -> tuple[int, str, str]:
    """Status, output and errors of a command in a process of its own."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        pid = os.fork()
        if not pid:
            _become(arguments, output, errors)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return status, _whole(output), _whole(errors)


def _become(arguments: Sequence[str], output: IO[str], errors: IO[str]) -> None:
    """Do the command in this process, and end it."""
    status = 1
    try:
        for place, file in ((0, open(os.devnull)), (1, output), (2, errors)):  # noqa: PTH123, SIM115
            os.dup2(file.fileno(), place)
        sys.stdin.close()
        _itdesk(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _whole(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def _import_everything() -> None:
    import psycopg  # noqa: F401  before the models

    import itdesk.cli
    import itdesk.desk
    import itdesk.desk.queries

    for package in (itdesk.cli, itdesk.desk, itdesk.desk.queries):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(found.name)


if __name__ == "__main__":
    main()
