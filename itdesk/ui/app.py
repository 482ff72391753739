"""The program on the screen: modes, live refresh, and every way out."""

import asyncio
import io
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from rich.console import Console
from textual import events, on
from textual.driver import Driver
from textual.screen import Screen
from textual.timer import Timer

from itdesk.desk.errors import DatabaseProblem, DeskError, ReadOnly
from itdesk.desk.queries.swept import LATE
from itdesk.desk.session import Session
from itdesk.domain.people import READERS
from itdesk.domain.rulebook import View
from itdesk.ui.actions import BY_ID, Scope, textual_keymap
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext, OwnFiles, WriteCalendar
from itdesk.ui.frames import FramedScreen
from itdesk.ui.live import LiveFeed
from itdesk.ui.messages import (
    Acted,
    DatabaseTrouble,
    GoBack,
    NoticesRead,
    OpenArticle,
    OpenForm,
    OpenPerson,
    OpenQueue,
    OpenTicket,
    OpenView,
    RunAction,
    SetTheme,
    StepTicket,
    Submitted,
    Told,
    UseReply,
)
from itdesk.ui.process import DeskApp, run_until_left
from itdesk.ui.queue import QueueScreen, WayBack, begin_reading
from itdesk.ui.screen import DeskScreen
from itdesk.ui.terminal import lean_driver
from itdesk.ui.theme import DeskTheme
from itdesk.ui.typeahead import VERB, TypeAhead, as_typed, takes_letters
from itdesk.ui.verbs import TicketScreenWithVerbs
from itdesk.ui.work import DeskThreads

if TYPE_CHECKING:
    from itdesk.desk.queries.feed import News
    from itdesk.desk.queries.notices import UnreadNotice
    from itdesk.ui.knowledge import KnowledgeScreen
    from itdesk.ui.ticket import TicketScreen

_QUEUE, _KNOWLEDGE, _METRICS, _SCHEDULE = "queue", "knowledge", "metrics", "schedule"
_PICKED = OpenTicket | OpenArticle | OpenPerson | OpenQueue | OpenView | RunAction | SetTheme | UseReply
_POLL_SECONDS = 1.0
_RETRY_POLLS = 4
_SOON_SECONDS = 8.0
_TO_READ = timedelta(seconds=5)
"""For so long, or until the next key, what an act said stays before a notice takes its place."""
_SWEEP_SECONDS = 60.0
_LAST_KEYS_SECONDS = 5.0
"""How long a session that must end follows what was typed before."""
_TERMS_SECONDS = 5.0
"""After so long the screens stand, and there is time for clocks that run by earlier agreements."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the screen looks: the themes to choose from, and the one to begin with.

    `locked`: no colours (NO_COLOR). `ascii_only`: no signs but plain ASCII. `remember` keeps a chosen theme for the
    next time; it may raise OSError.
    """

    themes: Sequence[DeskTheme]
    theme: str
    locked: bool = False
    ascii_only: bool = False
    remember: Callable[[str], None] | None = None


class _Left(Exception):
    """The screens are gone; what they did aside ends."""


