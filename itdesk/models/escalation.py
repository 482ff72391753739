"""What escalation has done, and who does it now."""

from peewee import BigIntegerField, CompositeKey, ForeignKeyField, TextField

from itdesk.models.base import BaseModel
from itdesk.models.fields import MomentField
from itdesk.models.tickets import Ticket


class EscalationDone(BaseModel):
    """A step of escalation that has happened to a ticket, in a cycle of its clock or condition.

    `fired_at` is empty where it was passed over: it was due before anybody watched for it.
    """

    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    step = TextField()
    cycle = BigIntegerField()
    fired_at = MomentField(null=True)

    personal: frozenset[str] = frozenset()

    class Meta:
        primary_key = CompositeKey("ticket", "step", "cycle")


class Lease(BaseModel):
    """Work that one process at a time does for the desk: which, and until when. `done_at`: when it was last done."""

    name = TextField(primary_key=True)
    holder = TextField()
    held_until = MomentField()
    done_at = MomentField(null=True)

    personal: frozenset[str] = frozenset()
