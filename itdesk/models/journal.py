"""The journal: append-only, each entry chained to the one before."""

from peewee import BigIntegerField, BlobField, IntegerField, TextField

from itdesk.models.base import BaseModel
from itdesk.models.fields import MomentField


class JournalEntry(BaseModel):
    """One thing that happened. The columns are hashed as `domain.journal` says; the database refuses UPDATE and DELETE.

    `object` is `ticket:1042`, `rulebook:3`, `person:7`; `actor` a person's id (0 is the desk itself).
    """

    seq = BigIntegerField(primary_key=True)
    recorded_at = MomentField()
    occurred_at = MomentField()
    actor = IntegerField()
    verb = TextField()
    object = TextField()
    facts = TextField()
    commitment = BlobField()
    hash = BlobField()

    personal: frozenset[str] = frozenset()

    class Meta:
        table_name = "journal"


class JournalPayload(BaseModel):
    """Text and personal data of an entry, erasable without breaking the chain; `salt` goes with it."""

    seq = BigIntegerField(primary_key=True)
    salt = BlobField()
    payload = TextField()

    personal = frozenset({"payload"})
