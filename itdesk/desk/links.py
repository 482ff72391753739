"""Links between tickets, and what hangs on a ticket by them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from textwrap import shorten

from itdesk.desk.change import Change, Targets, TicketRef, ids
from itdesk.desk.errors import Refused
from itdesk.desk.notices import notify
from itdesk.desk.transaction import Merged, Transaction, action, conflict, for_each, number, some, told
from itdesk.desk.visit_to_come import back_to_work
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import STAFF
from itdesk.domain.ticket import SETTLED, ClosureCode, Kind, LinkType, Status, WaitingReason, format_number
from itdesk.models.tickets import Ticket, TicketLink

_SAME_THING = (LinkType.DUPLICATE_OF, LinkType.MERGED_INTO)
_EXCERPT = 160
"""Characters of what solved an original."""


@action(STAFF, "link tickets")
def link(tx: Transaction, targets: Targets, link_type: LinkType, other: TicketRef | int) -> Change:
    """Link tickets to another one: each of them becomes `link_type` that one.

    A duplicate of a duplicate becomes one of the original, and brings its own duplicates with it. Circles are refused,
    and an original that is cancelled, as nothing would ever resolve its duplicates. What is resolved already resolves
    nothing more: the change names what is still to be done, and with which words that was solved.
    """
    if link_type is LinkType.MERGED_INTO:
        raise Refused("That is no link by hand: merge the tickets.")
    named = id_of(other)
    end = _end(tx, named) if link_type is LinkType.DUPLICATE_OF else named
    brought: dict[int, list[int]] = {}
    if link_type is LinkType.DUPLICATE_OF:
        brought = {one: [dup.id for dup in hanging_on(tx, one) if dup.link is link_type] for one in ids(targets)}
    followers = _besides((dup for dups in brought.values() for dup in dups), [*targets, other, end])
    locked = {ticket.id: ticket for ticket in tx.tickets([*targets, other, *_besides([end], [other]), *followers])}
    if link_type is LinkType.DUPLICATE_OF and _end(tx, named) != end:
        raise conflict(tx.session, locked[named])
    second, moved = locked[end], []
    refuse_merged(tx, second)
    left: list[Ticket] = []

    def deed(first: Ticket) -> str:
        _refuse_link(tx, first, link_type, second, locked[named])
        following = [locked[dup] for dup in brought.get(first.id, ()) if dup in followers]
        if link_type is LinkType.DUPLICATE_OF and second.status in SETTLED:
            unresolved = [one for one in (first, *following) if one.status not in SETTLED]
            _refuse_cancelled(second, unresolved)
            left.extend(unresolved)
        connect(tx, first, link_type, second)
        for dup in following:
            disconnect(tx, dup, link_type, first)
            connect(tx, dup, link_type, second)
            moved.append(dup.id)
        with_it = f", and {_count(len(brought[first.id]), 'duplicate')} of it with it" if brought.get(first.id) else ""
        return f"{number(first)} is now {link_type.predicate} {number(second)}{with_it}."

    change = for_each(tx, targets, deed, f"Linked to {number(second)}:")
    tx.update(second)
    return change.also((*moved, second.id), _still_to_resolve(second, left))


def _refuse_cancelled(original: Ticket, unresolved: Sequence[Ticket]) -> None:
    """Raise Refused for an original that will never resolve these duplicates."""
    if original.status != Status.CANCELLED or not unresolved:
        return
    named = some([number(one) for one in unresolved], ", ")
    raise Refused(
        f"{number(original)} is cancelled and would never resolve {named}. Reopen it first, link them as related, or "
        f"cancel {named} as well."
    )


def _still_to_resolve(original: Ticket, left: Sequence[Ticket]) -> str:
    """What an original that is resolved already leaves to be resolved, and with which words, as sentences."""
    if not left:
        return ""
    named = some([number(one) for one in left], ", ")
    are = "is" if len(left) == 1 else "are"
    words = shorten(original.resolution, _EXCERPT, placeholder=" …")
    solved = f" What solved {number(original)}: “{words}”" if words else ""
    return (
        f" {number(original)} is {Status(original.status).title} already, so {named} {are} still to be resolved: "
        f"`x`, or `itdesk resolve`.{solved}"
    )


def _refuse_link(tx: Transaction, first: Ticket, link_type: LinkType, second: Ticket, named: Ticket) -> None:
    if first.id == named.id:
        raise Refused("A ticket cannot be linked to itself.")
    turned = link_exists(named.id, link_type, first.id)
    if link_exists(first.id, link_type, named.id) or (turned and link_type is LinkType.RELATED):
        raise Refused(f"{number(first)} and {number(named)} are linked like this already.")
    if turned:
        raise Refused(f"It is the other way round already: {number(named)} is {link_type.predicate} {number(first)}.")
    if link_type is not LinkType.RELATED and first.id in chain(tx, second.id, (link_type,)):
        raise Refused(
            f"That would be a circle: by way of others, {number(named)} is {link_type.predicate} {number(first)}."
        )
    if link_type is LinkType.DUPLICATE_OF:
        originals = originals_of(tx, first.id)
        if originals == [second.id]:
            raise Refused(f"{number(first)} and {number(second)} are linked like this already.")
        if originals:
            raise Refused(
                f"{number(first)} is a duplicate of {numbers_of(tx, originals)} already; take that link away first."
            )


@action(STAFF, "unlink tickets")
def unlink(tx: Transaction, targets: Targets, link_type: LinkType, other: TicketRef | int) -> Change:
    """Remove the links of tickets to another one."""
    if link_type is LinkType.MERGED_INTO:
        raise Refused("A merge is not unlinked: undo it.")
    second = next(ticket for ticket in tx.tickets([*targets, other]) if ticket.id == id_of(other))

    def deed(first: Ticket) -> str:
        if not link_exists(first.id, link_type, second.id):
            raise Refused(f"{number(first)} is not {link_type.predicate} {number(second)}.")
        disconnect(tx, first, link_type, second)
        return f"{number(first)} and {number(second)} are no longer linked."

    change = for_each(tx, targets, deed, f"Unlinked from {number(second)}:", merged=Merged.AS_IT_IS)
    tx.update(second)
    return change.also([second.id])


# Inside a transaction


def connect(tx: Transaction, first: Ticket, link_type: LinkType, second: Ticket) -> None:
    """Make a link, with an entry on both tickets; that of a duplicate says where its original is settled already."""
    TicketLink.create(ticket=first.id, type=link_type, other=second.id)
    tx.update(first)
    settled = {"settled": True} if link_type is LinkType.DUPLICATE_OF and second.status in SETTLED else {}
    tx.record("linked", first, facts={"link": link_type, "other": second.id, **settled})
    tx.record("linked_from", second, facts={"link": link_type, "other": first.id})


def disconnect(tx: Transaction, first: Ticket, link_type: LinkType, second: Ticket, reason: str = "") -> None:
    """Remove a link, with an entry on both tickets."""
    remove_link(first.id, link_type, second.id)
    tx.update(first)
    tx.record("unlinked", first, facts={"link": link_type, "other": second.id}, payload=told(reason))
    tx.record("unlinked_from", second, facts={"link": link_type, "other": first.id}, payload=told(reason))


def with_released(tx: Transaction, change: Change, cancelled: Sequence[Ticket]) -> Change:
    """Let the unresolved duplicates of cancelled tickets stand alone: nothing will resolve them with their original.

    What waited for one of them as its cause goes on. Clocks run on from now, and who has one is told. The desk does it,
    since they may be of other requesters; the change that cancelled names them to staff.
    """
    desk = tx.by_desk()
    released: list[Ticket] = []
    freed: list[int] = []
    for original in cancelled:
        incidents = [each for each in hanging_on(tx, original.id) if each.link is LinkType.CAUSED_BY]
        freed += let_go_on(desk, original, incidents, "is cancelled")
        waiting = unresolved_duplicates(tx, original.id)
        for duplicate in desk.tickets(waiting) if waiting else ():
            disconnect(desk, duplicate, LinkType.DUPLICATE_OF, original, "the original is cancelled")
            text = f"{number(original)} is cancelled; its duplicate {number(duplicate)} stands alone now."
            notify(tx, [duplicate.assignee_id], NoticeKind.LINKED, text, duplicate)
            released.append(duplicate)
    if tx.session.actor.role not in STAFF:
        return change
    stand = "is no duplicate any more and stands" if len(released) == 1 else "are no duplicates any more and stand"
    named = some([number(duplicate) for duplicate in released], ", ")
    remark = f" {named} {stand} alone now." if released else ""
    return change.also([*(duplicate.id for duplicate in released), *freed], remark + go_on(freed))


def let_go_on(tx: Transaction, cause: Ticket, incidents: Sequence["Hanging"], became: str) -> list[int]:
    """A cause has ended, as `became` says: what waited for it goes on, and who has one is told. The ids of those."""
    unresolved = sorted({incident.id for incident in incidents if incident.unresolved} - {cause.id})
    waited = {incident.id for incident in incidents if incident.waits_for_it}
    for incident in tx.tickets(unresolved) if unresolved else ():
        text = f"{number(cause)}, the cause of {number(incident)}, {became}."
        notify(tx, [incident.assignee_id], NoticeKind.LINKED, text, incident)
        if incident.id in waited:
            changes = tx.update(incident, **back_to_work(tx, incident))
            tx.record("status_changed", incident, changes, facts={"other": cause.id})
    return sorted(waited)


def go_on(freed: Collection[int]) -> str:
    """That tickets which waited for their cause go on, as a sentence after another one; nothing for none."""
    if not freed:
        return ""
    go = "1 ticket that waited for it goes" if len(freed) == 1 else f"{len(freed)} tickets that waited for it go"
    return f" {go} on."


def unresolved_duplicates(tx: Transaction, ticket_id: int) -> list[int]:
    """The duplicates that wait for a ticket to be resolved."""
    return [each.id for each in hanging_on(tx, ticket_id) if each.link is LinkType.DUPLICATE_OF and each.unresolved]


def remove_link(ticket_id: int, link_type: str, other_id: int) -> None:
    """Delete a link's row."""
    TicketLink.delete().where(
        (TicketLink.ticket == ticket_id) & (TicketLink.type == link_type) & (TicketLink.other == other_id)
    ).execute()


