"""Themes: the colours of the screens, one YAML file each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from itdesk.settings.errors import ConfigErrors
from itdesk.settings.reading import read

if TYPE_CHECKING:
    from itdesk.settings.errors import ConfigError

_COLOURS = (
    *("text", "dim", "accent", "red", "amber", "green", "note", "label"),
    *("ground", "bar", "cursor", "note_tint", "dialog", "bars", "second", "requester", "line", "track"),
)
_PLAIN_HEAD = re.compile(r"dark: (true|false)(?: +#.*)?")
_SIXTEEN = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
TERMINAL_COLOURS = ("ansi_default", *(f"ansi_{bright}{name}" for bright in ("", "bright_") for name in _SIXTEEN))
"""The terminal's own colours, by the names that Textual gives them."""

_PLAIN_COLOUR = re.compile(rf'  ([a-z_]+): "(#[0-9a-f]{{6}}|{"|".join(TERMINAL_COLOURS)})"(?: +#.*)?')


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """A theme: its name, whether its ground is dark, and a colour for each role.

    A colour is `#rrggbb`, or one of the terminal's own: `ansi_blue`, `ansi_bright_red`, `ansi_default`.
    """

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
    themes, errors = usable_themes(folders)
    if errors:
        raise ConfigErrors(errors)
    return themes


def usable_themes(folders: Sequence[Path]) -> "tuple[tuple[ThemeSettings, ...], tuple[ConfigError, ...]]":
    """As `load_themes`, but a faulty theme is left out: the good ones, and every fault of the others."""
    themes: dict[str, ThemeSettings] = {}
    errors: list[ConfigError] = []
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            theme, faults = _load(path)
            errors += faults
            if theme is not None:
                themes[theme.name] = theme
    return tuple(themes.values()), tuple(errors)


def _load(path: Path) -> "tuple[ThemeSettings | None, list[ConfigError]]":
    content, errors = read(path)
    if content is None:
        return None, errors
    plain = _plainly_written(path.stem, content)
    if plain is not None:
        return plain, []

    from itdesk.settings.names import Names
    from itdesk.settings.strict_yaml import parse
    from itdesk.settings.theme_file import ThemeFile
    from itdesk.settings.validation import validate

    document, errors = parse(content, str(path))
    if document is None:
        return None, errors
    file, faults = validate(ThemeFile, document, Names(), errors)
    errors += faults
    if errors or file is None:
        return None, errors
    return ThemeSettings(path.stem, file.dark, file.colours.model_dump()), []


def _plainly_written(name: str, content: bytes) -> ThemeSettings | None:
    """The theme, where it is written line by line as the shipped ones are; None for any other spelling, or a fault.

    Every start needs the themes, and reading YAML with all its checks takes longer than the first screen (measured).
    """
    lines = [line for line in content.decode("utf-8", "replace").splitlines() if line.lstrip()[:1] not in ("", "#")]
    head = _PLAIN_HEAD.fullmatch(lines[0]) if len(lines) == len(_COLOURS) + 2 else None
    if head is None or lines[1] != "colours:":
        return None
    colours: dict[str, str] = {
        found[1]: found[2] for line in lines[2:] if (found := _PLAIN_COLOUR.fullmatch(line)) is not None
    }
    return ThemeSettings(name, head[1] == "true", colours) if colours.keys() == set(_COLOURS) else None
