"""The only way text reaches a widget: as Content behind the gate of `domain.text.safe`, never as markup."""

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style

from itdesk.domain.text import hits, safe

EMPTY = Content("")
_UNDERLINE = Style(underline=True)


def content(text: str, style: Style | str = "", *, multiline: bool = False) -> Content:
    """Text that people or machines wrote, as a widget may show it.

    Control characters and bidi overrides become visible marks. `multiline` keeps line feeds and tabs.
    """
    return Content.styled(safe(text, multiline=multiline), style)


def join(*parts: Content | str) -> Content:
    """Parts side by side. Strings here are the program's own words."""
    return Content.assemble(*parts)


def fit(part: Content, width: int, *, right: bool = False) -> Content:
    """The part in exactly `width` cells: cut with `…` or filled with blanks; `right` puts it at the right edge."""
    if width <= 0:
        return EMPTY
    cut = part.truncate(width, ellipsis=True)
    missing = width - cut.cell_length
    if not missing:
        return cut
    return cut.pad_left(missing) if right else cut.pad_right(missing)


def between(left: Content, right: Content, width: int) -> Content:
    """`left` and `right` at the two edges of `width` cells; the left one is cut where both do not fit."""
    room = width - right.cell_length
    if room < 1:
        return fit(right, width)
    kept = left.truncate(room - 1, ellipsis=True) if left.cell_length >= room else left
    return join(kept.pad_right(room - kept.cell_length), right)


def first_fitting(parts: Sequence[Content], width: int) -> Content:
    """The first of the parts (long ones first) that has room in `width` cells; else the last one, cut."""
    return next((part for part in parts if part.cell_length <= width), parts[-1].truncate(width, ellipsis=True))


def underlined(part: Content, asked: Sequence[str]) -> Content:
    """The part with the words underlined that begin with one of `asked` (folded words)."""
    for first, last in hits(part.plain, asked):
        part = part.stylize(_UNDERLINE, first, last)
    return part


def plural(count: int, noun: str) -> str:
    """`1 ticket`, `2 tickets`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
