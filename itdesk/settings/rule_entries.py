"""Rules and their conditions as the settings files write them."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from itdesk.domain import conditions
from itdesk.domain.conditions import AllOf, AnyOf, Condition, Contains, In, Matches, Not, StartsWith
from itdesk.domain.decisions import Thing
from itdesk.settings.fields import (
    CategoryPath,
    CategoryPaths,
    ChannelName,
    Channels,
    ImpactName,
    KindName,
    Kinds,
    NewRule,
    Pattern,
    Phrases,
    Strict,
    UrgencyName,
    Value,
    Values,
    fault,
)

_ABSENT: Any = None  # the value of keys that a mapping leaves out; one that is written but empty is a fault


class OneKey(Strict):
    """A mapping with exactly one key."""

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        given = self.model_fields_set
        if len(given) != 1:
            keys = ", ".join(field.alias or name for name, field in type(self).model_fields.items())
            if not given:
                raise fault("one of these keys is needed: {keys}", keys=keys)
            raise fault("only one key can stand here; put several conditions in a list below 'all' or 'any'")
        return self


class TextTest(OneKey):
    """What a text must hold."""

    contains: Phrases = _ABSENT
    matches: Pattern = _ABSENT
    is_: Value = Field(_ABSENT, alias="is")
    in_: Values = Field(_ABSENT, alias="in")
    starts_with: Value = _ABSENT

    def condition(self, field: conditions.Field) -> Condition:
        """The test as a condition on the field."""
        if self.contains:
            return Contains(field, tuple(self.contains))
        if self.matches:
            return Matches(field, self.matches)
        if self.starts_with:
            return StartsWith(field, self.starts_with)
        return In(field, tuple(self.in_ or [self.is_]))


class KindTest(OneKey):
    """What the kind must be."""

    is_: KindName = Field(_ABSENT, alias="is")
    in_: Kinds = Field(_ABSENT, alias="in")

    def condition(self, field: conditions.Field) -> Condition:
        """The test as a condition on the field."""
        return In(field, tuple(kind.value for kind in self.in_ or [self.is_]))


class ChannelTest(OneKey):
    """What the channel must be."""

    is_: ChannelName = Field(_ABSENT, alias="is")
    in_: Channels = Field(_ABSENT, alias="in")

    def condition(self, field: conditions.Field) -> Condition:
        """The test as a condition on the field."""
        return In(field, tuple(channel.value for channel in self.in_ or [self.is_]))


class VipTest(OneKey):
    """Whether the requester is a VIP."""

    is_: Literal["yes", "no"] = Field(_ABSENT, alias="is")

    def condition(self, field: conditions.Field) -> Condition:
        """The test as a condition on the field."""
        return In(field, (self.is_,))


class CategoryTest(OneKey):
    """What the category must be; `starts_with` means the category or one below it."""

    is_: CategoryPath = Field(_ABSENT, alias="is")
    in_: CategoryPaths = Field(_ABSENT, alias="in")
    starts_with: CategoryPath = _ABSENT

    def condition(self, field: conditions.Field) -> Condition:
        """The test as a condition on the field."""
        if self.starts_with:
            return StartsWith(field, self.starts_with)
        return In(field, tuple(self.in_ or [self.is_]))


class ConditionBase(OneKey):
    """A condition: `any`, `all` or `not` over others of its sort, or a field and its test."""

    def condition(self) -> Condition:
        """The condition that is written here."""
        (name,) = self.model_fields_set
        written: Any = getattr(self, name)
        match name:
            case "any":
                return AnyOf(tuple(part.condition() for part in written))
            case "all":
                return AllOf(tuple(part.condition() for part in written))
            case "not_":
                return Not(written.condition())
        condition: Condition = written.condition(conditions.Field(name))
        return condition


class ConditionEntry(ConditionBase):
    """A condition: `any`, `all` or `not` over others, or a field and its test."""

    any: "list[ConditionEntry]" = Field(_ABSENT, min_length=1)
    all: "list[ConditionEntry]" = Field(_ABSENT, min_length=1)
    not_: "ConditionEntry" = Field(_ABSENT, alias="not")
    text: TextTest = Field(_ABSENT, description="The subject or the body.")
    subject: TextTest = _ABSENT
    body: TextTest = _ABSENT
    requester: TextTest = Field(_ABSENT, description="The requester's name, login or mail address.")
    vip: VipTest = Field(_ABSENT, description="Whether the requester is marked as a VIP: `itdesk staff add --vip`.")
    channel: ChannelTest = _ABSENT
    kind: KindTest = _ABSENT
    category: CategoryTest = _ABSENT
    tags: TextTest = Field(_ABSENT, description="One of the tags.")
    site: TextTest = _ABSENT


class RuleEntry(Strict):
    """What every rule has: a name, and when it holds."""

    id: NewRule = Field(description="The rule's name, which decisions show.")
    keywords: Phrases = Field(_ABSENT, description="Holds if the subject or the body contains one of them.")
    when: ConditionEntry = Field(_ABSENT, description="A condition; with keywords as well, both must hold.")

    @model_validator(mode="after")
    def _holds_sometimes_and_decides(self) -> Self:
        if not self.model_fields_set & {"keywords", "when"}:
            raise fault("rule {id!r} needs 'keywords' or 'when', or it would always hold", id=self.id)
        self._check_decides()
        return self

    def _check_decides(self) -> None:
        """Raise if the rule decides nothing."""

    def condition(self) -> Condition:
        """When the rule holds."""
        parts: list[Condition] = []
        if self.keywords:
            parts.append(Contains(conditions.Field.TEXT, tuple(self.keywords)))
        if self.when:
            parts.append(self.when.condition())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def decides(self) -> tuple[tuple[Thing, str], ...]:
        """What the rule decides."""
        things = [thing for thing in Thing if thing.value in self.model_fields_set]
        return tuple((thing, str(getattr(self, thing.value))) for thing in things)


class CategoryRule(RuleEntry):
    """Decides category or kind or both."""

    category: CategoryPath = _ABSENT
    kind: KindName = _ABSENT

    def _check_decides(self) -> None:
        if not self.decides():
            raise fault("rule {id!r} decides nothing: it needs 'category' or 'kind'", id=self.id)


class LevelRule(RuleEntry):
    """Decides impact or urgency or both."""

    impact: ImpactName = _ABSENT
    urgency: UrgencyName = _ABSENT

    def _check_decides(self) -> None:
        if not self.decides():
            raise fault("rule {id!r} decides nothing: it needs 'impact' or 'urgency'", id=self.id)


class Adjustment(RuleEntry):
    """Raises or lowers the priority that the matrix gives."""

    raise_: int = Field(_ABSENT, alias="raise", ge=1, le=4, description="By how many steps, towards P1.")
    lower: int = Field(_ABSENT, ge=1, le=4, description="By how many steps, towards P5.")

    def _check_decides(self) -> None:
        if len(self.model_fields_set & {"raise_", "lower"}) != 1:
            raise fault("rule {id!r} needs either 'raise' or 'lower', with a number of steps", id=self.id)

    def decides(self) -> tuple[tuple[Thing, str], ...]:
        """The steps that the priority takes."""
        return ((Thing.PRIORITY, str(self.lower or -self.raise_)),)
