"""The moments of a ticket's life that figures and searches ask for, out of its journal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from itdesk.domain.ticket import SETTLED, Status


@dataclass(frozen=True, slots=True)
class Milestones:
    """Aware UTC moments.

    `status_since`: since when it has its status and waiting reason; `reopened_at`: when it last came back from
    resolved, closed or cancelled; `escalated_at`: when it was last escalated to a higher level.
    """

    status_since: datetime
    reopened_at: datetime | None = None
    reopen_count: int = 0
    escalated_at: datetime | None = None

    def after(self, verb: str, changes: Mapping[str, Any], at: datetime) -> "Milestones":
        """These after an entry of that verb, with its changes of columns as (old, new)."""
        now = self
        if changes.keys() & {"status", "waiting_reason"}:
            now = replace(now, status_since=at)
        old, new = changes.get("status", (None, None))
        if old in SETTLED and new not in SETTLED:
            now = replace(now, reopened_at=at, reopen_count=now.reopen_count + 1)
        if verb == "escalated" and "level" in changes and changes["level"][1] > changes["level"][0]:
            now = replace(now, escalated_at=at)
        return now


def milestones(entries: Iterable[tuple[int, str, Mapping[str, Any], datetime]], undone: Iterable[int]) -> Milestones:
    """Out of a ticket's journal `(seq, verb, facts, occurred_at)` from its opening on.

    What was undone (`undone` are its entries) counts for nothing, nor does its undoing; that of an opening cancels the
    ticket.
    """
    left_out = frozenset(undone)
    found: Milestones | None = None
    for seq, verb, facts, at in entries:
        if found is None:
            found = Milestones(at)
        elif verb == "undone":
            found = replace(found, status_since=at) if facts["verb"] == "submitted" else found
        elif seq not in left_out:
            found = found.after(verb, facts.get("changes", {}), at)
    if found is None:
        raise ValueError("a ticket's journal begins with its opening")
    return found


def waits(entries: Iterable[tuple[int, Mapping[str, Any], int]], undone: Iterable[int]) -> tuple[tuple[int, str], ...]:
    """What a ticket has waited for since it began to wait: since when and for which reason, the oldest first.

    Out of its journal `(seq, facts, occurred_at)`; moments in UTC microseconds. Empty where it does not wait. What was
    undone (`undone` are its entries) counts for nothing.
    """
    left_out = frozenset(undone)
    found: list[tuple[int, str]] = []
    for seq, facts, at in entries:
        changes = facts.get("changes", {}) if seq not in left_out and "reverts" not in facts else {}
        if "status" in changes and changes["status"][1] != Status.WAITING:
            found = []
        elif "waiting_reason" in changes and changes["waiting_reason"][1]:
            found.append((at, changes["waiting_reason"][1]))
    return tuple(found)
