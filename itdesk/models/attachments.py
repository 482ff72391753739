"""Files on tickets."""

from peewee import AutoField, BlobField, BooleanField, ForeignKeyField, IntegerField, TextField

from itdesk.models.base import BaseModel
from itdesk.models.fields import MomentField
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket


class Attachment(BaseModel):
    """A file on a ticket: its name, its size in bytes, and by which SHA-256 (hexadecimal) its content is found.

    One that was removed stays with `removed_at`, so that undo can bring it back.
    """

    id = AutoField()
    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    name = TextField()
    sha256 = TextField()
    size = IntegerField()
    staff_only = BooleanField()
    author = ForeignKeyField(Person, on_delete="RESTRICT", index=False)
    attached_at = MomentField()
    removed_at = MomentField(null=True)

    personal = frozenset({"name", "sha256"})

    ticket_id: int
    author_id: int


class AttachedContent(BaseModel):
    """On PostgreSQL: what files hold, each content once. On SQLite it stands in files beside the database."""

    sha256 = TextField(primary_key=True)
    content = BlobField()
    stored_at = MomentField()

    personal = frozenset({"sha256", "content"})
