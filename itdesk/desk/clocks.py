"""The clocks of tickets follow everything that happens to them, and changed agreements and calendars."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from itdesk.desk.session import SYSTEM, TERMS_DONE, TERMS_TO_BE_DONE, Session
from itdesk.domain import clock_events
from itdesk.domain.agreement_rules import Agreements, agreements_of
from itdesk.domain.clock_events import PENDING, Entry
from itdesk.domain.clock_life import Life
from itdesk.domain.clocks import History, State, Terms, fold, nearest, paused
from itdesk.domain.conditions import Field
from itdesk.domain.decisions import Decision
from itdesk.domain.matching import TicketFacts
from itdesk.domain.people import Asker
from itdesk.domain.queue_order import NEVER
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import ENDED
from itdesk.models.database import Database
from itdesk.models.fields import from_microseconds, to_microseconds
from itdesk.models.tickets import Ticket

if TYPE_CHECKING:
    from itdesk.desk.transaction import Record, Transaction

_LOOKED_AT = {
    "kind": {Field.KIND},
    "category": {Field.CATEGORY},
    "priority": {Field.PRIORITY},
    "team": {Field.TEAM},
    "tags": {Field.TAGS},
    "site": {Field.SITE},
    "requester": {Field.REQUESTER, Field.VIP},
    "channel": {Field.CHANNEL},
}
"""Columns and facets of a ticket that an agreement may look at."""


@dataclass(slots=True)
class Stored:
    """A row of the index: see `models.clocks.TicketClocks`."""

    state: State
    recomputed: int
    rulebook: int
    follows_requester: bool = False


def follow(tx: "Transaction") -> None:
    """Move the clocks of every ticket that the transaction has entries for, before these are written down.

    Where something changed that the agreements look at, the agreement is decided anew; its change stands in the entry.
    """
    by_ticket: dict[int, list[Record]] = {}
    for record in tx.records:
        if record.ticket is not None and record.verb not in clock_events.SILENT:
            by_ticket.setdefault(record.ticket.id, []).append(record)
    follower = _Follower(tx)
    moved = [records for records in by_ticket.values() if follower.matters(records)]
    if moved:
        follower.follow(moved)


class _Follower:
    def __init__(self, tx: "Transaction") -> None:
        self._tx = tx
        self._session = tx.session
        self._database = tx.session.desk.database
        self._team_names: Mapping[int, str] | None = None

    @property
    def _agreements(self) -> Agreements:
        return agreements_of(self._session.rulebook)

    def matters(self, records: Sequence["Record"]) -> bool:
        """Whether what happened to a ticket could move a clock or change its agreement."""
        return any(
            record.verb in ("submitted", "undone")
            or record.facts.get("changes", {}).keys() & _LOOKED_AT.keys()
            or clock_events.events_of(entry_of(record))
            for record in records
        )

    def follow(self, moved: Sequence[Sequence["Record"]]) -> None:
        """Fold what happened onto the clocks of each of these tickets."""
        tickets = [_ticket(records) for records in moved]
        if not self._agreements and all(ticket.agreement is None for ticket in tickets):
            return
        new = {ticket.id for ticket, records in zip(tickets, moved, strict=True) if records[0].verb == "submitted"}
        rows = stored(self._database, [ticket.id for ticket in tickets if ticket.id not in new])
        anew = {
            ticket.id
            for ticket, records in zip(tickets, moved, strict=True)
            if ticket.id not in rows or ticket.agreement is None or _reverted(records) or _backdated(records)
        }
        histories = journals(self._database, sorted(anew - new))
        changed: dict[int, Stored] = {}
        behind = False
        for ticket, records in zip(tickets, moved, strict=True):
            history = histories.get(ticket.id, []) if ticket.id in anew else None
            told = self._told(ticket, records, rows.get(ticket.id), history)
            if told is None:
                continue
            changed[ticket.id] = told
            behind = behind or (told.rulebook < self._session.terms_version and any(map(_came_back, records)))
            columns = due_columns(told.state)
            if columns["due_key"] != ticket.due_key or columns["due_clock"] != ticket.due_clock:
                ticket.due_at = None if columns["due_at"] is None else from_microseconds(columns["due_at"])
                ticket.due_clock, ticket.due_key = columns["due_clock"], columns["due_key"]
                self._database.update_row("ticket", ticket.id, columns)
        store(self._database, changed)
        if behind:
            self._database.insert_rows("meta", [{"name": TERMS_DONE, "value": str(TERMS_TO_BE_DONE)}], replacing="name")

    def _told(
        self, ticket: Ticket, records: Sequence["Record"], old: Stored | None, history: list[Entry] | None
    ) -> Stored | None:
        """The ticket's clocks after what happened; None where nothing moved them.

        `history` is what the journal says until now, where they have to be folded from the opening on.
        """
        if history == []:
            self._agree_on_opening(ticket, records[0])
        elif not _reverted(records):
            self._agree_anew(ticket, records)
        entries = [entry_of(record) for record in records]
        row = old or Stored({}, 0, self._session.terms_version)
        find = Finder(self._session, row.recomputed)
        if history is None and old is not None:
            events = [event for entry in entries for event in clock_events.events_of(entry)]
            return replace(old, state=fold(old.state, events, find)) if events else None
        told = life([*(history or ()), *entries], find)
        if _reverted(records) and self._agreed_after_undoing(ticket, records, told):
            told = life([*(history or ()), *entries], find)
        return replace(row, state=told.state)

    def _agree_on_opening(self, ticket: Ticket, opening: "Record") -> None:
        """Make sure that the entry which opened a ticket says by which agreement."""
        if self._agreements and "terms" not in opening.facts:
            decision = self._decide(ticket, [opening])
            self._agree(ticket, decision)
            opening.facts |= {"agreement": ticket.agreement, "terms": self._session.terms_version}

    def _agree_anew(self, ticket: Ticket, records: Sequence["Record"]) -> None:
        cause = self._cause(records)
        if cause is None:
            return
        before, decision = ticket.agreement, self._decide(ticket, records)
        if (decision.value or None) == before:
            return
        self._agree(ticket, decision)
        cause.facts["changes"] = {**cause.facts["changes"], "agreement": [before, ticket.agreement]}
        cause.facts["terms"] = self._session.terms_version

    def _agreed_after_undoing(self, ticket: Ticket, records: Sequence["Record"], told: Life) -> bool:
        """What held before holds again, unless the rules have changed meanwhile: whether they have."""
        held = (told.state["agreement"] or [None])[0]
        if told.awaits_agreement or self._cause(records) is not None:
            decision = self._decide(ticket, records)
            if (decision.value or None) != held:
                self._agree(ticket, decision)
                records[-1].facts |= {"agreement": ticket.agreement, "terms": self._session.terms_version}
                return True
        self._hold(ticket, held)
        return False

    def _cause(self, records: Sequence["Record"]) -> "Record | None":
        """The last entry that changed what the agreements look at, or that brought back what nothing had followed."""
        fields = self._agreements.fields
        for record in reversed(records):
            changed = record.facts.get("changes", ())
            if _came_back(record) or any(not fields.isdisjoint(_LOOKED_AT.get(name, ())) for name in changed):
                return record
        return None

    def _agree(self, ticket: Ticket, decision: Decision) -> None:
        self._tx.decide(ticket.id, [decision])
        self._hold(ticket, decision.value or None)

    def _hold(self, ticket: Ticket, agreement: str | None) -> None:
        if ticket.agreement != agreement:
            ticket.agreement = agreement
            self._database.update_row("ticket", ticket.id, {"agreement": agreement})

    def _decide(self, ticket: Ticket, records: Sequence["Record"]) -> Decision:
        fields = self._agreements.fields
        tags: Collection[str] = ()
        if Field.TAGS in fields:
            told = [record.facts["changes"]["tags"] for record in records if "tags" in record.facts.get("changes", ())]
            tags = told[-1][1] if told else self._tags(ticket.id)
        requester = Asker()
        if not fields.isdisjoint(OF_REQUESTER):
            requester = askers(self._database, [ticket.requester_id])[ticket.requester_id]
        team = ""
        if Field.TEAM in fields and ticket.team_id is not None:
            team = self._teams()[ticket.team_id]
        return decide(self._session, ticket, tags, requester, team)

    def _tags(self, ticket_id: int) -> list[str]:
        sql = f"SELECT tag FROM ticket_tag WHERE ticket_id = {self._database.param}"  # noqa: S608
        return [tag for (tag,) in self._database.execute(sql, (ticket_id,)).fetchall()]

    def _teams(self) -> Mapping[int, str]:
        if self._team_names is None:
            self._team_names = dict(self._database.execute("SELECT id, name FROM team").fetchall())
        return self._team_names


def _ticket(records: Sequence["Record"]) -> Ticket:
    ticket = records[-1].ticket
    assert ticket is not None  # only such entries were collected
    return ticket


def _came_back(record: "Record") -> bool:
    """Whether a ticket had ended before, and did not follow its requester and the terms meanwhile."""
    before, after = record.facts.get("changes", {}).get("status", (None, None))
    return before in ENDED and after not in ENDED


def _reverted(records: Sequence["Record"]) -> bool:
    return any(record.verb == "undone" for record in records)


def _backdated(records: Sequence["Record"]) -> bool:
    """Whether something happened to clocks before the entry that tells of it."""
    entries = [entry_of(record) for record in records]
    return any(event.at < entry.at for entry in entries for event in clock_events.events_of(entry))


def entry_of(record: "Record") -> Entry:
    """An entry to be, as clocks look at it."""
    return Entry(PENDING, record.verb, record.facts, to_microseconds(record.occurred_at), record.actor)


# What imports and recomputing need as well


OF_REQUESTER = frozenset({Field.REQUESTER, Field.VIP})
"""What conditions say of whoever asks."""


def askers(database: Database, people: Collection[int]) -> dict[int, Asker]:
    """People (ids) as rules look at them."""
    among, parameters = database.among_in_sql(sorted(people))
    sql = f"SELECT id, name, login, email, vip FROM person WHERE id IN {among}"  # noqa: S608
    rows = database.execute(sql, parameters).fetchall()
    return {person: Asker(name, login, email, bool(vip)) for person, name, login, email, vip in rows}


def decide(session: Session, ticket: Any, tags: Collection[str], requester: Asker, team: str) -> Decision:
    """The agreement for a ticket (anything with its columns); what no agreement looks at may be left empty."""
    facts = TicketFacts(
        subject="",
        requester=requester,
        channel=ticket.channel,
        kind=ticket.kind,
        category=ticket.category,
        tags=tuple(sorted(tags)),
        site=ticket.site,
        priority=f"P{ticket.priority}",
        team=team,
    )
    return agreements_of(session.rulebook).decide(facts)


def whole(entries: Sequence[Entry], find: "Finder") -> State:
    """The clocks of a ticket folded from its whole journal."""
    return life(entries, find).state


def life(entries: Sequence[Entry], find: "Finder", history: History | None = None) -> Life:
    """What became of a ticket's clocks by the terms that held, up to those of `find`; see `Life`."""
    told = Life(find.by, history)
    told.happen(clock_events.events(find.with_adoptions(entries), clock_events.undone(entries)))
    return told


