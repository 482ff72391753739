"""Assignment: who of a team should take a ticket, and why each of the others should not.

Whoever is qualified (a skill for the category or a branch above it, at the level that it needs, a high enough support
level, and a language in common with the requester), on shift now (on call is enough for P1 and P2), not absent and
below capacity, may get it. Among them whoever is on shift comes before who is only on call, which is for when nobody
is there; then the lowest weighted load, then who got nothing for the longest time, then the lower id: the same question
always has the same answer.

A language in common is asked for only as long as somebody who has one, and is qualified otherwise, is not absent; for
P1 and P2, could get it now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from itdesk.domain.decisions import Considered
from itdesk.domain.rulebook import is_under
from itdesk.domain.ticket import Status

URGENT = 2
"""P1 and P2 also go to people who are on call, and wait for nobody who speaks the requester's language."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Skill:
    """What somebody knows: a category or a branch of the tree, and how well, from 1 to 5."""

    category: str
    level: int


class Mode(StrEnum):
    """How the tickets of a team find their person."""

    PUSH = "push"
    PULL = "pull"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class TeamSharing:
    """How a team shares its work.

    `capacity` None: the desk's; `minimum` of its people should be on shift; `place` is `file:line`.
    """

    mode: Mode = Mode.PULL
    capacity: int | None = None
    minimum: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Sharing:
    """What `routing.yaml` says of sharing work evenly.

    `weights` of an open ticket by its priority, P1 first; `waiting` of one that waits, whatever its priority.
    `capacity` is the weighted load from which on somebody gets nothing more, where neither the person nor the team has
    their own. `skills` are the least levels of skill by category, for all below it too where nothing else is said.
    """

    weights: tuple[int, int, int, int, int] = (5, 3, 2, 1, 1)
    waiting: int = 1
    capacity: int = 20
    teams: Mapping[str, TeamSharing] = field(default_factory=dict)
    skills: Mapping[str, int] = field(default_factory=dict)

    def team(self, name: str) -> TeamSharing:
        """How the team of that name shares its work."""
        return self.teams.get(name, _USUAL)

    def weight(self, priority: int, status: str) -> int:
        """What a ticket weighs in the load of the person who has it; 0 from its resolution on."""
        if status in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED):
            return 0
        return self.waiting if status == Status.WAITING else self.weights[priority - 1]

    def capacity_of(self, team: str, own: int | None) -> int:
        """The capacity of somebody in a team; `own` is the person's, None for none of their own."""
        if own is not None:
            return own
        of_team = self.team(team).capacity
        return self.capacity if of_team is None else of_team

    def to_data(self) -> dict[str, Any]:
        """Everything as plain data, for storing as JSON."""
        return {
            "weights": list(self.weights),
            "waiting": self.waiting,
            "capacity": self.capacity,
            "teams": [[name, team.mode, team.capacity, team.minimum, team.place] for name, team in self.teams.items()],
            "skills": dict(self.skills),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """What `to_data` wrote; the defaults for nothing, which older rulebooks have."""
        if not data:
            return cls()
        p1, p2, p3, p4, p5 = data["weights"]
        teams = {name: TeamSharing(Mode(mode), *rest) for name, mode, *rest in data["teams"]}
        return cls((p1, p2, p3, p4, p5), data["waiting"], data["capacity"], teams, data.get("skills", {}))


_USUAL = TeamSharing()


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done: a ticket's category, priority (1 to 5), support level (1 to 3) and least skill (1 to 5).

    `languages` are those of the requester, as codes; none where none are known, or where they do not count.
    """

    category: str
    priority: int
    level: int
    skill: int = 1
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the team.

    `level` None: no support level is known, which fits all. No `skills` fit all categories, no `languages` all
    requesters. `load` is the weighted load now. `absent` says why somebody is away, empty for nobody absent. `last` is
    when a ticket last became theirs.
    """

    id: int
    login: str
    load: int
    capacity: int
    level: int | None = None
    skills: tuple[Skill, ...] = ()
    languages: tuple[str, ...] = ()
    on_shift: bool = True
    on_call: bool = False
    absent: str = ""
    last: datetime | None = None

    def why_not(self, work: Work) -> str:
        """Why the work is not for this person now, in a few words; empty if it may be."""
        return self._why_never(work) or self._why_not_now(work)

    def _why_never(self, work: Work) -> str:
        """What no shift and no load would change, but the end of an absence."""
        if self.absent:
            return f"absent: {self.absent}"
        own = skill_for(self.skills, work.category)
        if own == 0:
            return f"no skill for {work.category}"
        if own is not None and own < work.skill:
            return f"skill {own}, and {work.category} needs {work.skill}"
        if not is_of_level(self.level, work.level):
            return f"L{self.level}, and it needs L{work.level}"
        if not speaks(self.languages, work.languages):
            return f"no common language: {' '.join(self.languages)}, not {' or '.join(work.languages)}"
        return ""

    def _why_not_now(self, work: Work) -> str:
        if not self.on_shift and not self.on_call:
            return "off shift"
        if not self.on_shift and work.priority > URGENT:
            return f"on call, for P1 and P2 only, and this is P{work.priority}"
        if self.load >= self.capacity:
            return "at capacity"
        return ""

    @property
    def can_be_called(self) -> bool:
        """Whether what cannot wait may be theirs now."""
        return not self.absent and (self.on_shift or self.on_call) and self.load < self.capacity

    def keeps_language(self, work: Work) -> bool:
        """Whether the work waits for somebody who speaks the requester's languages because this one does."""
        return not self._why_never(work) and (work.priority > URGENT or self.can_be_called)

    @property
    def is_called(self) -> bool:
        """Whether what he gets calls him in: he is on call, and not on shift."""
        return self.on_call and not self.on_shift

    def place(self) -> tuple[bool, int, datetime, int]:
        """What people are ordered by: the lowest comes first."""
        return self.is_called, self.load, self.last or _NEVER, self.id


def skill_for(skills: Iterable[Skill], category: str) -> int | None:
    """The level of these skills in a category, 0 for none; None for no skills at all, which are enough for anything.

    A skill is one for all categories below it; of several the highest counts.
    """
    skills = tuple(skills)
    return max((skill.level for skill in skills if is_under(category, skill.category)), default=0) if skills else None


def speaks(own: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether there is a language in common; who has none stated is fit for everybody, as everybody is for them.

    `pt` and `pt-br` are one language here: people understand each other.
    """
    mine, theirs = ({language_of(code) for code in codes} for codes in (own, wanted))
    return not mine or not theirs or not mine.isdisjoint(theirs)


def language_of(code: str) -> str:
    """The language of a code, without the country: `pt` of `pt-br`."""
    return code.partition("-")[0]


def skill_needed(needed: Mapping[str, int], category: str) -> int:
    """The least level of skill, 1 to 5, that a category needs; of the branches in `needed` the lowest counts."""
    branch = max((branch for branch in needed if is_under(category, branch)), key=len, default=None)
    return 1 if branch is None else needed[branch]


def is_of_level(own: int | None, needed: int) -> bool:
    """Whether somebody of this support level may do work of that one."""
    return own is None or own >= needed


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate, and why not; empty for one who fits."""

    candidate: Candidate
    why_not: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every candidate: those who fit, the best first, then the others.

    `unmet`: the requester's languages, where they do not count since nobody speaks them who could take the work.
    """

    work: Work
    ranked: tuple[Ranked, ...]
    unmet: tuple[str, ...] = ()

    @property
    def fitting(self) -> tuple[Candidate, ...]:
        """Those who fit, the best first."""
        return tuple(one.candidate for one in self.ranked if not one.why_not)

    @property
    def winner(self) -> Candidate | None:
        """Who should take it; None if nobody fits."""
        return self.ranked[0].candidate if self.ranked and not self.ranked[0].why_not else None

    @property
    def on_shift(self) -> int:
        """How many are on shift and not absent."""
        return sum(one.candidate.on_shift and not one.candidate.absent for one in self.ranked)

    @property
    def left_aside(self) -> str:
        """That languages do not count here, and why; empty where that says nothing."""
        return f"nobody who could take it speaks {' or '.join(self.unmet)}" if self.unmet and self.fitting else ""

    def reason(self) -> str:
        """Why the winner is it, or why nobody is, without any names: `lowest load, 3 of 5 fit`."""
        count, fitting = len(self.ranked), self.fitting
        if not count:
            return "the team has nobody"
        if not fitting:
            whys: dict[str, int] = {}
            for one in self.ranked:
                why = one.why_not.partition(":")[0].partition(",")[0]
                whys[why] = whys.get(why, 0) + 1
            return f"nobody of {count} fits: {', '.join(f'{number} {why}' for why, number in whys.items())}"
        spoken = f"; {self.left_aside}" if self.left_aside else ""
        called = ", on call" if fitting[0].is_called else ""
        if len(fitting) == 1:
            return (f"the only one of {count} who fits" if count > 1 else "the only one there is") + called + spoken
        first, second = fitting[0], fitting[1]
        if second.is_called and not first.is_called:
            why = "on shift, others only on call"
        else:
            why = "lowest load" if first.load < second.load else "load as low as any, longest without a new one"
        return f"{why}{called}, {len(fitting)} of {count} fit{spoken}"

    def considered(self) -> tuple[Considered, ...]:
        """Every candidate as the decision keeps them."""
        return tuple(
            Considered(
                one.candidate.login,
                one.candidate.load,
                one.candidate.capacity,
                one.why_not,
                one.candidate.is_called and not one.why_not,
            )
            for one in self.ranked
        )


def rank(candidates: Iterable[Candidate], work: Work) -> Ranking:
    """Everybody in the order in which they should take the work; who does not fit comes last, with the reason."""
    candidates = tuple(candidates)
    unmet = () if any(one.keeps_language(work) for one in candidates) else work.languages
    asked = replace(work, languages=()) if unmet else work
    ranked = [Ranked(candidate, candidate.why_not(asked)) for candidate in candidates]
    return Ranking(work, tuple(sorted(ranked, key=lambda one: (bool(one.why_not), *one.candidate.place()))), unmet)


def with_more(candidate: Candidate, weight: int, at: datetime) -> Candidate:
    """The candidate after one more ticket of this weight."""
    return replace(candidate, load=candidate.load + weight, last=at)
