"""Assessment and triage: category, priority, team, person, escalation, tags, major incidents."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

from itdesk.desk.approvals import start_by_rule
from itdesk.desk.assignment import Arrival, announce, arrive
from itdesk.desk.change import Change, Targets
from itdesk.desk.checklist import follow_category
from itdesk.desk.errors import Refused
from itdesk.desk.intake import check_values
from itdesk.desk.links import refuse_merged
from itdesk.desk.notices import notify
from itdesk.desk.people import find_person
from itdesk.desk.queries.duty import absent
from itdesk.desk.queries.next_ticket import hold_next, nothing_fits
from itdesk.desk.recipients import Recipients, lead_of, whom_it_lacks
from itdesk.desk.teams import level_after, level_at, team_id
from itdesk.desk.transaction import Changes, Transaction, action, for_each, number, told
from itdesk.desk.visit_to_come import status_in_hand, visit_remark
from itdesk.domain import rules
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import STAFF, SUPERVISORS, Role
from itdesk.domain.ticket import ENDED, IN_HAND, SETTLED, Kind, Status, normal_tag
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Decision as StoredDecision
from itdesk.models.tickets import Ticket, TicketTag


@action(STAFF, "categorize tickets")
def categorize(tx: Transaction, targets: Targets, category: str, reason: str = "") -> Change:
    """Give tickets a category of the tree.

    A kind that only followed from the old category follows the new one; a new ticket that nobody has is routed anew.
    """
    check_values(tx.session.rulebook, category, None, None)

    def deed(ticket: Ticket) -> str:
        if ticket.category == category:
            raise Refused(f"{number(ticket)} has the category {category} already.")
        decisions = [_by_person(Thing.CATEGORY, category, reason)]
        values: dict[str, object] = {"category": category}
        kind = Kind(ticket.kind)
        usual = tx.session.rulebook.category(category)
        if usual and usual.kind and usual.kind is not kind and not ticket.major and _kind_by_default(ticket):
            kind = usual.kind
            values["kind"] = kind
            decisions.append(
                Decision(
                    thing=Thing.KIND,
                    value=kind,
                    source=Source.DEFAULT,
                    place=usual.place,
                    reason=f"the kind of {category}",
                )
            )
        arrival, moved = Arrival(), ""
        if ticket.status == Status.NEW and ticket.assignee_id is None:
            team, level = rules.route(tx.session.rulebook, category, kind)
            values |= {"team_id": team_id(tx.session, team.value), "level": int(level.value)}
            decisions += [team, level]
            moved = f", to {team.value}" if values["team_id"] != ticket.team_id else ""
            arrival = arrive(tx, ticket, values)
        changes = tx.update(ticket, **values | dict(arrival.values))
        tx.decide(ticket.id, (*decisions, *arrival.decisions))
        announce(tx, ticket, arrival)
        facts = follow_category(tx, ticket)
        tx.record("categorized", ticket, changes, facts=facts, payload=told(reason) | arrival.payload)
        waits = start_by_rule(tx, ticket).sentence(tx.session.actor.role)
        return f"{number(ticket)} is now {category}{moved}{arrival.given}.{waits}"

    return for_each(tx, targets, deed, f"Set {category} on")


@action(STAFF, "prioritize tickets")
def prioritize(
    tx: Transaction,
    targets: Targets,
    *,
    impact: str | None = None,
    urgency: str | None = None,
    priority: int | None = None,
    reason: str = "",
) -> Change:
    """Set impact and urgency, from which the matrix gives the priority; or override the priority with a reason."""
    check_values(tx.session.rulebook, None, impact, urgency)
    if impact is None and urgency is None and priority is None:
        raise Refused("Say what to set: impact, urgency, or a priority.")
    if priority is not None and priority not in range(1, 6):
        raise Refused(f"There is no priority P{priority}; possible: P1 to P5.")
    if priority is not None and not reason.strip():
        raise Refused("A priority that the matrix does not give needs a reason.")

    def deed(ticket: Ticket) -> str:
        decisions = []
        new_impact, new_urgency = impact or ticket.impact, urgency or ticket.urgency
        if impact is not None:
            decisions.append(_by_person(Thing.IMPACT, impact, reason))
        if urgency is not None:
            decisions.append(_by_person(Thing.URGENCY, urgency, reason))
        if priority is None:
            decision = rules.priority_of(tx.session.rulebook, new_impact, new_urgency)
        else:
            decision = _by_person(Thing.PRIORITY, str(priority), reason)
        decisions.append(decision)
        unchanged = (ticket.impact, ticket.urgency, str(ticket.priority)) == (
            new_impact,
            new_urgency,
            decision.value,
        )
        if unchanged:
            raise Refused(f"{number(ticket)} is P{ticket.priority} with this impact and urgency already.")
        changes = tx.update(ticket, impact=new_impact, urgency=new_urgency, priority=int(decision.value))
        tx.decide(ticket.id, decisions)
        tx.record("prioritized", ticket, changes, payload=told(reason))
        return f"{number(ticket)} is now P{ticket.priority}."

    return for_each(tx, targets, deed, "Prioritized")


@action(STAFF, "route tickets")
def route(tx: Transaction, targets: Targets) -> Change:
    """Let the routing rules choose team and level again. Nobody keeps a ticket that leaves his team."""

    def deed(ticket: Ticket) -> str:
        require_open(tx, ticket, "routed")
        team, level = rules.route(tx.session.rulebook, ticket.category, Kind(ticket.kind))
        values = to_team_and_level(tx, ticket, team_id(tx.session, team.value), int(level.value))
        if not values:
            raise Refused(f"{number(ticket)} is with {team.value}, level {level.value}, already.")
        arrival = arrive(tx, ticket, values)
        changes = tx.update(ticket, **values | dict(arrival.values))
        tx.decide(ticket.id, [team, level])
        _handed_over(tx, ticket, changes, "routed", arrival)
        tx.record("routed", ticket, changes, payload=arrival.payload)
        return f"Routed {number(ticket)} to {team.value}, L{level.value}{arrival.given}."

    return for_each(tx, targets, deed, "Routed")


@action(STAFF, "take tickets")
def take(tx: Transaction, targets: Targets) -> Change:
    """Make tickets one's own and begin work on those that are new or assigned."""
    me = tx.session.actor.id
    login_of = cache(lambda person_id: Person.get_by_id(person_id).login)

    def deed(ticket: Ticket) -> str:
        holder = ticket.assignee_id
        waits = _take(tx, ticket, "took it")
        from_whom = "" if holder in (None, me) else f" from {login_of(holder)}"
        return f"Took {number(ticket)}{from_whom}.{waits}"

    return for_each(tx, targets, deed, "Took")


