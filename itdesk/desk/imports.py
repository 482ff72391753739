"""Tickets of another service desk, taken over with their histories."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from itdesk.desk.clocks import Finder, Stored, askers, due_columns, store, whole
from itdesk.desk.clocks import decide as agree
from itdesk.desk.session import SYSTEM, Session
from itdesk.desk.teams import level_at, team_id
from itdesk.desk.transaction import Changes, Transaction, begin, plain, some
from itdesk.domain import rules
from itdesk.domain.agreement_rules import agreements_of
from itdesk.domain.clock_events import PENDING, Entry
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.imported import ImportedStep, ImportedTicket, ImportResult
from itdesk.domain.people import STAFF, SUPERVISORS, Asker, Role
from itdesk.domain.queue_order import order_key
from itdesk.domain.text import fold, storable
from itdesk.domain.ticket import ENDED, IN_HAND, SETTLED, Status
from itdesk.models import search
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.journal import JournalEntry
from itdesk.models.people import Membership, Person, Team
from itdesk.models.tickets import Decision as StoredDecision
from itdesk.models.tickets import Ticket

BRANCH = "imported"
"""The branch of the category tree below which other desks' categories stand."""

_GIVING = {Thing.TEAM: "team_id", Thing.LEVEL: "level", Thing.ASSIGNEE: "assignee_id"}
"""What is decided about who has a ticket, and the columns."""


def import_tickets(session: Session, tickets: Sequence[ImportedTicket]) -> ImportResult:
    """Take over a batch in one transaction. What was taken over before stays; later steps of a known ticket go on.

    Where the source says nothing of category, impact, urgency, priority and team, our rules decide as for a new
    request.

    A ticket that somebody changed here since is left alone, with a warning. What the desk did by itself is no obstacle:
    what later steps name holds instead. An open ticket of somebody who left or is not staff comes without him, with a
    warning. Nothing in an import can be undone.
    """
    session.require(SUPERVISORS, "import tickets")

    def run() -> ImportResult:
        present = begin(session)
        present.require(SUPERVISORS, "import tickets")
        return _Import(Transaction(present, present.clock(), undone_together=False)).run(tickets)

    return session.desk.database.write(run)


@dataclass(slots=True)
class _State:
    """The columns of a ticket that steps change, as they stand after a step; people and teams are ids."""

    status: Status = Status.NEW
    waiting_reason: str | None = None
    category: str = BRANCH
    impact: str = ""
    urgency: str = ""
    priority: int = 5
    team_id: int | None = None
    level: int = 1
    assignee_id: int | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    changed_at: datetime | None = None
    imported_step: int | None = None
    status_since: datetime | None = None
    reopened_at: datetime | None = None
    reopen_count: int = 0

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


_UNTOLD = {"changed_at", "imported_step", "status_since", "reopened_at", "reopen_count"}
"""Columns that follow from an entry's time and its other changes."""

_TOLD = tuple(name for name in _State.__slots__ if name not in _UNTOLD)
"""Columns of which the journal tells."""

_Step = tuple[ImportedStep, Changes]
"""A step, and what it changed."""


