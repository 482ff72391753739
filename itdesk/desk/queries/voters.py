"""Who has a say in approvals, as things stand now."""

from collections.abc import Sequence

from itdesk.desk.queries.requesters import all_requesters
from itdesk.desk.session import Session
from itdesk.domain.approvals import Outcome, Voter
from itdesk.domain.people import Role
from itdesk.models.base import tuples
from itdesk.models.people import Membership, Person, Team


def voters_of(session: Session, approvals: Sequence[int]) -> dict[int, list[Voter]]:
    """Approval (an id) -> who sits on its seats, by seat and person.

    Inside a transaction or a read; of tickets that the session's person may not see too.
    """
    database = session.desk.database
    these, parameters = database.among_in_sql(approvals)
    rows = database.execute(
        "SELECT approval.id, approval.ticket_id, approval.team_id, voter.seat, voter.vote, voter.office, person.id,"  # noqa: S608
        " person.active, person.role FROM approval JOIN approval_voter voter ON voter.approval_id = approval.id"
        f" JOIN person ON person.id = voter.person_id WHERE approval.id IN {these} ORDER BY voter.seat, person.id",
        parameters,
    ).fetchall()
    own = all_requesters(session, sorted({ticket for _, ticket, *_ in rows})) if rows else {}
    leads = {team: _leads(session, team) for _, _, team, _, _, office, *_ in rows if office == Role.TEAM_LEAD}
    found: dict[int, list[Voter]] = {approval: [] for approval in approvals}
    for approval, ticket, team, seat, vote, office, person, active, role in rows:
        holds = person in leads[team] if office == Role.TEAM_LEAD else office in ("", role)
        may = bool(active) and holds and person not in own[ticket]
        lost = None if holds else Role(office)
        found[approval].append(Voter(person, seat, may, Outcome(vote) if vote else None, lost))
    return found


def _leads(session: Session, team: int) -> frozenset[int]:
    """Whoever leads a team (an id): whom the settings name, and its members who are team leads."""
    setting = session.rulebook.team(Team.get_by_id(team).name)
    named = Person.login == (setting.lead if setting is not None else None)
    members = Membership.select(Membership.person).where(Membership.team == team)
    member = (Person.role == Role.TEAM_LEAD) & Person.id.in_(members)
    return frozenset(person for (person,) in tuples(Person.select(Person.id).where(named | member)))
