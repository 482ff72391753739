"""What a form keeps of somebody's words."""

from datetime import tzinfo
from typing import ClassVar

from textual.binding import Binding, BindingType

from itdesk.desk.form_drafts import HalfFilledForm
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import content
from itdesk.ui.theme import roles
from itdesk.ui.times import clock
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint

COPY, DISCARD = "copy", "discard"


class KeptDialog(ReadingDialog[str]):
    """The texts, to be read; hands back COPY or DISCARD."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", f"answer('{COPY}')", show=False),
        Binding("D", f"answer('{DISCARD}')", show=False),
        Binding("q,enter", "leave_it", show=False),
    ]
    HINTS = (Hint("esc", "close"), Hint("y", "copy"), Hint("D", "throw away"))

    def __init__(self, kept: HalfFilledForm, zone: tzinfo) -> None:
        super().__init__(kept.form.heading, said=f"Kept from {clock(kept.saved_at, zone)}, not done")
        self._texts = kept.texts

    def text_lines(self, width: int) -> list[TextLine]:
        """Each text; where there are several, under the name of its field."""
        palette = roles(self)
        lines: list[TextLine] = []
        for name, text in self._texts.items():
            if lines:
                lines.append(TextLine())
            if len(self._texts) > 1:
                lines.append(TextLine(content(name.capitalize(), palette.dim)))
            lines += [TextLine(part) for part in content(text, palette.text, multiline=True).wrap(max(1, width))]
        return lines

    def action_answer(self, answer: str) -> None:
        """Copy it, or throw it away."""
        self.dismiss(answer)
