"""Small rulebooks for tests."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from itdesk.domain.classification import Category, Level, Priorities, Route, Rule
from itdesk.domain.conditions import Condition, Contains, Field
from itdesk.domain.decisions import Thing
from itdesk.domain.rulebook import DeskSettings, Rulebook, TeamSetting, View
from itdesk.domain.ticket import Kind

CELLS = {
    ("company", "high"): 1,
    ("company", "medium"): 2,
    ("company", "low"): 3,
    ("team", "high"): 2,
    ("team", "medium"): 3,
    ("team", "low"): 4,
    ("person", "high"): 3,
    ("person", "medium"): 4,
    ("person", "low"): 5,
}


def rule(name: str, when: Condition | Sequence[str], line: int = 1, /, **decides: str) -> Rule:
    """A rule; words in place of a condition are looked for in the text."""
    condition = Contains(Field.TEXT, tuple(when)) if isinstance(when, Sequence) else when
    return Rule(name, f"rules.yaml:{line}", tuple((Thing(thing), value) for thing, value in decides.items()), condition)


def rulebook(
    *rules: Rule,
    levels: Sequence[Rule] = (),
    adjustments: Sequence[Rule] = (),
    routes: Sequence[Route] = (Route("network", None, "network", 2, "routing.yaml:3"),),
    categories: Mapping[str, Kind | None] | None = None,
) -> Rulebook:
    """A rulebook with two teams, six categories and these rules."""
    tree = categories or {
        "network": Kind.INCIDENT,
        "network.vpn": Kind.INCIDENT,
        "network.wifi": Kind.INCIDENT,
        "purchase": Kind.REQUEST,
        "printing": Kind.INCIDENT,
        "general": None,
    }
    return Rulebook(
        desk=DeskSettings(
            name="Desk",
            time_zone="UTC",
            teams=(TeamSetting("first", "First line", 1), TeamSetting("network", "Network", 2, "jonas")),
            default_team="first",
            default_kind=Kind.INCIDENT,
            default_category="general",
            default_impact="person",
            default_urgency="medium",
            place="desk.yaml:9",
        ),
        categories=tuple(
            Category(path, path.capitalize(), kind, f"categories.yaml:{line}")
            for line, (path, kind) in enumerate(tree.items(), start=2)
        ),
        rules=rules,
        priorities_data=Priorities(
            impacts=(Level("company", "company"), Level("team", "one team"), Level("person", "one person")),
            urgencies=(Level("high", "high"), Level("medium", "medium"), Level("low", "low")),
            cells=CELLS,
            places={"company": "priorities.yaml:5", "team": "priorities.yaml:6", "person": "priorities.yaml:7"},
            head_starts={priority: timedelta(days=days) for priority, days in enumerate((90, 60, 7, 2, 0), start=1)},
            rules=tuple(levels),
            adjustments=tuple(adjustments),
        ).to_data(),
        routes=tuple(routes),
        views=(View("all", "All", "status:open"),),
        keymap={"reply": ("R",)},
    )
