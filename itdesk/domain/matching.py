"""Conditions made ready to be tried on tickets: whether they hold, by which text, and what they lack."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

from itdesk.domain.conditions import AllOf, AnyOf, Condition, Contains, Field, In, Matches, Not, StartsWith
from itdesk.domain.decisions import Evidence, Thing
from itdesk.domain.keywords import LONGEST, LONGEST_EVIDENCE, Keyword, KeywordIndex, TicketText, find_in
from itdesk.domain.people import Asker
from itdesk.domain.rulebook import is_under
from itdesk.domain.text import fold

_REGEX_SECONDS = 0.05
_TEXTS = frozenset({Field.TEXT, Field.SUBJECT, Field.BODY})
_OF_FEW_VALUES = frozenset(Field) - _TEXTS - {Field.REQUESTER}
_MOST_VALUES_KEPT = 1_000
_NOBODY = Asker()


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What rules look at. `channel`, `kind` and `category` are the words of the ticket, empty or None if not known."""

    subject: str
    body: str = ""
    requester: Asker = _NOBODY
    channel: str = ""
    kind: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    site: str = ""
    priority: str = ""
    team: str = ""


class Reading:
    """A ticket while rules look at it: its facts, and which keywords its text holds."""

    __slots__ = ("category", "facts", "found", "kind", "text")

    def __init__(self, facts: TicketFacts, index: KeywordIndex, fixed: Mapping[Thing, str]) -> None:
        self.facts = facts
        self.kind = fixed.get(Thing.KIND) or facts.kind or ""
        self.category = fixed.get(Thing.CATEGORY) or facts.category or ""
        self.text = TicketText(facts.subject, facts.body)
        self.found = index.found(self.text.spaced)

    def values(self, field: Field) -> tuple[str, ...]:
        """The field's values: one, several for tags, subject and body for text, all that a requester is called by."""
        facts = self.facts
        if field is Field.KIND:
            return (self.kind,)
        if field is Field.CATEGORY:
            return (self.category,)
        if field is Field.TAGS:
            return facts.tags
        if field is Field.REQUESTER:
            who = facts.requester
            return tuple(filter(None, (who.name, who.login, who.email)))
        if field is Field.VIP:
            return ("yes" if facts.requester.vip else "no",)
        if field is Field.TEXT:
            return (facts.subject, facts.body)
        return (getattr(facts, field.value),)


class Part(ABC):
    """A condition, or a part of one, ready to be tried on tickets."""

    @abstractmethod
    def holds(self, reading: Reading) -> bool:
        """Whether it holds."""

    @abstractmethod
    def evidence(self, reading: Reading) -> tuple[Evidence, ...]:
        """The text that makes it hold; nothing where it does not."""

    @abstractmethod
    def lacks(self, reading: Reading) -> tuple[int, tuple[str, ...]]:
        """How many of its parts hold, and what is missing for it to hold; where two are missing, the others need not
        be told."""

    def triggers(self) -> frozenset[Keyword] | None:
        """Keywords without any of which it neither holds nor nearly holds; None if there are no such."""
        return None


class _Any(Part):
    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts

    def holds(self, reading: Reading) -> bool:
        return any(part.holds(reading) for part in self._parts)

    def evidence(self, reading: Reading) -> tuple[Evidence, ...]:
        return tuple(item for part in self._parts if part.holds(reading) for item in part.evidence(reading))

    def lacks(self, reading: Reading) -> tuple[int, tuple[str, ...]]:
        best: tuple[int, tuple[str, ...]] | None = None
        for part in self._parts:
            held, missing = part.lacks(reading)
            if best is None or (len(missing), -held) < (len(best[1]), -best[0]):
                best = held, missing
                if held and not missing:
                    break
        assert best is not None  # a condition has parts
        return best

    def triggers(self) -> frozenset[Keyword] | None:
        parts = [part.triggers() for part in self._parts]
        return None if None in parts else frozenset().union(*(part for part in parts if part is not None))


class _All(Part):
    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts

    def holds(self, reading: Reading) -> bool:
        return all(part.holds(reading) for part in self._parts)

    def evidence(self, reading: Reading) -> tuple[Evidence, ...]:
        return tuple(item for part in self._parts for item in part.evidence(reading))

    def lacks(self, reading: Reading) -> tuple[int, tuple[str, ...]]:
        held, lacks = 0, _NOTHING
        for part in self._parts:
            part_held, missing = part.lacks(reading)
            held += part_held
            lacks += missing
            if len(lacks) > 1:
                break
        return held, lacks

    def triggers(self) -> frozenset[Keyword] | None:
        known = [part for part in (part.triggers() for part in self._parts) if part is not None]
        return frozenset().union(*known) if known else None


class _Not(Part):
    def __init__(self, part: Part) -> None:
        self._part = part

    def holds(self, reading: Reading) -> bool:
        return not self._part.holds(reading)

    def evidence(self, reading: Reading) -> tuple[Evidence, ...]:  # noqa: ARG002 what is not there cannot be shown
        return ()

    def lacks(self, reading: Reading) -> tuple[int, tuple[str, ...]]:
        if self.holds(reading):
            return 0, ()
        found = ", ".join(f"{_quoted(item.text)} in {item.field}" for item in self._part.evidence(reading)[:2])
        return 0, (f"must not have {found}" if found else "what stands below `not` holds",)


