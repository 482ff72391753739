"""The same work in other programs, where they are installed: Textual's own DataTable, and mutt on a mailbox."""

import shutil
import sqlite3
import sys
import textwrap
from collections.abc import Sequence
from contextlib import closing
from functools import partial

from tests.benchmarks.figures import Figure, median, percentile
from tests.benchmarks.generator import BigDesk
from tests.benchmarks.screens import ACTIVE, Watched, environment, numbers, settle

RUNS = 15
MAILS = 10_000

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


def peer_figures(desk: BigDesk) -> list[Figure]:
    """What keys cost elsewhere."""
    figures = _data_table(desk)
    if shutil.which("mutt"):
        figures += _mutt(desk)
    return figures


def _data_table(desk: BigDesk) -> list[Figure]:
    first = numbers(desk, ACTIVE, "order_key, id", 1)[0]
    command = [sys.executable, "-c", _STOCK, str(desk.database)]
    return _keys("DataTable, 1,000 rows", command, desk, str(first), ("down", "pagedown"))


def _mutt(desk: BigDesk) -> list[Figure]:
    mailbox = desk.database.parent / "mailbox"
    with closing(sqlite3.connect(f"file:{desk.database}?mode=ro", uri=True)) as connection:
        tickets = connection.execute("SELECT id, subject, body FROM ticket ORDER BY id LIMIT ?", (MAILS,)).fetchall()
    mailbox.write_text("".join(_mail(*ticket) for ticket in tickets))
    settings = mailbox.with_name("muttrc")
    settings.write_text(f"set folder={mailbox.parent}\nset sort=mailbox-order\nset help=no\n")
    command = ["mutt", "-n", "-F", str(settings), "-R", "-f", str(mailbox)]
    return _keys(f"mutt, {len(tickets):,} mails", command, desk, "Mutt", ("j", "z"))


def _mail(number: int, subject: str, body: str) -> str:
    return (
        "From user@example.com Mon Jan  1 00:00:00 2024\nFrom: user@example.com\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n"
        f"Message-ID: <{number}@example.com>\nSubject: {subject}\n\n{body}\n\n"
    )


def _keys(name: str, command: Sequence[str], desk: BigDesk, shown: str, keys: tuple[str, str]) -> list[Figure]:
    figures = []
    with Watched(command, environment=environment(desk.database.parent)) as terminal:
        terminal.wait_for(shown)
        settle(terminal)
        for what, key in zip(("cursor down", "page down"), keys, strict=True):
            answers = [terminal.answer(partial(terminal.press, key)) for _ in range(RUNS)]
            assert median([one.size for one in answers]), f"{name} does not answer {key}:\n{terminal.text}"
            figures += [
                Figure(f"{name}: {what}, p95", percentile([one.seconds * 1000 for one in answers], 0.95), "ms"),
                Figure(f"{name}: bytes of {what}", median([one.size for one in answers]), "B"),
            ]
    return figures
