"""Canned replies, filled in for a ticket. Nothing is sent: the text goes to whoever writes."""

from dataclasses import dataclass

from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.queries.tickets import TicketView, view
from itdesk.desk.session import Session
from itdesk.domain.canned import CannedReply, for_category
from itdesk.domain.text import safe
from itdesk.domain.ticket import MessageKind
from itdesk.models.people import Person


@dataclass(frozen=True, slots=True)
class FilledReply:
    """A canned reply with its text for one ticket; `fits` says whether it is written for the ticket's category."""

    name: str
    title: str
    kind: MessageKind
    text: str
    fits: bool


def filled_replies(session: Session, ticket_id: int, kind: MessageKind | None = None) -> tuple[FilledReply, ...]:
    """All canned replies (of this kind) for a visible ticket, those written for its category first. Raises NotFound."""
    ticket = view(session, ticket_id)
    values = _values(session, ticket)
    return tuple(
        FilledReply(reply.name, reply.title, reply.kind, _fill(reply, values), reply.fits(ticket.category))
        for reply in for_category(session.rulebook.replies, ticket.category)
        if kind in (None, reply.kind)
    )


def filled_reply(session: Session, ticket_id: int, name: str) -> FilledReply:
    """The canned reply of that name for a visible ticket; raises NotFound where there is none, naming those there are.

    Raises Refused where its text cannot be filled in.
    """
    ticket = view(session, ticket_id)
    reply = next((one for one in session.rulebook.replies if one.name == name), None)
    if reply is None:
        there = ", ".join(one.name for one in for_category(session.rulebook.replies, ticket.category))
        raise NotFound(f"There is no canned reply {name!r}; there {f'are: {there}' if there else 'is none'}.")
    return FilledReply(
        reply.name, reply.title, reply.kind, _fill(reply, _values(session, ticket)), reply.fits(ticket.category)
    )


def _values(session: Session, ticket: TicketView) -> dict[str, str]:
    """What stands for each placeholder; other people's words pass the gate, as one line."""
    rulebook = session.rulebook
    team = rulebook.team(ticket.team) if ticket.team else None
    category = rulebook.category(ticket.category)
    holder = None
    if ticket.assignee:
        with session.desk.database.translated():
            holder = Person.get_or_none(Person.login == ticket.assignee)
    values = {
        "requester": ticket.requester.name,
        "first_name": ticket.requester.name.partition(" ")[0],
        "number": ticket.number,
        "subject": ticket.subject,
        "category": category.title if category else ticket.category,
        "priority": f"P{ticket.priority}",
        "status": ticket.status.title,
        "team": team.title if team else ticket.team or "",
        "assignee": holder.name if holder else "",
        "me": session.actor.name,
        "desk": rulebook.desk.name,
    }
    return {name: safe(value) for name, value in values.items()}


def _fill(reply: CannedReply, values: dict[str, str]) -> str:
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    try:
        return SandboxedEnvironment(undefined=StrictUndefined).from_string(reply.text).render(values).strip()
    except TemplateError as error:
        raise Refused(f"The canned reply {reply.name} ({reply.place}) cannot be filled in: {error}.") from None
