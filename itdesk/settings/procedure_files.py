"""policies.yaml and the settings at the top of an SOP as pydantic models."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from itdesk.domain.approvals import Need, login, office
from itdesk.domain.procedures import ApprovalRule, Rejected, ResolvePolicy
from itdesk.settings.fields import (
    CategoryPath,
    CategoryPaths,
    Duration,
    KindName,
    Strict,
    Title,
    Value,
    fault,
    one_or_many,
)
from itdesk.settings.names import Named, Names, noted
from itdesk.settings.rule_entries import RuleEntry
from itdesk.settings.strict_yaml import Text

_ABSENT: Any = None


def _note_login(names: Names, text: Text) -> None:
    if office(text) is None:
        names.refer(Named.LOGIN, Text(login(text), text.mark))


Approver = Annotated[Value, noted(_note_login)]
Approvers = Annotated[
    list[Approver], Field(min_length=1), BeforeValidator(one_or_many, json_schema_input_type=Approver | list[Approver])
]


class ApprovalEntry(RuleEntry):
    """Who approves which tickets."""

    approvers: Approvers = Field(
        description="Logins, team_lead (of the ticket's team), or roles: supervisor, administrator. "
        "Those of a role stand for each other."
    )
    need: Literal["all", "any"] = Field("all", description="all or any of the approvers.")
    substitutes: Approvers = Field(_ABSENT, description="Who may decide after the deadline, or for somebody who left.")
    deadline: Duration = Field(_ABSENT, description="After it the substitutes may decide as well, and are told.")
    starts: Literal["submit", "by hand"] = Field(
        "submit", description="submit: asked for by itself; by hand: proposed when somebody asks."
    )
    rejected: Literal["cancel", "return"] = Field(
        "cancel", description="What a rejection does: cancel the ticket, or return it to its team."
    )

    @model_validator(mode="after")
    def _substitutes_have_their_time(self) -> Self:
        if self.deadline and not self.substitutes:
            raise fault("approval {id!r} has a deadline, but no 'substitutes' who decide after it", id=self.id)
        return self

    def rule(self, place: str) -> ApprovalRule:
        """The rule that is written here."""
        return ApprovalRule(
            id=self.id,
            place=place,
            when=self.condition(),
            approvers=tuple(self.approvers),
            need=Need(self.need),
            substitutes=tuple(self.substitutes or ()),
            deadline=self.deadline,
            at_submit=self.starts != "by hand",
            rejected=Rejected(self.rejected),
        )


class ResolveEntry(Strict):
    """What resolving takes."""

    category: CategoryPath = Field(_ABSENT, description="This category and all below it; every category if left out.")
    kind: KindName = Field(_ABSENT, description="Every kind if left out.")
    needs_test: bool = Field(description="Whether the last test must have passed, or a reason be written.")

    def policy(self, place: str) -> ResolvePolicy:
        """The policy that is written here."""
        return ResolvePolicy(self.category, self.kind, self.needs_test, place)


class PoliciesFile(Strict):
    """policies.yaml: who approves what, and what resolving takes. The first entry that fits decides."""

    approvals: list[ApprovalEntry]
    resolve: list[ResolveEntry]


class SopSettings(Strict):
    """The settings at the top of an SOP."""

    title: Title
    categories: CategoryPaths = Field(_ABSENT, description="Tickets of these, and of all below them, get it.")
    kind: KindName = Field(_ABSENT, description="Only tickets of this kind; every kind if left out.")
    applies: Literal["automatic", "by hand"] = "automatic"

    @model_validator(mode="after")
    def _is_for_something(self) -> Self:
        if self.applies != "by hand" and not self.categories:
            raise fault("an SOP needs 'categories', or 'applies: by hand'")
        return self