@dataclass(slots=True)
class _Import:
    tx: Transaction
    people: dict[str, int] = field(default_factory=dict)
    logins: dict[int | None, str] = field(default_factory=dict)
    unfit: dict[int | None, str] = field(default_factory=dict)
    """Whoever can have no open ticket, and why: `tom is no longer active at this desk`."""
    let_go: dict[int | None, list[str]] = field(default_factory=dict)
    """Of whom open tickets came without him, and which, by their old numbers."""
    askers: dict[str, Asker] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    team_names: dict[int | None, str] = field(default_factory=dict)
    decided: dict[tuple[int, str], str] = field(default_factory=dict)
    """Ticket and thing of `_GIVING` -> who decided last about it, where the desk has: a `Source`."""
    members: set[tuple[int, int]] = field(default_factory=set)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def run(self, tickets: Sequence[ImportedTicket]) -> ImportResult:
        self._learn_people(tickets)
        self._learn_teams(tickets)
        known = self._known(tickets)
        ids = [row.id for row in known.values()]
        touched = self._changed_here(ids)
        self.decided = self._decided_here(ids)
        new: list[ImportedTicket] = []
        continued = unchanged = 0
        for ticket in tickets:
            row = known.get(ticket.external_id)
            if row is None:
                new.append(ticket)
            elif ticket.steps[-1].ordinal <= (row.imported_step or 0):
                unchanged += 1
            elif row.id in touched:
                unchanged += 1
                self.warnings.append(
                    ("changed here", f"{ticket.external_id} was changed at this desk; its later rows were left out.")
                )
            else:
                self._go_on(row, ticket)
                continued += 1
        self._open(new)
        self._join_teams()
        self.warnings += [
            ("not assigned", f"{self.unfit[person]}; nobody has what was open and his: {some(numbers, ', ')}.")
            for person, numbers in self.let_go.items()
        ]
        self.tx.finish()
        return ImportResult(len(new), continued, unchanged, tuple(self.warnings))

    def _known(self, tickets: Sequence[ImportedTicket]) -> dict[str, Ticket]:
        """The tickets of these that the desk has, locked, by their old numbers."""
        old_numbers = [ticket.external_id for ticket in tickets]
        ids = [one for (one,) in tuples(Ticket.select(Ticket.id).where(Ticket.external_id.in_(old_numbers)))]
        return {str(row.external_id): row for row in self.tx.tickets(ids)} if ids else {}

    # People and teams

    def _learn_people(self, tickets: Sequence[ImportedTicket]) -> None:
        roles: dict[str, Role] = {}
        for ticket in tickets:
            roles.setdefault(ticket.requester or "", Role.REQUESTER)
            for step in ticket.steps:
                if step.actor:
                    roles.setdefault(step.actor, Role.TECHNICIAN)
                if step.assignee:
                    roles[step.assignee] = Role.TECHNICIAN
        roles.pop("", None)
        logins = {name: _slug(name) for name in roles}
        if any(ticket.requester is None for ticket in tickets):
            logins[""], roles[""] = "unknown", Role.REQUESTER
        wanted = Person.login.in_(sorted(set(logins.values())))
        found: dict[str, int] = {}
        known_people = Person.select(Person.login, Person.id, Person.role, Person.active).where(wanted)
        for login, person_id, role, active in tuples(known_people):
            found[login] = person_id
            if not active:
                self.unfit[person_id] = f"{login} is no longer active at this desk"
            elif role not in STAFF:
                self.unfit[person_id] = f"{login} is {Role(role).title}, and tickets are assigned to staff only"
        for name, login in logins.items():
            if login not in found:
                new = Person.insert(login=login, name=name or "Unknown requester", role=roles[name])
                found[login] = int(new.execute())
            self.people[name] = found[login]
            self.logins[found[login]] = login
        requesters = {ticket.requester for ticket in tickets if ticket.requester}
        known = askers(self.tx.session.desk.database, {self.people[name] for name in requesters}) if requesters else {}
        self.askers = {name: known[self.people[name]] for name in requesters}

    def _learn_teams(self, tickets: Sequence[ImportedTicket]) -> None:
        names = {step.team for ticket in tickets for step in ticket.steps if step.team}
        wanted = Team.name.in_(sorted(_slug(name) for name in names))
        found: dict[str, int] = dict(tuples(Team.select(Team.name, Team.id).where(wanted)))
        for name in sorted(names):
            slug = _slug(name)
            if slug not in found:
                found[slug] = int(Team.insert(name=slug, title=name).execute())
            self.teams[name] = found[slug]
            self.team_names[found[slug]] = slug

    def _join_teams(self) -> None:
        if self.members:
            rows = [{"person": person, "team": team} for person, team in sorted(self.members)]
            Membership.insert_many(rows).on_conflict_ignore().execute()

    def _changed_here(self, ticket_ids: list[int]) -> set[int]:
        """The tickets on which somebody did something, beside importing them."""
        objects = [f"ticket:{ticket_id}" for ticket_id in ticket_ids]
        if not objects:
            return set()
        rows = tuples(
            JournalEntry.select(JournalEntry.object).where(
                JournalEntry.object.in_(objects) & (JournalEntry.verb != "imported") & (JournalEntry.actor != SYSTEM.id)
            )
        )
        return {int(name.partition(":")[2]) for (name,) in rows}

    def _decided_here(self, ticket_ids: list[int]) -> dict[tuple[int, str], str]:
        """See `decided`."""
        if not ticket_ids:
            return {}
        rows = tuples(
            StoredDecision.select(StoredDecision.ticket, StoredDecision.thing, StoredDecision.source)
            .where(
                StoredDecision.ticket.in_(ticket_ids)
                & StoredDecision.thing.in_(list(_GIVING))
                & StoredDecision.retracted_at.is_null()
            )
            .order_by(StoredDecision.id)
        )
        return {(ticket_id, thing): source for ticket_id, thing, source in rows}

    # Tickets

    def _open(self, tickets: Sequence[ImportedTicket]) -> None:
        if not tickets:
            return
        decided = [self._decide(ticket) for ticket in tickets]
        starts = [self._start(*one) for one in zip(tickets, decided, strict=True)]
        histories = [self._history(ticket, start, ticket.steps) for ticket, start in zip(tickets, starts, strict=True)]
        openings = [self._opening(*one) for one in zip(tickets, decided, starts, histories, strict=True)]
        clocks = [self._clocks(*one) for one in zip(tickets, openings, histories, strict=True)]
        rows = [
            self._row(ticket, state) | {"agreement": opening.get("agreement")} | due_columns(told.state if told else {})
            for ticket, (state, _), opening, told in zip(tickets, histories, openings, clocks, strict=True)
        ]
        self.tx.session.desk.database.insert_rows("ticket", rows)
        inserted = Ticket.select(Ticket.external_id, Ticket.id).where(
            Ticket.external_id.in_([ticket.external_id for ticket in tickets])
        )
        ids: dict[str, int] = dict(tuples(inserted))
        search.add(
            self.tx.session.desk.database,
            "ticket_search",
            ("subject", "body", "notes"),
            [
                (
                    ids[ticket.external_id],
                    (f"{ticket.external_id} {ticket.subject} {ticket.requester or ''}", ticket.body, ""),
                )
                for ticket in tickets
            ],
        )
        store(
            self.tx.session.desk.database,
            {ids[ticket.external_id]: told for ticket, told in zip(tickets, clocks, strict=True) if told},
        )
        for ticket, decisions, opening, (state, steps) in zip(tickets, decided, openings, histories, strict=True):
            ticket_id = ids[ticket.external_id]
            self.tx.record(
                "imported",
                f"ticket:{ticket_id}",
                facts=opening,
                payload={"subject": ticket.subject, "body": ticket.body, "facts": dict(ticket.facts)},
                occurred_at=ticket.opened_at,
                actor=0,
            )
            self._record_steps(f"ticket:{ticket_id}", steps)
            self.tx.decide(ticket_id, decisions or self._decisions(state, None))
            self.tx.decide(ticket_id, self._agreement(ticket, state))

    def _decide(self, ticket: ImportedTicket) -> tuple[Decision, ...]:
        """What our rules decide about a ticket of which the source says nothing; empty for any other."""
        if any(
            step.category or step.impact or step.urgency or step.priority or step.team or step.assignee
            for step in ticket.steps
        ):
            return ()
        facts = rules.TicketFacts(
            subject=ticket.subject,
            body=ticket.body,
            requester=self.askers.get(ticket.requester or "", Asker()),
            channel=ticket.channel,
            site=ticket.site,
        )
        decided = rules.decide(self.tx.session.rulebook, facts)
        return tuple(decision for decision in decided if decision.thing is not Thing.AGREEMENT)

    def _opening(
        self,
        ticket: ImportedTicket,
        decisions: Sequence[Decision],
        start: _State,
        history: tuple[_State, list[_Step]],
    ) -> dict[str, Any]:
        """The facts of the entry that opens a ticket. The agreement that fits it in the end holds from the opening."""
        agreed = self._agreement(ticket, history[0])
        return {
            "external_id": ticket.external_id,
            "kind": ticket.kind,
            "channel": ticket.channel,
            "requester": self.people[ticket.requester or ""],
            "level": start.level,
            **{decision.thing: decision.value for decision in decisions},
            **({"agreement": agreed[0].value or None, "terms": self.tx.session.terms_version} if agreed else {}),
        }

    def _agreement(self, ticket: ImportedTicket, state: _State) -> list[Decision]:
        """The decision about the agreement, where the desk has any."""
        if not agreements_of(self.tx.session.rulebook):
            return []
        columns = SimpleNamespace(
            channel=ticket.channel,
            kind=ticket.kind,
            site=storable(ticket.site),
            category=state.category,
            priority=state.priority,
        )
        team = self.team_names.get(state.team_id, "")
        return [agree(self.tx.session, columns, (), self.askers.get(ticket.requester or "", Asker()), team)]

    def _clocks(
        self, ticket: ImportedTicket, opening: Mapping[str, Any], history: tuple[_State, list[_Step]]
    ) -> Stored | None:
        """The clocks of a new ticket after its steps; None where the desk has no agreements."""
        if "terms" not in opening:
            return None
        entries = [Entry(PENDING, "imported", opening, to_microseconds(ticket.opened_at), 0), *_entries(history[1])]
        session = self.tx.session
        return Stored(whole(entries, Finder(session)), 0, session.terms_version)

    def _start(self, ticket: ImportedTicket, decisions: Sequence[Decision]) -> _State:
        """The state before the first step: at the level of the team that has the ticket first."""
        decided = {decision.thing: decision.value for decision in decisions}
        if not decided:
            first = ticket.steps[0].team
            level = self._level_of(self.teams[first], 1) if first else 1
            return _State(level=level, status_since=ticket.opened_at)
        team = decided[Thing.TEAM]
        if team not in self.teams:
            self.teams[team] = team_id(self.tx.session, team)
            self.team_names[self.teams[team]] = team
        return _State(
            category=decided[Thing.CATEGORY],
            impact=decided[Thing.IMPACT],
            urgency=decided[Thing.URGENCY],
            priority=int(decided[Thing.PRIORITY]),
            team_id=self.teams[team],
            level=int(decided[Thing.LEVEL]),
            status_since=ticket.opened_at,
        )

    def _go_on(self, row: Ticket, ticket: ImportedTicket) -> None:
        later = [step for step in ticket.steps if step.ordinal > (row.imported_step or 0)]
        before = _State(**{name: getattr(row, name) for name in _State.__slots__})
        before.status = Status(row.status)
        pushed = self.decided.get((row.id, Thing.ASSIGNEE)) == Source.RANKING
        state, steps = self._history(ticket, before, later, row.assignee_id if pushed else None)
        columns = state.columns() | {
            "resolution": ticket.resolution if state.status in SETTLED else "",
            "order_key": self._order_key(ticket.opened_at, state.priority),
            "version": row.version + 1,
        }
        for column, value in columns.items():
            setattr(row, column, value)
        stored = {column: plain(value) for column, value in columns.items()}
        self.tx.session.desk.database.update_row("ticket", row.id, stored)
        self._record_steps(row, steps)
        self.tx.decide(row.id, (*self._decisions(state, before), *self._decided_anew(row.id, state, before)))

    def _history(
        self, ticket: ImportedTicket, state: _State, steps: Iterable[ImportedStep], pushed_to: int | None = None
    ) -> tuple[_State, list[_Step]]:
        """The state after the steps, and what each of them changed; `pushed_to` is whom the desk gave the ticket."""
        told: list[_Step] = []
        for step in steps:
            before, state = state, self._after(state, step, pushed_to)
            if changes := _changes(before, state):
                told.append((step, changes))
        if state.status not in SETTLED and state.assignee_id in self.unfit:
            self.let_go.setdefault(state.assignee_id, []).append(ticket.external_id)
            before, state = state, _without_assignee(state, step.at)
            told.append((replace(step, actor=None), _changes(before, state)))
        if state.status in SETTLED:
            state.resolved_at = ticket.resolved_at or state.resolved_at
        if state.status in ENDED:
            state.closed_at = ticket.closed_at or state.closed_at
        return state, told

    def _after(self, before: _State, step: ImportedStep, pushed_to: int | None) -> _State:
        """The state after a step. One that names nobody leaves a ticket with whom its team gave it."""
        rulebook = self.tx.session.rulebook
        impact = step.impact or before.impact or rulebook.desk.default_impact
        urgency = step.urgency or before.urgency or rulebook.desk.default_urgency
        in_team = self.teams[step.team] if step.team else before.team_id
        assignee_id, status = self.people[step.assignee] if step.assignee else None, step.status
        if pushed_to and not assignee_id and (before.assignee_id, before.team_id) == (pushed_to, in_team):
            assignee_id, status = pushed_to, Status.ASSIGNED if status is Status.NEW else status
        if in_team and assignee_id and assignee_id not in self.unfit:
            self.members.add((assignee_id, in_team))
        moved = (status, step.waiting_reason) != (before.status, before.waiting_reason)
        reopened = before.status in SETTLED and status not in SETTLED
        reached_resolved = status in SETTLED and before.status not in SETTLED
        return _State(
            status=status,
            waiting_reason=step.waiting_reason,
            category=f"{BRANCH}.{step.category}" if step.category else before.category,
            impact=impact,
            urgency=urgency,
            priority=step.priority or self._priority(before, impact, urgency),
            level=before.level if in_team == before.team_id else self._level_of(in_team, before.level),
            team_id=in_team,
            assignee_id=assignee_id,
            resolved_at=step.at if reached_resolved else (before.resolved_at if status in SETTLED else None),
            closed_at=(before.closed_at or step.at) if status in ENDED else None,
            changed_at=step.at,
            imported_step=step.ordinal,
            status_since=step.at if moved else before.status_since,
            reopened_at=step.at if reopened else before.reopened_at,
            reopen_count=before.reopen_count + reopened,
        )

    def _level_of(self, team: int | None, otherwise: int) -> int:
        return level_at(self.tx.session, self.team_names.get(team), otherwise)

    def _priority(self, before: _State, impact: str, urgency: str) -> int:
        if (impact, urgency) == (before.impact, before.urgency):
            return before.priority
        return self.tx.session.rulebook.priorities.cells[impact, urgency]

    def _record_steps(self, target: Ticket | str, steps: Iterable[_Step]) -> None:
        """Put the steps into the journal; where `target` is the ticket itself, its clocks and escalation follow."""
        for step, changes in steps:
            self.tx.record(
                "imported",
                target,
                changes,
                facts={"step": step.ordinal},
                occurred_at=step.at,
                actor=self.people[step.actor] if step.actor else 0,
            )

    def _row(self, ticket: ImportedTicket, state: _State) -> dict[str, Any]:
        return {
            **{name: plain(value) for name, value in state.columns().items()},
            "kind": ticket.kind,
            "external_id": ticket.external_id,
            "subject": storable(ticket.subject),
            "body": storable(ticket.body),
            "requester_id": self.people[ticket.requester or ""],
            "channel": ticket.channel,
            "site": storable(ticket.site),
            "major": False,
            "resolution": ticket.resolution if state.status in SETTLED else "",
            "root_cause": "",
            "opened_at": to_microseconds(ticket.opened_at),
            "order_key": self._order_key(ticket.opened_at, state.priority),
            "version": 1,
        }

    def _order_key(self, opened_at: datetime, priority: int) -> int:
        return order_key(opened_at, priority, False, self.tx.session.rulebook.priorities.head_starts)

    def _decisions(self, state: _State, old: _State | None) -> list[Decision]:
        """Decisions that say `imported`, for what is new."""
        ours = rules.priority_of(self.tx.session.rulebook, state.impact, state.urgency).value
        remark = "as recorded"
        if ours != str(state.priority):
            remark = f"as recorded; our matrix gives P{ours} for {state.impact} x {state.urgency}"
        told = [
            (Thing.CATEGORY, "category", state.category, "as recorded"),
            (Thing.IMPACT, "impact", state.impact, "as recorded"),
            (Thing.URGENCY, "urgency", state.urgency, "as recorded"),
            (Thing.PRIORITY, "priority", str(state.priority), remark),
        ]
        return [
            Decision(thing=thing, value=value, source=Source.IMPORT, reason=reason)
            for thing, name, value, reason in told
            if old is None or getattr(old, name) != getattr(state, name)
        ]

    def _decided_anew(self, ticket_id: int, state: _State, old: _State) -> list[Decision]:
        """Who has it now, where the desk had decided otherwise."""
        values = {
            Thing.TEAM: self.team_names.get(state.team_id, ""),
            Thing.LEVEL: str(state.level),
            Thing.ASSIGNEE: self.logins.get(state.assignee_id, ""),
        }
        return [
            Decision(thing=thing, value=values[thing], source=Source.IMPORT, reason="as recorded")
            for thing, column in _GIVING.items()
            if (ticket_id, thing) in self.decided and getattr(old, column) != getattr(state, column)
        ]


def _changes(before: _State, after: _State) -> Changes:
    """What the journal tells of a change of columns."""
    return {
        name.removesuffix("_id"): (plain(old), plain(new))
        for name in _TOLD
        if (old := getattr(before, name)) != (new := getattr(after, name))
    }


def _without_assignee(state: _State, at: datetime) -> _State:
    """The state of an open ticket that waits to be taken in its team instead, since a moment."""
    if state.status not in IN_HAND:
        return replace(state, assignee_id=None)
    return replace(state, assignee_id=None, status=Status.NEW, status_since=at)


def _entries(steps: Iterable[_Step]) -> list[Entry]:
    """Steps as entries of the journal that is to be, for the clocks."""
    return [Entry(PENDING, "imported", {"changes": changes}, to_microseconds(step.at), 0) for step, changes in steps]


def _slug(name: str) -> str:
    """A name as a login or a team's name: `Caller 2403` becomes `caller-2403`."""
    return re.sub(r"[^a-z0-9._]+", "-", fold(name)).strip("-") or "unknown"
