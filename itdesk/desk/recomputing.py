"""Changed agreements, calendars and requesters reach the tickets that are open: in batches, by whoever has time."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from itdesk.desk.arming import rearm
from itdesk.desk.clocks import Finder, Stored, askers, decide, due_columns, journals, life, store, stored, whole
from itdesk.desk.session import SYSTEM, TERMS_DONE, TERMS_TO_BE_DONE, Session
from itdesk.desk.transaction import Transaction, begin
from itdesk.domain.agreement_rules import agreements_of
from itdesk.domain.agreements import OnCalendarChange
from itdesk.domain.clock_events import PENDING, Because, Entry, events_of, undone
from itdesk.domain.clock_life import Life
from itdesk.domain.clocks import History, State, fold, is_renamed
from itdesk.domain.conditions import Field
from itdesk.domain.decisions import Decision
from itdesk.domain.escalation import escalation_of
from itdesk.domain.people import Asker
from itdesk.domain.ticket import ENDED
from itdesk.models.base import instances
from itdesk.models.database import Database
from itdesk.models.fields import to_microseconds
from itdesk.models.tickets import Ticket

BATCH = 200
"""So many tickets are brought up to date in one transaction: others wait for it for a tenth of a second."""

Told = Callable[[int, int], object]
"""Is told how many tickets are done, and of how many."""


def nobody(done: int, of: int) -> None:
    """Nobody is told how far it is."""


def is_current(session: Session) -> bool:
    """Whether all open tickets have the agreement that is theirs, and clocks by the terms in force."""
    return _current_version(session.desk.database) == session.desk.in_force().terms_version


def recompute(session: Session, *, limit: int | None = None, told: Told = nobody) -> int:
    """Bring the clocks of open tickets up to date with agreements, calendars and requesters; how many were not.

    At most `limit` tickets; what is left, also by an end in the middle, the next call goes on with. Safe in several
    processes at once. What was missed by the old terms is written down, and stays missed. Raises
    DatabaseProblem, and whatever `told` raises, after the batch.
    """
    session = replace(session, actor=SYSTEM, key=None, skip_refused=False)
    if is_current(session):
        return 0
    stale = _stale(session)
    wanted = stale[:limit]
    _bring_up_to_date(session, wanted, told)
    if len(wanted) == len(stale):
        session.desk.database.write(lambda: _finish(begin(session), silent=not wanted))
    return len(wanted)


def looked_at(session: Session) -> frozenset[Field]:
    """What agreements and escalation look at, of a ticket and its requester."""
    return agreements_of(session.rulebook).fields | escalation_of(session.rulebook).fields


def to_follow(tx: Transaction, people: Collection[int]) -> None:
    """Note that the open tickets of people (ids) are to follow, since these are others for agreements or escalation.

    `follow_requesters` lets them, or `recompute`, whichever comes first.
    """
    database = tx.session.desk.database
    among, these = database.among_in_sql(sorted(people))
    marked = database.execute(
        "INSERT INTO ticket_clocks (ticket_id, state, recomputed, rulebook, follows_requester)"  # noqa: S608
        f" SELECT id, '{{}}', 0, 1, TRUE FROM ticket WHERE closed_at IS NULL AND requester_id IN {among}"
        " ON CONFLICT (ticket_id) DO UPDATE SET follows_requester = TRUE",
        these,
    )
    if marked.rowcount:
        database.insert_rows("meta", [{"name": TERMS_DONE, "value": str(TERMS_TO_BE_DONE)}], replacing="name")


def follow_requesters(session: Session, *, told: Told = nobody) -> tuple[int, ...]:
    """Let open tickets follow their changed requesters; the ids of those that have another agreement now.

    As `recompute` does, but nothing else of what that has to do.
    """
    session = replace(session, actor=SYSTEM, key=None, skip_refused=False)
    if _current_version(session.desk.database) != TERMS_TO_BE_DONE:
        return ()
    agreed = _bring_up_to_date(session, _stale(session, of_requesters=True), told)
    session.desk.database.write(lambda: _finish(begin(session), silent=True))
    return tuple(agreed)


def _bring_up_to_date(session: Session, wanted: Sequence[int], told: Told) -> list[int]:
    """Do it for tickets, one batch a transaction; the ids of those that have another agreement now."""
    agreed: list[int] = []
    told(0, len(wanted))
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        agreed += session.desk.database.write(lambda part=part: _Batch(begin(session)).run(part))  # type: ignore[misc]
        told(start + len(part), len(wanted))
    return agreed


def _current_version(database: Database) -> int:
    row = database.row("SELECT value FROM meta WHERE name = ?", (TERMS_DONE,))
    return int(row[0]) if row else 0


def _stale(session: Session, *, of_requesters: bool = False) -> list[int]:
    """The open tickets that are not up to date; `of_requesters`: those that have to follow theirs."""
    in_force = session.desk.in_force()
    # Without any agreement, a ticket that never had one has nothing that could be out of date.
    unknown = 0 if in_force.rulebook.agreements else in_force.terms_version
    database = session.desk.database
    stale = "follows_requester"
    if not of_requesters:
        stale = f"({stale} OR COALESCE(rulebook, {unknown}) < {in_force.terms_version})"
    sql = (
        "SELECT ticket.id FROM ticket LEFT JOIN ticket_clocks ON ticket_clocks.ticket_id = ticket.id"  # noqa: S608
        f" WHERE closed_at IS NULL AND {stale} ORDER BY ticket.id"
    )
    return [ticket_id for (ticket_id,) in database.execute(sql).fetchall()]


def _finish(session: Session, *, silent: bool) -> None:
    """Note that all is done, and wake the screens; unless others brought new terms or tickets meanwhile."""
    version = session.terms_version
    if _current_version(session.desk.database) == version or _stale(session):
        return
    session.desk.database.insert_rows("meta", [{"name": TERMS_DONE, "value": str(version)}], replacing="name")
    if silent:
        return
    tx = Transaction(session, session.clock())
    tx.record("clocks_recomputed", f"rulebook:{version}")
    tx.finish()


@dataclass(slots=True)
class _Names:
    """What agreements may look at beside a ticket's own columns."""

    tags: Mapping[int, list[str]]
    requesters: Mapping[int, Asker]
    teams: Mapping[int, str]


