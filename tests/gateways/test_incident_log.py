"""Another desk's event log read as tickets: what a row means, and what becomes of rows that are wrong."""

import gzip
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.imported import ImportedTicket
from itdesk.domain.mapping import EventLogMapping
from itdesk.domain.ticket import Channel, Status, WaitingReason
from itdesk.gateways.import_report import ImportFailed, Progress, RowCount, Stage, WarningKind, Warnings
from itdesk.gateways.incident_log import IncidentLog
from itdesk.settings.locations import shipped_config
from itdesk.settings.mappings import load_mapping
from tests.gateways.logs import COLUMNS, END_OF_MARCH, FIXTURE, REAL, last_states
from tests.support.desks import shipped_rulebook

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEADER = FIXTURE.read_text().splitlines()[0]


@cache
def shipped_mapping() -> EventLogMapping:
    found = load_mapping("servicenow-log", [shipped_config()], shipped_rulebook())
    assert isinstance(found, EventLogMapping)
    return found


@pytest.fixture(scope="module")
def mapping() -> EventLogMapping:
    return shipped_mapping()


class Reading:
    """A log that was read, with all that was told about it."""

    def __init__(self, path: Path, mapping: EventLogMapping, until: datetime | None = None) -> None:
        self.rows = RowCount()
        self.warnings = Warnings()
        self.progress: list[Progress] = []
        log = IncidentLog(path, mapping, zone=ZONE, now=NOW, until=until, rows=self.rows, warnings=self.warnings)
        self.tickets = list(log.tickets(self.progress.append))
        self.by_number = {ticket.external_id: ticket for ticket in self.tickets}

    def told(self, number: str) -> list[str]:
        """The warnings about a ticket."""
        return [sentence for _, sentence in self.warnings.sentences if number in sentence]


@cache
def read(log: Path, until: datetime | None) -> Reading:
    """The log by the shipped mapping; the real one takes seconds, so each reading is kept."""
    return Reading(log, shipped_mapping(), until)


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read(FIXTURE, None)


def statuses(ticket: ImportedTicket) -> list[Status]:
    return [step.status for step in ticket.steps]


def local(day: int, month: int, hour: int, minute: int, year: int = 2016) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def row(number: str = "INC1", **values: str) -> str:
    """A line of a log: a new incident of 1 March 2016, 10:00, unless `values` say otherwise."""
    usual = {
        "number": number,
        "incident_state": "New",
        "sys_mod_count": "0",
        "opened_at": "1/3/2016 10:00",
        "sys_updated_at": "1/3/2016 10:00",
    }
    return ",".join((usual | values).get(column, "?") for column in HEADER.split(","))


# What the whole log says


@pytest.mark.parametrize("until", [None, END_OF_MARCH], ids=["to the end", "until 31 March"])
def test_every_ticket_ends_in_the_state_that_the_log_says(until: datetime | None) -> None:
    check_states(FIXTURE, until)


@pytest.mark.parametrize("until", [None, END_OF_MARCH], ids=["to the end", "until 31 March"])
def test_every_row_is_accounted_for(until: datetime | None) -> None:
    check_rows(FIXTURE, until)


def test_times_never_run_backwards_and_end_before_the_limit() -> None:
    check_times(FIXTURE)


def test_a_row_has_the_same_ordinal_in_a_partial_and_in_a_full_import() -> None:
    check_ordinals(FIXTURE)


def test_progress_counts_rows_and_bytes_up_to_the_end() -> None:
    check_progress(FIXTURE)


def test_all_of_this_holds_for_the_real_log_and_its_known_figures(real_data: Path) -> None:
    """15,000 tickets, all closed in the end; 34 rows of 6 tickets created before they were opened."""
    log = real_data / REAL
    check_progress(log)
    check_times(log)
    check_ordinals(log)
    for until in (None, END_OF_MARCH):
        check_states(log, until)
        check_rows(log, until)
    full = read(log, None)
    assert (len(full.tickets), full.rows) == (15_000, RowCount(read=90_486))
    assert full.warnings.counts == {WarningKind.IMPOSSIBLE_DATE: 34}
    assert len({sentence.split(", ")[1].split(":")[0] for _, sentence in full.warnings.sentences}) == 6
    states = Counter(ticket.steps[-1].status for ticket in read(log, END_OF_MARCH).tickets)
    assert (states.pop(Status.CLOSED), states.pop(Status.RESOLVED), states.total()) == (5780, 1551, 1506)


def check_states(log: Path, until: datetime | None) -> None:
    reading = read(log, until)
    said = last_states(log, until)
    ends = {number: ticket.steps[-1].status for number, ticket in reading.by_number.items()}
    assert ends == {number: shipped_mapping().states[state].status for number, state in said.items()}


