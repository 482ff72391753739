"""`itdesk init`: a desk from nothing, safe to run again."""

import os
import pwd
import stat
from pathlib import Path

import pytest

from itdesk.desk.queries.rulebook import config_folder
from itdesk.settings.locations import shipped_config
from tests.cli.conftest import CommandLine
from tests.support.desks import opened

ME = pwd.getpwuid(os.getuid()).pw_name


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def folder_of(cli: CommandLine) -> str | None:
    with opened(cli.database) as desk:
        return config_folder(desk)


def test_a_new_desk_has_commented_settings_a_database_and_an_administrator(
    new_cli: CommandLine, tmp_path: Path
) -> None:
    told = new_cli.done("init", str(tmp_path / "etc"), login=None)
    assert f"commented files into {tmp_path / 'etc'}." in told
    assert f"{ME} is its administrator" in told
    assert files(tmp_path / "etc") == files(shipped_config())
    assert folder_of(new_cli) == str(tmp_path / "etc")
    assert [(one["login"], one["role"]) for one in new_cli.told("staff", "list", login=None)] == [(ME, "administrator")]
    assert new_cli.done("new", "VPN", login=None) == "Opened INC-1: P4, network.vpn.\n"
    assert new_cli("audit", "verify", login=None).status == 0


def test_running_it_again_changes_nothing_and_says_so(new_cli: CommandLine, tmp_path: Path) -> None:
    new_cli.done("init", str(tmp_path / "etc"), login=None)
    (tmp_path / "etc" / "views.yaml").unlink()
    before = files(tmp_path)
    for words in (("init",), ("init", str(tmp_path / "other")), ("init", str(tmp_path / "etc"))):
        told = new_cli.done(*words, login=None)
        assert "is there already" in told
        assert f"its settings in {tmp_path / 'etc'}." in told
        assert not (tmp_path / "other").exists()
    assert {name for name in files(tmp_path) if "sqlite3" not in name} == {
        name for name in before if "sqlite3" not in name
    }
    assert len(new_cli.told("staff", "list", login=None)) == 1


def test_without_a_folder_the_settings_are_beside_the_database(sqlite_url: str) -> None:
    CommandLine(sqlite_url).done("init", login=None)
    assert (Path(sqlite_url).parent / "desk-config" / "desk.yaml").is_file()


def test_the_default_database_is_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    cli = CommandLine("")
    assert cli.plainly("init").status == 0
    database = tmp_path / ".local" / "share" / "itdesk" / "desk.sqlite3"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    assert (database.parent / "desk-config" / "desk.yaml").is_file()
    assert cli.plainly("list", "--count").output == "0\n"


def test_settings_that_are_there_are_taken_and_completed(new_cli: CommandLine, tmp_path: Path) -> None:
    desk = (shipped_config() / "desk.yaml").read_text().replace("name: IT Service Desk", "name: Our Own Desk")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "desk.yaml").write_text(desk)
    new_cli.done("--config", str(tmp_path / "etc"), "init", login=None)
    assert (tmp_path / "etc" / "desk.yaml").read_text() == desk
    assert (tmp_path / "etc" / "views.yaml").is_file()
    with opened(new_cli.database) as opened_desk:
        assert opened_desk.rulebook()[1].desk.name == "Our Own Desk"


def test_faulty_settings_are_told_and_init_goes_on_once_they_are_mended(new_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "desk.yaml").write_text("name: Desk\ntime_zone: Mars\n")
    answer = new_cli("init", str(tmp_path / "etc"), login=None)
    assert answer.status == 1
    assert f"{tmp_path / 'etc' / 'desk.yaml'}:2:12: there is no time zone 'Mars'" in answer.errors
    assert "'teams' is missing" in answer.errors
    (tmp_path / "etc" / "desk.yaml").unlink()
    assert f"{ME} is its administrator" in new_cli.done("init", str(tmp_path / "etc"), login=None)


def test_a_service_account_makes_somebody_else_the_administrator(new_cli: CommandLine, tmp_path: Path) -> None:
    new_cli.done("init", str(tmp_path / "etc"), login="alice")
    assert [one["login"] for one in new_cli.told("staff", "list", login="alice")] == ["alice"]
    assert "not known at this desk" in new_cli.refused("list", login=None)


def test_a_desk_with_an_administrator_gets_no_other_one(cli: CommandLine) -> None:
    cli.done("init", login="rita")
    assert "may not" in cli.refused("staff", "add", "eve", login="rita")
