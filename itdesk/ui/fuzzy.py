"""How well something fits what somebody typed; slips of the finger are told apart from what fits as it was typed."""

from collections.abc import Sequence

_LONG_ENOUGH = 5
"""Letters from which on a word may hold a slip."""

_SIMILAR = 80.0
_PART = 3
"""Letters of which a word may hold the middle of another one."""


def fit_of(asked: Sequence[str], name: Sequence[str], told: Sequence[str]) -> float:
    """From 0 (a word is missing) to 100 (that is its name); without words everything fits.

    `asked` are the folded words that were typed, `name` those of what it is called, `told` those of what is said of it.
    A word fits where another one begins with it, better in the name.
    """
    if not asked or list(asked) == list(name):
        return 100.0
    fits = [_fit(word, name, told) for word in asked]
    return 0.0 if 0.0 in fits else sum(fits) / len(fits)


def _fit(word: str, name: Sequence[str], told: Sequence[str]) -> float:
    for parts, whole, beginning in ((name, 95.0, 90.0), (told, 80.0, 75.0)):
        if word in parts:
            return whole
        if any(part.startswith(word) for part in parts):
            return beginning
    return 0.0


def slip_of(asked: Sequence[str], parts: Sequence[str]) -> float:
    """As `fit_of` for those that do not fit: a word may stand within another one, or be spelt a little differently."""
    likenesses = [_likeness(word, parts) for word in asked]
    return 0.0 if not asked or 0.0 in likenesses else sum(likenesses) / len(likenesses)


def _likeness(word: str, parts: Sequence[str]) -> float:
    if any(part.startswith(word) or (len(word) >= _PART and word in part) for part in parts):
        return 100.0
    if len(word) < _LONG_ENOUGH:
        return 0.0
    from rapidfuzz import fuzz

    best = max((fuzz.ratio(word, part[: len(word) + 1]) for part in parts), default=0.0)
    return best if best >= _SIMILAR else 0.0