class ItdeskApp(DeskApp, inherit_bindings=False):
    """One person's session on the screen."""

    TITLE = "itdesk"
    MODULES_AT_REST = ("itdesk.desk.triage", "itdesk.ui.ticket")
    STYLES_AT_REST = (Path(__file__).with_name("ticket.tcss"),)
    CSS_PATH = ["app.tcss", "queue.tcss"]
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = _QUEUE
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-plain"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (15, "-high")]
    BINDINGS = bindings(Scope.APP)

    def __init__(
        self,
        session: Session,
        look: Look,
        *,
        editor: str | None = None,
        files: OwnFiles | None = None,
        calendar: WriteCalendar | None = None,
        notices: Sequence[str] = (),
    ) -> None:
        """`editor` is the person's $EDITOR, `files` where their files are; None where neither may be touched.

        `calendar` writes a calendar file, `notices` are shown above the queue.
        """
        super().__init__(ansi_color=True if look.locked else None)
        rulebook = session.rulebook
        self.look = look
        self.ascii_only = look.ascii_only
        self.desk = DeskContext(
            threads=DeskThreads(session),
            me=session.actor,
            rulebook=rulebook,
            keymap=rulebook.keymap,
            clock=session.clock,
            zone=ZoneInfo(rulebook.desk.time_zone),
            editor=editor,
            files=files,
            notices=tuple(notices),
            write_calendar=calendar,
        )
        self._feed = LiveFeed(self.desk.threads)
        self._typeahead = TypeAhead(self, super().on_event)
        self._alt_is_used = any(key.startswith("alt+") for keys in rulebook.keymap.values() for key in keys)
        self._ending: asyncio.Task[None] | None = None
        self._polling = False
        self._following_terms = False
        self._sweeping = False
        self._sweeper = uuid4().hex
        """Who this session is among those that sweep in turn."""
        self._polls_to_skip = 0
        self._ticket_screen: TicketScreen | None = None
        self._polled = False
        self._leaving = False
        """Whether the person wants to quit, and what was written is being kept first."""
        self._newest_notice: int | None = None
        """The newest notice that was seen; None until they are read for the first time, after the first poll."""
        self._waiting_notice: UnreadNotice | None = None
        """What this person was told while he reads what his last act said."""
        self._said_notice: UnreadNotice | None = None
        """The last that was said in the status bar."""
        self._last_good = session.clock()
        self._minute = self._last_good.replace(second=0, microsecond=0)
        self._copied: str | None = None
        self._forgets: Timer | None = None
        self.errors = io.StringIO()
        """What went wrong inside the program, as text for the log; empty if nothing did."""
        self.error_console = Console(file=self.errors, width=110, color_system=None)
        self.animation_level = "none"
        self.wear(look.themes, look.theme)
        self.set_keymap(textual_keymap(rulebook.keymap))
        self.add_mode(_QUEUE, self._queue_screen)
        self.add_mode(_KNOWLEDGE, self._knowledge_screen)
        self.add_mode(_METRICS, self._metrics_screen)
        self.add_mode(_SCHEDULE, self._schedule_screen)

    def on_load(self) -> None:
        """Read while the terminal is made ready."""
        self._feed.begin()
        self._first_window = begin_reading(self.desk, self.size.height)

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes in the order in which they were typed, each after the one before; `ctrl+q` at once."""
        typed = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if self.desk.stopwatch is not None and (typed or isinstance(event, events.MouseEvent)):
            self.desk.stopwatch.touch(self.desk.clock())
        if isinstance(event, events.MouseDown):
            self._has_read()
        if typed and not (isinstance(event, events.Key) and event.key == "ctrl+q"):
            if isinstance(self.screen, FramedScreen) and self.screen.is_too_small:
                return
            self._has_read(leaves=isinstance(event, events.Key) and event.key == "escape")
            for one in as_typed(event, alt_is_used=self._alt_is_used):
                await self._typeahead.take(one)
        else:
            await super().on_event(event)

    def _has_read(self, *, leaves: bool = False) -> None:
        """The person goes on: what was said of his last act need not stay; `leaves`: by `esc`."""
        if isinstance(self.screen, DeskScreen):
            self.screen.key_pressed(leaves=leaves)
        if self.desk.told_at is not None:
            self.desk.told_at = None
            self._say_notice()

    def get_driver_class(self) -> type[Driver]:
        """The platform's driver, made lean."""
        return lean_driver(super().get_driver_class())

    def _queue_screen(self) -> Screen[None]:
        return QueueScreen(self.desk, self._first_window)

    def _knowledge_screen(self) -> Screen[None]:
        from itdesk.ui.knowledge import KnowledgeScreen

        return KnowledgeScreen(self.desk)

    def _metrics_screen(self) -> Screen[None]:
        from itdesk.ui.metrics import MetricsScreen

        return MetricsScreen(self.desk)

    def _schedule_screen(self) -> Screen[None]:
        from itdesk.ui.schedule import ScheduleScreen

        return ScheduleScreen(self.desk)

    def on_mount(self) -> None:
        """Begin to follow the desk."""
        self.set_interval(_POLL_SECONDS, self.poll)
        self.set_timer(_TERMS_SECONDS, self.follow_terms)
        self.set_interval(_SWEEP_SECONDS, self.sweep)
        self.run_worker(self._poll_when_seen(), group="poll")

    def on_unmount(self) -> None:
        """Follow it no more."""
        self._feed.close()

    def on_resize(self, event: events.Resize) -> None:
        """Draw all anew: a terminal that shrank and grew within a moment lost its text, though its size is the same."""
        screen = self.screen if self.is_running and self.screen_stack else None
        if isinstance(screen, FramedScreen) and event.time >= screen.painted_at:
            screen.refresh()

    # --- live ----------------------------------------------------------------------------------------------------

    async def _poll_when_seen(self) -> None:
        """The first look for what is new; before, it would make the first screen wait."""
        if isinstance(self.screen, FramedScreen):
            await self.screen.is_seen.wait()
        self.poll()

    def poll(self) -> None:
        """Look what is new, unless a look is under way; see whether the last one had no answer."""
        self._show_time()
        self._say_notice()
        if self.desk.trouble is None and (silence := self.desk.threads.silence):
            self._fell_silent(silence)
        if self._polls_to_skip:
            self._polls_to_skip -= 1
        elif not self._polling:
            self._polling = True
            self.run_worker(self._poll(), group="poll")

    async def _poll(self) -> None:
        was_silent = self.desk.trouble is not None
        try:
            news = await self._feed.poll()
            if was_silent or (news is not None and news.rulebook):
                self.desk.rulebook = await self.desk.threads.read(lambda session: session.desk.rulebook()[1])
                self.desk.threads.forget_rulebook()
            is_other = (was_silent or (news is not None and news.people)) and await self.follow_person()
        except DatabaseProblem as problem:
            self._fell_silent(str(problem))
            return
        finally:
            self._polling = False
            self._feed.wake(self.poll)
        self._last_good = self.desk.clock()
        if was_silent:
            self._answers_again()
        if is_other:
            self._say_who_one_is()
        if news is not None:
            self._tell(news)
        if news is not None or (self._polled and self._newest_notice is None):
            await self._look_for_notices()
        self._polled = True

    async def _look_for_notices(self, *, after_writes: bool = False) -> None:
        """What this person was told since, in the status bar; and how much is unread, in the bars."""
        try:
            threads = self.desk.threads
            unread = await (threads.write(_unread_notices) if after_writes else threads.read(_unread_notices))
        except DatabaseProblem as problem:
            self._fell_silent(str(problem))
            return
        known = self._newest_notice
        fresh = [notice for notice in unread if known is not None and notice.id > known]
        self._newest_notice = max([known or 0, *(notice.id for notice in unread)])
        if self.desk.unread != len(unread):
            self.desk.unread = len(unread)
            for screen in self._desk_screens():
                screen.count_notices()
        self._forget_notices({notice.id for notice in unread})
        if fresh:
            self._waiting_notice = fresh[0]
            self._say_notice()

    def _forget_notices(self, unread: Collection[int]) -> None:
        """What was read, or taken back with what it told of, is not said any more."""
        if self._waiting_notice is not None and self._waiting_notice.id not in unread:
            self._waiting_notice = None
        if self._said_notice is not None and self._said_notice.id not in unread:
            for screen in self._desk_screens():
                screen.unsay(self._said_notice.text)
            self._said_notice = None

    def _say_notice(self) -> None:
        """Say what this person was told, unless he is reading what his last act said; it stays in his notices."""
        told_at = self.desk.told_at
        if self._waiting_notice is None or (
            told_at is not None and timedelta() <= self.desk.clock() - told_at < _TO_READ
        ):
            return
        self._said_notice, self._waiting_notice = self._waiting_notice, None
        if isinstance(self.screen, DeskScreen):
            self.screen.say(self._said_notice.text, offers=["notices"], in_one_row=True)

    @on(NoticesRead)
    async def _notices_read(self) -> None:
        await self._look_for_notices(after_writes=True)

    def _tell(self, news: "News") -> None:
        if news.rulebook:
            self.follow_terms()
        for screen in self._desk_screens():
            screen.post_message(Told(news))

    def _say_who_one_is(self) -> None:
        """Another role, or another team: other tickets are seen, and other keys work."""
        me = self.desk.me
        for screen in self._desk_screens():
            screen.say(f"You are now {me.role.title}, in {', '.join(sorted(me.team_names)) or 'no team'}.")
            screen.reload()

    def follow_terms(self) -> None:
        """Let the clocks of open tickets follow changed agreements and calendars, unless that is under way."""
        if not self._following_terms:
            self._following_terms = True
            self.run_worker(self._follow_terms(), group="terms")

    async def _follow_terms(self) -> None:
        from itdesk.desk.recomputing import recompute

        def told(_done: int, _of: int) -> None:
            if not self.is_running:
                raise _Left

        try:
            with suppress(DatabaseProblem, _Left):  # whoever starts next goes on
                await self.desk.threads.aside(lambda session: recompute(session, told=told))
        finally:
            self._following_terms = False

    def sweep(self) -> None:
        """Let happen what is due, unless another session does, or this one is still at it."""
        if not self._sweeping and self.desk.me.role in READERS:
            self._sweeping = True
            self.run_worker(self._sweep(), group="sweep")

    async def _sweep(self) -> None:
        from itdesk.desk.sweep import sweep_in_turn

        before = self.desk.swept_at
        try:
            with suppress(DatabaseProblem, DeskError):  # the top bar says so when nobody gets it done
                self.desk.swept_at = await self.desk.threads.aside(
                    lambda session: sweep_in_turn(session, self._sweeper, go_on=lambda: self.is_running)
                )
        finally:
            self._sweeping = False
        swept = self.desk.swept_at
        if swept is not None and (before is None or swept - before > LATE):
            self._show_state()  # the top bar need not wait for the next minute

    def _desk_screens(self) -> list[DeskScreen]:
        return [screen for stack in self._screen_stacks.values() for screen in stack if isinstance(screen, DeskScreen)]

    def _show_time(self) -> None:
        minute = self.desk.clock().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            self._show_state()

    def _show_state(self) -> None:
        for screen in self._desk_screens():
            screen.show_state()

    def _fell_silent(self, sentence: str) -> None:
        self._polls_to_skip = _RETRY_POLLS
        if self.desk.trouble == sentence:
            return
        self.desk.trouble = sentence
        self.desk.stale_since = self.desk.stale_since or self._last_good
        self._show_state()

    def _answers_again(self) -> None:
        self.desk.trouble = self.desk.stale_since = None
        self._show_state()
        self.desk.keep_draft()
        for screen in self._desk_screens():
            screen.answers_again()

    @on(DatabaseTrouble)
    def _silent(self, event: DatabaseTrouble) -> None:
        self._fell_silent(event.sentence)

    @on(Acted)
    def _acted(self) -> None:
        self._polls_to_skip = 0
        self.poll()

    # --- where to ------------------------------------------------------------------------------------------------

    def action_queue(self) -> None:
        """The queue, or the ticket that is open over it."""
        self.switch_mode(_QUEUE)

    async def action_knowledge(self) -> None:
        """The knowledge base; from a ticket, the articles that fit it."""
        await self._show_knowledge(fits=True)

    async def _show_knowledge(self, *, fits: bool = False) -> "KnowledgeScreen":
        """The knowledge screen, told which ticket is open; with `fits`, from that ticket's screen, at its articles."""
        from itdesk.ui.knowledge import KnowledgeScreen
        from itdesk.ui.ticket import TicketScreen

        ticket = next((one for one in reversed(self._screen_stacks[_QUEUE]) if isinstance(one, TicketScreen)), None)
        from_ticket = ticket is not None and self.screen is ticket
        await self.switch_mode(_KNOWLEDGE)
        screen = self.screen_stack[0]
        assert isinstance(screen, KnowledgeScreen)
        screen.show_for(ticket.ticket_id if ticket else None, fits=fits and from_ticket)
        return screen

    def action_metrics(self) -> None:
        """The figures."""
        self.switch_mode(_METRICS)

    def action_schedule(self) -> None:
        """Who is on shift, on call, away or at an appointment."""
        self.switch_mode(_SCHEDULE)

    @on(OpenTicket)
    def _open_ticket(self, event: OpenTicket) -> None:
        from itdesk.ui.ticket import TicketScreen

        if not isinstance(self.screen, TicketScreen):
            self.switch_mode(_QUEUE)
        queue = self._queue
        queue.seen(event.ticket_id)
        place = queue.place_of(event.ticket_id)
        if isinstance(self.screen, TicketScreen):
            self.screen.open(event.ticket_id, compose=event.compose, row=event.row, place=place, canned=event.canned)
        else:
            self.push_screen(self._ticket_above(event, place))

    def _ticket_above(self, event: OpenTicket, place: str = "") -> "TicketScreen":
        """A screen with a ticket, to be put above what stands there."""
        from itdesk.ui.ticket import TicketScreen

        screen = self._ticket_screen
        if screen is not None and screen not in self.screen_stack:
            screen.open(event.ticket_id, compose=event.compose, row=event.row, place=place, canned=event.canned)
            return screen
        screen = TicketScreen(
            self.desk, event.ticket_id, compose=event.compose, row=event.row, place=place, canned=event.canned
        )
        if self._ticket_screen is None:
            self._ticket_screen = screen
            self.install_screen(screen, "ticket")  # kept when it is left: to mount it takes half of an opening
        return screen

    @property
    def _queue(self) -> QueueScreen:
        return next(screen for screen in self._desk_screens() if isinstance(screen, QueueScreen))

    @on(StepTicket)
    def _step_ticket(self, event: StepTicket) -> None:
        row = self._queue.step(event.ticket_id, event.step)
        if row is None:
            if isinstance(self.screen, DeskScreen):  # what is typed behind it is meant for no ticket here
                self.screen.begun = "next_ticket" if event.step > 0 else "previous_ticket"
            self._say("There is no ticket after this one here." if event.step > 0 else "This is the first one here.")
        else:
            self.post_message(OpenTicket(row.id, row=row))

    @on(OpenForm)
    async def _open_form(self, event: OpenForm) -> None:
        from itdesk.ui.new_ticket import NewTicketScreen

        if any(isinstance(screen, NewTicketScreen) for screen in self.screen_stack):
            self._back_to(NewTicketScreen)
        else:
            await self.push_screen(NewTicketScreen(self.desk, event.kept))

    def _back_to(self, kind: type[DeskScreen]) -> None:
        """Leave the screens above the one of this kind."""
        while not isinstance(self.screen, kind):
            self._leave_screen()

    @on(Submitted)
    async def _submitted(self, event: Submitted) -> None:
        from itdesk.ui.new_ticket import NewTicketScreen

        await self.switch_mode(_QUEUE)
        self._back_to(NewTicketScreen)
        new, below = event.change.tickets[0], self.screen_stack[-2]
        if isinstance(below, QueueScreen) and await below.go_to_new(new):
            self._leave_screen()
        else:  # the keys that are offered beside what it says act on this ticket alone
            await self.switch_screen(self._ticket_above(OpenTicket(new)))
        if isinstance(self.screen, DeskScreen):
            self.screen.tell(event.change)

    @on(OpenArticle)
    async def _open_article(self, event: OpenArticle) -> None:
        (await self._show_knowledge()).open(event.article_id)

    @on(OpenPerson)
    def _open_person(self, event: OpenPerson) -> None:
        from itdesk.ui.verbs import people

        if isinstance(self.screen, DeskScreen):
            self.screen.run_worker(people.show(self.screen, event.login), group=VERB)

    @on(OpenQueue)
    def _open_queue(self, event: OpenQueue) -> None:
        self._show_in_queue(event.query)

    @on(OpenView)
    def _open_view(self, event: OpenView) -> None:
        self._show_in_queue(event.view)

    def _show_in_queue(self, wanted: str | View) -> None:
        """The queue, with the way back to where one is."""
        back = self._way_back()
        self.switch_mode(_QUEUE)
        while len(self.screen_stack) > 1:
            self._leave_screen()
        self._queue.open(wanted, back)

    def _way_back(self) -> WayBack | None:
        """Where `q` leads from a queue that is opened now; None from the queue itself."""
        from itdesk.ui.ticket import TicketScreen

        screen = self.screen
        if isinstance(screen, TicketScreen):
            return WayBack(screen.subject(), OpenTicket(screen.ticket_id))
        if isinstance(screen, DeskScreen) and self.current_mode != _QUEUE:
            return WayBack(screen.SCOPE.value.capitalize(), RunAction(self.current_mode))
        return None

    def _say(self, sentence: str, *, alarm: bool = False) -> None:
        if isinstance(self.screen, DeskScreen):
            self.screen.say(sentence, alarm=alarm)

    # --- help, palette, theme ------------------------------------------------------------------------------------

    def action_help(self) -> None:
        """The keys that work now."""
        from itdesk.ui.dialogs.help import HelpDialog

        if isinstance(self.screen, DeskScreen):
            self.push_screen(HelpDialog(self.screen.scope, self.desk.keymap))

    def action_palette(self) -> None:
        """Everything one can do or open."""
        from itdesk.ui.dialogs.palette import PaletteDialog

        if isinstance(self.screen, DeskScreen):
            themes = () if self.look.locked else [theme.name for theme in self.look.themes]
            dialog = PaletteDialog(self.desk, self.screen.SCOPE, self.screen.subject(), themes)
            self.push_screen(dialog, self._picked)

    def _picked(self, message: object) -> None:
        if isinstance(message, _PICKED):
            self.post_message(message)

    @on(UseReply)
    def _use_reply(self, event: UseReply) -> None:
        if isinstance(self.screen, TicketScreenWithVerbs):
            chosen = self.screen.targets()
            reply = next((one for one in self.desk.rulebook.replies if one.name == event.name), None)
            if len(chosen) != 1 or reply is None:
                self._say("A canned reply is for one ticket.", alarm=True)
            else:
                self.post_message(OpenTicket(chosen[0].id, compose=reply.kind, canned=reply.name))

    @on(RunAction)
    async def _run_named(self, event: RunAction) -> None:
        action = BY_ID[event.action_id]
        namespace = self if Scope.APP in action.scopes else self.screen
        await self.run_action(action.id, namespace)

    def action_theme(self) -> None:
        """Choose other colours."""
        from itdesk.ui.dialogs.choose import ChooseDialog
        from itdesk.ui.text import content
        from itdesk.ui.widgets.choice_list import Choice

        if self.look.locked:
            self._say("NO_COLOR is set: there is only one theme.")
            return

        def chosen(name: object) -> None:
            if isinstance(name, str):
                self.post_message(SetTheme(name))

        choices = [Choice(theme.name, content(theme.name)) for theme in self.look.themes]
        self.push_screen(ChooseDialog("Theme", choices, current=self.theme), chosen)

    @on(SetTheme)
    def _set_theme(self, event: SetTheme) -> None:
        self.wear(self.look.themes, event.name)
        self.run_worker(self._remember(event.name), group="theme")

    async def _remember(self, theme: str) -> None:
        if self.look.remember is None:
            return
        try:
            await asyncio.to_thread(self.look.remember, theme)
        except OSError as error:
            self._say(f"Your choice holds for now, but could not be kept: {error.strerror or error}.", alarm=True)

    # --- the clipboard -------------------------------------------------------------------------------------------

    def copy_to_clipboard(self, text: str) -> None:
        """Send a text to the terminal's clipboard; the same one again soon shows it, to be selected by hand.

        No terminal tells whether it took the text.
        """
        again = text == self._copied and not takes_letters(self.focused)
        super().copy_to_clipboard(text)
        self._copied = text
        if self._forgets is not None:
            self._forgets.stop()
        self._forgets = self.set_timer(_SOON_SECONDS, self._forget_copied)
        if again:
            self._show_copied(text)

    def _forget_copied(self) -> None:
        self._copied = None

    def _show_copied(self, text: str) -> None:
        from itdesk.ui.dialogs.copied import CopiedDialog

        self._leave_mouse(True)
        self.push_screen(CopiedDialog(text), lambda _: self._leave_mouse(False))

    def _leave_mouse(self, leave: bool) -> None:
        tell = getattr(self._driver, "leave_mouse_to_terminal", None)
        if tell is not None:
            tell(leave)

    # --- ways out ------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """A signal: what was typed before it still does what it was typed for; the text so far is kept at once."""
        self._note_texts()
        self.desk.keep_draft()
        self._begin_batch()  # no more frames: what is written to a lost line waits for ever
        self._ending = self._ending or asyncio.create_task(self._end())

    async def _end(self) -> None:
        try:
            await self._typeahead.caught_up(_LAST_KEYS_SECONDS)
        finally:
            self.leave_at_once()

    def action_leave(self) -> None:
        """`ctrl+q`: quit at once, unless the database does not take what was written last: then it is asked."""
        self._note_texts()
        if not self.desk.drafts.names:
            self.exit()
        elif not self._leaving:
            self._leaving = True
            self.run_worker(self._leave_when_kept(), group="leave")

    async def _leave_when_kept(self) -> None:
        try:
            if await self.desk.drafts.kept(self.desk.threads) or await self._would_lose(self.desk.drafts.names):
                self.exit()
        finally:
            self._leaving = False

    async def _would_lose(self, names: Sequence[str]) -> bool:
        """Whether the person wants to quit though that loses these texts."""
        from itdesk.ui.dialogs.confirm import ConfirmDialog

        problem = self.desk.drafts.problem
        refused = isinstance(problem, ReadOnly | DeskError)
        lines = [f"{name} is not saved{'.' if refused else ': the database does not answer.'}" for name in names]
        if refused:
            lines.append(str(problem))
        them = "it" if len(names) == 1 else "them"
        dialog = ConfirmDialog(f"Quit and lose {them}?", lines, verb=f"quit and lose {them}", keymap=self.desk.keymap)
        return await self.push_screen_wait(dialog) is True

    def leave_at_once(self) -> None:
        """Quit and ask nobody; drafts are kept, to the last letter."""
        self._note_texts()
        super().leave_at_once()

    def _note_texts(self) -> None:
        for stack in self._screen_stacks.values():
            for screen in stack:
                if isinstance(screen, FramedScreen):
                    screen.note_text()

    def action_close_one(self) -> None:
        """`esc`."""
        if isinstance(self.screen, DeskScreen):
            self.screen.close_one()

    def action_go_back(self) -> None:
        """`q`."""
        if isinstance(self.screen, DeskScreen) and self.screen.go_back():
            return
        if len(self.screen_stack) > 1:
            self._leave_screen()
        elif self.current_mode != _QUEUE:
            self.switch_mode(_QUEUE)
        else:
            self.action_leave()

    @on(GoBack)
    def _go_back(self) -> None:
        self.action_go_back()

    def _leave_screen(self) -> None:
        """Back to the screen below, which says what the one above has to say."""
        if isinstance(self.screen, TicketScreenWithVerbs):  # what changed while one read it was read
            for ticket in self.screen.targets():
                self._queue.seen(ticket.id)
        said = self.screen.leave() if isinstance(self.screen, DeskScreen) else None
        self.pop_screen()
        if said and isinstance(self.screen, DeskScreen):
            self.screen.run_worker(self.screen.say_once_kept(said), group="draft")


def _unread_notices(session: Session) -> "Sequence[UnreadNotice]":
    from itdesk.desk.queries.notices import unread

    return unread(session)


def run(
    session: Session,
    look: Look,
    *,
    log: Path,
    mouse: bool = True,
    editor: str | None = None,
    files: OwnFiles | None = None,
    notices: Sequence[str] = (),
    calendar: WriteCalendar | None = None,
) -> int:
    """Run a session on the terminal; its exit status as `run_until_left` has it.

    After a crash one sentence goes to standard error and the details to the file `log`. `editor` is the person's
    $EDITOR, `files` where their files are, `calendar` writes a calendar file; None where none may be touched. `notices`
    are shown above the queue.
    """
    app = ItdeskApp(session, look, editor=editor, files=files, calendar=calendar, notices=notices)
    return asyncio.run(run_until_left(app, log, mouse=mouse))
