"""A person at the screens: presses keys, reads what stands there, waits until it does."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from itdesk.desk.session import Desk
from itdesk.ui.app import ItdeskApp
from tests.ui.looks import DARK, look
from tests.ui.widgets.host import screen_lines
from tests.ui.world import session_of

PATIENCE = 20.0
"""Seconds that a visitor waits at most; a loaded machine is slow, a pass costs nothing."""


def _pressed(key: str) -> events.Key:
    """The event of a key with this name, or with this letter on it."""
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    return events.Key(key, " " if key == "space" else None)


def _all_in(text: str, parts: Sequence[str]) -> bool:
    return all(part in text for part in parts)


def _any_in(text: str, parts: Sequence[str]) -> bool:
    return any(part in text for part in parts)


class Visit:
    """One person's session, seen from outside."""

    def __init__(self, app: ItdeskApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def desk(self) -> Desk:
        """The desk that it works on."""
        return self.app.desk.threads._session.desk

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, line by line."""
        return screen_lines(self.app)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self.lines)

    @property
    def status(self) -> str:
        """The last row."""
        return self.lines[-1]

    def row(self, part: str) -> str:
        """The first line with this text in it."""
        return next((line for line in self.lines if part in line), "")

    def hit(self, *keys: str) -> None:
        """Press keys without waiting for what they do."""
        for key in keys:
            self.app.post_message(_pressed(key))

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, faster than the screens follow; wait until they did."""
        self.hit(*keys)
        handed_on = asyncio.Event()
        self.app.call_later(handed_on.set)
        await handed_on.wait()
        while self.app._typeahead._settling is not None:  # noqa: ASYNC110, nobody tells when it is done
            await asyncio.sleep(0.002)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*text)

    async def paste(self, text: str) -> None:
        """Paste a text, as a terminal hands it over: at once."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    async def sees(self, *parts: str, patience: float = PATIENCE) -> None:
        """Wait until all of these texts stand on the screen."""
        await self.until(lambda: _all_in(self.text, parts), f"{parts}", patience)

    async def misses(self, *parts: str) -> None:
        """Wait until none of these texts stands on the screen."""
        await self.until(lambda: not _any_in(self.text, parts), f"not {parts}")

    async def rests(self) -> None:
        """Type nothing for so long that one can read what was said."""
        rested = time.monotonic() + 0.5
        await self.until(lambda: time.monotonic() > rested, "a rest")

    async def until(self, holds: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + patience
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited for {what}, but the screen shows\n{self.text}")
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def polled(self) -> None:
        """Let the screens hear what is new."""
        self.app.poll()
        await self.at_rest()

    async def at_rest(self) -> None:
        """Wait until both threads have done what they were asked, and the screens took it in."""
        for _ in range(3):
            await self.app.desk.threads.read(lambda session: None)
            await self.app.desk.threads.write(lambda session: None)
            await self.pilot.pause()


@asynccontextmanager
async def visit(
    desk: Desk, login: str = "anna", *, size: tuple[int, int] = (80, 24), theme: str = DARK, **options: object
) -> AsyncIterator[Visit]:
    """The screens of a desk, with the queue shown."""
    app = ItdeskApp(session_of(desk, login), look(theme), **options)  # type: ignore[arg-type]
    try:
        async with app.run_test(size=size) as pilot:
            visitor = Visit(app, pilot)
            await visitor.until(lambda: _any_in(visitor.text, ("tickets", "Nothing here")), "the queue")
            await visitor.at_rest()
            yield visitor
    finally:
        await asyncio.to_thread(app.desk.threads.close)
