"""sla.yaml as a pydantic model: what tickets are promised, and how the clocks of it run."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from itdesk.domain import conditions
from itdesk.domain.agreements import (
    OLA,
    PAUSED_UNLESS_NAMED,
    Agreement,
    ClockName,
    OnCalendarChange,
    OnPriorityChange,
    OnReopen,
)
from itdesk.domain.calendar import DAY_MINUTES
from itdesk.domain.conditions import AllOf, Condition, In, outdone
from itdesk.settings.errors import ConfigError
from itdesk.settings.fields import Name, PriorityName, Strict, TeamName, WaitingReasonName, fault, one_or_many
from itdesk.settings.names import Named, declares, refers
from itdesk.settings.rule_entries import CategoryTest, ChannelTest, ConditionBase, KindTest, OneKey, TextTest, VipTest
from itdesk.settings.strict_yaml import Document

_ABSENT: Any = None
_TARGET = re.compile(r"([0-9]{1,6}) ?(h|min)")
_LONGEST_TARGET = 366 * DAY_MINUTES


def _a_target(value: Any) -> int:
    found = _TARGET.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise fault("a target is hours or minutes of the calendar's time: '4 h', '30 min'; a day of 8 hours is '8 h'")
    minutes = int(found[1]) * (60 if found[2] == "h" else 1)
    if not 0 < minutes <= _LONGEST_TARGET:
        raise fault("a target must lie between 1 min and {most} h", most=_LONGEST_TARGET // 60)
    return minutes


Target = Annotated[
    int,
    BeforeValidator(
        _a_target, json_schema_input_type=Annotated[str, StringConstraints(pattern="^[0-9]{1,6} ?(h|min)$")]
    ),
]
Priorities = Annotated[
    list[PriorityName],
    Field(min_length=1),
    BeforeValidator(one_or_many, json_schema_input_type=PriorityName | list[PriorityName]),
]
TeamNames = Annotated[
    list[TeamName], Field(min_length=1), BeforeValidator(one_or_many, json_schema_input_type=TeamName | list[TeamName])
]
CalendarName = Annotated[str, refers(Named.CALENDAR)]
NewAgreement = Annotated[Name, declares(Named.AGREEMENT)]
PausedClock = Literal["first_response", "update", "resolution", "ola"]


class PriorityTest(OneKey):
    """What the priority must be."""

    is_: PriorityName = Field(_ABSENT, alias="is")
    in_: Priorities = Field(_ABSENT, alias="in")

    def condition(self, field: conditions.Field) -> Condition:
        """The test as a condition on the field."""
        return In(field, tuple(self.in_ or [self.is_]))


class TeamTest(OneKey):
    """What the team must be."""

    is_: TeamName = Field(_ABSENT, alias="is")
    in_: TeamNames = Field(_ABSENT, alias="in")

    def condition(self, field: conditions.Field) -> Condition:
        """The test as a condition on the field."""
        return In(field, tuple(self.in_ or [self.is_]))


class AgreementCondition(ConditionBase):
    """A condition on what is decided about a ticket: `any`, `all` or `not` over others, or a field and its test."""

    any: "list[AgreementCondition]" = Field(_ABSENT, min_length=1)
    all: "list[AgreementCondition]" = Field(_ABSENT, min_length=1)
    not_: "AgreementCondition" = Field(_ABSENT, alias="not")
    priority: PriorityTest = _ABSENT
    kind: KindTest = _ABSENT
    category: CategoryTest = _ABSENT
    team: TeamTest = _ABSENT
    channel: ChannelTest = _ABSENT
    requester: TextTest = Field(_ABSENT, description="The requester's name, login or mail address.")
    vip: VipTest = Field(_ABSENT, description="Whether the requester is marked as a VIP: `itdesk staff add --vip`.")
    tags: TextTest = Field(_ABSENT, description="One of the tags.")
    site: TextTest = _ABSENT


class Pause(Strict):
    """When clocks stand still."""

    reasons: list[WaitingReasonName] = Field(min_length=1, description="While a ticket waits for one of these.")
    clocks: list[PausedClock] = Field(_ABSENT, min_length=1, description="Which clocks; all but update if left out.")


class OlaEntry(Strict):
    """How long a ticket may stay at a support level."""

    l1: Target = _ABSENT
    l2: Target = _ABSENT
    l3: Target = _ABSENT


class _Policies(Strict):
    """How clocks run."""

    calendar: CalendarName = Field(_ABSENT, description="In whose time the targets are.")
    pause: Pause = Field(_ABSENT, description="Nothing pauses a clock if left out.")
    on_reopen: Annotated[OnReopen, Field(strict=False)] = Field(
        _ABSENT, description="resume (if left out): clocks go on; new_cycle: they begin anew."
    )
    on_priority_change: Annotated[OnPriorityChange, Field(strict=False)] = Field(
        _ABSENT,
        description="Once another agreement holds: carry (if left out) keeps the time used; restart begins anew.",
    )
    on_calendar_change: Annotated[OnCalendarChange, Field(strict=False)] = Field(
        _ABSENT,
        description="recompute_open (if left out): changed terms are for open tickets too; new_only: for new ones.",
    )


class SlaDefaults(_Policies):
    """What an agreement has that does not say otherwise."""


class AgreementEntry(_Policies):
    """What some tickets are promised."""

    name: NewAgreement
    when: AgreementCondition = Field(_ABSENT, description="For which tickets; for all if left out.")
    first_response: Target = Field(_ABSENT, description="Until somebody of staff answers the requester.")
    update: Target = Field(_ABSENT, description="From one answer to the next.")
    resolution: Target = Field(_ABSENT, description="Until it is resolved.")
    ola: OlaEntry = Field(_ABSENT, description="How long it may stay at each support level.")


class SlaFile(Strict):
    """sla.yaml: what tickets are promised; of the agreements the first that fits holds."""

    defaults: SlaDefaults = _ABSENT
    agreements: list[AgreementEntry] = Field(min_length=1)


def agreement_faults(file: SlaFile, document: Document) -> Iterator[ConfigError]:
    """Agreements without a calendar, and those that never come into play."""
    whens = [_when(entry) for entry in file.agreements]
    before = dict(outdone(whens))
    for index, entry in enumerate(file.agreements):
        mark = document.mark(("agreements", index))
        if not (entry.calendar or (file.defaults and file.defaults.calendar)):
            message = f"the agreement {entry.name!r} has no 'calendar', and the defaults name none"
            yield ConfigError(document.file, *mark, message)
        if index in before:
            other, whose = file.agreements[before[index]], whens[before[index]]
            fits = "every ticket" if whose == AllOf(()) else "all its tickets"
            message = f"the agreement {entry.name!r} never comes into play: {other.name!r} before it fits {fits}"
            yield ConfigError(document.file, *mark, message)


def agreements(file: SlaFile, document: Document) -> tuple[Agreement, ...]:
    """The agreements of a checked file."""
    defaults = file.defaults or SlaDefaults.model_construct()
    return tuple(
        _agreement(entry, defaults, document.place(("agreements", index)))
        for index, entry in enumerate(file.agreements)
    )


def _when(entry: AgreementEntry) -> Condition:
    return entry.when.condition() if entry.when else AllOf(())


def _agreement(entry: AgreementEntry, defaults: SlaDefaults, place: str) -> Agreement:
    ola = entry.ola or OlaEntry.model_construct()
    targets = {
        ClockName.FIRST_RESPONSE: entry.first_response,
        ClockName.UPDATE: entry.update,
        ClockName.RESOLUTION: entry.resolution,
        **{OLA[level]: target for level, target in ((1, ola.l1), (2, ola.l2), (3, ola.l3))},
    }
    pause = entry.pause or defaults.pause
    named = frozenset(clock for clock in ClockName if pause and clock.value.partition("_l")[0] in (pause.clocks or ()))
    return Agreement(
        name=entry.name,
        place=place,
        when=_when(entry),
        calendar=entry.calendar or defaults.calendar,
        targets={clock: minutes for clock, minutes in targets.items() if minutes},
        pause_reasons=frozenset(pause.reasons if pause else ()),
        pause_clocks=named or PAUSED_UNLESS_NAMED,
        on_reopen=entry.on_reopen or defaults.on_reopen or OnReopen.RESUME,
        on_priority_change=entry.on_priority_change or defaults.on_priority_change or OnPriorityChange.CARRY,
        on_calendar_change=entry.on_calendar_change or defaults.on_calendar_change or OnCalendarChange.RECOMPUTE_OPEN,
    )
