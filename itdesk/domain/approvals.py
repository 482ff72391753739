"""Approvals: who may decide, and what the votes amount to.

The approvers sit on seats: those of one seat (a role, a team's leads) stand for each other. Of `any` seat the first
vote decides; of `all` each seat must approve, and one rejection is enough. Substitutes (seat 0) vote once the deadline
has passed, for every seat that has not voted; before it only for seats whose people have all left.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from itdesk.domain.people import Role

SUBSTITUTE = 0
"""The seat of the substitutes."""

OFFICES = frozenset({Role.TEAM_LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.TECHNICIAN, Role.AUDITOR})
"""Whom approvers may be by what they are; a team lead is one of the ticket's own team."""


class Need(StrEnum):
    """How many seats must approve."""

    ALL = "all"
    ANY = "any"

    @property
    def in_words(self) -> str:
        """As people read it."""
        return "all must approve" if self is Need.ALL else "one is enough"


class Outcome(StrEnum):
    """What came of an approval; a vote is one of the first two.

    `WITHDRAWN`: somebody decided that it is not needed; `ENDED`: nobody decided, only its ticket ended.
    """

    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"

    @property
    def in_words(self) -> str:
        """As people read it."""
        return "ended with the ticket" if self is Outcome.ENDED else self.value


@dataclass(frozen=True, slots=True)
class Voter:
    """Somebody on a seat. `active`: still at the desk, and not whose request it is."""

    person: int
    seat: int
    active: bool = True
    vote: Outcome | None = None

    @classmethod
    def of(cls, own: Collection[int], person: int, seat: int, active: object, vote: str | None) -> Self:
        """As stored; `own` are the people (ids) whose request it is."""
        return cls(person, seat, bool(active) and person not in own, Outcome(vote) if vote else None)


def office(name: str) -> Role | None:
    """What an approver's name says if it is no login: `team_lead`, `Team lead`, `supervisor` ..."""
    word = name.strip().lower().replace("-", "_").replace(" ", "_")
    return Role(word) if word in OFFICES else None


def login(name: str) -> str:
    """The login that an approver's name says if it is no office: `@anna` is anna."""
    return name.strip().removeprefix("@")


def may_vote(voters: Sequence[Voter], person: int, *, overdue: bool) -> bool:
    """Whether it is this person's turn: he is asked, has not voted, and is no substitute before his time."""
    own = [voter for voter in voters if voter.person == person and voter.vote is None and voter.active]
    return any(voter.seat != SUBSTITUTE or substitutes_may(voters, overdue=overdue) for voter in own)


def substitutes_may(voters: Sequence[Voter], *, overdue: bool) -> bool:
    """Whether the substitutes may vote: the deadline has passed, or a seat that has not voted has nobody left."""
    return overdue or bool(vacant_seats(voters))


def outcome(need: Need, voters: Sequence[Voter], *, overdue: bool) -> Outcome | None:
    """What the votes amount to; None while more are needed."""
    votes = {voter.vote for voter in voters}
    if Outcome.REJECTED in votes:
        return Outcome.REJECTED
    if need is Need.ANY:
        return Outcome.APPROVED if Outcome.APPROVED in votes else None
    stands = any(voter.seat == SUBSTITUTE and voter.vote is Outcome.APPROVED for voter in voters)
    approved = all(_voted(voters, seat) or (stands and (overdue or _vacant(voters, seat))) for seat in _seats(voters))
    return Outcome.APPROVED if approved else None


def is_stuck(need: Need, voters: Sequence[Voter]) -> bool:
    """Whether those who are still at the desk cannot bring it to an end, the deadline passed or not."""
    may = [voter for voter in voters if voter.vote is None and may_vote(voters, voter.person, overdue=True)]
    agreed = [replace(voter, vote=Outcome.APPROVED) if voter in may else voter for voter in voters]
    return not may or outcome(need, agreed, overdue=True) is None


def vacant_seats(voters: Sequence[Voter]) -> list[int]:
    """The seats that have not voted and have nobody left, in their order."""
    return sorted(seat for seat in _seats(voters) if _vacant(voters, seat))


def _seats(voters: Sequence[Voter]) -> set[int]:
    return {voter.seat for voter in voters if voter.seat != SUBSTITUTE}


def _voted(voters: Sequence[Voter], seat: int) -> bool:
    return any(voter.seat == seat and voter.vote is not None for voter in voters)


def _vacant(voters: Sequence[Voter], seat: int) -> bool:
    return not any(voter.seat == seat and (voter.active or voter.vote is not None) for voter in voters)
