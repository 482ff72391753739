"""What is done about a ticket by procedure: checklists, approvals, tests."""

from peewee import AutoField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField

from itdesk.models.base import BaseModel
from itdesk.models.fields import MomentField
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Ticket


class ChecklistStep(BaseModel):
    """A step of a ticket's checklist, copied from its SOP, so that a changed SOP changes no history.

    `place` counts from 1 on each ticket and is never given twice. `sop` and `step` say which it was, empty for a step
    of one's own; `asks` is a `domain.procedures.Asks`, `caption` what is asked for, `entered` what was given. A step
    with `removed_at` left together with its category.
    """

    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    place = IntegerField()
    sop = TextField()
    step = TextField()
    text = TextField()
    required = BooleanField()
    asks = TextField()
    caption = TextField()
    by_hand = BooleanField()
    done_at = MomentField(null=True)
    done_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT", index=False)
    entered = TextField()
    removed_at = MomentField(null=True)

    personal = frozenset({"text", "entered"})

    class Meta:
        primary_key = CompositeKey("ticket", "place")

    ticket_id: int
    done_by_id: int | None


class TicketTest(BaseModel):
    """What was tested on a ticket, how and by whom; `outcome` is a `domain.procedures.TestOutcome`."""

    id = AutoField()
    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    what = TextField()
    how = TextField()
    outcome = TextField()
    tested_by = ForeignKeyField(Person, on_delete="RESTRICT", index=False)
    tested_at = MomentField()
    retracted_at = MomentField(null=True)

    personal = frozenset({"what", "how"})


class Approval(BaseModel):
    """A question whether a ticket may go on; a ticket has one at most without an `outcome`.

    `rule` is that of policies.yaml, empty if somebody asked by hand; `need` a `domain.approvals.Need`; `rejected` says
    what a rejection does (`domain.procedures.Rejected`). `status_before` and `waiting_before` are where the ticket goes
    back to. `reminded_at`: when the substitutes were told that the deadline `due_at` had passed. `outcome` is a
    `domain.approvals.Outcome`. `team`: the ticket's when it was asked, whose lead a `team_lead` is.
    """

    id = AutoField()
    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    rule = TextField()
    need = TextField()
    rejected = TextField()
    reason = TextField()
    asked_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT", index=False)
    asked_at = MomentField()
    due_at = MomentField(null=True)
    reminded_at = MomentField(null=True)
    status_before = TextField()
    waiting_before = TextField(null=True)
    outcome = TextField(null=True)
    decided_at = MomentField(null=True)
    team = ForeignKeyField(Team, null=True, on_delete="RESTRICT", index=False)

    personal = frozenset({"reason"})

    ticket_id: int
    asked_by_id: int | None


class ApprovalVoter(BaseModel):
    """Somebody who is asked; those of one `seat` stand for each other, seat 0 are the substitutes.

    `office` is what he is asked as (one of `domain.approvals.OFFICES`), empty for one who is asked by name.
    """

    approval = ForeignKeyField(Approval, on_delete="CASCADE", index=False)
    seat = IntegerField()
    person = ForeignKeyField(Person, on_delete="RESTRICT", index=False)
    vote = TextField(null=True)
    reason = TextField()
    voted_at = MomentField(null=True)
    office = TextField(default="")

    personal = frozenset({"reason"})

    class Meta:
        primary_key = CompositeKey("approval", "seat", "person")

    person_id: int
