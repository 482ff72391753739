"""A knowledge article's life."""

from enum import StrEnum


class ArticleState(StrEnum):
    """Where an article stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


def article_number(article_id: int) -> str:
    """`KB-118`."""
    return f"KB-{article_id}"
