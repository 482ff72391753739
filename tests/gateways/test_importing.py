"""Importing a log into a desk: once, twice, in parts, and what the desk holds then."""

import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from itdesk.desk.communication import note
from itdesk.desk.compliance import verify_journal
from itdesk.desk.errors import Refused
from itdesk.desk.queries import listing, tickets
from itdesk.desk.queries.queue import count
from itdesk.desk.session import Session
from itdesk.domain.decisions import Source, Thing
from itdesk.domain.mapping import EventLogMapping
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import Status
from itdesk.gateways import importing
from itdesk.gateways.import_report import ImportFailed, ImportSummary, Progress, Stage
from itdesk.gateways.importing import import_file
from itdesk.settings.locations import shipped_config
from itdesk.settings.mappings import load_mapping
from tests.gateways.logs import END_OF_MARCH, FIXTURE, REAL, copies, last_states
from tests.support.desks import SignIn, StillClock, copy_sqlite, opened, shipped_rulebook, sign_in_at


@pytest.fixture(scope="module")
def mapping() -> EventLogMapping:
    found = load_mapping("servicenow-log", [shipped_config()], shipped_rulebook())
    assert isinstance(found, EventLogMapping)
    return found


@pytest.fixture
def session(sign_in_as: SignIn) -> Session:
    return sign_in_as("sam")


@pytest.fixture
def sqlite_session(sqlite_desk_url: str) -> Iterator[Session]:
    with opened(sqlite_desk_url) as desk:
        yield sign_in_at(desk, StillClock())("sam")


def how_many(session: Session, query: str) -> int:
    return count(session, parse(query), limit=None)


def content(session: Session) -> dict[str | None, tuple[object, ...]]:
    """What the desk holds of each imported ticket, without ids and versions."""
    return {
        row.external_id: (
            row.status,
            row.waiting_reason,
            row.priority,
            row.category,
            row.requester_name,
            row.team,
            row.assignee,
            row.opened_at,
            row.changed_at,
            row.resolved_at,
            row.closed_at,
            row.order_key,
        )
        for row in listing.tickets(session, parse("status:all"))
    }


def history(session: Session, external_id: str) -> list[tuple[datetime, str]]:
    """When a ticket went to which status."""
    events = tickets.events(session, tickets.find_ticket(session, external_id))
    return [(event.at, event.changes["status"][1]) for event in events if "status" in event.changes]


def outcome(summary: ImportSummary) -> tuple[int, int, int]:
    return summary.imported, summary.continued, summary.unchanged


def test_the_desk_holds_as_many_tickets_of_each_status_as_the_log_says(
    session: Session, mapping: EventLogMapping
) -> None:
    summary = import_file(session, FIXTURE, mapping)
    said = Counter(mapping.states[state].status for state in last_states(FIXTURE).values())
    for status in Status:
        assert how_many(session, f"status:{status}") == said[status], status
    assert outcome(summary) == (19, 0, 0)
    assert (summary.read, summary.skipped, summary.repeated, summary.later) == (65, 5, 1, 0)
    assert dict(summary.warnings) == {
        "impossible date": 11,
        "broken line": 5,
        "no status": 4,
        "unknown value": 1,
    }
    assert len(summary.sentences) == 21
    assert not summary.interrupted
    assert verify_journal(session).intact


def test_importing_twice_changes_nothing(session: Session, mapping: EventLogMapping) -> None:
    import_file(session, FIXTURE, mapping)
    before, entries = content(session), verify_journal(session).entries
    assert outcome(import_file(session, FIXTURE, mapping)) == (0, 0, 19)
    assert content(session) == before
    assert verify_journal(session).entries == entries


def test_a_partial_import_is_the_desk_of_that_moment(session: Session, mapping: EventLogMapping) -> None:
    summary = import_file(session, FIXTURE, mapping, until=END_OF_MARCH)
    said = Counter(mapping.states[state].status for state in last_states(FIXTURE, END_OF_MARCH).values())
    for status in Status:
        assert how_many(session, f"status:{status}") == said[status], status
    assert summary.later > 0
    assert all(row[8] < END_OF_MARCH for row in content(session).values() if isinstance(row[8], datetime))


