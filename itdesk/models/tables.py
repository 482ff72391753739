"""Every model of the schema, in an order in which foreign keys point backwards."""

from itdesk.models.base import BaseModel
from itdesk.models.clocks import TicketClocks
from itdesk.models.journal import JournalEntry, JournalPayload
from itdesk.models.knowledge import Article
from itdesk.models.notices import Notice
from itdesk.models.people import Membership, Person, Team
from itdesk.models.settings import Command, Meta, SavedView, StoredRulebook
from itdesk.models.tickets import Decision, Draft, Message, Ticket, TicketDraft, TicketLink, TicketTag

TABLES: tuple[type[BaseModel], ...] = (
    Meta,
    Person,
    Team,
    Membership,
    Ticket,
    TicketTag,
    TicketLink,
    Message,
    Decision,
    Draft,
    TicketDraft,
    Article,
    Notice,
    TicketClocks,
    StoredRulebook,
    SavedView,
    Command,
    JournalEntry,
    JournalPayload,
)
