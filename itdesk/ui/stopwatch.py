"""The timer of open tickets: minutes that somebody really was there, offered when he logs his time."""

from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)


class Stopwatch:
    """Counts for one ticket at a time: the one in the foreground. Without a key for `idle` it counts no more.

    What it counted for a ticket is kept when the ticket is left, until it is logged. All moments are aware UTC.
    """

    def __init__(self, idle: timedelta, now: datetime) -> None:
        self._idle = idle
        self._counted: dict[int, timedelta] = {}
        self._ticket: int | None = None
        self._since = self._touched = now

    def run(self, ticket_id: int, now: datetime) -> None:
        """This ticket is in the foreground; it stays so until another is, or none."""
        if ticket_id != self._ticket:
            self.stop(now)
            self._ticket, self._since = ticket_id, now

    def stop(self, now: datetime) -> None:
        """No ticket is in the foreground."""
        self._bank(now)
        self._ticket = None

    def touch(self, now: datetime) -> None:
        """A key was pressed, or the mouse used."""
        if self.is_idle(now):
            self._bank(now)
        self._touched = now

    def is_idle(self, now: datetime) -> bool:
        """Whether no key was pressed for so long that nobody is there."""
        return now - self._touched > self._idle

    def minutes(self, ticket_id: int, now: datetime) -> int:
        """Whole minutes that were counted for a ticket and not logged yet."""
        running = self._running(now) if ticket_id == self._ticket else timedelta()
        return (self._counted.get(ticket_id, timedelta()) + running) // _MINUTE

    def clear(self, ticket_id: int, now: datetime) -> None:
        """The minutes of a ticket were logged: count from zero."""
        self._counted.pop(ticket_id, None)
        if ticket_id == self._ticket:
            self._since = now

    def _running(self, now: datetime) -> timedelta:
        return max(timedelta(), min(now, self._touched + self._idle) - self._since)

    def _bank(self, now: datetime) -> None:
        if self._ticket is not None:
            self._counted[self._ticket] = self._counted.get(self._ticket, timedelta()) + self._running(now)
        self._since = now