def before(entries: Sequence[Entry], seq: int, find: "Finder") -> State:
    """The clocks of a ticket as they stood before an entry (its number), had what was undone since never happened."""
    known = [entry for entry in entries if entry.seq < seq or entry.verb == "undone"]
    told = Life(find.by)
    told.happen(clock_events.events(find.with_adoptions(known), clock_events.undone(entries)))
    return told.state


def due_columns(state: State) -> dict[str, Any]:
    """What a ticket's row says of its clocks, as the engines take it."""
    found = nearest(state)
    if found is None:
        waits = paused(state)
        return {"due_at": None, "due_clock": None if waits is None else waits.value, "due_key": NEVER}
    return {"due_at": found[0], "due_clock": found[1].value, "due_key": found[0]}


_TERMS: "WeakKeyDictionary[Rulebook, dict[str, Terms | None]]" = WeakKeyDictionary()


class Finder:
    """Finds terms by name and version, of versions before `recomputed` that one's."""

    def __init__(self, session: Session, recomputed: int = 0) -> None:
        self._session, self._recomputed = session, recomputed
        self._others: dict[int, Finder] = {}
        self._gone: dict[tuple[str, int], Terms | None] = {}

    def __call__(self, name: str, version: int) -> Terms | None:
        """The terms, of an agreement that is gone its last ones; None where there never were any of that name."""
        found = self._of(name, max(version, self._recomputed))
        if found is not None or version >= self._recomputed:
            return found
        if (name, version) not in self._gone:
            self._gone[name, version] = self._last(name, version)
        return self._gone[name, version]

    def _of(self, name: str, version: int) -> Terms | None:
        session = self._session
        mine = session.terms_version <= version <= session.rulebook_version
        rulebook = session.rulebook if mine else session.desk.rulebook_of(version)
        return None if rulebook is None else _terms(rulebook, name)

    def _last(self, name: str, version: int) -> Terms | None:
        """The newest terms of that name since a version, marked as gone."""
        since = [version, *(later for entry in self._adoptions if (later := entry.facts["version"]) > version)]
        known = (self._of(name, one) for one in reversed(since))
        last = next((terms for terms in known if terms is not None), None)
        return None if last is None else replace(last, gone=True)

    def by(self, recomputed: int) -> "Finder":
        """The same while everything is measured by another version."""
        if recomputed == self._recomputed:
            return self
        if recomputed not in self._others:
            self._others[recomputed] = Finder(self._session, recomputed)
        return self._others[recomputed]

    def with_adoptions(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """A ticket's journal, and in it the rulebooks up to `recomputed` that brought other terms after its opening."""
        if not entries or self._recomputed <= (opened := entries[0].facts.get("terms", 0)):
            return entries
        adopted = [entry for entry in self._adoptions if entry.facts["version"] > opened]
        return [entries[0], *sorted([*entries[1:], *adopted], key=lambda entry: entry.seq)] if adopted else entries

    @cached_property
    def _adoptions(self) -> list[Entry]:
        database = self._session.desk.database
        mark = database.param
        sql = (
            "SELECT rulebook.version, rulebook.loaded_at, journal.seq FROM rulebook"  # noqa: S608
            " JOIN journal ON journal.object = 'rulebook:' || rulebook.version AND journal.verb = 'rulebook_adopted'"
            " LEFT JOIN journal_payload ON journal_payload.seq = journal.seq"
            f" WHERE rulebook.version > 1 AND rulebook.version <= {mark}"
            f" AND (payload IS NULL OR payload LIKE {mark} OR payload LIKE {mark}) ORDER BY rulebook.version"
        )
        found = database.execute(sql, (self._recomputed, '%"agreements"%', '%"calendars"%')).fetchall()
        return [Entry(seq, "rulebook_adopted", {"version": version}, at, SYSTEM.id) for version, at, seq in found]


def _terms(rulebook: Rulebook, name: str) -> Terms | None:
    known = _TERMS.setdefault(rulebook, {})
    if name not in known:
        agreement = rulebook.agreement(name)
        calendar = None if agreement is None else rulebook.calendar(agreement.calendar)
        known[name] = None if agreement is None or calendar is None else Terms(agreement, calendar)
    return known[name]


def stored(database: Database, ticket_ids: Sequence[int]) -> dict[int, Stored]:
    """The rows of the index for these tickets, by id; there need not be one for each."""
    if not ticket_ids:
        return {}
    wanted, these = database.among_in_sql(ticket_ids) if len(ticket_ids) != 1 else (f"({database.param})", ticket_ids)
    sql = (
        "SELECT ticket_id, state, recomputed, rulebook, follows_requester"  # noqa: S608
        f" FROM ticket_clocks WHERE ticket_id IN {wanted}"
    )
    return {
        ticket_id: Stored(json.loads(state), recomputed, rulebook, bool(follows))
        for ticket_id, state, recomputed, rulebook, follows in database.execute(sql, tuple(these)).fetchall()
    }


def store(database: Database, rows: Mapping[int, Stored]) -> None:
    """Keep the clocks of these tickets."""
    written = [
        {
            "ticket_id": ticket_id,
            "state": json.dumps(row.state, separators=(",", ":")),
            "recomputed": row.recomputed,
            "rulebook": row.rulebook,
            "follows_requester": row.follows_requester,
        }
        for ticket_id, row in rows.items()
    ]
    database.insert_rows("ticket_clocks", written, replacing="ticket_id")


def journals(database: Database, ticket_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """What the journal says of these tickets, as far as it may move clocks, oldest first, by ticket."""
    if not ticket_ids:
        return {}
    wanted, these = database.among_in_sql([f"ticket:{ticket_id}" for ticket_id in ticket_ids])
    silent = ", ".join(f"'{verb}'" for verb in clock_events.SILENT)
    sql = (
        "SELECT object, seq, verb, facts, occurred_at, actor FROM journal"  # noqa: S608
        f" WHERE object IN {wanted} AND verb NOT IN ({silent}) ORDER BY object, seq"
    )
    found: dict[int, list[Entry]] = {}
    for target, seq, verb, facts, at, actor in database.execute(sql, these).fetchall():
        entry = Entry(seq, verb, json.loads(facts), at, actor)
        found.setdefault(int(target.partition(":")[2]), []).append(entry)
    return found
