"""The index of the fold of tickets' clocks."""

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from itdesk.models.base import BaseModel
from itdesk.models.tickets import Ticket


class TicketClocks(BaseModel):
    """A ticket's clocks after its last event; `state` is a `domain.clocks.State` as JSON.

    `rulebook` is the version whose agreements and calendars it is up to date with; `recomputed` the one by which the
    whole history was folded (0: each agreement by the rulebook that brought it). `follows_requester`: the requester has
    changed, and the agreement is to be decided anew.
    """

    ticket = ForeignKeyField(Ticket, primary_key=True, on_delete="CASCADE")
    state = TextField()
    recomputed = IntegerField()
    rulebook = IntegerField()
    follows_requester = BooleanField(default=False)

    personal: frozenset[str] = frozenset()
