"""The one way a change happens: check, change rows, append the journal, hand back a `Change`."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from itdesk.desk.change import Change, Targets, TicketRef
from itdesk.desk.errors import Conflict, NotFound, Refused
from itdesk.desk.session import SYSTEM, Session
from itdesk.desk.visible import visible_in_sql
from itdesk.domain import journal
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.milestones import Milestones
from itdesk.domain.people import STAFF, Role
from itdesk.domain.text import storable
from itdesk.domain.ticket import ClosureCode, Kind, format_number
from itdesk.models import search
from itdesk.models.base import instances
from itdesk.models.fields import to_microseconds
from itdesk.models.migrations.runner import recheck
from itdesk.models.tickets import Ticket

P = ParamSpec("P")
T = TypeVar("T")

Changes = dict[str, tuple[Any, Any]]
"""Column or facet of a ticket -> (old, new) value, as JSON knows it: ids, names, microseconds."""

_MOST_TOLD = 10
"""So many tickets or reasons stand in one sentence."""

TEXT_COLUMNS = frozenset({"subject", "body", "resolution", "root_cause", "workaround", "site"})
"""Columns whose values are payload in the journal: text and personal data, erasable. All others are facts."""


@dataclass(slots=True)
class Record:
    """A journal entry to be."""

    verb: str
    object: str
    facts: dict[str, Any]
    payload: dict[str, Any]
    actor: int
    occurred_at: datetime
    ticket: Ticket | None = None


@dataclass(slots=True)
class Transaction:
    """What an action has at hand inside its one transaction. `now` is the action's one instant."""

    session: Session
    now: datetime
    records: list[Record] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    undone_together: bool = True
    """Whether the entries belong to one command, which undo takes back as a whole."""
    via: dict[int, list[int]] = field(default_factory=dict)
    """Ticket -> the merged ones through which it is meant: its entries name them, so that undo knows whose it was."""

    def by_desk(self) -> "Transaction":
        """The same transaction for what the desk itself does in it: it sees and may change the tickets of all."""
        return replace(self, session=replace(self.session, actor=SYSTEM))

    # Tickets

    def tickets(self, targets: Targets, *, of_others: bool = False) -> list[Ticket]:
        """The tickets, locked in the order of their ids; raises NotFound, and Conflict where a version is outdated.

        `of_others`: also whoever is not staff may change tickets of others that he sees; the action checks who.
        """
        versions = {
            target.id: target.version
            for target in (item if isinstance(item, TicketRef) else TicketRef(item) for item in targets)
        }
        found = self._locked(sorted(versions))
        missing = sorted(set(versions) - {ticket.id for ticket in found})
        if missing:
            raise NotFound(f"There is no ticket {some([str(ticket_id) for ticket_id in missing], ', ')} here.")
        for ticket in found:
            if not of_others:
                self._require_hand(ticket)
            if versions[ticket.id] not in (None, ticket.version):
                raise conflict(self.session, ticket, since=versions[ticket.id])
        return found

    def _locked(self, ids: Sequence[int]) -> list[Ticket]:
        # Plain SQL: Peewee needs longer to write it than SQLite to run it, and everybody waits for the lock (measured).
        database = self.session.desk.database
        condition, parameters = visible_in_sql(self.session)
        wanted, these = database.among_in_sql(ids) if len(ids) != 1 else (f"({database.param})", tuple(ids))
        sql = f"SELECT * FROM ticket WHERE id IN {wanted} AND {condition} ORDER BY id"  # noqa: S608
        return instances(
            Ticket, database.execute(sql if database.sqlite else f"{sql} FOR UPDATE", (*these, *parameters))
        )

    def _require_hand(self, ticket: Ticket) -> None:
        """Whoever is not staff changes only what he asked for himself, whatever else he may see."""
        actor = self.session.actor
        if actor.role not in STAFF and ticket.requester_id != actor.id:
            raise Refused(
                f"{number(ticket)} is not yours, and {actor.login} is {actor.role.title}: you may only read it."
            )

    def update(self, ticket: Ticket, verb: str = "", since: datetime | None = None, /, **values: Any) -> Changes:
        """Store new values of columns and return what really changed (foreign keys as ids, times as microseconds).

        The ticket's milestones follow; `verb` is that of the entry to be, for an escalation, `since` its `occurred_at`
        where that is not now.
        """
        changes: Changes = {}
        changed_at = ticket.changed_at = self.now
        stored: dict[str, Any] = {"changed_at": to_microseconds(changed_at)}
        for column, value in values.items():
            old = getattr(ticket, column)
            if old != value:
                changes[column.removesuffix("_id")] = (plain(old), plain(value))
                stored[column] = plain(value)
                setattr(ticket, column, value)
        stored |= self._milestones(ticket, verb, changes, since or self.now)
        if changes.keys() & {"priority", "major"}:
            stored["order_key"] = ticket.order_key = self.order_key(ticket)
        if changes:
            ticket.version += 1
            stored["version"] = ticket.version
        self.session.desk.database.update_row("ticket", ticket.id, stored)
        return changes

    def _milestones(self, ticket: Ticket, verb: str, changes: Changes, at: datetime) -> dict[str, Any]:
        """The columns of the milestones that the changes move."""
        before = Milestones(ticket.status_since, ticket.reopened_at, ticket.reopen_count, ticket.escalated_at)
        after = before.after(verb, changes, at)
        moved: dict[str, Any] = {}
        for column in Milestones.__slots__:
            value = getattr(after, column)
            if value != getattr(before, column):
                setattr(ticket, column, value)
                moved[column] = plain(value)
        return moved

    def order_key(self, ticket: Ticket) -> int:
        """The ticket's place in the fair order."""
        from itdesk.domain.queue_order import order_key

        head_starts = self.session.rulebook.priorities.head_starts
        return order_key(ticket.opened_at, ticket.priority, ticket.major, head_starts)

    def decide(self, ticket_id: int, decisions: Iterable[Decision]) -> None:
        """Keep decisions about a ticket; they are stored when the transaction ends."""
        for decision in decisions:
            self.decisions.append(
                {
                    "ticket_id": ticket_id,
                    "thing": decision.thing,
                    "value": decision.value,
                    "source": decision.source,
                    "rule": decision.rule,
                    "place": decision.place,
                    "reason": storable(decision.reason),
                    "details": journal.canonical(decision.details()),
                    "rulebook": self.session.rulebook_version,
                    "decided_by_id": (self.session.actor.id or None) if decision.source is Source.PERSON else None,
                    "decided_at": to_microseconds(self.now),
                }
            )

    def decide_by_person(self, ticket_id: int, thing: Thing, value: str, reason: str = "") -> None:
        """Keep what the actor decided; an empty value says that nothing holds any more."""
        self.decide(ticket_id, [Decision(thing=thing, value=value, source=Source.PERSON, reason=reason.strip())])

    def index(self, ticket_id: int, **texts: str) -> None:
        """Add words to the ticket's search index: `body` for what the requester sees, `notes` for staff only."""
        search.append(self.session.desk.database, "ticket_search", ticket_id, texts)

    # The journal

    def record(
        self,
        verb: str,
        target: Ticket | str,
        changes: Changes | None = None,
        *,
        facts: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
        occurred_at: datetime | None = None,
        actor: int | None = None,
    ) -> None:
        """Append an entry when the transaction ends. Changes of text columns go to the payload, others to the facts."""
        told = {name: list(pair) for name, pair in (changes or {}).items()}
        via = None if isinstance(target, str) else self.via.get(target.id)
        entry_facts, entry_payload = dict(facts or {}) | ({"via": via} if via else {}), dict(payload or {})
        for into, part in (
            (entry_facts, {name: pair for name, pair in told.items() if name not in TEXT_COLUMNS}),
            (entry_payload, {name: pair for name, pair in told.items() if name in TEXT_COLUMNS}),
        ):
            if part:
                into["changes"] = part
        self.records.append(
            Record(
                verb=verb,
                object=target if isinstance(target, str) else f"ticket:{target.id}",
                facts=entry_facts,
                payload=entry_payload,
                actor=self.session.actor.id if actor is None else actor,
                occurred_at=occurred_at or self.now,
                ticket=None if isinstance(target, str) else target,
            )
        )

    def finish(self) -> tuple[int, ...]:
        """Let clocks and escalation follow, store the decisions; then, as the last statements, chain the entries.

        Returns the entries' numbers.
        """
        database = self.session.desk.database
        if any(record.ticket is not None for record in self.records):
            from itdesk.desk import arming, clocks, estimates

            clocks.follow(self)
            arming.arm(self)
            estimates.follow(self)
        self._store_decisions()
        if not self.records:
            return ()
        database.advisory_lock("itdesk journal")
        last = database.row("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        seq, previous = (last[0], bytes(last[1])) if last else (0, journal.GENESIS)
        first = seq + 1
        batch = [first, seq + len(self.records)] if len(self.records) > 1 and self.undone_together else None
        entries: list[dict[str, Any]] = []
        payloads: list[dict[str, Any]] = []
        recorded_at = to_microseconds(self.now)
        for record in self.records:
            seq += 1
            salt = secrets.token_bytes(journal.SALT_BYTES)
            payload = journal.canonical(record.payload)
            facts = record.facts | {"batch": batch} if batch else record.facts
            entry = journal.Entry(
                seq=seq,
                recorded_at=recorded_at,
                occurred_at=to_microseconds(record.occurred_at),
                actor=record.actor,
                verb=record.verb,
                object=record.object,
                facts=journal.canonical(facts),
                commitment=journal.commitment(salt, payload),
            )
            previous = journal.chained(previous, entry)
            entries.append({name: getattr(entry, name) for name in journal.Entry.__slots__} | {"hash": previous})
            payloads.append({"seq": seq, "salt": salt, "payload": payload})
        database.insert_rows("journal", entries)
        database.insert_rows("journal_payload", payloads)
        database.announce(str(seq))
        return tuple(range(first, seq + 1))

    def _store_decisions(self) -> None:
        """Store the decisions; each ticket's entry names its own, so that undo knows which to retract."""
        inserted = self.session.desk.database.insert_rows("decision", self.decisions, returning=("ticket_id", "id"))
        if not self.undone_together:
            return
        made: dict[str, list[int]] = {}
        for ticket_id, decision_id in inserted:
            made.setdefault(f"ticket:{ticket_id}", []).append(decision_id)
        for record in self.records:
            if record.object in made:
                record.facts["decided"] = sorted(made[record.object])


def action(
    roles: frozenset[Role],
    deed: str,
    *,
    alone: bool = False,
    in_turn: str = "",
    first: Callable[[Session], object] | None = None,
) -> Callable[[Callable[Concatenate[Transaction, P], Change]], Callable[Concatenate[Session, P], Change]]:
    """Make a function an action of the desk: role check, one transaction, idempotency key, journal.

    The decorated function takes a Session in place of the Transaction. It raises Refused, NotFound, Conflict, and
    DatabaseProblem; then nothing was changed. `deed` completes "X may not …". `alone`: no other action runs meanwhile;
    `in_turn`: no other one with the same word there. `first` makes ready what the action needs, before anybody has to
    wait for its transaction.
    """

    def decorate(body: Callable[Concatenate[Transaction, P], Change]) -> Callable[Concatenate[Session, P], Change]:
        @wraps(body)
        def run(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> Change:
            session.require(roles, deed)
            if first is not None:
                recheck(session.desk.database)
                first(session)

            def write() -> Change:
                present = begin(session, alone=alone)
                if in_turn:
                    session.desk.database.advisory_lock(f"itdesk {in_turn}")
                present.require(roles, deed)
                return _once(present, lambda tx: body(tx, *args, **kwargs))

            return session.desk.database.write(write)

        return run

    return decorate


def begin(session: Session, *, alone: bool = False) -> Session:
    """The session as the database knows it now, for the start of every transaction that changes tickets.

    Raises NewerDatabase, and Refused for somebody who left. A long session sees its person's present role and the
    rulebook in force. PostgreSQL: a rulebook comes into force (`alone`) while no other change is under way.
    """
    database = session.desk.database
    recheck(database)
    database.advisory_lock("itdesk rulebook", shared=not alone)
    actor = session.actor
    if actor.id:
        person = database.row("SELECT role, active FROM person WHERE id = ?", (actor.id,))
        if person is None or not person[1]:
            raise Refused(f"{actor.login} is no longer active at this desk.")
        actor = replace(actor, role=Role(person[0]))
    return replace(session, actor=actor)


def _once(session: Session, body: Callable[[Transaction], Change]) -> Change:
    database = session.desk.database
    if session.key is not None:
        done = database.row("SELECT change FROM command WHERE key = ?", (session.key,))
        if done is not None:
            return Change.from_json(done[0])
    tx = Transaction(session, session.clock())
    change = body(tx)
    if tx.records:
        from itdesk.desk.telling import tell

        tell(tx)
    seqs = tx.finish()
    change = Change(change.sentence, seqs, change.tickets, change.undoable and bool(seqs), change.refused)
    if session.key is not None:
        command = {"key": session.key, "change": change.to_json(), "done_at": to_microseconds(tx.now)}
        database.insert_rows("command", [command])
    return change


class _Rehearsed(Exception):
    """Ends a rehearsal, so that its transaction is rolled back."""


def rehearse(session: Session, act: Callable[[Session], Change]) -> Change:
    """What an act would do, and which tickets would refuse it, without doing it: it is done and rolled back.

    Raises what the act raises: Refused where every ticket refuses.
    """
    found: list[Change] = []

    def try_it() -> None:
        found.append(act(replace(session, key=None, skip_refused=True)))
        raise _Rehearsed

    with suppress(_Rehearsed):
        session.desk.database.write(try_it)
    return found[0]


class Merged(Enum):
    """What becomes of a deed on a ticket that was merged into another one."""

    REFUSED = auto()
    PASSED_ON = auto()
    """It is done to the one that survives: it only appends, as what the merge itself moved there."""
    AS_IT_IS = auto()
    """It takes away what is still there, or sees to it by itself."""


def for_each(
    tx: Transaction,
    targets: Targets,
    deed: Callable[[Ticket], str | None],
    done: str,
    *,
    of_others: bool = False,
    merged: Merged = Merged.REFUSED,
) -> Change:
    """Do the same to every ticket, or to none. `of_others`: see `Transaction.tickets`; `merged`: on a merged one.

    `deed` changes and records one ticket and returns its own sentence, or None to let `done` say it ("Took"); it
    raises Refused before it changes anything. With `session.skip_refused`, refused tickets are left out instead.
    """
    sentences: list[str] = []
    changed: list[Ticket] = []
    refused: list[tuple[str, str]] = []
    if not targets:
        raise Refused("Name at least one ticket.")
    locked = tx.tickets(targets, of_others=of_others)
    for ticket in locked:
        try:
            meant, went = _meant(tx, ticket, locked, merged)
            sentences.append(went + (deed(meant) or f"{done} {number(meant)}."))
            changed += [ticket, meant]
        except Refused as refusal:
            refused.append((number(ticket), str(refusal)))
    if refused and (not changed or not tx.session.skip_refused):
        raise Refused(_refusal(refused, len(sentences)), tuple(refused))
    sentence = sentences[0] if len(sentences) == 1 else f"{done} {len(sentences)} tickets."
    if refused:
        sentence += f" Left out {len(refused)}: {refused[0][1]}"
    return Change(sentence, tickets=tuple(dict.fromkeys(ticket.id for ticket in changed)), refused=tuple(refused))


def _meant(tx: Transaction, ticket: Ticket, locked: Sequence[Ticket], merged: Merged) -> tuple[Ticket, str]:
    """The ticket that is meant, and where that is another one a sentence that says so. Raises Refused."""
    tx.via.pop(ticket.id, None)
    if ticket.closure_code != ClosureCode.MERGED or merged is Merged.AS_IT_IS:
        return ticket, ""
    from itdesk.desk.links import merged_away, passed_on_to, refuse_merged

    if merged is Merged.REFUSED:
        refuse_merged(tx, ticket)
    survivor_id = passed_on_to(tx, ticket)
    survivor = next((one for one in locked if one.id == survivor_id), None)
    return survivor or tx.tickets([survivor_id])[0], f"{merged_away(tx, ticket)} "


def _refusal(refused: Sequence[tuple[str, str]], possible: int) -> str:
    if len(refused) == 1 and not possible:
        return refused[0][1]
    count = len(refused) + possible
    reasons = some([reason for _, reason in refused], " ")
    return f"{len(refused)} of {count} tickets refuse, so none was changed: {reasons}"


def some(told: Sequence[str], separator: str) -> str:
    """The first of many, and how many more there are."""
    more = [f"and {len(told) - _MOST_TOLD} more"] if len(told) > _MOST_TOLD else []
    return separator.join([*told[:_MOST_TOLD], *more])


def conflict(session: Session, ticket: Ticket, *, since: int | None = None) -> Conflict:
    """That a ticket changed meanwhile, and who did what; `since`: the version that was seen, if one was."""
    from itdesk.desk.queries.meanwhile import last_deed

    deed = last_deed(session, ticket.id, of_last=None if since is None else max(1, ticket.version - since))
    if deed is None:
        return Conflict(f"{number(ticket)} changed meanwhile.", ticket.id)
    who = "You" if deed.who == session.actor.login else deed.who
    return Conflict(f"{who} changed {number(ticket)} meanwhile: {deed.said.rstrip('.')}.", ticket.id)


def number(ticket: Ticket) -> str:
    """`INC-1042`."""
    return format_number(Kind(ticket.kind), ticket.id)


def plain(value: Any) -> Any:
    """A column's value as JSON and the engines know it: moments as microseconds."""
    return to_microseconds(value) if isinstance(value, datetime) else value


def told(reason: str) -> dict[str, str]:
    """The reason that was given as part of an entry's payload; nothing for none."""
    return {"reason": storable(reason).strip()} if reason.strip() else {}
