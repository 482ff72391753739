"""Initiation: a request reaches the desk, is categorized, prioritized and routed by the rules."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from itdesk.desk.approvals import start_by_rule
from itdesk.desk.assignment import announce, arrive
from itdesk.desk.change import Change
from itdesk.desk.checklist import follow_category
from itdesk.desk.errors import DeskError, NotFound, Refused
from itdesk.desk.estimates import estimate_for
from itdesk.desk.people import add_requester, asker, find_person
from itdesk.desk.session import Session
from itdesk.desk.teams import team_id
from itdesk.desk.transaction import Transaction, action, number
from itdesk.domain import rules
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.people import EVERYBODY, STAFF, Asker
from itdesk.domain.queue_order import order_key
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.text import storable
from itdesk.domain.ticket import Channel, Kind, Status, normal_tag
from itdesk.models import search
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket, TicketDraft, TicketTag

SUBJECT_LIMIT = 500
BODY_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A request as it is submitted. What is None is decided by the rules.

    `requester` is a login, a name, or `Name <mail address>`; None means the submitter. Limits are in characters: a
    longer subject is cut (its whole text goes before the body), a longer body is refused.
    """

    subject: str
    body: str = ""
    requester: str | None = None
    channel: Channel = Channel.TERMINAL
    kind: Kind | None = None
    category: str | None = None
    impact: str | None = None
    urgency: str | None = None
    tags: tuple[str, ...] = ()
    site: str | None = None

    @property
    def is_written(self) -> bool:
        """Whether it says anything: for whom it is, alone, does not."""
        return bool(f"{self.subject}{self.body}".strip())

    def fixed(self) -> dict[Thing, str]:
        """What the submitter decided."""
        chosen = {
            Thing.KIND: self.kind,
            Thing.CATEGORY: self.category,
            Thing.IMPACT: self.impact,
            Thing.URGENCY: self.urgency,
        }
        return {thing: str(value) for thing, value in chosen.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Preview:
    """What the rules would decide about a request, before it is submitted."""

    decisions: tuple[Decision, ...] = field(default=())

    def value(self, thing: Thing) -> str:
        """The value decided for a thing."""
        return next(decision.value for decision in self.decisions if decision.thing is thing)


def preview(session: Session, new: NewTicket) -> Preview:
    """What would be decided; nothing is written."""
    with session.desk.database.translated():
        try:
            person = find_person(new.requester or session.actor.login)
        except DeskError:
            requester = Asker(new.requester or session.actor.name)
        else:
            requester = asker(person)
    return Preview(_decide(session.rulebook, new, requester, new.site or ""))


@action(EVERYBODY, "submit a request", first=lambda session: rules.prepare(session.desk.rulebook()[1]))
def submit(tx: Transaction, new: NewTicket, *, drafted: bool = False) -> Change:
    """Open a ticket. Raises Refused for an empty subject, unknown values, or a requester who is not the submitter.

    `drafted`: it was written in the form, whose draft goes with it.
    """
    ticket, said = open_ticket(tx, new, _requester(tx, new))
    if drafted:
        _forget_draft(tx.session)
    return Change(f"Opened {number(ticket)}: P{ticket.priority}, {ticket.category}{said}", tickets=(ticket.id,))


def open_ticket(tx: Transaction, new: NewTicket, requester: Person, *, about: str = "") -> tuple[Ticket, str]:
    """Open a ticket inside a transaction; the rules also read `about`, beside its own text. Raises Refused.

    Returns it with the end of the sentence that tells of it: who has it, whose approval it waits for.
    """
    session = tx.session
    subject, body = _texts(new)
    site = storable(new.site) if new.site is not None else requester.site
    check_values(session.rulebook, new.category, new.impact, new.urgency)
    read = replace(new, body=f"{new.body}\n{about}") if about else new
    decisions = _decide(session.rulebook, read, asker(requester), site)
    decided = {decision.thing: decision.value for decision in decisions}
    ticket = Ticket(
        kind=decided[Thing.KIND],
        subject=subject,
        body=body,
        requester=requester.id,
        channel=new.channel,
        site=site,
        status=Status.NEW,
        category=decided[Thing.CATEGORY],
        impact=decided[Thing.IMPACT],
        urgency=decided[Thing.URGENCY],
        priority=int(decided[Thing.PRIORITY]),
        team=team_id(session, decided[Thing.TEAM]),
        level=int(decided[Thing.LEVEL]),
        agreement=decided.get(Thing.AGREEMENT) or None,
        opened_at=tx.now,
        changed_at=tx.now,
        status_since=tx.now,
        order_key=order_key(tx.now, int(decided[Thing.PRIORITY]), False, session.rulebook.priorities.head_starts),
    )
    arrival = arrive(tx, ticket)
    for column, value in arrival.values.items():
        setattr(ticket, column, value)
    ticket.save(force_insert=True)
    tags = _normal(new.tags)
    if tags:
        TicketTag.insert_many([{"ticket": ticket.id, "tag": tag} for tag in tags]).execute()
    search.add(
        session.desk.database,
        "ticket_search",
        ("subject", "body", "notes"),
        [(ticket.id, (f"{subject} {requester.name}", body, ""))],
    )
    tx.decide(ticket.id, (*decisions, *arrival.decisions))
    tx.decide(ticket.id, estimate_for(session, ticket, tx.now))
    announce(tx, ticket, arrival)
    tx.record(
        "submitted",
        ticket,
        facts={
            "kind": ticket.kind,
            "channel": ticket.channel,
            "requester": requester.id,
            "status": ticket.status,
            "category": ticket.category,
            "impact": ticket.impact,
            "urgency": ticket.urgency,
            "priority": ticket.priority,
            "team": ticket.team_id,
            "level": ticket.level,
            "rulebook": session.rulebook_version,
            "tags": tags,
        }
        | ({"assignee": ticket.assignee_id} if ticket.assignee_id else {})
        | ({"agreement": ticket.agreement, "terms": session.terms_version} if Thing.AGREEMENT in decided else {}),
        payload={"subject": subject, "body": body, "site": site, **arrival.payload},
    )
    follow_category(tx, ticket)
    asked = start_by_rule(tx, ticket)
    return ticket, f"{arrival.given}.{asked.sentence(session.actor.role)}"


# The form's draft is a person's own scratch paper: kept at once, without journal or undo.


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A half-written new ticket, and when it was kept."""

    new: NewTicket
    saved_at: datetime


def save_draft(session: Session, new: NewTicket) -> None:
    """Keep this person's half-written new ticket in place of the one before; one that says nothing is forgotten."""
    if not new.is_written:
        discard_draft(session)
        return
    requester = None if new.requester is None else storable(new.requester)
    values = {
        TicketDraft.subject: storable(new.subject),
        TicketDraft.body: storable(new.body),
        TicketDraft.requester: requester,
        TicketDraft.channel: new.channel,
        TicketDraft.kind: new.kind,
        TicketDraft.category: new.category,
        TicketDraft.impact: new.impact,
        TicketDraft.urgency: new.urgency,
        TicketDraft.tags: " ".join(_normal(new.tags)),
        TicketDraft.saved_at: session.clock(),
    }
    session.desk.database.write(
        lambda: (
            TicketDraft.insert({TicketDraft.person: session.actor.id, **values})
            .on_conflict(conflict_target=[TicketDraft.person], update=values)
            .execute()
        )
    )


def kept_draft(session: Session) -> KeptForm | None:
    """This person's half-written new ticket, None if there is none."""
    with session.desk.database.translated():
        row = TicketDraft.get_or_none(TicketDraft.person == session.actor.id)
    if row is None:
        return None
    new = NewTicket(
        subject=row.subject,
        body=row.body,
        requester=row.requester,
        channel=Channel(row.channel),
        kind=None if row.kind is None else Kind(row.kind),
        category=row.category,
        impact=row.impact,
        urgency=row.urgency,
        tags=tuple(row.tags.split()),
    )
    return KeptForm(new, row.saved_at)


def discard_draft(session: Session) -> None:
    """Forget this person's half-written new ticket; there need not be one."""
    session.desk.database.write(lambda: _forget_draft(session))


def _forget_draft(session: Session) -> None:
    TicketDraft.delete().where(TicketDraft.person == session.actor.id).execute()


def check_values(rulebook: Rulebook, category: str | None, impact: str | None, urgency: str | None) -> None:
    """Raise Refused for a category or level that the settings do not have, naming what is near."""
    if category is not None and rulebook.category(category) is None:
        raise Refused(
            f"There is no category {category!r}.{_near(category, [item.path for item in rulebook.categories])}"
        )
    for name, levels, word in (
        (impact, rulebook.priorities.impacts, "impact"),
        (urgency, rulebook.priorities.urgencies, "urgency"),
    ):
        if name is not None and name not in {level.name for level in levels}:
            raise Refused(f"There is no {word} {name!r}; possible: {', '.join(level.name for level in levels)}.")


def _near(name: str, names: list[str]) -> str:
    from rapidfuzz import process

    near = [match for match, score, _ in process.extract(name, names, limit=3) if score >= 60]
    return f" Did you mean {', '.join(near)}?" if near else ""


def _normal(tags: Iterable[str]) -> list[str]:
    """Tags as they are stored, each once."""
    return sorted({normal_tag(tag) for tag in tags} - {""})


def _texts(new: NewTicket) -> tuple[str, str]:
    subject = " ".join(storable(new.subject).split())
    body = storable(new.body).strip()
    if not subject:
        raise Refused("A ticket needs a subject: say in a few words what is wrong or wanted.")
    if len(subject) > SUBJECT_LIMIT:
        body = f"{subject}\n\n{body}".strip()
        subject = subject[: SUBJECT_LIMIT - 1] + "…"
    if len(body) > BODY_LIMIT:
        raise Refused(f"The text has {len(body):,} characters; the desk takes {BODY_LIMIT:,} at most.")
    return subject, body


def _requester(tx: Transaction, new: NewTicket) -> Person:
    actor = tx.session.actor
    if new.requester is None or new.requester in (actor.login, actor.name):
        person: Person | None = Person.get_or_none(Person.id == actor.id)
        if person is None:
            raise Refused("Name the requester: the desk itself asks for nothing.")
        return person
    if actor.role not in STAFF:
        raise Refused("Only staff may submit a request for somebody else.")
    try:
        return find_person(new.requester)
    except NotFound as nobody:
        if "@" not in new.requester:
            raise NotFound(f"{nobody} `Name <mail address>` adds somebody new.") from nobody
        return add_requester(tx, new.requester)


def _decide(rulebook: Rulebook, new: NewTicket, requester: Asker, site: str) -> tuple[Decision, ...]:
    facts = rules.TicketFacts(
        subject=new.subject,
        body=new.body,
        requester=requester,
        channel=new.channel,
        kind=new.kind,
        category=new.category,
        tags=new.tags,
        site=site,
    )
    chosen = tuple(Decision(thing=thing, value=value, source=Source.PERSON) for thing, value in new.fixed().items())
    return (*chosen, *rules.decide(rulebook, facts, fixed=new.fixed()))
