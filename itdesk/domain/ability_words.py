"""What somebody can do as people type and read it: `network.vpn=4`, `usual`.

Whatever cannot be understood raises ValueError with a sentence.
"""

import re
from collections.abc import Iterable

from itdesk.domain.assignment import Skill

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?")

USUAL = "usual"
"""What stands for no capacity of one's own."""


def parse_skill(word: str) -> Skill:
    """The skill that `network.vpn=4` means. Whether there is such a category is for the desk to say."""
    category, _, level = word.partition("=")
    if not category or level not in tuple("12345"):
        raise ValueError(f"{word!r} is no skill; write a category and a level from 1 to 5: network.vpn=4.")
    return Skill(category, int(level))


def parse_skills(text: str) -> tuple[Skill, ...]:
    """The skills of a text, parted by blanks, commas or line feeds; of a category that comes twice, the last."""
    found = (parse_skill(word) for word in parse_words(text))
    return tuple({skill.category: skill for skill in found}.values())


def parse_language(word: str) -> str:
    """The code that `de` or `pt-BR` means, in small letters."""
    code = word.strip().lower()
    if not _LANGUAGE.fullmatch(code):
        raise ValueError(f"{code!r} is no language code; write it like de, en or pt-br.")
    return code


def parse_words(text: str) -> tuple[str, ...]:
    """The words of a text, parted by blanks, commas or line feeds."""
    return tuple(text.replace(",", " ").split())


def skill_words(skills: Iterable[Skill]) -> tuple[str, ...]:
    """Each skill as one types it."""
    return tuple(f"{skill.category}={skill.level}" for skill in skills)


def parse_capacity(text: str) -> int | None:
    """The weighted load that a number means, from 0 on; None for `usual`: none of one's own."""
    word = text.strip().lower()
    if word == USUAL:
        return None
    if not word.isdecimal() or len(word) > 6:
        raise ValueError(f"{text!r} is no capacity: a number from 0 on, or `{USUAL}`.")
    return int(word)
