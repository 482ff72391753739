"""The desk's work, off the event loop: one thread reads, one thread writes, each in the order in which it was asked."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar
from uuid import uuid4

from itdesk.desk.session import Actor, Session

T = TypeVar("T")


class DeskThreads:
    """A session's two threads. Each has its own connection to the database."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._reader = ThreadPoolExecutor(1, "desk-read")
        self._writer = ThreadPoolExecutor(1, "desk-write")

    def read(self, query: Callable[[Session], T]) -> "asyncio.Future[T]":
        """The query's result, on its way from now on. It raises what the query raises."""
        return asyncio.get_running_loop().run_in_executor(self._reader, query, self._session)

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

    def close(self) -> None:
        """Let both threads finish what they are at, close their connections, and end."""
        for pool in (self._reader, self._writer):
            pool.submit(self._session.desk.close)
            pool.shutdown(wait=True)
