"""`itdesk sweep`: let what is due happen, once or again and again."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from queue import Empty, SimpleQueue
from types import FrameType

import click

from itdesk.cli.invocation import Invocation
from itdesk.cli.output import complain, say, say_json, say_line, utc
from itdesk.cli.parameters import as_json
from itdesk.desk.errors import DatabaseProblem
from itdesk.desk.sweep import SweepReport, sweep


def _a_span(text: str | None) -> timedelta | None:
    found = re.fullmatch(r"([1-9][0-9]{0,4}) ?(s|min|m|h)", text.strip()) if text else None
    if text and found is None:
        raise click.BadParameter("a span is a number and s, min or h: 30s, 5min.")
    return timedelta(seconds=int(found[1]) * {"s": 1, "h": 3600}.get(found[2], 60)) if found else None


class _End:
    """Whether a signal came that asks to end.

    A queue, not an Event, whose lock may be held by the very line that the signal interrupts.
    """

    def __init__(self) -> None:
        self._signals = SimpleQueue[int]()

    def tell(self, number: int, _frame: FrameType | None) -> None:
        """Handle a signal."""
        self._signals.put(number)

    @property
    def came(self) -> bool:
        """Whether one came, and was not waited for."""
        return not self._signals.empty()

    def comes_within(self, span: timedelta) -> bool:
        """Wait for one, as long as that at most; whether it came."""
        try:
            self._signals.get(timeout=span.total_seconds())
        except Empty:
            return False
        return True


@click.command("sweep")
@click.option(
    "--every",
    metavar="SPAN",
    default=None,
    callback=lambda _, __, text: _a_span(text),
    help="Again after so long: 30s, 5min.",
)
@as_json
@click.pass_obj
def sweep_command(invocation: Invocation, every: timedelta | None, as_json: bool) -> None:
    """Let happen what is due: escalation, visits, reminders of approvals; and throw away what nobody needs.

    Safe to run twice at once, and beside open screens, which do the same. What was due while nobody swept is made up
    for in its order. With --every it goes on until it is told to end (SIGTERM, SIGINT), which it does between two
    tickets, with exit status 0. With --json each of these sweeps is an object on a line of its own.

    \b
    Examples:
      itdesk sweep                  once, from cron
      itdesk sweep --every 30s      as a service
    """
    with _told_to_end() as end:
        while True:
            _once(invocation, end, as_json, goes_on=every is not None)
            if every is None or end.comes_within(every):
                return


def _once(invocation: Invocation, end: _End, as_json: bool, *, goes_on: bool) -> None:
    try:
        with invocation.session() as session:
            report = sweep(session, go_on=lambda: not end.came)
    except DatabaseProblem as problem:
        if not goes_on:
            raise
        complain(f"{problem} The next sweep tries again.")
        return
    if as_json:
        (say_line if goes_on else say_json)(asdict(report))
    elif not goes_on or str(report) != str(SweepReport(report.at)):
        say(f"{utc(report.at)} {'swept' if report.complete else 'ended early'}: {report}.")


@contextmanager
def _told_to_end() -> Iterator[_End]:
    """Told by SIGTERM and SIGINT while the block runs."""
    end = _End()
    before = [(number, signal.signal(number, end.tell)) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        yield end
    finally:
        for number, handler in before:
            signal.signal(number, handler)
