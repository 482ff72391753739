"""The desk in figures: what is open by priority, team and age; what came and went each day."""

from textual import work
from textual.app import ComposeResult

from itdesk.desk.queries import metrics
from itdesk.desk.queries.feed import News
from itdesk.ui.actions import Scope
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.messages import OpenQueue
from itdesk.ui.screen import DeskScreen
from itdesk.ui.widgets.figures import Figures
from itdesk.ui.widgets.status_bar import StatusBar
from itdesk.ui.widgets.too_small import TooSmall
from itdesk.ui.widgets.top_bar import TopBar
from itdesk.ui.widgets.trouble import Trouble

_DAYS = 30


class MetricsScreen(DeskScreen):
    """Figures with a cursor: `enter` opens the tickets behind one."""

    SCOPE = Scope.METRICS
    CSS_PATH = "metrics.tcss"
    BINDINGS = bindings(Scope.METRICS)
    AUTO_FOCUS = "Figures"

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self._old = False

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TopBar("3", self.desk.clock(), self.desk.zone)
        yield Figures()
        yield Trouble()
        yield StatusBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Count."""
        super().on_mount()
        self.reload()

    def reload(self) -> None:
        """Count anew."""
        self._count()

    @work(exclusive=True, group="figures")
    async def _count(self) -> None:
        overview = await self.read(lambda session: metrics.overview(session, days=_DAYS))
        if overview is not None:
            self._old = False
            self.query_one(Figures).show(overview)

    def news(self, news: News) -> None:
        """Count anew at the next minute, or when one comes back to the screen."""
        self._old = self._old or news.many or bool(news.ticket_ids)

    def tick(self) -> None:
        """A minute went by."""
        if self._old and self.is_current:
            self.reload()

    def on_screen_resume(self) -> None:
        """Somebody looks again."""
        if self._old:
            self.reload()

    def action_open(self) -> None:
        """The tickets behind the figure."""
        count = self.query_one(Figures).current
        if count is not None:
            self.post_message(OpenQueue(count.query))

    def action_down(self) -> None:
        """One down."""
        self.query_one(Figures).move(1)

    def action_up(self) -> None:
        """One up."""
        self.query_one(Figures).move(-1)

    def action_first(self) -> None:
        """The first figure."""
        self.query_one(Figures).move(-1000)

    def action_last(self) -> None:
        """The last figure."""
        self.query_one(Figures).move(1000)

    def action_half_down(self) -> None:
        """A few down."""
        self.query_one(Figures).move(5)

    def action_half_up(self) -> None:
        """A few up."""
        self.query_one(Figures).move(-5)

    action_page_down, action_page_up = action_half_down, action_half_up

    def action_refresh(self) -> None:
        """Count anew."""
        self.reload()
        self.say("Counted anew.")
