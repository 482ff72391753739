"""A ticket as lines of text."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from textwrap import wrap
from zoneinfo import ZoneInfo

from itdesk.desk.queries.procedures import Progress, Step, progress
from itdesk.desk.queries.tickets import TicketView, WrittenMessage, decisions_in_force, timeline
from itdesk.desk.queries.visits import appointment_text, visits
from itdesk.desk.queries.watchers import watchers
from itdesk.desk.queries.work import by_person, total, work_on
from itdesk.desk.session import Session
from itdesk.domain import estimates, work_time
from itdesk.domain.files import size_in_words
from itdesk.domain.text import safe
from itdesk.domain.ticket import MessageKind

_WIDEST = 100
_SAID = {
    MessageKind.REPLY: "replied",
    MessageKind.NOTE: "noted (staff only)",
    MessageKind.REQUESTER: "wrote",
}


def page(session: Session, ticket: TicketView, width: int) -> Iterator[str]:
    """The ticket's facts, text and timeline, wrapped to a width in cells; times in the desk's time zone."""
    zone = ZoneInfo(session.rulebook.desk.time_zone)
    width = min(width, _WIDEST)
    yield f"{ticket.number}  {safe(ticket.subject)}"
    yield ""
    durations = [dict(one.decision.figures) for one in decisions_in_force(session, ticket.id) if one.decision.figures]
    estimated = (("Estimate", estimates.in_words(one)) for one in durations)
    shown = (*_facts(ticket, zone), *estimated, *_visits(session, ticket, zone), *_work(session, ticket.id))
    for name, value in shown:
        yield from _hanging(f"{name:<11}", safe(value), width)
    yield from _clocks(session, ticket, width, zone)
    if ticket.body:
        yield ""
        yield from _text(ticket.body, width, "")
    for line in _procedures(progress(session, ticket.id), zone):
        yield from _hanging("", safe(line), width) if line else [""]
    yield ""
    for entry in timeline(session, ticket.id):
        stamp = _moment(entry.at, zone)
        if isinstance(entry, WrittenMessage):
            yield f"{stamp}  {safe(entry.author)} {_SAID[entry.kind]}:"
            yield from _text(entry.text, width, "    ")
        else:
            yield from _hanging(f"{stamp}  ", safe(f"{entry.who} {entry.text}"), width)


def _facts(ticket: TicketView, zone: tzinfo) -> Iterator[tuple[str, str]]:
    waiting = f": {ticket.waiting_reason}" if ticket.waiting_reason else ""
    major = ", major incident" if ticket.major else ""
    asker = ticket.requester
    yield "Status", f"{ticket.status.title}{waiting}"
    yield "Priority", f"P{ticket.priority} (impact {ticket.impact}, urgency {ticket.urgency}){major}"
    yield "Category", f"{ticket.category} ({ticket.kind})"
    yield "Team", f"{ticket.team or 'none'}, L{ticket.level}"
    yield "Assignee", ticket.assignee or "nobody"
    yield (
        "Requester",
        ", ".join(
            filter(
                None,
                (
                    f"{asker.name} ({asker.login})",
                    "VIP" if asker.vip else "",
                    asker.department,
                    ticket.site,
                    f"speaks {' '.join(asker.languages)}" if asker.languages else "",
                ),
            )
        ),
    )
    yield "Opened", f"{_moment(ticket.opened_at, zone)}, {ticket.channel.replace('_', '-')}"
    if ticket.resolved_at:
        yield "Resolved", _moment(ticket.resolved_at, zone)
    if ticket.closed_at:
        yield "Ended", _moment(ticket.closed_at, zone)
    if ticket.external_id:
        yield "Formerly", ticket.external_id
    if ticket.tags:
        yield "Tags", ", ".join(ticket.tags)
    for link in ticket.links:
        yield "Link", f"{link.title} {link.other_number} ({link.other_status.title}) {link.other_subject}"
    for file in ticket.attachments:
        hidden = ", staff only" if file.staff_only else ""
        yield "File", f"{file.name} ({size_in_words(file.size)}{hidden}; `itdesk attach --save {file.id}`)"
    if ticket.resolution:
        yield "Resolution", ticket.resolution
    if ticket.root_cause:
        yield "Root cause", ticket.root_cause
    if ticket.workaround:
        yield "Workaround", ticket.workaround


def step_lines(steps: Sequence[Step], zone: tzinfo) -> list[str]:
    """A checklist, a step a line: its number, what it is, who did it and when, what is asked for or was entered."""
    lines = []
    for step in steps:
        entered = f": {step.entered}" if step.entered else ""
        done = f" ({step.done_by}, {_moment(step.done_at, zone)}{entered})" if step.done_at else ""
        asks = f" [{step.caption or step.asks}]" if step.asks and not step.done_at else ""
        needed = " (required)" if step.required and not step.done_at else ""
        lines.append(f"{step.place:>3} [{'x' if step.done_at else ' '}] {step.text}{asks}{needed}{done}")
    return lines


def _procedures(found: Progress, zone: tzinfo) -> Iterator[str]:
    if found.steps:
        yield ""
        yield f"Checklist {found.done}/{len(found.steps)}"
        yield from step_lines(found.steps, zone)
    for one in found.approvals:
        yield ""
        by = f"the rule {one.rule}" if one.rule else one.asked_by
        needs = "" if one.outcome else f", {one.need.in_words}"
        deadline = f", deadline {_moment(one.due_at, zone)}" if one.due_at and not one.outcome else ""
        state = one.outcome.in_words if one.outcome else "pending"
        yield f"Approval: {state}{needs}{deadline}{f', asked by {by}' if by else ''}"
        for person in one.people:
            yield f"    {person.login}: {person.in_words}"
    if found.tests:
        yield ""
        yield "Tests"
    for test in found.tests:
        how = f" ({test.how})" if test.how else ""
        yield f"    {test.outcome}  {test.what}{how}, {test.tested_by}, {_moment(test.tested_at, zone)}"


def _visits(session: Session, ticket: TicketView, zone: tzinfo) -> Iterator[tuple[str, str]]:
    for visit in visits(session, ticket.id):
        told = appointment_text(visit.starts_at, visit.minutes, visit.person, visit.place, zone)
        yield "Visit", f"{told} ({visit.state}, visit {visit.id}){f': {visit.note}' if visit.note else ''}"


def _work(session: Session, ticket_id: int) -> Iterator[tuple[str, str]]:
    entries = work_on(session, ticket_id)
    if entries:
        people = ", ".join(f"{login} {work_time.in_words(minutes)}" for login, minutes in by_person(entries).items())
        yield "Time", f"{work_time.in_words(total(entries))} ({people})"
    if watching := watchers(session, [ticket_id]):
        yield "Watchers", ", ".join(watching)


def _clocks(session: Session, ticket: TicketView, width: int, zone: tzinfo) -> Iterator[str]:
    """The clocks, a line each; nothing where the ticket has no agreement."""
    if ticket.agreement is None:
        return
    from itdesk.desk.queries.clocks import clocks
    from itdesk.domain.time_left import span

    yield ""
    yield f"{'Agreement':<11}{safe(ticket.agreement_told)}" if ticket.agreement_told else "Clocks"
    for clock in clocks(session, ticket.id):
        used = span(int(clock.elapsed_minutes))
        of = "" if clock.target_minutes is None else f" of {span(clock.target_minutes)}"
        cycle = f", cycle {clock.cycle}" if clock.cycle > 1 else ""
        ahead = clock.due_at is not None and clock.due_at >= session.clock()  # else it was missed
        due = f", due {_moment(clock.due_at, zone)}" if clock.due_at and ahead else ""
        missed = "" if clock.breached_at is None else f", missed {_moment(clock.breached_at, zone)}"
        text = f"{clock.name.title:<15} {clock.state:<9} {used}{of}{due}{missed}{cycle} ({clock.calendar})"
        yield from _hanging("  ", safe(text), width)


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _hanging(start: str, text: str, width: int) -> list[str]:
    return wrap(f"{start}{text}", width, subsequent_indent=" " * len(start), break_on_hyphens=False) or [start]


def _text(text: str, width: int, indent: str) -> Iterator[str]:
    """Written text: its own lines are kept, long ones wrapped."""
    for line in safe(text, multiline=True).expandtabs(4).split("\n"):
        if len(indent) + len(line) <= width:
            yield f"{indent}{line}".rstrip()
        else:
            yield from wrap(
                line, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False,
                break_long_words=False,
            )  # fmt: skip