def check_rows(log: Path, until: datetime | None) -> None:
    reading = read(log, until)
    rows = reading.rows
    steps = sum(len(ticket.steps) for ticket in reading.tickets)
    assert rows.read == steps + rows.skipped + rows.repeated + rows.later
    assert rows.skipped == reading.warnings.counts[WarningKind.BROKEN_LINE]
    assert (rows.later > 0) is (until is not None)


def check_times(log: Path) -> None:
    for ticket in read(log, END_OF_MARCH).tickets:
        moments = [ticket.opened_at, *(step.at for step in ticket.steps)]
        assert moments == sorted(moments)
        assert all(moment < END_OF_MARCH for moment in moments)
        assert all(end is None or end < END_OF_MARCH for end in (ticket.resolved_at, ticket.closed_at))
        ordinals = [step.ordinal for step in ticket.steps]
        assert all(earlier < later for earlier, later in pairwise(ordinals))


def check_ordinals(log: Path) -> None:
    full = read(log, None).by_number
    for ticket in read(log, END_OF_MARCH).tickets:
        known = {step.ordinal: step for step in full[ticket.external_id].steps}
        assert all(known[step.ordinal] == step for step in ticket.steps)


def check_progress(log: Path) -> None:
    progress = read(log, None).progress
    size = log.stat().st_size
    assert progress[-1] == Progress(Stage.IMPORTING, len(_lines(log)) - 1, size, size)
    importing = [item.bytes_read for item in progress if item.stage is Stage.IMPORTING]
    assert importing == sorted(importing)


def _lines(log: Path) -> list[bytes]:
    return (gzip.decompress(log.read_bytes()) if log.suffix == ".gz" else log.read_bytes()).splitlines()


# What a row says


def test_a_ticket_carries_what_its_rows_say(reading: Reading) -> None:
    ticket = reading.by_number["INC0900001"]
    assert ticket.subject == "Symptom 72 (Category 55, Subcategory 170)"
    assert (ticket.requester, ticket.channel, ticket.site) == ("Caller 1", Channel.PHONE, "Location 143")
    assert ticket.opened_at == local(29, 2, 1, 16)
    assert (ticket.resolved_at, ticket.closed_at) == (local(29, 2, 11, 29), local(5, 3, 12, 0))
    assert ticket.resolution == "closure code: code 5; resolved by: Resolved by 149"
    assert dict(ticket.facts)["symptom"] == "Symptom 72"
    first, second, *_ = ticket.steps
    assert (first.at, first.status, first.team, first.assignee) == (local(29, 2, 1, 23), Status.NEW, "Group 56", None)
    assert (first.category, first.impact, first.urgency, first.priority) == (
        "category-55.subcategory-170",
        "team",
        "medium",
        3,
    )
    assert (second.actor, second.assignee) == ("Updated by 22", "Resolver 17")


def test_a_reopened_ticket_goes_through_its_states(reading: Reading) -> None:
    assert statuses(reading.by_number["INC0900002"]) == [
        Status.NEW,
        Status.IN_PROGRESS,
        Status.WAITING,
        Status.RESOLVED,
        Status.IN_PROGRESS,
        Status.RESOLVED,
        Status.CLOSED,
    ]
    assert reading.by_number["INC0900002"].steps[2].waiting_reason is WaitingReason.REQUESTER


def test_missing_values_are_none_and_not_question_marks(reading: Reading) -> None:
    ticket = reading.by_number["INC0900008"]
    step = ticket.steps[-1]
    assert (ticket.requester, ticket.site, ticket.channel) == (None, "", Channel.IMPORT)
    assert ticket.subject == "Incident INC0900008"
    assert (step.category, step.impact, step.urgency, step.priority, step.team, step.assignee) == (None,) * 6
    assert dict(ticket.facts).keys() <= {"service level met"}
    assert not reading.told("INC0900008")


def test_rows_of_several_tickets_may_be_mixed_and_in_no_order(reading: Reading) -> None:
    assert statuses(reading.by_number["INC0900010"]) == [Status.NEW, Status.IN_PROGRESS, Status.WAITING]
    assert statuses(reading.by_number["INC0900011"]) == [Status.NEW, Status.IN_PROGRESS, Status.WAITING]
    assert reading.by_number["INC0900011"].steps[-1].waiting_reason is WaitingReason.PROBLEM


