"""A ticket from its first line to its end, by commands alone."""

import pytest

from tests.cli.conftest import CommandLine


def facts(cli: CommandLine, number: str, *names: str) -> list[object]:
    shown = cli.told("show", number)
    return [shown[name] for name in names]


@pytest.fixture
def ticket(cli: CommandLine) -> str:
    """The number of an open ticket."""
    number: str = cli.told("new", "VPN drops every hour", "--requester", "rita")["tickets"][0]
    return number


def test_a_ticket_goes_from_new_to_closed_and_back(cli: CommandLine) -> None:
    assert cli.done("new", "VPN drops every hour", "--requester", "rita") == "Opened INC-1: P4, network.vpn.\n"
    assert cli.done("take", "INC-1", login="tom") == "Took INC-1.\n"
    assert cli.done("note", "1", "Certificate expired.", login="tom") == "Noted on INC-1.\n"
    assert cli.done("reply", "inc-1", "Please try again.", login="tom") == "Replied on INC-1.\n"
    assert cli.done("status", "1", "testing", login="tom") == "INC-1 is now testing.\n"
    assert cli.done("status", "1", "waiting", "--reason", "vendor") == "INC-1 is now waiting: vendor.\n"
    resolve = ("resolve", "1", "--resolution", "Renewed it.", "--root-cause", "It had expired.")
    assert cli.done(*resolve, login="tom") == "Resolved INC-1.\n"
    assert cli.done("close", "1", login="tom") == "Closed INC-1.\n"
    assert cli.done("reopen", "1", "--reason", "It drops again.") == "Reopened INC-1.\n"
    assert cli.done("undo", "1") == "Undid the reopening of INC-1.\n"
    assert facts(cli, "1", "status", "assignee", "resolution") == ["closed", "tom", "Renewed it."]
    assert cli("audit", "verify", login="otto").status == 0


def test_what_a_person_says_of_a_new_ticket_is_not_decided_by_rules(cli: CommandLine) -> None:
    number = cli.told(
        *(
            "new",
            "A mouse",
            "--requester",
            "rita",
            "--kind",
            "Request",
            "--category",
            "network.vpn",
            "--impact",
            "team",
        ),
        *("--urgency", "high", "--tag", "vip", "--tag", "On Site", "--channel", "walk-in", "--site", "Bern"),
        *("--body", "With a long tail."),
    )["tickets"][0]
    names = ("kind", "category", "impact", "urgency", "tags", "channel", "site", "body", "requester")
    assert facts(cli, number, *names) == [
        *("request", "network.vpn", "team", "high", ["on-site", "vip"], "walk_in", "Bern", "With a long tail.", "rita"),
    ]


def test_a_ticket_without_a_requester_is_the_callers_own_and_came_by_the_command_line(cli: CommandLine) -> None:
    cli.done("new", "My keyboard", login="ron")
    assert facts(cli, "1", "requester", "channel") == ["ron", "cli"]


def test_a_requester_who_is_not_known_is_added_by_mail_address(cli: CommandLine) -> None:
    cli.done("new", "Phone", "--requester", "Nina New <nina@example.com>")
    assert facts(cli, "1", "requester", "requester_name") == ["nina", "Nina New"]


@pytest.mark.parametrize("written", ["the text", "the text\n", "the text\r\n"])
def test_a_body_is_read_from_standard_input(cli: CommandLine, written: str) -> None:
    cli.done("new", "Errors since boot", "--body", "-", text=written)
    assert facts(cli, "1", "body") == ["the text"]


def test_bytes_that_are_no_text_do_not_stop_a_ticket(cli: CommandLine) -> None:
    cli.done("new", "Subject \udcff", "--body", "-", text=b"a\xff\0b")
    assert facts(cli, "1", "subject", "body") == ["Subject �", "a�␀b"]


@pytest.mark.parametrize("command", ["reply", "note"])
@pytest.mark.parametrize("words", [(), ("-",)], ids=["without", "dash"])
def test_a_message_is_read_from_standard_input(
    cli: CommandLine, ticket: str, command: str, words: tuple[str, ...]
) -> None:
    cli.done(command, ticket, *words, text="two\nlines\n")
    assert cli.told("show", ticket)["messages"][0]["text"] == "two\nlines"


def test_the_words_of_a_message_need_no_quotes(cli: CommandLine, ticket: str) -> None:
    cli.done("note", ticket, "checked", "the", "cable")
    assert cli.told("show", ticket)["messages"][0]["text"] == "checked the cable"


def test_an_empty_message_is_refused(cli: CommandLine, ticket: str) -> None:
    assert "no text" in cli.refused("note", ticket, "  ")


def test_tickets_go_to_people_teams_and_back(cli: CommandLine, ticket: str) -> None:
    assert cli.done("assign", ticket, "--to", "tom") == "Assigned INC-1 to tom.\n"
    assert cli.done("assign", ticket, "--to", "nobody", "--team", "workplace") == "Assigned INC-1 to workplace.\n"
    assert facts(cli, ticket, "assignee", "team", "status") == [None, "workplace", "new"]
    assert cli.done("escalate", ticket, "--team", "security", "--level", "L3", "--reason", "odd") == (
        "Escalated INC-1 to security, L3. Nobody of L3 is in security to take it.\n"
    )


def test_the_next_ticket_is_taken_without_naming_it(cli: CommandLine, ticket: str) -> None:
    assert cli.told("take", "--next", login="tom")["tickets"] == [ticket]
    assert facts(cli, ticket, "assignee", "status", "estimate") == ["tom", "in_progress", None]
    assert "Nothing waits for you in network." in cli.refused("take", "--next", login="tom")
    assert "took the next: first in the fair order of network" in cli.done("rules", "explain", ticket)


