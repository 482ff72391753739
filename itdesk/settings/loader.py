"""From a config folder to a checked rulebook: all faults of all files at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itdesk.domain.classification import Category, Level, Priorities, Route, Rule
from itdesk.domain.files import LARGEST as LARGEST_ATTACHMENT
from itdesk.domain.queue_order import Order
from itdesk.domain.rulebook import DeskSettings, Rulebook, TeamSetting, View
from itdesk.settings.config_folder import OPTIONAL_FILES, REQUIRED_FILES, RULEBOOK_FILES, text_files
from itdesk.settings.errors import ConfigError, ConfigErrors, did_you_mean
from itdesk.settings.reading import read

if TYPE_CHECKING:  # PyYAML and pydantic are loaded only when there is something to check
    from itdesk.domain.assignment import Sharing
    from itdesk.domain.canned import CannedReply
    from itdesk.domain.procedures import Sop
    from itdesk.settings.files import (
        CategoriesFile,
        CategoryEntry,
        DeskFile,
        KeymapFile,
        PrioritiesFile,
        RoutingFile,
        ViewsFile,
    )
    from itdesk.settings.procedure_files import PoliciesFile
    from itdesk.settings.rule_entries import RuleEntry
    from itdesk.settings.strict_yaml import Document, Steps
    from itdesk.settings.validation import PartOf

    Check = Callable[[Any, Document], Iterable[ConfigError]]
    """Says what is wrong with a file beyond what its model can tell."""

KeymapCheck = Callable[[Mapping[str, tuple[str, ...]]], Iterable[tuple[str, str]]]
"""Says what is wrong with a keymap, as pairs of an action's id and a sentence."""


def load_rulebook(folder: Path, *, check_keymap: KeymapCheck | None = None) -> Rulebook:
    """The checked rulebook of a config folder; raises ConfigErrors with every fault of every file at once.

    `check_keymap` adds the faults that only the screens can see: actions and keys that there are not.
    """
    from itdesk.settings import calendar_file, escalation_file, sla_file
    from itdesk.settings.files import FILES
    from itdesk.settings.names import Named, Names
    from itdesk.settings.replies import load_replies
    from itdesk.settings.sops import read_sops
    from itdesk.settings.template_entries import template_faults
    from itdesk.settings.validation import entries_of, sound_part, validate

    documents, errors = read_documents(folder)
    names = Names()
    files: dict[str, Any] = {}
    for name, document in documents.items():
        files[name], faults = validate(FILES[name], document, names, errors)
        errors += faults
    if "categories.yaml" in documents:
        names.file = documents["categories.yaml"].file
        for path in _category_paths(documents["categories.yaml"].data):
            names.declare(Named.CATEGORY, path)
    sops, faults = read_sops(folder, [name for name in text_files(folder) if name.startswith("sops/")], names)
    errors += faults
    replies, faults = load_replies(folder, [name for name in text_files(folder) if name.startswith("replies/")], names)
    errors += faults
    declared_in = {
        Named.TEAM: "desk.yaml",
        Named.CATEGORY: "categories.yaml",
        Named.IMPACT: "priorities.yaml",
        Named.URGENCY: "priorities.yaml",
        Named.CALENDAR: "calendars.yaml",
    }
    unread = {
        named
        for named, file in declared_in.items()
        if files.get(file) is None and not names.declared(named) and (file in documents or file in REQUIRED_FILES)
    }
    errors += names.errors(unread)

    def sound(name: str, part_of: "PartOf") -> "tuple[Any, Document] | None":
        """A file as far as it has no faults."""
        if name not in documents:
            return None
        file, document = files[name], documents[name]
        return (file, document) if file is not None else sound_part(FILES[name], document, part_of)

    this_year = datetime.now(UTC).year
    desk = sound("desk.yaml", entries_of("teams"))
    levels = {team.name: team.level for team in desk[0].teams} if desk else {}
    checks: dict[str, tuple[PartOf, Sequence[Check]]] = {
        "priorities.yaml": (entries_of("rules", "adjustments"), [_matrix_faults, _head_start_faults]),
        "templates.yaml": (entries_of("templates"), [template_faults]),
        "calendars.yaml": (calendar_file.part_of, [partial(calendar_file.calendar_faults, this_year=this_year)]),
        "sla.yaml": (entries_of("agreements"), [sla_file.agreement_faults]),
        "escalation.yaml": (entries_of("steps"), [partial(escalation_file.escalation_faults, levels=levels)]),
    }
    if check_keymap:
        checks["keymap.yaml"] = (entries_of("keys"), [partial(_keymap_faults, check=check_keymap)])
    for name, (part_of, faults_of) in checks.items():
        if (judged := sound(name, part_of)) is not None:
            errors += [fault for check in faults_of for fault in check(*judged)]
    if errors:
        raise ConfigErrors(errors)
    return replace(_rulebook(files, documents, replies), procedures_data=_procedures(files, documents, sops))


