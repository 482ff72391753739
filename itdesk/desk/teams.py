"""Teams: those of the settings and those that imports brought."""

from itdesk.desk.errors import NotFound
from itdesk.desk.session import Session
from itdesk.models.people import Team
from itdesk.models.tickets import Ticket


def team_id(session: Session, name: str) -> int:
    """The id of the team of that name; a team of the settings gets its row when it is first needed."""
    team = Team.get_or_none(Team.name == name)
    if team is not None:
        return int(team.id)
    setting = session.rulebook.team(name)
    if setting is None:
        known = ", ".join(item.name for item in session.rulebook.desk.teams)
        raise NotFound(f"There is no team {name!r}; the teams are: {known}.")
    Team.insert(name=name, title=setting.title).on_conflict_ignore().execute()  # another writer may be faster
    return int(Team.get(Team.name == name).id)


def level_after(session: Session, ticket: Ticket, to_team: int | None, level: int | None) -> int:
    """The level of a ticket that goes to a team (an id; None: it stays): the given one, else that of a new team."""
    if level is not None:
        return level
    moves = to_team not in (None, ticket.team_id)
    return level_at(session, Team.get_by_id(to_team).name if moves else None, ticket.level)


def level_at(session: Session, team: str | None, otherwise: int) -> int:
    """The support level of a team (by name); `otherwise` for no team, and one that the settings do not know."""
    setting = session.rulebook.team(team) if team else None
    return otherwise if setting is None else setting.level
