"""Who could step in where somebody is missed, or cannot be in two places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from itdesk.desk.errors import NotFound
from itdesk.desk.people import find_person
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.queries.plans import plans
from itdesk.desk.queries.schedule import Scheduled, ToSettle, scheduled, to_settle
from itdesk.desk.session import Session
from itdesk.domain.people import READERS, STAFF
from itdesk.domain.schedule import can_cover, days_of
from itdesk.domain.schedule_words import moment_text
from itdesk.models.base import tuples
from itdesk.models.people import Membership, Person, Team

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who could step in."""

    id: int
    login: str
    name: str


def could_cover(session: Session, one: ToSettle) -> tuple[Helper, ...]:
    """Whom the actor can ask to step in, by login: people of the same team; see `domain.schedule.can_cover`.

    The same team is that which misses somebody or has duty on call of one who left it, else any team of the person who
    cannot. Raises Refused.
    """
    session.require(READERS, "see the schedule")
    what = one.what
    if what is None:
        return ()
    with session.desk.database.translated():
        inside = Membership.person == one.person_id if one.team_id is None else Membership.team == one.team_id
        teams = Membership.select(Membership.team).where(inside)
        rows = tuples(
            Person.select(Person.id, Person.login, Person.name)
            .join(Membership)
            .where(Membership.team.in_(teams) & Person.active & Person.role.in_(sorted(STAFF)))
            .distinct()
            .order_by(Person.login)
        )
    people = [Helper(*row) for row in rows if row[0] not in (one.person_id, session.actor.id)]
    first, last = min(start for start, _ in one.spans), max(end for _, end in one.spans)
    found = plans(session, [person.id for person in people], first, last)
    return tuple(person for person in people if can_cover(found[person.id], what, one.spans))


def open_at(session: Session, at: datetime, *, team: str | None = None, person: str | None = None) -> ToSettle:
    """What is to be settled at a moment, aware UTC, of a team (name) or a person (login or name).

    Raises Refused, and NotFound where nothing is.
    """
    day = at.astimezone(desk_zone(session)).date()
    of = scheduled(session, day - _DAY, day + _DAY, team=team, person=person)
    wanted = find_person(person).id if person is not None else None
    for one in to_settle(of, apart=True):
        mine = one.person_id == wanted if person is not None else one.team_id is not None
        if mine and any(start <= at < end for start, end in one.spans):
            return one
    raise NotFound(f"There is nothing to settle for {team or person} at {moment_text(at, of.zone)}.")


def is_open(session: Session, one: ToSettle) -> bool:
    """Whether something still is to be settled, at any of its times."""
    return any(_is_alike(one, other) for other in to_settle(_around(session, one), apart=True))


def _around(session: Session, one: ToSettle) -> Scheduled:
    """The schedule of the days, and of the team or the person, that something to be settled is about."""
    zone = desk_zone(session)
    days: Sequence[date] = [day for start, end in one.spans for day in days_of(start, end, zone)]
    with session.desk.database.translated():
        whom = None if one.person_id is None else Person.get_by_id(one.person_id)
        team = None if one.team_id is None or whom is not None else Team.get_by_id(one.team_id).name
    person = whom.login if whom is not None and whom.active else None  # of who left nothing but their visits is shown
    return scheduled(session, min(days), max(days), team=team, person=person)


def _is_alike(one: ToSettle, other: ToSettle) -> bool:
    same = (one.what, one.person_id, one.team_id) == (other.what, other.person_id, other.team_id)
    return same and any(a < d and c < b for a, b in one.spans for c, d in other.spans)
