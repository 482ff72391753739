"""Leases: work for the desk that one process at a time does, and that another takes over when the holder is gone."""

from datetime import timedelta

from itdesk.desk.session import Session
from itdesk.models.escalation import Lease
from itdesk.models.fields import to_microseconds

SKEW = timedelta(seconds=30)
"""So far the clocks of two machines may differ."""


def hold(session: Session, name: str, holder: str, term: timedelta) -> bool:
    """Take or renew a lease for so long from now on; whether this holder has it.

    Somebody else's has lapsed SKEW after its end. One that ends later than it could be given is of a clock that was
    ahead, and has lapsed as well. A lease only spares work: what is done under it must be safe for two at once.
    """
    now = session.clock()

    def take() -> bool:
        found = Lease.get_or_none(Lease.name == name)
        held = found is not None and now - SKEW <= found.held_until <= now + term + SKEW
        if found is not None and held and found.holder != holder:
            return False
        _put(session, {"name": name, "holder": holder, "held_until": to_microseconds(now + term)})
        return True

    return session.desk.database.write(take, lock=f"itdesk lease {name}")


def note_done(session: Session, name: str) -> None:
    """Note that the work was done now, by whomever."""
    now = to_microseconds(session.clock())
    _put(session, {"name": name, "holder": "", "held_until": 0, "done_at": now}, ("done_at",))


def _put(session: Session, values: dict[str, object], replaced: tuple[str, ...] = ("holder", "held_until")) -> None:
    database = session.desk.database
    columns, marks = ", ".join(values), ", ".join([database.param] * len(values))
    new = ", ".join(f"{column} = excluded.{column}" for column in replaced)
    sql = f"INSERT INTO lease ({columns}) VALUES ({marks}) ON CONFLICT (name) DO UPDATE SET {new}"  # noqa: S608
    database.execute(sql, tuple(values.values()))
