"""The shipped themes, for tests."""

from functools import cache

from itdesk.settings.locations import shipped_themes
from itdesk.settings.themes import load_themes
from itdesk.ui.app import Look
from itdesk.ui.theme import DeskTheme, desk_theme, mono_theme

DARK, LIGHT = "itdesk-dark", "itdesk-light"


@cache
def themes() -> tuple[DeskTheme, ...]:
    """The shipped themes, made for Textual."""
    return tuple(desk_theme(one.name, one.colours, dark=one.dark) for one in load_themes((shipped_themes(),)))


def look(theme: str = DARK) -> Look:
    """The look of a test's screen: a shipped theme, or `mono`."""
    if theme == "mono":
        return Look((mono_theme(),), theme, locked=True)
    return Look(themes(), theme)
