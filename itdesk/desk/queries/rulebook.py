"""Where the desk's settings come from."""

from itdesk.desk.session import Desk
from itdesk.models.settings import Meta, StoredRulebook


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
