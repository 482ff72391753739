"""A new ticket: who, what, and what the rules, the articles and the open tickets have to say to it while one types."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from itdesk.desk import intake
from itdesk.desk.errors import DatabaseProblem, DeskError, Refused
from itdesk.desk.intake import KeptForm, NewTicket
from itdesk.desk.queries.duplicates import Alike
from itdesk.desk.queries.outlook import Outlook, outlook
from itdesk.domain.decisions import Thing
from itdesk.domain.templates import Template
from itdesk.domain.text import safe
from itdesk.domain.ticket import Channel, Kind
from itdesk.ui.actions import BY_ID, Scope
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.drafts import NEW_TICKET, UnsavedTicket
from itdesk.ui.messages import GoBack, OpenTicket, Submitted
from itdesk.ui.screen import DeskScreen
from itdesk.ui.text import EMPTY, content, fit, join, plural
from itdesk.ui.theme import roles
from itdesk.ui.times import age, moment
from itdesk.ui.widgets.choice_list import Choice, ChoiceList
from itdesk.ui.widgets.form_blocks import LABEL, About, Head, Heading, WouldBe
from itdesk.ui.widgets.marked_text import MarkedArea, MarkedInput
from itdesk.ui.widgets.pick_line import PickLine
from itdesk.ui.widgets.status_bar import Hint, StatusBar

_LOOK_SECONDS = 0.2
_KEEP_SECONDS = 0.7
_PEOPLE, _ARTICLES, _ALIKE = 5, 3, 5
_CHANNELS = tuple(channel.value for channel in Channel if channel is not Channel.IMPORT)
_HIGH = 30
"""Rows from which on there is room for more than one likely duplicate."""
_TIGHT, _TIGHTER = 24, 16
"""Rows below which empty rows go, and then the lists of articles and duplicates."""

_IN_FIELD = (Hint("tab", "next"), Hint("esc", "leave the text"))
_IN_PEOPLE = (Hint("enter", "takes them"), Hint("↑↓", "others"), Hint("esc", "as typed"))
_IN_LISTS = {"solutions": "read", "alike": "open"}
"""The lists below the fields, and what `enter` does there."""

_LIST_KEYS = (Hint("j k", "others"), Hint("tab", "next"), Hint("esc", "leave"), Hint("s", "submit"))


class NewTicketScreen(DeskScreen):
    """The form. `esc` leaves its fields and loses nothing: then keys submit, override, discard, or go on writing."""

    SCOPE = Scope.FORM
    CSS_PATH = "new_ticket.tcss"
    BINDINGS = [
        *bindings(Scope.FORM),
        Binding("tab", "next_field", show=False),
        Binding("shift+tab", "previous_field", show=False),
        Binding("j,down", "other(1)", show=False),
        Binding("k,up", "other(-1)", show=False),
    ]
    AUTO_FOCUS = "#requester"

    def __init__(self, desk: DeskContext, kept: KeptForm | None = None) -> None:
        """`kept` is the draft to go on with."""
        super().__init__(desk)
        self._new = kept.new if kept else NewTicket("", channel=Channel.PHONE)
        self._kept_at = kept.saved_at if kept else None
        self._seen = Outlook()
        self._left = "#requester"
        self._sending = self._gone = False
        self._farewell: str | None = None
        self._offered_for = ""
        self._look_timer: Timer | None = None
        self._keep_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom: the fields, then what would become of it."""
        new = self._new
        yield Head()
        yield Static("", classes="space", markup=False)
        with Horizontal(classes="row"):
            yield Static("Requester", classes="label", markup=False)
            line = Input(
                safe(new.requester or ""),
                id="requester",
                compact=True,
                select_on_focus=False,
                placeholder="you, if empty",
            )
            line.cursor_blink = False
            yield line
            yield About(id="about")
        with Horizontal(classes="row"):
            yield Static("Channel", classes="label", markup=False)
            yield PickLine(_CHANNELS, new.channel.value, id="channel")
            yield About(id="open")
        yield Static("", classes="space", markup=False)
        with Horizontal(classes="row"):
            yield Static("Subject", classes="label", markup=False)
            yield MarkedInput(new.subject, id="subject")
        yield Static("", classes="space", markup=False)
        with Horizontal(id="writing"):
            yield Static("Text", classes="label", markup=False)
            yield MarkedArea(new.body, id="text")
        yield Static("", classes="space", markup=False)
        yield WouldBe()
        with Vertical(id="others"):
            yield Static("", classes="space", markup=False)
            yield Heading()
            yield ChoiceList(quiet=True, id="solutions")
            yield Static("", classes="space", markup=False)
            with Horizontal(classes="row", id="duplicates"):
                yield Static("Looks like", classes="label", markup=False)
                yield ChoiceList(quiet=True, id="alike")
        yield StatusBar()
        yield ChoiceList(id="people")

    def on_mount(self) -> None:
        """Go on where the draft ended."""
        self.query_one("#people").can_focus = False
        if self._kept_at is not None:
            self._announce_draft(self._kept_at)
        self._show()
        self._look()

    def _announce_draft(self, kept_at: datetime) -> None:
        """Say whose it is, and how to be rid of it; go on in the first field that is empty, else behind the text."""
        new, key = self._new, self._key_of("discard")
        since = moment(kept_at, self.desk.clock(), self.desk.zone)
        way_out = f" esc {key} throws it away." if key else ""
        self.say(f"Your draft from {since}, for {new.requester or 'you'}.{way_out}")
        area = self.query_one("#text", MarkedArea)
        area.move_cursor(area.document.end)
        first = "#requester" if not new.requester else "#text" if new.subject.strip() else "#subject"
        self.query_one(first).focus()

    # --- what stands in the form ---------------------------------------------------------------------------------

    @property
    def _requester(self) -> Input:
        return self.query_one("#requester", Input)

    @property
    def _people(self) -> ChoiceList:
        return self.query_one("#people", ChoiceList)

    @property
    def _writing(self) -> bool:
        """Whether the focus is in a field."""
        return isinstance(self.focused, Input | TextArea | PickLine)

    def _written(self) -> NewTicket:
        """The form as it stands."""
        return replace(
            self._new,
            requester=self._requester.value.strip() or None,
            channel=Channel(self.query_one("#channel", PickLine).picked),
            subject=self.query_one("#subject", Input).value,
            body=self.query_one("#text", TextArea).text,
        )

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(PickLine.Picked)
    def _typed(self) -> None:
        self._changed(self._written())

    def _changed(self, new: NewTicket) -> None:
        """Keep another form, and look what would become of it, in a moment of rest."""
        if new == self._new or self._gone:
            return  # fields also tell what they were given at their start
        self._note(new)
        for timer in (self._look_timer, self._keep_timer):
            if timer is not None:
                timer.stop()
        self._look_timer = self.set_timer(_LOOK_SECONDS, self._look)
        self._keep_timer = self.set_timer(_KEEP_SECONDS, self._keep)

    # --- what would become of it ---------------------------------------------------------------------------------

    def reload(self) -> None:
        """Look again, in the colours that are on now; keep what could not be kept."""
        self._show()
        self._look()
        self._keep()

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        new = self._new
        try:
            seen = await self.desk.threads.read(
                lambda session: outlook(session, new, people=_PEOPLE, articles=_ARTICLES, alike=_ALIKE)
            )
        except DatabaseProblem:
            return  # the app says so
        except DeskError:
            return  # it is said, with its reason, when the form is submitted
        if new == self._new and self.is_here:
            self._seen = seen
            self._show()

    def _show(self) -> None:
        seen, rulebook = self._seen, self.desk.rulebook
        self.query_one(Head).show(self._for(), self._new.channel.value.replace("_", " "))
        self._show_requester()
        self.query_one(WouldBe).show(seen, rulebook)
        self._show_marks()
        self._show_solutions()
        self._show_alike()
        self._show_people()

    def _for(self) -> str:
        typed = self._new.requester
        if typed is None:
            return "you"
        return self._seen.requester.name if self._seen.requester else typed

    def _show_requester(self) -> None:
        who, tickets = self._about()
        self.query_one("#about", About).show(who)
        self.query_one("#open", About).show(tickets)

    def _about(self) -> tuple[Content, Content]:
        """Who the requester is, and what they have open."""
        palette, found, typed = roles(self), self._seen.requester, self._new.requester
        if found is None:
            if typed is None or (self._seen.like and self._requester.has_focus):
                return EMPTY, EMPTY
            if "@" in typed:
                return content("not known yet: will be added", palette.accent), EMPTY
            return content("Nobody is called so.", palette.amber), content("Name <address> adds them", palette.dim)
        who = join(
            content(found.name, palette.text),
            content("".join(f" · {part}" for part in (found.department, found.site) if part), palette.dim),
        )
        if not found.open_count:
            return who, content("nothing open", palette.dim)
        more = ", …" if found.open_count > len(found.open_numbers) else ""
        return who, join(
            content(f"{found.open_count} open: ", palette.dim),
            content(", ".join(found.open_numbers), palette.accent),
            content(more, palette.dim),
        )

    def _show_marks(self) -> None:
        evidence = [item for decision in self._seen.decisions for item in decision.evidence]
        self.query_one(MarkedInput).mark([item.text for item in evidence if item.field == "subject"])
        self.query_one(MarkedArea).mark([item.text for item in evidence if item.field == "body"])

    def _show_solutions(self) -> None:
        palette = roles(self)
        room = max(20, self.size.width * 2 // 5)
        choices = [
            Choice(
                found.article.id,
                join(
                    content(f"{found.article.number:<{LABEL}}", palette.accent),
                    fit(content(found.article.title, palette.text), room),
                    content(f"  {' '.join(found.words[:4]) or 'same category'}", palette.dim),
                ),
                content(f"{found.percent} %", palette.text),
            )
            for found in self._seen.fits
        ]
        said = "no article fits" if self._new.subject.strip() else "articles that fit what you write"
        self.query_one("#solutions", ChoiceList).show(choices, empty=content(said, palette.dim))

    def _show_alike(self) -> None:
        """Open tickets that may be the same; each says how many there are, where not all have room."""
        palette, found = roles(self), self._seen.alike
        shown = self.query_one("#alike", ChoiceList)
        choices = []
        for at, alike in enumerate(found, 1):
            who = "same requester, " if alike.same_requester else ""
            count = f" · {at} of {len(found)}" if len(found) > max(1, shown.size.height) else ""
            said = f"{who}{age(self.desk.clock() - alike.opened_at)} ago{count}"
            what = join(content(f"{alike.number} ", palette.accent), content(alike.subject, palette.text))
            choices.append(Choice(alike, what, content(said, palette.dim)))
        shown.show(choices, empty=content("no open ticket of the last 7 days", palette.dim))

    # --- who it may be -------------------------------------------------------------------------------------------

    def _show_people(self) -> None:
        palette = roles(self)
        shown = self._seen.like if self._requester.has_focus else ()
        choices = [
            Choice(
                found.login,
                join(content(f"{found.login:<14} ", palette.accent), content(found.name, palette.text)),
                content(", ".join(filter(None, (found.department, found.site))), palette.dim),
            )
            for found in shown
        ]
        self._people.set_class(bool(choices), "shown")
        self._people.styles.height = max(1, len(choices))
        self._people.show(choices)
        self._offered_for = self._new.requester or ""
        self._show_hints()

    @property
    def _choosing(self) -> bool:
        """Whether people are offered."""
        return self._people.has_class("shown")

    def _hide_people(self) -> None:
        self._people.remove_class("shown")
        self._show_hints()

    def _take_person(self) -> None:
        """Take who is offered, unless more was typed since: then those are not meant."""
        choice = self._people.choice
        self._hide_people()
        if choice is not None and self._offered_for == (self._new.requester or ""):
            self._seen = replace(self._seen, like=())
            self._requester.value = str(choice.value)

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        if self._choosing:
            self._take_person()
        elif isinstance(event.choice.value, Alike):
            self.post_message(OpenTicket(event.choice.value.id))
        else:
            self.read_article()

    # --- drafts --------------------------------------------------------------------------------------------------

    def _note(self, new: NewTicket) -> None:
        """This is what is written now."""
        self._new = new
        self.desk.drafts.note(UnsavedTicket(new))

    @work(group="draft")
    async def _keep(self, sentence: str = "") -> None:
        if self.desk.drafts.at(NEW_TICKET) is not None:
            await self.say_once_kept((sentence or "Draft kept") if self._new.is_written else "")
        elif sentence:
            self.say(sentence)

    def note_text(self) -> None:
        """A field tells each letter by a message, and the last may still be on its way."""
        new = self._written()
        if new != self._new and not self._gone:
            self._note(new)

    def leave(self) -> str | None:
        """Keep what was written."""
        self.desk.keep_draft()
        if self._gone:
            return self._farewell
        return "Your text is kept: n goes on with it." if self._new.is_written else None

    def go_back(self) -> bool:
        """Not while the ticket is being opened, or since it is."""
        return self._sending

    def _forget(self) -> None:
        """Nothing is kept of this form any more."""
        self._gone = True
        self.desk.drafts.forget(NEW_TICKET)

    # --- focus ---------------------------------------------------------------------------------------------------

    def on_descendant_focus(self) -> None:
        """Other keys work in another place."""
        for row in self.query(Horizontal):
            row.set_class(row.has_focus_within, "active")  # :focus-within does not reach a label (Textual 8.2)
        if self._writing and self.focused is not None:
            self._left = f"#{self.focused.id}"
        if self._choosing and not self._requester.has_focus:
            self._people.remove_class("shown")
        self._show_requester()
        self._show_hints()

    def _show_hints(self) -> None:
        hints: Sequence[Hint]
        if self._choosing:
            hints = _IN_PEOPLE
        elif self._writing:
            hints = _IN_FIELD
        elif self.focused is not None and self.focused.id in _IN_LISTS:
            hints = (Hint("enter", _IN_LISTS[self.focused.id]), *_LIST_KEYS)
        else:
            hints = [
                hint for hint in self.action_hints(self.SCOPE) if self.desk.editor or hint.word != BY_ID["edit"].title
            ]
        self.query_one(StatusBar).set_hints(hints)

    def on_resize(self) -> None:
        """Below 24 rows empty rows go first."""
        self.set_class(self.size.height < _TIGHT, "-tight")
        self.set_class(self.size.height < _TIGHTER, "-tighter")
        self.set_class(self.size.height >= _HIGH, "-tall")
        self._show_solutions()
        self.call_after_refresh(self._show_alike)

    def action_next_field(self) -> None:
        """Take who is offered, and go on to the next field."""
        if self._choosing:
            self._take_person()
        self.focus_next(self._fields())

    def action_previous_field(self) -> None:
        """Back to the field before."""
        self.focus_previous(self._fields())

    def _fields(self) -> str:
        """Where `tab` goes."""
        lists = [*(["#solutions"] if self._seen.fits else []), *(["#alike"] if self._seen.alike else [])]
        return ", ".join(["Input", "PickLine", "TextArea", *lists])

    def action_other(self, step: int) -> None:
        """Another person, article or field."""
        if self._choosing:
            self._people.move(step)
        elif isinstance(self.focused, ChoiceList):
            self.focused.move(step)
        elif step > 0:
            self.action_next_field()
        else:
            self.action_previous_field()

    @on(Input.Submitted)
    @on(PickLine.Submitted)
    def _entered(self) -> None:
        self.action_next_field()

    def close_one(self) -> None:
        """The people offered, the field, the form: one after the other."""
        if self._choosing:
            self._hide_people()
        elif self._writing or isinstance(self.focused, ChoiceList):
            self.query_one(WouldBe).focus()
            self._keep("Your text is kept" if self._new.is_written else "")
        else:
            self.post_message(GoBack())

    # --- keys ----------------------------------------------------------------------------------------------------

    def action_write_on(self) -> None:
        """Read the article or open the ticket under the cursor, or go back into the field that was left."""
        if self.query_one("#solutions").has_focus:
            self.read_article()
        elif isinstance(self.focused, ChoiceList):
            choice = self.focused.choice
            if choice is not None:
                self.post_message(OpenTicket(choice.value.id))
        else:
            self.query_one(self._left).focus()

    def action_edit(self) -> None:
        """Write the text on in $EDITOR."""
        from itdesk.ui.editor import EditorFailed, edited

        area = self.query_one("#text", MarkedArea)
        try:
            area.text = safe(edited(self.app, self.desk, area.text), multiline=True)
        except EditorFailed as failed:
            self.say(str(failed), alarm=True)

    @work(group="verb")
    async def read_article(self) -> None:
        """Read the article under the cursor, above the form."""
        from itdesk.ui.dialogs.article import ArticleDialog

        choice = self.query_one("#solutions", ChoiceList).choice
        found = next((found for found in self._seen.fits if choice and found.article.id == choice.value), None)
        if found is not None:
            await self.app.push_screen_wait(ArticleDialog(self.desk, found.article, found.words))

    @work(group="verb")
    async def action_submit(self) -> None:
        """Open the ticket; a refusal leaves the form as it is."""
        if self._sending:
            return
        new = self._new
        if not new.subject.strip():
            await self._keep().wait()  # so that nothing is said of the draft over what comes now
            self.query_one("#subject").focus()
            self.say("A subject is needed: say in a few words what is wrong or wanted.", alarm=True)
            return
        self._sending = True
        await self._keep().wait()  # neither a refusal nor a line that is cut now may cost a word
        change = await self.write(lambda session: intake.submit(session, new, drafted=True))
        self._sending = change is not None  # the app leaves the form then
        if change is not None:
            self._forget()
            self.post_message(Submitted(change))

    @work(group="verb")
    async def action_discard(self) -> None:
        """Throw the text away, if the person is sure."""
        written = len(f"{self._new.subject} {self._new.body}".split())
        if written and not await self.sure_to_discard(f"{plural(written, 'word')} that nobody has seen yet."):
            return
        self._forget()
        self._farewell = "The text is gone."
        await self.read(intake.discard_draft, after_writes=True)
        self.post_message(GoBack())

    @work(group="verb")
    async def action_category(self) -> None:
        """Choose a category, or leave it to the rules again."""
        from itdesk.ui.dialogs.choose import ChooseDialog

        dim = roles(self).dim
        choices = [Choice("", content("as the rules decide"))]
        choices += [
            Choice(leaf.path, content(leaf.path), content(leaf.title, dim)) for leaf in self.desk.rulebook.leaves()
        ]
        decided = self._seen.of(Thing.CATEGORY)
        picked = await self.app.push_screen_wait(
            ChooseDialog("Category of the new ticket", choices, current=decided.value if decided else "")
        )
        if isinstance(picked, str):
            self._changed(replace(self._new, category=picked or None))

    @work(group="verb")
    async def action_priority(self) -> None:
        """Choose impact and urgency."""
        from itdesk.ui.dialogs.priority import PriorityDialog

        impact, urgency = self._seen.of(Thing.IMPACT), self._seen.of(Thing.URGENCY)
        desk = self.desk.rulebook.desk
        asked = await self.app.push_screen_wait(
            PriorityDialog(
                "Priority of the new ticket",
                self.desk.rulebook.priorities,
                impact.value if impact else desk.default_impact,
                urgency.value if urgency else desk.default_urgency,
                by_hand=False,
            )
        )
        if asked is not None:
            self._changed(replace(self._new, impact=asked.impact, urgency=asked.urgency))

    @work(group="verb")
    async def action_kind(self) -> None:
        """Say what it is, or leave it to the rules again."""
        from itdesk.ui.dialogs.choose import ChooseDialog

        choices = [Choice("", content("as the rules decide"))]
        choices += [Choice(kind.value, content(kind.value)) for kind in (Kind.INCIDENT, Kind.REQUEST)]
        decided = self._seen.of(Thing.KIND)
        picked = await self.app.push_screen_wait(
            ChooseDialog("Kind of the new ticket", choices, current=decided.value if decided else "")
        )
        if isinstance(picked, str):
            self._changed(replace(self._new, kind=Kind(picked) if picked else None))

    @work(group="verb")
    async def action_template(self) -> None:
        """Choose a template, and fill in what it needs; what is written already stays."""
        from itdesk.desk.templates import fill
        from itdesk.ui.dialogs.choose import ChooseDialog

        dim, templates = roles(self).dim, self.desk.rulebook.templates
        if not templates:
            self.say("This desk has no templates; an administrator writes them into templates.yaml.", alarm=True)
            return
        choices = [Choice(at, content(one.title), content(one.name, dim)) for at, one in enumerate(templates)]
        picked = await self.app.push_screen_wait(ChooseDialog("Begin with a template", choices))
        if not isinstance(picked, int):
            return
        template, values = templates[picked], dict[str, str]()
        wrong = ""
        while True:
            asked = await self._ask_fields(template, values, wrong)
            if asked is None:
                return
            values = dict(asked)
            try:
                self._take_over(fill(template, values, self._new))
            except Refused as refused:
                wrong = str(refused)
                continue
            self.form_is_done()
            self.say(f"{template.title}: filled in")
            return

    async def _ask_fields(self, template: Template, values: Mapping[str, str], wrong: str) -> Mapping[str, str] | None:
        from itdesk.ui.dialogs.form import Field, FormDialog

        if not template.fields:
            return {}
        fields = [
            Field(
                field.name,
                field.caption,
                needed=field.required,
                value=values.get(field.name, ""),
                placeholder=" / ".join(field.choices) or ("" if field.required else "may stay empty"),
            )
            for field in template.fields
        ]
        return await self.fill_in(FormDialog(template.title, fields, verb="fill in", wrong=wrong))

    def _take_over(self, new: NewTicket) -> None:
        """Show what was filled in."""
        self._changed(new)
        self.query_one("#subject", Input).value = safe(new.subject)
        self.query_one("#text", TextArea).text = safe(new.body, multiline=True)