def test_a_full_import_after_a_partial_one_is_the_same_as_a_full_one(
    sqlite_template: Path, tmp_path: Path, mapping: EventLogMapping
) -> None:
    found = []
    for name, limits in (("parts", (END_OF_MARCH, None)), ("whole", (None,))):
        copy_sqlite(sqlite_template, tmp_path / name)
        with opened(str(tmp_path / name)) as desk:
            session = sign_in_at(desk, StillClock())("sam")
            summaries = [import_file(session, FIXTURE, mapping, until=until) for until in limits]
            found.append((content(session), {number: history(session, str(number)) for number in content(session)}))
            assert sum(summary.imported for summary in summaries) == 19
            assert (summaries[-1].continued > 0) is (len(limits) > 1)
            assert verify_journal(session).intact
    assert found[0] == found[1]


def test_a_ticket_has_its_history_with_the_times_of_the_log(session: Session, mapping: EventLogMapping) -> None:
    import_file(session, FIXTURE, mapping)
    assert [(f"{at:%d.%m. %H:%M}", status) for at, status in history(session, "INC0900002")] == [
        ("01.03. 08:40", "in progress"),
        ("01.03. 10:02", "waiting"),
        ("02.03. 09:15", "resolved"),
        ("03.03. 07:20", "in progress"),
        ("04.04. 14:44", "resolved"),
        ("09.04. 15:00", "closed"),
    ]
    view = tickets.view(session, tickets.find_ticket(session, "INC0900002"))
    assert (view.requester.name, view.site, view.category) == (
        "Caller 2",
        "Location 143",
        "imported.category-55.subcategory-170",
    )


def test_priorities_stay_as_recorded_and_say_where_our_matrix_differs(
    session: Session, mapping: EventLogMapping
) -> None:
    import_file(session, FIXTURE, mapping)
    ticket = tickets.find_ticket(session, "INC0900017")
    decisions = {stored.decision.thing: stored.decision for stored in tickets.decisions_in_force(session, ticket)}
    priority = decisions[Thing.PRIORITY]
    assert (priority.value, priority.source) == ("4", Source.IMPORT)
    assert "our matrix gives P5" in priority.reason


def test_a_requester_may_not_import(sign_in_as: SignIn, mapping: EventLogMapping) -> None:
    with pytest.raises(Refused):
        import_file(sign_in_as("rita"), FIXTURE, mapping)


def test_a_ticket_that_was_worked_on_here_is_left_alone_with_a_warning(
    session: Session, mapping: EventLogMapping
) -> None:
    import_file(session, FIXTURE, mapping, until=END_OF_MARCH)
    note(session, [tickets.find_ticket(session, "INC0900017")], "We do this here now.")
    summary = import_file(session, FIXTURE, mapping)
    assert dict(summary.warnings)["changed here"] == 1
    assert tickets.view(session, tickets.find_ticket(session, "INC0900017")).status is Status.RESOLVED


@pytest.mark.sqlite
def test_the_zone_of_the_mapping_goes_before_that_of_the_desk(
    sqlite_session: Session, mapping: EventLogMapping
) -> None:
    import_file(sqlite_session, FIXTURE, replace(mapping, time_zone="America/Sao_Paulo"))
    view = tickets.view(sqlite_session, tickets.find_ticket(sqlite_session, "INC0900019"))
    assert view.opened_at == datetime(2016, 3, 29, 18, 5, tzinfo=UTC)


