"""From config folder to rulebook: what is read, and every fault with its place and what was meant."""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itdesk.domain.assignment import Mode, Sharing, TeamSharing
from itdesk.domain.classification import Category, Route, Rule
from itdesk.domain.conditions import AllOf, Contains, Field, In, Not
from itdesk.domain.decisions import Thing
from itdesk.domain.queue_order import Order
from itdesk.domain.rulebook import Rulebook, TeamSetting, View
from itdesk.domain.ticket import Kind
from itdesk.settings.config_folder import REQUIRED_FILES, RULEBOOK_FILES, content_hash
from itdesk.settings.errors import ConfigErrors
from itdesk.settings.files import FILES
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from itdesk.settings.reading import LARGEST
from tests.settings.folders import OPTIONAL, SMALL, faults, shipped_copy, small_folder

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "configuration.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder(tmp_path / "config")


def edited(folder: Path, file: str, old: str, new: str) -> list[str]:
    """The faults of the small folder with a piece of a file replaced."""
    path = folder / f"{file}.yaml"
    text = path.read_text()
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new))
    return faults(folder)


# What is read


def test_the_shipped_settings_load_and_are_a_real_desk() -> None:
    book = load_rulebook(shipped_config())
    assert len(book.leaves()) >= 40
    assert len(book.rules) >= 80
    assert 4 <= len(book.desk.teams) <= 6
    branches = {category.path.partition(".")[0] for category in book.categories}
    assert branches >= {"hardware", "software", "network", "access", "email", "telephony"}
    assert branches >= {"printing", "storage", "purchase", "people", "security"}
    assert {view.name for view in book.views} >= {"active", "mine", "unassigned", "my-teams", "waiting", "all"}
    assert [book.priorities.head_starts[priority].days for priority in range(1, 6)] == [90, 60, 7, 2, 0]


def test_a_stored_rulebook_is_the_one_that_was_loaded() -> None:
    book = load_rulebook(shipped_config())
    again = Rulebook.from_json(book.to_json())
    for part in ("desk", "categories", "rules", "priorities", "routes", "views", "keymap", "calendars", "agreements"):
        assert getattr(again, part) == getattr(book, part)


def test_teams_categories_routes_views_and_keys_are_read(folder: Path) -> None:
    book = load_rulebook(folder)
    assert book.desk.teams == (
        TeamSetting("first", "First line", 1, None),
        TeamSetting("network", "Network", 2, "jonas"),
    )
    assert (book.desk.default_urgency, book.desk.time_zone, book.desk.place) == ("low", "Europe/Berlin", "desk.yaml:11")
    assert book.categories == (
        Category("network", "Network", Kind.INCIDENT, "categories.yaml:2"),
        Category("network.vpn", "VPN", Kind.INCIDENT, "categories.yaml:6"),
        Category("network.order", "New lines", Kind.REQUEST, "categories.yaml:7"),
        Category("general", "General", None, "categories.yaml:8"),
    )
    assert book.routes == (
        Route("network", Kind.INCIDENT, "network", 3, "routing.yaml:2"),
        Route(None, None, "first", 1, "routing.yaml:6"),
    )
    assert book.views == (
        View("all", "All", "status:open team:network category:network.vpn", Order.FAIR),
        View("mine", "Mine", "@me", Order.NEWEST),
    )
    assert book.keymap == {"reply": ("R",), "refresh": ("ctrl+r", "f5")}


def test_how_teams_share_their_work_is_read_and_pulling_is_usual(folder: Path) -> None:
    usual = load_rulebook(folder).sharing
    assert usual == Sharing()
    assert usual.team("network").mode is Mode.PULL
    routing = folder / "routing.yaml"
    routing.write_text(
        f"{routing.read_text()}weights: {{ P1: 9, waiting: 0 }}\ncapacity: 12\nteams:\n  first: {{ mode: manual }}\n"
        "  network: { mode: push, capacity: 7, minimum: 2 }\nskills: { network.vpn: 4 }\n"
    )
    assert load_rulebook(folder).sharing == Sharing(
        weights=(9, 3, 2, 1, 1),
        waiting=0,
        capacity=12,
        teams={
            "first": TeamSharing(Mode.MANUAL, place="routing.yaml:10"),
            "network": TeamSharing(Mode.PUSH, 7, 2, "routing.yaml:11"),
        },
        skills={"network.vpn": 4},
    )


