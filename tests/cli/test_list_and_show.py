"""`itdesk list` and `itdesk show`: the search, the forms, and that no text steers a terminal."""

import json
import re
import sys
from datetime import timedelta

import pytest

from itdesk.desk import resolution
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries import listing
from itdesk.domain.queue_order import Order
from itdesk.domain.ticket import Channel, Status, WaitingReason
from tests.cli.conftest import CommandLine
from tests.support.command import itdesk
from tests.support.desks import StillClock, opened, sign_in_at
from tests.support.terminal import Terminal

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
WORDS = {
    *("number", "external_id", "kind", "status", "waiting_reason", "priority", "major", "impact", "urgency"),
    *("category", "subject", "requester", "team", "level", "assignee"),
    *("opened_at", "changed_at", "resolved_at", "closed_at", "agreement", "due_at", "due_clock", "version"),
}
HOSTILE = "\x1b]52;c;cm0=\x07 \x1b[2J [/] [@click=app.quit]x[/] \u202etxt\x9b31m 🙂 漢字 " + "long " * 2_000


def fill(cli: CommandLine) -> CommandLine:
    """Five tickets, an hour apart: the second resolved, the third closed, the fourth cancelled."""
    clock = StillClock()
    with opened(cli.database) as desk:
        sign_in_as = sign_in_at(desk, clock)
        for subject in ("VPN drops", "Printer jam", "VPN slow", "Mouse", "Blue screen on start"):
            submit(sign_in_as("desi"), NewTicket(subject, requester="rita", channel=Channel.PHONE))
            clock.advance(hours=1)
        resolution.resolve(sign_in_as("tom"), [2, 3], "done")
        resolution.close(sign_in_as("desi"), [3])
        resolution.cancel(sign_in_as("desi"), [4], "bought one")
    return cli


@pytest.fixture
def full(cli: CommandLine) -> CommandLine:
    """A desk of each engine with five tickets."""
    return fill(cli)


@pytest.fixture
def sqlite_full(sqlite_cli: CommandLine) -> CommandLine:
    """A SQLite desk with five tickets."""
    return fill(sqlite_cli)


def numbers(cli: CommandLine, *words: str) -> list[str]:
    return [ticket["number"] for ticket in cli.told("list", *words)]


