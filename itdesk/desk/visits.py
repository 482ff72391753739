"""Visits: appointments at a place and time for a ticket, which waits until then."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from itdesk.desk.change import Change, Targets, ids
from itdesk.desk.clocks import journals
from itdesk.desk.errors import Refused
from itdesk.desk.notices import notify
from itdesk.desk.people import find_person
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.queries.visits import (
    Wanted,
    appointment_text,
    meant_visits,
    obstacles,
    off_shift,
    planned_visits,
)
from itdesk.desk.schedule_rows import PLANNING, Edit, put_back, touched_rows
from itdesk.desk.session import Session
from itdesk.desk.transaction import Changes, Transaction, action, for_each, number, told
from itdesk.desk.visit_to_come import WAITS, back_to_work
from itdesk.domain.clock_events import Entry, events_of
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import ADMINISTRATORS, STAFF, Role
from itdesk.domain.schedule import LONGEST_VISIT, VisitState
from itdesk.domain.text import storable
from itdesk.domain.ticket import SETTLED, Status, WaitingReason
from itdesk.models.fields import from_microseconds, to_microseconds
from itdesk.models.people import Person
from itdesk.models.schedule import Appointment
from itdesk.models.tickets import Ticket

_ENDS = {VisitState.DONE: "visit_done", VisitState.CANCELLED: "visit_cancelled"}
"""The entry of a visit that ends like this."""

_IN_WORK = frozenset({Status.ASSIGNED, Status.IN_PROGRESS, Status.TESTING})


@action(STAFF, "plan visits", in_turn=PLANNING)
def plan_visit(
    tx: Transaction,
    targets: Targets,
    starts_at: datetime,
    minutes: int,
    *,
    person: str | None = None,
    place: str = "",
    note: str = "",
    anyway: bool = False,
) -> Change:
    """Somebody (else whoever acts) is at a place for tickets, from a moment (aware UTC) for so many minutes.

    A ticket in work waits for it, unless it has begun. Several tickets at once are one visit. Refused where the person
    is away, has another appointment then, or the moment has passed; `anyway` plans it all the same and is kept in the
    journal.
    """
    whom = _visitor(tx.session, person)
    wanted = _wanted(whom, starts_at, minutes, place)
    note = storable(note).strip()
    against = _obstacles(tx, wanted, anyway)
    off = off_shift(tx.session, wanted)

    def deed(ticket: Ticket) -> str:
        if ticket.status in SETTLED:
            raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it before you plan a visit.")
        edit = Edit(tx)
        row = edit.add(
            Appointment,
            ticket=ticket.id,
            person=whom.id,
            starts_at=wanted.start,
            minutes=wanted.minutes,
            place=wanted.place,
            note=note,
            state=VisitState.PLANNED,
        )
        changes = tx.update(ticket, **(WAITS if wanted.start > tx.now and ticket.status in _IN_WORK else {}))
        _record(tx, "visit_planned", ticket, row, edit, changes, anyway=bool(against))
        _tell(tx, ticket, row, "A visit is planned")
        return f"Visit for {number(ticket)}: {_text(tx, row)}.{off}"

    return for_each(tx, targets, deed, f"Planned {_when(tx, wanted)} for")


@action(STAFF, "move visits", in_turn=PLANNING)
def move_visit(
    tx: Transaction,
    targets: Targets,
    *,
    starts_at: datetime | None = None,
    minutes: int | None = None,
    person: str | None = None,
    place: str | None = None,
    note: str | None = None,
    appointment: int | None = None,
    anyway: bool = False,
) -> Change:
    """The planned visit of each ticket takes place otherwise; what is not given stays.

    `appointment` is its id, needed where a ticket has several. Refused as `plan_visit` is. A visit that had begun and
    is now to come begins anew then, and its ticket, where it is in work, waits for it again.
    """
    to_whom = _visitor(tx.session, person) if person else None
    moved = meant_visits(ids(targets), appointment)

    def deed(ticket: Ticket) -> str:
        row = _planned(tx, ticket, appointment)
        before = row.person_id
        whom = to_whom or Person.get_by_id(row.person_id)
        if not whom.active:
            raise Refused(f"{whom.login} is no longer active at this desk; say who goes to {number(ticket)} instead.")
        wanted = _wanted(
            whom, starts_at or row.starts_at, minutes or row.minutes, row.place if place is None else place, moved
        )
        against = _obstacles(tx, wanted, anyway)
        edit = Edit(tx)
        again = row.begun_at is not None and wanted.start > tx.now
        differs = edit.change(
            row,
            person=whom.id,
            starts_at=wanted.start,
            minutes=wanted.minutes,
            place=wanted.place,
            note=row.note if note is None else storable(note).strip(),
            begun_at=None if again else row.begun_at,
        )
        if not differs:
            raise Refused(f"The visit for {number(ticket)} is planned like this already.")
        changes = tx.update(ticket, **(WAITS if again and ticket.status in _IN_WORK else {}))
        _record(tx, "visit_moved", ticket, row, edit, changes, anyway=bool(against))
        _tell(tx, ticket, row, "A visit is now", before)
        return f"The visit for {number(ticket)} is now {_text(tx, row)}.{off_shift(tx.session, wanted)}"

    return for_each(tx, targets, deed, "Moved the visits of")


@action(STAFF, "end visits")
def finish_visit(tx: Transaction, targets: Targets, *, appointment: int | None = None, note: str = "") -> Change:
    """The planned visit of each ticket took place; a ticket that waited for it is in progress again.

    Refused for one of a later day; that somebody came before the hour is his to say.
    """
    return _end(tx, targets, VisitState.DONE, appointment, note)


@action(STAFF, "cancel visits")
def cancel_visit(tx: Transaction, targets: Targets, *, appointment: int | None = None, reason: str = "") -> Change:
    """The planned visit of each ticket does not take place; a ticket that waited for it is in progress again."""
    return _end(tx, targets, VisitState.CANCELLED, appointment, reason)


def _end(tx: Transaction, targets: Targets, state: VisitState, appointment: int | None, reason: str) -> Change:
    def deed(ticket: Ticket) -> str:
        row = _planned(tx, ticket, appointment)
        if state is VisitState.DONE and _day(tx, row.starts_at) > _day(tx, tx.now):
            raise Refused(
                f"The visit for {number(ticket)} is still to come: {_text(tx, row)}. Cancel it, or move it to when it "
                "took place."
            )
        edit = Edit(tx)
        edit.change(row, state=state)
        _record(tx, _ENDS[state], ticket, row, edit, tx.update(ticket, **_goes_on(tx, ticket, row)), reason=reason)
        if state is VisitState.CANCELLED:
            _tell(tx, ticket, row, "A visit is cancelled")
        return f"The visit for {number(ticket)} is {state}: {_text(tx, row)}."

    return for_each(tx, targets, deed, f"Made {state} the visits of")


def end_planned(tx: Transaction, ticket: Ticket, why: str) -> str:
    """End the planned visits of a ticket that is settled: what was done of it, as a sentence; mostly nothing.

    One whose time has come took place, one that is still to come is cancelled: whoever makes it, and who asked, are
    told.
    """
    ended: dict[VisitState, list[str]] = {}
    for row in planned_visits([ticket.id]):
        state = VisitState.CANCELLED if row.starts_at > tx.now else VisitState.DONE
        edit = Edit(tx)
        edit.change(row, state=state)
        _record(tx, _ENDS[state], ticket, row, edit, {}, reason=why)
        if state is VisitState.CANCELLED:
            _tell(tx, ticket, row, "A visit is cancelled")
        ended.setdefault(state, []).append(_text(tx, row))
    return "".join(
        f" {'Its visit is' if len(texts) == 1 else 'Its visits are'} {state}: {'; '.join(texts)}."
        for state, texts in ended.items()
    )


@action(ADMINISTRATORS, "let visits begin")
def begin_visit(tx: Transaction, appointment: int) -> Change:
    """The time of a planned visit has come: whoever makes it is told, its ticket waits for it no longer. For the sweep.

    Happens once, unless the visit is moved to later. A ticket that has a later visit waits for that one. Safe to
    repeat, and for several at once: all is looked up under the ticket's lock. An empty `Change.tickets` says that
    nothing happened.
    """
    nothing = Change("No visit begins.", undoable=False)
    known: Appointment | None = Appointment.get_or_none(Appointment.id == appointment)
    if known is None:
        return nothing
    [ticket] = tx.tickets([known.ticket_id])
    row = next((one for one in planned_visits([ticket.id]) if one.id == appointment), None)
    if row is None or row.begun_at is not None or row.starts_at > tx.now or ticket.status in SETTLED:
        return nothing
    Appointment.update(begun_at=tx.now).where(Appointment.id == row.id).execute()
    at = _began_at(tx, ticket, row)
    changes = tx.update(ticket, "visit_begun", at, **_goes_on(tx, ticket, row))
    facts = {"appointment": row.id}
    tx.record("visit_begun", ticket, changes, facts=facts, payload={"visit": _text(tx, row)}, occurred_at=at)
    over = row.starts_at + timedelta(minutes=row.minutes) <= tx.now
    what = "The time of your visit has passed" if over else "Your visit is now"
    then = "whether it took place" if over else "that it is done, when it is"
    text = f"{what}: {number(ticket)}, {_text(tx, row)}. Say {then}: enter on the visit, on its ticket."
    notify(tx, [row.person_id], NoticeKind.APPOINTMENT, text, ticket)
    return Change(f"The visit for {number(ticket)} begins: {_text(tx, row)}.", tickets=(ticket.id,))


def _began_at(tx: Transaction, ticket: Ticket, row: Appointment) -> datetime:
    """Since when a ticket no longer waits for a visit whose time has come; the entry's `occurred_at`.

    That is the visit's start, however late the sweep: nobody shall have his clocks paused because no process ran. It is
    later where the journal says that the ticket still waited then, or that its clocks moved meanwhile: a visit planned,
    moved or ended since, another status, a reply, another agreement, an undoing. The last of these wins, since clocks
    never run backwards. Notes, files, time and the like change nothing about it.
    """
    start = to_microseconds(row.starts_at)
    entries = journals(tx.session.desk.database, [ticket.id]).get(ticket.id, [])
    return from_microseconds(max([start, *(entry.at for entry in entries if _tells_of_waiting(entry))]))


def _tells_of_waiting(entry: Entry) -> bool:
    """Whether an entry may say that a ticket waits, or moves its clocks."""
    if entry.verb == "undone" or entry.verb.startswith("visit_"):
        return True
    return bool(entry.facts.get("changes", {}).keys() & WAITS.keys() or events_of(entry))


def _goes_on(tx: Transaction, ticket: Ticket, row: Appointment) -> Mapping[str, object]:
    """What changes on a ticket when a visit is over with, or has begun: it goes on, unless it waits for another."""
    others = [one for one in planned_visits([ticket.id]) if one.id != row.id and one.begun_at is None]
    if ticket.waiting_reason != WaitingReason.APPOINTMENT or others:
        return {}
    return back_to_work(tx, ticket)


def undo_visit(
    tx: Transaction, ticket: Ticket, facts: Mapping[str, Any], payload: Mapping[str, Any]
) -> tuple[dict[str, Any], Sequence[str]]:
    """Put back what an entry did to a visit, and tell those who know of it.

    Hands back what the compensating entry says of it, and what clashes with a visit that is to come again, a sentence
    each. Raises Refused where the visit would be made by somebody who left. That a visit has begun stays so: its
    ticket waits until somebody ends it.
    """
    if "rows" not in facts:
        return {"appointment": facts["appointment"]}, ()
    edit = put_back(tx, touched_rows(facts, payload), number(ticket))
    row = Appointment.get_by_id(facts["appointment"])
    is_planned = row.removed_at is None and row.state == VisitState.PLANNED
    if is_planned and not row.person.active:
        way = "Reopen it instead." if ticket.status in SETTLED else "Plan another one by hand."
        raise Refused(
            f"The visit for {number(ticket)} cannot go back to {row.person.login}, who is no longer active at this "
            f"desk. {way}"
        )
    _tell(tx, ticket, row, "A visit is planned, after all" if is_planned else "A visit is no longer planned")
    return edit.facts() | {"appointment": row.id}, _clashes(tx, row) if is_planned else ()


def _clashes(tx: Transaction, row: Appointment) -> Sequence[str]:
    """What is against a visit that is not over, a sentence each."""
    wanted = Wanted(row.person_id, row.person.login, row.starts_at, row.minutes, row.place, frozenset({row.id}))
    return obstacles(tx.session, wanted, tx.now) if wanted.end > tx.now else ()


def _visitor(session: Session, who: str | None) -> Person:
    person: Person = find_person(who) if who else Person.get_by_id(session.actor.id)
    if Role(person.role) not in STAFF:
        raise Refused(f"{person.login} is {Role(person.role).title}; visits are made by staff.")
    return person


def _wanted(person: Person, start: datetime, minutes: int, place: str, moved: frozenset[int] = frozenset()) -> Wanted:
    if not 0 < minutes <= LONGEST_VISIT:
        raise Refused(f"A visit lasts from a minute to {LONGEST_VISIT // (24 * 60)} days.")
    return Wanted(person.id, person.login, start, minutes, storable(place).strip(), moved)


def _obstacles(tx: Transaction, wanted: Wanted, anyway: bool) -> Sequence[str]:
    """What is against it; raises Refused with that unless it shall be done anyway."""
    against = obstacles(tx.session, wanted, tx.now)
    if against and not anyway:
        raise Refused(f"{' '.join(against)} Choose another time, or plan it anyway.")
    return against


def _planned(tx: Transaction, ticket: Ticket, appointment: int | None) -> Appointment:
    """The ticket's planned visit of that id, or its only one."""
    rows = planned_visits([ticket.id])
    found = [row for row in rows if appointment in (None, row.id)]
    if not found:
        which = f"visit {appointment}" if appointment is not None and rows else "visit"
        raise Refused(f"{number(ticket)} has no {which} that is planned.")
    if len(found) > 1:
        each = ", ".join(f"{row.id} ({_text(tx, row)})" for row in found)
        raise Refused(f"{number(ticket)} has several visits planned. Say which: {each}.")
    return found[0]


