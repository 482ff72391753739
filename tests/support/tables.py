"""Every model of the schema, in an order in which foreign keys point backwards."""

from itdesk.models.attachments import AttachedContent, Attachment
from itdesk.models.base import BaseModel
from itdesk.models.clocks import TicketClocks
from itdesk.models.escalation import EscalationDone, Lease
from itdesk.models.journal import JournalEntry, JournalPayload
from itdesk.models.knowledge import Article
from itdesk.models.notices import Notice
from itdesk.models.people import Membership, Person, PersonSkill, Team
from itdesk.models.procedures import Approval, ApprovalVoter, ChecklistStep, TicketTest
from itdesk.models.schedule import Absence, Appointment, OnCall, ShiftChange, WeeklyShift
from itdesk.models.settings import Command, Meta, SavedView, StoredRulebook
from itdesk.models.tickets import Decision, Draft, FormDraft, Message, Ticket, TicketDraft, TicketLink, TicketTag
from itdesk.models.work import Presence, Watcher, WorkLog

TABLES: tuple[type[BaseModel], ...] = (
    Meta,
    Person,
    Team,
    Membership,
    PersonSkill,
    Ticket,
    TicketTag,
    TicketLink,
    Message,
    Decision,
    Draft,
    TicketDraft,
    FormDraft,
    ChecklistStep,
    TicketTest,
    Approval,
    ApprovalVoter,
    Article,
    Notice,
    WeeklyShift,
    ShiftChange,
    Absence,
    OnCall,
    Appointment,
    Attachment,
    AttachedContent,
    WorkLog,
    Watcher,
    Presence,
    TicketClocks,
    EscalationDone,
    Lease,
    StoredRulebook,
    SavedView,
    Command,
    JournalEntry,
    JournalPayload,
)
