"""Watchers: who is told what happens on a ticket, beside whoever has it."""

from itdesk.desk.change import Change, Targets, ids
from itdesk.desk.errors import Refused
from itdesk.desk.people import find_person
from itdesk.desk.transaction import Merged, Transaction, action, for_each, number
from itdesk.domain.people import EVERYBODY, READERS, STAFF, Role
from itdesk.models.fields import to_microseconds
from itdesk.models.tickets import Ticket
from itdesk.models.work import Watcher


@action(EVERYBODY - (READERS - STAFF), "watch tickets")
def watch(tx: Transaction, targets: Targets, who: str | None = None) -> Change:
    """Watch tickets, or let somebody watch them (a login or name; staff only). A requester watches his own tickets."""
    person, login, role = _person(tx, who)

    def deed(ticket: Ticket) -> str:
        if role not in READERS and ticket.requester_id != person:
            raise Refused(f"{login} is {role.title} and did not ask for {number(ticket)}; only staff may watch it.")
        if is_watched(ticket.id, person):
            raise Refused(f"{login} watches {number(ticket)} already.")
        add(tx, ticket.id, person)
        _record(tx, "watched", ticket, person, login)
        return f"{login} now watches {number(ticket)}."

    return for_each(tx, ids(targets), deed, "Watching:")


@action(EVERYBODY - (READERS - STAFF), "watch tickets")
def unwatch(tx: Transaction, targets: Targets, who: str | None = None) -> Change:
    """Stop watching tickets, or stop somebody's watching (a login or name; staff only)."""
    person, login, _ = _person(tx, who)

    def deed(ticket: Ticket) -> str:
        if not is_watched(ticket.id, person):
            raise Refused(f"{login} does not watch {number(ticket)}.")
        remove(ticket.id, person)
        _record(tx, "unwatched", ticket, person, login)
        return f"{login} watches {number(ticket)} no longer."

    return for_each(tx, ids(targets), deed, "Watched no longer:", merged=Merged.AS_IT_IS)


def _person(tx: Transaction, who: str | None) -> tuple[int, str, Role]:
    """Who is meant: id, login and role."""
    me = tx.session.actor
    person = find_person(who) if who and who not in (me.login, me.name) else None
    if person is None or person.id == me.id:
        return me.id, me.login, me.role
    tx.session.require(STAFF, "say who watches a ticket")
    return person.id, person.login, Role(person.role)


def _record(tx: Transaction, verb: str, ticket: Ticket, person: int, login: str) -> None:
    tx.record(verb, ticket, facts={"person": person}, payload={} if person == tx.session.actor.id else {"who": login})


def is_watched(ticket_id: int, person: int) -> bool:
    """Whether a person (id) watches a ticket."""
    return bool(Watcher.select().where((Watcher.ticket == ticket_id) & (Watcher.person == person)).exists())


def add(tx: Transaction, ticket_id: int, person: int) -> None:
    """Let a person (id) watch a ticket, inside a transaction."""
    row = {"ticket_id": ticket_id, "person_id": person, "since": to_microseconds(tx.now)}
    tx.session.desk.database.insert_rows("watcher", [row])


def remove(ticket_id: int, person: int) -> None:
    """Let a person (id) watch a ticket no longer, inside a transaction."""
    Watcher.delete().where((Watcher.ticket == ticket_id) & (Watcher.person == person)).execute()
