"""Work on tickets beside what is written: minutes logged, who watches, who is there."""

from peewee import AutoField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField

from itdesk.models.base import BaseModel
from itdesk.models.fields import MomentField
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket


class WorkLog(BaseModel):
    """Minutes that a person worked on a ticket; `worked_on` is an ISO day by the clocks of the desk's time zone."""

    id = AutoField()
    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    person = ForeignKeyField(Person, on_delete="RESTRICT", index=False)
    minutes = IntegerField()
    worked_on = TextField()
    note = TextField()
    logged_at = MomentField()
    retracted_at = MomentField(null=True)

    personal = frozenset({"note"})

    class Meta:
        table_name = "work_log"


class Watcher(BaseModel):
    """Somebody who is told what happens on a ticket."""

    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    since = MomentField()

    personal: frozenset[str] = frozenset()

    class Meta:
        primary_key = CompositeKey("ticket", "person")


class Presence(BaseModel):
    """Somebody who has a ticket open on screen, as of `seen_at`; apart from the journal."""

    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    writing = BooleanField()
    seen_at = MomentField()

    personal: frozenset[str] = frozenset()

    class Meta:
        primary_key = CompositeKey("ticket", "person")