_NOTHING: tuple[str, ...] = ()
_HELD = (1, _NOTHING)


class _Test(Part):
    """A condition on one field."""

    def __init__(self, field: Field, lack: str) -> None:
        self._field = field
        self._lack = (0, (lack,))

    def lacks(self, reading: Reading) -> tuple[int, tuple[str, ...]]:
        return _HELD if self.holds(reading) else self._lack


class _TextContains(_Test):
    """Keywords in the subject, the body, or both."""

    def __init__(self, field: Field, keywords: list[Keyword], lack: str) -> None:
        super().__init__(field, lack)
        self._keywords = frozenset(keywords)

    def holds(self, reading: Reading) -> bool:
        if self._keywords.isdisjoint(reading.found):
            return False
        return self._field is Field.TEXT or bool(self._places(reading))

    def evidence(self, reading: Reading) -> tuple[Evidence, ...]:
        return tuple(map(reading.text.evidence, _outermost(self._places(reading))))

    def _places(self, reading: Reading) -> list[tuple[int, int]]:
        found = self._keywords & reading.found
        return [place for keyword in found if (place := reading.text.find(keyword, self._field))]

    def triggers(self) -> frozenset[Keyword] | None:
        return self._keywords


def _outermost(places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The places from first to last, without those within another (`vpn` within `vpn client`)."""
    reached = 0
    for first, last in sorted(places, key=lambda place: (place[0], -place[1])):
        if last > reached:
            yield first, last
            reached = last


class _Values(_Test):
    """A test of the field's values; `find` gives the text that passes it, or None.

    `sure`: it always answers the same, so that answers are kept where a field has the same few values on many tickets.
    """

    def __init__(self, field: Field, find: Callable[[str], str | None], lack: str, *, sure: bool = True) -> None:
        super().__init__(field, lack)
        self._find = find
        self._passes: Callable[[str], bool] = lambda text: find(text) is not None
        if sure and field in _OF_FEW_VALUES:
            self._passes = lru_cache(_MOST_VALUES_KEPT)(self._passes)
        self._names = ("subject", "body") if field is Field.TEXT else repeat(field.value)

    def holds(self, reading: Reading) -> bool:
        return any(map(self._passes, reading.values(self._field)))

    def evidence(self, reading: Reading) -> tuple[Evidence, ...]:
        found = zip(self._names, map(self._find, reading.values(self._field)), strict=False)
        return tuple(Evidence(name, text[:LONGEST_EVIDENCE]) for name, text in found if text is not None)


def compile_condition(condition: Condition, keywords: Callable[[str], Keyword]) -> Part:
    """The condition, ready to be tried; `keywords` makes a keyword of a phrase."""
    match condition:
        case AnyOf(conditions):
            return _Any([compile_condition(part, keywords) for part in conditions])
        case AllOf(conditions):
            return _All([compile_condition(part, keywords) for part in conditions])
        case Not(part):
            return _Not(compile_condition(part, keywords))
        case Contains(field, phrases):
            lack = f"needs {_either(phrases)} in {field.label}"
            if field in _TEXTS:
                return _TextContains(field, [keywords(phrase) for phrase in phrases], lack)
            return _Values(field, _one_of([Keyword(phrase) for phrase in phrases]), lack)
        case Matches(field, pattern):
            return _Values(field, _searching(pattern), f"needs {field.label} to match /{pattern}/", sure=False)
        case In(field, values):
            folded = frozenset(map(fold, values))
            return _Values(field, _passing(lambda text: fold(text) in folded), f"needs {field.label} {_either(values)}")
        case StartsWith(field, prefix):
            start = fold(prefix)
            lack = f"needs {field.label} to begin with {_quoted(prefix)}"
            if field is Field.CATEGORY:
                return _Values(field, _passing(lambda text: is_under(fold(text), start)), lack)
            return _Values(field, _passing(lambda text: fold(text[:LONGEST]).startswith(start)), lack)


def _one_of(keywords: list[Keyword]) -> Callable[[str], str | None]:
    def find(text: str) -> str | None:
        return next((found for keyword in keywords if (found := find_in(keyword, text)) is not None), None)

    return find


def _searching(pattern: str) -> Callable[[str], str | None]:
    import regex  # only a rule with `matches` pays for it

    compiled = regex.compile(pattern, regex.IGNORECASE)

    def find(text: str) -> str | None:
        try:
            found = compiled.search(text[:LONGEST], timeout=_REGEX_SECONDS)
        except TimeoutError:
            return None
        return found[0] if found else None

    return find


def _passing(test: Callable[[str], bool]) -> Callable[[str], str | None]:
    def find(text: str) -> str | None:
        return text if test(text) else None

    return find


def _quoted(text: str) -> str:
    return f"“{text}”"


def _either(values: Iterable[str]) -> str:
    """`“wi-fi” or “wlan”`; a long list is cut."""
    shown = list(values)
    quoted = [_quoted(value) for value in shown[:4]]
    if len(shown) > 4:
        return f"{', '.join(quoted)} or {len(shown) - 4} more"
    return " or ".join(quoted)