def _record(
    tx: Transaction,
    verb: str,
    ticket: Ticket,
    row: Appointment,
    edit: Edit,
    changes: Changes,
    *,
    anyway: bool = False,
    reason: str = "",
) -> None:
    facts = edit.facts() | {"appointment": row.id} | ({"anyway": True} if anyway else {})
    payload = edit.payload() | {"visit": _text(tx, row)} | told(reason)
    tx.record(verb, ticket, changes, facts=facts, payload=payload)


def _text(tx: Transaction, row: Appointment) -> str:
    login = Person.get_by_id(row.person_id).login
    return appointment_text(row.starts_at, row.minutes, login, row.place, desk_zone(tx.session))


def _day(tx: Transaction, moment: datetime) -> date:
    return moment.astimezone(desk_zone(tx.session)).date()


def _when(tx: Transaction, wanted: Wanted) -> str:
    return appointment_text(wanted.start, wanted.minutes, wanted.login, wanted.place, desk_zone(tx.session))


def _tell(tx: Transaction, ticket: Ticket, row: Appointment, what: str, before: int | None = None) -> None:
    """Tell who goes there, who went there before, and who asked."""
    text = f"{what}: {number(ticket)}, {_text(tx, row)}."
    notify(tx, [row.person_id, ticket.requester_id, before], NoticeKind.APPOINTMENT, text, ticket)
