"""A ticket: its facts, its conversation and history, and the composer."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content

from itdesk.desk import communication
from itdesk.desk.change import Change
from itdesk.desk.communication import KeptDraft
from itdesk.desk.errors import DatabaseProblem, DeskError
from itdesk.desk.queries import knowledge, tickets
from itdesk.desk.queries.feed import News
from itdesk.desk.queries.knowledge import ArticleView
from itdesk.desk.queries.queue import QueueRow
from itdesk.desk.queries.tickets import Event, StoredDecision, TicketView, TimelineEntry, WrittenMessage
from itdesk.desk.session import Session
from itdesk.domain.ticket import MessageKind
from itdesk.ui.actions import Scope
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext, Unsaved
from itdesk.ui.messages import GoBack, StepTicket
from itdesk.ui.text import between, content, join, plural
from itdesk.ui.theme import BOLD, UNDERLINE, roles
from itdesk.ui.times import clock
from itdesk.ui.verbs import TicketScreenWithVerbs
from itdesk.ui.widgets.composer import Composer
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.scroll_lines import ScrollLines, TextLine
from itdesk.ui.widgets.status_bar import Hint, StatusBar
from itdesk.ui.widgets.ticket_facts import TicketHeader, panel_lines
from itdesk.ui.widgets.timeline import timeline_lines
from itdesk.ui.widgets.too_small import TooSmall
from itdesk.ui.widgets.trouble import Trouble

_WRITING = (Hint("esc", "leave the text, nothing is lost"),)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What was read of a ticket in one go."""

    ticket: TicketView
    entries: tuple[TimelineEntry, ...]
    decided: tuple[StoredDecision, ...]
    articles: tuple[ArticleView, ...]
    drafts: tuple[KeptDraft, ...]


