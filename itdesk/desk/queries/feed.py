"""What changed since: the truth behind every live screen."""

from dataclasses import dataclass

from itdesk.desk.session import Desk, Session
from itdesk.desk.visible import visible
from itdesk.domain.people import READERS
from itdesk.models.base import tuples
from itdesk.models.journal import JournalEntry
from itdesk.models.tickets import Ticket

LIMIT = 200
"""More changed tickets than this at once are told as `many`: reload the window instead."""

_POLLS_BETWEEN_TRIES = 15
"""So many polls go by before somebody who could not listen tries again."""


@dataclass(frozen=True, slots=True)
class News:
    """Tickets with journal entries after the last reading. `many` means: too many to name.

    `people`: somebody was added, or changed, or somebody's schedule was.
    `own` are those of them that nobody but the reader changed.
    """

    seq: int
    ticket_ids: tuple[int, ...] = ()
    many: bool = False
    rulebook: bool = False
    people: bool = False
    own: frozenset[int] = frozenset()


class Feed:
    """Watches the journal of one desk from one thread. SQLite's data_version makes a poll without news free."""

    def __init__(self, session: Session, seq: int) -> None:
        self.session = session
        """Whose eyes it looks with; another one may take its place."""
        self._desk: Desk = session.desk
        self._mark: int | None = None
        self._polls_until_listening = 0
        self.seq = seq

    def listen(self) -> int | None:
        """A file that can be read as soon as others changed something, so that nobody need wait for his next poll.

        PostgreSQL only, and only while the desk's server grants a second connection: None elsewhere. Polls tell
        everything all the same. The file stays the same until a poll; `Desk.close` closes it.
        """
        if self._polls_until_listening:
            self._polls_until_listening -= 1
            return None
        file = self._desk.database.listen()
        if file is None:
            self._polls_until_listening = _POLLS_BETWEEN_TRIES
        return file

    def poll(self, *, own_writes: bool = False) -> News | None:
        """What is new, None for nothing. `own_writes` looks even if no other connection wrote."""
        self._desk.database.heard()
        mark = self._desk.database.state_mark()
        if mark is not None and mark == self._mark and not own_writes:
            return None
        with self._desk.database.translated():
            entries = tuples(
                JournalEntry.select(JournalEntry.seq, JournalEntry.object, JournalEntry.actor)
                .where(JournalEntry.seq > self.seq)
                .order_by(JournalEntry.seq)
                .limit(20 * LIMIT + 1)
            )
            if len(entries) > 20 * LIMIT:
                newest = JournalEntry.select().order_by(JournalEntry.seq.desc()).first()
                entries.append((newest.seq, newest.object, newest.actor))
        self._mark = mark
        if not entries:
            return None
        self.seq = entries[-1][0]
        if len(entries) > 20 * LIMIT:  # not all were read: a rulebook may be among the others
            return News(self.seq, many=True, rulebook=True, people=True)
        changed = [(int(name.partition(":")[2]), by) for _, name, by in entries if name.startswith("ticket:")]
        ids = {ticket_id for ticket_id, _ in changed}
        rulebook = any(name.startswith("rulebook:") for _, name, _ in entries)
        people = any(name.startswith("person:") for _, name, _ in entries)
        if len(ids) > LIMIT:
            return News(self.seq, many=True, rulebook=rulebook, people=people)
        others = {ticket_id for ticket_id, by in changed if by != self.session.actor.id}
        return News(self.seq, self._visible(ids), rulebook=rulebook, people=people, own=frozenset(ids - others))

    def _visible(self, ids: set[int]) -> tuple[int, ...]:
        if not ids or self.session.actor.role in READERS:
            return tuple(sorted(ids))
        with self._desk.database.translated():
            these = self._desk.database.among(sorted(ids))
            mine = tuples(visible(self.session, Ticket.id).where(Ticket.id.in_(these)).order_by(Ticket.id))
        return tuple(ticket_id for (ticket_id,) in mine)
