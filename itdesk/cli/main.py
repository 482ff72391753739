"""Where the process starts. Nothing heavy is imported before Ctrl-C is safe."""

import gc
import os
import signal
import sys
from types import FrameType


class Interrupt:
    """Ctrl-C ends a command by a KeyboardInterrupt; `came` says so where that was lost.

    Python drops an exception that is raised within a callback of its own, of which every import has one.
    """

    came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Remember it, and raise KeyboardInterrupt."""
        self.came = True
        signal.default_int_handler(number, frame)


def main() -> None:
    """Run the `itdesk` command and end the process with its exit status."""
    # Until the command runs there is nothing to clean up: Ctrl-C ends the process without a traceback.
    ignored = signal.signal(signal.SIGINT, signal.SIG_DFL) is signal.SIG_IGN
    gc.disable()  # nothing that is loaded at the start is garbage: looking for some takes a tenth of the start
    from itdesk.cli.program import itdesk

    _open_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else Interrupt())
    try:
        itdesk.main(prog_name="itdesk")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _open_streams() -> None:
    """Let a letter that the terminal does not know be a `?`, and a stream that the caller closed take anything."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
