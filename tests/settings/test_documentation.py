"""The page for administrators: its examples are one whole desk, and its mistakes are told as it says."""

import re
from pathlib import Path

import pytest

from itdesk.domain.ticket import Kind
from itdesk.settings.config_folder import OPTIONAL_FILES, RULEBOOK_FILES
from itdesk.settings.loader import load_rulebook
from itdesk.settings.mappings import check_mappings
from tests.settings.folders import faults

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "administrators.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```(?:yaml|markdown)\n# (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
"""The examples, by the file that each is."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The examples as a config folder."""
    for name, text in BLOCKS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_settings_file_has_an_example_and_together_they_are_a_desk(folder: Path) -> None:
    assert {*RULEBOOK_FILES} <= BLOCKS.keys()
    assert {name.partition("/")[0] for name in BLOCKS if "/" in name} == {"imports", "sops", "replies"}
    assert faults(folder) == []
    book = load_rulebook(folder)
    assert check_mappings(folder, book) == []
    assert [sop.name for sop in book.procedures.sops] == ["vpn"]
    assert [one.name for one in book.templates] == ["line"]
    assert {one.kind for one in book.categories} == {Kind.INCIDENT, Kind.REQUEST, None}


def test_what_may_be_missing_is_said_to_be_optional(folder: Path) -> None:
    for name in OPTIONAL_FILES:
        (folder / name).unlink()
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("calendars.yaml", "always: { always: true }", "standby: { time_zone: UTC }"),
        ("calendars.yaml", 'mon-thu: ["08:00-12:00", "13:00-17:00"]', 'mon: ["08:00-12:00", "11:00-17:00"]'),
        ("calendars.yaml", "country: DE, subdivision: BY", "country: Atlantis"),
        ("sops/vpn.md", "[network.vpn]", "[network.vnp]"),
    ],
)
def test_a_mistake_reads_as_the_page_says(folder: Path, file: str, old: str, new: str) -> None:
    assert old in BLOCKS[file]
    (folder / file).write_text(BLOCKS[file].replace(old, new), encoding="utf-8")
    [said] = [row.split(" | ")[1].strip(" |") for row in PAGE.splitlines() if row.startswith("| `") and new in row]
    assert any(said in told for told in faults(folder)), faults(folder)


@pytest.mark.parametrize("page", sorted(page.name for page in DOCS.glob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for name, anchor in re.findall(r"\]\(([\w./-]*\.md)?(?:#([\w-]+))?\)", text):
        target = (DOCS / name).resolve() if name else DOCS / page
        assert target.is_file(), (page, name)
        titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
        assert not anchor or anchor in anchors, (page, anchor)


def test_the_lines_that_bring_articles_in_do_so(
    sqlite_desk_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [lines] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "vpn.md").write_text("# VPN drops\n\nLower the MTU.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(lines.replace("/srv/itdesk/desk.sqlite3", sqlite_desk_url).replace('"anna"', '"ada"'), {})
    assert capsys.readouterr().out == "Added KB-1.\n"
