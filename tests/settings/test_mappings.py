"""Import mappings: found by name or path, read, and refused with every fault at once."""

from pathlib import Path

import pytest

from itdesk.domain.mapping import CsvFormat, EventLogMapping, MappedStatus, TopicMapping
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import Channel, Kind, Status, WaitingReason
from itdesk.settings.errors import ConfigErrors
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from itdesk.settings.mappings import check_mappings, load_mapping
from tests.settings.folders import small_folder

LOG = """\
type: event_log
time_format: "%Y-%m-%d %H:%M:%S"
columns:
  number: No
  state: State
  opened_at: Opened
  updated_at: Updated
category: [Area]
category_branch: general
subject: [Text]
states:
  Open: { status: in_progress }
"""
TOPICS = """\
type: topic_texts
text_column: Text
topic_column: Topic
topics:
  Lines: [network, general]
  Tunnels: network.vpn
"""


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return load_rulebook(shipped_config())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = small_folder(tmp_path / "config")
    (folder / "imports").mkdir()
    (folder / "imports" / "log.yaml").write_text(LOG)
    (folder / "imports" / "topics.yaml").write_text(TOPICS)
    return folder


def faults(folder: Path, name: str = "log") -> list[str]:
    try:
        load_mapping(name, [folder], load_rulebook(folder))
    except ConfigErrors as failure:
        return [str(error).replace(f"{folder}/imports/", "") for error in failure.errors]
    return []


def edited(folder: Path, name: str, old: str, new: str) -> list[str]:
    path = folder / "imports" / f"{name}.yaml"
    text = path.read_text()
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new))
    return faults(folder, name)


def test_the_shipped_mappings_have_no_faults(shipped: Rulebook) -> None:
    assert check_mappings(shipped_config(), shipped) == []


def test_the_shipped_log_mapping_knows_every_state_and_level(shipped: Rulebook) -> None:
    mapping = load_mapping("servicenow-log", [shipped_config()], shipped)
    assert isinstance(mapping, EventLogMapping)
    assert mapping.states == {
        "New": MappedStatus(Status.NEW),
        "Active": MappedStatus(Status.IN_PROGRESS),
        "Awaiting User Info": MappedStatus(Status.WAITING, WaitingReason.REQUESTER),
        "Awaiting Evidence": MappedStatus(Status.WAITING, WaitingReason.REQUESTER),
        "Awaiting Vendor": MappedStatus(Status.WAITING, WaitingReason.VENDOR),
        "Awaiting Problem": MappedStatus(Status.WAITING, WaitingReason.PROBLEM),
        "Resolved": MappedStatus(Status.RESOLVED),
        "Closed": MappedStatus(Status.CLOSED),
    }
    assert mapping.no_status == {"-100"}
    assert mapping.missing == {"?"}
    assert mapping.impacts == {"1 - High": "company", "2 - Medium": "team", "3 - Low": "person"}
    assert mapping.priorities["1 - Critical"] == 1
    assert mapping.channels["Email"] is Channel.MAIL
    assert mapping.category_branch == "imported"
    assert mapping.time_zone is None
    assert mapping.kind is Kind.INCIDENT


def test_every_leaf_of_the_shipped_tree_counts_as_a_topic_but_the_imported(shipped: Rulebook) -> None:
    mapping = load_mapping("topics", [shipped_config()], shipped)
    assert isinstance(mapping, TopicMapping)
    assert [leaf.path for leaf in shipped.leaves() if mapping.topic(leaf.path) is None] == ["imported"]


def test_what_a_mapping_leaves_out_has_its_default(folder: Path) -> None:
    mapping = load_mapping("log", [folder], load_rulebook(folder))
    assert isinstance(mapping, EventLogMapping)
    assert mapping.name == "log"
    assert mapping.csv == CsvFormat(",", "utf-8")
    assert mapping.missing == frozenset()
    assert mapping.columns.requester is None
    assert mapping.facts == mapping.closure == ()


def test_the_longest_branch_decides_the_topic(folder: Path) -> None:
    mapping = load_mapping("topics", [folder], load_rulebook(folder))
    assert isinstance(mapping, TopicMapping)
    assert mapping.topic("network.vpn") == "Tunnels"
    assert mapping.topic("network.order") == "Lines"
    assert mapping.topic("networks") is None


