"""Requesters see their own tickets alone, and never a work note, in any read."""

from dataclasses import replace

import pytest

from itdesk.desk import approvals, communication, links, resolution, triage, watchers
from itdesk.desk.errors import NotFound
from itdesk.desk.escalation import escalate_to_management
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import add_people
from itdesk.desk.queries import listing, metrics, queue, tickets
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.feed import Feed
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.people import known_person
from itdesk.desk.queries.procedures import progress
from itdesk.desk.session import Desk, Session
from itdesk.desk.undo import undo
from itdesk.domain.queue_order import Order
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import LinkType, Status, WaitingReason
from tests.desk.acts import open_ticket
from tests.desk.test_changed_requesters import USUAL
from tests.support.desks import SignIn

EVERYTHING = parse("status:all")


@pytest.fixture
def pair(desk: Desk, sign_in_as: SignIn) -> tuple[int, int]:
    """A ticket of Rita's and one of Ron's, linked, with a note, an undone note and a reply on each."""
    mine, his = (submit(sign_in_as(login), NewTicket(f"VPN of {login}")).tickets[0] for login in ("rita", "ron"))
    links.link(sign_in_as("tom"), [mine], LinkType.RELATED, his)
    for ticket in (mine, his):
        communication.note(sign_in_as("tom"), [ticket], "quokka: the customer forgets his password")
        undo(sign_in_as("tom"), communication.note(sign_in_as("tom"), [ticket], "quokka again").seqs[0])
        communication.reply(sign_in_as("tom"), [ticket], "Please try again")
    return mine, his


def test_every_list_and_count_holds_only_ones_own(sign_in_as: SignIn, pair: tuple[int, int]) -> None:
    mine, his = pair
    for login, seen in (("rita", {mine}), ("ron", {his}), ("otto", {mine, his}), ("tom", {mine, his})):
        session = sign_in_as(login)
        for query in (
            EVERYTHING,
            parse("vpn"),
            parse("try again"),
            parse("team:network"),
            parse(f"INC-{mine},INC-{his}"),
        ):
            assert {row.id for row in queue.page(session, query).rows} <= seen
        assert {row.id for row in queue.page(session, EVERYTHING).rows} == seen
        assert {row.id for row in queue.rows_by_id(session, pair, EVERYTHING)} == seen
        assert {row.id for row in listing.tickets(session, EVERYTHING)} == seen
        assert queue.count(session, EVERYTHING) == len(seen)
        assert queue.count_before(session, EVERYTHING, Order.OLDEST, (2**62, 0)) == len(seen)
        around = queue.around(session, EVERYTHING, Order.FAIR, (0, his))
        assert {row.id for row in around.rows} == seen
        figures = metrics.overview(session)
        assert figures.open == sum(count.count for count in figures.by_team) == len(seen)
        assert sum(count.count for count in figures.by_age) == len(seen)
        assert figures.parts[-1].opened.count == figures.headlines[0].value == len(seen)


def test_another_ones_ticket_is_not_there(sign_in_as: SignIn, pair: tuple[int, int]) -> None:
    mine, his = pair
    rita = sign_in_as("rita")
    for read in (
        tickets.view,
        tickets.timeline,
        tickets.events,
        tickets.messages,
        tickets.decisions,
        tickets.decisions_in_force,
        tickets.journal_entries,
    ):
        assert read(rita, mine)
        with pytest.raises(NotFound, match=f"There is no ticket {his} here"):
            read(rita, his)
    assert tickets.find_ticket(rita, f"INC-{mine}") == mine
    with pytest.raises(NotFound):
        tickets.find_ticket(rita, f"INC-{his}")
    assert tickets.view(rita, mine).links == ()
    assert len(tickets.view(sign_in_as("otto"), mine).links) == 1


def test_a_link_to_another_ones_ticket_names_it_nowhere(sign_in_as: SignIn, pair: tuple[int, int]) -> None:
    mine, his = pair
    rita, tom = sign_in_as("rita"), sign_in_as("tom")
    watchers.watch(rita, [mine])
    links.link(tom, [mine], LinkType.DUPLICATE_OF, his)
    resolution.resolve(tom, [his], "Solved")
    told = [
        *(entry.text for entry in tickets.timeline(rita, mine)),
        *(notice.text for notice in unread(rita)),
    ]
    assert any("another ticket" in text for text in told)
    assert not [text for text in told if str(his) in text.split() or f"INC-{his}" in text]
    facts = [entry["facts"] for entry in tickets.journal_entries(rita, mine)]
    assert not [one for one in facts for end in ("other", "into", "from") if one.get(end) == his]


