"""Compliance: is the journal whole?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from itdesk.desk.session import Session
from itdesk.domain import journal
from itdesk.domain.people import READERS

_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Verification:
    """What a reading of the whole journal found. `head` is the last entry's hash in hexadecimal."""

    entries: int
    erased: int
    head: str
    breaks: tuple[journal.Break, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing was changed, removed or put in."""
        return not self.breaks


def verify_journal(session: Session, progress: Callable[[int], None] = lambda _: None) -> Verification:
    """Read the journal from its first entry and check every hash; `progress` hears how many were read.

    Finds changed, removed and inserted entries. A cut tail can be found only against a checkpoint kept elsewhere.
    """
    session.require(READERS, "verify the journal")
    count = erased = 0
    head = journal.GENESIS

    def counted() -> Iterator[journal.StoredEntry]:
        nonlocal count, erased, head
        for stored in _entries(session):
            count += 1
            erased += stored.payload is None
            head = stored.hash
            if count % _PAGE == 0:
                progress(count)
            yield stored

    breaks = tuple(journal.breaks(counted()))
    return Verification(count, erased, head.hex(), breaks)


def _entries(session: Session) -> Iterator[journal.StoredEntry]:
    """The journal in pages, so that no read transaction stays open; plain rows, as stored."""
    database = session.desk.database
    after = -(2**63)
    while True:
        rows = database.execute(
            "SELECT j.seq, j.recorded_at, j.occurred_at, j.actor, j.verb, j.object, j.facts, j.commitment, j.hash,"  # noqa: S608
            " p.salt, p.payload FROM journal j LEFT JOIN journal_payload p ON p.seq = j.seq"
            f" WHERE j.seq > {database.param} ORDER BY j.seq LIMIT {_PAGE}",
            (after,),
        ).fetchall()
        for seq, recorded, occurred, actor, verb, about, facts, commitment, chained, salt, payload in rows:
            yield journal.StoredEntry(
                entry=journal.Entry(seq, recorded, occurred, actor, verb, about, facts, bytes(commitment)),
                hash=bytes(chained),
                salt=None if salt is None else bytes(salt),
                payload=payload,
            )
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]
