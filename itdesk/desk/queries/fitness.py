"""Which tickets somebody is fit for, as conditions of SQL: what `domain.assignment` says, for all tickets at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from itdesk.domain.assignment import URGENT, Candidate, Skill, language_of, skill_for, skill_needed
from itdesk.domain.rulebook import is_under

Condition = tuple[str, tuple[int | str, ...]]
"""A condition on the table `ticket`, and its parameters."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What somebody can do, as `Candidate` says. `now`: also what cannot wait."""

    skills: tuple[Skill, ...]
    level: int | None
    languages: tuple[str, ...]
    now: bool = True


def qualified(able: Abilities, needed: Mapping[str, int], mark: str) -> Condition:
    """That level and skills are enough; `needed` are the levels of skill that categories need, `mark` a parameter's."""
    conditions = ["TRUE"]
    parameters: list[int | str] = []
    if able.level is not None:
        conditions.append(f"ticket.level <= {mark}")
        parameters.append(able.level)
    if able.skills:
        skilled, bounds = _skilled(able.skills, needed, mark)
        conditions.append(skilled)
        parameters += bounds
    return " AND ".join(conditions), tuple(parameters)


def understood(
    own: Sequence[str], colleagues: Iterable[Candidate], needed: Mapping[str, int], mark: str
) -> Condition | None:
    """That one has a language in common with the requester, or that this does not count; None: it never does.

    `own` are one's languages. It counts where one of the team's other people `keeps_language`.
    """
    mine = set(map(language_of, own))
    others = {
        Abilities(one.skills, one.level, one.languages, one.can_be_called) for one in colleagues if not one.absent
    }
    kept: list[str] = []
    parameters: list[int | str] = []
    for able in sorted(others, key=repr):
        if able.languages and mine.issuperset(map(language_of, able.languages)):
            continue  # understands nobody whom oneself does not
        condition, bounds = qualified(able, needed, mark)
        understands, patterns = _understands(able.languages, mark)
        waits = "TRUE" if able.now else f"ticket.priority > {URGENT}"
        kept.append(f"({condition} AND {understands} AND {waits})")
        parameters += (*bounds, *patterns)
    if not mine or not kept:
        return None
    understands, patterns = _understands(own, mark)
    condition = (
        "NOT EXISTS (SELECT 1 FROM person AS asks WHERE asks.id = ticket.requester_id AND asks.languages <> ''"  # noqa: S608
        f" AND NOT {understands} AND ({' OR '.join(kept)}))"
    )
    return condition, (*patterns, *parameters)


def _understands(languages: Iterable[str], mark: str) -> Condition:
    """That whoever asks has one of these languages, of whatever country; no languages are enough for everybody."""
    patterns = tuple(f"% {language}{end}%" for language in sorted(set(map(language_of, languages))) for end in " -")
    one = f"' ' || asks.languages || ' ' LIKE {mark}"
    return f"({' OR '.join([one] * len(patterns)) or 'TRUE'})", patterns


def _skilled(skills: tuple[Skill, ...], needed: Mapping[str, int], mark: str) -> Condition:
    """That skills are enough for a ticket's category.

    What is enough changes only at the branches that the skills or the needed levels name: a category is treated as the
    lowest of them that it is under.
    """
    branches = {*needed, *(skill.category for skill in skills)}
    enough = {one for one in branches if (skill_for(skills, one) or 0) >= skill_needed(needed, one)}
    parts: list[str] = []
    parameters: list[str] = []
    for branch in sorted(enough):
        but = sorted(other for other in branches - enough if is_under(other, branch))
        parts.append(" AND NOT ".join([_IN_BRANCH.format(mark)] * (1 + len(but))))
        parameters += [text for one in (branch, *but) for text in _bounds(one)]
    return f"({' OR '.join(f'({part})' for part in parts) or 'FALSE'})", tuple(parameters)


_IN_BRANCH = "(category = {0} OR (category >= {0} AND category < {0}))"


def _bounds(branch: str) -> tuple[str, str, str]:
    """A range, not LIKE: `.` is followed by `/` in every collation by bytes."""
    return branch, f"{branch}.", f"{branch}/"
