"""Before an act on several tickets: what would happen to how many, and which are left as they are and why."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content

from itdesk.ui.actions import Keymap
from itdesk.ui.dialogs.confirm import sure_key
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import EMPTY, content, join, plural
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint

_MOST_NAMED = 500
"""Of so many tickets the names can be read; beyond, nobody reads them."""


class SummaryDialog(ReadingDialog[bool]):
    """The answer is no unless a key is pressed that no act has."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,enter,q", "leave_it", "no", show=False),
    ]

    def __init__(
        self,
        title: str,
        what: str,
        tickets: Sequence[tuple[str, str]],
        refusals: Sequence[str],
        *,
        keymap: Keymap,
    ) -> None:
        """`what` says what happens; `tickets` are (number, subject) of those it happens to; `refusals` the reasons."""
        count = len(tickets) + len(refusals)
        of = f"{len(tickets)} of {count} tickets" if refusals else plural(count, "ticket")
        self._yes = sure_key(keymap)
        super().__init__(f"{title} · {of}", said=f"The answer is no unless you press {self._yes}")
        self._what = what
        self._tickets, self._refusals = tuple(tickets), tuple(refusals)

    def hints(self) -> Sequence[Hint]:
        """Yes and no."""
        return (Hint("n", "no"), Hint(self._yes, f"yes, do {len(self._tickets)}"))

    def text_lines(self, width: int) -> list[TextLine]:
        """What would happen."""
        palette = roles(self)
        lines = [TextLine(part) for part in content(self._what, palette.text).wrap(width)] if self._what else []
        named = [
            join("  ", content(number, palette.dim), "  ", content(subject, palette.text))
            for number, subject in self._tickets[:_MOST_NAMED]
        ]
        if len(self._tickets) > _MOST_NAMED:
            named.append(content(f"  and {len(self._tickets) - _MOST_NAMED} more", palette.dim))
        lines += [TextLine(part.truncate(width, ellipsis=True)) for part in named]
        if self._refusals:
            are = "1 is left as it is" if len(self._refusals) == 1 else f"{len(self._refusals)} are left as they are"
            lines += [TextLine(EMPTY), TextLine(content(are, palette.amber + BOLD))]
            for reason in self._refusals[:_MOST_NAMED]:
                lines += [TextLine(join("  ", part)) for part in _wrapped(content(reason, palette.text), width - 2)]
            if len(self._refusals) > _MOST_NAMED:
                lines.append(TextLine(content(f"  and {len(self._refusals) - _MOST_NAMED} more", palette.dim)))
        return lines

    def on_key(self, event: events.Key) -> None:
        """The one key that does it."""
        if event.character == self._yes:
            event.stop()
            self.dismiss(True)


def _wrapped(part: Content, width: int) -> Sequence[Content]:
    return part.wrap(max(10, width))
