"""An article as it is read: what it is, who answers for it, and its text."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from textual.content import Content

from itdesk.desk.queries.knowledge import ArticleView
from itdesk.domain.knowledge import ArticleState
from itdesk.ui.text import EMPTY, between, content, join, underlined
from itdesk.ui.theme import BOLD, Roles
from itdesk.ui.times import age, date
from itdesk.ui.widgets.markdown_lines import markdown_lines
from itdesk.ui.widgets.scroll_lines import TextLine

MOST_WIDTH = 78
"""Cells: longer lines are hard to read."""


def article_lines(
    article: ArticleView, width: int, *, palette: Roles, asked: Sequence[str], now: datetime, zone: tzinfo
) -> list[TextLine]:
    """The whole article in lines of `width` cells, the words that begin with one of `asked` underlined."""
    inner = max(20, min(MOST_WIDTH, width - 2))
    number = content(article.number, palette.accent)
    title = underlined(content(article.title, palette.text + BOLD), asked).wrap(inner - number.cell_length - 2)
    lines = [TextLine(between(title[0], number, inner)), *map(TextLine, title[1:])]
    facts, review = _facts(article, palette), _review(article, palette, now, zone)
    if facts.cell_length + review.cell_length + 2 <= inner:
        lines.append(TextLine(between(facts, review, inner)))
    else:
        lines += [TextLine(facts.truncate(inner, ellipsis=True)), TextLine(review)]
    lines += [TextLine(), *markdown_lines(article.body, inner, palette, asked)]
    return [TextLine(join(" ", line.content), line.style) for line in lines]


def state_words(article: ArticleView, palette: Roles) -> Content:
    """The state, green where the article may be relied on."""
    return content(article.state.value, palette.green if article.state is ArticleState.PUBLISHED else palette.amber)


def _facts(article: ArticleView, palette: Roles) -> Content:
    facts = [state_words(article, palette)]
    if article.owner:
        facts.append(content(f"owner {article.owner}", palette.dim))
    if article.category:
        facts.append(content(article.category, palette.dim))
    return content(" · ", palette.dim).join(facts)


def _review(article: ArticleView, palette: Roles, now: datetime, zone: tzinfo) -> Content:
    if article.review_at is None:
        return EMPTY
    day = date(article.review_at, now, zone)
    if article.overdue(now):
        return content(f"review was due {day}, {age(now - article.review_at)} ago !", palette.red + BOLD)
    return content(f"review {day}", palette.dim)


def review_mark(article: ArticleView, palette: Roles, now: datetime, zone: tzinfo) -> Content:
    """The same in few cells: `12 Jan`, `-4d !`, or the state of one that is not published."""
    if article.state is not ArticleState.PUBLISHED:
        return state_words(article, palette)
    if article.review_at is None:
        return EMPTY
    if article.overdue(now):
        return content(f"-{age(now - article.review_at)} !", palette.red + BOLD)
    return content(date(article.review_at, now, zone), palette.dim)
