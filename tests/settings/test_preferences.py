"""A person's choices outlive the session, and a spoilt file never stands in the way."""

from pathlib import Path

import pytest

from itdesk.settings.preferences import choose_theme, chosen_theme


def test_a_chosen_theme_is_remembered_for_each_person(tmp_path: Path) -> None:
    path = tmp_path / "itdesk" / "preferences.json"
    assert chosen_theme(path, "anna") is None
    choose_theme(path, "anna", "itdesk-light")
    choose_theme(path, "ben", "ansi")
    choose_theme(path, "anna", "high-contrast")
    assert (chosen_theme(path, "anna"), chosen_theme(path, "ben")) == ("high-contrast", "ansi")
    assert [file.name for file in path.parent.iterdir()] == ["preferences.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"theme": 3}', b'{"theme": {"anna": 3}}'])
def test_a_spoilt_file_holds_no_choice_and_is_written_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "preferences.json"
    path.write_bytes(content)
    assert chosen_theme(path, "anna") is None
    choose_theme(path, "anna", "ansi")
    assert chosen_theme(path, "anna") == "ansi"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "itdesk").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="itdesk"):
        choose_theme(tmp_path / "itdesk" / "preferences.json", "anna", "ansi")
