"""Import mappings: how a file of another system reads as tickets. Written in `config/imports/*.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass

from itdesk.domain.rulebook import is_under
from itdesk.domain.ticket import Channel, Kind, Status, WaitingReason


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """How the file is written. Gzip is known by its first bytes, whatever its name."""

    delimiter: str = ","
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class MappedStatus:
    """What a state of the other system is here; a waiting reason stands with `waiting` only."""

    status: Status
    waiting_reason: WaitingReason | None = None


@dataclass(frozen=True, slots=True)
class LogColumns:
    """The names of an event log's columns; None for what the log does not have."""

    number: str
    state: str
    opened_at: str
    updated_at: str
    updated_by: str | None
    update_count: str | None
    resolved_at: str | None
    closed_at: str | None
    requester: str | None
    channel: str | None
    site: str | None
    impact: str | None
    urgency: str | None
    priority: str | None
    team: str | None
    assignee: str | None
    created_at: str | None = None


@dataclass(frozen=True, slots=True)
class EventLogMapping:
    """A log with a row for each update of a ticket; the rows of one number are that ticket's history.

    `time_format` is one of `datetime.strptime`; `time_zone` an IANA name, None for the desk's. A value in `missing`
    says nothing. A row whose state is in `no_status` (the other system's mistakes) keeps the status before it and is
    warned of. `category` and `subject` name the columns whose values, those that are there, make the category's path
    below `category_branch` and the subject. `facts` are further columns to keep, each with the name it gets; `closure`
    are such columns that hold the final value on every row, so that they only count once the ticket is resolved.
    """

    name: str
    place: str
    csv: CsvFormat
    time_format: str
    time_zone: str | None
    missing: frozenset[str]
    kind: Kind
    columns: LogColumns
    category: tuple[str, ...]
    category_branch: str
    subject: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    states: Mapping[str, MappedStatus]
    no_status: frozenset[str]
    impacts: Mapping[str, str]
    urgencies: Mapping[str, str]
    priorities: Mapping[str, int]
    channels: Mapping[str, Channel]
    closure: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TopicMapping:
    """Texts with a topic each, to measure how often the category rules hit it.

    `topics` gives each topic the branches of the category tree that count as it.
    """

    name: str
    place: str
    csv: CsvFormat
    text_column: str
    topic_column: str
    topics: Mapping[str, tuple[str, ...]]

    def topic(self, category: str) -> str | None:
        """The topic that a category counts as (its longest branch decides); None if it counts as none."""
        fitting = (
            (len(branch), topic)
            for topic, branches in self.topics.items()
            for branch in branches
            if is_under(category, branch)
        )
        return max(fitting, default=(0, None))[1]


ImportMapping = EventLogMapping | TopicMapping
