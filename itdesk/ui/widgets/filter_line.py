"""The filter line: what is asked for on the left, how it was understood on the right."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from itdesk.domain.text import safe
from itdesk.ui.text import EMPTY, between, content, fit
from itdesk.ui.theme import roles
from itdesk.ui.widgets.lines import Lines


class FilterLine(Horizontal):
    """Posts `Changed` while one types and `Left` when one is done."""

    DEFAULT_CSS = """
    FilterLine { height: 1; }
    FilterLine > .slash { width: 3; padding: 0 0 0 1; color: $desk-dim; }
    FilterLine:focus-within > .slash { color: $desk-accent; text-style: bold; }
    FilterLine > Input { width: 2fr; background: $desk-ground; color: $desk-text; }
    FilterLine > Understood { width: 3fr; }
    """

    class Changed(Message):
        """Another text stands in the line."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The person is done with the line: `enter` or `esc`."""

    def __init__(self, text: str = "", *, placeholder: str = "") -> None:
        super().__init__()
        self._text = text
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """The slash, the line, what was understood."""
        yield Static("/", classes="slash", markup=False)
        line = Input(safe(self._text), compact=True, placeholder=safe(self._placeholder), select_on_focus=False)
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

    def explain(self, left: Content, right: Content = EMPTY) -> None:
        """Say how the text was understood, and (never cut) how many there are."""
        self.query_one(Understood).show(left, right)

    def alarm(self, sentence: str) -> None:
        """Say what was not understood."""
        self.query_one(Understood).show(content(sentence, roles(self).amber), EMPTY)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on what is typed."""
        event.stop()
        if event.value != self._text:  # an Input also tells what it was given at its start
            self._text = event.value
            self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """`enter` ends typing."""
        event.stop()
        self.post_message(self.Left())

    def on_focus(self, event: events.Focus) -> None:
        """The line itself takes the focus."""
        event.stop()
        self.query_one(Input).focus()


class Understood(Lines):
    """Dim words at the right edge."""

    def __init__(self) -> None:
        super().__init__()
        self._left = self._right = EMPTY

    def show(self, left: Content, right: Content) -> None:
        """Show these words."""
        self._left, self._right = left, right
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """Flush right; the left part is cut first."""
        del y
        room = width - 1 - self._right.cell_length
        left = self._left.truncate(max(0, room), ellipsis=True)
        return between(EMPTY, fit(left + self._right + " ", left.cell_length + self._right.cell_length + 1), width)