# The search


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), "1 2 5"),
        (("--status", "all"), "1 2 3 4 5"),
        (("--status", "closed"), "3"),
        (("--status", "resolved,cancelled"), "2 4"),
        (("vpn",), "1"),
        (("vpn", "--status", "all"), "1 3"),
        (("-status:resolved",), "1 5"),
        (("blue screen",), "5"),
        (("@none", "-team:network"), "5"),
        (("@tom",), "2"),
        (("INC-3",), "3"),
        (("--limit", "2"), "1 2"),
        (("--limit", "0"), "1 2 5"),
        (("--order", "newest"), "5 2 1"),
        (("--order", "oldest", "--reverse", "--limit", "1"), "5"),
        (("VPN", "--status", "all", "--order", "best"), "3 1"),
        (("VPN", "--status", "all", "--order", "best", "--reverse"), "1 3"),
        (("@tom status:all",), "2 3"),
        (("nothing-of-the-kind",), ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_search_finds(sqlite_full: CommandLine, words: tuple[str, ...], found: str) -> None:
    order = numbers(sqlite_full, *words)
    ordered = "--order" in words or "--limit" in words
    ids = [number.partition("-")[2] for number in order]
    assert (ids if ordered else sorted(ids)) == found.split()
    if "--limit" not in words:
        assert sqlite_full.done("list", *words, "--count") == f"{len(ids)}\n"


def test_a_process_of_its_own_reads_each_engine(full: CommandLine) -> None:
    told = itdesk("list", "--count", database=full.database, login="desi")
    assert (told.status, told.output, told.errors) == (0, "3\n", "")


def test_a_long_list_has_every_ticket_once_and_in_order(full: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    for order in Order:
        words = ("--status", "all", "--order", order, *(["rita"] if order is Order.BEST else []))
        whole = numbers(full, *words)
        assert len(whole) == 5
        for size in (1, 2, 5):
            with monkeypatch.context() as patch:
                patch.setattr(listing, "_PAGE", size)
                assert numbers(full, *words) == whole
                assert numbers(full, *words, "--limit", "4") == whole[:4]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--order", "best", "p:1"), "--order best needs words to search for"),
        (("statu:open",), "status"),
        (("--status", "opn"), "open"),
        (("--jsn",), "--json"),
        (("-vpn",), "negated"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_search_that_is_not_understood_is_wrong_usage(
    sqlite_full: CommandLine, words: tuple[str, ...], hint: str
) -> None:
    assert hint in sqlite_full.refused("list", *words, status=2)


def test_a_requester_sees_only_their_own(full: CommandLine) -> None:
    full.done("new", "Mine", login="ron")
    assert [ticket["subject"] for ticket in json.loads(full.done("list", "--json", login="ron"))] == ["Mine"]
    assert full.done("list", "--status", "all", "--count", login="ron") == "1\n"
    assert "no ticket 1 " in full.refused("show", "1", login="ron")


# The forms of JSON


def test_list_prints_an_array_with_these_words(full: CommandLine) -> None:
    tickets = full.told("list", "--status", "all")
    assert all(set(ticket) == WORDS for ticket in tickets)
    closed = next(ticket for ticket in tickets if ticket["status"] == "closed")
    assert (closed["number"], closed["kind"], closed["priority"], closed["level"]) == ("INC-3", "incident", 4, 2)
    assert (closed["requester"], closed["assignee"], closed["team"]) == ("rita", "tom", "network")
    assert closed["opened_at"] == "2026-03-02T11:00:00Z"
    assert all(TIME.fullmatch(closed[name]) for name in WORDS - {"due_at"} if name.endswith("_at"))
    assert (closed["agreement"], closed["due_at"], closed["due_clock"]) == ("low", None, None)
    assert TIME.fullmatch(next(ticket for ticket in tickets if ticket["status"] == "new")["due_at"])


def test_an_empty_list_is_an_empty_array(cli: CommandLine) -> None:
    assert cli.told("list") == []
    assert cli.done("list", "--count") == "0\n"


def test_show_prints_one_object_with_everything(full: CommandLine) -> None:
    full.done("note", "3", "staff only")
    full.done("link", "3", "related", "1")
    ticket = full.told("show", "INC-3")
    more = {
        "requester_name",
        "requester_vip",
        "channel",
        "site",
        "tags",
        "body",
        "resolution",
        "root_cause",
        "workaround",
    }
    assert set(ticket) == WORDS | more | {
        "messages",
        "decisions",
        "links",
        "checklist",
        "approvals",
        "tests",
        "visits",
        "estimate",
        "closure_code",
        "attachments",
        "work_log",
        "minutes_worked",
        "watchers",
        "clocks",
        "journal",
    }
    (message,) = ticket["messages"]
    assert set(message) == {"id", "kind", "author", "author_name", "channel", "written_at", "text"}
    assert (message["kind"], message["author"], message["text"]) == ("note", "desi", "staff only")
    category = next(decision for decision in ticket["decisions"] if decision["thing"] == "category")
    assert (category["value"], category["source"], category["rule"]) == ("network.vpn", "rule", "vpn")
    assert category["evidence"] == [{"field": "subject", "text": "VPN"}]
    assert category["place"].startswith("categories.yaml:")
    assert {(link["type"], link["number"], link["status"]) for link in ticket["links"]} == {("related", "INC-1", "new")}
    verbs = [entry["verb"] for entry in ticket["journal"]]
    assert verbs == ["submitted", "resolved", "closed", "noted", "linked"]
    assert all(TIME.fullmatch(entry[name]) for entry in ticket["journal"] for name in ("recorded_at", "occurred_at"))


def test_show_tells_every_clock_with_its_history(full: CommandLine) -> None:
    clocks = {clock["name"]: clock for clock in full.told("show", "INC-3")["clocks"]}
    assert set(clocks) == {"first_response", "resolution", "ola_l2"}
    words = "name state target_minutes elapsed_minutes due_at breached_at calendar cycle history"
    assert set(clocks["resolution"]) == set(words.split())
    # Opened at noon in Berlin, resolved at three.
    assert clocks["resolution"] | {"history": []} == {
        "name": "resolution",
        "state": "met",
        "target_minutes": 3600,
        "elapsed_minutes": 180,
        "due_at": None,
        "breached_at": None,
        "calendar": "office",
        "cycle": 1,
        "history": [],
    }
    started, met = clocks["resolution"]["history"]
    stood = {"target_minutes": 3600, "left_minutes": 3600, "due_at": "2026-03-10T11:00:00Z"}
    opening = {"at": "2026-03-02T11:00:00Z", "what": "started", "why": "opened", "cycle": 1, "before": None}
    assert started == opening | stood
    stood = dict.fromkeys(stood)
    assert met == opening | {"at": "2026-03-02T14:00:00Z", "what": "met", "why": "resolved"} | stood
    shown = full.done("show", "INC-3")
    assert "Agreement  low\n  first response  met       3h of 10h (office)\n" in shown
    assert "  OLA L2          met       3h of 40h (office)\n" in shown


def test_show_tells_when_a_clock_was_missed_though_a_pause_moved_when_it_would_be_due(full: CommandLine) -> None:
    later = StillClock()
    later.advance(days=10)
    with opened(full.database) as desk:
        tom = sign_in_at(desk, later)("tom")
        resolution.change_status(tom, [1], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
        later.advance(days=5)
        resolution.change_status(tom, [1], Status.IN_PROGRESS)
    clock = next(one for one in full.told("show", "1")["clocks"] if one["name"] == "first_response")
    assert clock["state"] == "breached"
    started = clock["history"][0]
    assert clock["breached_at"] == started["due_at"] != clock["due_at"]


def test_a_requester_is_not_shown_work_notes(full: CommandLine) -> None:
    full.done("note", "1", "staff only")
    answer = full.done("show", "1", login="rita"), full.done("show", "1", "--json", login="rita")
    assert json.loads(answer[1])["messages"] == []
    assert "staff only" not in answer[0]


# For people


def test_a_pipe_gets_every_ticket_and_nothing_is_cut(full: CommandLine) -> None:
    full.done("new", "A subject that goes on and on " * 10)
    head, *lines = full.done("list").splitlines()
    assert head.split() == ["Number", "Pri", "Status", "Age", "Due", "Team", "Assignee", "Requester", "Subject"]
    assert len(lines) == 4
    assert any(line.endswith("on and on") for line in lines)
    assert {line.index("P") for line in [head, *lines]} == {head.index("Pri")}


def test_plain_is_a_ticket_a_line_with_tabs(full: CommandLine) -> None:
    lines = [line.split("\t") for line in full.done("list", "--plain").splitlines()]
    assert [(line[0], line[2], line[-1]) for line in lines] == [
        ("INC-1", "new", "VPN drops"),
        ("INC-2", "resolved", "Printer jam"),
        ("INC-5", "new", "Blue screen on start"),
    ]


def test_an_empty_list_says_how_the_search_was_understood(cli: CommandLine) -> None:
    answer = cli("list", "vpn", "p:1")
    assert (answer.status, answer.output) == (0, "")
    assert answer.errors == "None found: open tickets · P1 · with “vpn”.\n"


def test_show_tells_facts_and_timeline(full: CommandLine) -> None:
    full.done("reply", "1", "Try again,\nplease.", login="tom")
    shown = full.done("show", "1")
    assert shown.startswith("INC-1  VPN drops\n")
    assert "Category   network.vpn (incident)" in shown
    assert "Requester  Rita Requester (rita), Sales, Berlin" in shown
    assert "Opened     2026-03-02 10:00, phone" in shown  # the desk is in Europe/Berlin
    assert "Tom Technician replied:\n    Try again,\n    please." in shown


def test_no_text_steers_the_terminal(cli: CommandLine) -> None:
    cli.done("new", HOSTILE, "--body", HOSTILE, "--requester", "rita")
    cli.done("note", "1", HOSTILE)
    for command in (("list",), ("list", "--plain"), ("list", "--json"), ("show", "1"), ("show", "1", "--json")):
        printed = cli.done(*command)
        steering = [sign for sign in printed if (sign < " " and sign not in "\n\t") or "\x7f" <= sign <= "\x9f"]
        assert steering == [], command
        assert "\u202e" not in printed, command
        assert "[/]" in printed, command


def test_json_loses_nothing_of_a_text(cli: CommandLine) -> None:
    cli.done("new", "x", "--body", "\x1b[31m\u202e\x7f🙂")
    assert cli.told("show", "1")["body"] == "\x1b[31m\u202e\x7f🙂"


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_list_fits_the_terminal(sqlite_cli: CommandLine, columns: int) -> None:
    clock = StillClock()
    with opened(sqlite_cli.database) as desk:
        session = sign_in_at(desk, clock)("desi")
        for at in range(60):
            submit(session, NewTicket(f"{at} {'漢字 ' * 60}", requester="rita"))
            clock.now += timedelta(minutes=1)
    options = ["--database", sqlite_cli.database, "--as", "desi"]
    with Terminal([sys.executable, "-m", "itdesk", *options, "list"], rows=70, columns=columns) as terminal:
        assert terminal.wait_exit() == 0
        lines = [line.rstrip() for line in terminal.text.splitlines()]
    shown = [line for line in lines if line.startswith("INC-")]
    assert len(shown) == 50
    assert all(line.endswith("…") for line in shown)
    assert "50 of 60 tickets; --limit 0 shows all." in " ".join(lines)