def link_exists(ticket_id: int, link_type: LinkType, other_id: int) -> bool:
    """Whether the first ticket is `link_type` the second."""
    return bool(
        TicketLink.select()
        .where((TicketLink.ticket == ticket_id) & (TicketLink.type == link_type) & (TicketLink.other == other_id))
        .exists()
    )


@dataclass(frozen=True, slots=True)
class Hanging:
    """A ticket that is linked to another one: `link` reads from it to the other."""

    id: int
    kind: Kind
    link: LinkType
    status: Status
    waiting_reason: WaitingReason | None

    @property
    def number(self) -> str:
        """`INC-1042`."""
        return format_number(self.kind, self.id)

    @property
    def unresolved(self) -> bool:
        """Whether somebody still has to solve it."""
        return self.status not in SETTLED

    @property
    def waits_for_it(self) -> bool:
        """Whether it waits until its cause is solved."""
        return self.link is LinkType.CAUSED_BY and self.waiting_reason is WaitingReason.PROBLEM


def hanging_on(tx: Transaction, ticket_id: int) -> list[Hanging]:
    """The tickets with a link to this one, in the order of their numbers."""
    # Plain SQL: every resolution asks.
    database = tx.session.desk.database
    rows = database.execute(
        "SELECT ticket.id, ticket.kind, link.type, ticket.status, ticket.waiting_reason"  # noqa: S608
        " FROM ticket_link AS link JOIN ticket ON ticket.id = link.ticket_id"
        f" WHERE link.other_id = {database.param} ORDER BY ticket.id",
        (ticket_id,),
    ).fetchall()
    return [
        Hanging(one, Kind(kind), LinkType(link), Status(status), WaitingReason(waits) if waits else None)
        for one, kind, link, status, waits in rows
    ]


