"""Which journal entries were undone."""

import json
from collections.abc import Collection

from itdesk.desk.session import Session
from itdesk.models.base import tuples
from itdesk.models.journal import JournalEntry


def reverted(session: Session, objects: Collection[str]) -> set[int]:
    """The entries (their numbers) on these objects (`ticket:12`, `person:3`) that were undone, inside a transaction."""
    these = session.desk.database.among(sorted(objects))
    entries = JournalEntry.select(JournalEntry.facts).where(
        JournalEntry.object.in_(these) & (JournalEntry.verb == "undone")
    )
    return {json.loads(facts)["reverts"] for (facts,) in tuples(entries)}