def test_the_example_of_the_documentation_is_right(folder: Path) -> None:
    section = DOCUMENTATION.read_text().partition("## Who gets a ticket")[2]
    example = section.partition("```yaml\n")[2].partition("```")[0]
    routing = folder / "routing.yaml"
    routing.write_text(routing.read_text() + example.replace("service-desk", "first"))
    assert load_rulebook(folder).sharing.team("network").mode is Mode.PUSH


def test_rules_are_read_with_the_line_where_they_begin(folder: Path) -> None:
    assert load_rulebook(folder).rules == (
        Rule(
            "vpn",
            "categories.yaml:10",
            ((Thing.CATEGORY, "network.vpn"),),
            Contains(Field.TEXT, ("vpn", "vpn client")),
        ),
        Rule(
            "line",
            "categories.yaml:13",
            ((Thing.CATEGORY, "network.order"), (Thing.KIND, "request")),
            AllOf((Contains(Field.SUBJECT, ("line",)), Not(In(Field.CHANNEL, ("monitoring",))))),
        ),
    )


def test_priorities_are_read(folder: Path) -> None:
    priorities = load_rulebook(folder).priorities
    assert priorities.cells == {
        ("team", "high"): 1,
        ("team", "low"): 3,
        ("person", "high"): 2,
        ("person", "low"): 5,
    }
    assert priorities.places == {"team": "priorities.yaml:8", "person": "priorities.yaml:9"}
    assert priorities.head_starts == {
        1: timedelta(days=90),
        2: timedelta(days=60),
        3: timedelta(hours=36),
        4: timedelta(minutes=30),
        5: timedelta(0),
    }
    assert priorities.rules[0].decides == ((Thing.IMPACT, "team"),)
    assert priorities.adjustments == (
        Rule("vip", "priorities.yaml:16", ((Thing.PRIORITY, "-1"),), In(Field.TAGS, ("vip",))),
    )


def test_keywords_and_when_must_both_hold(folder: Path) -> None:
    path = folder / "categories.yaml"
    path.write_text(path.read_text().replace('"vpn client"]', '"vpn client"]\n    when: { site: { is: Paris } }'))
    assert load_rulebook(folder).rules[0].when == AllOf(
        (Contains(Field.TEXT, ("vpn", "vpn client")), In(Field.SITE, ("Paris",)))
    )


def test_every_file_of_a_rulebook_has_its_model() -> None:
    assert tuple(FILES) == RULEBOOK_FILES