def test_a_row_that_stands_twice_counts_once(reading: Reading) -> None:
    assert reading.rows.repeated == 1
    assert statuses(reading.by_number["INC0900009"]) == [
        Status.NEW,
        Status.IN_PROGRESS,
        Status.IN_PROGRESS,
        Status.CLOSED,
    ]


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("27/3/2016 02:30", datetime(2016, 3, 27, 1, 30, tzinfo=UTC)),  # the hour that there is not
        ("27/3/2016 03:30", datetime(2016, 3, 27, 1, 30, tzinfo=UTC)),
        ("30/10/2016 02:30", datetime(2016, 10, 30, 0, 30, tzinfo=UTC)),  # the hour that comes twice
        ("30/10/2016 03:30", datetime(2016, 10, 30, 2, 30, tzinfo=UTC)),
    ],
)
def test_local_times_become_utc_over_daylight_saving(
    tmp_path: Path, mapping: EventLogMapping, written: str, utc: datetime
) -> None:
    log = write(tmp_path / "log.csv", row(opened_at=written, sys_updated_at=written))
    assert Reading(log, mapping).tickets[0].opened_at == utc


def test_times_that_carry_an_offset_need_no_zone(tmp_path: Path, mapping: EventLogMapping) -> None:
    log = write(tmp_path / "log.csv", row(opened_at="1/3/2016 10:00 -0300", sys_updated_at="1/3/2016 10:00 -0300"))
    ticket = Reading(log, replace(mapping, time_format="%d/%m/%Y %H:%M %z")).tickets[0]
    assert ticket.opened_at == datetime(2016, 3, 1, 13, 0, tzinfo=UTC)


# What is wrong in a row


def test_a_row_of_state_minus_100_keeps_the_status_and_is_warned_of(reading: Reading) -> None:
    between, last, first = (reading.by_number[f"INC090000{number}"] for number in (3, 4, 5))
    assert statuses(between) == [Status.NEW, Status.NEW, Status.CLOSED]
    assert between.steps[1].team == "Group 70"
    assert statuses(last) == [Status.NEW, Status.RESOLVED, Status.RESOLVED]
    assert statuses(first) == [Status.NEW, Status.IN_PROGRESS]
    assert reading.told("INC0900003") == ["line 15, INC0900003: state -100 is no status; it stays new."]
    assert reading.told("INC0900004") == ["line 20, INC0900004: state -100 is no status; it stays resolved."]
    assert reading.told("INC0900005") == ["line 21, INC0900005: state -100 is no status; it stays new."]


def test_rows_created_before_they_were_opened_are_imported_with_a_warning_for_each(reading: Reading) -> None:
    ticket = reading.by_number["INC0900006"]
    assert ticket.opened_at == local(29, 2, 9, 41)
    assert [step.at for step in ticket.steps] == [
        local(29, 2, 9, 41),
        local(29, 2, 9, 59),
        local(1, 3, 14, 13),
        local(3, 3, 10, 16),
        local(8, 3, 11, 0),
    ]
    told = reading.told("INC0900006")
    assert [sentence.split(",")[0] for sentence in told] == [f"line {line}" for line in range(24, 29)]
    assert "updated before it was opened; it counts as of 2016-02-29 08:41 UTC" in told[0]


def test_a_date_that_is_none_takes_the_time_of_the_row_before(reading: Reading) -> None:
    ticket = reading.by_number["INC0900007"]
    assert [step.at for step in ticket.steps] == [local(4, 3, 10, 0)] * 3 + [local(5, 3, 10, 0)]
    assert ticket.resolved_at is None
    told = reading.told("INC0900007")
    assert "'31/2/2016 10:00' is no date" in told[0]
    assert "sys_updated_at is missing" in told[1]
    assert "resolved_at '30/2/2016 10:00' is no date" in told[2]


def test_a_date_in_the_future_takes_the_time_of_the_row_before(reading: Reading) -> None:
    ticket = reading.by_number["INC0900014"]
    assert [step.at for step in ticket.steps] == [local(10, 3, 10, 0), local(10, 3, 10, 0), local(10, 3, 12, 0)]
    assert "10/3/2061 11:00 is in the future" in reading.told("INC0900014")[0]


def test_impossible_ends_count_as_missing(reading: Reading) -> None:
    assert reading.by_number["INC0900014"].resolved_at is None
    assert reading.by_number["INC0900015"].resolved_at is None
    assert reading.by_number["INC0900015"].closed_at == local(16, 3, 12, 0)
    assert "closed before it was resolved" in reading.told("INC0900015")[0]


def test_an_unknown_state_and_level_are_warned_of_once(reading: Reading) -> None:
    told = reading.told("INC0900016")
    assert len(told) == 2
    assert any("does not know impact '0 - Galactic'" in sentence for sentence in told)
    assert any("state On Hold is no status; it stays new" in sentence for sentence in told)
    assert statuses(reading.by_number["INC0900016"]) == [Status.NEW, Status.NEW, Status.IN_PROGRESS]


