"""The names of a desk, for completion while one types a search."""

from collections.abc import Callable, Sequence

from itdesk.desk.queries import directory
from itdesk.desk.queries.directory import Known
from itdesk.desk.queries.people import team_names
from itdesk.desk.session import Session
from itdesk.domain.completion import Vocabulary, names_of
from itdesk.domain.people import READERS, Role
from itdesk.domain.search_language import ME

_TAGS = """
WITH RECURSIVE found(tag) AS (
  SELECT min(tag) FROM ticket_tag
  UNION ALL
  SELECT (SELECT min(tag) FROM ticket_tag WHERE tag > found.tag) FROM found WHERE found.tag IS NOT NULL
)
SELECT tag FROM found WHERE tag IS NOT NULL LIMIT 1000
"""
# From tag to tag along the index: there are a few hundred, on millions of tickets.


def vocabulary(session: Session) -> Vocabulary:
    """Teams and categories; for whoever may read all tickets also people, tags and sites."""
    teams = team_names(session)
    categories = tuple(category.path for category in session.rulebook.categories)
    if session.actor.role not in READERS:
        return Vocabulary(teams=teams, categories=categories)
    known = directory.everybody(session)
    people = [one for one in known if one.active]
    named = [(one.login, one.name) for one in people]
    return Vocabulary(
        logins=tuple(one.login for one in people if one.role is not Role.REQUESTER),
        people=tuple(named),
        left=tuple((one.login, one.name) for one in known if not one.active),
        requesters=(ME, *names_of(named)),
        teams=teams,
        categories=categories,
        tags=tuple(tag for (tag,) in session.desk.database.execute(_TAGS).fetchall()),
        sites=tuple(sorted({one.site for one in people if one.site})),
        namesakes=_namesakes(people),
    )


def _namesakes(people: Sequence[Known]) -> dict[str, str]:
    """What tells people of the same name apart, by login: department and site, else the address, else the login."""
    same: dict[str, list[Known]] = {}
    for one in people:
        same.setdefault(one.folded_name, []).append(one)
    ways: tuple[Callable[[Known], str], ...] = (
        lambda one: ", ".join(filter(None, (one.department, one.site))),
        lambda one: one.email,
        lambda one: one.login,
    )
    told: dict[str, str] = {}
    for group in same.values():
        if len(group) > 1:
            way = next(way for way in ways if len({way(one) for one in group} - {""}) == len(group))
            told |= {one.login: way(one) for one in group}
    return told