@action(STAFF, "take tickets")
def take_next(tx: Transaction) -> Change:
    """Take the next ticket that fits, as `queries.next_ticket` says; two who ask at once get two. Raises Refused."""
    found = hold_next(tx.session)
    if found is None:
        raise Refused(nothing_fits(tx.session))
    ticket_id, reason = found

    def deed(ticket: Ticket) -> str:
        waits = _take(tx, ticket, f"took the next: {reason}")
        return f"Took {number(ticket)}, P{ticket.priority}, {ticket.category}: {reason}.{waits}"

    return for_each(tx, [ticket_id], deed, "Took")


def _take(tx: Transaction, ticket: Ticket, why: str) -> str:
    """Take a ticket; where it now waits for a visit, a sentence that says so."""
    me = tx.session.actor
    require_open(tx, ticket, "taken")
    if ticket.assignee_id == me.id and ticket.status not in (Status.NEW, Status.ASSIGNED):
        raise Refused(f"{number(ticket)} is yours already.")
    values: dict[str, object] = {"assignee_id": me.id}
    if ticket.status in (Status.NEW, Status.ASSIGNED):
        values |= status_in_hand(tx, ticket, Status.IN_PROGRESS)
    changes = tx.update(ticket, **values)
    tx.decide(ticket.id, [_by_person(Thing.ASSIGNEE, me.login, why)])
    tx.record("taken", ticket, changes)
    return visit_remark(ticket) if changes.get("waiting_reason") else ""


@action(STAFF, "assign tickets")
def assign(tx: Transaction, targets: Targets, who: str | None, *, team: str | None = None, reason: str = "") -> Change:
    """Give tickets to a member of staff (login or name), or to nobody; with `team` to that team as well.

    A ticket that comes to another team is at that team's level.
    """
    person = find_person(who) if who else None
    if person is not None and Role(person.role) not in STAFF:
        raise Refused(f"{person.login} is {Role(person.role).title}; tickets are assigned to staff only.")
    to_team = team_id(tx.session, team) if team else None
    why = absent(tx.session, [person.id], tx.now).get(person.id) if person else None
    away = f", who is away ({why})" if why else ""

    def deed(ticket: Ticket) -> str:
        require_open(tx, ticket, "assigned")
        values = to_holder(tx, ticket, person.id if person else None)
        if to_team is not None and to_team != ticket.team_id:
            values |= {"team_id": to_team, "level": level_at(tx.session, team, ticket.level)}
        if all(getattr(ticket, column) == value for column, value in values.items()):
            there = f"with {person.login}" if person else f"in {team}, and nobody has it," if team else "unassigned"
            raise Refused(f"{number(ticket)} is {there} already.")
        arrives = person is None and to_team not in (None, ticket.team_id)
        arrival = arrive(tx, ticket, values) if arrives else Arrival()
        changes = tx.update(ticket, **values | dict(arrival.values))
        decisions = list(arrival.decisions)
        if "assignee" in changes and not arrival.decisions:
            decisions.append(_by_person(Thing.ASSIGNEE, person.login if person else "", reason))
        if "team" in changes and team:
            decisions.append(_by_person(Thing.TEAM, team, reason))
        if "level" in changes:
            decisions.append(_by_person(Thing.LEVEL, str(ticket.level), f"the level of {team}"))
        tx.decide(ticket.id, decisions)
        announce(tx, ticket, arrival)
        tx.record("assigned", ticket, changes, payload=told(reason) | arrival.payload)
        return f"Assigned {number(ticket)} to {f'{person.login}{away}' if person else team or 'nobody'}{arrival.given}."

    return for_each(tx, targets, deed, "Assigned")


