"""When the next step of escalation happens to a ticket: kept with it, whenever something happens to it."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itdesk.desk.clocks import Finder, before, entry_of, journals
from itdesk.desk.clocks import stored as stored_clocks
from itdesk.desk.duplicates import HAS_LIVE_ORIGINAL
from itdesk.desk.session import SYSTEM, Session
from itdesk.desk.transaction import Record, Transaction
from itdesk.domain.clocks import standings
from itdesk.domain.conditions import Field
from itdesk.domain.escalation import PLANNED_WAITS, Move, Pending, Situation, escalation_of, in_team_since
from itdesk.domain.matching import TicketFacts
from itdesk.domain.milestones import waits
from itdesk.domain.people import STAFF, Asker
from itdesk.domain.ticket import SETTLED, LinkType, Status, WaitingReason
from itdesk.models.escalation import EscalationDone
from itdesk.models.fields import to_microseconds

NEVER_LOOKED = 0
"""The moment of a ticket that the sweep has to look at first: it was there before, or was imported."""

_UNWRITTEN = 0
"""The number of an entry that is not written yet."""

_FIRED = frozenset({"alerted", "escalated"})
"""Verbs of steps that happened."""

_CHANGES_NOTHING = frozenset({"noted", "logged", "watched", "unwatched"})
"""Verbs that are of interest only to steps about tickets which nobody touches."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to happen to a ticket. `stored` is the moment that the ticket's row has."""

    situation: Situation
    pending: Sequence[Pending]
    stored: int | None

    @property
    def next_at(self) -> int | None:
        """When the next step happens."""
        return self.pending[0].moment if self.pending else None


def arm(tx: Transaction) -> None:
    """Keep the next moment of every ticket that the transaction has entries for, once its clocks have followed."""
    steps = escalation_of(tx.session.rulebook)
    if not steps:
        return
    touched: dict[int, int] = {}
    new: set[int] = set()
    for record in tx.records:
        if record.ticket is None or (record.verb in _CHANGES_NOTHING and not steps.asks_for_quiet):
            continue
        touched.setdefault(record.ticket.id, 0)
        by_staff = record.actor not in (SYSTEM.id, record.ticket.requester_id) and tx.session.actor.role in STAFF
        if by_staff or _ends_wait(record.facts):
            touched[record.ticket.id] = max(touched[record.ticket.id], to_microseconds(record.occurred_at))
        if record.verb == "submitted":
            new.add(record.ticket.id)
    found = outlooks(tx.session, list(touched), touched, tx.records)
    if undone := found.keys() & {
        one.ticket.id for one in tx.records if one.ticket is not None and one.verb == "undone"
    }:
        _forget_mistaken(tx, {ticket_id: found[ticket_id].situation.reopen_count for ticket_id in undone})
        found |= outlooks(tx.session, list(undone), touched, tx.records)
    back = {one.ticket.id for one in tx.records if one.ticket is not None and _came_back(one.facts)}
    if unwatched := [one for one in back & found.keys() if found[one].stored == NEVER_LOOKED]:
        pass_over(tx.session, unwatched, lambda _stored, _step: to_microseconds(tx.now))
        found |= outlooks(tx.session, unwatched, touched, tx.records)
        new.update(unwatched)
    store(tx.session, {one: outlook for one, outlook in found.items() if outlook.stored != NEVER_LOOKED or one in new})


def _came_back(facts: Mapping[str, Any]) -> bool:
    """Whether a ticket goes on that was resolved or had ended."""
    old, new = facts.get("changes", {}).get("status", (None, None))
    return old in SETTLED and new not in SETTLED


