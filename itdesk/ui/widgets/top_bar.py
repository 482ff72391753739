"""The first row: which screen this is, whether it lives, and the time."""

from datetime import datetime, tzinfo

from textual import events
from textual.content import Content
from textual.message import Message

from itdesk.ui.text import content, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.times import age
from itdesk.ui.widgets.lines import Lines

_TABS = (("1", "Queue"), ("2", "Knowledge"), ("3", "Metrics"), ("4", "Schedule"))
_NAME = " itdesk  "
_LEAST_WHOLE = 78
"""Columns from which on all tabs have their titles, and the right side has room beside them."""


class TopBar(Lines):
    """Tabs on the left; `live`, `frozen` or `! stale 2m` and the time on the right."""

    DEFAULT_CSS = "TopBar { height: 1; background: $desk-bar; color: $desk-text; }"

    class Picked(Message):
        """A tab was clicked on."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, active: str, now: datetime, zone: tzinfo) -> None:
        """`active` is the key of this screen's tab, `zone` the desk's time zone."""
        super().__init__()
        self._active = active
        self._now = now
        self._zone = zone
        self._frozen = False
        self._stale_since: datetime | None = None

    def show(self, now: datetime, *, frozen: bool, stale_since: datetime | None) -> None:
        """The time, and whether the screen follows the desk."""
        self._now, self._frozen, self._stale_since = now, frozen, stale_since
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The one line."""
        del y
        palette = roles(self)
        local = self._now.astimezone(self._zone)
        day = "" if self._stale_since is not None else f"{local:%a} "
        time = f"{local:%a} {local.day} {local:%b}  {local:%H:%M}" if width >= 110 else f"{day}{local:%H:%M}"
        right = join(self._state(), content(f" · {time} ", palette.dim))
        tabs = join(content(_NAME, palette.accent + BOLD), *self._tabs(short=self._is_short(width)))
        return join(tabs, " " * max(1, width - tabs.cell_length - right.cell_length), right)

    def _is_short(self, width: int) -> bool:
        """Whether only this screen's tab has room for its title."""
        return width < _LEAST_WHOLE

    def _tabs(self, *, short: bool) -> list[Content]:
        palette = roles(self)
        parts = []
        for key, title in _TABS:
            if key == self._active:
                tab = join(" ", content(key, palette.accent), content(f" {title}", palette.text + BOLD), " ")
                parts.append(join(tab.stylize(palette.ground), " "))
            else:
                parts.append(content(f" {key}  " if short else f" {key} {title}  ", palette.dim))
        return parts

    def _state(self) -> Content:
        palette = roles(self)
        if self._stale_since is not None:
            return content(f"! stale {age(self._now - self._stale_since)}", palette.red + BOLD)
        return content("frozen", palette.amber) if self._frozen else content("live", palette.green)

    def on_click(self, event: events.Click) -> None:
        """A click on a tab goes there."""
        start, short = len(_NAME), self._is_short(self.size.width)
        for key, title in _TABS:
            end = start + (4 if short and key != self._active else len(title) + 5)
            if start <= event.x < end:
                self.post_message(self.Picked(key))
            start = end
