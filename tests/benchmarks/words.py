"""Believable texts in quantity: frequent and rare words as in a language, words of the category, serial numbers."""

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from random import Random

from itdesk.domain.text import words

_VOCABULARY = 6_000
_SENTENCES = 400
_COMMON = (
    "the to my a is i in and for not it on of please with after since this cannot can when we have no does error"
    " password account printer laptop screen outlook mail vpn wifi network server access login slow again today"
    " update install software document file folder shared team meeting room phone monitor cable dock keyboard browser"
    " page opens message says failed connect connection disconnects restart tried help need urgent working stopped"
)
_OPENINGS = ("Problem with", "Cannot use", "Request:", "Error in", "Question about", "Help needed:", "Failure of")
_CONSONANTS, _VOWELS = "bcdfghklmnprstvwz", "aeio"
_SYLLABLES = tuple(consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS)


@cache
def _vocabulary(seed: int) -> tuple[list[str], list[float]]:
    """Words and their cumulative weights by Zipf's law, the common ones first."""
    rng = Random(seed)
    found = dict.fromkeys(_COMMON.split())
    while len(found) < _VOCABULARY:
        found["".join(rng.choices(_SYLLABLES, k=rng.choice((2, 3, 3, 4))))] = None
    return list(found), list(accumulate(1 / (rank + 2.7) for rank in range(len(found))))


class Sentences:
    """Texts of one category."""

    def __init__(self, path: str, title: str, seed: int) -> None:
        """`path` and `title` are those of the category."""
        rng = Random(f"{seed} {path}")
        vocabulary, weights = _vocabulary(seed)
        topic = [word for word in words(f"{title} {path.replace('.', ' ')}") if len(word) > 2]
        self._title = title
        self._pool = []
        for _ in range(_SENTENCES):
            chosen = rng.choices(vocabulary, cum_weights=weights, k=rng.randint(5, 14))
            chosen.insert(rng.randrange(len(chosen)), rng.choice(topic))
            self._pool.append(f"{' '.join(chosen).capitalize()}.")

    def sentence(self, rng: Random) -> str:
        """One or two sentences."""
        return f"{rng.choice(self._pool)} {rng.choice(self._pool)}" if rng.random() < 0.5 else rng.choice(self._pool)

    def request(self, rng: Random, number: int) -> tuple[str, str]:
        """Subject and body of a request. Each names a device of its own."""
        about = rng.choice(self._pool)
        device = f"NB{number * 7919 % 1_000_000:06}"
        subject = f"{rng.choice(_OPENINGS)} {self._title.lower()}, {' '.join(about[:-1].lower().split()[:5])}"
        body = f"{about}\n{rng.choice(self._pool)} {rng.choice(self._pool)}\nDevice: {device}"
        return subject, body

    def solution(self, rng: Random) -> str:
        """What solved it."""
        return f"Done: {rng.choice(self._pool)}"

    @staticmethod
    def vocabulary(seed: int) -> list[str]:
        """The words that the texts are made of, the frequent ones first."""
        return _vocabulary(seed)[0]

    @staticmethod
    def people(count: int, seed: int) -> list[str]:
        """So many names of people."""
        rng = Random(seed + 1)

        def names() -> Iterator[str]:
            for _ in range(count):
                given = "".join(rng.choices(_SYLLABLES, k=2)).capitalize()
                yield f"{given} {''.join(rng.choices(_SYLLABLES, k=3)).capitalize()}"

        return list(names())
