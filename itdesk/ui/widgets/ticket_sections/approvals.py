"""Who was asked whether a ticket may go on, and what they said."""

from collections.abc import Iterator

from textual.content import Content

from itdesk.desk.queries.procedures import AskedApproval, AskedPerson
from itdesk.domain.approvals import SUBSTITUTE
from itdesk.ui.text import between, content, fit, join
from itdesk.ui.theme import Roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.ticket_sections.section import LABEL, Entry, Panelled, Section


def approvals(of: Panelled, width: int, palette: Roles) -> Section | None:
    """The newest first, each with its people."""
    asked = reversed(of.progress.approvals)
    entries = tuple(Entry(tuple(_approval(one, of, width, palette))) for one in asked)
    pending = of.progress.pending
    hint = "A decides" if pending is not None and pending.my_turn else ""
    return Section("Approval", entries, len(entries) if len(entries) > 1 else None, hint) if entries else None


def _approval(one: AskedApproval, of: Panelled, width: int, palette: Roles) -> Iterator[Content]:
    when = moment(one.decided_at or one.asked_at, of.now, of.zone)
    state = content(one.outcome.in_words if one.outcome else f"pending, {one.need.in_words}", palette.text)
    yield between(state, content(when, palette.dim), width)
    if one.reason:
        yield from (join("  ", part) for part in content(one.reason, palette.dim).wrap(max(10, width - 2)))
    if one.due_at and not one.outcome:
        yield content(f"  deadline {moment(one.due_at, of.now, of.zone)}", palette.dim)
    for person in one.people:
        if person.seat != SUBSTITUTE or person.vote or not one.outcome:
            yield _person(person, width, palette)


def _person(person: AskedPerson, width: int, palette: Roles) -> Content:
    name = fit(content(person.login, palette.text), LABEL)
    return join("  ", name, content(person.in_words, palette.dim)).truncate(width, ellipsis=True)
