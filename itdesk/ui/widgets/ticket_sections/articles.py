"""Articles that may solve a ticket."""

from functools import partial

from itdesk.desk.queries.knowledge import Fit
from itdesk.ui.messages import OpenArticle
from itdesk.ui.theme import Roles
from itdesk.ui.widgets.ticket_facts import fitting_article
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section


def articles(of: Panelled, width: int, palette: Roles) -> Section | None:
    """The best ones; `enter` reads one."""
    entries = tuple(_article(article, width, palette) for article in of.articles)
    return Section("May solve it", entries, len(entries), "enter reads") if entries else None


def _article(found: Fit, width: int, palette: Roles) -> Entry:
    return Entry((fitting_article(found, width, palette),), partial(OpenArticle, found.article.id))