def test_a_note_is_for_staff_in_every_read(sign_in_as: SignIn, pair: tuple[int, int]) -> None:
    mine, _ = pair
    for login, notes in (("rita", 0), ("tom", 1), ("otto", 1)):
        session = sign_in_as(login)
        assert sum("quokka" in message.text for message in tickets.messages(session, mine)) == notes
        assert sum("quokka" in entry.text for entry in tickets.timeline(session, mine)) == notes
        assert sum(entry["verb"] == "noted" for entry in tickets.journal_entries(session, mine)) == 2 * notes
        assert sum(event.verb == "noted" for event in tickets.events(session, mine)) == 2 * notes
        assert ("quokka" in repr(tickets.journal_entries(session, mine))) == bool(notes)
        assert ("withdrew" in repr(tickets.timeline(session, mine))) == bool(notes)
        assert queue.count(session, parse("quokka")) == 2 * notes
        assert queue.page(session, parse("quokka -team:none")).rows == queue.page(session, parse("quokka")).rows


def test_news_name_only_ones_own_tickets(sign_in_as: SignIn, pair: tuple[int, int]) -> None:
    mine, his = pair
    for login, seen in (("rita", (mine,)), ("ron", (his,)), ("tom", (mine, his))):
        news = Feed(sign_in_as(login), 0).poll()
        assert news is not None
        assert news.ticket_ids == seen


SECRET = "quokka"
"""What nobody but staff may read."""


def everything_told(session: Session, ticket: int) -> str:
    """All that a person can read of a ticket's history, in any way."""
    return "\n".join(
        [
            *map(repr, tickets.timeline(session, ticket)),
            *map(repr, tickets.events(session, ticket)),
            *map(repr, tickets.decisions(session, ticket)),
            *map(repr, tickets.journal_entries(session, ticket)),
            *map(repr, clocks(session, ticket)),
            *map(repr, progress(session, ticket).approvals),
            *map(repr, unread(session)),
        ]
    )


def test_what_staff_tell_each_other_as_a_reason_is_for_staff(sign_in_as: SignIn) -> None:
    tom, sam, rita = sign_in_as("tom"), sign_in_as("sam"), sign_in_as("rita")
    ticket = open_ticket(sign_in_as, USUAL)
    watchers.watch(rita, [ticket])
    triage.take(tom, [ticket])
    triage.prioritize(tom, [ticket], priority=5, reason=SECRET)
    triage.categorize(tom, [ticket], "printing.printer", SECRET)
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.VENDOR, reason=SECRET)
    triage.assign(sam, [ticket], "tina", reason=SECRET)
    triage.escalate(tom, [ticket], level=3, reason=SECRET)
    escalate_to_management(tom, [ticket], reason=SECRET)
    triage.declare_major(sam, [ticket], SECRET)
    assert everything_told(rita, ticket).count(SECRET) == 0
    assert everything_told(sign_in_as("otto"), ticket).count(SECRET) >= 10
    assert "priority P4 → P5" in everything_told(rita, ticket), "what was done is no secret"


def test_a_requester_reads_the_words_that_are_for_him_and_his_own(sign_in_as: SignIn) -> None:
    tom, rita = sign_in_as("tom"), sign_in_as("rita")
    solved, cancelled, rejected = (open_ticket(sign_in_as, USUAL) for _ in range(3))
    resolution.resolve(tom, [solved], "Put in a new fuse")
    resolution.reopen(rita, [solved], "It blew again")
    resolution.cancel(tom, [cancelled], "Asked twice")
    approvals.ask(tom, [rejected], approvals.Question(["lea"]), reason="A larger disk")
    approvals.reject(sign_in_as("lea"), [rejected], "Too dear")
    for ticket, words in ((solved, "Put in a new fuse"), (solved, "It blew again"), (cancelled, "Asked twice")):
        assert any(words in entry.text for entry in tickets.timeline(rita, ticket))
    assert any("Too dear" in entry.text for entry in tickets.timeline(rita, rejected))


def test_a_requester_never_learns_that_he_is_a_vip(sign_in_as: SignIn) -> None:
    ada, rita = sign_in_as("ada"), sign_in_as("rita")
    before = open_ticket(sign_in_as, USUAL)
    known = known_person(ada, "rita")
    assert known is not None
    add_people(ada, [replace(known, vip=True)])
    after = open_ticket(sign_in_as, USUAL)
    add_people(ada, [replace(known, vip=False)])
    for ticket in (before, after):
        assert "vip" not in everything_told(rita, ticket).lower()
        assert "vip" in everything_told(ada, ticket).lower()
