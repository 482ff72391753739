"""Keys typed faster than the screen follows: each is handled only when the one before has done all that it does.

Textual hands a key to whatever has the focus at that moment, while the focus that the key before asked for is still on
its way: `/` followed at once by `take` would take a ticket instead of filtering for it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from textual import events
from textual.app import App, ScreenStackError
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from itdesk.domain.text import safe
from itdesk.ui.actions import BY_ID, Group
from itdesk.ui.screen import DeskScreen

VERB = "verb"
"""The group of workers that ask something in a dialog, or do something at the desk."""

WINDOW = "window"
"""The group of workers that put other rows under the cursor: the next key acts on those."""

READING = "reading"
"""The group of workers that read what a screen was opened for: the next key acts on that."""

_STEPS = frozenset({"next_ticket", "previous_ticket"})

_LEAVING = _STEPS | {"close_one", "go_back"}
"""Actions that leave what is being read, so that they need not wait for it."""

_LEADING = _STEPS | frozenset(
    {
        "approve",
        "assign",
        "category",
        "diagnose",
        "escalate",
        "link",
        "log",
        "merge",
        "move",
        "new",
        "note",
        "plan",
        "priority",
        "remove",
        "reopen",
        "reply",
        "resolve",
        "split",
        "status",
        "swap",
        "tag",
        "take_next",
        "test",
        "visit",
    }
)
"""What leads to a dialog, a text or another ticket: what is typed right behind its key is meant for that."""

_DOING = frozenset({Group.WORK, Group.SAY})
"""Groups of actions that do something to the ticket under the cursor."""

_UNSEEN_SECONDS = 0.4
"""Whoever types on so soon has not read yet that he is asked nothing."""

_UNDER_WAY = (WorkerState.PENDING, WorkerState.RUNNING)

_ROUNDS = 3  # what a key does may post a message that does the rest
_LONGEST_SECONDS = 2.0
_LOOK_SECONDS = 0.01
_READ_SECONDS = 0.05
"""Within so long the thread that reads from the terminal has read what came."""

Handle = Callable[[events.Event], Awaitable[None]]


def as_typed(event: events.Event, *, alt_is_used: bool = False) -> tuple[events.Event, ...]:
    """What was typed: `alt+s` as `esc` and `s`, since a terminal sends both alike when they come at once.

    `ctrl+j` is `enter`: what was typed before the screens took the terminal over comes up the line as that.
    `alt_is_used`: the person's keymap has keys with alt. Pasted text comes from outside and passes the gate, since a
    field shows what it holds as it is.
    """
    if isinstance(event, events.Paste):
        return (events.Paste(safe(event.text, multiline=True)),)
    if isinstance(event, events.Key) and event.key.startswith("alt+") and event.character and not alt_is_used:
        return (events.Key("escape", "\x1b"), events.Key(event.character, event.character))
    if isinstance(event, events.Key) and event.key == "ctrl+j":
        return (events.Key("enter", "\r"),)
    return (event,)


def takes_letters(widget: Widget | None) -> bool:
    """Whether a letter that is typed into it becomes text."""
    return widget is not None and widget.check_consume_key("a", "a")


class TypeAhead:
    """Hands keys and pastes on to an app one after the other."""

    def __init__(self, app: "App[None]", handle: Handle) -> None:
        """`handle` lets the app handle an event."""
        self._app = app
        self._handle = handle
        self._typed: deque[events.Event] = deque()
        self._settling: asyncio.Task[None] | None = None
        self._slow: tuple[Worker[object], ...] = ()
        """What takes so long that no key waits for it any more: nothing is done to what stands there meanwhile."""
        self._pressed_on: Screen[object] | None = None
        """Where the last key was pressed."""
        self._unread_since: float | None = None
        """Since when it is said why a dialog does not come (a message's time), as long as nobody can have read it."""
        self._refused = ""
        """Which action that was."""

    async def take(self, event: events.Event) -> None:
        """Handle a key or a paste now, or when those before it are done."""
        if self._settling is not None:
            self._typed.append(event)
            return
        await self._act(event)
        self._settling = asyncio.create_task(self._settle())

    async def caught_up(self, seconds: float) -> None:
        """Wait until all that the terminal has sent is done; so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.sleep(_READ_SECONDS)
                passed = asyncio.Event()
                if self._app.call_later(passed.set):
                    await passed.wait()
                while self._settling is not None:
                    await asyncio.wait([self._settling])

    async def _settle(self) -> None:
        try:
            await self._followed()
            self._see_refusal()
            while self._typed and self._app.is_running:
                await self._act(self._typed.popleft())
                await self._followed()
                self._see_refusal()
        finally:
            self._settling = None

    async def _act(self, event: events.Event) -> None:
        """Handle it, unless it was typed for a text that cannot be written yet: as a command it would do harm."""
        screen = self._app.screen if self._app.is_running and self._app.screen_stack else None
        self._pressed_on = None
        if isinstance(screen, DeskScreen) and screen.awaits_text:
            self._typed.clear()
            screen.forgo_text()
            self._unread_since, self._refused = monotonic(), ""
            if not isinstance(event, events.Key) or event.key != "escape":
                return
        if self._is_typed_blindly(screen, event):
            return
        if isinstance(screen, DeskScreen) and self._does_to_the_wrong(screen, event):
            self._typed.clear()
            self._unread_since, self._refused = monotonic(), ""
            screen.say("The desk has not answered yet: nothing of what you typed since was done.", alarm=True)
            return
        self._pressed_on = screen
        if isinstance(screen, DeskScreen):
            screen.begun = ""
        await self._handle(event)

    def _see_refusal(self) -> None:
        """Remember when a dialog did not come that the last key should lead to."""
        screen = self._pressed_on
        if not isinstance(screen, DeskScreen) or self._app.screen_stack[-1:] != [screen]:
            return
        if screen.begun in _LEADING and not takes_letters(self._app.focused):
            self._unread_since, self._refused = monotonic(), screen.begun

    def _does_to_the_wrong(self, screen: DeskScreen, event: events.Event) -> bool:
        """Whether a key would do something to a ticket, while what it was meant for is still on its way."""
        late = any(one.state in _UNDER_WAY and one.group != READING for one in self._slow)
        return late and self._does(screen, event)

    def _does(self, screen: Screen[Any] | None, event: events.Event) -> bool:
        """Whether a key does something to the ticket that stands there; not where it is meant for a text."""
        if screen is None or not isinstance(event, events.Key) or takes_letters(self._app.focused):
            return False
        bound = screen.active_bindings.get(event.key)
        action = BY_ID.get(bound.binding.action) if bound is not None else None
        return action is not None and (action.group in _DOING or action.id in ("open", "undo"))

    def _is_typed_blindly(self, screen: Screen[Any] | None, event: events.Event) -> bool:
        """Whether it was meant for what did not come, with all that follows without a rest.

        Behind another ticket that there is not, that is what does something: whoever goes back or away means that.
        """
        if self._unread_since is None or event.time - self._unread_since > _UNSEEN_SECONDS:
            self._unread_since = None
            return False
        if self._refused in _STEPS and not self._does(screen, event):
            self._unread_since = None
            return False
        self._unread_since, self._refused = max(self._unread_since, event.time), ""
        return True

    async def _followed(self) -> None:
        """Wait until the screen has followed the last key. Gives up after two seconds: the desk may be slow."""
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                await self._rounds()
                while self._on_its_way():
                    await asyncio.sleep(_LOOK_SECONDS)  # a worker tells nobody when it opens a dialog
                    if not self._on_its_way():
                        await self._rounds()  # what it did may have begun something else
                if isinstance(self._pressed_on, DeskScreen) and self._pressed_on.begun:
                    await self._rounds()  # a verb that was done meanwhile may have asked for another screen
        except TimeoutError:
            self._slow = tuple(self._on_its_way())
        except ScreenStackError:  # the program ends
            pass

    async def _rounds(self) -> None:
        for _ in range(_ROUNDS):
            await self._passed()

    async def _passed(self) -> None:
        """Wait until all that is in the queues between the focus and the app has been handled."""
        focused = self._app.focused or self._app.screen
        nodes: list[MessagePump] = [*focused.ancestors_with_self, self._app]
        for node in nodes:
            passed = asyncio.Event()
            if node.call_later(passed.set):
                await passed.wait()

    def _on_its_way(self) -> list[Worker[object]]:
        """What the last key began and is not done: a verb, or what the next key acts on.

        Typing a text waits for no other rows, and whoever leaves a ticket does not wait for it.
        """
        if isinstance(self._app.screen, ModalScreen):
            return []
        groups = [VERB] if isinstance(self._app.focused, Input) else [VERB, WINDOW]
        if not self._leaves_next():
            groups.append(READING)
        return [
            worker
            for worker in self._app.workers
            if worker.group in groups and worker.state in _UNDER_WAY and worker not in self._slow
        ]

    def _leaves_next(self) -> bool:
        """Whether the next key leaves what is shown; not where it is meant for a text."""
        screen, event = self._app.screen, self._typed[0] if self._typed else None
        if not isinstance(event, events.Key) or (isinstance(screen, DeskScreen) and screen.awaits_text):
            return False
        bound = screen.active_bindings.get(event.key)
        return bound is not None and bound.binding.action in _LEAVING
