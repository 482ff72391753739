"""A knowledge article's life."""

import re
from collections.abc import Mapping
from enum import StrEnum

from itdesk.domain.text import words

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


def named(text: str, titles: Mapping[int, str]) -> tuple[int, ...]:
    """The ids of the articles that a text names, by number or by title, in the order in which it does.

    `titles` are by id. A title of one word is a word like any other: it names nothing.
    """
    said = f" {' '.join(words(text))} "
    places = {}
    for article_id, title in titles.items():
        phrases = [words(article_number(article_id)), words(title)]
        found = [said.find(f" {' '.join(phrase)} ") for phrase in phrases if len(phrase) > 1]
        places[article_id] = min((at for at in found if at >= 0), default=-1)
    return tuple(sorted((one for one, at in places.items() if at >= 0), key=places.__getitem__))
