"""Files on tickets: attach, remove, save. Mail and portal attach by the same functions."""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from itdesk.desk import contents
from itdesk.desk.change import Change, Targets, ids
from itdesk.desk.errors import NotFound, Refused, Unavailable
from itdesk.desk.queries import attachments as queries
from itdesk.desk.session import Session
from itdesk.desk.transaction import Merged, Transaction, action, for_each, number
from itdesk.domain.files import file_name
from itdesk.domain.people import EVERYBODY, STAFF
from itdesk.domain.ticket import ENDED, Status
from itdesk.models.attachments import Attachment
from itdesk.models.base import objects
from itdesk.models.fields import to_microseconds
from itdesk.models.tickets import Ticket

_MOST_OF_A_NAME = 1_000
"""So many files of one name are told apart in a folder."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A content that the desk keeps, ready to be attached under a name. `size` is in bytes."""

    name: str
    sha256: str
    size: int


def keep(session: Session, source: BinaryIO, name: str) -> Kept:
    """Keep what is read from `source`, to be attached under `name`. Raises Refused where it is larger than allowed."""
    session.require(EVERYBODY, "attach files")
    name = file_name(name)
    limit = session.rulebook.desk.largest_attachment
    return Kept(name, *contents.put(session.desk, source, name, limit, session.clock()))


def keep_file(session: Session, path: Path) -> Kept:
    """Keep a file of this machine. Raises Refused for what is no file, cannot be read, or is larger than allowed."""
    try:
        if not path.is_file():
            what = "is a folder; attach its files" if path.is_dir() else "is no file"
            raise Refused(f"{path} {what if path.exists() else 'is not there'}.")
        limit = session.rulebook.desk.largest_attachment
        if path.stat().st_size > limit:
            raise contents.too_large(file_name(path.name), limit)
        with path.open("rb") as source:
            return keep(session, source, path.name)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error


@action(EVERYBODY, "attach files")
def attach(tx: Transaction, targets: Targets, files: Sequence[Kept], *, staff_only: bool = False) -> Change:
    """Attach files that the desk keeps. Requesters see them unless they are `staff_only`. Always appended."""
    by_staff = tx.session.actor.role in STAFF
    if not files:
        raise Refused("Name at least one file.")
    if staff_only and not by_staff:
        raise Refused("Only staff may attach files that requesters do not see.")
    for kept in files:
        if not contents.is_kept(tx.session.desk, kept.sha256):
            raise Refused(f"The content of {kept.name} was cleared away meanwhile; attach it again.")

    def deed(ticket: Ticket) -> str:
        if ticket.status in ENDED and not by_staff:
            raise Refused(f"{number(ticket)} is {Status(ticket.status).title}; reopen it before you attach something.")
        rows = [
            {
                "ticket_id": ticket.id,
                "name": kept.name,
                "sha256": kept.sha256,
                "size": kept.size,
                "staff_only": staff_only,
                "author_id": tx.session.actor.id,
                "attached_at": to_microseconds(tx.now),
            }
            for kept in files
        ]
        made = tx.session.desk.database.insert_rows("attachment", rows, returning=("id",))
        tx.update(ticket)
        tx.record(
            "attached_for_staff" if staff_only else "attached",
            ticket,
            facts={"attachments": sorted(one for (one,) in made)},
            payload={"names": [kept.name for kept in files], "sha256": [kept.sha256 for kept in files]},
        )
        return f"Attached {_named([kept.name for kept in files])} to {number(ticket)}."

    return for_each(tx, ids(targets), deed, "Attached files to")


@action(EVERYBODY, "remove files")
def detach(tx: Transaction, attachments: Sequence[int]) -> Change:
    """Remove files from tickets; undo brings them back. A requester removes what he attached himself."""
    wanted = sorted(set(attachments))
    by_ticket: defaultdict[int, list[Attachment]] = defaultdict(list)
    these = Attachment.id.in_(tx.session.desk.database.among(wanted)) & Attachment.removed_at.is_null()
    for row in objects(Attachment.select().where(these).order_by(Attachment.id)):
        by_ticket[row.ticket_id].append(row)
    by_staff = tx.session.actor.role in STAFF
    seen = [row for rows in by_ticket.values() for row in rows if by_staff or not row.staff_only]
    missing = sorted(set(wanted) - {row.id for row in seen})
    if missing:
        raise NotFound(f"There is no attachment {', '.join(map(str, missing))} here.")

    def deed(ticket: Ticket) -> str:
        rows = by_ticket[ticket.id]
        if not by_staff and any(row.author_id != tx.session.actor.id for row in rows):
            raise Refused("You can remove only what you attached yourself.")
        Attachment.update(removed_at=tx.now).where(Attachment.id.in_([row.id for row in rows])).execute()
        tx.update(ticket)
        for staff_only in (False, True):
            some = [row for row in rows if bool(row.staff_only) is staff_only]
            if some:
                tx.record(
                    "detached_for_staff" if staff_only else "detached",
                    ticket,
                    facts={"attachments": [row.id for row in some]},
                    payload={"names": [row.name for row in some]},
                )
        return f"Removed {_named([row.name for row in rows])} from {number(ticket)}."

    return for_each(tx, sorted(by_ticket), deed, "Removed files from", merged=Merged.AS_IT_IS)


def move_attachments(tx: Transaction, attachments: Sequence[int], source: int, target: int) -> None:
    """Put files of one ticket on another inside a transaction; those that are not there stay where they are."""
    these = Attachment.id.in_(tx.session.desk.database.among(list(attachments)))
    Attachment.update(ticket=target).where(these & (Attachment.ticket == source)).execute()


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} files"


# Reading


def content(session: Session, attachment: int, target: BinaryIO) -> None:
    """Write what an attachment holds into `target`. Raises NotFound, Refused where the content is gone or damaged."""
    found = queries.attachment(session, attachment)
    contents.copy(session.desk, found.sha256, found.name, target)


def save(session: Session, attachment: int, folder: Path) -> Path:
    """Save an attachment into a folder, under its name or one like it that is free; where it is now.

    Nothing is overwritten. Raises NotFound, Refused where the content is gone or damaged, Unavailable for the disk.
    """
    found = queries.attachment(session, attachment)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(prefix=".itdesk-", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                contents.copy(session.desk, found.sha256, found.name, file)
            for path in _free_names(folder, file_name(found.name)):
                try:
                    path.hardlink_to(unfinished)  # unlike a renaming, it never takes the place of another file
                except FileExistsError:
                    continue
                return path
        finally:
            Path(unfinished).unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable(f"{found.name} cannot be saved in {folder}: {error.strerror}.") from error
    raise Refused(f"{folder} has too many files called {found.name}.")


def _free_names(folder: Path, name: str) -> Iterable[Path]:
    path = folder / name
    yield path
    for count in range(1, _MOST_OF_A_NAME):
        yield path.with_name(f"{path.stem} ({count}){path.suffix}")


def remove_orphans(session: Session) -> int:
    """Delete contents that a crash left and no ticket names; how many. Safe at any time, in several processes."""
    session.require(STAFF, "clear away files")
    return contents.remove_orphans(session.desk, session.clock())
