"""The desk in figures: how it did in a period, what needs attention, what came and went, what is open."""

from datetime import datetime, timedelta

from textual import on, work
from textual.app import ComposeResult

from itdesk.desk.queries import metrics
from itdesk.desk.queries.feed import News
from itdesk.desk.queries.metrics import Overview
from itdesk.domain.periods import LENGTHS
from itdesk.ui.actions import BY_ID, Scope, keys_of, shown
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.messages import OpenQueue
from itdesk.ui.screen import DeskScreen
from itdesk.ui.text import plural
from itdesk.ui.widgets.figures import Figures
from itdesk.ui.widgets.metrics_page import Section, days_in_words
from itdesk.ui.widgets.status_bar import StatusBar
from itdesk.ui.widgets.top_bar import TopBar
from itdesk.ui.widgets.view_tabs import ViewTabs

_DAYS = 30
_STALE = timedelta(minutes=10)
"""So long figures stand though nothing happened: what is a day old changes with time alone."""
_DATES = 100
"""Columns from which on the period's dates are told."""


class MetricsScreen(DeskScreen):
    """Figures with a cursor: `enter` opens the tickets behind one."""

    SCOPE = Scope.METRICS
    CSS_PATH = "metrics.tcss"
    BINDINGS = bindings(Scope.METRICS)
    AUTO_FOCUS = "Figures"

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self._days = _DAYS
        self._old = False
        self._counted_at: datetime | None = None
        self._told = ""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TopBar("3", self.desk.clock(), self.desk.zone)
        yield ViewTabs([section.title for section in Section], 0, keys="")
        yield Figures()
        yield StatusBar()

    def on_mount(self) -> None:
        """Count."""
        self.figures.say(f"Counting what is open, and the last {self._days} days …")
        self.reload()

    def on_resize(self) -> None:
        """There may be room for the period's dates, or no more."""
        self._show_tabs(self.figures.overview)

    @property
    def figures(self) -> Figures:
        """The charts."""
        return self.query_one(Figures)

    # --- counting ------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Count anew."""
        self._count()

    @work(exclusive=True, group="figures")
    async def _count(self, *, announced: bool = False) -> None:
        """Count the period; `announced`: somebody waits, and is told when it is done."""
        days = self._days
        overview = await self.read(lambda session: metrics.overview(session, days=days))
        if overview is None:
            if self.is_here and self.figures.overview is None:
                self.figures.say("Nothing could be counted.", f"{self._key('refresh')} tries again.")
            return
        self._old, self._counted_at = False, self.desk.clock()
        if overview.open or overview.opened or overview.resolved:
            self.figures.show(overview)
        else:
            self.figures.say(
                f"Nothing is open, and nothing was opened in the last {days} days.",
                f"{self._key('longer')} looks further back, {self._key('queue')} goes to the queue.",
            )
        self._show_tabs(overview)
        if announced:
            self._tell(f"{days_in_words(overview.period.span)}, compared with the {days} days before.")

    def _show_tabs(self, overview: Overview | None) -> None:
        """The sections with the cursor's one, and the period."""
        if overview is None:
            return
        days = f"{overview.period.days} days"
        told = f"{days_in_words(overview.period.span)}, {days}" if self.size.width >= _DATES else days
        keys = f"{self._key('shorter')} {told} {self._key('longer')}"
        self.query_one(ViewTabs).show([section.title for section in Section], self.figures.section, (), keys=keys)

    def _key(self, action: str) -> str:
        return shown(keys_of(BY_ID[action], self.desk.keymap)[0])

    def news(self, news: News) -> None:
        """Count anew at the next minute, or when one comes back to the screen."""
        self._old = self._old or news.many or bool(news.ticket_ids)

    def tick(self) -> None:
        """A minute went by."""
        stale = self._counted_at is not None and self.desk.clock() - self._counted_at >= _STALE
        if self.is_current and (self._old or stale):
            self.reload()

    def on_screen_resume(self) -> None:
        """Somebody looks again."""
        if self._old:
            self.reload()

    # --- what one can do -----------------------------------------------------------------------------------------

    @on(Figures.Moved)
    def _moved(self) -> None:
        """Name the section, and say what cannot be read in a chart."""
        spot = self.figures.spot
        self._tell(spot.says if spot else "")
        self._show_tabs(self.figures.overview)

    def _tell(self, sentence: str) -> None:
        """Say something until the cursor moves on."""
        if sentence or self._told:
            self.say(sentence)
        self._told = sentence

    @on(Figures.Opened)
    def action_open(self) -> None:
        """The tickets behind the figure."""
        count = self.figures.current
        if count is None:
            return
        if count.count:
            self.post_message(OpenQueue(count.query))
        else:
            self._tell(f"{count.label}: {plural(0, 'ticket')}, there is nothing to open.")

    def action_table(self) -> None:
        """The section as a table, or as a chart again."""
        if self.figures.overview is not None:
            self.figures.toggle_table()

    def close_one(self) -> None:
        """`esc`: from the table back to the charts."""
        if self.figures.in_table:
            self.figures.toggle_table()

    def action_next_section(self) -> None:
        """The next section."""
        self.figures.step_section(1)

    def action_previous_section(self) -> None:
        """The section before."""
        self.figures.step_section(-1)

    def action_longer(self) -> None:
        """A longer period."""
        self._set_period(1)

    def action_shorter(self) -> None:
        """A shorter period."""
        self._set_period(-1)

    def _set_period(self, by: int) -> None:
        at = LENGTHS.index(self._days) + by
        if not 0 <= at < len(LENGTHS):
            self._tell(f"{self._days} days is the {'longest' if by > 0 else 'shortest'} period.")
            return
        self._days = LENGTHS[at]
        self._tell(f"Counting {self._days} days …")
        self._count(announced=True)

    def action_down(self) -> None:
        """The figure below."""
        self.figures.move_down(1)

    def action_up(self) -> None:
        """The figure above."""
        self.figures.move_down(-1)

    def action_right(self) -> None:
        """The figure at the right."""
        self.figures.move_right(1)

    def action_left(self) -> None:
        """The figure at the left."""
        self.figures.move_right(-1)

    def action_first(self) -> None:
        """The first figure."""
        self.figures.first()

    def action_last(self) -> None:
        """The last figure."""
        self.figures.last()

    def action_half_down(self) -> None:
        """Half a page down."""
        self.figures.jump(self.figures.size.height // 2)

    def action_half_up(self) -> None:
        """Half a page up."""
        self.figures.jump(-self.figures.size.height // 2)

    def action_page_down(self) -> None:
        """A page down."""
        self.figures.jump(self.figures.size.height - 1)

    def action_page_up(self) -> None:
        """A page up."""
        self.figures.jump(1 - self.figures.size.height)

    def action_refresh(self) -> None:
        """Count anew."""
        self._tell(f"Counting {self._days} days …")
        self._count(announced=True)
