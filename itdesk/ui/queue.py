"""The queue: what next, in two seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.theme import Theme
from textual.timer import Timer
from textual.worker import WorkerCancelled

from itdesk.desk.queries import queue
from itdesk.desk.queries.queue import Page, QueueRow
from itdesk.desk.session import Session
from itdesk.domain.queue_order import Order
from itdesk.domain.rulebook import View
from itdesk.domain.search_language import YES, Key, Query, Term, parse
from itdesk.ui.actions import Scope
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.drafts import ends_drafts
from itdesk.ui.messages import OpenTicket
from itdesk.ui.text import EMPTY, between, content, fit, join, plural
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.times import age
from itdesk.ui.typeahead import WINDOW
from itdesk.ui.verbs import Ticket, TicketScreenWithVerbs
from itdesk.ui.widgets.filter_line import FilterLine, Sentence
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.scroll_lines import ScrollLines, TextLine
from itdesk.ui.widgets.status_bar import Hint, StatusBar
from itdesk.ui.widgets.ticket_list import TicketList, Want
from itdesk.ui.widgets.top_bar import TopBar
from itdesk.ui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:  # nothing is changed, and nothing new, before the first screen is seen
    from itdesk.desk.change import Change
    from itdesk.desk.queries.feed import News

_COUNT_LIMIT = 1000
_PREVIEW_REST_SECONDS = 0.08
_TYPING_REST_SECONDS = 0.06
_COUNTS_REST_SECONDS = 2.0
_PAGES = 3
"""Pages that are read at once."""


_MOST_READINGS = 5
"""How often a list is read for the cursor to go somewhere, where it is read anew meanwhile."""

_ANY = parse("status:all")
"""Every ticket."""

_DRAFTED = parse("draft:me")
"""Where one has begun to write."""

_EDITING = (Hint("tab", "complete"), Hint("ctrl+u", "empty the line"))
_TYPING = (Hint("enter esc", "to the list"), *_EDITING)
"""What keys do in the filter line, where all others are letters."""

_TYPING_WRONG = (Hint("esc", "to the list"), *_EDITING)
"""And while what stands there is not understood."""

_WITHOUT_TICKETS = ("new", "views", "palette", "help")
"""Actions to offer where no ticket is shown."""

_LEAST_WAY, _BESIDE_WAY = 30, 27
"""Cells of what a way out of an empty list does, at least; and of its key, its count and what parts them."""

_OVERDUE = Term(Key.OVERDUE, (YES,))

_EVERYTHING = View("all", "All", "status:open")
"""Where the desk has no views."""


class _Window(NamedTuple):
    """What was read: rows, the position of the first (None: unknown), how many there are, the ways out of none."""

    page: Page
    offset: int | None
    total: int
    ways: "_WaysOut | None"


class _Asked(NamedTuple):
    """Which window is wanted: rows of a search in an order; the views and the one that is on; at most so many rows."""

    query: Query
    order: Order
    reverse: bool
    views: Sequence[View]
    view: int
    limit: int


class WayBack(NamedTuple):
    """Where `q` leads from a queue that another screen opened: its name, and the message that opens it again."""

    title: str
    message: Message


class _Standing(NamedTuple):
    """What the rows on the screen were read for, and how many there are."""

    view: View
    query: Query
    order: Order
    reverse: bool
    total: int | None


class _Left(NamedTuple):
    """What a view showed when one left it: the filter, the order, the ticket under the cursor and its line there."""

    view: View
    query: str
    order: Order
    reverse: bool
    row: QueueRow | None
    line: int | None


class _Before(NamedTuple):
    """What the queue showed before another screen opened it, and the way back to that screen."""

    was: _Left
    came_from: "_Before | None"
    back: WayBack


def begin_reading(desk: DeskContext, height: int) -> "asyncio.Future[_Window]":
    """The first window of a terminal of so many lines, on its way before there is anything to show it on."""
    views = _views(desk)
    asked = _Asked(parse(views[0].query), views[0].order, False, views, 0, _limit(height))
    return desk.threads.read(lambda session: _read_window(session, asked, None, Want.FIRST))


def _limit(height: int) -> int:
    return max(60, _PAGES * height)


def _views(desk: DeskContext) -> Sequence[View]:
    return desk.rulebook.views or (_EVERYTHING,)


class QueueScreen(TicketScreenWithVerbs):
    """List, filter line, views as tabs, and a preview where it is wide."""

    SCOPE = Scope.QUEUE
    CSS_PATH = "queue.tcss"
    BINDINGS = bindings(Scope.QUEUE)
    AUTO_FOCUS = "TicketList"

    def __init__(self, desk: DeskContext, first: "Awaitable[_Window]") -> None:
        """`first` is the first window, as `begin_reading` gives it."""
        super().__init__(desk)
        self._first = first
        self._views: Sequence[View] = _views(desk)
        self._own: Sequence[View] = ()
        self._counts: Sequence[str] = ()
        self._view = 0
        self._query: Query = parse(self._views[0].query)
        self._order = self._views[0].order
        self._reverse = False
        self._total: int | None = None
        self._standing: _Standing | None = None
        self._is_unread = False
        """Whether what is asked for now could not be read."""
        self._frozen = self._complained = False
        self._ways: _WaysOut | None = None
        """What leads out of an empty list; None where there are tickets."""
        self._before: _Before | None = None
        """What `q` leads back to; None where one came here by oneself."""
        self._left: dict[View, _Left] = {}
        """What one comes back to in each view, for this session."""
        self._rest: dict[str, Timer] = {}

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TopBar("1", self.desk.clock(), self.desk.zone)
        if self.desk.notices:
            from itdesk.ui.widgets.banner import Banner

            yield Banner(self.desk.notices)
        yield ViewTabs([view.title for view in self._views], 0)
        yield FilterLine(self._query.text, placeholder="e.g. status:open p:1 @me team:network vpn")
        with Horizontal(id="body"):
            yield TicketList(me=self.desk.me.login, now=self.desk.clock(), due=self.desk.time_left)
        yield Peek(self.desk)
        yield StatusBar()

    def on_mount(self) -> None:
        """Show the first page as soon as it is read."""
        self._begin()

    @property
    def ticket_list(self) -> TicketList:
        """The list."""
        return self.query_one(TicketList)

    # --- reading -------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the window anew around the cursor's ticket, and the counts."""
        row = self.ticket_list.cursor_row
        self._load(at=row)
        self._count()

    @work(exclusive=True, group=WINDOW)
    async def _begin(self) -> None:
        await self.in_one_frame(self._show_window(self.answered(self._first), None, Want.FIRST))
        await self.is_seen.wait()  # the rows come first: what is read meanwhile makes painting wait
        self._count()
        self._tell_drafts()

    @work(group="drafts")
    async def _tell_drafts(self) -> None:
        """Say where text waits that was not sent: whoever's line was cut may not know any more."""

        def read(session: Session) -> tuple[Sequence[QueueRow], int]:
            rows = queue.page(session, _DRAFTED, Order.NEWEST, limit=1).rows
            return rows, queue.count(session, _DRAFTED, limit=_COUNT_LIMIT) if rows else 0

        found = await self.read(read)
        if found is None or not found[0] or self.query_one(StatusBar).said:
            return
        [row], count = found
        where, them = (f"{row.number} and {_up_to(count - 1)} more", "them") if count > 1 else (row.number, "it")
        key = self._key_of("palette")
        self.say(f"You have a draft on {where}. Press {key} and type {_DRAFTED.text} to find {them}.")

    @work(exclusive=True, group=WINDOW)
    async def _load(self, *, at: QueueRow | None = None, line: int | None = None, want: Want = Want.FIRST) -> None:
        """Replace the window: around `at`, which stands on that line, or from the first or last row."""
        await self._show_window(self._window(at, want), at, want, line)

    def _window(self, at: QueueRow | None, want: Want) -> "Awaitable[_Window | None]":
        """Read the window."""
        asked = _Asked(self._query, self._order, self._reverse, self._views, self._view, self._limit())
        return self.read(lambda session: _read_window(session, asked, at, want))

    async def _show_window(
        self, window: "Awaitable[_Window | None]", at: QueueRow | None, want: Want, line: int | None = None
    ) -> None:
        """Show what was read, once it is."""
        order, reverse = self._order, self._reverse
        found = await window
        if found is None:
            self._tell_failed()
            self._is_unread = True
            self._stay()
            return
        page, self._total = found.page, found.total
        self._is_unread = False
        self._standing = _Standing(self._views[self._view], self._query, order, reverse, found.total)
        position = _position(order, reverse)
        cursor = page.rows[-1].id if want is Want.LAST and page.rows else _nearest(page.rows, at, position)
        self.ticket_list.show(
            page.rows,
            has_before=page.more_before,
            has_after=page.more_after,
            offset=found.offset,
            at=cursor,
            line=line,
            position=position,
        )
        was_empty, self._ways = self._ways is not None, found.ways
        if found.ways is not None:
            self.ticket_list.say(self._nothing(found.ways))
        if was_empty is not (found.ways is not None):
            self.show_hints()
        self._explain()

    def _stay(self) -> None:
        """What was asked for could not be read: view, filter and order become those of the rows, unless one types."""
        standing = self._standing
        if standing is None or not self.is_here:
            return
        asked = (self._views[self._view], self._query, self._order, self._reverse)
        if asked == standing[:-1]:
            return
        title = standing.view.title if standing.query.text == standing.view.query.strip() else standing.query.text
        self.say(f"That could not be read: the list still shows {title}.", alarm=True)
        if self._types:
            return
        if standing.view in self._views:
            self._view = self._views.index(standing.view)
        _, self._query, self._order, self._reverse, self._total = standing
        self.query_one(FilterLine).put(standing.query.text)
        self._show_tabs()
        self._explain()

    def _tell_failed(self) -> None:
        for rows in self.query(TicketList):
            rows.failed()

    @on(TicketList.Wanted)
    def _wanted(self, event: TicketList.Wanted) -> None:
        event.stop()
        if event.row is None:
            self._load(want=event.want)
        else:  # reading ahead, which waits until what is shown is painted
            self.call_after_refresh(self._extend, event.want, event.row)

    @work(exclusive=True, group="extend")
    async def _extend(self, want: Want, row: QueueRow) -> None:
        query, order, reverse, limit = self._query, self._order, self._reverse, self._limit()
        key = row.key(order)
        if want is Want.AFTER:
            page = await self.read(
                lambda session: queue.page(session, query, order, reverse=reverse, after=key, limit=limit)
            )
        else:
            page = await self.read(
                lambda session: queue.page(session, query, order, reverse=reverse, before=key, limit=limit)
            )
        if page is None:
            self._tell_failed()
        elif (query, order, reverse) != (self._query, self._order, self._reverse):
            return
        elif want is Want.AFTER:
            self.ticket_list.extend_after(page.rows, has_after=page.more_after)
        else:
            self.ticket_list.extend_before(page.rows, has_before=page.more_before)

    def _limit(self) -> int:
        return _limit(self.app.size.height)

    @work(exclusive=True, group="counts")
    async def _count(self) -> None:
        """The views, their counts, and the total of this filter."""
        from itdesk.desk.views import own_views

        query = self._query

        def read(session: Session) -> tuple[int, Sequence[View], Sequence[View], list[str]]:
            own = own_views(session)
            views = (*(session.rulebook.views or (_EVERYTHING,)), *own)
            counts = [_up_to(queue.count(session, parse(view.query), limit=_COUNT_LIMIT)) for view in views]
            return queue.count(session, query, limit=_COUNT_LIMIT), views, own, counts

        found = await self.read(read)
        if found is None:
            return
        total, views, self._own, self._counts = found
        shown = self._views[self._view]
        self._views = views
        self._view = views.index(shown) if shown in views else min(self._view, len(views) - 1)
        self._show_tabs()
        if query == self._query:
            self._total = total
            self._explain()

    def _show_tabs(self) -> None:
        late = [at for at, view in enumerate(self._views) if _OVERDUE in parse(view.query).terms]
        titles = [view.title for view in self._views]
        self.query_one(ViewTabs).show(titles, self._view, self._counts, alarming=late)

    def show_hints(self) -> None:
        """The keys that do something: not on a ticket where there is none, and few while one types."""
        only = None if self._ways is None else _WITHOUT_TICKETS
        typing = _TYPING_WRONG if self._query.faults else _TYPING
        self.query_one(StatusBar).set_hints(typing if self._types else self.action_hints(self.SCOPE, only))

    @property
    def _types(self) -> bool:
        return self.query_one(FilterLine).has_focus_within

    @on(events.DescendantFocus)
    def _focused(self) -> None:
        """Other keys work in the filter line than on the list."""
        self.show_hints()
        if self._ways is not None:
            self.ticket_list.say(self._nothing(self._ways))

    # --- live ----------------------------------------------------------------------------------------------------

    @property
    def frozen(self) -> bool:
        """Whether the queue holds still."""
        return self._frozen

    def news(self, news: "News") -> None:
        """Change the rows that changed; more than a few: read the window anew."""
        if self._frozen:
            return
        if news.many:
            self.reload()
        elif news.ticket_ids:
            self._update(news.ticket_ids, news.own)
            self._later("counts", _COUNTS_REST_SECONDS, self._count, push_back=False)

    @work(group="update")
    async def _update(self, ids: Sequence[int], own: Collection[int]) -> None:
        await self._take_in(ids, own)

    async def _take_in(self, ids: Sequence[int], own: Collection[int]) -> None:
        query = self._query

        def read(session: Session) -> tuple[Mapping[int, QueueRow], Mapping[int, QueueRow]]:
            matching = {row.id: row for row in queue.rows_by_id(session, ids, query)}
            others = [ticket_id for ticket_id in ids if ticket_id not in matching]
            return matching, {row.id: row for row in queue.rows_by_id(session, others, _ANY)}

        found = await self.read(read)
        if found is None or query != self._query:
            return
        matching, left = found
        self.ticket_list.update_rows(ids, matching, own, left)
        row = self.ticket_list.cursor_row
        if row is not None and row.id in ids:
            self._show_cursor(row)

    def tick(self) -> None:
        """A minute went by: tickets may have become overdue."""
        self.ticket_list.set_now(self.desk.clock())
        self._peek()
        self._later("counts", _COUNTS_REST_SECONDS, self._count, push_back=False)
        if self._query.moves and not self._frozen:
            self._follow_time()

    @work(exclusive=True, group="moves")
    async def _follow_time(self) -> None:
        """Tell what came into the filter or left it though nobody did anything."""
        query, order, reverse, limit = self._query, self._order, self._reverse, self._limit()
        row = self.ticket_list.cursor_row
        if row is None:
            self._load()
            return
        key = row.key(order)
        page = await self.read(lambda session: queue.around(session, query, order, key, reverse=reverse, limit=limit))
        if page is not None and query == self._query:
            moved = {one.id for one in page.rows} ^ {one.id for one in self.ticket_list.rows}
            await self._take_in(sorted(moved), ())

    def action_freeze(self) -> None:
        """Hold still, or live again."""
        self._frozen = not self._frozen
        self.query_one(TopBar).show(
            self.desk.clock(),
            frozen=self._frozen,
            stale_since=self.desk.stale_since,
            swept_at=self.desk.swept_at,
        )
        self.say("Frozen: nothing moves until F is pressed again." if self._frozen else "Live again.")
        if not self._frozen:
            self.reload()

    # --- filter, views, order ------------------------------------------------------------------------------------

    def open(self, wanted: str | View, back: WayBack | None) -> None:
        """Show what a search text means, or a view; `q` leads `back` until one chooses another filter."""
        before = back and _Before(self._here(), self._before, back)
        if isinstance(wanted, View):
            self.show_view(wanted, anew=back is not None)
        else:
            self.filter_by(wanted)
        self._before = before
        if back is not None:
            self.say(f"{self._key_of('go_back')} goes back to {back.title}.")

    def go_back(self) -> bool:
        """To the screen that opened this queue; what was here before is here again."""
        before = self._before
        if before is None:
            return False
        if before.was.view in self._views:
            self._view = self._views.index(before.was.view)
            self._show_tabs()
        self._show_left(before.was)
        self._before = before.came_from
        self.post_message(before.back.message)
        return True

    def filter_by(self, text: str) -> None:
        """Show what a search text means."""
        self.query_one(FilterLine).put(text)
        self._set_query(text)
        self.ticket_list.focus()

    def _set_query(self, text: str, *, at: QueueRow | None = None, line: int | None = None) -> None:
        had, self._query = bool(self._query.faults), parse(text)
        if bool(self._query.faults) is not had:
            self.show_hints()
        if self._before is not None:
            self._before = None
            self.say("")
        if self._order is Order.BEST and not self._query.words:
            self._order, self._reverse = self._views[self._view].order, False
        self._total = None
        self._explain()
        self._load(at=at, line=line)

    @on(FilterLine.Changed)
    def _typed(self, event: FilterLine.Changed) -> None:
        event.stop()
        self._later("typing", _TYPING_REST_SECONDS, self._filter)

    def _filter(self) -> None:
        self._set_query(self.query_one(FilterLine).text)

    def _filter_at_once(self) -> None:
        """The next key is meant for what was just typed."""
        waiting = self._rest.pop("typing", None)
        if waiting is not None:
            waiting.stop()
            self._filter()

    @on(FilterLine.Entered)
    def _begin_typing(self, event: FilterLine.Entered) -> None:
        event.stop()
        self._learn_names()

    @work(exclusive=True, group="names")
    async def _learn_names(self) -> None:
        """The names that may be completed, as they are now."""
        from itdesk.desk.queries.vocabulary import vocabulary

        names = await self.read(vocabulary)
        if names is not None:
            self.query_one(FilterLine).know(names)

    @on(FilterLine.Left)
    def _done_typing(self, event: FilterLine.Left) -> None:
        event.stop()
        self._filter_at_once()
        errors = parse(self.query_one(FilterLine).text).errors
        if errors:  # the line has no room for all of it; and the rows are no answer to it
            self.say(" ".join(errors), alarm=True)
        else:
            self.ticket_list.focus()
            if self._complained:
                self.say("")
        self._complained = bool(errors)
        if self._is_unread:
            self._stay()

    def _explain(self) -> None:
        """Say how the filter was understood and where in it one is."""
        line, palette = self.query_one(FilterLine), roles(self)
        if self._query.faults:
            *longer, shortest = (content(told, palette.amber) for told in _left_out(self._query))
            line.explain(*map(Sentence, longer), Sentence(cut=shortest))
            return
        understood, order = self._query.understood(), self._ordered
        total = "" if self._total is None else _up_to(self._total)
        place = f" · {total}" if total else ""
        if self.ticket_list.in_view and self._total:  # rows that left the filter stand there, but do not count
            first, last = self.ticket_list.in_view
            last = last if self._total >= _COUNT_LIMIT else min(last, self._total)
            place = f" · {min(first, last)}-{last} of {total}"
        marked = len(self.ticket_list.marked)
        loud = content(f" · {marked} marked" if marked else "", palette.accent + BOLD)
        if self.has_class("-wide") and self.ticket_list.new_count:
            loud += content(f"  ↑ {self.ticket_list.new_count} new", palette.accent + BOLD)
        right = content(place, palette.dim) + loud
        whole = Sentence(content(f"{understood}, {order}", palette.dim), right=right)
        if self._order is Order.FAIR and not self._reverse:
            line.explain(whole, Sentence(cut=content(understood, palette.dim), right=right))
            return
        on_top, rest = content(order, palette.dim), content(f" · {understood}", palette.dim)
        line.explain(  # what stands on top, and why, is not what one is used to: that goes last
            whole, Sentence(on_top, rest, right), Sentence(on_top, right=right), Sentence(on_top, right=loud)
        )

    @property
    def _ordered(self) -> str:
        """The order, in words."""
        return f"{self._order.title}{', reversed' if self._reverse else ''}"

    def action_filter(self) -> None:
        """Into the filter line, ready for the next word."""
        self.query_one(FilterLine).enter()

    def action_drop_word(self) -> None:
        """The filter without its last word."""
        if self._query.text:
            self.filter_by(self._query.text.rpartition(" ")[0])

    def action_next_view(self) -> None:
        """The next saved view."""
        self._go_to_view((self._view + 1) % len(self._views))

    def action_previous_view(self) -> None:
        """The view before."""
        self._go_to_view((self._view - 1) % len(self._views))

    @work(group="verb")
    async def action_views(self) -> None:
        """Show a view, save the filter as one, rename or remove one's own."""
        from itdesk.ui.dialogs.views import Asked, ViewsDialog

        current = self._views[self._view]
        dialog = ViewsDialog(self._views, self._own, self._counts, current, keymap=self.desk.keymap)
        match await self.app.push_screen_wait(dialog):
            case Asked("show", View() as view):
                self.show_view(view)
            case Asked("save", _):
                await self._keep_view()
            case Asked("rename", View() as view):
                await self._rename_view(view)
            case Asked("remove", View() as view):
                await self._remove_view(view)

    @work(group="verb")
    async def action_keep_view(self) -> None:
        """Save the filter as a view of one's own."""
        await self._keep_view()

    async def _keep_view(self) -> None:
        from itdesk.desk.views import save_view
        from itdesk.ui.dialogs.form import Field

        text, order = self._query.text, self._order
        shown = self._views[self._view]

        async def keep(answer: Mapping[str, str]) -> str | None:
            name = answer["name"]
            why = await self._view_done_or_why(
                lambda session: save_view(session, name, text, order),
                name,
                f"Saved the view {name}. [ and ] lead to it.",
            )
            if why is None:
                self._left.pop(shown, None)  # the filter has a view of its own now
            return why

        await self.fill_in_until_done(
            "Save the filter as a view of your own",
            [Field("name", "Name", value=shown.title if shown in self._own else "")],
            keep,
            verb="save",
            remark=f"{text or 'everything open'} · {order.title}. A view of yours with the same name is replaced.",
            about=(("filter", text),),
        )

    async def _rename_view(self, view: View) -> None:
        from itdesk.desk.views import rename_view
        from itdesk.ui.dialogs.form import Field

        async def rename(answer: Mapping[str, str]) -> str | None:
            name = answer["name"]
            return await self._view_done_or_why(
                lambda session: rename_view(session, view.title, name),
                name,
                f"The view {view.title} is now called {name}.",
            )

        title = f"Rename the view {view.title}"
        await self.fill_in_until_done(title, [Field("name", "Name", value=view.title)], rename, verb="rename", about=())

    async def _view_done_or_why(self, act: Callable[[Session], None], name: str, said: str) -> str | None:
        """Do it and show the view of this name; where the desk refuses, its sentence."""
        why = await self.result_or_why(ends_drafts(self.desk.drafts, act))
        if why is None:
            await self._show_own(name, said)
        return why

    async def _remove_view(self, view: View) -> None:
        from itdesk.desk.views import remove_view
        from itdesk.ui.dialogs.confirm import ConfirmDialog

        said = [view.query, "Its tickets stay as they are."]
        dialog = ConfirmDialog(f"Remove the view {view.title}?", said, verb="remove it", keymap=self.desk.keymap)
        if not await self.app.push_screen_wait(dialog):
            return
        why = await self.result_or_why(lambda session: remove_view(session, view.title))
        if why is not None:
            self.say(why, alarm=True)
            return
        if self._views[self._view] == view:
            self._go_to_view(0)
        await self._recount()
        self.say(f"Removed the view {view.title}.")

    async def _recount(self) -> None:
        """Read the views and their counts anew."""
        with suppress(WorkerCancelled):  # they are read anew again
            await self._count().wait()

    async def _show_own(self, name: str, sentence: str) -> None:
        await self._recount()
        kept = " ".join(name.split())
        view = next((view for view in self._own if view.title == kept), None)
        if view is not None:
            self.show_view(view)
        self.say(sentence)

    def show_view(self, view: View, *, anew: bool = False) -> None:
        """Show a view, if it is still there: as one left it, or `anew` as it was made."""
        if view in self._views:
            self._go_to_view(self._views.index(view), anew=anew)

    def _go_to_view(self, index: int, *, anew: bool = False) -> None:
        view, shown = self._views[index], self._views[self._view]
        if self._before is None:  # what another screen opened in a view is not what one comes back to
            self._left[shown] = self._here()
        as_made = _Left(view, view.query, view.order, False, None, None)
        self._view = index
        self.ticket_list.unmark()
        self._show_tabs()
        self._show_left(as_made if anew or view == shown else self._left.get(view, as_made))
        self._count()

    def _here(self) -> _Left:
        """What is shown now, to come back to."""
        shown, row = self.ticket_list, self.ticket_list.cursor_row
        return _Left(self._views[self._view], self._query.text, self._order, self._reverse, row, shown.cursor_line)

    def _show_left(self, left: _Left) -> None:
        self._order, self._reverse = left.order, left.reverse
        self.query_one(FilterLine).put(left.query)
        self._set_query(left.query, at=left.row, line=left.line)

    def action_order(self) -> None:
        """The next order; best first only where there are words to be found."""
        orders = [order for order in Order if order is not Order.BEST or self._query.words]
        if self._order not in orders:
            orders.append(self._order)
        self._order = orders[(orders.index(self._order) + 1) % len(orders)]
        self._load()
        self.say(f"Order: {self._order.title}.")

    def action_reverse(self) -> None:
        """The order the other way round."""
        self._reverse = not self._reverse
        self._load()
        self.say(f"Order: {self._ordered}.")

    # --- moving and marking --------------------------------------------------------------------------------------

    def action_down(self) -> None:
        """One down."""
        self._go(self.ticket_list.move, 1)

    def action_up(self) -> None:
        """One up."""
        self._go(self.ticket_list.move, -1)

    def action_first(self) -> None:
        """To the first, with what is new."""
        self._go(self.ticket_list.go_first)

    def action_last(self) -> None:
        """To the last."""
        self._go(self.ticket_list.go_last)

    def turn(self, pages: float) -> None:
        """The list, by pages."""
        self._go(self.ticket_list.turn, pages)

    def _go(self, move: Callable[..., None], *by: float) -> None:
        """Move, and say in the same frame where one is."""
        move(*by)
        self._explain()

    def action_mark(self) -> None:
        """Mark or unmark."""
        self.ticket_list.mark()

    def action_mark_all(self) -> None:
        """Mark all in view."""
        self.ticket_list.mark_all()

    def action_open(self) -> None:
        """Open the ticket."""
        row = self.ticket_list.cursor_row
        if row is not None:
            self.post_message(OpenTicket(row.id, row=row))

    @on(TicketList.Opened)
    def _clicked(self, event: TicketList.Opened) -> None:
        self.post_message(OpenTicket(event.row.id, row=event.row))

    def targets(self) -> Sequence[QueueRow]:
        """The marked tickets, else the one under the cursor."""
        row = self.ticket_list.cursor_row
        return self.ticket_list.marked or ([row] if row else [])

    def is_in_sight(self, ticket: Ticket) -> bool:
        """A marked one may be hidden by a filter."""
        return self.ticket_list.has(ticket.id)

    def subject(self) -> str:
        """What the verbs act on."""
        chosen = self.targets()
        return chosen[0].number if len(chosen) == 1 else plural(len(chosen), "ticket") if chosen else ""

    async def acted(self, change: "Change") -> None:
        """Show what changed; the marks did their work."""
        self.ticket_list.unmark()
        await self._take_in(change.tickets, change.tickets)

    async def go_to_new(self, ticket_id: int) -> bool:
        """Put the cursor on a ticket that this person opened just now; False where it is not in this view."""
        self.ticket_list.unmark()
        query = self._query
        found = await self.read(lambda session: queue.rows_by_id(session, [ticket_id], query))
        if not found or self._frozen:
            return False
        for _ in range(_MOST_READINGS):
            if self._query is not query:
                break
            with suppress(WorkerCancelled):  # what others do made the list read anew meanwhile
                await self._load(at=found[0]).wait()
                break
        row = self.ticket_list.cursor_row
        return row is not None and row.id == ticket_id

    def step(self, ticket_id: int, step: int) -> QueueRow | None:
        """The ticket `step` places from one in the list; the cursor goes there. None where there is none."""
        rows = self.ticket_list.rows
        place = next((index for index, row in enumerate(rows) if row.id == ticket_id), None)
        if place is None or not 0 <= place + step < len(rows):
            return None
        row = rows[place + step]
        self.ticket_list.go_to(row.id)
        self.seen(row.id)
        return row

    def place_of(self, ticket_id: int) -> str:
        """Where a ticket stands in this list: `4 of 42`; empty where that is not known."""
        place = self.ticket_list.place_of(ticket_id)
        return f"{place} of {_up_to(self._total)}" if place is not None and self._total is not None else ""

    def seen(self, ticket_id: int) -> None:
        """The ticket is open on the screen."""
        self.ticket_list.seen(ticket_id)

    def close_one(self) -> None:
        """The filter line, the marks, the filter, the notices: one after the other."""
        if self._types:
            self._filter_at_once()
            self.ticket_list.focus()
        elif self.ticket_list.marked:
            self.ticket_list.unmark()
        elif self._query.text != self._views[self._view].query.strip():
            self.filter_by(self._views[self._view].query)
        else:
            self.query("Banner").remove()

    def recoloured(self, theme: Theme) -> None:
        """Another theme: the preview too."""
        super().recoloured(theme)
        self._show_cursor(self.ticket_list.cursor_row)

    # --- preview and peek ----------------------------------------------------------------------------------------

    @on(TicketList.CursorMoved)
    def _moved(self, event: TicketList.CursorMoved) -> None:
        event.stop()
        self._later("preview", _PREVIEW_REST_SECONDS, lambda: self._show_cursor(event.row))

    @on(TicketList.Looked)
    def _looked(self, event: TicketList.Looked) -> None:
        event.stop()
        self._explain()
        self._peek(new_only=True)

    def _show_cursor(self, row: QueueRow | None) -> None:
        self._peek()
        if self.has_class("-wide"):
            self._preview(row)

    def _peek(self, *, new_only: bool = False) -> None:
        peek, tickets_shown = self.query_one(Peek), self.ticket_list
        peek.show(peek.row if new_only else tickets_shown.cursor_row, tickets_shown.new_count)

    @work(exclusive=True, group="preview")
    async def _preview(self, row: QueueRow | None) -> None:
        # Not at the start, which is without a preview on a small terminal.
        from itdesk.desk.queries import knowledge, tickets
        from itdesk.desk.queries.clocks import clocks
        from itdesk.ui.widgets.ticket_facts import Previewed, preview_lines

        panel = await self._preview_panel()
        if row is None:
            panel.show(lambda _: ())
            return

        def read(session: Session) -> Previewed:
            ticket = tickets.view(session, row.id)
            return Previewed(
                ticket,
                tickets.timeline(session, row.id),
                tickets.decisions_in_force(session, row.id),
                knowledge.fitting(session, ticket.subject, ticket.body, ticket.category, limit=2),
                clocks(session, row.id) if ticket.agreement is not None else (),
            )

        found = await self.read(read)
        if found is None:
            return

        def lines(width: int) -> list[TextLine]:
            return preview_lines(
                found,
                width,
                panel.size.height,
                me=self.desk.me.login,
                palette=roles(self),
                rulebook=self.desk.rulebook,
                zone=self.desk.zone,
                now=self.desk.clock(),
            )

        panel.show(lines, keep=False)

    async def _preview_panel(self) -> ScrollLines:
        """The panel beside the list; most terminals never have room for it."""
        for panel in self.query("#preview").results(ScrollLines):
            return panel
        panel = ScrollLines(id="preview")
        panel.can_focus = False
        await self.query_one("#body").mount(panel)
        return panel

    def on_resize(self) -> None:
        """It may be wide enough for the preview now, or not any more."""
        self._later("preview", _PREVIEW_REST_SECONDS, lambda: self._show_cursor(self.ticket_list.cursor_row))

    # --- the empty state -----------------------------------------------------------------------------------------

    def _nothing(self, ways: "_WaysOut") -> list[Content]:
        palette = roles(self)
        width, height = self.ticket_list.size.width, self.ticket_list.page_size
        told = [
            *((key, what, plural(n, "ticket") if n < _COUNT_LIMIT else "many") for key, what, n in ways.ways),
            ("n", "a new ticket", ""),
        ]
        if self._types:  # there these keys are letters
            told = [("esc" if self._query.faults else "enter", "to the list and its ways out", "")]
        widest = min(max(_LEAST_WAY, *(cell_len(what) for _, what, _ in told)), width - 4 - _BESIDE_WAY)
        left = " " * max(2, (width - widest - _BESIDE_WAY) // 2)
        lines = [
            content("Nothing here.", palette.text + BOLD),
            content(self._query.understood(), palette.dim),
            *(line for error in self._query.errors for line in content(error, palette.amber).wrap(width - len(left))),
            *(content(doubt, palette.amber) for doubt in ways.doubts),
            EMPTY,
            *(
                join(
                    fit(content(key, palette.accent + BOLD), 9, right=True),
                    "  ",
                    fit(content(what, palette.text), widest),
                    "  ",
                    fit(content(count, palette.dim), 12, right=True),
                )
                for key, what, count in told
            ),
        ]
        return [EMPTY] * max(0, height // 3 - 2) + [join(left, line) for line in lines]

    def _later(self, name: str, seconds: float, act: Callable[[], object], *, push_back: bool = True) -> None:
        """Do it after a while, once however often it is asked for; `push_back` begins the while anew each time."""
        waiting = self._rest.get(name)
        if waiting is not None and not push_back:
            return
        if waiting is not None:
            waiting.stop()

        def run() -> None:
            if self._rest.get(name) is timer:  # else it was asked again after this one had rung
                del self._rest[name]
                act()

        timer = self._rest[name] = self.set_timer(seconds, run)


def _position(order: Order, reverse: bool) -> Callable[[QueueRow], tuple[int, ...]]:
    """What sorts rows like the desk does."""
    sign = -1 if order.descending != reverse else 1
    return lambda row: tuple(sign * part for part in row.key(order))


def _nearest(rows: Sequence[QueueRow], at: QueueRow | None, position: Callable[[QueueRow], Any]) -> int | None:
    """The id of a ticket among these rows, or of the one that stands where it would; None where there is none."""
    if at is None or not rows:
        return None
    if any(row.id == at.id for row in rows):
        return at.id
    return next((row.id for row in rows if position(row) > position(at)), rows[-1].id)


def _left_out(query: Query) -> Sequence[str]:
    """What of a search was not understood, and that the rows are without it: in full, and in fewer and fewer words."""
    them = "it" if len(query.faults) == 1 else "them"
    parts = ", ".join(fault.part for fault in query.faults)
    helped = ", ".join(f"{fault.part}{fault.help}".rstrip(".") for fault in query.faults)
    return (
        f"{' '.join(query.errors)} The rows are without {them}.",
        f"{' '.join(query.errors)} Left out.",
        f"left out: {helped}",
        f"not understood, left out: {parts}",
        f"left out: {parts}",
    )


def _up_to(count: int) -> str:
    return f"{_COUNT_LIMIT - 1}+" if count >= _COUNT_LIMIT else str(count)


@dataclass(frozen=True, slots=True)
class _WaysOut:
    """What leads out of an empty list: (key, what it does, how many tickets it would show), and names to doubt."""

    ways: tuple[tuple[str, str, int], ...]
    doubts: tuple[str, ...]


def _read_window(session: Session, asked: "_Asked", at: QueueRow | None, want: Want) -> _Window:
    """Rows around `at`, or from the first or last one."""
    query, order, reverse, views, view, limit = asked
    offset: int | None = 0
    if at is not None:
        key = at.key(order)
        page = queue.around(session, query, order, key, reverse=reverse, limit=limit)
        if page.rows:
            offset = queue.count_before(
                session, query, order, page.rows[0].key(order), reverse=reverse, limit=_COUNT_LIMIT
            )
            offset = None if offset >= _COUNT_LIMIT else offset
    elif want is Want.LAST:
        turned = queue.page(session, query, order, reverse=not reverse, limit=limit)
        page = Page(tuple(reversed(turned.rows)), turned.more_after, False)
    else:
        page = queue.page(session, query, order, reverse=reverse, limit=limit)
    total = queue.count(session, query, limit=_COUNT_LIMIT)
    if want is Want.LAST and at is None:
        offset = None if total >= _COUNT_LIMIT else total - len(page.rows)
    ways = None if page.rows else _ways_out(session, query, views, view)
    return _Window(page, offset, total, ways)


def _ways_out(session: Session, query: Query, views: Sequence[View], at: int) -> _WaysOut:
    def count(text: str) -> int:
        return queue.count(session, parse(text), limit=_COUNT_LIMIT)

    ways = []
    if query.text:
        last = query.text.split()[-1]
        ways.append(("backspace", f"drop the last word “{last}”", count(query.text.rpartition(" ")[0])))
    if query.text != views[at].query.strip():
        ways.append(("esc", "clear the filter", count(views[at].query)))
    if len(views) > 1:
        key, beside = ("[", views[at - 1]) if at else ("]", views[1])
        ways.append((key, f"view {beside.title}", count(beside.query)))
    from itdesk.desk.queries.vocabulary import vocabulary
    from itdesk.domain.completion import doubts

    return _WaysOut(tuple(ways), tuple(doubts(query, vocabulary(session))))


class Peek(Lines):
    """One row about the ticket under the cursor; it stands in for the preview."""

    def __init__(self, desk: DeskContext) -> None:
        super().__init__()
        self._desk = desk
        self.row: QueueRow | None = None
        """The ticket that it tells about."""
        self._new = 0

    def show(self, row: QueueRow | None, new: int) -> None:
        """Show this ticket, and how many are new above."""
        self.row, self._new = row, new
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """Who asks, what about, who has it, what moved last; what is new."""
        del y
        palette, row = roles(self), self.row
        right = content(f"↑ {self._new} new ", palette.accent + BOLD) if self._new else EMPTY
        if row is None:
            return between(EMPTY, right, width)
        told = [
            row.requester,
            row.category,
            f"{row.team or 'no team'} L{row.level}",
            f"waiting: {row.waiting_reason}" if row.waiting_reason else "",
            f"changed {self._changed(row)}",
        ]
        room = width - 2 - right.cell_length
        for least_wanted in (2, 3, 1, 4):  # parts come whole or not at all
            if cell_len(" · ".join(filter(None, told))) <= room:
                break
            told[least_wanted] = ""
        facts = "".join(f" · {part}" for part in told[1:] if part)
        left = content(f" {row.requester}{facts}", palette.dim)  # one colour: bytes that every step costs
        return between(left, right, width)

    def _changed(self, row: QueueRow) -> str:
        return f"{age(self._desk.clock() - row.changed_at)} ago"
