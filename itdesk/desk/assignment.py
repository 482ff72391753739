"""Assignment: the people of a team as candidates for a ticket, and what happens when one arrives at a team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from itdesk.desk.duplicates import has_live_original
from itdesk.desk.notices import notify
from itdesk.desk.queries.duty import JUST_NOW, absent, duties
from itdesk.desk.recipients import lead_of
from itdesk.desk.session import Session
from itdesk.desk.transaction import Transaction, number
from itdesk.desk.visit_to_come import status_in_hand
from itdesk.domain.assignment import Candidate, Mode, Ranking, Skill, Work, rank, skill_needed
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import STAFF
from itdesk.domain.ticket import SETTLED, Status
from itdesk.models.fields import from_microseconds
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket


def ranking(
    session: Session, team: int, work: Work, at: datetime, *, lately: Mapping[str, datetime] | None = None
) -> Ranking:
    """The people of a team (an id) in the order in which they should take the work, and why not.

    `lately`: who got a ticket that is not stored yet.
    """
    work = replace(work, skill=skill_needed(session.rulebook.sharing.skills, work.category))
    people = team_candidates(session, team, at)
    if lately:
        people = tuple(replace(one, last=lately.get(one.login, one.last)) for one in people)
    return rank(people, work)


def team_candidates(session: Session, team: int, at: datetime) -> tuple[Candidate, ...]:
    """The people of a team (an id) as they stand at a moment.

    Loads are of all tickets, whatever the actor may see.
    """
    database = session.desk.database
    mark = database.param
    roles = sorted(STAFF)
    rows = database.execute(
        "SELECT person.id, person.login, person.level, person.languages, person.capacity, team.name,"  # noqa: S608 marks of parameters
        " (SELECT decided_at FROM decision WHERE thing = 'assignee' AND retracted_at IS NULL AND value = person.login"
        " ORDER BY decided_at DESC LIMIT 1)"
        " FROM person JOIN membership ON membership.person_id = person.id JOIN team ON team.id = membership.team_id"
        f" WHERE membership.team_id = {mark} AND person.active AND person.role IN ({', '.join([mark] * len(roles))})",
        (team, *roles),
    ).fetchall()
    ids = [row[0] for row in rows]
    skills, loads = skills_of(session, ids), loads_of(session, ids)
    on_duty = duties(session, ids, at, team=team, ahead=JUST_NOW)
    sharing = session.rulebook.sharing
    candidates = []
    for person_id, login, level, languages, capacity, team_name, last in rows:
        duty = on_duty[person_id]
        candidates.append(
            Candidate(
                id=person_id,
                login=login,
                load=loads.get(person_id, 0),
                capacity=sharing.capacity_of(team_name, capacity),
                level=level,
                skills=skills.get(person_id, ()),
                languages=tuple(languages.split()),
                last=None if last is None else from_microseconds(last),
                on_shift=duty.on_shift,
                on_call=duty.on_call,
                absent=duty.absent,
            )
        )
    return tuple(candidates)


def languages_of(session: Session, person: int) -> tuple[str, ...]:
    """The languages of a person (an id), as codes; none where none are stated."""
    row = session.desk.database.row("SELECT languages FROM person WHERE id = ?", (person,))
    return tuple(row[0].split()) if row else ()


def skills_of(session: Session, people: Sequence[int]) -> dict[int, tuple[Skill, ...]]:
    """The skills of these people, by category; nobody's are empty."""
    if not people:
        return {}
    these, parameters = session.desk.database.among_in_sql(people)
    rows = session.desk.database.execute(
        f"SELECT person_id, category, level FROM person_skill WHERE person_id IN {these} ORDER BY category",  # noqa: S608
        parameters,
    ).fetchall()
    found: dict[int, tuple[Skill, ...]] = {}
    for person_id, category, level in rows:
        found[person_id] = (*found.get(person_id, ()), Skill(category, level))
    return found


