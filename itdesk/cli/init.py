"""`itdesk init`: a commented config folder and a database, ready for work."""

import os
import pwd
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import click

from itdesk.cli import rulebook
from itdesk.cli.invocation import Invocation, caller_login, is_postgres, now
from itdesk.cli.output import say
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries.people import staff
from itdesk.desk.queries.rulebook import config_folder
from itdesk.desk.rulebook import adopt
from itdesk.desk.session import SYSTEM, Session, open_desk
from itdesk.domain.people import Role
from itdesk.settings.config_folder import content_hash
from itdesk.settings.locations import default_database, shipped_config


@click.command("init")
@click.argument("directory", metavar="[DIR]", required=False, default=None, type=click.Path(path_type=Path))
@click.pass_obj
def init_command(invocation: Invocation, directory: Path | None) -> None:
    """Make a desk: write the commented settings into DIR, create the database, make you its administrator.

    DIR is by default a folder beside the database. What is there already stays as it is, so this can be run again.

    \b
    Examples:
      itdesk init
      itdesk --database /srv/itdesk/desk.sqlite3 init /etc/itdesk
      itdesk --database postgresql://itdesk@db.example.org/itdesk init /etc/itdesk
    """
    wanted = directory.expanduser().absolute() if directory else invocation.config
    desk = open_desk(invocation.database, create=True)
    try:
        session = Session(desk, SYSTEM, now)
        own = config_folder(desk)
        if own is None:
            folder = wanted or default_folder(invocation.database)
            _make_settings(session, folder)
        else:
            folder = Path(own)
            say(f"The desk in {desk.name} is there already, with its settings in {folder}.")
        _make_administrator(session, invocation.login(desk))
    finally:
        desk.close()


def default_folder(database: str) -> Path:
    """Where the settings of a new desk are written if nobody says: beside its file, or in the user's data folder."""
    if is_postgres(database):
        name = urlsplit(database).path.strip("/") or "desk"
        return default_database().with_name(f"{name}-config")
    return Path(database).with_name(f"{Path(database).stem}-config")


def write_settings(folder: Path) -> int:
    """Copy the shipped settings into a folder; files that are there stay as they are. How many were written."""
    written = 0
    shipped = shipped_config()
    for source in sorted(path for path in shipped.rglob("*") if path.is_file()):
        target = folder / source.relative_to(shipped)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f".{target.name}.new")
            shutil.copyfile(source, unfinished)
            unfinished.rename(target)  # a copy that a full disk cut short is never taken for settings
            written += 1
    return written


def _make_settings(session: Session, folder: Path) -> None:
    written = write_settings(folder)
    say(f"Wrote {written} commented files into {folder}." if written else f"Took the settings in {folder}.")
    hashed = content_hash(folder)
    adopt(session, rulebook.load(folder), hashed, str(folder))
    say(f"The desk is in {session.desk.name}.")


def _make_administrator(session: Session, login: str) -> None:
    """Make the first person the administrator. A desk that has one is not given another by this."""
    if any(member.role is Role.ADMINISTRATOR for member in staff(session)):
        return
    add_people(session, [NewPerson(login, _full_name(login), Role.ADMINISTRATOR)])
    say(f"{login} is its administrator; `itdesk staff add` adds others, `itdesk` opens the screens.")


def _full_name(login: str) -> str:
    if login != caller_login():
        return login
    return pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0].strip() or login
