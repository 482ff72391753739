"""Linking, merging, splitting and files by command."""

import contextlib
import os
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine


def opened(cli: CommandLine, subject: str = "VPN drops", requester: str = "rita") -> str:
    number: str = cli.told("new", subject, "--requester", requester)["tickets"][0]
    return number


def test_a_duplicate_is_resolved_with_its_original_by_command(cli: CommandLine) -> None:
    original, duplicate = opened(cli), opened(cli)
    cli.done("link", duplicate, "duplicate-of", original)
    said = cli.done("resolve", original, "--resolution", "Restarted.", "--workaround")
    assert said == f"Resolved {original}. 1 duplicate is resolved with the same words.\n"
    assert cli.told("show", original)["closure_code"] == "workaround"
    assert cli.told("show", duplicate)["closure_code"] == "duplicate"
    cli.done("undo", duplicate)
    assert cli.told("show", original)["status"] == "new"


def test_a_parent_is_resolved_before_its_children_only_with_a_reason(cli: CommandLine) -> None:
    parent, child = opened(cli), opened(cli)
    cli.done("link", child, "child-of", parent)
    assert f"parent of {child}" in cli.refused("resolve", parent, "--resolution", "x")
    cli.done("resolve", parent, "--resolution", "x", "--reason", "the child is for next year")


def test_tickets_are_merged_and_the_merged_one_says_where_it_went(cli: CommandLine) -> None:
    old, young = opened(cli), opened(cli, "No VPN")
    assert cli.done("merge", young, old) == f"Merged {young} into {old}.\n"
    assert f"merged into {old}" in cli.done("show", young)
    merged = cli.told("show", young)
    assert (merged["status"], merged["closure_code"], merged["links"][0]["number"]) == ("closed", "merged", old)
    assert young in {ticket["number"] for ticket in cli.told("list", "--status", "all")}
    assert young not in {ticket["number"] for ticket in cli.told("list")}
    his = opened(cli, "VPN", "ron")
    assert "two requesters" in cli.refused("merge", old, his)
    cli.done("merge", old, "--into", his, "--anyway")


def test_a_message_is_split_off_by_its_id(cli: CommandLine) -> None:
    number = opened(cli)
    cli.done("reply", number, "And the printer is out of toner", login="rita")
    message = cli.told("show", number)["messages"][0]["id"]
    new = cli.told("split", number, "--subject", "Toner", "--message", str(message), "--child")["tickets"][1]
    assert cli.told("show", new)["messages"][0]["text"] == "And the printer is out of toner"
    assert "has no message 999" in cli.refused("split", number, "--subject", "x", "--message", "999")


def test_a_file_goes_in_and_comes_out(cli: CommandLine, tmp_path: Path) -> None:
    number, source = opened(cli), tmp_path / "trace.log"
    source.write_bytes(b"\x00\xff trace")
    assert cli.done("attach", number, str(source)) == f"Attached trace.log to {number}.\n"
    cli.done("attach", number, "-", "--name", "../dmesg.txt", "--staff-only", text=b"piped")
    first, second = cli.told("attach", number, "--list")
    assert (first["name"], second["name"], second["staff_only"]) == ("trace.log", "dmesg.txt", True)
    assert "trace.log" in cli.done("show", number)
    assert [file["name"] for file in cli.told("show", number, login="rita")["attachments"]] == ["trace.log"]
    path = Path(cli.told("attach", "--save", str(first["id"]), str(tmp_path / "out"))["path"])
    assert path.read_bytes() == source.read_bytes()
    cli.done("attach", "--remove", str(first["id"]))
    assert [file["name"] for file in cli.told("attach", number, "--list")] == ["dmesg.txt"]
    cli.done("undo", number)
    assert len(cli.told("attach", number, "--list")) == 2


def test_what_cannot_be_attached_is_told_in_a_sentence(cli: CommandLine, tmp_path: Path) -> None:
    number = opened(cli)
    assert "is not there" in cli.refused("attach", number, str(tmp_path / "none"))
    assert "no attachment 99" in cli.refused("attach", "--save", "99")
    assert "Name a ticket and files" in cli.refused("attach", number, status=2)
    assert "at a time" in cli.refused("attach", "--list", "--save", "1", status=2)


def test_a_file_is_attached_whose_name_is_in_another_encoding(cli: CommandLine, tmp_path: Path) -> None:
    number, file = opened(cli), Path(os.fsdecode(os.fsencode(tmp_path) + b"/rapport\xe9.txt"))
    file.write_bytes(b"hello")
    cli.done("attach", number, str(file))
    [kept] = cli.told("attach", number, "--list")
    assert kept["name"] == "rapport\N{REPLACEMENT CHARACTER}.txt"
    assert Path(cli.told("attach", "--save", str(kept["id"]), str(tmp_path / "out"))["path"]).read_bytes() == b"hello"


def test_what_a_word_means_does_not_depend_on_the_files_that_are_there(sqlite_cli: CommandLine, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    with contextlib.chdir(tmp_path):
        Path(name).write_text("x", encoding="utf-8")
        assert "caf\N{REPLACEMENT CHARACTER}" in sqlite_cli.done("staff", "add", name, login="ada")
        sqlite_cli.done("--key", name, "new", "VPN drops", "--requester", "rita")
        assert "no category 'caf\N{REPLACEMENT CHARACTER}'" in sqlite_cli.refused("categorize", "1", name)


@pytest.mark.parametrize(
    "words",
    [
        ("attach", "--save", "9" * 30),
        ("attach", "--remove", "-1"),
        ("split", "1", "--subject", "x", "--message", "9" * 19),
        ("schedule", "shift", "remove", "9" * 30),
        ("visit", "cancel", "1", "--visit", "one"),
    ],
)
def test_what_can_be_no_id_is_said_to_be_none(sqlite_cli: CommandLine, words: tuple[str, ...]) -> None:
    assert "is no id." in sqlite_cli.refused(*words, login="lea", status=2)


def test_a_request_is_opened_from_a_template(cli: CommandLine) -> None:
    fields = ("--field", "what=budget.xlsx", "--field", "where=/finance", "--field", "date=yesterday")
    number = cli.told("new", "--template", "restore", *fields, "--requester", "rita")["tickets"][0]
    ticket = cli.told("show", number)
    assert (ticket["subject"], ticket["kind"], ticket["category"]) == (
        "Restore budget.xlsx",
        "request",
        "storage.restore",
    )
    assert ticket["body"] == "Where it was: /finance\nAs it was on: yesterday"
    assert "Where it was is needed (field where)" in cli.refused("new", "--template", "restore", "--field", "what=x")
    assert "possible: new-starter, leaver" in cli.refused("new", "--template", "nothing")
    assert "name it with --template" in cli.refused("new", "x", "--field", "a=b", status=2)
    assert "KEY=VALUE" in cli.refused("new", "--template", "restore", "--field", "what", status=2)
    assert "itdesk new SUBJECT" in cli.refused("new", status=2)
