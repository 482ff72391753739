"""What files on tickets hold: each content once, found by its SHA-256.

SQLite: in a folder beside the database, `desk.sqlite3.files/ab/cdef…`. PostgreSQL: in a table. A content is kept before
the ticket's row that names it, so that a crash leaves at most one that nobody needs; `remove_orphans` clears those.
"""

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

from itdesk.desk.errors import ReadOnly, Refused, Unavailable
from itdesk.desk.session import Desk
from itdesk.domain.files import size_in_words
from itdesk.models.fields import to_microseconds

_CHUNK = 1 << 18
_NEEDED_AFTER_ALL = timedelta(days=1)
"""So old a content must be before it counts as one that nobody needs."""
_UNFINISHED = ".new-"


def put(desk: Desk, source: BinaryIO, name: str, limit: int, now: datetime) -> tuple[str, int]:
    """Keep what `source` holds; its SHA-256 in hexadecimal and its size in bytes.

    Reading stops beyond `limit` bytes: Refused, which calls the file by its `name`. Raises Unavailable for a full disk.
    """
    return _put_beside(desk, source, name, limit) if desk.database.sqlite else _put_in(desk, source, name, limit, now)


def copy(desk: Desk, sha256: str, name: str, target: BinaryIO) -> None:
    """Write a content into `target`. Raises Refused where it is gone, or is not what was kept (trust none of it)."""
    digest = hashlib.sha256()
    try:
        for chunk in _chunks(desk, sha256):
            digest.update(chunk)
            target.write(chunk)
    except FileNotFoundError:
        raise Refused(f"The content of {name} is gone from {_place(desk)}: restore it from a back-up.") from None
    if digest.hexdigest() != sha256:
        raise Refused(
            f"The content of {name} in {_place(desk)} is damaged: it is not what was attached, so it is not handed "
            "out. Restore it from a back-up."
        )


def is_kept(desk: Desk, sha256: str) -> bool:
    """Whether a content is there, and on PostgreSQL stays until the transaction ends."""
    if desk.database.sqlite:
        return _file(desk, sha256).is_file()
    return desk.database.row("SELECT 1 FROM attached_content WHERE sha256 = ? FOR SHARE", (sha256,)) is not None


def remove_orphans(desk: Desk, now: datetime) -> int:
    """Delete contents of more than a day ago that no ticket ever named: what a crash left. How many there were."""
    before = now - _NEEDED_AFTER_ALL
    if desk.database.sqlite:
        return desk.database.write(partial(_remove_beside, desk, before))
    unneeded = "stored_at < %s AND NOT EXISTS (SELECT 1 FROM attachment WHERE sha256 = attached_content.sha256)"
    sql = f"DELETE FROM attached_content WHERE {unneeded}"  # noqa: S608
    return desk.database.write(lambda: int(desk.database.execute(sql, (to_microseconds(before),)).rowcount))


# PostgreSQL


def _put_in(desk: Desk, source: BinaryIO, name: str, limit: int, now: datetime) -> tuple[str, int]:
    content = b"".join(_read(source, name, limit))
    sha256 = hashlib.sha256(content).hexdigest()
    sql = (
        "INSERT INTO attached_content (sha256, content, stored_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (sha256) DO UPDATE SET content = excluded.content, stored_at = excluded.stored_at"
    )
    desk.database.write(lambda: desk.database.execute(sql, (sha256, content, to_microseconds(now))))
    return sha256, len(content)


# SQLite


def _put_beside(desk: Desk, source: BinaryIO, name: str, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with _told(desk):
        folder = _make_folder(desk, _folder(desk))
        descriptor, unfinished = tempfile.mkstemp(prefix=_UNFINISHED, dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in _read(source, name, limit):
                    size += len(chunk)
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            target = _file(desk, digest.hexdigest())
            _make_folder(desk, target.parent)
            Path(unfinished).chmod(_mode(desk))
            Path(unfinished).replace(target)  # also over a damaged one
            _sync(target.parent)
        finally:
            Path(unfinished).unlink(missing_ok=True)
    return digest.hexdigest(), size


def _remove_beside(desk: Desk, before: datetime) -> int:
    # Inside a transaction that writes: whoever attaches one of these contents waits, and then finds that it is gone.
    named = {sha256 for (sha256,) in desk.database.execute("SELECT DISTINCT sha256 FROM attachment").fetchall()}
    removed = 0
    for path in _folder(desk).glob("*"):
        old = [path] if path.name.startswith(_UNFINISHED) else list(path.glob("*")) if path.is_dir() else []
        for one in old:
            with suppress(FileNotFoundError):
                if path.name + one.name not in named and one.stat().st_mtime < before.timestamp():
                    one.unlink()
                    removed += 1
    return removed


def _folder(desk: Desk) -> Path:
    return Path(f"{desk.name}.files")


def _file(desk: Desk, sha256: str) -> Path:
    return _folder(desk) / sha256[:2] / sha256[2:]


def _mode(desk: Desk) -> int:
    return stat.S_IMODE(Path(desk.name).stat().st_mode) & 0o666


def _make_folder(desk: Desk, folder: Path) -> Path:
    """Whoever may read or write the database may do so here."""
    with suppress(FileExistsError):
        folder.mkdir()
        mode = _mode(desk)
        inherited = folder.stat().st_mode & stat.S_ISGID
        folder.chmod(mode | (mode & 0o444) >> 2 | inherited)
        _sync(folder.parent)
    return folder


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Both


def _read(source: BinaryIO, name: str, limit: int) -> Iterator[bytes]:
    size = 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise too_large(name, limit)
        yield chunk


def too_large(name: str, limit: int) -> Refused:
    """The refusal of a file beyond the desk's limit."""
    return Refused(
        f"{name} is larger than {size_in_words(limit)}, the most that this desk takes (desk.yaml: attachments)."
    )


def _chunks(desk: Desk, sha256: str) -> Iterator[bytes]:
    if not desk.database.sqlite:
        row = desk.database.row("SELECT content FROM attached_content WHERE sha256 = ?", (sha256,))
        if row is None:
            raise FileNotFoundError(sha256)
        yield bytes(row[0])
        return
    with _file(desk, sha256).open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _place(desk: Desk) -> str:
    return str(_folder(desk)) if desk.database.sqlite else f"the database {desk.name}"


@contextmanager
def _told(desk: Desk) -> Iterator[None]:
    """What the disk refuses as a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Unavailable(
                f"No space is left in {_folder(desk)}. The file was not attached; free some space and try again."
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise ReadOnly(
                f"{_folder(desk)} may not be written by this user; ask an administrator for write access. "
                "The file was not attached."
            ) from error
        raise Unavailable(f"{_folder(desk)}: {error.strerror}. The file was not attached.") from error
