"""Where the process starts. Nothing heavy is imported before Ctrl-C is safe."""

import signal
import sys


def main() -> None:
    """Run the `itdesk` command and end the process with its exit status."""
    # Until the command runs there is nothing to clean up: Ctrl-C ends the process without a traceback.
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from itdesk.cli.program import itdesk

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    signal.signal(signal.SIGINT, interrupt)
    try:
        itdesk.main(prog_name="itdesk")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
