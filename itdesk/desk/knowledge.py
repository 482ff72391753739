"""Knowledge: articles that solve what comes again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from itdesk.desk.change import Change
from itdesk.desk.errors import Refused
from itdesk.desk.transaction import Transaction, action
from itdesk.domain.knowledge import ArticleState, article_number
from itdesk.domain.people import STAFF
from itdesk.domain.text import storable
from itdesk.models import search
from itdesk.models.knowledge import Article


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article in Markdown. `category` is a path of the tree, or empty; `review_at` an aware UTC datetime."""

    title: str
    body: str
    category: str = ""
    state: ArticleState = ArticleState.PUBLISHED
    review_at: datetime | None = None


@action(STAFF, "write articles")
def add_articles(tx: Transaction, articles: Iterable[NewArticle]) -> Change:
    """Add articles. Raises Refused for one without a title or text."""
    ids: list[int] = []
    for new in articles:
        new = replace(new, title=storable(new.title), body=storable(new.body))
        if not new.title.strip() or not new.body.strip():
            raise Refused(f"The article {new.title!r} needs a title and a text.")
        article_id = int(
            Article.insert(
                state=new.state,
                title=new.title.strip(),
                body=new.body.strip(),
                category=new.category,
                owner=tx.session.actor.id or None,
                review_at=new.review_at,
                created_at=tx.now,
                changed_at=tx.now,
            ).execute()
        )
        search.add(tx.session.desk.database, "article_search", ("title", "body"), [(article_id, (new.title, new.body))])
        tx.record(
            "article_added",
            f"article:{article_id}",
            facts={"state": new.state, "category": new.category},
            payload={"title": new.title, "body": new.body},
        )
        ids.append(article_id)
    if not ids:
        raise Refused("There is no article to add.")
    sentence = f"Added {article_number(ids[0])}." if len(ids) == 1 else f"Added {len(ids)} articles."
    return Change(sentence, undoable=False)
