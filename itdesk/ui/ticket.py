"""A ticket: its facts, its conversation and history, and the composer."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.worker import WorkType

from itdesk.desk import communication
from itdesk.desk.change import Change
from itdesk.desk.communication import KeptDraft
from itdesk.desk.errors import DatabaseProblem
from itdesk.desk.form_drafts import HalfFilledForm, forms_of
from itdesk.desk.queries import knowledge, presence, procedures, tickets, visits
from itdesk.desk.queries import work as work_log
from itdesk.desk.queries.feed import News
from itdesk.desk.queries.knowledge import Fit
from itdesk.desk.queries.meanwhile import meanwhile
from itdesk.desk.queries.people import staff_logins
from itdesk.desk.queries.presence import Other
from itdesk.desk.queries.queue import QueueRow
from itdesk.desk.queries.tickets import Link, StoredDecision, TicketView, TimelineEntry, WrittenMessage
from itdesk.desk.queries.visits import Visit
from itdesk.desk.queries.watchers import watchers
from itdesk.desk.queries.work import Worked
from itdesk.desk.session import Session
from itdesk.domain.people import STAFF
from itdesk.domain.ticket import ENDED, ClosureCode, LinkType, MessageKind, Status
from itdesk.domain.work_time import in_words
from itdesk.ui.actions import BY_ID, Scope
from itdesk.ui.attendance import BEAT_SECONDS, Attendance
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.drafts import UnsavedMessage, with_those_on_their_way
from itdesk.ui.messages import GoBack, OpenTicket, OpenVisit, StepTicket, TickStep
from itdesk.ui.text import content, plural
from itdesk.ui.theme import roles
from itdesk.ui.times import clock
from itdesk.ui.typeahead import READING
from itdesk.ui.verbs import TicketScreenWithVerbs
from itdesk.ui.widgets.composer import THE_DESK, Composer
from itdesk.ui.widgets.scroll_lines import Blocks, ScrollLines, TextLine
from itdesk.ui.widgets.status_bar import Hint, StatusBar
from itdesk.ui.widgets.ticket_facts import TicketHeader, further_facts
from itdesk.ui.widgets.ticket_panel import SectionTabs, TicketPanel
from itdesk.ui.widgets.ticket_sections.section import Panelled
from itdesk.ui.widgets.timeline import timeline_lines

if TYPE_CHECKING:  # not loaded for a ticket to which nothing was promised
    from itdesk.domain.clocks import ClockState

_READING_SECONDS = 0.15
"""How long the ticket before may stand there while the next is being read."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What was read of a ticket in one go."""

    ticket: TicketView
    entries: tuple[TimelineEntry, ...]
    decided: tuple[StoredDecision, ...]
    articles: tuple[Fit, ...]
    drafts: tuple[KeptDraft, ...]
    forms: tuple[HalfFilledForm, ...]
    visits: tuple[Visit, ...]
    progress: procedures.Progress
    clocks: "tuple[ClockState, ...]" = ()
    work: tuple[Worked, ...] = ()
    watchers: tuple[str, ...] = ()
    others: tuple[Other, ...] = ()
    logins: tuple[str, ...] = ()
    """Whose mentions are underlined."""


def _clocks(session: Session, ticket: TicketView) -> "tuple[ClockState, ...]":
    if ticket.agreement is None:
        return ()
    from itdesk.desk.queries.clocks import clocks

    return clocks(session, ticket.id)


def _texts(ticket: TicketView, entries: Sequence[TimelineEntry]) -> Iterator[str]:
    """All that was written on a ticket."""
    yield ticket.body
    yield from (entry.text for entry in entries if isinstance(entry, WrittenMessage))


