"""A knowledge article's life."""

import re
from enum import StrEnum

_NUMBER = re.compile(r"kb-?0*([1-9]\d{0,17})", re.IGNORECASE)


class ArticleState(StrEnum):
    """Where an article stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


def article_number(article_id: int) -> str:
    """`KB-118`."""
    return f"KB-{article_id}"


def parse_article_number(text: str) -> int | None:
    """The article's id in `KB-118` or `kb118`; None if the text is no article's number."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None
