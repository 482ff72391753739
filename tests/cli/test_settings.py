"""The desk's settings: a changed folder comes into force, a faulty one never does; the checks say what is wrong."""

import json
import shutil
from pathlib import Path

import pytest

from itdesk.settings.locations import shipped_config, shipped_themes
from itdesk.ui.actions import BY_ID
from tests.cli.conftest import CommandLine
from tests.support.desks import opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The config folder of `desk_cli`."""
    return tmp_path / "etc"


@pytest.fixture
def desk_cli(new_cli: CommandLine, folder: Path) -> CommandLine:
    """A desk whose config folder may be edited, of which ada is the administrator."""
    new_cli.done("init", str(folder), login="ada")
    return new_cli


def change(folder: Path, old: str, new: str, file: str = "desk.yaml") -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def rulebook(cli: CommandLine) -> tuple[int, str]:
    with opened(cli.database) as desk:
        version, content = desk.rulebook()
        return version, content.desk.name


def break_it(folder: Path) -> None:
    change(folder, "time_zone: Europe/Berlin", "time_zone: Europe/Berlln")


def test_a_changed_folder_comes_into_force_with_the_next_command(desk_cli: CommandLine, folder: Path) -> None:
    change(folder, "name: IT Service Desk", "name: Help")
    desk_cli.done("list", "--count", login="ada")
    assert rulebook(desk_cli) == (1, "IT Service Desk")  # `list` needs no rules
    desk_cli.done("new", "One", login="ada")
    desk_cli.done("new", "Two", login="ada")
    assert rulebook(desk_cli) == (2, "Help")


def test_a_key_of_the_command_is_not_used_up_by_new_settings(desk_cli: CommandLine, folder: Path) -> None:
    change(folder, "name: IT Service Desk", "name: Help")
    assert desk_cli.done("--key", "k", "new", "One", login="ada").startswith("Opened")


def test_a_faulty_folder_never_takes_the_desk_down(desk_cli: CommandLine, folder: Path) -> None:
    break_it(folder)
    answer = desk_cli("new", "VPN", login="ada")
    assert (answer.status, answer.output) == (0, "Opened INC-1: P4, network.vpn.\n")
    (warning,) = answer.errors.splitlines()
    assert warning.startswith("Warning: Rulebook 1 goes on, the settings are faulty: desk.yaml:")
    assert warning.endswith("did you mean 'Europe/Berlin'?")


def test_a_changed_gate_holds_for_the_very_next_command(desk_cli: CommandLine, folder: Path) -> None:
    desk_cli.done("new", "VPN", login="ada")
    rule = "resolve:\n  - category: network.vpn\n    needs_test: true\n"
    change(folder, "resolve: []", rule, "policies.yaml")
    assert "needs a passed test" in desk_cli.refused("resolve", "INC-1", "--resolution", "Restarted.", login="ada")
    change(folder, rule, "resolve: []", "policies.yaml")
    assert desk_cli.done("resolve", "INC-1", "--resolution", "Restarted.", login="ada").startswith("Resolved INC-1.")


def test_a_folder_that_is_gone_does_not_either(desk_cli: CommandLine, folder: Path, engine: str) -> None:
    shutil.rmtree(folder)
    answer = desk_cli("new", "VPN", login="ada")
    assert answer.status == 0
    on_another_machine = engine == "postgres"
    warning = f"Warning: Rulebook 1 goes on: the settings in {folder} are gone.\n"
    assert answer.errors == ("" if on_another_machine else warning)
    assert desk_cli("config", "check", login="ada").status == 1


def test_another_folder_never_changes_the_desk(desk_cli: CommandLine, tmp_path: Path) -> None:
    other = tmp_path / "draft"
    shutil.copytree(shipped_config(), other)
    change(other, "name: IT Service Desk", "name: Draft")
    answer = desk_cli("--config", str(other), "new", "VPN", login="ada")
    assert answer.status == 0
    assert "--config is not for this command" in answer.errors
    assert rulebook(desk_cli) == (1, "IT Service Desk")


# config check, config schema, rules check


def test_right_settings_are_called_right(desk_cli: CommandLine, folder: Path) -> None:
    assert desk_cli.done("config", "check", login="ada") == f"The settings in {folder} are right.\n"


def test_every_error_is_listed_with_its_place(desk_cli: CommandLine, folder: Path) -> None:
    break_it(folder)
    (folder / "keymap.yaml").write_text("keys:\n  tkae: x\n  take: ctrl+s\n")
    answer = desk_cli("config", "check", login="ada")
    assert answer.status == 1
    lines = answer.output.splitlines()
    assert all(line.startswith(f"{folder}/") for line in lines), lines
    for words in ("desk.yaml", "Europe/Berlln", "'tkae'", "stops the terminal's output"):
        assert any(words in line for line in lines), (words, lines)
    found = json.loads(desk_cli("config", "check", "--json", login="ada").output)
    assert {(Path(one["file"]).name, one["line"] > 0) for one in found} == {("desk.yaml", True), ("keymap.yaml", True)}


def test_the_ids_that_the_keymap_names_are_listed_with_the_keys_of_this_desk(
    desk_cli: CommandLine, folder: Path
) -> None:
    (folder / "keymap.yaml").write_text("keys:\n  take: [f5, x]\n  resolve: Z\n")
    head, *lines = desk_cli.done("config", "keys", login="ada").splitlines()
    assert head.split() == ["Id", "Keys", "Where", "Does"]
    assert [line.split()[:3] for line in lines if line.startswith("take ")] == [["take", "f5", "x"]]
    listed = {one["id"]: one for one in desk_cli.told("config", "keys", login="ada")}
    assert listed.keys() == BY_ID.keys()
    assert listed["resolve"]["keys"] == ["Z"]
    assert listed["reply"] == {
        "id": "reply",
        "keys": ["r"],
        "scopes": ["queue", "ticket"],
        "does": "Write to the requester, who will see it",
    }


ESCALATION = """\
steps:
  - { name: late, clock: resolution, after: 0 min, notify: [team_lead, anna, tmo] }
  - name: later
    clock: resolution
    after: 1 h
    notify: rita
