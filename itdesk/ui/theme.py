"""A theme's colours as styles with a meaning.

Meaning is never in colour alone: a word or a sign says the same.
"""

from collections.abc import Mapping
from typing import NamedTuple

from textual.style import Style
from textual.theme import Theme
from textual.widget import Widget

BOLD = Style(bold=True)
UNDERLINE = Style(underline=True)
_DIM = Style(dim=True)
_REVERSE = Style(reverse=True)


class Roles(NamedTuple):
    """The styles that screens use. Surfaces (`cursor`, `bar` ...) are backgrounds, the others foregrounds."""

    text: Style
    dim: Style
    accent: Style
    red: Style
    amber: Style
    green: Style
    note: Style
    label: Style
    note_label: Style
    cursor: Style
    bar: Style
    ground: Style
    note_tint: Style
    bars: Style
    second: Style
    requester: Style
    line: Style
    track: Style

    def priority(self, priority: int) -> Style:
        """P1 red, P2 amber, P3 as text, P4 and P5 dim."""
        return (self.red + BOLD, self.amber + BOLD, self.text, self.dim, self.dim)[priority - 1]


class DeskTheme(Theme):
    """A Textual theme that knows its roles."""

    roles: Roles


COLOURS = (
    "text",
    "dim",
    "accent",
    "red",
    "amber",
    "green",
    "note",
    "label",
    "ground",
    "bar",
    "cursor",
    "note_tint",
    "dialog",
    "bars",
    "second",
    "requester",
    "line",
    "track",
)
"""The colours a theme names; screens know no others."""


def desk_theme(name: str, colours: Mapping[str, str], *, dark: bool) -> DeskTheme:
    """A theme out of its colours (`COLOURS`), each `#rrggbb` or one of the terminal's own (`ansi_blue`).

    A role without a colour of its own (it has that of `text` or `ground`) is shown by bold, dim or reverse instead.
    """

    def ink(colour: str, instead: Style) -> Style:
        return instead if colours[colour] == colours["text"] else Style.parse(colours[colour])

    def surface(colour: str) -> Style:
        return Style.parse(f"on {colours[colour]}")

    def label(under: str) -> Style:
        if colours["label"] == colours["text"]:
            return Style.parse(colours[under]) + _REVERSE
        return Style.parse(f"{colours['label']} on {colours[under]}")

    return _theme(
        name,
        colours,
        dark,
        Roles(
            text=Style.parse(colours["text"]),
            dim=ink("dim", _DIM),
            accent=ink("accent", BOLD),
            red=ink("red", BOLD),
            amber=ink("amber", BOLD),
            green=ink("green", Style()),
            note=ink("note", BOLD),
            label=label("accent"),
            note_label=label("note"),
            cursor=_REVERSE if colours["cursor"] == colours["ground"] else surface("cursor"),
            bar=surface("bar"),
            ground=surface("ground"),
            note_tint=surface("note_tint"),
            bars=ink("bars", Style()),
            second=ink("second", _DIM),
            requester=ink("requester", _DIM),
            line=ink("line", _DIM),
            track=ink("track", _DIM),
        ),
    )


def mono_theme() -> DeskTheme:
    """No colour at all (`NO_COLOR`): bold, dim and reverse carry what colours carry elsewhere."""
    return desk_theme("mono", dict.fromkeys(COLOURS, "ansi_default"), dark=True)


# What Textual's stylesheets want to know of a theme that leaves its colours to the terminal.
_ANSI = dict.fromkeys(
    (
        "ansi-background",
        "ansi-foreground",
        "border-blurred",
        "block-cursor-background",
        "block-cursor-foreground",
        "input-selection-foreground",
        "screen-selection-background",
        "screen-selection-foreground",
    ),
    "ansi_default",
)


def _theme(name: str, colours: Mapping[str, str], dark: bool, roles: Roles) -> DeskTheme:
    ansi = any(colour.startswith("ansi_") for colour in colours.values())
    variables = {f"desk-{key.replace('_', '-')}": value for key, value in colours.items()}
    theme = DeskTheme(
        name=name,
        primary=colours["accent"],
        secondary=colours["accent"],
        accent=colours["accent"],
        warning=colours["amber"],
        error=colours["red"],
        success=colours["green"],
        foreground=colours["text"],
        background=colours["ground"],
        surface=colours["bar"],
        panel=colours["dialog"],
        boost=colours["bar"],
        dark=dark,
        ansi=ansi,
        variables=variables
        | {
            "input-selection-background": colours["cursor"],
            "input-cursor-background": colours["text"],
            "input-cursor-foreground": colours["ground"],
            "input-cursor-text-style": "reverse" if ansi else "none",
        }
        | (_ANSI if ansi else {}),
    )
    theme.roles = roles
    return theme


_UNTHEMED = Roles(**dict.fromkeys(Roles._fields, Style()))


def roles(widget: Widget) -> Roles:
    """The roles of the theme that is on."""
    theme = widget.app.current_theme
    return theme.roles if isinstance(theme, DeskTheme) else _UNTHEMED


def time_left_style(urgency: str, palette: Roles, plain: Style) -> Style:
    """How a due time of that `domain.time_left.Urgency` is painted; beside it stands its flag."""
    match urgency:
        case "overdue":
            return palette.red + BOLD
        case "nearly":
            return palette.amber
        case "paused":
            return palette.dim
        case _:
            return plain
