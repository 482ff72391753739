"""What stands in a settings file at a place that a decision names."""

from pathlib import Path

import pytest

from itdesk.settings.excerpts import entry_at

CATEGORIES = """\
rules:
  # VPN first.
  - id: vpn
    when:

      contains: [vpn]

  # Then the rest.
  - id: wifi
    when: { contains: [wlan] }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "categories.yaml").write_text(CATEGORIES)
    (tmp_path / "secret").write_text("not a rule")
    return tmp_path


def test_an_entry_ends_where_the_next_begins(folder: Path) -> None:
    assert entry_at(folder, "categories.yaml:3") == ("  - id: vpn", "    when:", "", "      contains: [vpn]")
    assert entry_at(folder, "categories.yaml:9") == ("  - id: wifi", "    when: { contains: [wlan] }")
    assert entry_at(folder, "categories.yaml:10") == ("    when: { contains: [wlan] }",)


@pytest.mark.parametrize(
    "place", ["", "categories.yaml", "categories.yaml:0", "categories.yaml:11", "routing.yaml:1", "secret:1", "../x:1"]
)
def test_where_there_is_no_such_place_there_is_nothing(folder: Path, place: str) -> None:
    assert entry_at(folder, place) == ()
