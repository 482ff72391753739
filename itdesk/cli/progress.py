"""How far a long command is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from itdesk.desk.recomputing import Told


@contextmanager
def clocks_bar() -> "Iterator[Told]":
    """A progress bar on standard error, where that is a terminal, for the clocks of open tickets."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Clocks of open tickets", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
