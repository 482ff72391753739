"""Whatever people do in whatever order: the journal stays whole, versions rise, undo brings back what was there."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from itdesk.desk import links, merging, recomputing, resolution, rulebook, triage
from itdesk.desk.change import Change, TicketRef
from itdesk.desk.compliance import verify_journal
from itdesk.desk.errors import Conflict, NotFound, Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import procedures, queue, tickets, visits, watchers, work
from itdesk.desk.session import Desk
from itdesk.desk.undo import undo
from itdesk.domain.agreements import ClockName
from itdesk.domain.assignment import Mode, TeamSharing
from itdesk.domain.people import STAFF
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import ENDED, SETTLED, LinkType, Status, WaitingReason
from tests.desk.acts import ACTS, LOGINS
from tests.desk.clocks import stored_clocks, told_clocks
from tests.desk.history import stored_milestones, told_milestones
from tests.desk.test_assignment import share
from tests.support.desks import StillClock, sign_in_at

PEOPLE = st.sampled_from([*LOGINS.values(), "ron", "tina"])
PLACES = st.integers(0, 3)


class Work(RuleBasedStateMachine):
    """Random commands on a few tickets of a desk that many runs share."""

    desk: Desk

    def __init__(self) -> None:
        super().__init__()
        self.clock = StillClock()
        self.sign_in_as = sign_in_at(self.desk, self.clock)
        self.tickets: list[int] = []
        self.versions: dict[int, int] = {}
        self.commands: list[tuple[Change, str, dict[int, Any], dict[int, Any]]] = []

    # What is compared

    def seen(self, ticket: int) -> tuple[Any, ...]:
        session = self.sign_in_as("sam")
        view = tickets.view(session, ticket)
        decided = {
            (item.decision, item.decided_by, item.decided_at) for item in tickets.decisions_in_force(session, ticket)
        }
        progress = procedures.progress(session, ticket)
        written = [(message.id, message.text) for message in tickets.messages(session, ticket)]
        beside = work.work_on(session, ticket), watchers.watchers(session, [ticket])
        links = tuple(replace(link, other_status=Status.NEW) for link in view.links)  # the other ticket's affair
        return (
            replace(view, version=0, seq=0, changed_at=view.opened_at, links=links),
            decided,
            written,
            progress,
            visits.visits(session, ticket),
            beside,
        )

    def all_seen(self) -> dict[int, Any]:
        return {ticket: self.seen(ticket) for ticket in self.tickets}

    # Commands

    @initialize()
    def open_three(self) -> None:
        for login in ("rita", "ron", "rita"):
            new = NewTicket(f"VPN of {login}", tags=("board",) if login == "ron" else ())
            self.tickets += submit(self.sign_in_as(login), new).tickets

    @rule(login=PEOPLE, act=st.sampled_from(ACTS), places=st.sets(PLACES, min_size=1, max_size=3), skip=st.booleans())
    def act(self, login: str, act: Any, places: set[int], skip: bool) -> None:
        targets = sorted({self.tickets[place % len(self.tickets)] for place in places})
        session = self.sign_in_as(login, skip_refused=skip)
        self.do(login, lambda: act.deed(session, targets))

    @rule(login=PEOPLE, place=PLACES, status=st.sampled_from(Status), reason=st.sampled_from([None, *WaitingReason]))
    def change_status(self, login: str, place: int, status: Status, reason: WaitingReason | None) -> None:
        ticket = self.tickets[place % len(self.tickets)]
        session = self.sign_in_as(login)
        self.do(login, lambda: resolution.change_status(session, [ticket], status, waiting_reason=reason))

    @rule(login=PEOPLE, kind=st.sampled_from(LinkType), one=PLACES, other=PLACES, remove=st.booleans())
    def link(self, login: str, kind: LinkType, one: int, other: int, remove: bool) -> None:
        ends = [self.tickets[place % len(self.tickets)] for place in (one, other)]
        session = self.sign_in_as(login)
        self.do(login, lambda: (links.unlink if remove else links.link)(session, [ends[0]], kind, ends[1]))

    @rule(login=PEOPLE, one=PLACES, other=PLACES)
    def merge(self, login: str, one: int, other: int) -> None:
        ends = [self.tickets[place % len(self.tickets)] for place in (one, other)]
        session = self.sign_in_as(login)
        self.do(login, lambda: merging.merge(session, ends))

    @rule(vip=st.booleans())
    def mark(self, vip: bool) -> None:
        self.clock.advance(minutes=1)
        add_people(self.sign_in_as("ada"), [NewPerson("rita", "Rita", vip=vip)])

    @rule(hours=st.sampled_from([1, 20, 60]), calendar=st.sampled_from(["office", "round-the-clock"]))
    def change_terms(self, hours: int, calendar: str) -> None:
        """Other targets and another calendar for all tickets that are open, and for those to come."""
        self.clock.advance(minutes=20)
        ada = self.sign_in_as("ada")
        agreements = tuple(
            replace(one, calendar=calendar, targets={**one.targets, ClockName.RESOLUTION: hours * 60})
            for one in ada.rulebook.agreements
        )
        book = replace(ada.rulebook, agreements=agreements)
        rulebook.adopt(ada, book, book.to_json())
        self.clock.advance(minutes=1)
        recomputing.recompute(self.sign_in_as("sam"))
        # What is due is no longer what it was after the commands until now.
        self.commands = [(change, doer, {}, dict.fromkeys(change.tickets)) for change, doer, _, _ in self.commands]

    @rule(login=PEOPLE, place=PLACES)
    def act_on_an_old_version(self, login: str, place: int) -> None:
        ticket = self.tickets[place % len(self.tickets)]
        version = tickets.view(self.sign_in_as("sam"), ticket).version
        before = self.all_seen()
        with pytest.raises((Conflict, Refused, NotFound)):
            triage.tag(self.sign_in_as(login), [TicketRef(ticket, version + 1)], add=["late"])
        assert self.all_seen() == before

    @rule(login=st.sampled_from(["sam", "ada"]), choice=st.integers(0, 30))
    def undo_one(self, login: str, choice: int) -> None:
        """The last command can always be undone and brings back what was; an older one may be refused.

        So may what a requester did: it is his to take back.
        """
        if not self.commands:
            return
        place = max(0, len(self.commands) - 1 - choice // 2)
        change, doer, before, after = self.commands[place]
        now = self.all_seen()
        untouched = all(now[ticket] == after[ticket] for ticket in change.tickets)
        last = place == len(self.commands) - 1
        self.clock.advance(minutes=1)
        try:
            undo(self.sign_in_as(login), change.seqs[0])
        except Refused:
            if last and untouched and doer not in ("rita", "ron"):
                raise
            assert self.all_seen() == now
            return
        self.commands.pop(place)
        if last and untouched:
            assert self.all_seen() == {**now, **{ticket: before[ticket] for ticket in change.tickets}}
        with pytest.raises(Refused, match="undone before"):
            undo(self.sign_in_as(login), change.seqs[0])

    def do(self, login: str, command: Any) -> None:
        before = self.all_seen()
        self.clock.advance(minutes=1)
        try:
            change = command()
        except (Refused, NotFound):
            assert self.all_seen() == before
            return
        after = self.all_seen()
        role = self.sign_in_as(login).actor.role
        assert role in STAFF or all(after[ticket][0].requester.login == login for ticket in change.tickets)
        changed = {ticket for ticket in self.tickets if after[ticket] != before[ticket]}
        if role not in STAFF:  # what the desk itself did to the links of others, he is not told
            others = changed - set(change.tickets)
            assert all(after[one][0].requester.login != login for one in others)
            assert all(replace(after[one][0], links=()) == replace(before[one][0], links=()) for one in others)
            changed -= others
        assert changed <= set(change.tickets)
        self.commands.append((change, login, before, after))

    # What always holds

    @invariant()
    def milestones_are_what_the_journal_says(self) -> None:
        for ticket in self.tickets:
            assert stored_milestones(ticket) == told_milestones(ticket)

    @invariant()
    def clocks_are_what_the_journal_says(self) -> None:
        session = self.sign_in_as("sam")
        for ticket in self.tickets:
            assert stored_clocks(session, ticket) == told_clocks(session, ticket)

    @invariant()
    def versions_never_fall_and_rise_with_every_value(self) -> None:
        for ticket in self.tickets:
            version = tickets.view(self.sign_in_as("sam"), ticket).version
            assert version >= self.versions.get(ticket, 0)
            self.versions[ticket] = version

    @invariant()
    def a_ticket_is_what_its_status_says(self) -> None:
        session = self.sign_in_as("sam")
        for ticket in self.tickets:
            view = tickets.view(session, ticket)
            assert (view.closed_at is not None) == (view.status in ENDED)
            assert (view.waiting_reason is not None) == (view.status is Status.WAITING)
            assert view.resolved_at is None or view.status in SETTLED
            if view.status in (Status.ASSIGNED, Status.IN_PROGRESS, Status.TESTING):
                assert view.assignee, "work without anybody who does it"
            decided = {
                item.decision.thing.value: item.decision.value for item in tickets.decisions_in_force(session, ticket)
            }
            assert (decided.get("assignee") or None) == view.assignee
            assert decided["priority"] == str(view.priority)
            assert decided["category"] == view.category
            assert decided["team"] == view.team
            assert decided["agreement"] == stored_clocks(session, ticket)[0]
            assert [row.id for row in queue.rows_by_id(session, [ticket], parse("vpn"))] == (
                [] if view.status in ENDED else [ticket]
            )

    def teardown(self) -> None:
        verification = verify_journal(self.sign_in_as("otto"))
        assert verification.intact, verification.breaks
        mine = {session.actor.login: session for session in map(self.sign_in_as, ("rita", "ron"))}
        for login, session in mine.items():
            seen = {row.id for row in queue.page(session, parse("status:all"), limit=10_000).rows}
            for ticket in self.tickets:
                assert (ticket in seen) == (tickets.view(self.sign_in_as("sam"), ticket).requester.login == login)


def test_random_work(shared_desk: Desk) -> None:
    share(shared_desk, StillClock(), workplace=TeamSharing(Mode.PUSH, 1_000))  # what comes to it, it gives to Wes

    class Here(Work):
        desk = shared_desk

    examples = 15 if settings.get_current_profile_name() != "thorough" else 200
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
