"""Frames: what belongs together is painted once, and what nobody would see is not painted."""

import asyncio
from collections.abc import Coroutine
from math import inf
from time import monotonic
from typing import Any, TypeVar

from textual import events, on
from textual.screen import Screen
from textual.widget import Widget

T = TypeVar("T")

_ONE_FRAME_SECONDS = 0.05
"""How long a screen waits for what it is about before it shows itself without."""


class FramedScreen(Screen[T], inherit_bindings=False):
    """A screen that comes with its content in one frame, where that is quick to be had.

    Textual (8.2) makes a frame for a new layout, one for what else changed, and one more for a screen that was just
    made; while updates are put off, as they are during the start, it makes them and throws them away.
    """

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.painted_at = inf
        """When the first frame was painted, by `time.monotonic`; infinite until then."""
        self.is_seen = asyncio.Event()
        """Set when the first frame was painted."""
        self._worn = ""
        """The theme in which the screen was shown last; empty before it was shown."""
        self._paints_later = self._is_put_off = False

    async def on_event(self, event: events.Event) -> None:
        """A screen has its styles while the theme is the same; of one that was just made all is painted anyway."""
        if not isinstance(event, events.ScreenResume):
            await super().on_event(event)
            return
        is_new, theme = not self._worn, self.app.theme
        event.refresh_styles = not is_new and theme != self._worn
        self._worn = theme
        await super().on_event(event)
        if is_new:
            self._repaint_required = False

    @property
    def is_too_small(self) -> bool:
        """Whether the window has no room for the screen, which says so in place of all else. No key acts meanwhile."""
        return self.has_class("-narrow") or self.has_class("-short")

    @on(events.Resize)
    def _resized(self) -> None:
        self.call_next(self._tell_too_small)  # Textual first gives the screen the classes for its size

    def _tell_too_small(self) -> None:
        if self.is_too_small:
            from itdesk.ui.widgets.too_small import TooSmall

            if not self.query(TooSmall):
                self.mount(TooSmall())

    def _reset_focus(self, widget: Widget, avoiding: list[Widget] | None = None) -> None:
        """As Textual, but what is hidden only because the window is too small, or was for a moment, keeps the focus."""
        is_shown = widget.focusable and all(node.display for node in widget.ancestors_with_self)
        if avoiding is not None or not (self.is_too_small or is_shown):
            super()._reset_focus(widget, avoiding)

    def note_text(self) -> None:
        """The program ends: tell the desk's context what stands in a field, to the last letter."""

    async def in_one_frame(self, reading: Coroutine[Any, Any, None]) -> None:
        """Let something be read and shown, and paint nothing meanwhile; unless the desk is slow."""
        task = asyncio.create_task(reading)
        try:
            with self.app.batch_update():
                await asyncio.wait([task], timeout=_ONE_FRAME_SECONDS)
            await task
        finally:
            task.cancel()

    def paint_put_off(self) -> None:
        """Paint what was put off: the first frame at once, any other at the next tick, by when more may have come."""
        if self.painted_at == inf:
            self._on_timer_update()
        else:
            self._update_timer.resume()

    def _on_timer_update(self) -> None:
        self._paints_later = True
        super()._on_timer_update()
        self._paints_later = False
        if self._is_put_off:
            self._compositor_refresh()

    def _compositor_refresh(self) -> None:
        self._is_put_off = self._paints_later or bool(self.app._batch_count)
        if not self._is_put_off:
            super()._compositor_refresh()
            self.painted_at = min(self.painted_at, monotonic())
            self.is_seen.set()