@pytest.mark.sqlite
@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_the_size_of_a_batch_makes_no_difference(
    sqlite_session: Session, mapping: EventLogMapping, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(importing, "_BATCH", batch)
    assert import_file(sqlite_session, FIXTURE, mapping).imported == 19
    assert verify_journal(sqlite_session).intact


@pytest.mark.sqlite
def test_ctrl_c_keeps_what_is_committed_and_the_next_run_goes_on(
    sqlite_session: Session, mapping: EventLogMapping, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(importing, "_BATCH", 100)
    copies(FIXTURE, 40, log := tmp_path / "log.csv")

    def interrupt(progress: Progress) -> None:
        if progress.stage is Stage.IMPORTING and progress.rows > 1500:
            raise KeyboardInterrupt

    summary = import_file(sqlite_session, log, mapping, on_progress=interrupt)
    assert summary.interrupted
    assert 0 < summary.imported < 40 * 19
    assert how_many(sqlite_session, "status:all") == summary.imported
    rest = import_file(sqlite_session, log, mapping)
    assert (rest.imported, rest.unchanged, rest.interrupted) == (40 * 19 - summary.imported, summary.imported, False)


@pytest.mark.sqlite
def test_a_gzip_file_that_is_cut_off_is_imported_as_far_as_it_goes(
    sqlite_session: Session, mapping: EventLogMapping, tmp_path: Path
) -> None:
    copies(FIXTURE, 40, log := tmp_path / "log.csv")
    packed = gzip.compress(log.read_bytes())
    short = tmp_path / "log.csv.gz"
    short.write_bytes(packed[: len(packed) // 2])
    summary = import_file(sqlite_session, short, mapping)
    assert 0 < summary.imported < 40 * 19
    assert any("cut off or damaged" in sentence for _, sentence in summary.sentences)
    short.write_bytes(packed)
    whole = import_file(sqlite_session, short, mapping)
    assert summary.imported + whole.imported == 40 * 19
    assert how_many(sqlite_session, "status:all") == 40 * 19


@pytest.mark.sqlite
def test_hostile_values_are_stored_and_harm_nothing(
    sqlite_session: Session, mapping: EventLogMapping, tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    text = FIXTURE.read_text()
    for old, new in (
        ("Symptom 72", "[/] \x1b]52;c;eA==\x07 \u202e" + "x" * 10_000),
        ("Caller 8", "; DROP TABLE ticket"),
        ("Group 56", "../../etc 💥 漢字"),
    ):
        text = text.replace(old, new)
    log.write_text(text)
    assert import_file(sqlite_session, log, mapping).imported == 19
    assert verify_journal(sqlite_session).intact


@pytest.mark.sqlite
def test_a_file_that_is_no_log_is_refused_with_a_reason(
    sqlite_session: Session, mapping: EventLogMapping, tmp_path: Path
) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear desk,\nnothing here is a log.\n")
    for path, words in (
        (other, "lacks what the mapping servicenow-log needs"),
        (tmp_path / "none.csv", "cannot be read"),
    ):
        with pytest.raises(ImportFailed, match=words):
            import_file(sqlite_session, path, mapping)
    assert how_many(sqlite_session, "status:all") == 0


@pytest.mark.sqlite
def test_the_real_log_in_two_parts_ends_as_it_says_itself(
    sqlite_session: Session, mapping: EventLogMapping, real_data: Path
) -> None:
    log = real_data / REAL
    partial = import_file(sqlite_session, log, mapping, until=END_OF_MARCH)
    states = Counter(last_states(log, END_OF_MARCH).values())
    closed, resolved = how_many(sqlite_session, "status:closed"), how_many(sqlite_session, "status:resolved")
    assert (closed, resolved) == (states["Closed"], states["Resolved"]) == (5780, 1551)
    assert how_many(sqlite_session, "status:unresolved") == states.total() - closed - resolved == 1506
    full = import_file(sqlite_session, log, mapping)
    assert how_many(sqlite_session, "status:closed") == Counter(last_states(log).values())["Closed"] == 15_000
    assert how_many(sqlite_session, "status:all") == partial.imported + full.imported == 15_000
    entries = verify_journal(sqlite_session).entries
    again = import_file(sqlite_session, log, mapping)
    assert outcome(again) == (0, 0, 15_000)
    assert verify_journal(sqlite_session).entries == entries
    assert dict(full.warnings) == {"impossible date": 34}
