"""Who is there at a moment: on shift, on call, or away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from itdesk.desk.queries.plans import plans
from itdesk.desk.session import Session
from itdesk.domain.schedule import Plan, Span, union
from itdesk.models.fields import to_microseconds

_AHEAD = timedelta(days=14)
JUST_NOW = timedelta(microseconds=1)
"""For who need not know how long it goes on, which takes longer to find out."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether a person is there.

    Whoever is away is neither on shift nor on call; `absent` is the reason, empty for somebody who is here. `until`
    (aware UTC) is when that ends: the absence; else the shift; else the duty on call; else the time off, with the next
    shift. None where no end is known, or none as far ahead as was looked.
    """

    person_id: int
    on_shift: bool
    on_call: bool
    absent: str
    until: datetime | None


def duties(
    session: Session, people: Sequence[int], at: datetime, *, team: int | None = None, ahead: timedelta = _AHEAD
) -> Mapping[int, Duty]:
    """The duty of each of these people (ids) at a moment, aware UTC. `ahead` is how far `until` is looked for.

    On call is who is so for `team` (an id), where one is given, else for any.

    Somebody for whom no shift was ever entered counts as on shift whenever he is not away: a small desk needs no rota.
    No role is checked: this is for the desk's own decisions.
    """
    end = at + ahead
    return {person: _duty(plan, team, at, end) for person, plan in plans(session, people, at, end).items()}


def absent(session: Session, people: Sequence[int], at: datetime) -> Mapping[int, str]:
    """Why those of these people (ids) who are away at a moment (aware UTC) are: as `Duty.absent`, and soon found.

    Inside of a transaction, or of `translated`.
    """
    database, moment = session.desk.database, to_microseconds(at)
    wanted, these = database.among_in_sql(list(people))
    rows = database.execute(
        f"SELECT person_id, reason FROM absence WHERE person_id IN {wanted} AND removed_at IS NULL"  # noqa: S608
        f" AND starts_at <= {database.param} AND (ends_at IS NULL OR ends_at > {database.param})"
        " ORDER BY starts_at DESC, id DESC",
        (*these, moment, moment),
    ).fetchall()
    return dict(rows)  # of several absences the first counts, which comes last here


def _duty(plan: Plan, team: int | None, at: datetime, end: datetime) -> Duty:
    away = next((one for one in plan.absences if one.start <= at and (one.end is None or at < one.end)), None)
    if away is not None:
        return Duty(plan.person_id, on_shift=False, on_call=False, absent=away.reason, until=away.end)
    present = plan.present(at, end)
    on_shift = _at(present, at)
    teams = {one.team_id for one in plan.on_call} if team is None else {team}
    callable_then = union(span for one in teams for span in plan.callable(one, at, end))
    on_call = _at(callable_then, at)
    if on_shift or on_call:
        ends = (on_shift or on_call or (at, end))[1]
        return Duty(plan.person_id, on_shift is not None, on_call is not None, "", ends if ends < end else None)
    begins = next((start for start, _ in present if start > at), None)
    return Duty(plan.person_id, on_shift=False, on_call=False, absent="", until=begins)


def _at(spans: Sequence[Span], at: datetime) -> Span | None:
    return next((span for span in spans if span[0] <= at < span[1]), None)