class TicketScreen(TicketScreenWithVerbs):
    """One ticket. The timeline under the eyes does not move while something arrives below it."""

    SCOPE = Scope.TICKET
    CSS_PATH = "ticket.tcss"
    AUTO_FOCUS = "#timeline"
    BINDINGS = [*bindings(Scope.TICKET), Binding("tab", "turn_section", show=False)]

    def __init__(
        self, desk: DeskContext, ticket_id: int, *, compose: str | None = None, row: QueueRow | None = None
    ) -> None:
        """`compose` is the kind of message to begin with, `row` the ticket as the queue shows it."""
        super().__init__(desk)
        self._ticket_id = ticket_id
        self._row = row
        self._begin = compose
        self._shown: _Shown | None = None
        self._written_since: int | None = None
        """The newest journal entry that was on the screen when writing began."""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TicketHeader(self.desk.me.login)
        yield Sections()
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield ScrollLines(id="timeline", follow=True)
                yield Composer()
            yield ScrollLines(id="panel")
        yield Trouble()
        yield StatusBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Read the ticket."""
        super().on_mount()
        self.query_one("#panel").can_focus = False
        self._load(fresh=True)

    @property
    def ticket_id(self) -> int:
        """The ticket that is shown."""
        return self._ticket_id

    # --- reading -------------------------------------------------------------------------------------------------

    def open(self, ticket_id: int, *, compose: str | None = None, row: QueueRow | None = None) -> None:
        """Show this ticket, or another one instead."""
        if ticket_id != self._ticket_id:
            self.leave()
            self.query_one(Composer).close()
            self._ticket_id, self._row, self._shown, self._written_since = ticket_id, row, None, None
            self._begin = compose
            self.timeline.focus()
            self._load(fresh=True)
        elif compose:
            self._write(MessageKind(compose))

    @property
    def timeline(self) -> ScrollLines:
        """The timeline."""
        return self.query_one("#timeline", ScrollLines)

    def reload(self) -> None:
        """Read it anew."""
        self._load()

    @work(exclusive=True, group="ticket")
    async def _load(self, *, fresh: bool = False) -> None:
        await self._read_ticket(fresh=fresh)

    async def acted(self, change: Change) -> None:
        """Show what changed."""
        if self._ticket_id in change.tickets:
            await self._read_ticket(fresh=False)

    async def _read_ticket(self, *, fresh: bool) -> None:
        ticket_id = self._ticket_id

        def read(session: Session) -> _Shown:
            ticket = tickets.view(session, ticket_id)
            return _Shown(
                ticket,
                tickets.timeline(session, ticket_id),
                tickets.decisions_in_force(session, ticket_id),
                tuple(
                    fit.article
                    for fit in knowledge.fitting(session, ticket.subject, ticket.body, ticket.category, limit=3)
                ),
                communication.drafts(session, ticket_id),
            )

        shown = await self.read(read)
        left = not self.query(TicketHeader)  # before it was read
        if shown is None or left or ticket_id != self._ticket_id:
            return
        self._shown = shown
        self._show(fresh=fresh)
        if fresh:
            self._offer_draft(shown)

    def _show(self, *, fresh: bool = False) -> None:
        shown = self._shown
        if shown is None:
            return
        self.query_one(TicketHeader).show(shown.ticket)

        def timeline(width: int) -> Sequence[TextLine]:
            return timeline_lines(
                shown.ticket,
                shown.entries,
                width,
                palette=roles(self),
                zone=self.desk.zone,
                now=self.desk.clock(),
            )

        def panel(width: int) -> Sequence[TextLine]:
            return panel_lines(
                shown.ticket,
                shown.decided,
                shown.articles,
                width,
                palette=roles(self),
                rulebook=self.desk.rulebook,
                zone=self.desk.zone,
                now=self.desk.clock(),
            )

        self.timeline.show(timeline, end=fresh)
        self.query_one("#panel", ScrollLines).show(panel)
        messages = sum(isinstance(entry, WrittenMessage) for entry in shown.entries)
        self.query_one(Sections).show(messages, len(shown.ticket.links), len(shown.decided))

    def news(self, news: News) -> None:
        """Read it again if it changed."""
        if news.many or self._ticket_id in news.ticket_ids:
            self._load()

    def tick(self) -> None:
        """Times of today become times of yesterday."""
        self._show()

    def on_resize(self) -> None:
        """Something must have the focus again after the window was too small."""
        if self.focused is None and not self.query_one(Composer).is_open:
            self.timeline.focus()

    # --- moving --------------------------------------------------------------------------------------------------

    @property
    def _scrolled(self) -> ScrollLines:
        """What the moving keys scroll."""
        narrow_details = self.has_class("details") and not self.has_class("-wide")
        return self.query_one("#panel", ScrollLines) if narrow_details else self.timeline

    def action_down(self) -> None:
        """One line down."""
        self._scrolled.scroll_lines(1)

    def action_up(self) -> None:
        """One line up."""
        self._scrolled.scroll_lines(-1)

    def action_first(self) -> None:
        """To the opening text."""
        self._scrolled.scroll_first()

    def action_last(self) -> None:
        """To the newest."""
        self._scrolled.scroll_last()

    def action_half_down(self) -> None:
        """Half a page down."""
        self._scrolled.scroll_pages(0.5)

    def action_half_up(self) -> None:
        """Half a page up."""
        self._scrolled.scroll_pages(-0.5)

    def action_page_down(self) -> None:
        """A page down."""
        self._scrolled.scroll_pages(1)

    def action_page_up(self) -> None:
        """A page up."""
        self._scrolled.scroll_pages(-1)

    def action_turn_section(self) -> None:
        """Timeline or details, where there is no room for both."""
        self._turn_to_details(not self.has_class("details"))

    def _turn_to_details(self, details: bool) -> None:
        self.set_class(details, "details")
        self.query_one(Sections).turn(details)

    def action_next_ticket(self) -> None:
        """The next of the queue."""
        self.post_message(StepTicket(self._ticket_id, 1))

    def action_previous_ticket(self) -> None:
        """The one before."""
        self.post_message(StepTicket(self._ticket_id, -1))

    def action_refresh(self) -> None:
        """Read it anew."""
        self.reload()
        self.say("Read anew.")

    def close_one(self) -> None:
        """The text, the composer, the ticket: one after the other."""
        composer = self.query_one(Composer)
        if composer.is_open and composer.writing:
            composer.rest()
        elif composer.is_open:
            self._put_away()
            self.say("Your text is kept as a draft.")
        else:
            self.post_message(GoBack())

    def go_back(self) -> bool:
        """Put the composer away first."""
        composer = self.query_one(Composer)
        if not composer.is_open:
            return False
        self._put_away()
        self.say("Your text is kept as a draft.")
        return True

    def targets(self) -> Sequence[TicketView | QueueRow]:
        """This ticket: as it was read, or as the queue showed it until then."""
        ticket = self._shown.ticket if self._shown else self._row
        return [ticket] if ticket else []

    def subject(self) -> str:
        """This ticket's number."""
        return self.targets()[0].number if self.targets() else ""

    # --- writing -------------------------------------------------------------------------------------------------

    def _offer_draft(self, shown: _Shown) -> None:
        """Begin to write if that was asked for; else say that there is a draft."""
        if self._begin:
            self._write(MessageKind(self._begin))
            self._begin = None
        elif shown.drafts:
            draft = shown.drafts[0]
            key = "r" if draft.kind is MessageKind.REPLY else "c"
            self.say(
                f"A {draft.kind.value} of yours from {clock(draft.saved_at, self.desk.zone)} is kept. {key} goes on."
            )

    def _write(self, kind: MessageKind) -> None:
        shown, composer = self._shown, self.query_one(Composer)
        if shown is None:
            self._begin = kind
            return
        self._turn_to_details(False)  # the composer stands below the timeline
        if composer.is_open and composer.kind is kind:
            composer.write_on()
            return
        if composer.is_open:
            self.leave()
        draft = next((draft for draft in shown.drafts if draft.kind is kind), None)
        self._written_since = draft.seen_seq if draft else shown.ticket.seq
        remark = f"draft from {clock(draft.saved_at, self.desk.zone)}" if draft else ""
        composer.write(kind, shown.ticket.requester.name, draft.text if draft else "", remark=remark)

    async def _write_message(self, kind: MessageKind) -> None:
        """Here there is one ticket, and its composer."""
        self._write(kind)

    @on(Composer.StateChanged)
    def _other_keys(self) -> None:
        composer, bar = self.query_one(Composer), self.query_one(StatusBar)
        if composer.is_open and composer.writing:
            bar.set_hints(_WRITING)
            bar.say("")
        elif composer.is_open:
            hints = self.action_hints(Scope.COMPOSER)
            bar.set_hints(
                [hint for hint in hints if hint.word != "commands" and (self.desk.editor or hint.word != "$EDITOR")]
            )
            bar.say("Your text is kept")

    @on(Composer.Typed)
    def _typed(self, event: Composer.Typed) -> None:
        event.stop()
        self.desk.unsaved = Unsaved(self._ticket_id, event.kind, event.text, self._written_since)

    @on(Composer.Rested)
    def _rested(self, event: Composer.Rested) -> None:
        event.stop()
        self._save_draft()

    @work(group="draft")
    async def _save_draft(self) -> None:
        draft, composer = self.desk.unsaved, self.query_one(Composer)
        if draft is None:
            return
        try:
            await self.desk.threads.write(draft.save)
        except (DeskError, DatabaseProblem) as error:
            composer.note_kept("draft NOT kept")
            self.say(str(error), alarm=True)
            return
        if self.desk.unsaved is draft:
            self.desk.unsaved = None
        composer.note_kept("draft kept" if draft.text.strip() else "")

    @on(Composer.Turned)
    def _turned(self, event: Composer.Turned) -> None:
        event.stop()
        ticket_id, was = self._ticket_id, event.was
        self.desk.threads.write_soon(lambda session: communication.discard_draft(session, ticket_id, was))
        self._save_draft()

    @on(Composer.Send)
    def _send_it(self, event: Composer.Send) -> None:
        event.stop()
        self._send(event.kind, event.text)

    @work(exclusive=True, group="verb")
    async def _send(self, kind: MessageKind, text: str) -> None:
        """Send, unless something changed while one wrote: that is shown first."""
        composer, ticket_id, since = self.query_one(Composer), self._ticket_id, self._written_since
        if not composer.collided and since is not None:
            meanwhile = await self.read(lambda session: tickets.events(session, ticket_id, after=since))
            if meanwhile is None:
                return
            others = [event for event in meanwhile if event.who != self.desk.me.login and not event.undone]
            if others:
                self._written_since = others[-1].seq
                composer.show_collision(tuple(self._told(event) for event in others[-5:]))
                return
        deed = communication.note if kind is MessageKind.NOTE else communication.reply
        if await self.write(lambda session: deed(session, [ticket_id], text)) is not None:
            self.desk.unsaved = None
            self._close_composer()

    def _told(self, event: Event) -> str:
        said = event.text or {"replied": "replied", "noted": "wrote a work note"}.get(
            event.verb, event.verb.replace("_", " ")
        )
        return f"{clock(event.at, self.desk.zone)}  {event.who} {said}"

    def _close_composer(self) -> None:
        self.query_one(Composer).close()
        self._written_since = None
        self.timeline.focus()
        self.query_one(StatusBar).set_hints(self.action_hints(self.SCOPE))
        self.timeline.scroll_last()

    def _put_away(self) -> None:
        self.leave()
        self._close_composer()
        self._load()

    @on(Composer.Discard)
    def _discard(self, event: Composer.Discard) -> None:
        event.stop()
        self._ask_discard()

    @work(exclusive=True, group="verb")
    async def _ask_discard(self) -> None:
        from itdesk.ui.dialogs.confirm import ConfirmDialog

        composer, ticket_id = self.query_one(Composer), self._ticket_id
        kind, text = composer.kind, composer.text
        if text.strip():
            words = plural(len(text.split()), "word")
            dialog = ConfirmDialog("Throw the text away?", [f"{words} that nobody has seen yet."], verb="throw it away")
            if not await self.app.push_screen_wait(dialog):
                return
        composer.close()
        self.desk.unsaved = None
        await self.desk.threads.write(lambda session: communication.discard_draft(session, ticket_id, kind))
        self._close_composer()
        self._load()
        self.say("The text is gone.")

    def leave(self) -> None:
        """Keep what is being written."""
        self.desk.keep_draft()

    @on(Composer.Edit)
    def _edit(self, event: Composer.Edit) -> None:
        """Write on in $EDITOR; what comes back stands in the composer and is not sent by itself."""
        event.stop()
        composer = self.query_one(Composer)
        if not self.desk.editor:
            self.say("No $EDITOR is set.", alarm=True)
            return
        handle, name = tempfile.mkstemp(suffix=".md", prefix="itdesk-")
        path = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(composer.text)
            with self.app.suspend():
                status = subprocess.run([*shlex.split(self.desk.editor), name], check=False).returncode  # noqa: S603
            if status == 0:
                composer.put(path.read_text(encoding="utf-8", errors="replace").rstrip("\n"))
            else:
                self.say(f"The editor ended with status {status}; your text is as it was.", alarm=True)
        except (OSError, ValueError, SuspendNotSupported) as error:
            self.say(f"{self.desk.editor} could not be started: {error}", alarm=True)
        finally:
            path.unlink(missing_ok=True)
        composer.rest()


class Sections(Lines):
    """What `tab` turns between where there is no room for the panel."""

    def __init__(self) -> None:
        super().__init__()
        self._counts = (0, 0, 0)
        self._details = False

    def show(self, messages: int, links: int, decided: int) -> None:
        """How much there is of each."""
        self._counts = (messages, links, decided)
        self.repaint()

    def turn(self, details: bool) -> None:
        """Which of them is shown."""
        self._details = details
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """Both names, the active one underlined."""
        del y
        palette = roles(self)
        messages, links, decided = self._counts
        on, off = palette.text + BOLD + UNDERLINE, palette.dim
        left = join(
            " ",
            content("Timeline", off if self._details else on),
            content(f" {messages + 1}", palette.text),
            "   ",
            content("Details", on if self._details else off),
            content(f"  {plural(links, 'link')}, {plural(decided, 'decision')}", palette.dim),
        )
        return between(left, content("tab ", palette.dim), width)