# Faults of one file


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("desk", "name: Small desk", "nmae: Small desk", "desk.yaml:1:1: unknown key 'nmae' … did you mean 'name'?"),
        (
            "desk",
            "name: Small desk",
            "name: 4711",
            "desk.yaml:1:7: 'name' must be text, not 4711; put it in quotes: \"4711\"",
        ),
        (
            "desk",
            "name: Small desk",
            "name: true",
            "desk.yaml:1:7: 'name' must be text, not true; put it in quotes: \"true\"",
        ),
        (
            "desk",
            "name: Small desk",
            "name: #desk",
            "desk.yaml:1:6: 'name' must be text, not empty; text that begins with # needs quotes",
        ),
        ("desk", "name: Small desk", "name: ''", "desk.yaml:1:7: 'name' must not be empty"),
        (
            "desk",
            "Europe/Berlin",
            "Berlin",
            "desk.yaml:2:12: there is no time zone 'Berlin' … did you mean 'Europe/Berlin'?",
        ),
        (
            "desk",
            "Europe/Berlin",
            "Europe/Berln",
            "desk.yaml:2:12: there is no time zone 'Europe/Berln' … did you mean 'Europe/Berlin'?",
        ),
        (
            "desk",
            "Europe/Berlin",
            "'+7'",
            "desk.yaml:2:12: there is no time zone '+7'; write it like 'Europe/Berlin' or 'UTC'",
        ),
        ("desk", "level: 2", "level: two", "desk.yaml:9:12: 'level' must be a whole number, not the text 'two'"),
        ("desk", "level: 2", "level: 4", "desk.yaml:9:12: 'level' must be at most 3, not 4"),
        ("desk", "level: 2", "level: 1.5", "desk.yaml:9:12: 'level' must be a whole number, not 1.5"),
        (
            "desk",
            "level: 2",
            "level: 02",
            'desk.yaml:9:12: 02 has a leading zero; write 2 for the number, or "02" for text',
        ),
        ("desk", "    title: Network\n", "", "desk.yaml:7:5: the key 'title' is missing"),
        (
            "desk",
            "kind: incident",
            "kind: incidnet",
            "desk.yaml:13:9: 'kind' cannot be the text 'incidnet' … did you mean 'incident'?",
        ),
        (
            "desk",
            "kind: incident",
            "kind: no",
            "desk.yaml:13:9: 'kind' cannot be the text 'no'; possible: incident, request, problem",
        ),
        ("desk", "  team: first", "  team: frist", "desk.yaml:12:9: there is no team 'frist' … did you mean 'first'?"),
        (
            "desk",
            "category: general",
            "category: generl",
            "desk.yaml:14:13: there is no category 'generl' … did you mean 'general'?",
        ),
        (
            "desk",
            "impact: person",
            "impact: all",
            "desk.yaml:15:11: there is no impact level 'all'; possible: team, person",
        ),
        (
            "categories",
            "category: network.vpn",
            "category: network.vnp",
            "categories.yaml:11:15: there is no category 'network.vnp' … did you mean 'network.vpn'?",
        ),
        (
            "categories",
            'keywords: [vpn, "vpn client"]',
            "keywords: [vpn, 404]",
            "categories.yaml:12:21: item 2 of 'keywords' must be text, not 404; put it in quotes: \"404\"",
        ),
        (
            "categories",
            'keywords: [vpn, "vpn client"]',
            "keywords: []",
            "categories.yaml:12:15: 'keywords' must not be empty",
        ),
        (
            "categories",
            'keywords: [vpn, "vpn client"]',
            "keywords: ['?!']",
            "categories.yaml:12:16: a keyword needs a letter or a digit",
        ),
        (
            "categories",
            'keywords: [vpn, "vpn client"]',
            "keywords: [v*n]",
            "categories.yaml:12:16: a keyword may have * at its very end only, where any letters may follow",
        ),
        (
            "categories",
            '    keywords: [vpn, "vpn client"]\n',
            "",
            "categories.yaml:10:5: rule 'vpn' needs 'keywords' or 'when', or it would always hold",
        ),
        (
            "categories",
            "    category: network.vpn\n",
            "",
            "categories.yaml:10:5: rule 'vpn' decides nothing: it needs 'category' or 'kind'",
        ),
        (
            "categories",
            "- id: line",
            "- id: vpn",
            "categories.yaml:13:9: the rule 'vpn' is there already, in categories.yaml:10",
        ),
        (
            "categories",
            "- subject: {",
            "- sbject: {",
            "categories.yaml:18:11: unknown key 'sbject' … did you mean 'subject'?",
        ),
        (
            "categories",
            "contains: line",
            "contians: line",
            "categories.yaml:18:22: unknown key 'contians' … did you mean 'contains'?",
        ),
        (
            "categories",
            "subject: { contains: line }",
            "subject: line",
            "categories.yaml:18:20: 'subject' must be a mapping (key: value), not the text 'line'",
        ),
        (
            "categories",
            "subject: { contains: line }",
            "subject: {}",
            "categories.yaml:18:20: one of these keys is needed: contains, matches, is, in, starts_with",
        ),
        (
            "categories",
            "subject: { contains: line }",
            "subject: { contains: line, is: x }",
            "categories.yaml:18:20: only one key can stand here; put several conditions in a list below 'all' or 'any'",
        ),
        (
            "categories",
            "subject: { contains: line }",
            "subject: { matches: '(a' }",
            "categories.yaml:18:31: the regular expression is faulty: missing ) at position 2",
        ),
        (
            "categories",
            "subject: { contains: line }",
            "subject: { matches: 'a{2000}{2000}' }",
            "categories.yaml:18:31: the regular expression repeats more than 10,000 times",
        ),
        (
            "categories",
            "is: monitoring",
            "is: monitor",
            "categories.yaml:19:33: 'is' cannot be the text 'monitor' … did you mean 'monitoring'?",
        ),
        (
            "categories",
            "channel: { is: monitoring }",
            "category: { starts_with: nework }",
            "categories.yaml:19:43: there is no category 'nework' … did you mean 'network'?",
        ),
        ("categories", "      all:\n", "      all: []\n      any:\n", "categories.yaml:17:12: 'all' must not be empty"),
        ("categories", "vpn: { title: VPN }", "VPN: { title: VPN }", None),
        (
            "categories",
            "title: New lines, kind",
            "title: New, lines, kind",
            "categories.yaml:7:28: unknown key 'lines'; possible: title, kind, categories",
        ),
        (
            "priorities",
            "low: P3",
            "low: P6",
            "priorities.yaml:8:26: 'low' cannot be the text 'P6'; possible: P1, P2, P3, P4, P5",
        ),
        ("priorities", ", low: P3", "", "priorities.yaml:8:3: the row 'team' of the matrix lacks urgency 'low'"),
        (
            "priorities",
            "  person: { high: P2, low: P5 }\n",
            "",
            "priorities.yaml:7:1: the matrix has no row for impact 'person'",
        ),
        ("priorities", "low: P3", "lwo: P3", None),
        (
            "priorities",
            "P3: 36 h",
            "P3: 61 d",
            "priorities.yaml:10:39: the head start of P3 is longer than that of P2, so P3 would come first",
        ),
        (
            "priorities",
            "P3: 36 h",
            "P3: 36",
            "priorities.yaml:10:39: a span of time is a number and d, h, min or s: '90 d'",
        ),
        (
            "priorities",
            "P3: 36 h",
            "P3: 36 weeks",
            "priorities.yaml:10:39: a span of time is a number and d, h, min or s: '90 d'",
        ),
        ("priorities", "P5: 0 s", "P6: 0 s", None),
        ("priorities", "raise: 1", "raise: 9", "priorities.yaml:17:12: 'raise' must be at most 4, not 9"),
        (
            "priorities",
            "raise: 1",
            "raise: 1\n    lower: 1",
            "priorities.yaml:16:5: rule 'vip' needs either 'raise' or 'lower', with a number of steps",
        ),
        (
            "priorities",
            "impact: team\n",
            "impact: tema\n",
            "priorities.yaml:13:13: there is no impact level 'tema' … did you mean 'team'?",
        ),
        (
            "routing",
            "category: network",
            "category: printing",
            "routing.yaml:2:15: there is no category 'printing'; possible: network, network.vpn, network.order, ",
        ),
        (
            "routing",
            "team: network",
            "team: netwrk",
            "routing.yaml:4:11: there is no team 'netwrk' … did you mean 'network'?",
        ),
        ("routing", "routes:", "routes: {}\nrules:", None),
        (
            "routing",
            "routes:",
            "teams: { netwrk: { mode: push } }\nroutes:",
            "routing.yaml:1:10: there is no team 'netwrk' … did you mean 'network'?",
        ),
        (
            "routing",
            "routes:",
            "teams: { network: { mode: pusch } }\nroutes:",
            "routing.yaml:1:27: 'mode' cannot be the text 'pusch' … did you mean 'push'?",
        ),
        (
            "routing",
            "routes:",
            "teams: { network: { capacty: 4 } }\nroutes:",
            "routing.yaml:1:21: unknown key 'capacty' … did you mean 'capacity'?",
        ),
        (
            "routing",
            "routes:",
            "weights: { P1: 0 }\nroutes:",
            "routing.yaml:1:16: 'P1' must be at least 1, not 0",
        ),
        (
            "routing",
            "routes:",
            "capacity: many\nroutes:",
            "routing.yaml:1:11: 'capacity' must be a whole number, not the text 'many'",
        ),
        (
            "views",
            "status:open",
            "status:opne",
            "views.yaml:4:12: “status:opne” is not known, did you mean “open”?",
        ),
        (
            "views",
            "team:network",
            "team:netwrk",
            "views.yaml:4:12: there is no team 'netwrk' … did you mean 'network'?",
        ),
        ("views", "category:network.vpn", "category:vpn", None),
        ("views", "- name: mine", "- name: all", "views.yaml:5:11: the view 'all' is there already, in views.yaml:2"),
        (
            "views",
            "order: newest",
            "order: new",
            "views.yaml:8:12: 'order' cannot be the text 'new' … did you mean 'newest'?",
        ),
        ("keymap", "keys:\n  reply: R", "keys:\n  reply: 7", None),
        ("keymap", "reply: R", "reply: []", "keymap.yaml:2:10: 'reply' must not be empty"),
    ],
)
def test_a_fault_is_told_once_with_its_place_and_what_was_meant(
    folder: Path, file: str, old: str, new: str, message: str | None
) -> None:
    told = edited(folder, file, old, new)
    assert told
    if message is not None:
        assert [line[: len(message)] for line in told] == [message]


