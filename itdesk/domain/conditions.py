"""Conditions of rules as data: what a ticket's fields must hold. `itdesk.domain.rules` evaluates them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from itdesk.domain.rulebook import is_under
from itdesk.domain.text import fold


class Field(StrEnum):
    """A field of a ticket that a condition looks at. `text` is the subject or the body.

    The requester is looked at by name, login and mail address; `vip` (`yes` or `no`) is a mark of his.

    Priority (`P1`) and team are known, and so looked at, only where the rules have decided all else.
    """

    TEXT = "text"
    SUBJECT = "subject"
    BODY = "body"
    REQUESTER = "requester"
    VIP = "vip"
    CHANNEL = "channel"
    KIND = "kind"
    CATEGORY = "category"
    TAGS = "tags"
    SITE = "site"
    PRIORITY = "priority"
    TEAM = "team"

    @property
    def label(self) -> str:
        """The field as people read it: `subject or body`."""
        return "subject or body" if self is Field.TEXT else self.value


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds if one of the conditions holds."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds if all of the conditions hold."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """Holds if the condition does not."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Contains:
    """Holds if the field has one of the phrases on word boundaries, case and accents folded.

    A phrase is one word or several in a row, whatever stands between them but letters and digits (`wi-fi` is
    found in `Wi Fi`). A trailing `*` lets the last word go on (`print*` is found in `printers`).
    """

    field: Field
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """Holds if the regular expression (package `regex`, case ignored) is found in the field."""

    field: Field
    pattern: str


@dataclass(frozen=True, slots=True)
class In:
    """Holds if the field, case and accents folded, is one of the values; tags: if one of the tags is."""

    field: Field
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Holds if the field, case and accents folded, begins with the prefix; tags: if one of the tags does.

    A category begins with whole names: `network` begins `network` and `network.vpn`, not `networks`.
    """

    field: Field
    prefix: str


Condition = AnyOf | AllOf | Not | Contains | Matches | In | StartsWith


def fields_of(condition: Condition) -> frozenset[Field]:
    """The fields that a condition looks at."""
    match condition:
        case AnyOf(parts) | AllOf(parts):
            return frozenset().union(*map(fields_of, parts))
        case Not(part):
            return fields_of(part)
        case _:
            return frozenset({condition.field})


def outdone(conditions: Sequence[Condition]) -> Iterator[tuple[int, int]]:
    """Those of conditions of which the first that holds decides that never do, each with the earlier one that does.

    Told are those that ask for all that an earlier one asks for: for the same in other words, or for more.
    """
    needs = [frozenset(map(_normal, _needed(condition))) for condition in conditions]
    for index, need in enumerate(needs):
        for before, asked in enumerate(needs[:index]):
            if all(any(_implies(part, one) for part in need) for one in asked):
                yield index, before
                break


def _implies(part: Condition, other: Condition) -> bool:
    """Whether one holds wherever another, in normal form both, is known to."""
    match part, other:
        case In(field, values), (In(of) | StartsWith(of)) if field is of:
            return all(_fits(value, other) for value in values)
        case StartsWith(field, prefix), StartsWith(of) if field is of:
            return _fits(prefix, other)
        case _:
            return part == other


def _normal(condition: Condition) -> Condition:
    """One form for what is written in several: the order of parts and values, case and accents of values."""
    match condition:
        case AllOf() | AnyOf():
            parts = sorted({_normal(part) for part in condition.conditions}, key=repr)
            return parts[0] if len(parts) == 1 else type(condition)(tuple(parts))
        case Not(part):
            return Not(_normal(part))
        case Contains(field, phrases):
            return Contains(field, tuple(sorted(set(phrases))))
        case In(field, values):
            return In(field, tuple(sorted({fold(value) for value in values})))
        case StartsWith(field, prefix):
            return StartsWith(field, fold(prefix))
        case Matches():
            return condition


def contradict(*conditions: Condition, besides: Collection[Field] = ()) -> bool:
    """Whether conditions exclude each other by what they say of a field that has one value, `besides` some of these."""
    tests: dict[Field, list[In | StartsWith]] = {}
    for part in (part for condition in conditions for part in _needed(condition)):
        if isinstance(part, In | StartsWith) and part.field in _SINGLE_VALUED and part.field not in besides:
            tests.setdefault(part.field, []).append(part)
    return any(
        not any(all(_fits(value, test) for test in of_field) for one in of_field for value in _named(one))
        for of_field in tests.values()
    )


_SINGLE_VALUED = frozenset({Field.CHANNEL, Field.KIND, Field.CATEGORY, Field.PRIORITY, Field.TEAM, Field.VIP})


def _needed(condition: Condition) -> Iterator[Condition]:
    """The conditions that must all hold for it to hold."""
    if isinstance(condition, AllOf):
        for part in condition.conditions:
            yield from _needed(part)
    else:
        yield condition


def _named(test: In | StartsWith) -> list[str]:
    return [fold(value) for value in (test.values if isinstance(test, In) else (test.prefix,))]


def _fits(value: str, test: In | StartsWith) -> bool:
    if isinstance(test, In):
        return value in _named(test)
    prefix = fold(test.prefix)
    return is_under(value, prefix) if test.field is Field.CATEGORY else value.startswith(prefix)


def to_data(condition: Condition) -> list[Any]:
    """The condition as plain data for JSON; `from_data` reads it back."""
    match condition:
        case AnyOf(conditions):
            return ["any", [to_data(part) for part in conditions]]
        case AllOf(conditions):
            return ["all", [to_data(part) for part in conditions]]
        case Not(part):
            return ["not", to_data(part)]
        case Contains(field, phrases):
            return ["contains", field.value, list(phrases)]
        case Matches(field, pattern):
            return ["matches", field.value, pattern]
        case In(field, values):
            return ["in", field.value, list(values)]
        case StartsWith(field, prefix):
            return ["starts_with", field.value, prefix]


def from_data(data: list[Any]) -> Condition:
    """The condition that `to_data` wrote."""
    match data:
        case ["any", parts]:
            return AnyOf(tuple(map(from_data, parts)))
        case ["all", parts]:
            return AllOf(tuple(map(from_data, parts)))
        case ["not", part]:
            return Not(from_data(part))
        case ["contains", field, phrases]:
            return Contains(Field(field), tuple(phrases))
        case ["matches", field, pattern]:
            return Matches(Field(field), pattern)
        case ["in", field, values]:
            return In(Field(field), tuple(values))
        case ["starts_with", field, prefix]:
            return StartsWith(Field(field), prefix)
        case _:
            raise ValueError(f"{data!r} is no condition.")