def _forget_mistaken(tx: Transaction, reopen_counts: Mapping[int, int]) -> None:
    """Let steps happen anew that would not have happened without what is undone: once their moment comes.

    `reopen_counts`: by ticket of which something is undone. Whether a moment had come is asked of the clocks that the
    ticket would have had then.
    """
    database, steps = tx.session.desk.database, escalation_of(tx.session.rulebook)
    records: dict[int, list[Record]] = {ticket_id: [] for ticket_id in reopen_counts}
    for record in tx.records:
        if record.ticket is not None and record.ticket.id in records:
            records[record.ticket.id].append(record)
    kept = journals(database, list(records))
    for ticket_id, reopen_count in reopen_counts.items():
        first = min(one.facts["reverts"] for one in records[ticket_id] if one.verb == "undone")
        entries = [*kept[ticket_id], *map(entry_of, records[ticket_id])]
        fired = {
            (entry.facts["step"], entry.facts["cycle"]): entry
            for entry in entries
            if entry.seq > first and entry.verb in _FIRED and "step" in entry.facts
        }
        if not fired:
            continue
        done = database.rows("SELECT step, cycle FROM escalation_done WHERE ticket_id = ?", (ticket_id,))
        stored_clock = stored_clocks(database, [ticket_id]).get(ticket_id)
        find = Finder(tx.session, stored_clock.recomputed if stored_clock else 0)
        for step, cycle in fired.keys() & {(step, cycle) for step, cycle in done}:
            entry = fired[step, cycle]
            clocks = standings(before(entries, entry.seq, find), find)
            if not steps.had_come(step, cycle, entry.at, clocks, reopen_count):
                these = (EscalationDone.ticket == ticket_id) & (EscalationDone.step == step)
                EscalationDone.delete().where(these & (EscalationDone.cycle == cycle)).execute()


def rearm(session: Session, ticket_ids: Sequence[int]) -> None:
    """Keep the next moment of tickets whose clocks were folded anew, inside a transaction."""
    if escalation_of(session.rulebook):
        found = outlooks(session, ticket_ids)
        store(session, {one: outlook for one, outlook in found.items() if outlook.stored != NEVER_LOOKED})


def store(session: Session, found: Mapping[int, Outlook]) -> None:
    """Keep the next moment with each of these tickets."""
    for ticket_id, outlook in found.items():
        if outlook.next_at != outlook.stored:
            session.desk.database.update_row("ticket", ticket_id, {"escalates_at": outlook.next_at})


def pass_over(
    session: Session, ticket_ids: Sequence[int], until: Callable[[int | None, str], int]
) -> dict[int, Outlook]:
    """Leave out what fell due before anybody watched for it, as if it had happened; what is still to happen.

    `until` which moment (UTC microseconds) nobody did, it says by the moment that the ticket's row has and the step's
    name.
    """
    found = outlooks(session, ticket_ids)
    late = [
        {"ticket_id": ticket_id, "step": one.step.name, "cycle": one.cycle, "fired_at": None}
        for ticket_id, outlook in found.items()
        for one in outlook.pending
        if one.moment <= until(outlook.stored, one.step.name)
    ]
    if not late:
        return found
    session.desk.database.insert_rows("escalation_done", late)
    return found | outlooks(session, list(found))


