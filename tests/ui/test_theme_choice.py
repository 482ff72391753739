"""A person's theme: chosen live, remembered, and never in the way."""

import json
import os
import sys
from pathlib import Path

import pytest

from itdesk.desk.session import Desk
from itdesk.settings.locations import shipped_themes
from tests.support.terminal import Terminal


def start(folder: Path, *options: str) -> Terminal:
    """The screens of the desk in this folder, with settings of one's own beside it."""
    command = [sys.executable, "-m", "itdesk", "--database", str(folder / "desk.sqlite3"), "--as", "anna", *options]
    return Terminal(command, columns=160, environment=dict(os.environ) | {"XDG_CONFIG_HOME": str(folder / "config")})


def ground(terminal: Terminal) -> str:
    """The colour behind the list."""
    return str(terminal.cell(10, 60).background)


def test_a_theme_is_switched_live_and_is_there_again_at_the_next_start(desk: Desk, tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.wait_for("15 of 15")
        terminal.wait_for(lambda shown: ground(shown) == "14171c")
        terminal.press(":")
        terminal.wait_for("Act on")
        terminal.type("other colours")
        terminal.wait_for("Choose other colours")
        terminal.press("enter")
        terminal.wait_for("6 of 6")
        terminal.type("light")
        terminal.wait_for("1 of 6")
        terminal.press("enter")
        terminal.wait_for(lambda shown: ground(shown) == "fbfaf7")
        preferences = tmp_path / "config" / "itdesk" / "preferences.json"
        terminal.wait_for(lambda _: preferences.exists())
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    assert json.loads(preferences.read_text()) == {"theme": {"anna": "itdesk-light"}}
    with start(tmp_path) as terminal:
        terminal.wait_for("15 of 15")
        terminal.wait_for(lambda shown: ground(shown) == "fbfaf7")
    with start(tmp_path, "--theme", "high-contrast") as terminal:
        terminal.wait_for("15 of 15")
        terminal.wait_for(lambda shown: ground(shown) == "000000")


def test_a_faulty_theme_is_a_notice_with_its_line_and_the_desk_opens(desk: Desk, tmp_path: Path) -> None:
    themes = tmp_path / "config" / "itdesk" / "themes"
    themes.mkdir(parents=True)
    good = (shipped_themes() / "itdesk-dark.yaml").read_text()
    (themes / "mine.yaml").write_text(good.replace("#14171c", "#102030"))
    (themes / "worse.yaml").write_text(good.replace("dark: true", "dark: perhaps").replace('"#98a2b0"', "grey"))
    with start(tmp_path, "--theme", "mine") as terminal:
        terminal.wait_for("15 of 15")
        terminal.wait_for("Theme worse.yaml:6:7: 'dark' must be true or false")
        terminal.wait_for(lambda shown: "and 1 more; see `itdesk config check`" in " ".join(shown.text.split()))
        terminal.wait_for(lambda shown: ground(shown) == "102030")


def test_a_faulty_theme_that_is_asked_for_is_refused_with_its_line(desk: Desk, tmp_path: Path) -> None:
    themes = tmp_path / "config" / "itdesk" / "themes"
    themes.mkdir(parents=True)
    good = (shipped_themes() / "itdesk-dark.yaml").read_text()
    (themes / "mine.yaml").write_text(good.replace("dark: true", "dark: perhaps"))
    with start(tmp_path, "--theme", "mine") as terminal:
        assert terminal.wait_exit() == 1
        said = "".join(terminal.text.split())
        assert "Thetheme'mine'cannotbeused:" in said
        assert "themes/mine.yaml:6:7:'dark'mustbetrueorfalse" in said


@pytest.mark.parametrize("name", ["high-contrst", "../evil"])
def test_a_theme_that_there_is_not_is_refused_with_the_names_of_those_that_are(
    name: str, desk: Desk, tmp_path: Path
) -> None:
    with start(tmp_path, "--theme", name) as terminal:
        assert terminal.wait_exit() == 1
        said = " ".join(terminal.text.split())
        assert f"There is no theme '{name}'" in said
        assert "the themes are: ansi, colour-blind, high-contrast" in said
