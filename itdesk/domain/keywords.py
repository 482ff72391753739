"""Keywords in a ticket's text: found on word boundaries, case and accents folded, in one pass over its words."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from itdesk.domain.conditions import Field
from itdesk.domain.decisions import Evidence
from itdesk.domain.text import fold, words

LONGEST = 65_536
"""How many characters of a subject or body rules read."""

LONGEST_EVIDENCE = 200
"""How many characters of a text that matched are shown."""

_MOST_WORDS_KEPT = 100_000
_NOT_IN_WORDS = re.compile(r"[\W_]")
_ASCII = bytes(ord(_NOT_IN_WORDS.sub(" ", chr(code).lower())) for code in range(128)).ljust(256)
_BETWEEN = "|"  # a word of its own between subject and body, so that no phrase begins in one and ends in the other


def _spaced(text: str) -> str:
    """The text folded, everything but letters and digits as spaces; positions are those of the folded text."""
    if text.isascii():
        return text.encode("ascii").translate(_ASCII).decode("ascii")  # ten times as fast as str.translate
    return _NOT_IN_WORDS.sub(" ", fold(text))


class Keyword:
    """A phrase to look for. It has at least one letter or digit; `*` at its end lets the last word go on.

    `further` are the whole words after the first: a text without one of them need not be searched. `joined` stands in
    a text's words, joined by single spaces, where the phrase stands in the text.
    """

    __slots__ = ("_pattern", "further", "joined", "open_ended", "phrase", "single", "words")

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase
        self.words = tuple(words(phrase))
        self.open_ended = phrase.rstrip().endswith("*")
        self.single = len(self.words) == 1
        self.further = frozenset(self.words[1:-1] if self.open_ended else self.words[1:])
        self.joined = f" {' '.join(self.words)}" + ("" if self.open_ended else " ")
        self._pattern: re.Pattern[str] | None = None  # of a phrase, made when it is first needed

    def find(self, spaced: str, start: int = 0) -> tuple[int, int] | None:
        """Where the phrase first stands in a spaced text (from `start` on): first character, and after the last."""
        if not self.single:
            if self._pattern is None:
                end = "" if self.open_ended else "(?= )"
                self._pattern = re.compile(" " + " +".join(map(re.escape, self.words)) + end)
            found = self._pattern.search(spaced, start)
            if found is None:
                return None
            first, last = found.span()
        else:
            first = spaced.find(self.joined, start)
            if first < 0:
                return None
            last = first + 1 + len(self.words[0])
        if self.open_ended:
            last = spaced.index(" ", last)
        return first + 1, last

    def covers(self, other: "Keyword") -> bool:
        """Whether this phrase is found wherever the other one is."""
        size = len(self.words)
        for start in range(len(other.words) - size + 1):
            *head, tail = other.words[start : start + size]
            if tuple(head) != self.words[:-1]:
                continue
            last = start + size == len(other.words)
            if self.open_ended and tail.startswith(self.words[-1]):
                return True
            if tail == self.words[-1] and not (last and other.open_ended):
                return True
        return False


class TicketText:
    """A ticket's subject and body, folded and ready to be searched; at most `LONGEST` characters of each."""

    def __init__(self, subject: str, body: str) -> None:
        self.subject = subject[:LONGEST]
        self.body = body[:LONGEST]
        spaced = _spaced(self.subject)
        self._body_start = len(spaced) + 3
        self.spaced = f" {spaced} {_BETWEEN} {_spaced(self.body)} "

    def find(self, keyword: Keyword, field: Field) -> tuple[int, int] | None:
        """Where the keyword first stands in the field (text, subject or body), as a place for `evidence`."""
        if field is Field.BODY:
            return keyword.find(self.spaced, self._body_start)
        found = keyword.find(self.spaced)
        if found is None or (field is Field.SUBJECT and found[0] > self._body_start):
            return None
        return found

    def evidence(self, place: tuple[int, int]) -> Evidence:
        """The text at a place, as it was written, cut if it is long."""
        first, last = place
        if first <= self._body_start:
            return Evidence("subject", _written(self.subject, self._subject_ends, first - 1, last - 1))
        start = self._body_start + 1
        return Evidence("body", _written(self.body, self._body_ends, first - start, last - start))

    @cached_property
    def _subject_ends(self) -> list[int] | None:
        return _folded_ends(self.subject)

    @cached_property
    def _body_ends(self) -> list[int] | None:
        return _folded_ends(self.body)


def find_in(keyword: Keyword, text: str) -> str | None:
    """The keyword in a text of its own, as it was written there."""
    text = text[:LONGEST]
    found = keyword.find(f" {_spaced(text)} ")
    if found is None:
        return None
    return _written(text, _folded_ends(text), found[0] - 1, found[1] - 1)


def _folded_ends(text: str) -> list[int] | None:
    """Where each character ends once folded (folding may lengthen or drop it); None where nothing moves."""
    return None if text.isascii() else list(accumulate(len(fold(character)) for character in text))


def _written(text: str, ends: list[int] | None, first: int, last: int) -> str:
    if ends is not None:
        first = bisect_right(ends, first)
        # Up to the combining marks that follow, and to the end of a character of which only a part was found.
        last = max(bisect_right(ends, last), bisect_right(ends, last - 1) + 1)
    return text[first : min(last, first + LONGEST_EVIDENCE)]


class KeywordIndex:
    """Finds which of many keywords a text holds, by looking each of its words up once."""

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        self._exact: dict[str, list[Keyword]] = {}
        self._open_ended: dict[str, list[Keyword]] = {}
        for keyword in keywords:
            by_word = self._open_ended if keyword.single and keyword.open_ended else self._exact
            by_word.setdefault(keyword.words[0], []).append(keyword)
        self._lengths = sorted({len(word) for word in self._open_ended})
        self._learned = _Learned(set(), {})

    def found(self, spaced: str) -> set[Keyword]:
        """The keywords that stand in a spaced text."""
        words = spaced.split()
        present = set(words)
        learned = self._learned
        found: set[Keyword] = set()
        phrases: list[Keyword] = []
        for word in present - learned.dull:
            begun = learned.begun.get(word)
            if begun is None:
                begun = self._learn(word, learned)
            found.update(begun[0])
            phrases += begun[1]
        phrases = [phrase for phrase in phrases if phrase.further <= present]
        if phrases:
            joined = f" {' '.join(words)} "
            found.update([phrase for phrase in phrases if phrase.joined in joined])
        return found

    def _learn(self, word: str, learned: "_Learned") -> "_Begun":
        keywords = list(self._exact.get(word, ()))
        for length in self._lengths:
            if length <= len(word):
                keywords += self._open_ended.get(word[:length], ())
        begun = (
            tuple(keyword for keyword in keywords if keyword.single),
            tuple(keyword for keyword in keywords if not keyword.single),
        )
        if keywords:
            learned.begun[word] = begun
        else:
            learned.dull.add(word)
        if len(learned.dull) + len(learned.begun) > _MOST_WORDS_KEPT:
            self._learned = _Learned(set(), {})
        return begun


_Begun = tuple[tuple[Keyword, ...], tuple[Keyword, ...]]
"""Keywords that a word begins: those that it is alone, and phrases."""


@dataclass(frozen=True, slots=True)
class _Learned:
    """What the index knows about the words that it has met: those that begin no keyword, and what the others begin."""

    dull: set[str]
    begun: dict[str, _Begun]
