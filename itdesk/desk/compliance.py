"""Compliance: is the journal whole?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from itdesk.desk.session import Session
from itdesk.domain import journal
from itdesk.domain.people import READERS

_PAGE = 5_000
_TEXTS = ("j.verb", "j.object", "j.facts", "p.payload")


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
    # SQLite keeps whatever bytes a text has, and refuses to hand out those that are no UTF-8 as text.
    texts = [f"CAST({name} AS BLOB)" if database.sqlite else name for name in _TEXTS]
    stored_text, payload_text = ", ".join(texts[:-1]), texts[-1]
    after = -(2**63)
    while True:
        rows = database.execute(
            f"SELECT j.seq, j.recorded_at, j.occurred_at, j.actor, {stored_text}, j.commitment, j.hash, p.salt,"  # noqa: S608
            f" {payload_text} FROM journal j LEFT JOIN journal_payload p ON p.seq = j.seq"
            f" WHERE j.seq > {database.param} ORDER BY j.seq LIMIT {_PAGE}",
            (after,),
        ).fetchall()
        for seq, recorded, occurred, actor, verb, about, facts, commitment, chained, salt, payload in rows:
            yield journal.StoredEntry(
                entry=journal.Entry(
                    seq, recorded, occurred, actor, _text(verb), _text(about), _text(facts), bytes(commitment)
                ),
                hash=bytes(chained),
                salt=None if salt is None else bytes(salt),
                payload=None if payload is None else _text(payload),
            )
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def _text(stored: str | bytes) -> str:
    return stored if isinstance(stored, str) else bytes(stored).decode("utf-8", "surrogateescape")
