"""Where the files are: the shipped settings and themes, and the user's own."""

from pathlib import Path

from platformdirs import PlatformDirs

_PACKAGE = Path(__file__).resolve().parent.parent
_DIRECTORIES = PlatformDirs("itdesk", appauthor=False)


def shipped_config() -> Path:
    """The commented default settings: inside an installed wheel, or in the checkout."""
    return _shipped("config")


def shipped_themes() -> Path:
    """The themes that come with itdesk."""
    return _shipped("themes")


def default_database() -> Path:
    """The database where none is named: in the user's data folder, which is not made here."""
    return _DIRECTORIES.user_data_path / "desk.sqlite3"


def user_config_dir() -> Path:
    """The user's own settings folder (keymap, themes), which is not made here."""
    return _DIRECTORIES.user_config_path


def preferences_file() -> Path:
    """What the people of this user account chose for themselves; neither file nor folder is made here."""
    return user_config_dir() / "preferences.json"


def crash_log() -> Path:
    """Where the screens write what went wrong inside them; neither file nor folder is made here."""
    return _DIRECTORIES.user_log_path / "itdesk.log"


def export_folder() -> Path:
    """Where files are saved if nobody says: the user's downloads folder; without one, `exports` in the data folder."""
    downloads = _DIRECTORIES.user_downloads_path
    return downloads if downloads.is_dir() else _DIRECTORIES.user_data_path / "exports"


def _shipped(name: str) -> Path:
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
