"""The keys of the screen below, out of the action table, with the user's own keys."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from itdesk.ui.actions import Action, Group, Keymap, Scope, in_scope, keys_of, shown
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import EMPTY, content, fit, join, plural
from itdesk.ui.theme import BOLD, Roles, roles
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint

_COLUMN = 24
_QUEUE_GLYPHS = (
    "* marked   • changed since you looked   ↑ arrived above",
    "Due:   ! overdue   ~ nearly due   = its clock is paused",
)


class HelpDialog(ReadingDialog[None]):
    """Headings in three columns (fewer where it is narrow), then the glyphs of the queue."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,q", "leave_it", show=False),
    ]
    HINTS = (Hint("esc", "close"), Hint("j k", "scroll"))

    def __init__(self, scope: Scope, keymap: Keymap) -> None:
        changed = (
            f"Your keymap.yaml: {plural(len(keymap), 'key')} changed"
            if keymap
            else "Keys can be changed in keymap.yaml"
        )
        super().__init__(f"Help · {scope.value}", said=changed)
        self._scope, self._keymap = scope, keymap

    def text_lines(self, width: int) -> list[TextLine]:
        """The keys."""
        return help_lines(self._scope, self._keymap, width, roles(self))


def help_lines(scope: Scope, keymap: Keymap, width: int, palette: Roles) -> list[TextLine]:
    """The help's lines for a width."""
    blocks = [
        block
        for group in Group
        if (block := _block(group, [action for action in in_scope(scope) if action.group is group], keymap, palette))
    ]
    columns = max(1, min(3, width // _COLUMN))
    stacks = _balanced(blocks, columns)
    height = max(len(stack) for stack in stacks) - 1  # each ends with an empty row
    lines = []
    for row in range(height):
        cells = [fit(stack[row] if row < len(stack) else EMPTY, width // columns) for stack in stacks]
        lines.append(TextLine(join(*cells)))
    if scope is Scope.QUEUE:
        glyphs = [content(line, palette.dim).truncate(width, ellipsis=True) for line in _QUEUE_GLYPHS]
        lines += [TextLine(), *map(TextLine, glyphs)]
    return lines


def _block(group: Group, actions: Sequence[Action], keymap: Keymap, palette: Roles) -> list[Content]:
    rows: list[Content] = []
    for action in actions:
        if action.beside or not keys_of(action, keymap):
            continue
        row = [action, *(other for other in actions if other.beside == action.id and keys_of(other, keymap))]
        keys = _together([shown(keys_of(one, keymap)[0]) for one in row])
        titles = ", ".join(dict.fromkeys(one.title for one in row))
        rows.append(join(fit(content(keys, palette.accent), max(8, len(keys) + 1)), content(titles, palette.text)))
    return [content(group.value, palette.dim + BOLD), *rows, EMPTY] if rows else []


def _together(keys: Sequence[str]) -> str:
    """`j k`, and `ctrl+d u` for two keys with one modifier."""
    first, *others = keys
    modifier = first.rpartition("+")[0]
    return " ".join([first, *(key.removeprefix(f"{modifier}+") if modifier else key for key in others)])


def _balanced(blocks: Sequence[list[Content]], columns: int) -> list[list[Content]]:
    """Blocks in their order, spread over columns so that the tallest column is as low as it can be."""
    for height in range(max(len(block) for block in blocks), sum(len(block) for block in blocks) + 1):
        stacks: list[list[Content]] = [[]]
        for block in blocks:
            if stacks[-1] and len(stacks[-1]) + len(block) > height + 1:
                stacks.append([])
            stacks[-1] += block
        if len(stacks) <= columns:
            return stacks
    return [[line for block in blocks for line in block]]