"""
POLICIES = """\
approvals:
  - id: buying
    when: { category: { starts_with: purchase } }
    approvers: [Team lead, "@wes", supervizor]
    substitutes: supervisor
resolve: []
"""
VIEWS = """\
views:
  - { name: two, title: Two, query: "@me,tom,wes category:=network" }
"""


def test_logins_that_nobody_active_has_are_warnings_with_their_place(desk_cli: CommandLine, folder: Path) -> None:
    for login in ("tom", "wes"):
        desk_cli.done("staff", "add", login, login="ada")
    desk_cli.done("new", "VPN", "--requester", "Rita <rita@example.com>", login="ada")
    (folder / "escalation.yaml").write_text(ESCALATION)
    (folder / "policies.yaml").write_text(POLICIES)
    (folder / "views.yaml").write_text(
        'views:\n  - { name: two, title: Two, query: "@me,tom,wes category:=network" }\n'
    )
    change(folder, "  - name: network\n", "  - name: network\n    lead: wes\n")
    desk_cli.done("staff", "leave", "wes", login="ada")
    *warnings, last = desk_cli.done("config", "check", login="ada").replace(f"{folder}/", "").splitlines()
    [lead] = [line for line in warnings if line.startswith("desk.yaml")]
    assert lead.endswith("warning: wes is no longer active at this desk")
    assert [line for line in warnings if line != lead] == [
        "escalation.yaml:2:72: warning: nobody at this desk has the login 'anna'",
        "escalation.yaml:2:78: warning: nobody at this desk has the login 'tmo' … did you mean 'tom'?",
        "escalation.yaml:6:13: warning: rita is requester; steps of escalation tell staff only",
        "policies.yaml:4:28: warning: wes is no longer active at this desk",
        "policies.yaml:4:36: warning: nobody at this desk has the login 'supervizor' … did you mean 'supervisor'?",
        "views.yaml:2:37: warning: wes is no longer active at this desk",
    ]
    assert last == f"The settings in {folder} are right, but for the warnings.".replace(f"{folder}/", "")
    found = json.loads(desk_cli.done("config", "check", "--json", login="ada"))
    assert {one["severity"] for one in found} == {"warning"}
    assert len(found) == 7
    assert desk_cli.done("new", "Another", login="ada").startswith("Opened"), "the settings come into force"


def test_logins_are_doubted_beside_errors_and_in_a_draft_of_the_settings(
    desk_cli: CommandLine, folder: Path, tmp_path: Path
) -> None:
    (folder / "escalation.yaml").write_text(ESCALATION)
    draft = shutil.copytree(folder, tmp_path / "draft")
    assert "'tmo'" in desk_cli("--config", str(draft), "config", "check").output
    assert "'tmo'" in desk_cli("--config", str(folder), "config", "check", login="ada").output
    break_it(folder)
    answer = desk_cli("config", "check", "--json", login="ada")
    assert answer.status == 1
    assert [one["severity"] for one in answer.data] == ["error", *["warning"] * 3]


def test_import_mappings_are_checked_too(desk_cli: CommandLine, folder: Path) -> None:
    (folder / "imports" / "topics.yaml").write_text("type: nothing\n")
    answer = desk_cli("config", "check", login="ada")
    assert answer.status == 1
    assert f"{folder}/imports/topics.yaml:1:" in answer.output


def test_another_folder_can_be_checked_without_a_desk(tmp_path: Path) -> None:
    cli = CommandLine(str(tmp_path / "none.sqlite3"))
    assert cli.done("--config", str(shipped_config()), "config", "check").endswith("are right.\n")
    assert cli("--config", str(tmp_path / "nowhere"), "config", "check").status == 1
    assert "itdesk init" in cli.refused("config", "check")


def test_rules_check_tells_doubts_and_errors_apart(desk_cli: CommandLine, folder: Path) -> None:
    change(
        folder,
        "rules:\n",
        "rules:\n  - id: greedy\n    category: network\n    keywords: [vpn]\n",
        "categories.yaml",
    )
    answer = desk_cli("rules", "check", login="ada")
    assert answer.status == 0, answer
    assert f"{folder}/categories.yaml:" in answer.output
    assert ": warning: " in answer.output
    break_it(folder)
    answer = desk_cli("rules", "check", "--json", login="ada")
    assert answer.status == 1
    assert {one["severity"] for one in answer.data} == {"error"}


def test_schemas_are_printed_or_written(tmp_path: Path) -> None:
    cli = CommandLine(str(tmp_path / "none.sqlite3"))
    printed = json.loads(cli.plainly("config", "schema").output)
    assert cli.plainly("config", "schema", str(tmp_path / "schema")).status == 0
    written = {path.name: json.loads(path.read_text()) for path in (tmp_path / "schema").iterdir()}
    assert printed == written
    assert "desk.schema.json" in written


def test_rules_explain_says_rule_place_words_and_matrix(cli: CommandLine) -> None:
    cli.done("new", "VPN drops every hour")
    cli.done("prioritize", "1", "--priority", "P1", "--reason", "payday", login="tom")
    told = cli.done("rules", "explain", "1")
    assert "Category  network.vpn\n  by rule vpn, rulebook 1 (categories.yaml:" in told
    assert "because the subject has “VPN”" in told
    assert "Priority  P1\n  by tom, " in told
    assert "payday" in told
    assert {one["thing"] for one in cli.told("rules", "explain", "1")} >= {"category", "priority", "team", "level"}


def test_ones_own_themes_are_checked_too_with_file_and_line(
    desk_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    themes = tmp_path / "home" / "itdesk" / "themes"
    themes.mkdir(parents=True)
    shipped = (shipped_themes() / "itdesk-dark.yaml").read_text()
    mine = themes / "mine.yaml"
    mine.write_text(shipped)
    assert "are right: mine." in desk_cli.done("config", "check", login="ada")
    mine.write_text(shipped.replace('accent: "#82b1ff"', "accent: blue"))
    line = shipped[: shipped.index("accent:")].count("\n") + 1
    answer = desk_cli("config", "check", login="ada")
    assert answer.status == 1
    assert answer.output.startswith(f"{mine}:{line}:")
    assert "a colour is # and six hexadecimal digits" in answer.output
