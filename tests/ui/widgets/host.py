"""An app around one widget."""

from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

from tests.ui.looks import DARK, look


class Host(App[None]):
    """Shows a widget in the shipped dark theme and keeps the messages that it posts."""

    def __init__(self, make: Callable[[], Widget]) -> None:
        super().__init__()
        self._make = make
        self.posted: list[Message] = []
        for theme in look().themes:
            self.register_theme(theme)
        self.theme = DARK

    def compose(self) -> ComposeResult:
        """The widget."""
        yield self._make()

    def screen_lines(self) -> list[str]:
        """What stands on the screen, line by line."""
        return screen_lines(self)


def screen_lines(app: App[None]) -> list[str]:
    """What stands on the screen, line by line, without trailing blanks."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]