def test_broken_lines_are_left_out_and_named(reading: Reading) -> None:
    told = [sentence for kind, sentence in reading.warnings.sentences if kind == WarningKind.BROKEN_LINE]
    assert [sentence.split(":")[0] for sentence in told] == ["line 7", "line 19", "line 23", "line 33", "line 42"]
    assert "no ticket number" in told[-1]
    assert len(reading.by_number["INC0900002"].steps) == 7


def test_a_log_without_any_date_is_dated_now(tmp_path: Path, mapping: EventLogMapping) -> None:
    log = write(tmp_path / "log.csv", row(opened_at="?", sys_updated_at="soon"))
    ticket = Reading(log, mapping).tickets[0]
    assert (ticket.opened_at, ticket.steps[0].at) == (NOW, NOW)


# Limits


def test_until_leaves_out_later_rows_and_later_ends() -> None:
    reading = read(FIXTURE, END_OF_MARCH)
    resolved = reading.by_number["INC0900017"]
    assert statuses(resolved) == [Status.NEW, Status.RESOLVED]
    assert (resolved.resolved_at, resolved.closed_at) == (local(30, 3, 23, 59), None)
    assert "INC0900018" not in reading.by_number
    reopened = reading.by_number["INC0900002"]
    assert statuses(reopened)[-1] is Status.IN_PROGRESS
    assert (reopened.resolved_at, reopened.closed_at, reopened.resolution) == (None, None, "")


def test_what_is_appended_while_the_log_is_read_waits_for_the_next_import(
    tmp_path: Path, mapping: EventLogMapping
) -> None:
    path = write(tmp_path / "log.csv", *(row(f"INC{number}") for number in range(3)))
    log = IncidentLog(path, mapping, zone=ZONE, now=NOW, until=None, rows=(rows := RowCount()), warnings=Warnings())
    tickets = log.tickets(lambda _: None)
    first = next(tickets)
    with path.open("a") as file:
        file.write(row("INC0", sys_mod_count="1", incident_state="Closed", sys_updated_at="2/3/2016 10:00") + "\n")
    rest = list(tickets)
    assert [ticket.external_id for ticket in (first, *rest)] == ["INC0", "INC1", "INC2"]
    assert rows.read == 3


def test_a_log_that_lacks_a_column_says_which(tmp_path: Path, mapping: EventLogMapping) -> None:
    path = tmp_path / "other.csv"
    path.write_text("number,incident_state\nINC1,New\n")
    with pytest.raises(ImportFailed, match=r"lacks what the mapping servicenow-log needs: opened_at, sys_updated_at"):
        Reading(path, mapping)


OPENED = datetime(2016, 3, 1, 10, 0, tzinfo=ZONE)
DATES = st.one_of(
    st.sampled_from(["?", "", "soon", "31/2/2016 10:00", "1/1/0001 00:00", "31/12/9999 23:59", "1/3/2061 10:00"]),
    st.integers(-90, 270).map(lambda days: f"{OPENED + timedelta(days=days, hours=days % 24):%-d/%-m/%Y %H:%M}"),
)
ROWS = st.fixed_dictionaries(
    {
        "number": st.sampled_from(["INC1", "INC2", "?"]),
        "incident_state": st.sampled_from(["New", "Active", "Resolved", "Closed", "-100", "?", "Odd"]),
        "sys_mod_count": st.sampled_from(["0", "1", "2", "3", "?", "x", "-1", "9" * 30, "9" * 5000]),
        "opened_at": DATES,
        "sys_created_at": DATES,
        "sys_updated_at": DATES,
        "resolved_at": DATES,
        "closed_at": DATES,
    }
)


@given(rows=st.lists(ROWS, max_size=8), data=st.data())
def test_whatever_the_dates_a_ticket_has_a_sensible_history(
    tmp_path_factory: pytest.TempPathFactory,
    mapping: EventLogMapping,
    rows: list[dict[str, str]],
    data: st.DataObject,
) -> None:
    until = data.draw(st.none() | st.just(END_OF_MARCH))
    path = write(tmp_path_factory.getbasetemp() / "any.csv", *(row(**values) for values in rows))
    reading = Reading(path, mapping, until)
    steps = sum(len(ticket.steps) for ticket in reading.tickets)
    counted = reading.rows
    assert counted.read == len(rows) == steps + counted.skipped + counted.repeated + counted.later
    for ticket in reading.tickets:
        moments = [ticket.opened_at, *(step.at for step in ticket.steps)]
        assert moments == sorted(moments)
        assert moments[-1] <= NOW
        ordinals = [step.ordinal for step in ticket.steps]
        assert len(set(ordinals)) == len(ordinals)
        assert ordinals == sorted(ordinals)


def test_the_fixture_has_as_many_columns_as_the_real_log(real_data: Path) -> None:
    assert _lines(real_data / REAL)[0].decode() == HEADER
    assert HEADER.count(",") + 1 == COLUMNS
