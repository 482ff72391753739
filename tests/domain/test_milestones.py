"""What a ticket's journal says of its status, its reopenings and its escalations."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from itdesk.domain.milestones import Milestones, milestones, waits

BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)

Told = tuple[str, dict[str, Any]]


def status(verb: str, old: str, new: str) -> Told:
    return verb, {"changes": {"status": [old, new]}}


def at(hours: int) -> datetime:
    return BEGUN + timedelta(hours=hours)


def found(*told: Told, undone: tuple[int, ...] = ()) -> Milestones:
    """An entry an hour after the opening, which is entry 0."""
    entries = [(seq, verb, facts, at(seq)) for seq, (verb, facts) in enumerate([("submitted", {}), *told])]
    return milestones(entries, undone)


TAKEN = status("taken", "new", "in_progress")
RESOLVED = status("resolved", "in_progress", "resolved")
CLOSED = status("closed", "resolved", "closed")
REOPENED = status("reopened", "closed", "in_progress")
NOTED: Told = ("noted", {"message": 1})


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((), Milestones(BEGUN)),
        ((NOTED,), Milestones(BEGUN)),
        ((TAKEN, NOTED), Milestones(at(1))),
        ((TAKEN, RESOLVED, CLOSED), Milestones(at(3))),
        ((TAKEN, RESOLVED, CLOSED, REOPENED), Milestones(at(4), at(4), 1)),
        ((RESOLVED, REOPENED, RESOLVED, REOPENED), Milestones(at(4), at(4), 2)),
        ((("status_changed", {"changes": {"waiting_reason": ["vendor", "requester"]}}),), Milestones(at(1))),
        ((("escalated", {"changes": {"level": [1, 2]}}),), Milestones(BEGUN, escalated_at=at(1))),
        ((("escalated", {"changes": {"level": [2, 1]}}),), Milestones(BEGUN)),
        ((("escalated", {"changes": {"team": [1, 2]}}),), Milestones(BEGUN)),
        ((("routed", {"changes": {"level": [1, 2]}}),), Milestones(BEGUN)),
    ],
)
def test_the_journal_tells(told: tuple[Told, ...], expected: Milestones) -> None:
    assert found(*told) == expected


def test_what_was_undone_counts_for_nothing() -> None:
    undone: Told = ("undone", {"reverts": 3, "verb": "reopened", "changes": {"status": ["in_progress", "resolved"]}})
    assert found(TAKEN, RESOLVED, REOPENED, undone, undone=(3,)) == Milestones(at(2))


def test_an_opening_that_was_undone_is_a_cancellation() -> None:
    undone: Told = ("undone", {"reverts": 0, "verb": "submitted", "changes": {"status": ["new", "cancelled"]}})
    assert found(undone, undone=(0,)) == Milestones(at(1))


def test_what_it_has_waited_for_since_it_began_to_wait() -> None:
    def waiting(old: str | None, new: str | None) -> Mapping[str, Any]:
        return {"changes": {"waiting_reason": [old, new]} | ({} if old and new else {"status": [*_STATES[bool(new)]]})}

    begun, changed, over = waiting(None, "vendor"), waiting("vendor", "change"), waiting("change", None)
    again = waiting(None, "requester")
    entries = list(enumerate((begun, {}, changed, over, again), start=1))
    told = [(seq, facts, seq * 10) for seq, facts in entries]
    assert waits(told[:3], ()) == ((10, "vendor"), (30, "change"))
    assert waits(told[:4], ()) == ()
    assert waits(told, ()) == ((50, "requester"),)
    back = (
        6,
        {"reverts": 4, "changes": {"status": ["in_progress", "waiting"], "waiting_reason": [None, "change"]}},
        60,
    )
    assert waits([*told[:4], back], (4,)) == ((10, "vendor"), (30, "change"))
    assert waits([*told[:4], back], (3, 4)) == ((10, "vendor"),)


_STATES = {True: ("in_progress", "waiting"), False: ("waiting", "in_progress")}