def read_documents(folder: Path) -> "tuple[dict[str, Document], list[ConfigError]]":
    """The documents of the folder's files, those that are YAML, and what is wrong with the others.

    Raises ConfigErrors where there is no such folder.
    """
    from itdesk.settings.strict_yaml import parse

    try:
        present = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        reason = "there is no such folder" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        message = f"the config folder cannot be read: {reason}. Write a commented one with `itdesk init`"
        raise ConfigErrors([ConfigError(str(folder), 0, 0, message)]) from None
    documents: dict[str, Document] = {}
    errors = [
        ConfigError(str(folder / name), 0, 0, f"no settings file is called {name}{did_you_mean(name, RULEBOOK_FILES)}")
        for name in present
        if name.endswith((".yaml", ".yml")) and name not in RULEBOOK_FILES
    ]
    for name in RULEBOOK_FILES:
        if name in OPTIONAL_FILES and name not in present:
            continue
        content, faults = read(folder / name)
        if content is not None:
            document, faults = parse(content, str(folder / name))
            if document is not None:
                documents[name] = document
        errors += faults
    return documents, errors


def _category_paths(data: Any, above: str = "") -> Iterator[str]:
    """The paths of a category tree, in order, as far as it is one."""
    tree = data.get("categories") if isinstance(data, dict) else None
    for name, entry in tree.items() if isinstance(tree, dict) else ():
        path = f"{above}{name}"
        yield path
        yield from _category_paths(entry, f"{path}.")


def _matrix_faults(file: "PrioritiesFile", document: "Document") -> Iterator[ConfigError]:
    for impact in file.impacts:
        row = file.matrix.get(impact.name)
        if row is None:
            mark = document.key_marks[("matrix",)]
            yield ConfigError(document.file, *mark, f"the matrix has no row for impact {impact.name!r}")
            continue
        for urgency in file.urgencies:
            if urgency.name not in row:
                mark = document.key_marks["matrix", impact.name]
                message = f"the row {impact.name!r} of the matrix lacks urgency {urgency.name!r}"
                yield ConfigError(document.file, *mark, message)


def _head_start_faults(file: "PrioritiesFile", document: "Document") -> Iterator[ConfigError]:
    spans = [(name, getattr(file.head_starts, name)) for name in type(file.head_starts).model_fields]
    for (above, longer), (name, span) in pairwise(spans):
        if span > longer:
            message = f"the head start of {name} is longer than that of {above}, so {name} would come first"
            yield ConfigError(document.file, *document.mark(("head_starts", name)), message)


def _keymap_faults(file: "KeymapFile", document: "Document", check: KeymapCheck) -> Iterator[ConfigError]:
    for action, sentence in check({action: tuple(keys) for action, keys in file.keys.items()}):
        mark = document.key_marks.get(("keys", action)) or document.mark(("keys",))
        yield ConfigError(document.file, *mark, sentence.rstrip("."))


# -- from files to the rulebook ----------------------------------------------------------------------------------


def _rulebook(files: Mapping[str, Any], documents: "Mapping[str, Document]", replies: "list[CannedReply]") -> Rulebook:
    from itdesk.settings import calendar_file, escalation_file, sla_file
    from itdesk.settings.template_entries import templates_of

    categories: CategoriesFile = files["categories.yaml"]
    views: ViewsFile = files["views.yaml"]
    keymap: KeymapFile = files["keymap.yaml"]
    templates = files.get("templates.yaml")
    desk = _desk(files["desk.yaml"], documents["desk.yaml"])
    calendars, sla = files.get("calendars.yaml"), files.get("sla.yaml")
    escalation = files.get("escalation.yaml")
    steps = escalation_file.steps(escalation, documents["escalation.yaml"]) if escalation else ()
    return Rulebook(
        desk=desk,
        categories=tuple(_categories(categories.categories, documents["categories.yaml"], ("categories",))),
        rules=_rules(categories.rules, documents["categories.yaml"], "rules"),
        priorities_data=_priorities(files["priorities.yaml"], documents["priorities.yaml"]).to_data(),
        routes=tuple(_routes(files["routing.yaml"], documents["routing.yaml"], desk)),
        views=tuple(View(view.name, view.title, view.query, view.order or Order.FAIR) for view in views.views),
        keymap={action: tuple(keys) for action, keys in keymap.keys.items()},
        sharing_data=_sharing(files["routing.yaml"], documents["routing.yaml"]).to_data(),
        escalation_data=tuple(step.to_data() for step in steps),
        templates=templates_of(templates) if templates else (),
        replies=tuple(replies),
        calendars=(
            calendar_file.calendars(calendars, documents["calendars.yaml"], desk.time_zone, datetime.now(UTC).year)
            if calendars
            else ()
        ),
        agreements=sla_file.agreements(sla, documents["sla.yaml"]) if sla else (),
    )


