"""Templates of recurring requests: what somebody fills in becomes a ticket's subject and text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itdesk.domain.ticket import Kind

_PLACE = re.compile(r"\{([^{}\s]+)\}")


@dataclass(frozen=True, slots=True)
class TemplateField:
    """Something that a template asks for; without `choices` any text will do."""

    name: str
    caption: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A recurring request; `subject` and `body` may hold `{name}` of fields. What is None is left to the rules."""

    name: str
    title: str
    subject: str
    body: str = ""
    kind: Kind | None = None
    category: str | None = None
    impact: str | None = None
    urgency: str | None = None
    tags: tuple[str, ...] = ()
    fields: tuple[TemplateField, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its fields filled in."""

    subject: str
    body: str


def places(text: str) -> list[str]:
    """The names of fields that stand in a text, as `{name}`."""
    return _PLACE.findall(text)


def faults(template: Template, values: Mapping[str, str]) -> list[str]:
    """What is wrong with the values, each as a sentence; empty if nothing is."""
    told = []
    for field in template.fields:
        value = values.get(field.name, "").strip()
        if not value and field.required:
            told.append(f"{field.caption} is needed (field {field.name}).")
        elif value and field.choices and _chosen(value, field.choices) is None:
            told.append(f"{field.caption} cannot be {value!r}; possible: {', '.join(field.choices)}.")
    return told


def fill(template: Template, values: Mapping[str, str]) -> Filled:
    """The subject and text for values without faults.

    A field whose place is in the subject or in the text stands there; the others become lines below it, `Caption:
    value`. Fields that were left empty have no line.
    """
    given = {}
    for field in template.fields:
        value = " ".join(values.get(field.name, "").split())
        given[field.name] = _chosen(value, field.choices) or value if field.choices else value

    def put(text: str) -> str:
        return _PLACE.sub(lambda found: given.get(found[1], found[0]), text)

    placed = {*places(template.subject), *places(template.body)}
    lines = [
        f"{field.caption}: {given[field.name]}"
        for field in template.fields
        if given[field.name] and field.name not in placed
    ]
    body = "\n\n".join(part for part in (put(template.body).strip(), "\n".join(lines)) if part)
    return Filled(" ".join(put(template.subject).split()), body)


def _chosen(value: str, choices: Sequence[str]) -> str | None:
    return next((choice for choice in choices if choice.casefold() == value.casefold()), None)