def originals_of(tx: Transaction, ticket_id: int) -> list[int]:
    """What the ticket is a duplicate of; mostly nothing."""
    return _next(tx, ticket_id, (LinkType.DUPLICATE_OF,))


def survivor_of(tx: Transaction, ticket_id: int) -> int:
    """Into which ticket it was merged in the end; itself if it was not."""
    return chain(tx, ticket_id, (LinkType.MERGED_INTO,))[-1]


def passed_on_to(tx: Transaction, ticket: Ticket) -> int:
    """The ticket (id) that survives a merged one, to which something is passed on; what is recorded there says so."""
    *via, survivor = chain(tx, ticket.id, (LinkType.MERGED_INTO,))
    tx.via[survivor] = via
    return survivor


def merged_away(tx: Transaction, ticket: Ticket) -> str:
    """A sentence that says where a merged ticket went; whoever is not staff is told no number that is not his."""
    survivor = Ticket.get_by_id(survivor_of(tx, ticket.id))
    mine = tx.session.actor.role in STAFF or survivor.requester_id == tx.session.actor.id
    return f"{number(ticket)} was merged into {number(survivor) if mine else 'another ticket'}."


def refuse_merged(tx: Transaction, ticket: Ticket) -> None:
    """Raise Refused for a merged ticket: it says where that went, and what to do instead."""
    if ticket.closure_code != ClosureCode.MERGED:
        return
    way = ""
    if tx.session.actor.role in STAFF:
        way = " Do it there, or undo the merge if they are not about the same thing."
    elif ticket.requester_id == tx.session.actor.id:
        way = " What you write here is passed on to whoever works on it."
    raise Refused(f"{merged_away(tx, ticket)}{way}")


