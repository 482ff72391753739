"""A full-screen program as a process: signals, the last writes, and one sentence after a crash."""

import asyncio
import gc
import io
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import ClassVar

from textual import events
from textual.app import App, ScreenStackError
from textual.filter import LineFilter
from textual.geometry import Size

from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.session import sign_in
from itdesk.domain.text import safe
from itdesk.ui.context import DeskContext
from itdesk.ui.frames import FramedScreen
from itdesk.ui.theme import DeskTheme
from itdesk.ui.widgets.lines import Lines

_AT_REST_SECONDS = 0.3
"""How long after its start a program has nothing more to load."""

_LAST_SECONDS = 3.0
"""How long a session that must end waits for its last writes."""


class DeskApp(App[None], inherit_bindings=False):
    """A program on a desk. `errors` holds what went wrong inside it, as text for the log; empty if nothing did."""

    MODULES_AT_REST: ClassVar[Sequence[str]] = ()
    """Modules that the first keys will need, loaded while one looks at the first screen."""

    STYLES_AT_REST: ClassVar[Sequence[Path]] = ()
    """Stylesheets that they will need: a screen that brings a new one makes Textual read all of them anew."""

    desk: DeskContext
    errors: io.StringIO
    ascii_only: bool = False
    """Whether signs are shown by plain ASCII."""

    ended_because = ""
    """Why the program ended by itself, for whoever sat before it; empty where it was left."""

    _has_begun = False

    def wear(self, themes: Sequence[DeskTheme], name: str) -> None:
        """Put on the one of these themes that has this name, in colours that the terminal has."""
        for theme in themes:
            self.register_theme(theme)
            if theme.name == name and self.console.color_system == "256":
                from itdesk.ui.few_colours import in_256_colours

                self.register_theme(in_256_colours(theme))
        self.theme = name

    def on_mount(self) -> None:
        """The first screen is there."""
        self._has_begun = True
        self.set_timer(_AT_REST_SECONDS, self._settle_in)

    async def _settle_in(self) -> None:
        """Load the rest, and collect garbage from now on: what was loaded until here stays."""
        for module in self.MODULES_AT_REST:
            await asyncio.to_thread(import_module, module)
        for path in self.STYLES_AT_REST:
            self.stylesheet.read(path)
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    @property
    def has_caret(self) -> bool:
        """Whether somebody may be writing into a field, where the terminal's cursor must stand."""
        try:
            return not isinstance(self.focused, Lines)
        except ScreenStackError:  # before the first screen
            return True

    def refresh_css(self, animate: bool = True) -> None:
        """As Textual, which would read all styles three times over before there is anything to show."""
        if self._has_begun:
            super().refresh_css(animate)
        elif (variables := self.get_css_variables()) != self.stylesheet._variables:
            self.stylesheet.set_variables(variables)  # it forgets all rules that were read

    def _end_batch(self) -> None:
        """As Textual, which leaves the first frame to the next tick of its clock."""
        super()._end_batch()
        if not self._batch_count and self._screen_stack and isinstance(self.screen, FramedScreen):
            self.screen.paint_put_off()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, and the one that leaves no sign."""
        filters = super().get_line_filters()
        return [*filters, self._plain_glyphs] if self.ascii_only else filters

    @cached_property
    def _plain_glyphs(self) -> LineFilter:
        from itdesk.ui.glyphs import PlainGlyphs

        return PlainGlyphs()

    async def on_event(self, event: events.Event) -> None:
        """A size is read once more when its turn comes: two signals at once can report theirs in the wrong order."""
        if isinstance(event, events.Resize) and not (self.is_headless or self.is_web):
            size, at = Size(*shutil.get_terminal_size()), event.time
            event = events.Resize(size, size)
            event.time = at
        await super().on_event(event)

    async def follow_person(self) -> bool:
        """Whether this person's role or teams changed. Somebody who left the desk sees no more of it: it ends."""
        me = self.desk.me
        try:
            present = await self.desk.threads.read(lambda session: sign_in(session.desk, me.login))
        except (Refused, NotFound) as gone:
            self.ended_because = str(gone)
            self.leave_at_once()
            return False
        if present == me:
            return False
        self.desk.me = present
        self.desk.threads.act_as(present)
        return True

    def end(self) -> None:
        """A signal: quit; drafts are kept."""
        self.leave_at_once()

    def action_leave(self) -> None:
        """`ctrl+q`: quit."""
        self.leave_at_once()

    def leave_at_once(self) -> None:
        """Quit, and ask nobody; drafts are kept."""
        self.desk.keep_draft()
        self.exit()


async def run_until_left(app: DeskApp, log: Path, *, mouse: bool) -> int:
    """Run it on the terminal until it is left or a signal ends it; its exit status: 0; 1 after a crash or where the
    person has left the desk; 128 + signal.

    After a crash one sentence goes to standard error and the details to the file `log`. Where the database does not
    answer, the process ends here, some seconds after the screens are gone.
    """
    status = 0
    waiting: list[Timer] = []
    loop = asyncio.get_running_loop()

    def stop(number: int) -> None:
        nonlocal status
        status = 128 + number
        last = Timer(_LAST_SECONDS, os._exit, [status])
        last.daemon = True
        last.start()
        waiting.append(last)
        app.end()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number in before:
        loop.add_signal_handler(number, stop, number)
    try:
        if getattr(before[signal.SIGINT], "came", False):  # and the exception that it raised was lost
            return 128 + signal.SIGINT
        await app.run_async(mouse=mouse)
    finally:
        app.desk.keep_draft()
        ended = app.desk.threads.close(patience=_LAST_SECONDS)
        for last in waiting:
            last.cancel()
        for number, handler in before.items():  # the loop would leave the system's own: what cleans up would be cut off
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
    status = _tell_end(app, log, status)
    if not ended:  # Python would wait for the threads, and they for the database
        sys.stderr.flush()
        os._exit(status)
    return status


def _tell_end(app: DeskApp, log: Path, status: int) -> int:
    """Say why it ended by itself, if it did; the exit status. `status` is that of the signal that ended it, else 0."""
    if app.return_code and not status:  # Textual takes it for an error when a signal ends it while it builds a screen
        sys.stderr.write(_crash_sentence(app.errors.getvalue(), log, app.desk.drafts.names))
        return 1
    if app.ended_because and not status:
        sys.stderr.write(f"{safe(app.ended_because)}\n")
        return 1
    return status


def _crash_sentence(details: str, log: Path, lost: Sequence[str]) -> str:
    """Write the details away and say in one line where they are, and what of the person's texts is `lost`."""
    lines = [line.strip() for line in details.splitlines() if line.strip() and not line.startswith("NOTE:")]
    last = safe(lines[-1]) if lines else "an unknown error"
    kept = f"{safe(', '.join(lost))} could not be kept." if lost else "Your drafts are kept."
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
            file.write(details + "\n")
    except OSError as error:
        return f"itdesk stopped: {last[:200]}. The details could not be written to {log}: {error.strerror}.\n"
    return f"itdesk stopped: {last[:200]}. {kept} Details: {log}\n"