def outlooks(
    session: Session,
    ticket_ids: Sequence[int],
    touched: Mapping[int, int] | None = None,
    records: Sequence[Record] = (),
) -> dict[int, Outlook]:
    """What is to happen to these tickets.

    What the journal lacks yet: `records`, its entries to be, and `touched`, when by these staff did something or a wait
    ended; 0 where that is to be looked up.
    """
    if not ticket_ids:
        return {}
    steps = escalation_of(session.rulebook)
    database = session.desk.database
    wanted, these = (
        database.among_in_sql(ticket_ids) if len(ticket_ids) != 1 else (f"({database.param})", tuple(ticket_ids))
    )
    rows = database.execute(
        "SELECT ticket.id, ticket.status, waiting_reason, assignee_id, status_since, reopened_at,"  # noqa: S608
        " reopen_count, opened_at, escalates_at, kind, category, priority, channel, ticket.site, team.name,"
        " person.id, person.role, person.name, person.login, person.email, person.vip, ticket_clocks.state,"
        " ticket_clocks.recomputed,"
        f" {HAS_LIVE_ORIGINAL}"
        " FROM ticket JOIN person ON person.id = ticket.requester_id LEFT JOIN team ON team.id = ticket.team_id"
        f" LEFT JOIN ticket_clocks ON ticket_clocks.ticket_id = ticket.id WHERE ticket.id IN {wanted}",
        tuple(these),
    ).fetchall()
    done: dict[int, set[tuple[str, int]]] = {}
    sql = f"SELECT ticket_id, step, cycle FROM escalation_done WHERE ticket_id IN {wanted}"  # noqa: S608
    for ticket_id, step, cycle in database.execute(sql, tuple(these)).fetchall():
        done.setdefault(ticket_id, set()).add((step, cycle))
    tags = _tags(session, ticket_ids) if Field.TAGS in steps.fields else {}
    waiting = [row[0] for row in rows if row[1] == Status.WAITING] if steps.asks_for_waits else []
    waited = _waits(session, waiting, records) if waiting else {}
    untaken = [row[0] for row in rows if steps.asks_for_unassigned and row[1] == Status.NEW and row[3] is None]
    moved = moves(session, untaken, records) if untaken else {}
    alone = _alone_since(session, ticket_ids if steps.asks_for_quiet else untaken, records)
    found: dict[int, Outlook] = {}
    for (
        ticket_id, status, reason, assignee, since, reopened_at, reopened, opened_at, stored, kind, category,
        priority, channel, site, team, requester, role, name, login, email, vip, state, recomputed, has_live_original,
    ) in rows:  # fmt: skip
        facts = TicketFacts(
            subject="",
            requester=Asker(name, login, email, bool(vip)),
            channel=channel,
            kind=kind,
            category=category,
            tags=tuple(sorted(tags.get(ticket_id, ()))),
            site=site,
            priority=f"P{priority}",
            team=team or "",
        )
        at = (touched or {}).get(ticket_id, 0)
        if steps.asks_for_quiet and not at:
            at = _last_touched(session, ticket_id, requester) or opened_at
            if role in STAFF:
                at = max(at, _last_worked_on(session, ticket_id, requester, assignee, records))
        situation = Situation(
            status=status,
            waiting_reason=reason,
            waits=waited.get(ticket_id, ()),
            assigned=assignee is not None,
            in_team_since=in_team_since(since, (move for move in moved.get(ticket_id, ()) if move.at >= since)),
            reopened_at=reopened_at,
            reopen_count=reopened,
            touched_at=at,
            facts=facts,
            clocks=standings(json.loads(state), Finder(session, recomputed)) if state else {},
            has_live_original=bool(has_live_original),
            alone_since=alone.get(ticket_id, 0),
        )
        found[ticket_id] = Outlook(situation, steps.pending(situation, done.get(ticket_id, ())), stored)
    return found


_OF_WAITS = ('%"status":[%', '%"waiting_reason":[%', '%"reverts":%')
"""In the facts of entries that `milestones.waits` looks at."""


def _waits(
    session: Session, ticket_ids: Sequence[int], records: Sequence[Record]
) -> dict[int, tuple[tuple[int, str], ...]]:
    """What each of these tickets has waited for since it began to wait."""
    entries: dict[str, list[tuple[int, Any, int]]] = {f"ticket:{ticket_id}": [] for ticket_id in ticket_ids}
    database = session.desk.database
    wanted, these = database.among_in_sql(list(entries))
    tells = " OR ".join([f"facts LIKE {database.param}"] * len(_OF_WAITS))
    sql = (
        f"SELECT object, seq, facts, occurred_at FROM journal WHERE object IN {wanted}"  # noqa: S608
        f" AND ({tells}) ORDER BY seq"
    )
    for told, seq, facts, at in database.execute(sql, (*these, *_OF_WAITS)).fetchall():
        entries[told].append((seq, json.loads(facts), at))
    for record in records:
        if record.object in entries:
            entries[record.object].append((_UNWRITTEN, record.facts, to_microseconds(record.occurred_at)))
    return {
        ticket_id: waits(own, [facts["reverts"] for _, facts, _ in own if "reverts" in facts])
        for ticket_id, own in zip(ticket_ids, entries.values(), strict=True)
    }


def _tags(session: Session, ticket_ids: Collection[int]) -> dict[int, list[str]]:
    wanted, these = session.desk.database.among_in_sql(list(ticket_ids))
    sql = f"SELECT ticket_id, tag FROM ticket_tag WHERE ticket_id IN {wanted}"  # noqa: S608
    found: dict[int, list[str]] = {}
    for ticket_id, tag in session.desk.database.execute(sql, these).fetchall():
        found.setdefault(ticket_id, []).append(tag)
    return found


