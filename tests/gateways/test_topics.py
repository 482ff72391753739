"""Texts with topics: imported as tickets that the rules decide, and a figure of how often the rules are right."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.desk.compliance import verify_journal
from itdesk.desk.queries import listing, tickets
from itdesk.desk.session import Session
from itdesk.domain.decisions import Source, Thing
from itdesk.domain.mapping import TopicMapping
from itdesk.domain.search_language import parse
from itdesk.gateways.import_report import ImportFailed, RowCount, Warnings
from itdesk.gateways.importing import import_file
from itdesk.gateways.topics import TopicHits, TopicTexts, measure, report, subject_of
from itdesk.settings.locations import shipped_config
from itdesk.settings.mappings import load_mapping
from tests.gateways.logs import END_OF_MARCH
from tests.support.desks import SignIn, shipped_rulebook

TEXTS = """Document,Topic_group
vpn drops vpn connection lost every minutes working home please help,Hardware
"access card access card, please grant new card for colleague",Access
only one column
purchase of new purchase order approval for five laptops,Purchase
,Storage
"zzz nothing that any rule knows qqq",Miscellaneous
vpn vpn vpn again,Storage
"""


@pytest.fixture(scope="module")
def mapping() -> TopicMapping:
    found = load_mapping("topics", [shipped_config()], shipped_rulebook())
    assert isinstance(found, TopicMapping)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "texts.csv"
    path.write_text(TEXTS)
    return path


@pytest.fixture
def session(sign_in_as: SignIn) -> Session:
    return sign_in_as("sam")


def measured(path: Path, mapping: TopicMapping) -> tuple[TopicHits, ...]:
    texts = TopicTexts(path, mapping, rows=RowCount(), warnings=Warnings()).texts(lambda _: None)
    return measure(texts, mapping, shipped_rulebook())


def test_each_text_becomes_a_ticket_that_the_rules_decide(session: Session, mapping: TopicMapping, file: Path) -> None:
    summary = import_file(session, file, mapping)
    assert (summary.imported, summary.read, summary.skipped) == (5, 7, 2)
    assert [sentence.split(":")[0] for _, sentence in summary.sentences] == ["line 4", "line 6"]
    ticket = tickets.find_ticket(session, "topics-00001")
    view = tickets.view(session, ticket)
    assert view.category == "network.vpn"
    assert view.subject == "vpn drops vpn connection lost every minutes working home…"
    assert view.body.endswith("working home please help")
    category = next(
        stored.decision
        for stored in tickets.decisions_in_force(session, ticket)
        if stored.decision.thing is Thing.CATEGORY
    )
    assert category.source is Source.RULE
    assert any(evidence.text == "vpn" for evidence in category.evidence)
    assert view.opened_at == session.clock()


def test_importing_the_texts_twice_changes_nothing(session: Session, mapping: TopicMapping, file: Path) -> None:
    import_file(session, file, mapping)
    entries = verify_journal(session).entries
    again = import_file(session, file, mapping)
    assert (again.imported, again.unchanged) == (0, 5)
    assert verify_journal(session).entries == entries
    assert len(list(listing.tickets(session, parse("status:all")))) == 5


def test_a_limit_in_time_has_no_meaning_for_texts(session: Session, mapping: TopicMapping, file: Path) -> None:
    with pytest.raises(ImportFailed, match="without dates"):
        import_file(session, file, mapping, until=END_OF_MARCH)


def test_a_file_without_the_columns_is_refused(session: Session, mapping: TopicMapping, file: Path) -> None:
    with pytest.raises(ImportFailed, match="lacks what the mapping topics needs: Words"):
        import_file(session, file, replace(mapping, text_column="Words"))


def test_the_rules_are_measured_by_topic(mapping: TopicMapping, file: Path) -> None:
    assert set(measured(file, mapping)) == {
        TopicHits("Hardware", right=1, wrong=0, undecided=0),
        TopicHits("Access", right=1, wrong=0, undecided=0),
        TopicHits("Purchase", right=1, wrong=0, undecided=0),
        TopicHits("Miscellaneous", right=0, wrong=0, undecided=1),
        TopicHits("Storage", right=0, wrong=1, undecided=0),
    }


def test_the_report_says_the_share_that_is_right_and_counts_the_undecided_as_not_right() -> None:
    hits = (TopicHits("Hardware", right=6, wrong=2, undecided=2), TopicHits("Access", right=0, wrong=0, undecided=10))
    told = report(hits).splitlines()
    assert told[1].split() == ["Hardware", "10", "6", "2", "2", "60.0"]
    assert told[3].split() == ["All", "20", "6", "2", "12", "30.0"]
    assert told[-1] == "The category rules hit the topic of 6 of 20 texts (30.0 %)."
    assert "-" in report(())


def test_the_shipped_rules_beat_seven_untuned_ones_on_the_real_texts(real_data: Path, mapping: TopicMapping) -> None:
    """46.8 % is what seven untuned rules reach on these texts, and 28.5 % the largest topic alone. Every fifth text."""
    file = real_data / "it_tickets_by_topic.csv.gz"
    texts = TopicTexts(file, mapping, rows=RowCount(), warnings=Warnings()).texts(lambda _: None)
    hits = measure(islice(texts, 0, None, 5), mapping, shipped_rulebook())
    assert sum(hit.total for hit in hits) == 7654
    assert sum(hit.right for hit in hits) / 7654 > 0.468


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("short", "short"),
        ("  two\n words ", "two words"),
        ("a" * 100, "a" * 59 + "…"),
        ("word " * 20, "word word word word word word word word word word word word…"),
    ],
)
def test_a_subject_ends_with_a_whole_word(text: str, subject: str) -> None:
    assert subject_of(text) == subject


@given(st.text(min_size=1).filter(str.strip))
def test_a_subject_is_never_empty_and_never_long(text: str) -> None:
    assert 0 < len(subject_of(text)) <= 60
