"""The sweep: what the desk does by itself as time passes. Safe to repeat, and in several processes at once."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from uuid import uuid4

from itdesk.desk import arming, attachments, leases
from itdesk.desk.approvals import remind_overdue
from itdesk.desk.change import Change
from itdesk.desk.errors import DeskError
from itdesk.desk.escalation import fire_next
from itdesk.desk.pushing import push_waiting
from itdesk.desk.queries.swept import SWEEP, last_swept
from itdesk.desk.recomputing import recompute
from itdesk.desk.session import SYSTEM, Session
from itdesk.desk.transaction import begin
from itdesk.desk.visits import begin_visit
from itdesk.domain.people import STAFF
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.schedule import VisitState
from itdesk.domain.ticket import SETTLED, Status
from itdesk.models.base import tuples
from itdesk.models.fields import to_microseconds
from itdesk.models.settings import Command, StoredRulebook

LEASE = timedelta(seconds=150)
"""For so long the lease is taken; it is renewed every minute."""

_TIDY = "tidy"
_TIDIED = timedelta(hours=1)
"""So often there is a look at what can be thrown away."""

_KEYS_KEPT = timedelta(days=30)
_BATCH = 200
_STEPS_KNOWN = "escalation_steps"
"""The name under which `meta` keeps by which steps the tickets' moments were found: see `_Known`."""

