"""Name a file of this machine."""

import asyncio
import os
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.suggester import Suggester
from textual.widgets import Input, Static

from itdesk.domain.text import safe
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.text import content
from itdesk.ui.widgets.status_bar import Hint

_MOST_READ = 2_000


class PathDialog(Dialog[Path]):
    """A line with a path, completed as one types; hands back the path, `~` replaced by `home`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False, priority=True)]
    HINTS = (Hint("esc", "close"), Hint("enter", "attach"), Hint("tab", "complete"))

    def __init__(self, title: str, home: Path, *, remark: str = "") -> None:
        super().__init__(title)
        self._home = home
        self._remark = remark

    def body(self) -> ComposeResult:
        """The line."""
        with Horizontal(classes="row"):
            yield Static("File", classes="label", markup=False)
            yield Input("~/", id="path", compact=True, select_on_focus=False, suggester=_Paths(self._home))
        yield Static("", classes="space", markup=False)
        yield Static(content(self._remark), classes="note", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(_expanded(event.value.strip(), self._home))

    def action_complete(self) -> None:
        """Take what is suggested."""
        line = self.query_one(Input)
        line.action_end()
        line.action_cursor_right()


class _Paths(Suggester):
    """Completes a path by the first name that begins so."""

    def __init__(self, home: Path) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._home = home

    async def get_suggestion(self, value: str) -> str | None:
        """The whole path; None where nothing begins so."""
        return await asyncio.to_thread(_completed, value, self._home)


def _completed(value: str, home: Path) -> str | None:
    begun = value.rpartition("/")[2]
    folder = _expanded(value.removesuffix(begun) or "./", home)
    try:
        with os.scandir(folder) as entries:
            names = [
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry, _ in zip(entries, range(_MOST_READ), strict=False)
                if entry.name.startswith(begun) and (begun or not entry.name.startswith("."))
            ]
    except OSError:
        return None
    # The line shows a suggestion as it is.
    fitting = sorted(name for name in names if safe(name) == name and name != begun)
    return value + fitting[0].removeprefix(begun) if fitting and begun else None


def _expanded(typed: str, home: Path) -> Path:
    if typed == "~" or typed.startswith("~/"):
        return home / typed[2:]
    path = Path(typed)
    return path if path.is_absolute() else home / path
