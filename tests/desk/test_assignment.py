"""A team that pushes gives a ticket to the right person when it comes, says why, and undo takes it back."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from itdesk.desk import assignment, communication, intake, links, resolution, triage
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.abilities import set_abilities
from itdesk.desk.compliance import verify_journal
from itdesk.desk.errors import Refused
from itdesk.desk.intake import NewTicket
from itdesk.desk.queries import notices, tickets
from itdesk.desk.queries.candidates import candidates
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.outlook import outlook
from itdesk.desk.queries.tickets import StoredDecision
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.desk.sweep import sweep
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.agreements import ClockName
from itdesk.domain.assignment import Mode, Sharing, Skill, TeamSharing, Work
from itdesk.domain.decisions import Source, Thing
from itdesk.domain.ticket import LinkType, MessageKind, Status, WaitingReason
from itdesk.models.people import Membership, Person, Team
from itdesk.models.schedule import Absence, OnCall, WeeklyShift
from tests.desk import acts
from tests.desk.acts import cancel, escalate, reopen, resolve
from tests.desk.history import stored_milestones, told_milestones
from tests.support.desks import SignIn, StillClock, shipped_rulebook

VPN = NewTicket("VPN does not connect", "It says timeout.", requester="rita")
PRINTER = NewTicket("The printer is jammed", requester="rita")


def open_ticket(sign_in_as: SignIn, new: NewTicket = VPN) -> int:
    """A new incident, P4, which weighs 1."""
    return acts.open_ticket(sign_in_as, new)


def share(desk: Desk, clock: StillClock, skills: Mapping[str, int] | None = None, **teams: TeamSharing) -> None:
    """Let teams share their work like this; `_` in a name stands for a hyphen. `skills` are needed levels."""
    sharing = Sharing(teams={name.replace("_", "-"): team for name, team in teams.items()}, skills=skills or {})
    book = replace(shipped_rulebook(), sharing_data=sharing.to_data())
    rulebooks.adopt(Session(desk, SYSTEM, clock), book, f"sharing {sharing}")


@pytest.fixture
def push(desk: Desk, clock: StillClock) -> None:
    """Network and workplace push; the lead of network is Lea, who takes nothing herself."""
    share(desk, clock, network=TeamSharing(Mode.PUSH, 8), workplace=TeamSharing(Mode.PUSH))
    set_abilities(Session(desk, SYSTEM, clock), "lea", capacity=0)


def decided(session: Session, ticket: int) -> StoredDecision:
    return next(one for one in tickets.decisions_in_force(session, ticket) if one.decision.thing is Thing.ASSIGNEE)


def holder(sign_in_as: SignIn, ticket: int) -> tuple[str | None, str]:
    view = tickets.view(sign_in_as("sam"), ticket)
    return view.assignee, view.status


@pytest.mark.usefixtures("push")
def test_a_new_ticket_goes_to_who_has_least_to_do_and_the_decision_names_everybody(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    first = open_ticket(sign_in_as)
    clock.advance(minutes=1)
    second = intake.submit(sign_in_as("rita"), VPN)
    (ticket,) = second.tickets
    assert holder(sign_in_as, first) == ("tom", "assigned")
    assert holder(sign_in_as, ticket) == ("tina", "assigned")
    assert second.sentence == f"Opened INC-{ticket}: P4, network.vpn, assigned to tina."
    found = decided(sign_in_as("sam"), ticket).decision
    assert (found.value, found.source) == ("tina", Source.RANKING)
    assert found.reason == "lowest load, 2 of 3 fit"
    assert [(one.login, one.load, one.capacity, one.why_not) for one in found.candidates] == [
        ("tina", 0, 8, ""),
        ("tom", 1, 8, ""),
        ("lea", 0, 0, "at capacity"),
    ]
    [opened] = tickets.events(sign_in_as("sam"), ticket)
    assert opened.text.endswith(" · assigned to tina: lowest load, 2 of 3 fit")
    told = notices.unread(sign_in_as("tina"))
    assert [one.ticket_id for one in told] == [ticket]
    assert f"assigned INC-{ticket} to you" in told[0].text


@pytest.mark.usefixtures("push")
def test_of_equals_it_is_who_got_nothing_for_the_longest_time(sign_in_as: SignIn, clock: StillClock) -> None:
    given = []
    for _ in range(6):
        clock.advance(minutes=1)
        ticket = open_ticket(sign_in_as)
        given.append(holder(sign_in_as, ticket)[0])
        resolve(sign_in_as("sam"), [ticket])  # so that all loads are 0 again
    assert given == ["tom", "tina"] * 3


@pytest.mark.usefixtures("push")
def test_a_requester_is_not_told_who_else_was_considered(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    found = decided(sign_in_as("rita"), ticket).decision
    assert (found.value, found.candidates) == ("tom", ())
    assert decided(sign_in_as("otto"), ticket).decision.candidates


@pytest.mark.usefixtures("push")
def test_if_nobody_fits_it_stays_unassigned_says_why_and_the_lead_is_told(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    person = sign_in_as("tina").actor.id
    Absence.create(person=person, starts_at=clock.now, ends_at=None, reason="holiday", changed_at=clock.now)
    set_abilities(sign_in_as("lea"), "tom", skills=[Skill("access", 2)])
    ticket = open_ticket(sign_in_as)
    assert holder(sign_in_as, ticket) == (None, "new")
    found = decided(sign_in_as("sam"), ticket).decision
    why = "nobody of 3 fits: 1 at capacity, 1 no skill for network.vpn, 1 absent"
    assert (found.value, found.reason) == ("", why)
    assert {one.login: one.why_not for one in found.candidates} == {
        "tom": "no skill for network.vpn",
        "tina": "absent: holiday",
        "lea": "at capacity",
    }
    [opened] = tickets.events(sign_in_as("sam"), ticket)
    assert opened.text.endswith(f" · unassigned: {why}")
    [opened] = tickets.events(sign_in_as("rita"), ticket)
    assert opened.text == "opened it: network.vpn · P4 · L2", "who is absent is no affair of requesters"
    assert decided(sign_in_as("rita"), ticket).decision.reason == ""
    assert [one.text for one in notices.unread(sign_in_as("lea"))] == [
        f"Nobody could be given INC-{ticket} (P4, network.vpn): {why}."
    ]
    assert notices.unread(sign_in_as("tom")) == ()


@pytest.mark.usefixtures("push")
def test_if_nobody_fits_and_the_lead_is_away_a_supervisor_is_told_as_well(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    for login in ("tom", "tina", "lea"):
        person = sign_in_as(login).actor.id
        Absence.create(person=person, starts_at=clock.now, ends_at=None, reason="sick", changed_at=clock.now)
    ticket = open_ticket(sign_in_as)
    text = (
        f"Nobody could be given INC-{ticket} (P4, network.vpn): nobody of 3 fits: 3 absent; told instead of lea, away."
    )
    for login in ("lea", "sam"):
        assert [one.text for one in notices.unread(sign_in_as(login))] == [text]


@pytest.mark.usefixtures("push")
def test_nobody_off_shift_gets_anything_until_the_shift_begins(sign_in_as: SignIn, clock: StillClock) -> None:
    for login in ("tom", "tina"):
        WeeklyShift.create(
            person=sign_in_as(login).actor.id,
            weekday=0,
            starts=12 * 60,
            ends=16 * 60,
            first_day=date(2026, 1, 1),
            changed_at=clock.now,
        )
    assert holder(sign_in_as, open_ticket(sign_in_as)) == (None, "new")
    clock.advance(hours=3)
    assert holder(sign_in_as, open_ticket(sign_in_as)) == ("tom", "assigned")


def test_duty_on_call_for_one_team_gives_nobody_the_urgent_tickets_of_another(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    share(desk, clock, network=TeamSharing(Mode.PUSH), security=TeamSharing(Mode.PUSH))
    clock.advance(hours=14)  # the night
    for login, team in (("tina", "security"), ("tom", "network")):
        person, of = sign_in_as(login).actor.id, Team.get(Team.name == team).id
        WeeklyShift.create(
            person=person, weekday=0, starts=480, ends=960, first_day=date(2026, 1, 1), changed_at=clock.now
        )
        starts, ends = clock.now - timedelta(hours=1), clock.now + timedelta(hours=9)
        OnCall.create(person=person, team=of, starts_at=starts, ends_at=ends, changed_at=clock.now)
    set_abilities(Session(desk, SYSTEM, clock), "lea", capacity=0)
    urgent = replace(VPN, impact="company", urgency="high")
    given = {holder(sign_in_as, open_ticket(sign_in_as, urgent))[0] for _ in range(2)}
    assert given == {"tom"}


@pytest.mark.usefixtures("push")
def test_capacity_ends_what_somebody_is_given(sign_in_as: SignIn, clock: StillClock) -> None:
    set_abilities(sign_in_as("lea"), "tom", capacity=2)
    set_abilities(sign_in_as("lea"), "tina", capacity=3)
    given = []
    for _ in range(6):
        clock.advance(minutes=1)
        given.append(holder(sign_in_as, open_ticket(sign_in_as))[0])
    assert given == ["tom", "tina", "tom", "tina", "tina", None]


ARRIVALS: dict[str, Callable[[Session, list[int]], object]] = {
    "categorized": lambda session, targets: triage.categorize(session, targets, "printing.printer"),
    "escalated": lambda session, targets: triage.escalate(session, targets, team="workplace", reason="key needed"),
    "assigned": lambda session, targets: triage.assign(session, targets, None, team="workplace"),
}


@pytest.mark.usefixtures("push")
@pytest.mark.parametrize("verb", ARRIVALS)
def test_a_ticket_that_comes_to_the_team_later_is_given_as_well_and_undo_takes_it_back(
    sign_in_as: SignIn, verb: str, clock: StillClock
) -> None:
    ticket = open_ticket(sign_in_as)
    triage.assign(sign_in_as("sam"), [ticket], None)
    clock.advance(minutes=1)
    before = tickets.view(sign_in_as("sam"), ticket), decided(sign_in_as("sam"), ticket)
    ARRIVALS[verb](sign_in_as("sam"), [ticket])
    assert holder(sign_in_as, ticket) == ("wes", "assigned")
    assert decided(sign_in_as("sam"), ticket).decision.value == "wes"
    last = tickets.events(sign_in_as("sam"), ticket)[-1]
    assert last.verb == verb
    assert "assigned to wes: the only one there is" in last.text
    assert "gave it back" not in last.text, "nobody had it"
    assert [one.ticket_id for one in notices.unread(sign_in_as("wes"))] == [ticket]
    clock.advance(minutes=1)
    undo_last(sign_in_as("sam"), ticket)
    after = tickets.view(sign_in_as("sam"), ticket), decided(sign_in_as("sam"), ticket)
    assert after[0].team == "network"
    assert replace(after[0], version=0, seq=0, changed_at=clock.now) == replace(
        before[0], version=0, seq=0, changed_at=clock.now
    )
    assert after[1] == before[1]
    assert stored_milestones(ticket) == told_milestones(ticket)
    assert verify_journal(sign_in_as("otto")).intact


@pytest.mark.usefixtures("push")
def test_routed_back_and_brought_back_it_is_given_again(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket = open_ticket(sign_in_as)
    escalate(sign_in_as("tom"), [ticket])
    assert holder(sign_in_as, ticket) == (None, "new")  # security pulls
    clock.advance(minutes=1)
    change = triage.route(sign_in_as("sam"), [ticket])
    assert change.sentence == f"Routed INC-{ticket} to network, L2, assigned to tina."
    cancel(sign_in_as("sam"), [ticket])
    set_abilities(sign_in_as("lea"), "tina", capacity=0)
    reopen(sign_in_as("rita"), [ticket])
    assert holder(sign_in_as, ticket) == ("tom", "assigned")


@pytest.mark.usefixtures("push")
def test_who_solved_it_keeps_it_when_it_comes_back(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    triage.take(sign_in_as("tina"), [ticket])
    resolve(sign_in_as("tina"), [ticket])
    reopen(sign_in_as("rita"), [ticket])
    assert holder(sign_in_as, ticket) == ("tina", "in_progress")


@pytest.mark.usefixtures("push")
def test_given_back_by_hand_it_is_not_given_to_anybody_else(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    triage.assign(sign_in_as("tom"), [ticket], None)
    assert holder(sign_in_as, ticket) == (None, "new")


@pytest.mark.usefixtures("push")
def test_many_at_once_are_spread(sign_in_as: SignIn) -> None:
    many = [open_ticket(sign_in_as, PRINTER) for _ in range(4)]
    assert {holder(sign_in_as, ticket)[0] for ticket in many} == {"wes"}
    change = triage.escalate(sign_in_as("sam"), many, team="network", reason="the print server's network")
    given = [holder(sign_in_as, ticket)[0] for ticket in many]
    assert sorted(str(one) for one in given) == ["tina", "tina", "tom", "tom"]
    undo(sign_in_as("sam"), change.seqs[0])
    assert {holder(sign_in_as, ticket)[0] for ticket in many} == {"wes"}


@pytest.mark.usefixtures("push")
def test_the_opening_can_be_undone_until_somebody_works_on_it(sign_in_as: SignIn) -> None:
    first, second = open_ticket(sign_in_as), open_ticket(sign_in_as)
    undo_last(sign_in_as("desi"), first)
    assert holder(sign_in_as, first)[1] == "cancelled"
    triage.take(sign_in_as("tom"), [second])
    assert undo_last(sign_in_as("sam"), second, of="tom").sentence.startswith("Undid the taking")
    assert undo_last(sign_in_as("sam"), second, of="desi").sentence.startswith("Undid the opening")


def test_teams_pull_unless_they_are_told_to_push(desk: Desk, sign_in_as: SignIn, clock: StillClock) -> None:
    assert holder(sign_in_as, open_ticket(sign_in_as)) == (None, "new")
    share(desk, clock, network=TeamSharing(Mode.MANUAL))
    assert holder(sign_in_as, open_ticket(sign_in_as)) == (None, "new")


def test_a_ticket_given_by_a_colleague_is_told_to_who_gets_it(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)

    def told() -> list[int]:
        return [len(notices.unread(sign_in_as(login))) for login in ("tom", "tina", "sam")]

    triage.assign(sign_in_as("sam"), [ticket], "tom")
    assert told() == [1, 0, 0]
    triage.assign(sign_in_as("tom"), [ticket], "tina")
    assert told() == [0, 1, 0], "who has it no more need not read that he got it"
    triage.assign(sign_in_as("tina"), [ticket], None)
    triage.assign(sign_in_as("sam"), [ticket], "sam")
    assert told() == [0, 0, 0]


def test_loads_count_open_tickets_by_weight_and_those_that_wait_for_less(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    many = [open_ticket(sign_in_as) for _ in range(4)]
    triage.take(tom, many)
    triage.prioritize(tom, many[:2], priority=1, reason="x")
    assert assignment.loads_of(tom, [tom.actor.id]) == {tom.actor.id: 5 + 5 + 1 + 1}
    resolution.change_status(tom, [many[0]], Status.WAITING, waiting_reason=WaitingReason.VENDOR)
    resolve(tom, [many[2]])
    assert assignment.loads_of(tom, [tom.actor.id]) == {tom.actor.id: 1 + 5 + 0 + 1}


def test_people_who_left_or_are_no_staff_are_no_candidates(desk: Desk, sign_in_as: SignIn, clock: StillClock) -> None:
    Person.update(active=False).where(Person.login == "tom").execute()
    team = Team.get(Team.name == "network").id
    Membership.create(person=sign_in_as("ron").actor.id, team=team)
    found = assignment.ranking(sign_in_as("sam"), team, Work("network.vpn", 3, 2), clock.now + timedelta(hours=1))
    assert {one.candidate.login for one in found.ranked} == {"lea", "tina"}


# --- who asks himself, teams and their levels, what comes later -------------------------------------------------------


def test_staff_who_ask_for_something_are_requesters_there(sign_in_as: SignIn, clock: StillClock) -> None:
    (ticket,) = intake.submit(sign_in_as("tom"), NewTicket("VPN is slow", requester="tina", tags=("board",))).tickets
    tina, tom = sign_in_as("tina"), sign_in_as("tom")
    resolution.change_status(tom, [ticket], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    communication.reply(tina, [ticket], "It is slow since Monday")
    assert tickets.messages(tom, ticket)[-1].kind is MessageKind.REQUESTER
    assert tickets.view(tom, ticket).waiting_reason is None, "she answered"
    assert {one.name: one.state for one in clocks(tom, ticket)}[ClockName.FIRST_RESPONSE] == "running"
    triage.take(tina, [ticket])
    communication.reply(tina, [ticket], "Found it")
    assert tickets.messages(tom, ticket)[-1].kind is MessageKind.REPLY, "it is theirs to work on now"


def test_a_ticket_that_goes_to_another_team_is_at_its_level(sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    assigned, escalated, kept = (open_ticket(sign_in_as) for _ in range(3))
    triage.assign(tom, [assigned], None, team="service-desk")
    assert triage.escalate(tom, [escalated], team="service-desk", reason="a password").sentence.endswith("L1.")
    triage.escalate(tom, [kept], level=3, reason="firmware")
    triage.assign(tom, [kept], "tina", team="network")
    views = [tickets.view(tom, one) for one in (assigned, escalated, kept)]
    assert [(view.team, view.level) for view in views] == [("service-desk", 1), ("service-desk", 1), ("network", 3)]
    with pytest.raises(Refused, match="is in service-desk, and nobody has it, already"):
        triage.assign(tom, [assigned], None, team="service-desk")


@pytest.mark.usefixtures("push")
def test_what_nobody_could_take_is_given_as_soon_as_somebody_fits_but_not_what_was_given_back(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    people = [sign_in_as(login).actor.id for login in ("tom", "tina")]
    away = [
        Absence.create(person=one, starts_at=clock.now, ends_at=None, reason="training", changed_at=clock.now)
        for one in people
    ]
    first, second = open_ticket(sign_in_as), open_ticket(sign_in_as)
    sam = sign_in_as("sam")
    assert sweep(sam).given == 0
    assert len(tickets.journal_entries(sam, first)) == 1, "a sweep in vain leaves no trace"
    Absence.delete().where(Absence.id == away[0].id).execute()
    report = sweep(sam)
    assert report.given == 2
    assert "2 unassigned tickets given to somebody" in str(report)
    assert [holder(sign_in_as, one) for one in (first, second)] == [("tom", "assigned")] * 2
    assert tickets.events(sam, first)[-1].text.startswith("assigned to tom: ")
    assert decided(sam, first).decision.source is Source.RANKING
    assert [one.ticket_id for one in notices.unread(sign_in_as("tom"))] == [second, first]
    triage.assign(sign_in_as("tom"), [first], None)
    assert sweep(sam).given == 0
    assert holder(sign_in_as, first) == (None, "new")


@pytest.mark.usefixtures("push")
def test_a_duplicate_is_given_to_nobody_until_it_stands_alone(sign_in_as: SignIn, clock: StillClock) -> None:
    people = [sign_in_as(login).actor.id for login in ("tom", "tina")]
    for one in people:
        Absence.create(person=one, starts_at=clock.now, ends_at=None, reason="training", changed_at=clock.now)
    original, duplicate, other = (open_ticket(sign_in_as) for _ in range(3))
    sam = sign_in_as("sam")
    links.link(sam, [duplicate], LinkType.DUPLICATE_OF, original)
    Absence.delete().execute()
    assert sweep(sam).given == 2
    assert [holder(sign_in_as, one)[1] for one in (original, duplicate, other)] == ["assigned", "new", "assigned"]
    triage.escalate(sam, [duplicate], team="workplace", reason="theirs")
    assert holder(sign_in_as, duplicate) == (None, "new")
    links.unlink(sam, [duplicate], LinkType.DUPLICATE_OF, original)
    assert sweep(sam).given == 1
    assert holder(sign_in_as, duplicate) == ("wes", "assigned")


def test_what_comes_back_does_not_wait_for_somebody_who_is_away(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket, there = open_ticket(sign_in_as), open_ticket(sign_in_as)
    for one, login in ((ticket, "tom"), (there, "tina")):
        triage.take(sign_in_as(login), [one])
        resolve(sign_in_as(login), [one])
    Absence.create(
        person=sign_in_as("tom").actor.id, starts_at=clock.now, ends_at=None, reason="sick", changed_at=clock.now
    )
    rita = sign_in_as("rita")
    assert resolution.reopen(rita, [ticket], "still broken").sentence == f"Reopened INC-{ticket}."
    assert holder(sign_in_as, ticket) == (None, "new")
    told = [one.text for one in notices.unread(sign_in_as("lea"))]
    assert told == [f"INC-{ticket} came back: still broken (tom is away (sick))"]
    resolution.reopen(rita, [there], "not yet")
    assert holder(sign_in_as, there) == ("tina", "in_progress")
    assert [one.text for one in notices.unread(sign_in_as("tina"))] == [f"INC-{there} came back: not yet"]
    assert triage.assign(sign_in_as("sam"), [ticket], "tom").sentence == (
        f"Assigned INC-{ticket} to tom, who is away (sick)."
    )


# --- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("push")
def test_a_ticket_waits_for_who_speaks_its_requesters_language_until_nobody_who_does_will_come(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    for login, code in (("tom", "de"), ("tina", "en"), ("rita", "en")):
        set_abilities(sign_in_as("lea"), login, languages=[code])
    first, ticket = open_ticket(sign_in_as), open_ticket(sign_in_as)
    assert [holder(sign_in_as, one)[0] for one in (first, ticket)] == ["tina", "tina"], "though she has more to do then"
    told = {one.login: one.why_not for one in decided(sign_in_as("sam"), ticket).decision.candidates}
    assert told == {"tina": "", "tom": "no common language: de, not en", "lea": "at capacity"}
    set_abilities(sign_in_as("lea"), "tina", capacity=0)
    waiting = open_ticket(sign_in_as)
    other = open_ticket(sign_in_as, replace(VPN, requester="ron"))
    urgent = open_ticket(sign_in_as, replace(VPN, impact="company", urgency="high"))
    assert [holder(sign_in_as, one)[0] for one in (waiting, other, urgent)] == [None, "tom", "tom"]
    shown = {one.candidate.login: one.why_not for one in candidates(sign_in_as("sam"), waiting).ranking.ranked}  # type: ignore[union-attr]
    assert shown == {"tina": "at capacity", "lea": "at capacity", "tom": "no common language: de, not en"}
    sam = sign_in_as("sam")
    assert sweep(sam).given == 0
    person = sign_in_as("tina").actor.id
    Absence.create(person=person, starts_at=clock.now, ends_at=None, reason="sick", changed_at=clock.now)
    set_abilities(sign_in_as("lea"), "lea", languages=["it"])
    assert sweep(sam).given == 1
    assert holder(sign_in_as, waiting)[0] == "tom"
    reason = decided(sam, waiting).decision.reason
    assert reason == "the only one of 3 who fits; nobody who could take it speaks en"


def test_the_desk_says_who_of_the_team_speaks_with_the_requester_before_the_ticket_is_there(
    sign_in_as: SignIn,
) -> None:
    for login, code in (("tom", "de"), ("tina", "en"), ("lea", "de"), ("rita", "en")):
        set_abilities(sign_in_as("lea"), login, languages=[code])
    triage.assign(sign_in_as("sam"), [open_ticket(sign_in_as)], "tina")
    assert outlook(sign_in_as("desi"), VPN).standing == "3 on shift, tina has the lowest load"


def test_staff_see_which_languages_a_requester_speaks_and_others_do_not(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    set_abilities(sign_in_as("lea"), "rita", languages=["en", "fr"])
    shown = {who: tickets.view(sign_in_as(who), ticket).requester.languages for who in ("desi", "otto", "rita")}
    assert shown == {"desi": ("en", "fr"), "otto": ("en", "fr"), "rita": ()}