class _Batch:
    """Some tickets in one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._database = session.desk.database
        self._tx = Transaction(session, session.clock(), undone_together=False)
        self._terms = session.terms_version
        self._find = Finder(session, self._terms)

    def run(self, ticket_ids: Sequence[int]) -> list[int]:
        """Bring those of the tickets up to date that nobody else did meanwhile; which have another agreement now."""
        tickets = self._locked(ticket_ids)
        rows = stored(self._database, [ticket.id for ticket in tickets])
        tickets = [ticket for ticket in tickets if ticket.id not in rows or self._is_stale(rows[ticket.id])]
        before = {ticket.id: ticket.agreement for ticket in tickets}
        histories = journals(self._database, list(before))
        names = self._names(tickets)
        done: dict[int, Stored] = {}
        for ticket in tickets:
            row, entries = rows.get(ticket.id), histories.get(ticket.id, [])
            if row is not None and row.follows_requester:
                row = self._following(ticket, row, entries, names)
            if row is None or row.rulebook < self._terms:
                row = self._anew(ticket, row, entries, names)
            done[ticket.id] = row
        store(self._database, done)
        rearm(self._session, sorted(done))
        self._tx.finish()
        return [ticket.id for ticket in tickets if ticket.agreement != before[ticket.id]]

    def _is_stale(self, row: Stored) -> bool:
        return row.follows_requester or row.rulebook < self._terms

    def _locked(self, ticket_ids: Sequence[int]) -> list[Ticket]:
        wanted, these = self._database.among_in_sql(ticket_ids)
        sql = f"SELECT * FROM ticket WHERE id IN {wanted} ORDER BY id"  # noqa: S608
        lock = "" if self._database.sqlite else " FOR UPDATE"
        found = instances(Ticket, self._database.execute(f"{sql}{lock}", these))
        return [ticket for ticket in found if ticket.status not in ENDED]

    def _names(self, tickets: Sequence[Ticket]) -> _Names:
        tags: dict[int, list[str]] = {}
        ids = [ticket.id for ticket in tickets]
        for ticket_id, tag in self._pairs("ticket_id, tag FROM ticket_tag WHERE ticket_id", ids):
            tags.setdefault(ticket_id, []).append(tag)
        asking = sorted({ticket.requester_id for ticket in tickets})
        teams = sorted({ticket.team_id for ticket in tickets if ticket.team_id is not None})
        return _Names(
            tags,
            askers(self._database, asking) if asking else {},
            dict(self._pairs("id, name FROM team WHERE id", teams)),
        )

    def _pairs(self, select: str, ids: Sequence[int]) -> Iterator[tuple[Any, Any]]:
        if ids:
            wanted, these = self._database.among_in_sql(ids)
            yield from self._database.execute(f"SELECT {select} IN {wanted}", these).fetchall()

    def _following(self, ticket: Ticket, old: Stored, entries: list[Entry], names: _Names) -> Stored:
        """The ticket's clocks from now on by the agreement for its requester, as after any change of the ticket."""
        decision = self._decide(ticket, names)
        agreement = None if decision is None else decision.value or None
        find = Finder(self._session, old.recomputed)
        fresh = [] if agreement == ticket.agreement else [self._agreed(ticket, agreement, decision)]
        entries += fresh
        # While none held, the desk may have had none at all, and then nobody kept what happened.
        state = old.state if ticket.agreement else whole(entries, find)
        if ticket.agreement and fresh:
            state = fold(state, events_of(fresh[0]), find)
        self._keep(ticket, agreement, state)
        return Stored(state, old.recomputed, old.rulebook)

    def _anew(self, ticket: Ticket, old: Stored | None, entries: list[Entry], names: _Names) -> Stored:
        """The ticket's clocks by the terms in force, or as they were where these are for new tickets only."""
        decision = self._decide(ticket, names)
        agreement = None if decision is None else decision.value or None
        found = self._session.rulebook.agreement(agreement)
        if found is not None and found.on_calendar_change is OnCalendarChange.NEW_ONLY:
            recomputed = old.recomputed if old else 0
            state = old.state if old else whole(entries, Finder(self._session))
            return Stored(state, recomputed, self._terms)
        told = life(entries, self._find, History())
        if agreement != ticket.agreement:
            told.happen(events_of(self._agreed(ticket, agreement, decision, self._because(told, agreement))))
        missed = self._missed(ticket, entries, told)
        told.happen(event for entry in missed for event in events_of(entry))
        self._keep(ticket, agreement, told.state)
        return Stored(told.state, self._terms, self._terms)

    def _because(self, told: Life, agreement: str | None) -> Because:
        """What other agreements did to a ticket to which nothing happened."""
        old, new = told.state.get("agreement"), agreement and self._find(agreement, self._terms)
        return Because.RENAMED if old and new and is_renamed(self._find(*old), new) else Because.SETTINGS

    def _agreed(
        self, ticket: Ticket, agreement: str | None, decision: Decision | None, because: Because | None = None
    ) -> Entry:
        """Write down that another agreement holds, and why."""
        if decision is not None:
            self._tx.decide(ticket.id, [decision])
        facts: dict[str, Any] = {"changes": {"agreement": [ticket.agreement, agreement]}, "terms": self._terms}
        return self._record(ticket, "agreement_changed", facts | ({"because": because} if because else {}))

    def _keep(self, ticket: Ticket, agreement: str | None, state: State) -> None:
        """Bring the ticket's row up to date with its agreement and clocks."""
        columns = due_columns(state) | {"agreement": agreement}
        if (ticket.agreement, ticket.due_clock, ticket.due_key) != (
            agreement,
            columns["due_clock"],
            columns["due_key"],
        ):
            ticket.agreement = agreement
            self._database.update_row("ticket", ticket.id, columns)

    def _decide(self, ticket: Ticket, names: _Names) -> Decision | None:
        if not agreements_of(self._session.rulebook):
            return None
        team = names.teams.get(ticket.team_id, "") if ticket.team_id is not None else ""
        requester = names.requesters[ticket.requester_id]
        return decide(self._session, ticket, names.tags.get(ticket.id, ()), requester, team)

    def _missed(self, ticket: Ticket, entries: list[Entry], told: Life) -> list[Entry]:
        """Write down what was missed by terms that hold no longer, as far as it is not yet."""
        without = undone(entries)
        known = {
            (one.facts["clock"], one.facts["cycle"])
            for one in entries
            if one.verb == "breached" and one.seq not in without
        }
        return [
            self._record(ticket, "breached", {"clock": name.value, "cycle": cycle, "at": to_microseconds(at)})
            for name, cycle, at in sorted(told.missed)
            if (name.value, cycle) not in known
        ]

    def _record(self, ticket: Ticket, verb: str, facts: dict[str, Any]) -> Entry:
        """Put an entry by the desk itself into the journal; its clocks are stored here, not by `follow`."""
        self._tx.record(verb, f"ticket:{ticket.id}", facts=facts, actor=SYSTEM.id)
        return Entry(PENDING, verb, facts, to_microseconds(self._tx.now), SYSTEM.id)
