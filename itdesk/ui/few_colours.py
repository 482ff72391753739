"""Themes on terminals of 256 colours: most logins by SSH, which does not pass on that the terminal has more.

Rich would take the next colour in its own way: dark surfaces become one black, and text stands out too little.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from itdesk.ui.theme import COLOURS, DeskTheme, desk_theme

_INKS = ("text", "dim", "accent", "red", "amber", "green", "note", "label")
_SURFACES = ("ground", "cursor", "bar", "note_tint", "dialog")
_SHAPES = ("bars", "second", "requester", "line", "track")
_TEXT, _SHAPE = 4.5, 3.0
"""Contrasts of text and of shapes (WCAG 2.2): what a theme reaches of them in full colour is reached here."""

_HIGH = 7.0
"""The contrast of all text in a theme of high contrast."""

_NEARER = 1.08
"""By how much a surface may come nearer to its inks, as a ratio of contrast."""

_LEVELS = (0, 95, 135, 175, 215, 255)
"""Of red, green and blue in the cube of colours 16 to 231 (xterm)."""


class _Colour(NamedTuple):
    red: int
    green: int
    blue: int

    @property
    def luminance(self) -> float:
        """Relative luminance (WCAG 2.2)."""
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (one / 255 for one in self)
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def distance(self, other: "_Colour") -> float:
        """How different both look (redmean, https://www.compuphase.com/cmetric.htm), squared."""
        mean = (self.red + other.red) / 2
        red, green, blue = self.red - other.red, self.green - other.green, self.blue - other.blue
        return (2 + mean / 256) * red * red + 4 * green * green + (2 + (255 - mean) / 256) * blue * blue


class _Shown(NamedTuple):
    """A colour of the terminal: as it looks, and `written` so that Rich takes it for this one."""

    colour: _Colour
    luminance: float
    written: str


def in_256_colours(theme: DeskTheme) -> DeskTheme:
    """The theme as a terminal of 256 colours can show it; one of the terminal's own colours as it is."""
    colours = {name: theme.variables[f"desk-{name.replace('_', '-')}"] for name in COLOURS}
    if not all(colour.startswith("#") for colour in colours.values()):
        return theme
    return desk_theme(theme.name, nearest_of_256(colours), dark=theme.dark)


def nearest_of_256(colours: Mapping[str, str]) -> Mapping[str, str]:
    """The colours of a theme, `#rrggbb`, as colours that a terminal of 256 has; as readable as before.

    A surface is the colour that looks most like it and is hardly nearer to the text; ground and cursor are like no
    other. An ink is the one that looks most like it of those that stand out enough from every surface.
    """
    full = {name: _colour(value) for name, value in colours.items()}
    text = full["text"].luminance
    chosen: dict[str, _Shown] = {}
    for name in _SURFACES:
        least = _contrast(full[name].luminance, text) / (1 if name == "ground" else _NEARER)
        taken = {chosen[other] for other in ("ground", "cursor") if other in chosen and colours[other] != colours[name]}
        free = [one for one in _nearest(full[name]) if one not in taken]
        chosen[name] = next((one for one in free if _contrast(one.luminance, text) >= least), free[0])
    under = dict.fromkeys((*_INKS, *_SHAPES), _SURFACES) | {"label": ("accent", "note")}
    reached = {
        name: [_contrast(full[name].luminance, full[other].luminance) for other in others]
        for name, others in under.items()
    }
    high = _HIGH if min(min(reached[name]) for name in _INKS) >= _HIGH else _TEXT
    for name, others in under.items():
        grades = [next((grade for grade in (high, _TEXT, _SHAPE) if one >= grade), 1.0) for one in reached[name]]
        chosen[name] = _readable(full[name], [chosen[other].luminance for other in others], grades)
    return {name: chosen[name].written for name in colours}


def _readable(wanted: _Colour, others: Sequence[float], least: Sequence[float]) -> _Shown:
    """The colour that looks most like it of those with at least these contrasts to the others (luminances)."""
    nearest = _nearest(wanted)
    asked = list(zip(others, least, strict=True))
    enough = (one for one in nearest if all(_contrast(one.luminance, other) >= grade for other, grade in asked))
    return next(enough, nearest[0])


def _contrast(first: float, second: float) -> float:
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def _nearest(wanted: _Colour) -> list[_Shown]:
    return sorted(_terminal_colours(), key=lambda one: wanted.distance(one.colour))


@cache
def _terminal_colours() -> Sequence[_Shown]:
    """The cube and the greys: what the first sixteen look like, everybody sets for himself."""
    return tuple(_cube()) + tuple(_greys())


def _cube() -> Iterable[_Shown]:
    for red in _LEVELS:
        for green in _LEVELS:
            for blue in _LEVELS:
                colour = _Colour(red, green, blue)
                if _is_colourful(colour) or colour in ((0, 0, 0), (255, 255, 255)):
                    yield _Shown(colour, colour.luminance, _hex(colour))


def _greys() -> Iterable[_Shown]:
    """232 to 255; Rich has 25 steps from black to white for them."""
    for step in range(1, 25):
        look, written = _Colour(*[8 + 10 * (step - 1)] * 3), _Colour(*[round(255 * step / 25)] * 3)
        yield _Shown(look, look.luminance, _hex(written))


def _is_colourful(colour: _Colour) -> bool:
    """Whether Rich takes it for a colour: others it takes for a grey (saturation below 15 %, HLS)."""
    most, least = max(colour), min(colour)
    room = most + least if most + least <= 255 else 510 - most - least
    return room > 0 and (most - least) / room >= 0.15


def _colour(text: str) -> _Colour:
    return _Colour(*bytes.fromhex(text.removeprefix("#")))


def _hex(colour: _Colour) -> str:
    return "#" + bytes(colour).hex()
