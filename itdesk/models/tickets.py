"""Tickets and what hangs on them."""

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from itdesk.domain.queue_order import NEVER
from itdesk.models.base import BaseModel
from itdesk.models.fields import MomentField
from itdesk.models.people import Person, Team


class Ticket(BaseModel):
    """An incident, a request or a problem as it stands now; the journal has its history.

    `closed_at` is set when a ticket has ended (closed or cancelled); `closed_at IS NULL` is what the queue's
    partial indexes hold. `order_key` is `domain.queue_order.order_key` of this ticket. `version` rises with every
    replaced value. `status_since`, `reopened_at` (last), `reopen_count` and `escalated_at` (last) are kept so that they
    can be searched: `domain.milestones` says what they are, out of the journal. `closure_code` is a
    `domain.ticket.ClosureCode`.
    can be searched: `domain.milestones` says what they are, out of the journal. `agreement` is the name of the one that
    holds. `due_at` is the nearest due moment among the clocks that run, `due_clock` whose it is; `due_key` sorts by it.
    Where none runs, `due_clock` is one that is paused.
    `escalates_at` is when the next step of escalation happens, in UTC microseconds, NULL: never, 0: not looked at.
    """

    id = AutoField()
    kind = TextField()
    external_id = TextField(null=True)
    subject = TextField()
    body = TextField(default="")
    requester = ForeignKeyField(Person, on_delete="RESTRICT", index=False)
    channel = TextField()
    site = TextField(default="")
    status = TextField()
    waiting_reason = TextField(null=True)
    category = TextField()
    impact = TextField()
    urgency = TextField()
    priority = IntegerField()
    major = BooleanField(default=False)
    team = ForeignKeyField(Team, null=True, on_delete="RESTRICT", index=False)
    level = IntegerField(default=1)
    assignee = ForeignKeyField(Person, null=True, on_delete="RESTRICT", index=False)
    resolution = TextField(default="")
    root_cause = TextField(default="")
    opened_at = MomentField()
    changed_at = MomentField()
    resolved_at = MomentField(null=True)
    closed_at = MomentField(null=True)
    order_key = BigIntegerField()
    imported_step = IntegerField(null=True)
    version = IntegerField(default=1)
    status_since = MomentField()
    reopened_at = MomentField(null=True)
    reopen_count = IntegerField(default=0)
    escalated_at = MomentField(null=True)
    workaround = TextField(default="")
    closure_code = TextField(null=True)
    agreement = TextField(null=True)
    due_at = MomentField(null=True)
    due_clock = TextField(null=True)
    due_key = BigIntegerField(default=NEVER)
    escalates_at = BigIntegerField(null=True, default=0)

    personal = frozenset({"subject", "body", "site", "resolution", "root_cause", "workaround"})

    requester_id: int
    team_id: int | None
    assignee_id: int | None


class TicketTag(BaseModel):
    """A tag on a ticket, folded."""

    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    tag = TextField()

    personal = frozenset({"tag"})

    class Meta:
        primary_key = CompositeKey("ticket", "tag")


class TicketLink(BaseModel):
    """A link from one ticket to another; `type` is a `domain.ticket.LinkType`."""

    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    type = TextField()
    other = ForeignKeyField(Ticket, on_delete="CASCADE")

    personal: frozenset[str] = frozenset()

    class Meta:
        primary_key = CompositeKey("ticket", "type", "other")


class Message(BaseModel):
    """A reply (the requester sees it), a work note (staff only) or what the requester wrote."""

    id = AutoField()
    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    kind = TextField()
    author = ForeignKeyField(Person, on_delete="RESTRICT", index=False)
    body = TextField()
    channel = TextField()
    written_at = MomentField()
    retracted_at = MomentField(null=True)

    personal = frozenset({"body"})


class Decision(BaseModel):
    """A decision about a ticket with its explanation; of each `thing` the newest that undo has not retracted holds."""

    id = AutoField()
    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    thing = TextField()
    value = TextField()
    source = TextField()
    rule = TextField(default="")
    place = TextField(default="")
    reason = TextField(default="")
    details = TextField(default="{}")
    rulebook = IntegerField(null=True)
    decided_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT", index=False)
    decided_at = MomentField()
    retracted_at = MomentField(null=True)

    personal = frozenset({"value", "reason", "details"})


class TicketDraft(BaseModel):
    """A half-written new ticket of one person; what is NULL is left to the rules (the requester: to its writer).

    `tags` are separated by spaces.
    """

    person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
    subject = TextField()
    body = TextField()
    requester = TextField(null=True)
    channel = TextField()
    kind = TextField(null=True)
    category = TextField(null=True)
    impact = TextField(null=True)
    urgency = TextField(null=True)
    tags = TextField(default="")
    saved_at = MomentField()

    personal = frozenset({"subject", "body", "requester"})


class FormDraft(BaseModel):
    """What one person wrote in a form that is not done; `form` and `texts` (by the fields' names) are JSON."""

    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    form = TextField()
    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", null=True, index=False)
    texts = TextField()
    saved_at = MomentField()

    personal = frozenset({"form", "texts"})

    class Meta:
        primary_key = CompositeKey("person", "form")


class Draft(BaseModel):
    """A half-written reply or note of one person on one ticket."""

    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    kind = TextField()
    body = TextField()
    seen_seq = BigIntegerField()
    saved_at = MomentField()

    personal = frozenset({"body"})

    class Meta:
        primary_key = CompositeKey("person", "ticket", "kind")
