"""The journal's chain: what an entry commits to, and how a break is found.

hash = SHA-256("itdesk-journal-v1" | previous hash | seq | recorded_at | occurred_at | actor | verb | object | facts
| commitment), each part preceded by its length in eight bytes; numbers and times (microseconds UTC) in decimal;
commitment = SHA-256(salt | payload).
Facts and payload are hashed as the bytes that are stored and never written anew for checking.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_LABEL = b"itdesk-journal-v1"
GENESIS = bytes(32)
"""The previous hash of the first entry."""

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry as it is stored; times are microseconds UTC, `facts` canonical JSON."""

    seq: int
    recorded_at: int
    occurred_at: int
    actor: int
    verb: str
    object: str
    facts: str
    commitment: bytes


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry with its stored hash and, unless erased, its salt and payload."""

    entry: Entry
    hash: bytes
    salt: bytes | None
    payload: str | None


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain is broken, as a sentence."""

    seq: int
    message: str


def canonical(data: Any) -> str:
    """JSON with sorted keys and no spaces: one text for one content."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def commitment(salt: bytes, payload: str) -> bytes:
    """What an entry says of its payload without holding it."""
    return hashlib.sha256(salt + payload.encode("utf-8", "surrogatepass")).digest()


def chained(previous: bytes, entry: Entry) -> bytes:
    """The entry's hash, given the hash of the entry before."""
    digest = hashlib.sha256(_LABEL)
    for part in (
        previous,
        b"%d" % entry.seq,
        b"%d" % entry.recorded_at,
        b"%d" % entry.occurred_at,
        b"%d" % entry.actor,
        entry.verb.encode("utf-8", "surrogatepass"),
        entry.object.encode("utf-8", "surrogatepass"),
        entry.facts.encode("utf-8", "surrogatepass"),
        entry.commitment,
    ):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def breaks(entries: Iterable[StoredEntry]) -> Iterator[Break]:
    """Every break in a chain read from its first entry, in order of `seq`: gaps, changed entries, changed payloads."""
    previous, expected = GENESIS, 1
    for stored in entries:
        entry = stored.entry
        if entry.seq != expected:
            yield Break(expected, f"Entry {expected} is missing: the next one is {entry.seq}.")
        if chained(previous, entry) != stored.hash:
            yield Break(entry.seq, f"Entry {entry.seq} was changed, or an entry before it was removed.")
        if stored.payload is not None and stored.salt is not None:
            if commitment(stored.salt, stored.payload) != entry.commitment:
                yield Break(entry.seq, f"The text of entry {entry.seq} was changed.")
        elif (stored.payload is None) != (stored.salt is None):
            yield Break(entry.seq, f"The text of entry {entry.seq} is half erased.")
        previous, expected = stored.hash, entry.seq + 1