def loads_of(session: Session, people: Sequence[int]) -> dict[int, int]:
    """The weighted load of each of these people; who has nothing may be missing."""
    if not people:
        return {}
    these, parameters = session.desk.database.among_in_sql(people)
    rows = session.desk.database.execute(
        "SELECT assignee_id, status, priority, count(*) FROM ticket"  # noqa: S608
        f" WHERE closed_at IS NULL AND assignee_id IS NOT NULL AND assignee_id IN {these}"
        " GROUP BY assignee_id, status, priority",
        parameters,
    ).fetchall()
    sharing = session.rulebook.sharing
    loads: dict[int, int] = {}
    for person_id, status, priority, count in rows:
        loads[person_id] = loads.get(person_id, 0) + count * sharing.weight(priority, status)
    return loads


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a ticket's arrival at its team changes and decides; `told` is the journal's sentence. Mostly nothing."""

    values: Mapping[str, object] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    told: str = ""

    @property
    def given(self) -> str:
        """Whom the ticket was given, as the end of a sentence."""
        return f", {self.told.partition(':')[0]}" if self.values else ""

    @property
    def payload(self) -> dict[str, str]:
        """What the journal entry keeps of it."""
        return {"assignment": self.told} if self.told else {}


_NOTHING = Arrival()


def arrive(tx: Transaction, ticket: Ticket, values: Mapping[str, object] | None = None) -> Arrival:
    """Who gets a ticket that arrives at its team, where the team's mode is to push. To be asked before it is stored.

    `values` are the columns that are about to change. The ticket is not changed here. Nobody gets the duplicate of a
    live original; one that comes back stands for itself.
    """

    def becoming(column: str) -> Any:
        return (values or {}).get(column, getattr(ticket, column))

    team = becoming("team_id")
    if team is None or becoming("assignee_id") is not None:
        return _NOTHING
    sharing = tx.session.rulebook.sharing.team(_name(tx.session, team))
    if sharing.mode is not Mode.PUSH:
        return _NOTHING
    if ticket.status not in SETTLED and has_live_original(tx.session, ticket.id):
        return _NOTHING
    # Nobody else ranks by the same loads, for another team of the same people neither.
    tx.session.desk.database.advisory_lock("itdesk push")
    spoken = languages_of(tx.session, becoming("requester_id"))
    work = Work(becoming("category"), becoming("priority"), becoming("level"), languages=spoken)
    found = ranking(tx.session, team, work, tx.now, lately=_lately(tx))
    winner = found.winner
    decision = Decision(
        Thing.ASSIGNEE,
        winner.login if winner else "",
        Source.RANKING,
        place=sharing.place,
        reason=found.reason(),
        candidates=found.considered(),
    )
    if winner is None:
        return Arrival({}, (decision,), f"unassigned: {found.reason()}")
    given: dict[str, object] = {"assignee_id": winner.id}
    if becoming("status") == Status.NEW:
        given |= status_in_hand(tx, ticket, Status.ASSIGNED)
    return Arrival(given, (decision,), f"assigned to {winner.login}: {found.reason()}")


def _lately(tx: Transaction) -> dict[str, datetime]:
    """Who got a ticket in this transaction: its decisions are stored at its end."""
    return {one["value"]: tx.now for one in tx.decisions if one["thing"] == Thing.ASSIGNEE}


def announce(tx: Transaction, ticket: Ticket, arrival: Arrival) -> None:
    """Tell the team's lead, or who is there instead, that nobody got the ticket; for when it is stored.

    Whoever gets one is always told.
    """
    if not arrival.told or ticket.assignee_id is not None:
        return
    what = f"{number(ticket)} (P{ticket.priority}, {ticket.category})"
    told = lead_of(tx, ticket.team_id)
    text = f"Nobody could be given {what}: {arrival.decisions[0].reason}{told.remark}."
    notify(tx, told.people, NoticeKind.ASSIGNMENT, text, ticket)


def _name(session: Session, team: int) -> str:
    [name] = session.desk.database.row("SELECT name FROM team WHERE id = ?", (team,))
    return str(name)


def away_from_desk(tx: Transaction, holder: Person | None) -> str:
    """Why somebody does not go on with what comes back: `anna is away (sick)`; empty for who is there, and nobody."""
    if holder is None:
        return ""
    if not holder.active:
        return f"{holder.login} is no longer active at this desk"
    why = absent(tx.session, [holder.id], tx.now).get(holder.id)
    return f"{holder.login} is away ({why})" if why else ""
