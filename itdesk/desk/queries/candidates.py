"""Who could take a ticket, as people choose among them, and how a team stands."""

from dataclasses import dataclass

from itdesk.desk.assignment import languages_of, loads_of, ranking
from itdesk.desk.errors import NotFound
from itdesk.desk.queries.people import StaffMember, staff
from itdesk.desk.session import Session
from itdesk.desk.visible import visible
from itdesk.domain.assignment import Ranking, Work
from itdesk.domain.people import STAFF
from itdesk.models.base import tuples
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Candidates:
    """The people of a ticket's team in the order in which they should take it, then the other staff by login.

    `team` is the team's name; without one there is no ranking. `loads` are weighted, by login.
    """

    team: str
    ranking: Ranking | None
    others: tuple[StaffMember, ...]
    names: dict[str, str]
    loads: dict[str, int]


def candidates(session: Session, ticket_id: int | None) -> Candidates:
    """Who could take a visible ticket; None stands for tickets of several teams, for which nobody is ranked.

    For staff only: raises Refused; NotFound for a ticket that is not there.
    """
    session.require(STAFF, "see the staff")
    members = staff(session)
    with session.desk.database.translated():
        ticket = visible(session).where(Ticket.id == ticket_id).first() if ticket_id is not None else None
        if ticket is None and ticket_id is not None:
            raise NotFound(f"There is no ticket {ticket_id} here.")
        found = None
        name = ""
        if ticket is not None and ticket.team_id is not None:
            name = Team.get_by_id(ticket.team_id).name
            spoken = languages_of(session, ticket.requester_id)
            work = Work(ticket.category, ticket.priority, ticket.level, languages=spoken)
            found = ranking(session, ticket.team_id, work, session.clock())
        ranked = {one.candidate.login for one in found.ranked} if found else set()
        others = tuple(member for member in members if member.login not in ranked)
        logins = [member.login for member in others]
        ids = dict(tuples(Person.select(Person.id, Person.login).where(Person.login.in_(logins)))) if logins else {}
        loads = {ids[person]: load for person, load in loads_of(session, list(ids)).items()}
    return Candidates(name, found, others, {member.login: member.name for member in members}, loads)


def standing(session: Session, team: str, work: Work) -> str:
    """How a team stands to new work, in a few words: `4 on shift, anna has the lowest load`. Empty for no such team."""
    session.require(STAFF, "see the staff")
    row = session.desk.database.row("SELECT id FROM team WHERE name = ?", (team,))
    if row is None:
        return ""
    found = ranking(session, row[0], work, session.clock())
    if not found.ranked:
        return "nobody is in this team"
    minimum = session.rulebook.sharing.team(team).minimum
    wanted = f" of {minimum} wanted" if found.on_shift < minimum else ""
    winner = "nobody fits now"
    if found.winner is not None:
        winner = f"{found.winner.login} {'is on call' if found.winner.is_called else 'has the lowest load'}"
    return f"{found.on_shift or 'nobody'}{wanted} on shift, {winner}"
