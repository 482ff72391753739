"""Departure: somebody leaves the desk, and nothing of theirs is left behind; or is back."""

from collections.abc import Sequence

from itdesk.desk.approvals import vacated
from itdesk.desk.assignment import Arrival, announce, arrive
from itdesk.desk.change import Change
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.notices import notify
from itdesk.desk.people import find_person, has_administrator, no_administrator_left, person_of_login
from itdesk.desk.queries.plans import plans
from itdesk.desk.recipients import lead_of
from itdesk.desk.schedule import AHEAD
from itdesk.desk.transaction import Transaction, action, number, some, told
from itdesk.desk.triage import to_holder
from itdesk.domain.decisions import Thing
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import ADMINISTRATORS, STAFF, Role
from itdesk.domain.ticket import SETTLED, Kind, format_number
from itdesk.models.base import tuples
from itdesk.models.people import Membership, Person, Team
from itdesk.models.schedule import Appointment, OnCall
from itdesk.models.tickets import Ticket


@action(ADMINISTRATORS, "let people leave", alone=True)
def leave(tx: Transaction, who: str, *, to: str | None = None) -> Change:
    """Make somebody (a login) inactive, and hand over what he has: to `to` (a login or name), else to his teams.

    His open tickets wait to be taken again, where their team does not push them to others at once. Shifts and duty on
    call no longer count, so that gaps show; they hold again when he is back. Visits that are planned with him, and
    approvals that nobody is left to give, are named as what is to be settled. Whatever he did stays under his name.
    Refused for oneself, and for the last administrator.
    """
    person = _known(who)
    if not person.active:
        raise Refused(f"{person.login} is no longer active at this desk already.")
    if person.role == Role.ADMINISTRATOR and not has_administrator(besides=person.id):
        raise Refused(no_administrator_left(person.login))
    if person.id == tx.session.actor.id:
        raise Refused("Nobody makes himself inactive; another administrator does it.")
    heir = find_person(to) if to else None
    if heir is not None and heir.id == person.id:
        raise Refused(f"{heir.login} leaves; name somebody else who gets the tickets.")
    if heir is not None and Role(heir.role) not in STAFF:
        raise Refused(f"{heir.login} is {Role(heir.role).title}; tickets are assigned to staff only.")
    Person.update(active=False).where(Person.id == person.id).execute()
    facts = {"to": heir.id} if heir else {}
    tx.record("person_left", f"person:{person.id}", {"active": (True, False)}, facts=facts)
    tickets = _open_tickets(tx, person)
    handed = _hand_over(tx, person, heir, tickets)
    passed_on, stuck = vacated(tx, person.id)
    left = _to_settle(tx, person, stuck)
    said = [f"{person.login} is no longer active at this desk."]
    if handed:
        said.append(f"Tickets: {'; '.join(f'{_some(numbers)} {where}' for where, numbers in handed.items())}.")
    said += [f"{who} may decide now: {_some(numbers)}." for who, numbers in passed_on.items()]
    if left:
        said.append(f"To settle: {'; '.join(left)}.")
    concerned = {one for team in _teams(person, tickets) for one in lead_of(tx, team).people}
    notify(tx, concerned, NoticeKind.SCHEDULE, " ".join(said))
    return Change(" ".join(said), tickets=tuple(ticket.id for ticket in tickets), undoable=False)


@action(ADMINISTRATORS, "bring people back", alone=True)
def come_back(tx: Transaction, who: str) -> Change:
    """Make somebody (a login) active again who had left, with role, teams, skills and shifts as they were."""
    person = _known(who)
    if person.active:
        raise Refused(f"{person.login} is active at this desk.")
    Person.update(active=True).where(Person.id == person.id).execute()
    tx.record("person_returned", f"person:{person.id}", {"active": (False, True)})
    teams = ", ".join(
        name
        for (name,) in tuples(
            Team.select(Team.name).join(Membership).where(Membership.person == person.id).order_by(Team.name)
        )
    )
    where = f"{Role(person.role).title}{f', in {teams}' if teams else ''}"
    sentence = f"{person.login} is active again: {where}. Tickets stay with whoever has them now."
    return Change(sentence, undoable=False)


def _known(who: str) -> Person:
    person = person_of_login(who)
    if person is None:
        raise NotFound(f"The desk knows nobody called {who!r}. `itdesk staff list --all` shows who there is and was.")
    return person


def _open_tickets(tx: Transaction, person: Person) -> list[Ticket]:
    """What the person has that is not resolved, locked. Who resolved a ticket stays with it as history."""
    mine = (Ticket.assignee == person.id) & Ticket.closed_at.is_null() & Ticket.status.not_in(sorted(SETTLED))
    ids = [ticket_id for (ticket_id,) in tuples(Ticket.select(Ticket.id).where(mine))]
    return tx.tickets(ids) if ids else []


def _hand_over(tx: Transaction, person: Person, heir: Person | None, tickets: Sequence[Ticket]) -> dict[str, list[str]]:
    """Give the tickets to the heir, or back to their teams: where they are now, as words, and their numbers."""
    why = f"{person.login} left the desk"
    found: dict[str, list[str]] = {}
    for ticket in tickets:
        values = to_holder(tx, ticket, heir.id if heir else None)
        arrival = Arrival() if heir else arrive(tx, ticket, values)
        changes = tx.update(ticket, **values | dict(arrival.values))
        if arrival.decisions:
            tx.decide(ticket.id, arrival.decisions)
        else:
            tx.decide_by_person(ticket.id, Thing.ASSIGNEE, heir.login if heir else "", why)
        announce(tx, ticket, arrival)
        tx.record("assigned", ticket, changes, payload=told(why) | arrival.payload)
        holder = Person.get_by_id(ticket.assignee_id).login if ticket.assignee_id else ""
        where = f"went to {holder}" if holder else "unassigned, in the queue of their team"
        found.setdefault(where, []).append(number(ticket))
    return found


def _to_settle(tx: Transaction, person: Person, stuck: Sequence[str]) -> list[str]:
    """What nobody else has yet that was planned with the person, and the approvals that nobody can give."""
    visits = [
        format_number(Kind(kind), ticket_id)
        for kind, ticket_id in tuples(
            Ticket.select(Ticket.kind, Ticket.id)
            .join(Appointment, on=(Appointment.ticket == Ticket.id))
            .where((Appointment.person == person.id) & Appointment.planned() & Ticket.closed_at.is_null())
            .order_by(Appointment.starts_at, Appointment.id)
        )
    ]
    found = [f"visits of {person.login} ({_some(visits)})"] if visits else []
    plan = plans(tx.session, [person.id], tx.now, tx.now + AHEAD)[person.id]
    found += [f"shifts of {person.login}, which nobody has now"] if plan.shifts else []
    on_call = (OnCall.person == person.id) & OnCall.removed_at.is_null() & (OnCall.ends_at > tx.now)
    found += ["duty on call, for which nobody is there now"] if OnCall.select().where(on_call).exists() else []
    found += [f"approvals that nobody is left to give ({_some(stuck)})"] if stuck else []
    return found


def _teams(person: Person, tickets: Sequence[Ticket]) -> set[int]:
    own = {team for (team,) in tuples(Membership.select(Membership.team).where(Membership.person == person.id))}
    return own | {ticket.team_id for ticket in tickets if ticket.team_id is not None}


def _some(numbers: Sequence[str]) -> str:
    return some(list(dict.fromkeys(numbers)), ", ")
