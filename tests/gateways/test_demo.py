"""The sample desk as a visitor finds it, and what comes in while one watches."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from itdesk.desk import intake, triage
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.compliance import verify_journal
from itdesk.desk.people import add_people
from itdesk.desk.queries import knowledge, listing, procedures, schedule, tickets, watchers, work
from itdesk.desk.queries.listing import ListedTicket
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.people import colleagues
from itdesk.desk.queries.visits import visits
from itdesk.desk.session import SYSTEM, Desk, Session, sign_in
from itdesk.domain.assignment import Mode
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import ENDED, Kind, LinkType, MessageKind, Status, WaitingReason
from itdesk.gateways import demo, demo_plan
from itdesk.gateways.demo import Arrivals
from itdesk.gateways.demo_schedule import plan_days, plan_shifts
from itdesk.gateways.demo_staff import people
from itdesk.settings.config_folder import content_hash
from itdesk.settings.locations import shipped_config
from tests.support.desks import StillClock, opened, shipped_rulebook

NOW = datetime(2026, 11, 16, 8, 14, tzinfo=UTC)


def fill(desk: Desk) -> None:
    rulebooks.adopt(Session(desk, SYSTEM, lambda: NOW), shipped_rulebook(), content_hash(shipped_config()))
    demo.fill(desk, NOW)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    location = str(tmp_path_factory.mktemp("demo") / "demo.sqlite3")
    with opened(location, create=True) as desk:
        fill(desk)
    return location


@pytest.fixture
def desk(template: str) -> Iterator[Desk]:
    with opened(template) as desk:
        yield desk


@pytest.fixture
def visitor(desk: Desk) -> Session:
    return Session(desk, sign_in(desk, demo.VISITOR), lambda: NOW)


def open_tickets(session: Session) -> list[ListedTicket]:
    return list(listing.tickets(session, parse("status:open")))


def test_a_visitor_finds_about_42_open_tickets_in_every_state_of_work(visitor: Session) -> None:
    rows = open_tickets(visitor)
    assert 38 <= len(rows) <= 46
    assert {row.status for row in rows} == set(Status) - ENDED
    assert {row.priority for row in rows} == {1, 2, 3, 4, 5}
    assert {row.waiting_reason for row in rows if row.waiting_reason} >= {
        WaitingReason.REQUESTER,
        WaitingReason.VENDOR,
        WaitingReason.CHANGE,
    }
    assert {row.kind for row in rows} == {Kind.INCIDENT, Kind.REQUEST}
    assert sum(row.assignee is None for row in rows) >= 6
    assert sum(row.assignee == demo.VISITOR for row in rows) >= 3


def test_the_major_incident_stands_on_top(visitor: Session) -> None:
    first, second, *_ = open_tickets(visitor)
    assert (first.major, first.priority, second.priority) == (True, 1, 1)
    assert first.subject == "SAP login fails for all of Finance"


def test_the_desk_has_300_tickets_with_histories_that_the_journal_proves(visitor: Session) -> None:
    rows = list(listing.tickets(visitor, parse("status:all")))
    assert len(rows) >= 300
    assert all(row.opened_at <= row.changed_at <= NOW for row in rows)
    assert all(row.opened_at < row.closed_at for row in rows if row.closed_at)
    assert verify_journal(Session(visitor.desk, SYSTEM, lambda: NOW)).intact
    statuses = Counter(row.status for row in rows)
    assert statuses[Status.CLOSED] > 240
    assert statuses[Status.CANCELLED] >= 1


def test_the_ticket_of_the_pictures_has_its_conversation_and_reasons(visitor: Session) -> None:
    row = next(row for row in open_tickets(visitor) if row.subject == "VPN drops every few minutes from home")
    kinds = [message.kind for message in tickets.messages(visitor, row.id)]
    assert kinds == [MessageKind.REPLY, MessageKind.NOTE, MessageKind.NOTE, MessageKind.REQUESTER]
    view = tickets.view(visitor, row.id)
    assert (view.priority, view.category, view.assignee) == (2, "network.vpn", "anna")
    assert [link.other_subject for link in view.links] == ["VPN slow, same gateway as yesterday"]
    assert all(stored.decision.value for stored in tickets.decisions_in_force(visitor, row.id))


def test_the_new_ways_of_working_are_there_to_be_seen(visitor: Session) -> None:
    def some(query: str) -> list[ListedTicket]:
        return list(listing.tickets(visitor, parse(query)))

    [waiting] = some("approver:me")
    assert (waiting.waiting_reason, waiting.assignee) == (WaitingReason.APPROVAL, "jonas")
    vpn = next(row for row in open_tickets(visitor) if row.subject == "VPN drops every few minutes from home")
    steps = procedures.progress(visitor, vpn.id).steps
    assert [step.place for step in steps if step.done_at] == [1, 3, 4]
    view = tickets.view(visitor, vpn.id)
    assert [file.name for file in view.attachments] == ["gw-vpn-02.log"]
    assert work.total(work.work_on(visitor, vpn.id)) == 25
    assert list(watchers.watchers(visitor, [vpn.id])) == ["jonas"]
    sap = tickets.view(visitor, some("sap login fails")[0].id)
    assert {link.type for link in sap.links} == {LinkType.DUPLICATE_OF, LinkType.MERGED_INTO}
    crm = next(row for row in open_tickets(visitor) if row.subject == "CRM report times out at month end")
    assert [test.outcome for test in procedures.progress(visitor, crm.id).tests] == ["passed"]


def test_management_are_vips_and_a_tag_finds_what_is_asked_for_the_audit(visitor: Session) -> None:
    vips = {one.login for one in colleagues(visitor, vips=True)}
    assert vips == {"katarzyna.wolska", "henrik.sandberg"}
    theirs = [row for row in listing.tickets(visitor, parse("status:all")) if row.requester in vips]
    assert len(theirs) > 2
    agreements = {row.agreement for row in theirs if row.priority != 1}
    assert agreements == {"vip"}
    assert len(list(listing.tickets(visitor, parse("status:all #audit")))) > 2
    assert not list(listing.tickets(visitor, parse("status:all #vip")))


def test_the_visitor_has_a_few_notices_of_late(visitor: Session) -> None:
    told = unread(visitor)
    assert 2 <= len(told) <= 6
    assert any("asks for your approval" in notice.text for notice in told)
    assert all(notice.told_at > NOW - timedelta(days=5) for notice in told)


def test_clocks_are_overdue_nearly_due_and_paused(visitor: Session) -> None:
    due = [row.due_at for row in open_tickets(visitor)]
    assert any(at is not None and at < NOW for at in due)
    assert any(at is not None and NOW < at < NOW + timedelta(hours=1) for at in due)
    assert any(at is None for at in due)


def test_people_know_different_things_and_one_team_gets_its_tickets_pushed(visitor: Session) -> None:
    assert len({one.capacity for one in colleagues(visitor)}) > 3
    assert sum(bool(one.skills) for one in colleagues(visitor)) > 6
    assert visitor.rulebook.sharing.team("workplace").mode is Mode.PUSH
    change = intake.submit(visitor, intake.NewTicket("The printer 2-014 is jammed", requester="marta.kowalska"))
    assert tickets.view(visitor, change.tickets[0]).assignee in ("mei", "kwame")


def test_an_article_that_a_text_names_is_that_article(visitor: Session) -> None:
    row = next(row for row in open_tickets(visitor) if row.subject == "VPN drops every few minutes from home")
    named = next(message.text for message in tickets.messages(visitor, row.id) if "KB-" in message.text)
    article = knowledge.article(visitor, int(named.rpartition("KB-")[2].rstrip(".")))
    assert article.title == "VPN drops: lower the MTU"


def test_25_articles_are_there_and_found(visitor: Session) -> None:
    assert len(knowledge.articles(visitor)) == 25
    assert knowledge.articles(visitor, "vpn drops")[0].title == "VPN drops: lower the MTU"


def test_the_schedule_is_alive_with_a_few_things_to_settle(visitor: Session) -> None:
    shown = schedule.scheduled(visitor, date(2026, 11, 16), date(2026, 11, 29))
    assert all(person.plan.has_rota for person in shown.people)
    assert sum(len(person.plan.appointments) for person in shown.people) == 5
    assert {duty.team_id for person in shown.people for duty in person.plan.on_call}
    assert {away.reason for person in shown.people for away in person.plan.absences} >= {"holiday", "sick", "training"}
    settle = schedule.to_settle(shown)
    assert 4 <= len(settle) <= 20
    assert any(one.grave for one in settle)


@pytest.mark.parametrize("day", range(16, 23))
def test_a_visit_is_planned_whatever_the_day(quiet_desk: Desk, day: int) -> None:
    now = NOW.replace(day=day, hour=23)
    book = shipped_rulebook()

    def sign_in_at(login: str, at: datetime) -> Session:
        return Session(quiet_desk, sign_in(quiet_desk, login), lambda: at)

    ticket = intake.submit(sign_in_at("mei", now), intake.NewTicket("Laptop battery drains", requester="mei")).tickets[
        0
    ]
    plan_shifts(sign_in_at, now - timedelta(days=90))
    plan_days(sign_in_at, book, now)
    assert len(visits(sign_in_at("mei", now), ticket)) == 1


def test_it_fits_postgres_as_well(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_plan, "PAST_TICKETS", 20)
    with opened(postgres_url, create=True) as desk:
        fill(desk)
        session = Session(desk, sign_in(desk, demo.VISITOR), lambda: NOW)
        assert 38 <= len(open_tickets(session)) <= 46


# Arrivals


@pytest.fixture
def clock() -> StillClock:
    return StillClock(NOW)


@pytest.fixture
def quiet_desk(sqlite_desk_url: str, clock: StillClock) -> Iterator[Desk]:
    """A desk with the demo's people and nothing else."""
    with opened(sqlite_desk_url) as desk:
        add_people(Session(desk, SYSTEM, clock), people(shipped_rulebook()))
        yield desk


