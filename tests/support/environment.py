"""The environment that tests run in: the same on every machine."""

import importlib
import os
import signal
import sys
import time

_LEAKS = ("TEXTUAL_", "PG", "LC_", "XDG_")
_LEAKING = {
    *("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "TERM_PROGRAM", "TMUX", "STY"),
    *("EDITOR", "VISUAL", "BROWSER", "LANGUAGE", "PYTHONDONTWRITEBYTECODE"),
}
_OURS = {"ITDESK_TEST_PG", "ITDESK_TEST_NO_PG", "ITDESK_REAL_DATA"}
_OF_THE_TESTS = {"TEXTUAL_SNAPSHOT_TEMPDIR"}  # set by the snapshot plugin


def clean() -> None:
    """Remove what the caller's shell would change, in this process and in those it starts."""
    for name in list(os.environ):
        leaks = name.startswith(_LEAKS) or name in _LEAKING
        if (leaks and name not in _OF_THE_TESTS) or (name.startswith("ITDESK_") and name not in _OURS):
            del os.environ[name]
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TZ": "UTC"}
    time.tzset()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job; programs would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # The snapshot plugin imports Textual before any of our code runs.
    constants = sys.modules.get("textual.constants")
    if constants is not None:
        importlib.reload(constants)
