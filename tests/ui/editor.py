"""An editor for tests, and a headless terminal that lets one start."""

from pathlib import Path

import pytest

from tests.ui.visit import Visit


def editor_that_writes(folder: Path, text: str) -> str:
    """A command that puts this text into the file that it is given."""
    script = folder / "editor.sh"
    script.write_text(f'#!/bin/sh\nprintf "{text}\\n" > "$1"\n')
    script.chmod(0o700)
    return str(script)


def lend_the_terminal(visitor: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the screens be suspended, which a headless driver cannot."""
    driver = type(visitor.app._driver)
    monkeypatch.setattr(driver, "can_suspend", property(lambda driver: True))
    for name in ("suspend_application_mode", "resume_application_mode"):
        monkeypatch.setattr(driver, name, lambda driver: None)
