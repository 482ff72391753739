"""The same work in other programs: Textual's own DataTable and, where they are installed, mutt on a mailbox and vit on
taskwarrior.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import Figure, median, percentile
from tests.benchmarks.generator import VIEWER, BigDesk
from tests.benchmarks.screens import ACTIVE, Watched, environment, numbers, settle

RUNS = 15
LINES = 10_000

_STOCK = textwrap.dedent(
    """
    import sqlite3, sys
    from textual.app import App
    from textual.widgets import DataTable

    class Stock(App):
        def compose(self):
            yield DataTable(cursor_type="row")
        def on_mount(self):
            table = self.query_one(DataTable)
            table.add_columns("Number", "P", "Status", "Subject")
            rows = sqlite3.connect(sys.argv[1]).execute(
                "SELECT id, priority, status, subject FROM ticket WHERE closed_at IS NULL"
                " AND status IN ('new', 'assigned', 'in_progress', 'testing') ORDER BY order_key, id LIMIT 1000")
            table.add_rows(rows.fetchall())

    Stock().run()
    """
)


@dataclass(frozen=True, slots=True)
class Program:
    """A program with a long list: how it is started, what its screen shows then, its keys for down and page down."""

    name: str
    command: Sequence[str]
    shown: str
    keys: tuple[str, str]
    environment: Mapping[str, str]


def peer_figures(desk: BigDesk) -> list[Figure]:
    """What keys cost elsewhere, and how itdesk compares, measured in turn."""
    with TemporaryDirectory(prefix="peers-", dir=desk.database.parent) as folder:
        programs = [_data_table(desk)]
        if shutil.which("mutt"):
            programs.append(_mutt(desk, Path(folder)))
        if shutil.which("task") and shutil.which("vit"):
            programs.append(_vit(desk, Path(folder)))
        figures = []
        for program in programs:
            ours, theirs = _key_figures(_itdesk(desk)), _key_figures(program)
            figures += theirs
            figures += [
                Figure(f"itdesk against {one.name}", mine.value / one.value, "x")
                for mine, one in zip(ours, theirs, strict=True)
                if "p95" not in one.name  # of so few runs it is the slowest, and says little about two programs
            ]
    return figures


def _itdesk(desk: BigDesk) -> Program:
    command = [sys.executable, "-m", "itdesk", "--database", str(desk.database), "--as", VIEWER]
    shown = f"-{numbers(desk, ACTIVE, 'order_key, id', 1)[0]} "
    return Program("itdesk", command, shown, ("j", "pagedown"), environment(desk.database.parent))


def _data_table(desk: BigDesk) -> Program:
    shown = str(numbers(desk, ACTIVE, "order_key, id", 1)[0])
    command = [sys.executable, "-c", _STOCK, str(desk.database)]
    return Program("DataTable, 1,000 rows", command, shown, ("down", "pagedown"), environment(desk.database.parent))


def _mutt(desk: BigDesk, folder: Path) -> Program:
    mailbox = folder / "mailbox"
    mailbox.write_text("".join(_mail(*ticket) for ticket in _texts(desk)))
    settings = folder / "muttrc"
    settings.write_text(f"set folder={folder}\nset sort=mailbox-order\nset help=no\n")
    command = ["mutt", "-n", "-F", str(settings), "-R", "-f", str(mailbox)]
    return Program(f"mutt, {LINES:,} mails", command, "Mutt", ("j", "z"), environment(folder))


def _mail(number: int, subject: str, body: str) -> str:
    return (
        "From user@example.com Mon Jan  1 00:00:00 2024\nFrom: user@example.com\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n"
        f"Message-ID: <{number}@example.com>\nSubject: {subject}\n\n{body}\n\n"
    )


def _vit(desk: BigDesk, folder: Path) -> Program:
    data, settings, vit = folder / "tasks", folder / "taskrc", folder / "vit"
    data.mkdir()
    vit.mkdir()
    (vit / "config.ini").touch()  # else it asks whether it shall make one
    settings.write_text(f"data.location={data}\nconfirmation=no\n")
    tasks = [
        {"description": subject, "status": "pending", "entry": "20240101T000000Z"} for _, subject, _ in _texts(desk)
    ]
    file = folder / "tasks.json"
    file.write_text(json.dumps(tasks))
    # Without our own PYTHONPATH: vit runs on the system's Python.
    world = {name: value for name, value in environment(folder).items() if name != "PYTHONPATH"}
    world |= {"TASKRC": str(settings), "VIT_DIR": str(vit)}
    subprocess.run(["task", "import", str(file)], env=world, check=True, capture_output=True)
    return Program(f"vit on taskwarrior, {LINES:,} tasks", ["vit"], "tasks shown", ("j", "pagedown"), world)


def _texts(desk: BigDesk) -> list[tuple[int, str, str]]:
    with closing(sqlite3.connect(f"file:{desk.database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT id, subject, body FROM ticket ORDER BY id LIMIT ?", (LINES,)).fetchall()


def _key_figures(program: Program) -> list[Figure]:
    figures = []
    with Watched(program.command, environment=program.environment) as terminal:
        terminal.wait_for(program.shown)
        settle(terminal)
        for what, key in zip(("cursor down", "page down"), program.keys, strict=True):
            answers = [terminal.answer(partial(terminal.press, key)) for _ in range(RUNS)]
            assert median([one.size for one in answers]), f"{program.name} does not answer {key}:\n{terminal.text}"
            milliseconds = [one.seconds * 1000 for one in answers]
            figures += [
                Figure(f"{program.name}: {what}, p95", percentile(milliseconds, 0.95), "ms"),
                Figure(f"{program.name}: {what}, median", median(milliseconds), "ms"),
                Figure(f"{program.name}: bytes of {what}", median([one.size for one in answers]), "B"),
            ]
    return figures
