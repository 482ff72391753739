"""escalation.yaml as a pydantic model: what happens by itself to tickets that nobody gets on with."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from itdesk.domain.agreements import ClockName
from itdesk.domain.conditions import AllOf
from itdesk.domain.escalation import AtClock, Lasting, Reopened, Step, TooLong, Trigger, Whom, circles
from itdesk.settings.errors import ConfigError
from itdesk.settings.fields import (
    Duration,
    Name,
    Strict,
    SupportLevel,
    TeamName,
    Value,
    WaitingReasonName,
    a_duration,
    fault,
    one_or_many,
)
from itdesk.settings.names import Named, Names, declares, noted
from itdesk.settings.sla_file import AgreementCondition, CalendarName
from itdesk.settings.strict_yaml import Document, Text

_ABSENT: Any = None
_PERCENT = re.compile(r"([0-9]{1,4}) ?%")
_LONGEST = timedelta(days=366)
_MINUTE = timedelta(minutes=1)


def _a_percentage(value: Any) -> int:
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None or not 0 < int(found[1]) <= 1000:
        raise fault("a part of the target is a percentage from 1 % to 1000 %: '75 %'")
    return int(found[1])


def _whole_minutes(value: Any) -> int:
    found = a_duration(value)
    if found % _MINUTE or found > _LONGEST:
        raise fault("a span must be whole minutes, at most {most} d", most=_LONGEST.days)
    return found // _MINUTE


def _somebody(text: str) -> str:
    meant = re.sub(r"[\s-]", "_", text.lower()).removesuffix("s")
    word = next((whom.value for whom in Whom if meant == whom.value), None)
    if word and text != word:
        raise fault("{text!r} is nobody … did you mean {word!r}?", text=text, word=word)
    return text


def _note_login(names: Names, text: Text) -> None:
    if text not in {whom.value for whom in Whom}:
        names.refer(Named.STAFF_LOGIN, text)


Percentage = Annotated[
    int,
    BeforeValidator(_a_percentage, json_schema_input_type=Annotated[str, StringConstraints(pattern="^[0-9]{1,4} ?%$")]),
]
Minutes = Annotated[int, BeforeValidator(_whole_minutes, json_schema_input_type=Duration)]
People = Annotated[
    list[Annotated[Value, AfterValidator(_somebody), noted(_note_login)]],
    Field(min_length=1),
    BeforeValidator(one_or_many, json_schema_input_type=Value | list[Value]),
]
Reasons = Annotated[
    list[WaitingReasonName],
    Field(min_length=1),
    BeforeValidator(one_or_many, json_schema_input_type=WaitingReasonName | list[WaitingReasonName]),
]
NewStep = Annotated[Name, declares(Named.STEP)]


class StateEntry(Strict):
    """A state that lasts too long, or one that comes again and again."""

    reopened: int = Field(_ABSENT, ge=1, le=100, description="It has come back so many times, and each further time.")
    waiting_longer_than: Minutes = _ABSENT
    no_update_since: Minutes = Field(_ABSENT, description="Staff have done nothing about it for so long.")
    unassigned_for: Minutes = Field(_ABSENT, description="It is new, and nobody has it.")
    reasons: Reasons = Field(_ABSENT, description="Of waiting; any if left out.")
    calendar: CalendarName = Field(_ABSENT, description="In whose time it lasts; round the clock if left out.")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = self.model_fields_set & {"reopened", *Lasting}
        if len(given) != 1:
            raise fault("a condition is one of: reopened, {states}", states=", ".join(Lasting))
        if self.reasons and not self.waiting_longer_than:
            raise fault("'reasons' belong to 'waiting_longer_than'")
        if self.calendar and self.reopened:
            raise fault("'calendar' belongs to a condition that lasts, not to 'reopened'")
        return self

    def trigger(self) -> Trigger:
        """What is written here."""
        if self.reopened:
            return Reopened(self.reopened)
        [state] = [Lasting(name) for name in self.model_fields_set & set(Lasting)]
        return TooLong(state, getattr(self, state.value), self.calendar, frozenset(self.reasons or ()))


class MoveEntry(Strict):
    """Where a ticket goes; whoever has it hands it over."""

    team: TeamName = _ABSENT
    level: SupportLevel = _ABSENT

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not self.team and not self.level:
            raise fault("say where to: 'team', 'level' or both")
        return self


class StepEntry(Strict):
    """A step: when it happens, to which tickets, and what it does."""

    name: NewStep = Field(description="The step's name, which the ticket's history shows.")
    when: AgreementCondition = Field(_ABSENT, description="For which tickets; for all if left out.")
    clock: Annotated[ClockName, Field(strict=False)] = Field(_ABSENT, description="A clock of sla.yaml.")
    before: Minutes = Field(_ABSENT, description="So long before the clock's target, in its calendar's time.")
    after: Minutes = Field(_ABSENT, description="So long after it; 0 min: when it is missed.")
    at: Percentage = Field(_ABSENT, description="When so much of the target is used.")
    condition: StateEntry = Field(_ABSENT, description="In place of a clock.")
    notify: People = Field(
        _ABSENT, description="assignee, team, team_lead, supervisor, management (both of these), or logins."
    )
    raise_priority: int = Field(_ABSENT, ge=1, le=4, description="By so many steps, towards P1.")
    move: MoveEntry = _ABSENT
    tell_management: bool = Field(_ABSENT, description="A hierarchical escalation: team lead and supervisors know.")
    declare_for_review: bool = Field(_ABSENT, description="It gets the tag 'review'.")

    @model_validator(mode="after")
    def _happens_some_time_and_does_something(self) -> Self:
        moments = self.model_fields_set & {"before", "after", "at"}
        if (self.clock is None) == (self.condition is None):
            raise fault("step {name!r} needs either 'clock' or 'condition'", name=self.name)
        if len(moments) != (0 if self.clock is None else 1):
            need = "goes with a clock" if self.clock is None else "is needed: one of 'before', 'after' and 'at'"
            raise fault("step {name!r}: 'before', 'after' or 'at' {need}", name=self.name, need=need)
        if not (self.notify or self.raise_priority or self.move or self.tell_management or self.declare_for_review):
            raise fault(
                "step {name!r} does nothing: it needs 'notify', 'raise_priority', 'move', 'tell_management: true' or "
                "'declare_for_review: true'",
                name=self.name,
            )
        return self

    def step(self, place: str) -> Step:
        """The step that is written here."""
        trigger: Trigger
        if self.condition:
            trigger = self.condition.trigger()
        else:
            minutes = -self.before if self.before else self.after or 0
            trigger = AtClock(self.clock, minutes, self.at)
        return Step(
            name=self.name,
            place=place,
            when=self.when.condition() if self.when else AllOf(()),
            trigger=trigger,
            notify=tuple(self.notify or ()),
            raise_priority=self.raise_priority or 0,
            team=self.move.team if self.move else None,
            level=self.move.level if self.move else None,
            tell_management=bool(self.tell_management),
            review=bool(self.declare_for_review),
        )


class EscalationFile(Strict):
    """escalation.yaml: steps that happen by themselves, each once in a cycle of its clock or condition."""

    steps: list[StepEntry]


def steps(file: EscalationFile, document: Document) -> tuple[Step, ...]:
    """The steps of a checked file."""
    return tuple(entry.step(document.place(("steps", index))) for index, entry in enumerate(file.steps))


def escalation_faults(
    file: EscalationFile, document: Document, levels: Mapping[str, int]
) -> Iterator[ConfigError]:  # fmt: skip
    """Steps that hand tickets round in a circle; `levels` are those of the teams, by name."""
    written = steps(file, document)
    for circle in circles(written, levels):
        names = " → ".join(step.name for step in (*circle, circle[0]))
        mark = document.mark(("steps", written.index(circle[0])))
        message = f"circular escalation: {names}; each step moves tickets from where the one before has put them"
        yield ConfigError(document.file, *mark, message)
