"""The schedule: who is on shift, on call, away or at an appointment, hour by hour, and what is to be settled."""

from calendar import monthrange
from collections.abc import Callable, Coroutine, Sequence
from datetime import date, timedelta
from enum import Enum
from functools import partial
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from itdesk.desk.change import Change
from itdesk.desk.queries.feed import News
from itdesk.desk.queries.schedule import Scheduled, scheduled, to_settle
from itdesk.domain.people import STAFF
from itdesk.domain.schedule import Absence, OnCall
from itdesk.domain.schedule_words import span_text
from itdesk.ui.actions import BY_ID, Scope, keys_of, shown
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.messages import OpenTicket
from itdesk.ui.text import EMPTY, between, content, fit, join, plural
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.times import short_date
from itdesk.ui.typeahead import VERB, WINDOW
from itdesk.ui.verbs import Ticket, TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.schedule_grid import ScheduleGrid
from itdesk.ui.widgets.schedule_page import Detail, Spot
from itdesk.ui.widgets.status_bar import StatusBar
from itdesk.ui.widgets.top_bar import TopBar
from itdesk.ui.widgets.view_tabs import ViewTabs

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_WHO_CELLS, _WHAT_CELLS = 12, 16


class Page(Enum):
    """What is shown: its title, how many days (0: a month), and of a grid what a column stands for."""

    WEEK = ("Week", 7, Detail.HOUR)
    TWO_WEEKS = ("Two weeks", 14, Detail.DAY)
    MONTH = ("Month", 0, Detail.SIGN)
    ON_CALL = ("On call", 28, None)
    ABSENCES = ("Absences", 28, None)

    @property
    def title(self) -> str:
        """As the tab names it."""
        title: str = self.value[0]
        return title

    @property
    def detail(self) -> Detail | None:
        """What a column stands for; None for a list."""
        detail: Detail | None = self.value[2]
        return detail

    def first(self, day: date) -> date:
        """The first day of the page on which a day is: a Monday, or the first of its month."""
        return day.replace(day=1) if self is Page.MONTH else day - timedelta(days=day.weekday())

    def last(self, first: date) -> date:
        """The last day of the page that begins on a day."""
        return self.later(first, 1) - _DAY if self is Page.MONTH else first + (self.value[1] - 1) * _DAY

    def later(self, day: date, steps: int) -> date:
        """The day so many weeks later; on the page of a month so many months, on its last day where it is shorter."""
        if self is not Page.MONTH:
            return day + steps * _WEEK
        year, month = divmod(day.year * 12 + day.month - 1 + steps, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

    @property
    def is_list(self) -> bool:
        """Whether it is a list, not a grid."""
        return self.detail is None


_PAGES = tuple(Page)


class ScheduleScreen(TicketScreenWithVerbs):
    """Grids of a week (hour by hour), two and a month (day by day); lists of duty on call and of absences."""

    SCOPE = Scope.SCHEDULE
    CSS_PATH = "schedule.tcss"
    BINDINGS = bindings(Scope.SCHEDULE)
    AUTO_FOCUS = "ScheduleGrid"

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self._page = Page.WEEK
        self._first = self._page.first(self._today)
        self._team: str | None = None
        self._of: Scheduled | None = None
        self._old = False
        self._passing = False
        """Whether what stands in the status bar may go as soon as the cursor moves on."""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TopBar("4", self.desk.clock(), self.desk.zone)
        yield ViewTabs([page.title for page in _PAGES], 0)
        yield Asked()
        yield ScheduleGrid()
        yield ChoiceList()
        yield Spoken()
        yield StatusBar()

    def on_mount(self) -> None:
        """Read the week of today."""
        self.grid.say("Reading the schedule …")
        self._show_tabs()
        self.reload()

    @property
    def grid(self) -> ScheduleGrid:
        """The grid."""
        return self.query_one(ScheduleGrid)

    @property
    def _list(self) -> ChoiceList:
        return self.query_one(ChoiceList)

    @property
    def _today(self) -> date:
        return self.desk.clock().astimezone(self.desk.zone).date()

    # --- reading -------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read anew what is shown."""
        self._reload()

    @work(exclusive=True, group=WINDOW)
    async def _reload(self) -> None:
        await self._read_schedule()

    async def _read_schedule(self) -> None:
        page, first, team = asked = self._page, self._first, self._team
        found = await self.read(lambda session: scheduled(session, first, page.last(first), team=team))
        if asked != (self._page, self._first, self._team):
            return
        if found is None:
            if self.is_here and self._of is None:
                self.grid.say(f"The schedule could not be read. {self._key('refresh')} tries again.")
            return
        self._of, self._old = found, False
        self._show()

    def _show(self) -> None:
        of = self._of
        if of is None:
            return
        self.set_class(self._page.is_list, "listed")
        self._show_tabs()
        self.query_one(Asked).show(self._team, self._numbers(of))
        detail = self._page.detail
        if detail is None:
            self._list.show(self._listed(of), empty=self._empty())
            self._focus(self._list)
        else:
            levels = {team.name: team.level for team in self.desk.rulebook.desk.teams}
            now, me = self.desk.clock(), self.desk.me.id
            empty = f"No shifts yet. {self._key('plan')} adds one; whoever has none counts as always there."
            hint = f"{self._key('open')} jumps there · {self._key('ask_cover')} asks for cover"
            self.grid.show(of, detail=detail, now=now, levels=levels, me=me, empty=empty, hint=hint)
            self._focus(self.grid)

    def _focus(self, widget: Widget) -> None:
        """Another page has the keys; a widget that has them already would be painted anew."""
        if not widget.has_focus:
            widget.focus()

    def _numbers(self, of: Scheduled) -> str:
        """`12 people · Warsaw time · 2 conflicts, 1 gap`."""
        left = to_settle(of, self.desk.clock())
        gaps, visits = sum(one.team_id is not None for one in left), sum(one.what is None for one in left)
        counted = ((len(left) - gaps - visits, "conflict"), (gaps, "gap"), (visits, "open visit"))
        told = ", ".join(plural(count, noun) for count, noun in counted if count) or "nothing to settle"
        zone = str(of.zone).rpartition("/")[2].replace("_", " ")
        people = f"{len(of.people)} {'person' if len(of.people) == 1 else 'people'}"
        return f"{people} · {zone} time · {told}"

    def _show_tabs(self) -> None:
        first, days = self._first, self._span
        if self._page is Page.MONTH:
            days = f"{first:%B %Y}"
        elif self._page is Page.WEEK:
            days = f"Week {first.isocalendar().week} · {days}" if self.size.width >= 80 else days
        keys = f"{self._key('week_before')} {days} {self._key('week_after')}"
        self.query_one(ViewTabs).show([page.title for page in _PAGES], _PAGES.index(self._page), (), keys=keys)

    @property
    def _span(self) -> str:
        """`16 Nov to 22 Nov`."""
        return f"{short_date(self._first)} to {short_date(self._page.last(self._first))}"

    def _key(self, action: str) -> str:
        keys = keys_of(BY_ID[action], self.desk.keymap)
        return shown(keys[0]) if keys else ""

    # --- lists ---------------------------------------------------------------------------------------------------

    def _listed(self, of: Scheduled) -> list[Choice]:
        rows: list[tuple[Any, Choice]] = []
        palette = roles(self)
        for person in of.people:
            things: Sequence[OnCall | Absence] = (
                person.plan.on_call if self._page is Page.ON_CALL else person.plan.absences
            )
            for one in things:
                what = of.team_names.get(one.team_id, "") if isinstance(one, OnCall) else one.reason
                when = span_text(one.start, one.end, of.zone)
                left = join(
                    fit(content(person.login, palette.text + BOLD), _WHO_CELLS),
                    " ",
                    fit(content(what, palette.text), _WHAT_CELLS),
                    "  ",
                    content(when, palette.text),
                )
                rows.append(((one.start, person.login), Choice((person.id, one.id), left)))
        return [choice for _, choice in sorted(rows, key=lambda row: row[0])]

    def _empty(self) -> Content:
        what = "Nobody is on call" if self._page is Page.ON_CALL else "Nobody is away"
        return content(f"{what} from {self._span}. {self._key('plan')} adds to it.", roles(self).text)

    def _listed_spot(self) -> Spot | None:
        """The person, and the one thing that the list's cursor is on."""
        of, choice = self._of, self._list.choice
        person = of.person(choice.value[0]) if of is not None and choice is not None else None
        if of is None or choice is None or person is None:
            return None
        absences = tuple(
            one for one in person.plan.absences if self._page is Page.ABSENCES and one.id == choice.value[1]
        )
        on_call = tuple(one for one in person.plan.on_call if self._page is Page.ON_CALL and one.id == choice.value[1])
        begins = [one.start for one in absences] + [one.start for one in on_call]
        start = max(begins[0], of.start)
        day = start.astimezone(of.zone).date()
        return Spot(day, start, start, None, person, absences=absences, on_call=on_call)

    # --- what the desk tells -------------------------------------------------------------------------------------

    def news(self, news: News) -> None:
        """Shifts, people, visits, load: read them anew, now or when one comes back."""
        del news
        self._old = True
        if self.is_current:
            self.reload()

    def tick(self) -> None:
        """What is over need not be settled; midnight makes another today."""
        if self.is_current and self._of is not None:
            self.reload()

    def on_screen_resume(self) -> None:
        """Somebody looks again."""
        if self._old:
            self.reload()

    async def acted(self, change: Change) -> None:
        """Show what was done before the next key acts on it."""
        del change
        await self._read_schedule()

    def on_resize(self) -> None:
        """There may be room for more words."""
        self._show_tabs()

    @on(ScheduleGrid.Moved)
    def _moved(self, event: ScheduleGrid.Moved) -> None:
        self.query_one(Spoken).show(self.grid.words, self.grid.legend)
        if self._passing and event.by_hand:
            self.say("")

    def say(
        self,
        sentence: str,
        *,
        alarm: bool = False,
        stays: bool = False,
        offers: Sequence[str] = (),
        in_one_row: bool = False,
    ) -> None:
        """Say what happened; a remark stands until the cursor moves on."""
        self._passing = bool(sentence) and not offers
        super().say(sentence, alarm=alarm, stays=stays, offers=offers, in_one_row=in_one_row)

    def subject(self) -> str:
        """The cell under the cursor, for the palette."""
        spot = self._listed_spot() if self._page.is_list else self.grid.spot
        if spot is None or spot.person is None:
            return ""
        return f"{spot.person.login}, {spot.day:%a} {spot.day.day} {spot.day:%b}"

    def targets(self) -> Sequence[Ticket]:
        """Verbs of tickets have no keys here."""
        return ()

    # --- where to ------------------------------------------------------------------------------------------------

    def action_next_view(self) -> None:
        """The next page."""
        self._turn_page(1)

    def action_previous_view(self) -> None:
        """The page before."""
        self._turn_page(-1)

    def _turn_page(self, step: int) -> None:
        self._turn_to(_PAGES[(_PAGES.index(self._page) + step) % len(_PAGES)])

    def _turn_to(self, page: Page) -> None:
        """To another page, which shows the cursor's day."""
        self._page, self._first = page, page.first(self.grid.day or self._first)
        self._show_tabs()
        self.reload()

    def action_week_before(self) -> None:
        """A week back, or a month."""
        self._go(-1)

    def action_week_after(self) -> None:
        """A week on, or a month."""
        self._go(1)

    def _go(self, steps: int) -> None:
        self._first = self._page.later(self._first, steps)
        if self.grid.day is not None:
            self.grid.go_to_day(self._page.later(self.grid.day, steps))
        self._show_tabs()
        self.reload()

    @on(ScheduleGrid.Left)
    def _left(self, event: ScheduleGrid.Left) -> None:
        """Over the edge: the days beside."""
        if self.grid.day is None:
            return
        self._first = self._page.later(self._first, event.step)
        self.grid.go_to_day(self.grid.day + event.step * _DAY)
        self._show_tabs()
        self.reload()

    def action_today(self) -> None:
        """To this hour of today."""
        now = self.desk.clock().astimezone(self.desk.zone)
        self._first = self._page.first(now.date())
        self.grid.go_to_day(now.date(), now.hour)
        self._show_tabs()
        self.reload()

    @work(group=VERB)
    async def action_team(self) -> None:
        """One team, or all."""
        choices = [self.plain_choice("", "all teams")]
        choices += [self.plain_choice(team.name, team.title, team.name) for team in self.desk.rulebook.desk.teams]
        picked = await self.choose("Team", choices, current=self._team or "")
        if picked is not None:
            self._team = picked or None
            await self._read_schedule()

    def action_to_settle(self) -> None:
        """To what is to be settled, and back."""
        if self._page.is_list:
            self._turn_to(Page.WEEK)
        else:
            self.grid.toggle_settle()

    def action_down(self) -> None:
        """The row below."""
        self._list.move(1) if self._page.is_list else self.grid.move_down(1)

    def action_up(self) -> None:
        """The row above."""
        self._list.move(-1) if self._page.is_list else self.grid.move_down(-1)

    def action_right(self) -> None:
        """The hour after."""
        if not self._page.is_list:
            self.grid.move_right(1)

    def action_left(self) -> None:
        """The hour before."""
        if not self._page.is_list:
            self.grid.move_right(-1)

    def action_day_after(self) -> None:
        """The same hour of the next day."""
        if not self._page.is_list:
            self.grid.move_day(1)

    def action_day_before(self) -> None:
        """The same hour of the day before."""
        if not self._page.is_list:
            self.grid.move_day(-1)

    def action_first(self) -> None:
        """The first row."""
        self._list.turn(-99) if self._page.is_list else self.grid.to_end(last=False)

    def action_last(self) -> None:
        """The last row."""
        self._list.turn(99) if self._page.is_list else self.grid.to_end(last=True)

    def turn(self, pages: float) -> None:
        """What is in front, by pages."""
        self._list.turn(pages) if self._page.is_list else self.grid.turn(pages)

    @on(ScheduleGrid.Opened)
    def action_open(self) -> None:
        """The ticket of an appointment, else from a day its week; from what is to be settled, the place of it."""
        if self._page.is_list:
            self._show_in_week()
            return
        if self.grid.settle is not None:
            self.grid.jump_to(self.grid.settle)
            return
        spot = self.grid.spot
        if spot is None or self._of is None:
            return
        if not spot.appointments and self._page is not Page.WEEK:
            self.grid.go_to_day(spot.day)
            self._turn_to(Page.WEEK)
            return
        if not spot.appointments:
            self.say(f"No visit here. {self._key('plan')} adds something.")
            return
        ticket = spot.appointments[0].ticket_id
        if ticket in self._of.tickets:
            self.post_message(OpenTicket(ticket))
        else:
            self.say("You may not see this ticket.")

    @on(ChoiceList.Chosen)
    def _show_in_week(self) -> None:
        """From a list to the person's week."""
        spot = self._listed_spot()
        if spot is None or spot.person is None:
            return
        self.grid.go_to_person(spot.person.id, spot.day)
        self._turn_to(Page.WEEK)

    # --- what one can do -----------------------------------------------------------------------------------------

    def _spot(self) -> Spot | None:
        """What the verbs act on; from what is to be settled one jumps to the place that it is about."""
        if self._page.is_list:
            return self._listed_spot()
        if self.grid.settle is not None:
            self.grid.jump_to(self.grid.settle)
        return self.grid.spot

    def _blank(self) -> Spot:
        """A spot of one's own where the cursor stands on nothing."""
        start = self.desk.clock()
        return Spot(self.grid.day or self._today, start, start, None, None)

    def _may_change(self) -> bool:
        if self.desk.me.role not in STAFF:
            self.say("You may look at the schedule, but not change it.")
        return self.desk.me.role in STAFF

    def _act(self, name: str, verb: Callable[[Scheduled, Spot, Spot], Coroutine[Any, Any, None]]) -> None:
        self.begun = name
        if not self._may_change():
            return
        spot = self._spot()
        if spot is None or self._of is None:
            self.say(f"There is nothing here. {self._key('plan')} adds something.")
        else:
            day = None if self._page.is_list else self.grid.day_spot
            self.run_worker(verb(self._of, spot, day or spot), group=VERB)

    def action_plan(self) -> None:
        """Add something."""
        from itdesk.ui.verbs import schedule

        self.begun = "plan"
        kind = {Page.ON_CALL: "on_call", Page.ABSENCES: "absence"}.get(self._page)
        if self._may_change():
            self.run_worker(schedule.add(self, self._spot() or self._blank(), kind), group=VERB)

    def action_move(self) -> None:
        """Move what stands here."""
        from itdesk.ui.verbs import schedule

        self._act("move", partial(schedule.move, self))

    def action_swap(self) -> None:
        """Swap a shift."""
        from itdesk.ui.verbs import schedule

        self._act("swap", partial(schedule.swap, self))

    def action_remove(self) -> None:
        """Delete what stands here; asks first."""
        from itdesk.ui.verbs import schedule

        self._act("remove", partial(schedule.remove, self))

    def action_ask_cover(self) -> None:
        """Ask who could step in where something is to be settled; names them first."""
        from itdesk.ui.verbs import schedule

        if not self._may_change():
            return
        one = None if self._page.is_list else self.grid.to_settle_here
        if one is None:
            self.say(f"Nothing is to be settled here. {self._key('to_settle')} goes to what is.")
        else:
            self.run_worker(schedule.ask_cover(self, one), group=VERB)

    def action_person(self) -> None:
        """The card of the person whose row it is."""
        from itdesk.ui.verbs import people

        login = self._login_here()
        if login:
            self.run_worker(people.show(self, login), group=VERB)
        else:
            self.say(f"Nobody stands here. {self._key('people')} looks somebody up.")

    def action_people(self) -> None:
        """Look somebody up, also who has left."""
        from itdesk.ui.verbs import people

        self.run_worker(people.look_up(self, self._login_here()), group=VERB)

    def _login_here(self) -> str:
        """Whose row it is, or whom it is about that is to be settled; empty where that is nobody."""
        settle = None if self._page.is_list else self.grid.settle
        if settle is not None and self._of is not None:
            return self._of.login(settle.person_id)
        spot = self._listed_spot() if self._page.is_list else self.grid.spot
        return spot.person.login if spot is not None and spot.person is not None else ""

    def action_export(self) -> None:
        """Write a calendar file."""
        from itdesk.ui.verbs import schedule

        spot = self._listed_spot() if self._page.is_list else self.grid.spot
        self.run_worker(schedule.export(self, spot, self._team, self._first), group=VERB)


class Asked(Lines):
    """Which team is shown, and what of."""

    def __init__(self) -> None:
        super().__init__()
        self._team: str | None = None
        self._numbers = ""

    def show(self, team: str | None, counts: str) -> None:
        """Show this."""
        self._team, self._numbers = team, counts
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The one line."""
        del y
        palette = roles(self)
        team = content(f" {self._team or 'all teams'}", palette.text)
        return between(join(content(" /", palette.accent), team), content(f"{self._numbers} ", palette.dim), width)


class Spoken(Lines):
    """The cell under the cursor in words; where they leave a line, what the signs mean."""

    def __init__(self) -> None:
        super().__init__()
        self._words = EMPTY
        self._signs: Sequence[tuple[str, Style, str]] = ()

    def show(self, words: Content, signs: Sequence[tuple[str, Style, str]]) -> None:
        """Show these words; `signs` are the legend's, each with its style and what it means."""
        self._words, self._signs = words, signs
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """A line of the words, or the legend."""
        rows = self._words.wrap(max(10, width - 2))
        if y < len(rows):
            last = y == self.size.height - 1 and len(rows) > y + 1
            return join(" ", rows[y], " …" if last else "")
        return self._legend(width) if y == 1 and self._words else EMPTY

    def _legend(self, width: int) -> Content:
        """As many signs as fit whole."""
        dim, legend = roles(self).dim, content(" ")
        for sign, style, word in self._signs:
            told = join(content(sign, style), content(f" {word}   ", dim))
            if legend.cell_length + told.cell_length - 3 <= width:
                legend = join(legend, told)
        return legend
