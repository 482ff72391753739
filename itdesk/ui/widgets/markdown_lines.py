"""Markdown as prepared lines: a long text costs milliseconds and words in it can be underlined.

Textual's own Markdown widget mounts a widget for each block, which takes hundreds of milliseconds for a long article.
Links are shown as text with their address; HTML is text like any other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from textual.content import Content
from textual.style import Style

from itdesk.ui.text import EMPTY, content, fit, join, underlined
from itdesk.ui.theme import BOLD, Roles
from itdesk.ui.widgets.scroll_lines import TextLine

_GUTTER = 2
"""Cells between the columns of a table."""
_LEAST_COLUMN = 6
_LONGEST = 200_000
"""Characters of a text that are shown."""


def markdown_lines(text: str, width: int, palette: Roles, asked: Sequence[str] = ()) -> list[TextLine]:
    """A Markdown text in lines of at most `width` cells, the words that begin with one of `asked` underlined."""
    shown = text[:_LONGEST]
    tree = SyntaxTreeNode(_parser().parse(shown))
    lines = list(_Painter(palette, asked).blocks(tree.children, max(10, width)))
    if len(text) > _LONGEST:
        lines += [TextLine(), TextLine(content("The rest of this text is too long to be shown.", palette.amber))]
    return lines


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class _Painter:
    """Turns blocks into lines."""

    palette: Roles
    asked: Sequence[str]

    def blocks(self, nodes: Sequence[SyntaxTreeNode], width: int, *, tight: bool = False) -> Iterator[TextLine]:
        """The lines of blocks, an empty line between two, none below a heading."""
        before = ""
        for node in nodes:
            if before and not tight and before != "heading":
                yield TextLine()
            yield from self._block(node, width)
            before = node.type

    def _block(self, node: SyntaxTreeNode, width: int) -> Iterator[TextLine]:
        match node.type:
            case "heading":
                yield from self._broken(self._inline(node, self.palette.text + BOLD), width)
            case "paragraph":
                yield from self._broken(self._inline(node, self.palette.text), width)
            case "bullet_list" | "ordered_list":
                yield from self._list(node, width)
            case "blockquote":
                bar = content("▌ ", self.palette.line)
                for line in self.blocks(node.children, max(_LEAST_COLUMN, width - 2)):
                    yield TextLine(join(bar, line.content), line.style)
            case "fence" | "code_block":
                yield from self._code(node.content, width)
            case "hr":
                yield TextLine(content("─" * width, self.palette.line))
            case "table":
                yield from self._table(node, width)
            case _:
                yield from self._broken(content(node.content, self.palette.text, multiline=True), width)

    def _broken(self, part: Content, width: int) -> Iterator[TextLine]:
        for line in underlined(part, self.asked).wrap(width):
            yield TextLine(line.rstrip())

    def _list(self, node: SyntaxTreeNode, width: int) -> Iterator[TextLine]:
        first = int(node.attrs.get("start", 1))
        numbered = node.type == "ordered_list"
        last = first + len(node.children) - 1
        room = max(len(str(first)), len(str(last))) + 1 if numbered else 2
        tight = _is_tight(node)
        for index, item in enumerate(node.children):
            if index and not tight:
                yield TextLine()
            mark = f"{first + index:>{room}}" if numbered else " •"
            lead = join(content(mark, self.palette.accent), "  " if numbered else " ")
            blank = Content(" " * lead.cell_length)
            inner = max(_LEAST_COLUMN, width - lead.cell_length)
            lines = list(self.blocks(item.children, inner, tight=tight)) or [TextLine()]
            for at, line in enumerate(lines):
                before = lead if not at else blank if line.content else EMPTY
                yield TextLine(join(before, line.content), line.style)

    def _code(self, text: str, width: int) -> Iterator[TextLine]:
        """Code is never wrapped at words: what does not fit goes on in the next line."""
        for row in text.rstrip("\n").split("\n"):
            part = underlined(content(row.expandtabs(4), self.palette.text), self.asked)
            for line in part.fold(width - 2) or [EMPTY]:
                yield TextLine(fit(join(" ", line), width).stylize_before(self.palette.bar))

    # --- tables --------------------------------------------------------------------------------------------------

    def _table(self, node: SyntaxTreeNode, width: int) -> Iterator[TextLine]:
        rows = [
            (section.type == "thead", [self._cell(cell, section.type == "thead") for cell in row.children])
            for section in node.children
            for row in section.children
        ]
        columns = max(len(cells) for _, cells in rows)
        widths = _column_widths([cells for _, cells in rows], columns, width)
        if widths is None:
            yield from self._records(rows, width)
            return
        for _, cells in rows:
            wrapped = [cell.wrap(room) for cell, room in zip(cells, widths, strict=False)]
            for at in range(max(len(lines) for lines in wrapped)):
                shown = [
                    fit(lines[at].rstrip() if at < len(lines) else EMPTY, room)
                    for lines, room in zip(wrapped, widths, strict=False)
                ]
                yield TextLine(Content(" " * _GUTTER).join(shown).rstrip())

    def _records(self, rows: Sequence[tuple[bool, Sequence[Content]]], width: int) -> Iterator[TextLine]:
        """A table with more columns than there is room for: each row as a paragraph, a cell a line."""
        titles = next((cells for heading, cells in rows if heading), [])
        for index, cells in enumerate(cells for heading, cells in rows if not heading):
            if index:
                yield TextLine()
            for at, cell in enumerate(cells):
                title: Content = titles[at] if at < len(titles) else EMPTY
                whole = join(title, "  ", cell) if title else cell
                yield from (TextLine(line.rstrip()) for line in whole.wrap(width))

    def _cell(self, node: SyntaxTreeNode, heading: bool) -> Content:
        style = self.palette.text + BOLD if heading else self.palette.text
        return underlined(self._inline(node, style), self.asked)

    # --- within a line -------------------------------------------------------------------------------------------

    def _inline(self, node: SyntaxTreeNode, style: Style) -> Content:
        """What stands in a heading, paragraph or cell."""
        return join(*(self._span(child, style) for inline in node.children for child in inline.children))

    def _span(self, node: SyntaxTreeNode, style: Style) -> Content:
        within: Callable[[Style], Content] = lambda other: join(*(self._span(child, other) for child in node.children))  # noqa: E731
        match node.type:
            case "softbreak":
                return Content(" ")
            case "hardbreak":
                return Content("\n")
            case "strong" | "em":
                return within(style + BOLD)
            case "code_inline":
                return self._code_span(node.content, style)
            case "link":
                return self._link(within(style), str(node.attrs.get("href", "")))
            case "image":
                return self._link(content(node.content or "picture", style), str(node.attrs.get("src", "")))
            case _:
                return content(node.content, style)

    def _code_span(self, text: str, style: Style) -> Content:
        """Set off by its ground; by backticks where the theme has only one ground."""
        if self.palette.bar == self.palette.ground:
            return content(f"`{text}`", style)
        return content(text, style + self.palette.bar)

    def _link(self, words: Content, address: str) -> Content:
        shown = content(address.removeprefix("mailto:"), self.palette.accent)
        if not words or words.plain == shown.plain:
            return shown
        return join(words, content(" (", self.palette.dim), shown, content(")", self.palette.dim))


def _is_tight(node: SyntaxTreeNode) -> bool:
    """Whether no empty line stands between a list's items: their paragraphs are hidden ones."""
    paragraphs = (child for item in node.children for child in item.children if child.type == "paragraph")
    return all(paragraph.hidden for paragraph in paragraphs)


def _column_widths(rows: Sequence[Sequence[Content]], columns: int, width: int) -> list[int] | None:
    """How wide each column of a table is; None if there is no room for all of them.

    Columns that want less than their share keep what they want, the others share the rest.
    """
    room = width - _GUTTER * (columns - 1)
    if room < columns * _LEAST_COLUMN:
        return None
    wanted = [max(1, *(_widest(row[at]) for row in rows if at < len(row))) for at in range(columns)]
    widths: dict[int, int] = {}
    for left, at in zip(range(columns, 0, -1), sorted(range(columns), key=wanted.__getitem__), strict=True):
        widths[at] = min(wanted[at], (room - sum(widths.values())) // left)
    return [widths[at] for at in range(columns)]


def _widest(cell: Content) -> int:
    return max((line.cell_length for line in cell.split("\n")), default=0)
