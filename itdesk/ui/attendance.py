"""Somebody has a ticket open: others see that he is there, and the timer counts while he is."""

from contextlib import suppress

from itdesk.desk import presence
from itdesk.domain.people import STAFF
from itdesk.ui.screen import DeskScreen
from itdesk.ui.stopwatch import Stopwatch

BEAT_SECONDS = 60.0
_ARRIVAL_SECONDS = 1.0
"""Whoever only steps through tickets is on none of them."""


class Attendance:
    """Of one screen, on one ticket at a time. For staff; nobody else is seen or timed."""

    def __init__(self, screen: DeskScreen) -> None:
        self._screen = screen
        self._desk = screen.desk
        self._is_staff = self._desk.me.role in STAFF
        self._ticket: int | None = None
        self._writing = False
        self._told: int | None = None

    def arrive(self, ticket_id: int) -> None:
        """This ticket is open from now on, in place of any other."""
        self.depart()
        self._ticket = ticket_id
        self.look()
        self._screen.set_timer(_ARRIVAL_SECONDS, self.beat)

    def depart(self) -> None:
        """No ticket is open any more."""
        self._tell_left()
        self._ticket, self._writing = None, False
        self.look()

    def look(self) -> None:
        """Count while the screen is in front of all others, dialogs aside."""
        if not self._is_staff:
            return
        now = self._desk.clock()
        if self._desk.stopwatch is None:
            self._desk.stopwatch = Stopwatch(self._desk.rulebook.desk.timer_idle, now)
        if self._ticket is not None and self._in_front():
            self._desk.stopwatch.run(self._ticket, now)
        else:
            self._desk.stopwatch.stop(now)

    def beat(self) -> None:
        """Tell others that one is still there, or that one is not."""
        stopwatch, ticket_id, writing = self._desk.stopwatch, self._ticket, self._writing
        here = stopwatch is not None and not stopwatch.is_idle(self._desk.clock()) and self._in_front()
        if ticket_id is None or not here:
            self._tell_left()
        else:
            self._told = ticket_id
            self._desk.threads.write_soon(lambda session: presence.here(session, ticket_id, writing=writing))

    def write(self, writing: bool) -> None:
        """Writing began or ended, which others see at once."""
        if writing != self._writing:
            self._writing = writing
            self.beat()

    @property
    def minutes(self) -> int:
        """What the timer counted on this ticket and nobody logged."""
        if self._desk.stopwatch is None or self._ticket is None:
            return 0
        return self._desk.stopwatch.minutes(self._ticket, self._desk.clock())

    def _tell_left(self) -> None:
        told = self._told
        self._told = None
        if told is not None:
            with suppress(RuntimeError):  # the program ends, and with it the threads
                self._desk.threads.write_soon(lambda session: presence.left(session, told))

    def _in_front(self) -> bool:
        screens = [screen for screen in self._screen.app.screen_stack if isinstance(screen, DeskScreen)]
        return bool(screens) and screens[-1] is self._screen
