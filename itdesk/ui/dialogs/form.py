"""A few fields to fill in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from itdesk.domain.text import safe
from itdesk.ui.dialogs.dialog import FRAME, Dialog
from itdesk.ui.text import content
from itdesk.ui.widgets.status_bar import Hint

_WIDEST_CAPTION = 24
_TALL_ROWS = 8
"""Rows of a tall field with its caption and the empty row above."""
_REMARK_ROWS = 2
_SHORT = 60
_REST_SECONDS = 0.7
"""After so long without another letter what was written is kept."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name in the result, its caption, and whether it may stay empty; `tall` has several lines."""

    name: str
    caption: str
    needed: bool = True
    tall: bool = False
    value: str = ""
    placeholder: str = ""


class FormDialog(Dialog[Mapping[str, str]]):
    """Hands back what stands in the fields, stripped.

    `enter` goes to the next field and saves in the last one; in a tall field it begins a new line, and `esc` leaves
    the field: then `s` saves, `enter` writes on, `esc` closes.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save", "save", show=False),
        Binding("enter", "write_on", "write on", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(
        self, title: str, fields: Sequence[Field], *, verb: str, remark: str = "", said: str = "", wrong: str = ""
    ) -> None:
        """`verb` says what saving does, `remark` stands below the fields.

        `wrong`: why what was filled in before could not be done; it stands there instead.
        """
        super().__init__(title, said="Not done yet" if wrong else said)
        self._fields = tuple(fields)
        self._verb = verb
        self._remark, self._wrong = remark, wrong
        self._left: str | None = None
        given = {field.name: safe(field.value, multiline=True).strip() for field in fields}
        self._given = {} if wrong else given
        self.written: Mapping[str, str] = given if wrong else {}
        """What stands in the fields that the person changed, by their names."""
        self._noted: Callable[[Mapping[str, str]], None] = lambda _: None
        self._rested: Callable[[], Awaitable[str]] | None = None
        self._rest: Timer | None = None

    @property
    def heading(self) -> str:
        """What stands above the fields."""
        return self._title

    def offer(
        self,
        written: Mapping[str, str],
        *,
        noted: Callable[[Mapping[str, str]], None],
        rested: Callable[[], Awaitable[str]],
    ) -> None:
        """Let what was written before stand in the fields; what they would hold without it is told below them.

        `noted` hears of each letter, with all that is `written`; `rested` keeps it, and says why if it could not.
        """
        self._noted, self._rested = noted, rested
        if written and not self._wrong:
            self.written = written
            changed = [
                field for field in self._fields if field.value and written.get(field.name, field.value) != field.value
            ]
            now = [f"{field.caption}: {shorten(field.value, _SHORT, placeholder=' …')}" for field in changed]
            if now:
                self._remark = f"{self._remark} As it is now, {'; '.join(now)}".strip()
            self._fields = tuple(replace(field, value=written.get(field.name, field.value)) for field in self._fields)
            self._said = "What you wrote before stands there"

    def body(self) -> ComposeResult:
        """A line, or an area, for each field."""
        for at, field in enumerate(self._fields):
            if at:
                yield Static("", classes="space", markup=False)
            if field.tall:
                with Vertical(classes="row tall"):
                    yield Static(content(field.caption), classes="label", markup=False)
                    yield TextArea(
                        safe(field.value, multiline=True),
                        id=f"field-{field.name}",
                        compact=True,
                        placeholder=content(field.placeholder),
                        soft_wrap=True,
                    )
            else:
                with Horizontal(classes="row"):
                    yield Static(content(field.caption), classes="label", markup=False)
                    yield Input(
                        safe(field.value),
                        id=f"field-{field.name}",
                        compact=True,
                        placeholder=safe(field.placeholder),
                        select_on_focus=bool(self._wrong) or field.name not in self.written,
                    )
        if self._wrong or self._remark:
            yield Static("", classes="space", markup=False)
            yield Static(content(self._wrong or self._remark), classes="wrong" if self._wrong else "note", markup=False)

    def on_mount(self) -> None:
        """Every caption whole; whoever goes on with what he wrote stands at its end."""
        for name in self.written:
            for area in self.query(f"#field-{name}").results(TextArea):
                area.move_cursor(area.document.end)
        widest = max((content(field.caption).cell_length for field in self._fields if not field.tall), default=0)
        for row in self.query("Horizontal.row > .label"):
            row.styles.width = max(12, min(widest, _WIDEST_CAPTION) + 1)

    @property
    def is_low(self) -> bool:
        """Whether the fields need the room that empty rows take."""
        rows = sum(_TALL_ROWS if field.tall else 2 for field in self._fields) + _REMARK_ROWS
        return super().is_low or rows > self.app.size.height - FRAME

    def hints(self) -> Sequence[Hint]:
        """What the keys do where the focus is."""
        if self.focused is None:
            return (Hint("esc", "close"), Hint("s", self._verb), Hint("enter", "write on"))
        others = (Hint("tab", "next field"),) if len(self._fields) > 1 else ()
        if isinstance(self.focused, TextArea):
            return (Hint("esc", f"then s {self._verb}"), *others)
        if self.focused.id == f"field-{self._fields[-1].name}":
            return (Hint("esc", "close"), Hint("enter", self._verb), *others)
        return (Hint("esc", "close"), Hint("enter", "next field"))

    def on_descendant_focus(self) -> None:
        """Other keys work in another field."""
        self.show_hints(self._said)

    def on_input_changed(self) -> None:
        """A letter more, or less."""
        self._typed()

    def on_text_area_changed(self) -> None:
        """A letter more, or less."""
        self._typed()

    def _typed(self) -> None:
        self.note_text()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._keep)

    @work(group="draft")
    async def _keep(self, sentence: str = "") -> None:
        """Keep what is written; say so, if there is something to say, or why not."""
        wrong = await self._rested() if self._rested is not None else ""
        if self.is_current and (wrong or (sentence and self.focused is None)):
            self.show_hints(wrong or sentence, alarm=bool(wrong))

    def note_text(self) -> None:
        """A field tells each letter by a message, and the last may still be on its way."""
        if len(self.query("Input, TextArea")) < len(self._fields):
            return  # the dialog is being built
        written = {name: text for name, text in self.values().items() if text != self._given.get(name, "")}
        if written != self.written:
            self.written = written
            self._noted(written)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the next field, or save."""
        names = [f"field-{field.name}" for field in self._fields]
        at = names.index(event.input.id or "")
        if at + 1 < len(names):
            self.query_one(f"#{names[at + 1]}").focus()
        else:
            self.action_save()

    def action_leave_it(self) -> None:
        """Leave a tall field, or close."""
        if isinstance(self.focused, TextArea):
            self._left = self.focused.id
            self.set_focus(None)
            self.show_hints()
            self._keep("Your text is kept")
        else:
            self._close(None)

    def action_write_on(self) -> None:
        """Back into the field that was left."""
        self.query_one(f"#{self._left or f'field-{self._fields[0].name}'}").focus()

    def action_save(self) -> None:
        """Hand the fields back, unless one that is needed is empty."""
        values = self.values()
        for field in self._fields:
            if field.needed and not values[field.name]:
                self.query_one(f"#field-{field.name}").focus()
                self.call_after_refresh(self.show_hints, f"{field.caption} is needed.", alarm=True)
                return
        self._close(values)

    def _close(self, answer: Mapping[str, str] | None) -> None:
        self.note_text()
        self.dismiss(answer)

    def values(self) -> dict[str, str]:
        """What stands in the fields now."""
        found = {}
        for field in self._fields:
            widget = self.query_one(f"#field-{field.name}")
            text = widget.text if isinstance(widget, TextArea) else widget.value if isinstance(widget, Input) else ""
            found[field.name] = text.strip()
        return found

    def on_key(self, event: events.Key) -> None:
        """Nothing that is typed outside a field may reach the screen below."""
        if self.focused is None and event.is_printable and event.key not in ("s", "enter"):
            event.stop()
