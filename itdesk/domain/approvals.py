"""Approvals: who may decide, and what the votes amount to.

The approvers sit on seats: those of one seat (a role, a team's leads) stand for each other. Of `any` seat the first
vote decides; of `all` each seat must approve, and one rejection is enough. Substitutes (seat 0) vote once the deadline
has passed, for every seat that has not voted; before it on the seats that nobody is left on, and for these alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

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
    """Somebody on a seat. `active`: still at the desk, with what he was asked as, and not whose request it is.

    `lost` is the office that he was asked as and has no longer.
    """

    person: int
    seat: int
    active: bool = True
    vote: Outcome | None = None
    lost: Role | None = None


def office(name: str) -> Role | None:
    """What an approver's name says if it is no login: `team_lead`, `Team lead`, `supervisor` ..."""
    word = name.strip().lower().replace("-", "_").replace(" ", "_")
    return Role(word) if word in OFFICES else None


def login(name: str) -> str:
    """The login that an approver's name says if it is no office: `@anna` is anna."""
    return name.strip().removeprefix("@")


def seats_of_vote(voters: Sequence[Voter], person: int, *, overdue: bool) -> list[int]:
    """The seats that a vote of this person would stand on now: none if it is not his turn.

    His own that he has not voted on; as a substitute those that nobody is left on, and that of the substitutes, for
    all, once the deadline has passed.
    """
    own = {voter.seat for voter in voters if voter.person == person and voter.vote is None and voter.active}
    if SUBSTITUTE in own and not overdue:
        own = own - {SUBSTITUTE} | set(vacant_seats(voters))
    return sorted(own)


def may_vote(voters: Sequence[Voter], person: int, *, overdue: bool) -> bool:
    """Whether it is this person's turn: he is asked, has not voted, and is no substitute before his time."""
    return bool(seats_of_vote(voters, person, overdue=overdue))


def outcome(need: Need, voters: Sequence[Voter]) -> Outcome | None:
    """What the votes amount to; None while more are needed."""
    votes = {voter.vote for voter in voters}
    if Outcome.REJECTED in votes:
        return Outcome.REJECTED
    if need is Need.ANY:
        return Outcome.APPROVED if Outcome.APPROVED in votes else None
    stands = _voted(voters, SUBSTITUTE)
    return Outcome.APPROVED if stands or all(_voted(voters, seat) for seat in _seats(voters)) else None


def is_stuck(need: Need, voters: Sequence[Voter]) -> bool:
    """Whether those who are left cannot bring it to an end, the deadline passed or not."""
    may = [voter for voter in voters if voter.vote is None and voter.active]
    agreed = [replace(voter, vote=Outcome.APPROVED) if voter in may else voter for voter in voters]
    return not may or outcome(need, agreed) is None


def vacant_seats(voters: Sequence[Voter]) -> list[int]:
    """The seats that have not voted and have nobody left, in their order."""
    return sorted(seat for seat in _seats(voters) if _vacant(voters, seat))


def _seats(voters: Sequence[Voter]) -> set[int]:
    return {voter.seat for voter in voters if voter.seat != SUBSTITUTE}


def _voted(voters: Sequence[Voter], seat: int) -> bool:
    return any(voter.seat == seat and voter.vote is not None for voter in voters)


def _vacant(voters: Sequence[Voter], seat: int) -> bool:
    return not any(voter.seat == seat and (voter.active or voter.vote is not None) for voter in voters)
