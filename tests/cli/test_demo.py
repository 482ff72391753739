"""`itdesk demo`: a throw-away desk, of which nothing stays behind."""

import os
import signal
import sys
from pathlib import Path

import pytest

from itdesk.gateways.demo import VISITOR
from tests.cli.conftest import CommandLine
from tests.support.terminal import Terminal

_SLOW = 120
"""Seconds within which even a busy machine has made the desk."""


def test_a_sample_desk_can_be_kept(tmp_path: Path) -> None:
    cli = CommandLine(str(tmp_path / "sample" / "demo.sqlite3"))
    assert "demo.sqlite3" in cli.plainly("demo", "--keep", str(tmp_path / "sample")).output
    assert int(cli.done("list", "--status", "all", "--count", login=VISITOR)) >= 300
    assert cli.plainly("demo", "--keep", str(tmp_path / "sample")).status == 1  # it is never written over
    assert cli("audit", "verify", login=None).status == 2  # the caller is not one of its people


@pytest.mark.parametrize("way_out", ["q", signal.SIGHUP], ids=str)
def test_nothing_stays_behind_whatever_the_way_out(tmp_path: Path, way_out: str | signal.Signals) -> None:
    with Terminal([sys.executable, "-m", "itdesk", "demo"], environment={"TMPDIR": str(tmp_path)}) as terminal:
        terminal.wait_for("throw-away desk", patience=_SLOW)
        assert list(tmp_path.glob("itdesk-demo-*"))
        if isinstance(way_out, signal.Signals):
            terminal.signal(way_out)
            assert terminal.wait_exit() == 128 + way_out
        else:
            terminal.press(way_out)
            assert terminal.wait_exit() == 0
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_nothing_stays_behind_when_it_is_ended_before_it_opens(tmp_path: Path, number: signal.Signals) -> None:
    with Terminal([sys.executable, "-m", "itdesk", "demo"], environment={"TMPDIR": str(tmp_path)}) as terminal:
        terminal.wait_for("Making a desk")
        while not any(tmp_path.glob("itdesk-demo-*/demo.sqlite3")):
            os.kill(terminal.pid, 0)  # it is still there
        terminal.signal(number)
        assert terminal.wait_exit() == 128 + number
        assert "Traceback" not in terminal.text
        assert list(tmp_path.iterdir()) == []
