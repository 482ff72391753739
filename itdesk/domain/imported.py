"""What an importer hands to the desk: a ticket as another service desk recorded it, step by step."""

from dataclasses import dataclass
from datetime import datetime

from itdesk.domain.ticket import Channel, Kind, Status, WaitingReason


@dataclass(frozen=True, slots=True)
class ImportedStep:
    """The ticket as it stood after one recorded update.

    `ordinal` counts the ticket's updates in the source and orders them; `at` is when the update happened (aware UTC);
    people and teams are names as the source writes them, None where it says nothing; `actor` made the update.
    `impact` and `urgency` are level names of the priority matrix, `category` a path without the import branch.
    """

    ordinal: int
    at: datetime
    status: Status
    waiting_reason: WaitingReason | None
    category: str | None
    impact: str | None
    urgency: str | None
    priority: int | None
    team: str | None
    assignee: str | None
    actor: str | None


@dataclass(frozen=True, slots=True)
class ImportedTicket:
    """One ticket of another desk with its history; `steps` are in order, at least one.

    Times are aware UTC. `resolved_at` and `closed_at` are the source's own values for the state after the last step,
    None where it has none. `facts` are further recorded values worth keeping (symptom, configuration item,
    closure code), as text by name.
    """

    external_id: str
    kind: Kind
    subject: str
    body: str
    requester: str | None
    channel: Channel
    site: str
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    steps: tuple[ImportedStep, ...]
    resolution: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a batch: tickets new, tickets that went on with later steps, tickets already complete.

    `warnings` are (kind, sentence) pairs.
    """

    imported: int
    continued: int
    unchanged: int
    warnings: tuple[tuple[str, str], ...] = ()
