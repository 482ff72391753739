"""Live refresh: the desk's journal, followed on the read thread."""

from itdesk.desk.queries.feed import Feed, News
from itdesk.desk.queries.queue import last_change
from itdesk.desk.session import Session
from itdesk.ui.work import DeskThreads


class LiveFeed:
    """Tells what changed since it was last asked. A failed poll loses nothing: the next one tells it all."""

    def __init__(self, threads: DeskThreads) -> None:
        self._threads = threads
        self._feed: Feed | None = None

    async def poll(self) -> News | None:
        """What is new, None for nothing; the first poll only notes where the journal stands. Raises DatabaseProblem."""
        return await self._threads.read(self._poll)

    def _poll(self, session: Session) -> News | None:
        if self._feed is None:
            self._feed = Feed(session, last_change(session))
            return None
        return self._feed.poll()
