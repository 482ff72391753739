"""Notices to people."""

from peewee import AutoField, ForeignKeyField, IntegerField, TextField

from itdesk.models.base import BaseModel
from itdesk.models.fields import MomentField
from itdesk.models.people import Person
from itdesk.models.tickets import Ticket


class Notice(BaseModel):
    """What a person is told on screen; `kind` is a `domain.notices.NoticeKind`, `read_at` empty until it was read.

    `times` is how many changes it stands for.
    """

    id = AutoField()
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    ticket = ForeignKeyField(Ticket, null=True, on_delete="CASCADE", index=False)
    kind = TextField()
    text = TextField()
    told_at = MomentField()
    read_at = MomentField(null=True)
    times = IntegerField(default=1)

    personal = frozenset({"text"})

    person_id: int
    ticket_id: int | None