def _procedures(
    files: Mapping[str, Any], documents: "Mapping[str, Document]", sops: "tuple[Sop, ...]"
) -> dict[str, Any]:
    from itdesk.domain.procedures import Procedures

    file: PoliciesFile | None = files.get("policies.yaml")
    if file is None:
        return Procedures(sops).to_data()
    document = documents["policies.yaml"]
    approvals = tuple(rule.rule(document.place(("approvals", index))) for index, rule in enumerate(file.approvals))
    resolve = tuple(one.policy(document.place(("resolve", index))) for index, one in enumerate(file.resolve))
    return Procedures(sops, approvals, resolve).to_data()


def _desk(file: "DeskFile", document: "Document") -> DeskSettings:
    defaults = file.defaults
    return DeskSettings(
        name=file.name,
        time_zone=file.time_zone,
        teams=tuple(TeamSetting(team.name, team.title, team.level, team.lead) for team in file.teams),
        default_team=defaults.team,
        default_kind=defaults.kind,
        default_category=defaults.category,
        default_impact=defaults.impact,
        default_urgency=defaults.urgency,
        place=document.place(("defaults",)),
        largest_attachment=file.attachments.largest if file.attachments else LARGEST_ATTACHMENT,
        **({"timer_idle": file.timer.idle} if file.timer else {}),
    )


def _categories(
    tree: "Mapping[str, CategoryEntry]", document: "Document", path: "Steps", above: Category | None = None
) -> Iterator[Category]:
    for name, entry in tree.items():
        here = (*path, name)
        kind = entry.kind or (above.kind if above else None)
        category = Category(f"{above.path}.{name}" if above else name, entry.title, kind, document.place(here))
        yield category
        if entry.categories:
            yield from _categories(entry.categories, document, (*here, "categories"), category)


def _rules(entries: "Iterable[RuleEntry]", document: "Document", key: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(entry.id, document.place((key, index)), entry.decides(), entry.condition())
        for index, entry in enumerate(entries)
    )


def _priorities(file: "PrioritiesFile", document: "Document") -> Priorities:
    starts = file.head_starts
    spans = (starts.P1, starts.P2, starts.P3, starts.P4, starts.P5)
    return Priorities(
        impacts=tuple(Level(level.name, level.title) for level in file.impacts),
        urgencies=tuple(Level(level.name, level.title) for level in file.urgencies),
        cells={
            (impact.name, urgency.name): int(file.matrix[impact.name][urgency.name].removeprefix("P"))
            for impact in file.impacts
            for urgency in file.urgencies
        },
        places={impact.name: document.place(("matrix", impact.name)) for impact in file.impacts},
        head_starts=dict(enumerate(spans, start=1)),
        rules=_rules(file.rules, document, "rules"),
        adjustments=_rules(file.adjustments, document, "adjustments"),
    )


def _sharing(file: "RoutingFile", document: "Document") -> "Sharing":
    from itdesk.domain.assignment import Sharing, TeamSharing

    weights = file.weights
    return Sharing(
        weights=(weights.P1, weights.P2, weights.P3, weights.P4, weights.P5),
        waiting=weights.waiting,
        capacity=file.capacity,
        teams={
            name: TeamSharing(team.mode, team.capacity, team.minimum, document.place(("teams", name)))
            for name, team in file.teams.items()
        },
        skills=dict(file.skills),
    )


def _routes(file: "RoutingFile", document: "Document", desk: DeskSettings) -> Iterator[Route]:
    levels = {team.name: team.level for team in desk.teams}
    for index, entry in enumerate(file.routes):
        yield Route(
            category=entry.category,
            kind=entry.kind,
            team=entry.team,
            level=entry.level or levels[entry.team],
            place=document.place(("routes", index)),
        )
