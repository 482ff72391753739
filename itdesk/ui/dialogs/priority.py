"""Impact x urgency on the matrix, or a priority by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from itdesk.domain.classification import Level, Priorities
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.text import EMPTY, content, fit, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.status_bar import Hint


@dataclass(frozen=True, slots=True)
class Prioritized:
    """What was chosen: a cell of the matrix, or a priority by hand (then both levels are None)."""

    impact: str | None
    urgency: str | None
    priority: int | None


class PriorityDialog(Dialog[Prioritized]):
    """The matrix with a cursor on the ticket's cell; `1` to `5` set a priority by hand, which asks for a reason."""

    AUTO_FOCUS = "Matrix"
    HINTS = (Hint("esc", "close"), Hint("enter", "set"), Hint("h j k l", "move"), Hint("1-5", "by hand"))

    def __init__(self, title: str, priorities: Priorities, impact: str, urgency: str, *, by_hand: bool = True) -> None:
        """`by_hand`: whether a priority beside the matrix may be set."""
        super().__init__(title)
        self._priorities, self._impact, self._urgency, self._by_hand = priorities, impact, urgency, by_hand

    def body(self) -> ComposeResult:
        """The matrix."""
        yield Matrix(self._priorities, self._impact, self._urgency)

    def hints(self) -> Sequence[Hint]:
        """The keys; digits only where they set something."""
        return self.HINTS if self._by_hand else self.HINTS[:-1]

    def on_matrix_chosen(self, event: "Matrix.Chosen") -> None:
        """Hand it back."""
        if self._by_hand or event.prioritized.priority is None:
            self.dismiss(event.prioritized)


class Matrix(Lines, can_focus=True):
    """Impact down, urgency across."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1, 0)", show=False),
        Binding("k,up", "move(-1, 0)", show=False),
        Binding("l,right", "move(0, 1)", show=False),
        Binding("h,left", "move(0, -1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Chosen(Message):
        """A cell or a number was chosen."""

        def __init__(self, prioritized: Prioritized) -> None:
            super().__init__()
            self.prioritized = prioritized

    def __init__(self, priorities: Priorities, impact: str, urgency: str) -> None:
        super().__init__()
        self._matrix = priorities
        self._row = next((i for i, level in enumerate(priorities.impacts) if level.name == impact), 0)
        self._column = next((i for i, level in enumerate(priorities.urgencies) if level.name == urgency), 0)
        self.styles.height = len(priorities.impacts) + 4

    def line(self, y: int, width: int) -> Content:
        """Two lines of titles, a line for each impact, and what the cursor's cell means."""
        del width
        palette = roles(self)
        if y == 0:
            return content("urgency →", palette.dim).pad_left(16)
        if y == 1:
            titles = [
                fit(content(level.title, palette.text + BOLD if i == self._column else palette.dim), 12)
                for i, level in enumerate(self._matrix.urgencies)
            ]
            return join(fit(content("impact ↓", palette.dim), 16), *titles)
        if y - 2 < len(self._matrix.impacts):
            return self._impact_line(y - 2)
        if y == len(self._matrix.impacts) + 3:
            impact, urgency = self._levels()
            priority = self._matrix.cells[impact.name, urgency.name]
            return join(
                content(f"{impact.title} × {urgency.title}", palette.text),
                content(" is ", palette.dim),
                content(f"P{priority}", palette.priority(priority)),
            )
        return EMPTY

    def _impact_line(self, row: int) -> Content:
        palette, impact = roles(self), self._matrix.impacts[row]
        cells = []
        for column, urgency in enumerate(self._matrix.urgencies):
            priority = self._matrix.cells[impact.name, urgency.name]
            on_cursor = (row, column) == (self._row, self._column)
            text = f"[P{priority}]" if on_cursor else f" P{priority} "
            cells.append(fit(content(text, palette.priority(priority) + BOLD if on_cursor else palette.dim), 12))
        title = content(impact.title, palette.text + BOLD if row == self._row else palette.dim)
        return join(fit(title, 15), *cells)

    def _levels(self) -> tuple[Level, Level]:
        return self._matrix.impacts[self._row], self._matrix.urgencies[self._column]

    def action_move(self, down: int, right: int) -> None:
        """Another cell."""
        self._row = min(max(0, self._row + down), len(self._matrix.impacts) - 1)
        self._column = min(max(0, self._column + right), len(self._matrix.urgencies) - 1)
        self.repaint()

    def action_choose(self) -> None:
        """Take the cell under the cursor."""
        impact, urgency = self._levels()
        self.post_message(self.Chosen(Prioritized(impact.name, urgency.name, None)))

    def on_key(self, event: events.Key) -> None:
        """A digit sets the priority by hand."""
        if event.character and event.character in "12345":
            event.stop()
            self.post_message(self.Chosen(Prioritized(None, None, int(event.character))))
