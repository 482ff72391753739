"""Where the desk's settings come from."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from itdesk.desk.errors import NotFound
from itdesk.desk.session import Desk, Session
from itdesk.models.settings import Meta, StoredRulebook


class Written(NamedTuple):
    """An entry of a settings file: where it begins (`categories.yaml:88`), and its lines."""

    place: str
    lines: tuple[str, ...]


def config_folder(desk: Desk) -> str | None:
    """The desk's own config folder, recorded when it was made; None for a desk without one."""
    with desk.database.translated():
        row = Meta.get_or_none(Meta.name == "config_folder")
    return str(row.value) if row else None


def config_hash(desk: Desk) -> str | None:
    """The hash of the config content in force; None before the first rulebook."""
    with desk.database.translated():
        row = StoredRulebook.select(StoredRulebook.config_hash).order_by(StoredRulebook.version.desc()).first()
    return str(row.config_hash) if row else None


def as_written(session: Session, places: Iterable[str]) -> tuple[str, tuple[Written, ...]]:
    """The config folder, and what stands in it at these places. Raises NotFound where that is not what is in force.

    A desk without a folder of its own may run on the shipped settings.
    """
    from itdesk.settings.config_folder import content_hash
    from itdesk.settings.excerpts import entry_at
    from itdesk.settings.locations import shipped_config

    own = config_folder(session.desk)
    folder = Path(own) if own is not None else shipped_config()
    if content_hash(folder) != config_hash(session.desk):
        where = f"not those in {folder}" if own is not None else "in no folder here"
        raise NotFound(f"The rules in force are {where}; they cannot be shown.")
    found = (Written(place, entry_at(folder, place)) for place in dict.fromkeys(places))
    return str(folder), tuple(entry for entry in found if entry.lines)
