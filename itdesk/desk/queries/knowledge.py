"""Articles: search, lists, one, and those that fit a ticket."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import log
from typing import Any

from peewee import JOIN, SQL, Case, NodeList, Value, fn

from itdesk.desk.errors import NotFound
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.knowledge import ArticleState, article_number, named, parse_article_number
from itdesk.domain.people import READERS
from itdesk.domain.text import telling_words, words
from itdesk.domain.ticket import Kind, format_number
from itdesk.models import search
from itdesk.models.base import objects, tuples
from itdesk.models.knowledge import Article
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket

_MOST_WORDS = 12
_MOST_CANDIDATES = 300
_SUBJECT_WORDS, _BODY_LETTERS, _BODY_WORDS = 40, 4_000, 120
_LEAST_PERCENT = 20
_CATEGORY_SHARE = 0.2
_SUBJECT_WEIGHT = 2
_TEXT_SHARE = 0.6


class ArticleSet(StrEnum):
    """Which articles a list holds. Of all these, requesters see the published ones of `all`."""

    ALL = "all"
    """All that are not retired."""
    DRAFTS = "drafts"
    REVIEW_DUE = "review due"
    """Published, and past their review date."""
    RETIRED = "retired"


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

    def overdue(self, now: datetime) -> bool:
        """Whether it is in use and past its review date."""
        return self.state is ArticleState.PUBLISHED and self.review_at is not None and self.review_at <= now


@dataclass(frozen=True, slots=True)
class Fit:
    """An article that may solve a ticket.

    `percent`: see `fitting`; `words` are those of the ticket that it has, the most telling first.
    """

    article: ArticleView
    percent: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TicketFits:
    """The articles that fit a ticket, and the ticket."""

    number: str
    category: str
    fits: tuple[Fit, ...]


def articles(
    session: Session, text: str = "", *, within: ArticleSet = ArticleSet.ALL, category: str = "", limit: int = 200
) -> tuple[ArticleView, ...]:
    """Articles in which every word of `text` begins a word, best first; without words, by title. `KB-118` is that one.

    A word counts most as a word of the title, then as the beginning of one, then in the text as a word, then as a
    beginning; among equals those of `category` come first. Requesters see what is published.
    """
    wanted = words(text)
    database = session.desk.database
    select = _found(session, _within(session, within), text)
    order: list[Any] = []
    if wanted:
        order.append(_points(session, list(dict.fromkeys(wanted))[:_MOST_WORDS]).desc())
    if category:
        order.append(Case(None, [(Article.category == category, 0)], 1))
    with database.translated():
        return tuple(_view(row) for row in objects(select.order_by(*order, *_by_title(session)).limit(limit)))


def count(session: Session, text: str = "", *, within: ArticleSet = ArticleSet.ALL) -> int:
    """How many articles `articles` finds without a limit."""
    select = _found(session, _within(session, within), text)
    with session.desk.database.translated():
        return int(select.count())


def _found(session: Session, select: Any, text: str) -> Any:
    number, wanted = parse_article_number(text), words(text)
    if number is not None:
        return select.where(Article.id == number)
    if not wanted:
        return select
    return select.where(
        Article.id.in_(search.matching(session.desk.database, "article_search", ("title", "body"), wanted))
    )


def counts(session: Session) -> Mapping[ArticleSet, int]:
    """How many articles each list holds that this person may see."""
    due = Case(None, [(_due(session), 1)], 0)
    with session.desk.database.translated():
        rows = tuples(
            _visible(session, Article.state, fn.COUNT(Article.id), fn.SUM(due)).group_by(Article.state),
        )
    states = {ArticleState(state): (int(found), int(late)) for state, found, late in rows}

    def number(state: ArticleState) -> int:
        return states.get(state, (0, 0))[0]

    return {
        ArticleSet.ALL: number(ArticleState.PUBLISHED) + number(ArticleState.DRAFT),
        ArticleSet.DRAFTS: number(ArticleState.DRAFT),
        ArticleSet.REVIEW_DUE: states.get(ArticleState.PUBLISHED, (0, 0))[1],
        ArticleSet.RETIRED: number(ArticleState.RETIRED),
    }


def fitting(session: Session, subject: str, body: str, category: str = "", *, limit: int = 20) -> tuple[Fit, ...]:
    """Published articles that may solve a ticket, best first.

    The percentage is how much of what the ticket says an article says too. All words of the subject count, and those of
    the text that some article has. Each weighs ln((articles + 1) / articles that have it), twice that in the subject,
    and counts in an article by where it stands: title 1, beginning of a word of the title 0.7, text 0.6, beginning of a
    word of the text 0.3. Where the ticket has a category, an article of the same one has 20 of the hundred points for
    it. An article below 20 % does not fit, nor one of another category of whose title the ticket says nothing.
    """
    asked = _asked(subject, body)
    if not asked:
        return ()
    database = session.desk.database
    wanted = sorted(asked)

    def found(*columns: str) -> Any:
        return Article.id.in_(search.matching(database, "article_search", columns, wanted, any_word=True))

    published = Article.state == ArticleState.PUBLISHED
    nearest = [Case(None, [(found("title"), 0)], 1), Case(None, [(Article.category == category, 0)], 1), Article.id]
    shares_something = found("title", "body") | ((Article.category == category) & (Article.category != ""))
    select = _select(session).where(published & shares_something).order_by(*nearest).limit(_MOST_CANDIDATES)
    with database.translated():
        candidates = [_view(row) for row in objects(select)]
        published_count = int(_visible(session, Article.id).where(published).count())
    shares = [_shares(article, asked) for article in candidates]
    having = Counter(word for share in shares for word in share)
    weights = {
        word: weight * log((published_count + 1) / max(1, having[word]))
        for word, weight in asked.items()
        if weight == _SUBJECT_WEIGHT or having[word]
    }
    whole = sum(weights.values()) or 1
    fits = [
        Fit(
            article,
            _percent(sum(weights[word] * part for word, part in share.items()) / whole, category, article.category),
            tuple(sorted(share, key=lambda word: (-weights[word] * share[word], word))),
        )
        for article, share in zip(candidates, shares, strict=True)
        if article.category == category or max(share.values(), default=0) > _TEXT_SHARE
    ]
    fits = [fit for fit in fits if fit.percent >= _LEAST_PERCENT]
    return tuple(sorted(fits, key=lambda fit: (-fit.percent, fit.article.id))[:limit])


def fitting_ticket(session: Session, ticket_id: int, *, limit: int = 20) -> TicketFits:
    """The articles that fit a visible ticket; raises NotFound."""
    with session.desk.database.translated():
        columns = (Ticket.kind, Ticket.subject, Ticket.body, Ticket.category)
        row = visible(session, Ticket.id, *columns).where(Ticket.id == ticket_id).first()
    if row is None:
        raise NotFound(f"There is no ticket {ticket_id} here.")
    fits = fitting(session, row.subject, row.body, row.category, limit=limit)
    return TicketFits(format_number(Kind(row.kind), row.id), row.category, fits)


def article(session: Session, article_id: int) -> ArticleView:
    """One article; raises NotFound."""
    with session.desk.database.translated():
        row = _select(session).where(Article.id == article_id).objects().first()
    if row is None:
        raise NotFound(f"There is no article {article_number(article_id)} here.")
    return _view(row)


def named_in(session: Session, article: ArticleView) -> tuple[ArticleView, ...]:
    """The other articles that an article's text names, in the order in which it does."""
    with session.desk.database.translated():
        titles = dict(tuples(_visible(session, Article.id, Article.title).where(Article.id != article.id)))
        found = named(article.body, titles)
        rows = {row.id: _view(row) for row in _select(session).where(Article.id.in_(found)).objects()}
    return tuple(rows[one] for one in found)


