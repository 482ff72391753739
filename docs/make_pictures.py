"""Makes the pictures of the documentation from the running program: `python docs/make_pictures.py`.

The screens are those of `itdesk demo` at a fixed moment, so that the same program gives the same pictures.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from itdesk.desk.rulebook import adopt
from itdesk.desk.session import SYSTEM, Session, open_desk, sign_in
from itdesk.gateways import demo
from itdesk.settings.config_folder import content_hash
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config, shipped_themes
from itdesk.settings.themes import load_themes
from itdesk.ui.app import ItdeskApp, Look
from itdesk.ui.theme import desk_theme

FOLDER = Path(__file__).parent / "pictures"
MOMENT = datetime(2026, 11, 16, 8, 14, tzinfo=UTC)
PICTURES: Sequence[tuple[str, Sequence[str]]] = (
    ("queue", ("j", "j")),
    ("ticket", ("j", "j", "enter")),
    ("why", ("j", "j", "enter", "w")),
    ("knowledge", ("2",)),
    ("metrics", ("3",)),
)
"""A picture's name, and the keys that lead to it from the queue."""

_READING_SECONDS = 1.0
"""What a screen may take to read what it shows."""

_UNIQUE = re.compile(r"terminal-\d+")


def main() -> None:
    """Write every picture as SVG into `docs/pictures`."""
    for name in [name for name in os.environ if name == "NO_COLOR" or name.startswith("TEXTUAL_")]:
        del os.environ[name]
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="itdesk-pictures-") as folder:
        desk = open_desk(str(Path(folder) / "desk.sqlite3"), create=True)
        settings = shipped_config()
        adopt(Session(desk, SYSTEM, _now), load_rulebook(settings), content_hash(settings))
        demo.fill(desk, MOMENT)
        session = Session(desk, sign_in(desk, demo.VISITOR), _now)
        for name, keys in PICTURES:
            (FOLDER / f"{name}.svg").write_text(asyncio.run(_picture(session, name, keys)), encoding="utf-8")
        desk.close()


def _now() -> datetime:
    return MOMENT


async def _picture(session: Session, name: str, keys: Sequence[str]) -> str:
    themes = [desk_theme(one.name, one.colours, dark=one.dark) for one in load_themes((shipped_themes(),))]
    app = ItdeskApp(session, Look(themes, "itdesk-dark"))
    async with app.run_test(size=(140, 40)) as pilot:
        while not app.desk.unread:
            await pilot.pause(_READING_SECONDS)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(_READING_SECONDS)
        return _UNIQUE.sub(f"itdesk-{name}", app.export_screenshot(title=f"itdesk: {name}"))


if __name__ == "__main__":
    main()
