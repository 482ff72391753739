"""Import mappings as pydantic models: what a file in config/imports may hold."""

import codecs
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, TypeAdapter, model_validator

from itdesk.domain.mapping import (
    CsvFormat,
    EventLogMapping,
    ImportMapping,
    LogColumns,
    MappedStatus,
    TopicMapping,
)
from itdesk.domain.ticket import Kind, Status
from itdesk.settings.fields import (
    CategoryPath,
    CategoryPaths,
    ChannelName,
    ImpactName,
    KindName,
    PriorityName,
    StatusName,
    Strict,
    TimeZone,
    UrgencyName,
    Value,
    Values,
    WaitingReasonName,
    fault,
)

_ABSENT: Any = None


def _an_encoding(text: str) -> str:
    try:
        codecs.lookup(text)
    except LookupError:
        raise fault("there is no encoding {name!r}; utf-8 and windows-1252 are common", name=text) from None
    return text


def _a_time_format(text: str) -> str:
    moment = datetime(2001, 12, 31, 23, 59)  # noqa: DTZ001 any moment will do
    try:
        read = datetime.strptime(moment.strftime(text), text).replace(tzinfo=None)  # noqa: DTZ007
    except ValueError as error:
        raise fault("the time format is faulty: {why}", why=error) from None
    if read != moment:
        raise fault("the time format lacks a part; '%d/%m/%Y %H:%M' has all: day, month, year, hour, minute")
    return text


class CsvEntry(Strict):
    """How the CSV file is written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Annotated[str, AfterValidator(_an_encoding)] = "utf-8"

    def csv(self) -> CsvFormat:
        """The format as the importers take it."""
        return CsvFormat(self.delimiter, self.encoding)


class ColumnsEntry(Strict):
    """The names of the log's columns."""

    number: Value
    state: Value
    opened_at: Value
    updated_at: Value
    created_at: Value = _ABSENT
    updated_by: Value = _ABSENT
    update_count: Value = Field(_ABSENT, description="Counts a ticket's updates; orders those of the same time.")
    resolved_at: Value = _ABSENT
    closed_at: Value = _ABSENT
    requester: Value = _ABSENT
    channel: Value = _ABSENT
    site: Value = _ABSENT
    impact: Value = _ABSENT
    urgency: Value = _ABSENT
    priority: Value = _ABSENT
    team: Value = _ABSENT
    assignee: Value = _ABSENT


class StateEntry(Strict):
    """What a state of the other system is here."""

    status: StatusName
    waiting_reason: WaitingReasonName = Field(_ABSENT, description="With status waiting: what it waits for.")

    @model_validator(mode="after")
    def _reason_goes_with_waiting(self) -> Self:
        if (self.status is Status.WAITING) != (self.waiting_reason is not None):
            raise fault("status waiting needs a 'waiting_reason', and no other status may have one")
        return self


class EventLogFile(Strict):
    """A log with a row for each update of a ticket."""

    type: Literal["event_log"]
    csv: CsvEntry = CsvEntry()
    time_format: Annotated[Value, AfterValidator(_a_time_format)] = Field(
        description="As Python's strptime takes it, such as %d/%m/%Y %H:%M."
    )
    time_zone: TimeZone = Field(_ABSENT, description="The zone of the log's times; the desk's if left out.")
    missing: Values = Field(_ABSENT, description="Values that mean: not known.")
    kind: KindName = Kind.INCIDENT
    columns: ColumnsEntry
    category: Values = Field(description="The columns that make the category's path, from the widest.")
    category_branch: CategoryPath = Field(description="Where in the category tree imported categories are put.")
    subject: Values = Field(description="The columns whose values make the subject.")
    facts: dict[str, Value] = Field({}, description="Further columns to keep: the name they get, and the column.")
    closure: dict[str, Value] = Field({}, description="The same for columns that count once a ticket is resolved.")
    states: dict[str, StateEntry] = Field(min_length=1)
    no_status: Values = Field(_ABSENT, description="States that are mistakes of the other system.")
    impacts: dict[str, ImpactName] = {}
    urgencies: dict[str, UrgencyName] = {}
    priorities: dict[str, PriorityName] = {}
    channels: dict[str, ChannelName] = {}

    def mapping(self, name: str, place: str) -> ImportMapping:
        """The mapping as the importers take it."""
        return EventLogMapping(
            name=name,
            place=place,
            csv=self.csv.csv(),
            time_format=self.time_format,
            time_zone=self.time_zone,
            missing=frozenset(self.missing or ()),
            kind=self.kind,
            columns=LogColumns(**self.columns.model_dump()),
            category=tuple(self.category),
            category_branch=self.category_branch,
            subject=tuple(self.subject),
            facts=tuple(self.facts.items()),
            closure=tuple(self.closure.items()),
            states={state: MappedStatus(entry.status, entry.waiting_reason) for state, entry in self.states.items()},
            no_status=frozenset(self.no_status or ()),
            impacts=self.impacts,
            urgencies=self.urgencies,
            priorities={written: int(name.removeprefix("P")) for written, name in self.priorities.items()},
            channels=self.channels,
        )


class TopicFile(Strict):
    """Texts with a topic each, to measure the category rules."""

    type: Literal["topic_texts"]
    csv: CsvEntry = CsvEntry()
    text_column: Value
    topic_column: Value
    topics: dict[str, CategoryPaths] = Field(
        min_length=1, description="The categories, each with all below it, that count as a topic; the longest counts."
    )

    @model_validator(mode="after")
    def _each_category_counts_once(self) -> Self:
        topic_of: dict[str, str] = {}
        for topic, branches in self.topics.items():
            for branch in branches:
                other = topic_of.setdefault(branch, topic)
                if other != topic:
                    raise fault(
                        "category {branch!r} counts as {a!r} and as {b!r}", branch=branch, a=str(other), b=str(topic)
                    )
        return self

    def mapping(self, name: str, place: str) -> ImportMapping:
        """The mapping as the importers take it."""
        return TopicMapping(
            name=name,
            place=place,
            csv=self.csv.csv(),
            text_column=self.text_column,
            topic_column=self.topic_column,
            topics={topic: tuple(branches) for topic, branches in self.topics.items()},
        )


IMPORT_FILES: dict[str, type[EventLogFile] | type[TopicFile]] = {
    "event_log": EventLogFile,
    "topic_texts": TopicFile,
}
"""The models by the file's `type`."""

ANY_IMPORT_FILE: TypeAdapter[Any] = TypeAdapter(Annotated[EventLogFile | TopicFile, Discriminator("type")])
"""All of them, for the JSON Schema."""
