"""Finds and loads import mappings: `config/imports/NAME.yaml`, or a file of one's own."""

from collections.abc import Sequence
from pathlib import Path

from itdesk.domain.mapping import ImportMapping
from itdesk.domain.rulebook import Rulebook
from itdesk.settings.errors import ConfigError, ConfigErrors, did_you_mean
from itdesk.settings.reading import read

FOLDER = "imports"
"""The folder of mappings in a config folder."""


def load_mapping(name: str, folders: Sequence[Path], rulebook: Rulebook) -> ImportMapping:
    """The mapping of a name in the first of the config folders that has it, or of a file (`other/log.yaml`).

    Categories and levels that it names must be the rulebook's. Raises ConfigErrors with every fault at once.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else _find(name, folders)
    mapping, errors = _load(path, rulebook)
    if mapping is None:
        raise ConfigErrors(errors)
    return mapping


def check_mappings(folder: Path, rulebook: Rulebook) -> list[ConfigError]:
    """What is wrong with the mappings in a config folder, by file and line; nothing if it has none."""
    return sorted(error for path in _files(folder) for error in _load(path, rulebook)[1])


def _files(folder: Path) -> list[Path]:
    return sorted((folder / FOLDER).glob("*.yaml"))


def _find(name: str, folders: Sequence[Path]) -> Path:
    for folder in folders:
        path = folder / FOLDER / f"{name}.yaml"
        if path.is_file():
            return path
    known = sorted({path.stem for folder in folders for path in _files(folder)})
    instead = did_you_mean(name, known) or f"; there are: {', '.join(known) or 'none'}"
    looked = str(folders[0] / FOLDER) if folders else FOLDER
    raise ConfigErrors([ConfigError(looked, 0, 0, f"there is no mapping {name!r}{instead}")])


def _load(path: Path, rulebook: Rulebook) -> tuple[ImportMapping | None, list[ConfigError]]:
    from itdesk.settings.import_files import IMPORT_FILES
    from itdesk.settings.names import Named, Names
    from itdesk.settings.strict_yaml import parse
    from itdesk.settings.validation import validate

    content, errors = read(path)
    if content is None:
        return None, errors
    document, errors = parse(content, str(path))
    if document is None:
        return None, errors
    written = document.data.get("type") if isinstance(document.data, dict) else None
    if not isinstance(written, str) or written not in IMPORT_FILES:
        near = did_you_mean(written, IMPORT_FILES) if isinstance(written, str) else ""
        message = f"the key 'type' must say what the file maps: {' or '.join(IMPORT_FILES)}{near}"
        return None, [*errors, ConfigError(document.file, *document.mark(("type",)), message)]
    names = Names()
    for named, known in (
        (Named.CATEGORY, [category.path for category in rulebook.categories]),
        (Named.IMPACT, [level.name for level in rulebook.priorities.impacts]),
        (Named.URGENCY, [level.name for level in rulebook.priorities.urgencies]),
    ):
        for name in known:
            names.declare(named, name)
    file, faults = validate(IMPORT_FILES[written], document, names, errors)
    errors += [*faults, *names.errors()]
    return (None if errors or file is None else file.mapping(path.stem, str(path))), errors
