"""The settings files as pydantic models: what each may hold. The JSON Schemas for editors come from them."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from itdesk.settings.fields import (
    CategoryPath,
    CategoryPaths,
    ChannelName,
    Duration,
    ImpactName,
    KindName,
    Name,
    NewImpact,
    NewTeam,
    NewUrgency,
    NewView,
    OrderName,
    PriorityName,
    StatusName,
    Strict,
    TeamName,
    TimeZone,
    Title,
    UrgencyName,
    Value,
    Values,
    WaitingReasonName,
    fault,
)
from itdesk.settings.rule_entries import Adjustment, CategoryRule, LevelRule

_ABSENT: Any = None