def test_tickets_arrive_at_believable_intervals_and_colleagues_take_some(quiet_desk: Desk, clock: StillClock) -> None:
    arrivals = Arrivals(quiet_desk, clock)
    waits: list[timedelta] = []
    for _ in range(40):
        waits.append(arrivals.wait())
        clock.now += waits[-1]
        arrivals.happen()
    assert timedelta(seconds=10) < min(waits)
    assert max(waits) < timedelta(seconds=80)
    session = Session(quiet_desk, sign_in(quiet_desk, demo.VISITOR), clock)
    rows = open_tickets(session)
    taken = [row for row in rows if row.assignee]
    assert len(rows) + len(taken) == 40
    assert 5 < len(taken) < len(rows)
    assert demo.VISITOR not in {row.assignee for row in taken}
    assert all("{" not in row.subject for row in rows)
    assert len({row.subject for row in rows}) > 12


def test_a_visitor_who_is_faster_than_a_colleague_keeps_the_ticket(quiet_desk: Desk, clock: StillClock) -> None:
    session = Session(quiet_desk, sign_in(quiet_desk, demo.VISITOR), clock)
    arrivals = Arrivals(quiet_desk, clock)
    changes = []
    for _ in range(40):
        changes.append(arrivals.happen())
        new = [row.id for row in open_tickets(session) if row.assignee is None]
        if new:
            triage.take(session, new)
    assert None in changes
    assert {row.assignee for row in open_tickets(session)} == {demo.VISITOR}


def test_the_same_arrivals_come_in_every_demo(sqlite_template: Path, tmp_path: Path, clock: StillClock) -> None:
    sentences = []
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(sqlite_template.read_bytes())
        with opened(str(tmp_path / name)) as desk:
            add_people(Session(desk, SYSTEM, clock), people(shipped_rulebook()))
            arrivals = Arrivals(desk, clock)
            changes = [arrivals.happen() for _ in range(20)]
            sentences.append([change.sentence for change in changes if change])
    assert sentences[0] == sentences[1]
