"""Steps of escalation: each at its moment, once in a cycle, with its reason; and the way to management by hand."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itdesk.desk import arming, communication, escalation, links, resolution, rulebook, schedule, triage, visits
from itdesk.desk.departure import leave
from itdesk.desk.errors import Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import notices
from itdesk.desk.queries.tickets import decisions, decisions_in_force, events
from itdesk.desk.session import Session
from itdesk.desk.sweep import SweepReport, sweep
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.agreements import ClockName, OnPriorityChange, OnReopen
from itdesk.domain.conditions import AllOf, Field, In
from itdesk.domain.decisions import Source, Thing
from itdesk.domain.escalation import AtClock, Lasting, Reopened, Step, TooLong
from itdesk.domain.people import Role
from itdesk.domain.ticket import LinkType, Status, WaitingReason
from itdesk.models.base import tuples
from itdesk.models.fields import from_microseconds
from itdesk.models.tickets import Ticket
from tests.desk import acts
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock, shipped_rulebook

BERLIN = ZoneInfo("Europe/Berlin")
ALL = AllOf(())


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def ten_in_berlin(clock: StillClock) -> None:
    clock.now = at(10)


Steps = Callable[..., None]


@pytest.fixture
def steps(sign_in_as: SignIn) -> Steps:
    """Bring these steps into force, and sweep once: from then on they are watched for."""

    def bring(*found: Step, **terms: object) -> None:
        shipped = shipped_rulebook()
        agreements = tuple(replace(one, **terms) for one in shipped.agreements)  # type: ignore[arg-type]
        book = replace(shipped, escalation_data=tuple(step.to_data() for step in found), agreements=agreements)
        rulebook.adopt(sign_in_as("ada"), book, book.to_json())
        sweep(sign_in_as("sam"))

    return bring


def missed(name: str = "missed", clock: ClockName = ClockName.RESOLUTION, **does: object) -> Step:
    return Step(name, "escalation.yaml:1", ALL, AtClock(clock), **(does or {"notify": ("assignee",)}))  # type: ignore[arg-type]


def fired(session: Session, ticket: int) -> list[str]:
    """The steps that have happened to a ticket, in order."""
    told = (event for event in events(session, ticket) if event.verb in ("escalated", "alerted"))
    return [event.text for event in told]


def told_to(session: Session) -> list[str]:
    return [one.text for one in notices.unread(session) if one.kind == "escalation"]


def test_a_missed_target_tells_the_holder_and_the_lead_at_once(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(notify=("assignee", "team_lead")))
    tom = sign_in_as("tom")
    ticket = open_ticket(sign_in_as)  # vip: resolution in 8 h, until 18:00
    triage.take(tom, [ticket])
    clock.now = at(18)
    assert sweep(tom).escalated == 1, "the target's moment itself"
    assert sweep(tom) == SweepReport(clock.now)
    clock.advance(days=3)
    assert sweep(tom).escalated == 0
    [text] = told_to(tom)
    assert text == f"INC-{ticket} (P3, network.vpn): its resolution target (8 h) was missed."
    assert told_to(sign_in_as("lea")) == [text]
    assert fired(tom, ticket) == ["alerted lea, tom: its resolution target (8 h) was missed"]
    [decision] = [one for one in decisions(tom, ticket) if one.decision.thing is Thing.ESCALATION]
    assert (decision.decision.value, decision.decision.source) == ("missed", Source.RULE)
    assert (decision.decision.rule, decision.decision.place) == ("missed", "escalation.yaml:1")
    assert not [one for one in notices.unread(tom) if one.kind == "watched"]


def test_a_step_looks_at_who_asks_by_login_and_vip_mark(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    quiet = TooLong(Lasting.QUIET, 60)
    steps(
        Step("rita", "e:1", In(Field.REQUESTER, ("rita",)), quiet, ("tom",)),
        Step("vip", "e:2", In(Field.VIP, ("yes",)), quiet, ("tom",)),
    )
    ticket = open_ticket(sign_in_as)
    clock.advance(minutes=61)
    sweep(sign_in_as("tom"))
    told = [one.decision.rule for one in decisions(sign_in_as("tom"), ticket) if one.decision.thing is Thing.ESCALATION]
    assert told == ["rita"]


def test_steps_come_before_and_after_a_target_in_business_time(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    resolution_clock = ClockName.RESOLUTION
    steps(
        Step("half", "e:1", ALL, AtClock(resolution_clock, percent=50), ("tom",)),
        Step("soon", "e:2", ALL, AtClock(resolution_clock, -120), ("tom",)),
        Step("late", "e:3", ALL, AtClock(resolution_clock, 60), ("tom",)),
    )
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    moments = []
    for hour in range(24 * 4):
        clock.now = at(10) + hour * (at(11) - at(10))
        if sweep(tom).escalated:
            moments.append((clock.now.astimezone(BERLIN).day, clock.now.astimezone(BERLIN).hour))
    assert moments == [(2, 14), (2, 16), (3, 9)], "the office closes at 18:00 and opens at 8:00"
    assert len(fired(tom, ticket)) == 3
    told = [one.decision for one in decisions_in_force(tom, ticket) if one.decision.thing is Thing.ESCALATION]
    assert [(one.rule, one.place) for one in told] == [("half", "e:1"), ("soon", "e:2"), ("late", "e:3")]
    assert all(one.reason for one in told)


def test_nothing_happens_to_what_is_resolved_and_it_may_again_once_it_is_reopened(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(notify=("team",)))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    acts.resolve(tom, [ticket])
    assert Ticket.get_by_id(ticket).escalates_at is None
    clock.advance(days=2)
    assert sweep(tom).escalated == 0
    acts.reopen(tom, [ticket])
    clock.advance(days=2)
    assert sweep(tom).escalated == 1
    acts.resolve(tom, [ticket])
    acts.reopen(tom, [ticket])
    clock.advance(days=2)
    assert sweep(tom).escalated == 0, "the clock went on; it has been missed in this cycle"


def test_each_answer_begins_a_new_cycle_of_the_update_clock(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(clock=ClockName.UPDATE, notify=("team",)))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    count = 0
    for _ in range(2):
        communication.reply(tom, [ticket], "We look into it.")
        clock.advance(days=1)
        count += sweep(tom).escalated
        count += sweep(tom).escalated
    assert count == 2


def test_a_missed_update_is_told_though_it_was_given_before_anybody_swept(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(
        missed(clock=ClockName.UPDATE, notify=("supervisor",)),
        missed("raise", clock=ClockName.UPDATE, raise_priority=1),
        replace(missed("warn", clock=ClockName.UPDATE), trigger=AtClock(ClockName.UPDATE, percent=80)),
    )
    ticket, tom, sam = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("sam")
    communication.reply(tom, [ticket], "We look into it.")
    clock.advance(days=1)
    communication.reply(tom, [ticket], "Sorry for the delay.")
    clock.advance(minutes=1)
    assert sweep(tom).escalated == 1, "what would help is no use any more"
    assert len(told_to(sam)) == 1
    assert "was missed" in told_to(sam)[0]
    assert sweep(tom).escalated == 0


def test_what_was_missed_before_the_clock_began_anew_is_told(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(notify=("supervisor",)))
    book = shipped_rulebook()
    restart = tuple(replace(one, on_priority_change=OnPriorityChange.RESTART) for one in book.agreements)
    step = missed(notify=("supervisor",)).to_data()
    changed = replace(book, agreements=restart, escalation_data=(step,))
    rulebook.adopt(sign_in_as("ada"), changed, changed.to_json())
    tom, sam = sign_in_as("tom"), sign_in_as("sam")
    (ticket,) = submit(tom, NewTicket("Question about lunch", requester="ron")).tickets
    sweep(sam)
    clock.advance(days=30)
    triage.prioritize(sam, [ticket], priority=1, reason="all stands still")
    clock.advance(minutes=1)
    assert sweep(tom).escalated == 1
    assert [one for one in fired(tom, ticket) if "missed" in one]


def test_a_pause_puts_steps_off(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(missed(notify=("team",)))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.REQUESTER, reason="asked back")
    clock.advance(days=4)
    assert sweep(tom).escalated == 0
    resolution.change_status(tom, [ticket], Status.IN_PROGRESS)
    clock.advance(hours=7)
    assert sweep(tom).escalated == 0
    clock.advance(days=1)
    assert sweep(tom).escalated == 1


def test_a_step_raises_moves_and_tells_management_and_undo_takes_it_back(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(raise_priority=2, team="security", level=3, tell_management=True, review=True))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    before = Ticket.get_by_id(ticket)
    clock.now = at(18, 1)
    assert sweep(tom).escalated == 1
    after = Ticket.get_by_id(ticket)
    assert (after.priority, after.level, after.assignee_id, after.status) == (1, 3, None, "new")
    assert (after.team and after.team.name, after.escalated_at) == ("security", clock.now)
    [text] = fired(tom, ticket)
    assert text.startswith("escalated to security, L3 to management · priority P3 → P1: its resolution target")
    [told] = told_to(sign_in_as("sam"))
    assert "it is P1 now; it went to security, L3; nobody of L3 is in security to take it; escalated to" in told
    by = {one.decision.thing: one.decision for one in decisions(tom, ticket)}
    assert all(by[thing].rule == "missed" for thing in (Thing.PRIORITY, Thing.TEAM, Thing.LEVEL, Thing.ASSIGNEE))
    undo_last(sign_in_as("tina"), ticket)
    undone = Ticket.get_by_id(ticket)
    assert (undone.priority, undone.team_id, undone.level, undone.assignee_id, undone.escalated_at) == (
        before.priority,
        before.team_id,
        before.level,
        before.assignee_id,
        None,
    )
    clock.advance(days=1)
    assert sweep(tom).escalated == 0, "it has happened in this cycle, whether or not somebody took it back"


def test_what_was_told_only_because_of_a_mistake_is_told_once_it_is_true(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed("soon", ClockName.RESOLUTION), missed("answer", ClockName.FIRST_RESPONSE))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    clock.now = at(15)
    assert sweep(tom).escalated == 1, "the first answer"
    triage.prioritize(tom, [ticket], priority=1, reason="oops")
    assert sweep(tom).escalated == 1, "a resolution in four hours"
    undo_last(tom, ticket)
    clock.now = at(17, 59)
    assert sweep(tom).escalated == 0
    clock.now = at(18, 1)
    assert sweep(tom).escalated == 1
    assert [re.sub(r".*: its|target| was missed", "", text) for text in fired(tom, ticket)] == [
        " first response  (30 min)",
        " resolution  (4 h)",
        " resolution  (8 h)",
    ]
    clock.advance(days=1)
    assert sweep(tom).escalated == 0


@pytest.mark.parametrize("on_reopen", OnReopen)
def test_what_a_wrong_reopening_set_off_happens_once_it_is_reopened_rightly(
    sign_in_as: SignIn, clock: StillClock, steps: Steps, on_reopen: OnReopen
) -> None:
    steps(missed(), on_reopen=on_reopen)
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    acts.resolve(tom, [ticket])
    acts.reopen(tom, [ticket])
    clock.advance(days=3)
    assert sweep(tom).escalated == 1
    undo_last(tom, ticket)
    acts.reopen(tom, [ticket])
    assert sweep(tom).escalated == 0
    clock.advance(days=3)
    assert sweep(tom).escalated == 1
    assert len(fired(tom, ticket)) == 2


def test_an_update_that_was_taken_back_lets_the_next_one_be_missed_too(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(clock=ClockName.UPDATE))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    communication.reply(tom, [ticket], "We look into it.")
    communication.reply(tom, [ticket], "Wrong ticket.")
    clock.advance(days=2)
    assert sweep(tom).escalated == 1
    undo_last(tom, ticket)
    sweep(tom)
    communication.reply(tom, [ticket], "It is the router.")
    before = len(fired(tom, ticket))
    clock.advance(days=2)
    assert sweep(tom).escalated == 1
    assert len(fired(tom, ticket)) == before + 1


def test_a_note_that_is_taken_back_lets_no_step_happen_again(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    half = Step("half", "e:1", ALL, AtClock(ClockName.RESOLUTION, percent=50), ("assignee",), raise_priority=1)
    steps(half, missed())
    ticket, tom, tina = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("tina")
    triage.take(tom, [ticket])
    noted = communication.note(tina, [ticket], "Zebra")
    clock.now = at(15)
    assert sweep(tom).escalated == 1
    clock.advance(days=2)
    assert sweep(tom).escalated == 1
    acts.resolve(tom, [ticket])
    undo(tina, noted.seqs[0])
    undo_last(tom, ticket)
    clock.advance(days=2)
    assert sweep(tom).escalated == 0
    assert len(fired(tom, ticket)) == 2


def test_a_reopening_that_is_undone_is_not_counted_by_steps(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(Step("again", "e:1", ALL, Reopened(1), ("management",)))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    acts.resolve(tom, [ticket])
    acts.reopen(tom, [ticket])
    assert sweep(tom).escalated == 1
    undo_last(tom, ticket)
    acts.reopen(tom, [ticket])
    assert sweep(tom).escalated == 1
    assert sweep(tom).escalated == 0


@pytest.mark.parametrize(
    ("trigger", "prepare", "hours"),
    [
        (TooLong(Lasting.UNASSIGNED, 120), (), 2),
        (TooLong(Lasting.WAITING, 180, reasons=frozenset({WaitingReason.VENDOR})), (acts.wait,), 3),
        (TooLong(Lasting.QUIET, 60), (triage.take,), 1),
        (TooLong(Lasting.QUIET, 12 * 60, "office"), (), 26),
        (Reopened(2), (acts.resolve, acts.reopen, acts.resolve, acts.reopen), 0),
    ],
)
def test_a_condition_escalates_what_lasts_too_long(
    sign_in_as: SignIn, clock: StillClock, steps: Steps, trigger: TooLong | Reopened, prepare: object, hours: int
) -> None:
    steps(Step("lasts", "e:1", ALL, trigger, ("lea",)))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    for deed in prepare:  # type: ignore[attr-defined]
        deed(tom, [ticket])
    if hours:
        clock.now = at(10) + hours * (at(11) - at(10)) - (at(10, 1) - at(10))
        assert sweep(tom).escalated == 0
        clock.advance(minutes=1)
    assert sweep(tom).escalated == 1
    clock.advance(days=30)
    assert sweep(tom).escalated == 0
    assert len(told_to(sign_in_as("lea"))) == 1


def test_a_note_is_an_update_and_what_the_desk_does_itself_is_none(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(
        Step("quiet", "e:1", ALL, TooLong(Lasting.QUIET, 60), (), raise_priority=1),
        Step("quieter", "e:2", ALL, TooLong(Lasting.QUIET, 120), ("team",)),
    )
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    clock.advance(minutes=50)
    communication.note(tom, [ticket], "still at it")
    clock.advance(minutes=50)
    assert sweep(tom).escalated == 0
    clock.advance(minutes=20)
    assert sweep(tom).escalated == 1
    clock.advance(minutes=50)
    assert sweep(tom).escalated == 1
    assert len(fired(tom, ticket)) == 2


def test_only_tickets_for_which_the_condition_holds_are_escalated(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    grave = In(Field.PRIORITY, ("P1",))
    tagged = In(Field.TAGS, ("board",))
    steps(Step("grave", "e:1", AllOf((grave, tagged)), TooLong(Lasting.UNASSIGNED, 10), ("management",)))
    ticket, other, tom = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("tom")
    clock.advance(minutes=30)
    assert sweep(tom).escalated == 0
    triage.prioritize(tom, [ticket], priority=1, reason="the board")
    assert sweep(tom).escalated == 1
    assert (len(fired(tom, ticket)), len(fired(tom, other))) == (1, 0)
    assert len(told_to(sign_in_as("sam"))) == len(told_to(sign_in_as("lea"))) == 1


def test_where_nobody_of_those_named_is_there_the_lead_is_told(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(notify=("assignee", "gone")))
    ticket = open_ticket(sign_in_as)
    clock.advance(days=1)
    sweep(sign_in_as("tom"))
    [text] = told_to(sign_in_as("lea"))
    assert text.endswith("was missed; told instead of gone, not among the active staff.")
    assert fired(sign_in_as("tom"), ticket)[0].startswith("alerted lea instead of gone: its resolution target")


def test_instead_of_each_login_that_nobody_active_has_the_lead_is_told_though_others_are_there(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(notify=("wes", "tina", "rita")))
    ticket = open_ticket(sign_in_as)
    leave(sign_in_as("ada"), "tina")
    clock.advance(days=1)
    sweep(sign_in_as("tom"))
    [event] = fired(sign_in_as("tom"), ticket)
    assert event.startswith("alerted lea, wes instead of tina, rita: ")
    assert told_to(sign_in_as("lea")) == told_to(sign_in_as("wes")) != []


def test_where_the_team_has_no_lead_others_are_told_instead(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(notify=("desi", "gone")))
    leave(sign_in_as("ada"), "lea")
    ticket = open_ticket(sign_in_as)
    clock.advance(days=1)
    sweep(sign_in_as("tom"))
    assert fired(sign_in_as("tom"), ticket)[0].startswith("alerted desi, sam instead of gone: ")
    leave(sign_in_as("ada"), "sam")
    other = open_ticket(sign_in_as)
    clock.advance(days=1)
    sweep(sign_in_as("tom"))
    assert fired(sign_in_as("tom"), other)[0].startswith("alerted ada, desi instead of gone: ")


MISSED = "its resolution target (8 h) was missed"


@pytest.mark.parametrize(
    ("team", "left", "notify", "told"),
    [
        ("workplace", (), ("assignee", "team_lead"), "sam, tom instead of a team lead (workplace has none)"),
        ("workplace", ("sam",), ("assignee", "team_lead"), "ada, tom instead of a team lead (workplace has none)"),
        ("network", ("lea",), ("assignee", "team_lead"), "sam, tom instead of a team lead (network has none)"),
        ("network", ("sam",), ("assignee", "supervisor"), "ada, tom instead of a supervisor (there is none)"),
        ("network", ("sam",), ("team_lead", "supervisor"), "ada, lea instead of a supervisor (there is none)"),
        ("security", ("tina",), ("assignee", "team"), "sam, tom instead of the people of security (there are none)"),
        (
            "workplace",
            (),
            ("supervisor", "gone", "team_lead"),
            "sam instead of gone, a team lead (workplace has none)",
        ),
        ("workplace", ("sam",), ("management",), "ada instead of management (no team lead, no supervisor)"),
    ],
)
def test_where_nobody_is_what_a_step_means_somebody_above_is_told_once_whoever_else_is(
    sign_in_as: SignIn,
    clock: StillClock,
    steps: Steps,
    team: str,
    left: tuple[str, ...],
    notify: tuple[str, ...],
    told: str,
) -> None:
    steps(missed(notify=notify))
    ticket = open_ticket(sign_in_as)
    triage.assign(sign_in_as("sam"), [ticket], "tom", team=team)
    for login in left:
        leave(sign_in_as("ada"), login)
    clock.now = at(18)
    sweep(sign_in_as("tom"))
    assert fired(sign_in_as("tom"), ticket) == [f"alerted {told}: {MISSED}"]
    people, _, missing = told.partition(" instead of ")
    for login in ("ada", "sam", "lea", "tom", "wes"):
        if login not in left:
            assert len(told_to(sign_in_as(login))) == (login in people), login
    said = missing.replace("gone, ", "gone, not among the active staff; and of ")
    assert told_to(sign_in_as(people.split(", ")[0])) == [
        f"INC-{ticket} (P3, network.vpn): {MISSED}; told instead of {said}.",
    ]


def test_instead_of_a_lead_of_the_settings_who_has_left_the_supervisors_are_told_by_steps_and_by_hand(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(notify=("assignee", "team_lead")))
    book = shipped_rulebook()
    teams = tuple(replace(team, lead="wes") if team.name == "network" else team for team in book.desk.teams)
    found = replace(sign_in_as("ada").rulebook, desk=replace(book.desk, teams=teams))
    rulebook.adopt(sign_in_as("ada"), found, "with a lead")
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    leave(sign_in_as("ada"), "lea")
    triage.assign(sign_in_as("sam"), [ticket], "tom", team="workplace")
    leave(sign_in_as("ada"), "wes")
    triage.escalate(tom, [ticket], team="network", reason="too deep")
    by_hand = f"tom escalates INC-{ticket} (P3, network.vpn) to network, L2: too deep"
    assert told_to(sign_in_as("sam")) == [f"{by_hand}; told instead of wes, not among the active staff"]
    triage.take(tom, [ticket])
    clock.now = at(18)
    sweep(tom)
    assert fired(tom, ticket)[-1] == f"alerted sam, tom instead of wes: {MISSED}"
    assert len(told_to(sign_in_as("sam"))) == 2
    assert told_to(sign_in_as("ada")) == []


def test_a_ticket_that_nobody_has_lacks_no_assignee(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(missed("with-others", notify=("assignee", "tina")), missed("alone", notify=("assignee",)))
    ticket = open_ticket(sign_in_as)
    clock.now = at(18)
    sweep(sign_in_as("tom"))
    assert fired(sign_in_as("tom"), ticket) == [f"alerted tina: {MISSED}", f"alerted lea: {MISSED}"]


def test_a_step_that_finds_nothing_to_do_and_has_nobody_to_tell_says_so(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed("graver", raise_priority=1), missed("there", team="network"), missed("told", notify=("tom",)))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.prioritize(tom, [ticket], priority=1, reason="the board meets")
    clock.advance(days=2)
    assert sweep(tom).escalated == 3
    assert fired(tom, ticket) == [
        "found nothing to do by the step graver: its resolution target (4 h) was missed",
        "found nothing to do by the step there: its resolution target (4 h) was missed",
        "alerted tom: its resolution target (4 h) was missed",
    ]


def test_a_standstill_is_made_up_for_in_the_order_of_the_moments(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(
        Step("second", "e:1", ALL, TooLong(Lasting.UNASSIGNED, 120), ("lea",)),
        Step("first", "e:2", ALL, TooLong(Lasting.UNASSIGNED, 60), ("lea",)),
    )
    lea = sign_in_as("lea")
    early = open_ticket(sign_in_as)
    clock.advance(minutes=30)
    late = [open_ticket(sign_in_as), open_ticket(sign_in_as)]
    clock.advance(hours=8)
    assert sweep(lea).escalated == 6
    order = [(one.ticket_id, "for 1 h" in one.text) for one in reversed(notices.unread(lea))]
    assert order == [
        (early, True),
        (late[0], True),
        (late[1], True),
        (early, False),
        (late[0], False),
        (late[1], False),
    ]


def test_what_was_missed_before_a_step_was_there_is_passed_over(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    old = open_ticket(sign_in_as)
    clock.advance(hours=2)
    first = Step("first", "e:1", ALL, TooLong(Lasting.UNASSIGNED, 60), ("lea",))
    steps(first)
    tom = sign_in_as("tom")
    assert fired(tom, old) == []
    ticket = open_ticket(sign_in_as)
    clock.advance(hours=2)
    steps(first, Step("second", "e:2", ALL, TooLong(Lasting.UNASSIGNED, 90), ("lea",)))
    assert fired(tom, ticket) == ["alerted lea: nobody has taken it for 1 h"], "the old step's is made up for"
    assert fired(tom, old) == []
    clock.advance(hours=9)
    assert sweep(tom).escalated == 0
    steps()
    assert Ticket.get_by_id(ticket).escalates_at is None


def test_a_step_counts_from_when_it_came_into_force_though_nobody_swept_until_later(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    step = Step("first", "e:1", ALL, TooLong(Lasting.UNASSIGNED, 60), ("lea",))
    book = replace(shipped_rulebook(), escalation_data=(step.to_data(),))
    old = open_ticket(sign_in_as)
    clock.advance(hours=2)
    rulebook.adopt(sign_in_as("ada"), book, "with a step")
    ticket = open_ticket(sign_in_as)
    clock.advance(minutes=5)
    rulebook.adopt(sign_in_as("ada"), replace(book, keymap={"reply": ("R",)}), "another key")
    clock.advance(hours=3)
    assert sweep(sign_in_as("tom")).escalated == 1
    assert fired(sign_in_as("tom"), ticket) == ["alerted lea: nobody has taken it for 1 h"]
    assert fired(sign_in_as("tom"), old) == [], "it was missed before there was a step"


def test_a_sweep_that_has_to_end_ends_between_two_tickets(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(Step("first", "e:1", ALL, TooLong(Lasting.UNASSIGNED, 60), ("lea",)))
    for _ in range(3):
        open_ticket(sign_in_as)
    clock.advance(hours=2)
    tom = sign_in_as("tom")
    answers = iter([True, True, False, False, False])
    report = sweep(tom, go_on=lambda: next(answers))
    assert (report.escalated, report.complete) == (2, False)
    assert sweep(tom).escalated == 1


def test_requesters_and_auditors_do_not_sweep(sign_in_as: SignIn) -> None:
    for login in ("rita", "otto"):
        with pytest.raises(Refused, match="may not sweep"):
            sweep(sign_in_as(login))


def test_by_hand_a_ticket_goes_to_management_and_stays_where_it_is(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    before = Ticket.get_by_id(ticket)
    change = escalation.escalate_to_management(tom, [ticket], "the customer wants to leave")
    assert change.sentence == f"Escalated INC-{ticket} to management: told lea, sam."
    after = Ticket.get_by_id(ticket)
    assert (after.team_id, after.level, after.assignee_id, after.status) == (
        before.team_id,
        before.level,
        before.assignee_id,
        before.status,
    )
    assert told_to(sign_in_as("sam")) == [
        f"tom escalates INC-{ticket} (P3, network.vpn) to management: the customer wants to leave"
    ]
    assert told_to(tom) == []
    undo_last(tom, ticket)
    assert told_to(sign_in_as("sam")) == told_to(sign_in_as("lea")) == [], "nobody need read it any more"
    with pytest.raises(Refused, match="needs a reason"):
        escalation.escalate_to_management(tom, [ticket], " ")


def test_waiting_counts_from_its_begin_and_a_reason_from_when_it_is_waited_for(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    days, vendor, other = 24 * 60, WaitingReason.VENDOR, WaitingReason.CHANGE
    steps(
        Step("any", "e:1", ALL, TooLong(Lasting.WAITING, 14 * days), ("lea",)),
        Step("either", "e:2", ALL, TooLong(Lasting.WAITING, 14 * days, reasons=frozenset({vendor, other})), ("lea",)),
        Step("vendor", "e:3", ALL, TooLong(Lasting.WAITING, 14 * days, reasons=frozenset({vendor})), ("lea",)),
    )
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    for reason in (WaitingReason.REQUESTER, other, vendor):
        resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=reason, reason="ordered")
        clock.advance(days=1)
    clock.now = at(9, day=16)
    resolution.change_status(tom, [ticket], Status.IN_PROGRESS)
    undo_last(tom, ticket)
    happened = []
    for day in (16, 17, 18):
        for hour in (9, 10):
            clock.now = at(hour, day=day)
            happened.append(sweep(tom).escalated)
    assert happened == [0, 1] * 3
    told = told_to(sign_in_as("lea"))
    assert [one.rpartition(": ")[2] for one in told] == [
        "it has been waiting (vendor) for 14 d.",
        "it has been waiting (change, vendor) for 14 d.",
        "it has been waiting (requester, change, vendor) for 14 d.",
    ]


def away(sign_in_as: SignIn, clock: StillClock, *logins: str) -> None:
    for login in logins:
        schedule.add_absence(sign_in_as("sam"), login, clock.now, clock.now + timedelta(days=14), "holiday")


def test_somebody_who_is_there_is_told_as_well_as_who_is_away(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed("holder"), missed("lead", notify=("team_lead",)))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    away(sign_in_as, clock, "tom", "lea")
    clock.now = at(18)
    assert sweep(tom).escalated == 2
    assert fired(tom, ticket) == [
        "alerted sam instead of tom (away): its resolution target (8 h) was missed",
        "alerted sam instead of lea (away): its resolution target (8 h) was missed",
    ]
    text = f"INC-{ticket} (P3, network.vpn): its resolution target (8 h) was missed; told instead of tom, away."
    assert told_to(tom) == [text], "it waits for him"
    assert told_to(sign_in_as("sam"))[-1] == text
    assert len(told_to(sign_in_as("lea"))) == 1
    assert told_to(sign_in_as("ada")) == []


def test_an_administrator_stands_in_for_supervisors_who_are_away_though_the_lead_is_told_already(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(notify=("team_lead", "supervisor")))
    ticket = open_ticket(sign_in_as)
    away(sign_in_as, clock, "sam")
    clock.now = at(18)
    sweep(sign_in_as("tom"))
    assert fired(sign_in_as("tom"), ticket) == [f"alerted ada, lea instead of sam (away): {MISSED}"]


def test_who_is_there_of_those_a_step_means_is_enough(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(missed(notify=("team",)))
    ticket = open_ticket(sign_in_as)
    away(sign_in_as, clock, "tom", "lea")
    clock.now = at(18)
    sweep(sign_in_as("tom"))
    assert fired(sign_in_as("tom"), ticket) == [
        "alerted lea, tina, tom: its resolution target (8 h) was missed",
    ]
    assert told_to(sign_in_as("sam")) == []


def test_where_everybody_is_away_the_notice_waits_for_whom_it_is_meant(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(notify=("team_lead",)))
    ticket = open_ticket(sign_in_as)
    away(sign_in_as, clock, "lea", "ada", "sam")
    clock.now = at(18)
    sweep(sign_in_as("tom"))
    assert fired(sign_in_as("tom"), ticket) == ["alerted lea: its resolution target (8 h) was missed"]


def test_off_shift_is_not_away(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(missed())
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    schedule.add_weekly_shifts(sign_in_as("lea"), ["tom"], [4], 8 * 60, 600, first_day=date(2026, 3, 1))
    triage.take(tom, [ticket])
    clock.now = at(18)
    sweep(tom)
    assert fired(tom, ticket) == ["alerted tom: its resolution target (8 h) was missed"]


def test_by_hand_management_is_somebody_who_is_there(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    away(sign_in_as, clock, "lea", "sam")
    change = escalation.escalate_to_management(tom, [ticket], "the customer wants to leave")
    assert change.sentence == f"Escalated INC-{ticket} to management: told ada instead of lea (away), sam (away)."
    assert len(told_to(sign_in_as("ada"))) == len(told_to(sign_in_as("lea"))) == 1


def notices_of(session: Session) -> list[str]:
    return [one.text for one in notices.unread(session)]


def test_by_hand_the_lead_of_the_new_team_is_told_and_whoever_had_it(sign_in_as: SignIn) -> None:
    ticket, wes, sam = open_ticket(sign_in_as), sign_in_as("wes"), sign_in_as("sam")
    triage.assign(sam, [ticket], "wes", team="workplace")
    change = triage.escalate(sign_in_as("tom"), [ticket], team="network", reason="too deep")
    assert change.sentence == f"Escalated INC-{ticket} to network, L2."
    assert notices_of(wes) == [
        f"INC-{ticket} is no longer yours: tom escalated to network: too deep · told lea",
    ]
    assert notices_of(sign_in_as("lea")) == [
        f"tom escalates INC-{ticket} (P3, network.vpn) to network, L2: too deep",
    ]
    assert notices_of(sam) == []
    undo_last(sign_in_as("tom"), ticket)
    assert notices_of(sign_in_as("lea")) == []
    assert [text.partition(":")[0] for text in notices_of(wes)] == [f"tom gave back INC-{ticket} to you"]


def test_by_hand_somebody_who_is_there_is_told_where_the_new_teams_lead_is_away(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    ticket = open_ticket(sign_in_as)
    triage.assign(sign_in_as("sam"), [ticket], None, team="workplace")
    away(sign_in_as, clock, "lea")
    triage.escalate(sign_in_as("wes"), [ticket], team="network", reason="too deep")
    text = f"wes escalates INC-{ticket} (P3, network.vpn) to network, L2: too deep; told instead of lea, away"
    assert notices_of(sign_in_as("sam")) == [text]
    assert told_to(sign_in_as("lea")) == [text]


def test_one_who_escalates_his_own_ticket_is_not_told(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    triage.escalate(tom, [ticket], level=3, reason="too deep")
    assert notices_of(tom) == []


def test_a_step_that_moves_a_ticket_tells_who_had_it_and_the_lead_of_the_new_team(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(team="network"))
    ticket, wes = open_ticket(sign_in_as), sign_in_as("wes")
    triage.assign(sign_in_as("sam"), [ticket], "wes", team="workplace")
    clock.now = at(18)
    sweep(wes)
    why = "its resolution target (8 h) was missed"
    assert notices_of(wes) == [
        f"INC-{ticket} is no longer yours: the desk escalated to network: {why} · told lea",
    ]
    assert told_to(sign_in_as("lea")) == [
        f"INC-{ticket} (P3, network.vpn): {why}; it went to network, L2.",
    ]


def test_a_team_that_has_nobody_who_could_take_it_is_named(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(missed(team="security"))
    ticket = open_ticket(sign_in_as)
    leave(sign_in_as("ada"), "tina")
    change = triage.escalate(sign_in_as("tom"), [ticket], team="security", reason="a virus")
    assert change.sentence == f"Escalated INC-{ticket} to security, L2. Nobody is in security to take it."
    assert len(told_to(sign_in_as("sam"))) == 1, "security has no lead"
    triage.escalate(sign_in_as("tom"), [ticket], team="network", reason="no virus")
    clock.now = at(18)
    sweep(sign_in_as("tom"))
    assert "it went to security, L2; nobody is in security to take it" in told_to(sign_in_as("sam"))[0]


LACK = "Nobody of L3 is in service-desk to take it"


def test_a_level_that_nobody_of_the_team_has_is_named_by_hand_and_the_lead_is_told(sign_in_as: SignIn) -> None:
    ticket = at_first_level(sign_in_as)
    change = triage.escalate(sign_in_as("desi"), [ticket], level=3, reason="too deep")
    assert change.sentence == f"Escalated INC-{ticket} to service-desk, L3. {LACK}."
    text = f"desi escalates INC-{ticket} (P3, network.vpn) to service-desk, L3: too deep"
    lacking = "nobody of L3 is in service-desk to take it; told instead of a team lead (service-desk has none)"
    assert told_to(sign_in_as("sam")) == [f"{text}; {lacking}"]
    assert told_to(sign_in_as("ada")) == []
    [event] = fired(sign_in_as("sam"), ticket)
    assert event.endswith("too deep · told sam instead of a team lead (service-desk has none)")
    undo_last(sign_in_as("desi"), ticket)
    assert told_to(sign_in_as("sam")) == []


def test_a_level_that_nobody_of_the_team_has_is_named_by_a_step_and_the_lead_is_told(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed(level=3))
    ticket = open_ticket(sign_in_as)
    clock.now = at(18)
    sweep(sign_in_as("tom"))
    assert told_to(sign_in_as("lea")) == [
        f"INC-{ticket} (P3, network.vpn): {MISSED}; it went to network, L3; nobody of L3 is in network to take it."
    ]
    assert told_to(sign_in_as("sam")) == []


def test_several_tickets_name_each_team_that_lacks_the_level(sign_in_as: SignIn) -> None:
    tickets = [open_ticket(sign_in_as), open_ticket(sign_in_as), at_first_level(sign_in_as)]
    change = triage.escalate(sign_in_as("sam"), tickets, level=3, reason="too deep")
    assert change.sentence == f"Escalated 3 tickets. Nobody of L3 is in network to take it. {LACK}."
    assert len(told_to(sign_in_as("lea"))) == 2


@pytest.mark.parametrize("level", [3, None])
def test_whoever_is_of_a_higher_level_or_of_none_could_take_it_and_nobody_else_is_told(
    sign_in_as: SignIn, level: int | None
) -> None:
    ticket = at_first_level(sign_in_as)
    add_people(sign_in_as("ada"), [NewPerson("una", "Una", Role.TECHNICIAN, level=level, teams=("service-desk",))])
    change = triage.escalate(sign_in_as("desi"), [ticket], level=2, reason="too deep")
    assert change.sentence == f"Escalated INC-{ticket} to service-desk, L2."
    assert told_to(sign_in_as("sam")) == []
    leave(sign_in_as("ada"), "una")
    change = triage.escalate(sign_in_as("desi"), [ticket], level=3, reason="too deep")
    assert change.sentence == f"Escalated INC-{ticket} to service-desk, L3. {LACK}."


def untaken(minutes: int, **does: object) -> Step:
    return Step(f"untaken-{minutes}", "e:1", ALL, TooLong(Lasting.UNASSIGNED, minutes), **does)  # type: ignore[arg-type]


def test_what_nobody_takes_is_escalated_anew_in_each_team_to_which_people_send_it(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(untaken(10, notify=("team",)))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    for team in ("workplace", "network", "workplace"):
        clock.advance(minutes=10)
        assert sweep(tom).escalated == 1
        clock.advance(minutes=5)
        triage.escalate(tom, [ticket], team=team, reason="not ours")
        clock.advance(minutes=9)
        assert sweep(tom).escalated == 0
        clock.advance(minutes=-9)
    triage.escalate(tom, [ticket], level=3, reason="the same team")
    clock.advance(minutes=10)
    assert sweep(tom).escalated == 1
    clock.advance(days=3)
    assert sweep(tom).escalated == 0


def test_that_nobody_works_on_a_duplicate_is_escalated_only_once_it_stands_alone(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(
        untaken(10, notify=("team",)),
        Step("quiet", "e:2", ALL, TooLong(Lasting.QUIET, 20), ("team",)),
        Step("waits", "e:3", ALL, TooLong(Lasting.WAITING, 30), ("team",)),
    )
    original, free, waiting = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    triage.take(tom, [original])
    acts.wait(tom, [waiting])
    links.link(tom, [free, waiting], LinkType.DUPLICATE_OF, original)
    for _ in range(3):
        clock.advance(hours=1)
        communication.note(tom, [original], "still looking")
        sweep(tom)
    assert fired(tom, free) == fired(tom, waiting) == []
    acts.cancel(tom, [original])
    clock.advance(minutes=9)
    assert sweep(tom).escalated == 1, "what has waited for three hours"
    clock.advance(minutes=1)
    assert sweep(tom).escalated == 1
    assert fired(tom, free) == ["alerted lea, tina, tom: nobody has taken it for 10 min"]
    clock.advance(minutes=10)
    assert sweep(tom).escalated == 2
    assert len(fired(tom, free)) == len(fired(tom, waiting)) == 2


def test_a_link_of_a_duplicate_that_is_undone_leaves_its_steps_as_they_were(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(untaken(10, notify=("team",)))
    original, duplicate = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    triage.take(tom, [original])
    links.link(tom, [duplicate], LinkType.DUPLICATE_OF, original)
    clock.advance(minutes=6)
    undo_last(tom, duplicate)
    clock.advance(minutes=4)
    assert sweep(tom).escalated == 1


def test_what_nobody_takes_is_escalated_in_the_team_to_which_a_step_has_sent_it(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(untaken(30, notify=("team",)), missed(team="workplace"))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    clock.now = at(18)
    assert sweep(tom).escalated == 2
    clock.advance(minutes=30)
    assert sweep(tom).escalated == 1
    assert len(told_to(sign_in_as("wes"))) == 1
    assert len(fired(tom, ticket)) == 3


def test_steps_that_hand_a_ticket_to_and_fro_happen_once_in_each_team(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(untaken(30, team="workplace"), untaken(60, team="network"))
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    count = 0
    for _ in range(20):
        clock.advance(minutes=30)
        count += sweep(tom).escalated
    assert count == 4, "two steps in two teams"
    assert len(fired(tom, ticket)) == 4


L1 = ClockName.OLA_L1


def at_first_level(sign_in_as: SignIn) -> int:
    ticket = open_ticket(sign_in_as)
    triage.assign(sign_in_as("sam"), [ticket], None, team="service-desk")
    return ticket


def test_a_level_that_was_left_too_late_is_told_though_nobody_swept_while_it_had_the_ticket(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(
        missed("too-long", L1, notify=("desi",)),
        missed("help", L1, level=2),
        Step("much-too-long", "e:1", ALL, AtClock(L1, 24 * 60), ("sam",)),
        Step("soon", "e:1", ALL, AtClock(L1, percent=75), ("sam",)),
    )
    ticket, tom = at_first_level(sign_in_as), sign_in_as("tom")
    clock.advance(hours=6)
    triage.escalate(tom, [ticket], team="security", level=3, reason="a virus")
    assert sweep(tom).escalated == 1
    clock.advance(days=3)
    assert sweep(tom).escalated == 0
    [event] = fired(tom, ticket)[1:]
    assert event.startswith("alerted desi: its OLA L1 target (")
    assert event.endswith(" was missed")
    assert Ticket.get_by_id(ticket).level == 3


def test_a_level_that_was_left_too_late_is_told_to_the_lead_of_the_team_that_left_it(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(missed("too-long", L1, notify=("team_lead",)))
    ticket = open_ticket(sign_in_as)
    triage.escalate(sign_in_as("sam"), [ticket], level=1, reason="it is simple")
    before = {login: told_to(sign_in_as(login)) for login in ("lea", "wes")}
    clock.advance(hours=6)
    triage.escalate(sign_in_as("tom"), [ticket], team="workplace", level=2, reason="a cable")
    assert sweep(sign_in_as("tom")).escalated == 1
    told = [text for text in told_to(sign_in_as("lea")) if text not in before["lea"]]
    assert len(told) == 1
    assert "its OLA L1 target" in told[0]
    assert not [text for text in told_to(sign_in_as("wes")) if "OLA L1" in text]


def test_a_level_that_was_left_in_time_is_not_told_of(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(missed("too-long", L1, notify=("desi",)))
    ticket, tom = at_first_level(sign_in_as), sign_in_as("tom")
    clock.advance(minutes=5)
    triage.escalate(tom, [ticket], level=2, reason="too deep")
    clock.advance(days=3)
    assert sweep(tom).escalated == 0


def test_a_level_that_a_step_relieves_late_is_told_as_missed(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(
        Step("relieve", "e:1", ALL, AtClock(L1, -30), level=2),
        missed("too-long", L1, notify=("desi",)),
    )
    ticket, tom = at_first_level(sign_in_as), sign_in_as("tom")
    clock.advance(hours=6)
    assert sweep(tom).escalated == 2
    relieved, told = fired(tom, ticket)
    assert relieved.startswith("escalated to L2: 30 min of its OLA L1 target (")
    assert " late) · told sam instead of " in relieved, "nobody of service-desk is of L2"
    assert told.startswith("alerted desi: its OLA L1 target (")


QUIET = Step("quiet", "e:1", ALL, TooLong(Lasting.QUIET, 60), ("tom",))


def test_nobody_has_to_touch_a_ticket_before_its_visit(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(QUIET)
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    visits.plan_visit(tom, [ticket], at(10, day=6), 60)
    for day in range(2, 6):
        clock.now = at(23, day=day)
        assert sweep(tom).escalated == 0
    clock.now = at(10, 59, day=6)
    report = sweep(tom)
    assert (report.begun, report.escalated) == (1, 0), "it counts anew from the visit on"
    clock.advance(minutes=1)
    assert sweep(tom).escalated == 1
    assert fired(tom, ticket) == ["alerted tom: nobody has done anything about it for 1 h"]


@pytest.mark.parametrize("reason", list(WaitingReason))
def test_a_ticket_that_waits_is_quiet_only_where_somebody_has_a_moment_for_it(
    sign_in_as: SignIn, clock: StillClock, steps: Steps, reason: WaitingReason
) -> None:
    steps(QUIET)
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    Ticket.update(status=Status.WAITING, waiting_reason=reason).where(Ticket.id == ticket).execute()
    clock.advance(hours=2)
    assert sweep(tom).escalated == int(reason not in (WaitingReason.APPROVAL, WaitingReason.APPOINTMENT))


def quiet_from(session: Session, ticket: int) -> datetime:
    """From when on a ticket is quiet, as its row has it, and as the journal tells."""
    [stored] = [one for (one,) in tuples(Ticket.select(Ticket.escalates_at).where(Ticket.id == ticket))]
    assert arming.outlooks(session, [ticket])[ticket].next_at == stored
    return from_microseconds(stored) - timedelta(hours=1)


def test_a_requester_who_keeps_asking_does_not_keep_the_desk_from_hearing_that_nobody_answers(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(QUIET)
    ticket, tom, rita = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("rita")
    communication.reply(tom, [ticket], "We look into it.")
    answered = clock.now
    for _ in range(3):
        clock.advance(minutes=19)
        communication.reply(rita, [ticket], "Any news?")
        assert quiet_from(tom, ticket) == answered
    undo_last(rita, ticket)
    assert quiet_from(tom, ticket) == answered
    clock.advance(minutes=3)
    assert sweep(tom).escalated == 1
    clock.advance(minutes=1)
    communication.note(tom, [ticket], "Zebra")
    assert quiet_from(tom, ticket) == clock.now
    clock.advance(minutes=1)
    undo_last(tom, ticket)
    assert quiet_from(tom, ticket) == clock.now


def test_what_the_ticket_waited_for_and_its_return_begin_the_time_anew(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(QUIET)
    ticket, tom, rita = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("rita")
    triage.take(tom, [ticket])
    asked = {"waiting_reason": WaitingReason.REQUESTER, "reason": "which one?"}
    resolution.change_status(tom, [ticket], Status.WAITING, **asked)  # type: ignore[arg-type]
    clock.advance(minutes=40)
    communication.reply(rita, [ticket], "The red one.")
    assert quiet_from(tom, ticket) == clock.now
    resolution.resolve(tom, [ticket], "done")
    clock.advance(days=2)
    resolution.reopen(rita, [ticket], "no")
    assert quiet_from(tom, ticket) == clock.now


def test_staff_are_requesters_on_what_they_asked_for_unless_they_have_it(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(QUIET)
    tom, tina, sam = (sign_in_as(login) for login in ("tom", "tina", "sam"))
    (ticket,) = submit(tom, NewTicket("VPN does not connect", requester="tom")).tickets
    opened = clock.now
    clock.advance(minutes=10)
    communication.reply(tom, [ticket], "Any news?")
    communication.note(tom, [ticket], "Zebra")
    assert quiet_from(sam, ticket) == opened
    clock.advance(minutes=10)
    communication.note(tina, [ticket], "Gnu")
    assert quiet_from(sam, ticket) == clock.now, "she is not its requester"
    clock.advance(minutes=10)
    triage.take(tom, [ticket])
    clock.advance(minutes=10)
    communication.note(tom, [ticket], "Yak")
    assert quiet_from(sam, ticket) == clock.now, "it is his to work on"
    clock.advance(minutes=10)
    triage.assign(tom, [ticket], "tina")
    handed_over = clock.now
    assert quiet_from(sam, ticket) == handed_over
    clock.advance(minutes=10)
    communication.reply(tom, [ticket], "Any news?")
    assert quiet_from(sam, ticket) == handed_over


RESOLUTION_STEPS = (
    Step("half", "e:1", ALL, AtClock(ClockName.RESOLUTION, percent=50), ("tom",)),
    Step("soon", "e:2", ALL, AtClock(ClockName.RESOLUTION, percent=75), ("tom",)),
    missed("missed", notify=("tom",)),
    Step("hour", "e:4", ALL, AtClock(ClockName.RESOLUTION, 60), ("tom",)),
)


def test_a_target_that_is_missed_when_it_comes_to_hold_is_told_without_warnings_of_it(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(*RESOLUTION_STEPS)
    (ticket,) = submit(sign_in_as("desi"), NewTicket("Question about lunch", requester="rita")).tickets
    sam = sign_in_as("sam")
    clock.now = at(17)
    triage.prioritize(sam, [ticket], priority=1, reason="all stands still")
    clock.advance(minutes=1)
    assert sweep(sam).escalated == 2
    target = "its resolution target (4 h) was missed"
    assert fired(sam, ticket) == [f"alerted tom: {target}", f"alerted tom: {target}, 1 h ago"]


def test_a_warning_is_late_only_from_when_its_target_came_to_hold(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(*RESOLUTION_STEPS)
    (ticket,) = submit(sign_in_as("desi"), NewTicket("Question about lunch", requester="rita")).tickets
    sam = sign_in_as("sam")
    clock.now = at(13, 15)
    triage.prioritize(sam, [ticket], priority=1, reason="all stands still")
    clock.advance(minutes=5)
    assert sweep(sam).escalated == 2
    why = ["50 % of its resolution target (4 h) is used", "75 % of its resolution target (4 h) is used"]
    assert fired(sam, ticket) == [f"alerted tom: {one}" for one in why]


def test_a_reopened_ticket_that_was_late_is_not_warned_of_its_target(
    sign_in_as: SignIn, clock: StillClock, steps: Steps
) -> None:
    steps(*RESOLUTION_STEPS)
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    triage.take(tom, [ticket])
    clock.now = at(9, 30, day=3)
    resolution.resolve(tom, [ticket], "done")
    clock.now = at(10, day=4)
    resolution.reopen(sign_in_as("rita"), [ticket], "no")
    assert sweep(tom).escalated == 2
    target = "its resolution target (8 h) was missed"
    assert fired(tom, ticket) == [f"alerted tom: {target}", f"alerted tom: {target}, 1 h ago"]


def test_lateness_of_days_is_told_in_days(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(RESOLUTION_STEPS[0])
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    clock.now = at(14) + timedelta(days=5, hours=19, minutes=20)
    assert sweep(tom).escalated == 1
    assert fired(tom, ticket) == ["alerted tom: 50 % of its resolution target (8 h) is used (this comes 5 d 19 h late)"]


def test_a_warning_that_comes_late_says_so(sign_in_as: SignIn, clock: StillClock, steps: Steps) -> None:
    steps(Step("soon", "e:1", ALL, AtClock(ClockName.RESOLUTION, -30), ("tom",)))
    first, tom = open_ticket(sign_in_as), sign_in_as("tom")
    clock.now = at(17, 33)
    assert sweep(tom).escalated == 1
    second = open_ticket(sign_in_as)
    clock.now = at(20, 45, day=3)
    assert sweep(tom).escalated == 1
    why = "30 min of its resolution target (8 h) is left"
    assert fired(tom, first) == [f"alerted tom: {why}"]
    assert fired(tom, second) == [f"alerted tom: {why} (this comes 5 h late)"]
