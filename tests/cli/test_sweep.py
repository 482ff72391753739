"""Sweeping and escalating on the command line."""

import signal
import subprocess
import sys
import threading
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest

from itdesk.cli.sweep import _End, _told_to_end
from itdesk.desk.queries.swept import last_swept
from tests.cli.conftest import CommandLine
from tests.support.desks import live_clock, opened, sign_in_at


def test_a_sweep_tells_what_it_did_and_is_noted(cli: CommandLine) -> None:
    assert cli.done("sweep", login="tom").endswith("Z swept: nothing was due.\n")
    report = cli.told("sweep", login="tom")
    assert report["at"].endswith("Z")
    assert {
        name: report[name] for name in ("clocks", "armed", "escalated", "reminded", "keys", "files")
    } == dict.fromkeys(("clocks", "armed", "escalated", "reminded", "keys", "files"), 0)
    assert report["complete"]
    with opened(cli.database) as desk:
        assert last_swept(sign_in_at(desk, live_clock)("tom")) is not None
    assert "may not sweep the desk" in cli.refused("sweep", login="rita")
    assert "30s, 5min" in cli.refused("sweep", "--every", "now and then", status=2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_service_sweeps_again_and_again_and_ends_cleanly_when_told_to(cli: CommandLine, number: int) -> None:
    words = [
        sys.executable,
        "-m",
        "itdesk",
        "--database",
        cli.database,
        "--as",
        "tom",
        "sweep",
        "--every",
        "1s",
        "--json",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as service:
        killer = threading.Timer(60, service.kill)
        killer.start()
        assert service.stdout is not None
        assert [service.stdout.readline()[:7] for _ in range(2)] == ['{"at": ', '{"at": ']
        service.send_signal(number)
        rest, errors = service.communicate()
        killer.cancel()
    assert (service.returncode, errors) == (0, "")
    assert len(rest.splitlines()) <= 1


def test_a_service_ends_whichever_line_the_signal_interrupts() -> None:
    """A lock that the interrupted line holds would let it wait for itself, for ever."""
    interrupted, line = True, 0
    while interrupted:
        line += 1
        interrupted, rest = False, line

        def trace(frame: FrameType, event: str, _argument: object) -> Any:
            nonlocal interrupted, rest
            if event == "line" and frame.f_code is not _End.tell.__code__:
                rest -= 1
                if rest == 0:
                    interrupted = True
                    signal.raise_signal(signal.SIGTERM)
            return trace

        with _told_to_end() as end:
            sys.settrace(trace)
            came = end.comes_within(timedelta(milliseconds=1))
            sys.settrace(None)
        assert came or end.came or not interrupted
    assert line > 3


def test_a_ticket_goes_to_management_and_the_lead_reads_why(cli: CommandLine) -> None:
    cli.done("new", "VPN is slow", login="rita")
    words = ("escalate", "1", "--to-management", "--reason", "the customer wants to leave")
    assert cli.done(*words, login="tom") == "Escalated INC-1 to management: told lea, sam.\n"
    [notice] = cli.told("notices", login="lea")
    assert (notice["kind"], notice["number"]) == ("escalation", "INC-1")
    assert notice["text"].endswith("to management: the customer wants to leave")
    assert "tom escalated to management: the customer wants to leave · told lea, sam" in cli.done("show", "1")
    decision = cli.told("show", "1")["decisions"][-1]
    assert (decision["thing"], decision["value"]) == ("escalation", "to management")
    assert "or --to-management" in cli.refused("escalate", "1", "--reason", "so", status=2)
    assert "or --to-management" in cli.refused(*words, "--team", "security", status=2)


def test_every_escalation_stands_with_its_reason_but_those_undone(cli: CommandLine) -> None:
    cli.done("new", "VPN is slow", login="rita")
    for reason in ("the customer wants to leave", "by mistake", "the board asks"):
        cli.done("escalate", "1", "--to-management", "--reason", reason, login="tom")
        if reason == "by mistake":
            cli.done("undo", "1", login="tom")
    told = cli.done("rules", "explain", "1", login="tom")
    assert told.count("Escalation to management") == 2
    assert told.index("the customer wants to leave") < told.index("the board asks")
    assert "by mistake" not in told
    assert told.count("Team ") == 1
