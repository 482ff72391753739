"""Every error as a sentence."""

import sys

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells know it."""


def sentence_of(error: Exception) -> str:
    """What went wrong, for people. The modules that raise an error are loaded already; they are only looked up here."""
    told = [
        ("itdesk.desk.errors", ("DeskError", "DatabaseProblem")),
        ("itdesk.settings.errors", ("ConfigErrors",)),
        ("itdesk.gateways.import_report", ("ImportFailed",)),
    ]
    for module, names in told:
        if module in sys.modules and isinstance(error, tuple(getattr(sys.modules[module], name) for name in names)):
            return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}."
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; nothing half-done was stored."
    return (
        f"itdesk has a fault ({type(error).__name__}: {error}); nothing half-done was stored. "
        "Please report it; with ITDESK_DEBUG=1 it says where."
    )
