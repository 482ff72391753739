"""Themes: read whole, and readable by everybody."""

from pathlib import Path

import pytest

from itdesk.settings.errors import ConfigErrors
from itdesk.settings.locations import shipped_themes
from itdesk.settings.themes import ThemeSettings, load_theme, load_themes
from itdesk.ui.theme import COLOURS

SHIPPED = load_themes([shipped_themes()])


def brightness(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    lighter, darker = sorted((brightness(one), brightness(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_a_dark_and_a_light_theme_are_shipped() -> None:
    assert {(theme.name, theme.dark) for theme in SHIPPED} == {("itdesk-dark", True), ("itdesk-light", False)}


@pytest.mark.parametrize("theme", SHIPPED, ids=lambda theme: theme.name)
def test_a_theme_names_the_colours_that_the_screens_know(theme: ThemeSettings) -> None:
    assert set(theme.colours) == set(COLOURS)


@pytest.mark.parametrize("theme", SHIPPED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["ground", "bar", "cursor", "note_tint", "dialog"])
@pytest.mark.parametrize("text", ["text", "dim", "accent", "red", "amber", "green", "note"])
def test_all_text_can_be_read_on_every_surface(theme: ThemeSettings, ground: str, text: str) -> None:
    assert contrast(theme.colours[text], theme.colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", SHIPPED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("shape", ["bars", "second"])
def test_charts_stand_out_from_the_ground(theme: ThemeSettings, shape: str) -> None:
    assert contrast(theme.colours[shape], theme.colours["ground"]) >= 3


def theme_text() -> str:
    return (shipped_themes() / "itdesk-dark.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('text: "#d8dde4"', "text: #d8dde4", "'text' must be text, not empty; text that begins with # needs quotes"),
        ('text: "#d8dde4"', 'text: "#d8dde"', 'a colour is # and six hexadecimal digits, in quotes: "#82b1ff"'),
        ('text: "#d8dde4"', "text: red", 'a colour is # and six hexadecimal digits, in quotes: "#82b1ff"'),
        ('text: "#d8dde4"', 'txt: "#d8dde4"', "unknown key 'txt' … did you mean 'text'?"),
        ('text: "#d8dde4"', "", "the key 'text' is missing"),
        ("dark: true", "dark: yes", "'dark' must be true or false, not the text 'yes'"),
    ],
)
def test_a_fault_in_a_theme_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(theme_text().replace(old, new))
    with pytest.raises(ConfigErrors) as failure:
        load_theme(path)
    assert [error.message for error in failure.value.errors] == [message]
    assert failure.value.errors[0].file == str(path)


def test_a_theme_of_ones_own_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "itdesk-dark.yaml").write_text(theme_text().replace("#82b1ff", "#AABBCC"))
    (tmp_path / "mine.yaml").write_text(theme_text())
    themes = load_themes([shipped_themes(), tmp_path])
    assert [theme.name for theme in themes] == ["itdesk-dark", "itdesk-light", "mine"]
    assert themes[0].colours["accent"] == "#aabbcc"


def test_a_missing_folder_holds_no_themes(tmp_path: Path) -> None:
    assert load_themes([tmp_path / "gone"]) == ()


def test_the_faults_of_all_themes_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("dark: 1\n")
    (tmp_path / "b.yaml").write_text("")
    with pytest.raises(ConfigErrors) as failure:
        load_themes([tmp_path])
    assert {Path(error.file).name for error in failure.value.errors} == {"a.yaml", "b.yaml"}


def test_a_missing_theme_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors, match="the file is missing"):
        load_theme(tmp_path / "gone.yaml")
