"""`list` and `show` start quickly: they never load what the screens, the settings or the other engine need."""

import subprocess
import sys

import pytest

from itdesk.desk.intake import NewTicket, submit
from tests.support.desks import live_clock, opened, sign_in_at

HEAVY = ("textual", "pydantic", "yaml", "psycopg", "plotext", "textual_plotext", "rapidfuzz", "asyncio", "jinja2")


RUN = """
import atexit, sys
atexit.register(lambda: print("loaded", *(name for name, module in sys.modules.items() if module), file=sys.stderr))
from itdesk.cli.main import main
main()
"""


def loaded_by(*arguments: str) -> set[str]:
    """The top-level modules that a run of `itdesk` has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stderr.splitlines()[-1].split()
    assert loaded[0] == "loaded", done.stderr
    return {name.partition(".")[0] for name in loaded[1:]}


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
    assert "peewee" in loaded, "the modules were not seen"
    assert loaded & set(HEAVY) == set()


def test_the_version_is_told_without_even_loading_the_storage() -> None:
    assert loaded_by("--version") & {*HEAVY, "peewee", "sqlite3"} == set()