class TicketScreen(TicketScreenWithVerbs):
    """One ticket. The timeline under the eyes does not move while something arrives below it."""

    SCOPE = Scope.TICKET
    CSS_PATH = "ticket.tcss"
    AUTO_FOCUS = "#timeline"
    BINDINGS = [*bindings(Scope.TICKET), Binding("shift+tab", "previous_section", show=False)]

    def __init__(
        self,
        desk: DeskContext,
        ticket_id: int,
        *,
        compose: str | None = None,
        row: QueueRow | None = None,
        place: str = "",
        canned: str = "",
    ) -> None:
        """`compose` is the kind of message to begin with, `canned` the name of a canned reply to begin it with.

        `row` is the ticket as the queue shows it, `place` where.
        """
        super().__init__(desk)
        self._ticket_id = ticket_id
        self._row = row
        self._place = place
        self._begin = compose
        self._canned = canned
        self._attendance = Attendance(self)
        self._shown: _Shown | None = None
        self._reading: asyncio.Future[_Shown] | None = None
        self._written_since: int | None = None
        """The newest journal entry that was on the screen when writing began."""
        self._noted: tuple[MessageKind, str] | None = None
        """What stands in the composer and was taken as a draft, or came from one."""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TicketHeader(self.desk.me.login)
        yield SectionTabs()
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield ScrollLines(id="timeline", follow=True)
                yield Composer()
            yield TicketPanel(id="panel")
        yield StatusBar()

    def on_mount(self) -> None:
        """Read the ticket."""
        self._show_row()
        self._load()
        self._attendance.arrive(self._ticket_id)
        self.set_interval(BEAT_SECONDS, self._attendance.beat)

    def on_unmount(self) -> None:
        """Nobody is here any more."""
        self._attendance.depart()

    def on_screen_suspend(self) -> None:
        """Another screen, or a dialog, is in front."""
        self._attendance.look()

    def on_screen_resume(self) -> None:
        """This one is in front again."""
        self._attendance.look()
        self._show_timer()

    @property
    def scope(self) -> Scope:
        """The composer's keys while it is open and nobody writes."""
        return Scope.COMPOSER if self.query_one(Composer).has_focus else self.SCOPE

    @property
    def ticket_id(self) -> int:
        """The ticket that is shown."""
        return self._ticket_id

    # --- reading -------------------------------------------------------------------------------------------------

    def open(
        self,
        ticket_id: int,
        *,
        compose: str | None = None,
        row: QueueRow | None = None,
        place: str = "",
        canned: str = "",
    ) -> None:
        """Show this ticket, or another one instead."""
        self._canned = canned
        if ticket_id != self._ticket_id:
            reading = self._begin_reading(ticket_id)
            self.leave()
            self._ticket_id, self._row, self._written_since = ticket_id, row, None
            self._begin, self._place = compose, place
            self.timeline.focus()
            self.show_hints()
            self.query_one(TicketHeader).show_others(())
            self._attendance.arrive(ticket_id)
            self._show_timer()
            self._show_row()
            self._load(reading)
            if self.desk.told is not None and self.desk.told_at is not None:  # no key was pressed since
                self.tell(self.desk.told)
        elif compose:
            self._write(MessageKind(compose))

    @property
    def timeline(self) -> ScrollLines:
        """The timeline."""
        return self.query_one("#timeline", ScrollLines)

    @property
    def panel(self) -> TicketPanel:
        """What stands beside the timeline."""
        return self.query_one(TicketPanel)

    def _show_row(self) -> None:
        """What the queue knows of it, until the whole of it is read."""
        self.query_one(TicketHeader).show(self._row, place=self._place)
        self.set_timer(_READING_SECONDS, self._say_that_it_is_read)

    def _say_that_it_is_read(self) -> None:
        if self._shown is None and self._reading is not None and not self._reading.done():
            self._show_unread("reading …")

    def _show_unread(self, said: str) -> None:
        """Nothing of the ticket before stands there."""
        line = TextLine(content(f" {said}", roles(self).dim))
        self.timeline.show(lambda _: (TextLine(), line), keep=False)
        self.query_one(SectionTabs).clear()

    def reload(self) -> None:
        """Read it anew."""
        self._load()

    def answers_again(self) -> None:
        """What stands in the composer is saved now."""
        super().answers_again()
        if self.query_one(Composer).is_open:
            self._save_draft()

    def _load(self, reading: "asyncio.Future[_Shown] | None" = None) -> None:
        async def take_in() -> None:
            await self.in_one_frame(self._read_ticket(reading))

        reader: WorkType[None] = take_in  # a function: of a ticket that one passes over nothing was begun
        self.run_worker(reader, exclusive=True, group=READING if self._shown is None else "ticket")

    async def acted(self, change: Change) -> None:
        """Show what changed."""
        if self._ticket_id not in change.tickets:
            return
        before = self._shown.ticket.status if self._shown else None
        await self._read_ticket()
        self._show_timer()
        if self._shown is not None and before is not self._shown.ticket.status is Status.RESOLVED:
            self._remind_of_time(change)

    def _begin_reading(self, ticket_id: int) -> "asyncio.Future[_Shown]":
        """The whole of a ticket, on its way while the screen makes room for it."""
        on_their_way = self.desk.drafts.of_ticket(ticket_id)

        def read(session: Session) -> _Shown:
            ticket = tickets.view(session, ticket_id)
            entries = tickets.timeline(session, ticket_id)
            return _Shown(
                ticket,
                entries,
                tickets.decisions_in_force(session, ticket_id),
                knowledge.fitting(session, ticket.subject, ticket.body, ticket.category, limit=3),
                with_those_on_their_way(communication.drafts(session, ticket_id), on_their_way, session.clock()),
                forms_of(session, ticket_id),
                visits.visits(session, ticket_id),
                procedures.progress(session, ticket_id),
                _clocks(session, ticket),
                work_log.work_on(session, ticket_id),
                tuple(watchers(session, [ticket_id])),
                presence.others(session, ticket_id),
                staff_logins(session) if any("@" in text for text in _texts(ticket, entries)) else (),
            )

        reading = self.desk.threads.read(read)
        reading.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # perhaps nobody asks any more
        self._reading = reading
        return reading

    async def _read_ticket(self, reading: "asyncio.Future[_Shown] | None" = None) -> None:
        ticket_id = self._ticket_id
        shown = await self.answered(reading or self._begin_reading(ticket_id))
        if ticket_id != self._ticket_id or not self.is_here:
            return
        if shown is None:
            if self._shown is None:
                self._show_unread(f"The ticket could not be read. {self._key_of('refresh')} tries again.")
            return
        fresh = self._shown is None  # whoever reads it first: news of it may overtake the reading that began
        self._shown = shown
        self._show(fresh=fresh)
        if fresh:
            self._offer_draft(shown)

    def _show(self, *, fresh: bool = False) -> None:
        shown = self._shown
        if shown is None:
            return
        now = self.desk.clock()
        facts = further_facts(shown.ticket, self.desk.rulebook, now, self.desk.zone)
        header = self.query_one(TicketHeader)
        header.show(shown.ticket, place=self._place, more=facts)
        header.show_clocks(shown.clocks, self.desk.rulebook, now, self.desk.zone)
        header.show_others(shown.others)
        header.count_notices(self.desk.unread)

        def timeline(width: int) -> Blocks:
            return timeline_lines(
                shown.ticket,
                shown.entries,
                width,
                palette=roles(self),
                zone=self.desk.zone,
                now=now,
                logins=shown.logins,
            )

        self.timeline.show(timeline, end=fresh)
        rulebook, zone = self.desk.rulebook, self.desk.zone
        self.panel.show(
            Panelled(
                shown.ticket,
                shown.decided,
                shown.articles,
                rulebook,
                zone,
                now,
                progress=shown.progress,
                visits=shown.visits,
                work=shown.work,
                watchers=shown.watchers,
                clocks=shown.clocks,
            )
        )
        self._show_tabs()

    def _show_tabs(self) -> None:
        shown = self._shown
        if shown is not None:
            messages = 1 + sum(isinstance(entry, WrittenMessage) for entry in shown.entries)
            self.query_one(SectionTabs).show(messages, self.panel.counted, self.panel.active)

    def news(self, news: News) -> None:
        """Read it again if it changed."""
        if news.many or self._ticket_id in news.ticket_ids:
            self._load()
        else:
            self._look_around()

    def tick(self) -> None:
        """Times of today become times of yesterday; the timer goes on."""
        self._show()
        self._show_writing()
        self._attendance.look()
        self._show_timer()
        self._look_around()

    def count_notices(self) -> None:
        """Another number of notices is unread."""
        for header in self.query(TicketHeader):
            header.count_notices(self.desk.unread)

    # --- who is here ---------------------------------------------------------------------------------------------

    @work(exclusive=True, group="others")
    async def _look_around(self) -> None:
        """Who else has the ticket open."""
        ticket_id = self._ticket_id
        others = await self.read(lambda session: presence.others(session, ticket_id))
        if others is None or self._shown is None or ticket_id != self._ticket_id:
            return
        if others != self._shown.others:
            self._shown = replace(self._shown, others=others)
            self.query_one(TicketHeader).show_others(others)

    def _show_timer(self) -> None:
        minutes = self._attendance.minutes
        self.query_one(StatusBar).show_counted(f"+{in_words(minutes)}" if minutes else "")

    def _remind_of_time(self, change: Change) -> None:
        """Something was finished: say what of the time is not logged yet."""
        minutes = self._attendance.minutes
        if minutes:
            offers = ["undo", "log"] if change.undoable else ["log"]
            self.say(f"{change.sentence} {in_words(minutes)} not logged.", offers=offers)

    def on_resize(self) -> None:
        """The panel may have room now, and what is above the text."""
        self.call_after_refresh(self.query_one(Composer).take_height)
        self.panel.turn_to(self.panel.active, alone=not self._beside)

    # --- moving --------------------------------------------------------------------------------------------------

    @property
    def _beside(self) -> bool:
        """Whether the panel stands beside the timeline."""
        return self.has_class("-wide")

    def _scroll(self, lines: int) -> None:
        if self.panel.active is not None:
            self.panel.move(lines)
        else:
            self.timeline.scroll_lines(lines)

    def turn(self, pages: float) -> None:
        """What is in front, by pages."""
        (self.timeline if self.panel.active is None else self.panel).scroll_pages(pages)

    def action_down(self) -> None:
        """One line down, or to the next entry of a section."""
        self._scroll(1)

    def action_up(self) -> None:
        """One line up, or to the entry before."""
        self._scroll(-1)

    def action_first(self) -> None:
        """To the opening text."""
        self._turn_to(None)
        self.timeline.scroll_first()

    def action_last(self) -> None:
        """To the newest."""
        self._turn_to(None)
        self.timeline.scroll_last()

    def action_section(self) -> None:
        """The next section; behind the last comes the timeline."""
        self._walk(1)

    def action_previous_section(self) -> None:
        """The section before."""
        self._walk(-1)

    def _walk(self, step: int) -> None:
        composer = self.query_one(Composer)
        if composer.is_open and (composer.writing or not self._beside):
            return  # the text stays where it can be seen
        self.panel.walk(step, alone=not self._beside)
        self._walked()

    def _turn_to(self, section: str | None) -> None:
        self.panel.turn_to(section, alone=not self._beside)
        self._walked()

    def _walked(self) -> None:
        self.set_class(self.panel.active is not None, "section")
        self._show_tabs()
        self.show_hints()

    def show_hints(self) -> None:
        """The keys of this screen; `enter` where there is something to open."""
        if self.query_one(Composer).is_open:
            return
        hints = self.action_hints(self.SCOPE)
        if self.panel.openable is None:
            hints = [hint for hint in hints if hint.word != BY_ID["open"].title]
        self.query_one(StatusBar).set_hints(hints)

    def action_open(self) -> None:
        """Open the link, the article or the requester's tickets that one walked to."""
        opens = self.panel.openable
        if opens is not None:
            self.post_message(opens())

    @on(OpenVisit)
    def _turn_visit(self, event: OpenVisit) -> None:
        from itdesk.ui.verbs.visits import turn_visit

        event.stop()
        shown = self._shown
        visit = next((one for one in shown.visits if one.id == event.visit_id), None) if shown else None
        if visit is not None:
            self.run_worker(turn_visit(self, visit), group="verb")

    def step_under_cursor(self) -> int | None:
        """The step that one walked to."""
        opens = self.panel.openable
        asked = opens() if opens is not None else None
        return asked.place if isinstance(asked, TickStep) else None

    def on_tick_step(self, event: TickStep) -> None:
        """`enter` on a step."""
        event.stop()
        self.action_tick()

    def action_next_ticket(self) -> None:
        """The next of the queue."""
        self.post_message(StepTicket(self._ticket_id, 1))

    def action_previous_ticket(self) -> None:
        """The one before."""
        self.post_message(StepTicket(self._ticket_id, -1))

    def close_one(self) -> None:
        """The text, the composer, the section, the ticket: one after the other."""
        composer = self.query_one(Composer)
        if composer.is_open and composer.writing:
            composer.rest()
        elif composer.is_open:
            self._put_away()
        elif self.panel.active is not None:
            self._turn_to(None)
        else:
            self.post_message(GoBack())

    def go_back(self) -> bool:
        """Put the composer away first."""
        composer = self.query_one(Composer)
        if not composer.is_open:
            return False
        self._put_away()
        return True

    def targets(self) -> Sequence[TicketView | QueueRow]:
        """This ticket: as it was read, or as the queue showed it until then."""
        ticket = self._shown.ticket if self._shown else self._row
        return [ticket] if ticket else []

    def subject(self) -> str:
        """This ticket's number."""
        return self.targets()[0].number if self.targets() else ""

    # --- writing -------------------------------------------------------------------------------------------------

    @property
    def awaits_text(self) -> bool:
        """Whether the composer opens as soon as the ticket is read."""
        return self._begin is not None

    def forgo_text(self) -> None:
        """The ticket is not read yet."""
        self._begin = None
        self.say("The ticket is not read yet: nothing of what you typed was written or done.", alarm=True)

    def _offer_draft(self, shown: _Shown) -> None:
        """Begin to write if that was asked for; else say that there is a draft."""
        if self._begin:
            self._write(MessageKind(self._begin))
            self._begin = None
        elif self.query_one(StatusBar).said:
            return  # what was done last is being read
        elif shown.drafts:
            draft = shown.drafts[0]
            key = "r" if draft.kind is MessageKind.REPLY else "c"
            on_its_way = self.desk.drafts.at((shown.ticket.id, draft.kind)) is not None
            kept = "not saved yet" if on_its_way else "kept"
            self.say(
                f"A {draft.kind.value} of yours from {clock(draft.saved_at, self.desk.zone)} is {kept}. {key} goes on."
            )
        elif shown.forms:
            left, key = shown.forms[0], self._key_of("kept")
            shows = f" {key} shows it." if key else ""
            self.say(f"“{left.form.heading}” is half filled in, from {clock(left.saved_at, self.desk.zone)}.{shows}")

    def _write(self, kind: MessageKind) -> None:
        shown, composer = self._shown, self.query_one(Composer)
        if shown is None:
            self._begin = kind
            return
        self._turn_to(None)  # the composer stands below the timeline
        if composer.is_open and composer.kind is kind:
            composer.write_on()
            return
        if composer.is_open:
            self._keep_text()
            shown = self._shown or shown
        draft = next((draft for draft in shown.drafts if draft.kind is kind), None)
        self._written_since = draft.seen_seq if draft else shown.ticket.seq
        remark = f"draft from {clock(draft.saved_at, self.desk.zone)}" if draft else ""
        asks_himself = shown.ticket.requester.login == self.desk.me.login != shown.ticket.assignee
        to = THE_DESK if asks_himself else shown.ticket.requester.name
        self.desk.drafts.begin()
        if draft is not None:
            self.desk.drafts.learn((shown.ticket.id, kind), draft.text)
        composer.write(
            kind,
            to,
            draft.text if draft else "",
            remark=remark,
            cannot=self._why_no_reply(shown.ticket),
            instead=there.other_number if (there := self._merged_into(shown.ticket)) else "",
        )
        self._noted = (kind, composer.text)
        self._learn_logins()
        if self._canned:
            self._insert_canned(self._canned)
            self._canned = ""

    def _why_no_reply(self, ticket: TicketView) -> str:
        """Why the desk would take no reply on this ticket, in a few words; mostly nothing."""
        if ticket.closure_code is ClosureCode.MERGED:
            return "merged: write on the other ticket" if self.desk.me.role in STAFF else ""
        return f"{ticket.status.title}: reopen it first" if ticket.status in ENDED else ""

    def _merged_into(self, ticket: TicketView) -> Link | None:
        """The ticket that takes a reply of staff in the place of this one, which was merged into it."""
        if ticket.closure_code is not ClosureCode.MERGED or self.desk.me.role not in STAFF:
            return None
        return next((link for link in ticket.links if link.type is LinkType.MERGED_INTO and link.outgoing), None)

    @work(exclusive=True, group="logins")
    async def _learn_logins(self) -> None:
        """Whom one may mention."""
        logins = await self.read(staff_logins)
        for composer in self.query(Composer):
            composer.know(logins or ())

    @work(exclusive=True, group="verb")
    async def _insert_canned(self, name: str) -> None:
        from itdesk.desk import canned

        ticket_id = self._ticket_id
        reply = await self.read(lambda session: canned.filled_reply(session, ticket_id, name))
        if reply is not None and ticket_id == self._ticket_id:
            self.query_one(Composer).put_in(reply.text)

    @on(Composer.InsertReply)
    def _choose_canned(self, event: Composer.InsertReply) -> None:
        event.stop()
        self._ask_canned()

    @work(exclusive=True, group="verb")
    async def _ask_canned(self) -> None:
        from itdesk.desk import canned
        from itdesk.ui.dialogs.canned import CannedDialog

        composer, ticket_id = self.query_one(Composer), self._ticket_id
        kind = composer.kind
        replies = await self.read(lambda session: canned.filled_replies(session, ticket_id, kind))
        if not replies:
            if replies is not None:
                self.say(f"There is no canned {kind.value}: they stand in the folder replies of the settings.")
            return
        text = await self.app.push_screen_wait(CannedDialog(kind, replies))
        if text is not None and composer.is_open:
            composer.put_in(text)

    async def write_message(self, kind: MessageKind) -> None:
        """Here there is one ticket, and its composer."""
        self._write(kind)

    @on(Composer.StateChanged)
    def _other_keys(self) -> None:
        composer, bar = self.query_one(Composer), self.query_one(StatusBar)
        self._attendance.write(composer.is_open)
        if composer.is_open and composer.writing:
            self._show_writing()
            bar.say("")
        elif composer.is_open:
            other = "as a reply" if composer.kind is MessageKind.NOTE else "as a note"
            bar.set_hints(
                [
                    hint._replace(word=other) if hint.word == BY_ID["turn"].title else hint
                    for hint in self.action_hints(Scope.COMPOSER)
                    if hint.word != "commands" and (self.desk.editor or hint.word != "$EDITOR")
                ]
            )
            bar.say("")
            self._save_draft()

    def _show_writing(self) -> None:
        """What `esc` does in the text, and what is promised of it."""
        composer = self.query_one(Composer)
        if composer.is_open and composer.writing:
            promise = "; nothing is lost" if self.desk.trouble is None else ""
            self.query_one(StatusBar).set_hints((Hint("esc", f"then s sends{promise}"),))

    @on(Composer.Typed)
    def _typed(self, event: Composer.Typed) -> None:
        event.stop()
        self.query_one(Composer).note_kept("")
        self._note(event.kind, event.text)

    def _note(self, kind: MessageKind, text: str) -> None:
        """This is what is written now."""
        self._noted = (kind, text)
        self.desk.drafts.note(self._message(kind, text))

    def _message(self, kind: MessageKind, text: str) -> UnsavedMessage:
        return UnsavedMessage(self._ticket_id, self.subject(), kind, text, self._written_since)

    @on(Composer.Rested)
    def _rested(self, event: Composer.Rested) -> None:
        event.stop()
        self._save_draft()

    @work(group="draft")
    async def _save_draft(self) -> None:
        composer, place = self.query_one(Composer), (self._ticket_id, self.query_one(Composer).kind)
        wrong = await self.not_kept()
        if wrong and self.desk.drafts.problem is None:  # no answer yet
            composer.note_kept("draft NOT kept yet")
            if not composer.writing:
                self.say(wrong, alarm=True, stays=True)
            await self.desk.threads.write(lambda _: None)
            wrong = await self.not_kept()
        if not composer.is_open or place != (self._ticket_id, composer.kind):
            return
        has_text = bool(composer.text.strip())
        if self.desk.drafts.at(place) is None:
            composer.note_kept("draft kept" if has_text else "")
        elif wrong:
            composer.note_kept("draft NOT kept")
        if wrong:
            self.say(wrong, alarm=True, stays=True)
        elif has_text and not composer.writing and not self.query_one(StatusBar).said:
            self.say("Your text is kept")

    @on(Composer.Turned)
    def _turned(self, event: Composer.Turned) -> None:
        event.stop()
        place, kind = (self._ticket_id, event.was), self.query_one(Composer).kind
        begun = self._take_begun(kind)
        self._note(kind, self.query_one(Composer).text)
        self.desk.drafts.forget(place)
        self.desk.threads.write_soon(lambda session: self._discard_draft(session, *place))
        self._other_keys()
        if begun is not None:
            self.say(f"Your {kind.value} from {clock(begun.saved_at, self.desk.zone)} stands above it now.")

    def _take_begun(self, kind: MessageKind) -> KeptDraft | None:
        """Put what this person had begun as a message of that kind above what has become one; None for nothing."""
        shown = self._shown
        if shown is None:
            return None
        self._shown = replace(shown, drafts=())  # what they say stands in the composer
        begun = next((draft for draft in shown.drafts if draft.kind is kind), None)
        if begun is not None:
            self.desk.drafts.learn((shown.ticket.id, kind), begun.text)
            self.query_one(Composer).put_above(begun.text)
            self._written_since = min(begun.seen_seq, self._written_since or begun.seen_seq)
        return begun

    def _discard_draft(self, session: Session, ticket_id: int, kind: MessageKind) -> None:
        self.desk.drafts.end(
            session, (ticket_id, kind), lambda draft: communication.discard_draft(session, ticket_id, kind, draft)
        )

    @on(Composer.Send)
    def _send_it(self, event: Composer.Send) -> None:
        event.stop()
        self._send(event.kind, event.text)

    @work(exclusive=True, group="verb")
    async def _send(self, kind: MessageKind, text: str) -> None:
        """Send, unless something changed while one wrote: that is shown first."""
        composer, ticket_id, since = self.query_one(Composer), self._ticket_id, self._written_since
        ticket = await self.read(lambda session: tickets.view(session, ticket_id))
        if ticket is None:
            return
        there = self._merged_into(ticket)
        if not composer.collided and since is not None:
            found = await self.read(lambda session: meanwhile(session, [ticket_id], after=since))
            if found is None:
                return
            if found.deeds:
                self._written_since = found.seq
                people = {deed.who for deed in found.deeds}
                composer.show_collision(
                    tuple(f"{clock(deed.at, self.desk.zone)}  {deed.who} {deed.said}" for deed in found.deeds),
                    who=people.pop() if len(people) == 1 else "",
                    cannot=self._why_no_reply(ticket),
                    instead=there.other_number if there else "",
                )
                return
        if there is not None and kind is MessageKind.REPLY and text.strip():
            await self._take_along(text, there.other_id)
            return
        deed = communication.note if kind is MessageKind.NOTE else communication.reply
        drafts = self.desk.drafts

        def send(session: Session) -> Change:
            change = drafts.end(
                session, (ticket_id, kind), lambda draft: deed(session, [ticket_id], text, drafted=draft)
            )
            drafts.forget((ticket_id, kind), text)  # at once: the line may be cut before the screen hears of it
            return change

        change = await self.write(send)
        if change is not None:
            self._close_composer()
            self._remind_of_time(change)

    async def _take_along(self, text: str, other_id: int) -> None:
        """Go on with a reply on the ticket into which this one was merged; nothing is sent by that."""
        ticket_id, kind = self._ticket_id, MessageKind.REPLY
        wrong = await self.result_or_why(
            lambda session: communication.take_along(session, ticket_id, other_id, kind, text)
        )
        if wrong is not None:
            self.say(wrong, alarm=True)
            return
        self.desk.drafts.forget((ticket_id, kind))
        self.query_one(Composer).close()
        self.post_message(OpenTicket(other_id, compose=kind))

    def _close_composer(self) -> None:
        self.query_one(Composer).close()
        self._attendance.write(False)
        self._written_since = None
        self.timeline.focus()
        self.show_hints()
        self.timeline.scroll_last()

    def _put_away(self) -> None:
        """Close the composer; what stands in it is kept."""
        has_text = bool(self.query_one(Composer).text.strip())
        self._keep_text()
        self._close_composer()
        self._load()
        if has_text:
            self.run_worker(self.say_once_kept("Your text is kept as a draft."), group="draft")
        else:
            self.say("There is no text to keep.")

    def _keep_text(self) -> None:
        """Keep what is being written; whoever writes on before the ticket is read anew finds it."""
        self.note_text()
        self.desk.keep_draft()
        if (shown := self._shown) is not None:
            composer = self.query_one(Composer)
            newest = self._message(composer.kind, composer.text)
            on_their_way = (*self.desk.drafts.of_ticket(shown.ticket.id), newest)
            drafts = with_those_on_their_way(shown.drafts, on_their_way, self.desk.clock())
            self._shown = replace(shown, drafts=drafts)

    @on(Composer.Discard)
    def _discard(self, event: Composer.Discard) -> None:
        event.stop()
        self._ask_discard()

    @work(exclusive=True, group="verb")
    async def _ask_discard(self) -> None:
        composer, ticket_id = self.query_one(Composer), self._ticket_id
        kind, text = composer.kind, composer.text
        written = len(text.split())
        if written and not await self.sure_to_discard(f"{plural(written, 'word')} that nobody has seen yet."):
            return
        try:
            await self.desk.threads.write(lambda session: self._discard_draft(session, ticket_id, kind))
        except DatabaseProblem as problem:
            self.say(self.not_done(problem), alarm=True)
            return
        self.desk.drafts.forget((ticket_id, kind))
        self._close_composer()
        self._load()
        self.say("The text is gone." if text.strip() else "There was no text.")

    def note_text(self) -> None:
        """The composer tells each letter by a message, and the last may still be on its way."""
        for composer in self.query(Composer):
            if composer.is_open and self._noted != (composer.kind, composer.text):
                self._note(composer.kind, composer.text)

    def leave(self) -> None:
        """Keep what is being written; whatever is opened next is another one, or this one read anew."""
        self.note_text()
        self.desk.keep_draft()
        self._attendance.depart()
        self.workers.cancel_group(self, READING)
        self.query_one(Composer).close()
        self._turn_to(None)
        self.say("")
        self._ticket_id, self._shown = 0, None
        self.timeline.show(lambda _: (TextLine(),), keep=False)  # it must not stand under another one's name
        self.panel.show(None)

    @on(Composer.Edit)
    def _edit(self, event: Composer.Edit) -> None:
        """Write on in $EDITOR; what comes back stands in the composer and is not sent by itself."""
        event.stop()
        from itdesk.ui.editor import EditorFailed, edited

        composer = self.query_one(Composer)
        try:
            composer.put(edited(self.app, self.desk, composer.text))
        except EditorFailed as failed:
            self.say(str(failed), alarm=True)
        composer.rest()
