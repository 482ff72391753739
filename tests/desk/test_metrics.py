"""Figures: each is what its search finds, and is what it says it is, on both databases."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from itdesk.desk import resolution, triage
from itdesk.desk.change import Change, Targets
from itdesk.desk.errors import Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries import metrics, queue
from itdesk.desk.queries.metrics import Count, Headline, Overview, overview
from itdesk.desk.session import Desk, Session, open_desk, sign_in
from itdesk.domain.periods import LENGTHS
from itdesk.domain.search_language import parse
from tests.benchmarks.generator import VIEWER, big_desk
from tests.desk import acts
from tests.support.desks import OPENING, SignIn, StillClock

CATEGORIES = ("network", "network.vpn", "network.vpn", "printing.printer", "access.password")


def resolve(session: Session, targets: Targets) -> Change:
    """Resolve, whatever steps an SOP wants done first."""
    return resolution.resolve(session, targets, "Restarted it.", without_steps="done before")


DEEDS = (acts.wait, resolve, acts.close, acts.reopen, acts.escalate, acts.cancel, acts.declare, triage.take)


def counts(part: object) -> Iterator[Count]:
    """Every figure in an overview."""
    if isinstance(part, Count):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from counts(one)
    elif is_dataclass(part):
        for field in fields(part):
            yield from counts(getattr(part, field.name))


def assert_found(session: Session, figures: Overview) -> int:
    """Every figure is the number of tickets that its search finds; how many figures there are."""
    told = list(counts(figures))
    for one in told:
        query = parse(one.query)
        assert query.errors == ()
        assert queue.count(session, query, limit=None) == one.count, f"{one.label}: {one.query}"
    return len(told)


@pytest.fixture
def busy(sign_in_as: SignIn, clock: StillClock) -> StillClock:
    """Ten weeks of a small desk, over a change of the clocks; the clock stands at their end."""
    random = Random(4)
    mine: list[int] = []
    for _ in range(70):
        clock.advance(hours=24, minutes=random.randrange(-120, 120))
        new = NewTicket("It broke", requester=random.choice(("rita", "ron")), category=random.choice(CATEGORIES))
        mine += submit(sign_in_as("desi"), new).tickets
        for _ in range(2):
            try:
                random.choice(DEEDS)(sign_in_as("tina"), [random.choice(mine[-12:])])
            except Refused:
                continue
    return clock


@pytest.mark.parametrize("days", LENGTHS)
def test_every_figure_is_what_its_search_finds(busy: StillClock, sign_in_as: SignIn, days: int) -> None:
    for login in ("sam", "rita"):
        session = sign_in_as(login)
        figures = overview(session, days=days)
        assert assert_found(session, figures) > 7 * 24 + 2 * len(figures.parts)
        assert figures.headlines[0].value == figures.opened == sum(one.count for row in figures.arrivals for one in row)
        assert figures.headlines[1].value == figures.resolved
        assert figures.headlines[-1].value == figures.open == sum(one.count for one in figures.by_team)
        assert sum(one.count for one in figures.by_age) == figures.open
        if days >= 90:
            assert figures.opened == (70 if login == "sam" else queue.count(session, parse("status:all")))
            assert all(figures.headlines[at].value for at in range(7)), "a figure that is always nought proves nothing"


@pytest.mark.sqlite
def test_every_figure_is_what_its_search_finds_at_a_large_desk(tmp_path: Path) -> None:
    made = big_desk(3_000, tmp_path)
    desk = open_desk(str(made.database))
    now = datetime.now(UTC)
    session = Session(desk, sign_in(desk, VIEWER), lambda: now)
    for days in (30, 365):
        assert assert_found(session, overview(session, days=days)) > 200
    desk.close()


def test_an_empty_desk_has_figures_of_nought(sign_in_as: SignIn) -> None:
    figures = overview(sign_in_as("sam"))
    assert (figures.opened, figures.resolved, figures.open, figures.attention) == (0, 0, 0, ())
    assert [one.value for one in figures.headlines] == [0, 0, None, None, None, None, 0]
    assert_found(sign_in_as("sam"), figures)


def headline(figures: Overview, label: str) -> Headline:
    return next(one for one in figures.headlines if one.label == label)


def opened(sign_in_as: SignIn, clock: StillClock, at: datetime, category: str = "network.vpn") -> int:
    clock.now = at
    return acts.open_ticket(sign_in_as, NewTicket("VPN", requester="rita", category=category))


def test_the_time_to_resolve_runs_to_the_last_resolution(sign_in_as: SignIn, clock: StillClock) -> None:
    for hours in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100):
        ticket = opened(sign_in_as, clock, OPENING)
        clock.now = OPENING + timedelta(hours=hours)
        resolve(sign_in_as("tina"), [ticket])
    back = opened(sign_in_as, clock, OPENING)
    for hours, deed in ((1, resolve), (2, acts.reopen), (50, resolve)):
        clock.now = OPENING + timedelta(hours=hours)
        deed(sign_in_as("tina"), [back])
    cancelled = opened(sign_in_as, clock, OPENING)
    acts.cancel(sign_in_as("tina"), [cancelled])
    clock.now = OPENING + timedelta(days=5)
    figures = overview(sign_in_as("sam"))
    assert headline(figures, "Resolved").value == 11
    assert headline(figures, "Time to resolve, median").value == 6 * 3600
    assert headline(figures, "Time to resolve, p90").value == 50 * 3600
    assert headline(figures, "Reopened").value == pytest.approx(100 / 11)
    assert (figures.categories[0].median, figures.categories[0].p90) == (6 * 3600, 50 * 3600)
    assert [part.resolved.count for part in figures.parts[-6:]] == [9, 0, 1, 0, 1, 0]


def test_solved_at_first_level_is_what_never_went_higher(sign_in_as: SignIn, clock: StillClock) -> None:
    first = opened(sign_in_as, clock, OPENING, "access.password")
    higher, there_and_back = (opened(sign_in_as, clock, OPENING, "access.password") for _ in range(2))
    second = opened(sign_in_as, clock, OPENING, "network.vpn")
    triage.escalate(sign_in_as("tina"), [higher], level=2, reason="cannot")
    triage.escalate(sign_in_as("tina"), [there_and_back], level=2, reason="cannot")
    triage.escalate(sign_in_as("tina"), [there_and_back], level=1, reason="can after all")
    resolve(sign_in_as("tina"), [first, higher, there_and_back, second])
    solved = headline(overview(sign_in_as("sam")), "Solved at first level")
    assert (solved.value, solved.behind.count) == (25, 1)


def test_a_figure_is_compared_with_as_much_of_the_period_before(sign_in_as: SignIn, clock: StillClock) -> None:
    now = OPENING.replace(hour=12) + timedelta(days=60)
    for days, hours in ((0, -1), (29, 0), (30, 1), (30, -1), (59, 0), (61, 0)):
        opened(sign_in_as, clock, now - timedelta(days=days, hours=-hours))
    clock.now = now
    figures = overview(sign_in_as("sam"))
    assert (headline(figures, "Opened").value, headline(figures, "Opened").before) == (2, 2)
    assert headline(figures, "Open now").before == 4
    assert headline(figures, "Opened").trend == (0, 0, 0, 3, 0, 0, 0, 1)
    assert headline(figures, "Open now").trend == (2, 2, 2, 5, 5, 5, 5, 6)


def test_what_needs_attention_comes_with_its_tickets(sign_in_as: SignIn, clock: StillClock) -> None:
    forgotten = acts.open_ticket(sign_in_as)
    acts.override(sign_in_as("tina"), [forgotten])
    waits, back = acts.open_ticket(sign_in_as), acts.open_ticket(sign_in_as)
    acts.wait(sign_in_as("tina"), [waits])
    for deed in (resolve, acts.reopen, resolve, acts.reopen):
        deed(sign_in_as("tina"), [back])
    major = acts.open_ticket(sign_in_as)
    triage.take(sign_in_as("tina"), [major])
    acts.declare(sign_in_as("tina"), [major])
    assert [one.behind.label for one in overview(sign_in_as("sam")).attention] == [
        "Major incidents are open",
        "Reopened twice or more, still open",
    ]
    clock.advance(days=3, minutes=1)
    figures = overview(sign_in_as("sam"))
    assert [(one.behind.label, one.detail, one.urgent) for one in figures.attention] == [
        ("Major incidents are open", f"INC-{major}", True),
        ("Overdue", f"INC-{forgotten}, INC-{waits}, INC-{back} …", True),
        ("P1 or P2, nobody has it, opened over a day ago", f"INC-{forgotten}", True),
        ("Waiting for a vendor for over 3 days", f"INC-{waits}", False),
        ("Reopened twice or more, still open", f"INC-{back}", False),
    ]
    assert_found(sign_in_as("sam"), figures)


def test_what_grew_against_the_period_before_needs_attention(sign_in_as: SignIn, clock: StillClock) -> None:
    for category, before, after in (("network.vpn", 8, 12), ("network.wifi", 6, 10), ("email.outlook", 1, 9)):
        for _ in range(before):
            opened(sign_in_as, clock, OPENING, category)
        for _ in range(after):
            opened(sign_in_as, clock, OPENING + timedelta(days=20), category)
    clock.now = OPENING + timedelta(days=40)
    told = [(one.behind.label, one.behind.count, one.detail) for one in overview(sign_in_as("sam")).attention]
    assert told == [
        ("Overdue", 46, "INC-1, INC-2, INC-3 …"),
        ("The backlog grows", 46, "31 more than 30 days ago"),
        ("Category network.wifi grows", 10, "10 opened, 6 in the 30 days before"),
    ]


def test_tickets_arrive_by_the_clocks_of_the_desk(sign_in_as: SignIn, clock: StillClock) -> None:
    winter = datetime(2026, 3, 23, 9, 30, tzinfo=UTC)
    for at in (winter, winter + timedelta(days=7, hours=-1)):  # 10:30 in Berlin, both
        opened(sign_in_as, clock, at)
    clock.advance(hours=5)
    arrivals = overview(sign_in_as("sam")).arrivals
    assert [one.label for row in arrivals for one in row if one.count] == ["Mon 10"]
    assert arrivals[0][10].count == 2


def test_all_figures_are_of_one_moment(desk: Desk, sign_in_as: SignIn, clock: StillClock) -> None:
    opened(sign_in_as, clock, OPENING)
    moments = iter([OPENING + timedelta(hours=1), *[OPENING + timedelta(days=400)] * 100])
    session = Session(desk, sign_in(desk, "sam"), lambda: next(moments))
    figures = overview(session)
    assert (figures.opened, figures.open, figures.by_age[0].count) == (1, 1, 1)
    assert metrics.AGES[0][0] == figures.by_age[0].label
