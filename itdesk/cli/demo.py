"""`itdesk demo`: the screens on a throw-away desk full of sample tickets."""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import click

from itdesk.cli import rulebook
from itdesk.cli.invocation import Invocation, now
from itdesk.cli.output import remark, say
from itdesk.cli.screens import own_editor, require_terminal, run_screens
from itdesk.desk.errors import Conflict, DatabaseProblem, NotFound, Refused
from itdesk.desk.rulebook import adopt
from itdesk.desk.session import SYSTEM, Desk, Session, open_desk, sign_in
from itdesk.gateways import demo
from itdesk.settings.config_folder import content_hash
from itdesk.settings.locations import shipped_config

_FILE = "demo.sqlite3"
_NOTICE = "A throw-away desk: nothing that you do here is kept."


@click.command("demo")
@click.option(
    "--keep",
    metavar="DIR",
    default=None,
    type=click.Path(path_type=Path),
    help="Make the desk in this new folder and leave it there, instead of opening the screens on a throw-away one.",
)
@click.pass_context
def demo_command(ctx: click.Context, keep: Path | None) -> None:
    """Open the screens on a desk full of sample tickets; nothing you do there is kept.

    \b
    Examples:
      itdesk demo
      itdesk demo --keep ./sample && itdesk --database ./sample/demo.sqlite3 --as anna list
    """
    invocation: Invocation = ctx.obj
    settings = invocation.config or shipped_config()
    if keep is not None:
        keep.mkdir(parents=True)
        _make(keep / _FILE, settings).close()
        say(f"The sample desk is in {keep / _FILE}; `--as {demo.VISITOR}` is one of its technicians.")
        return
    require_terminal()
    with _ended_by_signals(), tempfile.TemporaryDirectory(prefix="itdesk-demo-") as folder:
        remark("Making a desk with 90 days of tickets…")
        desk = _make(Path(folder) / _FILE, settings)
        try:
            with _arrivals(desk):
                session = Session(desk, sign_in(desk, demo.VISITOR), now)
                status = run_screens(
                    session,
                    [_NOTICE],
                    mouse=invocation.mouse,
                    theme=invocation.theme,
                    ascii_only=invocation.ascii_only,
                    editor=own_editor(invocation),
                    own_files=invocation.as_login is None,
                )
        finally:
            desk.close()
    ctx.exit(status)


def _make(database: Path, settings: Path) -> Desk:
    """A desk of those settings, full of sample tickets."""
    book = rulebook.load(settings)
    desk = open_desk(str(database), create=True)
    adopt(Session(desk, SYSTEM, now), book, content_hash(settings))
    demo.fill(desk, now())
    return desk


@contextmanager
def _arrivals(desk: Desk) -> Iterator[None]:
    """Meanwhile tickets come in, and colleagues take some of them."""
    left = Event()

    def arrive() -> None:
        arrivals = demo.Arrivals(desk, now)
        try:
            while not left.wait(arrivals.wait().total_seconds()):
                with suppress(Refused, Conflict, NotFound):  # the visitor was faster
                    arrivals.happen()
        except DatabaseProblem:
            pass  # the screens tell it
        finally:
            desk.close()

    thread = Thread(target=arrive, name="demo-arrivals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a signal end the command as an exception, so that nothing of the throw-away desk stays behind.

    Whatever becomes of that exception on its way out (libraries catch, wrap and drop such things), the status tells of
    the signal.
    """
    came: list[int] = []

    def end(number: int, _frame: object) -> None:
        came.append(number)
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except Exception:
        if not came:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        sys.exit(128 + came[0])
