"""The `itdesk` command as its users run it: in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended."""

    status: int
    output: str
    errors: str

    def failed(self, *words: str) -> None:
        """Fail unless the command ended with status 1 and one sentence that holds these words."""
        assert self.status == 1, self
        assert "Traceback" not in self.errors, self
        assert "itdesk has a fault" not in self.errors, self
        assert len(self.errors.splitlines()) == 1, self
        assert self.errors.rstrip().endswith((".", "`")), self
        for word in words:
            assert word in self.errors, self

    def refused(self, *words: str) -> None:
        """As `failed`, and nothing was printed."""
        self.failed(*words)
        assert self.output == "", self


def itdesk(
    *arguments: str,
    database: str | None = None,
    login: str | None = None,
    preexec: Callable[[], None] | None = None,
    **environment: str,
) -> Finished:
    """Run `itdesk` to its end; `login` is who acts (--as)."""
    options = [*(("--database", database) if database else ()), *(("--as", login) if login else ())]
    done = subprocess.run(
        [sys.executable, "-m", "itdesk", *options, *arguments],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=preexec,
    )
    return Finished(done.returncode, done.stdout, done.stderr)