# --- which articles --------------------------------------------------------------------------------------------------


def _visible(session: Session, *columns: Any) -> Any:
    select = Article.select(*columns)
    if session.actor.role not in READERS:
        return select.where(Article.state == ArticleState.PUBLISHED)
    return select


def _select(session: Session) -> Any:
    return _visible(session, Article, Person.login.alias("owner_login")).join(
        Person, JOIN.LEFT_OUTER, on=(Article.owner == Person.id)
    )


def _within(session: Session, within: ArticleSet) -> Any:
    match within:
        case ArticleSet.ALL:
            condition = Article.state != ArticleState.RETIRED
        case ArticleSet.DRAFTS:
            condition = Article.state == ArticleState.DRAFT
        case ArticleSet.REVIEW_DUE:
            condition = _due(session)
        case ArticleSet.RETIRED:
            condition = Article.state == ArticleState.RETIRED
    return _select(session).where(condition)


def _due(session: Session) -> Any:
    return (Article.state == ArticleState.PUBLISHED) & (Article.review_at <= session.clock())


# --- in which order --------------------------------------------------------------------------------------------------


def _points(session: Session, wanted: Sequence[str]) -> Any:
    """For each word 4 in the title, 3 at the beginning of one there, 2 and 1 in the text."""

    def found(column: str, word: str, *, whole: bool) -> Any:
        return Article.id.in_(search.matching(session.desk.database, "article_search", (column,), [word], whole=whole))

    points: Any = Value(0)
    for word in wanted:
        ranks = [
            (found("title", word, whole=True), 4),
            (found("title", word, whole=False), 3),
            (found("body", word, whole=True), 2),
        ]
        points += Case(None, ranks, 1)
    return points


def _by_title(session: Session) -> list[Any]:
    """By bytes on both databases: PostgreSQL would sort by the server's language."""
    title = Article.title if session.desk.database.sqlite else NodeList((Article.title, SQL('COLLATE "C"')))
    return [title, Article.id]


def _asked(subject: str, body: str) -> dict[str, int]:
    """The ticket's words with their weight: what the subject says counts more."""
    asked: dict[str, int] = {}
    for found, weight in (
        (telling_words(subject)[:_SUBJECT_WORDS], _SUBJECT_WEIGHT),
        (telling_words(body[:_BODY_LETTERS])[:_BODY_WORDS], 1),
    ):
        for word in found:
            asked.setdefault(word, weight)
    return asked


def _shares(article: ArticleView, asked: Mapping[str, int]) -> dict[str, float]:
    """The asked words that the article has, each with how much it counts there."""
    title, body = set(words(article.title)), set(words(article.body))
    shares = {}
    for word in asked:
        if word in title:
            shares[word] = 1.0
        elif any(other.startswith(word) for other in title):
            shares[word] = 0.7
        elif word in body:
            shares[word] = _TEXT_SHARE
        elif any(other.startswith(word) for other in body):
            shares[word] = _TEXT_SHARE / 2
    return shares


def _percent(share: float, wanted: str, category: str) -> int:
    if wanted:
        share = share * (1 - _CATEGORY_SHARE) + (_CATEGORY_SHARE if category == wanted else 0)
    return round(100 * share)


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
