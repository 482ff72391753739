"""How well a text fits what somebody typed, with slips of the finger forgiven."""

from collections.abc import Sequence

_LONG_ENOUGH = 4
"""Letters from which on a word may hold a slip."""

_SIMILAR = 75.0


def fit_of(asked: Sequence[str], folded: str) -> float:
    """From 0 (a word is missing) to 100 (all of them begin a word of the text); without words everything fits.

    `asked` are folded words, `folded` is the text, folded as well.
    """
    if not asked:
        return 100.0
    parts = folded.split()
    fits = [_fit(word, folded, parts) for word in asked]
    return 0.0 if 0.0 in fits else sum(fits) / len(fits)


def _fit(word: str, folded: str, parts: Sequence[str]) -> float:
    if any(part.startswith(word) for part in parts):
        return 100.0 if word in parts else 95.0
    if word in folded:
        return 85.0
    if len(word) < _LONG_ENOUGH:
        return 0.0
    from rapidfuzz import fuzz

    best = max((fuzz.ratio(word, part[: len(word) + 1]) for part in parts), default=0.0)
    return best * 0.8 if best >= _SIMILAR else 0.0
