"""Escalation: the steps of escalation.yaml as they happen to a ticket, and the way to management by hand."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from itdesk.desk import arming
from itdesk.desk.assignment import Arrival, announce, arrive
from itdesk.desk.change import Change, Targets, ids
from itdesk.desk.errors import Refused
from itdesk.desk.notices import notify
from itdesk.desk.recipients import (
    Recipients,
    lead_of,
    leads_of,
    management,
    members_of,
    of_role,
    recipients,
    whom_it_lacks,
)
from itdesk.desk.teams import level_after, team_id
from itdesk.desk.transaction import Changes, Transaction, action, for_each, number, told
from itdesk.desk.triage import require_open, set_tags, tags_of, to_team_and_level
from itdesk.domain.agreements import OLA
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.escalation import REVIEW_TAG, AtClock, Pending, Whom, escalation_of
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import ADMINISTRATORS, STAFF, Role
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Ticket

HIERARCHICAL = "hierarchical"
"""The fact `escalation` of an entry by which a ticket stays where it is, and management knows."""

# By hand


@action(STAFF, "escalate tickets")
def escalate_to_management(tx: Transaction, targets: Targets, reason: str) -> Change:
    """Hierarchical escalation: the tickets stay where they are; team lead and supervisors are told, with the reason."""
    if not reason.strip():
        raise Refused("An escalation needs a reason: what was tried, what is needed.")
    actor = tx.session.actor

    def deed(ticket: Ticket) -> str:
        require_open(tx, ticket, "escalated")
        above = management(tx.session, ticket.team_id) - {actor.id}
        found = recipients(tx, ticket.team_id, {Whom.MANAGEMENT: above})
        if not found.people:
            raise Refused(f"{number(ticket)} has nobody above you to be told: name a team lead or a supervisor first.")
        tx.update(ticket)
        text = f"{actor.login} escalates {_described(ticket)} to management: {reason.strip()}{found.remark}"
        notify(tx, found.people, NoticeKind.ESCALATION, text, ticket)
        decision = Decision(Thing.ESCALATION, "to management", Source.PERSON, reason=reason.strip())
        tx.decide(ticket.id, [decision])
        facts = {"escalation": HIERARCHICAL, "told": sorted(found.people)}
        payload = found.payload()
        tx.record("escalated", ticket, facts=facts, payload=told(reason) | payload)
        instead = f" instead of {found.instead_of}" if found.instead_of else ""
        return f"Escalated {number(ticket)} to management: told {payload['told']}{instead}."

    return for_each(tx, ids(targets), deed, "Escalated to management")


# By rule


@action(ADMINISTRATORS, "let the steps of escalation happen")
def fire_next(tx: Transaction, ticket_id: int) -> Change:
    """Let the next step happen to a ticket, if its moment has come; for the desk itself.

    Safe to repeat, and for several at once: what is due is looked up under the ticket's lock. An empty `Change.tickets`
    says that nothing happened.
    """
    [ticket] = tx.tickets([ticket_id])
    outlook = arming.outlooks(tx.session, [ticket_id])[ticket_id]
    now = to_microseconds(tx.now)
    due = next((one for one in outlook.pending if one.moment <= now), None)
    if due is None:
        arming.store(tx.session, {ticket_id: outlook})
        return Change(f"Nothing is due on {number(ticket)}.", undoable=False)
    due = replace(due, why=due.told(now))
    done = {"ticket_id": ticket_id, "step": due.step.name, "cycle": due.cycle, "fired_at": now}
    tx.session.desk.database.insert_rows("escalation_done", [done])
    evidence = escalation_of(tx.session.rulebook).evidence(due, outlook.situation)
    decision = Decision(
        Thing.ESCALATION, due.step.name, Source.RULE, due.step.name, due.step.place, due.why, evidence=evidence
    )
    _Firing(tx, ticket, due, decision).run()
    return Change(f"{due.step.name}: {number(ticket)}: {due.why}.", tickets=(ticket_id,))


@dataclass(slots=True)
class _Firing:
    """A step that happens to a ticket."""

    tx: Transaction
    ticket: Ticket
    due: Pending
    decision: Decision
    _changes: Changes = field(init=False, default_factory=dict)

    def run(self) -> None:
        tx, ticket, step = self.tx, self.ticket, self.due.step
        found = self._told()
        tx.decide(ticket.id, [self.decision])
        arrival = self._change()
        moved = self._changes.keys() & {"team", "level"}
        lack = whom_it_lacks(ticket.team_id, ticket.level) if moved else ""
        if ("team" in moved or lack) and ticket.assignee_id is None and not arrival.told:
            found = found.also(lead_of(tx, ticket.team_id))
        text = f"{_described(ticket)}: {self.due.why}{self._did(lack)}{found.remark}."
        notify(tx, found.people, NoticeKind.ESCALATION, text, ticket)
        facts: dict[str, Any] = {"step": step.name, "cycle": self.due.cycle, "moment": self.due.moment}
        if isinstance(step.trigger, AtClock):
            facts["clock"] = step.trigger.clock.value
        if found.people:
            facts["told"] = sorted(found.people)
        if step.tell_management:
            facts["escalation"] = HIERARCHICAL
        payload = told(self.due.why) | found.payload() | arrival.payload
        verb = "escalated" if self._changes or step.tell_management else "alerted"
        tx.record(verb, ticket, self._changes, facts=facts, payload=payload)

    def _change(self) -> Arrival:
        """Do to the ticket what the step says; whoever gets it."""
        tx, ticket, step = self.tx, self.ticket, self.due.step
        values: dict[str, object] = {}
        decisions: list[Decision] = []
        if step.raise_priority and ticket.priority > 1:
            values["priority"] = max(1, ticket.priority - step.raise_priority)
            decisions.append(self._decided(Thing.PRIORITY, str(values["priority"])))
        moved: dict[str, object] = {}
        if step.team or step.level:
            team = team_id(tx.session, step.team) if step.team else ticket.team_id
            moved = to_team_and_level(tx, ticket, team, level_after(tx.session, ticket, team, step.level))
            if moved and step.team and moved["team_id"] != ticket.team_id:
                decisions.append(self._decided(Thing.TEAM, step.team))
            if moved and moved["level"] != ticket.level:
                decisions.append(self._decided(Thing.LEVEL, str(moved["level"])))
        arrival = arrive(tx, ticket, values | moved) if moved else Arrival()
        values |= moved | dict(arrival.values)
        self._changes = tx.update(ticket, "escalated", **values) if values else {}
        if "assignee" in self._changes and not arrival.decisions:
            decisions.append(self._decided(Thing.ASSIGNEE, ""))
        tx.decide(ticket.id, (*decisions, *arrival.decisions))
        announce(tx, ticket, arrival)
        if step.review and REVIEW_TAG not in (tags := tags_of(tx, ticket)):
            set_tags(tx, ticket, tags, tags | {REVIEW_TAG})
            self._changes |= {"tags": (sorted(tags), sorted(tags | {REVIEW_TAG}))}
            if not values:
                tx.update(ticket)
        return arrival

    def _decided(self, thing: Thing, value: str) -> Decision:
        step = self.due.step
        return Decision(thing, value, Source.RULE, step.name, step.place, self.due.why)

    def _told(self) -> Recipients:
        """Whom the step tells."""
        words = (*self.due.step.notify, *((Whom.MANAGEMENT,) if self.due.step.tell_management else ()))
        team = self._team()
        return recipients(self.tx, team, {word: self._people(word, team) for word in words})

    def _team(self) -> int | None:
        """The team that the step is about: of a level that was left, the one that had the ticket when it was missed."""
        ticket, trigger = self.ticket, self.due.step.trigger
        clock = trigger.clock if isinstance(trigger, AtClock) else None
        if clock not in OLA.values() or clock is OLA.get(ticket.level):
            return ticket.team_id
        moves = arming.moves(self.tx.session, [ticket.id]).get(ticket.id, ())
        left = next((move for move in moves if move.at >= self.due.moment), None)
        return left.old if left else ticket.team_id

    def _people(self, word: str, team: int | None) -> Collection[int]:
        ticket, session = self.ticket, self.tx.session
        match word:
            case Whom.ASSIGNEE:
                return [ticket.assignee_id] if ticket.assignee_id else []
            case Whom.TEAM:
                return members_of(team)
            case Whom.TEAM_LEAD:
                return leads_of(session, team)
            case Whom.SUPERVISOR:
                return of_role(Role.SUPERVISOR)
            case Whom.MANAGEMENT:
                return management(session, team)
            case _:
                return [person for (person,) in tuples(Person.select(Person.id).where(Person.login == word))]

    def _did(self, lack: str) -> str:
        """What happened to the ticket, as the end of a sentence; `lack` is that nobody could take it, if that is so."""
        said = []
        if "priority" in self._changes:
            said.append(f"it is P{self.ticket.priority} now")
        if self._changes.keys() & {"team", "level"}:
            where = Team.get_by_id(self.ticket.team_id).name if self.ticket.team_id else "no team"
            said.append(f"it went to {where}, L{self.ticket.level}")
            said += [lack] if lack else []
        if self.due.step.tell_management:
            said.append("escalated to management")
        return "".join(f"; {what}" for what in said)


def _described(ticket: Ticket) -> str:
    return f"{number(ticket)} (P{ticket.priority}, {ticket.category})"