def test_how_long_tickets_like_it_took_is_shown(cli: CommandLine) -> None:
    for number in range(1, 6):
        cli.done("new", "VPN drops", "--requester", "rita")
        cli.done("resolve", str(number), "--resolution", "Renewed it.", login="tom")
    cli.done("new", "VPN drops", "--requester", "rita")
    [estimate] = facts(cli, "6", "estimate")
    assert isinstance(estimate, dict)
    assert estimate["tickets"] == 5
    assert 0 <= estimate["median_minutes"] <= estimate["p90_minutes"]
    assert "as 5 like it" in cli.done("show", "6")
    assert "5 tickets of network.vpn, P4" in cli.done("rules", "explain", "6")
    cli.done("categorize", "6", "printing.printer", "--reason", "it is the printer", login="tom")
    assert "Estimate  none\n" in cli.done("rules", "explain", "6")


def test_category_and_priority_are_set_by_people(cli: CommandLine, ticket: str) -> None:
    assert cli.done("categorize", ticket, "hardware.computer", "--reason", "asked") == (
        "INC-1 is now hardware.computer, to workplace.\n"
    )
    assert cli.done("prioritize", ticket, "--impact", "company", "--urgency", "high").startswith("INC-1 is now P1")
    assert cli.done("prioritize", ticket, "--priority", "p5", "--reason", "no hurry") == "INC-1 is now P5.\n"


def test_tags_are_written_with_plus_and_minus(cli: CommandLine, ticket: str) -> None:
    assert cli.done("tag", ticket, "+vip", "+old", "--add", "new") == "INC-1 is tagged new, old, vip.\n"
    assert cli.done("tag", ticket, "-old", "--remove", "new") == "INC-1 is tagged vip.\n"


def test_tickets_are_linked_and_parted(cli: CommandLine, ticket: str) -> None:
    cli.done("new", "VPN again")
    assert cli.done("link", "2", "duplicate-of", ticket) == "INC-2 is now a duplicate of INC-1.\n"
    assert [link["title"] for link in cli.told("show", ticket)["links"]] == ["original of"]
    cli.done("link", "2", "duplicate_of", ticket, "--remove")
    assert cli.told("show", ticket)["links"] == []


def test_a_command_under_a_key_is_done_once(cli: CommandLine) -> None:
    first = cli.done("--key", "nightly", "new", "Back-up failed")
    assert cli.done("--key", "nightly", "new", "Back-up failed") == first
    assert cli.done("list", "--count") == "1\n"


# Several tickets


@pytest.fixture
def three(cli: CommandLine) -> CommandLine:
    """A desk with three tickets, the second of them cancelled."""
    for subject in ("One", "Two", "Three"):
        cli.done("new", subject)
    cli.done("cancel", "2", "--reason", "twice")
    return cli


def test_several_tickets_change_together_or_not_at_all(three: CommandLine) -> None:
    assert "none was changed" in three.refused("take", "1", "2", "3", login="tom")
    assert facts(three, "1", "assignee") == [None]
    assert three.done("take", "1", "3", login="tom") == "Took 2 tickets.\n"


def test_tickets_that_refuse_can_be_left_out(three: CommandLine) -> None:
    answer = three("take", "1", "2", "3", "--skip-refused", login="tom")
    assert answer.status == 0
    assert answer.output.startswith("Took 2 tickets. Left out 1: INC-2 is cancelled")
    told = three("take", "1", "2", "3", "--skip-refused", "--json", login="tina").data
    assert told["tickets"] == ["INC-1", "INC-3"]
    assert [(one["number"], "cancelled" in one["reason"]) for one in told["refused"]] == [("INC-2", True)]


def test_a_number_that_is_not_there_changes_nothing(three: CommandLine) -> None:
    assert "no ticket 99" in three.refused("take", "1", "99")
    assert facts(three, "1", "assignee") == [None]


def test_undo_takes_back_what_one_command_did_to_many(three: CommandLine) -> None:
    three.done("take", "1", "3", login="tom")
    assert three.done("undo", "3", login="tom") == "Undid the taking of 2 tickets.\n"
    assert facts(three, "1", "assignee") == [None]


# What is refused, and what is wrong usage


def test_what_the_desk_refuses_ends_with_1(cli: CommandLine, ticket: str) -> None:
    assert "cannot become closed; possible from here:" in cli.refused("close", ticket)
    assert "may not" in cli.refused("take", ticket, login="rita")
    assert "did you mean" in cli.refused("categorize", ticket, "network.vpm").casefold()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("take",), "--next"),
        (("take", "1", "--next"), "not both"),
        (("status", "1", "waiting"), "vendor"),
        (("status", "1", "doing"), "in-progress"),
        (("status", "1", "waiting", "--reason", "rain"), "appointment"),
        (("prioritize", "1"), "--impact"),
        (("prioritize", "1", "--priority", "P6"), "P5"),
        (("escalate", "1", "--reason", "why"), "--team"),
        (("escalate", "1", "--team", "network"), "--reason"),
        (("assign", "1"), "--to"),
        (("tag", "1"), "+audit"),
        (("tag", "+vip"), "+audit"),
        (("tag", "1", "+vip", "--ad"), "--add"),
        (("link", "1", "twin-of", "2"), "duplicate-of"),
        (("resolve", "1"), "--resolution"),
        (("frobnicate",), "frobnicate"),
        (("new", "a", "b"), "unexpected"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_usage_ends_with_2_and_says_what_is_right(
    sqlite_cli: CommandLine, words: tuple[str, ...], hint: str
) -> None:
    assert hint in sqlite_cli.refused(*words, status=2)
