"""What all screens share: bars, hints, the way to the desk, and what happens when the desk does not answer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.theme import Theme

from itdesk.desk.errors import DatabaseProblem, DeskError, ReadOnly, Refused, Uncertain
from itdesk.desk.session import Session
from itdesk.ui.actions import BY_ID, Scope, hints, keys_of, shown
from itdesk.ui.context import DeskContext
from itdesk.ui.drafts import UnsavedForm, ends_drafts, was_handed
from itdesk.ui.frames import FramedScreen
from itdesk.ui.messages import Acted, DatabaseTrouble, Told
from itdesk.ui.text import content
from itdesk.ui.theme import roles
from itdesk.ui.widgets.status_bar import Hint, StatusBar
from itdesk.ui.widgets.top_bar import TopBar

if TYPE_CHECKING:  # nothing is changed, and nothing new, before the first screen is seen
    from itdesk.desk.change import Change
    from itdesk.desk.form_drafts import About
    from itdesk.desk.queries.feed import News
    from itdesk.ui.dialogs.form import Field, FormDialog
    from itdesk.ui.widgets.choice_list import Choice

T = TypeVar("T")

_WAITING_SECONDS = 0.5
_WAITING = "The desk has not answered yet: what you did waits for the database."


def _size_classes(app: App[object], size: Size) -> str:
    """The classes that a screen gets for a size: known at once, its styles are read only once."""
    bands = ((app.HORIZONTAL_BREAKPOINTS, size.width), (app.VERTICAL_BREAKPOINTS, size.height))
    return " ".join(
        max(one for one in breakpoints if one[0] <= cells)[1] for breakpoints, cells in bands if breakpoints
    )


class DeskScreen(FramedScreen[None], inherit_bindings=False):
    """A full screen. Its keys are the actions of its scope."""

    SCOPE: ClassVar[Scope]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(classes=_size_classes(self.app, self.app.size))
        self.desk = desk
        self._trouble: str | None = None
        """What this screen says that the database said."""
        self._left_open = ""
        """What became of what was asked of the silent database on this screen, as a sentence; empty for nothing."""
        self._said_after = desk.told if desk.told_at is None else None
        """The last act of this person that what stands in the status bar here is not older than."""
        self.begun = ""
        """The verb that the last key began; empty for none."""

    @property
    def scope(self) -> Scope:
        """Whose keys work now: the screen's own, or those of what is open on it."""
        return self.SCOPE

    # --- what the person is told ---------------------------------------------------------------------------------

    def say(
        self,
        sentence: str,
        *,
        alarm: bool = False,
        stays: bool = False,
        offers: Sequence[str] = (),
        in_one_row: bool = False,
    ) -> None:
        """Say in the status bar what happened; `offers` are actions (ids) that belong to it, such as `undo`.

        An alarm that `stays` is shown whole until something else is said. `in_one_row`: cut where it is long, so that
        nothing moves.
        """
        self._said_after = self.desk.told
        keys = [(keys_of(BY_ID[one], self.desk.keymap), BY_ID[one].title) for one in offers]
        shown_offers = [Hint(shown(own[0]), title) for own, title in keys if own]
        for bar in self.query(StatusBar):
            bar.say(sentence, alarm=alarm, stays=stays, offers=shown_offers, in_one_row=in_one_row)
        if alarm:
            self.desk.told_at = self.desk.clock()

    def unsay(self, sentence: str) -> None:
        """Say no more what was said, where that stands there still."""
        for bar in self.query(StatusBar):
            if bar.said == content(sentence).plain:
                bar.say("")

    def key_pressed(self, *, leaves: bool = False) -> None:
        """What was said before a key was pressed takes no more room than a row; `leaves`: the key closes something."""
        for bar in self.query(StatusBar):
            bar.shorten(at_once=leaves)

    def copy(self, text: str, what: str, action: str = "copy") -> None:
        """Send a text to the clipboard and say what; `action` is the one whose key, pressed again, shows the text."""
        self.app.copy_to_clipboard(text)
        keys = keys_of(BY_ID[action], self.desk.keymap)
        again = f" {shown(keys[0])} again shows it." if keys else ""
        self.say(f"Sent to the terminal's clipboard: {what}.{again}")

    def on_mount(self) -> None:
        """Offer this screen's keys; follow the theme. (Textual runs it after the one of the screen itself.)"""
        self.show_hints()
        self.count_notices()
        self.app.theme_changed_signal.subscribe(self, self.recoloured)

    def on_screen_resume(self) -> None:
        """What was done last is said here too, in place of what is older; and the silence of the database is told."""
        if self.desk.trouble != self._trouble:
            self.show_state()
        told, is_read = self.desk.told, self.desk.told_at is None
        if told is not None and told is not self._said_after and (self.query_one(StatusBar).said or not is_read):
            self.tell(told, in_one_row=is_read)

    def show_hints(self) -> None:
        """The keys of this screen in the status bar."""
        self.query_one(StatusBar).set_hints(self.action_hints(self.SCOPE))

    def recoloured(self, theme: Theme) -> None:
        """Another theme is on: what widgets hold was made in the colours of the one before."""
        del theme
        self.reload()

    def action_hints(self, scope: Scope, only: Sequence[str] | None = None) -> list[Hint]:
        """The hints of a scope, with the user's keys; `only` of the actions with these ids."""
        return [
            Hint(shown(keys[0]), action.title)
            for action in hints(scope)
            if (only is None or action.id in only) and (keys := keys_of(action, self.desk.keymap))
        ]

    def show_state(self) -> None:
        """The time passed, or the database fell silent or answers again."""
        for top in self.query(TopBar):
            top.show(
                self.desk.clock(),
                frozen=self.frozen,
                stale_since=self.desk.stale_since,
                swept_at=self.desk.swept_at,
            )
            top.count_notices(self.desk.unread)
        if self.desk.trouble is not None or self._trouble is not None:
            self._show_trouble(self.desk.trouble)
        self._trouble = self.desk.trouble
        self.tick()

    def _show_trouble(self, trouble: str | None) -> None:
        from itdesk.ui.widgets.trouble import Trouble

        key, copies = self._key_of("refresh"), self._key_of("copy") if self.SCOPE in BY_ID["copy"].scopes else ""
        if trouble is not None and not self.query(Trouble):
            self.mount(Trouble(), before=self.query_one(StatusBar))
        for bar in self.query(Trouble):
            bar.show(trouble, self.desk.stale_since, self.desk.zone, key=key, copies=copies)

    def answers_again(self) -> None:
        """The database does; what it was asked meanwhile is not made up for."""
        left = bool(self._left_open)
        self.say(f"The database answers again. {self._left_open}".rstrip(), alarm=left, stays=left)
        self._left_open = ""
        self.reload()

    def _key_of(self, action_id: str) -> str:
        """The first key of an action; empty where the user took them all away."""
        return next(map(shown, keys_of(BY_ID[action_id], self.desk.keymap)), "")

    def copies_trouble(self) -> bool:
        """`copy`, while the database is silent: what it said, for whoever can help. Whether that was it."""
        if self._trouble is not None:
            self.copy(self._trouble, "what the database said")
        return self._trouble is not None

    def read_anew(self) -> None:
        """`refresh`: read everything anew; while the database is silent, try it at once."""
        if self._trouble is not None:
            self.post_message(Acted())
            self.say("Trying …")
        else:
            self.reload()
            self.say("Read anew.")

    @property
    def frozen(self) -> bool:
        """Whether the screen holds still on purpose."""
        return False

    @property
    def awaits_text(self) -> bool:
        """Whether a text was begun that cannot be written yet: what is typed meanwhile is meant for it."""
        return False

    def forgo_text(self) -> None:
        """It took too long, or failed: the text is not begun, and the person is told."""

    @property
    def is_here(self) -> bool:
        """Whether it still stands: its widgets go before it does, and an answer of the desk may come between."""
        return self.is_attached and self.display

    # --- the way to the desk -------------------------------------------------------------------------------------

    async def read(self, query: Callable[[Session], T], *, after_writes: bool = False) -> T | None:
        """The query's result; None if the desk could not give it, which the person was then told.

        With `after_writes` it sees what was given to the write thread before.
        """
        threads = self.desk.threads
        return await self.answered(threads.write(query) if after_writes else threads.read(query))

    async def answered(self, result: Awaitable[T]) -> T | None:
        """What the desk answers; None if it could not, which the person was then told, or nobody waits any more."""
        try:
            found = await result
            return found if self.is_here else None
        except DatabaseProblem as problem:
            if isinstance(problem, ReadOnly):
                self.say(str(problem), alarm=True)
            else:
                self.post_message(DatabaseTrouble(str(problem)))
        except DeskError as error:
            self.say(str(error), alarm=True)
        return None

    async def write(self, act: "Callable[[Session], Change]", *, skip_refused: bool = False) -> "Change | None":
        """Do something at the desk and say so; None if it was not done, which the person was then told."""
        try:
            return await self.write_unless_refused(act, skip_refused=skip_refused)
        except Refused as refused:
            self.say(str(refused), alarm=True)
            return None

    async def write_unless_refused(
        self, act: "Callable[[Session], Change]", *, skip_refused: bool = False
    ) -> "Change | None":
        """As `write`, but raises Refused."""
        change = await self.attempt(ends_drafts(self.desk.drafts, act), skip_refused=skip_refused)
        if change is not None:
            self._has_done(change)
        return change

    async def write_or_why(self, act: "Callable[[Session], Change]", *, skip_refused: bool = False) -> "Change | str":
        """As `write`; where the desk refuses, its sentence, for a form that is shown again."""
        change = await self.result_or_why(ends_drafts(self.desk.drafts, act), skip_refused=skip_refused)
        if not isinstance(change, str):
            self._has_done(change)
        return change

    async def would_or_why(self, act: "Callable[[Session], Change]") -> "Change | str":
        """What an act would do, which is not done; where the desk would refuse, its sentence."""
        from itdesk.desk.transaction import rehearse

        return await self.result_or_why(lambda session: rehearse(session, act))

    async def result_or_why(self, act: Callable[[Session], T], *, skip_refused: bool = False) -> T | str:
        """What an act hands back; where it was not done, a sentence that says why."""
        try:
            return await self._waiting_for(act, skip_refused=skip_refused)
        except DeskError as error:
            return str(error)
        except DatabaseProblem as problem:
            return self.not_done(problem)

    async def _waiting_for(self, act: Callable[[Session], T], *, skip_refused: bool) -> T:
        """What an act hands back; the person is told while it waits, unless he is told something else meanwhile."""
        before = self._said

        def say_that_it_waits() -> None:
            if self._said == before:
                self.say(_WAITING)

        timer = self.set_timer(_WAITING_SECONDS, say_that_it_waits)
        try:
            return await self.desk.threads.write(act, skip_refused=skip_refused)
        finally:
            timer.stop()
            if self._said == _WAITING:
                self.say("")

    @property
    def _said(self) -> str:
        """What stands in the status bar."""
        return next((bar.said for bar in self.query(StatusBar)), "")

    def not_done(self, problem: DatabaseProblem) -> str:
        """A sentence for an act that the database did not do; the app hears of it where it does not answer."""
        if isinstance(problem, ReadOnly):
            return f"That was not done: you may only read this database. {problem}"
        self.post_message(DatabaseTrouble(str(problem)))
        if isinstance(problem, Uncertain):
            self._left_open = "What you did may be done or not: look before you do it again."
            return self._left_open
        self._left_open = self._left_open or "What you did meanwhile was not done."
        return "That was not done: the database does not answer. Do it again when it does."

    def _has_done(self, change: "Change") -> None:
        self._left_open = ""
        if change.undoable:
            self.desk.done.append(change)
        self.tell(change)
        self.post_message(Acted())

    async def fill_in(self, dialog: "FormDialog", *, about: "About | None" = None) -> Mapping[str, str] | None:
        """What stands in the fields of a form, None if the person left it.

        What is written is kept until it is done, and stands in the form when it is opened again for what it is
        `about`: what the verbs act on, unless something else is given.
        """
        from itdesk.desk.form_drafts import Form, form_texts

        form = Form(dialog.heading, self.chosen_ids() if about is None else about)
        unsaved = self.desk.drafts.at(form)
        if isinstance(unsaved, UnsavedForm):
            texts: Mapping[str, str] | None = unsaved.texts
        else:
            texts = await self.read(lambda session: form_texts(session, form))

        def noted(texts: Mapping[str, str]) -> None:
            self.desk.drafts.note(UnsavedForm(form, texts))

        dialog.offer(texts or {}, noted=noted, rested=self.not_kept)
        answer = await self.app.push_screen_wait(dialog)
        if answer is not None:
            self.desk.keep_draft()
            was_handed(form)
        elif dialog.written:
            await self.say_that_form_is_kept()
        return answer

    async def not_kept(self) -> str:
        """Keep what is being written; a sentence where the database does not take it, which the app then hears of."""
        drafts = self.desk.drafts
        if await drafts.kept(self.desk.threads):
            return ""
        names, problem = drafts.names, drafts.problem
        what = f"{names[0]} is" if len(names) == 1 else f"{len(names)} texts of yours are"
        if isinstance(problem, ReadOnly | DeskError):
            return f"{what} NOT saved. {problem}"
        if problem is not None:
            self.post_message(DatabaseTrouble(str(problem)))
        return f"{what} NOT saved: only this screen has {'it' if len(names) == 1 else 'them'}."

    async def say_once_kept(self, sentence: str) -> None:
        """Keep what is being written and say so, once the database has it; else that it has not.

        Not over what went wrong meanwhile.
        """
        before = self._said
        wrong = await self.not_kept()
        is_overtaken = self._said != before and any(bar.is_alarm for bar in self.query(StatusBar))
        if wrong or (sentence and not is_overtaken):
            self.say(wrong or sentence, alarm=bool(wrong), stays=bool(wrong))

    async def say_that_form_is_kept(self) -> None:
        """Keep what was written in a form and say so."""
        await self.say_once_kept("What you wrote is kept: it stands there when you open the form again.")

    async def sure_to_discard(self, what: str) -> bool:
        """Whether a text may be thrown away; `what` says which, as a sentence."""
        from itdesk.ui.dialogs.confirm import ConfirmDialog

        dialog = ConfirmDialog("Throw the text away?", [what], verb="throw it away", keymap=self.desk.keymap)
        return await self.app.push_screen_wait(dialog) is True

    def form_is_done(self) -> None:
        """What a form said is done, without a change at the desk."""
        self.desk.threads.write_soon(ends_drafts(self.desk.drafts, lambda _: None))

    async def done_or_why(self, act: "Callable[[Session], Change]", *, skip_refused: bool = False) -> str | None:
        """Do it and show it; where the desk refuses, its sentence, for a form that is shown again."""
        change = await self.write_or_why(act, skip_refused=skip_refused)
        if isinstance(change, str):
            return change
        await self.acted(change)
        return None

    async def ask(
        self,
        title: str,
        label: str,
        *,
        verb: str,
        remark: str = "",
        value: str = "",
        about: "About | None" = None,
    ) -> str | None:
        """One line of text, None if the person left."""
        from itdesk.ui.dialogs.form import Field, FormDialog

        dialog = FormDialog(title, [Field("text", label, value=value)], verb=verb, remark=remark)
        values = await self.fill_in(dialog, about=about)
        return None if values is None else values["text"]

    async def fill_in_until_done(
        self,
        title: str,
        fields: "Sequence[Field]",
        attempt: Callable[[Mapping[str, str]], Awaitable[str | None]],
        *,
        verb: str,
        remark: str = "",
        about: "About | None" = None,
    ) -> None:
        """Show a form until what it says was done, or the person leaves.

        `attempt` says why it was not done, or raises ValueError with the sentence; None: it was; empty: the person was
        told and goes on writing. `about` as for `fill_in`.
        """
        from itdesk.ui.dialogs.form import FormDialog

        said: str | None = ""
        filled = {field.name: field.value for field in fields}
        while said is not None:
            shown = [replace(field, value=filled[field.name]) for field in fields] if said else fields
            answer = await self.fill_in(FormDialog(title, shown, verb=verb, remark=remark, wrong=said), about=about)
            if answer is None:
                return
            filled = dict(answer)
            try:
                said = await attempt(answer)
            except ValueError as error:
                said = str(error)

    async def choose(self, title: str, choices: "Sequence[Choice]", *, current: object = None, said: str = "") -> Any:
        """The value of the chosen entry, None if the person left."""
        from itdesk.ui.dialogs.choose import ChooseDialog

        return await self.app.push_screen_wait(ChooseDialog(title, choices, current=current, said=said))

    def plain_choice(self, value: object, label: str, right: str = "") -> "Choice":
        """An entry of a list to choose from."""
        from itdesk.ui.widgets.choice_list import Choice

        return Choice(value, content(label), content(right, roles(self.query_one("*")).dim))

    async def attempt(self, act: "Callable[[Session], Change]", *, skip_refused: bool = False) -> "Change | None":
        """The change that an act hands back; None if there is none, which the person was then told. Raises Refused."""
        try:
            return await self._waiting_for(act, skip_refused=skip_refused)
        except Refused:
            raise
        except DeskError as error:
            self.say(str(error), alarm=True)
        except DatabaseProblem as problem:
            self.say(self.not_done(problem), alarm=True, stays=True)
        return None

    def tell(self, change: "Change", *, in_one_row: bool = False) -> None:
        """Say what was done, and which key takes it back; `in_one_row` where it was told before."""
        self.desk.told = change
        self.say(change.sentence, offers=["undo"] if change.undoable else [], in_one_row=in_one_row)
        self.desk.told_at = self.desk.clock()

    def count_notices(self) -> None:
        """Another number of notices is unread."""
        for top in self.query(TopBar):
            top.count_notices(self.desk.unread)

    # --- what screens do in their own way ------------------------------------------------------------------------

    def on_told(self, event: Told) -> None:
        """The desk has news."""
        event.stop()
        self.news(event.news)

    def news(self, news: "News") -> None:
        """Take in what changed."""

    async def acted(self, change: "Change") -> None:
        """Show what a verb changed, before the next key acts on what is shown."""

    def tick(self) -> None:
        """The time passed."""

    def reload(self) -> None:
        """Read everything anew."""

    def subject(self) -> str:
        """What the verbs act on, in words; empty where there is nothing to act on."""
        return ""

    def chosen_ids(self) -> tuple[int, ...]:
        """The tickets that the verbs act on."""
        return ()

    def turn(self, pages: float) -> None:
        """Turn what is in front by so many pages: forward, or back below zero."""

    def action_half_down(self) -> None:
        """Half a page down."""
        self.turn(0.5)

    def action_half_up(self) -> None:
        """Half a page up."""
        self.turn(-0.5)

    def action_page_down(self) -> None:
        """A page down."""
        self.turn(1)

    def action_page_up(self) -> None:
        """A page up."""
        self.turn(-1)

    def action_refresh(self) -> None:
        """Read anew."""
        self.read_anew()

    def close_one(self) -> None:
        """`esc`: close one thing, if there is one."""

    def go_back(self) -> bool:
        """`q`: whether the screen went back by itself; else the app goes back, and quits at the root."""
        return False

    def leave(self) -> str | None:
        """The screen is about to be left for good: keep what must not be lost; what to say about it, if anything."""
        return None
