"""Requests begun from a template."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.intake import NewTicket
from itdesk.domain import templates
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.templates import Template


def template_named(rulebook: Rulebook, name: str) -> Template:
    """The template of that name; raises NotFound, naming what there is."""
    for template in rulebook.templates:
        if template.name == name:
            return template
    known = ", ".join(template.name for template in rulebook.templates)
    raise NotFound(f"There is no template {name!r}; possible: {known}." if known else "This desk has no templates.")


def fill(template: Template, values: Mapping[str, str], begun: NewTicket) -> NewTicket:
    """A new ticket with the template filled in; what was decided or written in `begun` stays.

    Raises Refused for fields that are missing, unknown, or not one of their choices.
    """
    known = [field.name for field in template.fields]
    for name in values:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f", did you mean {near[0]!r}?" if near else f"; possible: {', '.join(known) or 'none'}."
            raise Refused(f"The template {template.name} has no field {name!r}{hint}")
    wrong = templates.faults(template, values)
    if wrong:
        raise Refused(" ".join(wrong))
    filled = templates.fill(template, values)
    return replace(
        begun,
        subject=begun.subject.strip() or filled.subject,
        body="\n\n".join(part for part in (filled.body, begun.body.strip()) if part),
        kind=begun.kind or template.kind,
        category=begun.category or template.category,
        impact=begun.impact or template.impact,
        urgency=begun.urgency or template.urgency,
        tags=tuple(dict.fromkeys((*begun.tags, *template.tags))),
    )
