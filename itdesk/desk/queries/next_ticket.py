"""The next ticket for somebody: the first in the fair order that nobody has and that fits them."""

import heapq
from dataclasses import dataclass

from itdesk.desk.assignment import languages_of, skills_of, team_candidates
from itdesk.desk.duplicates import HAS_LIVE_ORIGINAL
from itdesk.desk.errors import Refused
from itdesk.desk.queries.fitness import Abilities, Condition, qualified, understood
from itdesk.desk.queries.queue import QueueRow, rows_by_id
from itdesk.desk.session import Session
from itdesk.desk.visible import visible_in_sql
from itdesk.domain.assignment import Mode
from itdesk.domain.people import STAFF
from itdesk.domain.rulebook import is_under
from itdesk.domain.search_language import parse

_PAGE = 20

Key = tuple[int, int]
"""A ticket's place in the fair order: its order key, then its id."""


@dataclass(frozen=True, slots=True)
class NextTicket:
    """A ticket that the actor may take next, and why it is this one, as the middle of a sentence."""

    row: QueueRow
    reason: str


@dataclass(frozen=True, slots=True)
class _Asker:
    """What decides which tickets fit the actor, by team: those that let their people take tickets, by id."""

    teams: dict[int, str]
    able: Abilities
    fitting: dict[int, tuple[Condition, ...]]


def next_ticket(session: Session, *, after: QueueRow | None = None) -> NextTicket | None:
    """The next ticket that fits the actor; with `after` the one that follows that one. None where there is none.

    It is in a team of his that does not assign by hand, at his support level or below, in a category of his skills and
    at the level that it needs (who has none fits all), of a requester with whom he has a language in common (where
    `domain.assignment` says that this counts), and neither assigned nor waiting nor resolved nor the duplicate of one
    that is still to be. Raises Refused for who has no such team.
    """
    session.require(STAFF, "take tickets")
    asker = _asker(session)
    key = None if after is None else (after.order_key, after.id)
    for _, ticket_id in _page(session, asker, key, limit=1):
        for row in rows_by_id(session, [ticket_id], parse("status:open")):
            return NextTicket(row, _reason(asker, row.team or "", row.category))
    return None


def hold_next(session: Session) -> tuple[int, str] | None:
    """The id of the next ticket that fits the actor, for him to take in this transaction, and the reason.

    On PostgreSQL its row is locked, and rows that somebody else holds are passed over: nobody waits for the whole
    queue. On SQLite there is one writer at a time.
    """
    asker = _asker(session)
    database = session.desk.database
    key: Key | None = None
    while page := _page(session, asker, key, limit=_PAGE):
        ids = [ticket_id for _, ticket_id in page]
        if not database.sqlite:
            these, parameters = database.among_in_sql(ids)
            ids = [
                row[0]
                for row in database.execute(
                    f"SELECT id FROM ticket WHERE id IN {these} AND {_FREE} ORDER BY order_key, id LIMIT 1"  # noqa: S608
                    " FOR UPDATE SKIP LOCKED",
                    parameters,
                ).fetchall()
            ]
        if ids:
            category, team = database.row(
                "SELECT ticket.category, team.name FROM ticket JOIN team ON team.id = ticket.team_id"
                " WHERE ticket.id = ?",
                (ids[0],),
            )
            return ids[0], _reason(asker, team, category)
        key = page[-1]
    return None


_FREE = (
    f"closed_at IS NULL AND assignee_id IS NULL AND status NOT IN ('waiting', 'resolved') AND NOT {HAS_LIVE_ORIGINAL}"
)
"""Begins as the partial index `live_unassigned` is spelled, so that it is used."""


def _page(session: Session, asker: _Asker, after: Key | None, limit: int) -> list[Key]:
    """The first free tickets beyond a key that fit, in order. Each team's are walked along one covering index."""
    database = session.desk.database
    mark = database.param
    seen, theirs = visible_in_sql(session)
    conditions = [_FREE, seen]
    parameters: list[int | str] = [*theirs]
    if after is not None:
        conditions.append(f"(order_key, id) > ({mark}, {mark})")
        parameters += after
    pages = []
    for team, fitting in sorted(asker.fitting.items()):
        sql = (
            f"SELECT order_key, id FROM ticket WHERE team_id = {mark}"  # noqa: S608
            f" AND {' AND '.join((*conditions, *(one for one, _ in fitting)))} ORDER BY order_key, id LIMIT {limit}"
        )
        bounds = [bound for _, several in fitting for bound in several]
        pages.append(database.execute(sql, (team, *parameters, *bounds)).fetchall())
    return [(key, ticket_id) for key, ticket_id in heapq.nsmallest(limit, (row for page in pages for row in page))]


def _asker(session: Session) -> _Asker:
    actor = session.actor
    row = session.desk.database.row("SELECT level FROM person WHERE id = ?", (actor.id,))
    memberships = session.desk.database.execute(
        "SELECT team.id, team.name FROM team JOIN membership ON membership.team_id = team.id"  # noqa: S608
        f" WHERE membership.person_id = {session.desk.database.param}",
        (actor.id,),
    )
    teams: dict[int, str] = dict(memberships.fetchall())
    if not teams:
        raise Refused(f"{actor.login} is in no team, so there is no next ticket. An administrator adds them to one.")
    sharing = session.rulebook.sharing
    pulling = {team: name for team, name in teams.items() if sharing.team(name).mode is not Mode.MANUAL}
    if not pulling:
        raise Refused(f"The tickets of {', '.join(sorted(teams.values()))} are assigned by hand; there is no next one.")
    skills = skills_of(session, [actor.id]).get(actor.id, ())
    able = Abilities(skills, row[0] if row else None, languages_of(session, actor.id))
    return _Asker(pulling, able, {team: _fitting(session, able, team) for team in pulling})


def _fitting(session: Session, able: Abilities, team: int) -> tuple[Condition, ...]:
    """What makes the tickets of a team fit the actor."""
    needed, mark = session.rulebook.sharing.skills, session.desk.database.param
    skilled = qualified(able, needed, mark)
    if not able.languages:
        return (skilled,)
    colleagues = (one for one in team_candidates(session, team, session.clock()) if one.id != session.actor.id)
    spoken = understood(able.languages, colleagues, needed, mark)
    return (skilled, spoken) if spoken else (skilled,)


def nothing_fits(session: Session) -> str:
    """That no ticket is left for the actor, as a sentence."""
    asker = _asker(session)
    teams = ", ".join(sorted(asker.teams.values()))
    able = asker.able
    skills = f" Your skills: {', '.join(skill.category for skill in able.skills)}." if able.skills else ""
    level = f" Your level: L{able.level}." if able.level else ""
    languages = f" Your languages: {', '.join(able.languages)}." if able.languages else ""
    return f"Nothing waits for you in {teams}.{level}{skills}{languages}"


def _reason(asker: _Asker, team: str, category: str) -> str:
    fitting = max(
        (skill for skill in asker.able.skills if is_under(category, skill.category)),
        key=lambda skill: len(skill.category),
        default=None,
    )
    known = f" and fits your skill {fitting.category} ({fitting.level} of 5)" if fitting else ""
    return f"first in the fair order of {team} that nobody has{known}"
