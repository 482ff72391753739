"""A live pane for a corner of the screen: the desk at a glance, reads only."""

import asyncio
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from textual.app import ComposeResult
from textual.driver import Driver

from itdesk.desk.errors import DatabaseProblem
from itdesk.desk.queries import watch
from itdesk.desk.queries.watch import Glance
from itdesk.desk.session import Session
from itdesk.ui.actions import BY_ID, Scope, keys_of, shown, textual_keymap
from itdesk.ui.app import Look
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.live import LiveFeed
from itdesk.ui.process import DeskApp, run_until_left
from itdesk.ui.terminal import lean_driver
from itdesk.ui.widgets.pane import Pane, Shown
from itdesk.ui.work import DeskThreads

_POLL_SECONDS = 1.0
_RETRY_POLLS = 4


class WatchApp(DeskApp, inherit_bindings=False):
    """The whole desk or one team, followed by the journal; figures that depend on the time once a minute."""

    TITLE = "itdesk watch"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "app.tcss"
    BINDINGS = bindings(Scope.WATCH)

    def __init__(self, session: Session, look: Look, *, team: str | None, teams: Sequence[str]) -> None:
        """`team` is the one to begin with, None for all; `teams` are those that `[` and `]` turn through."""
        super().__init__(ansi_color=True if look.locked else None)
        rulebook = session.rulebook
        self.ascii_only = look.ascii_only
        self.desk = DeskContext(
            threads=DeskThreads(session),
            me=session.actor,
            rulebook=rulebook,
            keymap=rulebook.keymap,
            clock=session.clock,
            zone=ZoneInfo(rulebook.desk.time_zone),
        )
        self._feed = LiveFeed(self.desk.threads)
        self._teams: tuple[str | None, ...] = (None, *teams)
        self._team = team
        self._glance: Glance | None = None
        self._glanced_at: datetime | None = None
        self._polling = False
        self._polls_to_skip = 0
        self._trouble: str | None = None
        self.errors = io.StringIO()
        self.error_console = Console(file=self.errors, width=110, color_system=None)
        self.animation_level = "none"
        self.wear(look.themes, look.theme)
        self.set_keymap(textual_keymap(rulebook.keymap))

    def get_driver_class(self) -> type[Driver]:
        """The platform's driver, made lean."""
        return lean_driver(super().get_driver_class())

    def compose(self) -> ComposeResult:
        """One widget."""
        keymap = self.desk.keymap
        team = " ".join(shown(keys_of(BY_ID[one], keymap)[0]) for one in ("previous_team", "next_team"))
        quits = shown(keys_of(BY_ID["go_back"], keymap)[0])
        yield Pane(self.desk.zone, team_keys=team, quit_key=quits)

    def on_mount(self) -> None:
        """Begin to follow the desk."""
        self.set_interval(_POLL_SECONDS, self.poll)
        self.poll()

    def on_unmount(self) -> None:
        """Follow it no more."""
        self._feed.close()

    def poll(self) -> None:
        """Look what is new, unless a look is under way; see whether the last one had no answer."""
        if self._trouble is None and (silence := self.desk.threads.silence):
            self._trouble = silence
            self._show()
        if self._polls_to_skip:
            self._polls_to_skip -= 1
        elif not self._polling:
            self._polling = True
            self.run_worker(self._poll(), group="poll")

    async def _poll(self) -> None:
        try:
            news = await self._feed.poll()
            if news is not None and news.rulebook:
                self.desk.threads.forget_rulebook()
            if news is not None and news.people:
                await self.follow_person()
            now = self.desk.clock().replace(second=0, microsecond=0)
            if news is not None or self._trouble is not None or self._glanced_at != now:
                team = self._team
                self._glance = await self.desk.threads.read(lambda session: watch.glance(session, team))
                self._glanced_at = now if team == self._team else None
            self._trouble = None
        except DatabaseProblem as problem:
            self._trouble = str(problem)
            self._polls_to_skip = _RETRY_POLLS
        finally:
            self._polling = False
            self._feed.wake(self.poll)
        self._show()

    def _show(self) -> None:
        now = Shown(self._glance, self._team, self.desk.clock(), self._trouble)
        for pane in self.screen_stack[0].query(Pane) if self.screen_stack else ():  # none while it opens or closes
            pane.show(now)

    def action_next_team(self) -> None:
        """Another team, or all of them."""
        self._turn_team(1)

    def action_previous_team(self) -> None:
        """The team before it."""
        self._turn_team(-1)

    def action_help(self) -> None:
        """The keys of this pane."""
        from itdesk.ui.dialogs.help import HelpDialog

        if len(self.screen_stack) == 1:
            self.push_screen(HelpDialog(Scope.WATCH, self.desk.keymap))

    def action_go_back(self) -> None:
        """Quit: there is nowhere to go back to."""
        self.action_leave()

    def _turn_team(self, by: int) -> None:
        at = self._teams.index(self._team)
        self._team = self._teams[(at + by) % len(self._teams)]
        self._glance = self._glanced_at = None
        self._polls_to_skip = 0
        self._show()
        self.poll()


def run(session: Session, look: Look, *, team: str | None, log: Path, mouse: bool = True) -> int:
    """Show the pane until it is left; its exit status as `run_until_left` has it.

    Raises NotFound for a team that there is not, Refused for requesters. After a crash one sentence goes to standard
    error and the details to the file `log`.
    """
    teams = watch.teams(session)
    if team is not None:
        watch.team_named(session, team)
    return asyncio.run(run_until_left(WatchApp(session, look, team=team, teams=teams), log, mouse=mouse))
