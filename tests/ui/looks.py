"""Two themes for tests."""

from itdesk.ui.app import Look
from itdesk.ui.theme import desk_theme, mono_theme

_DARK = {
    "text": "#d8dde4",
    "dim": "#98a2b0",
    "accent": "#82b1ff",
    "red": "#ff8a80",
    "amber": "#e9b872",
    "green": "#8fcf9f",
    "note": "#d3a9ea",
    "label": "#10141a",
    "ground": "#14171c",
    "bar": "#1d222a",
    "cursor": "#2a3442",
    "note_tint": "#251f2d",
    "dialog": "#1b2028",
    "bars": "#57708f",
    "second": "#69a07f",
    "requester": "#3d4a5b",
    "line": "#3a424e",
    "track": "#2b323c",
}
DARK = desk_theme("test-dark", _DARK, dark=True)


def look(theme: str = "test-dark") -> Look:
    """The look of a test's screen."""
    return Look((DARK, mono_theme()), theme)
