"""Kinds of values that settings files hold, each with its own check and message."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from itdesk.domain import search_language
from itdesk.domain.assignment import Mode
from itdesk.domain.files import parse_size
from itdesk.domain.queue_order import Order
from itdesk.domain.text import words
from itdesk.domain.ticket import Channel, Kind, Status, WaitingReason
from itdesk.settings.errors import did_you_mean
from itdesk.settings.names import Named, Names, declares, noted, refers
from itdesk.settings.strict_yaml import Text

_DURATION = re.compile(r"([0-9]{1,5}) ?(d|h|min|s)")
_UNITS = {"d": "days", "h": "hours", "min": "minutes", "s": "seconds"}
_REPEAT = re.compile(r"\{([0-9]+)(?:,([0-9]*))?\}")
_MOST_REPEATS = 10_000


class Strict(BaseModel):
    """A mapping of a settings file: no key but those named, no value read as another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, serialize_by_alias=True)


def fault(message: str, **values: Any) -> PydanticCustomError:
    """An error that says `message` and nothing else."""
    return PydanticCustomError("fault", "{message}", {"message": message.format(**values)})


def _a_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", text):
        suggestion = "-".join(words(text)) or "name"
        raise fault("a name has small letters, digits, - and _ only; {new!r} would do", new=suggestion)
    return text


def _a_phrase(text: str) -> str:
    if not words(text):
        raise fault("a keyword needs a letter or a digit")
    if "*" in text.rstrip().removesuffix("*"):
        raise fault("a keyword may have * at its very end only, where any letters may follow")
    return text


def _a_pattern(text: str) -> str:
    import regex

    repeats = 1
    for least, most in _REPEAT.findall(text):
        repeats *= max(int(most or least), 1)
    if repeats > _MOST_REPEATS:
        raise fault("the regular expression repeats more than {most:,} times", most=_MOST_REPEATS)
    try:
        regex.compile(text)
    except (regex.error, RecursionError, MemoryError, OverflowError) as error:
        raise fault("the regular expression is faulty: {why}", why=str(error) or type(error).__name__) from None
    return text


def _a_time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise fault("there is no time zone {zone!r}{near}", zone=text, near=_near_zone(text)) from None
    return text


def _near_zone(text: str) -> str:
    zones = available_timezones()
    of_city = {zone.rpartition("/")[2]: zone for zone in zones}.get(text.title())
    if of_city:
        return f" … did you mean {of_city!r}?"
    return did_you_mean(text, zones) or "; write it like 'Europe/Berlin' or 'UTC'"


def a_duration(value: Any) -> timedelta:
    """A span of time as the settings write it."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise fault("a span of time is a number and d, h, min or s: '90 d'")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _a_size(value: Any) -> int:
    size = parse_size(value) if isinstance(value, str) else None
    if not size:
        raise fault("a size is a number and kB, MB or GB: '20 MB'")
    return size


def _a_query(text: str) -> str:
    errors = search_language.parse(text).errors
    if errors:
        raise fault("{errors}", errors=" ".join(errors))
    return text


_REFERS_TO = {
    search_language.Key.TEAM: Named.TEAM,
    search_language.Key.CATEGORY: Named.CATEGORY,
    search_language.Key.ASSIGNEE: Named.LOGIN,
    search_language.Key.APPROVER: Named.LOGIN,
    search_language.Key.WATCHING: Named.LOGIN,
}
_WORDS_FOR_MANY = frozenset({search_language.ME, search_language.MINE, search_language.NONE})


def _note_query(names: Names, query: Text) -> None:
    for term in search_language.parse(query).terms:
        for value in term.values:
            if term.key in _REFERS_TO and value not in _WORDS_FOR_MANY:
                names.refer(_REFERS_TO[term.key], Text(value.removeprefix(search_language.EXACTLY), query.mark))


def one_or_many(value: Any) -> Any:
    """A list, also of a single value that stands without one."""
    return value if isinstance(value, list) else [value]


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Name = Annotated[str, StringConstraints(max_length=60), AfterValidator(_a_name)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_a_phrase)]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_a_pattern)]
Value = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Query = Annotated[str, StringConstraints(max_length=500), AfterValidator(_a_query), noted(_note_query)]
TimeZone = Annotated[str, AfterValidator(_a_time_zone)]
Duration = Annotated[
    timedelta,
    BeforeValidator(
        a_duration, json_schema_input_type=Annotated[str, StringConstraints(pattern="^[0-9]{1,5} ?(d|h|min|s)$")]
    ),
]
Size = Annotated[
    int,
    BeforeValidator(
        _a_size,
        json_schema_input_type=Annotated[str, StringConstraints(pattern="^[0-9.]{1,13} ?(B|kB|MB|GB|KiB|MiB|GiB)$")],
    ),
]
PriorityName = Literal["P1", "P2", "P3", "P4", "P5"]
KindName = Annotated[Kind, Field(strict=False)]
ChannelName = Annotated[Channel, Field(strict=False)]
StatusName = Annotated[Status, Field(strict=False)]
WaitingReasonName = Annotated[WaitingReason, Field(strict=False)]
OrderName = Annotated[Order, Field(strict=False)]
ModeName = Annotated[Mode, Field(strict=False)]
Capacity = Annotated[int, Field(ge=0, le=100_000)]

NewTeam = Annotated[Name, declares(Named.TEAM)]
NewImpact = Annotated[Name, declares(Named.IMPACT)]
NewUrgency = Annotated[Name, declares(Named.URGENCY)]
NewRule = Annotated[Name, declares(Named.RULE)]
NewView = Annotated[Name, declares(Named.VIEW)]
NewTemplate = Annotated[Name, declares(Named.TEMPLATE)]
TeamName = Annotated[str, refers(Named.TEAM)]
CategoryPath = Annotated[str, refers(Named.CATEGORY)]
Login = Annotated[Value, refers(Named.LOGIN)]
ImpactName = Annotated[str, refers(Named.IMPACT)]
UrgencyName = Annotated[str, refers(Named.URGENCY)]

Phrases = Annotated[
    list[Phrase], Field(min_length=1), BeforeValidator(one_or_many, json_schema_input_type=Phrase | list[Phrase])
]
Values = Annotated[
    list[Value], Field(min_length=1), BeforeValidator(one_or_many, json_schema_input_type=Value | list[Value])
]
Kinds = Annotated[
    list[KindName], Field(min_length=1), BeforeValidator(one_or_many, json_schema_input_type=KindName | list[KindName])
]
Channels = Annotated[
    list[ChannelName],
    Field(min_length=1),
    BeforeValidator(one_or_many, json_schema_input_type=ChannelName | list[ChannelName]),
]
CategoryPaths = Annotated[
    list[CategoryPath],
    Field(min_length=1),
    BeforeValidator(one_or_many, json_schema_input_type=CategoryPath | list[CategoryPath]),
]
KeyName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
KeyNames = Annotated[
    list[KeyName], Field(min_length=1), BeforeValidator(one_or_many, json_schema_input_type=KeyName | list[KeyName])
]
SupportLevel = Annotated[int, Field(ge=1, le=3)]
SkillLevel = Annotated[int, Field(ge=1, le=5)]