def test_a_name_that_is_taken_or_malformed_is_told_with_what_then_points_nowhere(folder: Path) -> None:
    assert edited(folder, "desk", "- name: network", "- name: first") == [
        "desk.yaml:7:11: the team 'first' is there already, in desk.yaml:4",
        "routing.yaml:4:11: there is no team 'network'; possible: first",
        "views.yaml:4:12: there is no team 'network'; possible: first",
    ]
    assert edited(folder, "desk", "- name: first\n    title: Network", "- name: Net work\n    title: Network")[0] == (
        "desk.yaml:7:11: a name has small letters, digits, - and _ only; 'net-work' would do"
    )


def test_a_file_that_is_no_mapping_is_told(tmp_path: Path) -> None:
    assert faults(small_folder(tmp_path / "c", views="- all\n")) == [
        "views.yaml:1:1: the file must be a mapping (key: value), not a list"
    ]
    assert faults(small_folder(tmp_path / "c", views="views")) == [
        "views.yaml:1:1: the file must be a mapping (key: value), not the text 'views'"
    ]


# All at once


def test_the_faults_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    folder = small_folder(
        tmp_path / "config",
        desk=SMALL["desk.yaml"].replace("level: 2", "level: 9").replace("  team: first", "  team: nobody"),
        categories=SMALL["categories.yaml"].replace("network.vpn\n", "network.vnp\n").replace("keywords", "keyword"),
        routing="routes: [\n",
        views=None,
        keymap="keys: [\tx]\n",
    )
    (folder / "vews.yaml").write_text("views: []\n")
    assert faults(folder) == [
        "categories.yaml:11:15: there is no category 'network.vnp' … did you mean 'network.vpn'?",
        "categories.yaml:12:5: unknown key 'keyword' … did you mean 'keywords'?",
        "desk.yaml:9:12: 'level' must be at most 3, not 9",
        "desk.yaml:12:9: there is no team 'nobody'; possible: first, network",
        "keymap.yaml:1:7: 'keys' must be a mapping (key: value), not a list",
        "routing.yaml:2:1: is no YAML: while parsing a flow node, did not find expected node content",
        "vews.yaml: no settings file is called vews.yaml … did you mean 'views.yaml'?",
        "views.yaml: the file is missing",
    ]


