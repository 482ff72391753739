"""A theme's colours as styles with a meaning.

Meaning is never in colour alone: a word or a sign says the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from textual.style import Style
from textual.theme import Theme
from textual.widget import Widget

BOLD = Style(bold=True)
UNDERLINE = Style(underline=True)


@dataclass(frozen=True, slots=True)
class Roles:
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


def desk_theme(name: str, colours: Mapping[str, str], *, dark: bool, ansi: bool = False) -> DeskTheme:
    """A theme out of its colours (`COLOURS`), each `#rrggbb` or one of the sixteen (`ansi_blue`)."""

    def on(colour: str, under: str) -> Style:
        return Style.parse(f"{colours[colour]} on {colours[under]}")

    def plain(colour: str) -> Style:
        return Style.parse(colours[colour])

    def surface(colour: str) -> Style:
        return Style.parse(f"on {colours[colour]}")

    return _theme(
        name,
        colours,
        dark,
        ansi,
        Roles(
            text=plain("text"),
            dim=plain("dim"),
            accent=plain("accent"),
            red=plain("red"),
            amber=plain("amber"),
            green=plain("green"),
            note=plain("note"),
            label=on("label", "accent"),
            note_label=on("label", "note"),
            cursor=surface("cursor"),
            bar=surface("bar"),
            ground=surface("ground"),
            note_tint=surface("note_tint"),
            bars=plain("bars"),
            second=plain("second"),
            requester=plain("requester"),
            line=plain("line"),
            track=plain("track"),
        ),
    )


def mono_theme() -> DeskTheme:
    """No colour at all (`NO_COLOR`): bold, dim and reverse carry what colours carry elsewhere."""
    plain, dim, reverse = Style(), Style(dim=True), Style(reverse=True)
    roles = Roles(
        text=plain,
        dim=dim,
        accent=BOLD,
        red=BOLD,
        amber=BOLD,
        green=plain,
        note=BOLD,
        label=reverse,
        note_label=reverse,
        cursor=reverse,
        bar=plain,
        ground=plain,
        note_tint=plain,
        bars=plain,
        second=dim,
        requester=dim,
        line=dim,
        track=dim,
    )
    return _theme("mono", dict.fromkeys(COLOURS, "ansi_default"), True, True, roles)


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


def _theme(name: str, colours: Mapping[str, str], dark: bool, ansi: bool, roles: Roles) -> DeskTheme:
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


_UNTHEMED = Roles(**{field.name: Style() for field in fields(Roles)})


def roles(widget: Widget) -> Roles:
    """The roles of the theme that is on."""
    theme = widget.app.current_theme
    return theme.roles if isinstance(theme, DeskTheme) else _UNTHEMED
