"""templates.yaml: requests that come again and again, and what they need to say."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from itdesk.domain.templates import Template, TemplateField, places
from itdesk.settings.errors import ConfigError, did_you_mean
from itdesk.settings.fields import (
    CategoryPath,
    ImpactName,
    KindName,
    Name,
    NewTemplate,
    Strict,
    Title,
    UrgencyName,
    Value,
)

if TYPE_CHECKING:
    from itdesk.settings.strict_yaml import Document

_ABSENT: Any = None
_MOST_FIELDS = 8


class FieldEntry(Strict):
    """Something that the request needs to say."""

    name: Name = Field(description="What commands and {places} in the texts call it.")
    caption: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
    required: bool = False
    choices: list[Value] = Field(_ABSENT, min_length=1, description="What it can be; any text if left out.")


class TemplateEntry(Strict):
    """A recurring request."""

    name: NewTemplate
    title: Title
    subject: Title = Field(description="May hold {places} of fields.")
    body: Annotated[str, StringConstraints(max_length=4_000)] = Field("", description="May hold {places} of fields.")
    kind: KindName = Field(_ABSENT, description="The rules decide if left out.")
    category: CategoryPath = Field(_ABSENT, description="The rules decide if left out.")
    impact: ImpactName = Field(_ABSENT, description="The rules decide if left out.")
    urgency: UrgencyName = Field(_ABSENT, description="The rules decide if left out.")
    tags: list[Name] = Field(_ABSENT, min_length=1)
    fields: list[FieldEntry] = Field(_ABSENT, max_length=_MOST_FIELDS)


class TemplatesFile(Strict):
    """templates.yaml: requests that come again and again."""

    templates: list[TemplateEntry]


def template_faults(file: TemplatesFile, document: "Document") -> Iterator[ConfigError]:
    """Fields of one name in a template, and places in its texts for which there is no field."""
    for at, template in enumerate(file.templates):
        names: list[str] = []
        for index, field in enumerate(template.fields or ()):
            if field.name in names:
                mark = document.mark(("templates", at, "fields", index, "name"))
                yield ConfigError(document.file, *mark, f"the field {field.name!r} is there already")
            names.append(field.name)
        for key in ("subject", "body"):
            for place in places(getattr(template, key)):
                if place not in names:
                    message = f"{{{place}}} stands for no field of this template{did_you_mean(place, names)}"
                    yield ConfigError(document.file, *document.mark(("templates", at, key)), message)


def templates_of(file: TemplatesFile) -> tuple[Template, ...]:
    """The checked templates of the file."""
    return tuple(
        Template(
            name=entry.name,
            title=entry.title,
            subject=entry.subject,
            body=entry.body,
            kind=entry.kind,
            category=entry.category,
            impact=entry.impact,
            urgency=entry.urgency,
            tags=tuple(entry.tags or ()),
            fields=tuple(
                TemplateField(field.name, field.caption, field.required, tuple(field.choices or ()))
                for field in entry.fields or ()
            ),
        )
        for entry in file.templates
    )
