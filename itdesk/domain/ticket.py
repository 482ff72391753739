"""A ticket's words: kinds, statuses, the transitions between them, and its number."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, TypeVar

from itdesk.domain.text import fold, storable


class Kind(StrEnum):
    """What a ticket is (ITIL): something is broken, somebody wants something, or the cause of incidents."""

    INCIDENT = "incident"
    REQUEST = "request"
    PROBLEM = "problem"


class Status(StrEnum):
    """Where a ticket stands. `resolved` waits for the requester's confirmation."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    TESTING = "testing"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def title(self) -> str:  # type: ignore[override]  # nobody wants str.title() of it
        """The status as people read it: `in progress`."""
        return self.value.replace("_", " ")


class WaitingReason(StrEnum):
    """Why a ticket waits."""

    REQUESTER = "requester"
    VENDOR = "vendor"
    CHANGE = "change"
    PROBLEM = "problem"
    APPROVAL = "approval"
    APPOINTMENT = "appointment"


class Channel(StrEnum):
    """How a ticket reached the desk."""

    TERMINAL = "terminal"
    CLI = "cli"
    PHONE = "phone"
    MAIL = "mail"
    PORTAL = "portal"
    CHAT = "chat"
    MONITORING = "monitoring"
    WALK_IN = "walk_in"
    IMPORT = "import"


class MessageKind(StrEnum):
    """What a message on a ticket is, and so who sees it."""

    REPLY = "reply"
    NOTE = "note"
    REQUESTER = "requester"

    @property
    def staff_only(self) -> bool:
        """Whether the requester never sees it."""
        return self is MessageKind.NOTE


class LinkType(StrEnum):
    """How one ticket stands to another, read from the first to the second."""

    RELATED = "related"
    DUPLICATE_OF = "duplicate_of"
    CHILD_OF = "child_of"
    CAUSED_BY = "caused_by"
    MERGED_INTO = "merged_into"

    @property
    def title(self) -> str:  # type: ignore[override]  # nobody wants str.title() of it
        """The link as people read it: `duplicate of`."""
        return "related to" if self is LinkType.RELATED else self.value.replace("_", " ")

    @property
    def predicate(self) -> str:
        """The link behind `is`: `a duplicate of`."""
        return f"a {self.title}" if self in (LinkType.DUPLICATE_OF, LinkType.CHILD_OF) else self.title

    @property
    def inverse_title(self) -> str:
        """The link read from the second ticket to the first."""
        return _INVERSE[self]


_INVERSE = {
    LinkType.RELATED: "related to",
    LinkType.DUPLICATE_OF: "original of",
    LinkType.CHILD_OF: "parent of",
    LinkType.CAUSED_BY: "cause of",
    LinkType.MERGED_INTO: "holds what was",
}

MADE_BY_HAND = (LinkType.RELATED, LinkType.DUPLICATE_OF, LinkType.CHILD_OF, LinkType.CAUSED_BY)
"""The links that people make and remove; `merged_into` comes and goes with a merge."""


class Mergeable(Protocol):
    """What a merge must know of a ticket to tell which one stays."""

    @property
    def id(self) -> int:
        """The number without its prefix: the older, the lower."""

    @property
    def major(self) -> bool:
        """Whether it is a major incident."""


M = TypeVar("M", bound=Mergeable)


def stays_in_merge(tickets: Iterable[M]) -> M:
    """Which of several tickets stays when they are merged and nobody says which: a major incident, else the oldest."""
    return min(tickets, key=lambda ticket: (not ticket.major, ticket.id))


class ClosureCode(StrEnum):
    """How a ticket came to its end. One that ended before this was kept has none."""

    SOLVED = "solved"
    WORKAROUND = "workaround"
    DUPLICATE = "duplicate"
    MERGED = "merged"
    CANCELLED = "cancelled"


ENDED = frozenset({Status.CLOSED, Status.CANCELLED})
"""Statuses in which nothing more is expected of anybody."""

SETTLED = ENDED | {Status.RESOLVED}
"""Statuses in which the desk's own work is done."""

IN_HAND = frozenset({Status.ASSIGNED, Status.IN_PROGRESS, Status.TESTING})
"""Statuses in which somebody has the ticket; without him it is new again."""

_WORKING = frozenset({Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING, Status.TESTING})
_OUT = frozenset({Status.RESOLVED, Status.CANCELLED})

TRANSITIONS: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.NEW: _WORKING | _OUT,
        Status.ASSIGNED: _WORKING - {Status.ASSIGNED} | _OUT | {Status.NEW},
        Status.IN_PROGRESS: _WORKING - {Status.IN_PROGRESS} | _OUT | {Status.NEW},
        Status.WAITING: _WORKING - {Status.WAITING} | _OUT | {Status.NEW},
        Status.TESTING: _WORKING - {Status.TESTING} | _OUT | {Status.NEW},
        Status.RESOLVED: frozenset({Status.CLOSED, Status.IN_PROGRESS, Status.NEW}),
        Status.CLOSED: frozenset({Status.IN_PROGRESS, Status.NEW}),
        Status.CANCELLED: frozenset({Status.NEW}),
    }
)
"""The statuses that may follow each status. Back from resolved, closed and cancelled is a reopening."""


def usually_next(status: Status) -> Status:
    """The status that usually follows: of those that may, the next in their order; back to work after a wait."""
    if status is Status.WAITING:
        return Status.IN_PROGRESS
    order = list(Status)
    possible = [one for one in order if one in TRANSITIONS[status]]
    return next((one for one in possible if order.index(one) > order.index(status)), possible[0])


def transition_refusal(number: str, old: Status, new: Status) -> str | None:
    """Why a ticket may not go from `old` to `new`, as a sentence that names what is possible; None if it may."""
    if new in TRANSITIONS[old]:
        return None
    possible = ", ".join(status.title for status in Status if status in TRANSITIONS[old])
    if new is old:
        return f"{number} is {old.title} already; possible from here: {possible}."
    return f"{number} is {old.title} and cannot become {new.title}; possible from here: {possible}."


def normal_tag(tag: str) -> str:
    """A tag as it is stored and looked for: folded, spaces to hyphens, without a leading #."""
    return "-".join(fold(storable(tag)).strip().lstrip("#").split())


PRIORITIES = (1, 2, 3, 4, 5)
LEVELS = (1, 2, 3)

_PREFIX = {Kind.INCIDENT: "INC", Kind.REQUEST: "REQ", Kind.PROBLEM: "PRB"}
_NUMBER = re.compile(r"(?:[A-Za-z]{1,4}-?)?0*([1-9]\d{0,17})")


def format_number(kind: Kind, ticket_id: int) -> str:
    """`INC-1042`. The prefix is display; the number alone is unique."""
    return f"{_PREFIX[kind]}-{ticket_id}"


def parse_number(text: str) -> int | None:
    """The ticket id in `INC-1042`, `req1042` or `1042`; None if the text is no number."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None
