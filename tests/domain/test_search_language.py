"""The search language: no text makes it fail, and it says how it understood."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itdesk.domain.search_language import (
    CHOICES,
    MOMENTS,
    STATUS_GROUPS,
    Key,
    Term,
    arrival,
    parse,
    period,
    statuses,
)
from itdesk.domain.ticket import ENDED, Status

NOW = datetime(2026, 11, 16, 8, 14, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")

PIECES = st.sampled_from(
    [
        "status:",
        "p:",
        "team:",
        "opened:>",
        "resolved:",
        "since:",
        "arrived:",
        "reopened:",
        "2026-10-01",
        "2026-13-40",
        "..",
        "mon-08",
        "twice",
        "@",
        "#",
        "-",
        '"',
        ",",
        "me",
        "7d",
        "open",
        "INC-",
        "1",
        " ",
        "http:",
        "major:",
        ":",
    ]
)
TYPED = st.one_of(st.text(st.characters()), st.lists(PIECES, max_size=8).map("".join))


@given(TYPED)
@example("@,")
@example('#",')
@example("opened:>٣d")
@example("-\0")
@example("number:" + "9" * 30)
def test_any_text_is_understood_or_named_in_the_errors(text: str) -> None:
    query = parse(text)
    assert isinstance(query.understood(), str)
    for term in query.terms:
        assert term.values, "a term without a value means nothing"
        for value in term.values:
            value.encode()
        if term.key is Key.STATUS:
            assert statuses(term) <= set(Status)
        for value in term.values if term.key in MOMENTS else ():
            if value not in MOMENTS[term.key]:
                first, end = period(value, NOW, WARSAW)
                assert first or end
                assert first is None or end is None or first < end
        if term.key is Key.ARRIVED:
            arrival(term.values[0])
    assert all(error.endswith((".", "?")) for error in query.errors)
    assert isinstance(query.live_only, bool)


@given(TYPED)
def test_what_is_being_typed_never_changes_what_is_understood_of_the_rest(text: str) -> None:
    assert Term(Key.PRIORITY, ("1",)) in parse(f"p:1 {text}").terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("status:open", [Term(Key.STATUS, ("open",))]),
        ("status:in-progress", [Term(Key.STATUS, ("in_progress",))]),
        ('status:"in progress"', [Term(Key.STATUS, ("in_progress",))]),
        ("status:active p:1 status:waiting", [Term(Key.PRIORITY, ("1",)), Term(Key.STATUS, ("waiting",))]),
        ("status:open -status:new", [Term(Key.STATUS, ("open",)), Term(Key.STATUS, ("new",), negated=True)]),
        ("p:1,P2", [Term(Key.PRIORITY, ("1", "2"))]),
        ("level:L3", [Term(Key.LEVEL, ("3",))]),
        ("@Me", [Term(Key.ASSIGNEE, ("me",))]),
        ("who:None", [Term(Key.ASSIGNEE, ("none",))]),
        ("-#VIP", [Term(Key.TAG, ("vip",), negated=True)]),
        ("-status:waiting", [Term(Key.STATUS, ("waiting",), negated=True)]),
        ("inc-17", [Term(Key.NUMBER, ("INC-17",))]),
        ("opened:>7d", [Term(Key.OPENED, (">7d",))]),
        ("resolved:2026-10-01", [Term(Key.RESOLVED, ("2026-10-01",))]),
        ("closed:2026-10-01..2026-10-30", [Term(Key.CLOSED, ("2026-10-01..2026-10-30",))]),
        ("due:<2h,today,no", [Term(Key.DUE, ("<2h", "today", "no"))]),
        ("-overdue:yes", [Term(Key.OVERDUE, ("yes",), negated=True)]),
        ("since:>3d,2026-10-01..", [Term(Key.SINCE, (">3d", "2026-10-01.."))]),
        ("reopened:Twice escalated:no", [Term(Key.REOPENED, ("twice",)), Term(Key.ESCALATED, ("no",))]),
        ("arrived:Mon-08,tue", [Term(Key.ARRIVED, ("mon-08", "tue"))]),
        ("cat:=network", [Term(Key.CATEGORY, ("=network",))]),
        ("team:mine cat:network", [Term(Key.TEAM, ("mine",)), Term(Key.CATEGORY, ("network",))]),
        ("team:", []),
        ("@", []),
        ("win10 mp3 ipv6", []),
    ],
)
def test_terms(text: str, terms: list[Term]) -> None:
    query = parse(text)
    assert list(query.terms) == terms
    assert query.errors == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("statsu:open", "did you mean “status”"),
        ("status:opne", "did you mean “open”"),
        ("p:9", "possible: 1, 2, 3, 4, 5"),
        ("opened:yesterday", "opened:>7d"),
        ("opened:>99999999d", "opened:>7d"),
        ("resolved:2026-02-30", "days like resolved:2026-10-01..2026-10-30"),
        ("opened:2026-10-30..2026-10-01", "days like opened:"),
        ("opened:..", "days like opened:"),
        ("opened:twice", "give an age"),
        ("reopened:often", "give yes, no, twice, an age like reopened:>7d"),
        ("arrived:monday", "arrived:mon-08"),
        ("arrived:mon-24", "arrived:mon-08"),
        ("-vpn", "can be negated"),
        ("major:perhaps", "possible: yes, no"),
    ],
)
def test_errors_say_what_to_write_instead(text: str, said: str) -> None:
    query = parse(f"{text} vpn")
    assert said in query.errors[0]
    assert query.terms == ()
    assert query.words == ("vpn",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "open tickets"),
        ("status:all", "all tickets"),
        ("@me p:1,2 Vpn", "open tickets · mine · P1 or P2 · with “vpn”"),
        ("status:waiting waiting:vendor", "waiting tickets · waiting for vendor"),
        ("opened:>7d", "open tickets · opened over 7 days ago"),
        ("opened:<2h", "open tickets · opened within 2 hours"),
        ("opened:<1w", "open tickets · opened within 1 week"),
        ("opened:2026-10-01 status:all", "all tickets · opened on 1 Oct 2026"),
        ("resolved:2026-10-01..2026-10-30", "resolved 1 Oct 2026 to 30 Oct 2026"),
        ("closed:2026-10-01..", "closed since 1 Oct 2026"),
        ("closed:..2026-10-30 @me", "closed until 30 Oct 2026 · mine"),
        ("-resolved:<7d", "open tickets · not resolved within 7 days"),
        ("reopened:twice", "open tickets · reopened twice or more"),
        ("reopened:no escalated:yes", "open tickets · never reopened · escalated"),
        ("waiting:vendor since:>3d", "open tickets · waiting for vendor · in its status for over 3 days"),
        ("since:<1h", "open tickets · in its status for under 1 hour"),
        ("since:2026-10-01", "open tickets · in its status on 1 Oct 2026"),
        ("arrived:mon-08", "open tickets · arrived on Mondays between 08:00 and 09:00"),
        ("arrived:sun-23,tue", "open tickets · arrived on Sundays between 23:00 and 00:00 or arrived on Tuesdays"),
        ("category:=network", "open tickets · category network alone"),
        ("-@none #vip", "open tickets · assigned to somebody · #vip"),
        ("INC-5", "INC-5"),
    ],
)
def test_a_search_in_words(text: str, sentence: str) -> None:
    assert parse(text).understood() == sentence


NEGATED = {
    "status:waiting": "not waiting",
    "status:in_progress": "not in progress",
    "status:open": "not open",
    "status:active": "not active",
    "status:unresolved": "resolved or ended",
    "status:ended": "not ended",
    "status:all": "of no status",
    "status:waiting,testing": "neither waiting nor testing",
    "waiting:vendor": "not waiting for vendor",
    "waiting:vendor,change": "neither waiting for vendor nor waiting for change",
    "p:1": "not P1",
    "p:1,2,3": "neither P1 nor P2 nor P3",
    "kind:incident": "no incidents",
    "kind:incident,problem": "no incidents and no problems",
    "team:network": "not of team network",
    "team:mine,network": "neither of my teams nor of team network",
    "level:2": "not L2",
    "category:network": "not of category network",
    "category:=network": "not category network itself",
    "who:me": "not mine",
    "who:none": "assigned to somebody",
    "who:anna": "not assigned to anna",
    "who:me,anna": "neither mine nor assigned to anna",
    "who:none,anna": "assigned to somebody and not assigned to anna",
    "from:me": "not asked by me",
    "from:marta": "not from marta",
    "approver:me": "not to be approved by me",
    "tag:vip": "without #vip",
    "tag:vip,loud": "without #vip and without #loud",
    "site:berlin": "not of site berlin",
    "channel:mail": "not of channel mail",
    "major:yes": "no majors",
    "major:no": "major incidents",
    "opened:>7d": "not opened over 7 days ago",
    "opened:2026-10-01,<2h": "neither opened on 1 Oct 2026 nor opened within 2 hours",
    "arrived:mon-08": "not arrived on Mondays between 08:00 and 09:00",
    "resolved:<7d": "not resolved within 7 days",
    "closed:2026-10-01..": "not closed since 1 Oct 2026",
    "reopened:yes": "never reopened",
    "reopened:no": "reopened",
    "reopened:twice": "reopened once at most",
    "reopened:<7d": "not reopened within 7 days",
    "escalated:yes": "never escalated",
    "escalated:no": "escalated",
    "escalated:..2026-10-30": "not escalated until 30 Oct 2026",
    "since:>3d": "not in its status for over 3 days",
    "since:2026-10-01": "not in its status on 1 Oct 2026",
    "watching:me": "not watched by me",
    "draft:me": "without a draft of mine",
    "due:today": "not due today",
    "due:yes": "not due",
    "due:no": "due some time",
    "due:<2h": "not due within 2 hours",
    "due:>2h": "not due in over 2 hours",
    "due:<2h,no": "not due within 2 hours and due some time",
    "overdue:yes": "not overdue",
    "overdue:no": "overdue",
    "number:inc-17": "not INC-17",
    "closure:merged": "not ended as merged",
}


@pytest.mark.parametrize(("text", "sentence"), NEGATED.items())
def test_what_is_left_out_is_said_in_good_english(text: str, sentence: str) -> None:
    query = parse(f"-{text}")
    assert query.terms[0].negated
    assert query.live_only
    assert query.understood() == f"open tickets · {sentence}"


def test_every_key_and_value_with_few_of_them_can_be_said_and_left_out() -> None:
    assert {parse(text).terms[0].key for text in NEGATED} == set(Key)
    few = [f"{key}:{value}" for known in (CHOICES, MOMENTS) for key, values in known.items() for value in values]
    for text in few:
        said, left_out = (parse(f"{sign}{text}").understood().removeprefix("open tickets · ") for sign in ("", "-"))
        assert said != left_out
        assert " ".join(f"{said} {left_out}".split()).count("not ") <= 1
        assert "not not" not in left_out


@pytest.mark.parametrize("status", [*STATUS_GROUPS, *(status.value for status in Status)])
def test_a_search_is_among_the_live_ones_unless_it_names_an_end(status: str) -> None:
    query = parse(f"status:{status}")
    assert query.live_only == (not statuses(query.terms[0]) & ENDED)
    assert parse("vpn").live_only
    assert parse("opened:2026-10-01").live_only
    assert not parse("resolved:<7d").live_only
    assert not parse("closed:2026-10-01").live_only
    assert parse("-closed:2026-10-01").live_only
    assert not parse("INC-5").live_only


@pytest.mark.parametrize(
    ("value", "first", "end"),
    [
        (">7d", None, NOW - timedelta(days=7)),
        ("<2h", NOW - timedelta(hours=2), None),
        ("2026-10-25", datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("2026-03-28..2026-03-29", datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("2026-10-01..", datetime(2026, 9, 30, 22, tzinfo=UTC), None),
        ("..2026-10-01", None, datetime(2026, 10, 1, 22, tzinfo=UTC)),
    ],
)
def test_days_are_those_of_the_desk_also_when_they_have_23_or_25_hours(
    value: str, first: datetime | None, end: datetime | None
) -> None:
    assert period(value, NOW, WARSAW) == (first, end)
