"""Live refresh: the desk's journal, followed on the read thread."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from itdesk.desk.queries.queue import last_change
from itdesk.desk.session import Session
from itdesk.ui.work import DeskThreads

if TYPE_CHECKING:  # nothing is new before the first screen is seen
    from itdesk.desk.queries.feed import Feed, News

_LEAST_SECONDS = 0.25
"""Between two wakes: many changes at once are told together."""


class LiveFeed:
    """Tells what changed since it was last asked. A failed poll loses nothing: the next one tells it all."""

    def __init__(self, threads: DeskThreads) -> None:
        self._threads = threads
        self._since: asyncio.Future[int] | None = None
        self._feed: Feed | None = None
        self._file: int | None = None
        self._watched: int | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._woken_at = 0.0

    def begin(self) -> None:
        """Note where the journal stands: whatever is read from now on is no older."""
        self._since = self._threads.read(last_change)

    async def poll(self) -> "News | None":
        """What is new since `begin`, or since the poll before; None for nothing. Raises DatabaseProblem."""
        self.close()
        self._file = None
        if self._since is None:
            self.begin()
        assert self._since is not None
        try:
            since = await self._since
        except BaseException:
            self._since = None
            raise
        return await self._threads.read(partial(self._poll, since))

    def wake(self, act: Callable[[], object]) -> None:
        """Call `act` once, as soon as others have changed something, unless it is polled before. PostgreSQL only.

        To be asked for after each poll: it ends with the next one.
        """
        if self._file is not None:
            loop = asyncio.get_running_loop()
            self._resting = loop.call_at(self._woken_at + _LEAST_SECONDS, self._watch, self._file, act)

    def close(self) -> None:
        """Wake nobody any more."""
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        if self._watched is not None:
            asyncio.get_running_loop().remove_reader(self._watched)
            self._watched = None

    def _watch(self, file: int, act: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()

        def woken() -> None:
            self.close()
            self._woken_at = loop.time()
            act()

        self._watched = file
        loop.add_reader(file, woken)

    def _poll(self, since: int, session: Session) -> "News | None":
        from itdesk.desk.queries.feed import Feed

        if self._feed is None:
            self._feed = Feed(session, since)
        self._feed.session = session
        news = self._feed.poll()
        self._file = self._feed.listen()
        return news
