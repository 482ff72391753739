"""Where the files are."""

from pathlib import Path

import pytest

from itdesk.settings import locations


def test_the_shipped_settings_and_themes_are_found() -> None:
    assert (locations.shipped_config() / "desk.yaml").is_file()
    assert (locations.shipped_themes() / "itdesk-dark.yaml").is_file()


def test_an_installed_package_uses_its_own_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "itdesk" / "_data" / "config").mkdir(parents=True)
    monkeypatch.setattr(locations, "_PACKAGE", tmp_path / "itdesk")
    assert locations.shipped_config() == tmp_path / "itdesk" / "_data" / "config"
    assert locations.shipped_themes() == tmp_path / "themes"


def test_the_users_files_lie_in_the_users_folders_and_are_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert locations.default_database().name == "desk.sqlite3"
    assert "itdesk" in locations.default_database().parts
    assert "itdesk" in locations.user_config_dir().parts
    assert list(tmp_path.iterdir()) == []
