"""The desk's work, off the event loop: one thread reads, one thread writes, each in the order in which it was asked."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TypeVar
from uuid import uuid4

from itdesk.desk.errors import DatabaseProblem
from itdesk.desk.session import Actor, Session

T = TypeVar("T")

_SILENT_SECONDS = 6.0
"""After so long without an answer the database is said not to answer; reading takes a moment otherwise."""


class DeskThreads:
    """A session's two threads. Each has its own connection to the database."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._reader = ThreadPoolExecutor(1, "desk-read")
        self._writer = ThreadPoolExecutor(1, "desk-write")
        self._reading_since: float | None = None

    def read(self, query: Callable[[Session], T]) -> "asyncio.Future[T]":
        """The query's result, on its way from now on. It raises what the query raises."""
        return asyncio.get_running_loop().run_in_executor(self._reader, self._read, query, self._session)

    def _read(self, query: Callable[[Session], T], session: Session) -> T:
        self._reading_since = time.monotonic()
        try:
            return query(session)
        finally:
            self._reading_since = None

    @property
    def silence(self) -> str:
        """A sentence where the query that is being read has had no answer for some seconds; else empty."""
        since = self._reading_since
        if since is None or time.monotonic() - since < _SILENT_SECONDS:
            return ""
        return "The database has not answered for some seconds; perhaps the line to it is cut."

    async def write(self, act: Callable[[Session], T], *, skip_refused: bool = False) -> T:
        """The act's result. It runs under an idempotency key of its own, so that it is never done twice.

        Raises what the act raises. `skip_refused` leaves refused tickets out of an act on many.
        """
        session = replace(self._session, key=uuid4().hex, skip_refused=skip_refused)
        return await asyncio.shield(
            asyncio.get_running_loop().run_in_executor(self._writer, act, session),
        )

    def write_soon(self, act: Callable[[Session], object]) -> None:
        """Give an act to the write thread without waiting; `close` still lets it be done."""
        self._writer.submit(act, replace(self._session, key=uuid4().hex))

    async def aside(self, work: Callable[[Session], T]) -> T:
        """The result of long work in a thread of its own, with its own connection, beside what people ask for.

        Its end is not waited for by `close`: it has to look itself whether it may go on.
        """
        session = replace(self._session)

        def run() -> T:
            try:
                return work(session)
            finally:
                session.desk.close()

        return await asyncio.to_thread(run)

    def forget_rulebook(self) -> None:
        """Another rulebook came into force: whoever needs it next reads it anew."""
        self._session = replace(self._session)

    def act_as(self, actor: Actor) -> None:
        """The person as the desk knows him now."""
        self._session = replace(self._session, actor=actor)

    def close(self, *, patience: float | None = None) -> bool:
        """Let both threads finish what they are at, close their connections, and end. Whether they did.

        With `patience` (seconds) a database that does not answer is not waited for any longer; the threads are still
        there then. Where it does answer, the last writes are always waited for.
        """
        desk = self._session.desk
        answer = self._reader.submit(lambda: desk.database.row("SELECT 1"))
        ends = [pool.submit(desk.close) for pool in (self._reader, self._writer)]
        for pool in (self._reader, self._writer):
            pool.shutdown(wait=False)
        if _answers(answer, patience):
            patience = None
        return not wait(ends, patience).not_done


def _answers(answer: "Future[object]", patience: float | None) -> bool:
    """Whether the database answers in time."""
    try:
        answer.result(patience)
    except (TimeoutError, DatabaseProblem):
        return False
    return True
