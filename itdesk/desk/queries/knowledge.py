"""Articles: search, list, one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from itdesk.desk.errors import NotFound
from itdesk.desk.session import Session
from itdesk.domain.knowledge import ArticleState, article_number
from itdesk.domain.people import READERS
from itdesk.domain.text import words
from itdesk.models import search
from itdesk.models.base import objects
from itdesk.models.knowledge import Article
from itdesk.models.people import Person


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article. `body` is Markdown; times are aware UTC; `owner` a login."""

    id: int
    state: ArticleState
    title: str
    body: str
    category: str
    owner: str | None
    review_at: datetime | None
    changed_at: datetime
    version: int

    @property
    def number(self) -> str:
        """`KB-118`."""
        return article_number(self.id)


def articles(session: Session, text: str = "", *, limit: int = 200) -> tuple[ArticleView, ...]:
    """Published articles in which every word of `text` begins a word, those with it in the title first, then by title.

    Without words, all of them. Staff see drafts too.
    """
    wanted = words(text)
    database = session.desk.database
    select = _select(session)
    title_first = []
    if wanted:
        in_title = Article.id.in_(search.matching(database, "article_search", ("title",), wanted))
        select = select.where(Article.id.in_(search.matching(database, "article_search", ("title", "body"), wanted)))
        title_first = [in_title.desc()]
    with database.translated():
        select = select.order_by(*title_first, Article.title, Article.id).limit(limit)
        return tuple(_view(row) for row in objects(select))


def suggestions(session: Session, text: str, category: str = "", *, limit: int = 5) -> tuple[ArticleView, ...]:
    """Published articles that share words with a ticket's text, most shared words first, its own category preferred."""
    wanted = {word for word in words(text)[:200] if len(word) > 2}
    if not wanted:
        return ()
    database = session.desk.database
    found = search.matching(database, "article_search", ("title", "body"), sorted(wanted), any_word=True)
    select = _select(session).where((Article.state == ArticleState.PUBLISHED) & Article.id.in_(found))
    with database.translated():
        views = [_view(row) for row in objects(select.limit(500))]

    def fit(article: ArticleView) -> tuple[float, int]:
        title, body = set(words(article.title)), set(words(article.body))
        own = 2 if category and article.category == category else 0
        return (own + 3 * len(wanted & title) + len(wanted & body) / 4, -article.id)

    return tuple(sorted(views, key=fit, reverse=True)[:limit])


def article(session: Session, article_id: int) -> ArticleView:
    """One article; raises NotFound."""
    with session.desk.database.translated():
        row = _select(session).where(Article.id == article_id).objects().first()
    if row is None:
        raise NotFound(f"There is no article {article_number(article_id)} here.")
    return _view(row)


def _select(session: Session) -> Any:
    select = Article.select(Article, Person.login.alias("owner_login")).join(
        Person, JOIN.LEFT_OUTER, on=(Article.owner == Person.id)
    )
    if session.actor.role not in READERS:
        return select.where(Article.state == ArticleState.PUBLISHED)
    return select.where(Article.state != ArticleState.RETIRED)


def _view(row: Any) -> ArticleView:
    return ArticleView(
        id=row.id,
        state=ArticleState(row.state),
        title=row.title,
        body=row.body,
        category=row.category,
        owner=row.owner_login,
        review_at=row.review_at,
        changed_at=row.changed_at,
        version=row.version,
    )