def moves(session: Session, ticket_ids: Sequence[int], records: Sequence[Record] = ()) -> dict[int, list[Move]]:
    """The moves of these tickets between teams, oldest first; `records` are entries that the journal lacks yet."""
    database = session.desk.database
    wanted, these = database.among_in_sql([f"ticket:{ticket_id}" for ticket_id in ticket_ids])
    sql = (
        f"SELECT object, occurred_at, actor, facts FROM journal WHERE object IN {wanted}"  # noqa: S608
        f" AND facts LIKE {database.param} ORDER BY seq"
    )
    found: dict[int, list[Move]] = {}
    for whose, at, actor, facts in database.execute(sql, (*these, '%"team":[%')).fetchall():
        change = json.loads(facts).get("changes", {}).get("team")
        if change is not None:
            found.setdefault(int(whose.partition(":")[2]), []).append(Move(at, bool(actor), *change))
    for record in records:
        change = record.facts.get("changes", {}).get("team")
        if record.ticket is not None and record.ticket.id in ticket_ids and change is not None:
            move = Move(to_microseconds(record.occurred_at), bool(record.actor), *change)
            found.setdefault(record.ticket.id, []).append(move)
    return found


def _alone_since(session: Session, ticket_ids: Sequence[int], records: Sequence[Record]) -> dict[int, int]:
    """When each of these tickets last ceased to be a duplicate; those that never were are left out."""
    if not ticket_ids:
        return {}
    database = session.desk.database
    wanted, these = database.among_in_sql([f"ticket:{ticket_id}" for ticket_id in ticket_ids])
    sql = (
        f"SELECT object, max(occurred_at) FROM journal WHERE object IN {wanted} AND verb = 'unlinked'"  # noqa: S608
        f" AND facts LIKE {database.param} GROUP BY object"
    )
    entries = database.execute(sql, (*these, f'%"link":"{LinkType.DUPLICATE_OF}"%')).fetchall()
    found = {int(whose.partition(":")[2]): int(at) for whose, at in entries}
    for record in records:
        if record.verb == "unlinked" and record.facts["link"] == LinkType.DUPLICATE_OF and record.ticket is not None:
            found[record.ticket.id] = to_microseconds(record.occurred_at)
    return found


_WAITS = PLANNED_WAITS | {WaitingReason.REQUESTER}
"""What a ticket waits for that is not for staff to end: once it has come, they have their time anew."""

_OF_WAITS_ENDED = tuple(sorted(f'%"waiting_reason":["{reason}"%' for reason in _WAITS))
"""In the facts of entries that end such a wait, whoever wrote them."""

_OF_STAFF = ", ".join(f"'{role}'" for role in sorted(STAFF))


def _ends_wait(facts: Mapping[str, Any]) -> bool:
    return facts.get("changes", {}).get("waiting_reason", (None,))[0] in _WAITS


def _last_touched(session: Session, ticket_id: int, requester: int) -> int | None:
    """When staff other than its requester last did something about a ticket, or a wait ended."""
    mark = session.desk.database.param
    ends = f" OR facts LIKE {mark}" * len(_OF_WAITS_ENDED)
    sql = (
        "SELECT max(occurred_at) FROM journal LEFT JOIN person ON person.id = actor"  # noqa: S608
        f" WHERE object = {mark} AND ((actor <> {mark} AND person.role IN ({_OF_STAFF})){ends})"
    )
    [at] = session.desk.database.row(sql, (f"ticket:{ticket_id}", requester, *_OF_WAITS_ENDED))
    return None if at is None else int(at)


def _last_worked_on(
    session: Session, ticket_id: int, requester: int, assignee: int | None, records: Sequence[Record]
) -> int:
    """When staff last did something about their own request while they had it; 0 for never.

    Whoever had it is told by the entries that changed it; `assignee` has it now.
    """
    database, own = session.desk.database, f"ticket:{ticket_id}"
    sql = (
        f"SELECT occurred_at, actor, facts FROM journal WHERE object = {database.param}"  # noqa: S608
        f" AND (actor = {database.param} OR facts LIKE {database.param}) ORDER BY seq DESC"
    )
    kept = database.execute(sql, (own, requester, '%"assignee":[%')).fetchall()
    entries = [
        *((to_microseconds(one.occurred_at), one.actor, one.facts) for one in reversed(records) if one.object == own),
        *((at, actor, json.loads(facts)) for at, actor, facts in kept),
    ]
    for at, actor, facts in entries:
        before, after = facts.get("changes", {}).get("assignee", (assignee, assignee))
        if actor == requester and requester in (before, after):
            return int(at)
        assignee = before
    return 0
