"""Themes: the colours of the screens, one YAML file each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from itdesk.settings.errors import ConfigErrors
from itdesk.settings.reading import read

if TYPE_CHECKING:
    from itdesk.settings.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """A theme: its name, whether its ground is dark, and a colour (`#rrggbb`) for each role."""

    name: str
    dark: bool
    colours: Mapping[str, str]


def load_theme(path: Path) -> ThemeSettings:
    """The theme in a file, named as the file is; raises ConfigErrors with every fault at once."""
    theme, errors = _load(path)
    if theme is None:
        raise ConfigErrors(errors)
    return theme


def load_themes(folders: Sequence[Path]) -> tuple[ThemeSettings, ...]:
    """All themes of the folders by name, those of later folders in place of earlier ones; raises ConfigErrors."""
    themes: dict[str, ThemeSettings] = {}
    errors: list[ConfigError] = []
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            theme, faults = _load(path)
            errors += faults
            if theme is not None:
                themes[theme.name] = theme
    if errors:
        raise ConfigErrors(errors)
    return tuple(themes.values())


def _load(path: Path) -> "tuple[ThemeSettings | None, list[ConfigError]]":
    from itdesk.settings.names import Names
    from itdesk.settings.strict_yaml import parse
    from itdesk.settings.theme_file import ThemeFile
    from itdesk.settings.validation import validate

    content, errors = read(path)
    if content is None:
        return None, errors
    document, errors = parse(content, str(path))
    if document is None:
        return None, errors
    file, faults = validate(ThemeFile, document, Names(), errors)
    errors += faults
    if errors or file is None:
        return None, errors
    return ThemeSettings(path.stem, file.dark, file.colours.model_dump()), []
