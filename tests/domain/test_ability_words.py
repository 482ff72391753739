"""Skills and capacity read as people type them, and what is told can be typed again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain import ability_words as words
from itdesk.domain.assignment import Skill

CATEGORIES = st.from_regex(r"[a-z]+(\.[a-z]+)?", fullmatch=True)


@given(st.dictionaries(CATEGORIES, st.integers(1, 5)), st.sampled_from([" ", "\n", ", "]))
def test_skills_that_are_told_can_be_typed_again(levels: dict[str, int], between: str) -> None:
    skills = tuple(Skill(category, level) for category, level in levels.items())
    assert words.parse_skills(between.join(words.skill_words(skills))) == skills


def test_of_a_category_that_comes_twice_the_last_counts() -> None:
    assert words.parse_skills("network=2 access=1\nnetwork=4") == (Skill("network", 4), Skill("access", 1))


@pytest.mark.parametrize("word", ["network", "network=", "network=0", "network=6", "network=1=2", "=3", "network=²"])
def test_a_word_that_is_no_skill_is_named(word: str) -> None:
    with pytest.raises(ValueError, match=r"is no skill; write a category and a level from 1 to 5: network\.vpn=4"):
        words.parse_skills(f"access=3 {word}")


@pytest.mark.parametrize(("text", "capacity"), [("0", 0), (" 12 ", 12), ("usual", None), ("Usual", None)])
def test_capacity(text: str, capacity: int | None) -> None:
    assert words.parse_capacity(text) == capacity


@pytest.mark.parametrize("text", ["", "many", "-1", "1.5", "1234567", "²"])
def test_a_text_that_is_no_capacity_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no capacity: a number from 0 on, or `usual`"):
        words.parse_capacity(text)