@action(STAFF, "escalate tickets")
def escalate(
    tx: Transaction, targets: Targets, *, team: str | None = None, level: int | None = None, reason: str
) -> Change:
    """Functional escalation: to another team (at its level, unless one is given), another level, or both.

    Whoever had the ticket hands it over. Where another team gets it and nobody in it has it yet, or nobody of the team
    could take what needs that level, the team's lead is told, or who is there instead.
    """
    if team is None and level is None:
        raise Refused("Say where to escalate: a team, a level, or both.")
    if level not in (None, 1, 2, 3):
        raise Refused(f"There is no support level {level}; possible: 1, 2, 3.")
    if not reason.strip():
        raise Refused("An escalation needs a reason: what was tried, what is needed.")
    to_team = team_id(tx.session, team) if team else None
    lead = cache(partial(lead_of, tx))
    lacks = cache(whom_it_lacks)
    lacking: set[str] = set()

    def deed(ticket: Ticket) -> str:
        require_open(tx, ticket, "escalated")
        values = to_team_and_level(
            tx, ticket, to_team or ticket.team_id, level_after(tx.session, ticket, to_team, level)
        )
        if not values:
            raise Refused(f"{number(ticket)} is there already.")
        arrival = arrive(tx, ticket, values)
        changes = tx.update(ticket, "escalated", **values | dict(arrival.values))
        decisions = []
        if "team" in changes and team:
            decisions.append(_by_person(Thing.TEAM, team, reason))
        if "level" in changes:
            decisions.append(_by_person(Thing.LEVEL, str(ticket.level), reason))
        tx.decide(ticket.id, decisions)
        _handed_over(tx, ticket, changes, "escalated", arrival)
        where = f"{Team.get_by_id(ticket.team_id).name if ticket.team_id else 'no team'}, L{ticket.level}"
        lack = lacks(ticket.team_id, ticket.level)
        lacking.update([lack] if lack else [])
        unclaimed = ("team" in changes or lack) and ticket.assignee_id is None and not arrival.told
        found = lead(ticket.team_id) if unclaimed else Recipients()
        what = f"{number(ticket)} (P{ticket.priority}, {ticket.category})"
        text = f"{tx.session.actor.login} escalates {what} to {where}: {reason.strip()}"
        text += f"{'; ' if lack else ''}{lack}{found.remark}"
        notify(tx, found.people, NoticeKind.ESCALATION, text, ticket)
        facts = {"told": sorted(found.people)} if found.people else {}
        payload = told(reason) | arrival.payload | found.payload()
        tx.record("escalated", ticket, changes, facts=facts, payload=payload)
        return f"Escalated {number(ticket)} to {where}{arrival.given}."

    change = for_each(tx, targets, deed, "Escalated")
    said = [f"{lack.replace('nobody', 'Nobody', 1)}." for lack in sorted(lacking)]
    return replace(change, sentence=" ".join([change.sentence, *said]))