def test_names_are_taken_on_trust_while_their_file_cannot_be_read(tmp_path: Path) -> None:
    assert faults(small_folder(tmp_path / "config", desk="\x00")) == [
        "desk.yaml:1:1: control character U+0000; delete it"
    ]


# Files and folders


def test_a_missing_folder_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors) as failure:
        load_rulebook(tmp_path / "gone")
    assert str(failure.value) == (
        f"{tmp_path / 'gone'}: the config folder cannot be read: there is no such folder. "
        "Write a commented one with `itdesk init`"
    )


def test_an_empty_folder_lacks_every_file(tmp_path: Path) -> None:
    assert faults(tmp_path) == [f"{name}: the file is missing" for name in sorted(REQUIRED_FILES)]


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "config", views=None)
    (folder / "views.yaml").mkdir()
    assert faults(folder) == ["views.yaml: is not a file"]


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigErrors, match="the config folder cannot be read: Not a directory"):
        load_rulebook(tmp_path / "file")


def test_a_file_over_a_mebibyte_is_refused(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "config", views=b"#" * (LARGEST + 1))
    assert faults(folder) == ["views.yaml: is larger than 1,048,576 bytes; delete what is not needed"]
    assert faults(small_folder(folder, views=SMALL["views.yaml"].ljust(LARGEST, "#"))) == []


