"""The order of the queue, in which nobody is left behind."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAJOR_HEAD_START = timedelta(days=100_000)

NEVER = 2**62
"""The key of tickets that are not due, in the order of what is due first: microseconds later than any moment."""


class Order(StrEnum):
    """How a list of tickets is sorted.

    `due`: by the next due moment of a clock that runs, those without one last; `best`: by where the words of a search
    stand in them, without words as newest.
    """

    FAIR = "fair"
    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"
    BEST = "best"

    @property
    def title(self) -> str:  # type: ignore[override]  # nobody wants str.title() of it
        """The order as people read it."""
        return _TITLES[self]

    @property
    def descending(self) -> bool:
        """Whether greater keys come first."""
        return self in (Order.NEWEST, Order.BEST)


_TITLES = {
    Order.FAIR: "fair order",
    Order.DUE: "due first",
    Order.NEWEST: "newest first",
    Order.OLDEST: "oldest first",
    Order.BEST: "best first",
}


def order_key(opened_at: datetime, priority: int, major: bool, head_starts: Mapping[int, timedelta]) -> int:
    """The key of the fair order, in microseconds: when the ticket was opened, less its priority's head start.

    Lower comes first; equal keys are ordered by ticket id. The key does not depend on the present, so the order of two
    tickets never changes as time passes. A ticket is overtaken only by majors and by tickets opened less than (largest
    head start - its own) after it. Majors stand before everything else, among themselves in the same order.
    """
    lead = head_starts[priority] + (_MAJOR_HEAD_START if major else timedelta())
    return (opened_at - _EPOCH - lead) // _MICROSECOND
