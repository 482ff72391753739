"""The filter line: what is asked for on the left, how it was understood on the right."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester, SuggestionReady
from textual.widgets import Input, Static

from itdesk.domain.text import safe
from itdesk.ui.text import EMPTY, between, content
from itdesk.ui.theme import roles
from itdesk.ui.widgets.lines import Lines

if TYPE_CHECKING:  # loaded when somebody types
    from itdesk.domain.completion import Completion, Vocabulary

_LEAST_SENTENCE = 30
"""Cells that the sentence keeps, however long the text is."""

_LEAST_CUT = 12
"""Cells of what may be cut that are worth showing."""

_SLASH = 3
"""Cells before the text."""


class Sentence(NamedTuple):
    """What stands at the right of the line; of the part in the middle what has room."""

    left: Content = EMPTY
    cut: Content = EMPTY
    right: Content = EMPTY

    @property
    def wanted(self) -> int:
        """Cells that all of it takes, with the margin at the edge."""
        return sum(part.cell_length for part in self) + 1

    @property
    def least(self) -> int:
        """Cells without which it is not worth showing."""
        return self.wanted - max(0, self.cut.cell_length - _LEAST_CUT)

    def within(self, room: int) -> Content:
        """As much of it as has room."""
        missing = max(0, self.wanted - room)
        return self.left + self.cut.truncate(max(0, self.cut.cell_length - missing), ellipsis=True) + self.right


class FilterLine(Horizontal):
    """Posts `Changed` while one types and `Left` when one is done."""

    DEFAULT_CSS = """
    FilterLine { height: 1; }
    FilterLine > .slash { width: 3; padding: 0 0 0 1; color: $desk-dim; }
    FilterLine:focus-within > .slash { color: $desk-accent; text-style: bold; }
    FilterLine > Input { width: 33%; background: $desk-ground; color: $desk-text; }
    FilterLine > Understood { width: 1fr; }
    """

    class Changed(Message):
        """Another text stands in the line."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Entered(Message):
        """The person went into the line: time to know the names that may be completed."""

    class Left(Message):
        """The person is done with the line: `enter` or `esc`."""

    def __init__(self, text: str = "", *, placeholder: str = "") -> None:
        super().__init__()
        self._text = text
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """The slash, the line, what was understood."""
        yield Static("/", classes="slash", markup=False)
        line = SearchInput(safe(self._text), compact=True, placeholder=safe(self._placeholder), select_on_focus=False)
        line.cursor_blink = False
        yield line
        yield Understood()

    @property
    def text(self) -> str:
        """What stands in the line."""
        return self.query_one(Input).value

    def put(self, text: str) -> None:
        """Put another text into the line without telling anybody."""
        self._text = text
        self.query_one(Input).value = text

    def enter(self) -> None:
        """Let the person type, behind what stands there."""
        line = self.query_one(SearchInput)
        if line.value and not line.value.endswith(" "):
            self.put(f"{line.value} ")
        line.cursor_position = len(line.value)
        line.focus()

    def know(self, names: "Vocabulary") -> None:
        """The names that are completed from now on."""
        self.query_one(SearchInput).know(names)

    def explain(self, *forms: Sentence) -> None:
        """Say how the text was understood: the first of these forms that has room, else what has room of the last."""
        self.query_one(Understood).show(forms)
        self._make_room()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on what is typed."""
        event.stop()
        self._make_room()
        if event.value != self._text:  # an Input also tells what it was given at its start
            self._text = event.value
            self.post_message(self.Changed(event.value))

    def on_descendant_focus(self) -> None:
        """Typing begins."""
        self.post_message(self.Entered())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """`enter` ends typing."""
        event.stop()
        self.post_message(self.Left())

    def on_resize(self) -> None:
        """Another width has other room."""
        self._make_room()

    def _make_room(self) -> None:
        """The text has a third of the line. It gives of that what it does not need to a long sentence; where it is
        long itself, it takes of the sentence what that can do without.
        """
        line, sentence = self.query_one(SearchInput), self.query_one(Understood)
        whole = self.size.width - _SLASH
        found = line.completion
        needed = cell_len(line.value) + (cell_len(found.tail) if found else 0) + 2
        most = self.size.width - max(_LEAST_SENTENCE, _SLASH + sentence.least)
        sentence.leave_gap(needed > most)
        width = min(most, max(needed, min(whole // 3, whole - sentence.wanted)))
        line.placeholder = safe(_whole_words(self._placeholder, width - 1))
        if line.styles.width is None or line.styles.width.value != width:
            line.styles.width = width

    def on_focus(self, event: events.Focus) -> None:
        """The line itself takes the focus."""
        event.stop()
        self.query_one(Input).focus()


def _whole_words(text: str, room: int) -> str:
    """As many of the words as have room."""
    while cell_len(text) > room and text:
        text = text.rpartition(" ")[0]
    return text


class SearchInput(Input):
    """Shows dim behind the text what it may become; `tab`, or right at the end, accepts that."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "accept", show=False)]

    names: "Vocabulary | None" = None
    """What may be completed; None where nothing is."""

    _asked: "tuple[str, int, Completion | None] | None" = None
    """The last text, among which names it was completed, and to what: each letter asks three times."""

    def on_mount(self) -> None:
        """Suggest."""
        self.suggester = _Suggester(self)

    def know(self, names: "Vocabulary") -> None:
        """Complete these names from now on, what was typed before they were known too."""
        self.names = names
        suggestion = self.suggestion(self.value)
        if suggestion is not None and self.has_focus:
            self.post_message(SuggestionReady(self.value, suggestion))

    def suggestion(self, value: str) -> str | None:
        """A text with what is missing behind it."""
        found = self._complete(value)
        return None if found is None else value + safe(found.tail or f"  → {found.text.split()[-1]}")

    @property
    def completion(self) -> "Completion | None":
        """What the text may become."""
        return self._complete(self.value)

    def _complete(self, value: str) -> "Completion | None":
        if self.names is None:
            return None
        from itdesk.domain.completion import complete

        if self._asked is None or self._asked[:2] != (value, id(self.names)):
            self._asked = (value, id(self.names), complete(value, self.names))
        return self._asked[2]

    def action_accept(self) -> None:
        """Take the completion over."""
        found = self.completion
        if found is not None:
            self.value = safe(found.text)
            self.cursor_position = len(self.value)

    def action_cursor_right(self, select: bool = False) -> None:
        """Behind the last letter it accepts the completion."""
        if not select and self.cursor_position == len(self.value) and self.completion is not None:
            self.action_accept()
        else:
            super().action_cursor_right(select)