AS_NOBODY = """
import os, sys
from pathlib import Path
from tests.settings.folders import faults
faults(Path(sys.argv[1]))  # what it imports may be readable for root alone
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
print("\\n".join(faults(Path(sys.argv[1]))))
"""


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    for above in (tmp_path, *list(tmp_path.parents)[:-2]):
        if above.stat().st_uid == os.getuid():
            above.chmod(above.stat().st_mode | 0o055)
    folder = small_folder(tmp_path / "config")
    folder.chmod(0o755)
    (folder / "views.yaml").chmod(0)
    result = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(folder)], capture_output=True, text=True, check=False, cwd=Path.cwd()
    )
    assert result.stdout.strip() == "views.yaml: cannot be read: Permission denied", result.stderr


# The keymap's own check


def test_faults_that_only_the_screens_can_see_get_their_line(folder: Path) -> None:
    def check(keymap: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str]]:
        assert keymap == {"reply": ("R",), "refresh": ("ctrl+r", "f5")}
        yield "refresh", "No action is called 'refresh'."

    with pytest.raises(ConfigErrors) as failure:
        load_rulebook(folder, check_keymap=check)
    assert [(error.line, error.column, error.message) for error in failure.value.errors] == [
        (3, 3, "No action is called 'refresh'")
    ]


def test_an_empty_keymap_changes_nothing(tmp_path: Path) -> None:
    for written in ("keys: {}\n", "keys:\n"):
        assert load_rulebook(small_folder(tmp_path / "config", keymap=written)).keymap == {}


# The hash


def test_the_hash_changes_with_every_byte_and_with_nothing_else(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path / "config")
    first = content_hash(folder)
    assert content_hash(folder) == first == content_hash(shipped_config())
    (folder / "notes.txt").write_text("not a setting")
    (folder / "imports" / "topics.yaml").write_text("type: topic_texts")
    assert content_hash(folder) == first
    path = folder / "views.yaml"
    path.write_bytes(path.read_bytes() + b" ")
    second = content_hash(folder)
    path.unlink()
    assert len({first, second, content_hash(folder), content_hash(tmp_path / "gone")}) == 4


def test_the_hash_does_not_confuse_where_one_file_ends_and_the_next_begins(tmp_path: Path) -> None:
    one = small_folder(tmp_path / "one", desk="ab", categories="c")
    other = small_folder(tmp_path / "other", desk="a", categories="bc")
    assert content_hash(one) != content_hash(other)


def test_the_hash_needs_neither_yaml_nor_pydantic() -> None:
    code = (
        "import sys; from pathlib import Path; from itdesk.settings.config_folder import content_hash;"
        f"content_hash(Path({str(shipped_config())!r})); print({{'yaml', 'pydantic'}} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


# Whatever the files say


PIECES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["x", "", "network.vpn", "P1", "contains", "not", "90 d", "2026-01-01"]),
    st.text(max_size=5),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(tuple(SMALL)))
def test_a_file_with_any_value_in_any_place_is_read_or_refused_with_a_place(
    tmp_path: Path, data: st.DataObject, name: str
) -> None:
    import yaml

    files = {**SMALL, **OPTIONAL}
    content = yaml.safe_load(files[name])
    spots = [(content, key) for key in content]
    for holder, key in spots:
        inner = holder[key]
        if isinstance(inner, dict):
            spots += [(inner, below) for below in inner]
        elif isinstance(inner, list):
            spots += [(inner, below) for below in range(len(inner))]
    holder, key = data.draw(st.sampled_from(spots))
    piece = data.draw(
        st.one_of(PIECES, st.lists(PIECES, max_size=2), st.dictionaries(st.text(max_size=4), PIECES, max_size=2))
    )
    holder[key] = piece
    written = yaml.safe_dump(content, allow_unicode=True)
    mutated = {file.removesuffix(".yaml"): text for file, text in {**files, name: written}.items()}
    for fault in faults(small_folder(tmp_path / "config", **mutated)):
        file, line, column, message = fault.split(":", 3)
        assert file in RULEBOOK_FILES
        assert line.isdigit()
        assert column.isdigit()
        assert message.strip()
