"""`itdesk staff`: who works at the desk."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

USUAL: dict[str, object] = {"skills": [], "languages": [], "capacity": None, "vip": False, "active": True}


def member(cli: CommandLine, login: str) -> dict[str, object]:
    return next(one for one in cli.told("staff", "list") if one["login"] == login)


def test_somebody_is_added_as_a_technician(cli: CommandLine) -> None:
    words = ("--name", "Anna Schmidt", "--team", "network", "--team", "security", "--level", "L2")
    assert cli.done("staff", "add", "anna", *words, login="ada") == "Added anna.\n"
    anna = {"login": "anna", "name": "Anna Schmidt", "role": "technician", "level": 2, "teams": ["network", "security"]}
    assert member(cli, "anna") == anna | {"email": "", "department": "", "site": ""} | USUAL


def test_of_somebody_known_only_what_is_given_changes(cli: CommandLine) -> None:
    cli.done("staff", "add", "tom", "--role", "team-lead", login="ada")
    tom = member(cli, "tom")
    assert (tom["name"], tom["role"], tom["level"], tom["teams"]) == ("Tom Technician", "team_lead", 2, ["network"])


def test_a_requester_becomes_a_technician_only_when_that_is_said_and_keeps_their_details(cli: CommandLine) -> None:
    assert cli.done("staff", "add", "rita", "--language", "fr", login="ada") == "Updated rita.\n"
    for words in ((), ("--team", "network"), ("--level", "L2"), ("--capacity", "3"), ("--skill", "network=2")):
        refusal = cli.refused("staff", "add", "rita", *words, login="ada")
        assert "rita is requester, and stays so" in refusal
        assert "`--role technician` makes them staff" in refusal
    assert "rita" not in {one["login"] for one in cli.told("staff", "list")}
    assert cli.told("staff", "skills", "rita")["languages"] == ["fr"]
    cli.done("staff", "add", "rita", "--role", "technician", "--team", "network", login="ada")
    rita = member(cli, "rita")
    assert (rita["name"], rita["role"], rita["email"]) == ("Rita Requester", "technician", "rita@example.com")


def test_a_file_leaves_what_it_does_not_say(cli: CommandLine, tmp_path: Path) -> None:
    before = member(cli, "lea")
    file = tmp_path / "staff.csv"
    file.write_text("login,department\nlea,IT\nrita,Sales\neve,IT\n")
    cli.done("staff", "import", str(file), login="ada")
    assert member(cli, "lea") == before | {"department": "IT"}
    assert member(cli, "eve")["role"] == "technician"
    assert "rita" not in {one["login"] for one in cli.told("staff", "list")}
    file.write_text("login,role,level,teams\nlea,,,security\n")
    cli.done("staff", "import", str(file), login="ada")
    lea = member(cli, "lea")
    assert (lea["role"], lea["level"], lea["teams"]) == ("team_lead", None, ["security"])


def test_the_list_shows_everybody_but_requesters(cli: CommandLine) -> None:
    head, *lines = cli.done("staff", "list").splitlines()
    assert head.split() == ["Login", "Name", "Role", "Level", "Capacity", "Teams", "Skills"]
    assert {line.split()[0] for line in lines} == {"ada", "desi", "lea", "otto", "sam", "tina", "tom", "wes"}
    assert "may not" in cli.refused("staff", "list", login="rita")


def test_somebody_leaves_is_marked_in_the_list_of_all_and_comes_back(cli: CommandLine) -> None:
    number = cli.told("new", "VPN down", "--requester", "rita")["tickets"][0]
    cli.done("assign", number, "--to", "tom")
    told = cli.done("staff", "leave", "tom", "--to", "tina", login="ada")
    assert told == (
        f"tom is no longer active at this desk. Tickets: {number} went to tina.\n"
        "`itdesk staff return tom` is the way back.\n"
    )
    assert cli.refused("take", number, login="tom") == "Error: tom is no longer active at this desk.\n"
    assert "tom" not in {one["login"] for one in cli.told("staff", "list")}
    everybody = {one["login"]: one["active"] for one in cli.told("staff", "list", "--all")}
    assert (everybody["tom"], everybody["tina"]) == (False, True)
    lines = [line for line in cli.done("staff", "list", "--all").splitlines() if line.startswith(("tom", "tina"))]
    assert [" left" in line for line in lines] == [False, True]
    assert cli.done("staff", "return", "tom", login="ada") == (
        "tom is active again: technician, in network. Tickets stay with whoever has them now.\n"
    )
    assert member(cli, "tom")["active"]
    assert cli.told("list", "assignee:tina")[0]["number"] == number


def test_whoever_is_added_again_is_active_again_and_that_is_said(cli: CommandLine) -> None:
    cli.done("staff", "leave", "tom", login="ada")
    assert cli.done("staff", "add", "tom", login="ada") == "Updated tom. Active again: tom.\n"
    assert member(cli, "tom")["teams"] == ["network"]


@pytest.mark.parametrize(
    ("words", "login", "told"),
    [
        (("leave", "tom"), "sam", "sam is supervisor and may not let people leave"),
        (("leave", "ada"), "ada", "ada is the last administrator of this desk"),
        (("leave", "eve"), "ada", "nobody called 'eve'"),
        (("leave", "tom", "--to", "eve"), "ada", "nobody called 'eve'"),
        (("leave", "tom", "--to", "tom"), "ada", "tom leaves; name somebody else"),
        (("leave", "tom", "--to", "rita"), "ada", "rita is requester; tickets are assigned to staff only"),
        (("return", "tom"), "ada", "tom is active at this desk"),
        (("return", "tom"), "sam", "sam is supervisor and may not bring people back"),
    ],
)
def test_who_cannot_leave_or_return_is_told_why(
    sqlite_cli: CommandLine, words: tuple[str, ...], login: str, told: str
) -> None:
    assert told in sqlite_cli.refused("staff", *words, login=login)


def test_only_administrators_add(cli: CommandLine) -> None:
    assert "may not add people" in cli.refused("staff", "add", "eve", login="sam")
    assert "the teams are: " in cli.refused("staff", "add", "eve", "--team", "netwrk", login="ada")


def test_a_file_of_staff_is_added(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("\ufefflogin,name,role,level,teams\nanna,Änna,,2,network security\ntom,Tom T,team_lead,,\n")
    assert cli.done("staff", "import", str(file), login="ada") == "Added 1 people, updated 1.\n"
    anna = member(cli, "anna")
    assert (anna["name"], anna["role"], anna["teams"]) == ("Änna", "technician", ["network", "security"])


def test_a_vip_is_marked_listed_and_shown_to_staff_alone(cli: CommandLine) -> None:
    assert cli.done("staff", "add", "rita", "--vip", login="ada") == "Updated rita.\n"
    [vip] = cli.told("staff", "list", "--vip")
    assert (vip["login"], vip["role"], vip["vip"]) == ("rita", "requester", True)
    assert "requester, VIP" in cli.done("staff", "list", "--vip")
    [number] = cli.told("new", "A larger screen", login="rita")["tickets"]
    shown = cli.told("show", number)
    assert (shown["agreement"], shown["requester_vip"]) == ("vip", True)
    assert "VIP" in cli.done("show", number)
    assert "vip has “yes”" in cli.done("rules", "explain", number)
    hers = cli.told("show", number, login="rita")
    assert (hers["agreement"], [one for one in hers["decisions"] if one["thing"] == "agreement"]) == (None, [])
    for told in (json.dumps(hers), json.dumps(cli.told("list", login="rita")), cli.done("show", number, login="rita")):
        assert "vip" not in told.lower()
    cli.done("staff", "add", "rita", "--role", "requester", "--name", "Rita R", login="ada")
    assert cli.told("staff", "list", "--vip"), "what is not given stays"
    said = "Updated rita. 1 open ticket has another agreement now.\n"
    assert cli.done("staff", "add", "rita", "--no-vip", login="ada") == said
    assert cli.told("staff", "list", "--vip") == []
    assert cli.told("show", number)["agreement"] != "vip"
    assert cli.told("staff", "add", "rita", "--vip", login="ada")["tickets"] == [number]


def test_a_file_of_people_marks_vips(sqlite_cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("login,role,vip\nrita,requester,yes\ntom,technician,\n")
    sqlite_cli.done("staff", "import", str(file), login="ada")
    assert [one["login"] for one in sqlite_cli.told("staff", "list", "--vip")] == ["rita"]
    file.write_text("login,vip\nrita,maybe\n")
    assert "vip is yes or no, not 'maybe'" in sqlite_cli("staff", "import", str(file), login="ada").errors


def test_skills_languages_and_capacity_are_entered_listed_and_forgotten(cli: CommandLine) -> None:
    words = ("network=3", "network.vpn=5", "--language", "DE", "--language", "en", "--capacity", "12")
    assert cli.done("staff", "skills", "tom", *words, login="lea") == (
        "Skills of tom: network 3, network.vpn 5. Languages: de, en. Capacity: 12.\n"
    )
    skills = [{"category": "network", "level": 3}, {"category": "network.vpn", "level": 5}]
    known = {"login": "tom", "skills": skills, "languages": ["de", "en"], "capacity": 12}
    assert cli.told("staff", "skills", "tom") == known
    assert {key: member(cli, "tom")[key] for key in known} == known
    assert "network 3, network.vpn 5" in cli.done("staff", "list")
    cli.done("staff", "add", "tom", "--name", "Thomas", login="ada")
    assert cli.told("staff", "skills", "tom") == known
    cli.done("staff", "skills", "tom", "--forget", "network", "--forget", "network.vpn", login="lea")
    assert "Capacity: as usual in their team." in cli.done("staff", "skills", "tom", "--capacity", "usual", login="lea")
    shown = cli.done("staff", "skills", "tom").splitlines()
    assert shown[0].endswith("all tickets of their teams fit")
    assert shown[2].endswith("as usual in their team")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("tom", "netwrk=3"), 1, "Did you mean network"),
        (("tom", "network=6"), 2, "network.vpn=4"),
        (("tom", "network"), 2, "network.vpn=4"),
        (("tom", "--forget", "network"), 1, "no skill 'network'"),
        (("tom", "--language", "german!"), 1, "no language code"),
        (("tom", "--capacity", "much"), 2, "no capacity"),
        (("eve", "network=3"), 1, "nobody called 'eve'"),
        (("eve",), 1, "nobody called 'eve'"),
        (("rita", "network=3"), 1, "rita is requester; skills and capacity are of staff only"),
        (("rita", "--language", "fr", "--capacity", "3"), 1, "rita is requester"),
        (("tom", "--language", "none", "--language", "fr"), 1, "'none' is no language code"),
    ],
)
def test_what_cannot_be_a_skill_is_refused(
    sqlite_cli: CommandLine, words: tuple[str, ...], status: int, told: str
) -> None:
    assert told in sqlite_cli.refused("staff", "skills", *words, login="lea", status=status)


def test_requesters_have_languages_and_languages_are_forgotten(cli: CommandLine, tmp_path: Path) -> None:
    spoken = ("--language", "fr", "--language", "pt-BR")
    said = cli.done("staff", "skills", "rita", *spoken, login="lea")
    assert said == "Languages of rita: fr, pt-br.\n"
    assert cli.told("staff", "skills", "rita")["languages"] == ["fr", "pt-br"]
    cli.done("new", "VPN is slow", login="rita")
    assert "Rita Requester (rita), Sales, Berlin, speaks fr pt-br" in cli.done("show", "1", login="lea")
    assert cli.done("staff", "skills", "rita", "--language", "none", login="lea") == (
        "Languages of rita: none stated, so all fit.\n"
    )
    assert cli.told("staff", "skills", "rita")["languages"] == []
    cli.done("staff", "add", "ron", "--role", "requester", "--language", "fr", login="ada")
    file = tmp_path / "staff.csv"
    file.write_text("login,role,languages\nrita,requester,en fr\n")
    cli.done("staff", "import", str(file), login="ada")
    assert [cli.told("staff", "skills", login)["languages"] for login in ("ron", "rita")] == [["fr"], ["en", "fr"]]


def test_only_leads_enter_skills(sqlite_cli: CommandLine) -> None:
    assert "may not change what people can do" in sqlite_cli.refused("staff", "skills", "tom", "network=3", login="tom")


def test_a_file_brings_skills_and_one_without_them_keeps_those_there_are(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("login,skills,languages,capacity\ntom,network=3 network.vpn=5,de en,8\n")
    cli.done("staff", "import", str(file), login="ada")
    known = cli.told("staff", "skills", "tom")
    assert (len(known["skills"]), known["languages"], known["capacity"]) == (2, ["de", "en"], 8)
    file.write_text("login,name\ntom,Tom\n")
    cli.done("staff", "import", str(file), login="ada")
    assert cli.told("staff", "skills", "tom") == known
    file.write_text("login,skills,capacity\ntom,network,many\n")
    errors = cli("staff", "import", str(file), login="ada").errors
    assert "'network' is no skill" in errors
    assert "'many' is no capacity" in errors


def test_every_faulty_line_of_a_file_is_told_and_nobody_is_added(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(
        "login,role,level,teams\nanna,boss,2,\nbob,,4,netwrk\nbob,,,\n,technician,,\nx,,,,,too many\ncarl,,1,network\n"
    )
    answer = cli("staff", "import", str(file), login="ada")
    assert (answer.status, answer.output) == (1, "")
    for words in (
        f"{file}:2: there is no role 'boss'; possible: requester, technician",
        f"{file}:3: there is no support level '4'",
        f"{file}:3: there is no team 'netwrk'; the teams are: ",
        f"{file}:4: the login 'bob' is in line 3 already",
        f"{file}:5: '' is no login",
        f"{file}:6: ",
    ):
        assert words in answer.errors
    assert "carl" not in {one["login"] for one in cli.told("staff", "list")}


def test_bad_languages_and_unknown_categories_are_told_with_their_lines_and_hide_nothing(
    cli: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(
        "login,skills,languages,capacity\n"
        "anna,network.vnp=4 foo.bar=2,german,many\n"
        "bob,network=9 foo.bar=1,de;en english,\n"
        "carl,,,-1\n"
    )
    answer = cli("staff", "import", str(file), login="ada")
    assert (answer.status, answer.output) == (1, "")
    assert answer.errors.removeprefix("Error: ").splitlines() == [
        f"{file}:2: There is no category 'network.vnp'. Did you mean network.vpn, network, network.names?",
        f"{file}:2: There is no category 'foo.bar'.",
        f"{file}:2: 'german' is no language code; write it like de, en or pt-br.",
        f"{file}:2: 'many' is no capacity: a number from 0 on.",
        f"{file}:3: 'network=9' is no skill; write a category and a level from 1 to 5: network.vpn=4.",
        f"{file}:3: There is no category 'foo.bar'.",
        f"{file}:3: 'de;en' is no language code; write it like de, en or pt-br.",
        f"{file}:3: 'english' is no language code; write it like de, en or pt-br.",
        f"{file}:4: '-1' is no capacity: a number from 0 on.",
    ]


def test_teams_skills_and_languages_of_a_file_are_parted_by_spaces_or_commas(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(
        'login,teams,skills,languages\nanna,"network, security","network=3,general=2","de, pt-BR"\n'
        "bob,network security,network=3 general=2,de pt-br\n"
    )
    cli.done("staff", "import", str(file), login="ada")
    anna, bob = member(cli, "anna"), member(cli, "bob")
    assert anna["teams"] == bob["teams"] == ["network", "security"]
    assert len(anna["skills"]) == 2  # type: ignore[arg-type]
    assert (anna["skills"], anna["languages"]) == (bob["skills"], ["de", "pt-br"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("", "empty"),
        ("login\n", "nobody"),
        ("name\nAnna\n", "'login' is missing"),
        ("login,boss\na,b\n", "'boss'"),
    ],
    ids=["missing", "empty", "header only", "no logins", "unknown column"],
)
def test_a_file_that_is_no_list_of_staff(
    sqlite_cli: CommandLine, tmp_path: Path, content: str | None, words: str
) -> None:
    file = tmp_path / "staff.csv"
    if content is not None:
        file.write_text(content)
    assert words in sqlite_cli.refused("staff", "import", str(file), login="ada")


def test_a_requester_is_no_half_member_of_staff(sqlite_cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("login,teams,level\nrita,network,2\n")
    said = "a requester has no team, level, skills or capacity; these are of staff only"
    assert f"rita: {said}" in sqlite_cli.refused("staff", "import", str(file), login="ada")
    sqlite_cli.done("staff", "add", "tina", "--role", "requester", login="ada")
    assert "tina" not in [one["login"] for one in sqlite_cli.told("staff", "list")], "and belongs to no team"
    assert sqlite_cli.told("staff", "add", "tina", "--role", "technician", login="ada")
    assert member(sqlite_cli, "tina")["teams"] == []
