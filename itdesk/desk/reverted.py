"""Which journal entries were undone."""

import json
from collections.abc import Collection

from itdesk.desk.session import Session
from itdesk.models.base import tuples
from itdesk.models.journal import JournalEntry

_LOOKED_AT = 100


def reverted(session: Session, objects: Collection[str]) -> set[int]:
    """The entries (their numbers) on these objects (`ticket:12`, `person:3`) that were undone, inside a transaction."""
    these = session.desk.database.among(sorted(objects))
    entries = JournalEntry.select(JournalEntry.facts).where(
        JournalEntry.object.in_(these) & (JournalEntry.verb == "undone")
    )
    return {json.loads(facts)["reverts"] for (facts,) in tuples(entries)}


def last_of_mine(session: Session, verbs: Collection[str]) -> int | None:
    """The newest entry with one of these verbs by the actor that was not undone, inside a transaction; None for none.

    It is looked for among his newest hundred.
    """
    mine = (JournalEntry.actor == session.actor.id) & JournalEntry.verb.in_(sorted(verbs))
    entries = JournalEntry.select(JournalEntry.seq, JournalEntry.object).where(mine)
    newest = tuples(entries.order_by(JournalEntry.seq.desc()).limit(_LOOKED_AT))
    undone = reverted(session, {whose for _, whose in newest})
    return next((seq for seq, _ in newest if seq not in undone), None)
