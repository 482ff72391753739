"""The rulebook: a desk's settings and rules as checked data, storable as JSON and quick to load."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from itdesk.domain.files import LARGEST
from itdesk.domain.queue_order import Order
from itdesk.domain.ticket import Kind

if TYPE_CHECKING:  # loaded when they are looked at
    from itdesk.domain.agreements import Agreement
    from itdesk.domain.assignment import Sharing
    from itdesk.domain.calendar import Calendar
    from itdesk.domain.canned import CannedReply
    from itdesk.domain.classification import Category, Priorities, Route, Rule
    from itdesk.domain.escalation import Step
    from itdesk.domain.procedures import Procedures
    from itdesk.domain.templates import Template

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class TeamSetting:
    """A team of the settings. `level` is its support level (1 to 3), `lead` its lead's login, if any."""

    name: str
    title: str
    level: int
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """The desk itself, and what a ticket gets where no rule decides. `time_zone` is an IANA name."""

    name: str
    time_zone: str
    teams: tuple[TeamSetting, ...]
    default_team: str
    default_kind: Kind
    default_category: str
    default_impact: str
    default_urgency: str
    place: str = "desk.yaml"
    largest_attachment: int = LARGEST
    """The largest file that may be attached, in bytes."""
    timer_idle: timedelta = timedelta(minutes=5)
    """After so long without a key, the timer of an open ticket counts no more."""


@dataclass(frozen=True, slots=True)
class View:
    """A named query of the queue, in the search language."""

    name: str
    title: str
    query: str
    order: Order = Order.FAIR


NO_TERMS = "[[], []]"
"""`Rulebook.terms` of one without agreements and calendars."""