def numbers_of(tx: Transaction, ticket_ids: Sequence[int]) -> str:
    """`INC-1, INC-2`."""
    database = tx.session.desk.database
    these, parameters = database.among_in_sql(ticket_ids)
    rows = database.execute(f"SELECT id, kind FROM ticket WHERE id IN {these} ORDER BY id", parameters).fetchall()  # noqa: S608
    return ", ".join(format_number(Kind(kind), one) for one, kind in rows)


def _end(tx: Transaction, ticket_id: int) -> int:
    """The original of a duplicate, or what a merged ticket became."""
    return chain(tx, ticket_id, _SAME_THING)[-1]


def chain(tx: Transaction, ticket_id: int, types: Sequence[LinkType]) -> list[int]:
    """The ticket and all to which links of these types lead from it, the farthest last."""
    found = [ticket_id]
    for one in found:
        found += [other for other in _next(tx, one, types) if other not in found]
    return found


def _next(tx: Transaction, ticket_id: int, types: Sequence[LinkType]) -> list[int]:
    database = tx.session.desk.database
    wanted, parameters = database.among_in_sql([link_type.value for link_type in types])
    rows = database.execute(
        f"SELECT other_id FROM ticket_link WHERE ticket_id = {database.param} AND type IN {wanted} ORDER BY other_id",  # noqa: S608
        (ticket_id, *parameters),
    )
    return [other for (other,) in rows.fetchall()]


def _besides(wanted: Iterable[int], targets: Targets) -> list[int]:
    """Those that are not among the targets."""
    return sorted(set(wanted) - set(ids(targets)))


def id_of(one: TicketRef | int) -> int:
    """The id of a ticket that is named with or without a version."""
    return one.id if isinstance(one, TicketRef) else one


def _count(count: int, noun: str) -> str:
    return f"the {noun}" if count == 1 else f"the {count} {noun}s"
