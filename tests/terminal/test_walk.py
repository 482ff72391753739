"""The main job: another desk's incidents, worked from open to closed by keyboard alone, in a real terminal."""

import json
import os
import pwd
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from itdesk.desk.knowledge import add_articles
from itdesk.desk.session import SYSTEM, Session
from itdesk.gateways.demo_plan import make_plan
from tests.gateways.logs import FIXTURE, REAL
from tests.support.command import itdesk
from tests.support.desks import opened
from tests.support.terminal import Terminal

UNTIL = "2016-03-31"
ME = pwd.getpwuid(os.getuid()).pw_name


def articles_of_the_demo(location: str) -> None:
    """Add the demo's articles to a desk."""
    moment = datetime(2016, 3, 31, tzinfo=UTC)
    with opened(location) as desk:
        plan = make_plan(desk.rulebook()[1], moment)
        add_articles(Session(desk, SYSTEM, lambda: moment), [article.new for article in plan.articles])


def imported_desk(location: str, log: Path, folder: Path) -> str:
    """A desk made by its future administrator, with the incidents as they stood at the end of March 2016."""
    made = itdesk("init", str(folder / "settings"), database=location)
    assert made.status == 0, made
    imported = itdesk("import", str(log), "--mapping", "servicenow-log", "--until", UNTIL, "--json", database=location)
    assert imported.status == 0, imported
    articles_of_the_demo(location)
    return location


@pytest.fixture
def log_of(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """The incident log of that name: `fixture`, or `real` where there is one."""

    def found(name: str) -> Path:
        return FIXTURE if name == "fixture" else request.getfixturevalue("real_data") / REAL

    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("log", ["fixture", "real"])
def test_a_technician_works_an_incident_from_open_to_closed_by_keyboard_alone(
    log: str, log_of: Callable[[str], Path], database_url: str, tmp_path: Path
) -> None:
    location = imported_desk(database_url, log_of(log), tmp_path)
    with Terminal([sys.executable, "-m", "itdesk", "--database", location]) as terminal:
        # The queue, filtered
        terminal.wait_for("active tickets")
        terminal.press("/", "ctrl+u")
        terminal.type("status:new,in_progress")
        terminal.wait_for("new tickets or in progress")
        terminal.press("enter")
        terminal.wait_for(lambda shown: re.search(r"1-\d+ of \d+", shown.text))
        found = re.search(r"INC-\d+", terminal.text)
        assert found is not None
        number = found[0]

        # The ticket, and why it is what it is
        terminal.press("enter")
        terminal.wait_for("Timeline")
        terminal.wait_for(lambda shown: number in shown.screen[0])
        terminal.press("w")
        terminal.wait_for("as recorded")
        terminal.press("esc")
        terminal.wait_gone("as recorded")

        # Take, note, reply
        terminal.press("t")
        terminal.wait_for(f"Took {number}")
        terminal.press("c")
        terminal.wait_for("WORK NOTE")
        terminal.type("The switch in the cellar was restarted.")
        terminal.press("esc", "s")
        terminal.wait_for(f"Noted on {number}")
        terminal.press("r")
        terminal.wait_for("REPLY to")
        terminal.type("Hello, it should work again. Does it?")
        terminal.press("esc", "s")
        terminal.wait_for(f"Replied on {number}")

        # Resolve, close, undo
        terminal.press("x")
        terminal.wait_for("Root cause")
        terminal.type("Cable fixed, switch restarted.")
        terminal.press("tab")
        terminal.type("A loose cable")
        terminal.press("enter")
        terminal.wait_for(f"Resolved {number}")
        terminal.press("s")
        terminal.wait_for("closed")
        terminal.type("closed")
        terminal.press("enter")
        terminal.wait_for(f"Closed {number}")
        terminal.press("u")
        terminal.wait_for(f"Undid the closure of {number}")

        # Knowledge, metrics and schedule
        terminal.press("q")
        terminal.wait_for("1-")
        terminal.press("2")
        terminal.wait_for("articles")
        terminal.press("/")
        terminal.type("vpn mtu")
        terminal.wait_for("lower the MTU")
        terminal.press("enter")
        terminal.press("enter")
        terminal.wait_for("KB-")
        terminal.press("3")
        terminal.wait_for("Needs attention first")
        terminal.press("4")
        terminal.wait_for("no shifts")

        # Out, with the terminal as it was
        terminal.press("1")
        terminal.wait_for("1-")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        terminal.restored()

    shown = json.loads(itdesk("show", number, "--json", database=location).output)
    assert (shown["status"], shown["assignee"], shown["closed_at"]) == ("resolved", ME, None)
    assert shown["resolution"] == "Cable fixed, switch restarted."
    assert [(message["kind"], message["text"]) for message in shown["messages"]] == [
        ("note", "The switch in the cellar was restarted."),
        ("reply", "Hello, it should work again. Does it?"),
    ]
    assert itdesk("audit", "verify", database=location).status == 0
