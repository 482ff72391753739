"""Imported tickets at a desk that goes on: escalation, what the desk did itself, people, levels."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from itdesk.desk import arming, communication, departure, intake, rulebook, triage
from itdesk.desk.errors import Refused
from itdesk.desk.imports import import_tickets
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.tickets import decisions_in_force, events
from itdesk.desk.session import Session
from itdesk.desk.sweep import sweep
from itdesk.desk.undo import undo_last
from itdesk.domain.agreements import ClockName
from itdesk.domain.assignment import Mode, Sharing, TeamSharing
from itdesk.domain.conditions import AllOf
from itdesk.domain.decisions import Source, Thing
from itdesk.domain.escalation import AtClock, Lasting, Step, TooLong
from itdesk.domain.imported import ImportedStep, ImportedTicket, ImportResult
from itdesk.domain.ticket import Channel, Kind, Status, WaitingReason
from itdesk.models.base import tuples
from itdesk.models.escalation import EscalationDone
from itdesk.models.fields import to_microseconds
from itdesk.models.people import Membership, Person, Team
from itdesk.models.tickets import Ticket
from tests.desk import acts
from tests.desk.clocks import stored_clocks, told_clocks
from tests.desk.history import stored_milestones, told_milestones
from tests.desk.test_sweep import bring
from tests.support.desks import OPENING, SignIn, StillClock, shipped_rulebook


def at(hours: float) -> datetime:
    return OPENING + timedelta(hours=hours)


def step(hours: float, status: Status, **values: Any) -> ImportedStep:
    """A row of that hour, which names what `values` says and a priority."""
    nothing = dict.fromkeys(("waiting_reason", "category", "impact", "urgency", "team", "assignee", "actor"))
    return ImportedStep(
        ordinal=round(hours * 1000) + 1, at=at(hours), status=status, **nothing | {"priority": 3} | values
    )


def imported(*steps: ImportedStep, number: str = "OLD1") -> ImportedTicket:
    """A ticket with these rows."""
    return ImportedTicket(
        external_id=number,
        kind=Kind.INCIDENT,
        subject="Printer is dead",
        body="",
        requester="rita",
        channel=Channel.IMPORT,
        site="",
        opened_at=steps[0].at,
        resolved_at=None,
        closed_at=None,
        steps=steps,
    )


def bring_in(session: Session, *steps: ImportedStep, number: str = "OLD1") -> tuple[Ticket, ImportResult]:
    """Import one ticket with these rows; the ticket as it stands then."""
    result = import_tickets(session, [imported(*steps, number=number)])
    return Ticket.get(Ticket.external_id == number), result


def team(ticket: Ticket) -> str | None:
    return ticket.team.name if ticket.team else None


def holder(ticket: Ticket) -> str | None:
    return ticket.assignee.login if ticket.assignee else None


def steps_done(ticket: Ticket) -> set[str]:
    """The steps of escalation that happened to a ticket, without those that were passed over."""
    happened = (EscalationDone.ticket == ticket.id) & EscalationDone.fired_at.is_null(False)
    return {name for (name,) in tuples(EscalationDone.select(EscalationDone.step).where(happened))}


def next_step(session: Session, ticket: Ticket) -> int | None:
    """When the next step happens to a ticket as everything that is stored says."""
    return arming.outlooks(session, [ticket.id])[ticket.id].next_at


# Later rows and escalation


def test_a_ticket_that_a_later_row_reopens_is_escalated(sign_in_as: SignIn, clock: StillClock) -> None:
    clock.advance(hours=2)
    sam, rows = sign_in_as("sam"), (step(0, Status.NEW, team="network"), step(1, Status.RESOLVED, team="network"))
    bring_in(sam, *rows)
    sweep(sam)
    clock.now = at(26)
    ticket, _ = bring_in(sam, *rows, step(25, Status.IN_PROGRESS, team="network", assignee="tom"))
    assert ticket.escalates_at == next_step(sam, ticket) is not None
    assert stored_clocks(sam, ticket.id) == told_clocks(sam, ticket.id)
    clock.advance(days=14)
    sweep(sam)
    assert "resolution-missed" in steps_done(ticket)


def test_a_later_row_with_another_priority_or_status_moves_what_is_to_happen(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    clock.advance(hours=2)
    sam = sign_in_as("sam")
    rows = [step(0, Status.IN_PROGRESS, priority=5, assignee="tom")]
    ticket, _ = bring_in(sam, *rows)
    sweep(sam)
    moments = []
    for row in (
        step(3, Status.IN_PROGRESS, priority=2, assignee="tom"),
        step(4, Status.RESOLVED, priority=2, assignee="tom"),
        step(5, Status.IN_PROGRESS, priority=3, assignee="tom"),
    ):
        clock.now = row.at + timedelta(minutes=10)
        rows.append(row)
        ticket, _ = bring_in(sam, *rows)
        assert ticket.escalates_at == next_step(sam, ticket)
        moments.append(ticket.escalates_at)
    assert [moment is None for moment in moments] == [False, True, False]


def test_a_ticket_that_nobody_looked_at_yet_is_still_looked_at_first(sign_in_as: SignIn, clock: StillClock) -> None:
    clock.advance(days=10)
    sam, row = sign_in_as("sam"), step(0, Status.NEW)
    bring_in(sam, row)
    ticket, _ = bring_in(sam, row, step(1, Status.IN_PROGRESS))
    assert ticket.escalates_at == arming.NEVER_LOOKED
    sweep(sam)
    assert steps_done(ticket) == set(), "what was missed before the import is told to nobody"


@pytest.mark.parametrize("ended", [Status.RESOLVED, Status.CLOSED])
def test_of_an_ended_ticket_that_comes_back_nobody_is_told_what_was_missed_before_its_import(
    sign_in_as: SignIn, clock: StillClock, ended: Status
) -> None:
    missed = Step("missed", "e:1", AllOf(()), AtClock(ClockName.RESOLUTION), ("team",))
    quiet = Step("quiet", "e:2", AllOf(()), TooLong(Lasting.QUIET, 300), ("team",))
    bring(sign_in_as("ada"), (missed, quiet))
    clock.advance(days=30)
    sam = sign_in_as("sam")
    ticket, _ = bring_in(sam, step(0, Status.NEW, assignee="tom"), step(20 * 24, ended, assignee="tom"))
    sweep(sam)
    acts.reopen(sam, [ticket.id])
    sweep(sam)
    assert steps_done(ticket) == set()
    clock.advance(hours=5)
    sweep(sam)
    assert steps_done(ticket) == {"quiet"}


def test_a_later_row_counts_as_work_from_its_own_time(sign_in_as: SignIn, clock: StillClock) -> None:
    bring(sign_in_as("ada"), (Step("quiet", "e:1", AllOf(()), TooLong(Lasting.QUIET, 300), ("team",)),))
    clock.advance(hours=1)
    sam, row = sign_in_as("sam"), step(0, Status.NEW, actor="tom")
    bring_in(sam, row)
    sweep(sam)
    clock.now = at(4)
    ticket, _ = bring_in(sam, row, step(2, Status.IN_PROGRESS, actor="tom"))
    assert ticket.escalates_at == to_microseconds(at(7))


# What the desk did by itself


@pytest.fixture
def pushing(sign_in_as: SignIn) -> None:
    """Tom alone is in network, which gives its tickets to its people itself."""
    ada, sharing = sign_in_as("ada"), Sharing(teams={"network": TeamSharing(Mode.PUSH)})
    rulebook.adopt(ada, replace(shipped_rulebook(), sharing_data=sharing.to_data()), "push")
    for login in ("lea", "tina"):
        departure.leave(ada, login)


def decided(session: Session, ticket: Ticket, thing: Thing) -> tuple[str, Source] | None:
    """What holds of a thing, and who decided it."""
    found = [one.decision for one in decisions_in_force(session, ticket.id) if one.decision.thing is thing]
    return (found[-1].value, found[-1].source) if found else None


def test_a_ticket_of_which_the_desk_only_gave_notice_goes_on_with_its_later_rows(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    clock.advance(hours=1)
    sam, row = sign_in_as("sam"), step(0, Status.NEW, team="network", assignee="tom")
    ticket, _ = bring_in(sam, row)
    sweep(sam)
    clock.advance(days=4)
    sweep(sam)
    assert steps_done(ticket), "somebody was told"
    ticket, result = bring_in(sam, row, step(19, Status.RESOLVED, team="network", assignee="tom"))
    assert (ticket.status, result.continued, result.warnings) == (Status.RESOLVED, 1, ())


def test_a_ticket_on_which_somebody_worked_after_the_desk_is_left_alone(sign_in_as: SignIn, clock: StillClock) -> None:
    clock.advance(hours=1)
    sam, row = sign_in_as("sam"), step(0, Status.NEW, team="network", assignee="tom")
    ticket, _ = bring_in(sam, row)
    sweep(sam)
    clock.advance(days=4)
    sweep(sam)
    communication.note(sign_in_as("tina"), [ticket.id], "We do this here now.")
    ticket, result = bring_in(sam, row, step(19, Status.RESOLVED, team="network"))
    assert (ticket.status, result.continued, [kind for kind, _ in result.warnings]) == (
        Status.NEW,
        0,
        ["changed here"],
    )


def test_where_later_rows_put_what_the_desk_has_moved_and_raised_there_it_is(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    move = Step("away", "e:1", AllOf(()), TooLong(Lasting.UNASSIGNED, 30), ("team",), 1, "network", 3)
    bring(sign_in_as("ada"), (move,))
    sam, row = sign_in_as("sam"), step(0, Status.NEW, team="service-desk")
    bring_in(sam, row)
    sweep(sam)
    clock.advance(minutes=40)
    sweep(sam)
    ticket, _ = bring_in(sam, row)
    assert (team(ticket), ticket.level, ticket.priority) == ("network", 3, 2)
    silent, _ = bring_in(sam, row, step(0.5, Status.NEW, priority=None))
    assert (team(silent), silent.level, silent.priority) == ("network", 3, 2), "the row names nothing else"
    back, _ = bring_in(sam, row, step(0.6, Status.IN_PROGRESS, team="service-desk", assignee="desi"))
    assert (team(back), back.level, back.priority, holder(back)) == ("service-desk", 1, 3, "desi")
    assert decided(sam, back, Thing.TEAM) == ("service-desk", Source.IMPORT)
    assert decided(sam, back, Thing.LEVEL) == ("1", Source.IMPORT)
    assert decided(sam, back, Thing.PRIORITY) == ("3", Source.IMPORT)
    assert stored_clocks(sam, back.id) == told_clocks(sam, back.id)
    assert stored_milestones(back.id) == told_milestones(back.id)
    with pytest.raises(Refused, match="changed since"):
        undo_last(sam, back.id)


@pytest.mark.usefixtures("pushing")
def test_whom_the_desk_gave_a_ticket_keeps_it_until_later_rows_name_somebody(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    clock.advance(hours=1)
    sam, row = sign_in_as("sam"), step(0, Status.NEW, team="network")
    bring_in(sam, row)
    sweep(sam)
    ticket, result = bring_in(sam, row, step(0.5, Status.NEW, team="network", priority=2))
    assert (ticket.status, ticket.priority, holder(ticket)) == (Status.ASSIGNED, 2, "tom")
    assert (result.continued, result.warnings) == (1, ())
    assert decided(sam, ticket, Thing.ASSIGNEE) == ("tom", Source.RANKING)
    named, _ = bring_in(sam, row, step(0.6, Status.IN_PROGRESS, team="network", assignee="wes"))
    assert (named.status, holder(named)) == (Status.IN_PROGRESS, "wes")
    assert decided(sam, named, Thing.ASSIGNEE) == ("wes", Source.IMPORT)
    free, _ = bring_in(sam, row, step(0.7, Status.NEW, team="network"))
    assert (free.status, holder(free)) == (Status.NEW, None), "what the source took away"
    elsewhere, _ = bring_in(sam, row, number="OLD2")
    sweep(sam)
    elsewhere, _ = bring_in(sam, row, step(0.5, Status.NEW, team="workplace"), number="OLD2")
    assert (elsewhere.status, team(elsewhere), holder(elsewhere)) == (Status.NEW, "workplace", None)


@pytest.mark.usefixtures("pushing")
def test_undo_gives_back_what_the_desk_gave_unless_later_rows_did_more(sign_in_as: SignIn, clock: StillClock) -> None:
    clock.advance(hours=1)
    sam, row = sign_in_as("sam"), step(0, Status.NEW, team="network")
    first, _ = bring_in(sam, row)
    second, _ = bring_in(sam, row, number="OLD2")
    sweep(sam)
    bring_in(sam, row, step(0.5, Status.NEW, team="network", priority=2))
    bring_in(sam, row, step(0.5, Status.IN_PROGRESS, team="network", assignee="wes"), number="OLD2")
    undo_last(sam, first.id)
    undone, result = bring_in(sam, row, step(0.6, Status.RESOLVED, team="network"))
    assert (undone.status, holder(undone), undone.priority) == (Status.NEW, None, 2)
    assert [kind for kind, _ in result.warnings] == ["changed here"], "whoever undoes works on it"
    with pytest.raises(Refused, match="changed since"):
        undo_last(sam, second.id)


# People who can have no tickets


@pytest.mark.parametrize(
    ("login", "why"),
    [
        ("tom", "tom is no longer active at this desk"),
        ("ron", "ron is requester, and tickets are assigned to staff only"),
        ("otto", "otto is auditor, and tickets are assigned to staff only"),
    ],
)
def test_an_open_ticket_of_somebody_who_left_or_is_no_staff_waits_in_its_team(
    sign_in_as: SignIn, clock: StillClock, login: str, why: str
) -> None:
    departure.leave(sign_in_as("ada"), "tom")
    clock.advance(hours=3)
    sam, rows = sign_in_as("sam"), (step(0, Status.NEW), step(1, Status.IN_PROGRESS, team="network", assignee=login))
    ticket, result = bring_in(sam, *rows)
    assert (ticket.status, team(ticket), holder(ticket)) == (Status.NEW, "network", None)
    assert result.warnings == (("not assigned", f"{why}; nobody has what was open and his: OLD1."),)
    assert [one.changes["assignee"] for one in events(sam, ticket.id) if "assignee" in one.changes] == [
        ("", login),
        (login, ""),
    ], "the history names him"
    assert stored_milestones(ticket.id) == told_milestones(ticket.id)
    assert stored_clocks(sam, ticket.id) == told_clocks(sam, ticket.id)
    waiting = step(2, Status.WAITING, waiting_reason=WaitingReason.VENDOR, team="network", assignee=login)
    ticket, result = bring_in(sam, *rows, waiting)
    assert (ticket.status, team(ticket), holder(ticket)) == (Status.WAITING, "network", None)
    assert (result.continued, len(result.warnings)) == (1, 1)
    assert stored_milestones(ticket.id) == told_milestones(ticket.id)
    ticket, result = bring_in(sam, *rows, waiting, step(2.5, Status.IN_PROGRESS, team="network", assignee="tina"))
    assert (ticket.status, holder(ticket), result.warnings) == (Status.IN_PROGRESS, "tina", ())


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_what_is_resolved_or_ended_stays_with_whoever_solved_it(
    sign_in_as: SignIn, clock: StillClock, status: Status
) -> None:
    departure.leave(sign_in_as("ada"), "tom")
    clock.advance(hours=3)
    rows = step(0, Status.NEW, assignee="ron"), step(1, status, assignee="tom")
    ticket, result = bring_in(sign_in_as("sam"), *rows)
    assert (ticket.status, holder(ticket), result.warnings) == (status, "tom", ())


def test_an_import_makes_nobody_a_member_who_can_have_no_tickets(sign_in_as: SignIn, clock: StillClock) -> None:
    departure.leave(sign_in_as("ada"), "wes")
    clock.advance(hours=6)
    names = ("rita", "otto", "wes", "tina", "New Colleague")
    bring_in(
        sign_in_as("sam"),
        *(step(hours, Status.NEW, team="Group 56", assignee=name) for hours, name in enumerate(names)),
    )
    members = Person.select(Person.login).join(Membership).join(Team).where(Team.name == "group-56")
    assert {login for (login,) in tuples(members)} == {"tina", "new-colleague"}


def test_one_warning_tells_of_all_tickets_that_somebody_had(sign_in_as: SignIn, clock: StillClock) -> None:
    departure.leave(sign_in_as("ada"), "tom")
    clock.advance(hours=1)
    row = step(0, Status.ASSIGNED, team="network", assignee="tom")
    tickets = [imported(row, number=f"OLD{number}") for number in range(13)]
    [(kind, sentence)] = import_tickets(sign_in_as("sam"), tickets).warnings
    assert kind == "not assigned"
    assert sentence.startswith("tom is no longer active at this desk; nobody has what was open and his: OLD0, OLD1, ")
    assert sentence.endswith("OLD9, and 3 more.")


@pytest.mark.usefixtures("pushing")
def test_what_somebody_who_left_had_goes_to_whoever_its_team_gives_it(sign_in_as: SignIn, clock: StillClock) -> None:
    clock.advance(hours=1)
    sam = sign_in_as("sam")
    ticket, _ = bring_in(sam, step(0, Status.IN_PROGRESS, team="network", assignee="tina"))
    sweep(sam)
    ticket = Ticket.get_by_id(ticket.id)
    assert (ticket.status, holder(ticket)) == (Status.ASSIGNED, "tom")


# Levels


def test_an_imported_ticket_has_the_level_and_the_clocks_of_the_same_life_by_hand(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    (by_hand,) = intake.submit(
        sign_in_as("desi"), intake.NewTicket("Printer is dead", requester="rita", category="general.question")
    ).tickets
    clock.advance(hours=1)
    triage.assign(sign_in_as("tom"), [by_hand], "tom", team="network")
    clock.now = at(30)
    sam, priority = sign_in_as("sam"), Ticket.get_by_id(by_hand).priority
    rows = (
        step(0, Status.NEW, priority=priority, team="Service Desk"),
        step(1, Status.ASSIGNED, priority=priority, team="Network", assignee="tom"),
    )
    in_parts, _ = bring_in(sam, *rows[:1])
    assert in_parts.level == 1
    in_parts, _ = bring_in(sam, *rows)
    at_once, _ = bring_in(sam, *rows, number="OLD2")
    told = {one.name.value: one.state for one in clocks(sam, by_hand)}
    assert (told["ola_l1"], "ola_l2" in told) == ("met", True)
    for ticket in (in_parts, at_once):
        assert ticket.level == Ticket.get_by_id(by_hand).level == 2
        assert as_they_stand(sam, ticket.id) == as_they_stand(sam, by_hand)
        assert stored_clocks(sam, ticket.id) == told_clocks(sam, ticket.id)


def as_they_stand(session: Session, ticket: int) -> list[tuple[object, ...]]:
    """A ticket's clocks without what happened to them in words."""
    return [
        (one.name, one.state, one.target_minutes, one.elapsed_minutes, one.due_at, one.breached_at, one.cycle)
        for one in clocks(session, ticket)
    ]


def test_a_ticket_that_specialists_had_first_was_never_at_the_first_level(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    clock.advance(hours=2)
    sam = sign_in_as("sam")
    ticket, _ = bring_in(sam, step(0.5, Status.NEW, team="Network"), step(1, Status.IN_PROGRESS, team="Network"))
    assert ticket.level == 2
    assert "ola_l1" not in {one.name.value for one in clocks(sam, ticket.id)}


def test_a_team_that_the_settings_do_not_know_leaves_the_level(sign_in_as: SignIn, clock: StillClock) -> None:
    clock.advance(hours=3)
    levels = [
        bring_in(sign_in_as("sam"), *(step(hours, Status.NEW, team=team) for hours, team in enumerate(teams)))[0].level
        for teams in (("Group 56",), ("Group 56", "Network"), ("Group 56", "Network", "Group 70"))
    ]
    assert levels == [1, 2, 2]
