"""Themes: read whole, and readable by everybody."""

from pathlib import Path

import pytest

from itdesk.settings.errors import ConfigErrors
from itdesk.settings.locations import shipped_themes
from itdesk.settings.themes import ThemeSettings, load_theme, load_themes, usable_themes
from itdesk.ui.theme import COLOURS

SHIPPED = load_themes([shipped_themes()])
COLOURED = [theme for theme in SHIPPED if theme.name not in ("ansi", "monochrome")]
"""Those whose colours are known: the terminal says what the others look like."""


def brightness(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    lighter, darker = sorted((brightness(one), brightness(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def seen_with_deuteranopia(colour: str) -> tuple[float, ...]:
    """Linear red, green and blue as somebody without M cones sees them (Machado, Oliveira and Fernandes 2009)."""
    linear = [brightness(f"#{colour[at : at + 2] * 3}") for at in (1, 3, 5)]
    matrix = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
    return tuple(sum(factor * part for factor, part in zip(row, linear, strict=True)) for row in matrix)


def test_there_is_a_theme_for_every_eye_and_terminal() -> None:
    assert [(theme.name, theme.dark) for theme in SHIPPED] == [
        ("ansi", True),
        ("colour-blind", True),
        ("high-contrast", True),
        ("itdesk-dark", True),
        ("itdesk-light", False),
        ("monochrome", True),
    ]


def test_what_is_missed_and_what_is_met_look_different_without_red_and_green() -> None:
    colours = next(theme for theme in SHIPPED if theme.name == "colour-blind").colours
    for bad in ("red", "amber"):
        for good in ("green", "accent"):
            there, here = seen_with_deuteranopia(colours[bad]), seen_with_deuteranopia(colours[good])
            # Blue against orange: who sees no red and green still sees much blue in one and little in the other.
            assert here[2] - there[2] > 0.35, (bad, good)
    lightness = [contrast(colours[name], colours["ground"]) for name in ("red", "amber")]
    assert lightness[1] - lightness[0] > 2


@pytest.mark.parametrize("theme", SHIPPED, ids=lambda theme: theme.name)
def test_a_theme_names_the_colours_that_the_screens_know(theme: ThemeSettings) -> None:
    assert set(theme.colours) == set(COLOURS)


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["ground", "bar", "cursor", "note_tint", "dialog"])
@pytest.mark.parametrize("text", ["text", "dim", "accent", "red", "amber", "green", "note"])
def test_all_text_can_be_read_on_every_surface(theme: ThemeSettings, ground: str, text: str) -> None:
    least = 7 if theme.name == "high-contrast" else 4.5
    assert contrast(theme.colours[text], theme.colours[ground]) >= least


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("shape", ["bars", "second"])
def test_charts_stand_out_from_the_ground(theme: ThemeSettings, shape: str) -> None:
    assert contrast(theme.colours[shape], theme.colours["ground"]) >= 3


NO_COLOUR = (
    'a colour is # and six hexadecimal digits, in quotes: "#82b1ff"; or one of the terminal\'s own, such as ansi_blue'
)


def theme_text() -> str:
    return (shipped_themes() / "itdesk-dark.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('text: "#d8dde4"', "text: #d8dde4", "'text' must be text, not empty; text that begins with # needs quotes"),
        ('text: "#d8dde4"', 'text: "#d8dde"', NO_COLOUR),
        ('text: "#d8dde4"', "text: ruby", NO_COLOUR),
        ('text: "#d8dde4"', 'text: "ansi_rod"', f"{NO_COLOUR} … did you mean 'ansi_red'?"),
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
    assert [theme.name for theme in themes] == [*(theme.name for theme in SHIPPED), "mine"]
    assert {theme.name: theme for theme in themes}["itdesk-dark"].colours["accent"] == "#aabbcc"


def test_a_missing_folder_holds_no_themes(tmp_path: Path) -> None:
    assert load_themes([tmp_path / "gone"]) == ()


def test_the_faults_of_all_themes_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("dark: 1\n")
    (tmp_path / "b.yaml").write_text("")
    with pytest.raises(ConfigErrors) as failure:
        load_themes([tmp_path])
    assert {Path(error.file).name for error in failure.value.errors} == {"a.yaml", "b.yaml"}


def test_a_faulty_theme_leaves_the_others_usable(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(theme_text().replace("dark: true", "dark: perhaps"))
    (tmp_path / "mine.yaml").write_text(theme_text())
    themes, errors = usable_themes([tmp_path])
    assert [theme.name for theme in themes] == ["mine"]
    assert [(Path(error.file).name, error.line) for error in errors] == [("broken.yaml", 6)]


def test_a_theme_may_use_the_terminals_own_colours(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(theme_text().replace("#82b1ff", "ansi_bright_cyan"))
    assert load_theme(tmp_path / "mine.yaml").colours["accent"] == "ansi_bright_cyan"


def test_a_missing_theme_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors, match="the file is missing"):
        load_theme(tmp_path / "gone.yaml")
