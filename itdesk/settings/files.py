"""The files of a config folder as pydantic models: what each may hold."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from itdesk.domain.assignment import Mode
from itdesk.settings.calendar_file import CalendarsFile
from itdesk.settings.escalation_file import EscalationFile
from itdesk.settings.fields import (
    Capacity,
    CategoryPath,
    Duration,
    ImpactName,
    KeyNames,
    KindName,
    Login,
    ModeName,
    Name,
    NewImpact,
    NewTeam,
    NewUrgency,
    NewView,
    OrderName,
    PriorityName,
    Query,
    Size,
    SkillLevel,
    Strict,
    SupportLevel,
    TeamName,
    TimeZone,
    Title,
    UrgencyName,
)
from itdesk.settings.procedure_files import PoliciesFile
from itdesk.settings.rule_entries import Adjustment, CategoryRule, LevelRule
from itdesk.settings.sla_file import SlaFile
from itdesk.settings.template_entries import TemplatesFile

_ABSENT: Any = None


class TeamEntry(Strict):
    """A team."""

    name: NewTeam
    title: Title
    level: SupportLevel = Field(description="The support level: 1, 2 or 3.")
    lead: Login = Field(_ABSENT, description="The team lead's login.")


class Defaults(Strict):
    """What a ticket gets where no rule says."""

    team: TeamName
    kind: KindName
    category: CategoryPath
    impact: ImpactName
    urgency: UrgencyName


class AttachmentsEntry(Strict):
    """Files on tickets."""

    largest: Size = Field(description="The largest file that may be attached, such as 20 MB.")


class TimerEntry(Strict):
    """The timer of an open ticket."""

    idle: Duration = Field(description="After so long without a key it counts no more; 5 min if left out.")


class DeskFile(Strict):
    """desk.yaml: the desk itself."""

    name: Title
    time_zone: TimeZone = Field(description="An IANA name, such as Europe/Berlin.")
    teams: list[TeamEntry] = Field(min_length=1)
    defaults: Defaults
    attachments: AttachmentsEntry = Field(_ABSENT, description="20 MB a file if left out.")
    timer: TimerEntry = Field(_ABSENT, description="The timer that runs while a ticket is open on screen.")


class CategoryEntry(Strict):
    """A category and those below it."""

    title: Title
    kind: KindName = Field(_ABSENT, description="What its tickets are, and those below it, if no rule says.")
    categories: "dict[Name, CategoryEntry]" = Field(_ABSENT, min_length=1, description="The categories below it.")


class CategoriesFile(Strict):
    """categories.yaml: the category tree, and the rules that put tickets into it."""

    categories: dict[Name, CategoryEntry] = Field(min_length=1)
    rules: list[CategoryRule]


class ImpactEntry(Strict):
    """A level of impact."""

    name: NewImpact
    title: Title


class UrgencyEntry(Strict):
    """A level of urgency."""

    name: NewUrgency
    title: Title


class HeadStarts(Strict):
    """How far ahead of its opening each priority stands in the queue."""

    P1: Duration
    P2: Duration
    P3: Duration
    P4: Duration
    P5: Duration


class PrioritiesFile(Strict):
    """priorities.yaml: impact x urgency gives the priority; rules for all three."""

    impacts: list[ImpactEntry] = Field(min_length=1, description="From the widest to the narrowest.")
    urgencies: list[UrgencyEntry] = Field(min_length=1, description="From the most urgent to the least.")
    matrix: dict[ImpactName, dict[UrgencyName, PriorityName]]
    head_starts: HeadStarts
    rules: list[LevelRule]
    adjustments: list[Adjustment]


class RouteEntry(Strict):
    """Which tickets go to which team."""

    category: CategoryPath = Field(_ABSENT, description="This category and all below it; every category if left out.")
    kind: KindName = Field(_ABSENT, description="Every kind if left out.")
    team: TeamName
    level: SupportLevel = Field(_ABSENT, description="The team's own level if left out.")


class Weights(Strict):
    """What an open ticket weighs in the load of the person who has it."""

    P1: int = Field(5, ge=1, le=1000)
    P2: int = Field(3, ge=1, le=1000)
    P3: int = Field(2, ge=1, le=1000)
    P4: int = Field(1, ge=1, le=1000)
    P5: int = Field(1, ge=1, le=1000)
    waiting: int = Field(1, ge=0, le=1000, description="Of a ticket that waits, whatever its priority.")


class TeamSharingEntry(Strict):
    """How a team shares its work."""

    mode: ModeName = Field(Mode.PULL, description="Whether tickets are given, taken, or assigned by hand.")
    capacity: Capacity = Field(_ABSENT, description="Of each of its people, where they have none of their own.")
    minimum: int = Field(0, ge=0, le=1000, description="So many of its people should be on shift.")


class RoutingFile(Strict):
    """routing.yaml: the first route that fits decides team and level; then the team shares its work."""

    routes: list[RouteEntry]
    weights: Weights = Weights.model_validate({})
    capacity: Capacity = Field(20, description="The weighted load from which on somebody gets nothing more.")
    teams: dict[TeamName, TeamSharingEntry] = Field(default_factory=dict)
    skills: dict[CategoryPath, SkillLevel] = Field(
        default_factory=dict, description="The least level of skill, 1 to 5, that a category and all below it need."
    )


class ViewEntry(Strict):
    """A view of the queue."""

    name: NewView
    title: Title
    query: Query = Field(description="What you would type after / in the queue.")
    order: OrderName = Field(_ABSENT, description="fair if left out.")


class ViewsFile(Strict):
    """views.yaml: the views of the queue, in the order of their tabs."""

    views: list[ViewEntry] = Field(min_length=1)


def _nothing_is_empty(value: Any) -> Any:
    return {} if value is None else value


class KeymapFile(Strict):
    """keymap.yaml: keys other than the default ones."""

    keys: Annotated[
        dict[str, KeyNames], BeforeValidator(_nothing_is_empty, json_schema_input_type=dict[str, KeyNames] | None)
    ]


FILES: dict[str, type[Strict]] = {
    "desk.yaml": DeskFile,
    "categories.yaml": CategoriesFile,
    "priorities.yaml": PrioritiesFile,
    "routing.yaml": RoutingFile,
    "views.yaml": ViewsFile,
    "keymap.yaml": KeymapFile,
    "policies.yaml": PoliciesFile,
    "templates.yaml": TemplatesFile,
    "calendars.yaml": CalendarsFile,
    "sla.yaml": SlaFile,
    "escalation.yaml": EscalationFile,
}
"""The files that make a rulebook."""
