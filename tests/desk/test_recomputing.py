"""Changed agreements and calendars: open tickets follow, what was missed stays missed, nobody is left out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from itdesk.desk import communication, recomputing, resolution, rulebook, triage
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import add_people
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.people import known_person
from itdesk.desk.queries.tickets import Event, decisions_in_force, events, timeline
from itdesk.desk.session import Desk, Session
from itdesk.desk.sweep import sweep
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.agreements import Agreement, ClockName, OnCalendarChange, OnPriorityChange
from itdesk.domain.calendar import Calendar
from itdesk.domain.clocks import ClockState, Promise
from itdesk.domain.conditions import AllOf, Condition, Field, In
from itdesk.domain.rulebook import Rulebook
from tests.desk import acts
from tests.desk.acts import open_ticket
from tests.desk.clocks import stored_clocks, told_clocks
from tests.desk.test_clocks import due
from tests.support.desks import SignIn, StillClock, shipped_rulebook

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def ten_in_berlin(clock: StillClock) -> None:
    clock.now = datetime(2026, 3, 2, 10, tzinfo=BERLIN)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


Adopt = Callable[[Rulebook], None]


@pytest.fixture
def adopt(sign_in_as: SignIn) -> Adopt:
    """Bring a rulebook into force."""
    return lambda book: (rulebook.adopt(sign_in_as("ada"), book, book.to_json()), None)[1]


def with_agreements(change: Callable[[Agreement], Agreement]) -> Rulebook:
    book = shipped_rulebook()
    return replace(book, agreements=tuple(map(change, book.agreements)))


def slower(agreement: Agreement) -> Agreement:
    """Twice the time for everything."""
    return replace(agreement, targets={name: 2 * minutes for name, minutes in agreement.targets.items()})


def with_half_days() -> Rulebook:
    half = Calendar("office", "Europe/Berlin", dict.fromkeys(range(5), ((480, 720),)))
    return replace(shipped_rulebook(), calendars=(half, Calendar("round-the-clock", "UTC", always=True)))


WITHOUT = replace(shipped_rulebook(), agreements=(), calendars=())


def test_open_tickets_follow_a_changed_target(sign_in_as: SignIn, adopt: Adopt, clock: StillClock) -> None:
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    assert recomputing.is_current(sam)
    adopt(with_agreements(slower))
    assert not recomputing.is_current(sam)
    assert due(ticket)[1] == at(10, 30)
    clock.advance(minutes=10)
    told: list[tuple[int, int]] = []
    assert recomputing.recompute(sam, told=lambda done, of: told.append((done, of))) == 1
    assert told == [(0, 1), (1, 1)]
    assert due(ticket) == ("vip", at(11), "first_response")
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)
    assert recomputing.is_current(sam)
    assert recomputing.recompute(sam) == 0


def test_open_tickets_follow_a_changed_calendar_from_their_opening_on(sign_in_as: SignIn, adopt: Adopt) -> None:
    (low,) = submit(sign_in_as("desi"), NewTicket("Question about lunch", requester="rita")).tickets
    adopt(with_half_days())
    recomputing.recompute(sign_in_as("sam"))
    assert due(low) == ("low", at(12, day=4), "first_response"), "10 h: 2 today, 4 on each of the next days"


def test_the_history_says_when_the_calendar_changed_and_what_the_clock_stands_at_since(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    (low,) = submit(sign_in_as("desi"), NewTicket("Question about lunch", requester="rita")).tickets
    clock.now = at(14)
    adopt(with_half_days())
    sam = sign_in_as("sam")
    assert [one.what for one in response(sam, low).history] == ["started"], "not yet"
    clock.advance(minutes=30)
    recomputing.recompute(sam)
    clock.advance(days=1)
    told = response(sam, low).history[-1]
    assert (told.at, told.what, told.why) == (at(14), "terms_changed", "calendar office: 6h → 8h left")
    assert (told.target_minutes, told.left_minutes, told.due_at) == (10 * 60, 8 * 60, at(12, day=4))
    assert stored_clocks(sam, low) == told_clocks(sam, low)
    (later,) = submit(sign_in_as("desi"), NewTicket("Question about dinner", requester="rita")).tickets
    assert [one.what for one in response(sam, later).history] == ["started"]


def test_the_history_says_why_a_clock_is_breached_that_has_used_no_time_of_the_new_calendar(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    clock.now = at(14)
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    clock.advance(minutes=40)
    adopt(with_half_days())
    clock.advance(minutes=1)
    recomputing.recompute(sam)
    found = response(sam, ticket)
    assert (found.state, found.elapsed_minutes, found.due_at) == ("breached", 0, at(8, 30, day=3))
    assert [(one.what, one.why) for one in found.history] == [
        ("started", "opened"),
        ("breached", "its time was used up"),
        ("terms_changed", "calendar office: 10m over → 30m left"),
    ]
    assert [one.at for one in found.history] == [at(14), at(14, 30), at(14, 40)]


def test_the_history_tells_each_change_of_terms_with_its_own_moment_before_and_after(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    clock.advance(minutes=10)
    adopt(with_agreements(slower))
    clock.advance(minutes=2)
    adopt(replace(with_agreements(slower), views=()))  # another rulebook, the same terms
    clock.advance(minutes=3)
    recomputing.recompute(sam)
    clock.advance(minutes=5)
    triage.tag(sign_in_as("tom"), [ticket], remove=["board"])
    clock.now = at(13)
    adopt(replace(with_agreements(slower), calendars=with_half_days().calendars))
    clock.advance(minutes=10)
    recomputing.recompute(sam)
    clock.advance(minutes=20)
    adopt(replace(shipped_rulebook(), calendars=with_half_days().calendars))
    recomputing.recompute(sam)
    assert [(one.at, one.what, one.why) for one in response(sam, ticket).history] == [
        (at(10), "started", "opened"),
        (at(10, 10), "terms_changed", "agreement vip: 30m → 1h"),
        (at(10, 20), "target_changed", "normal: 1 h → 8 h"),
        (at(13), "terms_changed", "calendar office: 5h → 6h left"),
        (at(13, 30), "terms_changed", "agreement normal: 8h → 4h"),
    ]
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


def test_the_history_tells_no_change_of_terms_that_was_for_new_tickets_only(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    clock.advance(minutes=5)
    adopt(with_agreements(lambda one: replace(slower(slower(one)), on_calendar_change=OnCalendarChange.NEW_ONLY)))
    recomputing.recompute(sam)
    assert [one.what for one in response(sam, ticket).history] == ["started"]
    clock.advance(minutes=5)
    adopt(with_agreements(slower))
    recomputing.recompute(sam)
    assert [(one.at, one.why) for one in response(sam, ticket).history[1:]] == [(at(10, 10), "agreement vip: 30m → 1h")]


def response(session: Session, ticket: int) -> ClockState:
    (found,) = [one for one in clocks(session, ticket) if one.name is ClockName.FIRST_RESPONSE]
    return found


def test_what_was_missed_stays_missed_and_is_written_down_once(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    clock.advance(minutes=40)
    adopt(with_agreements(slower))
    recomputing.recompute(sam)
    (response,) = [one for one in clocks(sam, ticket) if one.name is ClockName.FIRST_RESPONSE]
    assert (response.state, response.breached_at, response.target_minutes) == ("breached", at(10, 30), 60)
    assert [event.text for event in events(sam, ticket)][1:] == ["first response missed"]
    adopt(with_agreements(lambda one: slower(slower(one))))
    recomputing.recompute(sam)
    assert [event.verb for event in events(sam, ticket)] == ["submitted", "breached"]
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


def test_another_agreement_is_a_decision_and_stands_in_the_journal(sign_in_as: SignIn, adopt: Adopt) -> None:
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    adopt(replace(shipped_rulebook(), agreements=shipped_rulebook().agreements[-1:]))
    recomputing.recompute(sam)
    assert due(ticket) == ("low", at(10, day=3), "first_response")
    decided = {one.decision.thing.value: one.decision.value for one in decisions_in_force(sam, ticket)}
    assert decided["agreement"] == "low"
    assert [event.text for event in events(sam, ticket)][1:] == ["agreement vip → low"]
    with pytest.raises(Exception, match="cannot be undone"):
        undo(sam, events(sam, ticket)[-1].seq)


def test_a_desk_that_had_no_agreements_gets_them_for_its_open_tickets(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    adopt(WITHOUT)
    ticket, ended, sam = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("sam")
    acts.cancel(sam, [ended])
    recomputing.recompute(sam)
    assert (due(ticket), clocks(sam, ticket)) == ((None, None, None), ())
    clock.advance(minutes=10)
    communication.reply(sign_in_as("tom"), [ticket], "We are on it")
    adopt(shipped_rulebook())
    clock.advance(minutes=10)
    assert recomputing.recompute(sam) == 1
    assert due(ticket) == ("vip", at(14, 10), "update"), "from the opening on: the reply counts"
    assert due(ended) == (None, None, None)
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)
    triage.prioritize(sam, [ticket], priority=1, reason="the board")
    resolution.reopen(sam, [ended], "after all")
    triage.prioritize(sam, [ended], priority=1, reason="the board")
    assert due(ended)[0] == "critical", "what is reopened gets one with the next change"
    for one in (ticket, ended):
        assert stored_clocks(sam, one) == told_clocks(sam, one)


def test_a_desk_that_gives_up_its_agreements_has_nothing_overdue(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    clock.advance(hours=2)
    adopt(WITHOUT)
    recomputing.recompute(sam)
    assert due(ticket) == (None, None, None)
    acts.wait(sam, [ticket])
    adopt(shipped_rulebook())
    recomputing.recompute(sam)
    assert due(ticket) == ("vip", at(10, 30), "first_response")
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


def test_a_closed_ticket_that_comes_back_follows_terms_that_changed_meanwhile(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    resolution.resolve(sign_in_as("tom"), [ticket], "done")
    resolution.close(sam, [ticket])
    adopt(with_agreements(slower))
    assert recomputing.recompute(sign_in_as("sam")) == 0
    clock.advance(minutes=10)
    resolution.reopen(sign_in_as("rita"), [ticket], "no")
    assert due(ticket) == ("vip", at(14, 10), "update"), "4 h"
    assert not recomputing.is_current(sign_in_as("sam"))
    assert recomputing.recompute(sign_in_as("sam")) == 1
    assert due(ticket) == ("vip", at(8, 10, day=3), "update"), "8 h"
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)
    assert recomputing.is_current(sam)


def test_new_terms_can_be_for_new_tickets_only(sign_in_as: SignIn, adopt: Adopt, clock: StillClock) -> None:
    old, sam = open_ticket(sign_in_as), sign_in_as("sam")
    adopt(with_agreements(lambda one: replace(slower(one), on_calendar_change=OnCalendarChange.NEW_ONLY)))
    recomputing.recompute(sam)
    new = open_ticket(sign_in_as)
    assert (due(old)[1], due(new)[1]) == (at(10, 30), at(11))
    clock.advance(minutes=20)
    communication.reply(sign_in_as("tom"), [old, new], "We are on it")
    assert (due(old)[1], due(new)[1]) == (at(14, 20), at(8, 20, day=3))
    for ticket in (old, new):
        assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


def test_other_settings_leave_the_clocks_alone(sign_in_as: SignIn, adopt: Adopt) -> None:
    open_ticket(sign_in_as)
    adopt(replace(shipped_rulebook(), views=shipped_rulebook().views[:2]))
    assert recomputing.is_current(sign_in_as("sam"))


def test_whoever_goes_on_does_the_rest(sign_in_as: SignIn, adopt: Adopt, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets, sam = [open_ticket(sign_in_as) for _ in range(5)], sign_in_as("sam")
    adopt(with_agreements(slower))
    monkeypatch.setattr(recomputing, "BATCH", 2)

    def leave(done: int, of: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recomputing.recompute(sam, told=leave)
    assert [due(ticket)[1] for ticket in tickets] == [at(11)] * 2 + [at(10, 30)] * 3
    triage.take(sam, tickets)
    assert recomputing.recompute(sam, limit=1) == 1
    assert not recomputing.is_current(sam)
    assert recomputing.recompute(sam) == 2
    assert {due(ticket)[1] for ticket in tickets} == {at(11)}


def test_several_at_once_do_it_once(
    desk: Desk, sign_in_as: SignIn, adopt: Adopt, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = sign_in_as("sam")
    tickets = [
        submit(sam, NewTicket(f"VPN drops {n}", requester="rita", tags=("board",))).tickets[0] for n in range(12)
    ]
    adopt(replace(shipped_rulebook(), agreements=shipped_rulebook().agreements[-1:]))
    monkeypatch.setattr(recomputing, "BATCH", 2)

    def work() -> None:
        recomputing.recompute(sam)
        desk.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recomputing.is_current(sam)
    for ticket in tickets:
        assert [event.verb for event in events(sam, ticket)] == ["submitted", "agreement_changed"]
        assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


# What an undone change had made


def tougher(agreement: Agreement) -> Agreement:
    """A minute less until the first answer."""
    response = agreement.targets[ClockName.FIRST_RESPONSE] - 1
    return replace(agreement, targets={**agreement.targets, ClockName.FIRST_RESPONSE: response})


def lunch(sign_in_as: SignIn) -> int:
    """A ticket of P4, by the agreement `low`."""
    (ticket,) = submit(sign_in_as("desi"), NewTicket("Question about lunch", requester="rita")).tickets
    return ticket


def test_a_breach_under_a_mistaken_priority_goes_with_it_though_settings_changed_meanwhile(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = lunch(sign_in_as), sign_in_as("sam")
    mistaken = triage.prioritize(sam, [ticket], priority=1, reason="a slip")
    clock.advance(minutes=16)
    sweep(sam)
    adopt(with_agreements(tougher))
    recomputing.recompute(sign_in_as("sam"))
    assert response(sign_in_as("sam"), ticket).breached_at == at(10, 15)
    assert "first response missed" in [one.text for one in timeline(sam, ticket) if isinstance(one, Event)]
    undo(sign_in_as("sam"), mistaken.seqs[0])
    found = response(sign_in_as("sam"), ticket)
    assert (found.state, found.breached_at, found.target_minutes) == ("running", None, 599)
    assert [(one.what, one.target_minutes) for one in found.history] == [("started", 600), ("terms_changed", 599)]
    assert "first response missed" not in [one.text for one in timeline(sam, ticket) if isinstance(one, Event)]
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)
    adopt(shipped_rulebook())
    recomputing.recompute(sign_in_as("sam"))
    assert response(sign_in_as("sam"), ticket).state == "running", "nor does the next recomputation bring it back"


@pytest.mark.parametrize("undone_later", ["another priority", "a pause"])
def test_what_was_missed_by_terms_that_really_held_stays_missed_whatever_is_undone(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock, undone_later: str
) -> None:
    ticket, sam = open_ticket(sign_in_as), sign_in_as("sam")
    clock.advance(minutes=10)
    if undone_later == "a pause":
        deed = acts.wait(sam, [ticket])
    else:
        deed = triage.prioritize(sam, [ticket], priority=2, reason="the board")
    clock.advance(minutes=30)
    adopt(with_agreements(slower))
    clock.advance(minutes=1)
    recomputing.recompute(sign_in_as("sam"))
    undo(sign_in_as("sam"), deed.seqs[0])
    found = response(sign_in_as("sam"), ticket)
    assert (found.state, found.breached_at, found.target_minutes) == ("breached", at(10, 30), 60)
    assert [(one.at, one.what) for one in found.history] == [
        (at(10), "started"),
        (at(10, 30), "breached"),
        (at(10, 40), "terms_changed"),
    ]
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


def with_first(name: str, priority: str, minutes: int, *, vip: bool = False) -> Rulebook:
    """The shipped rulebook, with an agreement for a priority before all others."""
    book = shipped_rulebook()
    when: Condition = In(Field.PRIORITY, (priority,))
    if vip:
        when = AllOf((when, In(Field.VIP, ("yes",))))
    first = replace(book.agreements[0], name=name, when=when, targets={ClockName.FIRST_RESPONSE: minutes})
    return replace(book, agreements=(first, *book.agreements))


def test_an_agreement_that_new_settings_gave_to_a_mistaken_priority_goes_with_it(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = lunch(sign_in_as), sign_in_as("sam")
    mistaken = triage.prioritize(sam, [ticket], priority=1, reason="a slip")
    clock.advance(minutes=2)
    adopt(with_first("gold", "P1", 5))
    recomputing.recompute(sign_in_as("sam"))
    assert due(ticket)[0] == "gold"
    clock.advance(minutes=10)
    assert response(sign_in_as("sam"), ticket).state == "breached"
    undo(sign_in_as("sam"), mistaken.seqs[0])
    found = response(sign_in_as("sam"), ticket)
    assert (due(ticket)[0], found.state, found.target_minutes) == ("low", "running", 600)
    assert [one.what for one in found.history] == ["started"]
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


def test_an_agreement_that_a_changed_requester_had_by_a_mistaken_priority_goes_with_it(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    adopt(with_first("gold", "P1", 5, vip=True))
    ticket, sam, ada = lunch(sign_in_as), sign_in_as("sam"), sign_in_as("ada")
    mistaken = triage.prioritize(sam, [ticket], priority=1, reason="a slip")
    clock.advance(minutes=2)
    rita = known_person(ada, "rita")
    assert rita is not None
    add_people(ada, [replace(rita, skills=None, languages=None, vip=True)])
    assert due(ticket)[0] == "gold"
    clock.advance(minutes=10)
    undo(sign_in_as("sam"), mistaken.seqs[0])
    found = response(sign_in_as("sam"), ticket)
    assert (due(ticket)[0], found.state, found.target_minutes, found.breached_at) == ("vip", "running", 30, None)
    assert [(one.at, one.what, one.why) for one in found.history] == [
        (at(10), "started", "opened"),
        (at(10, 2), "target_changed", "vip: 10 h → 30 min"),
    ]
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


# What held at each moment


def resolution_clock(session: Session, ticket: int) -> ClockState:
    (found,) = [one for one in clocks(session, ticket) if one.name is ClockName.RESOLUTION]
    return found


def promised(hours: int) -> Rulebook:
    """With so many hours until the resolution by the agreement `low`."""
    return with_agreements(
        lambda one: (
            replace(one, targets={**one.targets, ClockName.RESOLUTION: hours * 60}) if one.name == "low" else one
        )
    )


def test_a_history_keeps_what_was_promised_at_each_moment(sign_in_as: SignIn, adopt: Adopt, clock: StillClock) -> None:
    ticket, sam = lunch(sign_in_as), sign_in_as("sam")
    for hours in (50, 60):
        clock.advance(hours=1)
        adopt(promised(hours))
        recomputing.recompute(sign_in_as("sam"))
    told = resolution_clock(sam, ticket).history
    assert [(one.what, one.target_minutes, one.left_minutes, one.due_at) for one in told] == [
        ("started", 3600, 3600, at(10, day=10)),
        ("terms_changed", 3000, 2940, at(10, day=9)),
        ("terms_changed", 3600, 3480, at(10, day=10)),
    ]
    assert [one.before for one in told] == [
        None,
        Promise(3600, 3540, at(10, day=10)),
        Promise(3000, 2880, at(10, day=9)),
    ]
    assert [one.what for one in response(sam, ticket).history] == ["started"], "its own terms stayed as they are"
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


def test_a_history_says_that_another_calendar_moved_the_due_moment_of_the_clocks_that_it_moved(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = lunch(sign_in_as), sign_in_as("sam")
    clock.advance(hours=1)
    longer = Calendar("office", "Europe/Berlin", {day: ((480, 1200 if day < 4 else 1080),) for day in range(5)})
    calendars = (longer, *(one for one in shipped_rulebook().calendars if one.name != "office"))
    adopt(replace(shipped_rulebook(), calendars=calendars))
    recomputing.recompute(sign_in_as("sam"))
    started, changed = resolution_clock(sam, ticket).history
    assert (started.due_at, started.target_minutes) == (at(10, day=10), 3600)
    assert (changed.what, changed.why, changed.before) == (
        "terms_changed",
        "calendar office changed",
        Promise(3600, 3540, at(10, day=10)),
    )
    assert changed.due_at is not None
    assert changed.due_at < at(10, day=10)
    assert changed.due_at == resolution_clock(sam, ticket).due_at
    far = replace(longer, holidays={at(10, day=31).date(): "far away"})
    adopt(replace(shipped_rulebook(), calendars=(far, *calendars[1:])))
    recomputing.recompute(sign_in_as("sam"))
    assert len(resolution_clock(sam, ticket).history) == 2, "a holiday after all that is due moves nothing"


def test_the_history_of_a_ticket_whose_agreement_has_another_name_now_goes_on(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = lunch(sign_in_as), sign_in_as("sam")
    clock.advance(hours=1)
    book = promised(50)
    renamed = tuple(replace(one, name="p4") if one.name == "low" else one for one in book.agreements)
    adopt(replace(book, agreements=renamed))
    clock.advance(hours=1)
    recomputing.recompute(sign_in_as("sam"))
    found = resolution_clock(sam, ticket)
    assert [(one.at, one.what, one.target_minutes, one.why) for one in found.history] == [
        (at(10), "started", 3600, "opened"),
        (at(12), "terms_changed", 3000, "agreement p4: 60h → 50h"),
    ]
    assert (found.due_at, found.history[-1].due_at) == (at(10, day=9), at(10, day=9))
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


def split_off(one: Agreement) -> tuple[Agreement, ...]:
    """A new agreement before one, with the same targets."""
    return replace(one, name="net", when=In(Field.PRIORITY, ("P4",))), one


@pytest.mark.parametrize(
    "changed",
    [
        lambda one: (replace(one, name="p4", targets={**one.targets, ClockName.FIRST_RESPONSE: 11 * 60}),),
        split_off,
        lambda _: (),
    ],
    ids=["renamed and changed", "split off", "removed"],
)
def test_no_clock_begins_anew_because_the_settings_changed_though_it_would_with_another_priority(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock, changed: Callable[[Agreement], tuple[Agreement, ...]]
) -> None:
    restart = [replace(one, on_priority_change=OnPriorityChange.RESTART) for one in promised(10).agreements]
    book, low = replace(promised(10), agreements=tuple(restart)), next(one for one in restart if one.name == "low")
    adopt(book)
    ticket, sam = lunch(sign_in_as), sign_in_as("sam")
    clock.now = at(9, day=4)
    before = resolution_clock(sam, ticket)
    assert (before.elapsed_minutes, before.cycle, before.state) == (19 * 60, 1, "breached")
    others = tuple(one for one in restart if one is not low)
    rest = (*changed(low), *((replace(low, name="usual"),) if not changed(low) else ()))
    adopt(replace(book, agreements=(*others, *rest)))
    recomputing.recompute(sign_in_as("sam"))
    found = resolution_clock(sam, ticket)
    assert (found.elapsed_minutes, found.cycle, found.breached_at) == (19 * 60, 1, before.breached_at)
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)
    assert stored_clocks(sam, ticket)[0] != "low"
    triage.prioritize(sign_in_as("sam"), [ticket], priority=3, reason="it grows")
    assert resolution_clock(sam, ticket).cycle == 2


def test_a_breach_by_tougher_terms_has_the_same_moment_whatever_name_the_agreement_had_before(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = lunch(sign_in_as), sign_in_as("sam")
    for hour, hours in ((15, 60), (16, 1)):
        clock.now = at(hour)
        book = promised(hours)
        renamed = tuple(replace(one, name="p4") if one.name == "low" else one for one in book.agreements)
        adopt(replace(book, agreements=renamed))
        recomputing.recompute(sign_in_as("sam"))
    assert resolution_clock(sam, ticket).breached_at == at(11)
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


@pytest.mark.parametrize("instead", [("standard",), ()])
def test_what_was_used_under_an_agreement_stays_when_that_is_renamed_or_removed(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock, instead: tuple[str, ...]
) -> None:
    """The night before the ticket was urgent does not become used time."""
    urgent = replace(
        shipped_rulebook().agreements[0],
        name="critical",
        when=In(Field.PRIORITY, ("P1",)),
        calendar="round-the-clock",
        targets={ClockName.RESOLUTION: 20 * 60},
    )
    usual = replace(urgent, name="usual", when=AllOf(()), calendar="office", targets={ClockName.RESOLUTION: 80 * 60})
    adopt(replace(shipped_rulebook(), agreements=(urgent, usual)))
    clock.now = at(14)
    ticket, sam = lunch(sign_in_as), sign_in_as("sam")
    clock.now = at(9, day=3)
    triage.prioritize(sam, [ticket], priority=1, reason="all stands still")
    clock.advance(minutes=65)
    before = resolution_clock(sam, ticket)
    adopt(replace(shipped_rulebook(), agreements=(urgent, *(replace(usual, name=name) for name in instead))))
    recomputing.recompute(sign_in_as("sam"))
    sam = sign_in_as("sam")
    assert before.elapsed_minutes == 5 * 60 + 65
    assert resolution_clock(sam, ticket) == before
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)
    triage.prioritize(sign_in_as("sam"), [ticket], priority=4, reason="it works again")
    assert resolution_clock(sam, ticket).elapsed_minutes == before.elapsed_minutes
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)
    for _ in range(2):  # the second takes back the priority under which the agreement has gone
        undo_last(sign_in_as("sam"), ticket)
        assert resolution_clock(sam, ticket).elapsed_minutes == before.elapsed_minutes
        assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)
    assert stored_clocks(sam, ticket)[0] == (instead[0] if instead else None)


def test_an_agreement_that_is_removed_and_put_back_is_told_in_the_history(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket = lunch(sign_in_as)
    for book in (WITHOUT, shipped_rulebook(), WITHOUT, promised(50)):
        clock.advance(hours=1)
        adopt(book)
        recomputing.recompute(sign_in_as("sam"))
    found = resolution_clock(sign_in_as("sam"), ticket)
    assert [(one.at, one.what, one.why, one.left_minutes) for one in found.history] == [
        (at(10), "started", "opened", 60 * 60),
        (at(11), "stopped", "no agreement holds", None),
        (at(12), "resumed", "low holds, the gap counts", 58 * 60),
        (at(13), "stopped", "no agreement holds", None),
        (at(14), "terms_changed", "agreement low: none → 50h", 46 * 60),
    ]


def test_what_was_met_stays_met_by_tougher_terms_and_what_goes_on_is_told_its_target(
    sign_in_as: SignIn, adopt: Adopt, clock: StillClock
) -> None:
    ticket, sam = lunch(sign_in_as), sign_in_as("sam")
    clock.advance(hours=2)
    resolution.resolve(sign_in_as("tom"), [ticket], "done")
    adopt(with_agreements(lambda one: replace(one, targets=dict.fromkeys(one.targets, 60))))
    recomputing.recompute(sign_in_as("sam"))
    assert {one.state for one in clocks(sam, ticket)} == {"met"}
    assert resolution_clock(sam, ticket).target_minutes == 3600
    clock.advance(hours=1)
    resolution.reopen(sign_in_as("rita"), [ticket], "no")
    found = resolution_clock(sam, ticket)
    assert [(one.at, one.what, one.why) for one in found.history] == [
        (at(10), "started", "opened"),
        (at(12), "met", "resolved"),
        (at(13), "resumed", "reopened"),
        (at(13), "target_changed", "low: 60 h → 1 h"),
        (at(13), "breached", "more time than that was used already"),
    ]
    assert stored_clocks(sam, ticket) == told_clocks(sam, ticket)


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "resolved"])
def test_a_reopened_ticket_with_another_agreement_says_what_its_target_was_and_is(
    sign_in_as: SignIn, clock: StillClock, closed: bool
) -> None:
    ticket, sam, ada = lunch(sign_in_as), sign_in_as("sam"), sign_in_as("ada")
    clock.advance(hours=1)
    resolution.resolve(sign_in_as("tom"), [ticket], "done")
    if closed:
        resolution.close(sam, [ticket])
    rita = known_person(ada, "rita")
    assert rita is not None
    add_people(ada, [replace(rita, skills=None, languages=None, vip=True)])
    clock.advance(hours=1)
    resolution.reopen(sign_in_as("rita"), [ticket], "no")
    *_, resumed, changed = resolution_clock(sam, ticket).history
    assert (resumed.what, resumed.why) == ("resumed", "reopened")
    assert (changed.at, changed.what, changed.why) == (at(12), "target_changed", "vip: 60 h → 8 h")
    assert changed.before == Promise(3600, 3540)
    assert {(one.target_minutes, one.left_minutes, one.due_at) for one in (resumed, changed)} == {
        (480, 420, at(9, day=3))
    }
