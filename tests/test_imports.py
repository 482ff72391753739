"""The walls between the packages, as text says them and as a fresh process shows them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent / "itdesk"
PACKAGES = ("domain", "settings", "models", "desk", "gateways", "ui", "cli")

# Package -> the packages of ours that it may import, itself aside.
MAY_IMPORT = {
    "domain": set(),
    "settings": {"domain"},
    "models": {"domain"},
    "desk": {"domain", "settings", "models"},
    "gateways": {"domain", "desk"},
    "ui": {"domain", "desk"},
    "cli": {"domain", "desk", "settings", "gateways", "ui"},
}

# Package -> modules that are not even loaded with it, directly or by way of others.
NEVER_LOADED = {
    "domain": {"textual", "rich", "pydantic", "yaml", "peewee", "psycopg", "sqlite3"},
    "settings": {"textual", "rich", "peewee", "psycopg", "sqlite3"},
    "models": {"textual", "rich", "pydantic", "yaml"},
    "desk": {"textual", "rich", "pydantic", "yaml"},
    "gateways": {"textual", "rich", "pydantic"},
}

SCREENS = {f"itdesk.ui.{name}" for name in ("queue", "ticket", "knowledge", "metrics", "new_ticket")}

# What the start needs, from the command to the queue, and what it does without: each would make the start longer.
START = ("itdesk.cli.program", "itdesk.cli.screens", "itdesk.cli.rulebook", "itdesk.ui.app", "itdesk.domain.time_left")
NOT_AT_START = {
    *("yaml", "pydantic", "psycopg", "regex", "holidays", "markdown_it", "plotext", "textual.document"),
    *("itdesk.desk.change", "itdesk.desk.transaction", "itdesk.desk.views", "itdesk.desk.queries.feed"),
    *(
        "itdesk.desk.queries.ranking",
        "itdesk.models.journal",
        "itdesk.models.search",
        "itdesk.models.migrations.dialect",
    ),
    *("itdesk.domain.classification", "itdesk.domain.conditions", "itdesk.domain.decisions", "itdesk.domain.templates"),
    *("itdesk.settings.loader", "itdesk.ui.ticket", "itdesk.ui.dialogs", "itdesk.ui.widgets.choice_list"),
    *("itdesk.ui.widgets.trouble", "itdesk.ui.widgets.too_small", "itdesk.ui.widgets.banner"),
}

# Libraries whose types are part of another's public interface.
COMES_WITH = {"rich": "textual", "pydantic_core": "pydantic"}

# What only the edge (cli, settings) may ask; inside, the time and the surroundings are handed in.
CLOCK_AND_ENVIRONMENT = {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime", "time.ctime"),
    *("os.environ", "os.environb", "os.getenv", "os.getlogin", "getpass.getuser", "os.path.expanduser"),
    *("pathlib.Path.home", "platformdirs.*"),
}
EDGE = {"cli", "settings"}


@dataclass(frozen=True)
class Use:
    """A module or name of a module that a line of code uses, by its full dotted name."""

    module: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} uses {self.name}"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the program, by its dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(), filename=str(path))
    return found


def imports(module: str, tree: ast.Module) -> Iterator[Use]:
    """Everything that a module imports anywhere, also inside functions and under TYPE_CHECKING."""
    is_package = any(other.startswith(f"{module}.") for other in modules())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Use(module, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                up = module.split(".")[: len(module.split(".")) - node.level + is_package]
                origin = ".".join([*up, origin]).rstrip(".")
            for alias in node.names:
                yield Use(module, node.lineno, f"{origin}.{alias.name}")
        elif (
            isinstance(node, ast.Call)
            and _dotted(node.func, {}) in {"importlib.import_module", "import_module", "__import__"}
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield Use(module, node.lineno, str(node.args[0].value))


def names(module: str, tree: ast.Module) -> Iterator[Use]:
    """Every name and attribute that a module uses, resolved through its imports to a full dotted name."""
    aliases = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                aliases[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            dotted = _dotted(node, aliases)
            if dotted:
                yield Use(module, node.lineno, dotted)


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        origin = _dotted(node.value, aliases)
        return f"{origin}.{node.attr}" if origin else None
    return None


def package_of(dotted: str) -> str | None:
    """`domain` for `itdesk.domain.text.safe`; None for what is not in a package of ours."""
    first, _, rest = dotted.partition(".")
    name = rest.partition(".")[0]
    return name if first == "itdesk" and name in PACKAGES else None


def all_imports() -> Iterator[Use]:
    for module, tree in modules().items():
        yield from imports(module, tree)


def test_each_package_imports_only_the_packages_below_it() -> None:
    wrong = [
        str(use)
        for use in all_imports()
        if (source := package_of(use.module)) is not None
        and (target := package_of(use.name)) not in {None, source}
        and target not in MAY_IMPORT[source]
    ]
    assert wrong == []


def test_the_domain_knows_only_the_standard_library_and_regex() -> None:
    allowed = {*sys.stdlib_module_names, "regex", "itdesk"}
    wrong = [
        str(use)
        for use in all_imports()
        if package_of(use.module) == "domain" and use.name.partition(".")[0] not in allowed
    ]
    assert wrong == []


def test_storage_and_settings_know_nothing_of_screens() -> None:
    wrong = [
        str(use)
        for use in all_imports()
        if package_of(use.module) in {"domain", "settings", "models", "desk"}
        and use.name.partition(".")[0] in {"textual", "rich"}
    ]
    assert wrong == []


def test_every_library_used_is_a_declared_dependency() -> None:
    declared = {Requirement(line).name.lower() for line in metadata.requires("itdesk") or () if "'test'" not in line}
    distributions = metadata.packages_distributions()
    wrong = []
    for use in all_imports():
        root = use.name.partition(".")[0]
        owners = {COMES_WITH.get(name.lower(), name.lower()) for name in distributions.get(root, ())}
        if root not in {*sys.stdlib_module_names, "itdesk"} and not owners & declared:
            wrong.append(str(use))
    assert wrong == []


def _screen_modules() -> set[str]:
    """The modules of screens: those that define a class `…Screen` from which no other class derives."""
    classes = [(module, node) for module, tree in modules().items() for node in ast.walk(tree)]
    defined = {(module, node.name) for module, node in classes if isinstance(node, ast.ClassDef)}
    bases = {
        ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
        for _, node in classes
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    }
    return {module for module, name in defined if name.endswith("Screen") and name not in bases}


def _imports_of(use: Use, wanted: set[str]) -> str | None:
    return next((name for name in wanted if use.name == name or use.name.startswith(f"{name}.")), None)


def test_a_screen_never_imports_another_screen() -> None:
    screens = SCREENS | _screen_modules()
    wrong = [
        str(use)
        for use in all_imports()
        if use.module in screens and (target := _imports_of(use, screens)) is not None and target != use.module
    ]
    assert wrong == []


def test_a_widget_or_dialog_never_imports_a_screen_or_the_app() -> None:
    above = SCREENS | _screen_modules() | {"itdesk.ui.screen", "itdesk.ui.app"}
    wrong = [
        str(use)
        for use in all_imports()
        if use.module.startswith(("itdesk.ui.widgets", "itdesk.ui.dialogs")) and _imports_of(use, above)
    ]
    assert wrong == []


def test_a_widget_never_imports_a_dialog() -> None:
    wrong = [
        str(use)
        for use in all_imports()
        if use.module.startswith("itdesk.ui.widgets") and use.name.startswith("itdesk.ui.dialogs")
    ]
    assert wrong == []


def test_only_the_edge_reads_the_clock_and_the_environment() -> None:
    wrong = [
        str(use)
        for module, tree in modules().items()
        if package_of(module) not in EDGE
        for use in names(module, tree)
        if use.name in CLOCK_AND_ENVIRONMENT or f"{use.name.partition('.')[0]}.*" in CLOCK_AND_ENVIRONMENT
    ]
    assert wrong == []


LOAD = """
import importlib, pkgutil, sys
package = importlib.import_module(f"itdesk.{sys.argv[1]}")
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print("\\n".join(sys.modules))
"""


def loaded_with(package: str) -> set[str]:
    """The modules that a fresh process holds after every module of the package was imported."""
    run = subprocess.run(
        [sys.executable, "-c", LOAD, package], cwd=ROOT.parent, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


@pytest.mark.parametrize("package", PACKAGES)
def test_a_fresh_process_loads_nothing_from_above(package: str) -> None:
    loaded = loaded_with(package)
    assert f"itdesk.{package}" in loaded
    reachable = {package, *MAY_IMPORT[package]}
    for name in list(reachable):
        reachable |= MAY_IMPORT[name]
    assert {package_of(module) for module in loaded} - {None} <= reachable
    assert loaded & NEVER_LOADED.get(package, set()) == set()


def test_the_start_loads_nothing_that_the_first_screen_does_without() -> None:
    code = f"import sys, {', '.join(START)}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) & NOT_AT_START == set()


# The walls themselves are tried: each of these lines must be found.


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("from itdesk.models import tickets", "itdesk.models.tickets"),
        ("def f():\n    import itdesk.models.tickets", "itdesk.models.tickets"),
        ("if TYPE_CHECKING:\n    from itdesk.models.tickets import Ticket", "itdesk.models.tickets.Ticket"),
        ("from ..models import tickets", "itdesk.models.tickets"),
        ("import importlib\nimportlib.import_module('itdesk.models')", "itdesk.models"),
    ],
)
def test_an_import_is_seen_wherever_it_stands(code: str, name: str) -> None:
    assert name in [use.name for use in imports("itdesk.ui.app", ast.parse(code))]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import datetime\ndatetime.datetime.now()", "datetime.datetime.now"),
        ("from datetime import datetime as dt\nclock = dt.now", "datetime.datetime.now"),
        ("from time import time\ntime()", "time.time"),
        ("import os\nos.environ['HOME']", "os.environ"),
        ("from os import environ as e\ne.get('HOME')", "os.environ"),
        ("from pathlib import Path\nPath.home()", "pathlib.Path.home"),
    ],
)
def test_a_look_at_the_clock_is_seen_under_any_name(code: str, name: str) -> None:
    assert name in [use.name for use in names("itdesk.desk.intake", ast.parse(code))]