GoOn = Callable[[], bool]
"""Whether there is still time; asked between two tickets."""


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep did, as counts: of tickets whose clocks or moments were brought up to date, of steps that happened,
    of visits that began, of waiting tickets that found somebody, of tickets whose approvers were reminded, of what was
    thrown away. `complete`: nothing is left to do.
    """

    at: datetime
    clocks: int = 0
    armed: int = 0
    escalated: int = 0
    begun: int = 0
    given: int = 0
    reminded: int = 0
    keys: int = 0
    files: int = 0
    complete: bool = True

    def __str__(self) -> str:
        """`3 steps of escalation, 1 approval reminded of`; `nothing was due`."""
        words = {
            "clocks": ("clock", "brought up to date"),
            "armed": ("ticket", "looked at for steps to come"),
            "escalated": ("step", "of escalation"),
            "begun": ("visit", "begun"),
            "given": ("unassigned ticket", "given to somebody"),
            "reminded": ("approval", "reminded of"),
            "keys": ("old key", "thrown away"),
            "files": ("file", "without a ticket thrown away"),
        }
        counts = ((getattr(self, name), *told) for name, told in words.items())
        told = [f"{count} {what}{'' if count == 1 else 's'} {done}" for count, what, done in counts if count]
        return ", ".join(told) or "nothing was due"


def sweep(session: Session, *, go_on: GoOn = lambda: True) -> SweepReport:
    """Let everything happen that is due at the session's time: in its order, also after a long standstill.

    For staff. Ends early, between two tickets, where `go_on` says so; the next sweep goes on. Raises Refused and
    DatabaseProblem; what was done before stays done.
    """
    session.require(STAFF, "sweep the desk")
    session = replace(session, actor=SYSTEM, key=None, skip_refused=False)
    report = SweepReport(session.clock())

    def told(_done: int, _of: int) -> None:
        if not go_on():
            raise _Enough

    try:
        report = replace(report, clocks=recompute(session, told=told))
    except _Enough:
        return replace(report, complete=False)
    report = replace(report, armed=_arm(session, go_on))
    escalated, begun = _let_happen(session, go_on)
    report = replace(report, escalated=escalated, begun=begun, given=push_waiting(session, go_on))
    if not go_on():
        return replace(report, complete=False)
    report = replace(report, reminded=len(remind_overdue(session).tickets))
    if leases.hold(session, _TIDY, uuid4().hex, _TIDIED):
        old = session.clock() - _KEYS_KEPT
        keys = session.desk.database.write(lambda: Command.delete().where(Command.done_at < old).execute())
        report = replace(report, keys=keys, files=attachments.remove_orphans(session))
    session.desk.database.write(lambda: leases.note_done(session, SWEEP))
    return report


def sweep_in_turn(session: Session, holder: str, *, go_on: GoOn = lambda: True) -> datetime | None:
    """Sweep, unless another open session does so; when that was last done, by whomever: see `last_swept`."""
    if session.actor.role in STAFF and leases.hold(session, SWEEP, holder, LEASE):
        sweep(session, go_on=go_on)
    return last_swept(session)


class _Enough(Exception):
    """There is no more time."""


# -- moments


@dataclass(frozen=True, slots=True)
class _Known:
    """The steps by which the moments of open tickets were found.

    `steps` are their fingerprints by name; `terms` is the version of agreements and calendars. While `reached` is not
    None, a change of these is under way, and tickets up to this one are done; `before` are the steps before it.
    """

    steps: dict[str, str]
    before: dict[str, str]
    terms: int
    reached: int | None


def _arm(session: Session, go_on: GoOn) -> int:
    """Find the next moments of tickets that nobody has looked at, and of all when the steps have changed.

    What fell due before a ticket was there, or before a step was in force, is passed over: who switches escalation on,
    or imports old tickets, does not want to be told of all that was missed until then.
    """
    armed = 0
    known = _known(replace(session))
    while known is not None and known.reached is not None and go_on():
        reached = known.reached
        tickets = _open_after(session, reached)
        armed += len(tickets)
        session.desk.database.write(lambda tickets=tickets, reached=reached: _arm_these(session, tickets, reached))  # type: ignore[misc]
        known = _known(replace(session))
    while (tickets := _never_looked_at(session)) and known is not None and go_on():
        armed += len(tickets)
        session.desk.database.write(lambda tickets=tickets: _arm_these(session, tickets, None))  # type: ignore[misc]
    return armed


def _arm_these(session: Session, tickets: Collection[int], reached: int | None) -> None:
    present = begin(session)
    present.desk.database.advisory_lock("itdesk escalation moments")
    known = _known(present)
    if known is None or (reached is not None and known.reached != reached):
        return  # others were faster, or brought new steps
    here = _locked(present, tickets)
    now = to_microseconds(present.clock())
    since = 0 if known.reached is None else _in_force_since(present, known.steps)

    def unwatched_until(stored: int | None, step: str) -> int:
        if stored == arming.NEVER_LOOKED:
            return now
        return 0 if known.before.get(step) == known.steps.get(step) else since

    found = arming.pass_over(present, here, unwatched_until)
    arming.store(present, found)
    if reached is not None:
        _keep(present, replace(known, reached=max(tickets) if len(tickets) == _BATCH else None))


def _known(session: Session) -> _Known | None:
    """By which steps the moments are found now; None where there are none, and were none."""
    row = session.desk.database.row("SELECT value FROM meta WHERE name = ?", (_STEPS_KNOWN,))
    present = _fingerprints(session.rulebook)
    if row is None:
        return _Known(present, {}, session.terms_version, 0) if present else None
    known = _Known(**json.loads(row[0]))
    if (known.steps, known.terms) == (present, session.terms_version):
        return known
    # Of a change that came while another was under way, the steps before both are known.
    before = known.steps if known.reached is None else known.before
    return _Known(present, before, session.terms_version, 0)


def _fingerprints(rulebook: Rulebook) -> dict[str, str]:
    """What each step says, wherever it stands, by its name."""
    return {
        step.name: hashlib.sha256(json.dumps({**data, "place": ""}, sort_keys=True).encode()).hexdigest()[:16]
        for step, data in zip(rulebook.escalation, rulebook.escalation_data, strict=True)
    }


def _in_force_since(session: Session, steps: Mapping[str, str]) -> int:
    """Since when (UTC microseconds) these steps are in force, whatever else of the settings changed meanwhile."""
    since = session.clock()
    for version, loaded_at in tuples(
        StoredRulebook.select(StoredRulebook.version, StoredRulebook.loaded_at).order_by(StoredRulebook.version.desc())
    ):
        book = session.desk.rulebook_of(version)
        if book is None or _fingerprints(book) != steps:
            break
        since = loaded_at
    return to_microseconds(since)


def _keep(session: Session, known: _Known) -> None:
    value = json.dumps({one.name: getattr(known, one.name) for one in fields(known)}, sort_keys=True)
    session.desk.database.insert_rows("meta", [{"name": _STEPS_KNOWN, "value": value}], replacing="name")


def _open_after(session: Session, ticket_id: int) -> list[int]:
    sql = "SELECT id FROM ticket WHERE closed_at IS NULL AND id > ? ORDER BY id LIMIT ?"
    return _ids(session, sql, (ticket_id, _BATCH))


_GOES_ON = f"closed_at IS NULL AND status <> '{Status.RESOLVED}'"
"""Nothing happens to what is resolved, so that nothing of it is passed over before it comes back."""


def _never_looked_at(session: Session) -> list[int]:
    sql = f"SELECT id FROM ticket WHERE escalates_at = ? AND {_GOES_ON} ORDER BY id LIMIT ?"  # noqa: S608
    return _ids(session, sql, (arming.NEVER_LOOKED, _BATCH))


def _ids(session: Session, sql: str, parameters: tuple[object, ...]) -> list[int]:
    return [row[0] for row in session.desk.database.rows(sql, parameters)]


def _locked(session: Session, tickets: Collection[int]) -> list[int]:
    """These tickets, locked in the order of their ids, as far as they go on."""
    database = session.desk.database
    wanted, these = database.among_in_sql(sorted(tickets))
    sql = f"SELECT id FROM ticket WHERE id IN {wanted} AND {_GOES_ON} ORDER BY id"  # noqa: S608
    rows = database.execute(sql if database.sqlite else f"{sql} FOR UPDATE", these).fetchall()
    return [row[0] for row in rows]


# -- what is due


_Act = Callable[[Session, int], Change]
_Due = tuple[int, int]
"""When something happens (UTC microseconds), and the id of what it happens to."""


def _let_happen(session: Session, go_on: GoOn) -> tuple[int, int]:
    """Let steps of escalation happen and visits begin as they are due, the earliest first; how many of each.

    At the same moment visits come first, since clocks go on with them, then the oldest ticket.
    """
    kinds: tuple[tuple[_Act, Callable[[Session, int], list[_Due]]], ...] = (
        (begin_visit, _visits_due),
        (fire_next, _steps_due),
    )
    counts = [0, 0]
    refused: tuple[set[int], set[int]] = (set(), set())
    while go_on():
        due = [
            (moment, kind, one)
            for kind, (_, find) in enumerate(kinds)
            for moment, one in find(session, len(refused[kind]) + 1)
            if one not in refused[kind]
        ]
        if not due:
            break
        _, kind, one = min(due)
        try:
            happened = bool(kinds[kind][0](session, one).tickets)
        except DeskError:  # it is in nobody's way: the others go on, and the next sweep tries again
            happened = False
        counts[kind] += happened
        if not happened:
            refused[kind].add(one)
    begun, escalated = counts
    return escalated, begun


def _steps_due(session: Session, limit: int) -> list[_Due]:
    """The tickets whose steps are next of those that are due."""
    sql = (
        "SELECT escalates_at, id FROM ticket WHERE escalates_at <= ? AND escalates_at > ? AND closed_at IS NULL"
        " ORDER BY escalates_at, id LIMIT ?"
    )
    return _found(session, sql, (to_microseconds(session.clock()), arming.NEVER_LOOKED, limit))


def _visits_due(session: Session, limit: int) -> list[_Due]:
    """The planned visits whose time has come and which have not begun."""
    settled = ", ".join(f"'{status}'" for status in sorted(SETTLED))
    sql = (
        "SELECT starts_at, appointment.id FROM appointment JOIN ticket ON ticket.id = ticket_id"  # noqa: S608
        f" WHERE appointment.state = '{VisitState.PLANNED}' AND begun_at IS NULL AND removed_at IS NULL"
        f" AND starts_at <= ? AND ticket.status NOT IN ({settled}) ORDER BY starts_at, appointment.id LIMIT ?"
    )
    return _found(session, sql, (to_microseconds(session.clock()), limit))


def _found(session: Session, sql: str, parameters: tuple[object, ...]) -> list[_Due]:
    return [(row[0], row[1]) for row in session.desk.database.rows(sql, parameters)]
