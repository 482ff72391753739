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


class PathDialog(Dialog[str]):
    """A line with a path, completed as one types; hands back what was typed: see `expanded`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False, priority=True)]
    HINTS = (Hint("esc", "close"), Hint("enter", "attach"), Hint("tab", "complete"))

    def __init__(self, title: str, home: Path, *, typed: str = "~/", remark: str = "", wrong: str = "") -> None:
        """`wrong`: why what was `typed` before could not be done; it stands there instead of the remark."""
        super().__init__(title, said="Not done yet" if wrong else "")
        self._home, self._typed = home, typed
        self._remark, self._wrong = remark, wrong

    def body(self) -> ComposeResult:
        """The line."""
        with Horizontal(classes="row"):
            yield Static("File", classes="label", markup=False)
            yield Input(safe(self._typed), id="path", compact=True, select_on_focus=False, suggester=_Paths(self._home))
        yield Static("", classes="space", markup=False)
        yield Static(content(self._wrong or self._remark), classes="wrong" if self._wrong else "note", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value.strip())

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
    folder = expanded(value.removesuffix(begun) or "./", home)
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


def expanded(typed: str, home: Path) -> Path:
    """The path that was typed: from `home` on, which `~` stands for too, unless it is absolute."""
    if typed == "~" or typed.startswith("~/"):
        return home / typed[2:]
    path = Path(typed)
    return path if path.is_absolute() else home / path
