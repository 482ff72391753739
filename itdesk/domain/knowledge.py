"""A knowledge article's life."""

import re
from collections.abc import Mapping
from enum import StrEnum

from itdesk.domain.text import words

_NUMBER = re.compile(r"kb-?0*([1-9]\d{0,17})", re.IGNORECASE)
_NUMBER_SAID = re.compile(r"(?<= )kb ?0*([1-9]\d{0,17})(?= )")


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

    `titles` are by id. A title of one word is a word like any other: it names nothing; nor does one inside a longer
    one.
    """
    said = f" {' '.join(words(text))} "
    places: dict[int, int] = {}
    for found in _NUMBER_SAID.finditer(said):
        places.setdefault(int(found[1]), found.start())
    phrases = {article_id: words(title) for article_id, title in titles.items()}
    for article_id, phrase in sorted(phrases.items(), key=lambda one: -len(one[1])):
        title = f" {' '.join(phrase)} "
        at = said.find(title)
        if len(phrase) > 1 and at >= 0:
            places[article_id] = min(at, places.get(article_id, at))
            said = said.replace(title, f" {'.' * (len(title) - 2)} ")
    return tuple(sorted(titles.keys() & places.keys(), key=places.__getitem__))