class _Suggester(Suggester):
    """Asked by Textual after each change; the names are known already, so that typing waits for nothing."""

    def __init__(self, line: SearchInput) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._line = line

    async def get_suggestion(self, value: str) -> str | None:
        """The text with what is missing behind it."""
        return self._line.suggestion(value)


class Understood(Lines):
    """Words at the right edge."""

    def __init__(self) -> None:
        super().__init__()
        self._forms: Sequence[Sentence] = (Sentence(),)
        self._gap = False

    @property
    def wanted(self) -> int:
        """Cells that its longest form takes."""
        return max(form.wanted for form in self._forms)

    @property
    def least(self) -> int:
        """Cells that it needs."""
        return min(form.least for form in self._forms)

    def leave_gap(self, gap: bool) -> None:
        """Whether the text in the line is longer than its room, so that its end has to be told from these words."""
        self._gap = gap
        self.repaint()

    def show(self, forms: Sequence[Sentence]) -> None:
        """Show the first of these forms that has room, else the last, cut."""
        self._forms = forms
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """Flush right."""
        del y
        gap = content("… ", roles(self).dim) if self._gap else EMPTY
        room = width - gap.cell_length
        form = next((form for form in self._forms if form.least <= room), self._forms[-1])
        return between(gap, form.within(room) + " ", width)
