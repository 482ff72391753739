"""Who owns the database itself, and so could change anything in it without this program."""

import stat
from pathlib import Path

from itdesk.desk.session import Desk


def signed_in_role(desk: Desk) -> str | None:
    """The login of the person as whom PostgreSQL knows the caller: the role's name, where a person has it as login.

    None on SQLite, for a role that is nobody's own, and for one that may speak for others.
    """
    if desk.database.sqlite:
        return None
    [role, is_known] = desk.database.row(
        "SELECT session_user, EXISTS (SELECT 1 FROM person WHERE login = session_user)"
    )
    return str(role) if is_known and not _role_owns_tables(desk) else None


def owns_database(desk: Desk, uid: int) -> bool:
    """Whether the caller may speak for others.

    SQLite: the file is the user's own (`uid`, as the operating system knows it) and closed to everybody else (mode
    0600). PostgreSQL: the role that is signed in owns the desk's tables, or may act as their owner.
    """
    if desk.database.sqlite:
        status = Path(desk.name).stat()
        return status.st_uid == uid and not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return _role_owns_tables(desk)


def _role_owns_tables(desk: Desk) -> bool:
    owner = "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'journal'::regclass"
    return bool(desk.database.execute(owner).fetchone()[0])
