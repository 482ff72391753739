"""The first row: which screen this is, whether it lives, and the time."""

from datetime import datetime, tzinfo

from textual import events
from textual.content import Content
from textual.message import Message

from itdesk.desk.queries.swept import LATE
from itdesk.ui.text import EMPTY, content, join, plural
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.times import age
from itdesk.ui.widgets.lines import Lines


def unread_words(count: int) -> str:
    """`1 notice`, `2 notices`, `99+ notices`."""
    return plural(count, "notice") if count < _MANY else f"{_MANY - 1}+ notices"


_MANY = 100

_TABS = (("1", "Queue"), ("2", "Knowledge"), ("3", "Metrics"), ("4", "Schedule"))
_NAME = " itdesk  "
_LEAST_WHOLE = 78
"""Columns from which on all tabs have their titles, and the right side has room beside them."""


class TopBar(Lines):
    """Tabs on the left; `live`, `frozen`, `! stale 2m` or `! not swept 12m` and the time on the right."""

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
        self._swept_at: datetime | None = None
        self._unread = 0

    def count_notices(self, unread: int) -> None:
        """So many notices are unread."""
        self._unread = unread
        self.repaint()

    def show(
        self, now: datetime, *, frozen: bool, stale_since: datetime | None, swept_at: datetime | None = None
    ) -> None:
        """The time, whether the screen follows the desk, and when the desk was last swept, as far as it is known."""
        self._now, self._frozen, self._stale_since, self._swept_at = now, frozen, stale_since, swept_at
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The one line."""
        del y
        palette = roles(self)
        tabs = join(content(_NAME, palette.accent + BOLD), *self._tabs(short=self._is_short(width)))
        right = self._right(width - tabs.cell_length - 1, long=width >= 110)
        return join(tabs, " " * max(1, width - tabs.cell_length - right.cell_length), right)

    def _is_short(self, width: int) -> bool:
        """Whether only this screen's tab has room for its title."""
        return width < _LEAST_WHOLE

    def _right(self, room: int, *, long: bool) -> Content:
        """Unread notices, the state and the time. Where there is no room, first the day goes.

        Then that all is well goes before the notices, these before what is not; only a long trouble takes the time's
        room.
        """
        palette = roles(self)
        local = self._now.astimezone(self._zone)
        day = f"{local:%a} {local.day} {local:%b}  " if long else f"{local:%a} "
        unread = [content(unread_words(self._unread), palette.accent)] if self._unread else []
        state, time = self._state(), content(f"{local:%H:%M} ", palette.dim)
        well = self._stale_since is None and not self._frozen and not self._unswept
        shown = EMPTY
        for parts in (
            [*unread, state, content(f"{day}{local:%H:%M} ", palette.dim)],
            [*unread, state, time],
            [*unread, time] if well else [state, time],
            [time] if well else [state],
        ):
            shown = content(" · ", palette.dim).join(parts)
            if shown.cell_length <= room:
                break
        return shown

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

    @property
    def _unswept(self) -> bool:
        """Whether nobody lets happen what is due."""
        return self._swept_at is not None and self._now - self._swept_at > LATE

    def _state(self) -> Content:
        palette = roles(self)
        if self._stale_since is not None:
            return content(f"! stale {age(self._now - self._stale_since)}", palette.red + BOLD)
        if self._unswept and self._swept_at is not None:
            return content(f"! not swept {age(self._now - self._swept_at)}", palette.amber + BOLD)
        return content("frozen", palette.amber) if self._frozen else content("live", palette.green)

    def on_click(self, event: events.Click) -> None:
        """A click on a tab goes there."""
        start, short = len(_NAME), self._is_short(self.size.width)
        for key, title in _TABS:
            end = start + (4 if short and key != self._active else len(title) + 5)
            if start <= event.x < end:
                self.post_message(self.Picked(key))
            start = end
