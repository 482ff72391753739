"""`list` and `show` start quickly: they never load what the screens, the settings or the other engine need."""

import os
import subprocess
import sys

import pytest

from itdesk.desk.intake import NewTicket, submit
from tests.support.desks import live_clock, opened, sign_in_at

HEAVY = ("textual", "pydantic", "yaml", "psycopg", "plotext", "textual_plotext", "rapidfuzz", "asyncio", "jinja2")


def loaded_by(*arguments: str) -> set[str]:
    """The top-level modules that a run of `itdesk` imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "itdesk", *arguments],
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    imports: list[str] = []
    said: list[str] = []
    for line in done.stderr.splitlines():
        (imports if line.startswith("import time:") else said).append(line)
    assert done.returncode == 0, "\n".join(said)
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in imports}


@pytest.fixture
def desk_with_a_ticket(sqlite_desk_url: str) -> str:
    with opened(sqlite_desk_url) as desk:
        submit(sign_in_at(desk, live_clock)("desi"), NewTicket("VPN drops every hour"))
    return sqlite_desk_url


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("list", "--json"),
        ("list", "--count"),
        ("list", "--status", "all", "team:service-desk"),
        ("show", "1"),
        ("show", "1", "--json"),
    ],
    ids=" ".join,
)
def test_list_and_show_load_nothing_heavy(desk_with_a_ticket: str, command: tuple[str, ...]) -> None:
    loaded = loaded_by("--database", desk_with_a_ticket, "--as", "desi", *command)
    assert "peewee" in loaded, "the imports were not seen"
    assert loaded & set(HEAVY) == set()


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_help_and_version_do_not_even_load_the_storage(option: str) -> None:
    assert loaded_by(option) & {*HEAVY, "peewee", "sqlite3"} == set()