def is_under(category: str, branch: str) -> bool:
    """Whether a category path is the branch or below it: `network.vpn` is under `network`."""
    return category == branch or category.startswith(branch + ".")


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Everything that the config folder says, checked: names point somewhere, the matrix is complete.

    `rules` decide category and kind; of `agreements` the first whose condition holds is a ticket's. Compared by
    identity; `to_json` is its content.
    """

    desk: DeskSettings
    categories: "Sequence[Category]"
    rules: "Sequence[Rule]"
    priorities_data: Mapping[str, Any]
    """What `priorities` is made of: see `domain.classification.Priorities.to_data`."""
    routes: "Sequence[Route]"
    views: tuple[View, ...]
    keymap: Mapping[str, tuple[str, ...]]
    sharing_data: Mapping[str, Any] = field(default_factory=dict)
    """What `sharing` is made of: see `domain.assignment.Sharing.to_data`."""

    @cached_property
    def priorities(self) -> "Priorities":
        """Impact, urgency and what follows from them. Made, as all that follows, when somebody looks at it."""
        from itdesk.domain.classification import Priorities

        return Priorities.from_data(self.priorities_data)

    @cached_property
    def sharing(self) -> "Sharing":
        """How teams share their work."""
        from itdesk.domain.assignment import Sharing

        return Sharing.from_data(self.sharing_data)

    procedures_data: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def procedures(self) -> "Procedures":
        """SOPs and policies."""
        from itdesk.domain.procedures import Procedures

        return Procedures.from_data(self.procedures_data)

    escalation_data: Sequence[Mapping[str, Any]] = ()

    @cached_property
    def escalation(self) -> "tuple[Step, ...]":
        """The steps of escalation."""
        from itdesk.domain.escalation import Step

        return tuple(map(Step.from_data, self.escalation_data))

    templates: "Sequence[Template]" = ()
    replies: "Sequence[CannedReply]" = ()
    calendars: "Sequence[Calendar]" = ()
    agreements: "Sequence[Agreement]" = ()

    @cached_property
    def _categories(self) -> "dict[str, Category]":
        return {category.path: category for category in self.categories}

    @cached_property
    def _teams(self) -> dict[str, TeamSetting]:
        return {team.name: team for team in self.desk.teams}

    def category(self, path: str) -> "Category | None":
        """The category of that path; None for one that the tree does not have (an imported one)."""
        return self._categories.get(path)

    def team(self, name: str) -> TeamSetting | None:
        """The team of that name."""
        return self._teams.get(name)

    def calendar(self, name: str) -> "Calendar | None":
        """The calendar of that name."""
        return next((calendar for calendar in self.calendars if calendar.name == name), None)

    def agreement(self, name: str | None) -> "Agreement | None":
        """The agreement of that name."""
        return next((agreement for agreement in self.agreements if agreement.name == name), None)

    @cached_property
    def _promised(self) -> "dict[str, tuple[Calendar | None, Mapping[str, int]]]":
        return {one["name"]: (self.calendar(one["calendar"]), one["targets"]) for one in _data(self.agreements)}

    def promised(self, agreement: str | None) -> "tuple[Calendar | None, Mapping[str, int]]":
        """The calendar of the agreement of that name, and its targets in minutes by clock; without its conditions."""
        return self._promised.get(agreement or "", (None, {}))

    def terms(self) -> str:
        """Agreements and calendars as JSON, wherever they stand: the same text if clocks run the same by them."""
        parts = (_data(self.agreements), _data(self.calendars))
        return json.dumps([[{**one, "place": ""} for one in part] for part in parts], sort_keys=True)

    def leaves(self) -> "tuple[Category, ...]":
        """The categories that have none below them, in the tree's order."""
        branches = {path.rpartition(".")[0] for path in self._categories}
        return tuple(category for category in self.categories if category.path not in branches)

    def to_json(self) -> str:
        """The rulebook as JSON, the same text for the same content; `from_json` reads it back."""
        return json.dumps(_to_data(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The rulebook that `to_json` wrote. Nothing is checked: only checked rulebooks are ever written."""
        data = json.loads(text)
        desk = data["desk"]
        return cls(
            desk=DeskSettings(
                **desk
                | {
                    "teams": tuple(TeamSetting(**team) for team in desk["teams"]),
                    "default_kind": Kind(desk["default_kind"]),
                    "timer_idle": timedelta(seconds=desk.get("timer_idle", 300)),
                }
            ),
            categories=_StoredCategories(data["categories"]),
            rules=StoredRules(data["rules"]),
            priorities_data=data["priorities"],
            routes=_StoredRoutes(data["routes"]),
            views=tuple(View(name, title, query, Order(order)) for name, title, query, order in data["views"]),
            keymap={action: tuple(keys) for action, keys in data["keymap"].items()},
            sharing_data=data.get("sharing", {}),
            procedures_data=data.get("procedures", {}),
            escalation_data=data.get("escalation", ()),
            templates=_StoredTemplates(data.get("templates", ())),
            replies=_StoredReplies(data.get("replies", [])),
            calendars=_StoredCalendars(data.get("calendars", ())),
            agreements=_StoredAgreements(data.get("agreements", ())),
        )


def _to_data(rulebook: Rulebook) -> dict[str, Any]:
    desk = rulebook.desk
    return {
        "desk": {
            "name": desk.name,
            "time_zone": desk.time_zone,
            "teams": [
                {"name": team.name, "title": team.title, "level": team.level, "lead": team.lead} for team in desk.teams
            ],
            "default_team": desk.default_team,
            "default_kind": desk.default_kind,
            "default_category": desk.default_category,
            "default_impact": desk.default_impact,
            "default_urgency": desk.default_urgency,
            "place": desk.place,
            "largest_attachment": desk.largest_attachment,
            "timer_idle": desk.timer_idle // _SECOND,
        },
        "categories": [[item.path, item.title, item.kind, item.place] for item in rulebook.categories],
        "rules": rules_data(rulebook.rules),
        "priorities": rulebook.priorities_data,
        "routes": [[item.category, item.kind, item.team, item.level, item.place] for item in rulebook.routes],
        "views": [[view.name, view.title, view.query, view.order] for view in rulebook.views],
        "keymap": {action: list(keys) for action, keys in rulebook.keymap.items()},
        "sharing": dict(rulebook.sharing_data),
        "procedures": rulebook.procedures_data,
        "escalation": list(rulebook.escalation_data),
        "templates": [
            [
                *(item.name, item.title, item.subject, item.body, item.kind, item.category, item.impact, item.urgency),
                item.tags,
                [[field.name, field.caption, field.required, field.choices] for field in item.fields],
            ]
            for item in rulebook.templates
        ],
        "replies": [
            [reply.name, reply.title, reply.kind, list(reply.categories), reply.text, reply.place]
            for reply in rulebook.replies
        ],
        "calendars": _data(rulebook.calendars),
        "agreements": _data(rulebook.agreements),
    }


def _data(items: "Sequence[Calendar] | Sequence[Agreement]") -> list[dict[str, Any]]:
    return [*items.data] if isinstance(items, _Stored) else [item.to_data() for item in items]


def rules_data(rules: "Sequence[Rule]") -> list[list[Any]]:
    """The rules as plain data, which `StoredRules` reads back."""
    from itdesk.domain.conditions import to_data

    return [[rule.id, rule.place, rule.decides, to_data(rule.when)] for rule in rules]


T = TypeVar("T")


class _Stored(Sequence[T]):
    """Parts made of their data when somebody looks at them: a session that only reads tickets never does."""

    def __init__(self, data: Sequence[Any]) -> None:
        self.data = data

    def _make(self) -> tuple[T, ...]:
        raise NotImplementedError

    @cached_property
    def _made(self) -> tuple[T, ...]:
        return self._make()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._made == tuple(other)

    def __hash__(self) -> int:
        return hash(self._made)

    def __len__(self) -> int:
        return len(self.data)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._made[index]


class _StoredCategories(_Stored["Category"]):
    def _make(self) -> "tuple[Category, ...]":
        from itdesk.domain.classification import Category

        return tuple(
            Category(path, title, Kind(kind) if kind else None, place) for path, title, kind, place in self.data
        )


class StoredRules(_Stored["Rule"]):
    """Rules made of what `rules_data` wrote."""

    def _make(self) -> "tuple[Rule, ...]":
        from itdesk.domain.classification import Rule
        from itdesk.domain.conditions import from_data
        from itdesk.domain.decisions import Thing

        return tuple(
            Rule(rule_id, place, tuple((Thing(thing), value) for thing, value in decides), from_data(when))
            for rule_id, place, decides, when in self.data
        )


class _StoredRoutes(_Stored["Route"]):
    def _make(self) -> "tuple[Route, ...]":
        from itdesk.domain.classification import Route

        return tuple(
            Route(category, Kind(kind) if kind else None, team, level, place)
            for category, kind, team, level, place in self.data
        )


class _StoredTemplates(_Stored["Template"]):
    def _make(self) -> "tuple[Template, ...]":
        from itdesk.domain.templates import Template, TemplateField

        return tuple(
            Template(
                *(name, title, subject, body, Kind(kind) if kind else None, category, impact, urgency),
                tuple(tags),
                tuple(TemplateField(key, caption, required, tuple(of)) for key, caption, required, of in fields),
            )
            for name, title, subject, body, kind, category, impact, urgency, tags, fields in self.data
        )


class _StoredCalendars(_Stored["Calendar"]):
    def _make(self) -> "tuple[Calendar, ...]":
        from itdesk.domain.calendar import Calendar

        return tuple(map(Calendar.from_data, self.data))


class _StoredAgreements(_Stored["Agreement"]):
    def _make(self) -> "tuple[Agreement, ...]":
        from itdesk.domain.agreements import Agreement

        return tuple(map(Agreement.from_data, self.data))


class _StoredReplies(_Stored["CannedReply"]):
    def _make(self) -> "tuple[CannedReply, ...]":
        from itdesk.domain.canned import CannedReply
        from itdesk.domain.ticket import MessageKind

        return tuple(
            CannedReply(name, title, MessageKind(kind), tuple(categories), text, place)
            for name, title, kind, categories, text, place in self.data
        )