@action(STAFF, "tag tickets")
def tag(tx: Transaction, targets: Targets, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Change:
    """Add and remove tags."""
    adding, removing = ({normal_tag(one) for one in tags} - {""} for tags in (add, remove))
    if not adding | removing:
        raise Refused("Name a tag to add or remove.")

    def deed(ticket: Ticket) -> str:
        old = tags_of(tx, ticket)
        new = (old | adding) - removing
        if new == old:
            raise Refused(
                f"{number(ticket)} has these tags already." if adding else f"{number(ticket)} has no such tag."
            )
        set_tags(tx, ticket, old, new)
        tx.update(ticket)
        tx.record("tagged", ticket, {"tags": (sorted(old), sorted(new))})
        return f"{number(ticket)} is tagged {', '.join(sorted(new)) or 'no more'}."

    return for_each(tx, targets, deed, "Tagged")


def tags_of(tx: Transaction, ticket: Ticket) -> set[str]:
    """A ticket's tags, read inside a transaction."""
    database = tx.session.desk.database
    sql = f"SELECT tag FROM ticket_tag WHERE ticket_id = {database.param}"  # noqa: S608 its own mark of a parameter
    return {name for (name,) in database.execute(sql, (ticket.id,))}


def set_tags(tx: Transaction, ticket: Ticket, old: set[str], new: set[str]) -> None:
    """Replace a ticket's tags inside a transaction."""
    gone, come = old - new, new - old
    if gone:
        TicketTag.delete().where((TicketTag.ticket == ticket.id) & TicketTag.tag.in_(sorted(gone))).execute()
    tx.session.desk.database.insert_rows("ticket_tag", [{"ticket_id": ticket.id, "tag": one} for one in sorted(come)])


@action(STAFF, "declare a major incident")
def declare_major(tx: Transaction, targets: Targets, reason: str) -> Change:
    """Declare major incidents: they stand on top of every queue."""
    return _set_major(tx, targets, True, reason)


@action(SUPERVISORS, "withdraw a major incident")
def withdraw_major(tx: Transaction, targets: Targets, reason: str) -> Change:
    """Take a major incident's rank away."""
    return _set_major(tx, targets, False, reason)


def _set_major(tx: Transaction, targets: Targets, major: bool, reason: str) -> Change:
    if not reason.strip():
        raise Refused("Say why: everybody will ask.")

    def deed(ticket: Ticket) -> str:
        if major:
            require_open(tx, ticket, "declared major")
            if ticket.kind != Kind.INCIDENT:
                raise Refused(f"{number(ticket)} is a {ticket.kind}; only incidents can be major.")
        if bool(ticket.major) is major:
            raise Refused(f"{number(ticket)} is {'' if major else 'not '}a major incident already.")
        changes = tx.update(ticket, major=major)
        tx.decide(ticket.id, [_by_person(Thing.MAJOR, "yes" if major else "no", reason)])
        tx.record("declared_major" if major else "withdrew_major", ticket, changes, payload=told(reason))
        return f"{number(ticket)} is {'now' if major else 'no longer'} a major incident."

    return for_each(tx, targets, deed, "Declared major" if major else "Withdrew")


def _kind_by_default(ticket: Ticket) -> bool:
    decision = (
        StoredDecision.select(StoredDecision.source)
        .where((StoredDecision.ticket == ticket.id) & (StoredDecision.thing == Thing.KIND))
        .order_by(StoredDecision.id.desc())
        .first()
    )
    return decision is not None and decision.source == Source.DEFAULT


def require_open(tx: Transaction, ticket: Ticket, deed: str) -> None:
    """Raise Refused, naming the way back, for a ticket that is resolved or ended."""
    refuse_merged(tx, ticket)
    if ticket.status in SETTLED:
        way = (
            "Reopen it first."
            if ticket.status not in ENDED or ticket.status == Status.CLOSED
            else "Bring it back first."
        )
        raise Refused(f"{number(ticket)} is {Status(ticket.status).title} and cannot be {deed}. {way}")


def to_holder(tx: Transaction, ticket: Ticket, person: int | None) -> dict[str, object]:
    """What changes when somebody (an id) gets a ticket, or nobody has it any more and it waits to be taken."""
    values: dict[str, object] = {"assignee_id": person}
    if person is not None and ticket.status == Status.NEW:
        values |= status_in_hand(tx, ticket, Status.ASSIGNED)
    if person is None and ticket.status in IN_HAND:
        values["status"] = Status.NEW
    return values


def to_team_and_level(tx: Transaction, ticket: Ticket, to_team: int | None, level: int) -> dict[str, object]:
    """What changes when a ticket goes to a team and level: its holder hands it over and it waits to be taken."""
    if (ticket.team_id, ticket.level) == (to_team, level):
        return {}
    return {"team_id": to_team, "level": level} | to_holder(tx, ticket, None)


def _handed_over(tx: Transaction, ticket: Ticket, changes: Changes, why: str, arrival: Arrival) -> None:
    """Decide who has it now: whom its new team gave it, or nobody."""
    if arrival.decisions:
        tx.decide(ticket.id, arrival.decisions)
        announce(tx, ticket, arrival)
    elif "assignee" in changes:
        tx.decide_by_person(ticket.id, Thing.ASSIGNEE, "", why)


def _by_person(thing: Thing, value: str, reason: str) -> Decision:
    return Decision(thing=thing, value=value, source=Source.PERSON, reason=reason.strip())
