"""What the desk remembers about itself: settings, rulebooks, saved views, commands done."""

from peewee import AutoField, CompositeKey, ForeignKeyField, TextField

from itdesk.models.base import BaseModel
from itdesk.models.fields import MomentField
from itdesk.models.people import Person


class Meta(BaseModel):
    """Facts about the database itself, by name."""

    name = TextField(primary_key=True)
    value = TextField()

    personal: frozenset[str] = frozenset()


class StoredRulebook(BaseModel):
    """A rulebook that was in force: the content of the config folder, compiled; the newest is in force."""

    version = AutoField()
    config_hash = TextField()
    content = TextField()
    loaded_at = MomentField()

    personal: frozenset[str] = frozenset()

    class Meta:
        table_name = "rulebook"


class SavedView(BaseModel):
    """A person's own view of the queue."""

    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    name = TextField()
    query = TextField()
    order = TextField()

    personal = frozenset({"name", "query"})

    class Meta:
        primary_key = CompositeKey("person", "name")


class Command(BaseModel):
    """A command that was done under an idempotency key, and the change that it handed back."""

    key = TextField(primary_key=True)
    change = TextField()
    done_at = MomentField()

    personal = frozenset({"change"})
