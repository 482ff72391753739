"""SOPs and policies: what is read, and every fault with its place and what was meant."""

from pathlib import Path

import pytest

from itdesk.domain.approvals import Need
from itdesk.domain.procedures import Asks, Procedures, Rejected, SopStep
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import Kind
from itdesk.settings.config_folder import content_hash
from itdesk.settings.loader import load_rulebook
from tests.settings.folders import SMALL, faults, small_folder
from tests.support.desks import shipped_rulebook

HEAD = "---\ntitle: VPN\ncategories: [network.vpn]\n---\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = small_folder(tmp_path / "config")
    (folder / "sops").mkdir()
    return folder


def sop_faults(folder: Path, text: str, name: str = "vpn") -> list[str]:
    (folder / "sops" / f"{name}.md").write_text(text, encoding="utf-8")
    return faults(folder)


def read(folder: Path) -> Procedures:
    return Rulebook.from_json(load_rulebook(folder).to_json()).procedures


def test_steps_are_read_with_their_options_and_everything_else_is_left_to_the_reader(folder: Path) -> None:
    text = HEAD + (
        "\nBe quick.\n\n## First\n\n- [ ] Lock the account {required}\n"
        "* [ ] Note the number\n      of the asset {value: asset number} {required} {id: asset}\n"
        "- [ ] Ask {note}\n- no step\n```\n- [ ] neither is this\n```\n"
    )
    assert sop_faults(folder, text) == []
    [sop] = read(folder).sops
    assert (sop.name, sop.title, sop.categories, sop.kind, sop.automatic) == (
        "vpn",
        "VPN",
        ("network.vpn",),
        None,
        True,
    )
    assert sop.steps == (
        SopStep("lock-the-account", "Lock the account", True),
        SopStep("asset", "Note the number of the asset", True, Asks.VALUE, "asset number"),
        SopStep("ask", "Ask", False, Asks.NOTE, ""),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEAD.replace("network.vpn", "network.vnp") + "- [ ] a\n", "3:14: there is no category 'network.vnp'"),
        (HEAD.replace("title", "titel") + "- [ ] a\n", "2:1: unknown key 'titel' … did you mean 'title'?"),
        ("---\ntitle: VPN\n---\n- [ ] a\n", "an SOP needs 'categories', or 'applies: by hand'"),
        (HEAD, "5:1: has no step; write one as '- [ ] what to do'"),
        (HEAD + "- [ ] Ask {requird}\n", "5:11: there is no option 'requird' … did you mean 'required'?"),
        (HEAD + "- [ ] Ask {urgent}\n", "5:11: there is no option 'urgent'; possible: {required}, {value}"),
        (HEAD + "- [ ] Ask\n- [ ] ask!\n", "6:7: the step 'ask' is there already, in line 5"),
        (HEAD + "- [ ] Ask {value}\n", "5:11: say what value is asked for"),
        (HEAD + "- [ ] Ask {note} {value: x}\n", "5:18: a step asks either for a value or for a note"),
        (HEAD + "- [ ] Ask {required} {required}\n", "5:22: the option 'required' stands here a second time"),
        (HEAD + "- [ ] Ask {id: The Id}\n", "5:11: an id has small letters"),
        (HEAD + "- [ ] {required}\n", "5:7: the step says nothing"),
        (HEAD + f"- [ ] {'long ' * 60}\n", "5:7: the step has 299 characters; at most 200"),
        (HEAD + "- [x] done\n", "5:1: write a step as '- [ ] what to do'"),
        (HEAD + "-[ ] near\n", "5:1: write a step as '- [ ] what to do'"),
        ("no settings\n", "1:1: must begin with a line '---'"),
    ],
    ids=lambda value: value[-40:],
)
def test_a_fault_is_told_with_its_place(folder: Path, text: str, fault: str) -> None:
    found = sop_faults(folder, text)
    assert any(line.startswith("sops/vpn.md:") and fault in line for line in found), found


def test_the_name_of_the_file_is_the_name_of_the_sop(folder: Path) -> None:
    [fault] = sop_faults(folder, HEAD + "- [ ] a\n", "Lost Device")
    assert fault == "sops/Lost Device.md: an SOP's file has small letters, digits, - and _ only: lost-device.md"


def test_a_changed_step_changes_the_hash_and_a_folder_without_sops_has_none(folder: Path) -> None:
    assert read(folder).sops == ()
    before = content_hash(folder)
    sop_faults(folder, HEAD + "- [ ] a\n")
    assert content_hash(folder) != before


def test_policies_are_read_and_a_folder_may_lack_them(folder: Path) -> None:
    procedures = read(folder)
    [rule] = procedures.approvals
    assert (rule.id, rule.place, rule.approvers) == ("lines", "policies.yaml:2", ("team_lead", "anna"))
    assert (rule.need, rule.rejected, rule.at_submit) == (Need.ALL, Rejected.CANCEL, True)
    assert procedures.needs_test("network.vpn", Kind.INCIDENT)
    assert not procedures.needs_test("general", Kind.INCIDENT)
    (folder / "policies.yaml").unlink()
    assert read(folder) == Procedures()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("network.order", "network.odrer", "policies.yaml:3:29: there is no category 'network.odrer' … did you mean"),
        ("id: lines", "id: vpn", "policies.yaml:2:9: the rule 'vpn' is there already"),
        ("    substitutes: supervisor\n", "", "has a deadline, but no 'substitutes' who decide after it"),
        ("2 d", "two days", "a span of time is a number and d, h, min or s"),
        ("approvers: [team_lead, anna]", "approvers: []", "'approvers' must not be empty"),
        ("needs_test: true", "needs_test: often", "'needs_test' must be true or false"),
    ],
)
def test_a_fault_of_the_policies_is_told(folder: Path, old: str, new: str, fault: str) -> None:
    (folder / "policies.yaml").write_text(SMALL["policies.yaml"].replace(old, new))
    found = faults(folder)
    assert any(fault in line for line in found), found


def test_the_shipped_sops_are_for_categories_that_there_are_and_have_5_to_12_steps() -> None:
    rulebook = shipped_rulebook()
    sops = rulebook.procedures.sops
    assert len(sops) == 12
    assert all(5 <= len(sop.steps) <= 12 for sop in sops)
    assert all(rulebook.category(path) for sop in sops for path in sop.categories)


def test_the_examples_of_the_documentation_are_read(folder: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
    sop = text.partition("```markdown\n")[2].partition("```")[0].replace("security.lost_device", "network.vpn")
    policies = text.partition("```yaml\napprovals:")[2].partition("```")[0].replace("network.firewall", "network.vpn")
    (folder / "policies.yaml").write_text(f"approvals:{policies}".replace("starts_with: purchase", "is: general"))
    assert sop_faults(folder, sop) == []
    procedures = read(folder)
    assert [len(one.steps) for one in procedures.sops] == [3]
    assert [one.id for one in procedures.approvals] == ["purchase"]
    assert procedures.needs_test("network.vpn", Kind.INCIDENT)
