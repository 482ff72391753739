"""Checklists, approvals, diagnosis and tests by command."""

import re
from dataclasses import replace

import pytest

from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.rulebook import adopt
from itdesk.desk.session import SYSTEM, Session
from itdesk.domain.approvals import Need
from itdesk.domain.conditions import AllOf
from itdesk.domain.procedures import ApprovalRule, Procedures
from tests.cli.conftest import CommandLine
from tests.support.desks import live_clock, opened, shipped_rulebook, sign_in_at


@pytest.fixture
def disk(cli: CommandLine) -> str:
    """The number of a ticket about a full disk, which has eight steps, the sixth of them required."""
    new = cli.told("new", "The disk of web01 is full", "--requester", "rita", "--category", "storage.space")
    return str(new["tickets"][0])


def test_a_checklist_is_listed_ticked_and_added_to(cli: CommandLine, disk: str) -> None:
    assert "6 [ ] Stop the growth: rotation, retention, quota [what was changed] (required)" in cli.done("step", disk)
    assert "wants this note: what was changed" in cli.refused("step", disk, "tick", "6")
    cli.done("step", disk, "tick", "6", "--note", "log rotation")
    at = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    for told in (cli.done("step", disk), " ".join(cli.done("show", disk).split())):
        assert re.search(rf"6 \[x\] Stop the growth.* \(\w+, {at}: log rotation\)", told)
    cli.done("step", disk, "tick", "3")
    cli.done("step", disk, "untick", "3")
    cli.done("step", disk, "add", "Tell", "the owner", "--required")
    assert "has the checklist VPN now" in cli.done("step", disk, "apply", "vpn")
    listed = {step["step"]: step for step in cli.told("step", disk)}
    assert (listed[6]["done_by"], listed[6]["entered"], listed[6]["sop"]) == ("desi", "log rotation", "disk-full")
    assert not listed[3]["done"]
    assert (listed[9]["text"], listed[9]["required"], listed[9]["sop"]) == ("Tell the owner", True, None)
    assert cli.told("show", disk)["checklist"] == list(listed.values())
    assert "Checklist 1/18" in cli.done("show", disk)


@pytest.mark.parametrize(
    "words", [("tick",), ("tick", "six"), ("list", "6"), ("tick", "1", "--required"), ("--value", "x"), ("add",)]
)
def test_a_step_that_cannot_be_meant_is_wrong_usage(sqlite_cli: CommandLine, words: tuple[str, ...]) -> None:
    sqlite_cli.refused("step", "INC-1", *words, status=2)


def test_an_unknown_word_is_told_with_what_is_possible(sqlite_cli: CommandLine) -> None:
    refused = sqlite_cli.refused("step", "INC-1", "frob", status=2)
    assert refused == "Error: 'frob' is none of: list, tick, untick, add, apply. Try `itdesk step --help`.\n"


def test_a_requester_is_told_that_checklists_are_for_staff(sqlite_cli: CommandLine) -> None:
    [number] = sqlite_cli.told("new", "The disk of web01 is full", login="rita")["tickets"]
    assert "may not see checklists" in sqlite_cli.refused("step", number, login="rita")


def test_show_names_the_rule_that_asks(sqlite_cli: CommandLine) -> None:
    buying = ApprovalRule("buying", "policies.yaml:9", AllOf(()), ("lea",), Need.ALL)
    book = replace(shipped_rulebook(), procedures_data=Procedures(approvals=(buying,)).to_data())
    with opened(sqlite_cli.database) as desk:
        adopt(Session(desk, SYSTEM, live_clock), book, "with a policy")
        [ticket] = submit(sign_in_at(desk, live_clock)("desi"), NewTicket("A larger screen", requester="rita")).tickets
    assert "Approval: pending, all must approve, asked by the rule buying" in sqlite_cli.done("show", str(ticket))


def test_a_ticket_with_open_steps_is_resolved_only_with_a_reason(cli: CommandLine, disk: str) -> None:
    assert "Stop the growth" in cli.refused("resolve", disk, "--resolution", "Freed 20 GB.")
    cli.done("resolve", disk, "--resolution", "Freed 20 GB.", "--without-steps", "it is switched off")
    assert "(it is switched off): Freed 20 GB." in " ".join(cli.done("show", disk).split())
    assert cli.told("show", disk)["status"] == "resolved"


def test_an_approval_is_asked_for_and_given_by_command(cli: CommandLine, disk: str) -> None:
    asked = cli.done(
        *("approve", disk, "--ask", "ron", "--ask", "lea", "--need", "any"),
        *("--substitute", "supervisor", "--deadline", "2d", "--reason", "a larger disk"),
    )
    assert "waits for the approval of" in asked
    assert disk in cli.done("list", "approver:me", "--plain", login="ron")
    assert "larger disk" in cli.done("show", disk, login="ron")
    cli.refused("reject", disk, login="ron", status=2)
    cli.done("approve", disk, "--reason", "fine", login="ron")
    ticket = cli.told("show", disk)
    assert ticket["status"] == "new"
    [approval] = ticket["approvals"]
    assert (approval["outcome"], approval["asked_by"], approval["need"]) == ("approved", "desi", "any")
    assert [(one["login"], one["vote"], one["reason"]) for one in approval["people"] if one["vote"]] == [
        ("ron", "approved", "fine")
    ]


def test_an_approval_is_rejected_or_withdrawn_with_a_reason(cli: CommandLine, disk: str) -> None:
    cli.done("approve", disk, "--ask", "sam")
    cli.done("approve", disk, "--withdraw", "--reason", "asked the wrong person")
    cli.done("approve", disk, "--ask", "lea", "--rejected", "return")
    assert "not asked" in cli.refused("approve", disk, login="tom")
    cli.done("reject", disk, "--reason", "delete something", login="lea")
    assert cli.told("show", disk)["status"] == "new"
    cli.refused("approve", disk, "--ask", "sam", "--deadline", "2d", status=2)
    cli.refused("approve", disk, "--ask", "sam", "--substitute", "ada", "--deadline", "soon", status=2)


def test_what_was_found_and_tested_is_shown(cli: CommandLine, disk: str) -> None:
    cli.done("diagnose", disk, "--cause", "No rotation", "--workaround", "Delete old logs")
    cli.done("take", disk, login="tom")
    cli.done("test", disk, "--ask", "Can you write again?", login="tom")
    cli.done("test", disk, "--what", "Writing a file", "--how", "in /var", "--passed", login="rita")
    ticket = cli.told("show", disk)
    assert (ticket["root_cause"], ticket["workaround"], ticket["status"]) == (
        *("No rotation", "Delete old logs"),
        "testing",
    )
    assert [(test["what"], test["how"], test["outcome"], test["tested_by"]) for test in ticket["tests"]] == [
        ("Writing a file", "in /var", "passed", "rita")
    ]
    cli.refused("test", disk, "--what", "x", status=2)
    cli.refused("test", disk, "--what", "x", "--passed", "--failed", status=2)
    cli.refused("diagnose", disk, status=2)
