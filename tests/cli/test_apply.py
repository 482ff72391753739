"""`itdesk config apply`: changed settings, and the clocks of open tickets with them."""

import shutil
from pathlib import Path

from itdesk.desk.rulebook import adopt
from itdesk.desk.session import SYSTEM, Session
from itdesk.models.settings import Meta
from itdesk.settings.locations import shipped_config
from tests.cli.conftest import CommandLine
from tests.support.desks import StillClock, opened, shipped_rulebook


def own_folder(cli: CommandLine, folder: Path) -> Path:
    """Give the desk a config folder of its own."""
    shutil.copytree(shipped_config(), folder)
    with opened(cli.database) as desk:
        adopt(Session(desk, SYSTEM, StillClock()), shipped_rulebook(), "own folder")
        Meta.update(value=str(folder)).where(Meta.name == "config_folder").execute()
    return folder


def test_changed_targets_reach_open_tickets_at_once(cli: CommandLine, tmp_path: Path) -> None:
    folder = own_folder(cli, tmp_path / "config")
    cli.done("new", "VPN drops", "--requester", "rita")
    sla = folder / "sla.yaml"
    sla.write_text(sla.read_text().replace("first_response: 10 h", "first_response: 20 h"))
    assert "is in force.\n" in cli.done("config", "apply")
    clocks = {clock["name"]: clock for clock in cli.told("show", "1")["clocks"]}
    assert clocks["first_response"]["target_minutes"] == 1200
    started, changed = clocks["first_response"]["history"]
    assert (started["target_minutes"], started["before"]) == (600, None)
    assert (changed["what"], changed["target_minutes"]) == ("terms_changed", 1200)
    assert changed["before"] == {
        "target_minutes": 600,
        "left_minutes": changed["left_minutes"] - 600,
        "due_at": started["due_at"],
    }
    assert changed["due_at"] == clocks["first_response"]["due_at"] != started["due_at"]
    assert [one["what"] for one in clocks["resolution"]["history"]] == ["started"], "its own terms are the same"
    assert cli.done("config", "apply").endswith("All clocks are up to date.\n")
    told = cli.told("config", "apply")
    assert (told["tickets"], told["rulebook"] > 1) == (0, True)


def test_faulty_settings_are_refused(cli: CommandLine, tmp_path: Path) -> None:
    folder = own_folder(cli, tmp_path / "config")
    sla = folder / "sla.yaml"
    sla.write_text(sla.read_text().replace("calendar: office", "calendar: offce"))
    assert "there is no calendar 'offce'" in cli.refused("config", "apply")
