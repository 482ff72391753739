"""Ctrl-C while the program starts: it ends, whatever Python makes of the exception."""

import asyncio
import signal
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from itdesk.cli.main import Interrupt
from itdesk.desk.session import Desk
from itdesk.ui.app import ItdeskApp
from itdesk.ui.process import run_until_left
from tests.ui.looks import DARK, look
from tests.ui.world import session_of


class Something:
    """Something that a callback waits for the end of."""


@pytest.fixture
def interrupt() -> Iterator[Interrupt]:
    """In force while the test runs."""
    handler = Interrupt()
    before = signal.signal(signal.SIGINT, handler)
    yield handler
    signal.signal(signal.SIGINT, before)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_is_remembered_where_python_drops_its_exception(interrupt: Interrupt) -> None:
    something = Something()
    watched = weakref.ref(something, lambda _: signal.raise_signal(signal.SIGINT))
    del something
    assert watched() is None
    assert interrupt.came


def test_the_screens_are_not_opened_after_an_interrupt_that_python_dropped(
    interrupt: Interrupt, desk: Desk, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    app = ItdeskApp(session_of(desk), look(DARK))
    assert asyncio.run(run_until_left(app, tmp_path / "log", mouse=False)) == 128 + signal.SIGINT
    assert signal.getsignal(signal.SIGINT) is interrupt