def test_a_mapping_is_found_in_the_first_folder_that_has_it_or_by_its_path(folder: Path, shipped: Rulebook) -> None:
    assert load_mapping("topics", [shipped_config(), folder], shipped).place.startswith(str(shipped_config()))
    own = folder / "imports" / "log.yaml"
    assert load_mapping(str(own), [], load_rulebook(folder)).place == str(own)


def test_an_unknown_mapping_says_which_there_are(folder: Path) -> None:
    place = folder / "imports"
    assert faults(folder, "topcis") == [f"{place}: there is no mapping 'topcis' … did you mean 'topics'?"]
    assert faults(folder, "xyz") == [f"{place}: there is no mapping 'xyz'; there are: log, topics"]
    assert faults(folder, "gone.yaml") == ["gone.yaml: the file is missing"]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "log",
            "type: event_log",
            "type: event_lgo",
            "log.yaml:1:7: the key 'type' must say what the file maps: event_log or topic_texts … did you mean ",
        ),
        (
            "log",
            "type: event_log\n",
            "",
            "log.yaml:1:1: the key 'type' must say what the file maps: event_log or topic_texts",
        ),
        ("log", "  number: No\n", "", "log.yaml:4:3: the key 'number' is missing"),
        ("log", "  number: No\n", "  nubmer: No\n", "log.yaml:4:3: unknown key 'nubmer' … did you mean 'number'?"),
        (
            "log",
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%d",
            "log.yaml:2:14: the time format lacks a part; '%d/%m/%Y %H:%M' has all: day, month, year, hour, minute",
        ),
        ("log", "%Y-%m-%d %H:%M:%S", "%Y %Q", "log.yaml:2:14: the time format is faulty: "),
        (
            "log",
            "category_branch: general",
            "category_branch: imported",
            "log.yaml:9:18: there is no category 'imported'",
        ),
        (
            "log",
            "status: in_progress",
            "status: active",
            "log.yaml:12:19: 'status' cannot be the text 'active'; possible: new, assigned, in_progress",
        ),
        (
            "log",
            "status: in_progress",
            "status: waiting",
            "log.yaml:12:9: status waiting needs a 'waiting_reason', and no other status may have one",
        ),
        (
            "log",
            "{ status: in_progress }",
            "{ status: in_progress, waiting_reason: vendor }",
            "log.yaml:12:9: status waiting needs a 'waiting_reason', and no other status may have one",
        ),
        (
            "log",
            "subject: [Text]",
            "subject: [Text]\nimpacts: { 1: planet }",
            "log.yaml:11:15: there is no impact level 'planet'; possible: team, person",
        ),
        (
            "log",
            "subject: [Text]",
            "subject: [Text]\ncsv: { encoding: utf-9 }",
            "log.yaml:11:18: there is no encoding 'utf-9'; utf-8 and windows-1252 are common",
        ),
        (
            "log",
            "subject: [Text]",
            "subject: [Text]\ncsv: { delimiter: '||' }",
            "log.yaml:11:19: 'delimiter' has 2 characters; at most 1 are possible",
        ),
        (
            "topics",
            "Tunnels: network.vpn",
            "Tunnels: network.vnp",
            "topics.yaml:6:12: there is no category 'network.vnp' … did you mean 'network.vpn'?",
        ),
        (
            "topics",
            "Tunnels: network.vpn",
            "Tunnels: network",
            "topics.yaml:1:1: category 'network' counts as 'Lines' and as 'Tunnels'",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_was_meant(
    folder: Path, name: str, old: str, new: str, message: str
) -> None:
    assert [line[: len(message)] for line in edited(folder, name, old, new)] == [message]


def test_all_faults_of_all_mappings_are_listed(folder: Path) -> None:
    (folder / "imports" / "log.yaml").write_text(LOG.replace("Open:", "Open: 1\n  Shut:").replace("general", "genral"))
    (folder / "imports" / "empty.yaml").write_text("")
    told = [str(error).replace(f"{folder}/imports/", "") for error in check_mappings(folder, load_rulebook(folder))]
    assert told == [
        "empty.yaml:1:1: is empty; see the shipped file of the same name for what belongs here",
        "log.yaml:9:18: there is no category 'genral' … did you mean 'general'?",
        "log.yaml:12:9: 'Open' must be a mapping (key: value), not 1",
    ]


def test_a_folder_without_mappings_has_no_faults(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "config")
    assert check_mappings(folder, load_rulebook(folder)) == []
