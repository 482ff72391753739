"""Settings that cannot be meant, and people who are not there any more: told clearly, never a traceback."""

import shutil
from pathlib import Path

from itdesk.settings.locations import shipped_config
from tests.cli.conftest import CommandLine
from tests.support.desks import opened

CALENDARS = """\
calendars:
  office:
    frames:
      mon-fri: ["08:00-12:00", "11:30-18:00"]
    holidays: { country: DE, subdivision: Bavaria }
  standby:
    time_zone: Europe/Berlin
  round-the-clock: { always: true }
  branch:
    frames: { mon: "09:00-17:00" }
    holidays: { country: Atlantis }
"""


def test_config_check_names_every_calendar_and_checklist_that_cannot_be_meant(
    sqlite_cli: CommandLine, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(shipped_config(), tmp_path / "etc"))
    (folder / "calendars.yaml").write_text(CALENDARS, encoding="utf-8")
    sop = folder / "sops" / "vpn.md"
    sop.write_text(sop.read_text(encoding="utf-8").replace("[network.vpn]", "[network.vnp]"), encoding="utf-8")
    answer = sqlite_cli.plainly("--config", str(folder), "config", "check")
    assert answer.status == 1
    told = (answer.output + answer.errors).replace(f"{folder}/", "")
    for fault in (
        "calendars.yaml:4:32: this frame overlaps mon 08:00-12:00",
        "calendars.yaml:5:43: DE has no subdivision 'Bavaria'",
        "calendars.yaml:6:3: the calendar 'standby' has no working hour",
        "calendars.yaml:11:26: no holidays are known of a country 'Atlantis'",
        "sops/vpn.md:3:14: there is no category 'network.vnp' … did you mean 'network.vpn'?",
    ):
        assert fault in told, told
    assert "Traceback" not in told


def test_an_approver_who_has_left_is_refused_in_one_sentence(cli: CommandLine) -> None:
    number = cli.told("new", "A new laptop", "--requester", "rita")["tickets"][0]
    asked = cli.told("new", "A second screen", "--requester", "rita")["tickets"][0]
    cli.done("approve", asked, "--ask", "wes")
    with opened(cli.database) as desk:
        desk.database.execute("UPDATE person SET active = (1 = 0) WHERE login = 'wes'")
    refused = cli.refused("approve", number, "--ask", "wes")
    assert refused == "Error: wes is no longer active at this desk and cannot approve.\n"
    assert cli.refused("approve", asked, login="wes") == "Error: wes is no longer active at this desk.\n"
    assert cli.told("show", number)["approvals"] == []
