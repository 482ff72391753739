"""Service agreements as data: which tickets they are for, what they promise, and how their clocks run."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from itdesk.domain.conditions import Condition, from_data, to_data
from itdesk.domain.ticket import LEVELS, WaitingReason


class ClockName(StrEnum):
    """A clock of a ticket: what the requester is promised, and for each support level what it promises the desk."""

    FIRST_RESPONSE = "first_response"
    UPDATE = "update"
    RESOLUTION = "resolution"
    OLA_L1 = "ola_l1"
    OLA_L2 = "ola_l2"
    OLA_L3 = "ola_l3"

    @property
    def title(self) -> str:  # type: ignore[override]  # nobody wants str.title() of it
        """The clock as people read it: `first response`, `OLA L1`."""
        return self.value.replace("ola_l", "OLA L").replace("_", " ")


OLA: Mapping[int, ClockName] = {level: ClockName(f"ola_l{level}") for level in LEVELS}
"""The clock of each support level."""


PAUSED_UNLESS_NAMED = frozenset(ClockName) - {ClockName.UPDATE}
"""The clocks that a pause stops where its agreement names none: whoever waits is told so all the same."""


class OnReopen(StrEnum):
    """What a clock does when its ticket is reopened: go on, or begin a new cycle."""

    RESUME = "resume"
    NEW_CYCLE = "new_cycle"


class OnPriorityChange(StrEnum):
    """What a clock does when another agreement comes to hold: keep the time used, or begin a new cycle."""

    CARRY = "carry"
    RESTART = "restart"


class OnCalendarChange(StrEnum):
    """Whom changed agreements and calendars are for: open tickets as well, from their opening on, or new ones only."""

    RECOMPUTE_OPEN = "recompute_open"
    NEW_ONLY = "new_only"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What tickets are promised for which `when` holds. `place` is `file:line`.

    `targets` are in minutes of the calendar's business time; a clock without one has no due moment. While a ticket
    waits for one of `pause_reasons`, the clocks in `pause_clocks` stand still.
    """

    name: str
    place: str
    when: Condition
    calendar: str
    targets: Mapping[ClockName, int]
    pause_reasons: frozenset[WaitingReason] = frozenset()
    pause_clocks: frozenset[ClockName] = PAUSED_UNLESS_NAMED
    on_reopen: OnReopen = OnReopen.RESUME
    on_priority_change: OnPriorityChange = OnPriorityChange.CARRY
    on_calendar_change: OnCalendarChange = OnCalendarChange.RECOMPUTE_OPEN

    def to_data(self) -> dict[str, Any]:
        """The agreement as plain data for JSON, the same for the same content; `from_data` reads it back."""
        return {
            "name": self.name,
            "place": self.place,
            "when": to_data(self.when),
            "calendar": self.calendar,
            "targets": dict(self.targets),
            "pause_reasons": sorted(self.pause_reasons),
            "pause_clocks": sorted(self.pause_clocks),
            "on_reopen": self.on_reopen,
            "on_priority_change": self.on_priority_change,
            "on_calendar_change": self.on_calendar_change,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Agreement":
        """The agreement that `to_data` wrote."""
        return cls(
            name=data["name"],
            place=data["place"],
            when=from_data(data["when"]),
            calendar=data["calendar"],
            targets={ClockName(name): minutes for name, minutes in data["targets"].items()},
            pause_reasons=frozenset(map(WaitingReason, data["pause_reasons"])),
            pause_clocks=frozenset(map(ClockName, data["pause_clocks"])),
            on_reopen=OnReopen(data["on_reopen"]),
            on_priority_change=OnPriorityChange(data["on_priority_change"]),
            on_calendar_change=OnCalendarChange(data["on_calendar_change"]),
        )
